/* SPDX-License-Identifier: ISC */
/* What the files that ask about revocation share (revocation*.c only). */
#ifndef PROBE_REVOCATION_PRIVATE_H
#define PROBE_REVOCATION_PRIVATE_H

#include "pki/crl_judge.h"
#include "pki/ocsp.h"
#include "probe/fetch.h"
#include "probe/keylist.h"
#include "probe/revocation.h"

#define REVOKED_MAX 64			/* keys of --revoked-cert */
#define CRL_BYTES_MAX (128U << 20)

enum stage {
	STAGE_STAPLE,
	STAGE_OCSP,
	STAGE_CRL,
	STAGE_DONE
};

struct revocation {
	const struct options *options;
	struct fetcher *fetcher;
	struct arena *arena;
	const struct gather_env *gather;
	int64_t now;			/* judged for */
	int64_t wall;			/* the clock: freshness of the cache */
	const struct bytes *issuers;	/* of --issuer */
	size_t n_issuers;
	struct bytes response;		/* of --ocsp-response, or empty */
	struct keylist *leaked;		/* NULL: no list */
	struct revoked_key {
		const char *path;
		uint8_t spki_sha256[32];
	} revoked[REVOKED_MAX];			/* of --revoked-cert */
	size_t n_revoked;
};

#define REV_CHAINS_MAX 1000		/* of one file */

/* A certificate with a path of its own: the leaf, or one of a file. */
struct rev_chain {
	size_t leaf;			/* in obs->certs */
	struct path_facts *path;
	bool begun;
	struct err error;		/* of the first fetch that failed */
};

/* Of revocation_path.c: what is fetched by AIA. */
struct rev_aia;

struct rev_job {
	struct revocation *revocation;
	struct observation *obs;
	/* The paths are completed first. */
	struct rev_chain *chains;
	size_t n_chains, chain;
	struct rev_aia *aia;
	bool busy, waiting;
	struct bytes *sent;		/* what the target holds */
	size_t n_sent;
	struct bytes *others;		/* that, and --issuer */
	size_t n_others;
	/* Then every certificate goes through its stages. */
	struct rev_cert *certs;
	size_t n_certs, cap_certs, pending;
	bool starting, ended;
	void (*done)(void *ctx);
	void *ctx;
};

/* One certificate on its way through the stages. */
struct rev_cert {
	struct rev_job *job;
	struct rev_facts *facts;
	const struct cert_facts *cert;
	enum stage stage;
	bool busy, waiting, ended;
	/* STAGE_OCSP */
	size_t url;
	bool sha1;			/* the second try of this URL */
	bool insisted;			/* asked past the HTTP caches */
	struct rev_answer *first;	/* what counts unless a second try
					 * tells more, or NULL */
	struct ocsp_query query;
	/* STAGE_CRL */
	struct rev_crl *crl;		/* of revocation_crl.c */
};

/* A new answer, or NULL when there are REV_ANSWERS_MAX. */
struct rev_answer *rev_answer_add(struct rev_cert *c, enum rev_method method,
    const char *url);
/* How long the bytes are used without asking again: a revocation is to be
 * seen within minutes, whatever the answer says of its own validity. */
#define REV_KEEP (15 * 60)
void rev_keep(const struct rev_cert *c, struct fetch *fetch,
    const struct rev_answer *answer);
/* The same for bytes that are verified: so many seconds from now at most; 0:
 * they are of no use and are asked for again. */
void rev_keep_until(const struct rev_job *job, struct fetch *fetch,
    int64_t seconds);
bool rev_conclusive(const struct rev_answer *answer);
/* Begins a fetch; `handle` of the stage gets it. */
void rev_get(struct rev_cert *c, const struct fetch_request *request);

/* revocation_path.c: makes the paths, and calls rev_job_ready when they are
 * complete or cannot be completed; before it returns, or from the loop.  -1:
 * out of memory. */
int rev_path_start(struct rev_job *job);
void rev_job_ready(struct rev_job *job);
/* The certificate that issued this one of the chain; empty: not known, which
 * rev_path_explain tells why. */
struct bytes rev_path_issuer(const struct rev_job *job,
    const struct rev_chain *chain, const struct cert_facts *cert,
    size_t position);
void rev_path_explain(const struct rev_job *job,
    const struct rev_chain *chain, const struct cert_facts *cert,
    struct err *err);

/* One step each: begins a fetch (c->waiting), or goes on to the next source
 * or stage. */
void rev_ocsp_step(struct rev_cert *c);
void rev_ocsp_fetched(struct rev_cert *c, struct fetch *fetch);
/* A response that is at hand: staple, --ocsp-response. */
void rev_ocsp_at_hand(struct rev_cert *c, enum rev_method method,
    const char *url, struct bytes response);
void rev_crl_step(struct rev_cert *c);
/* Of the lists of --crl some are read, and some not yet. */
bool rev_crl_waiting(const struct rev_cert *c);
void rev_crl_fetched(struct rev_cert *c, struct fetch *fetch);

#endif
