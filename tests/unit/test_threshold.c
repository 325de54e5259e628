/* SPDX-License-Identifier: ISC */
/* model/threshold: the grammar, resolving, alerting, formatting. */
#include "model/threshold.h"
#include "tap.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define DAY 86400
#define LIFE (90 * DAY)

/* The range in thousandths of a day for a lifetime of 90 days. */
static const struct {
	const char *text, *want;	/* want NULL: refused */
} rows[] = {
	{ "28", "28:" }, { "28d", "28:" }, { "28:", "28:" }, { "0", "0:" },
	{ "0:", "0:" }, { "12h", "0.5:" }, { "1.5", "1.5:" },
	{ "1d12h", "1.5:" }, { "010", "10:" }, { ":10", "10" },
	{ "0:10", "10" }, { "~:10", "~:10" }, { "10:20", "10:20" },
	{ "10:10", "10:10" }, { "@10:20", "@10:20" }, { "@10", "@10" },
	{ "@~:10", "@~:10" }, { "@10:", "@10:" }, { "12h:2d", "0.5:2" },
	{ "25%", "22.5:" }, { "25%:", "22.5:" }, { "12%", "10.8:" },
	{ "33.333%", "30:" }, { "10%:20%", "9:18" }, { ":20%", "18" },
	{ "~:20%", "~:18" }, { "@10%:20%", "@9:18" }, { "0%", "0:" },
	{ "100%", "90:" }, { "1000%", "900:" },
	{ "28d,25%", "22.5:" }, { "14d,12%", "10.8:" },
	{ "14d,25%", "14:" }, { "25%,14d", "14:" }, { "28,14,50%", "14:" },
	{ "1,2,3,4", "1:" }, { "28d:,25%:", "22.5:" },
	/* refused */
	{ "", NULL }, { ":", NULL }, { "~", NULL }, { "@", NULL },
	{ "~:", NULL }, { "@:", NULL }, { "@~", NULL }, { "@~:", NULL },
	{ "20:10", NULL }, { "20%:10%", NULL }, { "@20:10", NULL },
	{ "2d:12h", NULL }, { "10:20:30", NULL }, { "10:20%", NULL },
	{ "10%:20", NULL }, { "0x10", NULL }, { "1e3", NULL },
	{ "10abc", NULL }, { "10 ", NULL }, { " 10", NULL }, { "+10", NULL },
	{ "-10", NULL }, { "-10:", NULL }, { "10:-5", NULL },
	{ "nan", NULL }, { "inf", NULL }, { "10..20", NULL },
	{ "%", NULL }, { "-5%", NULL }, { "+5%", NULL }, { "5.0001%", NULL },
	{ "1000.001%", NULL }, { "5%%", NULL }, { "5 %", NULL },
	{ "0x5%", NULL }, { ",", NULL }, { "28d,", NULL }, { ",28d", NULL },
	{ "28d,,25%", NULL }, { "28d,10:20", NULL }, { "28d,~:5", NULL },
	{ "28d,@5", NULL }, { ":5,28d", NULL }, { "1,2,3,4,5", NULL },
	{ "~5:10", NULL }, { "10:~", NULL }, { "~:~", NULL },
	{ "@@5", NULL }, { "99999999999999999999", NULL },
	{ "/root:10", NULL },
};

static void
test_parse(void)
{
	struct buf buf = BUF_INIT;
	struct threshold t;
	struct range range;
	struct err err;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		err_clear(&err);
		buf_reset(&buf);
		if (threshold_parse(rows[i].text, DAY, &t, &err) == 0) {
			range = threshold_effective(&t, LIFE);
			range = range_scale(&range, 1000, DAY);
			range_format(&buf, &range);
		}
		is_str(err.kind != ERR_NONE ? NULL : buf_text(&buf),
		    rows[i].want, "'%s'%s%s", rows[i].text,
		    err.kind == ERR_NONE ? "" : ": ", err.text);
		ok(err.kind == (rows[i].want == NULL ? ERR_USAGE : ERR_NONE),
		    "'%s': the kind of error", rows[i].text);
	}
	buf_release(&buf);
}

/* What the user is told. */
static const struct {
	const char *text, *want;
} errors[] = {
	{ "28x", "threshold '28x': '28x' is not a duration "
	    "(90s, 15m, 12h, 30d, 2w, 1d12h)" },
	{ "20:10", "threshold '20:10': its start is above its end" },
	{ "~", "threshold '~': it has no bound" },
	{ "10:20%", "threshold '10:20%': it has a time on one side and a "
	    "percentage on the other" },
	{ "28d,~:5", "threshold '28d,~:5': a list holds lower bounds only, "
	    "such as 28d,25%" },
	{ "1,2,3,4,5", "threshold '1,2,3,4,5': it has more than 4 parts" },
	{ "2000%", "threshold '2000%': '2000%' is more than 1000%" },
	{ "x%", "threshold 'x%': 'x%' is not a percentage" },
	{ "/root:10", "threshold '/root:10': did the shell expand a '~'? "
	    "quote it: '~:10'" },
};

static void
test_errors(void)
{
	struct threshold t = { 0, { { BOUND_TIME, { 0 } } } };
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < N(errors); i++) {
		threshold_parse(errors[i].text, DAY, &t, &err);
		is_str(err.text, errors[i].want, "error for %s",
		    errors[i].text);
	}
	is_uint(t.n, 0, "nothing is set on an error");
	is_int(threshold_parse("/x:1", DAY, &t, NULL), -1, "err may be NULL");
}

