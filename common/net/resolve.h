/* SPDX-License-Identifier: ISC */
/*
 * Name resolution: getaddrinfo in a few threads that are started at the
 * first name (never for an address literal).  A thread that hangs in the
 * resolver is left behind and never waited for.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "net/loop.h"

#define RESOLVE_MAX 64		/* addresses kept of one name */

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
};

struct address_list {
	struct address items[RESOLVE_MAX];
	size_t n;
};

struct resolve_query {
	const char *host;
	uint16_t port;			/* put into the addresses */
	int family;			/* AF_UNSPEC, AF_INET, AF_INET6 */
};

struct resolver;
struct resolve_job;

struct resolver *resolver_new(struct loop *loop, unsigned threads,
    struct err *err);
/* Does not wait for threads that hang. */
void resolver_free(struct resolver *resolver);
/* Wakes the task when finished. */
struct resolve_job *resolve_start(struct resolver *resolver,
    const struct resolve_query *query, struct task *task, struct err *err);
/* 1: not yet; 0: out is filled, in RFC 6724 order as getaddrinfo gives them;
 * -1: ERR_RESOLVE.  Frees nothing. */
int resolve_result(struct resolve_job *job, struct address_list *out,
    struct err *err);
/* NULL-safe, also when unfinished; before resolver_free. */
void resolve_release(struct resolve_job *job);
/* Literal addresses only, no thread; 1 if text is none. */
int resolve_literal(const char *text, uint16_t port, struct address *out);
/* "192.0.2.1" or "2001:db8::1" (no port, no brackets). */
void address_format(const struct address *address, char *out, size_t size);

#endif
