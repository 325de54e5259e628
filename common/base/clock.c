/* SPDX-License-Identifier: ISC */
/*
 * The two clocks and the calendar: proleptic Gregorian, counted in eras of
 * 400 years that begin on 1 March, so that leap days come last.
 */
#include "base/clock.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define DAY INT64_C(86400)
#define ERA_DAYS INT64_C(146097)
#define EPOCH_DAYS INT64_C(719468)	/* 0000-03-01 to 1970-01-01 */
#define CLOCK_MIN INT64_C(-62167219200)	/* 0000-01-01T00:00:00Z */
#define CLOCK_MAX INT64_C(253402300799)	/* 9999-12-31T23:59:59Z */

int64_t
clock_wall(void)
{
	return (int64_t)time(NULL);
}

int64_t
clock_mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + (int64_t)ts.tv_nsec / 1000000;
}

static bool
clock_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool
clock_is_civil(const struct civil *c)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int last;

	if (c->year < 0 || c->year > 9999 || c->month < 1 || c->month > 12)
		return false;
	last = days[c->month - 1];
	if (c->month == 2 && clock_is_leap(c->year))
		last = 29;
	return c->day >= 1 && c->day <= last && c->hour >= 0 &&
	    c->hour <= 23 && c->minute >= 0 && c->minute <= 59 &&
	    c->second >= 0 && c->second <= 59;
}

int
clock_from_civil(const struct civil *civil, int64_t *out)
{
	int64_t year, era, of_era, month, days;

	if (!clock_is_civil(civil))
		return -1;
	year = civil->year - (civil->month <= 2);
	era = (year >= 0 ? year : year - 399) / 400;
	of_era = year - era * 400;
	month = (civil->month + 9) % 12;	/* from March */
	days = era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 +
	    (153 * month + 2) / 5 + civil->day - 1 - EPOCH_DAYS;
	*out = days * DAY + civil->hour * 3600 + civil->minute * 60 +
	    civil->second;
	return 0;
}

void
clock_to_civil(int64_t at, struct civil *out)
{
	int64_t days = at / DAY, rest = at % DAY;
	int64_t era, of_era, year, of_year, month;

	if (rest < 0) {
		rest += DAY;
		days--;
	}
	days += EPOCH_DAYS;
	era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
	of_era = days - era * ERA_DAYS;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
	    365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	out->day = (int)(of_year - (153 * month + 2) / 5) + 1;
	out->month = (int)(month < 10 ? month + 3 : month - 9);
	out->year = year + era * 400 + (out->month <= 2);
	out->hour = (int)(rest / 3600);
	out->minute = (int)(rest / 60 % 60);
	out->second = (int)(rest % 60);
}

/*
 * Text against a pattern: Y M D h m s each stand for one digit of that field,
 * T for a T or a blank, everything else for itself.
 */
static int
clock_scan(const char *text, const char *pattern, struct civil *out)
{
	static const char fields[] = "YMDhms";
	int v[6] = { 0, 0, 0, 0, 0, 0 };
	const char *field;

	for (; *pattern != '\0'; pattern++, text++) {
		field = strchr(fields, *pattern);
		if (field != NULL) {
			if (*text < '0' || *text > '9')
				return -1;
			v[field - fields] = v[field - fields] * 10 +
			    (*text - '0');
		} else if (*text != *pattern &&
		    !(*pattern == 'T' && *text == ' '))
			return -1;
	}
	*out = (struct civil){ v[0], v[1], v[2], v[3], v[4], v[5] };
	return *text == '\0' ? 0 : -1;
}

int
clock_parse(const char *text, int64_t *out, struct err *err)
{
	static const char *const patterns[] = { "YYYY-MM-DD",
		"YYYY-MM-DDThh:mm", "YYYY-MM-DDThh:mmZ",
		"YYYY-MM-DDThh:mm:ss", "YYYY-MM-DDThh:mm:ssZ" };
	struct civil civil;
	int64_t at;
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		if (clock_scan(text, patterns[i], &civil) != 0)
			continue;
		if (clock_from_civil(&civil, out) != 0)
			return err_set(err, ERR_USAGE,
			    "'%s' is not a date of the calendar", text);
		return 0;
	}
	if (*text == '@')
		text++;
	if (*text == '+' || text_i64(text, &at) != 0)
		return err_set(err, ERR_USAGE, "'%s' is not an instant "
		    "(2026-12-01, 2026-12-01T10:00:00Z or epoch seconds)",
		    text);
	if (at < CLOCK_MIN || at > CLOCK_MAX)
		return err_set(err, ERR_USAGE,
		    "'%s' is outside the years 0 to 9999", text);
	*out = at;
	return 0;
}

void
clock_format_date(struct buf *out, int64_t at)
{
	struct civil c;

	clock_to_civil(at, &c);
	buf_printf(out, "%04lld-%02d-%02d", (long long)c.year, c.month, c.day);
}

void
clock_format(struct buf *out, int64_t at)
{
	struct civil c;

	clock_to_civil(at, &c);
	clock_format_date(out, at);
	buf_printf(out, "T%02d:%02d:%02dZ", c.hour, c.minute, c.second);
}
