/* SPDX-License-Identifier: ISC */
/*
 * One HTTP request as a task of the loop.  It goes from hop to hop: parse the
 * URL, choose the proxy, look names up by our resolver, hand over to libcurl,
 * follow the redirect.  libcurl resolves nothing and follows nothing by
 * itself: its resolver's thread would be waited for at the exit.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_CURL_H
#include "net/http_private.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/idn.h"
#include "base/text.h"
#include "net/http_address.h"

#define SIZE_DEFAULT ((size_t)16 << 20)	/* that of struct buf */

/* ---- where to ---- */

static char *
transfer_url_part(struct transfer *transfer, CURLUPart part, unsigned flags)
{
	const struct http_library *curl = &transfer->http->curl;
	char *text = NULL, *copy;

	if (curl->url_get(transfer->url, part, &text, flags) != CURLUE_OK)
		return NULL;
	copy = arena_strdup(transfer->arena, text);
	curl->free(text);
	return copy;
}

/* The host in the form that names are looked up, without a last dot. */
static int
transfer_set_host(struct transfer *transfer, struct err *err)
{
	const struct http_library *curl = &transfer->http->curl;
	char *host = transfer_url_part(transfer, CURLUPART_HOST, 0);
	size_t len;

	if (host == NULL)
		return err_set(err, ERR_SYNTAX, "the URL has no host");
	len = strlen(host);
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		transfer->host = host + 1;
		transfer->literal = true;
		return 0;
	}
	host = idn_to_ascii(transfer->arena, host, err);
	if (host == NULL)
		return -1;
	len = strlen(host);
	if (len > 1 && host[len - 1] == '.')
		host[len - 1] = '\0';
	if (curl->url_set(transfer->url, CURLUPART_HOST, host, 0) !=
	    CURLUE_OK)
		return err_set(err, ERR_SYNTAX, "\"%s\": not a host name",
		    host);
	transfer->host = host;
	return 0;
}

/* Is the environment's proxy to be used for that host? */
static void
transfer_choose_proxy(struct transfer *transfer)
{
	const struct http *http = transfer->http;
	const struct proxy *proxy = &http->proxies[transfer->https];

	transfer->proxy = proxy->kind == PROXY_NONE ||
	    proxy_bypassed(http->no_proxy, transfer->host) ? NULL : proxy;
}

/* Names that libcurl is going to need. */
static void
transfer_choose_lookups(struct transfer *transfer)
{
	const struct proxy *proxy = transfer->proxy;
	struct lookup *lookup = transfer->lookups;
	struct address address;

	memset(transfer->lookups, 0, sizeof(transfer->lookups));
	transfer->literal = false;
	if (proxy == NULL || !proxy->remote_names)
		*lookup++ = (struct lookup){ transfer->host, transfer->port };
	if (proxy != NULL)
		*lookup++ = (struct lookup){ proxy->host, proxy->port };
	while (lookup-- > transfer->lookups) {
		if (resolve_literal(lookup->host, 0, &address) != 0 &&
		    lookup->host[0] != '[')
			continue;
		transfer->literal = true;
		lookup->host = NULL;
	}
}

