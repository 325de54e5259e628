/* SPDX-License-Identifier: ISC */
/*
 * Which certificates are asked about, and who issued them.  A path that ends
 * before a trust anchor is completed with what the certificates' own URLs of
 * caIssuers give (RFC 5280 4.2.2.1), one fetch after another: the last
 * certificate's first, then those below it.  What is fetched counts as the
 * peer's own word: by its place in a path that ends in a trust anchor.
 */
#include <string.h>

#include "base/text.h"
#include "pki/cert.h"
#include "pki/issuer.h"
#include "probe/gather.h"
#include "probe/revocation_private.h"

#define FETCHES_MAX 16			/* of one path */
#define DEPTH_MAX 8			/* fetched issuers of fetched issuers */
#define WANTED_MAX 32
#define FETCHED_MAX 32			/* beside one of each path */
#define KEEP (24 * 60 * 60)		/* issuers hardly change */

/* A URL, and whose issuer it is said to give. */
struct wanted {
	const char *url;
	struct bytes cert;
	unsigned depth;
};

struct rev_aia {
	struct wanted wanted[WANTED_MAX];	/* the next one last */
	size_t n_wanted;
	struct wanted asked[FETCHES_MAX];
	size_t n_asked;
	struct bytes *certs;			/* issuers that were found */
	size_t n_certs, cap_certs;
};

/* Does the path lack nothing but an issuer? */
static bool
is_open(const struct path_facts *path)
{
	return !path->has_anchor && path->n > 0 && path->n < PATH_MAX_CERTS &&
	    (path->status == PATH_INCOMPLETE ||
	    path->status == PATH_UNTRUSTED);
}

static bool
was_asked(const struct rev_aia *aia, const struct wanted *wanted)
{
	size_t i;

	for (i = 0; i < aia->n_asked; i++)
		if (strcmp(aia->asked[i].url, wanted->url) == 0 &&
		    bytes_eq(aia->asked[i].cert, wanted->cert))
			return true;
	return false;
}

static bool
is_http(const char *url)
{
	return text_istarts(url, "http://") || text_istarts(url, "https://");
}

/* Its URLs come next, in their order. */
static void
want_issuer(struct rev_job *job, struct bytes der, unsigned depth)
{
	struct rev_aia *aia = job->aia;
	struct arena *arena = job->obs->arena;
	struct cert_facts cert;
	struct wanted wanted = { NULL, der, depth };
	size_t i;

	if (depth == DEPTH_MAX || cert_facts_read(arena, der, &cert,
	    NULL) != 0 || cert.self_issued)
		return;
	for (i = cert.n_issuer_urls; i > 0; i--) {
		wanted.url = arena_strndup(arena,
		    (const char *)cert.issuer_urls[i - 1].data,
		    cert.issuer_urls[i - 1].len);
		if (wanted.url == NULL || aia->n_wanted == WANTED_MAX)
			return;
		if (is_http(wanted.url) && !was_asked(aia, &wanted))
			aia->wanted[aia->n_wanted++] = wanted;
	}
}

static bool
is_known(const struct rev_job *job, struct bytes der)
{
	const struct observation *obs = job->obs;
	size_t i;

	for (i = 0; i < obs->n_certs; i++)
		if (bytes_eq(obs->certs[i].der, der))
			return true;
	for (i = 0; i < job->aia->n_certs; i++)
		if (bytes_eq(job->aia->certs[i], der))
			return true;
	return false;
}

static size_t
count_fetched(const struct rev_job *job, const struct path_facts *path)
{
	size_t i, k, n = 0;

	for (i = 0; i < path->n; i++)
		for (k = 0; k < job->aia->n_certs; k++)
			n += bytes_eq(path->certs[i], job->aia->certs[k]);
	return n;
}

/* A longer path that ends nowhere is nearer to the truth, too. */
static void
rebuild(struct rev_job *job, struct rev_chain *chain)
{
	struct gather_path wanted = { chain->leaf, job->aia->certs,
		job->aia->n_certs };
	struct path_facts path;

	gather_path(job->revocation->gather, job->obs, &wanted, &path);
	path.n_fetched = count_fetched(job, &path);
	if (path.has_anchor || path.n > chain->path->n)
		*chain->path = path;
}

static void
advance(struct rev_job *job);

