/* SPDX-License-Identifier: ISC */
/*
 * The envelopes of cPanel's APIs: what is in them, and what is said about
 * each way to fail.
 */
#include "probe/autossl_envelope.h"

#include "base/alloc.h"
#include "base/text.h"
#include "autossl_samples.h"

#define WHM_OK(data) "{\"data\":" data ",\"metadata\":{\"command\":\"x\"," \
	"\"reason\":\"OK\",\"result\":1,\"version\":1}}"
#define WHM_BAD(reason) "{\"metadata\":{\"command\":\"x\",\"reason\":" \
	reason ",\"result\":0,\"version\":1}}"
#define UAPI(status, errors, data) "{\"messages\":null,\"errors\":" errors \
	",\"status\":" status ",\"metadata\":{\"transformed\":1}," \
	"\"warnings\":null,\"data\":" data "}"
#define WRAPPED(inner) "{\"apiversion\":3,\"func\":\"f\",\"module\":\"SSL\"," \
	"\"result\":" inner "}"
#define CARRIED(inner) WHM_OK("{\"uapi\":" inner "}")

/* Answers that succeed; count: items of data, -1: no data. */
static const struct {
	const char *body;
	bool uapi;
	int count;
	bool metadata;
} good[] = {
	{ WHM_OK("{\"payload\":[]}"), false, 1, true },
	{ WHM_OK("null"), false, -1, true },
	{ "{\"metadata\":{\"version\":1,\"reason\":\"OK\",\"result\":\"1\"}}",
	    false, -1, true },
	{ "{\"metadata\":{\"result\":1,\"reason\":\"Permission denied\"},"
	    "\"data\":[1]}", false, 1, true },
	{ UAPI("1", "null", "[1,2]"), true, 2, true },
	{ UAPI("\"1\"", "null", "[1,2]"), true, 2, true },
	{ UAPI("1", "null", "null"), true, -1, true },
	{ UAPI("1", "null", "0"), true, 0, true },
	{ "{\"status\":1}", true, -1, false },
	{ "{\"status\":1,\"metadata\":null}", true, -1, false },
	{ WRAPPED(UAPI("1", "null", "[1,2,3]")), true, 3, true },
	{ "{\"result\":{\"status\":1,\"data\":[]}}", true, 0, false },
	{ CARRIED(UAPI("1", "null", "[1]")), true, 1, true },
	{ CARRIED(UAPI("1", "null", "[1]")), false, 1, true },
	{ "\xef\xbb\xbf" WHM_OK("[]"), false, 0, true },
	{ "\n\n" WHM_OK("[]") "\n", false, 0, true },
};

static void
test_good(void)
{
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct autossl_reply reply = { bytes_str(good[i].body), 200,
		    "application/json", "f", good[i].uapi, false };
		const struct json_value *data, *metadata;
		struct json_doc *doc;
		struct err err = ERR_INIT;
		int got = autossl_envelope_open(&reply, &doc, &data,
		    &metadata, &err);

		is_int(got, 0, "%s: %s", good[i].body, err.text);
		is_int(data == NULL ? -1 : (int)json_count(data),
		    good[i].count, "%s: data", good[i].body);
		is_int(metadata != NULL, good[i].metadata, "%s: metadata",
		    good[i].body);
		json_doc_free(doc);
	}
}

#define F "SSL::f"

