/* SPDX-License-Identifier: ISC */
/*
 * HTTP CONNECT and SOCKS5.  The errors read well behind "proxy HOST:PORT: ".
 * Internally 0 means done, 1 that the descriptor is not ready, -1 an error.
 */
#include "net/tunnel.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/text.h"

#define TUNNEL_INTERIM_MAX 8

enum tunnel_state {
	TUNNEL_START,
	TUNNEL_HTTP_ANSWER,
	TUNNEL_SOCKS_METHOD,
	TUNNEL_SOCKS_AUTH,
	TUNNEL_SOCKS_REPLY,		/* up to the address type */
	TUNNEL_SOCKS_LENGTH,		/* of a name as bound address */
	TUNNEL_SOCKS_BOUND,		/* bound address and port */
	TUNNEL_OPEN
};

/* RFC 1928, clauses 3 to 5; RFC 1929. */
enum {
	SOCKS_VERSION = 5,
	SOCKS_AUTH_VERSION = 1,
	SOCKS_METHOD_NONE = 0,
	SOCKS_METHOD_PASSWORD = 2,
	SOCKS_METHOD_REFUSED = 0xff,
	SOCKS_CONNECT = 1,
	SOCKS_IPV4 = 1,
	SOCKS_NAME = 3,
	SOCKS_IPV6 = 4
};

static const char *const socks_replies[] = {
	"succeeded",
	"general failure",
	"connection not allowed by its rules",
	"network unreachable",
	"host unreachable",
	"connection refused",
	"TTL expired",
	"command not supported",
	"address type not supported",
};

#define SOCKS_REPLIES (sizeof(socks_replies) / sizeof(*socks_replies))

void
tunnel_init(struct tunnel *tunnel, const struct proxy *proxy, const char *host,
    uint16_t port, const struct address *address)
{
	memset(tunnel, 0, sizeof(*tunnel));
	tunnel->proxy = proxy;
	tunnel->host = host;
	tunnel->port = port;
	tunnel->address = address;
	tunnel->state = TUNNEL_START;
	buf_init(&tunnel->in, TUNNEL_HEADER_MAX);
}

void
tunnel_release(struct tunnel *tunnel)
{
	mem_wipe(tunnel->out, sizeof(tunnel->out));
	buf_release(&tunnel->in);
}

static void
tunnel_put(struct tunnel *tunnel, const void *data, size_t len)
{
	if (len > sizeof(tunnel->out) - tunnel->out_len)
		return;		/* never: all parts are bounded */
	memcpy(tunnel->out + tunnel->out_len, data, len);
	tunnel->out_len += len;
}

static void
tunnel_put_byte(struct tunnel *tunnel, size_t v)
{
	tunnel_put(tunnel, &(uint8_t){ (uint8_t)v }, 1);
}

static void
tunnel_put_str(struct tunnel *tunnel, const char *s)
{
	tunnel_put(tunnel, s, strlen(s));
}

/* "user:password" in base64. */
static void
tunnel_put_basic(struct tunnel *tunnel)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char plain[512];
	unsigned bits = 0, held = 0;
	size_t i, len;

	len = (size_t)snprintf(plain, sizeof(plain), "%s:%s",
	    tunnel->proxy->user, tunnel->proxy->password);
	for (i = 0; i < len && i < sizeof(plain) - 1; i++) {
		bits = (bits << 8 | (uint8_t)plain[i]) & 0xffff;
		for (held += 8; held >= 6; held -= 6)
			tunnel_put(tunnel,
			    &digits[bits >> (held - 6) & 63], 1);
	}
	if (held > 0)
		tunnel_put(tunnel, &digits[bits << (6 - held) & 63], 1);
	for (; held > 0 && held < 6; held += 2)
		tunnel_put(tunnel, "=", 1);
	mem_wipe(plain, sizeof(plain));
}

/* The target as the proxy is told it. */
static void
tunnel_target(const struct tunnel *tunnel, char *out, size_t size)
{
	if (tunnel->address != NULL)
		address_format(tunnel->address, out, size);
	else
		snprintf(out, size, "%s", tunnel->host);
}