/* What was fetched from that URL; NULL: nothing was. */
static void
take(struct rev_job *job, const struct wanted *from, struct fetch *fetch)
{
	struct bytes body, found[ISSUERS_MAX];
	struct arena *arena = job->obs->arena;
	struct rev_aia *aia = job->aia;
	struct rev_chain *chain = &job->chains[job->chain];
	struct err err = ERR_INIT;
	size_t i, n = 0;

	if (fetch->error.kind != ERR_NONE)
		err = fetch->error;
	else if (fetch_bytes(fetch, arena, ISSUER_BYTES_MAX, &body,
	    &err) == 0)
		n = issuer_read(arena, body, from->cert, found, &err);
	if (n == 0 && fetch->error.kind == ERR_NONE) {
		fetch_explain(fetch, "a certificate", &err);
		err_wrap(&err, "%.120s", from->url);
	}
	if (n == 0 && chain->error.kind == ERR_NONE)
		chain->error = err;
	for (i = 0; i < n && aia->n_certs < aia->cap_certs; i++)
		if (!is_known(job, found[i])) {
			aia->certs[aia->n_certs++] = found[i];
			want_issuer(job, found[i], from->depth + 1);
		}
	rev_keep_until(job, fetch, n > 0 ? KEEP : 0);
}

static void
fetched(void *ctx, struct fetch *fetch)
{
	struct rev_job *job = ctx;
	struct rev_aia *aia = job->aia;
	size_t before = aia->n_certs;

	job->waiting = false;
	take(job, &aia->asked[aia->n_asked - 1], fetch);
	if (aia->n_certs > before)
		rebuild(job, &job->chains[job->chain]);
	if (!job->busy)
		advance(job);
}

static void
ask(struct rev_job *job)
{
	struct rev_aia *aia = job->aia;
	struct wanted next = aia->wanted[--aia->n_wanted];
	struct fetch_request request = { .url = next.url,
	    .accept = "application/pkix-cert, application/pkcs7-mime, */*",
	    .max_size = ISSUER_BYTES_MAX, .keep = true, .others = true };

	if (was_asked(aia, &next))
		return;
	aia->asked[aia->n_asked++] = next;
	job->waiting = true;
	if (fetcher_get(job->revocation->fetcher, &request, fetched, job,
	    &job->chains[job->chain].error) != 0)
		job->waiting = false;
}

static void
step(struct rev_job *job)
{
	struct rev_chain *chain = &job->chains[job->chain];
	struct rev_aia *aia = job->aia;
	size_t i;

	if (!chain->begun) {
		chain->begun = true;
		aia->n_wanted = aia->n_asked = 0;
		if (aia->n_certs > 0 && is_open(chain->path))
			rebuild(job, chain);
		for (i = 0; is_open(chain->path) && i < chain->path->n; i++)
			want_issuer(job, chain->path->certs[i], 0);
	}
	if (is_open(chain->path) && aia->n_wanted > 0 &&
	    aia->n_asked < FETCHES_MAX)
		ask(job);
	else
		job->chain++;
}

/* The checks look at one path: the first that is not good, else the leaf's. */
static void
publish_path(struct rev_job *job)
{
	size_t i;

	for (i = 0; i < job->n_chains; i++)
		if (job->chains[i].path->status != PATH_OK)
			break;
	job->obs->path = *job->chains[i < job->n_chains ? i : 0].path;
}

static void
advance(struct rev_job *job)
{
	job->busy = true;
	while (!job->waiting && job->chain < job->n_chains)
		step(job);
	job->busy = false;
	if (job->waiting)
		return;
	publish_path(job);
	rev_job_ready(job);
}

/* ---- the chains ---- */

/* One for the leaf, and, in a file, one for each that has a path of its
 * own. */
static size_t
count_leaves(const struct observation *obs)
{
	size_t i, n = 1;

	if (!obs->from_file)
		return 1;
	for (i = gather_next_leaf(obs, 0); i < obs->n_certs;
	    i = gather_next_leaf(obs, i + 1))
		n += i != obs->leaf;
	return n;
}

static int
add_chain(struct rev_job *job, size_t leaf)
{
	struct rev_chain *chain = &job->chains[job->n_chains];
	struct gather_path wanted = { .leaf = leaf };

	chain->leaf = leaf;
	chain->path = arena_alloc(job->obs->arena, sizeof(*chain->path));
	if (chain->path == NULL)
		return -1;
	gather_path(job->revocation->gather, job->obs, &wanted, chain->path);
	job->n_chains++;
	return 0;
}

