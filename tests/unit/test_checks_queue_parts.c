/* SPDX-License-Identifier: ISC */
/*
 * The checks of check_autossl_queue: calls that fail, orders, numbers, very
 * many websites, memory.
 */
#include "base/alloc.h"
#include "queue_bench.h"

static void
test_core(void)
{
	static const struct {
		enum err_kind kind;
		enum finding_id want;
	} rows[] = {
		{ ERR_AUTH, FINDING_API_AUTH },
		{ ERR_DENIED, FINDING_API_DENIED },
		{ ERR_MISSING, FINDING_API_ANSWER },
		{ ERR_SYNTAX, FINDING_API_ANSWER },
		{ ERR_LIMIT, FINDING_API_ANSWER },
		{ ERR_SERVER, FINDING_API_SERVER },
		{ ERR_RESOLVE, FINDING_NET_RESOLVE },
		{ ERR_CONNECT, FINDING_NET_CONNECT },
		{ ERR_PROXY, FINDING_NET_PROXY },
		{ ERR_TIMEOUT, FINDING_NET_TIMEOUT },
		{ ERR_TLS, FINDING_TLS_HANDSHAKE },
		{ ERR_PLAINTEXT, FINDING_TLS_HANDSHAKE },
		{ ERR_IO, FINDING_API_SERVER },
		{ ERR_NOMEM, FINDING_INTERNAL },
		{ ERR_CANCELLED, FINDING_INTERNAL },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		bench_failed(&b, AUTOSSL_VHOSTS, rows[i].kind, "it broke");
		is_int(bench_judge(&b), STATUS_UNKNOWN, "core call: kind %d",
		    (int)rows[i].kind);
		ok(bench_find(&b, rows[i].want) != NULL, "is told as %s",
		    finding_row(rows[i].want)->id);
		is_str(b.result->error, "it broke", "the error");
		ok(!b.result->checked && b.result->facts.n_vhosts == 0,
		    "nothing was checked");
		ok(bench_metric(&b, "api_time") != NULL, "and yet measured");
		report_free(b.report);
	}
	bench_init(&b);
	bench_failed(&b, AUTOSSL_VHOSTS, ERR_TIMEOUT, "too late");
	b.facts.phase = "fetch_ssl_vhosts";
	bench_judge(&b);
	is_str(b.result->headline, "timed out after 10 s in "
	    "fetch_ssl_vhosts", "the phase is named");
	report_free(b.report);
	bench_init(&b);
	bench_vhost(&b, "a", "a.example", 90 * DAY, 60 * DAY);
	err_set(&b.facts.topics[AUTOSSL_VHOSTS].error, ERR_SERVER, "HTTP 502");
	is_int(bench_judge(&b), STATUS_UNKNOWN, "a page is missing");
	is_str(b.result->headline, "only 1 website could be read: HTTP 502",
	    "and told");
	ok(b.result->checked, "the rest is judged");
	report_free(b.report);
	bench_init(&b);
	bench_vhost(&b, "a", "a.example", 90 * DAY, 10 * DAY);
	err_set(&b.facts.topics[AUTOSSL_VHOSTS].error, ERR_TIMEOUT, "10 ms");
	b.facts.phase = "fetch_ssl_vhosts";
	memset(&b.facts.topics[AUTOSSL_QUEUE], 0, sizeof(*b.facts.topics));
	memset(&b.facts.topics[AUTOSSL_PROBLEMS], 0,
	    sizeof(*b.facts.topics));
	bench_judge(&b);
	is_str(bench_text(&b, FINDING_NET_TIMEOUT), "only 1 website could be "
	    "read: timed out after 10 s in fetch_ssl_vhosts",
	    "a page came too late");
	ok(strstr(b.result->headline, "no pending") == NULL &&
	    strstr(b.result->headline, "no problem") == NULL,
	    "nothing is claimed that was not asked");
	ok(bench_metric(&b, "problems") == NULL, "nor counted");
	report_free(b.report);
}