static const struct {
	long status;
	const char *function, *body;
	enum err_kind kind;
	const char *text;
} bad[] = {
	/* HTTP */
	{ 401, F, "", ERR_AUTH, F ": HTTP 401: access denied: the token is "
	    "wrong or expired, not of this user, or not for this address" },
	{ 403, F, "{}", ERR_AUTH, F ": HTTP 403: access denied: the token is "
	    "wrong or expired, not of this user, or not for this address" },
	{ 403, F, "{\"metadata\":{\"result\":0,\"reason\":\"Permission "
	    "denied\"}}", ERR_DENIED, F ": permission denied: not for this "
	    "user; a WHM token needs the privilege cpanel-api" },
	{ 403, F, "{\"error\":\"Access denied\",\"x\":\"permission\"}",
	    ERR_AUTH, F ": HTTP 403: access denied: the token is wrong or "
	    "expired, not of this user, or not for this address" },
	{ 403, F, "<p>You don't have permission to access this resource.",
	    ERR_AUTH, F ": HTTP 403: access denied: the token is wrong or "
	    "expired, not of this user, or not for this address" },
	{ 401, F, "{\"reason\":\"Permission denied\"}", ERR_AUTH, F ": HTTP "
	    "401: access denied: the token is wrong or expired, not of this "
	    "user, or not for this address" },
	{ 301, F, "", ERR_SYNTAX, F ": HTTP 301: the server redirects: wrong "
	    "host or port (WHM 2087, cPanel 2083), or the token is not "
	    "accepted" },
	{ 307, F, "", ERR_SYNTAX, F ": HTTP 307: the server redirects: wrong "
	    "host or port (WHM 2087, cPanel 2083), or the token is not "
	    "accepted" },
	{ 404, F, "x", ERR_MISSING, F ": HTTP 404: no such page: is this "
	    "cPanel's port (WHM 2087, cPanel 2083)?" },
	{ 418, F, "", ERR_SERVER, F ": HTTP 418: no answer of cPanel's" },
	{ 100, F, "", ERR_SERVER, F ": HTTP 100: no answer of cPanel's" },
	{ 429, F, "", ERR_SERVER, F ": HTTP 429: the server has had too many "
	    "requests" },
	{ 500, F, "", ERR_SERVER, F ": HTTP 500: the server failed, see "
	    "cPanel's error_log" },
	{ 502, F, "", ERR_SERVER, F ": HTTP 502: the server, or what is in "
	    "front of it, failed" },
	{ 503, F, "<html>", ERR_SERVER, F ": HTTP 503: the server is too "
	    "busy, or down for an update" },
	/* not JSON */
	{ 200, F, "", ERR_SYNTAX, F ": an empty answer" },
	{ 204, F, "", ERR_SYNTAX, F ": an empty answer" },
	{ 0, F, " \n", ERR_SYNTAX, F ": an empty answer from the command" },
	{ 200, F, "<html><title>It works!</title></html>", ERR_SYNTAX,
	    F ": an HTML page instead of JSON: is this cPanel's port (WHM "
	    "2087, cPanel 2083)?" },
	{ 200, F, "<!DOCTYPE html><form id=\"LOGIN_form\">", ERR_AUTH,
	    F ": a login page instead of an answer: the token is not "
	    "accepted" },
	{ 200, F, "Token Denied\n", ERR_AUTH, F ": access denied: the token "
	    "is wrong or expired, not of this user, or not for this "
	    "address" },
	{ 200, F, "Permission denied", ERR_DENIED, F ": permission denied: "
	    "not for this user; a WHM token needs the privilege cpanel-api" },
	{ 200, F, "Function not found", ERR_MISSING, F ": the server has no "
	    "such function (another version of cPanel, or the wrong port)" },
	{ 0, F, "---\napiversion: 3\n", ERR_SYNTAX, F ": not JSON: line 1, "
	    "column 1: invalid token near '-'" },
	{ 200, F, "{\"data\":{\"pay", ERR_SYNTAX, F ": JSON cut off after 13 "
	    "octets (line 1, column 13)" },
	{ 200, F, "\xff\xfe", ERR_SYNTAX, F ": JSON with invalid UTF-8 in "
	    "line 1, column 0" },
	/* envelopes of neither kind */
	{ 200, F, "{}", ERR_SYNTAX, F ": JSON, but no answer of UAPI: is this "
	    "the right port?" },
	{ 200, "f", "[]", ERR_SYNTAX, "f: JSON, but no answer of WHM API 1: "
	    "is this the right port?" },
	{ 200, "f", "7", ERR_SYNTAX, "f: JSON, but no answer of WHM API 1: is "
	    "this the right port?" },
	{ 200, "f", "{\"metadata\":{},\"data\":{}}", ERR_SYNTAX, "f: JSON, "
	    "but no answer of WHM API 1: is this the right port?" },
	{ 200, F, WHM_OK("{\"payload\":[]}"), ERR_SYNTAX, F ": an answer of "
	    "WHM's own API instead of UAPI's" },
	{ 200, "f", UAPI("1", "null", "[]"), ERR_SYNTAX, "f: an answer of "
	    "UAPI instead of WHM's API: WHM listens on port 2087" },
	/* WHM API 1 */
	{ 200, "f", WHM_BAD("\"Unknown app (“f”) requested for this version "
	    "(1) of the API.\""), ERR_MISSING, "f: the server has no such "
	    "function (another version of cPanel, or the wrong port)" },
	{ 200, "f", WHM_BAD("\"Permission denied\""), ERR_DENIED,
	    "f: permission denied: it is root's, unless granted to "
	    "resellers" },
	{ 200, "listaccts", WHM_BAD("\"Permission denied\""), ERR_DENIED,
	    "listaccts: permission denied: the token lacks the privilege "
	    "list-accts" },
	{ 200, "fetch_ssl_vhosts", WHM_BAD("\"You lack the privilege\""),
	    ERR_DENIED, "fetch_ssl_vhosts: permission denied: the token lacks "
	    "the privilege ssl-info" },
	{ 200, "f", WHM_BAD("\"The disk is full.\\nSecond line\""),
	    ERR_SERVER, "f: the server says: The disk is full." },
	{ 200, "f", WHM_BAD("null"), ERR_SERVER, "f: it failed, and the "
	    "server does not say why" },
	{ 200, "f", WHM_BAD("\"  \""), ERR_SERVER, "f: it failed, and the "
	    "server does not say why" },
	{ 200, "f", "{\"metadata\":{\"result\":\"0\"}}", ERR_SERVER, "f: it "
	    "failed, and the server does not say why" },
	{ 200, "f", "{\"metadata\":{\"result\":null}}", ERR_SERVER, "f: it "
	    "failed, and the server does not say why" },
	/* UAPI, in all its places */
	{ 200, F, UAPI("0", "[\"You do not have the feature “sslinstall”.\"]",
	    "null"), ERR_DENIED, F ": the account lacks the feature "
	    "“sslinstall”" },
	{ 200, F, WRAPPED(UAPI("0", "[\"You do not have the feature "
	    "«sslinstall».\"]", "null")), ERR_DENIED, F ": the account lacks "
	    "the feature “sslinstall”" },
	{ 200, F, CARRIED(UAPI("0", "[\"You do not have the feature "
	    "'sslinstall'.\"]", "null")), ERR_DENIED, F ": the account lacks "
	    "the feature “sslinstall”" },
	{ 200, F, UAPI("0", "[\"You do not have the feature “a|b`c”.\"]",
	    "null"), ERR_DENIED, F ": the account lacks a feature that this "
	    "needs" },
	{ 200, F, UAPI("0", "[\"The system could not find the function “f” in "
	    "the module “SSL”.\"]", "null"), ERR_MISSING, F ": the server has "
	    "no such function (another version of cPanel, or the wrong "
	    "port)" },
	{ 200, F, UAPI("0", "\"Failed to load module “M”: x\"", "null"),
	    ERR_MISSING, F ": the server has no such function (another "
	    "version of cPanel, or the wrong port)" },
	{ 200, F, UAPI("0", "[\"\",\"This needs the “WebServer” role.\"]",
	    "null"), ERR_DENIED, F ": a role is switched off on this server: "
	    "This needs the “WebServer” role." },
	{ 200, F, UAPI("0", "[\"a|b\\u001b[31m\\u202e<x>\"]", "null"),
	    ERR_SERVER, F ": the server says: a\\x7cb\\x1b[31m\\u{202E}"
	    "\\x3cx\\x3e" },
	{ 200, F, UAPI("0", "null", "null"), ERR_SERVER, F ": it failed, and "
	    "the server does not say why" },
	{ 200, F, UAPI("null", "null", "null"), ERR_SERVER, F ": it failed, "
	    "and the server does not say why" },
	{ 200, F, "{\"status\":0,\"messages\":[\"later\"]}", ERR_SERVER,
	    F ": the server says: later" },
	{ 200, "Features::has_feature", UAPI("0", "null", "null"), ERR_DENIED,
	    "Features::has_feature: the account lacks the feature" },
	{ 200, "Features::has_feature", UAPI("null", "null", "null"),
	    ERR_MISSING, "Features::has_feature: the server has no such "
	    "feature" },
	/* older APIs */
	{ 200, F, "{\"cpanelresult\":{\"error\":\"Access denied\",\"data\":{"
	    "\"reason\":\"Access denied\",\"result\":\"0\"}}}", ERR_AUTH,
	    F ": access denied: the token is wrong or expired, not of this "
	    "user, or not for this address" },
	{ 200, F, "{\"data\":{\"reason\":\"User parameter is invalid or was "
	    "not supplied\",\"result\":\"0\"},\"type\":\"text\"}", ERR_SERVER,
	    F ": the server says: User parameter is invalid or was not "
	    "supplied" },
};

