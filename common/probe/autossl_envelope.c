/* SPDX-License-Identifier: ISC */
/*
 * Which of cPanel's envelopes it is, and what is in it.  What failed is told
 * by autossl_envelope_error.c.
 */
#include "probe/autossl_envelope_private.h"

#include <string.h>

#include "base/text.h"

#define ENVELOPE_VALUES_MAX 2000000
/* Short answers are denser than long ones. */
#define ENVELOPE_VALUES_LEAST 1000
#define ENVELOPE_OCTETS_PER_VALUE 8

/* Read-only, and none with a private key in its answer. */
static const char *const envelope_functions[] = {
	"fetch_ssl_vhosts",
	"get_autossl_check_schedule",
	"get_autossl_log",
	"get_autossl_logs_catalog",
	"get_autossl_pending_queue",
	"get_autossl_problems_for_user",
	"get_autossl_providers",
	"get_autossl_user_excluded_domains",
	"listaccts",
	"servicestatus",
	"Features::has_feature",
	"Market::get_pending_ssl_certificates",
	"SSL::get_autossl_excluded_domains",
	"SSL::get_autossl_pending_queue",
	"SSL::get_autossl_problems",
	"SSL::get_autossl_renewal_status",
	"SSL::installed_hosts",
	"SSL::is_autossl_check_in_progress",
	"SSL::list_certs",
};

bool
autossl_function_allowed(const char *function)
{
	size_t i, n = sizeof(envelope_functions) / sizeof(*envelope_functions);

	for (i = 0; i < n; i++)
		if (strcmp(function, envelope_functions[i]) == 0)
			return true;
	return false;
}

struct envelope {
	const struct autossl_reply *reply;
	const struct json_value *data, *metadata;
	struct err *err;
};

/* The first text that a value holds: itself, or the first item that is not
 * empty. */
static struct bytes
envelope_words(const struct json_value *v)
{
	struct bytes words = json_text(v);
	size_t i, n = json_is_array(v) ? json_count(v) : 0;

	for (i = 0; i < n && words.len == 0; i++)
		words = json_text(json_at(v, i));
	return words;
}

/* UAPI: `status` 1 is success, unless it comes with an error: what is in it
 * may not be everything then.  has_feature answers 0 and null without a
 * word: the account lacks the feature, the server has none of that name. */
static int
envelope_open_uapi(struct envelope *e, const struct json_value *inner)
{
	static const char *const places[] = { "errors", "messages",
		"warnings" };
	const struct json_value *status = json_get(inner, "status");
	struct bytes words = bytes_of(NULL, 0);
	bool feature = strcmp(e->reply->function, "Features::has_feature") == 0;
	size_t i;

	if (json_flag(status) == 1 &&
	    envelope_words(json_get(inner, "errors")).len == 0) {
		e->data = json_get(inner, "data");
		e->metadata = json_get(inner, "metadata");
		return 0;
	}
	for (i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (words.len == 0)
			words = envelope_words(json_get(inner, places[i]));
	if (feature && json_flag(status) == 0)
		return err_set(e->err, ERR_DENIED,
		    "%s: the account lacks the feature",
		    e->reply->function);
	if (feature && json_is_null(status))
		return err_set(e->err, ERR_MISSING,
		    "%s: the server has no such feature",
		    e->reply->function);
	return autossl_envelope_failed(e->reply, words, e->err);
}

static bool
envelope_is_uapi(const struct json_value *v)
{
	return json_is_object(v) && json_get(v, "status") != NULL;
}

/* WHM API 1: metadata.result; what uapi_cpanel returns is one deeper. */
static int
envelope_open_whm(struct envelope *e, const struct json_value *root,
    const struct json_value *metadata)
{
	const struct json_value *data = json_get(root, "data");
	const struct json_value *inner = json_get(data, "uapi");

	if (json_flag_of(metadata, "result") != 1)
		return autossl_envelope_failed(e->reply,
		    envelope_words(json_get(metadata, "reason")), e->err);
	if (envelope_is_uapi(inner))
		return envelope_open_uapi(e, inner);
	if (e->reply->uapi)
		return err_set(e->err, ERR_SYNTAX,
		    "%s: an answer of WHM's own API instead of UAPI's",
		    e->reply->function);
	e->data = data;
	e->metadata = metadata;
	return 0;
}

/* The answers of cPanel's older APIs, which only say that they failed. */
static int
envelope_open_old(struct envelope *e, const struct json_value *root)
{
	const struct json_value *old = json_get(root, "cpanelresult");
	struct bytes words;

	if (old == NULL)
		old = root;
	words = envelope_words(json_get(old, "error"));
	if (words.len == 0)
		words = envelope_words(json_get(json_get(old, "data"),
		    "reason"));
	if (words.len > 0)
		return autossl_envelope_failed(e->reply, words, e->err);
	return err_set(e->err, ERR_SYNTAX,
	    "%s: JSON, but no answer of %s: is this the right port?",
	    e->reply->function, e->reply->uapi ? "UAPI" : "WHM API 1");
}

static int
envelope_open_root(struct envelope *e, const struct json_value *root)
{
	const struct json_value *metadata = json_get(root, "metadata");
	const struct json_value *inner = json_get(root, "result");

	if (json_get(metadata, "result") != NULL)
		return envelope_open_whm(e, root, metadata);
	if (!envelope_is_uapi(inner))
		inner = envelope_is_uapi(root) ? root : NULL;
	if (inner == NULL)
		return envelope_open_old(e, root);
	if (envelope_open_uapi(e, inner) != 0)
		return -1;
	if (e->reply->uapi)
		return 0;
	return err_set(e->err, ERR_SYNTAX,
	    "%s: an answer of UAPI instead of WHM's API: WHM listens on "
	    "port 2087", e->reply->function);
}

/* What is not JSON at all has its own words. */
static struct json_doc *
envelope_parse(const struct autossl_reply *reply, struct err *err)
{
	size_t max = reply->body.len / ENVELOPE_OCTETS_PER_VALUE +
	    ENVELOPE_VALUES_LEAST;
	struct json_doc *doc;

	if (max > ENVELOPE_VALUES_MAX)
		max = ENVELOPE_VALUES_MAX;
	if (autossl_envelope_refused(reply, err) != 0)
		return NULL;
	doc = json_doc_parse(reply->body, max, err);
	if (doc == NULL)
		err_wrap(err, "%s", reply->function);
	return doc;
}

int
autossl_envelope_open(const struct autossl_reply *reply,
    struct json_doc **doc, const struct json_value **data,
    const struct json_value **metadata, struct err *err)
{
	struct envelope e = { .reply = reply, .err = err };

	*data = *metadata = NULL;
	*doc = envelope_parse(reply, err);
	if (*doc == NULL)
		return -1;
	if (envelope_open_root(&e, json_doc_root(*doc)) != 0) {
		json_doc_free(*doc);
		*doc = NULL;
		return -1;
	}
	if (!json_is_null(e.data))
		*data = e.data;
	if (!json_is_null(e.metadata))
		*metadata = e.metadata;
	return 0;
}
