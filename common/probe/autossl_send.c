/* SPDX-License-Identifier: ISC */
/*
 * How a call is made: as a URL of WHM or cPanel, or as the words of whmapi1
 * and uapi; and what the transport says of its end, in words that name the
 * server and what to do.
 */
#include <stdio.h>
#include <string.h>

#include "probe/autossl_call_private.h"

#define WORDS_MAX (AUTOSSL_PARAMS + 6)
#define MESSAGE_MAX 120		/* characters of a program's stderr */

/* ---- URLs ---- */

/* RFC 3986 2.3: everything but what is unreserved. */
static void
send_encode(struct buf *out, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char c;

	for (; (c = (unsigned char)*text) != '\0'; text++) {
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~", c) != NULL) {
			buf_char(out, (char)c);
			continue;
		}
		buf_char(out, '%');
		buf_char(out, hex[c >> 4]);
		buf_char(out, hex[c & 15]);
	}
}

static void
send_param(struct buf *out, const char *name, const char *value)
{
	const char *text = buf_text(out);

	buf_char(out, strchr(text, '?') == NULL ? '?' : '&');
	send_encode(out, name);
	buf_char(out, '=');
	send_encode(out, value == NULL ? "" : value);
}

/* "SSL::installed_hosts": its module in the arena; NULL: out of memory. */
static const char *
send_module(const struct autossl_sent *sent)
{
	const char *function = sent->call.function;

	return arena_strndup(sent->arena, function,
	    (size_t)(strstr(function, "::") - function));
}

static const char *
send_function(const struct autossl_sent *sent)
{
	return sent->uapi ? strstr(sent->call.function, "::") + 2 :
	    sent->call.function;
}

static int
send_url(const struct autossl_sent *sent, struct buf *out, struct err *err)
{
	const struct autossl_param *param = sent->call.params;
	const char *module = sent->uapi ? send_module(sent) : "";
	bool whm = sent->client->way == AUTOSSL_WHM;
	size_t i;

	if (module == NULL)
		return err_nomem(err);
	buf_str(out, sent->client->base);
	if (whm) {
		buf_str(out, "/json-api/");
		send_encode(out, sent->uapi ? "uapi_cpanel" :
		    sent->call.function);
		send_param(out, "api.version", "1");
	} else {
		buf_str(out, "/execute/");
		send_encode(out, module);
		buf_char(out, '/');
		send_encode(out, send_function(sent));
	}
	if (whm && sent->uapi) {
		send_param(out, "cpanel.user", sent->call.user);
		send_param(out, "cpanel.module", module);
		send_param(out, "cpanel.function", send_function(sent));
	}
	for (i = 0; i < AUTOSSL_PARAMS && param[i].name != NULL; i++)
		send_param(out, param[i].name, param[i].value);
	return buf_failed(out) ? err_nomem(err) : 0;
}

/* ---- HTTPS ---- */

/* What to do about a certificate that is refused. */
static const char *
send_hint(const struct autossl_client *client,
    const struct http_response *response)
{
	if (!response->untrusted)
		return "";
	if (client->options->ca_file != NULL)
		return ": --ca-file has another";
	return strstr(response->error.text, "(self-signed)") != NULL ?
	    ": give it with --ca-file" : ": give its CA with --ca-file";
}

/* "https://host:2087/: words" becomes "host:2087: words". */
static void
send_retell(const struct autossl_sent *sent,
    const struct http_response *response, struct err *error)
{
	const struct autossl_client *client = sent->client;
	const struct err *from = &response->error;
	const char *words = strstr(from->text, "/: ");
	bool named = strncmp(from->text, "https://", 8) == 0 && words != NULL;

	words = named ? words + 3 : from->text;
	if (from->kind == ERR_LIMIT)
		err_set(error, from->kind, "%s: %s", sent->call.function,
		    words);
	else if (from->kind == ERR_NOMEM)
		*error = *from;
	else
		err_set(error, from->kind, "%s: %s%s%s%s", client->server,
		    words, send_hint(client, response),
		    strstr(words, "another name") != NULL ? " than " : "",
		    strstr(words, "another name") != NULL ? client->host :
		    "");
	error->sys = from->sys;
}

/* The function that was open and is not any more tells of a token that was
 * taken back, not of a privilege. */
static bool
send_is_accepted(const struct autossl_sent *sent)
{
	const char *opened = sent->client->opened;

	return opened[0] != '\0' && strcmp(opened, sent->call.function) != 0;
}

static void
send_on_response(void *ctx, struct http_response *response)
{
	struct autossl_sent *sent = ctx;
	struct err error = ERR_INIT;
	struct autossl_reply reply = {
		.body = buf_bytes(&response->body),
		.status = response->status,
		.content_type = response->content_type,
		.function = sent->call.function, .uapi = sent->uapi,
		.accepted = send_is_accepted(sent)
	};

	if (response->error.kind == ERR_NONE) {
		autossl_call_end(sent, &reply, NULL);
		return;
	}
	send_retell(sent, response, &error);
	autossl_call_end(sent, NULL, &error);
}