static void
tunnel_start_http(struct tunnel *tunnel)
{
	char host[256], target[300];

	tunnel_target(tunnel, host, sizeof(host));
	snprintf(target, sizeof(target), strchr(host, ':') != NULL ?
	    "[%s]:%u" : "%s:%u", host, (unsigned)tunnel->port);
	tunnel_put_str(tunnel, "CONNECT ");
	tunnel_put_str(tunnel, target);
	tunnel_put_str(tunnel, " HTTP/1.1\r\nHost: ");
	tunnel_put_str(tunnel, target);
	tunnel_put_str(tunnel, "\r\n");
	if (tunnel->proxy->user != NULL) {
		tunnel_put_str(tunnel, "Proxy-Authorization: Basic ");
		tunnel_put_basic(tunnel);
		tunnel_put_str(tunnel, "\r\n");
	}
	tunnel_put_str(tunnel, "\r\n");
	tunnel->state = TUNNEL_HTTP_ANSWER;
}

static void
tunnel_start_socks(struct tunnel *tunnel)
{
	bool password = tunnel->proxy->user != NULL;

	tunnel_put_byte(tunnel, SOCKS_VERSION);
	tunnel_put_byte(tunnel, password ? 2 : 1);
	tunnel_put_byte(tunnel, SOCKS_METHOD_NONE);
	if (password)
		tunnel_put_byte(tunnel, SOCKS_METHOD_PASSWORD);
	tunnel->state = TUNNEL_SOCKS_METHOD;
	tunnel->want = 2;
}

/* An address, or nothing when the target is a name. */
static void
tunnel_put_address(struct tunnel *tunnel, const struct address *address)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (address->sa.ss_family == AF_INET) {
		memcpy(&v4, &address->sa, sizeof(v4));
		tunnel_put_byte(tunnel, SOCKS_IPV4);
		tunnel_put(tunnel, &v4.sin_addr, sizeof(v4.sin_addr));
	} else {
		memcpy(&v6, &address->sa, sizeof(v6));
		tunnel_put_byte(tunnel, SOCKS_IPV6);
		tunnel_put(tunnel, &v6.sin6_addr, sizeof(v6.sin6_addr));
	}
}

static void
tunnel_request_socks(struct tunnel *tunnel)
{
	const struct address *address = tunnel->address;
	struct address literal;

	if (address == NULL &&
	    resolve_literal(tunnel->host, tunnel->port, &literal) == 0)
		address = &literal;
	tunnel_put_byte(tunnel, SOCKS_VERSION);
	tunnel_put_byte(tunnel, SOCKS_CONNECT);
	tunnel_put_byte(tunnel, 0);
	if (address != NULL) {
		tunnel_put_address(tunnel, address);
	} else {
		tunnel_put_byte(tunnel, SOCKS_NAME);
		tunnel_put_byte(tunnel, strlen(tunnel->host));
		tunnel_put_str(tunnel, tunnel->host);
	}
	tunnel_put_byte(tunnel, tunnel->port >> 8);
	tunnel_put_byte(tunnel, tunnel->port & 0xff);
	tunnel->state = TUNNEL_SOCKS_REPLY;
	tunnel->want = 4;
}

static int
tunnel_flush(struct tunnel *tunnel, int fd, struct err *err)
{
	ssize_t n;

	while (tunnel->out_sent < tunnel->out_len) {
		n = send(fd, tunnel->out + tunnel->out_sent,
		    tunnel->out_len - tunnel->out_sent, MSG_NOSIGNAL);
		if (n >= 0)
			tunnel->out_sent += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return 1;
		else if (errno != EINTR)
			return err_sys(err, ERR_PROXY, errno,
			    "cannot send to it");
	}
	mem_wipe(tunnel->out, tunnel->out_len);
	tunnel->out_len = tunnel->out_sent = 0;
	return 0;
}

/* A recv that gave n <= 0. */
static int
tunnel_no_data(ssize_t n, struct err *err)
{
	if (n == 0)
		return err_set(err, ERR_PROXY, "closed the connection");
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return 1;
	return err_sys(err, ERR_PROXY, errno, "cannot read from it");
}

/* How many of the octets belong to the header; *end: it ends there. */
static size_t
tunnel_header_part(struct tunnel *tunnel, struct bytes in, bool *end)
{
	size_t i;

	*end = false;
	for (i = 0; i < in.len && !*end; i++) {
		if (in.data[i] == '\n') {
			*end = tunnel->line_len == 0;
			tunnel->line_len = 0;
		} else if (in.data[i] != '\r') {
			tunnel->line_len++;
		}
	}
	return i;
}

static int
tunnel_not_http(const struct tunnel *tunnel, struct err *err)
{
	struct buf words = BUF_INIT;
	struct bytes in = bytes_of(buf_text(&tunnel->in),
	    strcspn(buf_text(&tunnel->in), "\r\n"));

	text_escape(&words, in, 40);
	err_set(err, ERR_PROXY, "does not speak HTTP: \"%s\"",
	    buf_text(&words));
	buf_release(&words);
	return -1;
}

