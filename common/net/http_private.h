/* SPDX-License-Identifier: ISC */
/* What the files of http share.  Without libcurl's header there is nothing:
 * http.c alone then says so. */
#ifndef NET_HTTP_PRIVATE_H
#define NET_HTTP_PRIVATE_H

#include <curl/curl.h>

#include "base/arena.h"
#include "net/http.h"
#include "net/http_head.h"
#include "net/resolve.h"
#include "net/session.h"

#define HTTP_URL_MAX 8192
#define HTTP_NAMES 16			/* names that are remembered */

/* ---- http_library.c ---- */

/* The functions of libcurl that are used. */
struct http_library {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_free) *free;
	__typeof__(curl_url) *url;
	__typeof__(curl_url_set) *url_set;
	__typeof__(curl_url_get) *url_get;
	__typeof__(curl_url_cleanup) *url_cleanup;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	__typeof__(curl_multi_setopt) *multi_setopt;
	__typeof__(curl_multi_assign) *multi_assign;
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_socket_action) *multi_socket_action;
	__typeof__(curl_multi_info_read) *multi_info_read;
};

/* Loads the library; it stays for the life of the process. */
int http_library_load(struct http_library *library, struct err *err);

/* ---- http.c ---- */

struct http {
	struct http_library curl;
	struct loop *loop;
	struct http_options options;	/* borrowed strings */
	struct resolver *resolver;	/* these three: from the first fetch */
	CURLM *multi;
	struct proxy proxies[2];	/* for http, for https */
	const char *no_proxy;
	char *names[HTTP_NAMES];	/* http_names.c; NULL: free */
	struct transfer *transfers;	/* list of those that run */
	/* http_drive.c */
	struct task driver;		/* libcurl's timer */
	bool driving;			/* driver is in the loop */
	int64_t timer_ms;		/* monotonic; 0: none */
	bool broken;			/* libcurl's multi interface failed */
	struct http_watch *watches;	/* its sockets */
};

/* One request with all its redirects. */
struct transfer {
	struct http *http;
	struct transfer *next, *prev;
	struct task task;
	enum step (*state)(struct transfer *transfer);	/* NULL: finished */
	struct arena *arena;
	struct http_request request;	/* our copies */
	const char *const *copies;	/* of its headers, or NULL */
	void (*done)(void *ctx, struct http_response *response);
	void *ctx;
	struct http_response response;
	int64_t started_ms;
	CURLU *url;			/* where we are */
	const char *origin;		/* scheme, host and port of the first */
	/* of the current hop, http_hop.c */
	const char *host, *where;	/* where: for error texts */
	uint16_t port;
	bool https, literal, denied, finished, added;
	const struct proxy *proxy;	/* NULL: none */
	struct lookup {
		const char *host;	/* NULL: nothing to look up */
		uint16_t port;
	} lookups[2];
	struct resolve_job *job;
	struct curl_slist *addresses, *headers;
	CURL *easy;
	CURLcode result;
	char words[CURL_ERROR_SIZE];
	struct http_head head;
	size_t received;		/* octets of the body, decoded */
	struct err failure;		/* set by our callbacks */
};

/* ---- http_names.c ---- */

/* For CURLOPT_RESOLVE; NULL: not looked up yet. */
const char *http_names_find(const struct http *http, const char *host,
    unsigned port);
void http_names_keep(struct http *http, const char *line);
void http_names_release(struct http *http);

/* ---- http_verify.c ---- */

/* What libcurl's text for CURLE_PEER_FAILED_VERIFICATION or
 * CURLE_SSL_CONNECT_ERROR means; the text itself when that is not known. */
const char *http_verify_words(const char *text, bool *untrusted);

/* ---- http_transfer.c ---- */

/* Copies the request and gives the task to the loop. */
int http_transfer_begin(struct transfer *transfer,
    const struct http_request *request, struct err *err);
/* Ends it here and now with ERR_CANCELLED.  Not while the loop runs. */
void http_transfer_cancel(struct transfer *transfer);
void http_transfer_free(struct transfer *transfer);

/* ---- http_drive.c ---- */

/* Gives libcurl our loop. */
int http_drive_init(struct http *http, struct err *err);
/* Sees to it that libcurl's timer runs. */
int http_drive_start(struct http *http, struct err *err);
void http_drive_release(struct http *http);

/* ---- http_hop.c ---- */

/* Makes transfer->easy from the request and where we are, and starts it. */
int http_hop_start(struct transfer *transfer, struct err *err);
/* Why the hop failed; transfer->result is not CURLE_OK. */
int http_hop_error(struct transfer *transfer, struct err *err);
/* What it waits for: "connect", "TLS handshake", ... */
const char *http_hop_phase(const struct transfer *transfer);
/* Takes what is left to take (peer address) and releases the handle. */
void http_hop_end(struct transfer *transfer);

#endif
