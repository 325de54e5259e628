/* SPDX-License-Identifier: ISC */
/* Which sources are asked, and when that is enough. */
#include "probe/revocation.h"

#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "pki/cert.h"
#include "pki/load.h"
#include "pki/weakkey.h"
#include "probe/file.h"
#include "probe/gather.h"
#include "probe/revocation_private.h"

#define RESPONSE_FILE_MAX OCSP_RESPONSE_MAX

/* Every certificate of a file of --revoked-cert that is no CA's. */
static int
read_revoked(struct revocation *rev, const char *path, struct err *err)
{
	struct load_result loaded = { .leaf = -1 };
	struct cert_facts facts;
	struct revoked_key *key;
	struct bytes text;
	size_t i;

	if (file_read(rev->arena, path, LOAD_BYTES_MAX, &text, err) != 0)
		return err_wrap(err, "--revoked-cert");
	if (load_certs(rev->arena, text, NULL, &loaded, err) != 0)
		return err_wrap(err, "--revoked-cert: %s", path);
	for (i = 0; i < loaded.n_certs; i++) {
		if (cert_facts_read(rev->arena, loaded.certs[i], &facts,
		    err) != 0)
			return -1;
		if (facts.is_ca && loaded.n_certs > 1)
			continue;
		if (rev->n_revoked == REVOKED_MAX)
			return err_set(err, ERR_LIMIT, "--revoked-cert: more "
			    "than %d certificates", REVOKED_MAX);
		key = &rev->revoked[rev->n_revoked++];
		key->path = path;
		memcpy(key->spki_sha256, facts.spki_sha256,
		    sizeof(key->spki_sha256));
	}
	return 0;
}

static int
read_keys(struct revocation *rev, struct err *err)
{
	const struct options *options = rev->options;
	size_t i;

	for (i = 0; i < options->revoked_cert.n; i++)
		if (read_revoked(rev, options->revoked_cert.items[i],
		    err) != 0)
			return -1;
	if (options->compromised_keys == NULL)
		return 0;
	rev->leaked = keylist_open(options->compromised_keys, err);
	return rev->leaked != NULL ? 0 :
	    err_wrap(err, "--compromised-keys");
}

static int
read_response(struct revocation *rev, struct err *err)
{
	const char *path = rev->options->ocsp_response;

	if (file_read(rev->arena, path, RESPONSE_FILE_MAX, &rev->response,
	    err) != 0)
		return err_wrap(err, "--ocsp-response");
	return rev->response.len > 0 ? 0 : err_set(err, ERR_SYNTAX,
	    "--ocsp-response: %s is empty", path);
}

static int
read_files(struct revocation *rev, struct err *err)
{
	const struct options *options = rev->options;
	struct load_result loaded = { .leaf = -1 };
	struct bytes text;

	if (read_keys(rev, err) != 0)
		return -1;
	if (options->ocsp_response != NULL && read_response(rev, err) != 0)
		return -1;
	if (options->issuer_file == NULL)
		return 0;
	if (file_read(rev->arena, options->issuer_file, LOAD_BYTES_MAX, &text,
	    err) != 0)
		return err_wrap(err, "--issuer");
	if (load_certs(rev->arena, text, NULL, &loaded, err) != 0)
		return err_wrap(err, "--issuer: %s", options->issuer_file);
	rev->issuers = loaded.certs;
	rev->n_issuers = loaded.n_certs;
	return 0;
}

static int
open_fetcher(struct revocation *rev, const struct revocation_options *how,
    struct err *err)
{
	const struct options *options = how->options;
	struct fetcher_options fetch;

	memset(&fetch, 0, sizeof(fetch));
	fetch.http.proxy = options->proxy;
	fetch.http.no_proxy = options->no_proxy;
	fetch.http.ca_file = options->ca_file;
	fetch.http.ca_path = options->ca_path;
	fetch.http.deny_private = options->deny_private;
	fetch.http.family = options->ipv4 == options->ipv6 ? AF_UNSPEC :
	    options->ipv4 ? AF_INET : AF_INET6;
	fetch.http.user_agent = "monitoring-plugins-cert";
	fetch.cache_dir = options->cache_dir;
	fetch.no_cache = options->no_cache;
	fetch.offline = options->offline;
	fetch.now = rev->wall;
	fetch.deadline_ms = how->deadline_ms;
	rev->fetcher = fetcher_new(how->loop, &fetch, err);
	return rev->fetcher == NULL ? -1 : 0;
}

