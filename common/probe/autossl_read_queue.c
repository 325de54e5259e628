/* SPDX-License-Identifier: ISC */
/*
 * Pending orders: of AutoSSL, where there is a queue (a row for each domain,
 * the rows of an order share its id), and those that were paid for.
 */
#include "probe/autossl_read_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define MARKET_MAX 10000

static const char *const queue_places[] = { "pending_certificates",
	"queue_by_domain", "payload" };

#define QUEUE_PLACES (sizeof(queue_places) / sizeof(*queue_places))

/* A row of the answer, borrowed. */
struct queue_row {
	struct bytes id, user, vhost, domain;
	int64_t number;		/* an id that is a number */
	int64_t requested;
};

static int
queue_compare_bytes(struct bytes a, struct bytes b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}

static int
queue_compare_order(const struct queue_row *x, const struct queue_row *y)
{
	int d = queue_compare_bytes(x->id, y->id);

	if (d == 0)
		d = (x->number > y->number) - (x->number < y->number);
	if (d == 0)
		d = queue_compare_bytes(x->user, y->user);
	return d != 0 ? d : queue_compare_bytes(x->vhost, y->vhost);
}

static int
queue_compare(const void *a, const void *b)
{
	const struct queue_row *x = a, *y = b;
	int d = queue_compare_order(x, y);

	return d != 0 ? d : queue_compare_bytes(x->domain, y->domain);
}

/* False: a row that makes no sense, or of an account that is not ours. */
static bool
queue_row(const struct autossl_rules *rules, const struct json_value *row,
    struct queue_row *out)
{
	*out = (struct queue_row){ .number = 0 };
	out->id = json_text_of(row, "order_item_id");
	json_whole_of(row, "order_item_id", &out->number);
	out->user = json_text_of(row, "user");
	out->domain = json_text_of(row, "domain");
	out->vhost = json_text_of(row, "virtual_host");
	if (out->vhost.len == 0)
		out->vhost = json_text_of(row, "vhost_name");
	if (out->vhost.len == 0)
		out->vhost = out->domain;
	json_instant_of(row, "request_time", &out->requested);
	if (out->vhost.len == 0)
		return false;
	return out->user.len == 0 || autossl_read_wants(rules, out->user);
}

static int
queue_id(struct autossl_facts *facts, const struct queue_row *row,
    struct bytes *out, struct err *err)
{
	char *digits;

	if (row->id.len > 0 || row->number == 0)
		return autossl_read_keep(facts->arena, row->id, out, err);
	digits = arena_printf(facts->arena, "%lld", (long long)row->number);
	*out = bytes_str(digits == NULL ? "" : digits);
	return digits == NULL ? err_nomem(err) : 0;
}

static int
queue_order(struct autossl_facts *facts, const struct queue_row *rows,
    size_t n, struct err *err)
{
	struct autossl_order *order = autossl_read_push(facts->arena,
	    &facts->orders, &facts->n_orders, &facts->cap_orders,
	    sizeof(*order));
	size_t i;

	if (order == NULL)
		return err_nomem(err);
	order->id = order->user = order->vhost = bytes_of("", 0);
	for (i = 0; i < n; i++) {
		if (rows[i].requested != 0 && (order->requested == 0 ||
		    rows[i].requested < order->requested))
			order->requested = rows[i].requested;
		if (i == 0 || !bytes_eq(rows[i].domain, rows[i - 1].domain))
			order->n_domains++;
	}
	if (queue_id(facts, rows, &order->id, err) != 0 ||
	    autossl_read_keep(facts->arena, rows->user, &order->user,
	    err) != 0)
		return -1;
	return autossl_read_keep(facts->arena, rows->vhost, &order->vhost,
	    err);
}

/* The virtual host that is due waits for it; since now, for all we know, when
 * the row has no time. */
static void
queue_cover(const struct autossl_facts *facts,
    const struct autossl_index *index, const struct queue_row *row,
    struct bytes name)
{
	size_t i = autossl_index_find(index, name);

