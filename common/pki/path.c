/* SPDX-License-Identifier: ISC */
/*
 * Path building and validation by OpenSSL, with a store that holds only the
 * anchors whose names the presented certificates ask for.
 */
#include "pki/path.h"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/list.h"
#include "pki/name.h"
#include "pki/ossl.h"
#include "pki/path_choose.h"

#define OTHERS_MAX 64		/* presented certificates that are considered */
#define RIVALS_MAX 8		/* cross-signs that are left out in turn */
#define ANCHORS_MAX 64		/* trusted certificates that are considered */

#define CACHE_MAX 256		/* decoded CA certificates that are kept */

struct path_cache {
	struct cached {
		uint8_t *der;
		size_t len;
		X509 *x;
	} *items;
	size_t n, cap;
};

/* How much an error says about the path; the highest wins. */
enum rank {
	RANK_NONE,
	RANK_TIME,
	RANK_TRUST,
	RANK_RULE
};

struct verdict {
	int64_t now;
	enum rank rank;
	int code;
	int depth;
	bool purpose;		/* the leaf's own is wrong */
};

struct builder {
	const struct path_request *request;
	struct arena *arena;
	X509 *leaf;
	STACK_OF(X509) *others;
	X509_STORE *store;
	struct bytes anchors[ANCHORS_MAX];
	size_t n_anchors;
	struct bytes asked[OTHERS_MAX + ANCHORS_MAX + 2];
	size_t n_asked;
	bool thorough;
	bool store_failed;
	struct err store_error;
};

static X509 *
decode(struct bytes der)
{
	const unsigned char *p = der.data;
	X509 *x = d2i_X509(NULL, &p, (long)der.len);

	ossl_clear();
	return x;
}

struct path_cache *
path_cache_new(void)
{
	return mem_alloc(sizeof(struct path_cache));
}

void
path_cache_free(struct path_cache *cache)
{
	size_t i;

	if (cache == NULL)
		return;
	for (i = 0; i < cache->n; i++) {
		mem_free(cache->items[i].der);
		X509_free(cache->items[i].x);
	}
	mem_free(cache->items);
	mem_free(cache);
}

static X509 *
cached(const struct path_cache *cache, struct bytes der)
{
	const struct cached *item;
	size_t i;

	for (i = 0; i < cache->n; i++) {
		item = &cache->items[i];
		if (bytes_eq(bytes_of(item->der, item->len), der) &&
		    X509_up_ref(item->x) == 1)
			return item->x;
	}
	return NULL;
}

/* Without room it is only not kept. */
static void
cache_add(struct path_cache *cache, struct bytes der, X509 *x)
{
	uint8_t *copy = cache->n == CACHE_MAX ? NULL :
	    mem_dup(der.data, der.len);
	struct cached *item = copy == NULL ? NULL : list_push(&cache->items,
	    &cache->n, &cache->cap, sizeof(*item), CACHE_MAX);

	if (item == NULL || X509_up_ref(x) != 1) {
		mem_free(copy);
		cache->n -= item != NULL;
		return;
	}
	*item = (struct cached){ copy, der.len, x };
}

/* Decodes, or finds what was decoded for an earlier target.  The caller owns
 * a reference. */
static X509 *
decode_shared(struct path_cache *cache, struct bytes der)
{
	X509 *x = cache == NULL ? NULL : cached(cache, der);

	if (x != NULL)
		return x;
	x = decode(der);
	if (x != NULL && cache != NULL && X509_check_ca(x) != 0)
		cache_add(cache, der, x);
	return x;
}

/* A borrowed view of a name's encoding. */
static struct bytes
name_der(const X509_NAME *name)
{
	const unsigned char *der;
	size_t len;

	if (X509_NAME_get0_der(name, &der, &len) != 1)
		return bytes_of(NULL, 0);
	return bytes_of(der, len);
}

static bool
was_asked(struct builder *b, struct bytes subject)
{
	size_t i;

	for (i = 0; i < b->n_asked; i++)
		if (bytes_eq(b->asked[i], subject))
			return true;
	if (b->n_asked == sizeof(b->asked) / sizeof(b->asked[0]))
		return true;
	b->asked[b->n_asked++] = subject;
	return false;
}

