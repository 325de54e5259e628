/* SPDX-License-Identifier: ISC */
/*
 * What is asked of a whole server: first the certificates alone, so that a
 * token that is not accepted fails once; then the state of AutoSSL; then
 * about those that are due, account by account.
 */
#include <string.h>

#include "probe/autossl_private.h"
#include "probe/autossl_read_private.h"

#define PAGES_AT_ONCE	3
#define USERS_ONE_BY_ONE 8	/* beyond, listaccts is read whole */

/* Pages of a list without an order of its own would have some rows twice and
 * others not at all: `key` is what no two rows share. */
static void
host_set_page(struct autossl_probe *probe, struct autossl_call *call,
    const char *key, size_t start)
{
	struct autossl_param *param = call->params;

	while (param->name != NULL)
		param++;
	*param++ = (struct autossl_param){ "api.sort.enable", "1" };
	*param++ = (struct autossl_param){ "api.sort.a.field", key };

	*param++ = (struct autossl_param){ "api.chunk.enable", "1" };
	/* How many rows there are is only told on request. */
	*param++ = (struct autossl_param){ "api.chunk.verbose", "1" };
	*param++ = (struct autossl_param){ "api.chunk.size",
		autossl_number(probe, AUTOSSL_PAGE) };
	*param = (struct autossl_param){ "api.chunk.start",
		autossl_number(probe, start) };
}

/* False: there is no more to ask for by now. */
static bool
host_turn_page(struct autossl_probe *probe, struct autossl_pages *pages,
    struct autossl_question *question, const char *key)
{
	question->start = autossl_pages_next(pages);
	if (question->start == 0)
		return false;
	host_set_page(probe, &question->call, key, question->start);
	autossl_ask(probe, question);
	return true;
}

/* What is not complete is a failure of its topic. */
static void
host_close_pages(struct autossl_probe *probe,
    const struct autossl_pages *pages, enum autossl_topic topic,
    const char *function)
{
	struct autossl_topic_state *state = &probe->facts->topics[topic];

	if (state->got > 0 && state->error.kind == ERR_NONE)
		(void)autossl_pages_check(pages, function, &state->error);
}

static int host_on_vhosts(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err);

static bool
host_ask_vhosts(struct autossl_probe *probe)
{
	struct autossl_question question = {
		.topic = AUTOSSL_VHOSTS, .read = host_on_vhosts,
		.call = { .function = "fetch_ssl_vhosts", .params = {
			{ "api.columns.enable", "1" },
			{ "api.columns.a", "user" },
			{ "api.columns.b", "servername" },
			{ "api.columns.c", "domains" },
			{ "api.columns.d", "crt" },
		} }
	};

	return host_turn_page(probe, &probe->vhosts, &question,
	    "servername");
}

static int
host_on_vhosts(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	struct autossl_probe *probe = question->probe;
	size_t known = autossl_pages_take(&probe->vhosts, probe->arena,
	    question->start, autossl_read_rows(answer->data, "vhosts"),
	    answer->metadata);

	if (autossl_read_vhosts(probe->facts, answer->data, known, err) != 0)
		return -1;
	if (question->start > 1)
		host_ask_vhosts(probe);
	return 0;
}

static int
host_on_providers(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_providers(question->probe->facts, answer->data,
	    err);
}

static int
host_on_schedule(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_schedule(question->probe->facts, answer->data,
	    err);
}

static int
host_on_runs(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_runs(question->probe->facts, answer->data, err);
}

static int
host_on_services(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_services(question->probe->facts, answer->data,
	    err);
}

static int
host_on_queue(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_queue(question->probe->facts, answer->data, err);
}

static void
host_begin(struct autossl_probe *probe)
{
	autossl_pages_init(&probe->vhosts);
	host_ask_vhosts(probe);
}

static void
host_overview(struct autossl_probe *probe)
{
	static const struct autossl_question questions[] = {
		{ .topic = AUTOSSL_PROVIDERS, .read = host_on_providers,
		  .call = { .function = "get_autossl_providers" } },
		{ .topic = AUTOSSL_SCHEDULE, .read = host_on_schedule,
		  .call = { .function = "get_autossl_check_schedule" } },
		{ .topic = AUTOSSL_RUNS, .read = host_on_runs,
		  .call = { .function = "get_autossl_logs_catalog" } },
		{ .topic = AUTOSSL_SERVICES, .read = host_on_services,
		  .call = { .function = "servicestatus",
		    .params = { { "service", "crond" } } } },
		{ .topic = AUTOSSL_SERVICES, .read = host_on_services,
		  .call = { .function = "servicestatus",
		    .params = { { "service", "queueprocd" } } } },
	};
	size_t i;

	/* Without certificates there is nothing that could be judged. */
	if (probe->facts->topics[AUTOSSL_VHOSTS].got == 0) {
		probe->stopped = true;
		return;
	}
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		autossl_ask(probe, &questions[i]);
	for (i = 0; i < PAGES_AT_ONCE && host_ask_vhosts(probe); i++)
		continue;
}

static int
host_on_accounts(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err);

static void
host_ask_accounts(struct autossl_probe *probe)
{
	struct autossl_question question = {
		.topic = AUTOSSL_ACCOUNTS, .read = host_on_accounts,
		.call = { .function = "listaccts", .params = {
			{ "want", "user,suspended" },
		} }
	};

	host_turn_page(probe, &probe->accounts, &question, "user");
}

