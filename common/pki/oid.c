/* SPDX-License-Identifier: ISC */
/* Object identifiers as dotted text. */
#include <stdio.h>

#include "pki/oid.h"

bool
oid_valid(struct bytes oid)
{
	bool start = true;
	size_t i;

	for (i = 0; i < oid.len; i++) {
		if (start && oid.data[i] == 0x80)
			return false;
		start = (oid.data[i] & 0x80) == 0;
	}
	return oid.len > 0 && start;
}

/* Reads one arc (base 128, high bit: more follows); false when it is cut
 * off, padded or beyond 56 bits. */
static bool
arc_read(struct bytes *in, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (in->len == 0 || in->data[0] == 0x80)
		return false;
	for (i = 0; i < in->len && i < 8; i++) {
		v = v << 7 | (in->data[i] & 0x7fU);
		if ((in->data[i] & 0x80) != 0)
			continue;
		*in = bytes_of(in->data + i + 1, in->len - i - 1);
		*out = v;
		return true;
	}
	return false;
}

/* Appends ".ARC" (the first one: "A.B"); 0 when it does not fit. */
static size_t
arc_write(uint64_t arc, bool first, char *out, size_t size)
{
	uint64_t top = arc < 80 ? arc / 40 : 2;
	int n;

	if (first)
		n = snprintf(out, size, "%llu.%llu", (unsigned long long)top,
		    (unsigned long long)(arc - 40 * top));
	else
		n = snprintf(out, size, ".%llu", (unsigned long long)arc);
	return n < 0 || (size_t)n >= size ? 0 : (size_t)n;
}

size_t
oid_format(struct bytes oid, char *out, size_t size)
{
	size_t n, len = 0;
	uint64_t arc;

	out[0] = '\0';
	do {
		n = 0;
		if (arc_read(&oid, &arc))
			n = arc_write(arc, len == 0, out + len, size - len);
		if (n == 0) {
			out[0] = '\0';
			return 0;
		}
		len += n;
	} while (oid.len > 0);
	return len;
}

const char *
oid_text(struct arena *arena, struct bytes oid)
{
	char text[OID_TEXT_MAX];

	if (oid_format(oid, text, sizeof(text)) == 0)
		return "malformed OID";
	return arena_strdup(arena, text);
}
