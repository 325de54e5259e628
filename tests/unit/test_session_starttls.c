/* SPDX-License-Identifier: ISC */
/* Sessions with a dialogue before the handshake, and TDS packets around it. */
#include "net_session.h"

#include "base/alloc.h"
#include "net/starttls.h"

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

/* Each allocation of a whole session fails once. */
static void
test_memory_within(const struct env *env, X509 *cert)
{
	struct peer peer = { .serve = serve_smtp };
	struct session_params params = { .host = "127.0.0.1",
		.starttls = STARTTLS_SMTP };
	struct outcome out = { .finished = 0 };
	unsigned long nth;

	peer.shared = peer_context(cert);
	peer_start(&peer);
	params.port = peer.port;
	for (nth = 4; nth < 50; nth++) {
		mem_fail_at(nth, 0);
		out = visit(env, &params, 10000, NULL);
		mem_fail_at(0, 0);
		if (out.err.kind == ERR_NONE)
			break;
		is_int(out.err.kind, ERR_NOMEM, "allocation %lu: %s", nth,
		    out.err.text);
	}
	ok(nth > 5 && nth < 50, "all of them were tried");
	peer_stop(&peer);
}

int
main(void)
{
	struct env env;
	X509 *cert;

	signal(SIGPIPE, SIG_IGN);
	env_init(&env);
	cert = peer_cert(1);
	test_starttls(&env, cert);
	test_tds(&env, cert);
	test_memory_within(&env, cert);
	X509_free(cert);
	EVP_PKEY_free(peer_key());
	env_release(&env);
	return tap_done();
}
