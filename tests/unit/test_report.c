/* SPDX-License-Identifier: ISC */
/* model/report: policy, status, headline, labels, memory. */
#include "base/alloc.h"
#include "base/text.h"
#include "model/report.h"
#include "tap.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

struct row {
	enum finding_id id;
	enum status status;
	const char *subject, *text;
};

#define EXPIRY FINDING_CERT_EXPIRY
#define NAME FINDING_CERT_NAME

/* What a result becomes of its findings. */
static const struct {
	const char *name;
	struct row rows[4];
	size_t n;
	enum status status;
	const char *headline;
} cases[] = {
	{ "nothing", { { EXPIRY, 0, "", "" } }, 0, STATUS_UNKNOWN,
	    "nothing was checked" },
	{ "one ok", { { NAME, STATUS_OK, "leaf", "name fits" } }, 1,
	    STATUS_OK, "name fits" },
	{ "expiry is told first", { { NAME, STATUS_OK, "leaf", "name fits" },
	    { EXPIRY, STATUS_OK, "leaf", "60 days" },
	    { EXPIRY, STATUS_OK, "root", "900 days" } }, 3, STATUS_OK,
	    "60 days" },
	{ "worst", { { EXPIRY, STATUS_OK, "leaf", "60 days" },
	    { NAME, STATUS_WARNING, "leaf", "w" },
	    { NAME, STATUS_CRITICAL, "leaf", "c" } }, 3, STATUS_CRITICAL,
	    "c" },
	{ "first of equals", { { NAME, STATUS_WARNING, "leaf", "first" },
	    { EXPIRY, STATUS_WARNING, "leaf", "second" } }, 2,
	    STATUS_WARNING, "first" },
	{ "warning is worse than unknown",
	    { { NAME, STATUS_UNKNOWN, "leaf", "u" },
	    { NAME, STATUS_WARNING, "leaf", "w" } }, 2, STATUS_WARNING,
	    "w" },
	{ "unknown is worse than ok", { { EXPIRY, STATUS_OK, "leaf", "o" },
	    { NAME, STATUS_UNKNOWN, "leaf", "u" } }, 2, STATUS_UNKNOWN,
	    "u" },
	{ "the subject is named", { { EXPIRY, STATUS_CRITICAL,
	    "intermediate 1", "expired" } }, 1, STATUS_CRITICAL,
	    "intermediate 1: expired" },
	{ "no subject", { { NAME, STATUS_WARNING, NULL, "w" } }, 1,
	    STATUS_WARNING, "w" },
	{ "cleaned", { { NAME, STATUS_WARNING, "leaf", "a|b\n\033c\xff" } },
	    1, STATUS_WARNING, "a\\x7cb\\x0a\\x1bc\\xff" },
};

static void
test_cases(void)
{
	struct report *report = report_new("check_x", "X");
	struct result *result;
	size_t i, k;

	for (i = 0; i < N(cases); i++) {
		result = report_add(report, "t", "t");
		for (k = 0; k < cases[i].n; k++)
			result_add(result, cases[i].rows[k].id,
			    cases[i].rows[k].status,
			    cases[i].rows[k].subject, "%s",
			    cases[i].rows[k].text);
		report_close(report, result);
		is_int(result->status, cases[i].status, "%s: status",
		    cases[i].name);
		is_str(result->headline, cases[i].headline, "%s: headline",
		    cases[i].name);
	}
	result = report_add(report, "t", "t");
	result_ok(result, NAME, "a|b\n\033c", "fine");
	is_str(result->findings[0].subject, "a\\x7cb\\x0a\\x1bc",
	    "a subject is cleaned, too");
	is_uint(report->counts[STATUS_OK], 2, "count of ok");
	is_uint(report->counts[STATUS_WARNING], 4, "count of warning");
	is_uint(report->counts[STATUS_CRITICAL], 2, "count of critical");
	is_uint(report->counts[STATUS_UNKNOWN], 2, "count of unknown");
	is_int(report_status(report), STATUS_CRITICAL, "the worst of all");
	report_free(report);
	report_free(NULL);
}

