/* SPDX-License-Identifier: ISC */
/*
 * Handshakes over a socketpair with OpenSSL's own server in a thread, and
 * with peers that are no server at all.
 */
#include "net_peer.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "net/tls.h"

struct outcome {
	enum step step;			/* STEP_DONE unless it took too long */
	struct err err;
	struct tls *tls;
	struct tls_result result;
};

static void
shake(struct outcome *out, struct tls_context *context,
    const struct tls_params *params)
{
	int64_t end = clock_mono_ms() + 20000;
	struct pollfd poll_fd = { params->fd, 0, 0 };

	memset(out, 0, sizeof(*out));
	out->tls = tls_new(context, params, &out->err);
	out->step = STEP_DONE;
	if (out->tls == NULL)
		return;
	while ((out->step = tls_handshake(out->tls, &out->err)) !=
	    STEP_DONE && clock_mono_ms() < end) {
		poll_fd.events = out->step == STEP_READ ? POLLIN : POLLOUT;
		(void)poll(&poll_fd, 1, 1000);
	}
	tls_result(out->tls, &out->result);
	is_int(out->step, STEP_DONE, "it ends");
}

/* One handshake with a peer; the outcome's tls is the caller's. */
static void
shake_with(struct peer *peer, const struct tls_options *options,
    const char *alpn, struct outcome *out)
{
	struct tls_context *context = tls_context_new(options, NULL);
	struct tls_params params = { .sni = "a.test", .alpn = alpn };

	if (context == NULL)
		bail("no context");
	params.fd = peer_start_pair(peer);
	shake(out, context, &params);
	tls_close(out->tls);
	close(params.fd);
	peer_stop(peer);
	tls_context_free(context);
}

static void
is_leaf(const struct outcome *out, X509 *cert, const char *name)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);

	is_uint(out->result.n_chain, 1, "%s: one certificate", name);
	ok(out->result.n_chain == 1 && bytes_eq(out->result.chain[0],
	    bytes_of(der, (size_t)len)), "%s: as it was sent", name);
	OPENSSL_free(der);
}

static void
test_versions(X509 *cert)
{
	static const struct {
		int version;
		const char *name;
	} rows[] = {
		{ 0x0301, "TLSv1" }, { 0x0302, "TLSv1.1" },
		{ 0x0303, "TLSv1.2" }, { 0x0304, "TLSv1.3" },
	};
	struct tls_options options = { .version_min = 0 };
	struct peer peer = { .serve = peer_serve_tls };
	struct outcome out;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		peer.shared = peer_context(cert);
		SSL_CTX_set_max_proto_version(peer.shared, rows[i].version);
		shake_with(&peer, &options, NULL, &out);
		is_int(out.err.kind, ERR_NONE, "%s: %s", rows[i].name,
		    out.err.text);
		is_str(out.result.version_name, rows[i].name, "version");
		is_int(out.result.version, rows[i].version, "its number");
		ok(out.result.cipher != NULL, "a cipher suite");
		ok(out.result.secure_renegotiation, "safe renegotiation");
		is_leaf(&out, cert, rows[i].name);
		tls_free(out.tls);
	}
	options.version_min = 0x0304;
	peer.shared = peer_context(cert);
	SSL_CTX_set_max_proto_version(peer.shared, 0x0303);
	shake_with(&peer, &options, NULL, &out);
	is_int(out.err.kind, ERR_TLS, "no common version");
	is_str(out.err.text, "server sent alert protocol_version (70)",
	    "is said by the server");
	is_uint(out.result.n_chain, 0, "no chain");
	is_str(out.result.version_name, NULL, "no version");
	tls_free(out.tls);
}

