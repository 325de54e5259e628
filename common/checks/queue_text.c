/* SPDX-License-Identifier: ISC */
/* What is known of a website that needs somebody, in words. */
#include "checks/queue_private.h"

#include "base/clock.h"
#include "base/duration.h"

#define NAME_WIDTH 100		/* characters */
#define PROBLEM_WIDTH 200

struct queue_words {
	const struct check_input *in;
	const struct autossl_facts *facts;
	const struct autossl_vhost *vhost;
	const struct autossl_detail *detail;
	struct result *result;
	struct buf *out;
	const char *lead;	/* ": " before the first reason, then ", " */
	bool reason;		/* there is one */
	bool running;		/* AutoSSL, right now */
	bool causes[AUTOSSL_CAUSE_COUNT];
};

static void
words_next(struct queue_words *w)
{
	buf_str(w->out, w->lead);
	w->lead = ", ";
}

static void
words_time(struct queue_words *w)
{
	const struct autossl_vhost *vhost = w->vhost;
	int64_t left = queue_left(w->in, vhost), window, since;

	if (!vhost->has_dates)
		return;
	buf_str(w->out, left < 0 ? "expired " : "expires in ");
	duration_format(w->out, left);
	if (left < 0) {
		buf_str(w->out, " ago");
		return;
	}
	window = autossl_window(&w->facts->rules, vhost);
	if (left >= window)
		return;
	since = window - left;
	buf_str(w->out, ", renewal has been due for ");
	duration_format(w->out, since);
}

static void
words_stored(struct queue_words *w)
{
	if (w->detail->stored_not_after <= w->vhost->not_after)
		return;
	words_next(w);
	w->reason = true;
	buf_str(w->out, "a newer certificate (until ");
	clock_format_date(w->out, w->detail->stored_not_after);
	buf_str(w->out, ") is stored but not installed");
}

/* A recorded problem is told by itself, if it is known. */
static void
words_renewal(struct queue_words *w)
{
	const struct autossl_renewal *renewal = &w->detail->renewal;

	if (!renewal->known || renewal->will_renew)
		return;
	words_next(w);
	w->reason = true;
	buf_str(w->out, "the server will not renew it");
	if (renewal->is_active && !renewal->is_excluded &&
	    renewal->has_problems && queue_has_problem(w->in, w->vhost))
		return;
	buf_printf(w->out, ", %s",
	    !renewal->is_active ? "no provider is configured" :
	    renewal->is_excluded ? "it is excluded" :
	    renewal->has_problems ? "a failed validation is recorded" :
	    "it was not issued by the server's AutoSSL provider");
}

/* "CAA forbids it (www.a.example and 2 more), retry after ...". */
static void
words_cause(struct queue_words *w, enum autossl_cause cause)
{
	const struct autossl_problem *p, *first = NULL;
	size_t i, n = 0;

	for (i = 0; i < w->detail->n_problems; i++) {
		p = &w->detail->problems[i];
		if (p->meaning.cause != cause ||
		    !queue_problem_counts(w->in, w->vhost, p))
			continue;
		if (n++ == 0)
			first = p;
	}
	if (first == NULL)
		return;
	words_next(w);
	w->reason = w->causes[cause] = true;
	buf_printf(w->out, "%s (%s", cause == AUTOSSL_CAUSE_OTHER ?
	    "a problem is recorded" : autossl_cause_words(cause),
	    result_clean(w->result, first->domain, NAME_WIDTH));
	if (n > 1)
		buf_printf(w->out, " and %zu more", n - 1);
	buf_char(w->out, ')');
	if (first->meaning.retry_at != 0) {
		buf_str(w->out, ", retry after ");
		clock_format(w->out, first->meaning.retry_at);
	}
}

static void
words_causes(struct queue_words *w)
{
	size_t i;

	for (i = 0; i < AUTOSSL_CAUSE_COUNT; i++)
		words_cause(w, (enum autossl_cause)i);
}

static void
words_ordered(struct queue_words *w)
{
	int64_t age;

	if (w->detail->ordered == 0)
		return;
	age = queue_age(w->in->now, w->detail->ordered);
	words_next(w);
	w->reason = true;
	buf_str(w->out, "ordered ");
	duration_format(w->out, age);
	buf_str(w->out, " ago and still pending");
	queue_put_limit(w->out, queue_order_status(w->in, age),
	    queue_order_warning(w->in), w->in->options->pending_critical);
	if (age >= QUEUE_CANCELED_SOON)
		buf_printf(w->out, ", %s at 7 days", age < QUEUE_CANCELED ?
		    "will be canceled" : "orders are canceled");
}

static bool
words_is_late(const struct queue_words *w)
{
	return w->detail->ordered != 0 && queue_order_status(w->in,
	    queue_age(w->in->now, w->detail->ordered)) != STATUS_OK;
}

