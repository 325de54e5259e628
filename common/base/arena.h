/* SPDX-License-Identifier: ISC */
/*
 * An arena: many small allocations, one release.  Everything handed out is
 * zeroed, aligned for any type, and lives until arena_free.  All functions
 * return NULL when memory runs out.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/bytes.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);		/* NULL-safe */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t n, size_t size);
char *arena_strdup(struct arena *arena, const char *s);
char *arena_strndup(struct arena *arena, const char *s, size_t len);
char *arena_printf(struct arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A copy of the bytes, followed by one NUL that is not counted in len.  On
 * failure data is NULL and len 0 although in.len was not. */
struct bytes arena_bytes(struct arena *arena, struct bytes in);
size_t arena_size(const struct arena *arena);	/* bytes held, for tests */

#endif
