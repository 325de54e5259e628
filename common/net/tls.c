/* SPDX-License-Identifier: ISC */
/*
 * The handshake, by libssl.  Every octet passes through a BIO of our own, so
 * that we know what the peer said first, whether it closed or reset the
 * connection, and how much it sends.  The chain is taken from the Certificate
 * message as it was sent: libssl may refuse a certificate that still is to be
 * judged.
 */
#include "net/tls_private.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "net/tls_message.h"

/* More than any handshake takes, but no flood. */
#define RECEIVE_MAX ((size_t)2 * TLS_MESSAGE_MAX)
#define NO_ALERT UINT_MAX

/* Body of a handshake message; our copy. */
struct message {
	uint8_t *data;
	size_t len;
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
	struct message message;		/* Certificate */
	struct message status;		/* CertificateStatus */
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

BIO_METHOD *
tls_private_transport(void)
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
tls_keep(struct tls *tls, struct message *slot, struct bytes body)
{
	if (slot->data != NULL)
		return;		/* a renegotiation: the first one counts */
	slot->data = mem_dup(body.data, body.len);
	slot->len = slot->data == NULL ? 0 : body.len;
	tls->no_memory |= slot->data == NULL;
}

void
tls_private_message(int sent, int version, int type, const void *data,
    size_t len, SSL *conn, void *arg)
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

/* What the macro SSL_set_tlsext_host_name does, without casting the const
 * away: the name is copied. */
static long
tls_set_sni(SSL *conn, const char *name)
{
	union {
		const char *in;
		void *out;
	} arg = { name };

	return SSL_ctrl(conn, SSL_CTRL_SET_TLSEXT_HOSTNAME,
	    TLSEXT_NAMETYPE_host_name, arg.out);
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
	    tls_set_sni(tls->conn, params->sni) != 1)
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
	if (tls == NULL)
		return;
	SSL_free(tls->conn);
	mem_free(tls->message.data);
	mem_free(tls->status.data);
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
	{ SSL_R_EXCESSIVE_MESSAGE_SIZE, ERR_TLS,
	    "the server sends a handshake message over 1 MB" },
	{ SSL_R_DH_KEY_TOO_SMALL, ERR_TLS,
	    "the server's Diffie-Hellman group is over 6144 bits" },
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
	text_escape(&words, in, text ? 48 : 8);
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
	if (tls->sys == ENOMEM)
		return err_nomem(err);
	if (tls->sys == EMSGSIZE)
		return err_set(err, ERR_TLS,
		    "the server sends over %zu MB in the TLS handshake",
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
	struct tls_chain chain = { .certs = out->chain,
		.staples = out->staples, .max = TLS_CHAIN_MAX };

	memset(out, 0, offsetof(struct tls_result, chain));
	out->client_cert_asked = tls->asked;
	if (!tls->finished && tls->message.len == 0)
		return;
	tls_result_parameters(tls, out);
	(void)tls_message_chain(bytes_of(tls->message.data,
	    tls->message.len), out->version == TLS1_3_VERSION, &chain);
	out->n_chain = chain.n;
	out->n_chain_all = chain.n_all;
	if (tls->status.len > 0 && chain.n > 0)
		out->staples[0] = tls_message_staple(bytes_of(
		    tls->status.data, tls->status.len));
}
