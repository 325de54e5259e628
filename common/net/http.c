/* SPDX-License-Identifier: ISC */
/* HTTP requests: what they share, their beginning and their end. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "net/http.h"

#ifndef HAVE_CURL_H

struct http *
http_new(struct loop *loop, const struct http_options *options,
    struct err *err)
{
	/* Never used, but not NULL, which would be an error. */
	(void)options;
	(void)err;
	return (struct http *)(void *)loop;
}

void
http_free(struct http *http)
{
	(void)http;
}

int
http_start(struct http *http, const struct http_request *request,
    void (*done)(void *ctx, struct http_response *response), void *ctx,
    struct err *err)
{
	(void)http;
	(void)request;
	(void)done;
	(void)ctx;
	return err_set(err, ERR_UNSUPPORTED,
	    "HTTP requests are not supported by this build");
}

#else

#include <stdlib.h>

#include "base/alloc.h"
#include "net/http_private.h"

#define RESOLVER_THREADS 2

/* The environment's variable, unless it is empty; lower case first. */
static const char *
http_environment(const char *lower, const char *upper)
{
	const char *value = getenv(lower);

	if ((value == NULL || *value == '\0') && upper != NULL)
		value = getenv(upper);
	return value == NULL || *value == '\0' ? NULL : value;
}

/* As curl has it; HTTP_PROXY in upper case would be a header of a CGI
 * request. */
static int
http_find_proxies(struct http *http, struct err *err)
{
	const char *given = http->options.proxy, *url[2];
	const char *all = http_environment("all_proxy", "ALL_PROXY");
	size_t i;

	url[0] = http_environment("http_proxy", NULL);
	url[1] = http_environment("https_proxy", "HTTPS_PROXY");
	http->no_proxy = http->options.no_proxy != NULL ?
	    http->options.no_proxy : http_environment("no_proxy", "NO_PROXY");
	for (i = 0; i < 2; i++) {
		if (url[i] == NULL)
			url[i] = all;
		if (given != NULL)
			url[i] = *given == '\0' ? NULL : given;
		if (url[i] != NULL && http->proxies[i].kind == PROXY_NONE &&
		    proxy_parse(url[i], &http->proxies[i], err) != 0)
			return -1;
	}
	return 0;
}

/* At the first request. */
static int
http_prepare(struct http *http, struct err *err)
{
	if (http->multi != NULL && http->resolver != NULL)
		return 0;
	if (http_find_proxies(http, err) != 0 ||
	    http_library_load(&http->curl, err) != 0)
		return -1;
	if (http->resolver == NULL)
		http->resolver = resolver_new(http->loop, RESOLVER_THREADS,
		    err);
	if (http->resolver == NULL)
		return -1;
	return http->multi == NULL ? http_drive_init(http, err) : 0;
}

int
http_start(struct http *http, const struct http_request *request,
    void (*done)(void *ctx, struct http_response *response), void *ctx,
    struct err *err)
{
	struct transfer *transfer;

	if (http_prepare(http, err) != 0)
		return -1;
	transfer = mem_alloc(sizeof(*transfer));
	if (transfer == NULL)
		return err_nomem(err);
	transfer->http = http;
	transfer->done = done;
	transfer->ctx = ctx;
	if (http_transfer_begin(transfer, request, err) != 0) {
		http_transfer_free(transfer);
		return -1;
	}
	transfer->next = http->transfers;
	if (transfer->next != NULL)
		transfer->next->prev = transfer;
	http->transfers = transfer;
	return 0;
}

struct http *
http_new(struct loop *loop, const struct http_options *options,
    struct err *err)
{
	struct http *http = mem_alloc(sizeof(*http));

	if (http == NULL) {
		err_nomem(err);
		return NULL;
	}
	http->loop = loop;
	http->options = *options;
	return http;
}

void
http_free(struct http *http)
{
	struct transfer *transfer;

	if (http == NULL)
		return;
	while ((transfer = http->transfers) != NULL)
		http_transfer_cancel(transfer);
	http_drive_release(http);
	resolver_free(http->resolver);
	http_names_release(http);
	proxy_release(&http->proxies[0]);
	proxy_release(&http->proxies[1]);
	mem_free(http);
}

#endif
