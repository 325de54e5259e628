/* SPDX-License-Identifier: ISC */
/*
 * Shared fetches.  Small bodies stay in memory; large ones that are worth
 * keeping go straight into the cache's file and are read from there.  When
 * the disk fails in the middle, the fetch begins anew without it.
 */
#include "probe/fetch.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

#define BUCKETS 1024
#define BLOCK 65536			/* read at a time; longest element */
#define SMALL ((size_t)65536)		/* in memory, whatever the cache */
#define MEMORY_MAX ((size_t)512 << 20)	/* of all bodies in memory */
#define OPEN_MAX_FILES 64		/* beyond, a file is opened anew */
#define REDIRECTS_MAX 5
#define SHOWN_URL 120

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
	struct item *buckets[BUCKETS];
	size_t count, memory, open_files;
};

/* ---- the cache's copy ---- */

static void
item_close(struct item *item)
{
	if (item->entry.fd < 0)
		return;
	cache_close_entry(&item->entry);
	item->fetcher->open_files--;
}

/* 1 when the cache has a copy; its descriptor stays open. */
static int
item_open(struct item *item)
{
	struct fetcher *fetcher = item->fetcher;

	item_close(item);
	if (fetcher->cache == NULL ||
	    cache_get(fetcher->cache, item->key, &item->entry) != 1) {
		item->entry.fd = -1;
		return 0;
	}
	fetcher->open_files++;
	item->start = lseek(item->entry.fd, 0, SEEK_CUR);
	item->meta = item->entry.meta;
	return 1;
}

/* The bytes of the fetch are those of the open entry: small ones are taken
 * into memory, so that few descriptors stay open. */
static int
item_use_file(struct item *item, struct err *err)
{
	char block[4096];
	long n;

	item->fetch.size = item->entry.size;
	item->fetch.expires_at = item->meta.expires_at;
	item->in_file = true;
	if (item->entry.size > SMALL) {
		if (item->fetcher->open_files > OPEN_MAX_FILES)
			item_close(item);
		return 0;
	}
	buf_init(&item->body, SMALL);
	while ((n = cache_read(&item->entry, block, sizeof(block), err)) > 0)
		buf_add(&item->body, block, (size_t)n);
	item_close(item);
	item->in_file = false;
	if (n < 0)
		return -1;
	if (item->body.len != item->fetch.size)
		return buf_failed(&item->body) ? err_nomem(err) :
		    err_set(err, ERR_IO, "cache: the file is cut off");
	item->fetcher->memory += item->body.len;
	return 0;
}

static bool
item_is_fresh(const struct item *item)
{
	int64_t now = item->fetcher->options.now;

	return item->meta.fetched_at <= now && now < item->meta.expires_at;
}

/* ---- the end of a fetch ---- */

static void
item_finish(struct item *item)
{
	struct waiter *waiter;

	item->finished = true;
	while ((waiter = item->waiters) != NULL) {
		item->waiters = waiter->next;
		waiter->done(waiter->ctx, &item->fetch);
		mem_free(waiter);
	}
}

static void
item_drop_body(struct item *item)
{
	cache_abort(item->writer);
	item->writer = NULL;
	buf_release(&item->body);
}

/* What HTTP says about how long it is good. */
static struct cache_meta
item_new_meta(const struct item *item, const struct http_response *response)
{
	int64_t now = item->fetcher->options.now;
	struct cache_meta meta = { .fetched_at = now, .expires_at = now,
		.number_seen = item->meta.number_seen };

	if (response->max_age > 0)
		meta.expires_at = now + response->max_age;
	memcpy(meta.etag, response->etag, sizeof(meta.etag));
	memcpy(meta.last_modified, response->last_modified,
	    sizeof(meta.last_modified));
	return meta;
}

