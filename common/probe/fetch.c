/* SPDX-License-Identifier: ISC */
/*
 * Shared fetches.  Small bodies stay in memory; large ones that are worth
 * keeping go straight into the cache's file and are read from there.  When
 * the disk fails in the middle, the fetch begins anew without it.
 */
#include "probe/fetch_private.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"

#define SMALL ((size_t)65536)		/* in memory, whatever the cache */
#define MEMORY_MAX ((size_t)512 << 20)	/* of all bodies in memory */
#define REDIRECTS_MAX 5
#define SHOWN_URL 120

/* ---- the cache's copy ---- */

void
fetch_private_close(struct item *item)
{
	if (item->entry.fd < 0)
		return;
	cache_close_entry(&item->entry);
	item->fetcher->open_files--;
}

int
fetch_private_open(struct item *item)
{
	struct fetcher *fetcher = item->fetcher;

	fetch_private_close(item);
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
		if (item->fetcher->open_files > FETCH_FILES_OPEN)
			fetch_private_close(item);
		return 0;
	}
	buf_init(&item->body, SMALL);
	while ((n = cache_read(&item->entry, block, sizeof(block), err)) > 0)
		buf_add(&item->body, block, (size_t)n);
	fetch_private_close(item);
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
	if (item->entry.fd < 0 && fetch_private_open(item) != 1) {
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
		    fetch_private_open(item) != 1)
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
	fetch_private_close(item);
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
		fetch_private_close(item);
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

static int64_t
item_deadline(const struct item *item)
{
	int64_t deadline = item->fetcher->options.deadline_ms;
	int64_t now = clock_mono_ms();

	return item->request.others && deadline > now ?
	    now + (deadline - now) / 2 : deadline;
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
		.deadline_ms = item_deadline(item),
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

	item->has_entry = fetch_private_open(item) == 1;
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
	fetch_private_close(item);
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
	at = &fetcher->buckets[hash % FETCH_BUCKETS];
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
	fetch_private_close(item);
}

void
fetcher_free(struct fetcher *fetcher)
{
	struct item *item;
	size_t i;

	if (fetcher == NULL)
		return;
	http_free(fetcher->http);
	for (i = 0; i < FETCH_BUCKETS; i++)
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
