/* SPDX-License-Identifier: ISC */
/*
 * One website of a cPanel server, judged.  Service subdomains, excluded
 * names, suspended accounts and certificates of others are no alarm.
 */
#include "checks/queue_private.h"

#include <string.h>

#include "base/duration.h"

/* A provider that answers at once leaves nothing pending for long. */
#define PROMPT_WARNING QUEUE_HOUR
/* An account does not see when AutoSSL ran; it does so daily, and writes what
 * it finds anew. */
#define PROBLEM_STALE (7 * QUEUE_DAY)

struct queue_case {
	const struct check_input *in;
	const struct autossl_vhost *vhost;
	const struct queue_verdict *verdict;
};

const struct autossl_facts *
queue_facts(const struct check_input *in)
{
	const struct autossl_facts *facts = in->obs->autossl;

	return facts != NULL && queue_got(facts, AUTOSSL_VHOSTS) ? facts :
	    NULL;
}

bool
queue_got(const struct autossl_facts *facts, enum autossl_topic topic)
{
	return facts->topics[topic].got > 0;
}

static int64_t
queue_difference(int64_t a, int64_t b)
{
	int64_t out;

	if (__builtin_sub_overflow(a, b, &out))
		return a < b ? INT64_MIN : INT64_MAX;
	return out;
}

int64_t
queue_age(int64_t now, int64_t then)
{
	return then >= now ? 0 : queue_difference(now, then);
}

int64_t
queue_left(const struct check_input *in, const struct autossl_vhost *vhost)
{
	return queue_difference(vhost->not_after, in->now);
}

enum status
queue_age_status(int64_t age, int64_t warning, int64_t critical)
{
	if (critical > 0 && age > critical)
		return STATUS_CRITICAL;
	return warning > 0 && age > warning ? STATUS_WARNING : STATUS_OK;
}

void
queue_put_limit(struct buf *out, enum status status, int64_t warning,
    int64_t critical)
{
	if (status == STATUS_OK)
		return;
	buf_printf(out, " (%s above ", status_name(status));
	duration_format(out, status == STATUS_CRITICAL ? critical : warning);
	buf_char(out, ')');
}

size_t
queue_enabled(const struct autossl_facts *facts)
{
	size_t i, n = 0;

	for (i = 0; i < facts->n_providers; i++)
		n += facts->providers[i].enabled;
	return n;
}

bool
queue_is_off(const struct autossl_facts *facts)
{
	if (facts->feature == 0)
		return true;
	return queue_got(facts, AUTOSSL_PROVIDERS) ?
	    queue_enabled(facts) == 0 : facts->log.disabled;
}

bool
queue_in_progress(const struct autossl_facts *facts, int64_t now,
    int64_t *age)
{
	int64_t since = facts->in_progress ? facts->in_progress_since :
	    facts->runs.open_since;

	*age = since == 0 ? -1 : queue_age(now, since);
	return facts->in_progress || since != 0;
}

/* All providers in use answer at once. */
static bool
queue_is_prompt(const struct autossl_facts *facts)
{
	size_t i;

	for (i = 0; i < facts->n_providers; i++)
		if (facts->providers[i].enabled && facts->providers[i].queue)
			return false;
	return queue_enabled(facts) > 0;
}

int64_t
queue_order_warning(const struct check_input *in)
{
	int64_t warning = in->options->pending_warning;

	return warning > PROMPT_WARNING && queue_is_prompt(in->obs->autossl) ?
	    PROMPT_WARNING : warning;
}

enum status
queue_order_status(const struct check_input *in, int64_t age)
{
	return queue_age_status(age, queue_order_warning(in),
	    in->options->pending_critical);
}

const char *
queue_state_word(enum queue_state state)
{
	static const char *const words[QUEUE_STATES] = {
		[QUEUE_NONE] = "none",
		[QUEUE_FOREIGN] = "foreign",
		[QUEUE_SUSPENDED] = "suspended",
		[QUEUE_EXCLUDED] = "excluded",
		[QUEUE_SELF_SIGNED] = "self-signed",
		[QUEUE_FINE] = "fine",
		[QUEUE_RENEWING] = "renewing",
		[QUEUE_OVERDUE] = "overdue",
		[QUEUE_EXPIRED] = "expired",
	};

	return words[state];
}

bool
queue_problem_counts(const struct check_input *in,
    const struct autossl_vhost *vhost, const struct autossl_problem *problem)
{
	if (problem->meaning.cause == AUTOSSL_CAUSE_EXCLUDED)
		return false;
	if (!in->obs->autossl->runs.any && problem->time != 0 &&
	    queue_age(in->now, problem->time) > PROBLEM_STALE)
		return false;
	/* Somebody may have a website of that name. */
	return bytes_eq(problem->domain, vhost->servername) ||
	    !autossl_is_service_name(problem->domain);
}

