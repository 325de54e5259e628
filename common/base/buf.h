/* SPDX-License-Identifier: ISC */
/*
 * A growing byte buffer with a limit.  A failure (memory, limit) is sticky:
 * later appends do nothing and buf_failed() tells, so that a writer checks
 * once at the end.  The contents are always followed by a NUL that is not
 * counted.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/bytes.h"

struct buf {
	char *data;	/* NULL until the first append */
	size_t len;
	size_t cap;
	size_t limit;	/* most bytes held; 0 = 16 MB */
	bool failed;
};

#define BUF_INIT { NULL, 0, 0, 0, false }

void buf_init(struct buf *buf, size_t limit);
void buf_release(struct buf *buf);		/* may be used again after */
void buf_reset(struct buf *buf);		/* len = 0, memory kept */
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_str(struct buf *buf, const char *s);
void buf_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
void buf_cut(struct buf *buf, size_t len);	/* shortens to len */
void buf_consume(struct buf *buf, size_t n);	/* drops n bytes in front */
bool buf_failed(const struct buf *buf);
const char *buf_text(const struct buf *buf);	/* "" when empty, never NULL */
struct bytes buf_bytes(const struct buf *buf);

#endif
