/* SPDX-License-Identifier: ISC */
/*
 * render: every report of render_cases.h in every format, compared with
 * tests/golden/render_CASE.VARIANT (MPC_UPDATE_GOLDEN=1 writes them), and the
 * rules of the output that hold whatever the report is.
 */
#include "base/alloc.h"
#include "base/text.h"
#include "render/perfdata.h"
#include "render/render.h"
#include "tap.h"

#include "render_cases.h"

static const struct {
	const char *name;
	void (*fill)(struct report *report);
	bool all;		/* golden files for all variants, or few */
} cases[] = {
	{ "ok", report_ok, true },
	{ "problems", report_problems, true },
	{ "down", report_down, false },
	{ "usage", report_usage, false },
	{ "empty", report_empty, false },
	{ "many", report_many, true },
	{ "one_of_many", report_one_of_many, false },
	{ "hostile", report_hostile, false },
	{ "revoked", report_revoked, false },
	{ "autossl", report_autossl, true },
	{ "autossl_one", report_autossl_one, false },
};

static const struct {
	const char *name;
	enum output_format format;
	struct render_options options;
} variants[] = {
	{ "nagios", OUTPUT_NAGIOS, { 0, PERFDATA_DEFAULT, false, 0, 0 } },
	{ "v", OUTPUT_NAGIOS, { 1, PERFDATA_DEFAULT, false, 0, 0 } },
	{ "vv", OUTPUT_NAGIOS, { 2, PERFDATA_DEFAULT, false, 0, 0 } },
	{ "vvv", OUTPUT_NAGIOS, { 3, PERFDATA_DEFAULT, false, 0, 0 } },
	{ "all", OUTPUT_NAGIOS, { 0, PERFDATA_ALL, false, 0, 0 } },
	{ "none", OUTPUT_NAGIOS, { 0, PERFDATA_NONE, false, 0, 0 } },
	{ "json", OUTPUT_JSON, { 0, PERFDATA_DEFAULT, false, 0, 0 } },
	{ "pretty", OUTPUT_JSON, { 1, PERFDATA_DEFAULT, false, 0, 0 } },
	{ "prom", OUTPUT_OPENMETRICS, { 0, PERFDATA_DEFAULT, false, 0, 0 } },
	{ "all.prom", OUTPUT_OPENMETRICS, { 0, PERFDATA_ALL, false, 0, 0 } },
	{ "text", OUTPUT_TEXT, { 0, PERFDATA_DEFAULT, false, 0, 0 } },
	{ "colour", OUTPUT_TEXT, { 1, PERFDATA_DEFAULT, true, 120, 0 } },
};

static struct report *
report_case(void (*fill)(struct report *))
{
	struct report *report = report_new("check_cert_expiry", "CERT_EXPIRY");

	report->version = "0.1.0";
	report->at = CASE_NOW;
	report->elapsed_ms = 1042;
	fill(report);
	return report;
}

static size_t
count(const struct buf *buf, char c)
{
	size_t i, n = 0;

	for (i = 0; i < buf->len; i++)
		n += buf->data[i] == c;
	return n;
}

/* Anything that could move the cursor or end the text. */
static bool
is_clean(const struct buf *buf, bool colour)
{
	size_t i;

	if (!text_is_utf8(buf_bytes(buf)))
		return false;
	for (i = 0; i < buf->len; i++) {
		struct bytes in = bytes_of(buf->data + i, buf->len - i);
		uint32_t code = 0;

		if (text_utf8_next(in, &code) == 0)
			continue;	/* within a character */
		if (code == 0x1b && colour && buf->data[i + 1] == '[')
			continue;
		if (code != '\n' && text_is_unsafe(code))
			return false;
	}
	return true;
}