static void
test_bad(void)
{
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct autossl_reply reply = { bytes_str(bad[i].body),
		    bad[i].status, "", bad[i].function,
		    strchr(bad[i].function, ':') != NULL, false };
		const struct json_value *data, *metadata;
		struct json_doc *doc;
		struct err err = ERR_INIT;

		is_int(autossl_envelope_open(&reply, &doc, &data, &metadata,
		    &err), -1, "HTTP %ld %.60s: refused", bad[i].status,
		    bad[i].body);
		ok(doc == NULL && data == NULL && metadata == NULL,
		    "HTTP %ld %.60s: nothing", bad[i].status, bad[i].body);
		is_int(err.kind, bad[i].kind, "HTTP %ld %.60s: kind",
		    bad[i].status, bad[i].body);
		is_str(err.text, bad[i].text, "HTTP %ld %.60s: text",
		    bad[i].status, bad[i].body);
		ok(strlen(err.text) <= 160, "HTTP %ld %.60s: short",
		    bad[i].status, bad[i].body);
	}
}

/* Who was let in before is only refused this one function, when it is cPanel
 * that says so. */
static void
test_accepted(void)
{
	static const struct {
		long status;
		const char *body;
		enum err_kind kind;
	} refusals[] = {
		{ 403, "{\"cpanelresult\":{\"apiversion\":\"2\",\"error\":"
		    "\"Access denied\",\"data\":{\"reason\":\"Access denied"
		    "\",\"result\":\"0\"},\"type\":\"text\"}}", ERR_DENIED },
		{ 200, "{\"metadata\":{\"result\":0,\"reason\":\"Access "
		    "denied\"}}", ERR_DENIED },
		{ 403, "<html>Access denied</html>", ERR_AUTH },
		{ 403, "", ERR_AUTH },
		{ 401, "{\"error\":\"Access denied\"}", ERR_AUTH },
	};
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct autossl_reply reply = { bytes_str(refusals[i].body),
		    refusals[i].status, "", "servicestatus", false, true };
		const struct json_value *data, *metadata;
		struct json_doc *doc;
		struct err err = ERR_INIT;

		is_int(autossl_envelope_open(&reply, &doc, &data, &metadata,
		    &err), -1, "HTTP %ld %.30s: refused", refusals[i].status,
		    refusals[i].body);
		is_int(err.kind, refusals[i].kind, "HTTP %ld %.30s: %s",
		    refusals[i].status, refusals[i].body, err.text);
	}
}

