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

/* Gives the trusted certificates whose subject is that Name (DER).  Appends
 * at most `max` DER certificates to out and their number to n.  The bytes
 * live as long as the source.  -1 when the store cannot be read. */
struct path_source {
	int (*find)(void *ctx, struct bytes subject_der, struct bytes *out,
	    size_t max, size_t *n, struct err *err);
	void *ctx;
};

struct path_request {
	struct bytes leaf;
	const struct bytes *others;	/* presented, any order */
	size_t n_others;
	const struct path_source *source;
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