static void
revocation_close(struct revocation *rev)
{
	if (rev == NULL)
		return;
	fetcher_free(rev->fetcher);
	keylist_close(rev->leaked);
	mem_free(rev);
}

static struct revocation *
revocation_open(const struct revocation_options *how, struct err *err)
{
	struct revocation *rev = mem_alloc(sizeof(*rev));

	if (rev == NULL) {
		err_nomem(err);
		return NULL;
	}
	rev->options = how->options;
	rev->arena = how->arena;
	rev->gather = how->gather;
	rev->now = how->now;
	rev->wall = clock_wall();
	if (read_files(rev, err) == 0 && open_fetcher(rev, how, err) == 0)
		return rev;
	revocation_close(rev);
	return NULL;
}

struct rev_answer *
rev_answer_add(struct rev_cert *c, enum rev_method method, const char *url)
{
	struct rev_facts *facts = c->facts;
	struct rev_answer *answer;

	if (facts->n_answers == REV_ANSWERS_MAX)
		return NULL;
	answer = &facts->answers[facts->n_answers++];
	memset(answer, 0, sizeof(*answer));
	answer->method = method;
	answer->url = url;
	answer->outcome = REV_UNUSABLE;
	answer->reason = REASON_NONE;
	answer->response_ms = -1;
	return answer;
}

bool
rev_conclusive(const struct rev_answer *answer)
{
	return answer->outcome == REV_GOOD || answer->outcome == REV_REVOKED;
}

void
rev_keep_until(const struct rev_job *job, struct fetch *fetch,
    int64_t seconds)
{
	int64_t until = job->revocation->wall + seconds;

	if (fetch->expires_at > 0 && fetch->expires_at < until)
		until = fetch->expires_at;
	fetch_set_expiry(fetch, until);
}

void
rev_keep(const struct rev_cert *c, struct fetch *fetch,
    const struct rev_answer *answer)
{
	int64_t left = answer->next_update - c->job->revocation->wall;

	/* What proves nothing is asked for again, however long HTTP says
	 * that it is good: a web page in its place, say. */
	if (!rev_conclusive(answer) && !answer->has_this_update)
		left = 0;
	else if (!answer->has_next_update || left > REV_KEEP)
		left = REV_KEEP;
	if (rev_conclusive(answer) || fetch->expires_at > 0)
		rev_keep_until(c->job, fetch, left);
}

/* One answer is enough, and is there. */
static bool
is_answered(const struct rev_cert *c)
{
	const struct rev_facts *facts = c->facts;
	size_t i;

	/* A second try may tell more. */
	if (c->job->revocation->options->method == WANT_ALL ||
	    (c->stage == STAGE_OCSP && c->first != NULL))
		return false;
	for (i = 0; i < facts->n_answers; i++)
		if (facts->answers[i].method != REV_STAPLE &&
		    rev_conclusive(&facts->answers[i]))
			return true;
	return false;
}

/* Whatever else is asked, it cannot change what is known. */
static bool
is_settled(const struct rev_cert *c)
{
	/* Each list of --crl may be the one that names it, whatever else
	 * says good. */
	return !rev_crl_waiting(c) && (c->crl != NULL ||
	    c->job->revocation->options->crl.n == 0) && is_answered(c);
}

static struct bytes
staple_of(const struct rev_cert *c)
{
	const struct observation *obs = c->job->obs;
	struct bytes staple = { NULL, 0 };
	size_t i;

	for (i = 0; obs->tls.staples != NULL && i < obs->n_certs; i++)
		if (bytes_eq(obs->certs[i].der, c->facts->cert))
			staple = obs->tls.staples[i];
	return staple;
}

static void
staple_step(struct rev_cert *c)
{
	const struct revocation *rev = c->job->revocation;
	struct bytes staple = staple_of(c);

	c->stage = STAGE_OCSP;
	if (staple.len > 0)
		rev_ocsp_at_hand(c, REV_STAPLE, NULL, staple);
	if (c->facts->position == 0 && rev->response.len > 0)
		rev_ocsp_at_hand(c, REV_OCSP, rev->options->ocsp_response,
		    rev->response);
}