/* Words of any length, in any bytes, make one line that is not too long. */
static void
test_long_words(void)
{
	struct autossl_reply reply = { .status = 200, .function = "f",
	    .uapi = true };
	const struct json_value *data, *metadata;
	struct buf body = BUF_INIT;
	struct json_doc *doc;
	struct err err = ERR_INIT;
	int i;

	buf_str(&body, "{\"status\":0,\"errors\":[\"");
	for (i = 0; i < 10000; i++)
		buf_str(&body, "ü|\\n\\u202e");
	buf_str(&body, "\"]}");
	reply.body = buf_bytes(&body);
	is_int(autossl_envelope_open(&reply, &doc, &data, &metadata, &err),
	    -1, "long words");
	is_str(err.text, "f: the server says: ü\\x7c", "the first line");
	buf_reset(&body);
	buf_str(&body, "{\"status\":0,\"errors\":[\"");
	for (i = 0; i < 10000; i++)
		buf_str(&body, "ü");
	buf_str(&body, "\"]}");
	reply.body = buf_bytes(&body);
	autossl_envelope_open(&reply, &doc, &data, &metadata, &err);
	ok(strlen(err.text) < 130 && text_is_utf8(bytes_str(err.text)) &&
	    strcmp(err.text + strlen(err.text) - 3, "...") == 0, "%s",
	    err.text);
	buf_release(&body);
}