/* x: where it alerts; values 4 5 6 9 10 11 19 20 21 (days). */
static const struct {
	const char *text, *alerts;
} alerts[] = {
	{ "10", "xxxx....." }, { "10:", "xxxx....." },
	{ ":10", ".....xxxx" }, { "~:10", ".....xxxx" },
	{ "10:20", "xxxx....x" }, { "@10:20", "....xxxx." },
	{ "@10", "xxxxx...." }, { "@10:", "....xxxxx" },
	{ "@~:10", "xxxxx...." }, { "5:5", "x.xxxxxxx" },
	{ "@5:5", ".x......." }, { "0", "........." },
};

static void
test_alerts(void)
{
	static const int values[] = { 4, 5, 6, 9, 10, 11, 19, 20, 21 };
	struct range range = { 0 };
	struct threshold t;
	char got[10] = "";
	size_t i, k;

	for (i = 0; i < N(alerts); i++) {
		threshold_parse(alerts[i].text, DAY, &t, NULL);
		range = threshold_effective(&t, LIFE);
		for (k = 0; k < 9; k++)
			got[k] = range_alerts(&range,
			    (int64_t)values[k] * DAY) ? 'x' : '.';
		is_str(got, alerts[i].alerts, "alerts of '%s'",
		    alerts[i].text);
	}
	threshold_parse("10d", DAY, &t, NULL);
	range = threshold_effective(&t, LIFE);
	ok(range_alerts(&range, 10 * DAY - 1), "one second less");
	ok(!range_alerts(&range, 10 * DAY), "just so much");
	ok(range_alerts(&range, -1), "negative is less, not huge");
	ok(range_alerts(&range, INT64_MIN), "INT64_MIN");
	threshold_parse(":10", DAY, &t, NULL);
	range = threshold_effective(&t, LIFE);
	ok(range_alerts(&range, -1), "below 0 is outside of :10");
	range.set = false;
	ok(!range_alerts(&range, -1), "not set: never");
}

static void
test_effective(void)
{
	struct threshold none = { 0, { { BOUND_TIME, { 0 } } } }, t;
	struct range range = threshold_effective(&none, LIFE);

	ok(!range.set, "no threshold, no range");
	threshold_parse("25%", DAY, &t, NULL);
	ok(!threshold_effective(&t, 0).set, "a percentage of nothing");
	ok(!threshold_effective(&t, -5).set, "of a negative lifetime");
	threshold_parse("28d,25%", DAY, &t, NULL);
	range = threshold_effective(&t, 0);
	ok(range.set && range.start == 28 * DAY, "the other part holds");
	range = threshold_effective(&t, 160 * 3600);
	is_int(range.start, 144000, "25%% of a certificate for 160 hours");
	range = threshold_effective(&t, INT64_MAX);
	is_int(range.start, 28 * DAY, "of an absurd lifetime");
	threshold_parse("10", 1, &t, NULL);
	is_int(threshold_effective(&t, 1).start, 10, "the unit is seconds");
}

static const struct {
	int64_t v, mul, div, want;
} scales[] = {
	{ 1, 1000, 86400, 0 }, { 43, 1000, 86400, 0 },
	{ 44, 1000, 86400, 1 }, { -44, 1000, 86400, -1 },
	{ 86400, 1000, 86400, 1000 }, { 1, 1, 2, 1 }, { -1, 1, 2, -1 },
	{ 1, 1, 3, 0 }, { 25000, LIFE, 100000, LIFE / 4 },
	{ INT64_MAX, 2, 1, INT64_MAX }, { INT64_MIN, 2, 1, INT64_MIN },
	{ INT64_MAX, -2, 1, INT64_MIN }, { INT64_MAX, 1, 1, INT64_MAX },
	{ INT64_MAX, 1000, 86400, 106751991167300646 },
};

static const struct {
	struct range range;
	const char *want;
} formats[] = {
	{ { false, false, true, true, 1, 2 }, "" },
	{ { true, false, true, false, 22500, 0 }, "22.5:" },
	{ { true, true, true, true, 1000, 2000 }, "@1:2" },
	{ { true, false, false, true, 0, 5000 }, "~:5" },
	{ { true, false, true, true, 0, 5000 }, "5" },
	{ { true, false, true, false, 0, 0 }, "0:" },
	{ { true, false, true, true, -1500, 1 }, "-1.5:0.001" },
	{ { true, false, false, true, 0, 0 }, "~:0" },
};

static void
test_numbers(void)
{
	struct buf buf = BUF_INIT;
	struct range range = { 0 };
	size_t i;

	for (i = 0; i < N(scales); i++) {
		range.start = scales[i].v;
		is_int(range_scale(&range, scales[i].mul,
		    scales[i].div).start, scales[i].want, "scale row %zu",
		    i);
	}
	for (i = 0; i < N(formats); i++) {
		buf_reset(&buf);
		range_format(&buf, &formats[i].range);
		is_str(buf_text(&buf), formats[i].want, "format '%s'",
		    formats[i].want);
	}
	buf_reset(&buf);
	milli_format(&buf, 60979);
	is_str(buf_text(&buf), "60.979", "milli_format");
	buf_release(&buf);
}

int
main(void)
{
	test_parse();
	test_errors();
	test_alerts();
	test_effective();
	test_numbers();
	return tap_done();
}
