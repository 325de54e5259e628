/* SPDX-License-Identifier: ISC */
/* PEM blocks in any text. */
#include "pki/pem.h"
#include "pki/der_scan.h"

#define DASHES "-----"
#define BEGIN "-----BEGIN "
#define END "-----END "
#define LEN(literal) (sizeof(literal) - 1)
#define LABEL_MAX 64

static bool
is_eol(uint8_t c)
{
	return c == '\n' || c == '\r';
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* Only blanks between the start of the line and at? */
static bool
at_line_start(struct bytes text, size_t at)
{
	while (at > 0 && is_blank(text.data[at - 1]))
		at--;
	return at == 0 || is_eol(text.data[at - 1]);
}

/*
 * Reads "LABEL-----" and blanks up to the end of the line at `at`: true with
 * the label and the position of the line end.
 */
static bool
label_read(struct bytes text, size_t *at, struct bytes *label)
{
	size_t i = *at, end = text.len;

	if (end - i > LABEL_MAX + LEN(DASHES))
		end = i + LABEL_MAX + LEN(DASHES);
	while (i < end && text.data[i] != '-' && !is_eol(text.data[i]))
		i++;
	if (text.len - i < LEN(DASHES) ||
	    memcmp(text.data + i, DASHES, LEN(DASHES)) != 0)
		return false;
	*label = bytes_of(text.data + *at, i - *at);
	i += LEN(DASHES);
	while (i < text.len && is_blank(text.data[i]))
		i++;
	if (i < text.len && !is_eol(text.data[i]))
		return false;
	*at = i;
	return true;
}

/* The next position at or after `at` where the line marker stands. */
static bool
marker_find(struct bytes text, size_t *at, const char *marker, size_t len)
{
	const uint8_t *p;

	while (*at < text.len) {
		p = memmem(text.data + *at, text.len - *at, marker, len);
		if (p == NULL)
			return false;
		*at = (size_t)(p - text.data);
		if (at_line_start(text, *at))
			return true;
		*at += len;
	}
	return false;
}

static bool
starts_at(struct bytes text, size_t at, const char *word, size_t len)
{
	return text.len - at >= len && memcmp(text.data + at, word, len) == 0;
}

/* The next dash at or after `at` that stands in front of a line, or the end:
 * base64 has no dash, so there are few to look at. */
static size_t
dash_find(struct bytes text, size_t at)
{
	const uint8_t *p;

	for (; at < text.len; at++) {
		p = memchr(text.data + at, '-', text.len - at);
		if (p == NULL)
			return text.len;
		at = (size_t)(p - text.data);
		if (at_line_start(text, at))
			return at;
	}
	return text.len;
}

/*
 * Finds the END line of the block whose body starts at *at.  A BEGIN line
 * ends the search: in a file that was cut and appended to, the next block is
 * there.
 */
static bool
end_find(struct bytes text, size_t *at, struct pem_block *out)
{
	size_t start = *at, i;
	struct bytes label;

	for (i = dash_find(text, start); i < text.len;
	     i = dash_find(text, i + 1)) {
		if (starts_at(text, i, BEGIN, LEN(BEGIN)))
			break;
		if (!starts_at(text, i, END, LEN(END)))
			continue;
		out->body = bytes_of(text.data + start, i - start);
		*at = i + LEN(END);
		return label_read(text, at, &label) &&
		    bytes_eq(label, out->label);
	}
	out->body = bytes_of(text.data + start, i - start);
	*at = i;
	return false;
}

int
pem_block_next(struct bytes text, size_t *pos, struct pem_block *out)
{
	size_t at = *pos, begin;

	while (marker_find(text, &at, BEGIN, LEN(BEGIN))) {
		begin = at;
		at += LEN(BEGIN);
		if (!label_read(text, &at, &out->label))
			continue;
		out->truncated = !end_find(text, &at, out);
		out->whole = bytes_of(text.data + begin, at - begin);
		*pos = at;
		return 1;
	}
	*pos = text.len;
	return 0;
}

int
pem_next(struct bytes text, size_t *pos, const char *label,
    struct bytes *body)
{
	struct bytes want = bytes_str(label);
	struct pem_block block;

	while (pem_block_next(text, pos, &block) == 1) {
		if (block.truncated || !bytes_eq(block.label, want))
			continue;
		*body = block.body;
		return 1;
	}
	return 0;
}

/* Cuts headers ("Proc-Type: 4,ENCRYPTED") up to their blank line. */
static struct bytes
headers_skip(struct bytes body)
{
	const uint8_t *colon, *eol = NULL;
	size_t i;

	colon = body.len > 0 ? memchr(body.data, ':', body.len) : NULL;
	if (colon == NULL)
		return body;
	for (i = (size_t)(colon - body.data); i < body.len; i++) {
		if (body.data[i] == '\n' && eol != NULL)
			return bytes_of(body.data + i, body.len - i);
		if (body.data[i] == '\n')
			eol = body.data + i;
		else if (!is_blank(body.data[i]) && body.data[i] != '\r')
			eol = NULL;
	}
	return body;
}

#define BAD 0x80
#define BLNK 0x81
#define PAD 0x82

/* The alphabet of RFC 4648 4, for octets below 128. */
static const uint8_t b64_values[128] = {
	/* clang-format off */
	 BAD,  BAD,  BAD,  BAD,  BAD,  BAD,  BAD,  BAD,
	 BAD, BLNK, BLNK,  BAD,  BAD, BLNK,  BAD,  BAD,
	 BAD,  BAD,  BAD,  BAD,  BAD,  BAD,  BAD,  BAD,
	 BAD,  BAD,  BAD,  BAD,  BAD,  BAD,  BAD,  BAD,
	BLNK,  BAD,  BAD,  BAD,  BAD,  BAD,  BAD,  BAD,
	 BAD,  BAD,  BAD,   62,  BAD,  BAD,  BAD,   63,
	  52,   53,   54,   55,   56,   57,   58,   59,
	  60,   61,  BAD,  BAD,  BAD,  PAD,  BAD,  BAD,
	 BAD,    0,    1,    2,    3,    4,    5,    6,
	   7,    8,    9,   10,   11,   12,   13,   14,
	  15,   16,   17,   18,   19,   20,   21,   22,
	  23,   24,   25,  BAD,  BAD,  BAD,  BAD,  BAD,
	 BAD,   26,   27,   28,   29,   30,   31,   32,
	  33,   34,   35,   36,   37,   38,   39,   40,
	  41,   42,   43,   44,   45,   46,   47,   48,
	  49,   50,   51,  BAD,  BAD,  BAD,  BAD,  BAD,
	/* clang-format on */
};

static uint8_t
b64_value(uint8_t c)
{
	return c < sizeof(b64_values) ? b64_values[c] : BAD;
}

/*
 * Whole groups of four letters without anything between them, which is
 * nearly all of it; stops in front of the first other thing.
 */
static size_t
b64_groups(struct bytes in, size_t *at, uint8_t *out)
{
	size_t i = *at, n = 0;

	for (; in.len - i >= 4; i += 4) {
		uint8_t a = b64_value(in.data[i]);
		uint8_t b = b64_value(in.data[i + 1]);
		uint8_t c = b64_value(in.data[i + 2]);
		uint8_t d = b64_value(in.data[i + 3]);

		if (((a | b | c | d) & 0x80) != 0)
			break;
		out[n++] = (uint8_t)(a << 2 | b >> 4);
		out[n++] = (uint8_t)(b << 4 | c >> 2);
		out[n++] = (uint8_t)(c << 6 | d);
	}
	*at = i;
	return n;
}

/* The octets of the last group: `letters` of them and `pads`. */
static long
b64_finish(uint32_t bits, unsigned letters, unsigned pads, uint8_t *out)
{
	if (letters == 0 && pads == 0)
		return 0;
	if (letters < 2 || letters + pads != 4)
		return -1;
	bits <<= 6 * (4 - letters);
	out[0] = (uint8_t)(bits >> 16);
	if (letters == 3)
		out[1] = (uint8_t)(bits >> 8);
	return letters - 1;
}

long
pem_decode(struct bytes body, uint8_t *out)
{
	struct bytes in = headers_skip(body);
	unsigned letters = 0, pads = 0;
	uint32_t bits = 0;
	size_t i = 0, n = 0;
	long last;

	while (i < in.len) {
		uint8_t v;

		if (letters == 0 && pads == 0)
			n += b64_groups(in, &i, out + n);
		if (i == in.len)
			break;
		v = b64_value(in.data[i++]);
		if (v == BLNK)
			continue;
		if (v == BAD || (v != PAD && pads > 0))
			return -1;
		if (v == PAD) {
			pads++;
			continue;
		}
		bits = bits << 6 | v;
		if (++letters < 4)
			continue;
		out[n++] = (uint8_t)(bits >> 16);
		out[n++] = (uint8_t)(bits >> 8);
		out[n++] = (uint8_t)bits;
		bits = 0;
		letters = 0;
	}
	last = b64_finish(bits, letters, pads, out + n);
	return last == -1 ? -1 : (long)n + last;
}