static void
test_rules(const struct buf *out, size_t c, size_t v)
{
	bool text = variants[v].format == OUTPUT_NAGIOS ||
	    variants[v].format == OUTPUT_TEXT;
	const char *name = cases[c].name, *variant = variants[v].name;

	ok(!buf_failed(out) && out->len > 0 &&
	    out->data[out->len - 1] == '\n', "%s.%s: ends in a newline",
	    name, variant);
	ok(is_clean(out, variants[v].options.colour),
	    "%s.%s: UTF-8 without controls", name, variant);
	ok(!text || out->len <= RENDER_MAX, "%s.%s: %zu bytes", name,
	    variant, out->len);
	if (variants[v].format == OUTPUT_NAGIOS) {
		size_t bars = count(out, '|');
		const char *end = strchr(buf_text(out), '\n');
		const char *bar = strchr(buf_text(out), '|');

		ok(bars <= 1 && (bar == NULL || bar < end),
		    "%s.%s: at most one bar, in line 1", name, variant);
		ok(bars == (variants[v].options.perfdata == PERFDATA_NONE ||
		    strcmp(name, "usage") == 0 || strcmp(name, "empty") == 0
		    ? 0 : 1), "%s.%s: perfdata or none", name, variant);
	} else if (variants[v].format != OUTPUT_OPENMETRICS)
		is_uint(count(out, '|'), 0, "%s.%s: no bar", name, variant);
	if (variants[v].format == OUTPUT_JSON &&
	    variants[v].options.verbose == 0)
		is_uint(count(out, '\n'), 1, "%s.%s: one line", name,
		    variant);
}

static void
golden_path(char *path, size_t size, size_t c, size_t v)
{
	const char *top = getenv("TOP_SRCDIR");

	snprintf(path, size, "%s/tests/golden/render_%s.%s",
	    top == NULL ? "." : top, cases[c].name, variants[v].name);
}

static void
test_golden(const struct buf *out, size_t c, size_t v)
{
	static char want[1 << 17];
	char path[1000];
	size_t len = 0;
	FILE *file;

	golden_path(path, sizeof(path), c, v);
	if (getenv("MPC_UPDATE_GOLDEN") != NULL) {
		file = fopen(path, "w");
		if (file == NULL)
			bail("cannot write %s", path);
		fwrite(out->data, 1, out->len, file);
		fclose(file);
	}
	file = fopen(path, "r");
	if (file != NULL) {
		len = fread(want, 1, sizeof(want) - 1, file);
		fclose(file);
	}
	want[len] = '\0';
	is_str(buf_text(out), want, "%s.%s is as it was", cases[c].name,
	    variants[v].name);
}

/* One variant of each format. */
static bool
is_few(size_t v)
{
	return !variants[v].options.colour &&
	    variants[v].options.verbose == 0 &&
	    variants[v].options.perfdata == PERFDATA_DEFAULT;
}

/* --perfdata=all changes nothing in the Prometheus format but here. */
static bool
has_golden(size_t c, size_t v)
{
	if (variants[v].format == OUTPUT_OPENMETRICS &&
	    variants[v].options.perfdata == PERFDATA_ALL)
		return strcmp(cases[c].name, "autossl") == 0;
	return cases[c].all || is_few(v);
}

static void
test_all(void)
{
	struct report *report;
	struct buf out = BUF_INIT;
	size_t c, v;

	for (c = 0; c < N(cases); c++) {
		report = report_case(cases[c].fill);
		for (v = 0; v < N(variants); v++) {
			buf_reset(&out);
			render(variants[v].format, report,
			    &variants[v].options, &out);
			test_rules(&out, c, v);
			if (has_golden(c, v))
				test_golden(&out, c, v);
		}
		report_free(report);
	}
	buf_release(&out);
}

/* An error is the headline of what has no finding, on every line. */
static void
test_error(void)
{
	struct report *report = report_new("check_x", "X");
	struct result *result = case_target(report, "www.example.com", 443);
	struct buf out = BUF_INIT;
	size_t v;

	report->version = "0";
	result->error = EVIL;
	report_close(report, result);
	for (v = 0; v < N(variants); v++) {
		buf_reset(&out);
		render(variants[v].format, report, &variants[v].options,
		    &out);
		ok(is_clean(&out, variants[v].options.colour),
		    "error.%s: UTF-8 without controls", variants[v].name);
	}
	report_free(report);
	buf_release(&out);
}

