/* SPDX-License-Identifier: ISC */
/*
 * The client: who asks whom, and the queue of calls.  The first call goes
 * alone until the credentials have opened something, so that a wrong token
 * is tried once and not four times.
 */
#include "probe/autossl_call.h"

#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "probe/autossl_call_private.h"

#define AT_ONCE 4
#define PORT_WHM "2087"
#define PORT_CPANEL "2083"
#define USER_AGENT "monitoring-plugins-cert"

/* ---- who and where ---- */

static bool
client_is_local(const struct autossl_client *client)
{
	return client->way == AUTOSSL_LOCAL_HOST ||
	    client->way == AUTOSSL_LOCAL_ACCOUNT;
}

/* HOST[:PORT], also as https://HOST[:PORT]/. */
static int
client_parse_server(struct autossl_client *client, struct arena *arena,
    struct err *err)
{
	bool whm = client->way == AUTOSSL_WHM;
	const char *text = whm ? client->options->whm :
	    client->options->cpanel, *option = whm ? "--whm" : "--cpanel";
	struct target_defaults defaults = {
		.port = whm ? PORT_WHM : PORT_CPANEL };
	struct target target;

	if (text == NULL)
		return err_set(err, ERR_USAGE, "%s: no host", option);
	if (target_parse(arena, text, &defaults, &target, err) != 0)
		return err_wrap(err, "%s", option);
	if (target.kind != TARGET_TLS ||
	    target.scheme->starttls != STARTTLS_NONE)
		return err_set(err, ERR_USAGE, "%s: '%.80s' is not "
		    "HOST[:PORT]", option, text);
	client->host = target.host;
	client->server = target_display(arena, &target);
	return client->server == NULL ? err_nomem(err) : 0;
}

/* The zone of a link-local address is %25 in a URL (RFC 6874 2). */
static int
client_make_base(struct autossl_client *client, struct err *err)
{
	struct buf base = BUF_INIT;
	const char *c;

	buf_str(&base, "https://");
	for (c = client->server; *c != '\0'; c++) {
		buf_char(&base, *c);
		if (*c == '%')
			buf_str(&base, "25");
	}
	if (!buf_failed(&base))
		client->base = mem_strdup(buf_text(&base));
	buf_release(&base);
	return client->base == NULL ? err_nomem(err) : 0;
}

/* It goes into a header. */
static bool
client_user_ok(const char *user)
{
	const char *c;

	for (c = user; *c != '\0'; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == ':')
			return false;
	return c > user;
}

/* --user, else the token's, else root for a whole server. */
static int
client_choose_user(struct autossl_client *client, struct arena *arena,
    struct err *err)
{
	const char *user = client->options->user;

	if (user == NULL)
		user = client->token.user;
	if (user == NULL && client->way == AUTOSSL_WHM)
		user = "root";
	if (user == NULL && client->way == AUTOSSL_CPANEL)
		return err_set(err, ERR_USAGE, "whose token is it? give "
		    "--user=ACCOUNT");
	if (user == NULL)
		return 0;
	if (!client_user_ok(user))
		return err_set(err, ERR_USAGE, "--user: '%.80s' is no user "
		    "name", user);
	client->user = arena_strdup(arena, user);
	return client->user == NULL ? err_nomem(err) : 0;
}

static int
client_authorize(struct autossl_client *client, struct err *err)
{
	const char *kind = client->way == AUTOSSL_WHM ? "whm" : "cpanel";
	size_t size = strlen("Authorization: cpanel :") + 1 +
	    strlen(client->user) + strlen(client->token.secret);

	client->authorization = mem_alloc(size);
	if (client->authorization == NULL)
		return err_nomem(err);
	snprintf(client->authorization, size, "Authorization: %s %s:%s", kind,
	    client->user, client->token.secret);
	return 0;
}

static int
client_open_http(struct autossl_client *client, struct err *err)
{
	const struct options *options = client->options;
	struct http_options http = {
		.proxy = options->proxy, .no_proxy = options->no_proxy,
		.ca_file = options->ca_file, .ca_path = options->ca_path,
		.insecure = options->insecure, .user_agent = USER_AGENT,
		.family = options->ipv4 == options->ipv6 ? AF_UNSPEC :
		    options->ipv4 ? AF_INET : AF_INET6
	};

	/* libcurl does not say which file it is that it cannot read. */
	if (options->ca_file != NULL && access(options->ca_file, R_OK) != 0)
		return err_set(err, ERR_IO, "--ca-file: %s cannot be read",
		    options->ca_file);
	client->http = http_new(client->loop, &http, err);
	return client->http == NULL ? -1 : 0;
}

