/* SPDX-License-Identifier: ISC */
/* Facts about AutoSSL, made by hand, and all checks run over them. */
#ifndef TESTS_UNIT_QUEUE_BENCH_H
#define TESTS_UNIT_QUEUE_BENCH_H

#include "base/alloc.h"
#include "checks/queue.h"
#include "tap.h"

#define NOW INT64_C(1795176000)		/* 2026-11-20T12:00:00Z */
#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
#define N(a) (sizeof(a) / sizeof(*(a)))
#define VHOSTS 8

struct bench {
	struct options options;
	struct observation obs;
	struct autossl_facts facts;
	struct autossl_provider providers[2];
	struct autossl_vhost vhosts[VHOSTS];
	struct autossl_detail details[VHOSTS];
	struct autossl_problem problems[VHOSTS][4];
	struct autossl_order orders[4];
	struct autossl_service services[2];
	struct autossl_market market[2];
	struct report *report;
	struct result *result;
};

static inline void
bench_options(struct options *options)
{
	struct err err = ERR_INIT;

	options->timeout.ms = 10000;
	options->output = OUTPUT_JSON;
	threshold_parse("80%", DAY, &options->warning, &err);
	threshold_parse("25%", DAY, &options->critical, &err);
	options->pending_warning = 24 * HOUR;
	options->pending_critical = 48 * HOUR;
	options->run_warning = 26 * HOUR;
	options->run_critical = 50 * HOUR;
	options->check_warning = 6 * HOUR;
	options->check_critical = 24 * HOUR;
}

/* A topic that was asked and answered. */
static inline void
bench_got(struct bench *b, enum autossl_topic topic)
{
	b->facts.topics[topic].asked = b->facts.topics[topic].got = 1;
}

static inline void
bench_failed(struct bench *b, enum autossl_topic topic, enum err_kind kind,
    const char *text)
{
	b->facts.topics[topic] = (struct autossl_topic_state){
	    .asked = 1, .got = 0 };
	err_set(&b->facts.topics[topic].error, kind, "%s", text);
}

/* A host where all is well and nothing is installed yet. */
static inline void
bench_init(struct bench *b)
{
	static const enum autossl_topic got[] = { AUTOSSL_PROVIDERS,
		AUTOSSL_SCHEDULE, AUTOSSL_RUNS, AUTOSSL_VHOSTS,
		AUTOSSL_ACCOUNTS, AUTOSSL_PROBLEMS, AUTOSSL_EXCLUDED,
		AUTOSSL_QUEUE, AUTOSSL_SERVICES };
	size_t i;

	memset(b, 0, sizeof(*b));
	bench_options(&b->options);
	policy_ignore(&b->options.policy, FINDING_API_EMPTY);
	b->obs.autossl = &b->facts;
	b->obs.total_ms = 1200;
	b->facts.way = AUTOSSL_WHM;
	b->facts.server = "whm.example.com:2087";
	b->facts.rules.now = NOW;
	b->facts.feature = -1;
	b->facts.api_ms = 1100;
	b->facts.n_calls = 9;
	for (i = 0; i < N(got); i++)
		bench_got(b, got[i]);
	b->providers[0] = (struct autossl_provider){
		.name = bytes_str("LetsEncrypt"),
		.title = bytes_str("Let\xe2\x80\x99s Encrypt\xe2\x84\xa2"),
		.enabled = true };
	b->facts.providers = b->providers;
	b->facts.n_providers = 1;
	b->facts.schedule.known = true;
	b->facts.schedule.interval = DAY;
	b->facts.runs.n = 2;
	b->facts.runs.any = true;
	b->facts.runs.last = NOW - 3 * HOUR;
	b->facts.runs.provider = b->providers[0].name;
	b->facts.vhosts = b->vhosts;
	b->facts.orders = b->orders;
	b->facts.services = b->services;
	b->facts.market = b->market;
	b->report = report_new("check_autossl_queue", "AUTOSSL_QUEUE");
	b->report->policy = &b->options.policy;
	b->result = report_add(b->report, "whm.example.com:2087", "whm");
}