/* -v adds below line 1 and changes nothing in it. */
static void
test_line_1(void)
{
	struct report *report;
	struct buf out = BUF_INIT;
	char first[4][4096];
	size_t c, v, len;

	for (c = 0; c < N(cases); c++) {
		report = report_case(cases[c].fill);
		for (v = 0; v < 4; v++) {
			buf_reset(&out);
			render(OUTPUT_NAGIOS, report, &variants[v].options,
			    &out);
			len = strcspn(buf_text(&out), "\n");
			snprintf(first[v], sizeof(first[v]), "%.*s",
			    (int)len, buf_text(&out));
		}
		ok(strcmp(first[0], first[1]) == 0 &&
		    strcmp(first[0], first[2]) == 0 &&
		    strcmp(first[0], first[3]) == 0,
		    "%s: line 1 is the same for every -v", cases[c].name);
		report_free(report);
	}
	buf_release(&out);
}

static const struct {
	struct metric metric;
	const char *prefix, *want;
} metrics[] = {
	{ { .label = "days", .unit = "", .value = 60979,
	    .warning = { true, false, true, false, 22500, 0 },
	    .critical = { true, false, true, false, 10800, 0 },
	    .has_min = true, .has_max = true, .max = 90000 }, "",
	    "days=60.979;22.5:;10.8:;0;90" },
	{ { .label = "a", .unit = "s", .value = 34 }, "", "a=0.034s" },
	{ { .label = "a", .unit = NULL, .value = -1 }, "", "a=-0.001" },
	{ { .label = "a", .unit = "%", .value = 5000, .has_min = true }, "",
	    "a=5%;;;0" },
	{ { .label = "a", .unit = "B", .value = 0, .has_max = true,
	    .max = 10 }, "", "a=0B;;;;0.01" },
	{ { .label = "a", .unit = "", .value = 1000,
	    .critical = { true, true, true, true, 0, 5000 } }, "",
	    "a=1;;@5" },
	{ { .label = "a b=c'|", .unit = "", .value = 1000 }, "[::1]:443",
	    "___1__443_a_b_c__=1" },
	{ { .label = "a", .unit = "", .value = INT64_MIN }, "",
	    "a=-9223372036854775.808" },
};

static void
test_metrics(void)
{
	struct buf out = BUF_INIT;
	size_t i;

	for (i = 0; i < N(metrics); i++) {
		buf_reset(&out);
		perfdata_metric(&out, metrics[i].prefix, &metrics[i].metric);
		is_str(buf_text(&out), metrics[i].want, "metric %zu", i);
	}
	buf_release(&out);
}

/* Many targets, all of them bad: cut on a line, and said so. */
static void
test_limit(void)
{
	static const struct render_options all = { 3, PERFDATA_ALL, true,
		200, JSON_FULL };
	struct report *report = report_new("check_x", "X");
	struct buf out = BUF_INIT;
	char host[32];
	size_t i;

	report->version = "0";
	for (i = 0; i < 3000; i++) {
		snprintf(host, sizeof(host), "host-%04zu.example", i);
		case_days(report, host, (int)(i % 7));
	}
	for (i = OUTPUT_NAGIOS; i <= OUTPUT_TEXT; i++) {
		buf_reset(&out);
		render((enum output_format)i, report, &all, &out);
		ok(i == OUTPUT_JSON || i == OUTPUT_OPENMETRICS ?
		    out.len > RENDER_MAX : out.len <= RENDER_MAX &&
		    out.len > RENDER_MAX - 1000, "format %zu: %zu bytes", i,
		    out.len);
		ok(!buf_failed(&out), "format %zu: whole", i);
		if (i == OUTPUT_NAGIOS || i == OUTPUT_TEXT)
			ok(strstr(buf_text(&out), " more\n") != NULL,
			    "format %zu: the rest is counted", i);
	}
	report_free(report);
	buf_release(&out);
}

