/* SPDX-License-Identifier: ISC */
/* The characters of an attribute value. */
#include "base/text.h"
#include "pki/name_chars.h"

#define TAG_UTF8 0x0c
#define TAG_PRINTABLE 0x13
#define TAG_T61 0x14
#define TAG_IA5 0x16
#define TAG_VISIBLE 0x1a
#define TAG_UNIVERSAL 0x1c
#define TAG_BMP 0x1e

bool
name_chars_known(uint8_t tag)
{
	static const uint8_t known[] = { TAG_UTF8, TAG_PRINTABLE, TAG_T61,
		TAG_IA5, TAG_VISIBLE, TAG_UNIVERSAL, TAG_BMP };

	return memchr(known, tag, sizeof(known)) != NULL;
}

void
name_chars_init(struct name_chars *chars, uint8_t tag, struct bytes value,
    bool fold)
{
	*chars = (struct name_chars){ .tag = tag, .rest = value,
		.fold = fold };
}

/* A big-endian unit of that many octets; false when it is cut off. */
static bool
unit_read(struct bytes *in, size_t size, uint32_t *out)
{
	size_t i;

	if (in->len < size)
		return false;
	*out = 0;
	for (i = 0; i < size; i++)
		*out = *out << 8 | in->data[i];
	*in = bytes_of(in->data + size, in->len - size);
	return true;
}

static bool
is_surrogate(uint32_t code)
{
	return code >= 0xd800 && code <= 0xdfff;
}

/* BMPString is UCS-2; pairs of surrogates are read as what was meant. */
static int
bmp_read(struct bytes *in, uint32_t *out)
{
	uint32_t low;

	if (!unit_read(in, 2, out))
		return -1;
	if (!is_surrogate(*out))
		return 1;
	if (*out >= 0xdc00 || !unit_read(in, 2, &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return -1;
	*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
	return 1;
}

static int
utf8_read(struct bytes *in, uint32_t *out)
{
	size_t n = text_utf8_next(*in, out);

	if (n == 0)
		return -1;
	*in = bytes_of(in->data + n, in->len - n);
	return 1;
}

static int
char_read(struct name_chars *chars, uint32_t *out)
{
	if (chars->rest.len == 0)
		return 0;
	switch (chars->tag) {
	case TAG_UTF8:
		return utf8_read(&chars->rest, out);
	case TAG_BMP:
		return bmp_read(&chars->rest, out);
	case TAG_UNIVERSAL:
		return unit_read(&chars->rest, 4, out) && *out <= 0x10ffff &&
		    !is_surrogate(*out) ? 1 : -1;
	default:
		/* T61String is written as Latin-1 by everyone. */
		return unit_read(&chars->rest, 1, out) ? 1 : -1;
	}
}

static bool
is_space(uint32_t code)
{
	return code == ' ' || (code >= '\t' && code <= '\r');
}

int
name_chars_next(struct name_chars *chars, uint32_t *code)
{
	bool spaces = false;
	int r;

	if (!chars->fold)
		return char_read(chars, code);
	if (chars->has_held) {
		chars->has_held = false;
		*code = chars->held;
		return 1;
	}
	while ((r = char_read(chars, code)) == 1 && is_space(*code))
		spaces = true;
	if (r != 1)
		return r;
	if (*code >= 'A' && *code <= 'Z')
		*code += 'a' - 'A';
	if (spaces && chars->started) {
		chars->held = *code;
		chars->has_held = true;
		*code = ' ';
	}
	chars->started = true;
	return 1;
}

size_t
name_chars_utf8(uint32_t code, uint8_t out[4])
{
	size_t i, n = code < 0x80 ? 1 : code < 0x800 ? 2 :
	    code < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (i = n; i-- > 1; code >>= 6)
		out[i] = (uint8_t)(0x80 | (code & 0x3f));
	out[0] = (uint8_t)(lead[n] | code);
	return n;
}
