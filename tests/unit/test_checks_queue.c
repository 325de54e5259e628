/* SPDX-License-Identifier: ISC */
/*
 * The checks of check_autossl_queue, by tables: a row for each side of each
 * limit of each signal.
 */
#include "queue_bench.h"

/* What is told of one website by the time left. */
static void
test_left(void)
{
	static const struct {
		enum autossl_issuer issuer;
		int64_t lifetime, left;
		enum status want;
		const char *word;
	} rows[] = {
		/* 29 days: 80% is 23.2, 25% is 7.25 */
		{ 0, 90 * DAY, 60 * DAY, STATUS_OK, "fine" },
		{ 0, 90 * DAY, 29 * DAY, STATUS_OK, "fine" },
		{ 0, 90 * DAY, 29 * DAY - 1, STATUS_OK, "renewing" },
		{ 0, 90 * DAY, 2004480, STATUS_OK, "renewing" },
		{ 0, 90 * DAY, 2004479, STATUS_WARNING, "overdue" },
		{ 0, 90 * DAY, 626400, STATUS_WARNING, "overdue" },
		{ 0, 90 * DAY, 626399, STATUS_CRITICAL, "overdue" },
		{ 0, 90 * DAY, 0, STATUS_CRITICAL, "overdue" },
		{ 0, 90 * DAY, -1, STATUS_CRITICAL, "expired" },
		{ 0, 90 * DAY, -400 * DAY, STATUS_CRITICAL, "expired" },
		/* 64 days: a third is 21.33 days */
		{ 0, 64 * DAY, 1843200, STATUS_OK, "fine" },
		{ 0, 64 * DAY, 1843199, STATUS_OK, "renewing" },
		{ 0, 64 * DAY, 1474560, STATUS_OK, "renewing" },
		{ 0, 64 * DAY, 1474559, STATUS_WARNING, "overdue" },
		{ 0, 64 * DAY, 460800, STATUS_WARNING, "overdue" },
		{ 0, 64 * DAY, 460799, STATUS_CRITICAL, "overdue" },
		/* 45 days: 15 */
		{ 0, 45 * DAY, 15 * DAY, STATUS_OK, "fine" },
		{ 0, 45 * DAY, 1036800, STATUS_OK, "renewing" },
		{ 0, 45 * DAY, 1036799, STATUS_WARNING, "overdue" },
		{ 0, 45 * DAY, 323999, STATUS_CRITICAL, "overdue" },
		/* 6 days: 2 */
		{ 0, 6 * DAY, 2 * DAY, STATUS_OK, "fine" },
		{ 0, 6 * DAY, 138240, STATUS_OK, "renewing" },
		{ 0, 6 * DAY, 138239, STATUS_WARNING, "overdue" },
		{ 0, 6 * DAY, 43200, STATUS_WARNING, "overdue" },
		{ 0, 6 * DAY, 43199, STATUS_CRITICAL, "overdue" },
		/* the retired provider: 15 days of 90 */
		{ AUTOSSL_ISSUER_CPANEL, 90 * DAY, 15 * DAY, STATUS_OK,
		    "fine" },
		{ AUTOSSL_ISSUER_CPANEL, 90 * DAY, 1036799, STATUS_WARNING,
		    "overdue" },
		/* not valid yet: a clock is wrong */
		{ 0, 6 * DAY, 7 * DAY, STATUS_OK, "fine" },
		{ 0, DAY, 30 * DAY, STATUS_OK, "fine" },
		/* the end before the begin */
		{ 0, -DAY, 3 * DAY, STATUS_OK, "fine" },
	};
	struct autossl_vhost *v;
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		v = bench_vhost(&b, "shop", "shop.example", rows[i].lifetime,
		    rows[i].left);
		if (rows[i].issuer != AUTOSSL_ISSUER_NONE)
			v->issuer = (unsigned char)rows[i].issuer;
		is_int(bench_judge(&b), rows[i].want, "%lld s of %lld s",
		    (long long)rows[i].left, (long long)rows[i].lifetime);
		is_str(b.result->facts.vhosts[0].word, rows[i].word,
		    "and it is %s", rows[i].word);
		is_uint(bench_bad(&b), rows[i].want != STATUS_OK,
		    "one finding or none");
		report_free(b.report);
	}
}