static int
client_open(struct autossl_client *client, struct arena *arena,
    struct err *err)
{
	client->server = client->host = "local";
	if (client_is_local(client)) {
		autossl_token_forget();
		client->accepted = true;
		return client_choose_user(client, arena, err);
	}
	if (client_parse_server(client, arena, err) != 0 ||
	    client_make_base(client, err) != 0 ||
	    autossl_token_read(client->options, client->deadline_ms,
	    &client->token, err) != 0 ||
	    client_choose_user(client, arena, err) != 0 ||
	    client_authorize(client, err) != 0)
		return -1;
	return client_open_http(client, err);
}

struct autossl_client *
autossl_client_new(const struct autossl_client_options *options,
    struct err *err)
{
	struct autossl_client *client = mem_alloc(sizeof(*client));

	if (client == NULL) {
		err_nomem(err);
		return NULL;
	}
	client->options = options->options;
	client->way = options->way;
	client->loop = options->loop;
	client->deadline_ms = options->deadline_ms;
	if (client_open(client, options->arena, err) == 0)
		return client;
	autossl_client_free(client);
	return NULL;
}

const char *
autossl_client_server(const struct autossl_client *client)
{
	return client->server;
}

const char *
autossl_client_user(const struct autossl_client *client)
{
	return client->user;
}

const char *
autossl_client_busy(const struct autossl_client *client)
{
	if (client->busy[0] != '\0')
		return client->busy;
	return client->running.first == NULL ? NULL :
	    client->running.first->call.function;
}

unsigned
autossl_client_count(const struct autossl_client *client)
{
	return client->n_sent;
}

/* ---- the queue ---- */

static void
list_append(struct autossl_list *list, struct autossl_sent *sent)
{
	sent->next = NULL;
	if (list->last == NULL)
		list->first = sent;
	else
		list->last->next = sent;
	list->last = sent;
}

static struct autossl_sent *
list_take(struct autossl_list *list)
{
	struct autossl_sent *sent = list->first;

	list->first = sent->next;
	if (list->first == NULL)
		list->last = NULL;
	return sent;
}

static void
list_remove(struct autossl_list *list, const struct autossl_sent *sent)
{
	struct autossl_sent *item, *before = NULL;

	for (item = list->first; item != sent; item = item->next)
		before = item;
	if (before == NULL)
		list->first = sent->next;
	else
		before->next = sent->next;
	if (list->last == sent)
		list->last = before;
}

/* The last thing that happens to a call. */
static void
call_deliver(struct autossl_sent *sent, const struct autossl_answer *answer)
{
	sent->done(sent->ctx, answer);
	arena_free(sent->arena);
}

static void
call_fail(struct autossl_sent *sent, const struct err *error)
{
	struct autossl_answer answer = { .error = *error };

	call_deliver(sent, &answer);
}

static bool
client_may_send(const struct autossl_client *client)
{
	return client->n_running < (client->accepted ? AT_ONCE : 1U);
}

static void
client_send(struct autossl_client *client, struct autossl_sent *sent)
{
	struct err error = ERR_INIT;

	sent->started_ms = clock_mono_ms();
	if (autossl_send(sent, &error) != 0) {
		call_fail(sent, &error);
		return;
	}
	list_append(&client->running, sent);
	client->n_running++;
	client->n_sent++;
}

/* Sends what may be sent; what may not any more ends.  A done() that calls
 * again only adds to the queue, so that nothing is nested. */
static void
client_pump(struct autossl_client *client)
{
	if (client->pumping)
		return;
	client->pumping = true;
	while (client->waiting.first != NULL) {
		if (client->stop.kind != ERR_NONE)
			call_fail(list_take(&client->waiting), &client->stop);
		else if (client_may_send(client))
			client_send(client, list_take(&client->waiting));
		else
			break;
	}
	client->pumping = false;
}

/* ---- the end of a call ---- */

/* After some errors nothing is asked any more. */
static void
client_note(struct autossl_client *client, const char *function,
    const struct err *error)
{
	const struct autossl_sent *oldest = client->running.first;
	bool over = error->kind == ERR_CANCELLED ||
	    (error->kind == ERR_TIMEOUT && client->deadline_ms != 0 &&
	    clock_mono_ms() >= client->deadline_ms);

	if (error->kind == ERR_NONE || error->kind == ERR_DENIED ||
	    error->kind == ERR_MISSING)
		client->accepted = true;
	if (error->kind == ERR_NONE && client->opened[0] == '\0')
		snprintf(client->opened, sizeof(client->opened), "%s",
		    function);
	if ((!over && error->kind != ERR_AUTH) ||
	    client->stop.kind != ERR_NONE)
		return;
	client->stop = *error;
	if (over && oldest != NULL)
		snprintf(client->busy, sizeof(client->busy), "%s",
		    oldest->call.function);
}

