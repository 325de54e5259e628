/* SPDX-License-Identifier: ISC */
/* Trust anchors by subject, from hashed directories and bundles. */
#include "probe/truststore.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/list.h"
#include "pki/der_scan.h"
#include "pki/load.h"
#include "pki/name.h"
#include "pki/path.h"
#include "probe/file.h"

#define DIRS_MAX 16
#define BUNDLE_BYTES_MAX (64U << 20)
#define ANCHOR_BYTES_MAX (1U << 20)
#define ANCHORS_MAX 20000
#define ANSWERS_MAX 4096
#define SAME_HASH_MAX 32
#define SUBJECT_MAX 4096

struct anchor {
	struct bytes der, subject;
};


struct truststore {
	struct arena *arena;
	const char *dirs[DIRS_MAX];
	size_t n_dirs;
	const char *bundle;		/* NULL: none */
	bool bundle_read;
	struct anchor *anchors;
	size_t n_anchors, cap_anchors;
	/* What was asked before, so that a run over many targets asks
	 * once. */
	struct path_lookup *answers;
	size_t n_answers, cap_answers;
	bool any;			/* an anchor has been seen at all */
};

/* Where bundles are when OpenSSL's own default does not exist. */
static const char *const usual_bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
	"/usr/local/share/certs/ca-root-nss.crt",
};

static int
add_dirs(struct truststore *store, const char *list, struct err *err)
{
	char *copy = arena_strdup(store->arena, list), *save = NULL, *dir;

	if (copy == NULL)
		return err_nomem(err);
	for (dir = strtok_r(copy, ":", &save); dir != NULL;
	    dir = strtok_r(NULL, ":", &save))
		if (store->n_dirs < DIRS_MAX)
			store->dirs[store->n_dirs++] = dir;
	return 0;
}

static const char *
default_bundle(void)
{
	const char *path = path_default_file();
	size_t i;

	if (access(path, R_OK) == 0)
		return path;
	for (i = 0; i < sizeof(usual_bundles) / sizeof(usual_bundles[0]); i++)
		if (access(usual_bundles[i], R_OK) == 0)
			return usual_bundles[i];
	return NULL;
}

static int
use_system(struct truststore *store, struct err *err)
{
	const char *dir = getenv("SSL_CERT_DIR");
	const char *file = getenv("SSL_CERT_FILE");

	if (dir == NULL || *dir == '\0')
		dir = path_default_dir();
	if (file == NULL || *file == '\0')
		file = default_bundle();
	store->bundle = file;
	return add_dirs(store, dir, err);
}

static int
add_anchor(struct truststore *store, struct bytes der, struct err *err)
{
	struct der_cert outline;
	struct anchor *anchor;

	/* A certificate that even the outline cannot be read of is no use as
	 * an anchor; the others of the file still are. */
	if (der_cert_scan(der, &outline) != 0)
		return 0;
	anchor = list_push(&store->anchors, &store->n_anchors,
	    &store->cap_anchors, sizeof(*anchor), ANCHORS_MAX);
	if (anchor == NULL)
		return err_nomem(err);
	anchor->der = der;
	anchor->subject = outline.subject;
	return 0;
}

int
truststore_add(struct truststore *store, const char *file, struct err *err)
{
	struct load_result loaded = { .leaf = -1 };
	struct bytes text;
	size_t i;

	if (file_read(store->arena, file, BUNDLE_BYTES_MAX, &text, err) != 0)
		return -1;
	if (load_certs(store->arena, text, NULL, &loaded, err) != 0)
		return err_wrap(err, "%s", file);
	for (i = 0; i < loaded.n_certs; i++)
		if (add_anchor(store, loaded.certs[i], err) != 0)
			return -1;
	store->any = store->any || store->n_anchors > 0;
	return 0;
}

static int
read_bundle(struct truststore *store, struct err *err)
{
	store->bundle_read = true;
	return truststore_add(store, store->bundle, err);
}

struct truststore *
truststore_new(const char *ca_file, const char *ca_path, struct err *err)
{
	struct truststore *store = mem_alloc(sizeof(*store));
	int rc;

	if (store == NULL || (store->arena = arena_new()) == NULL) {
		mem_free(store);
		err_nomem(err);
		return NULL;
	}
	store->bundle = ca_file;
	if (ca_file == NULL && ca_path == NULL)
		rc = use_system(store, err);
	else
		rc = ca_path == NULL ? 0 : add_dirs(store, ca_path, err);
	if (rc == 0 && ca_file != NULL)
		rc = read_bundle(store, err);
	if (rc == 0 && ca_path != NULL && access(store->dirs[0], R_OK) != 0)
		rc = err_sys(err, ERR_IO, errno, "%s", store->dirs[0]);
	if (rc == 0)
		return store;
	truststore_free(store);
	return NULL;
}

