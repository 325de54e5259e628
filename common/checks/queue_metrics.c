/* SPDX-License-Identifier: ISC */
/* The numbers, as far as they are known, on failures too. */
#include "checks/queue_private.h"

static struct metric *
put(struct result *result, const char *label, const char *unit,
    int64_t milli)
{
	struct metric *m = result_metric(result, label, unit, milli);

	if (m != NULL)
		m->has_min = true;
	return m;
}

static struct metric *
put_count(struct result *result, const char *label, size_t n)
{
	return put(result, label, "", (int64_t)n * 1000);
}

static void
put_part(struct result *result, const char *label, size_t n, size_t of)
{
	struct metric *m = put_count(result, label, n);

	if (m == NULL)
		return;
	m->has_max = true;
	m->max = (int64_t)of * 1000;
}

/* "0 to limit seconds are fine", in thousandths; 0: never alarms. */
static struct range
age_range(int64_t limit)
{
	struct range range = { .set = limit > 0, .has_start = true,
		.has_end = true, .end = limit };

	return range_scale(&range, 1000, 1);
}

struct limits {
	int64_t warning, critical;
};

static void
put_age(struct result *result, const char *label, int64_t age,
    const struct limits *limits)
{
	const struct range seconds = { .start = age };
	struct metric *m = put(result, label, "s",
	    range_scale(&seconds, 1000, 1).start);

	if (m == NULL)
		return;
	m->warning = age_range(limits->warning);
	m->critical = age_range(limits->critical);
}

/* Rounded down: an expired certificate never shows zero days. */
static int64_t
milli_days(int64_t seconds)
{
	int64_t days = seconds / QUEUE_DAY, rest = seconds % QUEUE_DAY;

	if (rest < 0) {
		days--;
		rest += QUEUE_DAY;
	}
	return days * 1000 + rest * 1000 / QUEUE_DAY;
}

static void
put_days(const struct check_input *in, struct result *result,
    const struct autossl_vhost *first)
{
	const struct options *options = in->options;
	struct range warning, critical;
	int64_t window;
	struct metric *m;

	if (first == NULL)
		return;
	m = result_metric(result, "min_days", "", milli_days(queue_left(in,
	    first)));
	if (m == NULL)
		return;
	window = autossl_window(&in->obs->autossl->rules, first);
	warning = threshold_effective(&options->warning, window);
	critical = threshold_effective(&options->critical, window);
	m->warning = range_scale(&warning, 1000, QUEUE_DAY);
	m->critical = range_scale(&critical, 1000, QUEUE_DAY);
}

static void
put_vhosts(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	struct queue_tally tally;

	if (!queue_got(facts, AUTOSSL_VHOSTS))
		return;
	tally = queue_count(in);
	put_count(result, "vhosts", facts->n_vhosts);
	put_part(result, "autossl_certs", tally.autossl, facts->n_vhosts);
	put_part(result, "expired", tally.states[QUEUE_EXPIRED],
	    tally.autossl);
	put_part(result, "overdue", tally.states[QUEUE_OVERDUE],
	    tally.autossl);
	put_part(result, "in_window", tally.in_window, tally.autossl);
	put_days(in, result, tally.first);
	put_part(result, "rate_limited", facts->log.rate_limited ||
	    tally.limited > 0, 1);
}

/* Known when it was read, or when there was nobody to ask about. */
static bool
is_known(const struct autossl_facts *facts, enum autossl_topic topic)
{
	const struct autossl_topic_state *state = &facts->topics[topic];

	if (state->got > 0)
		return true;
	return state->asked == 0 && state->error.kind == ERR_NONE &&
	    queue_got(facts, AUTOSSL_VHOSTS) && facts->phase == NULL &&
	    facts->topics[AUTOSSL_VHOSTS].error.kind == ERR_NONE;
}

static void
put_problems(const struct autossl_facts *facts, struct result *result)
{
	if (is_known(facts, AUTOSSL_PROBLEMS)) {
		put_count(result, "problems", facts->n_problems);
		put_count(result, "problem_domains",
		    facts->n_problem_domains);
	}
	if (is_known(facts, AUTOSSL_EXCLUDED))
		put_count(result, "excluded", facts->n_excluded);
}

static void
put_orders(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	const struct limits limits = { in->options->pending_warning,
		in->options->pending_critical };
	int64_t oldest = 0, age;
	size_t domains = 0, i;

	if (!queue_got(facts, AUTOSSL_QUEUE))
		return;
	for (i = 0; i < facts->n_orders; i++) {
		domains += facts->orders[i].n_domains;
		age = facts->orders[i].requested == 0 ? 0 :
		    queue_age(in->now, facts->orders[i].requested);
		if (age > oldest)
			oldest = age;
	}
	put_count(result, "pending_orders", facts->n_orders);
	put_count(result, "pending_domains", domains);
	put_age(result, "oldest_pending", oldest, &limits);
}

static void
put_runs(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	const struct limits check = { in->options->check_warning,
		in->options->check_critical };
	struct limits last;
	int64_t age;
	bool busy;

	queue_run_limits(in, &last.warning, &last.critical);
	if (facts->runs.any)
		put_age(result, "last_run_age", queue_age(in->now,
		    facts->runs.last), &last);
	busy = queue_in_progress(facts, in->now, &age);
	if (busy || queue_got(facts, AUTOSSL_RUNS) ||
	    queue_got(facts, AUTOSSL_PROGRESS))
		put_age(result, "run_in_progress", busy && age > 0 ? age : 0,
		    &check);
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	struct metric *m;

	if (facts == NULL)
		return;
	put_vhosts(in, result);
	put_problems(facts, result);
	put_orders(in, result);
	put_runs(in, result);
	if (queue_got(facts, AUTOSSL_PROVIDERS))
		put_part(result, "providers", queue_enabled(facts),
		    facts->n_providers);
	m = put(result, "api_time", "s", facts->api_ms);
	if (m == NULL)
		return;
	m->has_max = true;
	m->max = in->options->timeout.ms;
}

const struct check check_queue_metrics = { "queue_metrics", false, run };
