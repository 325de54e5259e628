/* SPDX-License-Identifier: ISC */
/*
 * What happens to AutoSSL in real life, as facts of a host and of an account:
 * the state, line 1 and the words.
 */
#include "queue_bench.h"

#define NOT_RESOLVED "\xe2\x80\x9cwww.shop.example\xe2\x80\x9d does not " \
    "resolve to any IPv4 addresses on the internet."
#define RATE_TEXT "AutoSSL failed to create a new certificate order because " \
    "the server\xe2\x80\x99s Let\xe2\x80\x99s Encrypt account has reached " \
    "a rate limit. (429 urn:ietf:params:acme:error:rateLimited (The " \
    "request exceeds a rate limit) (Error creating new order :: too many " \
    "certificates already issued for \"shop.example\". Retry after " \
    "2026-11-20T19:00:00Z: see https://letsencrypt.org/docs/rate-limits/))"

typedef void story_fn(struct bench *b);

static struct autossl_vhost *
shop(struct bench *b, int64_t left)
{
	return bench_vhost(b, "shop", "shop.example", 90 * DAY, left);
}

static void
story_fine(struct bench *b)
{
	shop(b, 60 * DAY);
	bench_vhost(b, "shop", "blog.example", 90 * DAY, 41 * DAY);
}

static void
story_silent(struct bench *b)
{
	shop(b, 11 * DAY);
}

static void
story_silent_late(struct bench *b)
{
	bench_renewal(shop(b, 5 * DAY), true, true, false);
}

/* January 2024: expired this morning, in progress for three hours, nothing
 * is pending. */
static void
story_january(struct bench *b)
{
	shop(b, -3 * HOUR - 60);
	if (b->facts.way == AUTOSSL_WHM)
		b->facts.runs.open_since = b->facts.runs.last =
		    NOW - 3 * HOUR;
	else {
		b->facts.in_progress = true;
		b->facts.in_progress_since = NOW - 3 * HOUR;
	}
}

static void
story_january_renewed(struct bench *b)
{
	shop(b, 89 * DAY);
}

/* 2017: the authority cannot validate 31 subdomains, order by order. */
static void
story_2017(struct bench *b)
{
	b->providers[0].queue = true;
	shop(b, 20 * DAY)->detail->ordered = NOW - 49 * HOUR;
	b->orders[0] = (struct autossl_order){ bytes_str("700000003"),
	    bytes_str("shop"), bytes_str("shop.example"), NOW - 49 * HOUR,
	    31 };
	b->facts.n_orders = 1;
	bench_got(b, AUTOSSL_QUEUE);
	b->facts.topics[AUTOSSL_QUEUE].error.kind = ERR_NONE;
}

static void
story_2017_late(struct bench *b)
{
	story_2017(b);
	b->orders[0].requested = NOW - 6 * DAY - HOUR;
	b->vhosts[0].detail->ordered = b->orders[0].requested;
}

static void
story_alias(struct bench *b)
{
	bench_problem(shop(b, 27 * DAY), "www.shop.example", NOT_RESOLVED);
}

static void
story_dns(struct bench *b)
{
	struct autossl_vhost *v = shop(b, 10 * DAY);

	bench_problem(v, "shop.example", "\xe2\x80\x9cshop.example\xe2\x80"
	    "\x9d resolved to an IP address \xe2\x80\x9c" "192.0.2.7\xe2\x80"
	    "\x9d that does not exist on this server.");
	bench_problem(v, "www.shop.example", NOT_RESOLVED);
}

static void
story_caa(struct bench *b)
{
	bench_problem(shop(b, 10 * DAY), "shop.example",
	    "urn:ietf:params:acme:error:caa: CAA record for shop.example "
	    "prevents issuance");
}

static void
story_storm(struct bench *b)
{
	shop(b, 10 * DAY);
	b->facts.log.rate_limited = true;
	b->facts.log.retry_at = NOW + 7 * HOUR;
	b->facts.log.rate_text = bytes_str(RATE_TEXT);
	bench_got(b, AUTOSSL_LOG);
}

static void
story_storm_quiet(struct bench *b)
{
	story_storm(b);
	b->vhosts[0].not_after = NOW + 60 * DAY;
}

static void
story_limit_recorded(struct bench *b)
{
	bench_problem(shop(b, 10 * DAY), "shop.example", RATE_TEXT);
}

static void
story_cron(struct bench *b)
{
	shop(b, 60 * DAY);
	b->facts.runs.last = NOW - 3 * DAY;
	b->facts.schedule.known = false;
}

