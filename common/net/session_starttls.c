/* SPDX-License-Identifier: ISC */
/* The plain-text dialogue on a descriptor, and TDS packets around records. */
#include "net/session_private.h"

#include <errno.h>
#include <sys/socket.h>

#define CHUNK 4096
#define WRAP_MAX ((size_t)128 * 1024)	/* a TDS packet is at most 64 kB */

static bool
session_would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Sends and empties the buffer.  0: all sent; 1: not now; -1: errno. */
static int
session_send(struct session *session, struct buf *out)
{
	ssize_t n;

	while (out->len > 0) {
		n = send(session->priv->fd, out->data, out->len, MSG_NOSIGNAL);
		if (n >= 0)
			buf_consume(out, (size_t)n);
		else if (!session_would_block())
			return -1;
		else if (errno != EINTR)
			return 1;
	}
	return 0;
}

/* A failed send or recv. */
static enum step
session_lost(struct session *session, int error)
{
	enum err_kind kind = session->priv->dialogue.seen == 0 ?
	    ERR_CONNECT : ERR_STARTTLS;

	if (error == ECONNRESET || error == EPIPE)
		err_set(&session->error, kind, "connection reset in STARTTLS");
	else
		err_sys(&session->error, kind, error, "STARTTLS");
	session->error.sys = error;
	return STEP_DONE;
}

static enum step
session_dialogue_send(struct session *session)
{
	struct session_private *priv = session->priv;
	struct bytes none = { NULL, 0 };
	int r = session_send(session, &priv->dialogue.out);

	/* A server that refuses and closes has said why before. */
	if (r < 0 && errno != EPIPE && errno != ECONNRESET)
		return session_lost(session, errno);
	if (r > 0)
		return session_await(session, STEP_WRITE);
	buf_reset(&priv->dialogue.out);
	priv->next = starttls_feed(&priv->dialogue, none, &session->error);
	return STEP_DONE;
}

static enum step
session_dialogue_read(struct session *session)
{
	struct session_private *priv = session->priv;
	char chunk[CHUNK];
	ssize_t n;

	n = recv(priv->fd, chunk, sizeof(chunk), 0);
	if (n < 0 && session_would_block())
		return session_await(session, STEP_READ);
	if (n < 0)
		return session_lost(session, errno);
	if (n == 0) {
		starttls_eof(&priv->dialogue, &session->error);
		return STEP_DONE;
	}
	priv->next = starttls_feed(&priv->dialogue,
	    bytes_of(chunk, (size_t)n), &session->error);
	return STEP_DONE;
}

/* No server speaks first in TLS: what has come since the go-ahead was put
 * there by someone in between, or the server is broken. */
static void
session_check_silence(struct session *session)
{
	char octet;

	if (recv(session->priv->fd, &octet, 1, MSG_PEEK) > 0)
		err_set(&session->error, ERR_INJECTION,
		    "plain text behind the STARTTLS go-ahead");
}

enum step
session_run_starttls(struct session *session)
{
	struct session_private *priv = session->priv;
	struct bytes none = { NULL, 0 };
	enum step step = STEP_DONE;

	if (!priv->dialogue_open) {
		starttls_init(&priv->dialogue, session->params.starttls,
		    session->params.host);
		priv->dialogue_open = true;
		priv->next = starttls_feed(&priv->dialogue, none,
		    &session->error);
	}
	while (step == STEP_DONE && session->error.kind == ERR_NONE) {
		if (priv->next == STARTTLS_SEND)
			step = session_dialogue_send(session);
		else if (priv->next == STARTTLS_MORE)
			step = session_dialogue_read(session);
		else
			break;
	}
	if (step != STEP_DONE || session->error.kind != ERR_NONE)
		return step;
	if (priv->next == STARTTLS_FAIL) {
		err_set(&session->error, ERR_STARTTLS, "STARTTLS failed");
		return STEP_DONE;
	}
	priv->wrap.active = priv->next == STARTTLS_WRAPPED;
	session_check_silence(session);
	return STEP_DONE;
}

static long
session_wrap_take(struct session_wrap *wrap, void *data, size_t len)
{
	if (wrap->plain.len < len)
		len = wrap->plain.len;
	memcpy(data, wrap->plain.data, len);
	buf_consume(&wrap->plain, len);
	return (long)len;
}

/* One packet's payload into plain: 1; 0: there is none yet; -1: errno. */
static int
session_wrap_unpack(struct session_wrap *wrap)
{
	struct bytes payload;
	size_t used;
	int r;

	r = tds_unwrap(buf_bytes(&wrap->in), &payload, &used, &wrap->error);
	if (r == 0)
		return 0;
	if (r > 0) {
		buf_add(&wrap->plain, payload.data, payload.len);
		buf_consume(&wrap->in, used);
	}
	errno = r < 0 ? EPROTO : ENOMEM;
	return r < 0 || buf_failed(&wrap->plain) ? -1 : 1;
}

static long
session_wrap_read(void *ctx, void *data, size_t len)
{
	struct session *session = ctx;
	struct session_wrap *wrap = &session->priv->wrap;
	char chunk[CHUNK];
	ssize_t n;
	int r;

	while (wrap->plain.len == 0) {
		r = session_wrap_unpack(wrap);
		if (r < 0)
			return -1;
		if (r > 0)
			continue;
		n = recv(session->priv->fd, chunk, sizeof(chunk), 0);
		if (n <= 0)
			return n;
		buf_add(&wrap->in, chunk, (size_t)n);
		if (buf_failed(&wrap->in)) {
			errno = ENOMEM;
			return -1;
		}
	}
	return session_wrap_take(wrap, data, len);
}

int
session_flush_wrap(struct session *session)
{
	return session_send(session, &session->priv->wrap.out);
}

static long
session_wrap_write(void *ctx, const void *data, size_t len)
{
	struct session *session = ctx;
	struct session_wrap *wrap = &session->priv->wrap;
	int r = session_flush_wrap(session);

	if (r > 0)
		errno = EAGAIN;
	if (r != 0)
		return -1;
	if (tds_wrap(&wrap->out, bytes_of(data, len)) != 0) {
		errno = ENOMEM;
		return -1;
	}
	return session_flush_wrap(session) < 0 ? -1 : (long)len;
}

struct tls_wrap
session_tls_wrap(struct session *session)
{
	struct session_wrap *wrap = &session->priv->wrap;

	buf_init(&wrap->in, WRAP_MAX);
	buf_init(&wrap->plain, WRAP_MAX);
	buf_init(&wrap->out, WRAP_MAX);
	return (struct tls_wrap){ session_wrap_read, session_wrap_write,
		session };
}

void
session_release_starttls(struct session *session)
{
	struct session_private *priv = session->priv;

	if (priv->dialogue_open)
		starttls_release(&priv->dialogue);
	priv->dialogue_open = false;
	buf_release(&priv->wrap.in);
	buf_release(&priv->wrap.plain);
	buf_release(&priv->wrap.out);
}
