/* SPDX-License-Identifier: ISC */
/* A growing byte buffer with a limit and a sticky failure. */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define BUF_LIMIT_DEFAULT ((size_t)16 << 20)
#define BUF_FIRST 256

void
buf_init(struct buf *buf, size_t limit)
{
	*buf = (struct buf)BUF_INIT;
	buf->limit = limit;
}

void
buf_release(struct buf *buf)
{
	size_t limit = buf->limit;

	mem_free(buf->data);
	buf_init(buf, limit);
}

void
buf_reset(struct buf *buf)
{
	buf->failed = false;
	buf_cut(buf, 0);
}

/* Room for `more` bytes and a NUL; false and failed when there is none. */
static bool
buf_reserve(struct buf *buf, size_t more)
{
	size_t limit = buf->limit != 0 ? buf->limit : BUF_LIMIT_DEFAULT;
	size_t cap;
	char *data;

	if (buf->failed)
		return false;
	if (buf->len > limit || more > limit - buf->len) {
		buf->failed = true;
		return false;
	}
	if (buf->data != NULL && more < buf->cap - buf->len)
		return true;
	cap = buf->cap < BUF_FIRST ? BUF_FIRST : buf->cap * 2;
	if (cap <= buf->len + more)
		cap = buf->len + more + 1;
	data = mem_resize(buf->data, cap, 1);
	if (data == NULL) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

void
buf_add(struct buf *buf, const void *data, size_t len)
{
	if (!buf_reserve(buf, len))
		return;
	if (len != 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
buf_str(struct buf *buf, const char *s)
{
	buf_add(buf, s, strlen(s));
}

void
buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void
buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(buf, fmt, ap);
	va_end(ap);
}

void
buf_vprintf(struct buf *buf, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len < 0)
		buf->failed = true;
	else if (buf_reserve(buf, (size_t)len)) {
		vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void
buf_cut(struct buf *buf, size_t len)
{
	if (buf->data == NULL || len > buf->len)
		return;
	buf->len = len;
	buf->data[len] = '\0';
}

void
buf_consume(struct buf *buf, size_t n)
{
	if (n >= buf->len) {
		buf_cut(buf, 0);
		return;
	}
	memmove(buf->data, buf->data + n, buf->len - n);
	buf_cut(buf, buf->len - n);
}

bool
buf_failed(const struct buf *buf)
{
	return buf->failed;
}

const char *
buf_text(const struct buf *buf)
{
	return buf->data == NULL ? "" : buf->data;
}

struct bytes
buf_bytes(const struct buf *buf)
{
	return bytes_of(buf->data, buf->len);
}
