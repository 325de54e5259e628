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
#include "pki/path.h"

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
	 * (rollover), or the cRLIssuer of an indirect one.  The first are
	 * trusted as they are; for the second the anchors must vouch, which
	 * are those of the certificate's own path (RFC 5280 6.3.3 (f)) and
	 * may be candidates themselves.  NULL: there are none. */
	const struct bytes *others;
	size_t n_others;
	const struct bytes *presented;
	size_t n_presented;
	const struct path_source *anchors;
	const struct path_facts *path;	/* that of the certificate, or NULL */
	/* The distribution point that led to the list, or NULL: given by
	 * hand.  For a delta that of its base. */
	const struct crl_point *point;
	bool delta;			/* a delta list, for its base, is
					 * wanted */
	int64_t now, skew;		/* seconds */
	int64_t max_age;		/* of thisUpdate; 0: no limit */
};

/* A list and what it says. */
struct crl_judged {
	const struct crl_facts *facts;
	const struct crl_query *query;
	struct rev_answer answer;
	/* What the list rules out (ReasonFlags): all for GOOD; for UNUSABLE 0,
	 * or some when nothing but the other reasons is missing, for other
	 * lists to cover; for a hold what it would if that were lifted. */
	unsigned reasons;
	/* Its issuer neither issued the certificate nor is named by it: it is
	 * about others. */
	bool foreign;
};

/*
 * Fills all of *out but the answer's method, url, response_ms and cached.  A
 * list that verifies but is stale: REVOKED with stale set when it lists the
 * serial, else UNUSABLE.  A delta that is wanted is GOOD when it revokes
 * nothing: that counts with its base only, in crl_combine.  One that is not
 * wanted proves nothing, unless it revokes.
 */
void crl_judge(struct arena *arena, const struct crl_list *list,
    const struct crl_subject *subject, struct crl_judged *out);

/* Is it worth asking for a delta: may one change what the base says? */
bool crl_combinable(const struct crl_judged *base);
/*
 * Puts what a delta says into a base that is combinable (RFC 5280 5.2.4).
 * NULL: they belong together, or the delta revokes, which counts on its own.
 * Else why not, static words: the base says what it did, and nothing is lost
 * but time.
 */
const char *crl_combine(struct crl_judged *base,
    const struct crl_judged *delta);

#endif
