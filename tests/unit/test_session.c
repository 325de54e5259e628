/* SPDX-License-Identifier: ISC */
/*
 * Whole sessions over loopback: every way in which one can end, with its
 * phase, its words and its deadline.
 */
#include "net_session.h"

#include "base/alloc.h"

static void
test_good(const struct env *env, X509 *cert)
{
	struct peer peer = { .serve = peer_serve_tls };
	struct session_params params = { .sni = "a.test" };
	struct address fixed;
	struct outcome out;

	peer.shared = peer_context(cert);
	peer_start(&peer);
	params.port = peer.port;
	params.host = "127.0.0.1";
	out = visit(env, &params, 10000, NULL);
	is_end(&out, PHASE_DONE, ERR_NONE, "");
	is_str(out.peer, "127.0.0.1", "peer");
	is_uint(out.n_chain, 1, "a chain");
	ok(out.times_ok, "times are in order");
	params.host = "localhost";
	out = visit(env, &params, 10000, NULL);
	is_end(&out, PHASE_DONE, ERR_NONE, "");
	params.host = "nobody.invalid";
	params.address = "127.0.0.1";
	out = visit(env, &params, 10000, NULL);
	is_end(&out, PHASE_DONE, ERR_NONE, "");
	params.address = NULL;
	resolve_literal("127.0.0.1", peer.port, &fixed);
	params.fixed = &fixed;
	out = visit(env, &params, 10000, NULL);
	is_end(&out, PHASE_DONE, ERR_NONE, "");
	peer_stop(&peer);
}

static void
test_names(const struct env *env)
{
	struct session_params params = { .host = "no name", .port = 1 };
	struct env other = *env;
	struct outcome out;

	out = visit(env, &params, 10000, NULL);
	is_end(&out, PHASE_RESOLVE, ERR_RESOLVE, "no name: not a host name");
	other.session.family = AF_INET;
	params.host = "::1";
	out = visit(&other, &params, 10000, NULL);
	is_end(&out, PHASE_RESOLVE, ERR_RESOLVE,
	    "::1 is not an IPv4 address");
}

/* A port that is closed: nobody else can get it while we hold it bound. */
static int
closed_port(uint16_t *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) != 0)
		bail("cannot bind");
	*port = ntohs(sin.sin_port);
	return fd;
}

static void
test_refused(const struct env *env)
{
	struct session_params params = { .host = "127.0.0.1" };
	char want[128];
	int fd = closed_port(&params.port);
	struct outcome out = visit(env, &params, 10000, NULL);

	snprintf(want, sizeof(want),
	    "connect to 127.0.0.1 port %u: Connection refused", params.port);
	is_end(&out, PHASE_CONNECT, ERR_CONNECT, want);
	is_int(out.err.sys, ECONNREFUSED, "errno");
	is_str(out.peer, "", "no peer");
	close(fd);
}

/* A backlog that is full: connections stay half open. */
static void
test_black_hole(const struct env *env)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct session_params params = { .host = "127.0.0.1" };
	int listener = peer_listen(&params.port), fill[4];
	struct outcome out;
	unsigned i;

	listen(listener, 0);
	sin.sin_port = htons(params.port);
	for (i = 0; i < 4; i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fill[i], (struct sockaddr *)&sin, sizeof(sin));
	}
	out = visit(env, &params, 100, NULL);
	is_end(&out, PHASE_CONNECT, ERR_TIMEOUT, "timed out in connect");
	ok(out.took_ms >= 90 && out.took_ms < 1000, "at the deadline");
	params.connect_ms = 50;
	out = visit(env, &params, 10000, NULL);
	is_end(&out, PHASE_CONNECT, ERR_TIMEOUT, "timed out in connect");
	ok(out.took_ms >= 50 && out.took_ms < 1000, "at its own limit");
	for (i = 0; i < 4; i++)
		close(fill[i]);
	close(listener);
}

static void
serve_nothing(struct peer *peer, int fd)
{
	(void)fd;
	(void)peer_sleep(peer, 20000);
}

/* The beginning of an endless handshake message, slowly. */
static void
serve_drip(struct peer *peer, int fd)
{
	static const char record[] = "\x16\x03\x03\x40\0\2\0\x3f\xfc";
	size_t i = 0;

	while (peer_sleep(peer, 10) && send(fd, record + i, 1,
	    MSG_NOSIGNAL) == 1)
		i += i < 8;
}

static void
serve_banner(struct peer *peer, int fd)
{
	(void)send(fd, "220 mail\r\n", 10, MSG_NOSIGNAL);
	(void)peer_sleep(peer, 20000);
}

