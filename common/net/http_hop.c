/* SPDX-License-Identifier: ISC */
/*
 * One request to one place, by libcurl: its options, what it calls back, and
 * its errors in our words.  Redirects are not followed here.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_CURL_H
#include "net/http_private.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/http_address.h"

#define CONNECT_MS 10000	/* for all addresses; halved per address */
#define BUFFER_SIZE 65536L

/* ---- what libcurl calls ---- */

static size_t
hop_on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *transfer = ctx;

	if (http_head_line(&transfer->head, bytes_of(data, size * n)) == 0)
		return size * n;
	err_set(&transfer->failure, ERR_LIMIT,
	    "the head of the answer is longer than %d octets", HTTP_HEAD_MAX);
	return 0;
}

static int
hop_take(struct transfer *transfer, struct bytes part)
{
	const struct http_request *request = &transfer->request;
	struct http_response *response = &transfer->response;
	size_t max = request->max_size;

	if (part.len > max || transfer->received > max - part.len)
		return err_set(&transfer->failure, ERR_LIMIT,
		    "the answer is longer than %zu octets", max);
	transfer->received += part.len;
	if (request->sink != NULL && transfer->head.status >= 200 &&
	    transfer->head.status < 300)
		return request->sink(request->sink_ctx, part,
		    &transfer->failure);
	buf_add(&response->body, part.data, part.len);
	return buf_failed(&response->body) ? err_nomem(&transfer->failure) : 0;
}

/* The body of a redirect is not waited for: 0 ends it. */
static size_t
hop_on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *transfer = ctx;

	if (http_head_redirects(&transfer->head) ||
	    hop_take(transfer, bytes_of(data, size * n)) != 0)
		return 0;
	return size * n;
}

static curl_socket_t
hop_on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = ctx;

	(void)purpose;
	if (transfer->http->options.deny_private && transfer->proxy == NULL &&
	    !http_address_global(&address->addr)) {
		transfer->denied = true;
		return CURL_SOCKET_BAD;
	}
	/* libcurl does not look whether its own fcntl has worked. */
	return socket(address->family, address->socktype | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, address->protocol);
}

/* libcurl is about to resolve a name although all are resolved: its thread
 * could hang and hold us at the exit.  Literals are not in its cache. */
static int
hop_on_resolve(void *state, void *reserved, void *ctx)
{
	const struct transfer *transfer = ctx;

	(void)state;
	(void)reserved;
	return transfer->literal ? 0 : 1;
}

/* ---- options ---- */

/* -1 once for all: the first failure stays. */
static void
hop_header(struct transfer *transfer, const char *name, const char *value)
{
	struct curl_slist *list = transfer->headers;
	const char *line, *c;

	if (value == NULL || transfer->failure.kind != ERR_NONE)
		return;
	for (c = value; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return;
	line = *name == '\0' ? value :
	    arena_printf(transfer->arena, "%s: %s", name, value);
	if (line != NULL)
		list = transfer->http->curl.slist_append(list, line);
	if (line == NULL || list == NULL)
		err_nomem(&transfer->failure);
	else
		transfer->headers = list;
}

static void
hop_headers(struct transfer *transfer)
{
	const struct http_request *request = &transfer->request;
	const char *const *extra = request->headers;

	hop_header(transfer, "Accept", request->accept);
	if (request->post)
		hop_header(transfer, "Content-Type", request->content_type);
	/* Or libcurl waits a second for "100 Continue". */
	hop_header(transfer, "", "Expect:");
	if (request->no_cache) {
		hop_header(transfer, "Cache-Control", "no-cache");
		hop_header(transfer, "Pragma", "no-cache");
	}
	hop_header(transfer, "If-None-Match", request->etag);
	hop_header(transfer, "If-Modified-Since", request->last_modified);
	for (; extra != NULL && *extra != NULL; extra++)
		hop_header(transfer, "", *extra);
}

static void
hop_set(struct transfer *transfer, CURLoption option, const void *value)
{
	CURLcode code = transfer->http->curl.easy_setopt(transfer->easy,
	    option, value);

	if (code == CURLE_OUT_OF_MEMORY)
		err_nomem(&transfer->failure);
}

/* An option that libcurl does not know is one that it does not need, except
 * for those whose lack would be a danger: see hop_fence. */
static CURLcode
hop_set_long(struct transfer *transfer, CURLoption option, long value)
{
	return transfer->http->curl.easy_setopt(transfer->easy, option, value);
}

/* What keeps hostile URLs and answers in. */
static int
hop_fence(struct transfer *transfer, struct err *err)
{
	CURL *easy = transfer->easy;
	__typeof__(curl_easy_setopt) *set = transfer->http->curl.easy_setopt;
	CURLcode code;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	/* The newer _STR has no meaning for a libcurl before 7.85. */
	code = set(easy, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_REDIR_PROTOCOLS,
		    (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#pragma GCC diagnostic pop
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_FOLLOWLOCATION, 0L);
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_NOSIGNAL, 1L);
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_OPENSOCKETFUNCTION, hop_on_socket);
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_OPENSOCKETDATA, transfer);
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_RESOLVER_START_FUNCTION,
		    hop_on_resolve);
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_RESOLVER_START_DATA, transfer);
	if (code == CURLE_OK)
		code = set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (code != CURLE_OK)
		return err_set(err, ERR_UNSUPPORTED, "libcurl: %s",
		    transfer->http->curl.easy_strerror(code));
	return 0;
}