static int
add_chains(struct rev_job *job, size_t n)
{
	struct observation *obs = job->obs;
	size_t i;

	job->chains[0] = (struct rev_chain){ .leaf = obs->leaf };
	job->chains[0].path = arena_alloc(obs->arena, sizeof(obs->path));
	if (job->chains[0].path == NULL)
		return -1;
	job->n_chains = 1;
	if (n == 1) {
		*job->chains[0].path = obs->path;
		return 0;
	}
	job->n_chains = 0;
	if (add_chain(job, obs->leaf) != 0)
		return -1;
	for (i = gather_next_leaf(obs, 0); i < obs->n_certs &&
	    job->n_chains < n; i = gather_next_leaf(obs, i + 1))
		if (i != obs->leaf && add_chain(job, i) != 0)
			return -1;
	return 0;
}

int
rev_path_start(struct rev_job *job)
{
	struct arena *arena = job->obs->arena;
	size_t n = count_leaves(job->obs);

	if (n > REV_CHAINS_MAX) {
		job->obs->n_revocation_left = n - REV_CHAINS_MAX;
		n = REV_CHAINS_MAX;
	}
	job->aia = arena_alloc(arena, sizeof(*job->aia));
	job->chains = arena_array(arena, n, sizeof(*job->chains));
	if (job->aia == NULL || job->chains == NULL)
		return -1;
	job->aia->cap_certs = n + FETCHED_MAX;
	job->aia->certs = arena_array(arena, job->aia->cap_certs,
	    sizeof(*job->aia->certs));
	if (job->aia->certs == NULL || add_chains(job, n) != 0)
		return -1;
	advance(job);
	return 0;
}

/* ---- who issued it ---- */

static struct bytes
issuer_among(const struct cert_facts *cert, const struct bytes *ders,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!bytes_eq(ders[i], cert->der) &&
		    issuer_is(cert->der, ders[i]))
			return ders[i];
	return bytes_of(NULL, 0);
}

static struct bytes
issuer_trusted(const struct rev_job *job, const struct cert_facts *cert)
{
	const struct path_source *anchors = job->revocation->gather->anchors;
	struct path_lookup lookup = { .subject = cert->issuer_der,
	    .thorough = true };
	struct err err = ERR_INIT;

	if (anchors == NULL || anchors->find(anchors->ctx, &lookup,
	    &err) != 0)
		return bytes_of(NULL, 0);
	return issuer_among(cert, lookup.found, lookup.n);
}

/* The next of its path, or one that is known; of those that were sent only
 * where no anchor stands below: nobody vouches for the issuer of an anchor. */
struct bytes
rev_path_issuer(const struct rev_job *job, const struct rev_chain *chain,
    const struct cert_facts *cert, size_t position)
{
	const struct revocation *rev = job->revocation;
	const struct path_facts *path = chain->path;
	struct bytes found;

	if (position + 1 < path->n)
		return path->certs[position + 1];
	found = issuer_among(cert, rev->issuers, rev->n_issuers);
	if (found.len == 0)
		found = issuer_trusted(job, cert);
	if (found.len == 0 && !path->has_anchor)
		found = issuer_among(cert, job->sent, job->n_sent);
	return found;
}

void
rev_path_explain(const struct rev_job *job, const struct rev_chain *chain,
    const struct cert_facts *cert, struct err *err)
{
	const struct path_facts *path = chain->path;
	const char *name = arena_strndup(job->obs->arena,
	    (const char *)cert->issuer_name.data, cert->issuer_name.len);
	const struct err *why = &chain->error;

	if (name == NULL)
		name = "";
	if (cert_self_signed(cert))
		err_set(err, ERR_UNSUPPORTED, "the certificate is "
		    "self-signed: there is no issuer who could revoke it");
	else if (path->has_anchor)
		err_set(err, ERR_UNSUPPORTED, "the certificate is a trust "
		    "anchor itself, and its issuer (%.60s) is not known "
		    "here: --issuer", name);
	else if (path->status == PATH_NOT_CHECKED)
		err_set(err, ERR_UNSUPPORTED, "the certificate of the issuer "
		    "(%.60s) was not found, and is not fetched where trust "
		    "is not judged", name);
	else if (job->revocation->n_issuers > 0 && why->kind == ERR_NONE)
		err_set(err, ERR_UNSUPPORTED, "no certificate of --issuer "
		    "has issued it: %.60s has, and was not found", name);
	else if (why->kind == ERR_NONE)
		err_set(err, ERR_UNSUPPORTED, "the certificate of the issuer "
		    "(%.60s) was not found, and %s", name,
		    cert->n_issuer_urls == 0 ? "no URL of it is named" :
		    "none of its URLs can be asked");
	else
		err_set(err, ERR_UNSUPPORTED, "the certificate of the issuer "
		    "(%.40s) was not found: %s", name, why->text);
}
