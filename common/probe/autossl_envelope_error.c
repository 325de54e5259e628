/* SPDX-License-Identifier: ISC */
/*
 * Failures of cPanel's APIs in words that help: what the server says, and
 * what an admin can do about it.
 */
#include "probe/autossl_envelope_private.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/autossl_text.h"

#define ENVELOPE_LOOK	65536	/* octets of a page that are looked through */
#define ENVELOPE_WORDS	400	/* octets of a reason that are looked at */
#define ENVELOPE_SHOWN	100	/* octets of it that are shown */
#define ENVELOPE_NAME	40	/* of a feature */
#define ENVELOPE_WORD	"abcdefghijklmnopqrstuvwxyz0123456789_.:/-"

#define NOT_ACCEPTED "access denied: the token is wrong or expired, not of " \
	"this user, or not for this address"

/* What a reason begins with, or has in it, in cPanel's English. */
static const struct envelope_reason {
	const char *words;
	enum err_kind kind;
	enum envelope_told {
		TOLD_AUTH, TOLD_FEATURE, TOLD_ROLE, TOLD_PRIVILEGE, TOLD_MISSING
	} told;
} envelope_reasons[] = {
	{ "unknown app", ERR_MISSING, TOLD_MISSING },
	{ "could not find the function", ERR_MISSING, TOLD_MISSING },
	{ "function not found", ERR_MISSING, TOLD_MISSING },
	{ "failed to load module", ERR_MISSING, TOLD_MISSING },
	{ "can't locate cpanel/api", ERR_MISSING, TOLD_MISSING },
	{ "access denied", ERR_AUTH, TOLD_AUTH },
	{ "token denied", ERR_AUTH, TOLD_AUTH },
	{ "do not have the feature", ERR_DENIED, TOLD_FEATURE },
	{ " role", ERR_DENIED, TOLD_ROLE },
	{ "permission", ERR_DENIED, TOLD_PRIVILEGE },
	{ "privilege", ERR_DENIED, TOLD_PRIVILEGE },
	{ "not authorized", ERR_DENIED, TOLD_PRIVILEGE },
	{ "not allowed", ERR_DENIED, TOLD_PRIVILEGE },
};

static bool
envelope_has(struct bytes text, const char *words)
{
	return text_ifind(text, words) < text.len;
}

static struct bytes
envelope_head(struct bytes text, size_t max)
{
	return bytes_of(text.data, text.len < max ? text.len : max);
}

/* The first line of the server's words, cleaned, in so many octets. */
static const char *
envelope_show(struct bytes text, char out[ENVELOPE_SHOWN + 4])
{
	char one[TEXT_ESCAPE_SIZE];
	size_t at = 0, len;

	text = text_strip(text);
	if (text.len > 0 && memchr(text.data, '\n', text.len) != NULL)
		text = text_strip(bytes_of(text.data,
		    (size_t)((const uint8_t *)memchr(text.data, '\n',
		    text.len) - text.data)));
	while (text.len > 0) {
		len = text_clean_next(&text, one);
		if (at + len > ENVELOPE_SHOWN) {
			memcpy(out + at, "...", 4);
			return out;
		}
		memcpy(out + at, one, len);
		at += len;
	}
	out[at] = '\0';
	return out;
}

/* Who may call it, as far as the documents say. */
static const char *
envelope_privilege(const struct autossl_reply *reply)
{
	if (reply->uapi)
		return "not for this user; a WHM token needs the privilege "
		    "cpanel-api";
	if (strcmp(reply->function, "listaccts") == 0)
		return "the token lacks the privilege list-accts";
	if (strcmp(reply->function, "fetch_ssl_vhosts") == 0)
		return "the token lacks the privilege ssl-info";
	return "it is root's, unless granted to resellers";
}

static int
envelope_tell_feature(const struct autossl_reply *reply, struct bytes reason,
    struct err *err)
{
	struct bytes name = autossl_text_quoted(reason);
	size_t i;

	for (i = 0; i < name.len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_.-",
		    text_lower((char)name.data[i])) == NULL)
			name.len = 0;
	if (name.len == 0 || name.len > ENVELOPE_NAME)
		return err_set(err, ERR_DENIED,
		    "%s: the account lacks a feature that this needs",
		    reply->function);
	return err_set(err, ERR_DENIED,
	    "%s: the account lacks the feature “%.*s”", reply->function,
	    (int)name.len, (const char *)name.data);
}

/* A token that was good for one function is no wrong one: the other is what
 * its user may not call. */
static enum envelope_told
envelope_told(const struct autossl_reply *reply,
    const struct envelope_reason *row)
{
	return row->told == TOLD_AUTH && reply->accepted ? TOLD_PRIVILEGE :
	    row->told;
}

static int
envelope_tell(const struct autossl_reply *reply,
    const struct envelope_reason *row, struct bytes reason, struct err *err)
{
	const char *function = reply->function;
	char shown[ENVELOPE_SHOWN + 4];
	enum envelope_told told = envelope_told(reply, row);

	switch (told) {
	case TOLD_AUTH:
		return err_set(err, row->kind, "%s: " NOT_ACCEPTED, function);
	case TOLD_FEATURE:
		return envelope_tell_feature(reply, reason, err);
	case TOLD_ROLE:
		return err_set(err, row->kind,
		    "%s: a role is switched off on this server: %s", function,
		    envelope_show(reason, shown));
	case TOLD_PRIVILEGE:
		return err_set(err, ERR_DENIED,
		    "%s: permission denied: %s", function,
		    envelope_privilege(reply));
	case TOLD_MISSING:
		break;
	}
	return err_set(err, row->kind,
	    "%s: the server has no such function (another version of cPanel, "
	    "or the wrong port)", function);
}

