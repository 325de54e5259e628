/* SPDX-License-Identifier: ISC */
/*
 * The handshake, by libssl.  Every octet passes through a BIO of our own, so
 * that we know what the peer said first, whether it closed or reset the
 * connection, and how much it sends.  The chain is taken from the Certificate
 * message as it was sent: libssl may refuse a certificate that still is to be
 * judged.
 */
#include "net/tls.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "net/tls_message.h"

/* More than any handshake takes, but no flood. */
#define RECEIVE_MAX (2 * TLS_MESSAGE_MAX)
/* A full-length exponentiation of this size takes about a tenth of a second.
 */
#define DH_BITS_MAX 8192
#define NO_ALERT UINT_MAX

struct tls_context {
	SSL_CTX *shared;
	BIO_METHOD *transport;
};

struct tls {
	SSL *conn;
	int fd;
	struct tls_wrap wrap;		/* read NULL: none */
	uint8_t first[64];		/* first octets received */
	size_t received;
	int sys;			/* errno of a failed read or write */
	bool eof, finished, no_memory, asked;
	unsigned alert;			/* that ended it, or NO_ALERT */
	struct bytes message;		/* body of Certificate; ours */
	struct bytes status;		/* body of CertificateStatus; ours */
};

/* ---- transport ---- */

static long
tls_receive(struct tls *tls, void *data, size_t len)
{
	if (tls->received >= RECEIVE_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (tls->wrap.read != NULL)
		return tls->wrap.read(tls->wrap.ctx, data, len);
	return recv(tls->fd, data, len, 0);
}

static int
tls_bio_read(BIO *bio, char *data, int len)
{
	struct tls *tls = BIO_get_data(bio);
	size_t n_first;
	long n;

	BIO_clear_retry_flags(bio);
	do
		n = tls_receive(tls, data, (size_t)len);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		BIO_set_retry_read(bio);
		return -1;
	}
	if (n < 0)
		tls->sys = errno;
	if (n <= 0) {
		tls->eof = n == 0;
		return (int)n;
	}
	if (tls->received < sizeof(tls->first)) {
		n_first = sizeof(tls->first) - tls->received;
		if ((size_t)n < n_first)
			n_first = (size_t)n;
		memcpy(tls->first + tls->received, data, n_first);
	}
	tls->received += (size_t)n;
	return (int)n;
}