static void
story_terms(struct bench *b)
{
	shop(b, 60 * DAY);
	b->providers[0].terms_outdated = true;
}

static void
story_off(struct bench *b)
{
	bench_vhost(b, "shop", "shop.example", 365 * DAY, 300 * DAY)->autossl =
	    false;
	b->providers[0].enabled = false;
	b->facts.runs.any = b->facts.schedule.known = false;
}

static void
story_off_wanted(struct bench *b)
{
	story_off(b);
	policy_ignore(&b->options.policy, FINDING_AUTOSSL_NO_PROVIDER);
}

static void
story_retired(struct bench *b)
{
	shop(b, 60 * DAY);
	b->providers[0].name = bytes_str("cPanel");
	b->providers[0].title = bytes_str("cPanel (powered by Sectigo)");
}

static void
story_suspended(struct bench *b)
{
	shop(b, -20 * DAY)->suspended = true;
	bench_vhost(b, "blog", "blog.example", 90 * DAY, 60 * DAY);
}

static void
story_reseller(struct bench *b)
{
	static const enum autossl_topic denied[] = { AUTOSSL_PROVIDERS,
		AUTOSSL_SCHEDULE, AUTOSSL_RUNS, AUTOSSL_ACCOUNTS };
	size_t i;

	for (i = 0; i < N(denied); i++)
		bench_failed(b, denied[i], ERR_DENIED, "Permission denied");
	bench_failed(b, AUTOSSL_QUEUE, ERR_MISSING, "Unknown app");
	b->facts.n_providers = 0;
	b->facts.runs.any = b->facts.schedule.known = false;
	shop(b, 60 * DAY);
}

static void
story_several(struct bench *b)
{
	bench_vhost(b, "bob", "late.example", 90 * DAY, 12 * DAY);
	shop(b, -3 * HOUR);
	bench_vhost(b, "bob", "gone.example", 90 * DAY, -HOUR);
	bench_vhost(b, "carol", "old.example", 90 * DAY, 9 * DAY);
	bench_vhost(b, "carol", "fine.example", 90 * DAY, 60 * DAY);
}

static void
story_stored(struct bench *b)
{
	struct autossl_vhost *v = shop(b, 4 * DAY);

	v->detail->stored_not_after = v->not_after + 86 * DAY;
}

static void
story_foreign_issuer(struct bench *b)
{
	bench_renewal(shop(b, 25 * DAY), false, true, false);
}

static void
story_wont(struct bench *b)
{
	struct autossl_vhost *v = shop(b, 25 * DAY);

	bench_renewal(v, false, true, true);
	bench_problem(v, "www.shop.example", NOT_RESOLVED);
}

static void
story_inactive(struct bench *b)
{
	bench_renewal(shop(b, 25 * DAY), false, false, false);
}

static void
story_skew(struct bench *b)
{
	story_fine(b);
	b->facts.runs.last = NOW + 2 * HOUR;
	b->facts.runs.open_since = NOW + 2 * HOUR;
	b->orders[0].requested = NOW + DAY;
	b->facts.n_orders = 1;
}

static void
story_not_asked(struct bench *b)
{
	story_silent(b);
	b->facts.n_not_asked = 40;
}

static void
story_hostile(struct bench *b)
{
	bench_problem(bench_vhost(b, "e|vil\n\x1b[31m", "<b>\xff|\n`x`",
	    90 * DAY, -HOUR), "<b>\xff|\n`x`", "boo|\n\x1b[0m\xe2\x80\xae");
}

