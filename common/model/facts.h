/* SPDX-License-Identifier: ISC */
/*
 * What is written in a certificate, copied out once by pki.  Raw bytes are
 * the peer's; nothing is escaped here.  A field that could not be read is a
 * fact too: the certificate is `malformed` with a reason, and what could be
 * read is still there.
 */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum san_type {
	SAN_DNS,
	SAN_IP,			/* 4 or 16 octets */
	SAN_EMAIL,
	SAN_URI,
	SAN_OTHER		/* value empty */
};

struct san {
	enum san_type type;
	struct bytes value;
};

enum key_type {
	KEY_UNKNOWN,
	KEY_RSA,
	KEY_RSA_PSS,
	KEY_EC,
	KEY_ED25519,
	KEY_ED448,
	KEY_DSA
};

/* How much a signature's digest is worth. */
enum sig_strength {
	SIG_OK,
	SIG_WEAK_SHA1,
	SIG_BROKEN,		/* MD2, MD4, MD5 */
	SIG_UNKNOWN
};

enum eku_bits {
	EKU_SERVER_AUTH = 1 << 0,
	EKU_CLIENT_AUTH = 1 << 1,
	EKU_OCSP_SIGNING = 1 << 2,
	EKU_ANY = 1 << 3,
	EKU_OTHER = 1 << 4
};

#define PATHLEN_NONE (-1)

struct cert_facts {
	struct bytes der;		/* the whole certificate */
	bool malformed;
	const char *malformed_why;	/* static text, or NULL */
	int version;			/* 1, 2, 3 as written + 1 */
	struct bytes serial;		/* INTEGER contents, big endian,
					 * two's complement, as encoded */
	struct bytes subject_der, issuer_der;	/* whole Name TLV */
	struct bytes subject, issuer;	/* one line, RFC 4514-like order as
					 * OpenSSL's oneline: "C=..,O=..,CN=.."
					 * values as UTF-8 if possible, raw */
	struct bytes common_name;	/* last CN of the subject, or empty */
	struct bytes issuer_name;	/* issuer's CN, else O, else OU */
	bool has_not_before, has_not_after;	/* false: not readable */
	int64_t not_before, not_after;	/* not_after is inclusive (RFC 5280
					 * 4.1.2.5) */
	bool has_san;			/* extension present */
	struct san *sans;
	size_t n_sans;
	enum key_type key_type;
	unsigned key_bits;		/* modulus or curve size */
	const char *curve;		/* "P-256", an OID in text, or NULL */
	struct bytes spki_der;
	uint64_t rsa_exponent;		/* saturated; 0 when not RSA */
	const char *sig_name;		/* OpenSSL long name, or dotted OID */
	enum sig_strength sig_strength;
	bool has_basic_constraints, is_ca;
	int pathlen;			/* or PATHLEN_NONE */
	bool has_key_usage;
	unsigned key_usage;		/* bit i = KeyUsage bit i (RFC 5280
					 * 4.2.1.3: 0 digitalSignature, 5
					 * keyCertSign, 6 cRLSign) */
	bool has_eku;
	unsigned eku;			/* enum eku_bits */
	struct bytes aki, ski;		/* key identifiers, or empty */
	bool self_issued;		/* subject == issuer, by bytes or by
					 * RFC 5280 7.1 comparison */
	bool must_staple;		/* RFC 7633 */
	bool no_rev_avail;		/* RFC 9608 */
	bool unknown_critical;		/* an unhandled critical extension */
	struct bytes *ocsp_urls, *issuer_urls, *crl_urls;
	size_t n_ocsp_urls, n_issuer_urls, n_crl_urls;
	/* extension values: cRLDistributionPoints, freshestCRL; or empty */
	struct bytes crl_points, freshest_points;
	uint8_t sha256[32], sha1[20], spki_sha256[32];
};

enum path_status {
	PATH_NOT_CHECKED,
	PATH_OK,
	PATH_UNTRUSTED,		/* ends in a root nobody here trusts */
	PATH_INCOMPLETE,	/* an issuer is missing */
	PATH_SELF_SIGNED,	/* the leaf vouches for itself */
	PATH_EXPIRED,		/* fine but for a validity period */
	PATH_INVALID,		/* signature, constraints, purpose, ... */
	PATH_ERROR		/* could not be judged; path.why tells */
};

#define PATH_MAX_CERTS 32

/* The path that was built, leaf first. */
struct path_facts {
	enum path_status status;
	size_t n;
	struct bytes certs[PATH_MAX_CERTS];	/* DER */
	bool has_anchor;		/* the last one is a trust anchor */
	struct bytes anchor_name;	/* one line, raw */
	unsigned depth;			/* where the first error is */
	char why[256];			/* clean text of the first error */
	/* The trusted path's own end of validity, to compare with the leaf's;
	 * has_* false when not known. */
	bool purpose_error;		/* the leaf is not meant for TLS
					 * servers; status does not say so */
	size_t n_fetched;		/* of its certificates were fetched by
					 * AIA: neither sent nor trusted */
	struct bytes missing_issuer;	/* one-line name of the issuer that was
					 * not found, raw */
};

#endif