static void
test_others(void)
{
	struct bench b;

	bench_init(&b);
	bench_vhost(&b, "a", "a.example", 90 * DAY, 60 * DAY);
	bench_failed(&b, AUTOSSL_QUEUE, ERR_MISSING, "no");
	bench_failed(&b, AUTOSSL_SERVICES, ERR_DENIED, "no");
	bench_failed(&b, AUTOSSL_ACCOUNTS, ERR_DENIED, "no");
	b.facts.insecure = true;
	is_int(bench_judge(&b), STATUS_OK, "missing and denied are left out");
	is_str(b.result->findings[1].text, "left out, not offered: pending "
	    "orders; not permitted: accounts, services", "and listed");
	is_int(b.result->findings[2].id, FINDING_API_INSECURE, "insecure");
	report_free(b.report);
	bench_init(&b);
	bench_vhost(&b, "a", "a.example", 90 * DAY, 60 * DAY);
	bench_failed(&b, AUTOSSL_QUEUE, ERR_SERVER, "HTTP 500");
	bench_failed(&b, AUTOSSL_LOG, ERR_SYNTAX, "cut");
	bench_failed(&b, AUTOSSL_SERVICES, ERR_SERVER, "HTTP 503");
	is_int(bench_judge(&b), STATUS_UNKNOWN, "failures are told");
	is_uint(bench_bad(&b), 2, "one for each kind");
	is_str(b.result->headline, "log of the last run could not be read: "
	    "cut", "with the topic");
	is_str(b.result->findings[2].text, "pending orders, services could "
	    "not be read: HTTP 500", "or several");
	report_free(b.report);
}

static void
test_orders(void)
{
	static const struct {
		int64_t age;
		bool queue;
		enum status want;
		const char *part;
	} rows[] = {
		{ -DAY, true, STATUS_OK, "" },
		{ 24 * HOUR, true, STATUS_OK, "" },
		{ 24 * HOUR + 1, true, STATUS_WARNING,
		    "order 7 has been pending for 1 day (3 domains) (warning" },
		{ 48 * HOUR, true, STATUS_WARNING, "" },
		{ 48 * HOUR + 1, true, STATUS_CRITICAL, "(critical above" },
		{ 6 * DAY - 1, true, STATUS_CRITICAL, "" },
		{ 6 * DAY, true, STATUS_CRITICAL, "will be canceled at 7" },
		{ 7 * DAY, true, STATUS_CRITICAL, "orders are canceled at" },
		{ HOUR, false, STATUS_OK, "" },
		{ HOUR + 1, false, STATUS_WARNING, "(warning above 1 h)" },
		{ 48 * HOUR + 1, false, STATUS_CRITICAL, "" },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		b.providers[0].queue = rows[i].queue;
		b.facts.n_orders = 2;
		b.orders[0] = (struct autossl_order){ bytes_str("7"),
		    bytes_str("bob"), bytes_str("b.example"),
		    NOW - rows[i].age, 3 };
		b.orders[1] = (struct autossl_order){ bytes_str("8"),
		    bytes_str("bob"), bytes_str("c.example"), NOW, 1 };
		is_int(bench_judge(&b), rows[i].want, "pending for %lld s",
		    (long long)rows[i].age);
		ok(bench_has(bench_text(&b, FINDING_AUTOSSL_PENDING),
		    rows[i].part), "%s", rows[i].part);
		is_int(bench_value(&b, "oldest_pending"), rows[i].age < 0 ?
		    0 : rows[i].age * 1000, "measured");
		is_int(bench_value(&b, "pending_orders"), 2000, "orders");
		is_int(bench_value(&b, "pending_domains"), 4000, "domains");
		report_free(b.report);
	}
	bench_init(&b);
	b.facts.n_orders = 1;
	b.orders[0] = (struct autossl_order){ bytes_str("7"),
	    bytes_str("bob"), bytes_str("b.example"), 0, 1 };
	is_int(bench_judge(&b), STATUS_UNKNOWN, "an order without a time");
	is_str(bench_text(&b, FINDING_API_UNREAD), "since when 1 order has "
	    "been pending cannot be read", "and that is said");
	report_free(b.report);
}

