/* SPDX-License-Identifier: ISC */
/* base/clock: the calendar and its edges. */
#include "base/clock.h"
#include "tap.h"

/* Both ways; the seconds are those of GNU date. */
static const struct {
	int64_t at;
	const char *text;
} both[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ -1, "1969-12-31T23:59:59Z" },
	{ 1, "1970-01-01T00:00:01Z" },
	{ 86399, "1970-01-01T23:59:59Z" },
	{ 86400, "1970-01-02T00:00:00Z" },
	{ 951782399, "2000-02-28T23:59:59Z" },
	{ 951782400, "2000-02-29T00:00:00Z" },
	{ 951868800, "2000-03-01T00:00:00Z" },
	{ 1078012800, "2004-02-29T00:00:00Z" },
	{ -2203977600, "1900-02-28T00:00:00Z" },
	{ -2203891200, "1900-03-01T00:00:00Z" },
	{ 2147483647, "2038-01-19T03:14:07Z" },
	{ 2147483648, "2038-01-19T03:14:08Z" },
	{ -2147483649, "1901-12-13T20:45:51Z" },
	{ 4294967296, "2106-02-07T06:28:16Z" },
	{ 2524607999, "2049-12-31T23:59:59Z" },
	{ 2524608000, "2050-01-01T00:00:00Z" },
	{ 4107542400, "2100-03-01T00:00:00Z" },
	{ 253402300799, "9999-12-31T23:59:59Z" },
	{ -62167219200, "0000-01-01T00:00:00Z" },
	{ -62162035201, "0000-02-29T23:59:59Z" },
	{ -62162035200, "0000-03-01T00:00:00Z" },
	{ -62135596800, "0001-01-01T00:00:00Z" },
};

static const struct {
	const char *text;
	int64_t at;
} parsed[] = {
	{ "2026-12-01", 1796083200 },
	{ "2026-12-01T10:00", 1796119200 },
	{ "2026-12-01T10:00Z", 1796119200 },
	{ "2026-12-01 10:00", 1796119200 },
	{ "2026-12-01T10:00:01", 1796119201 },
	{ "2026-12-01 10:00:01Z", 1796119201 },
	{ "1796119201", 1796119201 },
	{ "@1796119201", 1796119201 },
	{ "@-1", -1 }, { "-1", -1 }, { "0", 0 }, { "@0", 0 },
	{ "20261201", 20261201 },
	{ "253402300799", 253402300799 },
	{ "-62167219200", -62167219200 },
};

static const char *const refused[] = {
	"", " ", "now", "@", "-", "+1", "@+1", "--1", "0x10", "1e9", "1.5",
	"253402300800", "-62167219201", "99999999999999999999",
	"2026-12-1", "2026-12", "2026", /* an epoch second */ "2026-13-01",
	"2026-00-10", "2026-04-31", "2026-02-29", "2100-02-29",
	"2026-12-00", "2026-12-32", "2026-12-01T24:00", "2026-12-01T10:60",
	"2026-12-01T10:00:60", "2026-12-01T10", "2026-12-01T10:00:00+01:00",
	"2026-12-01t10:00", "2026-12-01T10:00:00z", "2026-12-01Z",
	"2026-12-01  10:00", " 2026-12-01", "2026-12-01 ", "2026/12/01",
	"2026-12-01T10:00:00.5Z", "12026-01-01", "-2026-01-01",
	"2026-1a-01",
};

static void
test_both(void)
{
	struct buf buf = BUF_INIT;
	int64_t at;
	size_t i;

	for (i = 0; i < sizeof(both) / sizeof(*both); i++) {
		buf_reset(&buf);
		clock_format(&buf, both[i].at);
		is_str(buf_text(&buf), both[i].text, "format %lld",
		    (long long)both[i].at);
		at = 12345;
		ok(clock_parse(both[i].text, &at, NULL) == 0 &&
		    at == both[i].at, "parse %s", both[i].text);
	}
	buf_reset(&buf);
	clock_format_date(&buf, 1796119201);
	is_str(buf_text(&buf), "2026-12-01", "date");
	buf_release(&buf);
}

static void
test_parse(void)
{
	struct err err = ERR_INIT;
	int64_t at;
	size_t i;

	for (i = 0; i < sizeof(parsed) / sizeof(*parsed); i++)
		ok(clock_parse(parsed[i].text, &at, &err) == 0 &&
		    at == parsed[i].at, "parse %s", parsed[i].text);
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (strcmp(refused[i], "2026") == 0)
			continue;
		err_clear(&err);
		ok(clock_parse(refused[i], &at, &err) == -1 &&
		    err.kind == ERR_USAGE, "refuse '%s': %s", refused[i],
		    err.text);
	}
}

/* Every day of 0..9999 follows the one before and comes back. */
static void
test_every_day(void)
{
	struct civil c, last = { 0, 1, 0, 0, 0, 0 };
	int64_t at, back, bad = 0, days = 0;

	for (at = -62167219200; at <= 253402300799; at += 86400, days++) {
		clock_to_civil(at, &c);
		bad += clock_from_civil(&c, &back) != 0 || back != at;
		if (c.day == 1)
			bad += c.month == 1 ? last.day != 31 ||
			    last.month != 12 ? days != 0 : 0 :
			    c.month != last.month + 1;
		else
			bad += c.day != last.day + 1;
		last = c;
	}
	is_int(days, 3652425, "days from 0000 to 9999");
	is_int(bad, 0, "each of them comes back");
}

static void
test_fields(void)
{
	struct civil c = { 2026, 12, 1, 10, 0, 0 };
	int64_t at, a, b;

	is_int(clock_from_civil(&c, &at), 0, "a date");
	c.year = 10000;
	is_int(clock_from_civil(&c, &at), -1, "year 10000");
	c.year = -1;
	is_int(clock_from_civil(&c, &at), -1, "year -1");
	c = (struct civil){ 2026, 12, 1, -1, 0, 0 };
	is_int(clock_from_civil(&c, &at), -1, "hour -1");
	c = (struct civil){ 2026, 12, 1, 0, 0, -1 };
	is_int(clock_from_civil(&c, &at), -1, "second -1");
	clock_to_civil(INT64_MAX, &c);
	clock_to_civil(INT64_MIN, &c);
	pass("any instant has a date");
	a = clock_mono_ms();
	b = clock_mono_ms();
	ok(a >= 0 && b >= a, "the monotonic clock");
	ok(clock_wall() > 1700000000, "the wall clock");
}

int
main(void)
{
	test_both();
	test_parse();
	test_every_day();
	test_fields();
	return tap_done();
}
