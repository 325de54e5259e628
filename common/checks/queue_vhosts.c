/* SPDX-License-Identifier: ISC */
/*
 * The websites: one finding for each that needs somebody, the most urgent
 * first, and one text for all of them for line 1.
 */
#include "checks/queue_private.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/duration.h"

#define TOLD_MAX 1000		/* findings; the rest is counted */

struct queue_alarm {
	const struct autossl_vhost *vhost;
	struct queue_verdict verdict;
};

struct queue_alarms {
	struct queue_alarm *items;
	size_t n;
	size_t n_bad;		/* not OK after the policy */
	size_t counts[FINDING_COUNT];	/* of these */
};

/* What each is called behind a number, in the order of telling. */
static const struct {
	enum finding_id id;
	const char *words;
} queue_kinds[] = {
	{ FINDING_AUTOSSL_EXPIRED, "expired" },
	{ FINDING_AUTOSSL_NOT_INSTALLED, "renewed but not installed" },
	{ FINDING_AUTOSSL_OVERDUE, "overdue" },
	{ FINDING_AUTOSSL_PENDING, "pending too long" },
	{ FINDING_AUTOSSL_WILL_NOT_RENEW, "not to be renewed" },
	{ FINDING_AUTOSSL_PROBLEM, "with a problem" },
	{ FINDING_AUTOSSL_SELF_SIGNED, "self-signed" },
};

#define N_KINDS (sizeof(queue_kinds) / sizeof(*queue_kinds))

static int
alarm_compare(const void *a, const void *b)
{
	const struct queue_alarm *x = a, *y = b;
	int order = status_rank(y->verdict.status) -
	    status_rank(x->verdict.status);

	/* A fallback certificate has no end that matters. */
	if (order == 0)
		order = (x->verdict.state == QUEUE_SELF_SIGNED) -
		    (y->verdict.state == QUEUE_SELF_SIGNED);
	if (order == 0)
		order = (x->verdict.left > y->verdict.left) -
		    (x->verdict.left < y->verdict.left);
	if (order == 0)
		order = queue_compare_bytes(x->vhost->servername,
		    y->vhost->servername);
	return order != 0 ? order : queue_compare_bytes(x->vhost->user,
	    y->vhost->user);
}

static int
alarms_collect(const struct check_input *in, struct queue_alarms *alarms)
{
	const struct autossl_facts *facts = in->obs->autossl;
	struct queue_alarm one;
	size_t i, n = 0;

	for (i = 0; i < facts->n_vhosts; i++)
		n += queue_judge(in, &facts->vhosts[i]).id != FINDING_COUNT;
	if (n == 0)
		return 0;
	alarms->items = mem_array(n, sizeof(*alarms->items));
	if (alarms->items == NULL)
		return -1;
	for (i = 0; i < facts->n_vhosts; i++) {
		one.vhost = &facts->vhosts[i];
		one.verdict = queue_judge(in, one.vhost);
		if (one.verdict.id == FINDING_COUNT)
			continue;
		alarms->items[alarms->n++] = one;
		if (one.verdict.status == STATUS_OK)
			continue;
		alarms->n_bad++;
		alarms->counts[one.verdict.id]++;
	}
	qsort(alarms->items, alarms->n, sizeof(*alarms->items),
	    alarm_compare);
	return 0;
}

/* "4 more expired, 7 overdue"; `named`: one of it was named before. */
static void
put_counts(struct buf *out, const char *lead, const size_t *counts,
    enum finding_id named)
{
	size_t i, n;

	for (i = 0; i < N_KINDS; i++) {
		bool same = queue_kinds[i].id == named;

		n = counts[queue_kinds[i].id] - same;
		if (n == 0)
			continue;
		buf_printf(out, "%s%zu %s%s", lead, n, same ? "more " : "",
		    queue_kinds[i].words);
		lead = ", ";
	}
}

static void
add_digest(const struct check_input *in, struct result *result,
    const struct queue_alarms *alarms, size_t first)
{
	const struct queue_alarm *worst = &alarms->items[0];
	struct buf text = BUF_INIT;
	bool one = alarms->n_bad == 1;

	buf_printf(&text, "%s ", result_clean(result,
	    worst->vhost->servername, 255));
	if (worst->vhost->user.len > 0)
		buf_printf(&text, "(%s%s) ", one ? "account " : "",
		    result_clean(result, worst->vhost->user, 64));
	queue_describe(in, result, worst->vhost, one ? QUEUE_LINE :
	    QUEUE_BRIEF, &text);
	if (!one) {
		put_counts(&text, "; ", alarms->counts,
		    worst->verdict.id);
		buf_printf(&text, ", of %zu AutoSSL certificates",
		    queue_count(in).autossl);
	}
	result_digest(result, first, "%s", buf_text(&text));
	if (buf_failed(&text))
		result->nomem = true;
	buf_release(&text);
}