/* A program that failed: its own reason when the envelope has one. */
static void
call_choose_error(struct autossl_answer *answer, const struct err *failure)
{
	enum err_kind kind = answer->error.kind;

	if (failure == NULL || kind == ERR_AUTH || kind == ERR_DENIED ||
	    kind == ERR_MISSING || kind == ERR_SERVER)
		return;
	answer->error = *failure;
	answer->data = answer->metadata = NULL;
}

void
autossl_call_end(struct autossl_sent *sent,
    const struct autossl_reply *reply, const struct err *error)
{
	struct autossl_client *client = sent->client;
	struct autossl_answer answer = { .elapsed_ms = clock_mono_ms() -
	    sent->started_ms };
	struct json_doc *doc = NULL;

	if (reply == NULL)
		answer.error = *error;
	else if (autossl_envelope_open(reply, &doc, &answer.data,
	    &answer.metadata, &answer.error) != 0)
		doc = NULL;
	if (reply != NULL)
		call_choose_error(&answer, error);
	client_note(client, sent->call.function, &answer.error);
	list_remove(&client->running, sent);
	client->n_running--;
	call_deliver(sent, &answer);
	json_doc_free(doc);
	client_pump(client);
}

/* ---- a new call ---- */

static int
call_copy(struct autossl_sent *sent, const struct autossl_call *from)
{
	struct autossl_call *to = &sent->call;
	struct autossl_param *param;
	size_t i;

	*to = *from;
	to->function = arena_strdup(sent->arena, from->function);
	if (from->user != NULL)
		to->user = arena_strdup(sent->arena, from->user);
	if (to->function == NULL || (from->user != NULL && to->user == NULL))
		return -1;
	for (i = 0; i < AUTOSSL_PARAMS && from->params[i].name != NULL; i++) {
		param = &to->params[i];
		param->name = arena_strdup(sent->arena, param->name);
		param->value = arena_strdup(sent->arena,
		    param->value == NULL ? "" : param->value);
		if (param->name == NULL || param->value == NULL)
			return -1;
	}
	return 0;
}

/* Is it one that this client can make? */
static int
call_check(const struct autossl_client *client,
    const struct autossl_call *call, struct err *err)
{
	bool uapi = strstr(call->function, "::") != NULL;

	if (!autossl_function_allowed(call->function))
		return err_set(err, ERR_INTERNAL, "%s: not for a check",
		    call->function);
	if (!uapi && (client->way == AUTOSSL_CPANEL ||
	    client->way == AUTOSSL_LOCAL_ACCOUNT))
		return err_set(err, ERR_INTERNAL, "%s: not for an account",
		    call->function);
	if (uapi && call->user == NULL && (client->way == AUTOSSL_WHM ||
	    client->way == AUTOSSL_LOCAL_HOST))
		return err_set(err, ERR_INTERNAL, "%s: whose?",
		    call->function);
	return 0;
}

static struct autossl_sent *
call_new(const struct autossl_call *call)
{
	struct arena *arena = arena_new();
	struct autossl_sent *sent;

	if (arena == NULL)
		return NULL;
	sent = arena_alloc(arena, sizeof(*sent));
	if (sent != NULL) {
		sent->arena = arena;
		if (call_copy(sent, call) == 0)
			return sent;
	}
	arena_free(arena);
	return NULL;
}

int
autossl_client_call(struct autossl_client *client,
    const struct autossl_call *call,
    void (*done)(void *ctx, const struct autossl_answer *answer), void *ctx,
    struct err *err)
{
	struct autossl_sent *sent;

	if (call_check(client, call, err) != 0)
		return -1;
	sent = call_new(call);
	if (sent == NULL)
		return err_nomem(err);
	sent->client = client;
	sent->uapi = strstr(call->function, "::") != NULL;
	if (sent->call.user == NULL && client->way == AUTOSSL_LOCAL_ACCOUNT)
		sent->call.user = client->user;
	sent->done = done;
	sent->ctx = ctx;
	list_append(&client->waiting, sent);
	client_pump(client);
	return 0;
}

void
autossl_client_free(struct autossl_client *client)
{
	if (client == NULL)
		return;
	if (client->stop.kind == ERR_NONE)
		err_set(&client->stop, ERR_CANCELLED, "cancelled");
	http_free(client->http);
	while (client->running.first != NULL)
		command_cancel(client->running.first->command);
	client_pump(client);
	if (client->authorization != NULL)
		mem_wipe(client->authorization,
		    strlen(client->authorization));
	mem_free(client->authorization);
	autossl_token_release(&client->token);
	mem_free(client->base);
	mem_free(client);
}