/* What is wrong with AutoSSL as a whole. */
static void
words_server(struct queue_words *w)
{
	const struct autossl_log *log = &w->facts->log;

	if (queue_is_off(w->facts)) {
		words_next(w);
		w->reason = true;
		buf_str(w->out, "AutoSSL is switched off");
	}
	if (log->rate_limited && !w->causes[AUTOSSL_CAUSE_RATE_LIMIT]) {
		words_next(w);
		w->reason = w->causes[AUTOSSL_CAUSE_RATE_LIMIT] = true;
		buf_str(w->out, "the last run met a rate limit");
		if (log->retry_at != 0) {
			buf_str(w->out, ", retry after ");
			clock_format(w->out, log->retry_at);
		}
	}
}

/* Nothing says why: what is known not to be there. */
static void
words_silence(struct queue_words *w)
{
	const struct autossl_topic_state *topics = w->facts->topics;
	enum err_kind queue = topics[AUTOSSL_QUEUE].error.kind;
	/* A server without a queue has no order in it. */
	bool no_order = queue == ERR_MISSING || (queue == ERR_NONE &&
	    queue_got(w->facts, AUTOSSL_QUEUE));
	bool no_problem = queue_got(w->facts, AUTOSSL_PROBLEMS) &&
	    topics[AUTOSSL_PROBLEMS].error.kind == ERR_NONE &&
	    w->facts->n_not_asked == 0;

	if (w->detail->renewal.known && w->detail->renewal.will_renew) {
		words_next(w);
		buf_str(w->out, "the server says that it will renew it");
	}
	if (no_order || no_problem)
		words_next(w);
	if (no_order)
		buf_str(w->out, "no pending order");
	if (no_problem)
		buf_printf(w->out, "%sno problem recorded",
		    no_order ? ", " : "");
}

static void
words_progress(struct queue_words *w)
{
	int64_t age;

	if (!queue_in_progress(w->facts, w->in->now, &age))
		return;
	words_next(w);
	w->running = true;
	if (age <= 0) {
		buf_str(w->out, "an AutoSSL check is in progress");
		return;
	}
	buf_str(w->out, "an AutoSSL check has been in progress for ");
	duration_format(w->out, age);
}

/* A text that nobody understood is shown as it is. */
static void
words_raw(struct queue_words *w)
{
	const struct autossl_problem *p;
	size_t i;

	for (i = 0; i < w->detail->n_problems; i++) {
		p = &w->detail->problems[i];
		if (p->meaning.cause == AUTOSSL_CAUSE_OTHER &&
		    p->text.len > 0 && queue_problem_counts(w->in, w->vhost,
		    p)) {
			buf_printf(w->out, "; it says: %s", result_clean(
			    w->result, p->text, PROBLEM_WIDTH));
			return;
		}
	}
}

static void
words_advice(struct queue_words *w)
{
	const char *advice;
	size_t i;

	if (w->causes[AUTOSSL_CAUSE_OTHER])
		words_raw(w);
	for (i = 0; i < AUTOSSL_CAUSE_COUNT; i++) {
		if (!w->causes[i])
			continue;
		advice = autossl_cause_advice((enum autossl_cause)i);
		if (*advice != '\0')
			buf_printf(w->out, "; %s", advice);
	}
	if (w->detail->stored_not_after > w->vhost->not_after)
		buf_str(w->out, "; install it in the account's SSL/TLS "
		    "settings");
	else if (!w->reason)
		buf_printf(w->out, "; %s and read its log", w->running ?
		    "wait for that check" : "start AutoSSL for the account");
}

static void
words_self_signed(struct queue_words *w)
{
	const struct autossl_vhost *vhost = w->vhost;
	int64_t age;

	buf_str(w->out, "has a self-signed certificate");
	if (!vhost->has_dates)
		return;
	if (vhost->not_after < w->in->now) {
		buf_str(w->out, ", ");
		words_time(w);
		return;
	}
	age = queue_age(w->in->now, vhost->not_before);
	if (age == 0)
		return;
	buf_str(w->out, ", made ");
	duration_format(w->out, age);
	buf_str(w->out, " ago");
}

static void
words_fallback(struct queue_words *w, enum queue_length length)
{
	words_self_signed(w);
	if (w->detail == NULL || length == QUEUE_BRIEF)
		return;
	words_causes(w);
	if (length == QUEUE_LONG && w->reason)
		words_advice(w);
}

void
queue_describe(const struct check_input *in, struct result *result,
    const struct autossl_vhost *vhost, enum queue_length length,
    struct buf *out)
{
	struct queue_words w = { .in = in, .facts = in->obs->autossl,
		.vhost = vhost, .detail = vhost->detail, .result = result,
		.out = out, .lead = ": " };

	if (!vhost->autossl) {
		words_fallback(&w, length);
		return;
	}
	words_time(&w);
	if (w.detail == NULL)
		return;
	if (length == QUEUE_BRIEF) {
		w.lead = ", ";
		if (words_is_late(&w))
			words_ordered(&w);
		return;
	}
	words_stored(&w);
	words_renewal(&w);
	words_causes(&w);
	words_ordered(&w);
	words_server(&w);
	if (!w.reason)
		words_silence(&w);
	words_progress(&w);
	if (length == QUEUE_LONG)
		words_advice(&w);
}
