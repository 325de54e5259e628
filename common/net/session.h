/* SPDX-License-Identifier: ISC */
/*
 * One connection from name to finished handshake, as a task of the loop:
 * RESOLVE, CONNECT (happy eyeballs, RFC 8305: 250 ms apart, families
 * interleaved), PROXY (HTTP CONNECT or SOCKS5), STARTTLS, HANDSHAKE, DONE.
 * It collects bytes and judges nothing.
 */
#ifndef NET_SESSION_H
#define NET_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/target.h"
#include "net/loop.h"
#include "net/resolve.h"
#include "net/tls.h"

enum phase {
	PHASE_RESOLVE,
	PHASE_CONNECT,
	PHASE_PROXY,
	PHASE_STARTTLS,
	PHASE_HANDSHAKE,
	PHASE_DONE
};

const char *phase_name(enum phase phase);	/* "name resolution", ... */

enum proxy_kind {
	PROXY_NONE,
	PROXY_HTTP,		/* http://[user:pass@]host[:8080] */
	PROXY_SOCKS5		/* socks5:// (we resolve), socks5h:// (it) */
};

struct proxy {
	enum proxy_kind kind;
	char *host;
	uint16_t port;
	char *user, *password;	/* percent-decoded, or NULL */
	bool remote_names;	/* the proxy resolves the target's name */
};

/* Without a scheme it is an HTTP proxy.  ERR_USAGE for another scheme or a
 * malformed URL; the password is never in the text.  Memory from mem_alloc;
 * proxy_release wipes and frees. */
int proxy_parse(const char *url, struct proxy *out, struct err *err);
void proxy_release(struct proxy *proxy);
/* Does NO_PROXY-like list cover the host?  Entries: "*", names (with and
 * without leading dot, covering subdomains), addresses, ADDRESS/BITS. */
bool proxy_bypassed(const char *list, const char *host);

/* What sessions of a run share; all borrowed. */
struct session_env {
	struct loop *loop;
	struct resolver *resolver;
	struct tls_context *tls;
	const struct proxy *proxy;	/* NULL: none */
	const char *no_proxy;		/* or NULL */
	int family;			/* AF_UNSPEC, AF_INET, AF_INET6 */
};

/* Strings and address are borrowed until finish(). */
struct session_params {
	const char *host;		/* name or literal */
	const char *address;		/* connect here instead, or NULL */
	const struct address *fixed;	/* already resolved, or NULL */
	uint16_t port;
	const char *sni, *alpn;		/* NULL: none */
	enum starttls starttls;
	int64_t deadline_ms;		/* monotonic; 0: the loop's own */
	int64_t connect_ms;		/* longest time for RESOLVE and CONNECT
					 * together; 0: no limit of their own */
};

struct session {
	struct task task;		/* task.owner is the user's */
	const struct session_env *env;
	struct session_params params;
	/* Valid in finish(): */
	struct err error;		/* kind ERR_NONE: handshake done; else
					 * tls may know the chain even so */
	enum phase phase;		/* where it is or stopped */
	char peer[64];			/* the target's address, or "": not
					 * connected, or only the proxy knows */
	int64_t start_ms, resolved_ms, connected_ms, secured_ms, end_ms;
	struct tls *tls;		/* may be NULL; freed by session_free */
	void (*finish)(struct session *session);
	struct session_private *priv;
};

/* Starts; finish() is called exactly once, from the loop.  An error here
 * means that it was not started. */
struct session *session_new(const struct session_env *env,
    const struct session_params *params,
    void (*finish)(struct session *session), void *owner, struct err *err);
void session_free(struct session *session);	/* in or after finish() */

#endif
