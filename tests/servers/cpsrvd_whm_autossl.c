/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: what WHM API 1 says of AutoSSL: providers, schedule, runs and their
 * logs, problems, exclusions, the queue of old.
 */

#include "cpsrvd.h"

#include <string.h>

#define RUN_EVERY	10800		/* when the scenario has no runs */
#define RUN_LAST	9300

json_t *
whm_providers(struct call *call)
{
	const json_t	*list = json_object_get(call->scene, "providers");
	json_t		*rows = json_array(), *item;
	size_t		 i;

	if (list == NULL)
		json_array_append_new(rows, shape_provider(call, NULL));
	json_array_foreach(list, i, item)
		json_array_append_new(rows, shape_provider(call, item));
	return json_pack("{s:o}", "payload", rows);
}

/* "schedule": {cron, next}; null: there is none. */
json_t *
whm_schedule(struct call *call)
{
	json_t	*want = json_object_get(call->scene, "schedule"), *cron;
	int64_t	 next;

	if (json_is_null(want))
		return json_pack("{s:[],s:n}", "cron", "next_time");
	cron = json_object_get(want, "cron");
	next = cpsrvd_time(json_object_get(want, "next"), call->now,
	    call->now + 1500);
	if (cron == NULL)
		return json_pack("{s:[s,s,s,s,s],s:o}", "cron", "25", "*/3",
		    "*", "*", "*", "next_time", cpsrvd_iso(call, next));
	return json_pack("{s:O,s:o}", "cron", cron, "next_time",
	    cpsrvd_iso(call, next));
}

static json_t *
run_row(const struct call *call, int64_t start, const json_t *want)
{
	const char	*provider = scene_provider(call);

	return json_pack("{s:i,s:s,s:o,s:s}",
	    "in_progress", scene_flag(want, "in_progress", 0),
	    "provider", scene_text(want, "provider",
	    provider != NULL ? provider : "LetsEncrypt"),
	    "start_time", cpsrvd_iso(call, start),
	    "username", scene_text(want, "user", "*"));
}

static int64_t
run_start(const struct call *call, const json_t *want)
{
	return cpsrvd_time(json_object_get(want, "start"), call->now,
	    call->now - RUN_LAST);
}

json_t *
whm_runs(struct call *call)
{
	const json_t	*list = json_object_get(call->scene, "runs");
	json_t		*rows = json_array(), *item;
	size_t		 i;

	for (i = 0; list == NULL && i < 4; i++)
		json_array_append_new(rows, run_row(call, call->now -
		    RUN_LAST - (int64_t)i * RUN_EVERY, NULL));
	json_array_foreach(list, i, item)
		json_array_append_new(rows, run_row(call,
		    run_start(call, item), item));
	return json_pack("{s:o}", "payload", rows);
}

/* --- a log ---------------------------------------------------------------- */

static void
line_add(const struct call *call, json_t *rows, const json_t *want,
    int64_t at)
{
	const char	*text = json_is_string(want) ?
			    json_string_value(want) :
			    scene_text(want, "text", "");
	char		 line[4096];
	size_t		 len = strlen(text);

	/* Servers end the lines, the documents do not. */
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	memcpy(line, text, len);
	if (!scene_drift(call, "ms"))
		line[len++] = '\n';
	line[len] = '\0';
	json_array_append_new(rows, json_pack("{s:s,s:i,s:i,s:i,s:o,s:s}",
	    "contents", line, "indent",
	    (int)cpsrvd_span(json_object_get(want, "indent"), 0),
	    "partial", 0, "pid", 48211, "timestamp", cpsrvd_iso(call,
	    cpsrvd_time(json_object_get(want, "at"), call->now, at)),
	    "type", scene_text(want, "type", "out")));
}

static json_t *
log_rows(const struct call *call, const json_t *run, int64_t start)
{
	const json_t	*lines = json_object_get(run, "log");
	json_t		*rows = json_array(), *head, *item;
	size_t		 i;

	head = json_string("This system has AutoSSL set to use “Let’s "
	    "Encrypt™”.");
	if (scene_flag(run, "headline", 1))
		line_add(call, rows, head, start);
	json_decref(head);
	json_array_foreach(lines, i, item)
		line_add(call, rows, item, start + 1 + (int64_t)i);
	return json_pack("{s:o}", "payload", rows);
}

json_t *
whm_log(struct call *call)
{
	const char	*name = params_get(&call->params, "start_time");
	const json_t	*list = json_object_get(call->scene, "runs");
	json_t		*wanted, *item;
	int64_t		 start;
	size_t		 i;

	if (name == NULL || name[0] < '0' || name[0] > '9')
		return whm_fail(call, "Provide the “%s” argument.",
		    "start_time");
	wanted = json_string(name);
	start = cpsrvd_time(wanted, call->now, 0);
	json_decref(wanted);
	if (list == NULL && start <= call->now - RUN_LAST &&
	    (call->now - RUN_LAST - start) % RUN_EVERY == 0)
		return log_rows(call, NULL, start);
	json_array_foreach(list, i, item) {
		if (run_start(call, item) == start)
			return log_rows(call, item, start);
	}
	return whm_fail(call, "The system could not find an AutoSSL log for "
	    "“%s”.", name);
}

/* --- problems and exclusions ---------------------------------------------- */