/* An answer that is long is bounded in values; one that is dense is none of
 * cPanel's. */
static void
test_values(void)
{
	struct autossl_reply reply = { .status = 200, .function = "f" };
	const struct json_value *data, *metadata;
	struct buf body = BUF_INIT;
	struct json_doc *doc;
	struct err err = ERR_INIT;
	int i;

	buf_str(&body, "{\"metadata\":{\"result\":1},\"data\":[0");
	for (i = 0; i < 100000; i++)
		buf_str(&body, ",0");
	buf_str(&body, "]}");
	reply.body = buf_bytes(&body);
	is_int(autossl_envelope_open(&reply, &doc, &data, &metadata, &err),
	    -1, "a value for each two octets");
	is_int(err.kind, ERR_LIMIT, "is a limit: %s", err.text);
	buf_release(&body);
}

static void
test_nomem(void)
{
	static const char body[] = CARRIED(UAPI("1", "null",
	    "[{\"a\":\"b\",\"c\":[1,2,3]}]"));
	struct autossl_reply reply = { bytes_str(body), 200, "", "f", true,
	    false };
	const struct json_value *data, *metadata;
	struct json_doc *doc = NULL;
	struct err err;
	unsigned long n;

	for (n = 1; n < 1000; n++) {
		err_clear(&err);
		mem_fail_at(n, 0);
		if (autossl_envelope_open(&reply, &doc, &data, &metadata,
		    &err) == 0)
			break;
		mem_fail_at(0, 0);
		if (err.kind != ERR_NOMEM || doc != NULL)
			fail("allocation %lu: %s", n, err.text);
	}
	mem_fail_at(0, 0);
	json_doc_free(doc);
	ok(n > 10 && n < 1000, "%lu allocations failed in turn", n - 1);
}

