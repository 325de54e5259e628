/* SPDX-License-Identifier: ISC */
/* The bytes of a finished fetch, from memory or from the cache's file. */
#include "probe/fetch_private.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#define BLOCK 65536			/* read at a time; longest element */

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
	if (item->entry.fd < 0 ? fetch_private_open(item) != 1 ||
	    item->entry.size != item->fetch.size :
	    lseek(item->entry.fd, item->start, SEEK_SET) < 0)
		result = err_set(err, ERR_IO, "cache: the file is gone");
	else
		result = read_blocks(&item->entry, reading, block, err);
	if (item->fetcher->open_files > FETCH_FILES_OPEN)
		fetch_private_close(item);
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

int64_t
fetch_number(const struct fetch *fetch)
{
	const struct item *item = (const struct item *)(const void *)fetch;

	return item->meta.number_seen;
}

void
fetch_set_number(struct fetch *fetch, int64_t number)
{
	struct item *item = (struct item *)(void *)fetch;

	if (fetch->error.kind != ERR_NONE || item->fetcher->cache == NULL ||
	    !item->request.keep || item->meta.number_seen == number)
		return;
	item->meta.number_seen = number;
	(void)cache_touch(item->fetcher->cache, item->key, &item->meta, NULL);
}