/* What is beyond the limit, summed up under its worst. */
static void
add_rest(struct result *result, const struct queue_alarms *alarms)
{
	size_t counts[FINDING_COUNT] = { 0 }, i;
	const struct queue_verdict *worst;
	struct buf text = BUF_INIT;

	if (alarms->n <= TOLD_MAX)
		return;
	worst = &alarms->items[TOLD_MAX].verdict;
	for (i = TOLD_MAX; i < alarms->n; i++)
		counts[alarms->items[i].verdict.id]++;
	put_counts(&text, ": ", counts, FINDING_COUNT);
	result_add(result, worst->id, worst->status, "", "and %zu more%s",
	    alarms->n - TOLD_MAX, buf_text(&text));
	buf_release(&text);
}

static void
add_alarms(const struct check_input *in, struct result *result,
    const struct queue_alarms *alarms)
{
	size_t first = result->n_findings, i;
	const struct queue_alarm *one;
	struct buf text = BUF_INIT;

	for (i = 0; i < alarms->n && i < TOLD_MAX; i++) {
		one = &alarms->items[i];
		buf_reset(&text);
		queue_describe(in, result, one->vhost, QUEUE_LONG, &text);
		result_add(result, one->verdict.id, one->verdict.status,
		    queue_subject(result, one->vhost->user,
		    one->vhost->servername), "%s", buf_text(&text));
	}
	add_rest(result, alarms);
	if (alarms->n_bad > 0)
		add_digest(in, result, alarms, first);
	if (buf_failed(&text))
		result->nomem = true;
	buf_release(&text);
}

static void
put_spared(struct buf *out, size_t n, const char *words)
{
	if (n > 0)
		buf_printf(out, ", %zu %s", n, words);
}

/* "312 AutoSSL certificates fine, next renewal in 12 days, last run 3 h
 * ago": the headline when all is well. */
static void
add_fine(const struct check_input *in, struct result *result,
    const struct queue_tally *tally)
{
	const struct autossl_facts *facts = in->obs->autossl;
	size_t fine = tally->states[QUEUE_FINE] +
	    tally->states[QUEUE_RENEWING];
	struct buf text = BUF_INIT;

	if (tally->autossl == 0)
		buf_printf(&text, "no AutoSSL certificate among %zu website%s",
		    facts->n_vhosts, facts->n_vhosts == 1 ? "" : "s");
	else if (fine < tally->autossl)
		buf_printf(&text, "%zu of %zu AutoSSL certificates fine",
		    fine, tally->autossl);
	else
		buf_printf(&text, "%zu AutoSSL certificate%s fine", fine,
		    fine == 1 ? "" : "s");
	put_spared(&text, tally->states[QUEUE_SUSPENDED], "suspended");
	put_spared(&text, tally->states[QUEUE_EXCLUDED], "excluded");
	if (tally->in_window > 0)
		buf_printf(&text, ", %zu due for renewal", tally->in_window);
	else if (tally->next_due >= 0) {
		buf_str(&text, ", next renewal in ");
		duration_format(&text, tally->next_due);
	}
	if (facts->runs.any) {
		buf_str(&text, ", last run ");
		duration_format(&text, queue_age(in->now, facts->runs.last));
		buf_str(&text, " ago");
	}
	result_ok(result, FINDING_AUTOSSL_EXPIRED, "", "%s", buf_text(&text));
	buf_release(&text);
}

/* What is counted and no alarm. */
static void
add_noise(const struct check_input *in, struct result *result,
    const struct queue_tally *tally)
{
	const struct autossl_facts *facts = in->obs->autossl;

	result_ok(result, FINDING_AUTOSSL_OVERDUE, "", "%zu website%s: %zu of "
	    "AutoSSL, %zu with other certificates, %zu of suspended "
	    "accounts, %zu excluded", facts->n_vhosts,
	    facts->n_vhosts == 1 ? "" : "s", tally->autossl,
	    tally->states[QUEUE_FOREIGN], tally->states[QUEUE_SUSPENDED],
	    tally->states[QUEUE_EXCLUDED]);
	if (facts->n_problems > 0)
		result_ok(result, FINDING_AUTOSSL_PROBLEM, "",
		    "%zu problem%s recorded for %zu domain%s, %zu of no "
		    "matter", facts->n_problems,
		    facts->n_problems == 1 ? "" : "s",
		    facts->n_problem_domains,
		    facts->n_problem_domains == 1 ? "" : "s",
		    facts->n_noise);
}

static void
judge_feature(const struct autossl_facts *facts, struct result *result)
{
	if (facts->feature == 0)
		result_bad(result, FINDING_AUTOSSL_FEATURE, "", "AutoSSL is "
		    "switched off for the account%s%s, nothing is renewed",
		    facts->user == NULL ? "" : " ", facts->user == NULL ? "" :
		    result_clean(result, bytes_str(facts->user), 64));
	else if (facts->feature > 0)
		result_ok(result, FINDING_AUTOSSL_FEATURE, "",
		    "AutoSSL is switched on for the account");
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = queue_facts(in);
	struct queue_alarms alarms = { .items = NULL };
	struct queue_tally tally;

	if (facts == NULL)
		return;
	tally = queue_count(in);
	if (alarms_collect(in, &alarms) != 0)
		result->nomem = true;
	if (alarms.n_bad == 0)
		add_fine(in, result, &tally);
	add_alarms(in, result, &alarms);
	mem_free(alarms.items);
	judge_feature(facts, result);
	add_noise(in, result, &tally);
}

const struct check check_queue_vhosts = { "queue_vhosts", false, run };
