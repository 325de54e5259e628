/* SPDX-License-Identifier: ISC */
/*
 * Certificate revocation lists (RFC 5280 5), read in one pass: nothing of the
 * list of entries is kept but what was asked for.  The caller feeds bytes as
 * it has them (a mapped file at once, a stream by the block); the reader
 * takes as many whole elements as there are and hashes what is signed.
 *
 *	CertificateList ::= SEQUENCE { tbsCertList, AlgorithmIdentifier,
 *	    BIT STRING }
 *	TBSCertList ::= SEQUENCE { version OPTIONAL, signature, issuer,
 *	    thisUpdate, nextUpdate OPTIONAL, revokedCertificates SEQUENCE OF
 *	    { userCertificate, revocationDate, crlEntryExtensions OPTIONAL }
 *	    OPTIONAL, crlExtensions [0] OPTIONAL }
 */
#ifndef PKI_CRL_H
#define PKI_CRL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* No element but the three that nest (list, tbsCertList, entries) may have
 * longer contents: a caller's buffer must hold a few octets more. */
#define CRL_ELEMENT_MAX 65536
#define CRL_NO_REASON (-1)
#define CRL_NAMES_MAX 64

/* One serial number that is looked for. */
struct crl_query {
	struct bytes serial;	/* INTEGER contents, compared octet by octet */
	struct bytes issuer;	/* the certificate issuer's Name (whole TLV);
				 * matters for indirect CRLs only */
	/* set by the reader */
	bool listed;		/* twice: as the gravest of its entries says */
	int reason;		/* RFC 5280 5.3.1, or CRL_NO_REASON */
	bool has_date;
	int64_t date;		/* revocationDate */
	bool has_invalidity;
	int64_t invalidity;	/* invalidityDate, RFC 5280 5.3.2 */
};

/* issuingDistributionPoint, RFC 5280 5.2.5. */
struct crl_scope {
	bool present;
	struct bytes names[CRL_NAMES_MAX];	/* fullName: GeneralName TLVs */
	size_t n_names;
	struct bytes relative;	/* nameRelativeToCRLIssuer: its attributes; the
				 * whole name is in names[0] */
	bool user_only, ca_only, attribute_only, indirect;
	bool some_reasons;
	unsigned reasons;	/* bit i = ReasonFlags bit i */
};

struct crl_facts {
	int version;		/* 1 or 2 */
	struct bytes issuer;	/* whole Name TLV */
	struct bytes algorithm;	/* AlgorithmIdentifier, whole TLV */
	int64_t this_update, next_update;
	bool has_next_update;
	struct bytes number;	/* cRLNumber contents; empty: none, negative */
	bool is_delta;
	struct bytes base_number;	/* deltaCRLIndicator contents */
	struct bytes aki;	/* keyIdentifier, or empty */
	struct crl_scope scope;
	bool has_freshest;	/* freshestCRL is there */
	struct bytes freshest;	/* its value */
	bool unknown_critical;	/* an unknown critical extension of the list */
	bool unknown_entry_critical;	/* of any entry */
	bool entry_issuers;	/* an entry has a certificateIssuer */
	const char *sloppy;	/* a rule broken that makes it no less usable:
				 * static text, or NULL */
	uint64_t entries;
	uint64_t size;		/* octets of the whole */
	struct bytes signature;	/* BIT STRING contents without the count of
				 * unused bits */
};

struct crl_reader;

/* queries are the caller's and must stay until crl_finish. */
struct crl_reader *crl_new(struct arena *arena, struct crl_query *queries,
    size_t n_queries, struct err *err);
void crl_free(struct crl_reader *reader);	/* NULL-safe */
/* Takes whole elements from in; *used tells how many octets: the caller
 * presents the rest again, with more behind.  ERR_SYNTAX when it is no CRL
 * or has an element above CRL_ELEMENT_MAX. */
int crl_feed(struct crl_reader *reader, struct bytes in, size_t *used,
    struct err *err);
/* After the last octet: ERR_SYNTAX when something is missing.  The facts
 * live in the arena. */
int crl_finish(struct crl_reader *reader, const struct crl_facts **out,
    struct err *err);
/*
 * Does that certificate's key verify the signature?  0 yes; -1 with
 * ERR_SYNTAX for a signature that does not verify, ERR_UNSUPPORTED for an
 * algorithm that cannot be had.  message: the whole list if the caller has
 * it in memory, else empty: only Ed25519 and Ed448 signatures need it.
 * After crl_finish.
 */
int crl_verify(struct crl_reader *reader, struct bytes issuer_cert,
    struct bytes message, struct err *err);

#endif