/* " /var/cpanel/x": not "and/or", nor "https://host/x". */
static bool
envelope_has_path(struct bytes reason)
{
	size_t i;

	for (i = 0; i + 1 < reason.len; i++) {
		char before = i == 0 ? ' ' :
		    text_lower((char)reason.data[i - 1]);
		char after = text_lower((char)reason.data[i + 1]);

		if (reason.data[i] == '/' && after >= 'a' && after <= 'z' &&
		    strchr(ENVELOPE_WORD, before) == NULL)
			return true;
	}
	return false;
}

/* The system's own words about a file are no privilege of somebody's: the
 * server is broken, and what was asked for could not be read. */
static const struct envelope_reason *
envelope_find(struct bytes reason)
{
	size_t i, n = sizeof(envelope_reasons) / sizeof(*envelope_reasons);

	reason = envelope_head(reason, ENVELOPE_WORDS);
	for (i = 0; i < n; i++)
		if (envelope_has(reason, envelope_reasons[i].words))
			break;
	if (i == n || (envelope_reasons[i].kind == ERR_DENIED &&
	    envelope_has_path(reason)))
		return NULL;
	return &envelope_reasons[i];
}

int
autossl_envelope_failed(const struct autossl_reply *reply,
    struct bytes reason, struct err *err)
{
	const struct envelope_reason *row = envelope_find(reason);
	char shown[ENVELOPE_SHOWN + 4];

	if (row != NULL)
		return envelope_tell(reply, row, reason, err);
	/* "OK" is what stands there when nothing was put in its place. */
	if (*envelope_show(reason, shown) == '\0' ||
	    text_ieq(shown, "OK"))
		return err_set(err, ERR_SERVER,
		    "%s: it failed, and the server does not say why",
		    reply->function);
	return err_set(err, ERR_SERVER, "%s: the server says: %s",
	    reply->function, shown);
}

/* The statuses of HTTP that have an advice of their own; else by hundreds. */
static const struct envelope_status {
	long from, to;
	enum err_kind kind;
	const char *words;
} envelope_statuses[] = {
	{ 300, 399, ERR_SYNTAX, "the server redirects: wrong host or port "
	    "(WHM 2087, cPanel 2083), or the token is not accepted" },
	{ 401, 401, ERR_AUTH, NOT_ACCEPTED },
	{ 403, 403, ERR_AUTH, NOT_ACCEPTED },
	{ 404, 404, ERR_MISSING, "no such page: is this cPanel's port (WHM "
	    "2087, cPanel 2083)?" },
	{ 407, 407, ERR_SERVER, "a proxy wants a password" },
	{ 429, 429, ERR_SERVER, "the server has had too many requests" },
	{ 500, 500, ERR_SERVER, "the server failed, see cPanel's error_log" },
	{ 503, 503, ERR_SERVER, "the server is too busy, or down for an "
	    "update" },
	{ 502, 599, ERR_SERVER, "the server, or what is in front of it, "
	    "failed" },
	{ 501, 501, ERR_SERVER, "the server failed" },
	{ 0, 999, ERR_SERVER, "no answer of cPanel's" },
};

static int
envelope_refused_status(const struct autossl_reply *reply, struct err *err)
{
	const struct envelope_status *row = envelope_statuses;
	const struct envelope_reason *reason;

	if (reply->status == 0 ||
	    (reply->status >= 200 && reply->status <= 299))
		return 0;
	/* Whom the server knows it may forbid one thing alone; a page that
	 * says so is of what is in front of it. */
	reason = reply->status == 403 && reply->body.len > 0 &&
	    reply->body.data[0] == '{' ? envelope_find(reply->body) : NULL;
	if (reason != NULL && envelope_told(reply, reason) == TOLD_PRIVILEGE)
		return envelope_tell(reply, reason, reply->body, err);
	while (row->to != 999 &&
	    (reply->status < row->from || reply->status > row->to))
		row++;
	return err_set(err, row->kind, "%s: HTTP %ld: %s", reply->function,
	    reply->status, row->words);
}

/* Instead of an answer: the page where people log in, or any other. */
static int
envelope_refused_page(const struct autossl_reply *reply, struct bytes body,
    struct err *err)
{
	static const char *const marks[] = { "login_form", "login-form",
		"/login/", "type=\"password\"", "login</title>" };
	size_t i;

	body = envelope_head(body, ENVELOPE_LOOK);
	for (i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (envelope_has(body, marks[i]))
			return err_set(err, ERR_AUTH,
			    "%s: a login page instead of an answer: the "
			    "token is not accepted", reply->function);
	return err_set(err, ERR_SYNTAX,
	    "%s: an HTML page instead of JSON: is this cPanel's port (WHM "
	    "2087, cPanel 2083)?", reply->function);
}

int
autossl_envelope_refused(const struct autossl_reply *reply, struct err *err)
{
	const struct envelope_reason *row;
	struct bytes body = text_strip(reply->body);

	if (envelope_refused_status(reply, err) != 0)
		return -1;
	if (body.len == 0)
		return err_set(err, ERR_SYNTAX, "%s: an empty answer%s",
		    reply->function, reply->status == 0 ?
		    " from the command" : "");
	if (body.data[0] == '<')
		return envelope_refused_page(reply, body, err);
	if (strchr("{[\xef", body.data[0]) != NULL)
		return 0;
	row = envelope_find(body);
	return row == NULL ? 0 : envelope_tell(reply, row, body, err);
}
