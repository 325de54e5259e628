/* SPDX-License-Identifier: ISC */
/* Alert ranges: parsing, resolving, comparing, formatting. */
#include "model/threshold.h"

#include <string.h>

#include "base/bytes.h"
#include "base/duration.h"
#include "base/text.h"

#define PERCENT_MAX INT64_C(1000000)	/* 1000 %, in thousandths */

struct threshold_bound {
	enum bound_kind kind;
	int64_t value;
};

static int
threshold_percent(struct bytes in, int64_t *out, struct err *err)
{
	int shown = in.len > 60 ? 60 : (int)in.len;

	in.len--;
	if (in.len == 0 || in.data[0] < '0' || in.data[0] > '9' ||
	    text_fixed(in, 3, out) != 0)
		return err_set(err, ERR_USAGE, "'%.*s' is not a percentage",
		    shown, (const char *)in.data);
	if (*out > PERCENT_MAX)
		return err_set(err, ERR_USAGE, "'%.*s' is more than 1000%%",
		    shown, (const char *)in.data);
	return 0;
}

static int
threshold_bound(struct bytes in, int64_t unit, struct threshold_bound *out,
    struct err *err)
{
	if (in.len > 0 && in.data[in.len - 1] == '%') {
		out->kind = BOUND_PERCENT;
		return threshold_percent(in, &out->value, err);
	}
	out->kind = BOUND_TIME;
	return duration_parse(in, unit, &out->value, err);
}

/*
 * The text on both sides of the colon.  Without one, N means N: (the value is
 * time left), and @N means @0:N as in the plugin guidelines.
 */
static void
threshold_split(struct bytes in, bool inside, struct bytes *start,
    struct bytes *end)
{
	const uint8_t *colon = in.len == 0 ? NULL :
	    memchr(in.data, ':', in.len);
	size_t at = colon == NULL ? in.len : (size_t)(colon - in.data);

	*start = bytes_of(in.data, at);
	*end = bytes_of(NULL, 0);
	if (colon != NULL)
		*end = bytes_of(colon + 1, in.len - at - 1);
	else if (inside) {
		*end = *start;
		*start = bytes_of(NULL, 0);
	}
}

static int
threshold_start(struct bytes in, int64_t unit, struct threshold_term *out,
    struct err *err)
{
	struct threshold_bound bound = { out->kind, 0 };

	if (in.len == 1 && in.data[0] == '~')
		return 0;
	if (in.len > 0 && threshold_bound(in, unit, &bound, err) != 0)
		return -1;
	/* An empty start is 0, in the unit of the end. */
	out->range.has_start = true;
	out->range.start = bound.value;
	out->kind = bound.kind;
	return 0;
}

static int
threshold_term(struct bytes in, int64_t unit, struct threshold_term *out,
    struct err *err)
{
	struct threshold_bound bound = { BOUND_TIME, 0 };
	struct range *range = &out->range;
	struct bytes start, end;
	bool bare_start;

	memset(out, 0, sizeof(*out));
	range->set = true;
	if (in.len > 0 && in.data[0] == '@') {
		range->inside = true;
		in = bytes_of(in.data + 1, in.len - 1);
	}
	threshold_split(in, range->inside, &start, &end);
	bare_start = start.len == 0 ||
	    (start.len == 1 && start.data[0] == '~');
	if (bare_start && end.len == 0)
		return err_set(err, ERR_USAGE, "it has no bound");
	if (end.len > 0) {
		if (threshold_bound(end, unit, &bound, err) != 0)
			return -1;
		range->has_end = true;
		range->end = bound.value;
		out->kind = bound.kind;
	}
	if (threshold_start(start, unit, out, err) != 0)
		return -1;
	if (range->has_end && out->kind != bound.kind)
		return err_set(err, ERR_USAGE,
		    "it has a time on one side and a percentage on the other");
	if (range->has_start && range->has_end && range->start > range->end)
		return err_set(err, ERR_USAGE, "its start is above its end");
	return 0;
}

static bool
threshold_is_lower(const struct threshold_term *term)
{
	return !term->range.inside && term->range.has_start &&
	    !term->range.has_end;
}

