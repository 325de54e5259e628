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

struct crl_subject {
	const struct cert_facts *cert;	/* whose status it is */
	struct bytes issuer;		/* DER of the CA that signed it */
	/* Other certificates that may sign the list: same name, another key
	 * (rollover), or the cRLIssuer of an indirect one. */
	const struct bytes *others;
	size_t n_others;
	/* The distribution point that led to the list (RFC 5280 4.2.1.13,
	 * contents of the DistributionPoint SEQUENCE), or empty: given by
	 * hand. */
	struct bytes point;
	int64_t now, skew;		/* seconds */
	int64_t max_age;		/* of thisUpdate; 0: no limit */
};

/*
 * Fills outcome, error, stale, reason, times, entries, size, number of the
 * answer.  query is the one of this certificate, after crl_finish.  A list
 * that verifies but is stale: REVOKED with stale set when it lists the
 * serial, else UNUSABLE.  removeFromCRL in a delta: GOOD for a base that says
 * certificateHold.  -1: out of memory only.
 */
int crl_judge(struct arena *arena, struct crl_reader *reader,
    const struct crl_facts *facts, const struct crl_query *query,
    const struct crl_subject *subject, struct bytes message,
    struct rev_answer *out, struct err *err);
/*
 * A base and a delta that was judged on its own as well: may they be
 * combined (RFC 5280 5.2.4: same issuer, scope and AKI, base number at least
 * BaseCRLNumber, delta newer), and what do they say together?
 */
int crl_combine(const struct crl_facts *base, const struct rev_answer *of_base,
    const struct crl_facts *delta, const struct crl_query *in_delta,
    const struct rev_answer *of_delta, struct rev_answer *out);
/* The URLs of a cRLDistributionPoints or freshestCRL extension value, in
 * order, each with its point. */
struct crl_point {
	struct bytes point;		/* contents of the DistributionPoint */
	struct bytes urls[8];		/* alternatives for the same list */
	size_t n_urls;
	bool has_reasons, has_issuer, relative;
};

/* Returns the number of points (at most max), or -1 when malformed. */
int crl_points_read(struct bytes value, struct crl_point *out, size_t max);

#endif
