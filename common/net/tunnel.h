/* SPDX-License-Identifier: ISC */
/*
 * The dialogue with a proxy: HTTP CONNECT (RFC 9110, 9.3.6) with Basic
 * credentials, SOCKS5 (RFC 1928) with those of RFC 1929.  Not one octet
 * beyond the proxy's last is taken from the descriptor: what follows belongs
 * to the server.
 */
#ifndef NET_TUNNEL_H
#define NET_TUNNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/loop.h"
#include "net/resolve.h"
#include "net/session.h"

#define TUNNEL_HEADER_MAX 16384		/* of HTTP answers */
#define TUNNEL_OUT_MAX 2048

struct tunnel {
	const struct proxy *proxy;	/* borrowed, like host */
	const char *host;		/* name or literal of the target */
	const struct address *address;	/* of the target, or NULL: the name */
	uint16_t port;
	unsigned state;
	uint8_t out[TUNNEL_OUT_MAX];	/* may hold credentials: wiped */
	size_t out_len, out_sent;
	struct buf in;
	size_t want;			/* SOCKS5: octets of the next part */
	size_t line_len;		/* HTTP: of the current line */
	unsigned interim;		/* HTTP: 1xx answers seen */
};

/* host and address are the target's.  With address set the proxy is told
 * that, else the name. */
void tunnel_init(struct tunnel *tunnel, const struct proxy *proxy,
    const char *host, uint16_t port, const struct address *address);
void tunnel_release(struct tunnel *tunnel);
/* STEP_READ, STEP_WRITE, or STEP_DONE: the tunnel stands, or err says why not
 * (ERR_PROXY, ERR_NOMEM). */
enum step tunnel_run(struct tunnel *tunnel, int fd, struct err *err);

#endif
