/* SPDX-License-Identifier: ISC */
/*
 * Writes DER for tests, wrong or right: append contents to a buffer, then
 * put tag and length in front of all since `from`.
 *
 *	size_t from = b->len;
 *	der_add(b, 0x02, "\x05", 1);
 *	der_wrap(b, from, 0x30);
 */
#ifndef TESTS_UNIT_DER_MAKE_H
#define TESTS_UNIT_DER_MAKE_H

#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"

static inline void
der_wrap(struct buf *b, size_t from, uint8_t tag)
{
	size_t len = b->len - from, n = 0, i;
	uint8_t head[6];

	head[n++] = tag;
	if (len > 0xffff)
		head[n++] = 0x83;
	else if (len > 0xff)
		head[n++] = 0x82;
	else if (len > 0x7f)
		head[n++] = 0x81;
	for (i = len > 0xffff ? 3 : len > 0xff ? 2 : 1; i-- > 0;)
		head[n++] = (uint8_t)(len >> 8 * i);
	buf_add(b, head, n);
	memmove(b->data + from + n, b->data + from, len);
	memcpy(b->data + from, head, n);
}

static inline void
der_add(struct buf *b, uint8_t tag, const void *data, size_t len)
{
	size_t from = b->len;

	buf_add(b, data, len);
	der_wrap(b, from, tag);
}

static inline void
der_add_bytes(struct buf *b, uint8_t tag, struct bytes in)
{
	der_add(b, tag, in.data, in.len);
}

#endif
