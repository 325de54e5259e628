/* SPDX-License-Identifier: ISC */
/*
 * HTTP fetches from sites that behave and sites that do not.  Names are
 * looked up by a getaddrinfo of our own, which also shows that libcurl asks
 * for none.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "http_pages.h"

#include <netdb.h>

#include "base/clock.h"
#include "net/http.h"

#define LIMIT 65536

static atomic_int lookups;
static atomic_bool let_go;

/* ---- names ---- */

static struct addrinfo *
name_address(const char *text, struct addrinfo *next)
{
	struct addrinfo *ai = calloc(1, sizeof(*ai));
	struct sockaddr_in *sin = calloc(1, sizeof(*sin));

	sin->sin_family = AF_INET;
	inet_pton(AF_INET, text, &sin->sin_addr);
	ai->ai_addr = (struct sockaddr *)sin;
	ai->ai_addrlen = sizeof(*sin);
	ai->ai_family = AF_INET;
	ai->ai_socktype = SOCK_STREAM;
	ai->ai_next = next;
	return ai;
}

int
getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	(void)service;
	(void)hints;
	lookups++;
	if (strcmp(host, "hang.test") == 0)
		while (!let_go)
			usleep(10000);
	if (strcmp(host, "a.test") == 0 || strcmp(host, "localhost") == 0)
		*out = name_address("127.0.0.1", NULL);
	else if (strcmp(host, "two.test") == 0)
		*out = name_address("127.99.99.99",
		    name_address("127.0.0.1", NULL));
	else
		return EAI_NONAME;
	return 0;
}

void
freeaddrinfo(struct addrinfo *list)
{
	struct addrinfo *next;

	for (; list != NULL; list = next) {
		next = list->ai_next;
		free(list->ai_addr);
		free(list);
	}
}

/* ---- one fetch ---- */

struct result {
	unsigned done;
	enum err_kind kind;
	char text[ERR_TEXT_SIZE];
	long status;
	char body[20000];
	size_t len;
	struct http_response response;	/* without the body */
};

static void
on_done(void *ctx, struct http_response *response)
{
	struct result *result = ctx;

	result->done++;
	result->kind = response->error.kind;
	memcpy(result->text, response->error.text, sizeof(result->text));
	result->status = response->status;
	result->len = response->body.len;
	snprintf(result->body, sizeof(result->body), "%s",
	    buf_text(&response->body));
	result->response = *response;
}

static struct http_options options;
static struct http_request request;

/* A run with that request; 127.0.0.1 is the site unless url is absolute. */
static struct result
fetch(const char *url)
{
	struct result result = { .done = 0 };
	struct err err = ERR_INIT;
	struct loop *loop = loop_new(&err);
	struct http *http = http_new(loop, &options, &err);
	char text[256];

	snprintf(text, sizeof(text), "http://127.0.0.1:%u%s",
	    (unsigned)site.port, url);
	request.url = *url == '/' ? text : url;
	if (http_start(http, &request, on_done, &result, &err) != 0) {
		result.kind = err.kind;
		memcpy(result.text, err.text, sizeof(result.text));
	}
	loop_run(loop, clock_mono_ms() + 20000, NULL, &err);
	http_free(http);
	loop_free(loop);
	return result;
}

/* The text behind "http://127.0.0.1:PORT/: ". */
static const char *
behind(const struct result *result)
{
	const char *at = strstr(result->text, "/: ");

	return at == NULL ? result->text : at + 3;
}

static void
set_defaults(void)
{
	memset(&options, 0, sizeof(options));
	memset(&request, 0, sizeof(request));
	options.proxy = "";
	options.user_agent = "test/1";
	request.max_size = LIMIT;
	request.max_redirects = 5;
}

static void
test_plain(void)
{
	struct result r = fetch("/ok");

	is_uint(r.done, 1, "done is called once");
	is_int(r.kind, ERR_NONE, "no error: %s", r.text);
	is_int(r.status, 200, "status");
	is_str(r.body, "hello", "body");
	is_str(r.response.content_type, "application/pkix-crl", "type");
	is_int(r.response.max_age, 500, "max-age less Age");
	is_int(r.response.date, 784111777, "Date");
	is_str(r.response.peer, "127.0.0.1", "peer");
	ok(r.response.elapsed_ms >= 0, "time");
	r = fetch("/gone");
	is_int(r.status, 404, "404 is no error here");
	is_int(r.kind, ERR_NONE, "404: %s", r.text);
	is_str(r.body, "<html>", "404: body");
	r = fetch("/broken");
	is_int(r.status, 500, "500");
	r = fetch("/empty");
	is_int(r.kind, ERR_NONE, "an empty body: %s", r.text);
	r = fetch("/gzip");
	is_str(r.body, "hello, gzip\n", "gzip: %s", r.text);
	r = fetch("/badgzip");
	is_int(r.kind, ERR_SYNTAX, "bad gzip: %s", r.text);
}

