/* SPDX-License-Identifier: ISC */
/*
 * Fetches that the targets of a run share: one per distinct URL and body,
 * from the cache when it is fresh there, from the network otherwise, with a
 * conditional request when the cache has an old copy.
 */
#ifndef PROBE_FETCH_H
#define PROBE_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "net/cache.h"
#include "net/http.h"
#include "net/loop.h"

struct fetcher;

struct fetcher_options {
	struct http_options http;
	const char *cache_dir;
	bool no_cache, offline;
	int64_t now;			/* wall clock: freshness of the cache */
	int64_t deadline_ms;		/* monotonic, of the run */
};

struct fetcher *fetcher_new(struct loop *loop,
    const struct fetcher_options *options, struct err *err);
/* NULL-safe; what runs ends with ERR_CANCELLED.  Not while the loop runs, and
 * before the loop is freed. */
void fetcher_free(struct fetcher *fetcher);

struct fetch_request {
	const char *url;
	struct bytes body;		/* non-empty: POST */
	const char *content_type, *accept;
	size_t max_size;
	bool no_cache;			/* insist on a new answer */
	bool keep;			/* worth a place in the cache */
	bool others;			/* there is more to ask: half of the
					 * time that is left, not all of it */
};

/* What a fetch gave; lives as long as the fetcher. */
struct fetch {
	struct err error;		/* ERR_NONE: there are bytes */
	long status;
	bool cached;			/* came from the cache, unasked */
	bool revalidated;		/* 304 */
	int64_t elapsed_ms;		/* -1: not fetched now */
	uint64_t size;
	int64_t expires_at;		/* by HTTP; 0: not said */
	char content_type[128];		/* of a new answer, or "" */
};

/*
 * done is called when it is there: from the loop, or before this returns.
 * -1: nothing was begun (out of memory).
 */
int fetcher_get(struct fetcher *fetcher, const struct fetch_request *request,
    void (*done)(void *ctx, struct fetch *fetch), void *ctx,
    struct err *err);
/* Streams the bytes of a finished fetch from their beginning; may be called
 * any number of times.  part returns -1 to stop. */
int fetch_read(struct fetch *fetch, int (*part)(void *ctx, struct bytes data,
    size_t *used, struct err *err), void *ctx, struct err *err);
/* All of it at once, at most max octets, in the arena. */
int fetch_bytes(struct fetch *fetch, struct arena *arena, size_t max,
    struct bytes *out, struct err *err);
/* Of bytes that were of no use: when they are something else altogether (a
 * web page, JSON, nothing), err says so: "the server sent a web page instead
 * of an OCSP response".  Otherwise err stays. */
void fetch_explain(struct fetch *fetch, const char *wanted, struct err *err);
/* How long the bytes may be used without asking again, as their contents
 * say (nextUpdate): what the cache keeps. */
void fetch_set_expiry(struct fetch *fetch, int64_t expires_at);
/* A number that the cache keeps beside the bytes of a URL, whatever they are
 * replaced by; 0: none yet.  Kept only with the bytes. */
int64_t fetch_number(const struct fetch *fetch);
void fetch_set_number(struct fetch *fetch, int64_t number);
size_t fetcher_count(const struct fetcher *fetcher);	/* network fetches */

#endif
