/* SPDX-License-Identifier: ISC */
/*
 * STARTTLS without I/O: a dialogue is fed the bytes that arrived and says
 * what to do next.  Text protocols are rows of a table (starttls.c), binary
 * ones small parsers (starttls_binary.c).  Nothing that was received before
 * the handshake is trusted after it: bytes behind the go-ahead are
 * ERR_INJECTION.
 */
#ifndef NET_STARTTLS_H
#define NET_STARTTLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "model/target.h"

#define STARTTLS_INPUT_MAX 65536	/* most bytes a server may say */
#define STARTTLS_LINES_MAX 500

enum starttls_next {
	STARTTLS_SEND,		/* send dialogue.out, then feed again */
	STARTTLS_MORE,		/* needs more input */
	STARTTLS_READY,		/* start the handshake */
	STARTTLS_WRAPPED,	/* start it inside TDS packets */
	STARTTLS_FAIL		/* err says why */
};

struct starttls_dialogue {
	enum starttls protocol;
	const char *host;	/* for EHLO replies, xmpp to= */
	unsigned state;
	unsigned lines;
	struct buf in;		/* not yet understood */
	struct buf out;		/* to be sent; the caller resets it once sent */
	size_t seen;		/* bytes received in all */
};

void starttls_init(struct starttls_dialogue *dialogue, enum starttls protocol,
    const char *host);
void starttls_release(struct starttls_dialogue *dialogue);
/* Called first with no input (protocols in which the client speaks first),
 * then with whatever arrived.  ERR_STARTTLS: the server refuses or does not
 * offer it; ERR_INJECTION; ERR_SYNTAX: it does not speak the protocol;
 * ERR_LIMIT: it says too much; ERR_PLAINTEXT is never used here. */
enum starttls_next starttls_feed(struct starttls_dialogue *dialogue,
    struct bytes input, struct err *err);
/* End of input before READY: the error that explains it. */
void starttls_eof(struct starttls_dialogue *dialogue, struct err *err);

/*
 * TDS (MS-TDS 2.2.6.5): handshake records travel inside PRELOGIN packets.
 * tds_wrap appends a packet that holds data; tds_unwrap takes the next
 * complete packet's payload out of in: 1 payload set (consumed bytes in
 * *used), 0 more is needed, -1 malformed.
 */
int tds_wrap(struct buf *out, struct bytes data);
int tds_unwrap(struct bytes in, struct bytes *payload, size_t *used,
    struct err *err);

#endif