bool
queue_has_problem(const struct check_input *in,
    const struct autossl_vhost *vhost)
{
	size_t i;

	if (vhost->detail == NULL)
		return false;
	for (i = 0; i < vhost->detail->n_problems; i++)
		if (queue_problem_counts(in, vhost,
		    &vhost->detail->problems[i]))
			return true;
	return false;
}

static bool
queue_has_cause(const struct autossl_vhost *vhost, enum autossl_cause cause,
    bool main_name)
{
	const struct autossl_detail *detail = vhost->detail;
	size_t i;

	for (i = 0; detail != NULL && i < detail->n_problems; i++)
		if (detail->problems[i].meaning.cause == cause &&
		    (!main_name || bytes_eq(detail->problems[i].domain,
		    vhost->servername)))
			return true;
	return false;
}

/* By the user's own choice. */
static bool
queue_is_excluded(const struct autossl_vhost *vhost)
{
	const struct autossl_detail *detail = vhost->detail;

	if (detail == NULL)
		return false;
	return detail->excluded ||
	    (detail->renewal.known && detail->renewal.is_excluded &&
	    !detail->renewal.will_renew) ||
	    queue_has_cause(vhost, AUTOSSL_CAUSE_EXCLUDED, true);
}

/* Where the listing of accounts is not permitted, a problem may tell; of the
 * account itself, whatever else is suspended. */
static bool
queue_is_suspended(const struct autossl_vhost *vhost)
{
	const struct autossl_detail *detail = vhost->detail;
	const struct autossl_problem *problem;
	size_t i;

	for (i = 0; detail != NULL && i < detail->n_problems; i++) {
		problem = &detail->problems[i];
		if (problem->meaning.cause == AUTOSSL_CAUSE_SUSPENDED &&
		    bytes_eq(autossl_text_quoted(problem->text), vhost->user))
			return true;
	}
	return vhost->suspended;
}

static enum status
queue_level(const struct check_input *in, const struct queue_verdict *verdict)
{
	struct range warning, critical;

	critical = threshold_effective(&in->options->critical,
	    verdict->window);
	if (verdict->left < 0 || range_alerts(&critical, verdict->left))
		return STATUS_CRITICAL;
	warning = threshold_effective(&in->options->warning, verdict->window);
	return range_alerts(&warning, verdict->left) ? STATUS_WARNING :
	    STATUS_OK;
}

static enum queue_state
queue_state_of(const struct check_input *in,
    const struct autossl_vhost *vhost, const struct queue_verdict *verdict)
{
	if (queue_is_suspended(vhost))
		return QUEUE_SUSPENDED;
	if (!vhost->autossl)
		return vhost->issuer == AUTOSSL_ISSUER_NONE ? QUEUE_NONE :
		    vhost->issuer != AUTOSSL_ISSUER_SELF ||
		    !autossl_has_account(vhost) ? QUEUE_FOREIGN :
		    queue_is_excluded(vhost) ? QUEUE_EXCLUDED :
		    QUEUE_SELF_SIGNED;
	if (queue_is_excluded(vhost))
		return QUEUE_EXCLUDED;
	if (!vhost->has_dates)
		return QUEUE_NONE;
	if (verdict->left < 0)
		return QUEUE_EXPIRED;
	/* Not valid yet: somebody's clock is wrong. */
	if (in->now < vhost->not_before)
		return QUEUE_FINE;
	if (queue_level(in, verdict) != STATUS_OK)
		return QUEUE_OVERDUE;
	return verdict->left < verdict->window ? QUEUE_RENEWING : QUEUE_FINE;
}

static bool
case_expired(const struct queue_case *c)
{
	return c->verdict->state == QUEUE_EXPIRED;
}

static bool
case_not_installed(const struct queue_case *c)
{
	const struct autossl_detail *detail = c->vhost->detail;

	return detail != NULL && detail->stored_not_after >
	    c->vhost->not_after;
}

static bool
case_overdue(const struct queue_case *c)
{
	return c->verdict->state == QUEUE_OVERDUE;
}

static bool
case_will_not_renew(const struct queue_case *c)
{
	const struct autossl_detail *detail = c->vhost->detail;

	return detail != NULL && detail->renewal.known &&
	    !detail->renewal.will_renew;
}

static bool
case_problem(const struct queue_case *c)
{
	return queue_has_problem(c->in, c->vhost);
}

/* The most telling one first. */
static const struct {
	enum finding_id id;
	bool (*applies)(const struct queue_case *c);
} queue_cases[] = {
	{ FINDING_AUTOSSL_EXPIRED, case_expired },
	{ FINDING_AUTOSSL_NOT_INSTALLED, case_not_installed },
	{ FINDING_AUTOSSL_OVERDUE, case_overdue },
	{ FINDING_AUTOSSL_WILL_NOT_RENEW, case_will_not_renew },
	{ FINDING_AUTOSSL_PROBLEM, case_problem },
};