void
truststore_free(struct truststore *store)
{
	if (store == NULL)
		return;
	arena_free(store->arena);
	mem_free(store->anchors);
	mem_free(store->answers);
	mem_free(store);
}

static void
keep(struct path_lookup *answer, struct bytes der)
{
	if (answer->n < PATH_FIND_MAX)
		answer->found[answer->n++] = der;
}

/* One file of a hashed directory: 1 it exists, 0 it does not. */
static int
look_in_file(struct truststore *store, const char *path,
    struct path_lookup *answer)
{
	struct load_result loaded = { .leaf = -1 };
	struct der_cert outline;
	struct bytes text;
	struct err err = ERR_INIT;
	size_t i;

	if (file_read(store->arena, path, ANCHOR_BYTES_MAX, &text, &err) != 0)
		return err.sys == ENOENT ? 0 : 1;
	store->any = true;
	if (load_certs(store->arena, text, NULL, &loaded, &err) != 0)
		return 1;
	for (i = 0; i < loaded.n_certs; i++)
		if (der_cert_scan(loaded.certs[i], &outline) == 0 &&
		    name_equal(outline.subject, answer->subject))
			keep(answer, loaded.certs[i]);
	return 1;
}

static void
look_in_dirs(struct truststore *store, struct path_lookup *answer)
{
	char path[4096];
	uint32_t hash;
	size_t d;
	int i, len;

	if (store->n_dirs == 0 || name_hash(answer->subject, &hash) != 0)
		return;
	for (d = 0; d < store->n_dirs; d++)
		for (i = 0; i < SAME_HASH_MAX; i++) {
			len = snprintf(path, sizeof(path), "%s/%08x.%d",
			    store->dirs[d], hash, i);
			if (len < 0 || (size_t)len >= sizeof(path) ||
			    look_in_file(store, path, answer) == 0)
				break;
		}
}

/* Byte for byte first, which costs nothing; by the rules of RFC 5280 7.1
 * only when that gives nothing. */
static void
look_in_bundle(struct truststore *store, struct path_lookup *answer)
{
	size_t i;

	for (i = 0; i < store->n_anchors; i++)
		if (bytes_eq(store->anchors[i].subject, answer->subject))
			keep(answer, store->anchors[i].der);
	for (i = 0; answer->n == 0 && i < store->n_anchors; i++)
		if (name_equal(store->anchors[i].subject, answer->subject))
			keep(answer, store->anchors[i].der);
}

static const struct path_lookup *
remembered(const struct truststore *store, const struct path_lookup *lookup)
{
	const struct path_lookup *answer;
	size_t i;

	for (i = 0; i < store->n_answers; i++) {
		answer = &store->answers[i];
		if (answer->thorough == lookup->thorough &&
		    bytes_eq(answer->subject, lookup->subject))
			return answer;
	}
	return NULL;
}

static bool
holds_a_file(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;

	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL)
		found = entry->d_name[0] != '.';
	closedir(dir);
	return found;
}

/* A machine without any anchor says nothing about the peer. */
static bool
has_anchors(const struct truststore *store)
{
	size_t d;

	if (store->any)
		return true;
	for (d = 0; d < store->n_dirs; d++)
		if (holds_a_file(store->dirs[d]))
			return true;
	return false;
}

static int
look(struct truststore *store, struct path_lookup *answer, struct err *err)
{
	struct err ignored = ERR_INIT;

	look_in_dirs(store, answer);
	if (answer->thorough && store->bundle != NULL && !store->bundle_read)
		read_bundle(store, &ignored);
	look_in_bundle(store, answer);
	if (answer->thorough && answer->n == 0 && !has_anchors(store))
		return err_set(err, ERR_IO, "no trust anchors on this system "
		    "(is the ca-certificates package installed?)");
	return 0;
}

static void
remember(struct truststore *store, const struct path_lookup *lookup)
{
	struct path_lookup *kept;
	struct bytes subject;

	/* Without room the answer is only not remembered. */
	if (lookup->subject.len > SUBJECT_MAX)
		return;
	subject = arena_bytes(store->arena, lookup->subject);
	if (subject.data == NULL)
		return;
	kept = list_push(&store->answers, &store->n_answers,
	    &store->cap_answers, sizeof(*kept), ANSWERS_MAX);
	if (kept == NULL)
		return;
	*kept = *lookup;
	kept->subject = subject;
}

static int
find(void *ctx, struct path_lookup *lookup, struct err *err)
{
	struct truststore *store = ctx;
	const struct path_lookup *known = remembered(store, lookup);

	if (known != NULL) {
		memcpy(lookup->found, known->found, sizeof(lookup->found));
		lookup->n = known->n;
		return 0;
	}
	if (look(store, lookup, err) != 0)
		return -1;
	remember(store, lookup);
	return 0;
}

struct path_source
truststore_source(struct truststore *store)
{
	return (struct path_source){ find, store };
}