static void
test_many_orders(void)
{
	struct bench b;
	size_t i;

	bench_init(&b);
	b.providers[0].queue = true;
	b.facts.n_orders = 3;
	for (i = 0; i < 3; i++)
		b.orders[i] = (struct autossl_order){ bytes_str("7"),
		    bytes_str("bob"), bytes_str("b.example"),
		    NOW - (int64_t)i * 30 * HOUR, 1 };
	bench_judge(&b);
	is_str(b.result->headline, "an order for bob/b.example has been "
	    "pending for 2.5 days; 1 more pending too long, of 3 orders",
	    "the oldest, and how many");
	report_free(b.report);
}

static void
test_market(void)
{
	static const struct {
		const char *code;
		int64_t age;
		enum status want;
	} rows[] = {
		{ "CertificateNotFound", 24 * HOUR, STATUS_OK },
		{ "CertificateNotFound", 24 * HOUR + 1, STATUS_WARNING },
		{ "", 0, STATUS_OK },
		{ "RequiresApproval", HOUR, STATUS_WARNING },
		{ "OrderCanceled", HOUR, STATUS_CRITICAL },
		{ "OrderItemCanceled", HOUR, STATUS_CRITICAL },
		{ "b\xff|", 2 * DAY, STATUS_WARNING },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		b.facts.n_market = 1;
		b.market[0] = (struct autossl_market){ bytes_str("42"),
		    bytes_str(rows[i].code), bytes_str("shop.example"),
		    NOW - rows[i].age };
		bench_judge(&b);
		is_int(bench_state(&b, FINDING_AUTOSSL_MARKET), rows[i].want,
		    "paid order %zu", i);
		report_free(b.report);
	}
}

static void
fill_metrics(struct bench *b)
{
	struct autossl_vhost *v;

	v = bench_vhost(b, "a", "a.example", 90 * DAY, -36 * HOUR);
	bench_vhost(b, "a", "b.example", 90 * DAY, 10 * DAY);
	bench_vhost(b, "a", "c.example", 90 * DAY, 27 * DAY);
	bench_vhost(b, "a", "d.example", 90 * DAY, 60 * DAY);
	bench_vhost(b, "b", "e.example", 90 * DAY, -90 * DAY)->suspended =
	    true;
	bench_vhost(b, "b", "f.example", 90 * DAY, DAY)->autossl = false;
	bench_problem(v, "a.example", "too many certificates already issued "
	    "for \"a.example\". Retry after 2026-11-20T19:00:00Z");
	b->facts.n_problems = 9;
	b->facts.n_problem_domains = 4;
	b->facts.n_excluded = 3;
}

static void
test_metrics(void)
{
	static const struct {
		const char *label;
		int64_t want;
	} rows[] = {
		{ "vhosts", 6000 }, { "autossl_certs", 5000 },
		{ "expired", 1000 }, { "overdue", 1000 },
		{ "in_window", 2000 }, { "min_days", -1500 },
		{ "problems", 9000 }, { "problem_domains", 4000 },
		{ "excluded", 3000 }, { "pending_orders", 0 },
		{ "pending_domains", 0 }, { "oldest_pending", 0 },
		{ "last_run_age", 10800000 }, { "run_in_progress", 0 },
		{ "rate_limited", 1000 }, { "providers", 1000 },
		{ "api_time", 1100 },
	};
	const struct metric *m;
	struct bench b;
	size_t i;

	bench_init(&b);
	fill_metrics(&b);
	bench_judge(&b);
	for (i = 0; i < N(rows); i++) {
		m = bench_metric(&b, rows[i].label);
		if (ok(m != NULL, "%s is there", rows[i].label))
			is_int(m->value, rows[i].want, "%s", rows[i].label);
	}
	is_uint(b.result->n_metrics, N(rows), "and no other");
	m = bench_metric(&b, "min_days");
	ok(m != NULL && m->warning.start == 23200 && m->critical.start ==
	    7250, "days have their limits");
	m = bench_metric(&b, "last_run_age");
	ok(m != NULL && m->warning.end == 93600000 && m->critical.end ==
	    180000000, "ages have theirs");
	report_free(b.report);
	bench_account(&b);
	bench_vhost(&b, "a", "a.example", 90 * DAY, 60 * DAY);
	bench_judge(&b);
	ok(bench_metric(&b, "pending_orders") == NULL &&
	    bench_metric(&b, "providers") == NULL &&
	    bench_metric(&b, "last_run_age") == NULL,
	    "what is not known is no number");
	report_free(b.report);
}

