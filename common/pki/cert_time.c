/* SPDX-License-Identifier: ISC */
/* ASN.1 times as instants (RFC 5280 4.1.2.5). */
#include "base/clock.h"
#include "pki/cert.h"

#define TAG_UTC 23
#define TAG_GENERALIZED 24
#define OFFSET_HOURS_MAX 14

struct digits {
	struct bytes rest;
};

/* Reads a number of exactly n digits; false when they are not there. */
static bool
digits_read(struct digits *in, size_t n, int *out)
{
	size_t i;
	int v = 0;

	if (in->rest.len < n)
		return false;
	for (i = 0; i < n; i++) {
		if (in->rest.data[i] < '0' || in->rest.data[i] > '9')
			return false;
		v = v * 10 + (in->rest.data[i] - '0');
	}
	in->rest = bytes_of(in->rest.data + n, in->rest.len - n);
	*out = v;
	return true;
}

static bool
at_digit(const struct digits *in)
{
	return in->rest.len > 0 && in->rest.data[0] >= '0' &&
	    in->rest.data[0] <= '9';
}

/* UTCTime: 50 to 99 are in the 20th century, 00 to 49 in the 21st. */
static bool
year_read(struct digits *in, unsigned tag, int64_t *out)
{
	int v;

	if (!digits_read(in, tag == TAG_UTC ? 2 : 4, &v))
		return false;
	*out = tag == TAG_GENERALIZED ? v : v >= 50 ? 1900 + v : 2000 + v;
	return true;
}

/* ".5": parts of a second count for nothing. */
static bool
fraction_skip(struct digits *in)
{
	int digit;

	if (in->rest.len == 0 || in->rest.data[0] != '.')
		return true;
	in->rest = bytes_of(in->rest.data + 1, in->rest.len - 1);
	if (!at_digit(in))
		return false;
	while (at_digit(in))
		digits_read(in, 1, &digit);
	return true;
}

/* What ends the text: Z, or when lenient +hhmm or -hhmm, in seconds. */
static bool
zone_read(struct digits *in, int lenient, int64_t *offset)
{
	int hours, minutes;
	uint8_t sign;

	*offset = 0;
	if (in->rest.len == 1)
		return in->rest.data[0] == 'Z';
	if (!lenient || in->rest.len != 5)
		return false;
	sign = in->rest.data[0];
	in->rest = bytes_of(in->rest.data + 1, 4);
	if ((sign != '+' && sign != '-') || !digits_read(in, 2, &hours) ||
	    !digits_read(in, 2, &minutes) || hours > OFFSET_HOURS_MAX ||
	    minutes > 59)
		return false;
	*offset = (hours * 60 + minutes) * (sign == '+' ? 60 : -60);
	return true;
}

int
cert_time_parse(unsigned tag, struct bytes text, int lenient, int64_t *out)
{
	struct digits in = { text };
	struct civil at = { .second = 0 };
	int64_t offset;

	if ((tag != TAG_UTC && tag != TAG_GENERALIZED) ||
	    !year_read(&in, tag, &at.year) ||
	    !digits_read(&in, 2, &at.month) ||
	    !digits_read(&in, 2, &at.day) ||
	    !digits_read(&in, 2, &at.hour) ||
	    !digits_read(&in, 2, &at.minute))
		return -1;
	if ((!lenient || at_digit(&in)) && !digits_read(&in, 2, &at.second))
		return -1;
	if (lenient && tag == TAG_GENERALIZED && !fraction_skip(&in))
		return -1;
	if (!zone_read(&in, lenient, &offset) ||
	    clock_from_civil(&at, out) == -1)
		return -1;
	*out -= offset;
	return 0;
}
