/* SPDX-License-Identifier: ISC */
/* From bytes to an observation. */
#include "probe/gather.h"

#include <errno.h>
#include <string.h>

#include "net/tls.h"
#include "pki/cert.h"
#include "pki/load.h"
#include "probe/file.h"
#include "probe/truststore.h"

#define FILE_PATHS_MAX 64	/* leaves of one file whose path is built */

/* Decodes every certificate; those that memory does not suffice for make the
 * whole observation an error. */
static int
read_certs(struct observation *obs, const struct bytes *ders, size_t n)
{
	size_t i;

	obs->certs = arena_array(obs->arena, n == 0 ? 1 : n,
	    sizeof(*obs->certs));
	if (obs->certs == NULL)
		return err_nomem(&obs->error);
	for (i = 0; i < n; i++) {
		if (cert_facts_read(obs->arena, ders[i], &obs->certs[i],
		    &obs->error) != 0)
			return -1;
		obs->n_certs++;
	}
	return 0;
}

/* In a file of many, those that cannot have issued another would only take
 * the place of those that have. */
static bool
may_be_on_path(const struct observation *obs, size_t i)
{
	return obs->n_certs <= FILE_PATHS_MAX || obs->certs[i].is_ca ||
	    obs->certs[i].version < 3;
}

static void
build_path(const struct gather_env *env, struct observation *obs,
    const struct gather_path *wanted, struct path_facts *out)
{
	struct path_request request = { .now = env->now };
	struct bytes *others;
	struct err err = ERR_INIT;
	size_t i;

	out->status = PATH_ERROR;
	others = arena_array(obs->arena, obs->n_certs + wanted->n_more,
	    sizeof(*others));
	if (others == NULL) {
		strcpy(out->why, "out of memory");
		return;
	}
	for (i = 0; i < obs->n_certs; i++)
		if (i != wanted->leaf && may_be_on_path(obs, i))
			others[request.n_others++] = obs->certs[i].der;
	for (i = 0; i < wanted->n_more; i++)
		others[request.n_others++] = wanted->more[i];
	request.leaf = obs->certs[wanted->leaf].der;
	request.others = others;
	request.source = env->anchors;
	request.cache = env->cache;
	request.server_purpose = !obs->from_file;
	path_check(obs->arena, &request, out, &err);
}

/* A target may bring anchors of its own (ca-file= in a targets file). */
static void
build_path_for(const struct gather_env *env, struct observation *obs,
    const struct gather_path *wanted, struct path_facts *out)
{
	struct gather_env own = *env;
	struct truststore *store;
	struct path_source source;
	struct err err = ERR_INIT;

	if (obs->target->ca_file == NULL) {
		build_path(env, obs, wanted, out);
		return;
	}
	store = truststore_new(obs->target->ca_file, NULL, &err);
	if (store == NULL) {
		out->status = PATH_ERROR;
		memcpy(out->why, err.text, sizeof(out->why));
		return;
	}
	source = truststore_source(store);
	own.anchors = &source;
	build_path(&own, obs, wanted, out);
	truststore_free(store);
}

static bool
wants_trust(const struct gather_env *env, const struct observation *obs)
{
	if (obs->target->no_trust)
		return false;
	return env->anchors != NULL || obs->target->ca_file != NULL;
}

void
gather_path(const struct gather_env *env, struct observation *obs,
    const struct gather_path *wanted, struct path_facts *out)
{
	memset(out, 0, sizeof(*out));
	if (wants_trust(env, obs))
		build_path_for(env, obs, wanted, out);
}

/* Reads the file's first end-entity certificate, else its first. */
static void
load_compare(struct arena *arena, const struct gather_env *env,
    struct side_file *side)
{
	struct load_result loaded = { .leaf = -1 };
	struct cert_facts *facts;
	struct bytes text;
	size_t i;

	if (file_read(arena, side->path, LOAD_BYTES_MAX, &text,
	    &side->error) != 0)
		return;
	if (load_certs(arena, text, env->password, &loaded,
	    &side->error) != 0) {
		err_wrap(&side->error, "%s", side->path);
		return;
	}
	facts = arena_array(arena, loaded.n_certs, sizeof(*facts));
	if (facts == NULL) {
		err_nomem(&side->error);
		return;
	}
	for (i = 0; i < loaded.n_certs; i++) {
		if (cert_facts_read(arena, loaded.certs[i], &facts[i],
		    &side->error) != 0)
			return;
		if (loaded.leaf == (int)i ||
		    (loaded.leaf < 0 && !facts[i].is_ca))
			break;
	}
	side->cert = &facts[i < loaded.n_certs ? i : 0];
}

