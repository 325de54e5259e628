/* SPDX-License-Identifier: ISC */
/*
 * The TLS handshake: non-blocking, verifies nothing (trust is judged later,
 * from the bytes), accepts whatever a server can still speak: TLS 1.0,
 * SHA-1, small keys and groups, legacy renegotiation, 10,000 names.
 * Only tls*.c include openssl/ssl.h.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "net/loop.h"

#define TLS_CHAIN_MAX 200		/* certificates kept */
#define TLS_MESSAGE_MAX (1 << 20)	/* longest Certificate message */

struct tls_options {
	int version_min, version_max;	/* 0x0301..0x0304; 0: any */
	struct bytes client_cert, client_key;	/* PEM; empty: none */
	const char *password;		/* of the client key, or NULL */
	bool want_staple;		/* send status_request */
};

/* What every connection of a run shares.  The first one sets up OpenSSL for
 * the process (no configuration file unless OPENSSL_CONF names one, no table
 * of cipher names, no cleanup at exit), which saves most when nothing else
 * has used OpenSSL before. */
struct tls_context;

/* ERR_SYNTAX, ERR_PASSWORD, ERR_USAGE: the client certificate or key. */
struct tls_context *tls_context_new(const struct tls_options *options,
    struct err *err);
void tls_context_free(struct tls_context *context);

struct tls;

/* Transport: the connection hands records in and out of the descriptor
 * itself, or, for wrapped handshakes (TDS), through these. */
struct tls_wrap {
	/* Like read/write on a non-blocking descriptor: -1 with EAGAIN. */
	long (*read)(void *ctx, void *data, size_t len);
	long (*write)(void *ctx, const void *data, size_t len);
	void *ctx;
};

struct tls_params {
	int fd;
	const struct tls_wrap *wrap;	/* NULL: the descriptor itself */
	const char *sni;		/* NULL or "": none */
	const char *alpn;		/* "h2,http/1.1", or NULL */
};

struct tls *tls_new(struct tls_context *context,
    const struct tls_params *params, struct err *err);
/* Says goodbye after a finished handshake; the descriptor is not used any
 * more, tls_result still is possible.  NULL-safe, like tls_free. */
void tls_close(struct tls *tls);
void tls_free(struct tls *tls);
/* One step of the handshake: STEP_READ, STEP_WRITE, or STEP_DONE with err
 * set on failure (err->kind == ERR_NONE: it succeeded).  In TLS 1.3 a server
 * that demands a client certificate only says so after our Finished: the
 * handshake counts as successful then, see tls_result.client_cert_asked. */
enum step tls_handshake(struct tls *tls, struct err *err);

struct tls_result {
	int version;
	const char *version_name, *cipher, *group;	/* static */
	struct bytes alpn;		/* lives as long as tls */
	bool client_cert_asked, secure_renegotiation;
	size_t n_chain, n_chain_all;	/* kept, sent */
	struct bytes chain[TLS_CHAIN_MAX];	/* DER, as sent, live as long
						 * as tls */
	/* OCSP responses sent with them, or empty; those above the leaf in
	 * TLS 1.3 only (RFC 8446 4.4.2.1). */
	struct bytes staples[TLS_CHAIN_MAX];
};

/* Valid also after a failed handshake that got as far as the Certificate
 * message: a TLS 1.2 server that demands a client certificate ends with an
 * alert, and one with a certificate that OpenSSL cannot read ends here, but
 * the chain is known.  cipher, group and alpn are of a finished handshake
 * only.  n_chain_all is exact even where chain[] is cut. */
void tls_result(struct tls *tls, struct tls_result *out);

#endif
