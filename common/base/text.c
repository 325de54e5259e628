/* SPDX-License-Identifier: ISC */
/* Strict numbers, ASCII case, hexadecimal, base64, the nearest word. */
#include "base/text.h"

#include <limits.h>
#include <string.h>

static bool
text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
text_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

char
text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Digits only, no overflow. */
static int
text_digits(struct bytes in, uint64_t *out)
{
	uint64_t v = 0;
	unsigned digit;
	size_t i;

	if (in.len == 0)
		return -1;
	for (i = 0; i < in.len; i++) {
		if (!text_is_digit((char)in.data[i]))
			return -1;
		digit = (unsigned)in.data[i] - '0';
		if (v > (UINT64_MAX - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	*out = v;
	return 0;
}

int
text_u64(const char *s, uint64_t *out)
{
	return text_digits(bytes_str(s), out);
}

/* Takes a sign off the front; true for minus. */
static bool
text_sign(struct bytes *in)
{
	bool minus = in->len > 0 && in->data[0] == '-';

	if (minus || (in->len > 0 && in->data[0] == '+')) {
		in->data++;
		in->len--;
	}
	return minus;
}

static int
text_signed(bool minus, uint64_t v, int64_t *out)
{
	if (v > (uint64_t)INT64_MAX + (minus ? 1 : 0))
		return -1;
	if (minus)
		*out = v == 0 ? 0 : -(int64_t)(v - 1) - 1;
	else
		*out = (int64_t)v;
	return 0;
}

int
text_i64(const char *s, int64_t *out)
{
	struct bytes in = bytes_str(s);
	bool minus = text_sign(&in);
	uint64_t v;

	if (text_digits(in, &v) != 0)
		return -1;
	return text_signed(minus, v, out);
}

int
text_fixed(struct bytes in, unsigned places, int64_t *out)
{
	bool minus = text_sign(&in);
	const uint8_t *point = in.len == 0 ? NULL :
	    memchr(in.data, '.', in.len);
	size_t whole_len = point == NULL ? in.len :
	    (size_t)(point - in.data);
	struct bytes fraction = { NULL, 0 };
	uint64_t v, part = 0;
	unsigned i;

	if (text_digits(bytes_of(in.data, whole_len), &v) != 0)
		return -1;
	if (point != NULL) {
		fraction = bytes_of(point + 1, in.len - whole_len - 1);
		if (fraction.len > places ||
		    text_digits(fraction, &part) != 0)
			return -1;
	}
	for (i = 0; i < places; i++) {
		if (v > UINT64_MAX / 10)
			return -1;
		v *= 10;
		if (i >= fraction.len)
			part *= 10;
	}
	if (v > UINT64_MAX - part)
		return -1;
	return text_signed(minus, v + part, out);
}

void
text_put_fixed(struct buf *out, int64_t v, unsigned places)
{
	uint64_t whole = v < 0 ? (uint64_t)-(v + 1) + 1 : (uint64_t)v;
	uint64_t scale = 1, rest;
	unsigned i;

	for (i = 0; i < places; i++)
		scale *= 10;
	rest = whole % scale;
	whole /= scale;
	buf_printf(out, "%s%llu", v < 0 ? "-" : "", (unsigned long long)whole);
	if (rest == 0)
		return;
	for (; rest % 10 == 0; places--)
		rest /= 10;
	buf_printf(out, ".%0*llu", (int)places, (unsigned long long)rest);
}

bool
text_ieq(const char *a, const char *b)
{
	for (; *a != '\0' && text_lower(*a) == text_lower(*b); a++)
		b++;
	return *a == '\0' && *b == '\0';
}

bool
text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
text_istarts(const char *s, const char *prefix)
{
	for (; *prefix != '\0'; s++, prefix++)
		if (text_lower(*s) != text_lower(*prefix))
			return false;
	return true;
}

bool
text_same(struct bytes a, struct bytes b)
{
	size_t i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		if (text_lower((char)a.data[i]) != text_lower((char)b.data[i]))
			return false;
	return true;
}

size_t
text_ifind(struct bytes in, const char *words)
{
	size_t n = strlen(words), at, i;

	for (at = 0; at + n <= in.len; at++) {
		for (i = 0; i < n; i++)
			if (text_lower((char)in.data[at + i]) != words[i])
				break;
		if (i == n)
			return at;
	}
	return in.len;
}

struct bytes
text_strip(struct bytes in)
{
	while (in.len > 0 && *in.data <= ' ')
		in = bytes_of(in.data + 1, in.len - 1);
	while (in.len > 0 && in.data[in.len - 1] <= ' ')
		in.len--;
	return in;
}

bool
text_is_blank(const char *s)
{
	while (text_is_space(*s))
		s++;
	return *s == '\0';
}

char *
text_trim(char *s)
{
	size_t len;

	while (text_is_space(*s))
		s++;
	len = strlen(s);
	while (len > 0 && text_is_space(s[len - 1]))
		len--;
	s[len] = '\0';
	return s;
}

void
text_hex(struct buf *out, struct bytes in, char sep)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < in.len; i++) {
		if (sep != '\0' && i > 0)
			buf_char(out, sep);
		buf_char(out, digits[in.data[i] >> 4]);
		buf_char(out, digits[in.data[i] & 15]);
	}
}

static int
text_hex_digit(char c)
{
	c = text_lower(c);
	if (text_is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
text_unhex(const char *s, uint8_t *out, size_t size)
{
	int high, low, n = 0;

	for (; *s != '\0'; s++) {
		if (*s == ':' || *s == '-' || text_is_space(*s))
			continue;
		high = text_hex_digit(s[0]);
		low = high < 0 ? -1 : text_hex_digit(s[1]);
		if (low < 0 || (size_t)n >= size || n == INT_MAX)
			return -1;
		out[n++] = (uint8_t)(high << 4 | low);
		s++;
	}
	return n;
}

static int
text_base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

long
text_unbase64(struct bytes in, uint8_t *out, size_t size)
{
	uint32_t bits = 0;
	unsigned held = 0, pad = 0;
	size_t i, n = 0, digits = 0;
	int digit;

	for (i = 0; i < in.len; i++) {
		if (text_is_space((char)in.data[i]))
			continue;
		digit = text_base64_digit(in.data[i]);
		if (in.data[i] == '=')
			pad++;
		else if (digit < 0 || pad > 0)
			return -1;
		else {
			digits++;
			bits = (bits << 6 | (uint32_t)digit) & 0xffffff;
			held += 6;
		}
		if (held < 8)
			continue;
		if (n >= size)
			return -1;
		held -= 8;
		out[n++] = (uint8_t)(bits >> held);
	}
	if (digits % 4 == 1 || pad > 2 || (digits + pad) % 4 != 0)
		return -1;
	return (long)n;
}

#define NEAREST_MAX 48		/* longest word looked at */

static size_t
text_min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Optimal string alignment distance (insert, delete, replace, swap of
 * neighbours).  Three rows of the matrix are enough.
 */
static size_t
text_distance(const char *a, const char *b)
{
	size_t rows[3][NEAREST_MAX + 1];
	size_t *before = rows[0], *prev = rows[1], *row = rows[2], *spare;
	size_t na = strlen(a), nb = strlen(b), i, j;

	for (j = 0; j <= nb; j++)
		prev[j] = j;
	for (i = 1; i <= na; i++) {
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			char ca = text_lower(a[i - 1]);
			char cb = text_lower(b[j - 1]);

			row[j] = text_min(prev[j], row[j - 1]) + 1;
			row[j] = text_min(row[j], prev[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == text_lower(b[j - 2]) &&
			    cb == text_lower(a[i - 2]))
				row[j] = text_min(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = prev;
		prev = row;
		row = spare;
	}
	return prev[nb];
}

int
text_nearest(const char *word, const char *const *words, size_t n)
{
	size_t len = strlen(word), best, d, i;
	int found = -1;

	if (len == 0 || len > NEAREST_MAX || n > INT_MAX)
		return -1;
	for (i = 0; i < n; i++)
		if (text_istarts(words[i], word))
			return (int)i;
	best = (len < 6 ? 1 : len / 3) + 1;
	for (i = 0; i < n; i++) {
		if (strlen(words[i]) > NEAREST_MAX)
			continue;
		d = text_distance(word, words[i]);
		if (d < best) {
			best = d;
			found = (int)i;
		}
	}
	return found;
}