static void
load_key(struct arena *arena, const struct gather_env *env,
    struct side_file *side)
{
	struct bytes text;

	if (file_read(arena, side->path, LOAD_BYTES_MAX, &text,
	    &side->error) != 0)
		return;
	if (load_key_spki(arena, text, env->password, &side->key_spki,
	    &side->error) != 0)
		err_wrap(&side->error, "%s", side->path);
}

void
gather_side_files(struct gather_env *env)
{
	env->key.path = env->options->key;
	env->compare.path = env->options->compare;
	env->key.wanted = env->key.path != NULL;
	env->compare.wanted = env->compare.path != NULL;
	if (env->key.wanted)
		load_key(env->arena, env, &env->key);
	if (env->compare.wanted)
		load_compare(env->arena, env, &env->compare);
}

static void
add_side_files(const struct gather_env *env, struct observation *obs)
{
	const struct target *target = obs->target;
	const struct cert_facts *leaf = &obs->certs[obs->leaf];

	obs->key = env->key;
	obs->compare = env->compare;
	if (target->key != NULL) {
		obs->key = (struct side_file){ .path = target->key,
		    .wanted = true };
		load_key(obs->arena, env, &obs->key);
	}
	if (target->compare != NULL) {
		obs->compare = (struct side_file){ .path = target->compare,
		    .wanted = true };
		load_compare(obs->arena, env, &obs->compare);
	}
	obs->key.match = leaf->spki_der.len > 0 &&
	    bytes_eq(obs->key.key_spki, leaf->spki_der);
	obs->compare.match = obs->compare.cert != NULL &&
	    bytes_eq(obs->compare.cert->der, leaf->der);
}

static void
copy_tls(const struct tls_result *tls, struct observation *obs)
{
	struct tls_facts *facts = &obs->tls;
	struct arena *arena = obs->arena;

	facts->client_cert_asked = tls->client_cert_asked;
	if (tls->version_name == NULL)
		return;
	facts->version = arena_strdup(arena, tls->version_name);
	facts->version_number = tls->version;
	facts->cipher = arena_strdup(arena,
	    tls->cipher == NULL ? "unknown cipher" : tls->cipher);
	facts->group = tls->group == NULL ? NULL :
	    arena_strdup(arena, tls->group);
	facts->alpn = arena_bytes(arena, tls->alpn);
	facts->secure_renegotiation = tls->secure_renegotiation;
}

static int
copy_chain(const struct tls_result *tls, struct observation *obs)
{
	struct bytes ders[TLS_CHAIN_MAX];
	size_t i;

	for (i = 0; i < tls->n_chain; i++) {
		ders[i] = arena_bytes(obs->arena, tls->chain[i]);
		if (ders[i].data == NULL)
			return err_nomem(&obs->error);
	}
	obs->n_certs_all = tls->n_chain_all;
	obs->tls.staples = arena_array(obs->arena, tls->n_chain + 1,
	    sizeof(*obs->tls.staples));
	if (obs->tls.staples == NULL)
		return err_nomem(&obs->error);
	for (i = 0; i < tls->n_chain; i++)
		obs->tls.staples[i] = arena_bytes(obs->arena,
		    tls->staples[i]);
	return read_certs(obs, ders, tls->n_chain);
}

static int64_t
since(int64_t from, int64_t to)
{
	return from == 0 || to == 0 ? -1 : to - from;
}

static void
copy_times(const struct session *s, struct observation *obs)
{
	obs->resolve_ms = since(s->start_ms, s->resolved_ms);
	obs->connect_ms = since(s->resolved_ms, s->connected_ms);
	obs->tls_ms = since(s->connected_ms, s->secured_ms);
	obs->total_ms = since(s->start_ms, s->end_ms);
}

void
gather_session(const struct gather_env *env, const struct session *session,
    struct observation *obs)
{
	struct tls_result *tls;

