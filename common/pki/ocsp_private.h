/* SPDX-License-Identifier: ISC */
/* What the files that read OCSP answers share (ocsp*.c only). */
#ifndef PKI_OCSP_PRIVATE_H
#define PKI_OCSP_PRIVATE_H

#include "pki/der_scan.h"
#include "pki/ocsp.h"

#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_NULL 0x05
#define TAG_OID 0x06
#define TAG_ENUMERATED 0x0a
#define TAG_GENERALIZED_TIME 0x18
#define TAG_SEQUENCE 0x30
#define TAG_CONTEXT(n) (0x80 | (n))	/* [n] IMPLICIT, primitive */
#define TAG_CONTEXT_CONS(n) (0xa0 | (n))	/* [n] constructed */

#define OCSP_HASH_MAX 64	/* octets of the longest hash of a CertID */

/* BasicOCSPResponse with its ResponseData.  Nothing in it is verified. */
struct ocsp_basic {
	struct bytes tbs;		/* ResponseData, whole TLV */
	struct bytes algorithm;		/* whole TLV */
	struct bytes signature;		/* octets */
	struct bytes certs;		/* Certificates, one after another */
	struct bytes responder_name;	/* byName: Name, whole TLV; or empty */
	struct bytes responder_key;	/* byKey: octets; or empty */
	int64_t produced_at;
	struct bytes singles;		/* SingleResponses */
	struct bytes extensions;	/* Extensions, contents; or empty */
};

struct ocsp_single {
	struct bytes hash;		/* AlgorithmIdentifier, contents */
	struct bytes name_hash, key_hash;
	struct bytes serial;		/* whole TLV */
	enum rev_outcome status;	/* good, revoked or unknown */
	enum rev_reason reason;
	int64_t revoked_at, this_update, next_update;
	bool has_next_update;
	struct bytes extensions;	/* Extensions, contents; or empty */
};

/* What the extensions of a response or of one SingleResponse say. */
struct ocsp_extensions {
	bool has_nonce, extended_revoke, has_invalidity;
	struct bytes nonce;		/* extnValue */
	enum rev_reason reason;
	int64_t invalidity;
};

/* One certificate that the answer should be about. */
struct ocsp_subject {
	struct bytes serial;		/* whole TLV */
	struct bytes names[2];		/* of the issuer, as written in the
					 * certificate and by the CA itself */
	struct bytes key;		/* the CA's key: bits of its SPKI */
	bool hashed[4];			/* the rest is filled as needed */
	uint8_t name_hashes[4][2][OCSP_HASH_MAX];
	uint8_t key_hashes[4][OCSP_HASH_MAX];
};

/* An answer on its way to a verdict. */
struct ocsp_reading {
	struct arena *arena;
	const struct ocsp_query *query;
	struct der_cert issuer;
	struct ocsp_basic basic;
	bool sha1_signed;	/* the answer, or its responder's certificate */
	bool delegated, nocheck;	/* the responder is not the CA itself */
};

/* ocsp_parse.c: structure (RFC 6960 4.2.1).  0, or -1 malformed. */
int ocsp_parse_response(struct bytes in, unsigned *status, bool *has_bytes,
    struct bytes *response_bytes);
/* Contents of ResponseBytes: type OID and response. */
int ocsp_parse_bytes(struct bytes in, struct bytes *type,
    struct bytes *response);
int ocsp_parse_basic(struct bytes in, struct ocsp_basic *out);
/* The next SingleResponse: 1, 0 at the end, -1 malformed. */
int ocsp_parse_single(struct der *singles, struct ocsp_single *out);

/* ocsp_ext.c: reads a list of extensions; single: of a SingleResponse.
 * Malformed, there twice, or critical and unknown: -1. */
int ocsp_ext_read(struct bytes list, bool single, struct ocsp_extensions *out,
    struct err *err);
bool ocsp_ext_nocheck(struct bytes cert);

/* ocsp_id.c: CertIDs (RFC 6960 4.1.1). */
int ocsp_id_subject(const struct ocsp_query *query, struct ocsp_subject *out,
    struct err *err);
/* Is the answer about it?  *sha1: by SHA-1. */
bool ocsp_id_matches(struct ocsp_subject *subject,
    const struct ocsp_single *single, bool *sha1);
/* The whole CertID's parts for a request; index into the table of hashes. */
struct ocsp_id_hash {
	struct bytes oid;		/* contents */
	size_t len;
	const uint8_t *name, *key;
};
int ocsp_id_hashes(struct ocsp_subject *subject, enum ocsp_hash hash,
    struct ocsp_id_hash *out);
/* The bits of a key, without the count of unused ones; empty: malformed. */
struct bytes ocsp_id_key_bits(struct bytes spki);

/* ocsp_signer.c: the answer is signed by who may sign it (RFC 6960 4.2.2.2),
 * and by whom it says.  ERR_NOMEM is possible. */
int ocsp_signer_verify(struct ocsp_reading *reading, struct err *err);

#endif