static int
add_anchor(struct builder *b, struct bytes der)
{
	X509 *x;
	int ok;
	size_t i;

	for (i = 0; i < b->n_anchors; i++)
		if (bytes_eq(b->anchors[i], der))
			return 0;
	if (b->n_anchors == ANCHORS_MAX)
		return 0;
	x = decode_shared(b->request->cache, der);
	if (x == NULL)
		return 0;
	ok = X509_STORE_add_cert(b->store, x);
	X509_free(x);
	if (ok == 1)
		b->anchors[b->n_anchors++] = der;
	return ok == 1 ? 0 : -1;
}

/* Asks the source for one subject; a store that cannot be read is noted and
 * counts only when nothing else gives a path. */
static int
ask(struct builder *b, struct bytes subject)
{
	const struct path_source *source = b->request->source;
	struct path_lookup lookup = { .thorough = b->thorough };
	size_t i;

	if (source == NULL || subject.len == 0)
		return 0;
	lookup.subject = arena_bytes(b->arena, subject);
	if (lookup.subject.data == NULL)
		return -1;
	if (was_asked(b, lookup.subject))
		return 0;
	if (source->find(source->ctx, &lookup, &b->store_error) != 0) {
		b->store_failed = true;
		return 0;
	}
	for (i = 0; i < lookup.n; i++)
		if (add_anchor(b, lookup.found[i]) != 0)
			return -1;
	return 0;
}

/* The anchors' own issuers too: an anchor that is no root may stand in a
 * store beside its root, and the longer path may be the valid one. */
static int
collect_anchors(struct builder *b)
{
	size_t next;
	int i;
	X509 *x;

	if (ask(b, name_der(X509_get_subject_name(b->leaf))) != 0 ||
	    ask(b, name_der(X509_get_issuer_name(b->leaf))) != 0)
		return -1;
	for (i = 0; i < sk_X509_num(b->others); i++) {
		x = sk_X509_value(b->others, i);
		if (ask(b, name_der(X509_get_issuer_name(x))) != 0)
			return -1;
	}
	for (next = 0; next < b->n_anchors; next++) {
		x = decode_shared(b->request->cache, b->anchors[next]);
		if (x == NULL)
			continue;
		i = ask(b, name_der(X509_get_issuer_name(x)));
		X509_free(x);
		if (i != 0)
			return -1;
	}
	return 0;
}

static int
collect_others(struct builder *b)
{
	struct bytes chosen[OTHERS_MAX];
	size_t n = path_choose(b->request, chosen, OTHERS_MAX), i;
	X509 *x;

	b->others = sk_X509_new_null();
	if (b->others == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		x = decode_shared(b->request->cache, chosen[i]);
		if (x == NULL)
			continue;
		if (sk_X509_push(b->others, x) == 0) {
			X509_free(x);
			return -1;
		}
	}
	return 0;
}

static enum rank
rank_of(int code)
{
	switch (code) {
	case X509_V_OK:
		return RANK_NONE;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return RANK_TIME;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_CERT_UNTRUSTED:
		return RANK_TRUST;
	default:
		return RANK_RULE;
	}
}

/* notAfter is inclusive (RFC 5280 4.1.2.5); OpenSSL calls a certificate
 * expired in its last second. */
static bool
last_second(X509_STORE_CTX *ctx, int64_t now)
{
	X509 *x = X509_STORE_CTX_get_current_cert(ctx);

	return x != NULL &&
	    ASN1_TIME_cmp_time_t(X509_get0_notAfter(x), (time_t)now) == 0;
}

/* Notes the weightiest error and lets the verification go on, so that one
 * pass sees them all. */