/* Thresholds as times do not care for the window. */
static void
test_absolute(void)
{
	static const struct {
		int64_t left;
		enum status want;
	} rows[] = {
		{ 40 * DAY, STATUS_OK }, { 40 * DAY - 1, STATUS_WARNING },
		{ 3 * DAY, STATUS_WARNING }, { 3 * DAY - 1, STATUS_CRITICAL },
	};
	struct err err = ERR_INIT;
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		threshold_parse("40d", DAY, &b.options.warning, &err);
		threshold_parse("3d", DAY, &b.options.critical, &err);
		bench_vhost(&b, "shop", "shop.example", 90 * DAY,
		    rows[i].left);
		is_int(bench_judge(&b), rows[i].want, "-w 40d -c 3d: %lld",
		    (long long)rows[i].left);
		report_free(b.report);
	}
	bench_init(&b);
	b.facts.rules.window = 10 * DAY;
	bench_vhost(&b, "shop", "shop.example", 90 * DAY, 8 * DAY);
	is_int(bench_judge(&b), STATUS_OK, "--window 10d: 80%% is 8 days");
	report_free(b.report);
	bench_init(&b);
	b.facts.rules.window = 10 * DAY;
	bench_vhost(&b, "shop", "shop.example", 90 * DAY, 8 * DAY - 1);
	is_int(bench_judge(&b), STATUS_WARNING, "and one second less");
	report_free(b.report);
}

enum twist {
	SUSPENDED = 1, FOREIGN = 2, SELF = 4, EMPTY = 8, EXCLUDED = 16,
	RENEWAL_EXCLUDED = 32, SERVICE = 64, NO_PROVIDER = 128,
	SAYS_SUSPENDED = 256, SAYS_EXCLUDED = 512, SERVICE_ITSELF = 1024,
	NO_DATES = 2048
};

static void
twist(struct bench *b, struct autossl_vhost *v, unsigned how)
{
	v->suspended = (how & SUSPENDED) != 0;
	if (how & (FOREIGN | SELF | EMPTY)) {
		v->autossl = false;
		v->issuer = how & SELF ? AUTOSSL_ISSUER_SELF : how & EMPTY ?
		    AUTOSSL_ISSUER_NONE : AUTOSSL_ISSUER_OTHER;
		v->detail = NULL;
	}
	if (how & EXCLUDED)
		v->detail->excluded = true;
	if (how & RENEWAL_EXCLUDED) {
		bench_renewal(v, false, true, false);
		v->detail->renewal.is_excluded = true;
	}
	if (how & SERVICE)
		bench_problem(v, "mail.shop.example", "\"mail.shop.example\" "
		    "does not resolve to any IPv4 addresses on the "
		    "internet.");
	if (how & SERVICE_ITSELF) {
		v->servername = bytes_str("mail.shop.example");
		bench_problem(v, "mail.shop.example", "unheard of");
	}
	if (how & SAYS_SUSPENDED)
		bench_problem(v, "shop.example", "\"shop\" is suspended.");
	if (how & SAYS_EXCLUDED)
		bench_problem(v, "www.shop.example", "The certificate will "
		    "not contain the domain \"www.shop.example\" because the "
		    "current configuration excludes this domain.");
	if (how & NO_PROVIDER)
		b->facts.providers[0].enabled = false;
	if (how & NO_DATES)
		v->has_dates = false;
}

/* What is counted and no alarm, and what looks like it and is one. */
static void
test_noise(void)
{
	static const struct {
		unsigned how;
		int64_t left;
		int want;	/* enum finding_id, or -1 */
		const char *word;
	} rows[] = {
		{ 0, -DAY, FINDING_AUTOSSL_EXPIRED, "expired" },
		{ SUSPENDED, -DAY, -1, "suspended" },
		{ SUSPENDED, DAY, -1, "suspended" },
		{ SUSPENDED | SELF, DAY, -1, "suspended" },
		{ SAYS_SUSPENDED, DAY, -1, "suspended" },
		{ FOREIGN, -DAY, -1, "foreign" },
		{ FOREIGN, DAY, -1, "foreign" },
		{ EMPTY | NO_DATES, 0, -1, "none" },
		{ NO_DATES, DAY, FINDING_API_ANSWER, "none" },
		{ NO_DATES | SUSPENDED, DAY, -1, "suspended" },
		{ SELF, 300 * DAY, FINDING_AUTOSSL_SELF_SIGNED,
		    "self-signed" },
		{ SELF, -DAY, FINDING_AUTOSSL_SELF_SIGNED, "self-signed" },
		{ SELF | NO_PROVIDER, DAY, FINDING_AUTOSSL_NO_PROVIDER,
		    "self-signed" },
		{ EXCLUDED, -DAY, -1, "excluded" },
		{ EXCLUDED, DAY, -1, "excluded" },
		{ RENEWAL_EXCLUDED, DAY, -1, "excluded" },
		{ SERVICE, 27 * DAY, -1, "renewing" },
		{ SERVICE, 10 * DAY, FINDING_AUTOSSL_OVERDUE, "overdue" },
		{ SERVICE_ITSELF, 27 * DAY, FINDING_AUTOSSL_PROBLEM,
		    "renewing" },
		{ SAYS_EXCLUDED, 27 * DAY, -1, "renewing" },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		twist(&b, bench_vhost(&b, "shop", "shop.example", 90 * DAY,
		    rows[i].left), rows[i].how);
		bench_judge(&b);
		is_uint(bench_bad(&b), rows[i].want >= 0, "noise %zu", i);
		ok(rows[i].want < 0 || bench_find(&b,
		    (enum finding_id)rows[i].want) != NULL,
		    "noise %zu: the right finding", i);
		is_str(b.result->facts.vhosts[0].word, rows[i].word,
		    "noise %zu: %s", i, rows[i].word);
		report_free(b.report);
	}
}

