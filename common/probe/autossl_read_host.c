/* SPDX-License-Identifier: ISC */
/* Of the whole server: providers, schedule, past runs, accounts. */
#include "probe/autossl_read_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define HOST_PROVIDERS_MAX	100
#define HOST_CRON_FIELDS	5
#define HOST_CRON_SIZE		128

/* Newer terms than those that were accepted.  Servers say which they are,
 * by URL; the documentation has 0 and 1. */
static bool
host_terms_outdated(const struct json_value *row)
{
	struct bytes terms = json_text_of(row, "x_terms_of_service");
	struct bytes accepted = json_text_of(row,
	    "x_terms_of_service_accepted");
	int flag = json_flag_of(row, "x_terms_of_service_accepted");

	if (terms.len == 0)
		return false;
	if (flag >= 0)
		return flag == 0;
	return accepted.len > 0 && !bytes_eq(terms, accepted);
}

static int
host_provider(struct autossl_facts *facts, const struct json_value *row,
    struct err *err)
{
	const struct json_value *specs = json_get(row, "specs");
	struct autossl_provider *provider;

	provider = autossl_read_push(facts->arena, &facts->providers,
	    &facts->n_providers, &facts->cap_providers, sizeof(*provider));
	if (provider == NULL)
		return err_nomem(err);
	provider->enabled = json_flag_of(row, "enabled") == 1;
	provider->queue = text_same(json_text_of(specs,
	    "DELIVERY_METHOD"), bytes_str("queue"));
	provider->terms_outdated = host_terms_outdated(row);
	if (autossl_read_member(facts->arena, row, "module_name",
	    &provider->name, err) != 0 || autossl_read_member(facts->arena,
	    row, "display_name", &provider->title, err) != 0)
		return -1;
	if (provider->name.len == 0)
		provider->name = provider->title;
	return 0;
}

int
autossl_read_providers(struct autossl_facts *facts,
    const struct json_value *data, struct err *err)
{
	const struct json_value *rows = autossl_read_rows(data, "payload");
	size_t i, n = json_count(rows);

	if (rows == NULL)
		return err_set(err, ERR_SYNTAX,
		    "get_autossl_providers: no list of providers");
	for (i = 0; i < n && facts->n_providers < HOST_PROVIDERS_MAX; i++) {
		const struct json_value *row = json_at(rows, i);

		if ((json_text_of(row, "module_name").len > 0 ||
		    json_text_of(row, "display_name").len > 0) &&
		    host_provider(facts, row, err) != 0)
			return -1;
	}
	return 0;
}

/* A field of an entry is a string or, who knows, a number. */
static bool
host_cron_text(const struct json_value *v, char out[HOST_CRON_SIZE])
{
	struct bytes text = text_strip(json_text(v));
	int64_t n;

	*out = '\0';
	if (text.len == 0) {
		if (json_whole(v, &n) != 0 || n < 0 || n > 59)
			return false;
		if (n > 9)
			*out++ = (char)('0' + n / 10);
		*out++ = (char)('0' + n % 10);
		*out = '\0';
		return true;
	}
	if (text.len >= HOST_CRON_SIZE ||
	    memchr(text.data, '\0', text.len) != NULL)
		return false;
	memcpy(out, text.data, text.len);
	out[text.len] = '\0';
	return true;
}

/* cron is a list of entries, in the documentation; or of the five fields of
 * one, on servers. */
int
autossl_read_schedule(struct autossl_facts *facts,
    const struct json_value *data, struct err *err)
{
	const struct json_value *cron = json_get(data, "cron");
	char text[HOST_CRON_FIELDS][HOST_CRON_SIZE];
	const char *fields[HOST_CRON_FIELDS];
	size_t i, n = json_is_array(cron) ? json_count(cron) : 1;

	/* Something else is not the same as none. */
	if (!json_is_object(data) || (cron == NULL && json_count(data) > 0))
		return err_set(err, ERR_SYNTAX,
		    "get_autossl_check_schedule: no schedule");
	facts->schedule = (struct autossl_schedule){ .known = false };
	json_instant_of(data, "next_time", &facts->schedule.next);
	if (n > HOST_CRON_FIELDS)
		n = 1;
	for (i = 0; i < n; i++) {
		if (!host_cron_text(json_is_array(cron) ? json_at(cron, i) :
		    cron, text[i]))
			break;
		fields[i] = text[i];
	}
	facts->schedule.known = i > 0;
	facts->schedule.interval = autossl_cron_interval(fields, i);
	return 0;
}

