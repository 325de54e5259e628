/* SPDX-License-Identifier: ISC */
/*
 * UTF-8, and what is taken out of a peer's text before it is shown: see
 * text_escape in base/text.h.
 */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct text_range {
	uint32_t first, last;
};

/*
 * Characters that are not seen or that move others: controls, bidi marks,
 * Default_Ignorable_Code_Point, line separators, noncharacters (those at the
 * end of each plane are computed), in rising order.
 */
static const struct text_range text_unsafe[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x13430, 0x1345f },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

bool
text_is_unsafe(uint32_t code)
{
	size_t i;

	if (code >= 0x20 && code < 0x7f)
		return false;
	if ((code & 0xfffe) == 0xfffe || code > 0x10ffff)
		return true;
	for (i = 0; i < sizeof(text_unsafe) / sizeof(*text_unsafe); i++)
		if (code <= text_unsafe[i].last)
			return code >= text_unsafe[i].first;
	return false;
}

/* Length by the first byte, with the bits that it carries; 0: none. */
static size_t
text_utf8_lead(uint8_t c, uint32_t *code)
{
	if (c < 0x80) {
		*code = c;
		return 1;
	}
	if (c >= 0xc2 && c < 0xe0) {
		*code = c & 0x1f;
		return 2;
	}
	if (c >= 0xe0 && c < 0xf0) {
		*code = c & 0x0f;
		return 3;
	}
	if (c >= 0xf0 && c < 0xf5) {
		*code = c & 0x07;
		return 4;
	}
	return 0;
}

size_t
text_utf8_next(struct bytes in, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t v;
	size_t len, i;

	if (in.len == 0)
		return 0;
	len = text_utf8_lead(in.data[0], &v);
	if (len == 0 || len > in.len)
		return 0;
	for (i = 1; i < len; i++) {
		if ((in.data[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (in.data[i] & 0x3f);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*code = v;
	return len;
}

bool
text_is_utf8(struct bytes in)
{
	uint32_t code;
	size_t len;

	while (in.len > 0) {
		len = text_utf8_next(in, &code);
		if (len == 0)
			return false;
		in.data += len;
		in.len -= len;
	}
	return true;
}

static size_t
text_escape_next(struct bytes *in, char out[TEXT_ESCAPE_SIZE], bool backslash)
{
	uint32_t code;
	size_t len = text_utf8_next(*in, &code);
	int n;

	if (len == 0) {
		n = snprintf(out, TEXT_ESCAPE_SIZE, "\\x%02x",
		    (unsigned)in->data[0]);
		len = 1;
	} else if (code == '\\' && backslash)
		n = snprintf(out, TEXT_ESCAPE_SIZE, "\\\\");
	else if (code < 0x80 && (text_is_unsafe(code) ||
	    strchr("|<>`", (int)code) != NULL))
		n = snprintf(out, TEXT_ESCAPE_SIZE, "\\x%02x", (unsigned)code);
	else if (text_is_unsafe(code))
		n = snprintf(out, TEXT_ESCAPE_SIZE, "\\u{%X}", (unsigned)code);
	else {
		memcpy(out, in->data, len);
		out[len] = '\0';
		n = (int)len;
	}
	in->data += len;
	in->len -= len;
	return (size_t)n;
}

size_t
text_clean_next(struct bytes *in, char out[TEXT_ESCAPE_SIZE])
{
	return text_escape_next(in, out, false);
}

static void
text_escape_all(struct buf *out, struct bytes in, size_t max, bool backslash)
{
	char one[TEXT_ESCAPE_SIZE];
	size_t n, len;

	for (n = 0; in.len > 0; n++) {
		if (max != 0 && n == max) {
			buf_str(out, "...");
			return;
		}
		len = text_escape_next(&in, one, backslash);
		buf_add(out, one, len);
	}
}

void
text_escape(struct buf *out, struct bytes in, size_t max)
{
	text_escape_all(out, in, max, true);
}

void
text_clean(struct buf *out, struct bytes in, size_t max)
{
	text_escape_all(out, in, max, false);
}