	obs->error = session->error;
	obs->phase = phase_name(session->phase);
	obs->address = session->peer[0] == '\0' ? NULL :
	    arena_strdup(obs->arena, session->peer);
	copy_times(session, obs);
	if (session->tls == NULL)
		return;
	tls = arena_alloc(obs->arena, sizeof(*tls));
	if (tls == NULL) {
		err_nomem(&obs->error);
		return;
	}
	tls_result(session->tls, tls);
	copy_tls(tls, obs);
	if (copy_chain(tls, obs) != 0)
		obs->n_certs = 0;
	if (obs->n_certs == 0) {
		if (obs->error.kind == ERR_NONE)
			err_set(&obs->error, ERR_TLS,
			    "the server sent no certificate");
		return;
	}
	gather_path(env, obs, &(struct gather_path){ .leaf = 0 }, &obs->path);
	add_side_files(env, obs);
}

static bool
issues_another(const struct observation *obs, size_t i)
{
	size_t k;

	for (k = 0; k < obs->n_certs; k++)
		if (k != i && !obs->certs[k].self_issued &&
		    bytes_eq(obs->certs[k].issuer_der,
		    obs->certs[i].subject_der))
			return true;
	return false;
}

static bool
has_end_entity(const struct observation *obs)
{
	size_t i;

	for (i = 0; i < obs->n_certs; i++)
		if (!obs->certs[i].is_ca)
			return true;
	return false;
}

size_t
gather_next_leaf(const struct observation *obs, size_t from)
{
	bool leaves = has_end_entity(obs);
	size_t i;

	for (i = from; i < obs->n_certs; i++)
		if (leaves ? !obs->certs[i].is_ca : !issues_another(obs, i))
			break;
	return i;
}

/* What is kept is the first path that is not good, else that of the leaf. */
static void
build_file_paths(const struct gather_env *env, struct observation *obs)
{
	struct gather_path wanted = { .leaf = 0 };
	struct path_facts path;
	size_t done = 0;

	for (wanted.leaf = gather_next_leaf(obs, 0);
	    wanted.leaf < obs->n_certs && done < FILE_PATHS_MAX;
	    wanted.leaf = gather_next_leaf(obs, wanted.leaf + 1)) {
		gather_path(env, obs, &wanted, &path);
		if (done++ == 0 || (obs->path.status == PATH_OK &&
		    (path.status != PATH_OK || wanted.leaf == obs->leaf)))
			obs->path = path;
	}
}

static size_t
file_leaf(const struct observation *obs, int own)
{
	size_t i;

	if (own >= 0 && (size_t)own < obs->n_certs)
		return (size_t)own;
	for (i = 0; i < obs->n_certs; i++)
		if (!obs->certs[i].is_ca)
			return i;
	return 0;
}

/* In a directory, files that are something else are none of our business;
 * those that cannot be read or are broken certificates are. */
static int
skip_foreign(struct observation *obs, const struct load_result *loaded)
{
	enum err_kind kind = obs->error.kind;

	if (!obs->target->from_directory || loaded->n_broken > 0)
		return 0;
	return kind == ERR_SYNTAX || kind == ERR_LIMIT;
}

int
gather_file(const struct gather_env *env, struct observation *obs)
{
	struct load_result loaded = { .leaf = -1 };
	const char *path = obs->target->path;
	struct bytes text;

	obs->from_file = true;
	obs->resolve_ms = obs->connect_ms = obs->tls_ms = -1;
	obs->total_ms = -1;
	obs->phase = "reading the file";
	if (file_read(obs->arena, path, LOAD_BYTES_MAX, &text,
	    &obs->error) != 0)
		return skip_foreign(obs, &loaded);
	if (load_certs(obs->arena, text, env->password, &loaded,
	    &obs->error) != 0) {
		if (skip_foreign(obs, &loaded))
			return 1;
		err_wrap(&obs->error, "%s", strcmp(path, "-") == 0 ?
		    "standard input" : path);
		return 0;
	}
	obs->format = loaded.format;
	obs->n_skipped = loaded.n_broken;
	if (read_certs(obs, loaded.certs, loaded.n_certs) != 0) {
		obs->n_certs = 0;
		return 0;
	}
	obs->leaf = file_leaf(obs, loaded.leaf);
	if (wants_trust(env, obs))
		build_file_paths(env, obs);
	add_side_files(env, obs);
	return 0;
}