static int
tls_bio_write(BIO *bio, const char *data, int len)
{
	struct tls *tls = BIO_get_data(bio);
	long n;

	BIO_clear_retry_flags(bio);
	do
		n = tls->wrap.write != NULL ?
		    tls->wrap.write(tls->wrap.ctx, data, (size_t)len) :
		    send(tls->fd, data, (size_t)len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		BIO_set_retry_write(bio);
	else if (n < 0)
		tls->sys = errno;
	return (int)n;
}

static long
tls_bio_ctrl(BIO *bio, int command, long arg, void *data)
{
	const struct tls *tls = BIO_get_data(bio);

	(void)arg;
	(void)data;
	if (command == BIO_CTRL_FLUSH)
		return 1;
	return command == BIO_CTRL_EOF && tls != NULL && tls->eof;
}

static int
tls_bio_create(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

static BIO_METHOD *
tls_bio_method(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "connection");

	if (method != NULL && BIO_meth_set_read(method, tls_bio_read) == 1 &&
	    BIO_meth_set_write(method, tls_bio_write) == 1 &&
	    BIO_meth_set_ctrl(method, tls_bio_ctrl) == 1 &&
	    BIO_meth_set_create(method, tls_bio_create) == 1)
		return method;
	BIO_meth_free(method);
	return NULL;
}

/* ---- what the server says ---- */

static void
tls_keep(struct tls *tls, struct bytes *slot, struct bytes body)
{
	if (slot->data != NULL)
		return;		/* a renegotiation: the first one counts */
	slot->data = mem_dup(body.data, body.len);
	slot->len = slot->data == NULL ? 0 : body.len;
	tls->no_memory |= slot->data == NULL;
}

/* Called by libssl for each message, after decryption and before it is looked
 * into. */
static void
tls_on_message(int sent, int version, int type, const void *data, size_t len,
    SSL *conn, void *arg)
{
	const uint8_t *in = data;
	struct tls *tls = arg;
	struct bytes body;

	(void)version;
	if (sent)
		return;
	if (type == SSL3_RT_ALERT && len == 2) {
		if (in[0] == SSL3_AL_FATAL || in[1] == SSL_AD_CLOSE_NOTIFY ||
		    SSL_version(conn) == TLS1_3_VERSION)
			tls->alert = in[1];
		return;
	}
	if (type != SSL3_RT_HANDSHAKE || len < SSL3_HM_HEADER_LENGTH)
		return;
	body = bytes_of(in + SSL3_HM_HEADER_LENGTH,
	    len - SSL3_HM_HEADER_LENGTH);
	if (in[0] == SSL3_MT_CERTIFICATE)
		tls_keep(tls, &tls->message, body);
	else if (in[0] == SSL3_MT_CERTIFICATE_STATUS)
		tls_keep(tls, &tls->status, body);
	else if (in[0] == SSL3_MT_CERTIFICATE_REQUEST)
		tls->asked = true;
}

/* ---- context ---- */

/* Everything is allowed, and judged later; but no Diffie-Hellman group that
 * keeps us busy beyond the deadline. */
static int
tls_security(const SSL *conn, const SSL_CTX *shared, int op, int bits,
    int nid, void *other, void *arg)
{
	(void)conn;
	(void)shared;
	(void)bits;
	(void)nid;
	(void)arg;
	return op != SSL_SECOP_TMP_DH || other == NULL ||
	    EVP_PKEY_get_bits(other) <= DH_BITS_MAX;
}

struct password {
	const char *text;
	bool wanted;
};

/* Never asks on the terminal. */
static int
tls_password(char *out, int size, int writing, void *arg)
{
	struct password *password = arg;
	size_t len;

	(void)writing;
	password->wanted = true;
	len = password->text == NULL ? 0 : strlen(password->text);
	if (password->text == NULL || len > (size_t)size)
		return -1;
	memcpy(out, password->text, len);
	return (int)len;
}

static int
tls_use_chain(SSL_CTX *shared, struct bytes pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	struct password none = { NULL, false };
	X509 *cert = NULL;
	int ok = 0;

	if (bio != NULL)
		cert = PEM_read_bio_X509(bio, NULL, tls_password, &none);
	if (cert != NULL)
		ok = SSL_CTX_use_certificate(shared, cert);
	X509_free(cert);
	while (ok == 1 && (cert = PEM_read_bio_X509(bio, NULL, tls_password,
	    &none)) != NULL) {
		ok = SSL_CTX_add0_chain_cert(shared, cert) == 1;
		if (ok != 1)
			X509_free(cert);
	}
	BIO_free(bio);
	ERR_clear_error();
	return ok == 1 ? 0 : -1;
}

/* Traditional PEM encryption looks ciphers up in the table that
 * tls_init_library leaves empty. */
static void
tls_add_pem_ciphers(void)
{
	EVP_add_cipher(EVP_aes_128_cbc());
	EVP_add_cipher(EVP_aes_192_cbc());
	EVP_add_cipher(EVP_aes_256_cbc());
	EVP_add_cipher(EVP_des_ede3_cbc());
}

static int
tls_use_key(SSL_CTX *shared, struct bytes pem, const char *text,
    struct err *err)
{
	struct password password = { text, false };
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *key = NULL;
	int ok;

	tls_add_pem_ciphers();
	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, tls_password,
		    &password);
	BIO_free(bio);
	ok = key != NULL && SSL_CTX_use_PrivateKey(shared, key) == 1;
	ERR_clear_error();
	if (ok) {
		EVP_PKEY_free(key);
		return 0;
	}
	if (key != NULL) {
		EVP_PKEY_free(key);
		return err_set(err, ERR_USAGE,
		    "client key does not belong to the client certificate");
	}
	if (password.wanted)
		return err_set(err, ERR_PASSWORD, text == NULL ?
		    "client key needs a password" :
		    "client key: wrong password");
	return err_set(err, ERR_SYNTAX, "client key: no private key in PEM");
}