/* The same as a customer sees it: one account, and much less. */
static inline void
bench_account(struct bench *b)
{
	static const enum autossl_topic none[] = { AUTOSSL_PROVIDERS,
		AUTOSSL_SCHEDULE, AUTOSSL_RUNS, AUTOSSL_ACCOUNTS,
		AUTOSSL_SERVICES, AUTOSSL_QUEUE };
	size_t i;

	bench_init(b);
	b->facts.way = AUTOSSL_CPANEL;
	b->facts.server = "host.example.com:2083";
	b->facts.user = "shop";
	for (i = 0; i < N(none); i++)
		memset(&b->facts.topics[none[i]], 0,
		    sizeof(b->facts.topics[none[i]]));
	bench_failed(b, AUTOSSL_QUEUE, ERR_MISSING, "no such function");
	bench_got(b, AUTOSSL_PROGRESS);
	bench_got(b, AUTOSSL_RENEWAL);
	bench_got(b, AUTOSSL_FEATURE);
	b->facts.n_providers = 0;
	b->facts.schedule.known = false;
	memset(&b->facts.runs, 0, sizeof(b->facts.runs));
	b->facts.feature = 1;
}

static inline struct autossl_vhost *
bench_vhost(struct bench *b, const char *user, const char *name,
    int64_t lifetime, int64_t left)
{
	size_t i = b->facts.n_vhosts++;
	struct autossl_vhost *v = &b->vhosts[i];

	v->user = bytes_str(user);
	v->servername = bytes_str(name);
	v->not_after = NOW + left;
	v->not_before = v->not_after - lifetime;
	v->has_dates = v->autossl = true;
	v->issuer = AUTOSSL_ISSUER_LETSENCRYPT;
	b->details[i].problems = b->problems[i];
	if (autossl_is_due(&b->facts.rules, v))
		v->detail = &b->details[i];
	return v;
}

static inline void
bench_problem(struct autossl_vhost *v, const char *domain, const char *text)
{
	struct autossl_problem *p =
	    &v->detail->problems[v->detail->n_problems++];

	p->domain = bytes_str(domain);
	p->text = bytes_str(text);
	p->time = NOW - 3 * HOUR;
	p->meaning = autossl_text_read(p->text);
}

static inline void
bench_renewal(struct autossl_vhost *v, bool will, bool active, bool problems)
{
	v->detail->renewal.known = true;
	v->detail->renewal.will_renew = will;
	v->detail->renewal.is_active = active;
	v->detail->renewal.has_problems = problems;
}

static inline enum status
bench_judge(struct bench *b)
{
	static const struct check *const checks[] = { &check_queue_api,
		&check_queue_vhosts, &check_queue_runs, &check_queue_orders,
		&check_queue_metrics, &check_queue_summary };
	const struct check_input in = { &b->obs, &b->options, NOW };
	size_t i;

	for (i = 0; i < N(checks); i++)
		checks[i]->run(&in, b->result);
	report_close(b->report, b->result);
	return b->result->status;
}

static inline const struct finding *
bench_find(const struct bench *b, enum finding_id id)
{
	const struct result *r = b->result;
	size_t i;

	for (i = 0; i < r->n_findings; i++)
		if (r->findings[i].id == id &&
		    r->findings[i].status != STATUS_OK)
			return &r->findings[i];
	return NULL;
}

/* The state of a finding that is not OK, or 0. */
static inline int
bench_state(const struct bench *b, enum finding_id id)
{
	const struct finding *f = bench_find(b, id);

	return f == NULL ? 0 : (int)f->status;
}

static inline const char *
bench_text(const struct bench *b, enum finding_id id)
{
	const struct finding *f = bench_find(b, id);

	return f == NULL ? "" : f->text;
}

static inline size_t
bench_bad(const struct bench *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->result->n_findings; i++)
		n += b->result->findings[i].status != STATUS_OK;
	return n;
}

static inline const struct metric *
bench_metric(const struct bench *b, const char *label)
{
	size_t i;

	for (i = 0; i < b->result->n_metrics; i++)
		if (strcmp(b->result->metrics[i].label, label) == 0)
			return &b->result->metrics[i];
	return NULL;
}

/* In thousandths; -1: there is no such metric. */
static inline int64_t
bench_value(const struct bench *b, const char *label)
{
	const struct metric *m = bench_metric(b, label);

	return m == NULL ? -1 : m->value;
}

static inline bool
bench_has(const char *text, const char *part)
{
	bool found = strstr(text, part) != NULL;

	if (!found)
		diag("'%s' is not in '%s'", part, text);
	return found;
}

#endif