static int
note_error(int ok, X509_STORE_CTX *ctx)
{
	struct verdict *v = X509_STORE_CTX_get_app_data(ctx);
	int code = X509_STORE_CTX_get_error(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	enum rank rank = rank_of(code);

	if (ok)
		return 1;
	if (code == X509_V_ERR_CERT_HAS_EXPIRED && last_second(ctx, v->now))
		return 1;
	/* A CA in the path with the wrong purpose breaks a rule; the leaf's
	 * own purpose is a finding of its own. */
	if (code == X509_V_ERR_INVALID_PURPOSE && depth == 0) {
		v->purpose = true;
		return 1;
	}
	if (rank > v->rank) {
		v->rank = rank;
		v->code = code;
		v->depth = depth;
	}
	return code != X509_V_ERR_OUT_OF_MEM;
}

static int
set_parameters(X509_STORE_CTX *ctx, const struct path_request *request)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_time(param, (time_t)request->now);
	X509_VERIFY_PARAM_set_depth(param, PATH_MAX_CERTS - 2);
	X509_VERIFY_PARAM_set_auth_level(param, 0);
	/* Any policy will do, but what the certificates demand of each other
	 * is held to (RFC 5280 6.1.1 c). */
	if (X509_VERIFY_PARAM_add0_policy(param,
	    OBJ_nid2obj(NID_any_policy)) != 1 ||
	    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN |
	    X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_POLICY_CHECK) != 1)
		return -1;
	return !request->server_purpose || X509_VERIFY_PARAM_set_purpose(param,
	    X509_PURPOSE_SSL_SERVER) == 1 ? 0 : -1;
}

static int
copy_chain(struct builder *b, X509_STORE_CTX *ctx, struct path_facts *out)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	unsigned char *der, *p;
	int i, len;

	for (i = 0; i < sk_X509_num(chain) && i < PATH_MAX_CERTS; i++) {
		len = i2d_X509(sk_X509_value(chain, i), NULL);
		if (len <= 0)
			return -1;
		der = p = arena_alloc(b->arena, (size_t)len);
		if (der == NULL)
			return -1;
		i2d_X509(sk_X509_value(chain, i), &p);
		out->certs[out->n++] = bytes_of(der, (size_t)len);
	}
	return 0;
}

static enum path_status
status_of_trust(int code, size_t n)
{
	if (code == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
		return PATH_SELF_SIGNED;
	if (code == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN || n > 1)
		return PATH_UNTRUSTED;
	return PATH_INCOMPLETE;
}

static const char *
role(char *buf, size_t size, int depth)
{
	if (depth <= 0)
		snprintf(buf, size, "the leaf");
	else
		snprintf(buf, size, "certificate %d above the leaf", depth);
	return buf;
}

static void
explain(struct builder *b, X509_STORE_CTX *ctx, const struct verdict *v,
    struct path_facts *out)
{
	static const enum path_status statuses[] = {
		[RANK_NONE] = PATH_OK, [RANK_TIME] = PATH_EXPIRED,
		[RANK_TRUST] = PATH_UNTRUSTED, [RANK_RULE] = PATH_INVALID
	};
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	X509 *top = sk_X509_value(chain, sk_X509_num(chain) - 1);
	char who[40];

	out->status = statuses[v->rank];
	out->depth = (unsigned)(v->depth < 0 ? 0 : v->depth);
	out->purpose_error = v->purpose;
	if (v->rank == RANK_TRUST) {
		out->status = status_of_trust(v->code, out->n);
		out->missing_issuer = name_oneline(b->arena,
		    name_der(X509_get_issuer_name(top)));
	}
	if (v->rank < RANK_TRUST) {
		out->has_anchor = true;
		out->anchor_name = name_oneline(b->arena,
		    name_der(X509_get_subject_name(top)));
	}
	snprintf(out->why, sizeof(out->why), "%s: %s",
	    X509_verify_cert_error_string(v->code),
	    role(who, sizeof(who), v->depth));
}

static int
run_verification(struct builder *b, struct path_facts *out, struct err *err)
{
	struct verdict v = { .now = b->request->now };
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int rc = -1;

	if (ctx == NULL || X509_STORE_CTX_init(ctx, b->store, b->leaf,
	    b->others) != 1 || set_parameters(ctx, b->request) != 0 ||
	    X509_STORE_CTX_set_app_data(ctx, &v) != 1)
		goto done;
	X509_STORE_CTX_set_verify_cb(ctx, note_error);
	/* A failure that the callback was not told of is still a failure. */
	if (X509_verify_cert(ctx) != 1 && v.rank == RANK_NONE)
		goto done;
	if (sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) < 1 ||
	    copy_chain(b, ctx, out) != 0)
		goto done;
	explain(b, ctx, &v, out);
	rc = 0;
done:
	if (rc != 0) {
		ossl_error(err, ERR_INTERNAL, "path validation");
		snprintf(out->why, sizeof(out->why), "%s",
		    "the path could not be validated");
	}
	X509_STORE_CTX_free(ctx);
	ossl_clear();
	return rc;
}