enum trouble { STORED = 1, WONT = 2, PROBLEM = 4, ORDERED = 8, WILL = 16 };

/* One finding for all that is wrong with a website, the most telling. */
static void
test_rank(void)
{
	static const struct {
		unsigned what;
		int64_t left;
		int want;
		enum status status;
	} rows[] = {
		{ STORED | WONT | PROBLEM | ORDERED, -HOUR,
		    FINDING_AUTOSSL_EXPIRED, STATUS_CRITICAL },
		{ STORED | WONT | PROBLEM | ORDERED, 20 * DAY,
		    FINDING_AUTOSSL_NOT_INSTALLED, STATUS_WARNING },
		{ STORED, 28 * DAY, FINDING_AUTOSSL_NOT_INSTALLED,
		    STATUS_WARNING },
		{ STORED, 7 * DAY, FINDING_AUTOSSL_NOT_INSTALLED,
		    STATUS_CRITICAL },
		{ WONT | PROBLEM | ORDERED, 20 * DAY,
		    FINDING_AUTOSSL_OVERDUE, STATUS_WARNING },
		{ WONT | PROBLEM, 28 * DAY, FINDING_AUTOSSL_WILL_NOT_RENEW,
		    STATUS_WARNING },
		{ WONT, 7 * DAY, FINDING_AUTOSSL_OVERDUE, STATUS_CRITICAL },
		{ PROBLEM, 28 * DAY, FINDING_AUTOSSL_PROBLEM,
		    STATUS_WARNING },
		{ PROBLEM, 7 * DAY, FINDING_AUTOSSL_OVERDUE,
		    STATUS_CRITICAL },
		{ WILL, 28 * DAY, -1, STATUS_OK },
		{ WILL, 20 * DAY, FINDING_AUTOSSL_OVERDUE, STATUS_WARNING },
		{ ORDERED, 28 * DAY, -1, STATUS_OK },
	};
	struct autossl_vhost *v;
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		v = bench_vhost(&b, "shop", "shop.example", 90 * DAY,
		    rows[i].left);
		if (rows[i].what & STORED)
			v->detail->stored_not_after = v->not_after + 60 * DAY;
		if (rows[i].what & (WONT | WILL))
			bench_renewal(v, (rows[i].what & WILL) != 0, true,
			    true);
		if (rows[i].what & PROBLEM)
			bench_problem(v, "shop.example", "unheard of");
		if (rows[i].what & ORDERED)
			v->detail->ordered = NOW - HOUR;
		is_int(bench_judge(&b), rows[i].status, "rank %zu", i);
		is_uint(bench_bad(&b), rows[i].want >= 0,
		    "rank %zu: one finding", i);
		ok(rows[i].want < 0 || bench_find(&b,
		    (enum finding_id)rows[i].want) != NULL,
		    "rank %zu: the right one", i);
		is_int(b.result->facts.vhosts[0].status, rows[i].status,
		    "rank %zu: the website's own status", i);
		report_free(b.report);
	}
}