static void
test_request(void)
{
	static const char *const extra[] = { "X-Token: secret", NULL };
	struct result r;

	request.accept = "application/ocsp-response";
	request.no_cache = true;
	request.headers = extra;
	r = fetch("/echo");
	ok(strstr(r.body, "GET /echo HTTP/1.1\r\n") == r.body, "GET");
	ok(strstr(r.body, "Accept: application/ocsp-response\r\n") != NULL &&
	    strstr(r.body, "Cache-Control: no-cache\r\n") != NULL &&
	    strstr(r.body, "User-Agent: test/1\r\n") != NULL &&
	    strstr(r.body, "X-Token: secret\r\n") != NULL, "its fields");
	r = fetch("/again");
	ok(strstr(r.body, "X-Token") != NULL, "redirect on the same host: "
	    "our fields go along");
	r = fetch("/other");
	ok(strstr(r.body, "GET /echo") != NULL &&
	    strstr(r.body, "X-Token") == NULL, "another host: they do not");
	request.body = bytes_str("0123456789");
	request.content_type = "application/ocsp-request";
	r = fetch("/echo");
	ok(strstr(r.body, "POST /echo HTTP/1.1\r\n") == r.body &&
	    strstr(r.body, "Content-Type: application/ocsp-request\r\n") !=
	    NULL && strstr(r.body, "\r\n\r\n0123456789") != NULL, "POST");
	r = fetch("/see");
	ok(strstr(r.body, "GET /echo") == r.body, "303: GET follows");
	r = fetch("/again");
	ok(strstr(r.body, "POST /echo") == r.body &&
	    strstr(r.body, "\r\n\r\n0123456789") != NULL, "307: POST again");
	set_defaults();
	request.etag = "\"v1\"";
	request.last_modified = "yesterday";
	r = fetch("/etag");
	is_int(r.status, 304, "conditional: not modified");
	is_int(r.response.max_age, 60, "for that long");
	request.etag = "\"v1\"\r\nX-Evil: 1";
	r = fetch("/etag");
	is_int(r.status, 200, "a field with a line end in it is not sent");
	is_str(r.response.etag, "\"v1\"", "etag");
	is_str(r.response.last_modified, "yesterday", "last-modified");
	set_defaults();
}

static void
test_redirects(void)
{
	static const struct {
		const char *path, *text;
		enum err_kind kind;
	} rows[] = {
		{ "/loop", "more than 5 redirects", ERR_LIMIT },
		{ "/tofile", "redirect: file: only http and https are fetched",
		    ERR_UNSUPPORTED },
		{ "/toftp", "redirect: ftp: only http and https are fetched",
		    ERR_UNSUPPORTED },
		{ "/touser", "redirect: the URL has a user name in it",
		    ERR_SYNTAX },
	};
	struct result r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		r = fetch(rows[i].path);
		is_int(r.kind, rows[i].kind, "%s", rows[i].path);
		is_str(behind(&r), rows[i].text, "%s: text", rows[i].path);
	}
	r = fetch("/tomail");
	ok(r.kind == ERR_UNSUPPORTED || r.kind == ERR_SYNTAX, "mailto: %s",
	    r.text);
	r = fetch("/rel");
	is_str(r.body, "relative", "a relative one: %s", r.text);
	is_uint(r.response.redirects, 1, "is counted");
	r = fetch("/redirectbody");
	is_str(r.body, "hello", "an endless body of one: %s", r.text);
	request.max_redirects = 1;
	r = fetch("/three");
	is_str(behind(&r), "more than 1 redirects", "limit of one");
	request.max_redirects = 0;
	r = fetch("/three");
	is_int(r.kind, ERR_NONE, "none are followed: no error: %s", r.text);
	ok(r.status >= 301 && r.status <= 308, "but its status");
	r = fetch("/redirectbody");
	is_int(r.kind, ERR_NONE, "an endless body of one: %s", r.text);
	is_uint(r.len, 0, "nobody waits for it");
	set_defaults();
}