/* add: 'o' result_ok, 'b' result_bad, 'a' result_add WARNING, 'A' OK. */
static const struct {
	const char *name;
	char add;
	bool checked, ignore, set;
	enum status to, want;
} policies[] = {
	{ "default", 'b', 1, 0, 0, STATUS_OK, STATUS_CRITICAL },
	{ "own status", 'a', 1, 0, 0, STATUS_OK, STATUS_WARNING },
	{ "severity", 'b', 1, 0, 1, STATUS_WARNING, STATUS_WARNING },
	{ "severity ok", 'b', 1, 0, 1, STATUS_OK, STATUS_OK },
	{ "severity over own", 'a', 1, 0, 1, STATUS_UNKNOWN,
	    STATUS_UNKNOWN },
	{ "severity not over ok", 'o', 1, 0, 1, STATUS_CRITICAL, STATUS_OK },
	{ "nor over own ok", 'A', 1, 0, 1, STATUS_CRITICAL, STATUS_OK },
	{ "ignored", 'b', 1, 1, 0, STATUS_OK, STATUS_OK },
	{ "ignored, own", 'a', 1, 1, 0, STATUS_OK, STATUS_OK },
	{ "ignored before severity", 'b', 1, 1, 1, STATUS_CRITICAL,
	    STATUS_OK },
	{ "ignored, nothing seen", 'b', 0, 1, 0, STATUS_OK,
	    STATUS_UNKNOWN },
	{ "ok is not ignored", 'o', 1, 1, 0, STATUS_OK, STATUS_OK },
};

static void
policies_add(struct result *r, char how)
{
	if (how == 'o')
		result_ok(r, NAME, "leaf", "fine %d", 1);
	else if (how == 'b')
		result_bad(r, NAME, "leaf", "bad %d", 1);
	else
		result_add(r, NAME,
		    how == 'A' ? STATUS_OK : STATUS_WARNING, "leaf", "own");
}

static void
test_policies(void)
{
	struct report *report = report_new("check_x", "X");
	struct policy policy;
	struct result *r;
	size_t i;

	for (i = 0; i < N(policies); i++) {
		memset(&policy, 0, sizeof(policy));
		if (policies[i].ignore)
			policy_ignore(&policy, NAME);
		if (policies[i].set)
			policy_set(&policy, NAME, policies[i].to);
		r = report_add(report, "t", "t");
		r->checked = policies[i].checked;
		r->policy = &policy;
		policies_add(r, policies[i].add);
		report_close(report, r);
		is_int(r->status, policies[i].want, "%s", policies[i].name);
	}
	r = report_add(report, "t", "t");
	result_bad(r, NAME, "leaf", "x");
	result_ok(r, NAME, "leaf", "x");
	is_uint(r->n_findings, 2, "no policy");
	report_close(report, r);
	report_free(report);
}

static const struct {
	const char *wanted, *label;
} labels[] = {
	{ "www_443", "www_443" }, { "www_443", "www_443_2" },
	{ "www_443", "www_443_3" }, { "www_443_2", "www_443_2_2" },
	{ "a:b/c d|e'f=g", "a_b_c_d_e_f_g" }, { "", "_" }, { "", "__2" },
	{ "\xc3\xbc", "__" }, { "A.b-C_9", "A.b-C_9" },
};

static void
test_labels(void)
{
	struct report *report = report_new("check_x", "X");
	struct result *result;
	struct metric *metric;
	size_t i, k, same = 0;

	for (i = 0; i < N(labels); i++) {
		result = report_add(report, "t", labels[i].wanted);
		is_str(result->label, labels[i].label, "label of '%s'",
		    labels[i].wanted);
	}
	for (i = 0; i < 3000; i++)
		report_add(report, "t", "same");
	for (i = 1; i < report->n_results; i++)
		for (k = i < 20 ? 0 : i - 20; k < i; k++)
			same += strcmp(report->results[i]->label,
			    report->results[k]->label) == 0;
	is_uint(same, 0, "3000 equal labels are told apart");
	metric = result_metric(result, "a b|c", "s", 1500);
	is_str(metric->label, "a_b_c", "the label of a metric");
	ok(metric->value == 1500 && !metric->warning.set && !metric->has_min,
	    "the rest of it");
	report_free(report);
}

