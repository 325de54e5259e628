/* SPDX-License-Identifier: ISC */
/* base/duration: the grammar, and both ways of writing it. */
#include "base/duration.h"
#include "tap.h"

#define NO INT64_MIN

static const struct {
	const char *text;
	int64_t unit, want;
} rows[] = {
	{ "0", 1, 0 }, { "0", 86400, 0 }, { "90", 1, 90 },
	{ "30", 86400, 2592000 }, { "90s", 86400, 90 }, { "15m", 1, 900 },
	{ "12h", 1, 43200 }, { "30d", 1, 2592000 }, { "2w", 1, 1209600 },
	{ "1d12h", 1, 129600 }, { "1w1d1h1m1s", 1, 694861 },
	{ "1.5d", 1, 129600 }, { "1.5", 86400, 129600 },
	{ "0.1d", 1, 8640 }, { "1d1.5h", 1, 91800 },
	{ "0.000001w", 1, 1 }, { "2.4s", 1, 2 }, { "2.5s", 1, 3 },
	{ "010", 1, 10 }, { "1099511627776", 1, DURATION_MAX },
	{ "1099511627777", 1, NO }, { "1099511627775.9s", 1, DURATION_MAX },
	{ "1099511627776.5s", 1, NO }, { "12725829d", 1, 1099511625600 },
	{ "12725830d", 1, NO }, { "99999999999999999999", 1, NO },
	{ "9999999999999999999999d", 1, NO },
	{ "12725829d86400s", 1, NO },
	{ "", 1, NO }, { " ", 1, NO }, { "s", 1, NO }, { "d", 1, NO },
	{ "-1", 1, NO }, { "+1", 1, NO }, { "1 d", 1, NO }, { " 1d", 1, NO },
	{ "1d ", 1, NO }, { "1dd", 1, NO }, { "1h1d", 1, NO },
	{ "1d1d", 1, NO }, { "1d12", 1, NO }, { "1.5d12h", 1, NO },
	{ ".5d", 1, NO }, { "1.d", 1, NO }, { "1.", 1, NO },
	{ "1.0000001d", 1, NO }, { "1e3", 1, NO }, { "0x10", 1, NO },
	{ "1D", 1, NO }, { "1M", 1, NO }, { "1y", 1, NO }, { "1,5d", 1, NO },
	{ "inf", 1, NO }, { "1.5.5d", 1, NO }, { "1ms", 1, NO },
};

static const struct {
	const char *text;
	int64_t want;
} ms_rows[] = {
	{ "10", 10000 }, { "2.5", 2500 }, { "2.5s", 2500 },
	{ "0.001", 1 }, { "0.0004", 0 }, { "0.0005", 1 }, { "1m", 60000 },
	{ "0", 0 }, { "1099511627776", DURATION_MAX * 1000 },
	{ "1099511627777", NO }, { "x", NO }, { "", NO },
};

static const struct {
	int64_t seconds;
	const char *people, *machines;
} formats[] = {
	{ 0, "0 s", "0s" }, { 1, "1 s", "1s" }, { 59, "59 s", "59s" },
	{ 60, "1 min", "60s" }, { 61, "1 min 1 s", "61s" },
	{ 90, "1 min 30 s", "90s" }, { 119, "1 min 59 s", "119s" },
	{ 120, "2 min", "2m" }, { 121, "2 min 1 s", "2m1s" },
	{ 599, "9 min 59 s", "9m59s" }, { 600, "10 min", "10m" },
	{ 659, "10 min", "10m59s" }, { 3599, "59 min", "59m59s" },
	{ 3600, "1 h", "1h" }, { 3659, "1 h", "1h59s" },
	{ 3660, "1 h 1 min", "1h1m" }, { 19200, "5 h 20 min", "5h20m" },
	{ 86399, "23 h 59 min", "23h59m59s" }, { 86400, "1 day", "1d" },
	{ 95039, "1 day", "1d2h23m59s" }, { 95040, "1.1 days", "1d2h24m" },
	{ 86460, "1 day", "1d1m" }, { 129600, "1.5 days", "1d12h" },
	{ 172799, "1.9 days", "1d23h59m59s" }, { 172800, "2 days", "2d" },
	{ 535680, "6.2 days", "6d4h48m" },
	{ 863999, "9.9 days", "9d23h59m59s" }, { 864000, "10 days", "10d" },
	{ 950399, "10.9 days", "10d23h59m59s" },
	{ 1728000, "20 days", "20d" }, { -1728000, "20 days", "20d" },
	{ -1, "1 s", "1s" }, { 7776000, "90 days", "90d" },
};

static void
test_parse(void)
{
	struct err err;
	int64_t got;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		got = NO;
		err_clear(&err);
		if (duration_parse(bytes_str(rows[i].text), rows[i].unit,
		    &got, &err) != 0)
			got = NO;
		is_int(got, rows[i].want, "'%s' at %lld%s%s", rows[i].text,
		    (long long)rows[i].unit, err.text[0] ? ": " : "",
		    err.text);
		ok((err.kind == ERR_USAGE) == (rows[i].want == NO),
		    "'%s': the error", rows[i].text);
	}
	for (i = 0; i < sizeof(ms_rows) / sizeof(*ms_rows); i++) {
		if (duration_parse_ms(bytes_str(ms_rows[i].text), &got,
		    NULL) != 0)
			got = NO;
		is_int(got, ms_rows[i].want, "'%s' in ms", ms_rows[i].text);
	}
	is_int(duration_parse(bytes_of("30days", 3), 1, &got, NULL), 0,
	    "the length counts, not a NUL");
	is_int(got, 2592000, "30d of 30days");
	is_int(duration_parse(bytes_of(NULL, 0), 1, &got, NULL), -1, "NULL");
}

static void
test_format(void)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	int64_t back, want;
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		buf_reset(&a);
		buf_reset(&b);
		duration_format(&a, formats[i].seconds);
		duration_compact(&b, formats[i].seconds);
		is_str(buf_text(&a), formats[i].people, "%lld for people",
		    (long long)formats[i].seconds);
		is_str(buf_text(&b), formats[i].machines,
		    "%lld for machines", (long long)formats[i].seconds);
		want = formats[i].seconds < 0 ? -formats[i].seconds :
		    formats[i].seconds;
		ok(duration_parse(buf_bytes(&b), 1, &back, NULL) == 0 &&
		    back == want, "%s is read back", buf_text(&b));
	}
	buf_reset(&a);
	duration_format(&a, INT64_MIN);
	duration_compact(&a, INT64_MIN);
	ok(a.len > 0, "INT64_MIN: %s", buf_text(&a));
	buf_release(&a);
	buf_release(&b);
}

int
main(void)
{
	test_parse();
	test_format();
	return tap_done();
}