static const struct {
	const char *name;
	story_fn *tell;
	bool account;		/* of a customer's token */
	enum status want;
	const char *headline;
} stories[] = {
	{ "fine", story_fine, false, STATUS_OK,
	    "2 AutoSSL certificates fine, next renewal in 12 days, last run 3 "
	    "h ago" },
	{ "fine", story_fine, true, STATUS_OK,
	    "2 AutoSSL certificates fine, next renewal in 12 days" },
	{ "silent stall", story_silent, false, STATUS_WARNING,
	    "shop.example (account shop) expires in 11 days, renewal has been "
	    "due for 18 days: no pending order, no problem recorded" },
	{ "silent stall", story_silent, true, STATUS_WARNING,
	    "shop.example (account shop) expires in 11 days, renewal has been "
	    "due for 18 days: no pending order, no problem recorded" },
	{ "truly stalled", story_silent_late, true, STATUS_CRITICAL,
	    "shop.example (account shop) expires in 5 days, renewal has been "
	    "due for 24 days: the server says that it will renew it, no "
	    "pending order, no problem recorded" },
	{ "January 2024", story_january, false, STATUS_CRITICAL,
	    "shop.example (account shop) expired 3 h 1 min ago: no pending "
	    "order, no problem recorded, an AutoSSL check has been in "
	    "progress for 3 h" },
	{ "January 2024", story_january, true, STATUS_CRITICAL,
	    "shop.example (account shop) expired 3 h 1 min ago: no pending "
	    "order, no problem recorded, an AutoSSL check has been in "
	    "progress for 3 h" },
	{ "January 2024, renewed", story_january_renewed, true, STATUS_OK,
	    "1 AutoSSL certificate fine, next renewal in 60 days" },
	{ "2017", story_2017, false, STATUS_CRITICAL,
	    "shop.example (account shop) expires in 20 days, renewal has been "
	    "due for 9 days: ordered 2 days ago and still pending (critical "
	    "above 2 days)" },
	{ "2017, six days", story_2017_late, false, STATUS_CRITICAL,
	    "shop.example (account shop) expires in 20 days, renewal has been "
	    "due for 9 days: ordered 6 days ago and still pending (critical "
	    "above 2 days), will be canceled at 7 days" },
	{ "one alias", story_alias, false, STATUS_WARNING, NULL },
	{ "one alias", story_alias, true, STATUS_WARNING, NULL },
	{ "DNS elsewhere", story_dns, false, STATUS_WARNING, NULL },
	{ "CAA", story_caa, true, STATUS_WARNING, NULL },
	{ "rate limits", story_storm, false, STATUS_CRITICAL, NULL },
	{ "rate limits, nothing due", story_storm_quiet, false, STATUS_WARNING,
	    NULL },
	{ "rate limit recorded", story_limit_recorded, true, STATUS_WARNING,
	    NULL },
	{ "cron died", story_cron, false, STATUS_CRITICAL,
	    "the last run for all accounts was 3 days ago (critical above 2 "
	    "days)" },
	{ "terms", story_terms, false, STATUS_WARNING, NULL },
	{ "off", story_off, false, STATUS_CRITICAL,
	    "no AutoSSL provider is enabled, nothing is renewed" },
	{ "off on purpose", story_off_wanted, false, STATUS_OK,
	    "no AutoSSL certificate among 1 website" },
	{ "retired", story_retired, false, STATUS_CRITICAL, NULL },
	{ "suspended", story_suspended, false, STATUS_OK,
	    "1 of 2 AutoSSL certificates fine, 1 suspended, next renewal in "
	    "31 days, last run 3 h ago" },
	{ "reseller", story_reseller, false, STATUS_OK,
	    "1 AutoSSL certificate fine, next renewal in 31 days" },
	{ "several", story_several, false, STATUS_CRITICAL,
	    "shop.example (shop) expired 3 h ago; 1 more expired, 2 overdue, "
	    "of 5 AutoSSL certificates" },
	{ "stored", story_stored, true, STATUS_CRITICAL,
	    "shop.example (account shop) expires in 4 days, renewal has been "
	    "due for 25 days: a newer certificate (until 2027-02-18) is "
	    "stored but not installed" },
	{ "foreign issuer", story_foreign_issuer, true, STATUS_WARNING,
	    "shop.example (account shop) expires in 25 days, renewal has been "
	    "due for 4 days: the server will not renew it, it was not issued "
	    "by the server's AutoSSL provider" },
	{ "inactive", story_inactive, true, STATUS_WARNING,
	    "shop.example (account shop) expires in 25 days, renewal has been "
	    "due for 4 days: the server will not renew it, no provider is "
	    "configured" },
	{ "clock skew", story_skew, false, STATUS_OK,
	    "2 AutoSSL certificates fine, next renewal in 12 days, last run 0 "
	    "s ago" },
	{ "not asked", story_not_asked, false, STATUS_WARNING,
	    "shop.example (account shop) expires in 11 days, renewal has been "
	    "due for 18 days: no pending order" },
	{ "hostile", story_hostile, false, STATUS_CRITICAL, NULL },
};