/* What is ignored makes way for the next; a severity holds. */
static void
test_policy(void)
{
	struct autossl_vhost *v;
	struct bench b;

	bench_init(&b);
	policy_ignore(&b.options.policy, FINDING_AUTOSSL_OVERDUE);
	v = bench_vhost(&b, "shop", "shop.example", 90 * DAY, 5 * DAY);
	bench_renewal(v, false, true, true);
	is_int(bench_judge(&b), STATUS_CRITICAL, "overdue is ignored");
	ok(bench_find(&b, FINDING_AUTOSSL_WILL_NOT_RENEW) != NULL,
	    "that it will not be renewed is told then");
	report_free(b.report);
	bench_init(&b);
	policy_ignore(&b.options.policy, FINDING_AUTOSSL_EXPIRED);
	bench_vhost(&b, "shop", "shop.example", 90 * DAY, -DAY);
	is_int(bench_judge(&b), STATUS_OK, "expired is ignored");
	is_str(b.result->headline, "0 of 1 AutoSSL certificates fine, "
	    "last run 3 h ago", "and yet not called fine");
	report_free(b.report);
	bench_init(&b);
	policy_set(&b.options.policy, FINDING_AUTOSSL_OVERDUE, STATUS_OK);
	bench_vhost(&b, "shop", "shop.example", 90 * DAY, 5 * DAY);
	is_int(bench_judge(&b), STATUS_OK, "overdue counts as OK");
	report_free(b.report);
	bench_init(&b);
	policy_set(&b.options.policy, FINDING_AUTOSSL_SELF_SIGNED,
	    STATUS_CRITICAL);
	twist(&b, bench_vhost(&b, "shop", "shop.example", 365 * DAY,
	    300 * DAY), SELF);
	is_int(bench_judge(&b), STATUS_CRITICAL, "self-signed is critical");
	is_str(b.result->headline, "shop.example (account shop) has a "
	    "self-signed certificate, made 65 days ago", "and told");
	report_free(b.report);
}

/* AutoSSL itself. */
static void
test_runs(void)
{
	static const struct {
		int64_t age, interval;
		enum status want;
	} rows[] = {
		{ 0, DAY, STATUS_OK }, { -3 * DAY, DAY, STATUS_OK },
		{ 26 * HOUR, DAY, STATUS_OK },
		{ 26 * HOUR + 1, DAY, STATUS_WARNING },
		{ 50 * HOUR, DAY, STATUS_WARNING },
		{ 50 * HOUR + 1, DAY, STATUS_CRITICAL },
		{ 26 * HOUR, 3 * HOUR, STATUS_OK },
		{ 26 * HOUR + 1, 0, STATUS_WARNING },
		{ 14 * DAY, 7 * DAY, STATUS_OK },
		{ 14 * DAY + 1, 7 * DAY, STATUS_WARNING },
		{ 21 * DAY, 7 * DAY, STATUS_WARNING },
		{ 21 * DAY + 1, 7 * DAY, STATUS_CRITICAL },
		{ NOW - 1, INT64_MAX, STATUS_CRITICAL },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		bench_vhost(&b, "a", "a.example", 90 * DAY, 60 * DAY);
		b.facts.schedule.interval = rows[i].interval;
		b.facts.runs.last = NOW - rows[i].age;
		bench_judge(&b);
		is_int(bench_state(&b, FINDING_AUTOSSL_RUN), rows[i].want,
		    "last run %lld s ago", (long long)rows[i].age);
		report_free(b.report);
	}
	bench_init(&b);
	b.facts.runs.any = false;
	bench_judge(&b);
	is_int(bench_state(&b, FINDING_AUTOSSL_RUN), STATUS_CRITICAL,
	    "none at all");
	report_free(b.report);
	bench_init(&b);
	b.facts.runs.any = false;
	b.facts.topics[AUTOSSL_RUNS].got = 0;
	is_int(bench_judge(&b), STATUS_OK, "not read: not judged");
	report_free(b.report);
	bench_init(&b);
	b.options.run_warning = b.options.run_critical = 0;
	b.facts.runs.last = 1;
	is_int(bench_judge(&b), STATUS_OK, "0 is never");
	report_free(b.report);
}