static int
check(struct builder *b, struct path_facts *out, struct err *err)
{
	if (collect_anchors(b) != 0)
		return err_nomem(err);
	if (b->store_failed && b->n_anchors == 0) {
		snprintf(out->why, sizeof(out->why), "%s",
		    b->store_error.text);
		return 0;
	}
	return run_verification(b, out, err);
}

static bool
has_rival(STACK_OF(X509) *others, int i)
{
	int k;

	for (k = 0; k < sk_X509_num(others); k++)
		if (k != i && X509_NAME_cmp(
		    X509_get_subject_name(sk_X509_value(others, i)),
		    X509_get_subject_name(sk_X509_value(others, k))) == 0)
			return true;
	return false;
}

static void
reset(struct path_facts *out)
{
	memset(out, 0, sizeof(*out));
	out->status = PATH_ERROR;
}

/*
 * OpenSSL takes the first certificate that fits and never turns back.  Where
 * a CA is presented twice, signed by one root and cross-signed by another,
 * the path may lie behind the other one.
 */
static int
check_rivals(struct builder *b, struct path_facts *out, struct err *err)
{
	struct path_facts other;
	X509 *x;
	int i, rc, tries = 0;

	for (i = 0; i < sk_X509_num(b->others) && tries < RIVALS_MAX; i++) {
		if (!has_rival(b->others, i))
			continue;
		tries++;
		reset(&other);
		x = sk_X509_delete(b->others, i);
		rc = run_verification(b, &other, err);
		if (sk_X509_insert(b->others, x, i) == 0) {
			X509_free(x);
			return err_nomem(err);
		}
		if (rc != 0)
			return rc;
		if (other.status == PATH_OK) {
			*out = other;
			return 0;
		}
	}
	return 0;
}

/* Where anchors are cheap to look up first, everywhere when that gives no
 * good path. */
static int
check_twice(struct builder *b, struct path_facts *out, struct err *err)
{
	int rc;

	b->leaf = decode(b->request->leaf);
	if (b->leaf == NULL) {
		snprintf(out->why, sizeof(out->why), "%s",
		    "the certificate cannot be decoded");
		return 0;
	}
	b->store = X509_STORE_new();
	if (b->store == NULL || collect_others(b) != 0)
		return err_nomem(err);
	rc = check(b, out, err);
	if (rc != 0 || out->status == PATH_OK)
		return rc;
	reset(out);
	b->thorough = true;
	b->n_asked = 0;
	rc = check(b, out, err);
	if (rc != 0 || out->status == PATH_OK)
		return rc;
	return check_rivals(b, out, err);
}

int
path_check(struct arena *arena, const struct path_request *request,
    struct path_facts *out, struct err *err)
{
	struct builder b;
	int rc;

	memset(&b, 0, sizeof(b));
	reset(out);
	b.request = request;
	b.arena = arena;
	rc = check_twice(&b, out, err);
	if (ossl_starved(err) != 0)
		rc = -1;
	if (rc != 0)
		out->status = PATH_ERROR;
	X509_free(b.leaf);
	sk_X509_pop_free(b.others, X509_free);
	X509_STORE_free(b.store);
	ossl_clear();
	return rc;
}

const char *
path_default_dir(void)
{
	return X509_get_default_cert_dir();
}

const char *
path_default_file(void)
{
	return X509_get_default_cert_file();
}