/* Words that must be somewhere in the finding. */
static const struct {
	story_fn *tell;
	enum finding_id id;
	const char *part;
} words[] = {
	{ story_silent, FINDING_AUTOSSL_OVERDUE, "start AutoSSL for" },
	{ story_alias, FINDING_AUTOSSL_PROBLEM, "(www.shop.example)" },
	{ story_alias, FINDING_AUTOSSL_PROBLEM, "; " },
	{ story_wont, FINDING_AUTOSSL_WILL_NOT_RENEW,
	    "the server will not renew it, DNS" },
	{ story_dns, FINDING_AUTOSSL_OVERDUE, "(shop.example and 1 more)" },
	{ story_caa, FINDING_AUTOSSL_OVERDUE, "CAA" },
	{ story_storm, FINDING_AUTOSSL_OVERDUE, "the last run met a rate "
	    "limit, retry after 2026-11-20T19:00:00Z" },
	{ story_storm, FINDING_AUTOSSL_RATE_LIMIT, "retry after "
	    "2026-11-20T19:00:00Z, and 1 certificate is overdue" },
	{ story_storm, FINDING_AUTOSSL_RATE_LIMIT, "it says: AutoSSL failed "
	    "to create" },
	{ story_limit_recorded, FINDING_AUTOSSL_OVERDUE,
	    "retry after 2026-11-20T19:00:00Z" },
	{ story_cron, FINDING_AUTOSSL_SCHEDULE, "cron job is gone" },
	{ story_terms, FINDING_AUTOSSL_TERMS, "new terms of service" },
	{ story_retired, FINDING_AUTOSSL_RETIRED, "since 2024-12-31" },
	{ story_hostile, FINDING_AUTOSSL_EXPIRED, "it says: boo\\x7c\\x0a" },
	{ story_stored, FINDING_AUTOSSL_NOT_INSTALLED, "install it" },
};

static void
test_stories(void)
{
	struct bench b;
	size_t i;

	for (i = 0; i < N(stories); i++) {
		const char *mode = stories[i].account ? "account" : "host";

		if (stories[i].account)
			bench_account(&b);
		else
			bench_init(&b);
		stories[i].tell(&b);
		is_int(bench_judge(&b), stories[i].want, "%s, %s",
		    stories[i].name, mode);
		if (stories[i].headline != NULL)
			is_str(b.result->headline, stories[i].headline,
			    "%s, %s: line 1", stories[i].name, mode);
		ok(strpbrk(b.result->headline, "|\n\x1b<`") == NULL,
		    "%s, %s: nothing gets through", stories[i].name, mode);
		ok(b.result->checked, "%s, %s: checked", stories[i].name,
		    mode);
		report_free(b.report);
	}
}

static void
test_words(void)
{
	struct bench b;
	size_t i;

	for (i = 0; i < N(words); i++) {
		bench_init(&b);
		words[i].tell(&b);
		bench_judge(&b);
		ok(bench_has(bench_text(&b, words[i].id), words[i].part),
		    "%s", words[i].part);
		report_free(b.report);
	}
}

/* Newest first told, every website once, each with its name. */
static void
test_several(void)
{
	static const char *const subjects[] = { "shop/shop.example",
		"bob/gone.example", "carol/old.example", "bob/late.example" };
	struct bench b;
	size_t i;

	bench_init(&b);
	story_several(&b);
	bench_judge(&b);
	is_uint(bench_bad(&b), N(subjects), "one finding for each");
	for (i = 0; i < N(subjects) && i + 1 < b.result->n_findings; i++)
		is_str(b.result->findings[i + 1].subject, subjects[i],
		    "the %zu. is %s", i + 1, subjects[i]);
	report_free(b.report);
	bench_init(&b);
	story_2017(&b);
	bench_judge(&b);
	is_uint(bench_bad(&b), 1, "an order is part of its website's");
	is_int(bench_state(&b, FINDING_AUTOSSL_PENDING), STATUS_CRITICAL,
	    "and the worst of it");
	report_free(b.report);
	bench_account(&b);
	story_2017(&b);
	b.orders[0].user = bytes_of(NULL, 0);
	bench_judge(&b);
	is_uint(bench_bad(&b), 1, "of an account, too");
	report_free(b.report);
	bench_account(&b);
	story_alias(&b);
	b.problems[0][0].time = NOW - 8 * DAY;
	is_int(bench_judge(&b), STATUS_OK, "a record of last week is stale");
	report_free(b.report);
	bench_init(&b);
	story_2017(&b);
	bench_vhost(&b, "carol", "old.example", 90 * DAY, 9 * DAY);
	bench_judge(&b);
	is_str(b.result->headline, "shop.example (shop) expires in 20 days, "
	    "renewal has been due for 9 days, ordered 2 days ago and still "
	    "pending (critical above 2 days); 1 overdue, of 2 AutoSSL "
	    "certificates", "a late order is in line 1");
	report_free(b.report);
}

int
main(void)
{
	test_stories();
	test_words();
	test_several();
	return tap_done();
}
