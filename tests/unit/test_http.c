/* SPDX-License-Identifier: ISC */
/*
 * HTTP fetches from sites that behave and sites that do not.  Names are
 * looked up by a getaddrinfo of our own, which also shows that libcurl asks
 * for none.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "http_site.h"

#include <netdb.h>

#include "base/clock.h"
#include "net/http.h"
#include "net/http_address.h"
#include "net/http_head.h"

#define LIMIT 65536

static struct site site, other, secure;
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

/* ---- the site ---- */

static const unsigned char gzip_hello[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00"
    "\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\x48\xaf\xca\x2c\xe0\x02\x00\x86"
    "\x1f\x82\xa4\x0c\x00\x00\x00";

/* 100,000 zeros: a table would be longer. */
static void
answer_bomb(struct visit *visit)
{
	unsigned char bomb[132] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"
	    "\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d\x0d\x0f\xa0";
	static const unsigned char end[] =
	    "\x80\x57\x03\x7d\x95\x11\xd4\xa0\x86\x01\x00";

	memcpy(bomb + sizeof(bomb) - 11, end, 11);
	visit_reply(visit, "200 OK\r\nContent-Encoding: gzip", bomb,
	    sizeof(bomb));
}

static void
answer_endless(struct visit *visit)
{
	char block[8192];

	memset(block, 'x', sizeof(block));
	visit_say(visit, "HTTP/1.1 200 OK\r\n\r\n");
	while (!visit_ended(visit, 0))
		visit_send(visit, block, sizeof(block));
}

static void
answer_slow(struct visit *visit)
{
	visit_say(visit, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
	do
		visit_say(visit, "x");
	while (!visit_ended(visit, 1000));
}

static void
answer_heads(struct visit *visit)
{
	visit_say(visit, "HTTP/1.1 200 OK\r\n");
	while (!visit_ended(visit, 0))
		visit_say(visit, "X-More: and more\r\n");
}

static void
answer_long_field(struct visit *visit)
{
	visit_say(visit, "HTTP/1.1 200 OK\r\nX-Long: ");
	while (!visit_ended(visit, 0))
		visit_say(visit, "and more and more and more and more ");
}

static void
answer_hang(struct visit *visit)
{
	(void)visit_ended(visit, -1);
}

static void
answer_reset(struct visit *visit)
{
	struct linger linger = { 1, 0 };

	setsockopt(visit->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static void
answer_etag(struct visit *visit)
{
	if (strstr(visit->request, "If-None-Match: \"v1\"\r\n") != NULL &&
	    strstr(visit->request, "If-Modified-Since: yesterday\r\n") != NULL)
		visit_say(visit, "HTTP/1.1 304 Not Modified\r\n"
		    "Cache-Control: max-age=60\r\n\r\n");
	else
		visit_reply(visit, "200 OK\r\nETag: \"v1\"\r\n"
		    "Last-Modified: yesterday", "new", 3);
}

static void
answer_echo(struct visit *visit)
{
	visit_reply(visit, "200 OK\r\nContent-Type: text/x-echo",
	    visit->request, strlen(visit->request));
}

static void
answer_redirect_body(struct visit *visit)
{
	char block[8192];

	memset(block, 'x', sizeof(block));
	visit_say(visit, "HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n");
	while (!visit_ended(visit, 0))
		visit_send(visit, block, sizeof(block));
}

static void
answer_other(struct visit *visit)
{
	char head[128];

	snprintf(head, sizeof(head), "307 There\r\n"
	    "Location: http://a.test:%u/echo", (unsigned)other.port);
	visit_reply(visit, head, "", 0);
}

static const struct page {
	const char *path;
	const char *head, *body;	/* or: */
	void (*answer)(struct visit *visit);
} pages[] = {
	{ "/ok", "200 OK\r\nContent-Type: application/pkix-crl\r\n"
	    "Cache-Control: public, max-age=\"600\"\r\nAge: 100\r\n"
	    "Date: Sun, 06 Nov 1994 08:49:37 GMT", "hello", NULL },
	{ "/gone", "404 Not Found", "<html>", NULL },
	{ "/broken", "500 Oops", "", NULL },
	{ "/empty", "200 OK", "", NULL },
	{ "/loop", "302 Found\r\nLocation: /loop", "x", NULL },
	{ "/three", "302 Found\r\nLocation: two", "x", NULL },
	{ "/two", "301 Moved\r\nLocation: //a.test/", "x", NULL },
	{ "/rel", "302 Found\r\nLocation: sub/../ok?x#y", "x", NULL },
	{ "/ok?x", "200 OK", "relative", NULL },
	{ "/tofile", "302 Found\r\nLocation: file:///etc/passwd", "", NULL },
	{ "/toftp", "302 Found\r\nLocation: ftp://127.0.0.1/x", "", NULL },
	{ "/tomail", "302 Found\r\nLocation: mailto:x@y", "", NULL },
	{ "/touser", "302 Found\r\nLocation: http://u:p@127.0.0.1/", "",
	    NULL },
	{ "/toprivate", "302 Found\r\nLocation: http://10.0.0.1/", "", NULL },
	{ "/see", "303 See\r\nLocation: /echo", "", NULL },
	{ "/again", "307 Again\r\nLocation: /echo", "", NULL },
	{ "/badgzip", "200 OK\r\nContent-Encoding: gzip", "not gzip", NULL },
	{ "/other", NULL, NULL, answer_other },
	{ "/redirectbody", NULL, NULL, answer_redirect_body },
	{ "/bomb", NULL, NULL, answer_bomb },
	{ "/endless", NULL, NULL, answer_endless },
	{ "/slow", NULL, NULL, answer_slow },
	{ "/heads", NULL, NULL, answer_heads },
	{ "/longfield", NULL, NULL, answer_long_field },
	{ "/hang", NULL, NULL, answer_hang },
	{ "/reset", NULL, NULL, answer_reset },
	{ "/etag", NULL, NULL, answer_etag },
	{ "/echo", NULL, NULL, answer_echo },
};

static void
site_answer(struct visit *visit)
{
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		if (strcmp(visit->path, pages[i].path) != 0)
			continue;
		if (pages[i].answer != NULL)
			pages[i].answer(visit);
		else
			visit_reply(visit, pages[i].head, pages[i].body,
			    strlen(pages[i].body));
		return;
	}
	if (strcmp(visit->path, "/gzip") == 0)
		visit_reply(visit, "200 OK\r\nContent-Encoding: gzip",
		    gzip_hello, sizeof(gzip_hello) - 1);
	else if (strcmp(visit->path, "/short") == 0)
		visit_say(visit, "HTTP/1.1 200 OK\r\n"
		    "Content-Length: 100\r\n\r\n0123456789");
	else if (strcmp(visit->path, "/nothttp") == 0)
		visit_say(visit, "220 smtp.example ready\r\n");
	else if (strncmp(visit->path, "http://", 7) == 0)
		visit_reply(visit, "200 OK", visit->path,
		    strlen(visit->path));
	else if (strcmp(visit->path, "/silent") != 0)
		visit_reply(visit, "404 No", "", 0);
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
test_addresses(void)
{
	static const struct {
		const char *text;
		bool global;
	} rows[] = {
		{ "8.8.8.8", true }, { "0.1.2.3", false },
		{ "9.255.255.255", true }, { "10.0.0.0", false },
		{ "11.0.0.0", true }, { "100.63.255.255", true },
		{ "100.64.0.0", false }, { "100.127.255.255", false },
		{ "100.128.0.0", true }, { "127.0.0.1", false },
		{ "169.254.169.254", false }, { "172.15.255.255", true },
		{ "172.16.0.0", false }, { "172.31.255.255", false },
		{ "172.32.0.0", true }, { "192.0.0.8", false },
		{ "192.0.2.1", false }, { "192.168.1.1", false },
		{ "192.169.0.0", true }, { "198.18.0.1", false },
		{ "198.20.0.0", true }, { "223.255.255.255", true },
		{ "224.0.0.1", false }, { "255.255.255.255", false },
		{ "::", false }, { "::1", false }, { "fe80::1", false },
		{ "fc00::1", false }, { "fdff::1", false },
		{ "ff02::1", false }, { "2001:db8::1", false },
		{ "2001::1", false }, { "2a00:1450::1", true },
		{ "2606:4700::1", true }, { "::ffff:10.0.0.1", false },
		{ "::ffff:8.8.8.8", true }, { "64:ff9b::8.8.8.8", true },
		{ "64:ff9b::7f00:1", false }, { "2002:7f00:1::", false },
		{ "2002:808:808::", true }, { "::8.8.8.8", false },
		{ "3fff::1", false }, { "4000::1", false },
	};
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (inet_pton(AF_INET, rows[i].text, &v4.sin_addr) == 1)
			ok(http_address_global((struct sockaddr *)&v4) ==
			    rows[i].global, "%s", rows[i].text);
		else if (inet_pton(AF_INET6, rows[i].text, &v6.sin6_addr) == 1)
			ok(http_address_global((struct sockaddr *)&v6) ==
			    rows[i].global, "%s", rows[i].text);
		else
			fail("%s", rows[i].text);
	}
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

static void
test_head(void)
{
	static const struct {
		const char *lines[3];
		int64_t lifetime;
	} rows[] = {
		{ { "X: y" }, -1 },
		{ { "cache-control: MAX-AGE=60, max-age=30" }, 30 },
		{ { "Cache-Control: max-age=x" }, 0 },
		{ { "Cache-Control: max-age=-1" }, 0 },
		{ { "Cache-Control: max-age=99999999999999999999" },
		    INT32_MAX },
		{ { "Cache-Control: max-age=60, no-store" }, 0 },
		{ { "Cache-Control: s-maxage=60" }, -1 },
		{ { "Expires: 0" }, 0 },
		{ { "Expires: Sun, 06 Nov 1994 08:50:37 GMT" }, -1 },
		{ { "Expires: Sun, 06 Nov 1994 08:50:37 GMT",
		    "Date: Sunday, 06-Nov-94 08:49:37 GMT" }, 60 },
		{ { "Expires: Sun, 06 Nov 1994 08:50:37 GMT",
		    "Date: Sun Nov  6 08:51:37 1994" }, 0 },
		{ { "Cache-Control: max-age=60", "Age: 61" }, 0 },
	};
	struct http_head head;
	size_t i, k;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memset(&head, 0, sizeof(head));
		http_head_line(&head, bytes_str("HTTP/1.1 200 OK\r\n"));
		for (k = 0; k < 3 && rows[i].lines[k] != NULL; k++)
			http_head_line(&head, bytes_str(rows[i].lines[k]));
		is_int(http_head_lifetime(&head), rows[i].lifetime, "%s",
		    rows[i].lines[0]);
	}
	is_int(http_head_date("Thu, 31 Apr 2026 00:00:00 GMT"), -1, "31 April");
	is_int(http_head_date("Sun, 06 Xxx 1994 08:49:37 GMT"), -1, "month");
	is_int(http_head_date("Sun, 06 Nov 1994 08:49:37 GMTx"), -1, "more");
	is_int(http_head_date(""), -1, "nothing");
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
	test_addresses();
	test_proxy();
	test_tls();
	test_sink();
	test_many();
	test_head();
	let_go = true;
	site_stop(&site);
	site_stop(&other);
	site_stop(&secure);
	EVP_PKEY_free(peer_key());
	return tap_done();
}