/* 304: the copy that we have is still the one. */
static void
item_revalidated(struct item *item, const struct http_response *response)
{
	struct cache_meta meta = item_new_meta(item, response);
	struct fetch *fetch = &item->fetch;

	if (meta.etag[0] == '\0')
		memcpy(meta.etag, item->meta.etag, sizeof(meta.etag));
	if (meta.last_modified[0] == '\0')
		memcpy(meta.last_modified, item->meta.last_modified,
		    sizeof(meta.last_modified));
	if (item->entry.fd < 0 && item_open(item) != 1) {
		err_set(&fetch->error, ERR_IO, "cache: the file is gone");
		return;
	}
	item->meta = meta;
	(void)cache_touch(item->fetcher->cache, item->key, &meta, NULL);
	fetch->revalidated = true;
	fetch->status = 200;
	(void)item_use_file(item, &fetch->error);
	fetch->expires_at = response->max_age >= 0 ? meta.expires_at : 0;
}

/* 200: the bytes are in memory, or in the writer's file. */
static void
item_received(struct item *item, const struct http_response *response)
{
	struct fetcher *fetcher = item->fetcher;
	struct fetch *fetch = &item->fetch;
	struct cache_meta meta = item_new_meta(item, response);
	struct cache_writer *writer = item->writer;

	item->meta = meta;
	fetch->size = item->body.len;
	item->writer = NULL;
	if (writer != NULL) {
		if (cache_commit(writer, &meta, NULL) != 0 ||
		    item_open(item) != 1)
			item->disk_failed = true;
		else
			(void)item_use_file(item, &fetch->error);
	} else {
		fetcher->memory += item->body.len;
		if (item->request.keep && fetcher->cache != NULL)
			(void)cache_put(fetcher->cache, item->key, &meta,
			    buf_bytes(&item->body), NULL);
	}
	fetch->expires_at = response->max_age >= 0 ? meta.expires_at : 0;
}

static int item_send(struct item *item, struct err *err);

/* Begins anew without the disk, once. */
static bool
item_retry(struct item *item)
{
	struct fetch *fetch = &item->fetch;

	if (!item->disk_failed || item->in_memory_only)
		return false;
	item->in_memory_only = true;
	item->has_entry = false;
	item_drop_body(item);
	item_close(item);
	err_clear(&fetch->error);
	return item_send(item, &fetch->error) == 0;
}

static void
item_on_response(void *ctx, struct http_response *response)
{
	struct item *item = ctx;
	struct fetch *fetch = &item->fetch;

	fetch->status = response->status;
	fetch->elapsed_ms = (fetch->elapsed_ms < 0 ? 0 : fetch->elapsed_ms) +
	    response->elapsed_ms;
	memcpy(fetch->content_type, response->content_type,
	    sizeof(fetch->content_type));
	/* Whatever else is wrong with the page of an error. */
	if (response->status >= 400)
		err_set(&fetch->error, ERR_CONNECT, "%.*s: HTTP %ld",
		    SHOWN_URL, item->request.url, response->status);
	else if (response->error.kind != ERR_NONE)
		fetch->error = response->error;
	else if (response->status == 304 && item->has_entry)
		item_revalidated(item, response);
	else if (response->status == 200)
		item_received(item, response);
	else
		err_set(&fetch->error, ERR_CONNECT, "%.*s: HTTP %ld",
		    SHOWN_URL, item->request.url, response->status);
	if (item_retry(item))
		return;
	if (fetch->error.kind != ERR_NONE)
		item_drop_body(item);
	if (!item->in_file)
		item_close(item);
	item_finish(item);
}

/* ---- the network ---- */

/* Moves what has come so far into a file of the cache. */
static int
item_spill(struct item *item, struct err *err)
{
	item->writer = cache_begin(item->fetcher->cache, item->key, err);
	if (item->writer == NULL || cache_write(item->writer,
	    buf_bytes(&item->body), err) != 0)
		return -1;
	buf_release(&item->body);
	return 0;
}