static int
choose_alpn(SSL *conn, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *arg)
{
	(void)conn;
	(void)arg;
	return SSL_select_next_proto((unsigned char **)(uintptr_t)out,
	    out_len, (const unsigned char *)"\3foo", 4, in, in_len) ==
	    OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK :
	    SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void
test_alpn(X509 *cert)
{
	struct tls_options options = { .version_min = 0 };
	struct peer peer = { .serve = peer_serve_tls };
	struct tls_context *context = tls_context_new(&options, NULL);
	struct tls_params params = { .fd = -1, .alpn = "a,,b" };
	struct err err = ERR_INIT;
	struct outcome out;

	peer.shared = peer_context(cert);
	SSL_CTX_set_alpn_select_cb(peer.shared, choose_alpn, NULL);
	shake_with(&peer, &options, "h2,foo", &out);
	ok(bytes_eq(out.result.alpn, bytes_str("foo")), "ALPN is agreed on");
	tls_free(out.tls);
	peer.shared = peer_context(cert);
	SSL_CTX_set_alpn_select_cb(peer.shared, choose_alpn, NULL);
	shake_with(&peer, &options, "h2", &out);
	is_str(out.err.text, "server sent alert no_application_protocol (120)",
	    "or not");
	tls_free(out.tls);
	ok(tls_new(context, &params, &err) == NULL, "a bad list");
	is_str(err.text, "ALPN: not a list of protocol names: a,,b",
	    "is refused");
	tls_context_free(context);
}

static int
give_staple(SSL *conn, void *arg)
{
	unsigned char *copy = OPENSSL_memdup("staple", 6);

	(void)arg;
	SSL_set_tlsext_status_ocsp_resp(conn, copy, 6);
	return SSL_TLSEXT_ERR_OK;
}

static void
test_staple(X509 *cert)
{
	struct tls_options options = { .want_staple = true };
	struct peer peer = { .serve = peer_serve_tls };
	struct outcome out;
	int version;

	for (version = 0x0303; version <= 0x0304; version++) {
		peer.shared = peer_context(cert);
		SSL_CTX_set_max_proto_version(peer.shared, version);
		SSL_CTX_set_tlsext_status_cb(peer.shared, give_staple);
		shake_with(&peer, &options, NULL, &out);
		ok(bytes_eq(out.result.staples[0], bytes_str("staple")),
		    "a staple in %x", (unsigned)version);
		tls_free(out.tls);
	}
}

static char *
pem_of(X509 *cert, EVP_PKEY *key, const char *password, struct bytes *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	long len;

	if (cert != NULL)
		PEM_write_bio_X509(bio, cert);
	if (key != NULL && password != NULL)
		PEM_write_bio_PrivateKey_traditional(bio, key,
		    EVP_aes_256_cbc(), (const unsigned char *)password,
		    (int)strlen(password), NULL, NULL);
	else if (key != NULL)
		PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	len = BIO_get_mem_data(bio, &data);
	data = mem_dup(data, (size_t)len);
	*out = bytes_of(data, (size_t)len);
	BIO_free(bio);
	return data;
}

static int
accept_any(int preverified, X509_STORE_CTX *store)
{
	(void)preverified;
	(void)store;
	return 1;
}

/* Servers that ask for a certificate, and insist or not. */
static void
test_client(X509 *cert)
{
	struct tls_options none = { .version_min = 0 }, with = none;
	struct peer peer = { .serve = peer_serve_tls };
	char *pem = pem_of(cert, peer_key(), NULL, &with.client_cert);
	struct outcome out;
	int version, insist, mode;

	for (version = 0x0303; version <= 0x0304; version++)
		for (insist = 0; insist < 3; insist++) {
			mode = SSL_VERIFY_PEER | (insist == 0 ? 0 :
			    SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
			peer.shared = peer_context(cert);
			SSL_CTX_set_max_proto_version(peer.shared, version);
			SSL_CTX_set_verify(peer.shared, mode, accept_any);
			shake_with(&peer, insist == 2 ? &with : &none, NULL,
			    &out);
			if (version == 0x0303 && insist == 1)
				is_str(out.err.text, "server sent alert "
				    "handshake_failure (40)",
				    "TLS 1.2 insists");
			else
				is_int(out.err.kind, ERR_NONE, "%s",
				    out.err.text);
			ok(out.result.client_cert_asked, "it asked");
			is_leaf(&out, cert, "and showed its own");
			tls_free(out.tls);
		}
	mem_free(pem);
}

static void
is_refused(struct tls_options *options, enum err_kind kind, const char *text)
{
	struct err err = ERR_INIT;

	ok(tls_context_new(options, &err) == NULL, "refused");
	is_int(err.kind, kind, "kind");
	is_str(err.text, text, "text");
}

static void
test_client_files(X509 *cert)
{
	struct tls_options options = { .version_min = 0 };
	struct tls_context *context;
	EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	struct bytes certs, key, locked, wrong;
	char *pems[4];

	pems[0] = pem_of(cert, NULL, NULL, &certs);
	pems[1] = pem_of(NULL, peer_key(), NULL, &key);
	pems[2] = pem_of(NULL, peer_key(), "secret", &locked);
	pems[3] = pem_of(NULL, other, NULL, &wrong);
	options.client_key = key;
	is_refused(&options, ERR_USAGE,
	    "client key without a client certificate");
	options.client_cert = key;
	is_refused(&options, ERR_SYNTAX,
	    "client certificate: no certificate in PEM");
	options.client_cert = certs;
	options.client_key = certs;
	is_refused(&options, ERR_SYNTAX,
	    "client key: no private key in PEM");
	options.client_key = wrong;
	is_refused(&options, ERR_USAGE,
	    "client key does not belong to the client certificate");
	options.client_key = locked;
	is_refused(&options, ERR_PASSWORD, "client key needs a password");
	options.password = "wrong";
	is_refused(&options, ERR_PASSWORD, "client key: wrong password");
	options.password = "secret";
	context = tls_context_new(&options, NULL);
	ok(context != NULL, "traditional encryption with the password");
	tls_context_free(context);
	mem_free(pems[0]);
	mem_free(pems[1]);
	mem_free(pems[2]);
	mem_free(pems[3]);
	EVP_PKEY_free(other);
}

static void
test_many_names(void)
{
	struct tls_options options = { .version_min = 0 };
	struct peer peer = { .serve = peer_serve_tls };
	X509 *cert = peer_cert(10000);
	struct outcome out;

	peer.shared = peer_context(cert);
	shake_with(&peer, &options, NULL, &out);
	is_str(out.err.text, "", "10,000 names");
	is_leaf(&out, cert, "all of them");
	tls_free(out.tls);
	X509_free(cert);
}

/* Sends arg, once it has heard something, and says no more. */
static void
serve_text(struct peer *peer, int fd)
{
	const struct bytes *text = peer->arg;
	char drain[4096];

	(void)recv(fd, drain, sizeof(drain), 0);
	(void)send(fd, text->data, text->len, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while (recv(fd, drain, sizeof(drain), 0) > 0)
		continue;
}

/* Has said it before anything comes, and is gone. */
static void
serve_farewell(struct peer *peer, int fd)
{
	const struct bytes *text = peer->arg;

	(void)send(fd, text->data, text->len, MSG_NOSIGNAL);
}

static void
test_strangers(void)
{
	static const struct {
		const char *name, *says;
		size_t len;
		enum err_kind kind;
		const char *text;
	} rows[] = {
		{ "SMTP", "220 mail ESMTP\r\n250 x\r\n", 23, ERR_PLAINTEXT,
		    "the server answers in plain text: \"220 mail ESMTP\"" },
		{ "HTTP", "HTTP/1.1 400 Bad|Request\r\n\r\n", 28,
		    ERR_PLAINTEXT, "the server answers in plain text: "
		    "\"HTTP/1.1 400 Bad\\x7cRequest\"" },
		{ "two letters", "no", 2, ERR_PLAINTEXT,
		    "the server answers in plain text: \"no\"" },
		{ "MySQL", "J\0\0\0\n8.0", 8, ERR_PLAINTEXT,
		    "the server does not speak TLS, its answer begins "
		    "\"J\\x00\\x00\\x00\\x0a8.0\"" },
		{ "alert", "\x15\x03\x03\0\2\2\x28", 7, ERR_TLS,
		    "server sent alert handshake_failure (40)" },
		{ "unknown alert", "\x15\x03\x03\0\2\2\xc8", 7, ERR_TLS,
		    "server sent alert of an unknown kind (200)" },
		{ "nothing", "", 0, ERR_TLS,
		    "connection closed in TLS handshake" },
		{ "half a record", "\x16\x03\x03\0\x40\2", 6, ERR_TLS,
		    "connection closed in TLS handshake" },
		{ "application data", "\x17\x03\x03\0\1x", 6, ERR_TLS, NULL },
	};
	struct tls_options options = { .version_min = 0 };
	struct peer peer = { .serve = serve_text };
	struct outcome out;
	struct bytes says;
	size_t i;

	peer.arg = &says;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		says = bytes_of(rows[i].says, rows[i].len);
		shake_with(&peer, &options, NULL, &out);
		is_int(out.err.kind, rows[i].kind, "%s", rows[i].name);
		if (rows[i].text != NULL)
			is_str(out.err.text, rows[i].text, "text");
		tls_free(out.tls);
	}
	peer.serve = serve_farewell;
	says = bytes_str("500 too busy\r\n");
	shake_with(&peer, &options, NULL, &out);
	is_str(out.err.text,
	    "the server answers in plain text: \"500 too busy\"",
	    "the last words of a server that does not listen");
	tls_free(out.tls);
}

/* The server's certificate, with one octet changed on its way: the version of
 * the structure, which OpenSSL refuses to read. */
static void
serve_broken(struct peer *peer, int fd)
{
	SSL *conn = SSL_new(peer->shared);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	char data[16384];
	ssize_t n;
	int len, i;

	SSL_set_bio(conn, in, out);
	while (SSL_accept(conn) != 1) {
		len = BIO_read(out, data, sizeof(data));
		for (i = 0; i + 5 < len; i++)
			if (memcmp(data + i, "\xa0\3\2\1\2", 5) == 0)
				data[i + 2] = 4;
		if (len > 0)
			(void)send(fd, data, (size_t)len, MSG_NOSIGNAL);
		n = recv(fd, data, sizeof(data), 0);
		if (n <= 0)
			break;
		BIO_write(in, data, (int)n);
	}
	SSL_free(conn);
	ERR_clear_error();
}

static void
test_broken(X509 *cert)
{
	struct tls_options options = { .version_max = 0x0303 };
	struct peer peer = { .serve = serve_broken };
	unsigned char *der = NULL;
	struct outcome out;
	int len = i2d_X509(cert, &der);

	peer.shared = peer_context(cert);
	shake_with(&peer, &options, NULL, &out);
	is_int(out.err.kind, ERR_TLS, "a broken certificate: %s",
	    out.err.text);
	is_uint(out.result.n_chain, 1, "is known even so");
	is_uint(out.result.chain[0].len, (size_t)len, "in whole");
	is_str(out.result.version_name, "TLSv1.2", "and the version");
	tls_free(out.tls);
	OPENSSL_free(der);
}

/* For ever the same harmless record. */
static void
serve_flood(struct peer *peer, int fd)
{
	static const char hello_request[] = "\x16\x03\x01\0\4\0\0\0\0";
	char data[9 * 1000];
	size_t i;

	(void)peer;
	for (i = 0; i < sizeof(data); i++)
		data[i] = hello_request[i % 9];
	while (send(fd, data, sizeof(data), MSG_NOSIGNAL) > 0)
		continue;
}

static void
test_flood(void)
{
	struct tls_options options = { .version_min = 0 };
	struct peer peer = { .serve = serve_flood };
	struct outcome out;

	shake_with(&peer, &options, NULL, &out);
	is_int(out.err.kind, ERR_TLS, "a flood ends: %s", out.err.text);
	tls_free(out.tls);
}

/* A transport of our own: an octet per call, and "not now" in between. */
struct slow {
	int fd;
	unsigned calls;
};

static long
slow_read(void *ctx, void *data, size_t len)
{
	struct slow *slow = ctx;

	if (slow->calls++ % 2 == 0 || len == 0) {
		errno = EAGAIN;
		return -1;
	}
	return recv(slow->fd, data, 1, 0);
}

static long
slow_write(void *ctx, const void *data, size_t len)
{
	struct slow *slow = ctx;

	if (slow->calls++ % 2 == 0 || len == 0) {
		errno = EAGAIN;
		return -1;
	}
	return send(slow->fd, data, 1, MSG_NOSIGNAL);
}

static void
test_wrap(X509 *cert)
{
	struct tls_options options = { .version_min = 0 };
	struct tls_context *context = tls_context_new(&options, NULL);
	struct peer peer = { .serve = peer_serve_tls };
	struct slow slow = { -1, 0 };
	struct tls_wrap wrap = { slow_read, slow_write, &slow };
	struct tls_params params = { .wrap = &wrap };
	struct outcome out;

	peer.shared = peer_context(cert);
	params.fd = slow.fd = peer_start_pair(&peer);
	shake(&out, context, &params);
	is_str(out.err.text, "", "an octet at a time");
	is_leaf(&out, cert, "through a wrap");
	close(params.fd);
	tls_free(out.tls);
	peer_stop(&peer);
	tls_context_free(context);
}

int
main(void)
{
	X509 *cert;

	signal(SIGPIPE, SIG_IGN);
	tls_context_free(tls_context_new(&(struct tls_options){ 0 }, NULL));
	cert = peer_cert(1);
	test_versions(cert);
	test_alpn(cert);
	test_staple(cert);
	test_client(cert);
	test_client_files(cert);
	test_many_names();
	test_strangers();
	test_broken(cert);
	test_flood();
	test_wrap(cert);
	X509_free(cert);
	EVP_PKEY_free(peer_key());
	tls_free(NULL);
	tls_close(NULL);
	tls_context_free(NULL);
	return tap_done();
}
