/* SPDX-License-Identifier: ISC */
/* Orders that wait: AutoSSL's where there is a queue, and paid ones. */
#include "checks/queue_private.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/duration.h"

#define TOLD_MAX 500		/* findings; the rest is counted */
#define MARKET_OLD QUEUE_DAY

struct order_alarm {
	const struct autossl_order *order;
	int64_t age;
	enum status status;	/* before the policy */
};

struct order_alarms {
	struct order_alarm *items;
	size_t n;
};

/* Urgent ones, ordered already, by name. */
static int
urgent_compare(const void *a, const void *b)
{
	const struct autossl_vhost *const *x = a, *const *y = b;
	int order = queue_compare_bytes((*x)->servername, (*y)->servername);

	return order != 0 ? order : queue_compare_bytes((*x)->user,
	    (*y)->user);
}

/* An account's own orders name no user. */
static int
urgent_match(const void *key, const void *item)
{
	const struct autossl_vhost *const *x = key;

	if ((*x)->user.len == 0)
		return queue_compare_bytes((*x)->servername,
		    (*(const struct autossl_vhost *const *)item)->servername);
	return urgent_compare(key, item);
}

struct urgent {
	const struct autossl_vhost **items;
	size_t n;
};

/* The websites whose own finding tells of an order. */
static int
urgent_collect(const struct check_input *in, struct urgent *urgent)
{
	const struct autossl_facts *facts = in->obs->autossl;
	const struct autossl_vhost *vhost;
	size_t i, n = 0;

	for (i = 0; i < facts->n_vhosts; i++)
		n += facts->vhosts[i].detail != NULL &&
		    facts->vhosts[i].detail->ordered != 0;
	urgent->items = mem_array(n == 0 ? 1 : n, sizeof(*urgent->items));
	if (urgent->items == NULL)
		return -1;
	for (i = 0; i < facts->n_vhosts; i++) {
		vhost = &facts->vhosts[i];
		if (vhost->detail != NULL && vhost->detail->ordered != 0)
			urgent->items[urgent->n++] = vhost;
	}
	qsort(urgent->items, urgent->n, sizeof(*urgent->items),
	    urgent_compare);
	return 0;
}

/* Does the website's own finding say it, and as loudly? */
static bool
urgent_tells(const struct check_input *in, const struct urgent *urgent,
    const struct order_alarm *alarm)
{
	struct autossl_vhost key = { .user = alarm->order->user,
		.servername = alarm->order->vhost };
	const struct autossl_vhost *wanted = &key, **found;
	struct queue_verdict verdict;

	found = bsearch(&wanted, urgent->items, urgent->n,
	    sizeof(*urgent->items), urgent_match);
	if (found == NULL)
		return false;
	verdict = queue_judge(in, *found);
	return verdict.id == FINDING_AUTOSSL_PENDING ||
	    status_rank(verdict.status) >= status_rank(alarm->status);
}

static int
alarm_compare(const void *a, const void *b)
{
	const struct order_alarm *x = a, *y = b;
	int order = (x->age < y->age) - (x->age > y->age);

	return order != 0 ? order : queue_compare_bytes(x->order->vhost,
	    y->order->vhost);
}

static int
alarms_collect(const struct check_input *in, struct order_alarms *alarms)
{
	const struct autossl_facts *facts = in->obs->autossl;
	struct urgent urgent = { NULL, 0 };
	struct order_alarm one;
	size_t i;

	alarms->items = mem_array(facts->n_orders + 1,
	    sizeof(*alarms->items));
	if (alarms->items == NULL || urgent_collect(in, &urgent) != 0)
		return -1;
	for (i = 0; i < facts->n_orders; i++) {
		one.order = &facts->orders[i];
		if (one.order->requested == 0)
			continue;
		one.age = queue_age(in->now, one.order->requested);
		one.status = queue_order_status(in, one.age);
		if (one.status != STATUS_OK &&
		    !urgent_tells(in, &urgent, &one))
			alarms->items[alarms->n++] = one;
	}
	mem_free(urgent.items);
	qsort(alarms->items, alarms->n, sizeof(*alarms->items),
	    alarm_compare);
	return 0;
}

/* "has been pending for 2 days (31 domains), will be canceled at 7 days". */
static void
describe(struct buf *out, const struct order_alarm *alarm)
{
	buf_str(out, "has been pending for ");
	duration_format(out, alarm->age);
	if (alarm->order->n_domains > 1)
		buf_printf(out, " (%zu domains)", alarm->order->n_domains);
	if (alarm->age >= QUEUE_CANCELED_SOON)
		buf_printf(out, ", %s at 7 days", alarm->age < QUEUE_CANCELED ?
		    "will be canceled" : "orders are canceled");
}

static const char *
order_subject(const struct check_input *in, struct result *result,
    const struct autossl_order *order)
{
	const char *user = in->obs->autossl->user;

	return queue_subject(result, order->user.len > 0 || user == NULL ?
	    order->user : bytes_str(user), order->vhost);
}