static void
test_texts(void)
{
	struct report *report = report_new("check_x", "X");
	struct result *r;
	char huge[20000];

	memset(huge, 'n', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	r = report_add(report, huge, huge);
	/* Zabbix has 255 characters for the name of an item or a trigger. */
	ok(strlen(r->target) <= 203, "a long target is cut");
	ok(strlen(r->label) > 10000, "its label is not");
	result_bad(r, NAME, "leaf", "%s", huge);
	ok(strlen(r->findings[0].text) < 1100, "a long text is cut");
	is_str(result_clean(r, bytes_of("a\0b\\", 4), 0), "a\\x00b\\\\",
	    "result_clean");
	is_str(result_clean(r, bytes_str("abcdef"), 3), "abc...",
	    "result_clean with a limit");
	r = report_add(report, "a\nb | c", "x");
	is_str(r->target, "a\\x0ab \\x7c c", "the target is cleaned");
	report_free(report);
}

/* With any allocation failing: no crash, and never OK when it is not. */
static void
test_nomem(void)
{
	unsigned long nth, bad = 0, reached = 0;
	struct report *report;
	struct result *r = NULL;

	for (nth = 1; nth < 40; nth++) {
		mem_fail_at(nth, 1);
		report = report_new("check_x", "X");
		if (report != NULL)
			r = report_add(report, "t", "t");
		if (report != NULL && r != NULL) {
			result_bad(r, NAME, "leaf", "%s", "bad");
			result_clean(r, bytes_str("x"), 0);
			result_metric(r, "days", "", 1);
			report_close(report, r);
			bad += r->headline == NULL;
		}
		if (report != NULL) {
			bad += report_status(report) == STATUS_OK;
			reached += r != NULL && !r->nomem;
		}
		mem_fail_at(0, 0);
		report_free(report);
		r = NULL;
	}
	is_uint(bad, 0, "out of memory is never OK");
	ok(reached > 0 && reached < 39, "and the end was reached");
	report = report_new("check_x", "X");
	is_int(report_status(report), STATUS_UNKNOWN, "no results");
	r = report_add(report, "t", "t");
	result_ok(r, NAME, "leaf", "fine");
	r->nomem = true;
	report_close(report, r);
	is_int(r->status, STATUS_UNKNOWN, "fine, but memory ran out");
	is_str(r->headline, "out of memory", "headline");
	report_free(report);
}

/* One text for many findings, when one of them is the worst. */
static void
test_digest(void)
{
	static const struct {
		enum status before, each, after;
		const char *headline;
		size_t first;
	} rows[] = {
		{ STATUS_OK, STATUS_WARNING, STATUS_OK, "all of it", 1 },
		{ STATUS_WARNING, STATUS_WARNING, STATUS_OK, "before", 1 },
		{ STATUS_WARNING, STATUS_CRITICAL, STATUS_WARNING,
		    "all of it", 1 },
		{ STATUS_OK, STATUS_WARNING, STATUS_CRITICAL, "after", 1 },
		{ STATUS_OK, STATUS_OK, STATUS_OK, "before", 1 },
		/* None of them was kept. */
		{ STATUS_OK, STATUS_WARNING, STATUS_OK, "x/y: each", 3 },
	};
	struct report *report;
	struct result *r;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		report = report_new("check_x", "X");
		r = report_add(report, "t", "t");
		result_add(r, NAME, rows[i].before, "", "before");
		result_add(r, NAME, rows[i].each, "x/y", "each");
		result_add(r, NAME, rows[i].each, "x/z", "each");
		result_digest(r, rows[i].first, "all %s|", "of it");
		result_add(r, NAME, rows[i].after, "", "after");
		report_close(report, r);
		if (r->told == NULL)
			is_str(r->headline, rows[i].headline, "digest %zu",
			    i);
		else
			is_str(r->headline, "all of it\\x7c", "digest %zu",
			    i);
		ok((r->told != NULL) == (strcmp(rows[i].headline,
		    "all of it") == 0), "digest %zu: told or not", i);
		report_free(report);
	}
}

int
main(void)
{
	test_cases();
	test_policies();
	test_labels();
	test_texts();
	test_nomem();
	test_digest();
	return tap_done();
}
