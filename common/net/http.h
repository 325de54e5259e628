/* SPDX-License-Identifier: ISC */
/*
 * Small HTTP fetches by libcurl's multi interface, inside our loop.  libcurl
 * is loaded by dlopen at the first fetch, so that runs that fetch nothing do
 * not pay for it; a machine without it gives ERR_UNSUPPORTED.  The only file
 * that includes curl/curl.h.
 *
 * URLs are hostile (they come from certificates): http and https only, also
 * after redirects; no credentials, no cookies, no netrc; bounded in size,
 * time and redirects; with deny_private no private, loopback, link-local or
 * otherwise non-global address is connected to (checked on the socket's
 * address, so that names cannot get around it).  A proxy, which the user has
 * chosen, may be anywhere and connects to wherever a name leads it: then only
 * addresses that stand in the URL are refused.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "net/loop.h"

struct http;

struct http_options {
	const char *proxy;		/* NULL: the environment's; "": none */
	const char *no_proxy;		/* or NULL */
	const char *ca_file, *ca_path;	/* for https, or NULL: the system's */
	bool insecure;			/* https without verification */
	bool deny_private;
	int family;			/* AF_UNSPEC, AF_INET, AF_INET6 */
	const char *user_agent;
};

struct http *http_new(struct loop *loop, const struct http_options *options,
    struct err *err);
/* NULL-safe; what runs ends with ERR_CANCELLED.  Not while the loop runs, and
 * before the loop is freed. */
void http_free(struct http *http);

struct http_request {
	const char *url;
	struct bytes body;		/* non-empty or post: POST */
	bool post;
	const char *content_type, *accept;	/* or NULL */
	const char *const *headers;	/* further "Name: value", NULL-ended;
					 * or NULL.  Not sent to another host
					 * after a redirect, nor to a proxy;
					 * wiped in the end. */
	size_t max_size;		/* octets of the body, decoded */
	unsigned max_redirects;		/* 0: a redirect is the answer, too,
					 * its body is not waited for */
	bool no_cache;			/* Cache-Control: no-cache */
	const char *etag, *last_modified;	/* conditional, or NULL */
	int64_t deadline_ms;		/* monotonic; 0: the loop's own */
	/* Receives the body of a 2xx answer as it comes instead of
	 * response.body, or NULL: -1 stops the fetch (err is set by it). */
	int (*sink)(void *ctx, struct bytes part, struct err *err);
	void *sink_ctx;
};

struct http_response {
	struct err error;		/* transport, limits; not the status */
	long status;			/* 200, 304, 404, ...; 0: none */
	struct buf body;
	char content_type[128];
	char etag[256], last_modified[64];	/* "" when absent or longer */
	int64_t max_age;		/* Cache-Control max-age or Expires,
					 * seconds from now; -1: not said */
	int64_t date;			/* Date header, epoch; -1 */
	int64_t elapsed_ms;
	unsigned redirects;
	bool untrusted;			/* error is ERR_TLS: no known issuer */
	char peer[64];			/* address, "" when never connected */
};

/* done is called exactly once, from the loop; the response is its own until
 * it returns.  An error here means that nothing was begun. */
int http_start(struct http *http, const struct http_request *request,
    void (*done)(void *ctx, struct http_response *response), void *ctx,
    struct err *err);

#endif