/* Reads up to the blank line: looks first, and takes only what is ours. */
static int
tunnel_read_header(struct tunnel *tunnel, int fd, struct err *err)
{
	static const char magic[] = "HTTP/";
	char chunk[2048];
	bool end = false;
	size_t len;
	ssize_t n;

	while (!end) {
		n = recv(fd, chunk, sizeof(chunk), MSG_PEEK);
		if (n <= 0)
			return tunnel_no_data(n, err);
		len = tunnel_header_part(tunnel, bytes_of(chunk, (size_t)n),
		    &end);
		n = recv(fd, chunk, len, 0);
		if (n != (ssize_t)len)
			return tunnel_no_data(n, err);
		buf_add(&tunnel->in, chunk, len);
		if (memcmp(buf_text(&tunnel->in), magic,
		    tunnel->in.len < 5 ? tunnel->in.len : 5) != 0)
			return tunnel_not_http(tunnel, err);
		if (buf_failed(&tunnel->in) &&
		    tunnel->in.len + len <= TUNNEL_HEADER_MAX)
			return err_nomem(err);
		if (buf_failed(&tunnel->in))
			return err_set(err, ERR_PROXY,
			    "answers with a header over %d octets",
			    TUNNEL_HEADER_MAX);
	}
	return 0;
}

/* "HTTP/1.1 200 Connection established": the code, and the rest of the line
 * from it on; -1 when it is none. */
