/* SPDX-License-Identifier: ISC */
/* Durations: parsing, and formatting for people and for machines. */
#include "base/duration.h"

#include <stdbool.h>

#include "base/text.h"

#define MINUTE INT64_C(60)
#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
#define WEEK INT64_C(604800)
#define FRACTION INT64_C(1000000)	/* six digits after the point */

static int64_t
duration_unit(char c)
{
	switch (c) {
	case 's': return 1;
	case 'm': return MINUTE;
	case 'h': return HOUR;
	case 'd': return DAY;
	case 'w': return WEEK;
	default: return 0;
	}
}

struct duration_number {
	int64_t whole;
	int64_t fraction;	/* millionths */
	bool has_fraction;
};

static bool
duration_digit(const struct bytes *in)
{
	return in->len > 0 && *in->data >= '0' && *in->data <= '9';
}

static int
duration_take(struct bytes *in)
{
	int digit = *in->data - '0';

	in->data++;
	in->len--;
	return digit;
}

static int
duration_number(struct bytes *in, struct duration_number *out)
{
	int64_t scale = FRACTION;

	*out = (struct duration_number){ 0, 0, false };
	if (!duration_digit(in))
		return -1;
	while (duration_digit(in)) {
		if (out->whole > DURATION_MAX)
			return -1;
		out->whole = out->whole * 10 + duration_take(in);
	}
	if (in->len == 0 || *in->data != '.')
		return 0;
	duration_take(in);
	out->has_fraction = true;
	if (!duration_digit(in))
		return -1;
	while (duration_digit(in)) {
		if (scale == 1)
			return -1;
		scale /= 10;
		out->fraction += duration_take(in) * scale;
	}
	return 0;
}

/*
 * The sum of all components, times `per_second`, rounded to nearest; -1 when
 * malformed, -2 when too long.
 */
static int
duration_sum(struct bytes in, int64_t unit, int64_t per_second, int64_t *out)
{
	struct duration_number number;
	int64_t total = 0, each, last = INT64_MAX;
	bool first = true, fraction = false;

	do {
		if (fraction || duration_number(&in, &number) != 0)
			return -1;
		fraction = number.has_fraction;
		if (in.len == 0 && first)
			each = unit;
		else if (in.len == 0)
			return -1;
		else {
			each = duration_unit((char)*in.data);
			duration_take(&in);
		}
		if (each == 0 || each >= last)
			return -1;
		last = each;
		if (number.whole > DURATION_MAX / each)
			return -2;
		total += number.whole * each * per_second +
		    (number.fraction * each * per_second + FRACTION / 2) /
		    FRACTION;
		first = false;
	} while (in.len > 0);
	if (total > DURATION_MAX * per_second)
		return -2;
	*out = total;
	return 0;
}

static int
duration_read(struct bytes in, int64_t unit, int64_t per_second, int64_t *out,
    struct err *err)
{
	int shown = in.len > 60 ? 60 : (int)in.len;

	switch (duration_sum(in, unit, per_second, out)) {
	case 0:
		return 0;
	case -2:
		return err_set(err, ERR_USAGE, "'%.*s' is too long a time",
		    shown, (const char *)in.data);
	default:
		return err_set(err, ERR_USAGE, "'%.*s' is not a duration "
		    "(90s, 15m, 12h, 30d, 2w, 1d12h)",
		    shown, in.len == 0 ? "" : (const char *)in.data);
	}
}

int
duration_parse(struct bytes in, int64_t unit, int64_t *out, struct err *err)
{
	return duration_read(in, unit, 1, out, err);
}

int
duration_parse_ms(struct bytes in, int64_t *out_ms, struct err *err)
{
	return duration_read(in, 1, 1000, out_ms, err);
}

static int64_t
duration_abs(int64_t v)
{
	if (v == INT64_MIN)
		return INT64_MAX;
	return v < 0 ? -v : v;
}

static void
duration_days(struct buf *out, int64_t s)
{
	int64_t days = s / DAY, tenths = s % DAY * 10 / DAY;

	buf_printf(out, "%lld", (long long)days);
	if (days >= 30)
		tenths = 0;
	if (tenths != 0)
		buf_printf(out, ".%d", (int)tenths);
	buf_str(out, days == 1 && tenths == 0 ? " day" : " days");
}

/* "5 h 20 min", without the second part when it is 0. */
static void
duration_pair(struct buf *out, int64_t s, int64_t unit,
    const char *const *names)
{
	int64_t sub = unit / 60, rest = s % unit / sub;

	buf_printf(out, "%lld %s", (long long)(s / unit), names[0]);
	if (rest != 0)
		buf_printf(out, " %lld %s", (long long)rest, names[1]);
}

void
duration_format(struct buf *out, int64_t seconds)
{
	static const char *const names[] = { "h", "min", "s" };
	int64_t s = duration_abs(seconds);

	if (s < MINUTE)
		buf_printf(out, "%lld s", (long long)s);
	else if (s < 10 * MINUTE)
		duration_pair(out, s, MINUTE, names + 1);
	else if (s < HOUR)
		buf_printf(out, "%lld min", (long long)(s / MINUTE));
	else if (s < DAY)
		duration_pair(out, s, HOUR, names);
	else
		duration_days(out, s);
}

void
duration_compact(struct buf *out, int64_t seconds)
{
	static const char letters[] = "dhms";
	static const int64_t sizes[] = { DAY, HOUR, MINUTE, 1 };
	int64_t s = duration_abs(seconds);
	size_t i;

	/* "90s" reads better than "1m30s". */
	for (i = s < 2 * MINUTE ? 3 : 0; i < 4; i++) {
		if (s >= sizes[i] || (i == 3 && seconds == 0))
			buf_printf(out, "%lld%c", (long long)(s / sizes[i]),
			    letters[i]);
		s %= sizes[i];
	}
}
