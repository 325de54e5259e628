/* SPDX-License-Identifier: ISC */
/*
 * Whole sessions over loopback: every way in which one can end, with its
 * phase, its words and its deadline.
 */
#include "net_peer.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "net/session.h"
#include "net/starttls.h"

struct env {
	struct session_env session;
	struct proxy proxy;
};

struct outcome {
	unsigned finished;
	struct err err;
	enum phase phase;
	char peer[64];
	size_t n_chain;
	const char *version;
	bool times_ok;
	int64_t took_ms;
};

static void
env_init(struct env *env)
{
	struct tls_options options = { .version_min = 0 };
	struct session_env *session = &env->session;

	memset(env, 0, sizeof(*env));
	session->loop = loop_new(NULL);
	if (session->loop == NULL)
		bail("no loop");
	session->resolver = resolver_new(session->loop, 1, NULL);
	session->tls = tls_context_new(&options, NULL);
	if (session->resolver == NULL || session->tls == NULL)
		bail("no resolver, no context");
}

static void
env_release(struct env *env)
{
	resolver_free(env->session.resolver);
	loop_free(env->session.loop);
	tls_context_free(env->session.tls);
}

static void
finish(struct session *session)
{
	struct outcome *out = session->task.owner;
	struct tls_result result;

	out->finished++;
	out->err = session->error;
	out->phase = session->phase;
	memcpy(out->peer, session->peer, sizeof(out->peer));
	out->times_ok = session->start_ms <= session->resolved_ms &&
	    session->resolved_ms <= session->connected_ms &&
	    session->connected_ms <= session->secured_ms &&
	    session->secured_ms <= session->end_ms;
	out->took_ms = session->end_ms - session->start_ms;
	if (session->tls != NULL) {
		tls_result(session->tls, &result);
		out->n_chain = result.n_chain;
		out->version = result.version_name;
	}
	session_free(session);
}

/* One session, at most ms long. */
static struct outcome
visit(const struct env *env, const struct session_params *params, int64_t ms,
    const volatile int *cancel)
{
	struct outcome out = { .finished = 0 };
	struct err err = ERR_INIT;

	if (session_new(&env->session, params, finish, &out, &err) == NULL)
		bail("no session: %s", err.text);
	loop_run(env->session.loop, clock_mono_ms() + ms, cancel, NULL);
	is_uint(out.finished, 1, "it finishes once");
	return out;
}