static int
tunnel_status(char *line, const char **words)
{
	char *code = strchr(line, ' ');
	unsigned i;

	line[strcspn(line, "\r\n")] = '\0';
	if (code == NULL || *code == '\0')
		return -1;
	code++;
	for (i = 0; i < 3; i++)
		if (code[i] < '0' || code[i] > '9')
			return -1;
	if (code[3] != ' ' && code[3] != '\0')
		return -1;
	*words = code;
	return (code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0';
}

static int
tunnel_take_http(struct tunnel *tunnel, struct err *err)
{
	const char *words = "";
	int status = tunnel->in.data == NULL ? -1 :
	    tunnel_status(tunnel->in.data, &words);

	if (status < 100)
		return tunnel_not_http(tunnel, err);
	if (status == 407)
		return err_set(err, ERR_PROXY, tunnel->proxy->user == NULL ?
		    "wants a user name and password (%.80s)" :
		    "refuses our user name and password (%.80s)", words);
	if (status >= 300)
		return err_set(err, ERR_PROXY,
		    "refuses the connection: %.80s", words);
	if (status >= 200)
		tunnel->state = TUNNEL_OPEN;
	else if (++tunnel->interim > TUNNEL_INTERIM_MAX)
		return err_set(err, ERR_PROXY,
		    "sends nothing but interim answers");
	buf_reset(&tunnel->in);
	return 0;
}

static int
tunnel_read_part(struct tunnel *tunnel, int fd, struct err *err)
{
	uint8_t chunk[512];
	size_t len;
	ssize_t n;

	while (tunnel->in.len < tunnel->want) {
		len = tunnel->want - tunnel->in.len;
		n = recv(fd, chunk, len < sizeof(chunk) ? len : sizeof(chunk),
		    0);
		if (n <= 0)
			return tunnel_no_data(n, err);
		buf_add(&tunnel->in, chunk, (size_t)n);
		if (buf_failed(&tunnel->in))
			return err_nomem(err);
	}
	return 0;
}

static int
socks_take_method(struct tunnel *tunnel, const uint8_t *in, struct err *err)
{
	const char *user = tunnel->proxy->user;

	if (in[0] != SOCKS_VERSION)
		return err_set(err, ERR_PROXY, "does not speak SOCKS 5");
	if (in[1] == SOCKS_METHOD_NONE) {
		tunnel_request_socks(tunnel);
		return 0;
	}
	if (in[1] == SOCKS_METHOD_REFUSED)
		return err_set(err, ERR_PROXY, user == NULL ?
		    "wants a user name and password" :
		    "takes no user name and password");
	if (in[1] != SOCKS_METHOD_PASSWORD || user == NULL)
		return err_set(err, ERR_PROXY,
		    "chose a method that was not offered (%u)", in[1]);
	tunnel_put_byte(tunnel, SOCKS_AUTH_VERSION);
	tunnel_put_byte(tunnel, strlen(user));
	tunnel_put_str(tunnel, user);
	tunnel_put_byte(tunnel, strlen(tunnel->proxy->password));
	tunnel_put_str(tunnel, tunnel->proxy->password);
	tunnel->state = TUNNEL_SOCKS_AUTH;
	tunnel->want = 2;
	return 0;
}

static int
socks_take_auth(struct tunnel *tunnel, const uint8_t *in, struct err *err)
{
	if (in[1] != 0)
		return err_set(err, ERR_PROXY,
		    "refuses our user name and password");
	tunnel_request_socks(tunnel);
	return 0;
}

static int
socks_take_reply(struct tunnel *tunnel, const uint8_t *in, struct err *err)
{
	if (in[0] != SOCKS_VERSION)
		return err_set(err, ERR_PROXY, "does not speak SOCKS 5");
	if (in[1] != 0)
		return err_set(err, ERR_PROXY, "%s (SOCKS reply %u)",
		    in[1] < SOCKS_REPLIES ? socks_replies[in[1]] :
		    "unknown failure", in[1]);
	tunnel->state = TUNNEL_SOCKS_BOUND;
	if (in[3] == SOCKS_IPV4) {
		tunnel->want = 4 + 2;
	} else if (in[3] == SOCKS_IPV6) {
		tunnel->want = 16 + 2;
	} else if (in[3] == SOCKS_NAME) {
		tunnel->want = 1;
		tunnel->state = TUNNEL_SOCKS_LENGTH;
	} else {
		return err_set(err, ERR_PROXY,
		    "answers with an unknown address type (%u)", in[3]);
	}
	return 0;
}

static int
socks_take_length(struct tunnel *tunnel, const uint8_t *in, struct err *err)
{
	(void)err;
	tunnel->want = (size_t)in[0] + 2;
	tunnel->state = TUNNEL_SOCKS_BOUND;
	return 0;
}

static int
socks_take_bound(struct tunnel *tunnel, const uint8_t *in, struct err *err)
{
	(void)in;
	(void)err;
	tunnel->state = TUNNEL_OPEN;
	return 0;
}

static int (*const socks_takers[])(struct tunnel *, const uint8_t *,
    struct err *) = {
	[TUNNEL_SOCKS_METHOD] = socks_take_method,
	[TUNNEL_SOCKS_AUTH] = socks_take_auth,
	[TUNNEL_SOCKS_REPLY] = socks_take_reply,
	[TUNNEL_SOCKS_LENGTH] = socks_take_length,
	[TUNNEL_SOCKS_BOUND] = socks_take_bound,
};

static int
tunnel_take_socks(struct tunnel *tunnel, struct err *err)
{
	uint8_t in[512] = { 0 };

	memcpy(in, buf_text(&tunnel->in), tunnel->in.len < sizeof(in) ?
	    tunnel->in.len : sizeof(in));
	buf_reset(&tunnel->in);
	return socks_takers[tunnel->state](tunnel, in, err);
}

/* The first message; the name must fit into it. */
static int
tunnel_start(struct tunnel *tunnel, struct err *err)
{
	if (strlen(tunnel->host) > 255)
		return err_set(err, ERR_PROXY,
		    "the target's name is longer than 255 octets");
	if (tunnel->proxy->kind == PROXY_HTTP)
		tunnel_start_http(tunnel);
	else
		tunnel_start_socks(tunnel);
	return 0;
}

static int
tunnel_advance(struct tunnel *tunnel, int fd, struct err *err)
{
	int r;

	if (tunnel->state == TUNNEL_START)
		return tunnel_start(tunnel, err);
	if (tunnel->state == TUNNEL_HTTP_ANSWER) {
		r = tunnel_read_header(tunnel, fd, err);
		return r != 0 ? r : tunnel_take_http(tunnel, err);
	}
	r = tunnel_read_part(tunnel, fd, err);
	return r != 0 ? r : tunnel_take_socks(tunnel, err);
}

enum step
tunnel_run(struct tunnel *tunnel, int fd, struct err *err)
{
	int r;

	for (;;) {
		r = tunnel_flush(tunnel, fd, err);
		if (r != 0)
			return r < 0 ? STEP_DONE : STEP_WRITE;
		if (tunnel->state == TUNNEL_OPEN)
			return STEP_DONE;
		r = tunnel_advance(tunnel, fd, err);
		if (r != 0)
			return r < 0 ? STEP_DONE : STEP_READ;
	}
}