static void
hop_set_callbacks(struct transfer *transfer)
{
	__typeof__(curl_easy_setopt) *set = transfer->http->curl.easy_setopt;
	CURL *easy = transfer->easy;

	set(easy, CURLOPT_PRIVATE, transfer);
	set(easy, CURLOPT_ERRORBUFFER, transfer->words);
	set(easy, CURLOPT_HEADERFUNCTION, hop_on_header);
	set(easy, CURLOPT_HEADERDATA, transfer);
	set(easy, CURLOPT_WRITEFUNCTION, hop_on_body);
	set(easy, CURLOPT_WRITEDATA, transfer);
}

static void
hop_set_proxy(struct transfer *transfer)
{
	const struct proxy *proxy = transfer->proxy;
	bool v6 = proxy != NULL && strchr(proxy->host, ':') != NULL &&
	    proxy->host[0] != '[';
	const char *url = "";

	if (proxy != NULL)
		url = arena_printf(transfer->arena, "%s://%s%s%s:%u",
		    proxy->kind == PROXY_HTTP ? "http" :
		    proxy->remote_names ? "socks5h" : "socks5",
		    v6 ? "[" : "", proxy->host, v6 ? "]" : "",
		    (unsigned)proxy->port);
	if (url == NULL) {
		err_nomem(&transfer->failure);
		return;
	}
	hop_set(transfer, CURLOPT_PROXY, url);
	hop_set(transfer, CURLOPT_NOPROXY, "");
	if (proxy != NULL && proxy->user != NULL) {
		hop_set(transfer, CURLOPT_PROXYUSERNAME, proxy->user);
		hop_set(transfer, CURLOPT_PROXYPASSWORD,
		    proxy->password == NULL ? "" : proxy->password);
	}
}