json_t *
whm_problems_user(struct call *call)
{
	const json_t	*account = whm_account(call, "username");
	json_t		*rows, *item;
	size_t		 i;

	if (account == NULL)
		return NULL;
	rows = json_array();
	json_array_foreach(json_object_get(account, "problems"), i, item)
		json_array_append_new(rows, shape_problem(call, item, 1));
	return json_pack("{s:o}", "problems_by_domain", rows);
}

json_t *
whm_problems_domain(struct call *call)
{
	const char	*domain = params_get(&call->params, "domain");
	json_t		*rows, *account, *item;
	size_t		 i, j;

	if (domain == NULL)
		return whm_fail(call, "Provide the “%s” argument.", "domain");
	rows = json_array();
	json_array_foreach(json_object_get(call->scene, "accounts"), i,
	    account) {
		json_array_foreach(json_object_get(account, "problems"), j,
		    item) {
			if (whm_sees(call, account) && strcmp(domain,
			    scene_text(item, "domain", "")) == 0)
				json_array_append_new(rows,
				    shape_problem(call, item, 1));
		}
	}
	return json_pack("{s:o}", "problems_by_domain", rows);
}

json_t *
whm_excluded(struct call *call)
{
	const json_t	*account = whm_account(call, "username");
	json_t		*rows, *item;
	size_t		 i;

	if (account == NULL)
		return NULL;
	rows = json_array();
	json_array_foreach(scene_excluded(account), i, item)
		json_array_append_new(rows, json_pack("{s:O}",
		    "excluded_domain", item));
	return json_pack("{s:o}", "payload", rows);
}

json_t *
whm_metadata(struct call *call)
{
	static const char	*const keys[] = {
		"clobber_externally_signed", "notify_autossl_expiry",
		"notify_autossl_expiry_coverage",
		"notify_autossl_expiry_coverage_user",
		"notify_autossl_expiry_user", "notify_autossl_renewal",
		"notify_autossl_renewal_coverage",
		"notify_autossl_renewal_coverage_reduced",
		"notify_autossl_renewal_coverage_reduced_user",
		"notify_autossl_renewal_coverage_user",
		"notify_autossl_renewal_uncovered_domains",
		"notify_autossl_renewal_uncovered_domains_user",
		"notify_autossl_renewal_user",
	};
	json_t			*payload = json_object();
	size_t			 i;

	(void)call;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_set_new(payload, keys[i], json_integer(i > 0));
	return json_pack("{s:o}", "payload", payload);
}

/* --- the queue of old servers --------------------------------------------- */

/* A row for each domain of an order, in one of two forms. */
static void
order_rows(const struct call *call, json_t *rows, const json_t *account,
    const json_t *order)
{
	const char	*user = scene_text(account, "user", "");
	int64_t		 at = cpsrvd_time(json_object_get(order, "requested"),
			    call->now, call->now - 600);
	const char	*id = scene_text(order, "id", "700000001"), *vhost;
	json_t		*domain;
	size_t		 i;

	json_array_foreach(json_object_get(order, "domains"), i, domain) {
		vhost = scene_text(order, "vhost", json_string_value(
		    json_array_get(json_object_get(order, "domains"), 0)));
		json_array_append_new(rows, json_pack(
		    "{s:O,s:s,s:o,s:s,s:s}", "domain", domain,
		    "order_item_id", id, "request_time", cpsrvd_iso(call, at),
		    "user", user, "virtual_host", vhost));
	}
}

json_t *
queue_rows(const struct call *call, const json_t *only, const char *domain)
{
	json_t	*all = json_array(), *rows = json_array(), *account, *row;
	size_t	 i, j;

	json_array_foreach(json_object_get(call->scene, "accounts"), i,
	    account) {
		if ((only != NULL && only != account) ||
		    !whm_sees(call, account))
			continue;
		json_array_foreach(json_object_get(account, "pending"), j,
		    row)
			order_rows(call, all, account, row);
	}
	json_array_foreach(all, i, row) {
		if (domain == NULL || strcmp(scene_text(row, "domain", ""),
		    domain) == 0)
			json_array_append(rows, row);
	}
	json_decref(all);
	return rows;
}

json_t *
whm_queue(struct call *call)
{
	return json_pack("{s:o}", "pending_certificates",
	    queue_rows(call, NULL, NULL));
}

/* The other form: who asks knows the user. */
static json_t *
queue_by_domain(const struct call *call, json_t *rows)
{
	json_t	*row;
	size_t	 i;

	json_array_foreach(rows, i, row) {
		json_object_del(row, "user");
		json_object_set(row, "vhost_name",
		    json_object_get(row, "virtual_host"));
		json_object_del(row, "virtual_host");
		json_object_set_new(row, "last_poll_time",
		    cpsrvd_iso(call, call->now - 240));
	}
	return rows;
}

json_t *
whm_queue_user(struct call *call)
{
	const json_t	*account = whm_account(call, "username");

	if (account == NULL)
		return NULL;
	return json_pack("{s:o}", "queue_by_domain", queue_by_domain(call,
	    queue_rows(call, account, NULL)));
}

json_t *
whm_queue_domain(struct call *call)
{
	const char	*domain = params_get(&call->params, "domain");

	if (domain == NULL)
		return whm_fail(call, "Provide the “%s” argument.", "domain");
	return json_pack("{s:o}", "queue_by_domain", queue_by_domain(call,
	    queue_rows(call, NULL, domain)));
}

/* UAPI: the form is a guess, there is no document of it. */
json_t *
uapi_queue(struct call *call)
{
	return queue_by_domain(call, queue_rows(call, call->account, NULL));
}
