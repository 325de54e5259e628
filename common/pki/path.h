/* SPDX-License-Identifier: ISC */
/*
 * Path building and validation (RFC 5280 6.1) at a given time.  Anchors come
 * from a source, by subject name, so that only what the path needs is ever
 * decoded.
 */
#ifndef PKI_PATH_H
#define PKI_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "model/facts.h"

#define PATH_FIND_MAX 8	/* trusted certificates of one name */

/* What a lookup is for, and what it gives. */
struct path_lookup {
	struct bytes subject;		/* Name, whole TLV */
	/* Look where it is costly, too: asked for only when no path was
	 * found without. */
	bool thorough;
	struct bytes found[PATH_FIND_MAX];	/* DER; live as long as the
						 * source */
	size_t n;
};

/* Gives the trusted certificates of a subject.  -1 when the store cannot be
 * read. */
struct path_source {
	int (*find)(void *ctx, struct path_lookup *lookup, struct err *err);
	void *ctx;
};

/* Decoded CA certificates, for the next target that has them too. */
struct path_cache;

struct path_cache *path_cache_new(void);	/* NULL: out of memory */
void path_cache_free(struct path_cache *cache);	/* NULL-safe */

struct path_request {
	struct bytes leaf;
	const struct bytes *others;	/* presented, any order */
	size_t n_others;
	const struct path_source *source;
	struct path_cache *cache;	/* or NULL */
	int64_t now;
	bool server_purpose;		/* the leaf must be good for TLS
					 * servers */
};

/* Fills out; never fails but for ERR_NOMEM (out is then PATH_ERROR). */
int path_check(struct arena *arena, const struct path_request *request,
    struct path_facts *out, struct err *err);

/* OpenSSL's built-in places of trust anchors on this system. */
const char *path_default_dir(void);
const char *path_default_file(void);

#endif
