/* SPDX-License-Identifier: ISC */
/* A borrowed, immutable run of bytes.  Never NUL-terminated by contract. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *data;	/* NULL only when len is 0 */
	size_t len;
};

static inline struct bytes
bytes_of(const void *data, size_t len)
{
	return (struct bytes){ data, len };
}

static inline struct bytes
bytes_str(const char *s)
{
	return (struct bytes){ (const uint8_t *)s, s == NULL ? 0 : strlen(s) };
}

static inline bool
bytes_eq(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

#endif