static int
send_http(struct autossl_sent *sent, struct err *err)
{
	const struct autossl_client *client = sent->client;
	const char *const headers[] = { client->authorization, NULL };
	struct http_request request = {
		.accept = "application/json", .headers = headers,
		.max_size = sent->call.max_size, .max_redirects = 0,
		.deadline_ms = client->deadline_ms
	};
	struct buf url = BUF_INIT;
	int rc = send_url(sent, &url, err);

	request.url = buf_text(&url);
	if (rc == 0)
		rc = http_start(client->http, &request, send_on_response,
		    sent, err);
	buf_release(&url);
	return rc;
}

/* ---- commands ---- */

/* The first line of what it said that is not blank. */
static struct bytes
send_message(const struct buf *messages)
{
	const char *at = buf_text(messages);

	at += strspn(at, " \t\r\n");
	return bytes_of(at, strcspn(at, "\r\n"));
}

/* "uapi failed (exit code 1): what it said" */
static void
send_tell_failure(const struct autossl_sent *sent,
    const struct command_result *result, struct err *error)
{
	struct bytes message = send_message(&result->messages);
	int len = message.len > MESSAGE_MAX ? MESSAGE_MAX : (int)message.len;

	err_set(error, ERR_SERVER, "%s: %s failed (%s %d)%s%.*s",
	    sent->call.function, sent->uapi ? "uapi" : "whmapi1",
	    result->signal != 0 ? "signal" : "exit code",
	    result->signal != 0 ? result->signal : result->exit_code,
	    len > 0 ? ": " : "", len, (const char *)message.data);
}

/* A program that fails may have said why as JSON, too: then the envelope
 * has the better words. */
static void
send_on_result(void *ctx, struct command_result *result)
{
	struct autossl_sent *sent = ctx;
	struct err error = ERR_INIT;
	struct autossl_reply reply = {
		.body = buf_bytes(&result->out), .content_type = "",
		.function = sent->call.function, .uapi = sent->uapi,
		.accepted = send_is_accepted(sent)
	};

	sent->command = NULL;
	if (result->error.kind == ERR_LIMIT)
		err_set(&error, ERR_LIMIT, "%s: %s", sent->call.function,
		    result->error.text);
	else if (result->error.kind != ERR_NONE)
		error = result->error;
	else if (result->exit_code != 0)
		send_tell_failure(sent, result, &error);
	autossl_call_end(sent, result->error.kind != ERR_NONE ||
	    (error.kind != ERR_NONE && reply.body.len == 0) ? NULL : &reply,
	    error.kind == ERR_NONE ? NULL : &error);
}

/* "name=value", the value encoded as the programs expect it. */
static const char *
send_word(const struct autossl_sent *sent, const char *name,
    const char *value)
{
	struct buf line = BUF_INIT;
	const char *out = NULL;

	buf_str(&line, name);
	buf_char(&line, '=');
	send_encode(&line, value == NULL ? "" : value);
	if (!buf_failed(&line))
		out = arena_strdup(sent->arena, buf_text(&line));
	buf_release(&line);
	return out;
}

/* NULL-ended; -1: out of memory. */
static int
send_words(const struct autossl_sent *sent, const char *words[WORDS_MAX + 1])
{
	const struct autossl_param *param = sent->call.params;
	size_t i, n = 0, total;

	words[n++] = arena_printf(sent->arena, "%s/%s",
	    sent->client->options->local_bin,
	    sent->uapi ? "uapi" : "whmapi1");
	words[n++] = "--output=json";
	if (sent->uapi && sent->call.user != NULL)
		words[n++] = arena_printf(sent->arena, "--user=%s",
		    sent->call.user);
	if (sent->uapi)
		words[n++] = send_module(sent);
	words[n++] = send_function(sent);
	for (i = 0; i < AUTOSSL_PARAMS && param[i].name != NULL; i++)
		words[n++] = send_word(sent, param[i].name, param[i].value);
	words[n] = NULL;
	for (total = n, i = 0; i < total; i++)
		if (words[i] == NULL)
			return -1;
	return 0;
}

/* A program that is not there is no function that is not there. */
static int
send_command(struct autossl_sent *sent, struct err *err)
{
	const char *words[WORDS_MAX + 1];
	struct command_request request = { .argv = words,
		.max_size = sent->call.max_size,
		.deadline_ms = sent->client->deadline_ms };

	if (send_words(sent, words) != 0)
		return err_nomem(err);
	sent->command = command_start(sent->client->loop, &request,
	    send_on_result, sent, err);
	if (sent->command != NULL)
		return 0;
	if (err->kind == ERR_MISSING)
		return err_set(err, ERR_IO, "%.180s: no such program; is "
		    "this a cPanel server?", words[0]);
	if (err->kind == ERR_DENIED)
		err->kind = ERR_IO;
	return -1;
}

int
autossl_send(struct autossl_sent *sent, struct err *err)
{
	return sent->client->http != NULL ? send_http(sent, err) :
	    send_command(sent, err);
}
