/* SPDX-License-Identifier: ISC */
/*
 * Chunks in a list; the first one in the list is being filled.  A request
 * that is large for a chunk gets one of its own behind the first.  Under
 * AddressSanitizer everything not handed out is poisoned.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define ARENA_HIDE(p, n) __asan_poison_memory_region((p), (n))
#define ARENA_SHOW(p, n) __asan_unpoison_memory_region((p), (n))
#define ARENA_GAP ARENA_ALIGN
#else
#define ARENA_HIDE(p, n) ((void)0)
#define ARENA_SHOW(p, n) ((void)0)
#define ARENA_GAP ((size_t)0)
#endif

#define ARENA_ALIGN _Alignof(max_align_t)
#define ARENA_CHUNK_MIN ((size_t)4096)
#define ARENA_CHUNK_MAX ((size_t)65536)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size, used;
	_Alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct arena_chunk *chunks;
	size_t held;
	size_t next_size;
};

struct arena *
arena_new(void)
{
	struct arena *arena = mem_alloc(sizeof(*arena));

	if (arena != NULL)
		arena->next_size = ARENA_CHUNK_MIN;
	return arena;
}

void
arena_free(struct arena *arena)
{
	struct arena_chunk *chunk, *next;

	if (arena == NULL)
		return;
	for (chunk = arena->chunks; chunk != NULL; chunk = next) {
		next = chunk->next;
		ARENA_SHOW(chunk->data, chunk->size);
		mem_free(chunk);
	}
	mem_free(arena);
}

size_t
arena_size(const struct arena *arena)
{
	return arena->held;
}

static void *
arena_take(struct arena_chunk *chunk, size_t size, size_t rounded)
{
	unsigned char *p;

	if (rounded > chunk->size - chunk->used)
		return NULL;
	p = chunk->data + chunk->used;
	chunk->used += rounded;
	ARENA_SHOW(p, size);
	(void)size;
	return p;
}

static struct arena_chunk *
arena_grow(struct arena *arena, size_t rounded)
{
	bool own = rounded > arena->next_size / 4;
	size_t size = own ? rounded : arena->next_size;
	struct arena_chunk *chunk;

	if (size > SIZE_MAX - sizeof(*chunk))
		return NULL;
	chunk = mem_alloc(sizeof(*chunk) + size);
	if (chunk == NULL)
		return NULL;
	chunk->size = size;
	ARENA_HIDE(chunk->data, size);
	arena->held += size;
	if (own && arena->chunks != NULL) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
		return chunk;
	}
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	if (!own && arena->next_size < ARENA_CHUNK_MAX)
		arena->next_size *= 2;
	return chunk;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunks;
	size_t rounded;
	void *p;

	if (size > SIZE_MAX - 2 * ARENA_ALIGN)
		return NULL;
	rounded = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	rounded += ARENA_GAP;
	if (rounded == 0)
		rounded = ARENA_ALIGN;
	if (chunk != NULL && (p = arena_take(chunk, size, rounded)) != NULL)
		return p;
	chunk = arena_grow(arena, rounded);
	return chunk == NULL ? NULL : arena_take(chunk, size, rounded);
}

void *
arena_array(struct arena *arena, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return NULL;
	return arena_alloc(arena, n * size);
}

char *
arena_strndup(struct arena *arena, const char *s, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		return NULL;
	copy = arena_alloc(arena, len + 1);
	if (copy != NULL && len != 0)
		memcpy(copy, s, len);
	return copy;
}

char *
arena_strdup(struct arena *arena, const char *s)
{
	return arena_strndup(arena, s, strlen(s));
}

char *
arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return NULL;
	text = arena_alloc(arena, (size_t)len + 1);
	if (text == NULL)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}

struct bytes
arena_bytes(struct arena *arena, struct bytes in)
{
	char *copy = arena_strndup(arena, (const char *)in.data, in.len);

	return bytes_of(copy, copy == NULL ? 0 : in.len);
}