static void
add_alarm(const struct check_input *in, struct result *result,
    const struct order_alarm *alarm)
{
	const struct autossl_order *order = alarm->order;
	struct buf text = BUF_INIT;

	if (order->id.len > 0)
		buf_printf(&text, "order %s ", result_clean(result, order->id,
		    64));
	else
		buf_str(&text, "an order ");
	describe(&text, alarm);
	queue_put_limit(&text, alarm->status, queue_order_warning(in),
	    in->options->pending_critical);
	result_add(result, FINDING_AUTOSSL_PENDING, alarm->status,
	    order_subject(in, result, order), "%s", buf_text(&text));
	buf_release(&text);
}

static void
add_alarms(const struct check_input *in, struct result *result,
    const struct order_alarms *alarms)
{
	size_t first = result->n_findings, i;
	struct buf text = BUF_INIT;

	for (i = 0; i < alarms->n && i < TOLD_MAX; i++)
		add_alarm(in, result, &alarms->items[i]);
	if (alarms->n > TOLD_MAX)
		result_add(result, FINDING_AUTOSSL_PENDING,
		    alarms->items[TOLD_MAX].status, "",
		    "and %zu more orders", alarms->n - TOLD_MAX);
	if (alarms->n == 0)
		return;
	buf_printf(&text, "an order for %s ", order_subject(in, result,
	    alarms->items[0].order));
	describe(&text, &alarms->items[0]);
	if (alarms->n > 1)
		buf_printf(&text, "; %zu more pending too long",
		    alarms->n - 1);
	if (in->obs->autossl->n_orders > 1)
		buf_printf(&text, ", of %zu orders",
		    in->obs->autossl->n_orders);
	result_digest(result, first, "%s", buf_text(&text));
	buf_release(&text);
}

/* Nobody knows how long they have been pending. */
static void
add_undated(const struct autossl_facts *facts, struct result *result)
{
	size_t i, n = 0;

	for (i = 0; i < facts->n_orders; i++)
		n += facts->orders[i].requested == 0;
	if (n > 0)
		result_bad(result, FINDING_API_UNREAD, "", "since when %zu "
		    "order%s been pending cannot be read", n,
		    n == 1 ? " has" : "s have");
}

static void
judge_orders(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	struct order_alarms alarms = { NULL, 0 };

	if (!queue_got(facts, AUTOSSL_QUEUE))
		return;
	add_undated(facts, result);
	if (alarms_collect(in, &alarms) != 0)
		result->nomem = true;
	else if (alarms.n > 0)
		add_alarms(in, result, &alarms);
	else
		result_ok(result, FINDING_AUTOSSL_PENDING, "",
		    "%zu pending order%s", facts->n_orders,
		    facts->n_orders == 1 ? "" : "s");
	mem_free(alarms.items);
}

/* What the store said last about a paid order. */
static const struct {
	const char *code;
	enum status status;
	const char *words;
} market_codes[] = {
	{ "OrderCanceled", STATUS_CRITICAL, "was canceled" },
	{ "OrderItemCanceled", STATUS_CRITICAL, "was canceled" },
	{ "RequiresApproval", STATUS_WARNING,
	    "waits for approval by the domain's owner" },
};

static void
judge_paid(const struct check_input *in, struct result *result,
    const struct autossl_market *paid)
{
	int64_t age = paid->created == 0 ? 0 :
	    queue_age(in->now, paid->created);
	struct buf text = BUF_INIT;
	enum status status = age > MARKET_OLD ? STATUS_WARNING : STATUS_OK;
	size_t i;

	buf_printf(&text, "paid order %s ", result_clean(result, paid->id,
	    64));
	for (i = 0; i < sizeof(market_codes) / sizeof(*market_codes); i++)
		if (bytes_eq(paid->code, bytes_str(market_codes[i].code)))
			break;
	if (i < sizeof(market_codes) / sizeof(*market_codes)) {
		status = market_codes[i].status;
		buf_str(&text, market_codes[i].words);
	} else
		buf_str(&text, "is pending");
	if (age > 0) {
		buf_str(&text, ", ordered ");
		duration_format(&text, age);
		buf_str(&text, " ago");
	}
	result_add(result, FINDING_AUTOSSL_MARKET, status,
	    result_clean(result, paid->vhost, 255), "%s", buf_text(&text));
	buf_release(&text);
}

static void
judge_market(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	size_t i;

	for (i = 0; i < facts->n_market && i < TOLD_MAX; i++)
		judge_paid(in, result, &facts->market[i]);
	if (facts->n_market > TOLD_MAX)
		result_ok(result, FINDING_AUTOSSL_MARKET, "",
		    "%zu more paid orders were not looked at",
		    facts->n_market - TOLD_MAX);
	if (facts->n_market == 0 && queue_got(facts, AUTOSSL_MARKET))
		result_ok(result, FINDING_AUTOSSL_MARKET, "",
		    "no paid order is pending");
}

static void
run(const struct check_input *in, struct result *result)
{
	if (queue_facts(in) == NULL)
		return;
	judge_orders(in, result);
	judge_market(in, result);
}

const struct check check_queue_orders = { "queue_orders", false, run };