static int
threshold_terms(struct bytes in, int64_t unit, struct threshold *out,
    struct err *err)
{
	const uint8_t *comma;
	struct bytes one;
	bool lower = true;

	do {
		if (out->n == THRESHOLD_TERMS)
			return err_set(err, ERR_USAGE, "it has more than %d "
			    "parts", THRESHOLD_TERMS);
		comma = in.len == 0 ? NULL : memchr(in.data, ',', in.len);
		one = in;
		if (comma != NULL)
			one.len = (size_t)(comma - in.data);
		if (threshold_term(one, unit, &out->terms[out->n], err) != 0)
			return -1;
		lower = lower && threshold_is_lower(&out->terms[out->n]);
		out->n++;
		if (comma != NULL)
			in = bytes_of(comma + 1, in.len - one.len - 1);
	} while (comma != NULL);
	if (out->n > 1 && !lower)
		return err_set(err, ERR_USAGE, "a list holds lower bounds "
		    "only, such as 28d,25%%");
	return 0;
}

int
threshold_parse(const char *text, int64_t unit, struct threshold *out,
    struct err *err)
{
	struct threshold parsed = { 0, { { BOUND_TIME, { 0 } } } };

	if (threshold_terms(bytes_str(text), unit, &parsed, err) == 0) {
		*out = parsed;
		return 0;
	}
	err_wrap(err, "threshold '%.60s'", text);
	/* What the shell makes of an unquoted ~:10. */
	if (err != NULL && text[0] == '/' && strchr(text, ':') != NULL)
		err_set(err, ERR_USAGE, "threshold '%.60s': did the shell "
		    "expand a '~'? quote it: '~%.60s'", text,
		    strchr(text, ':'));
	return -1;
}

/* The term in seconds; not set when it is a percentage of nothing. */
static struct range
threshold_resolve(const struct threshold_term *term, int64_t lifetime)
{
	struct range range = term->range;

	if (term->kind == BOUND_TIME)
		return range;
	if (lifetime <= 0)
		range.set = false;
	return range_scale(&range, lifetime, 100000);
}

struct range
threshold_effective(const struct threshold *threshold, int64_t lifetime)
{
	struct range out = { 0 }, term;
	size_t i;

	for (i = 0; i < threshold->n; i++) {
		term = threshold_resolve(&threshold->terms[i], lifetime);
		if (term.set && (!out.set || term.start < out.start))
			out = term;
	}
	return out;
}

bool
range_alerts(const struct range *range, int64_t value)
{
	bool above, below;

	if (!range->set)
		return false;
	below = range->has_start && value < range->start;
	above = range->has_end && value > range->end;
	return range->inside ? !below && !above : below || above;
}

static int64_t
range_scale_one(int64_t v, int64_t mul, int64_t div)
{
	int64_t whole, part, sum, half = div / 2;

	/* Split, so that only absurd values overflow; these saturate. */
	if (__builtin_mul_overflow(v / div, mul, &whole) ||
	    __builtin_mul_overflow(v % div, mul, &part) ||
	    __builtin_add_overflow(part, part < 0 ? -half : half, &part) ||
	    __builtin_add_overflow(whole, part / div, &sum))
		return (v < 0) == (mul < 0) ? INT64_MAX : INT64_MIN;
	return sum;
}

struct range
range_scale(const struct range *range, int64_t mul, int64_t div)
{
	struct range out = *range;

	out.start = range_scale_one(range->start, mul, div);
	out.end = range_scale_one(range->end, mul, div);
	return out;
}

void
milli_format(struct buf *out, int64_t v)
{
	text_put_fixed(out, v, 3);
}

void
range_format(struct buf *out, const struct range *range)
{
	if (!range->set)
		return;
	if (range->inside)
		buf_char(out, '@');
	if (!range->has_start)
		buf_char(out, '~');
	else if (range->start != 0 || !range->has_end)
		milli_format(out, range->start);
	/* A start of 0 is left out: "10" is what everybody parses. */
	if (!range->has_end || !range->has_start || range->start != 0)
		buf_char(out, ':');
	if (range->has_end)
		milli_format(out, range->end);
}
