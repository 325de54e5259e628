/* SPDX-License-Identifier: ISC */
/*
 * What a CRL that was read says about one certificate (RFC 5280 6.3.3): is it
 * the right list, in time, complete, signed by the right key; and is the
 * serial in it?
 */
#ifndef PKI_CRL_JUDGE_H
#define PKI_CRL_JUDGE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/facts.h"
#include "model/revocation.h"
#include "pki/crl.h"
#include "pki/crl_point.h"

/* A list after crl_finish. */
struct crl_list {
	struct crl_reader *reader;
	const struct crl_facts *facts;
	const struct crl_query *query;	/* of the certificate */
	struct bytes message;		/* all of it, or empty: crl_verify */
};

struct crl_subject {
	const struct cert_facts *cert;	/* whose status it is */
	struct bytes issuer;		/* DER of the CA that signed it */
	/* Other certificates that may sign the list: same name, another key
	 * (rollover), or the cRLIssuer of an indirect one.  They are trusted
	 * as they are. */
	const struct bytes *others;
	size_t n_others;
	/* The distribution point that led to the list, or NULL: given by
	 * hand.  For a delta that of its base. */
	const struct crl_point *point;
	bool delta;			/* a delta list is wanted */
	int64_t now, skew;		/* seconds */
	int64_t max_age;		/* of thisUpdate; 0: no limit */
};

/*
 * Fills outcome, error, stale, reason, times, entries, size, number of the
 * answer.  A list that verifies but is stale: REVOKED with stale set when it
 * lists the serial, else UNUSABLE.  *reasons (ReasonFlags) is what the list
 * rules out: all for GOOD; for UNUSABLE 0, or some when nothing but the other
 * reasons is missing, for other lists to cover.  A delta is GOOD when it
 * revokes nothing: that counts with its base only, in crl_combine.
 */
void crl_judge(struct arena *arena, const struct crl_list *list,
    const struct crl_subject *subject, struct rev_answer *out,
    unsigned *reasons);

struct crl_judged {
	const struct crl_facts *facts;
	const struct crl_query *query;
	struct rev_answer answer;
};

/* Is it worth asking for a delta: may one change what the base says? */
bool crl_combinable(const struct rev_answer *base);
/*
 * What a base that is combinable and a delta say together (RFC 5280 5.2.4).
 * A delta that is unusable or of another base changes nothing; *note says so.
 */
void crl_combine(const struct crl_judged *base,
    const struct crl_judged *delta, struct rev_answer *out);

#endif