static int
item_on_part(void *ctx, struct bytes part, struct err *err)
{
	struct item *item = ctx;
	struct fetcher *fetcher = item->fetcher;
	bool to_file = item->request.keep && fetcher->cache != NULL &&
	    cache_usable(fetcher->cache) && !item->in_memory_only;

	if (to_file && item->writer == NULL &&
	    item->body.len + part.len > SMALL && item_spill(item, err) != 0) {
		item->disk_failed = true;
		return -1;
	}
	if (item->writer != NULL) {
		if (cache_write(item->writer, part, err) == 0)
			return 0;
		item->disk_failed = true;
		return -1;
	}
	if (fetcher->memory + item->body.len + part.len > MEMORY_MAX)
		return err_set(err, ERR_LIMIT,
		    "too much was fetched in this run");
	buf_add(&item->body, part.data, part.len);
	return buf_failed(&item->body) ? err_nomem(err) : 0;
}

static int
item_send(struct item *item, struct err *err)
{
	struct fetcher *fetcher = item->fetcher;
	const struct fetch_request *from = &item->request;
	struct http_request request = {
		.url = from->url, .body = from->body,
		.content_type = from->content_type, .accept = from->accept,
		.max_size = from->max_size, .max_redirects = REDIRECTS_MAX,
		.no_cache = from->no_cache,
		.deadline_ms = fetcher->options.deadline_ms,
		.sink = item_on_part, .sink_ctx = item,
	};

	buf_init(&item->body, from->max_size);
	if (item->has_entry && !from->no_cache) {
		if (item->meta.etag[0] != '\0')
			request.etag = item->meta.etag;
		if (item->meta.last_modified[0] != '\0')
			request.last_modified = item->meta.last_modified;
	}
	if (http_start(fetcher->http, &request, item_on_response, item,
	    err) != 0)
		return -1;
	fetcher->count++;
	return 0;
}

/* ---- from the cache or the network ---- */

/* Is the copy of the cache all that is needed? */
static bool
item_from_cache(struct item *item)
{
	const struct fetcher_options *options = &item->fetcher->options;
	struct fetch *fetch = &item->fetch;

	item->has_entry = item_open(item) == 1;
	if (!item->has_entry || (!options->offline &&
	    (item->request.no_cache || !item_is_fresh(item))))
		return false;
	if (item_use_file(item, NULL) == 0) {
		fetch->cached = true;
		fetch->status = 200;
		return true;
	}
	item_drop_body(item);
	item->has_entry = item->in_file = false;
	return false;
}

static void
item_begin(struct item *item)
{
	struct fetch *fetch = &item->fetch;

	if (item_from_cache(item)) {
		item_finish(item);
		return;
	}
	/* For a 304 it is opened again. */
	item_close(item);
	if (item->fetcher->options.offline)
		err_set(&fetch->error, ERR_UNSUPPORTED,
		    "%.*s: offline, and not in the cache", SHOWN_URL,
		    item->request.url);
	else if (item_send(item, &fetch->error) == 0)
		return;
	item_finish(item);
}

/* ---- the table ---- */