static void
test_allowed(void)
{
	static const char *const no[] = { "", "x", "uapi_cpanel", "cpanel",
		"fetch_vhost_ssl_components", "start_autossl_check",
		"start_autossl_check_for_all_users",
		"SSL::start_autossl_check",
		"DCV::check_domains_via_dns", "DCV::check_domains_via_http",
		"Market::process_ssl_pending_queue", "SSL::show_key",
		"SSL::list_keys", "SSL::fetch_key_and_cabundle_for_certificate",
		"SSL::set_default_key_type",
		"SSL::set_autossl_excluded_domains",
		"SSL::installed_host", "SSL::installed_hosts2",
		"get_autossl_providers&x", "FETCH_SSL_VHOSTS" };
	static const char *const yes[] = { "get_autossl_providers",
		"get_autossl_check_schedule", "get_autossl_logs_catalog",
		"fetch_ssl_vhosts", "listaccts",
		"get_autossl_problems_for_user",
		"get_autossl_user_excluded_domains", "get_autossl_log",
		"get_autossl_pending_queue", "servicestatus",
		"SSL::installed_hosts", "SSL::get_autossl_problems",
		"SSL::get_autossl_excluded_domains",
		"SSL::is_autossl_check_in_progress",
		"SSL::get_autossl_renewal_status",
		"SSL::get_autossl_pending_queue", "SSL::list_certs",
		"Features::has_feature",
		"Market::get_pending_ssl_certificates" };
	size_t i;

	for (i = 0; i < sizeof(no) / sizeof(*no); i++)
		ok(!autossl_function_allowed(no[i]), "not '%s'", no[i]);
	for (i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		ok(autossl_function_allowed(yes[i]), "%s", yes[i]);
}

/* The samples that are no success, and every other one that is. */
static const struct {
	const char *file, *function;
	enum err_kind kind;
	const char *words;
} samples[] = {
	{ "whm/cpanel_jsonapi_bad_user.official-client.json", "SSL::f",
	    ERR_SERVER, "User parameter is invalid or was not supplied" },
	{ "whm/error_http403_access_denied.observed.json", "applist",
	    ERR_AUTH, "access denied" },
	{ "whm/error_permission_denied.inferred.json",
	    "get_autossl_providers", ERR_DENIED, "permission denied" },
	{ "whm/error_unknown_function.inferred.json",
	    "get_autossl_pending_queue", ERR_MISSING, "no such function" },
	{ "uapi/error_feature_missing.inferred.json", "SSL::f", ERR_DENIED,
	    "the account lacks the feature “autossl”" },
	{ "uapi/error_feature_missing.localized-quotes.observed-text.json",
	    "SSL::f", ERR_DENIED, "lacks the feature “sslinstall”" },
	{ "uapi/error_function_not_found.inferred.json", "SSL::f",
	    ERR_MISSING, "no such function" },
	{ "uapi/error_module_load.inferred.json", "SSL::f", ERR_MISSING,
	    "no such function" },
	{ "uapi/has_feature.official.json", "Features::has_feature",
	    ERR_DENIED, "the account lacks the feature" },
	{ "uapi/market_set_status_error.official-shape.json", "SSL::f",
	    ERR_SERVER, "(text not documented)" },
	{ "http/login_page_200.inferred.html", "SSL::f", ERR_AUTH,
	    "a login page" },
	{ "http/truncated.inferred.json", "get_autossl_logs_catalog",
	    ERR_SYNTAX, "JSON cut off after 71 octets" },
};

static void
try_sample(const char *folder, const char *name)
{
	char path[300];
	const char *function = strcmp(folder, "uapi") == 0 ||
	    strncmp(name, "uapi_cpanel", 11) == 0 ? "SSL::f" : "f";
	enum err_kind kind = ERR_NONE;
	const char *words = "";
	struct err err = ERR_INIT;
	struct sample sample;
	size_t i;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		if (strcmp(samples[i].file, path) == 0) {
			function = samples[i].function;
			kind = samples[i].kind;
			words = samples[i].words;
		}
	sample_open(&sample, path, function, &err);
	is_int(err.kind, kind, "%s: %s", path, err.text);
	ok(strstr(err.text, words) != NULL, "%s: words", path);
	ok((sample.doc != NULL) == (kind == ERR_NONE), "%s: document", path);
	sample_close(&sample);
}

static void
test_samples(void)
{
	static const char *const folders[] = { "whm", "uapi", "http" };
	struct dirent *entry;
	char path[4096];
	size_t i, n = 0;
	DIR *dir;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", samples_folder(),
		    folders[i]);
		dir = opendir(path);
		while (dir != NULL && (entry = readdir(dir)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			try_sample(folders[i], entry->d_name);
			n++;
		}
		if (dir != NULL)
			closedir(dir);
	}
	ok(n >= 64, "%zu samples", n);
}

int
main(void)
{
	test_good();
	test_bad();
	test_accepted();
	test_long_words();
	test_values();
	test_nomem();
	test_allowed();
	if (samples_folder() != NULL)
		test_samples();
	else
		skip(1, "no samples: set MPC_AUTOSSL_SAMPLES");
	return tap_done();
}
