/* SPDX-License-Identifier: ISC */
/*
 * Fetched bytes on disk, never verdicts: a file per URL (named by the
 * SHA-256 of the key), written whole to a temporary name and renamed, so
 * that several plugins may write at once and a full disk leaves the old one.
 * A file that is cut off or was tampered with is no entry.  What is read
 * from here is verified like what comes from the network.
 */
#ifndef NET_CACHE_H
#define NET_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct cache;

struct cache_meta {
	int64_t fetched_at;		/* wall clock, seconds */
	int64_t expires_at;	/* fresh until then; <= fetched_at: ask */
	char etag[256], last_modified[64];
	int64_t number_seen;		/* free for the user; 0 by default */
};

struct cache_entry {
	struct cache_meta meta;
	int fd;				/* positioned at the body; read-only */
	uint64_t size;			/* octets of the body */
};

/* NULL directory: $XDG_CACHE_HOME/monitoring-plugins-cert, else
 * ~/.cache/..., else /var/cache/monitoring-plugins-cert.  Makes it (0700) if
 * it can.  A directory that others may write to is not used.  Never fails
 * but for memory: without a usable directory nothing is found or kept. */
struct cache *cache_open(const char *directory, struct err *err);
void cache_close(struct cache *cache);		/* NULL-safe */
bool cache_usable(const struct cache *cache);
/* Of its directory, the cache's own; -1: not usable. */
int cache_descriptor(const struct cache *cache);
const char *cache_why(const struct cache *cache);	/* not usable: why */

/* 1 found, 0 not.  An entry whose size is not the one that was written is
 * none. */
int cache_get(struct cache *cache, const char *key, struct cache_entry *out);
void cache_close_entry(struct cache_entry *entry);
/* The next octets of the body: their number, 0 at the end, -1 with err when
 * it cannot be read. */
long cache_read(struct cache_entry *entry, void *data, size_t size,
    struct err *err);
/* Writes an entry in one go; errors are for -v only. */
int cache_put(struct cache *cache, const char *key,
    const struct cache_meta *meta, struct bytes body, struct err *err);
/* The same by parts, for bodies that are not kept in memory. */
struct cache_writer;
struct cache_writer *cache_begin(struct cache *cache, const char *key,
    struct err *err);
int cache_write(struct cache_writer *writer, struct bytes part,
    struct err *err);
int cache_commit(struct cache_writer *writer, const struct cache_meta *meta,
    struct err *err);			/* frees the writer */
void cache_abort(struct cache_writer *writer);	/* frees it; NULL-safe */
/* Refreshes the times of an entry after a 304. */
int cache_touch(struct cache *cache, const char *key,
    const struct cache_meta *meta, struct err *err);

#endif