static void
test_limits(void)
{
	static const struct {
		const char *path, *text;
		enum err_kind kind;
	} rows[] = {
		{ "/endless", "the answer is longer than 65536 octets",
		    ERR_LIMIT },
		{ "/bomb", "the answer is longer than 65536 octets",
		    ERR_LIMIT },
		{ "/heads", "the head of the answer is longer than 65536 "
		    "octets", ERR_LIMIT },
		{ "/longfield", "a line in the head of the answer is too long",
		    ERR_LIMIT },
		{ "/short", "the connection was closed in the middle of the "
		    "answer", ERR_CONNECT },
		{ "/silent", "the connection was closed without an answer",
		    ERR_CONNECT },
		{ "/nothttp", "not an HTTP answer", ERR_SYNTAX },
		{ "/reset", "request: Connection reset by peer",
		    ERR_CONNECT },
	};
	struct result r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		r = fetch(rows[i].path);
		is_int(r.kind, rows[i].kind, "%s", rows[i].path);
		is_str(behind(&r), rows[i].text, "%s: text", rows[i].path);
		is_uint(r.done, 1, "%s: done once", rows[i].path);
	}
	request.max_size = 5;
	r = fetch("/ok");
	is_str(r.body, "hello", "exactly as long as allowed");
	request.max_size = 4;
	r = fetch("/ok");
	is_int(r.kind, ERR_LIMIT, "one more: %s", r.text);
	set_defaults();
}

static void
test_deadlines(void)
{
	static const char *const rows[][2] = {
		{ "/slow", " in answer" }, { "/hang", " in request" },
		{ "http://hang.test/", " in name resolution" },
	};
	int64_t begin = clock_mono_ms();
	struct result r;
	size_t i;

	for (i = 0; i < 3; i++) {
		request.deadline_ms = clock_mono_ms() + 200;
		r = fetch(rows[i][0]);
		is_int(r.kind, ERR_TIMEOUT, "%s: %s", rows[i][0], r.text);
		ok(strstr(r.text, rows[i][1]) != NULL, "its phase");
		is_uint(r.done, 1, "done once");
	}
	ok(clock_mono_ms() - begin < 10000, "nothing waits for the resolver");
	set_defaults();
}

static void
test_urls(void)
{
	static const struct {
		const char *url, *text;
		enum err_kind kind;
	} rows[] = {
		{ "ldap://127.0.0.1/x", "ldap: only http and https are "
		    "fetched", ERR_UNSUPPORTED },
		{ "file:///etc/passwd", "file: only http and https are "
		    "fetched", ERR_UNSUPPORTED },
		{ "http://u@127.0.0.1/", "the URL has a user name in it",
		    ERR_SYNTAX },
		{ "http://127.0.0.1:99999/", NULL, ERR_SYNTAX },
		{ "http://no.test/", "no.test: Name or service not known",
		    ERR_RESOLVE },
		{ "http://127.99.99.99:1/", "connect: Connection refused",
		    ERR_CONNECT },
		{ "", NULL, ERR_SYNTAX },
		{ "http://", NULL, ERR_SYNTAX },
		{ "http://a b/", NULL, ERR_SYNTAX },
	};
	struct result r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		r = fetch(rows[i].url);
		is_int(r.kind, rows[i].kind, "\"%s\": %s", rows[i].url,
		    r.text);
		if (rows[i].text != NULL)
			is_str(behind(&r), rows[i].text, "text");
	}
}

static void
test_names(void)
{
	char url[64];
	struct result r;

	lookups = 0;
	snprintf(url, sizeof(url), "http://A.test.:%u/ok",
	    (unsigned)site.port);
	r = fetch(url);
	is_str(r.body, "hello", "a name: %s", r.text);
	snprintf(url, sizeof(url), "http://two.test:%u/ok",
	    (unsigned)site.port);
	r = fetch(url);
	is_str(r.body, "hello", "the second address: %s", r.text);
	snprintf(url, sizeof(url), "http://localhost:%u/ok",
	    (unsigned)site.port);
	r = fetch(url);
	is_str(r.body, "hello", "localhost: %s", r.text);
	is_int(lookups, 3, "one lookup each: libcurl makes none");
}

static void
test_private(void)
{
	char url[64];
	struct result r;

	options.deny_private = true;
	r = fetch("/ok");
	is_int(r.kind, ERR_CONNECT, "a private address is refused");
	is_str(behind(&r), "connect: refused, the address is private", "text");
	snprintf(url, sizeof(url), "http://a.test:%u/ok",
	    (unsigned)site.port);
	r = fetch(url);
	is_str(behind(&r), "connect: refused, the address is private",
	    "behind a name as well");
	snprintf(url, sizeof(url), "http://0x7f000001:%u/ok",
	    (unsigned)site.port);
	r = fetch(url);
	ok(r.kind != ERR_NONE, "in other digits: %s", r.text);
	snprintf(url, sizeof(url), "http://[::ffff:127.0.0.1]:%u/ok",
	    (unsigned)site.port);
	r = fetch(url);
	is_str(behind(&r), "connect: refused, the address is private",
	    "mapped");
	set_defaults();
}