static void
step(struct rev_cert *c)
{
	int method = c->job->revocation->options->method;

	if (c->stage == STAGE_STAPLE) {
		staple_step(c);
	} else if (is_settled(c) || method == WANT_STAPLE) {
		c->stage = STAGE_DONE;
	} else if (c->stage == STAGE_OCSP) {
		if (method == WANT_CRL || is_answered(c))
			c->stage = STAGE_CRL;
		else
			rev_ocsp_step(c);
	} else if (method == WANT_OCSP) {
		c->stage = STAGE_DONE;
	} else {
		rev_crl_step(c);
	}
}

static void
job_end(struct rev_job *job)
{
	job->ended = true;
	if (!job->starting)
		job->done(job->ctx);
}

static void
cert_ended(struct rev_job *job)
{
	if (--job->pending == 0)
		job_end(job);
}

static void
advance(struct rev_cert *c)
{
	c->busy = true;
	while (!c->waiting && c->stage != STAGE_DONE)
		step(c);
	c->busy = false;
	if (c->stage != STAGE_DONE || c->ended)
		return;
	c->ended = true;
	cert_ended(c->job);
}

static void
fetched(void *ctx, struct fetch *fetch)
{
	struct rev_cert *c = ctx;

	c->waiting = false;
	if (c->stage == STAGE_OCSP)
		rev_ocsp_fetched(c, fetch);
	else
		rev_crl_fetched(c, fetch);
	/* From inside rev_get: its caller's loop goes on. */
	if (!c->busy)
		advance(c);
}

void
rev_get(struct rev_cert *c, const struct fetch_request *request)
{
	struct err err = ERR_INIT;

	c->waiting = true;
	if (fetcher_get(c->job->revocation->fetcher, request, fetched, c,
	    &err) == 0)
		return;
	c->waiting = false;
	c->stage = STAGE_DONE;
	c->facts->issuer_error = err;
}

static void
look_at_key(struct rev_cert *c)
{
	const struct revocation *rev = c->job->revocation;
	struct rev_facts *facts = c->facts;
	size_t i;

	facts->key_broken = weakkey_check(c->cert->spki_der);
	facts->key_listed = rev->leaked != NULL &&
	    keylist_has(rev->leaked, c->cert->spki_sha256);
	for (i = 0; i < rev->n_revoked && facts->key_of == NULL; i++)
		if (memcmp(rev->revoked[i].spki_sha256,
		    c->cert->spki_sha256, sizeof(c->cert->spki_sha256)) == 0)
			facts->key_of = rev->revoked[i].path;
}

static void
fill_query(struct rev_cert *c)
{
	const struct rev_job *job = c->job;

	c->query.cert = c->facts->cert;
	c->query.issuer = c->facts->issuer;
	c->query.others = job->others;
	c->query.n_others = job->n_others;
	c->query.now = job->revocation->now;
	c->query.skew = job->revocation->options->skew;
	c->query.max_age = job->revocation->options->max_age;
}

static int
prepare(struct rev_cert *c, const struct rev_chain *chain, size_t position)
{
	struct rev_job *job = c->job;
	struct arena *arena = job->obs->arena;
	struct cert_facts *cert = arena_alloc(arena, sizeof(*cert));
	struct rev_facts *facts = c->facts;

	if (cert == NULL || cert_facts_read(arena, facts->cert, cert,
	    NULL) != 0)
		return -1;
	c->cert = cert;
	facts->position = position;
	facts->number = job->n_chains > 1 ? chain->leaf + 1 : 0;
	facts->has_ocsp_url = cert->n_ocsp_urls > 0;
	facts->has_crl_url = cert->crl_points.len > 0;
	facts->no_rev_avail = cert->no_rev_avail;
	facts->must_staple = cert->must_staple;
	facts->is_ca = cert->is_ca;
	facts->staple_missing = !job->obs->from_file &&
	    staple_of(c).len == 0;
	facts->has_not_after = cert->has_not_after;
	facts->not_after = cert->not_after;
	look_at_key(c);
	facts->issuer = rev_path_issuer(job, chain, cert, position);
	fill_query(c);
	if (facts->issuer.len > 0)
		return 0;
	rev_path_explain(job, chain, cert, &facts->issuer_error);
	c->stage = STAGE_DONE;
	return 0;
}

