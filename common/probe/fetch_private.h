/* SPDX-License-Identifier: ISC */
/* What the files of fetch share. */
#ifndef PROBE_FETCH_PRIVATE_H
#define PROBE_FETCH_PRIVATE_H

#include <sys/types.h>

#include "base/buf.h"
#include "probe/fetch.h"

#define FETCH_BUCKETS 1024
#define FETCH_FILES_OPEN 64	/* beyond, a file is opened for each reading */

struct waiter {
	struct waiter *next;
	void (*done)(void *ctx, struct fetch *fetch);
	void *ctx;
};

/* One URL and body. */
struct item {
	struct fetch fetch;		/* first: what callers hold */
	struct fetcher *fetcher;
	struct item *next;		/* in the bucket */
	const char *id;			/* of the table */
	const char *key;		/* of the cache */
	struct fetch_request request;	/* our copies */
	struct waiter *waiters;
	bool finished;
	bool in_memory_only;		/* the disk has failed */
	struct buf body;
	struct cache_writer *writer;
	struct cache_entry entry;	/* fd -1: opened when it is read */
	struct cache_meta meta;		/* of the copy that the cache has */
	bool has_entry;			/* the cache has a copy */
	bool in_file;			/* the bytes are those of the cache */
	bool disk_failed;
	off_t start;			/* of the body in entry.fd */
};

struct fetcher {
	struct fetcher_options options;
	struct arena *arena;
	struct http *http;
	struct cache *cache;		/* NULL: none is used */
	struct item *buckets[FETCH_BUCKETS];
	size_t count, memory, open_files;
};

/* 1 when the cache has a copy; its descriptor stays open. */
int fetch_private_open(struct item *item);
void fetch_private_close(struct item *item);

#endif