static void
hop_set_trust(struct transfer *transfer)
{
	const struct http_options *options = &transfer->http->options;

	hop_set_long(transfer, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	if (options->ca_file != NULL || options->ca_path != NULL) {
		/* NULL also takes libcurl's own default out. */
		hop_set(transfer, CURLOPT_CAINFO, options->ca_file);
		hop_set(transfer, CURLOPT_CAPATH, options->ca_path);
	}
	if (options->insecure) {
		hop_set_long(transfer, CURLOPT_SSL_VERIFYPEER, 0L);
		hop_set_long(transfer, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static void
hop_set_limits(struct transfer *transfer)
{
	const struct http_request *request = &transfer->request;
	long connect_ms = CONNECT_MS;
	int64_t left;

	if (request->deadline_ms != 0) {
		left = request->deadline_ms - clock_mono_ms();
		if (left < connect_ms)
			connect_ms = left < 1 ? 1 : (long)left;
	}
	hop_set_long(transfer, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	hop_set_long(transfer, CURLOPT_BUFFERSIZE, BUFFER_SIZE);
	hop_set_long(transfer, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
	hop_set_long(transfer, CURLOPT_HTTP09_ALLOWED, 0L);
}

static void
hop_set_request(struct transfer *transfer)
{
	const struct http_request *request = &transfer->request;
	const struct http_options *options = &transfer->http->options;

	transfer->http->curl.easy_setopt(transfer->easy, CURLOPT_CURLU,
	    transfer->url);
	hop_headers(transfer);
	hop_set(transfer, CURLOPT_HTTPHEADER, transfer->headers);
	/* Ours are not for the proxy. */
	hop_set_long(transfer, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	hop_set(transfer, CURLOPT_USERAGENT, options->user_agent);
	hop_set(transfer, CURLOPT_ACCEPT_ENCODING, "gzip");
	hop_set(transfer, CURLOPT_RESOLVE, transfer->addresses);
	hop_set_long(transfer, CURLOPT_IPRESOLVE,
	    options->family == AF_INET ? (long)CURL_IPRESOLVE_V4 :
	    options->family == AF_INET6 ? (long)CURL_IPRESOLVE_V6 :
	    (long)CURL_IPRESOLVE_WHATEVER);
	if (!request->post)
		return;
	hop_set_long(transfer, CURLOPT_POST, 1L);
	hop_set(transfer, CURLOPT_POSTFIELDS, request->body.len == 0 ? "" :
	    (const char *)request->body.data);
	transfer->http->curl.easy_setopt(transfer->easy,
	    CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
}

int
http_hop_start(struct transfer *transfer, struct err *err)
{
	struct http *http = transfer->http;
	CURLMcode code;

	http_head_init(&transfer->head);
	transfer->easy = http->curl.easy_init();
	if (transfer->easy == NULL)
		return err_nomem(err);
	if (hop_fence(transfer, err) != 0)
		return -1;
	hop_set_callbacks(transfer);
	hop_set_proxy(transfer);
	hop_set_trust(transfer);
	hop_set_limits(transfer);
	hop_set_request(transfer);
	if (transfer->failure.kind != ERR_NONE) {
		*err = transfer->failure;
		return -1;
	}
	if (http_drive_start(http, err) != 0)
		return -1;
	code = http->curl.multi_add_handle(http->multi, transfer->easy);
	if (code == CURLM_OK) {
		transfer->added = true;
		return 0;
	}
	return code == CURLM_OUT_OF_MEMORY ? err_nomem(err) :
	    err_set(err, ERR_INTERNAL, "libcurl: error %d", (int)code);
}

/* ---- how it ends ---- */

static bool
hop_reached(const struct transfer *transfer, CURLINFO what)
{
	curl_off_t time = 0;

	return transfer->easy != NULL &&
	    transfer->http->curl.easy_getinfo(transfer->easy, what, &time) ==
	    CURLE_OK && time > 0;
}

const char *
http_hop_phase(const struct transfer *transfer)
{
	if (transfer->easy == NULL)
		return phase_name(PHASE_RESOLVE);
	if (!hop_reached(transfer, CURLINFO_CONNECT_TIME_T))
		return phase_name(PHASE_CONNECT);
	if (transfer->https &&
	    !hop_reached(transfer, CURLINFO_APPCONNECT_TIME_T))
		return phase_name(PHASE_HANDSHAKE);
	/* Of a head that comes octet by octet no line may be there yet. */
	return transfer->head.octets > 0 ||
	    hop_reached(transfer, CURLINFO_STARTTRANSFER_TIME_T) ?
	    "answer" : "request";
}

/* Without libcurl's own words where we have better ones. */
static const struct {
	CURLcode code;
	enum err_kind kind;
	const char *words;		/* NULL: libcurl's */
} hop_errors[] = {
	{ CURLE_OUT_OF_MEMORY, ERR_NOMEM, "out of memory" },
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_RESOLVE, NULL },
	{ CURLE_COULDNT_RESOLVE_PROXY, ERR_PROXY, NULL },
	{ CURLE_PROXY, ERR_PROXY, NULL },
	{ CURLE_GOT_NOTHING, ERR_CONNECT,
	    "the connection was closed without an answer" },
	{ CURLE_PARTIAL_FILE, ERR_CONNECT,
	    "the connection was closed in the middle of the answer" },
	{ CURLE_BAD_CONTENT_ENCODING, ERR_SYNTAX,
	    "the compressed answer cannot be read" },
	{ CURLE_WEIRD_SERVER_REPLY, ERR_SYNTAX, "not an HTTP answer" },
	{ CURLE_UNSUPPORTED_PROTOCOL, ERR_SYNTAX, "not an HTTP answer" },
	{ CURLE_FILESIZE_EXCEEDED, ERR_LIMIT, NULL },
	{ CURLE_PEER_FAILED_VERIFICATION, ERR_TLS, NULL },
	{ CURLE_SSL_CONNECT_ERROR, ERR_TLS, NULL },
	{ CURLE_SSL_CACERT_BADFILE, ERR_TLS, NULL },
	{ CURLE_SSL_CERTPROBLEM, ERR_TLS, NULL },
	{ CURLE_SSL_CIPHER, ERR_TLS, NULL },
};

static int
hop_error_connect(struct transfer *transfer, struct err *err)
{
	enum err_kind kind = transfer->proxy == NULL ? ERR_CONNECT : ERR_PROXY;
	const char *what = transfer->proxy == NULL ? "connect" : "proxy";
	long sys = 0, status = 0;

	transfer->http->curl.easy_getinfo(transfer->easy,
	    CURLINFO_HTTP_CONNECTCODE, &status);
	if (transfer->proxy != NULL && status != 0 && status / 100 != 2)
		return err_set(err, kind, "proxy: HTTP %ld", status);
	transfer->http->curl.easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO,
	    &sys);
	if (transfer->denied)
		return err_set(err, kind,
		    "connect: refused, the address is private");
	if (sys != 0)
		return err_sys(err, kind, (int)sys, "%s", what);
	return err_set(err, kind, "%s: %s", what, transfer->words);
}

static int
hop_error_transport(struct transfer *transfer, struct err *err)
{
	long sys = 0, status = 0;

	transfer->http->curl.easy_getinfo(transfer->easy,
	    CURLINFO_HTTP_CONNECTCODE, &status);
	if (transfer->proxy != NULL && status != 0 && status / 100 != 2)
		return err_set(err, ERR_PROXY, "proxy: HTTP %ld", status);
	transfer->http->curl.easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO,
	    &sys);
	if (sys != 0 && sys != EAGAIN)
		return err_sys(err, ERR_CONNECT, (int)sys, "%s",
		    http_hop_phase(transfer));
	return err_set(err, ERR_CONNECT, "%s: %s", http_hop_phase(transfer),
	    transfer->words);
}

int
http_hop_error(struct transfer *transfer, struct err *err)
{
	const char *words = transfer->words;
	size_t i;

	if (transfer->failure.kind != ERR_NONE) {
		*err = transfer->failure;
		return -1;
	}
	if (transfer->result == CURLE_COULDNT_CONNECT)
		return hop_error_connect(transfer, err);
	if (*words == '\0')
		words = transfer->http->curl.easy_strerror(transfer->result);
	/* libcurl has one word for both when it keeps a line of the head. */
	if (transfer->result == CURLE_OUT_OF_MEMORY &&
	    hop_reached(transfer, CURLINFO_PRETRANSFER_TIME_T) &&
	    transfer->received == 0)
		return err_set(err, ERR_LIMIT,
		    "a line in the head of the answer is too long");
	if (transfer->result == CURLE_OPERATION_TIMEDOUT)
		return err_set(err, ERR_TIMEOUT, "%s: no answer in time",
		    http_hop_phase(transfer));
	if (transfer->result == CURLE_PEER_FAILED_VERIFICATION ||
	    transfer->result == CURLE_SSL_CONNECT_ERROR)
		words = http_verify_words(words,
		    &transfer->response.untrusted);
	for (i = 0; i < sizeof(hop_errors) / sizeof(*hop_errors); i++)
		if (hop_errors[i].code == transfer->result)
			return err_set(err, hop_errors[i].kind, "%s",
			    hop_errors[i].words != NULL ?
			    hop_errors[i].words : words);
	return hop_error_transport(transfer, err);
}

/* They may hold credentials. */
static void
hop_free_headers(struct transfer *transfer)
{
	struct curl_slist *item;

	for (item = transfer->headers; item != NULL; item = item->next)
		if (item->data != NULL)
			mem_wipe(item->data, strlen(item->data));
	transfer->http->curl.slist_free_all(transfer->headers);
	transfer->headers = NULL;
}

void
http_hop_end(struct transfer *transfer)
{
	const struct http_library *curl = &transfer->http->curl;
	struct http_response *response = &transfer->response;
	char *peer = NULL;

	if (transfer->easy != NULL && curl->easy_getinfo(transfer->easy,
	    CURLINFO_PRIMARY_IP, &peer) == CURLE_OK && peer != NULL &&
	    strlen(peer) < sizeof(response->peer))
		memcpy(response->peer, peer, strlen(peer) + 1);
	if (transfer->added)
		curl->multi_remove_handle(transfer->http->multi,
		    transfer->easy);
	if (transfer->easy != NULL)
		curl->easy_cleanup(transfer->easy);
	curl->slist_free_all(transfer->addresses);
	hop_free_headers(transfer);
	transfer->easy = NULL;
	transfer->added = false;
	transfer->addresses = NULL;
}

#endif