static int
host_on_accounts(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	struct autossl_probe *probe = question->probe;

	if (autossl_read_accounts(probe->facts, answer->data, err) != 0)
		return -1;
	if (question->start == 0)
		return 0;
	autossl_pages_take(&probe->accounts, probe->arena, question->start,
	    autossl_read_rows(answer->data, "acct"), answer->metadata);
	host_ask_accounts(probe);
	return 0;
}

/* Distinct users, of which some may be told already. */
struct host_users {
	struct bytes items[AUTOSSL_USERS_MAX + AUTOSSL_FALLBACKS_MAX];
	size_t n, max, more;	/* more: that found no room */
};

static void
host_add_user(struct host_users *users, const struct autossl_vhost *vhost)
{
	size_t i;

	if (!autossl_has_account(vhost))
		return;
	for (i = 0; i < users->n; i++)
		if (bytes_eq(users->items[i], vhost->user))
			return;
	if (users->n < users->max)
		users->items[users->n++] = vhost->user;
	else
		users->more++;
}

/* Of the websites from one to another of those that are asked about. */
static void
host_add_users(struct host_users *users, const struct autossl_probe *probe,
    size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++)
		host_add_user(users, probe->due[i]);
}

/* Suspended accounts are not renewed, on purpose. */
static void
host_suspended(struct autossl_probe *probe)
{
	struct host_users users = { .max = USERS_ONE_BY_ONE };
	struct autossl_question question = {
		.topic = AUTOSSL_ACCOUNTS, .read = host_on_accounts,
		.call = { .function = "listaccts", .params = {
			{ "want", "user,suspended" },
			{ "searchtype", "user" },
			{ "searchmethod", "exact" },
			{ "search", NULL },
		} }
	};
	size_t i;

	host_close_pages(probe, &probe->vhosts, AUTOSSL_VHOSTS,
	    "fetch_ssl_vhosts");
	autossl_find_due(probe);
	host_add_users(&users, probe, 0, probe->n_due + probe->n_fallback);
	if (users.more > 0) {
		autossl_pages_init(&probe->accounts);
		host_ask_accounts(probe);
		return;
	}
	for (i = 0; i < users.n; i++) {
		question.call.params[3].value = autossl_string(probe,
		    users.items[i]);
		if (question.call.params[3].value != NULL)
			autossl_ask(probe, &question);
	}
}

static int
host_on_problems(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_problems(question->probe->facts, question->user,
	    answer->data, err);
}

static int
host_on_excluded(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_excluded(question->probe->facts, question->user,
	    answer->data, err);
}

/* About an account: its exclusions, and its problems unless only fallbacks
 * are there. */
static void
host_ask_about(struct autossl_probe *probe, struct bytes user, bool due)
{
	struct autossl_question problems = {
		.topic = AUTOSSL_PROBLEMS, .read = host_on_problems,
		.user = user,
		.call = { .function = "get_autossl_problems_for_user",
		    .params = { { "username", autossl_string(probe, user) } } }
	}, excluded = {
		.topic = AUTOSSL_EXCLUDED, .read = host_on_excluded,
		.user = user,
		.call = { .function = "get_autossl_user_excluded_domains" }
	};

	excluded.call.params[0] = problems.call.params[0];
	if (problems.call.params[0].value == NULL)
		return;
	if (due)
		autossl_ask(probe, &problems);
	autossl_ask(probe, &excluded);
}

/* The pending orders of all, and why the due ones are not renewed. */
static void
host_details(struct autossl_probe *probe)
{
	static const struct autossl_question queue = {
		.topic = AUTOSSL_QUEUE, .read = host_on_queue,
		.call = { .function = "get_autossl_pending_queue" }
	};
	struct host_users users = { .max = AUTOSSL_USERS_MAX };
	size_t i, n_due;

	host_close_pages(probe, &probe->accounts, AUTOSSL_ACCOUNTS,
	    "listaccts");
	autossl_ask(probe, &queue);
	autossl_find_due(probe);
	host_add_users(&users, probe, 0, probe->n_due);
	probe->facts->n_not_asked = users.more;
	n_due = users.n;
	users.max = n_due + AUTOSSL_FALLBACKS_MAX;
	host_add_users(&users, probe, probe->n_due, probe->n_due +
	    probe->n_fallback);
	for (i = 0; i < users.n; i++)
		host_ask_about(probe, users.items[i], i < n_due);
	autossl_ask_renewal(probe);
}

static int
host_on_log(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_log(question->probe->facts, answer->data, err);
}

/*
 * The log of the newest run: rate limits stand nowhere else.  That of a
 * large server is longer than we want to read, so only its lines about
 * limits are asked for when there are many accounts.
 */
static void
host_log(struct autossl_probe *probe)
{
	struct autossl_question question = {
		.topic = AUTOSSL_LOG, .read = host_on_log,
		.call = { .function = "get_autossl_log",
		    .params = { { "start_time", NULL } } }
	};
	struct autossl_param *param = question.call.params;

	if (probe->n_due == 0 || !probe->facts->runs.any)
		return;
	param++->value = autossl_string(probe, probe->facts->runs.last_id);
	if (question.call.params[0].value == NULL)
		return;
	if (probe->facts->n_vhosts > AUTOSSL_PAGE) {
		*param++ = (struct autossl_param){ "api.filter.enable", "1" };
		*param++ = (struct autossl_param){ "api.filter.a.field",
			"contents" };
		*param++ = (struct autossl_param){ "api.filter.a.type",
			"contains" };
		*param = (struct autossl_param){ "api.filter.a.arg0",
			"rate" };
	}
	autossl_ask(probe, &question);
}

void (*const autossl_host_stages[])(struct autossl_probe *) = {
	host_begin, host_overview, host_suspended, host_details, host_log,
	NULL
};