static struct item **
fetcher_find(struct fetcher *fetcher, const char *id)
{
	uint32_t hash = 2166136261U;
	struct item **at;
	const char *c;

	for (c = id; *c != '\0'; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619U;
	at = &fetcher->buckets[hash % BUCKETS];
	while (*at != NULL && strcmp((*at)->id, id) != 0)
		at = &(*at)->next;
	return at;
}

/* What tells fetches apart; the first octet is for the table alone. */
static int
fetch_identify(const struct fetch_request *request, struct buf *out)
{
	buf_char(out, request->no_cache ? 'n' : 'c');
	if (request->body.len > 0) {
		buf_str(out, "POST ");
		text_hex(out, request->body, 0);
		buf_char(out, ' ');
	}
	buf_str(out, request->url);
	return buf_failed(out) ? -1 : 0;
}

static const char *
fetcher_copy(struct fetcher *fetcher, const char *text, bool *failed)
{
	const char *copy;

	if (text == NULL)
		return NULL;
	copy = arena_strdup(fetcher->arena, text);
	if (copy == NULL)
		*failed = true;
	return copy;
}

static struct item *
item_new(struct fetcher *fetcher, const struct fetch_request *request,
    const char *id)
{
	struct item *item = arena_alloc(fetcher->arena, sizeof(*item));
	bool failed = false;

	if (item == NULL)
		return NULL;
	item->fetcher = fetcher;
	item->id = fetcher_copy(fetcher, id, &failed);
	item->key = item->id == NULL ? NULL : item->id + 1;
	item->request = *request;
	item->request.url = fetcher_copy(fetcher, request->url, &failed);
	item->request.accept = fetcher_copy(fetcher, request->accept,
	    &failed);
	item->request.content_type = fetcher_copy(fetcher,
	    request->content_type, &failed);
	item->request.body = arena_bytes(fetcher->arena, request->body);
	if (request->body.len > 0 && item->request.body.data == NULL)
		failed = true;
	item->entry.fd = -1;
	item->fetch.elapsed_ms = -1;
	return failed ? NULL : item;
}

static int
item_wait(struct item *item, void (*done)(void *ctx, struct fetch *fetch),
    void *ctx, struct err *err)
{
	struct waiter *waiter = mem_alloc(sizeof(*waiter)), **at;

	if (waiter == NULL)
		return err_nomem(err);
	waiter->done = done;
	waiter->ctx = ctx;
	for (at = &item->waiters; *at != NULL; at = &(*at)->next)
		continue;
	*at = waiter;
	return 0;
}

int
fetcher_get(struct fetcher *fetcher, const struct fetch_request *request,
    void (*done)(void *ctx, struct fetch *fetch), void *ctx, struct err *err)
{
	struct buf id = BUF_INIT;
	struct item **at = NULL, *item;
	bool is_new = false;

	if (fetch_identify(request, &id) == 0) {
		at = fetcher_find(fetcher, buf_text(&id));
		is_new = *at == NULL;
		if (is_new)
			*at = item_new(fetcher, request, buf_text(&id));
	}
	buf_release(&id);
	if (at == NULL || *at == NULL)
		return err_nomem(err);
	item = *at;
	if (item->finished) {
		done(ctx, &item->fetch);
		return 0;
	}
	if (item_wait(item, done, ctx, err) != 0) {
		if (is_new)
			*at = NULL;	/* it is the last of its bucket */
		return -1;
	}
	if (is_new)
		item_begin(item);
	return 0;
}

struct fetcher *
fetcher_new(struct loop *loop, const struct fetcher_options *options,
    struct err *err)
{
	struct fetcher *fetcher = mem_alloc(sizeof(*fetcher));

	if (fetcher == NULL) {
		err_nomem(err);
		return NULL;
	}
	fetcher->options = *options;
	fetcher->arena = arena_new();
	fetcher->http = http_new(loop, &options->http, err);
	if (!options->no_cache)
		fetcher->cache = cache_open(options->cache_dir, err);
	if (fetcher->arena == NULL || fetcher->http == NULL ||
	    (!options->no_cache && fetcher->cache == NULL)) {
		err_nomem(err);
		fetcher_free(fetcher);
		return NULL;
	}
	return fetcher;
}

static void
item_release(struct item *item)
{
	struct waiter *waiter;

	while ((waiter = item->waiters) != NULL) {
		item->waiters = waiter->next;
		mem_free(waiter);
	}
	item_drop_body(item);
	item_close(item);
}

void
fetcher_free(struct fetcher *fetcher)
{
	struct item *item;
	size_t i;

	if (fetcher == NULL)
		return;
	http_free(fetcher->http);
	for (i = 0; i < BUCKETS; i++)
		for (item = fetcher->buckets[i]; item != NULL;
		    item = item->next)
			item_release(item);
	cache_close(fetcher->cache);
	arena_free(fetcher->arena);
	mem_free(fetcher);
}

size_t
fetcher_count(const struct fetcher *fetcher)
{
	return fetcher->count;
}

/* ---- the bytes ---- */

struct reading {
	int (*part)(void *ctx, struct bytes data, size_t *used,
	    struct err *err);
	void *ctx;
};

/* Presents bytes until no more are taken; *used tells how many were. */
static int
read_present(const struct reading *reading, struct bytes data, size_t *used,
    struct err *err)
{
	size_t n;

	*used = 0;
	while (*used < data.len) {
		n = 0;
		if (reading->part(reading->ctx, bytes_of(data.data + *used,
		    data.len - *used), &n, err) != 0)
			return -1;
		if (n == 0)
			break;
		*used += n;
	}
	return 0;
}

/* A block more each time, with what was not taken in front of it. */
static int
read_blocks(struct cache_entry *entry, const struct reading *reading,
    uint8_t *block, struct err *err)
{
	size_t held = 0, used;
	uint64_t total = 0;
	long n;

	while ((n = cache_read(entry, block + held, BLOCK, err)) > 0) {
		total += (size_t)n;
		held += (size_t)n;
		if (read_present(reading, bytes_of(block, held), &used,
		    err) != 0)
			return -1;
		held -= used;
		memmove(block, block + used, held);
		if (held > BLOCK)
			return err_set(err, ERR_LIMIT,
			    "an element is longer than %d octets", BLOCK);
	}
	if (n == 0 && total != entry->size)
		return err_set(err, ERR_IO, "cache: the file is cut off");
	return n < 0 ? -1 : 0;
}

static int
read_file(struct item *item, const struct reading *reading, struct err *err)
{
	uint8_t *block = mem_alloc((size_t)2 * BLOCK);
	int result;

	if (block == NULL)
		return err_nomem(err);
	if (item->entry.fd < 0 ? item_open(item) != 1 ||
	    item->entry.size != item->fetch.size :
	    lseek(item->entry.fd, item->start, SEEK_SET) < 0)
		result = err_set(err, ERR_IO, "cache: the file is gone");
	else
		result = read_blocks(&item->entry, reading, block, err);
	if (item->fetcher->open_files > OPEN_MAX_FILES)
		item_close(item);
	mem_free(block);
	return result;
}

int
fetch_read(struct fetch *fetch, int (*part)(void *ctx, struct bytes data,
    size_t *used, struct err *err), void *ctx, struct err *err)
{
	struct item *item = (struct item *)(void *)fetch;
	struct reading reading = { part, ctx };
	size_t used;

	if (fetch->error.kind != ERR_NONE) {
		if (err != NULL)
			*err = fetch->error;
		return -1;
	}
	if (item->in_file)
		return read_file(item, &reading, err);
	return read_present(&reading, buf_bytes(&item->body), &used, err);
}

struct gathering {
	uint8_t *data;
	size_t len, size;
};

static int
gather_part(void *ctx, struct bytes data, size_t *used, struct err *err)
{
	struct gathering *gathering = ctx;

	if (data.len > gathering->size - gathering->len)
		return err_set(err, ERR_IO, "cache: the file has grown");
	memcpy(gathering->data + gathering->len, data.data, data.len);
	gathering->len += data.len;
	*used = data.len;
	return 0;
}

int
fetch_bytes(struct fetch *fetch, struct arena *arena, size_t max,
    struct bytes *out, struct err *err)
{
	struct gathering gathering = { NULL, 0, (size_t)fetch->size };

	*out = bytes_of(NULL, 0);
	if (fetch->error.kind == ERR_NONE && fetch->size > max)
		return err_set(err, ERR_LIMIT,
		    "the answer is longer than %zu octets", max);
	if (fetch->error.kind == ERR_NONE)
		gathering.data = arena_alloc(arena, gathering.size + 1);
	if (fetch->error.kind == ERR_NONE && gathering.data == NULL)
		return err_nomem(err);
	if (fetch_read(fetch, gather_part, &gathering, err) != 0)
		return -1;
	*out = bytes_of(gathering.data, gathering.len);
	return 0;
}

void
fetch_set_expiry(struct fetch *fetch, int64_t expires_at)
{
	struct item *item = (struct item *)(void *)fetch;

	if (fetch->error.kind != ERR_NONE || item->fetcher->cache == NULL ||
	    !item->request.keep || item->meta.expires_at == expires_at)
		return;
	item->meta.expires_at = expires_at;
	(void)cache_touch(item->fetcher->cache, item->key, &item->meta, NULL);
}
