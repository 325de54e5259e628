/* SPDX-License-Identifier: ISC */
/*
 * What was learned about the revocation of one certificate: an answer per
 * source that was asked, good or not.  An answer is only GOOD or REVOKED
 * when its signature, its signer, its times and what it is about have all
 * been verified.
 */
#ifndef MODEL_REVOCATION_H
#define MODEL_REVOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

enum rev_method {
	REV_STAPLE,		/* OCSP response sent in the handshake */
	REV_OCSP,
	REV_CRL
};

enum rev_outcome {
	REV_GOOD,
	REV_REVOKED,
	REV_UNKNOWN,		/* the responder does not know the serial */
	REV_UNREACHABLE,	/* nothing was received; error tells why */
	REV_UNUSABLE,		/* what was received proves nothing */
	REV_UNSUPPORTED		/* a source of a kind we cannot ask (ldap) */
};

/* RFC 5280 5.3.1 */
enum rev_reason {
	REASON_NONE = -1,	/* not given */
	REASON_UNSPECIFIED = 0,
	REASON_KEY_COMPROMISE = 1,
	REASON_CA_COMPROMISE = 2,
	REASON_AFFILIATION_CHANGED = 3,
	REASON_SUPERSEDED = 4,
	REASON_CESSATION = 5,
	REASON_HOLD = 6,
	REASON_REMOVE = 8,
	REASON_PRIVILEGE_WITHDRAWN = 9,
	REASON_AA_COMPROMISE = 10
};

struct rev_answer {
	enum rev_method method;
	enum rev_outcome outcome;
	const char *url;		/* raw; NULL: staple or file */
	struct err error;		/* of the last three outcomes */
	bool stale;			/* verified, but past its nextUpdate or
					 * too old; REVOKED counts even so */
	enum rev_reason reason;
	bool has_revoked_at, has_invalidity;
	int64_t revoked_at, invalidity;
	bool has_this_update, has_next_update, has_produced_at;
	int64_t this_update, next_update, produced_at;
	int64_t response_ms;		/* -1: not fetched now */
	bool cached;
	bool sha1_id;			/* OCSP: found by SHA-1 only */
	const char *note;		/* static words worth showing */
	uint64_t entries, size;		/* CRL */
	struct bytes number;		/* CRL number contents, or empty */
	bool older;			/* than the list seen before there */
	bool unread;			/* of --crl, and not had or read */
};

#define REV_ANSWERS_MAX 16

/* One certificate of the path. */
struct rev_facts {
	size_t position;		/* 0 leaf, 1 its issuer, ... */
	size_t number;			/* of the leaf in a file of several,
					 * from 1; 0: there is but one */
	struct bytes cert, issuer;	/* DER; issuer empty: not found */
	struct err issuer_error;	/* why there is no issuer */
	struct rev_answer answers[REV_ANSWERS_MAX];
	size_t n_answers;
	size_t n_unread;		/* lists of --crl, also those for whose
					 * answers there is no room */
	bool has_ocsp_url, has_crl_url;
	bool no_rev_avail, must_staple, is_ca;
	bool has_not_after;
	int64_t not_after;
	bool staple_missing;		/* TLS target that stapled nothing */
	/* The key itself. */
	bool key_listed;		/* on the list of --compromised-keys */
	const char *key_of;		/* path of the revoked certificate that
					 * has the same key, or NULL */
	const char *key_broken;		/* static words, or NULL */
};

const char *rev_method_name(enum rev_method method);	/* "OCSP", ... */
const char *rev_reason_name(enum rev_reason reason);	/* "keyCompromise" */
/* What it means for the operator, a clause: "make a new key, ..."; NULL when
 * there is nothing to say. */
const char *rev_reason_advice(enum rev_reason reason);

#endif