	for (; autossl_index_is(index, i, name); i++) {
		struct autossl_vhost *vhost = index->entries[i].vhost;

		/* A fallback's own finding does not tell of orders. */
		if (!vhost->autossl)
			continue;
		if (row->user.len > 0 && vhost->user.len > 0 &&
		    !bytes_eq(row->user, vhost->user))
			continue;
		if (vhost->detail->ordered == 0)
			vhost->detail->ordered = row->requested != 0 ?
			    row->requested : facts->rules.now;
	}
}

static int
queue_read_orders(struct autossl_facts *facts, const struct queue_row *rows,
    size_t n, struct err *err)
{
	struct autossl_index index;
	size_t i, first = 0;

	for (i = 1; i <= n; i++) {
		if (i < n && queue_compare_order(&rows[i], &rows[first]) == 0)
			continue;
		if (queue_order(facts, rows + first, i - first, err) != 0)
			return -1;
		first = i;
	}
	if (autossl_index_init(&index, facts, bytes_of(NULL, 0),
	    AUTOSSL_INDEX_NAMES, err) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		queue_cover(facts, &index, &rows[i], rows[i].vhost);
		queue_cover(facts, &index, &rows[i], rows[i].domain);
	}
	autossl_index_release(&index);
	return 0;
}

static const struct json_value *
queue_rows(const struct json_value *data)
{
	const struct json_value *rows = NULL;
	size_t i;

	for (i = 0; i < QUEUE_PLACES && rows == NULL; i++)
		rows = autossl_read_rows(data, queue_places[i]);
	return rows;
}

/* No document has what an account's queue looks like. */
static bool
queue_is_empty(const struct json_value *data)
{
	size_t i;

	if (data == NULL || (json_is_object(data) && json_count(data) == 0))
		return true;
	for (i = 0; i < QUEUE_PLACES; i++)
		if (json_is_null(json_get(data, queue_places[i])))
			return true;
	return false;
}

int
autossl_read_queue(struct autossl_facts *facts,
    const struct json_value *data, struct err *err)
{
	const struct json_value *list = queue_rows(data);
	size_t i, n = json_count(list), n_rows = 0;
	struct queue_row *rows;
	int ret;

	if (list == NULL && !queue_is_empty(data))
		return err_set(err, ERR_SYNTAX,
		    "get_autossl_pending_queue: no list of orders");
	rows = mem_array(n, sizeof(*rows));
	if (rows == NULL)
		return err_nomem(err);
	for (i = 0; i < n; i++)
		if (queue_row(&facts->rules, json_at(list, i), &rows[n_rows]))
			n_rows++;
	if (n_rows > 1)
		qsort(rows, n_rows, sizeof(*rows), queue_compare);
	ret = n_rows == 0 ? 0 : queue_read_orders(facts, rows, n_rows, err);
	mem_free(rows);
	return ret;
}

static int
market_read(struct autossl_facts *facts, const struct json_value *row,
    struct err *err)
{
	struct bytes vhost = json_text(json_at(json_get(row, "vhost_names"),
	    0));
	struct autossl_market *order;

	if (vhost.len == 0)
		vhost = json_text(json_at(json_get(row, "domains"), 0));
	order = autossl_read_push(facts->arena, &facts->market,
	    &facts->n_market, &facts->cap_market, sizeof(*order));
	if (order == NULL)
		return err_nomem(err);
	order->id = order->code = order->vhost = bytes_of("", 0);
	json_instant_of(row, "created_time", &order->created);
	if (autossl_read_member(facts->arena, row, "order_item_id",
	    &order->id, err) != 0 || autossl_read_member(facts->arena, row,
	    "last_status_code", &order->code, err) != 0)
		return -1;
	return autossl_read_keep(facts->arena, vhost, &order->vhost, err);
}

int
autossl_read_market(struct autossl_facts *facts,
    const struct json_value *data, struct err *err)
{
	size_t i, n = json_count(data);

	if (data != NULL && !json_is_array(data))
		return err_set(err, ERR_SYNTAX,
		    "Market::get_pending_ssl_certificates: no list of orders");
	for (i = 0; i < n && facts->n_market < MARKET_MAX; i++)
		if (json_is_object(json_at(data, i)) &&
		    market_read(facts, json_at(data, i), err) != 0)
			return -1;
	return 0;
}