static void
test_proxy(void)
{
	char proxy[64];
	struct result r;

	snprintf(proxy, sizeof(proxy), "http://a.test:%u",
	    (unsigned)site.port);
	options.proxy = proxy;
	options.deny_private = true;
	lookups = 0;
	r = fetch("http://unknown.test/x");
	is_str(r.body, "http://unknown.test/x", "by the proxy: %s", r.text);
	is_int(lookups, 1, "which alone is looked up");
	r = fetch("http://10.0.0.1/x");
	is_int(r.kind, ERR_CONNECT, "no private address by it: %s", r.text);
	r = fetch("https://unknown.test/x");
	is_int(r.kind, ERR_PROXY, "CONNECT refused: %s", r.text);
	is_str(behind(&r), "proxy: HTTP 404", "text");
	options.no_proxy = "unknown.test";
	r = fetch("http://unknown.test/x");
	is_int(r.kind, ERR_RESOLVE, "not for that host: %s", r.text);
	options.proxy = "http://127.99.99.99:1";
	r = fetch("http://b.test/x");
	is_int(r.kind, ERR_PROXY, "no proxy there: %s", r.text);
	set_defaults();
	options.proxy = NULL;
	setenv("http_proxy", proxy, 1);
	r = fetch("http://unknown.test/y");
	is_str(r.body, "http://unknown.test/y", "of the environment: %s",
	    r.text);
	unsetenv("http_proxy");
	set_defaults();
}

static void
test_tls(void)
{
	char url[64];
	struct result r;

	snprintf(url, sizeof(url), "https://127.0.0.1:%u/ok",
	    (unsigned)secure.port);
	r = fetch(url);
	is_int(r.kind, ERR_TLS, "https, untrusted: %s", r.text);
	is_str(behind(&r), "certificate not trusted (self-signed)", "text");
	ok(r.response.untrusted, "it is its issuer");
	options.insecure = true;
	r = fetch(url);
	is_str(r.body, "hello", "insecure: %s", r.text);
	set_defaults();
}

/* Counts; stops at the tenth octet. */
static int
on_part(void *ctx, struct bytes part, struct err *err)
{
	size_t *n = ctx;

	*n += part.len;
	return *n < 10 ? 0 : err_set(err, ERR_SYNTAX, "enough");
}

static void
test_sink(void)
{
	size_t n = 0;
	struct result r;

	request.sink = on_part;
	request.sink_ctx = &n;
	r = fetch("/ok");
	is_uint(n, 5, "the sink gets the body");
	is_uint(r.len, 0, "and nobody else");
	r = fetch("/gone");
	is_uint(n, 5, "but not that of an error");
	r = fetch("/endless");
	is_int(r.kind, ERR_SYNTAX, "it can stop the fetch");
	is_str(behind(&r), "enough", "its text");
	set_defaults();
}

static void
test_many(void)
{
	struct err err = ERR_INIT;
	struct loop *loop = loop_new(&err);
	struct http *http = http_new(loop, &options, &err);
	static struct result results[60];
	unsigned i, good = 0, late = 0, once = 0;
	char url[64];

	for (i = 0; i < 60; i++) {
		snprintf(url, sizeof(url), "http://a.test:%u%s",
		    (unsigned)(i % 2 ? site.port : other.port),
		    i % 10 == 0 ? "/hang" : "/ok");
		request.url = url;
		request.deadline_ms = i % 20 == 0 ? clock_mono_ms() + 300 : 0;
		http_start(http, &request, on_done, &results[i], &err);
	}
	loop_run(loop, clock_mono_ms() + 2000, NULL, &err);
	for (i = 0; i < 60; i++) {
		once += results[i].done == 1;
		good += results[i].status == 200;
		late += results[i].kind == ERR_TIMEOUT;
	}
	is_uint(once, 60, "60 at once: each is done once");
	is_uint(good, 54, "answers");
	is_uint(late, 6, "the others in time");
	is_uint(loop_active(loop), 0, "the loop is empty");
	request.url = "http://hang.test/";
	request.deadline_ms = 0;
	memset(results, 0, sizeof(results));
	http_start(http, &request, on_done, &results[0], &err);
	http_free(http);
	is_int(results[0].kind, ERR_CANCELLED, "freed before it ran");
	is_uint(results[0].done, 1, "done once");
	loop_free(loop);
	set_defaults();
}

int
main(void)
{
	X509 *cert;

#ifndef HAVE_CURL_H
	skip_all("built without libcurl");
#endif
	site.answer = other.answer = secure.answer = site_answer;
	cert = peer_cert(0);
	secure.context = peer_context(cert);
	X509_free(cert);
	site_start(&site);
	site_start(&other);
	site_start(&secure);
	set_defaults();
	test_plain();
	test_request();
	test_redirects();
	test_limits();
	test_deadlines();
	test_urls();
	test_names();
	test_private();
	test_proxy();
	test_tls();
	test_sink();
	test_many();
	let_go = true;
	site_stop(&site);
	site_stop(&other);
	site_stop(&secure);
	EVP_PKEY_free(peer_key());
	return tap_done();
}