static void
is_end(const struct outcome *out, enum phase phase, enum err_kind kind,
    const char *text)
{
	is_int(out->phase, phase, "phase %s", phase_name(out->phase));
	is_int(out->err.kind, kind, "kind");
	is_str(out->err.text, text, "text");
}

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
serve_reset(struct peer *peer, int fd)
{
	struct linger linger = { 1, 0 };

	(void)peer_wait(peer, fd);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
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

/* ---- STARTTLS ---- */

static void
say(int fd, const char *text)
{
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static bool
hear(int fd, const char *word)
{
	char in[512];
	ssize_t n = recv(fd, in, sizeof(in) - 1, 0);

	in[n > 0 ? n : 0] = '\0';
	return strstr(in, word) != NULL;
}

/* arg: what is sent behind the go-ahead. */
static void
serve_smtp(struct peer *peer, int fd)
{
	const char *more = peer->arg;

	say(fd, "220 mail\r\n");
	if (!hear(fd, "EHLO"))
		return;
	say(fd, "250-mail\r\n250 STARTTLS\r\n");
	if (!hear(fd, "STARTTLS"))
		return;
	say(fd, more == NULL ? "220 go\r\n" : more);
	if (more == NULL || strncmp(more, "220", 3) == 0)
		peer_serve_tls(peer, fd);
}

static void
serve_silent_smtp(struct peer *peer, int fd)
{
	say(fd, "220-mail\r\n");
	(void)peer_sleep(peer, 20000);
}

static void
test_starttls(const struct env *env, X509 *cert)
{
	struct peer peer = { .serve = serve_smtp };
	struct session_params params = { .host = "127.0.0.1",
		.starttls = STARTTLS_SMTP };
	static char injected[] = "220 go\r\n250 injected\r\n";
	static char refused[] = "454 not now\r\n";
	struct outcome out;

	peer.shared = peer_context(cert);
	peer_start(&peer);
	params.port = peer.port;
	out = visit(env, &params, 10000, NULL);
	is_end(&out, PHASE_DONE, ERR_NONE, "");
	is_uint(out.n_chain, 1, "a chain");
	peer_stop(&peer);

	peer.shared = peer_context(cert);
	peer.arg = injected;
	peer_start(&peer);
	params.port = peer.port;
	out = visit(env, &params, 10000, NULL);
	is_int(out.err.kind, ERR_INJECTION, "injection: %s", out.err.text);
	is_int(out.phase, PHASE_STARTTLS, "in STARTTLS");
	peer_stop(&peer);

	peer.arg = refused;
	peer_start(&peer);
	params.port = peer.port;
	out = visit(env, &params, 10000, NULL);
	is_int(out.err.kind, ERR_STARTTLS, "refused: %s", out.err.text);
	peer_stop(&peer);

	peer.serve = serve_silent_smtp;
	peer_start(&peer);
	params.port = peer.port;
	out = visit(env, &params, 100, NULL);
	is_end(&out, PHASE_STARTTLS, ERR_TIMEOUT, "timed out in STARTTLS");
	peer_stop(&peer);

	peer.serve = serve_reset;
	peer_start(&peer);
	params.port = peer.port;
	params.starttls = STARTTLS_POSTGRES;
	out = visit(env, &params, 10000, NULL);
	is_end(&out, PHASE_STARTTLS, ERR_CONNECT,
	    "connection reset in STARTTLS");
	peer_stop(&peer);
}

/* ---- TDS ---- */

/* Takes packets apart and puts the handshake into the BIO. */
static bool
tds_hear(int fd, BIO *in)
{
	static const size_t header_len = 8;
	uint8_t data[8192];
	size_t len;

	if (recv(fd, data, header_len, MSG_WAITALL) != (ssize_t)header_len)
		return false;
	len = ((size_t)data[2] << 8 | data[3]) - header_len;
	if (len > sizeof(data) ||
	    recv(fd, data, len, MSG_WAITALL) != (ssize_t)len)
		return false;
	if (in != NULL)
		BIO_write(in, data, (int)len);
	return true;
}

static void
tds_say(int fd, uint8_t type, const uint8_t *data, size_t len)
{
	uint8_t packet[8 + 1000] = { type, 1, (uint8_t)((len + 8) >> 8),
		(uint8_t)((len + 8) & 0xff) };

	memcpy(packet + 8, data, len);
	(void)send(fd, packet, len + 8, MSG_NOSIGNAL);
}

static void
serve_tds(struct peer *peer, int fd)
{
	/* VERSION and ENCRYPTION = ENCRYPT_ON. */
	static const uint8_t prelogin[] = { 0, 0, 11, 0, 6, 1, 0, 17, 0, 1,
		0xff, 16, 0, 0, 0, 0, 0, 1 };
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	SSL *conn = SSL_new(peer->shared);
	uint8_t data[700];
	int len;

	BIO_set_mem_eof_return(in, -1);
	SSL_set_bio(conn, in, out);
	if (tds_hear(fd, NULL))
		tds_say(fd, 0x04, prelogin, sizeof(prelogin));
	while (SSL_accept(conn) != 1) {
		while ((len = BIO_read(out, data, sizeof(data))) > 0)
			tds_say(fd, 0x12, data, (size_t)len);
		if (!tds_hear(fd, in))
			break;
	}
	while ((len = BIO_read(out, data, sizeof(data))) > 0)
		tds_say(fd, 0x12, data, (size_t)len);
	(void)peer_wait(peer, fd);
	SSL_free(conn);
	ERR_clear_error();
}

static void
test_tds(const struct env *env, X509 *cert)
{
	struct peer peer = { .serve = serve_tds };
	struct session_params params = { .host = "127.0.0.1",
		.starttls = STARTTLS_MSSQL };
	struct outcome out;
	int version;

	for (version = 0x0303; version <= 0x0304; version++) {
		peer.shared = peer_context(cert);
		SSL_CTX_set_max_proto_version(peer.shared, version);
		peer_start(&peer);
		params.port = peer.port;
		out = visit(env, &params, 10000, NULL);
		is_end(&out, PHASE_DONE, ERR_NONE, "");
		is_uint(out.n_chain, 1, "a chain in TDS packets");
		peer_stop(&peer);
	}
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
	test_starttls(&env, cert);
	test_tds(&env, cert);
	test_proxy(&env, cert);
	test_memory(&env);
	X509_free(cert);
	EVP_PKEY_free(peer_key());
	env_release(&env);
	return tap_done();
}