static void
test_handshake_failures(const struct env *env)
{
	static const struct {
		void (*serve)(struct peer *peer, int fd);
		int64_t ms;
		enum err_kind kind;
		const char *text;
	} rows[] = {
		{ serve_nothing, 150, ERR_TIMEOUT,
		    "timed out in TLS handshake" },
		{ serve_drip, 150, ERR_TIMEOUT,
		    "timed out in TLS handshake" },
		{ serve_reset, 10000, ERR_CONNECT,
		    "connection reset in TLS handshake" },
		{ serve_banner, 10000, ERR_PLAINTEXT,
		    "the server answers in plain text: \"220 mail\"" },
	};
	struct session_params params = { .host = "127.0.0.1" };
	struct peer peer;
	struct outcome out;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&peer, 0, sizeof(peer));
		peer.serve = rows[i].serve;
		peer_start(&peer);
		params.port = peer.port;
		out = visit(env, &params, rows[i].ms, NULL);
		is_end(&out, PHASE_HANDSHAKE, rows[i].kind, rows[i].text);
		ok(out.took_ms < rows[i].ms + 1000, "in time");
		peer_stop(&peer);
	}
}

static void
test_cancel(const struct env *env)
{
	struct session_params params = { .host = "127.0.0.1", .port = 1 };
	volatile int cancel = 1;
	struct outcome out = visit(env, &params, 10000, &cancel);

	is_end(&out, PHASE_RESOLVE, ERR_CANCELLED,
	    "stopped in name resolution");
}

/* ---- proxies ---- */

/* CONNECT, then the server is behind it; arg: another answer. */
static void
serve_proxy(struct peer *peer, int fd)
{
	if (!hear(fd, "CONNECT nobody.invalid:443 "))
		return;
	say(fd, peer->arg != NULL ? peer->arg : "HTTP/1.1 200 OK\r\n\r\n");
	if (peer->arg == NULL)
		peer_serve_tls(peer, fd);
}

static void
test_proxy(const struct env *base, X509 *cert)
{
	static char forbidden[] = "HTTP/1.1 403 Forbidden\r\n\r\n";
	struct session_params params = { .host = "nobody.invalid",
		.port = 443 };
	struct peer peer = { .serve = serve_proxy };
	struct env env = *base;
	char url[64], want[128];
	struct outcome out;
	int fd;

	env.session.proxy = &env.proxy;
	env.session.no_proxy = "other.test";
	peer.shared = peer_context(cert);
	peer_start(&peer);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", peer.port);
	proxy_parse(url, &env.proxy, NULL);
	out = visit(&env, &params, 10000, NULL);
	is_end(&out, PHASE_DONE, ERR_NONE, "");
	is_str(out.peer, "", "the proxy alone knows the address");
	peer_stop(&peer);
	proxy_release(&env.proxy);

	peer.arg = forbidden;
	peer_start(&peer);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", peer.port);
	snprintf(want, sizeof(want), "proxy 127.0.0.1:%u: refuses the "
	    "connection: 403 Forbidden", peer.port);
	proxy_parse(url, &env.proxy, NULL);
	out = visit(&env, &params, 10000, NULL);
	is_end(&out, PHASE_PROXY, ERR_PROXY, want);
	peer_stop(&peer);
	proxy_release(&env.proxy);

	peer.serve = serve_nothing;
	peer_start(&peer);
	snprintf(url, sizeof(url), "socks5h://127.0.0.1:%u", peer.port);
	proxy_parse(url, &env.proxy, NULL);
	out = visit(&env, &params, 100, NULL);
	is_end(&out, PHASE_PROXY, ERR_TIMEOUT, "timed out in proxy");
	peer_stop(&peer);
	proxy_release(&env.proxy);

	fd = closed_port(&peer.port);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", peer.port);
	snprintf(want, sizeof(want), "proxy 127.0.0.1:%u: connect to "
	    "127.0.0.1 port %u: Connection refused", peer.port, peer.port);
	proxy_parse(url, &env.proxy, NULL);
	out = visit(&env, &params, 10000, NULL);
	is_end(&out, PHASE_PROXY, ERR_PROXY, want);
	env.session.no_proxy = "invalid";
	params.address = "127.0.0.1";
	params.port = peer.port;
	out = visit(&env, &params, 10000, NULL);
	is_int(out.phase, PHASE_CONNECT, "an exception: no proxy");
	proxy_release(&env.proxy);
	close(fd);
}

static void
test_memory(const struct env *env)
{
	struct session_params params = { .host = "127.0.0.1", .port = 1 };
	struct err err = ERR_INIT;
	unsigned long nth;

	for (nth = 1; nth <= 3; nth++) {
		mem_fail_at(nth, 0);
		ok(session_new(&env->session, &params, finish, NULL, &err) ==
		    NULL, "allocation %lu fails", nth);
		is_int(err.kind, ERR_NOMEM, "and says so");
	}
	mem_fail_at(0, 0);
	is_uint(loop_active(env->session.loop), 0, "nothing was started");
}

int
main(void)
{
	struct env env;
	X509 *cert;

	signal(SIGPIPE, SIG_IGN);
	env_init(&env);
	cert = peer_cert(1);
	test_good(&env, cert);
	test_names(&env);
	test_refused(&env);
	test_black_hole(&env);
	test_handshake_failures(&env);
	test_cancel(&env);
	test_proxy(&env, cert);
	test_memory(&env);
	X509_free(cert);
	EVP_PKEY_free(peer_key());
	env_release(&env);
	return tap_done();
}