static bool
queue_is_ignored(const struct check_input *in, enum finding_id id)
{
	return in->options->policy.rows[id].ignore != 0;
}

static void
queue_set(const struct check_input *in, struct queue_verdict *verdict,
    enum finding_id id, enum status status)
{
	const struct policy *policy = &in->options->policy;

	verdict->id = id;
	verdict->status = policy->rows[id].set ? policy->rows[id].status :
	    status;
}

/* The order that a website waits for, when that is the worst of it. */
static void
queue_tell_order(const struct queue_case *c, struct queue_verdict *verdict)
{
	const struct autossl_detail *detail = c->vhost->detail;
	struct queue_verdict order = *verdict;
	enum status status;

	if (detail == NULL || detail->ordered == 0 ||
	    queue_is_ignored(c->in, FINDING_AUTOSSL_PENDING))
		return;
	status = queue_order_status(c->in, queue_age(c->in->now,
	    detail->ordered));
	if (status == STATUS_OK)
		return;
	queue_set(c->in, &order, FINDING_AUTOSSL_PENDING, status);
	if (verdict->id == FINDING_COUNT ||
	    status_rank(order.status) > status_rank(verdict->status))
		*verdict = order;
}

/* What is told of a website with an AutoSSL certificate. */
static void
queue_tell(const struct queue_case *c, struct queue_verdict *verdict)
{
	const struct check_input *in = c->in;
	enum status level;
	size_t i;

	/* Nobody waits for it yet, whatever is recorded. */
	if (verdict->state == QUEUE_FINE)
		return;
	level = queue_level(in, verdict);
	if (level == STATUS_OK)
		level = STATUS_WARNING;
	for (i = 0; i < sizeof(queue_cases) / sizeof(*queue_cases); i++)
		if (queue_cases[i].applies(c) &&
		    !queue_is_ignored(in, queue_cases[i].id)) {
			queue_set(in, verdict, queue_cases[i].id, level);
			break;
		}
	queue_tell_order(c, verdict);
}

struct queue_verdict
queue_judge(const struct check_input *in, const struct autossl_vhost *vhost)
{
	struct queue_verdict verdict = { .id = FINDING_COUNT };
	const struct queue_case c = { in, vhost, &verdict };

	if (vhost->has_dates) {
		verdict.left = queue_left(in, vhost);
		verdict.window = autossl_window(&in->obs->autossl->rules,
		    vhost);
	}
	verdict.state = queue_state_of(in, vhost, &verdict);
	if (verdict.state >= QUEUE_FINE)
		queue_tell(&c, &verdict);
	/* Where AutoSSL is off, cPanel's own certificate is all there is. */
	else if (verdict.state == QUEUE_SELF_SIGNED &&
	    !queue_is_off(in->obs->autossl) &&
	    !queue_is_ignored(in, FINDING_AUTOSSL_SELF_SIGNED))
		queue_set(in, &verdict, FINDING_AUTOSSL_SELF_SIGNED,
		    finding_row(FINDING_AUTOSSL_SELF_SIGNED)->status);
	return verdict;
}

static void
queue_count_one(const struct check_input *in, struct queue_tally *tally,
    const struct autossl_vhost *vhost)
{
	struct queue_verdict verdict = queue_judge(in, vhost);
	int64_t due;

	tally->states[verdict.state]++;
	tally->autossl += vhost->autossl;
	tally->undated += vhost->autossl && verdict.state == QUEUE_NONE;
	if (verdict.state < QUEUE_FINE)
		return;
	tally->in_window += verdict.left >= 0 &&
	    verdict.left < verdict.window;
	tally->limited += queue_has_cause(vhost, AUTOSSL_CAUSE_RATE_LIMIT,
	    false);
	if (tally->first == NULL || vhost->not_after <
	    tally->first->not_after)
		tally->first = vhost;
	due = queue_difference(verdict.left, verdict.window);
	if (due >= 0 && (tally->next_due < 0 || due < tally->next_due))
		tally->next_due = due;
}

struct queue_tally
queue_count(const struct check_input *in)
{
	const struct autossl_facts *facts = in->obs->autossl;
	struct queue_tally tally = { .next_due = -1 };
	size_t i;

	for (i = 0; i < facts->n_vhosts; i++)
		queue_count_one(in, &tally, &facts->vhosts[i]);
	return tally;
}

const char *
queue_subject(struct result *result, struct bytes user, struct bytes name)
{
	const char *text = result_clean(result, name, 255);

	if (user.len > 0)
		text = arena_printf(result->arena, "%s/%s",
		    result_clean(result, user, 64), text);
	if (text != NULL)
		return text;
	result->nomem = true;
	return "";
}

int
queue_compare_bytes(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n == 0 ? 0 : memcmp(a.data, b.data, n);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}