static void
test_stuck(void)
{
	static const struct {
		int64_t age;
		enum status want;
	} rows[] = {
		{ -2 * HOUR, STATUS_OK }, { 6 * HOUR, STATUS_OK },
		{ 6 * HOUR + 1, STATUS_WARNING },
		{ 24 * HOUR, STATUS_WARNING },
		{ 24 * HOUR + 1, STATUS_CRITICAL },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		b.facts.runs.open_since = NOW - rows[i].age;
		bench_judge(&b);
		is_int(bench_state(&b, FINDING_AUTOSSL_STUCK), rows[i].want,
		    "host: in progress for %lld s", (long long)rows[i].age);
		is_int(bench_value(&b, "run_in_progress"),
		    rows[i].age < 0 ? 0 : rows[i].age * 1000, "and measured");
		report_free(b.report);
		bench_init(&b);
		b.facts.runs.open_since = NOW - rows[i].age;
		b.providers[0].queue = true;
		bench_judge(&b);
		is_int(bench_state(&b, FINDING_AUTOSSL_STUCK), STATUS_OK,
		    "kept open by a queue");
		report_free(b.report);
		bench_account(&b);
		b.facts.in_progress = true;
		b.facts.in_progress_since = NOW - rows[i].age;
		is_int(bench_judge(&b), rows[i].want, "account: %lld s",
		    (long long)rows[i].age);
		report_free(b.report);
	}
	bench_account(&b);
	b.facts.in_progress = true;
	is_int(bench_judge(&b), STATUS_OK, "since when is not known");
	report_free(b.report);
}

enum defect { NO_SCHEDULE = 1, CROND_DOWN = 2, QUEUEPROCD_OFF = 4,
	OTHER_DOWN = 8, NONE_ENABLED = 16, RETIRED = 32, TERMS = 64,
	FEATURE_OFF = 128, UNMONITORED = 256, LOG_DISABLED = 512 };

static void
defect(struct bench *b, unsigned what)
{
	static const int unsaid = -1;

	b->facts.schedule.known = !(what & NO_SCHEDULE);
	b->facts.n_services = 2;
	b->services[0] = (struct autossl_service){ bytes_str(
	    what & OTHER_DOWN ? "named" : "crond"), 1, 1,
	    !(what & (CROND_DOWN | OTHER_DOWN)) };
	b->services[1] = (struct autossl_service){ bytes_str("queueprocd"),
	    !(what & QUEUEPROCD_OFF), 0, what & (UNMONITORED |
	    QUEUEPROCD_OFF) ? unsaid : 1 };
	b->providers[0].enabled = !(what & NONE_ENABLED);
	if (what & RETIRED)
		b->providers[0].name = bytes_str("cPanel");
	b->providers[0].terms_outdated = (what & TERMS) != 0;
	if (what & FEATURE_OFF)
		b->facts.feature = 0;
	if (what & LOG_DISABLED) {
		bench_failed(b, AUTOSSL_PROVIDERS, ERR_DENIED, "no");
		b->facts.n_providers = 0;
		b->facts.log.disabled = true;
	}
}

static void
test_server(void)
{
	static const struct {
		unsigned what;
		int want;
		enum status status;
	} rows[] = {
		{ 0, -1, STATUS_OK },
		{ NO_SCHEDULE, FINDING_AUTOSSL_SCHEDULE, STATUS_CRITICAL },
		{ CROND_DOWN, FINDING_AUTOSSL_SERVICE, STATUS_CRITICAL },
		{ QUEUEPROCD_OFF, FINDING_AUTOSSL_SERVICE, STATUS_CRITICAL },
		{ OTHER_DOWN, -1, STATUS_OK },
		{ UNMONITORED, -1, STATUS_OK },
		{ NONE_ENABLED, FINDING_AUTOSSL_NO_PROVIDER,
		    STATUS_CRITICAL },
		/* then nothing has to run */
		{ NONE_ENABLED | NO_SCHEDULE | CROND_DOWN,
		    FINDING_AUTOSSL_NO_PROVIDER, STATUS_CRITICAL },
		{ LOG_DISABLED, FINDING_AUTOSSL_NO_PROVIDER,
		    STATUS_CRITICAL },
		{ RETIRED, FINDING_AUTOSSL_RETIRED, STATUS_CRITICAL },
		{ TERMS, FINDING_AUTOSSL_TERMS, STATUS_WARNING },
		{ FEATURE_OFF, FINDING_AUTOSSL_FEATURE, STATUS_WARNING },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		bench_vhost(&b, "a", "a.example", 90 * DAY, 60 * DAY);
		defect(&b, rows[i].what);
		is_int(bench_judge(&b), rows[i].status, "server %zu", i);
		is_uint(bench_bad(&b), rows[i].want >= 0,
		    "server %zu: one finding or none", i);
		ok(rows[i].want < 0 || bench_find(&b,
		    (enum finding_id)rows[i].want) != NULL,
		    "server %zu: the right one", i);
		report_free(b.report);
	}
}

int
main(void)
{
	test_left();
	test_absolute();
	test_noise();
	test_rank();
	test_policy();
	test_runs();
	test_stuck();
	test_server();
	return tap_done();
}