static void
test_facts(void)
{
	static const struct {
		const char *server, *host;
		int64_t port;
	} rows[] = {
		{ "whm.example.com:2087", "whm.example.com", 2087 },
		{ "[2001:db8::1]:2083", "2001:db8::1", 2083 },
		{ "whm.example.com", "whm.example.com", 0 },
		{ "a:99999", "a:99999", 0 }, { "", "", 0 }, { "[]", "[]", 0 },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		bench_init(&b);
		b.facts.server = rows[i].server;
		bench_judge(&b);
		is_str(b.result->facts.host, rows[i].host, "host of %s",
		    rows[i].server);
		is_int(b.result->facts.port, rows[i].port, "its port");
		is_str(b.result->facts.kind, "autossl", "its kind");
		report_free(b.report);
	}
	bench_init(&b);
	b.options.output = OUTPUT_NAGIOS;
	bench_vhost(&b, "a", "a.example", 90 * DAY, 60 * DAY);
	bench_judge(&b);
	is_uint(b.result->facts.n_vhosts, 0, "not copied for nobody");
	report_free(b.report);
	bench_init(&b);
	b.obs.autossl = NULL;
	is_int(bench_judge(&b), STATUS_UNKNOWN, "no facts at all");
	report_free(b.report);
	bench_init(&b);
	b.obs.autossl = NULL;
	err_set(&b.obs.error, ERR_CONNECT, "refused");
	is_int(bench_judge(&b), STATUS_UNKNOWN, "only an error");
	is_str(b.result->headline, "refused", "is told");
	report_free(b.report);
}

#define MANY 3000

/* Hundreds of the same: the findings end somewhere, line 1 says it all. */
static void
test_many(void)
{
	struct autossl_vhost *vhosts = mem_array(MANY, sizeof(*vhosts));
	struct bench b;
	size_t i;

	bench_init(&b);
	for (i = 0; i < MANY; i++) {
		b.facts.n_vhosts = 0;
		vhosts[i] = *bench_vhost(&b, "shop", "shop.example",
		    90 * DAY, ((int64_t)(i * 7 % MANY) - 1500) * 60);
		vhosts[i].detail = NULL;
	}
	b.facts.vhosts = vhosts;
	b.facts.n_vhosts = MANY;
	is_int(bench_judge(&b), STATUS_CRITICAL, "very many");
	is_uint(bench_bad(&b), 1001, "a thousand are told");
	is_str(b.result->headline, "shop.example (shop) expired 1 day ago; "
	    "1499 more expired, 1500 overdue, of 3000 AutoSSL certificates",
	    "line 1");
	for (i = 0; i + 1 < b.result->n_findings; i++)
		if (b.result->findings[i].status != STATUS_OK &&
		    *b.result->findings[i].subject == '\0')
			break;
	is_str(b.result->findings[i].text, "and 2000 more: 500 expired, "
	    "1500 overdue", "and the rest is counted");
	report_free(b.report);
	mem_free(vhosts);
}

/* Whatever allocation fails: no crash, no leak, and it is told. */
static void
test_nomem(void)
{
	unsigned long nth, silent = 0;
	bool complete = false;
	struct bench b;

	for (nth = 1; nth < 3000 && !complete; nth++) {
		bench_init(&b);
		fill_metrics(&b);
		b.facts.n_orders = 1;
		b.orders[0].requested = 1;
		mem_fail_at(nth, 1);
		bench_judge(&b);
		complete = !b.result->nomem;
		mem_fail_at(0, 0);
		silent += !complete && b.result->status == STATUS_OK;
		report_free(b.report);
	}
	ok(complete, "it comes out in the end, after %lu", nth);
	is_uint(silent, 0, "and is never OK before");
}

int
main(void)
{
	test_core();
	test_others();
	test_orders();
	test_many_orders();
	test_market();
	test_metrics();
	test_facts();
	test_many();
	test_nomem();
	return tap_done();
}
