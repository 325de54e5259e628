/* SPDX-License-Identifier: ISC */
/*
 * Proxies: URLs, exceptions, and the dialogue as a transcript over a
 * socketpair, all at once and an octet at a time.
 */
#include "tap.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/session.h"
#include "net/tunnel.h"

static const struct {
	const char *url;
	enum proxy_kind kind;
	const char *host;
	uint16_t port;
	const char *user, *password;
	bool remote;
} urls[] = {
	{ "http://proxy.test", PROXY_HTTP, "proxy.test", 8080, NULL, NULL,
	    true },
	{ "HTTP://proxy.test:3128/", PROXY_HTTP, "proxy.test", 3128, NULL,
	    NULL, true },
	{ "proxy.test:3128", PROXY_HTTP, "proxy.test", 3128, NULL, NULL,
	    true },
	{ "http://me:s%3a%40@proxy.test", PROXY_HTTP, "proxy.test", 8080,
	    "me", "s:@", true },
	{ "http://me@proxy.test", PROXY_HTTP, "proxy.test", 8080, "me", "",
	    true },
	{ "http://a@b:c@[::1]:1", PROXY_HTTP, "::1", 1, "a@b", "c", true },
	{ "socks5://192.0.2.1", PROXY_SOCKS5, "192.0.2.1", 1080, NULL, NULL,
	    false },
	{ "socks5h://[2001:db8::1]", PROXY_SOCKS5, "2001:db8::1", 1080, NULL,
	    NULL, true },
};

static const struct {
	const char *url, *text;
} bad_urls[] = {
	{ "ftp://proxy.test",
	    "proxy URL: the scheme is not http, socks5 or socks5h" },
	{ "https://proxy.test",
	    "proxy URL: the scheme is not http, socks5 or socks5h" },
	{ "http://", "proxy URL: bad host name" },
	{ "", "proxy URL: bad host name" },
	{ "http://me:secret@", "proxy URL: bad host name" },
	{ "http://me:sec%ret@proxy.test", "proxy URL: a % that is not "
	    "followed by two hex digits" },
	{ "http://me:sec%00@proxy.test", "proxy URL: a % that is not "
	    "followed by two hex digits" },
	{ "http://me:secret%2@proxy.test", "proxy URL: a % that is not "
	    "followed by two hex digits" },
	{ "http://me:secret@proxy.test:0", "proxy URL: bad port \"0\"" },
	{ "http://me:secret@proxy.test:65536",
	    "proxy URL: bad port \"65536\"" },
	{ "http://proxy.test:123456", "proxy URL: bad port" },
	{ "http://proxy.test:", "proxy URL: bad port \"\"" },
	{ "http://proxy.test:80x", "proxy URL: bad port \"80x\"" },
	{ "http://pro xy.test", "proxy URL: bad host name" },
	{ "http://[::1", "proxy URL: [ without ]" },
	{ "http://[::1]x", "proxy URL: unexpected text behind ]" },
	{ "http://[proxy.test]", "proxy URL: bad host name" },
	{ "http://::1", "proxy URL: bad host name" },
	{ "http://proxy.test/path", "proxy URL: a proxy has no path" },
	{ "http://proxy.test?x", "proxy URL: a proxy has no path" },
};

static void
test_urls(void)
{
	struct err err = ERR_INIT;
	struct proxy proxy;
	size_t i;

	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		is_int(proxy_parse(urls[i].url, &proxy, &err), 0, "%s",
		    urls[i].url);
		is_int(proxy.kind, urls[i].kind, "kind");
		is_str(proxy.host, urls[i].host, "host");
		is_uint(proxy.port, urls[i].port, "port");
		is_str(proxy.user, urls[i].user, "user");
		is_str(proxy.password, urls[i].password, "password");
		ok(proxy.remote_names == urls[i].remote, "who resolves");
		proxy_release(&proxy);
	}
	for (i = 0; i < sizeof(bad_urls) / sizeof(bad_urls[0]); i++) {
		is_int(proxy_parse(bad_urls[i].url, &proxy, &err), -1,
		    "bad: %s", bad_urls[i].url);
		is_int(err.kind, ERR_USAGE, "a usage error");
		is_str(err.text, bad_urls[i].text, "that says why");
		ok(strstr(err.text, "sec") == NULL, "without the password");
	}
}