/* A run of all users, not one's own. */
static bool
host_run_counts(const struct json_value *row)
{
	return text_same(json_text_of(row, "username"), bytes_str("*"));
}

/* Its start; 0: it cannot be read, or is of a day that is yet to come. */
static int64_t
host_run_start(const struct autossl_facts *facts,
    const struct json_value *row)
{
	int64_t start;

	if (json_instant_of(row, "start_time", &start) != 0 || start <= 0)
		return 0;
	return start > facts->rules.now + AUTOSSL_FUTURE ? 0 : start;
}

int
autossl_read_runs(struct autossl_facts *facts, const struct json_value *data,
    struct err *err)
{
	const struct json_value *rows = autossl_read_rows(data, "payload");
	const struct json_value *newest = NULL;
	struct autossl_runs *runs = &facts->runs;
	size_t i, n = json_count(rows), unread = 0;
	int64_t start;

	if (rows == NULL)
		return err_set(err, ERR_SYNTAX,
		    "get_autossl_logs_catalog: no list of runs");
	for (i = 0; i < n; i++) {
		if (!host_run_counts(json_at(rows, i)))
			continue;
		start = host_run_start(facts, json_at(rows, i));
		unread += start == 0;
		if (start > runs->done && json_flag_of(json_at(rows, i),
		    "in_progress") != 1)
			runs->done = start;
		if (start == 0 || (runs->any && start <= runs->last))
			continue;
		runs->any = true;
		runs->last = start;
		newest = json_at(rows, i);
	}
	runs->n += n;
	/* That there is none would be another story. */
	if (!runs->any && unread > 0)
		return err_set(err, ERR_SYNTAX, "get_autossl_logs_catalog: "
		    "when %zu run%s began cannot be read, or is yet to come",
		    unread, unread == 1 ? "" : "s");
	if (newest == NULL)
		return 0;
	/* A log that a queue keeps open is followed by newer ones. */
	runs->open_since = json_flag_of(newest, "in_progress") == 1 ?
	    runs->last : 0;
	if (autossl_read_member(facts->arena, newest, "start_time",
	    &runs->last_id, err) != 0)
		return -1;
	return autossl_read_member(facts->arena, newest, "provider",
	    &runs->provider, err);
}

static int
host_compare_users(const void *a, const void *b)
{
	const struct bytes *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->len == 0 ? 0 : memcmp(x->data, y->data, x->len);
}

static void
host_mark_suspended(struct autossl_facts *facts, const struct bytes *users,
    size_t n)
{
	size_t i;

	for (i = 0; i < facts->n_vhosts && n > 0; i++)
		if (bsearch(&facts->vhosts[i].user, users, n, sizeof(*users),
		    host_compare_users) != NULL)
			facts->vhosts[i].suspended = true;
}

int
autossl_read_accounts(struct autossl_facts *facts,
    const struct json_value *data, struct err *err)
{
	const struct json_value *rows = autossl_read_rows(data, "acct");
	struct bytes *users;
	size_t i, n = json_count(rows), n_users = 0;

	if (rows == NULL)
		return err_set(err, ERR_SYNTAX,
		    "listaccts: no list of accounts");
	users = mem_array(n, sizeof(*users));
	if (users == NULL)
		return err_nomem(err);
	for (i = 0; i < n; i++) {
		const struct json_value *row = json_at(rows, i);
		struct bytes user = json_text_of(row, "user");

		if (user.len > 0 && json_flag_of(row, "suspended") == 1)
			users[n_users++] = user;
	}
	if (n_users > 1)
		qsort(users, n_users, sizeof(*users), host_compare_users);
	host_mark_suspended(facts, users, n_users);
	mem_free(users);
	return 0;
}