/* --json: lists get shorter, and what is wrong is the last that goes. */
static void
test_json_fit(void)
{
	static const struct {
		enum json_detail json;
		size_t least, most;
	} rows[] = {
		{ JSON_FULL, 600000, 9000000 },
		{ JSON_BRIEF, 500001, 8000000 },
		{ JSON_PROBLEMS, 300000, 4000000 },
		{ JSON_FIT, 100000, 500000 },
	};
	struct report *report = report_new("check_x", "X");
	struct render_options how = { .verbose = 0 };
	struct buf out = BUF_INIT;
	size_t i, last = SIZE_MAX;
	char host[32];

	report->version = "0";
	for (i = 0; i < 3000; i++) {
		snprintf(host, sizeof(host), "host-%04zu.example", i);
		case_days(report, host, i % 7 == 0 ? 3 : 60);
	}
	for (i = 0; i < N(rows); i++) {
		buf_reset(&out);
		how.json = rows[i].json;
		render_json(report, &how, &out);
		ok(out.len >= rows[i].least && out.len <= rows[i].most,
		    "json %zu: %zu bytes", i, out.len);
		ok(out.len < last, "json %zu: shorter", i);
		ok(strstr(buf_text(&out), "\"targets\":3000") != NULL,
		    "json %zu: all are counted", i);
		ok(strstr(buf_text(&out), "host-0007.example") != NULL,
		    "json %zu: what is wrong is there", i);
		is_int(strstr(buf_text(&out), "host-0001.example") != NULL,
		    rows[i].json == JSON_FULL || rows[i].json == JSON_BRIEF,
		    "json %zu: and what is fine?", i);
		last = out.len;
	}
	report_free(report);
	buf_release(&out);
}

/* More websites than have a series: those that can wait have none. */
static void
test_websites(void)
{
	static const struct render_options all = { .perfdata = PERFDATA_ALL };
	static struct vhost_summary vhosts[10003];
	static char names[N(vhosts)][16], longest[300];
	struct report *report = report_new("check_autossl_queue", "Q");
	struct result *result = case_target(report, "whm", 2087);
	struct buf out = BUF_INIT;
	size_t i, n = 0;

	memset(longest, 'x', sizeof(longest) - 1);
	for (i = 0; i < N(vhosts); i++) {
		snprintf(names[i], sizeof(names[i]), "site-%05zu", i);
		vhosts[i] = (struct vhost_summary){ .user = bytes_str("u"),
			.servername = bytes_str(names[i]), .autossl = true,
			.has_dates = true, .issuer = "letsencrypt",
			.word = "fine", .not_after = (int64_t)(20000 - i) };
	}
	vhosts[1].status = STATUS_CRITICAL;
	vhosts[2].servername = bytes_str(longest);
	result->facts.kind = "autossl";
	result->facts.vhosts = vhosts;
	result->facts.n_vhosts = N(vhosts);
	report_close(report, result);
	render_openmetrics(report, &all, &out);
	for (const char *c = buf_text(&out); (c = strstr(c,
	    "\ntlscert_autossl_website_state{")) != NULL; c++)
		n++;
	is_uint(n, 10000, "10,000 websites have a series");
	ok(strstr(buf_text(&out), "site-00001") != NULL, "a critical one has");
	ok(strstr(buf_text(&out), "site-00000") == NULL &&
	    strstr(buf_text(&out), "site-10002") != NULL,
	    "those that end last have none");
	ok(strstr(buf_text(&out), "xxx") == NULL, "nor has a name that is cut");
	ok(strstr(buf_text(&out), "left_out{plugin=\"check_autossl_queue\","
	    "target=\"whm:2087\"} 3\n# EOF\n") != NULL, "which is said");
	report_free(report);
	buf_release(&out);
}

/* Whatever allocation fails: no crash, no leak, and the caller is told. */
static void
test_nomem(void)
{
	struct report *report;
	unsigned long nth, bad = 0;
	struct buf out = BUF_INIT;
	bool complete;
	size_t v;

	report = report_case(report_many);
	for (v = 0; v < N(variants); v++) {
		complete = false;
		for (nth = 1; nth < 2000 && !complete; nth++) {
			buf_release(&out);
			mem_fail_at(nth, 1);
			render(variants[v].format, report,
			    &variants[v].options, &out);
			complete = mem_count() > 0 && !buf_failed(&out);
			mem_fail_at(0, 0);
		}
		bad += !complete;
	}
	is_uint(bad, 0, "every variant comes out in the end");
	report_free(report);
	buf_release(&out);
}

int
main(void)
{
	test_all();
	test_error();
	test_line_1();
	test_metrics();
	test_limit();
	test_json_fit();
	test_websites();
	test_nomem();
	return tap_done();
}
