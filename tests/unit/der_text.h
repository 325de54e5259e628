/* SPDX-License-Identifier: ISC */
/*
 * DER written as text, for tests:
 *
 *	30{ 02:01 06:550403 0c'any text' 05: }
 *
 * is a SEQUENCE of an INTEGER, an OID, a UTF8String and a NULL.  A tag is two
 * hex digits; its contents are hex after a colon, text in quotes, or elements
 * in braces.  Lengths are made.  Blanks go anywhere between elements.
 */
#ifndef TESTS_UNIT_DER_TEXT_H
#define TESTS_UNIT_DER_TEXT_H

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "tap.h"

#define DER_TEXT_DEPTH	16

struct der_text {
	uint8_t		 data[1 << 17];
	size_t		 len;
	size_t		 open[DER_TEXT_DEPTH];	/* where contents begin */
	size_t		 depth;
};

static inline unsigned int
der_text_octet(const char **s)
{
	unsigned int v;

	if (!isxdigit((unsigned char)(*s)[0]) ||
	    !isxdigit((unsigned char)(*s)[1]) || sscanf(*s, "%2x", &v) != 1)
		bail("bad DER text at: %s", *s);
	*s += 2;
	return v;
}

static inline void
der_text_put(struct der_text *out, unsigned int octet)
{
	if (out->len == sizeof(out->data))
		bail("DER text too long");
	out->data[out->len++] = (uint8_t)octet;
}

/* Makes the length in front of the contents that begin at `start`. */
static inline void
der_text_close(struct der_text *out, size_t start)
{
	size_t len = out->len - start, i, n;
	uint8_t head[4];

	n = len < 0x80 ? 1 : len < 0x100 ? 2 : len < 0x10000 ? 3 : 4;
	head[0] = (uint8_t)(n == 1 ? len : 0x80 | (n - 1));
	for (i = 1; i < n; i++)
		head[i] = (uint8_t)(len >> 8 * (n - 1 - i));
	if (out->len + n > sizeof(out->data))
		bail("DER text too long");
	memmove(out->data + start + n, out->data + start, len);
	memcpy(out->data + start, head, n);
	out->len += n;
}

static inline void
der_text_element(struct der_text *out, const char **s)
{
	size_t start;

	der_text_put(out, der_text_octet(s));
	start = out->len;
	switch (*(*s)++) {
	case '{':
		if (out->depth == DER_TEXT_DEPTH)
			bail("DER text too deep");
		out->open[out->depth++] = start;
		return;
	case ':':
		while (isxdigit((unsigned char)**s))
			der_text_put(out, der_text_octet(s));
		break;
	case '\'':
		while (**s != '\'' && **s != '\0')
			der_text_put(out, (unsigned char)*(*s)++);
		*s += **s == '\'';
		break;
	default:
		bail("bad DER text at: %s", *s - 1);
	}
	der_text_close(out, start);
}

/* The bytes live in out. */
static inline struct bytes
der_text(struct der_text *out, const char *s)
{
	out->len = out->depth = 0;
	while (*s != '\0') {
		if (isspace((unsigned char)*s)) {
			s++;
		} else if (*s == '}' && out->depth > 0) {
			der_text_close(out, out->open[--out->depth]);
			s++;
		} else {
			der_text_element(out, &s);
		}
	}
	if (out->depth > 0)
		bail("DER text not closed");
	return bytes_of(out->data, out->len);
}

#endif