static int
tls_use_client(SSL_CTX *shared, const struct tls_options *options,
    struct err *err)
{
	struct bytes cert = options->client_cert, key = options->client_key;

	if (cert.len == 0 && key.len == 0)
		return 0;
	if (cert.len == 0)
		return err_set(err, ERR_USAGE,
		    "client key without a client certificate");
	if (key.len == 0)
		key = cert;
	if (cert.len > INT_MAX || key.len > INT_MAX)
		return err_set(err, ERR_LIMIT, "client certificate or key is "
		    "too large");
	if (tls_use_chain(shared, cert) != 0)
		return err_set(err, ERR_SYNTAX,
		    "client certificate: no certificate in PEM");
	return tls_use_key(shared, key, options->password, err);
}

/*
 * Three things that libssl does by itself and a check has no use for; they
 * are a fifth of a handshake's instructions.  What the application or another
 * library has set up before stays.
 * - The configuration file: it may hold a policy for TLS (minimum version,
 *   ciphers, groups), and here every server is to be seen.  Whoever names a
 *   file in OPENSSL_CONF, for another provider say, gets it.
 * - The table of cipher names: only traditional PEM encryption reads it.
 * - The cleanup at exit; a resolver thread may still be running then.
 */
static void
tls_init_library(void)
{
	uint64_t wanted = OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
	    OPENSSL_INIT_NO_ATEXIT;

	if (getenv("OPENSSL_CONF") == NULL)
		wanted |= OPENSSL_INIT_NO_LOAD_CONFIG;
	(void)OPENSSL_init_crypto(wanted, NULL);
}

/* The library's own list in its order, and behind it what old servers may
 * have instead. */
static int
tls_allow_groups(SSL_CTX *shared)
{
#if OPENSSL_VERSION_NUMBER >= 0x30500000L
	return SSL_CTX_set1_groups_list(shared, "DEFAULT:?secp224r1:"
	    "?secp256k1:?brainpoolP256r1:?brainpoolP384r1:?brainpoolP512r1:"
	    "?secp192r1");
#else
	int groups[] = { NID_X25519, NID_X9_62_prime256v1, NID_X448,
		NID_secp521r1, NID_secp384r1, NID_ffdhe2048, NID_ffdhe3072,
		NID_ffdhe4096, NID_ffdhe6144, NID_ffdhe8192, NID_secp224r1,
		NID_secp256k1, NID_brainpoolP256r1, NID_brainpoolP384r1,
		NID_brainpoolP512r1, NID_X9_62_prime192v1 };

	return (int)SSL_CTX_set1_groups(shared, groups,
	    (int)(sizeof(groups) / sizeof(*groups)));
#endif
}