/* Of two paths the upper parts may be the same. */
static bool
is_there(const struct rev_job *job, struct bytes der)
{
	size_t i;

	for (i = 0; i < job->n_certs; i++)
		if (bytes_eq(job->obs->revocation[i].cert, der))
			return true;
	return false;
}

/* The path without its anchor.  A root that is none has nobody either who
 * could revoke it. */
static size_t
chain_length(const struct rev_job *job, const struct rev_chain *chain)
{
	const struct path_facts *path = chain->path;
	struct cert_facts top;
	size_t n = path->n;

	if (n <= 1 || job->revocation->options->leaf_only)
		return 1;
	if (path->has_anchor || cert_facts_read(job->obs->arena,
	    path->certs[n - 1], &top, NULL) != 0 || top.self_issued)
		n--;
	return n;
}

static int
add_certs(struct rev_job *job, const struct rev_chain *chain)
{
	size_t n = chain_length(job, chain), i;
	struct rev_cert *c;
	struct bytes der;

	for (i = 0; i < n && job->n_certs < job->cap_certs; i++) {
		der = i == 0 ? job->obs->certs[chain->leaf].der :
		    chain->path->certs[i];
		if (is_there(job, der))
			continue;
		c = &job->certs[job->n_certs];
		c->job = job;
		c->facts = &job->obs->revocation[job->n_certs];
		c->facts->cert = der;
		if (prepare(c, chain, i) != 0)
			return -1;
		job->obs->n_revocation = ++job->n_certs;
	}
	return 0;
}

static int
list_certs(struct rev_job *job)
{
	struct observation *obs = job->obs;
	size_t i;

	for (i = 0; i < job->n_chains; i++)
		job->cap_certs += chain_length(job, &job->chains[i]);
	job->certs = arena_array(obs->arena, job->cap_certs,
	    sizeof(*job->certs));
	obs->revocation = arena_array(obs->arena, job->cap_certs,
	    sizeof(*obs->revocation));
	if (job->certs == NULL || obs->revocation == NULL)
		return -1;
	for (i = 0; i < job->n_chains; i++)
		if (add_certs(job, &job->chains[i]) != 0)
			return -1;
	return 0;
}

void
rev_job_ready(struct rev_job *job)
{
	size_t i;

	if (list_certs(job) != 0) {
		err_nomem(&job->obs->error);
		job_end(job);
		return;
	}
	/* One more, so that it does not end before all have begun. */
	job->pending = job->n_certs + 1;
	for (i = 0; i < job->n_certs; i++)
		advance(&job->certs[i]);
	cert_ended(job);
}

static struct rev_job *
job_new(struct revocation *rev, struct observation *obs)
{
	struct rev_job *job = arena_alloc(obs->arena, sizeof(*job));
	size_t i;

	if (job == NULL)
		return NULL;
	job->revocation = rev;
	job->obs = obs;
	job->others = arena_array(obs->arena, obs->n_certs + rev->n_issuers,
	    sizeof(*job->others));
	if (job->others == NULL)
		return NULL;
	job->sent = job->others;
	job->n_sent = obs->n_certs;
	for (i = 0; i < obs->n_certs; i++)
		job->others[job->n_others++] = obs->certs[i].der;
	for (i = 0; i < rev->n_issuers; i++)
		job->others[job->n_others++] = rev->issuers[i];
	return job;
}

static int
revocation_start(struct revocation *rev, struct observation *obs,
    void (*done)(void *ctx), void *ctx)
{
	struct rev_job *job = job_new(rev, obs);

	if (job == NULL) {
		err_nomem(&obs->error);
		return 1;
	}
	job->done = done;
	job->ctx = ctx;
	job->starting = true;
	if (rev_path_start(job) != 0) {
		err_nomem(&obs->error);
		return 1;
	}
	job->starting = false;
	return job->ended;
}

const struct revocation_ops revocation_ops = {
	.open = revocation_open,
	.close = revocation_close,
	.start = revocation_start,
};