static void
test_long_credentials(void)
{
	struct err err = ERR_INIT;
	struct proxy proxy;
	char url[400];
	unsigned long nth;

	memset(url, 'u', sizeof(url));
	memcpy(url, "http://", 7);
	memcpy(url + 7 + 256, "@h", 3);
	is_int(proxy_parse(url, &proxy, &err), -1, "a user of 256 octets");
	is_str(err.text, "proxy URL: user name or password is longer than "
	    "255 octets", "is too long");
	memcpy(url + 7 + 255, "@h", 3);
	is_int(proxy_parse(url, &proxy, &err), 0, "255 are not");
	proxy_release(&proxy);
	for (nth = 1; nth < 10; nth++) {
		mem_fail_at(nth, 1);
		if (proxy_parse("http://a:b@h", &proxy, &err) == 0)
			break;
		is_int(err.kind, ERR_NOMEM, "allocation %lu", nth);
	}
	mem_fail_at(0, 0);
	is_uint(nth, 4, "three allocations");
	proxy_release(&proxy);
}

static const struct {
	const char *list, *host;
	bool covered;
} bypasses[] = {
	{ NULL, "host.test", false },
	{ "", "host.test", false },
	{ "*", "host.test", true },
	{ "other.test,host.test", "host.test", true },
	{ "HOST.test", "host.TEST", true },
	{ "host.test.", "host.test", true },
	{ "host.test", "host.test.", true },
	{ "test", "host.test", true },
	{ ".test", "host.test", true },
	{ "*.test", "host.test", true },
	{ ".host.test", "host.test", true },
	{ "ost.test", "host.test", false },
	{ "sub.host.test", "host.test", false },
	{ "a b  c,host.test", "host.test", true },
	{ ".", "host.test", false },
	{ ",,", "host.test", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.10", false },
	{ "2.1", "192.0.2.1", false },
	{ "192.0.2.0/24", "192.0.2.77", true },
	{ "192.0.2.0/24", "192.0.3.77", false },
	{ "192.0.2.0/23", "192.0.3.77", true },
	{ "0.0.0.0/0", "192.0.3.77", true },
	{ "0.0.0.0/0", "::1", false },
	{ "192.0.2.0/33", "192.0.2.1", false },
	{ "192.0.2.0/x", "192.0.2.1", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "[::1]", "::1", true },
	{ "::1", "[::1]", true },
	{ "0:0::1", "::1", true },
	{ "localhost", "127.0.0.1", false },
};

static void
test_bypass(void)
{
	char list[400];
	size_t i;

	for (i = 0; i < sizeof(bypasses) / sizeof(bypasses[0]); i++)
		ok(proxy_bypassed(bypasses[i].list, bypasses[i].host) ==
		    bypasses[i].covered, "\"%s\" %s %s",
		    bypasses[i].list == NULL ? "" : bypasses[i].list,
		    bypasses[i].covered ? "covers" : "does not cover",
		    bypasses[i].host);
	ok(!proxy_bypassed("*", NULL), "nobody is not covered");
	memset(list, 'a', sizeof(list));
	memcpy(list + 300, ",host.test", 11);
	ok(proxy_bypassed(list, "host.test"), "a long entry is skipped");
}

/* ---- dialogues ---- */

#define S(text) { text, sizeof(text) - 1 }
#define CONNECT "CONNECT host.test:443 HTTP/1.1\r\nHost: host.test:443\r\n"

struct part {
	const char *data;
	size_t len;
};

struct script {
	const char *name, *url, *host;
	struct part says[4];		/* the proxy, in turns */
	struct part heard;		/* what it has been told in all */
	const char *text;		/* error, or NULL */
	const char *rest;		/* the server's first octets */
};

static const struct script scripts[] = {
	{ "HTTP", "http://p", "host.test",
	    { S("HTTP/1.1 200 OK\r\nX: y\r\n\r\n") }, S(CONNECT "\r\n"),
	    NULL, "" },
	{ "HTTP, server speaks first", "http://p", "host.test",
	    { S("HTTP/1.0 200\n\n220 mail\r\n\r\n") }, S(CONNECT "\r\n"),
	    NULL, "220 mail\r\n\r\n" },
	{ "HTTP, an address", "http://p", "2001:db8::1",
	    { S("HTTP/1.1 200 OK\r\n\r\n") },
	    S("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"
	    "Host: [2001:db8::1]:443\r\n\r\n"), NULL, "" },
	{ "HTTP, credentials", "http://Aladdin:open%20sesame@p", "host.test",
	    { S("HTTP/1.1 200 OK\r\n\r\n") },
	    S(CONNECT "Proxy-Authorization: Basic "
	    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"), NULL, "" },
	{ "HTTP, padding 1", "http://ab:cd@p", "host.test",
	    { S("HTTP/1.1 200 OK\r\n\r\n") },
	    S(CONNECT "Proxy-Authorization: Basic YWI6Y2Q=\r\n\r\n"),
	    NULL, "" },
	{ "HTTP, padding 0", "http://ab:cde@p", "host.test",
	    { S("HTTP/1.1 200 OK\r\n\r\n") },
	    S(CONNECT "Proxy-Authorization: Basic YWI6Y2Rl\r\n\r\n"),
	    NULL, "" },
	{ "HTTP, interim answer", "http://p", "host.test",
	    { S("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx") },
	    S(CONNECT "\r\n"), NULL, "x" },
	{ "HTTP 407", "http://p", "host.test",
	    { S("HTTP/1.1 407 Proxy Authentication Required\r\n\r\nno") },
	    S(CONNECT "\r\n"), "wants a user name and password "
	    "(407 Proxy Authentication Required)", NULL },
	{ "HTTP 407 to credentials", "http://a:b@p", "host.test",
	    { S("HTTP/1.1 407 No\r\n\r\n") },
	    S(CONNECT "Proxy-Authorization: Basic YTpi\r\n\r\n"),
	    "refuses our user name and password (407 No)", NULL },
	{ "HTTP 403", "http://p", "host.test",
	    { S("HTTP/1.1 403 Forbidden\r\n\r\n") }, S(CONNECT "\r\n"),
	    "refuses the connection: 403 Forbidden", NULL },
	{ "HTTP 502", "http://p", "host.test",
	    { S("HTTP/1.1 502 Bad \x1b[31m|Gateway\r\n\r\n") },
	    S(CONNECT "\r\n"),
	    "refuses the connection: 502 Bad \\x1b[31m\\x7cGateway", NULL },
	{ "HTTP, nonsense", "http://p", "host.test",
	    { S("HTTP/1.1 2x0 OK\r\n\r\n") }, S(CONNECT "\r\n"),
	    "does not speak HTTP: \"HTTP/1.1 2x0 OK\"", NULL },
	{ "HTTP, no code", "http://p", "host.test",
	    { S("HTTP/1.1\r\n\r\n") }, S(CONNECT "\r\n"),
	    "does not speak HTTP: \"HTTP/1.1\"", NULL },
	{ "HTTP, closed", "http://p", "host.test",
	    { S("HTTP/1.1 200 OK\r\n") }, S(CONNECT "\r\n"),
	    "closed the connection", NULL },
	{ "SOCKS, a name", "socks5h://p", "host.test",
	    { S("\5\0"), S("\5\0\0\1\1\2\3\4\5\6hello") },
	    S("\5\1\0" "\5\1\0\3\11host.test\1\273"), NULL, "hello" },
	{ "SOCKS, IPv4", "socks5h://p", "192.0.2.1",
	    { S("\5\0"), S("\5\0\0\4aaaabbbbccccdddd\5\6") },
	    S("\5\1\0" "\5\1\0\1\300\0\2\1\1\273"), NULL, "" },
	{ "SOCKS, IPv6", "socks5h://p", "2001:db8::1",
	    { S("\5\0"), S("\5\0\0\3\3abc\5\6x") },
	    S("\5\1\0" "\5\1\0\4\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1"
	    "\1\273"), NULL, "x" },
	{ "SOCKS, credentials", "socks5h://me:pw@p", "host.test",
	    { S("\5\2"), S("\1\0"), S("\5\0\0\1\1\2\3\4\5\6") },
	    S("\5\2\0\2" "\1\2me\2pw" "\5\1\0\3\11host.test\1\273"), NULL,
	    "" },
	{ "SOCKS, credentials not wanted", "socks5h://me:pw@p", "host.test",
	    { S("\5\0"), S("\5\0\0\1\1\2\3\4\5\6") },
	    S("\5\2\0\2" "\5\1\0\3\11host.test\1\273"), NULL, "" },
	{ "SOCKS, wrong credentials", "socks5h://me:pw@p", "host.test",
	    { S("\5\2"), S("\1\1") }, S("\5\2\0\2" "\1\2me\2pw"),
	    "refuses our user name and password", NULL },
	{ "SOCKS, no method", "socks5h://p", "host.test",
	    { S("\5\377") }, S("\5\1\0"), "wants a user name and password",
	    NULL },
	{ "SOCKS, no method for us", "socks5h://me:pw@p", "host.test",
	    { S("\5\377") }, S("\5\2\0\2"),
	    "takes no user name and password", NULL },
	{ "SOCKS, method not offered", "socks5h://p", "host.test",
	    { S("\5\2") }, S("\5\1\0"),
	    "chose a method that was not offered (2)", NULL },
	{ "SOCKS 4", "socks5h://p", "host.test",
	    { S("\4\0") }, S("\5\1\0"), "does not speak SOCKS 5", NULL },
	{ "SOCKS, refused", "socks5h://p", "host.test",
	    { S("\5\0"), S("\5\5\0\1\0\0\0\0\0\0") },
	    S("\5\1\0" "\5\1\0\3\11host.test\1\273"),
	    "connection refused (SOCKS reply 5)", NULL },
	{ "SOCKS, unknown failure", "socks5h://p", "host.test",
	    { S("\5\0"), S("\5\11\0\1\0\0\0\0\0\0") },
	    S("\5\1\0" "\5\1\0\3\11host.test\1\273"),
	    "unknown failure (SOCKS reply 9)", NULL },
	{ "SOCKS, strange address", "socks5h://p", "host.test",
	    { S("\5\0"), S("\5\0\0\7\0\0\0\0\0\0") },
	    S("\5\1\0" "\5\1\0\3\11host.test\1\273"),
	    "answers with an unknown address type (7)", NULL },
	{ "SOCKS, closed", "socks5h://p", "host.test",
	    { S("\5\0"), S("\5\0\0") },
	    S("\5\1\0" "\5\1\0\3\11host.test\1\273"),
	    "closed the connection", NULL },
};

struct play {
	struct tunnel tunnel;
	int ends[2];			/* ours, the proxy's */
	struct err err;
	bool over;
	char heard[1024];
	size_t n_heard;
};

static void
play_step(struct play *play)
{
	ssize_t n;

	if (!play->over)
		play->over = tunnel_run(&play->tunnel, play->ends[0],
		    &play->err) == STEP_DONE;
	n = recv(play->ends[1], play->heard + play->n_heard,
	    sizeof(play->heard) - play->n_heard, MSG_DONTWAIT);
	if (n > 0)
		play->n_heard += (size_t)n;
}

static void
play_parts(struct play *play, const struct part *parts, size_t chunk)
{
	size_t at, n;
	unsigned i;

	play_step(play);
	for (i = 0; i < 4 && parts[i].data != NULL; i++)
		for (at = 0; at < parts[i].len; at += n) {
			n = parts[i].len - at < chunk ? parts[i].len - at :
			    chunk;
			(void)send(play->ends[1], parts[i].data + at, n, 0);
			play_step(play);
		}
	shutdown(play->ends[1], SHUT_WR);
	play_step(play);
}

static void
play_script(const struct script *script, size_t chunk)
{
	struct err err = ERR_INIT;
	struct play play;
	struct proxy proxy;
	char rest[64] = "";

	memset(&play, 0, sizeof(play));
	if (proxy_parse(script->url, &proxy, &err) != 0 || socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_NONBLOCK, 0, play.ends) != 0)
		bail("%s: no socketpair", script->name);
	tunnel_init(&play.tunnel, &proxy, script->host, 443, NULL);
	play_parts(&play, script->says, chunk);
	ok(play.over, "%s, by %zu: ends", script->name, chunk);
	ok(play.n_heard == script->heard.len && memcmp(play.heard,
	    script->heard.data, play.n_heard) == 0, "says what it must");
	is_int(play.err.kind, script->text == NULL ? ERR_NONE : ERR_PROXY,
	    "kind");
	is_str(play.err.text, script->text == NULL ? "" : script->text,
	    "text");
	if (script->rest != NULL) {
		(void)recv(play.ends[0], rest, sizeof(rest) - 1, 0);
		is_str(rest, script->rest, "the rest is the server's");
	}
	tunnel_release(&play.tunnel);
	proxy_release(&proxy);
	close(play.ends[0]);
	close(play.ends[1]);
}

/* An endless header, endless interim answers, a name that does not fit. */
static void
test_limits(void)
{
	struct err err = ERR_INIT;
	struct tunnel tunnel;
	struct proxy proxy;
	int ends[2], i;
	char line[1024], name[300];

	proxy_parse("http://p", &proxy, NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
		bail("no socketpair");
	tunnel_init(&tunnel, &proxy, "h", 1, NULL);
	memset(line, 'H', sizeof(line));
	memcpy(line, "HTTP/", 5);
	for (i = 0; i < 17; i++)
		(void)send(ends[1], line, sizeof(line), 0);
	is_int(tunnel_run(&tunnel, ends[0], &err), STEP_DONE, "it ends");
	is_str(err.text, "answers with a header over 16384 octets",
	    "an endless header");
	tunnel_release(&tunnel);
	while (recv(ends[0], line, sizeof(line), 0) > 0)
		continue;
	tunnel_init(&tunnel, &proxy, "h", 1, NULL);
	for (i = 0; i < 20; i++)
		(void)send(ends[1], "HTTP/1.1 100 a\r\n\r\n", 18, 0);
	err_clear(&err);
	tunnel_run(&tunnel, ends[0], &err);
	is_str(err.text, "sends nothing but interim answers", "1xx for ever");
	tunnel_release(&tunnel);
	memset(name, 'a', sizeof(name));
	name[256] = '\0';
	tunnel_init(&tunnel, &proxy, name, 1, NULL);
	err_clear(&err);
	tunnel_run(&tunnel, ends[0], &err);
	is_str(err.text, "the target's name is longer than 255 octets",
	    "a long name");
	tunnel_release(&tunnel);
	proxy_release(&proxy);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	size_t i;

	test_urls();
	test_long_credentials();
	test_bypass();
	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		play_script(&scripts[i], 1000);
		play_script(&scripts[i], 1);
	}
	test_limits();
	return tap_done();
}