/* No default may stand in the way: distributions build some in. */
static void
tls_allow_all(SSL_CTX *shared, const struct tls_options *options)
{
	uint64_t wanted = SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET |
	    SSL_OP_TLSEXT_PADDING;

#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
	/* The Certificate message is read as it is. */
	wanted |= SSL_OP_NO_RX_CERTIFICATE_COMPRESSION;
#endif
	SSL_CTX_set_options(shared, wanted);
	SSL_CTX_set_verify(shared, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_security_level(shared, 0);
	SSL_CTX_set_security_callback(shared, tls_security);
	SSL_CTX_set_min_proto_version(shared, options->version_min == 0 ?
	    TLS1_VERSION : options->version_min);
	SSL_CTX_set_max_proto_version(shared, options->version_max);
	/* Anonymous suites have no certificate to look at. */
	SSL_CTX_set_cipher_list(shared,
	    "DEFAULT:ALL:COMPLEMENTOFDEFAULT:!aNULL:!eNULL");
	SSL_CTX_set_ciphersuites(shared, "TLS_AES_256_GCM_SHA384:"
	    "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
	    "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256");
	tls_allow_groups(shared);
	SSL_CTX_set_session_cache_mode(shared, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(shared, TLS_MESSAGE_MAX);
	SSL_CTX_set_read_ahead(shared, 1);
	SSL_CTX_set_mode(shared, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_msg_callback(shared, tls_on_message);
	if (options->want_staple)
		SSL_CTX_set_tlsext_status_type(shared,
		    TLSEXT_STATUSTYPE_ocsp);
	ERR_clear_error();
}

struct tls_context *
tls_context_new(const struct tls_options *options, struct err *err)
{
	struct tls_context *context = mem_alloc(sizeof(*context));

	if (context == NULL) {
		err_nomem(err);
		return NULL;
	}
	tls_init_library();
	context->shared = SSL_CTX_new(TLS_client_method());
	context->transport = tls_bio_method();
	if (context->shared == NULL || context->transport == NULL) {
		err_set(err, ERR_INTERNAL, "cannot set up TLS");
		ERR_clear_error();
		tls_context_free(context);
		return NULL;
	}
	tls_allow_all(context->shared, options);
	if (tls_use_client(context->shared, options, err) != 0) {
		tls_context_free(context);
		return NULL;
	}
	return context;
}

void
tls_context_free(struct tls_context *context)
{
	if (context == NULL)
		return;
	SSL_CTX_free(context->shared);
	BIO_meth_free(context->transport);
	mem_free(context);
}

/* ---- connection ---- */

/* "h2,http/1.1" as a list of length-prefixed names (RFC 7301, 3.1). */
static int
tls_set_alpn(SSL *conn, const char *names)
{
	uint8_t wire[256];
	size_t len, at = 0;

	for (;; names += len + 1) {
		len = strcspn(names, ",");
		if (len == 0 || len > 255 || at + 1 + len > sizeof(wire))
			return -1;
		wire[at] = (uint8_t)len;
		memcpy(wire + at + 1, names, len);
		at += 1 + len;
		if (names[len] == '\0')
			break;
	}
	return SSL_set_alpn_protos(conn, wire, (unsigned)at) == 0 ? 0 : -1;
}

static int
tls_set_up(struct tls *tls, struct tls_context *context,
    const struct tls_params *params, struct err *err)
{
	BIO *bio;

	tls->conn = SSL_new(context->shared);
	bio = tls->conn == NULL ? NULL : BIO_new(context->transport);
	if (bio == NULL)
		return err_nomem(err);
	BIO_set_data(bio, tls);
	SSL_set_bio(tls->conn, bio, bio);
	SSL_set_msg_callback_arg(tls->conn, tls);
	SSL_set_connect_state(tls->conn);
	if (params->sni != NULL && params->sni[0] != '\0' &&
	    SSL_set_tlsext_host_name(tls->conn, params->sni) != 1)
		return err_set(err, ERR_USAGE,
		    "server name for SNI is longer than 255 octets");
	if (params->alpn != NULL && params->alpn[0] != '\0' &&
	    tls_set_alpn(tls->conn, params->alpn) != 0)
		return err_set(err, ERR_USAGE,
		    "ALPN: not a list of protocol names: %s", params->alpn);
	return 0;
}

struct tls *
tls_new(struct tls_context *context, const struct tls_params *params,
    struct err *err)
{
	struct tls *tls = mem_alloc(sizeof(*tls));

	if (tls == NULL) {
		err_nomem(err);
		return NULL;
	}
	tls->fd = params->fd;
	tls->alert = NO_ALERT;
	if (params->wrap != NULL)
		tls->wrap = *params->wrap;
	if (tls_set_up(tls, context, params, err) != 0) {
		ERR_clear_error();
		tls_free(tls);
		return NULL;
	}
	return tls;
}

void
tls_close(struct tls *tls)
{
	if (tls == NULL || tls->fd < 0)
		return;
	if (tls->finished && tls->wrap.write == NULL) {
		(void)SSL_shutdown(tls->conn);
		ERR_clear_error();
	}
	tls->fd = -1;
}

void
tls_free(struct tls *tls)
{
	void *mine[2];

	if (tls == NULL)
		return;
	SSL_free(tls->conn);
	memcpy(&mine[0], &tls->message.data, sizeof(mine[0]));
	memcpy(&mine[1], &tls->status.data, sizeof(mine[1]));
	mem_free(mine[0]);
	mem_free(mine[1]);
	mem_free(tls);
}

/* ---- errors ---- */

struct tls_reason {
	int reason;
	enum err_kind kind;
	const char *words;
};

static const struct tls_reason tls_reasons[] = {
	{ SSL_R_UNSUPPORTED_PROTOCOL, ERR_TLS,
	    "the server chose a protocol version outside of what is allowed" },
	{ SSL_R_NO_PROTOCOLS_AVAILABLE, ERR_USAGE,
	    "no protocol version is left to offer" },
	{ SSL_R_BAD_SIGNATURE, ERR_TLS,
	    "the server's signature of the handshake is wrong" },
	{ SSL_R_EXCESSIVE_MESSAGE_SIZE, ERR_LIMIT,
	    "the server sends a handshake message over 1 MB" },
	{ SSL_R_DH_KEY_TOO_SMALL, ERR_TLS,
	    "the server's Diffie-Hellman group is over 8192 bits" },
	{ SSL_R_WRONG_CERTIFICATE_TYPE, ERR_TLS,
	    "the server's key does not fit the cipher suite it chose" },
	{ SSL_R_UNKNOWN_CIPHER_RETURNED, ERR_TLS,
	    "the server chose a cipher suite that is not known here" },
	{ SSL_R_WRONG_CIPHER_RETURNED, ERR_TLS,
	    "the server chose a cipher suite that was not offered" },
};

static size_t
tls_n_first(const struct tls *tls)
{
	return tls->received < sizeof(tls->first) ? tls->received :
	    sizeof(tls->first);
}

static int
tls_explain_plain(const struct tls *tls, struct err *err)
{
	struct bytes in = bytes_of(tls->first, tls_n_first(tls));
	struct buf words = BUF_INIT;
	bool text = true;
	size_t i;

	for (i = 0; i < in.len && i < 4; i++)
		text &= in.data[i] >= ' ' && in.data[i] < 0x7f;
	for (i = 0; text && i < in.len; i++)
		if (in.data[i] == '\r' || in.data[i] == '\n')
			in.len = i;
	text_escape(&words, in, 48);
	err_set(err, ERR_PLAINTEXT, text ?
	    "the server answers in plain text: \"%s\"" :
	    "the server does not speak TLS, its answer begins \"%s\"",
	    buf_text(&words));
	buf_release(&words);
	return -1;
}

static int
tls_explain_lost(const struct tls *tls, struct err *err)
{
	if (tls->sys == EMSGSIZE)
		return err_set(err, ERR_LIMIT,
		    "the server sends over %d MB in the TLS handshake",
		    RECEIVE_MAX >> 20);
	if (tls->sys == ECONNRESET || tls->sys == EPIPE) {
		err_set(err, tls->received == 0 ? ERR_CONNECT : ERR_TLS,
		    "connection reset in TLS handshake");
		err->sys = tls->sys;
		return -1;
	}
	if (tls->sys != 0)
		return err_sys(err, ERR_TLS, tls->sys, "TLS handshake");
	return err_set(err, ERR_TLS, "connection closed in TLS handshake");
}

/* In libssl's words, but for those in the table. */
static int
tls_explain_reason(const struct tls *tls, struct err *err)
{
	unsigned long code = ERR_peek_error();
	const char *words = ERR_reason_error_string(code);
	size_t i;

	if (words == NULL)
		words = "unknown reason";
	if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
		return err_nomem(err);
	if (ERR_GET_LIB(code) != ERR_LIB_SSL && tls->message.len > 0)
		return err_set(err, ERR_TLS, "TLS handshake failed: "
		    "certificate or key is malformed (%s)", words);
	for (i = 0; i < sizeof(tls_reasons) / sizeof(*tls_reasons); i++)
		if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
		    ERR_GET_REASON(code) == tls_reasons[i].reason)
			return err_set(err, tls_reasons[i].kind, "%s",
			    tls_reasons[i].words);
	return err_set(err, ERR_TLS, "TLS handshake failed: %s", words);
}

/* A server that closes before it has read anything may have said why: our
 * write fails then, and its words are still to be read. */
static void
tls_hear_out(struct tls *tls)
{
	uint8_t *in = tls->first;
	ssize_t n;

	if (tls->sys == 0 || tls->received > 0 || tls->wrap.read != NULL)
		return;
	n = recv(tls->fd, in, sizeof(tls->first), MSG_DONTWAIT);
	if (n <= 0)
		return;
	tls->received = (size_t)n;
	if (n >= 7 && in[0] == SSL3_RT_ALERT && tls_message_is_record(
	    bytes_of(in, (size_t)n)) && in[3] == 0 && in[4] == 2)
		tls->alert = in[6];
}

/* The peer's own word first, then what it is, then what became of the
 * connection, then what libssl thinks. */
static void
tls_explain(struct tls *tls, struct err *err)
{
	const char *alert;

	tls_hear_out(tls);
	alert = tls_message_alert(tls->alert);
	if (tls->no_memory)
		err_nomem(err);
	else if (!tls_message_is_record(bytes_of(tls->first,
	    tls_n_first(tls))))
		tls_explain_plain(tls, err);
	else if (tls->alert != NO_ALERT)
		err_set(err, ERR_TLS, "server sent alert %s (%u)",
		    alert == NULL ? "of an unknown kind" : alert, tls->alert);
	else if (tls->sys != 0 || tls->eof)
		tls_explain_lost(tls, err);
	else
		tls_explain_reason(tls, err);
	ERR_clear_error();
}

enum step
tls_handshake(struct tls *tls, struct err *err)
{
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(tls->conn);
	if (r == 1 && !tls->no_memory) {
		tls->finished = true;
		return STEP_DONE;
	}
	switch (SSL_get_error(tls->conn, r)) {
	case SSL_ERROR_WANT_READ:
		return STEP_READ;
	case SSL_ERROR_WANT_WRITE:
		return STEP_WRITE;
	default:
		tls_explain(tls, err);
		return STEP_DONE;
	}
}

/* ---- result ---- */

static const char *
tls_group(SSL *conn)
{
	int id = (int)SSL_get_negotiated_group(conn);

	return id == 0 ? NULL : SSL_group_to_name(conn, id);
}

static void
tls_result_parameters(const struct tls *tls, struct tls_result *out)
{
	const unsigned char *alpn;
	unsigned len;

	out->version = SSL_version(tls->conn);
	out->version_name = SSL_get_version(tls->conn);
	out->secure_renegotiation = out->version == TLS1_3_VERSION ||
	    SSL_get_secure_renegotiation_support(tls->conn) == 1;
	if (!tls->finished)
		return;
	out->cipher = SSL_get_cipher_name(tls->conn);
	out->group = tls_group(tls->conn);
	SSL_get0_alpn_selected(tls->conn, &alpn, &len);
	out->alpn = bytes_of(alpn, len);
}

void
tls_result(struct tls *tls, struct tls_result *out)
{
	struct tls_chain chain = { out->chain, TLS_CHAIN_MAX, 0, 0,
		{ NULL, 0 } };

	memset(out, 0, offsetof(struct tls_result, chain));
	out->client_cert_asked = tls->asked;
	if (!tls->finished && tls->message.len == 0)
		return;
	tls_result_parameters(tls, out);
	(void)tls_message_chain(tls->message,
	    out->version == TLS1_3_VERSION, &chain);
	out->n_chain = chain.n;
	out->n_chain_all = chain.n_all;
	out->staple = tls->status.len > 0 ? tls_message_staple(tls->status) :
	    chain.staple;
}