/* What remains to be known of a URL that was parsed. */
static int
transfer_examine(struct transfer *transfer, struct err *err)
{
	const char *scheme = transfer_url_part(transfer, CURLUPART_SCHEME, 0);
	const char *port;
	char shown[8] = "";
	uint64_t number;

	if (scheme == NULL)
		return err_set(err, ERR_SYNTAX, "the URL has no scheme");
	transfer->https = text_ieq(scheme, "https");
	if (!transfer->https && !text_ieq(scheme, "http"))
		return err_set(err, ERR_UNSUPPORTED,
		    "%s: only http and https are fetched", scheme);
	if (transfer_set_host(transfer, err) != 0)
		return -1;
	port = transfer_url_part(transfer, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if (port == NULL || text_u64(port, &number) != 0 || number == 0 ||
	    number > UINT16_MAX)
		return err_set(err, ERR_SYNTAX, "the URL has a bad port");
	transfer->port = (uint16_t)number;
	if (number != (transfer->https ? 443 : 80))
		snprintf(shown, sizeof(shown), ":%s", port);
	transfer->where = arena_printf(transfer->arena, strchr(transfer->host,
	    ':') != NULL ? "%s://[%s]%s" : "%s://%s%s", scheme,
	    transfer->host, shown);
	if (transfer->where == NULL)
		return err_nomem(err);
	return 0;
}

/* A URL from the outside; on a redirect it may be relative to where we are.
 * Credentials in it are refused. */
static int
transfer_parse(struct transfer *transfer, const char *text, struct err *err)
{
	CURLUcode code;

	if (strlen(text) > HTTP_URL_MAX)
		return err_set(err, ERR_LIMIT,
		    "the URL is longer than %d octets", HTTP_URL_MAX);
	code = transfer->http->curl.url_set(transfer->url, CURLUPART_URL,
	    text, CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME);
	if (code == CURLUE_OUT_OF_MEMORY)
		return err_nomem(err);
	if (code == CURLUE_USER_NOT_ALLOWED)
		return err_set(err, ERR_SYNTAX,
		    "the URL has a user name in it");
	if (code != CURLUE_OK)
		return err_set(err, ERR_SYNTAX, "not a URL that can be "
		    "fetched");
	return transfer_examine(transfer, err);
}

/* ---- states ---- */

static enum step transfer_lookup(struct transfer *transfer);
static enum step transfer_await(struct transfer *transfer);

/* The end, with or without an error in the response; err's text gets the
 * place in front. */
static enum step
transfer_end(struct transfer *transfer)
{
	struct http_response *response = &transfer->response;

	http_hop_end(transfer);
	response->elapsed_ms = clock_mono_ms() - transfer->started_ms;
	transfer->state = NULL;
	return STEP_DONE;
}

static enum step
transfer_fail(struct transfer *transfer)
{
	if (transfer->where != NULL)
		err_wrap(&transfer->response.error, "%s/", transfer->where);
	return transfer_end(transfer);
}

/* Begins a hop at the URL that was parsed. */
static enum step
transfer_hop(struct transfer *transfer)
{
	transfer_choose_proxy(transfer);
	transfer_choose_lookups(transfer);
	transfer->denied = transfer->finished = false;
	transfer->words[0] = '\0';
	transfer->state = transfer_lookup;
	return STEP_WAIT;
}

/* For CURLOPT_RESOLVE. */
static int
transfer_add_addresses(struct transfer *transfer, const char *line,
    struct err *err)
{
	struct curl_slist *list = transfer->http->curl.slist_append(
	    transfer->addresses, line);

	if (list == NULL)
		return err_nomem(err);
	transfer->addresses = list;
	return 0;
}

/* "host:port:address,address" */
static int
transfer_keep_addresses(struct transfer *transfer, const struct lookup *lookup,
    const struct address_list *found, struct err *err)
{
	struct buf line = BUF_INIT;
	char text[64];
	size_t i;
	int rc = -1;

	buf_printf(&line, "%s:%u:", lookup->host, (unsigned)lookup->port);
	for (i = 0; i < found->n; i++) {
		address_format(&found->items[i], text, sizeof(text));
		text[strcspn(text, "%")] = '\0';
		buf_printf(&line, strchr(text, ':') != NULL ? "%s[%s]" :
		    "%s%s", i == 0 ? "" : ",", text);
	}
	if (buf_failed(&line))
		err_nomem(err);
	else
		rc = transfer_add_addresses(transfer, buf_text(&line), err);
	if (rc == 0)
		http_names_keep(transfer->http, buf_text(&line));
	buf_release(&line);
	return rc;
}

/* 1: wait. */
static int
transfer_lookup_one(struct transfer *transfer, struct lookup *lookup,
    struct err *err)
{
	struct http *http = transfer->http;
	struct address_list *found;
	struct resolve_query query;
	const char *known;
	int got;

	known = transfer->job != NULL ? NULL :
	    http_names_find(http, lookup->host, lookup->port);
	if (known != NULL) {
		lookup->host = NULL;
		return transfer_add_addresses(transfer, known, err);
	}
	if (transfer->job == NULL) {
		query = (struct resolve_query){ .host = lookup->host,
			.port = lookup->port,
			.family = http->options.family };
		transfer->job = resolve_start(http->resolver, &query,
		    &transfer->task, err);
		return transfer->job == NULL ? -1 : 1;
	}
	found = mem_alloc(sizeof(*found));
	if (found == NULL)
		return err_nomem(err);
	got = resolve_result(transfer->job, found, err);
	if (got == 0)
		got = transfer_keep_addresses(transfer, lookup, found, err);
	mem_free(found);
	if (got == 1)
		return 1;
	resolve_release(transfer->job);
	transfer->job = NULL;
	lookup->host = NULL;
	return got;
}

/* A proxy connects for us, and we cannot see where to: a private address in
 * the URL itself is refused all the same. */
static bool
transfer_forbidden(const struct transfer *transfer, struct err *err)
{
	struct address address;

	if (transfer->proxy == NULL || !transfer->http->options.deny_private ||
	    resolve_literal(transfer->host, 0, &address) != 0 ||
	    http_address_global((const struct sockaddr *)&address.sa))
		return false;
	err_set(err, ERR_CONNECT, "connect: refused, the address is private");
	return true;
}

static enum step
transfer_lookup(struct transfer *transfer)
{
	struct err *error = &transfer->response.error;
	size_t i;
	int got;

	for (i = 0; i < 2; i++) {
		if (transfer->lookups[i].host == NULL)
			continue;
		got = transfer_lookup_one(transfer, &transfer->lookups[i],
		    error);
		if (got != 0)
			return got > 0 ? STEP_WAIT : transfer_fail(transfer);
	}
	if (transfer_forbidden(transfer, error) ||
	    http_hop_start(transfer, error) != 0)
		return transfer_fail(transfer);
	transfer->state = transfer_await;
	return STEP_WAIT;
}

/* RFC 9110 15.4: what a POST becomes; what is not for other hosts. */
static void
transfer_adapt(struct transfer *transfer)
{
	struct http_request *request = &transfer->request;

	if (transfer->head.status <= 303) {
		request->post = false;
		request->body = bytes_of(NULL, 0);
	}
	if (transfer->where == NULL || strcmp(transfer->where,
	    transfer->origin) != 0)
		request->headers = NULL;
}

static enum step
transfer_redirect(struct transfer *transfer)
{
	struct http_response *response = &transfer->response;
	const char *location = transfer->head.location;
	const char *from = transfer->where;

	http_hop_end(transfer);
	transfer->failure.kind = ERR_NONE;
	buf_reset(&response->body);
	transfer->received = 0;
	if (response->redirects >= transfer->request.max_redirects) {
		err_set(&response->error, ERR_LIMIT,
		    "more than %u redirects", response->redirects);
		return transfer_fail(transfer);
	}
	response->redirects++;
	if (*location == '\0')
		err_set(&response->error, ERR_LIMIT,
		    "the address is missing or too long");
	else
		(void)transfer_parse(transfer, location, &response->error);
	if (response->error.kind != ERR_NONE) {
		transfer->where = from;
		err_wrap(&response->error, "redirect");
		return transfer_fail(transfer);
	}
	transfer_adapt(transfer);
	return transfer_hop(transfer);
}

/* libcurl is finished with the hop. */
static enum step
transfer_await(struct transfer *transfer)
{
	struct http_response *response = &transfer->response;
	const struct http_head *head = &transfer->head;
	bool redirected;

	if (transfer->http->broken && !transfer->finished) {
		err_set(&response->error, ERR_INTERNAL,
		    "libcurl lost its sockets");
		return transfer_fail(transfer);
	}
	if (!transfer->finished)
		return STEP_WAIT;
	response->status = head->status;
	redirected = http_head_redirects(head) &&
	    (transfer->result == CURLE_OK ||
	    transfer->result == CURLE_WRITE_ERROR) &&
	    transfer->failure.kind == ERR_NONE;
	if (redirected && transfer->request.max_redirects > 0)
		return transfer_redirect(transfer);
	if (transfer->result != CURLE_OK && !redirected) {
		http_hop_error(transfer, &response->error);
		return transfer_fail(transfer);
	}
	memcpy(response->content_type, head->content_type,
	    sizeof(response->content_type));
	memcpy(response->etag, head->etag, sizeof(response->etag));
	memcpy(response->last_modified, head->last_modified,
	    sizeof(response->last_modified));
	response->max_age = http_head_lifetime(head);
	response->date = head->date;
	return transfer_end(transfer);
}

/* ---- the task ---- */

static enum step
transfer_run(struct task *task)
{
	struct transfer *transfer = task->owner;
	enum step (*state)(struct transfer *transfer);
	enum step step;

	do {
		state = transfer->state;
		step = state(transfer);
	} while (step == STEP_WAIT && transfer->state != state);
	return step;
}

static void
transfer_expire(struct task *task, bool cancelled)
{
	struct transfer *transfer = task->owner;
	struct err *error = &transfer->response.error;
	int64_t ms = clock_mono_ms() - transfer->started_ms;

	if (cancelled)
		err_set(error, ERR_CANCELLED, "cancelled");
	else
		err_set(error, ERR_TIMEOUT, "timed out after %lld%s in %s",
		    (long long)(ms < 1000 ? ms : ms / 1000),
		    ms < 1000 ? " ms" : " s", http_hop_phase(transfer));
	(void)transfer_fail(transfer);
}

/* Their copies; the caller's are the caller's. */
static void
transfer_wipe_headers(struct transfer *transfer)
{
	const char *const *item = transfer->copies;
	char *text;

	for (; item != NULL && *item != NULL; item++) {
		memcpy(&text, item, sizeof(text));
		mem_wipe(text, strlen(text));
	}
}

void
http_transfer_free(struct transfer *transfer)
{
	struct http *http = transfer->http;

	if (transfer->next != NULL)
		transfer->next->prev = transfer->prev;
	if (transfer->prev != NULL)
		transfer->prev->next = transfer->next;
	else if (http->transfers == transfer)
		http->transfers = transfer->next;
	resolve_release(transfer->job);
	http_hop_end(transfer);
	if (transfer->url != NULL)
		http->curl.url_cleanup(transfer->url);
	buf_release(&transfer->response.body);
	transfer_wipe_headers(transfer);
	arena_free(transfer->arena);
	mem_free(transfer);
	if (http->transfers == NULL && http->driving)
		loop_wake(http->loop, &http->driver);
}

static void
transfer_done(struct task *task)
{
	struct transfer *transfer = task->owner;

	transfer->done(transfer->ctx, &transfer->response);
	http_transfer_free(transfer);
}

/* ---- starting ---- */

/* true unless memory runs out; NULL stays NULL. */
static bool
transfer_copy(struct arena *arena, const char **text)
{
	if (*text == NULL)
		return true;
	*text = arena_strdup(arena, *text);
	return *text != NULL;
}

static bool
transfer_copy_headers(struct transfer *transfer)
{
	struct http_request *request = &transfer->request;
	struct arena *arena = transfer->arena;
	const char **copy;
	size_t i, n = 0;

	if (request->headers == NULL)
		return true;
	while (request->headers[n] != NULL)
		n++;
	copy = arena_array(arena, n + 1, sizeof(*copy));
	if (copy == NULL)
		return false;
	transfer->copies = copy;
	for (i = 0; i < n; i++) {
		copy[i] = request->headers[i];
		if (!transfer_copy(arena, &copy[i]))
			return false;
	}
	request->headers = copy;
	return true;
}

static int
transfer_copy_request(struct transfer *transfer,
    const struct http_request *from, struct err *err)
{
	struct arena *arena = transfer->arena;
	struct http_request *request = &transfer->request;

	*request = *from;
	request->post = from->post || from->body.len > 0;
	if (request->max_size == 0)
		request->max_size = SIZE_DEFAULT;
	request->body = arena_bytes(arena, from->body);
	if ((request->body.data == NULL && from->body.len > 0) ||
	    !transfer_copy(arena, &request->url) ||
	    !transfer_copy(arena, &request->content_type) ||
	    !transfer_copy(arena, &request->accept) ||
	    !transfer_copy(arena, &request->etag) ||
	    !transfer_copy(arena, &request->last_modified) ||
	    !transfer_copy_headers(transfer))
		return err_nomem(err);
	return 0;
}

int
http_transfer_begin(struct transfer *transfer,
    const struct http_request *request, struct err *err)
{
	struct http_response *response = &transfer->response;

	transfer->arena = arena_new();
	transfer->url = transfer->http->curl.url();
	if (transfer->arena == NULL || transfer->url == NULL)
		return err_nomem(err);
	if (transfer_copy_request(transfer, request, err) != 0 ||
	    transfer_parse(transfer, transfer->request.url, err) != 0)
		return -1;
	transfer->origin = transfer->where;
	transfer->started_ms = clock_mono_ms();
	buf_init(&response->body, transfer->request.max_size);
	response->max_age = response->date = -1;
	transfer->task = (struct task){ .run = transfer_run,
		.expire = transfer_expire, .done = transfer_done,
		.owner = transfer, .deadline_ms = request->deadline_ms };
	(void)transfer_hop(transfer);
	return loop_add(transfer->http->loop, &transfer->task, err);
}

void
http_transfer_cancel(struct transfer *transfer)
{
	loop_drop(transfer->http->loop, &transfer->task);
	transfer_expire(&transfer->task, true);
	transfer_done(&transfer->task);
}

#endif
