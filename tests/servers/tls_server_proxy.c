/* SPDX-License-Identifier: ISC */
/*
 * HTTP CONNECT and SOCKS 5 (RFC 1928, 1929) proxies that reach loopback only.
 */

#include "tls_server.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <openssl/evp.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Names are 127.0.0.1; addresses must be loopback.  -1: no connection. */
static int
loopback_connect(const char *host, int port)
{
	struct sockaddr_in	 in = { .sin_family = AF_INET,
				    .sin_port = htons((in_port_t)port) };
	struct sockaddr_in6	 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons((in_port_t)port) };
	int			 fd, rc;

	if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		if (!IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr))
			return -1;
		fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
		rc = connect(fd, (const struct sockaddr *)&in6, sizeof(in6));
	} else {
		if (inet_pton(AF_INET, host, &in.sin_addr) != 1)
			in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		if (ntohl(in.sin_addr.s_addr) >> 24 != 127)
			return -1;
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		rc = connect(fd, (const struct sockaddr *)&in, sizeof(in));
	}
	if (rc == -1 && fd != -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int
half_copy(struct wire *from, struct wire *to)
{
	char	 data[16384];
	ssize_t	 got = tls_server_wire_read(from, data, sizeof(data));

	if (got <= 0)
		return -1;
	return tls_server_wire_write(to, data, (size_t)got);
}

/* Until either side ends. */
static void
relay(struct conn *conn, int fd)
{
	struct wire	 server = { .fd = fd, .delay = -1, .left = -1,
	    .records = -1 };
	struct pollfd	 fds[2] = {
		{ conn->wire.fd, POLLIN, 0 }, { fd, POLLIN, 0 },
	};
	int		 rc = 0;

	conn->end = "proxied";
	while (rc == 0 && poll(fds, 2, 120000) > 0) {
		if (fds[0].revents != 0)
			rc = half_copy(&conn->wire, &server);
		if (rc == 0 && fds[1].revents != 0)
			rc = half_copy(&server, &conn->wire);
	}
	close(fd);
}

static void
target_note(struct conn *conn, const char *host, int port)
{
	snprintf(conn->target, sizeof(conn->target), "%.255s:%d", host, port);
}

static int
basic_matches(const char *header, const char *wanted)
{
	unsigned char	 text[512];
	const char	*line = strcasestr(header, "\r\nProxy-Authorization:");

	if (strlen(wanted) > 300)
		return 0;
	EVP_EncodeBlock(text, (const unsigned char *)wanted,
	    (int)strlen(wanted));
	if (line == NULL || (line = strcasestr(line, "Basic ")) == NULL)
		return 0;
	return strncmp(line + 6, (char *)text, strlen((char *)text)) == 0 &&
	    line[6 + strlen((char *)text)] == '\r';
}

static void
http_fail(struct conn *conn, int status, const char *more)
{
	char	 out[512];

	snprintf(out, sizeof(out), "HTTP/1.1 %d Test\r\n%s"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n", status, more);
	(void)tls_server_wire_print(&conn->wire, out);
	conn->end = "proxy-refused";
	tls_server_wire_drain(&conn->wire);
}

static void
http_run(struct conn *conn)
{
	const struct config	*config = conn->config;
	char			 header[8192], host[256];
	int			 port, fd;

	if (tls_server_wire_until(&conn->wire, header, sizeof(header),
	    "\r\n\r\n") == -1)
		return;
	if (sscanf(header, "CONNECT [%255[^]]]:%d HTTP/1.", host, &port) != 2 &&
	    sscanf(header, "CONNECT %255[^: ]:%d HTTP/1.", host, &port) != 2) {
		http_fail(conn, 405, "");
		return;
	}
	target_note(conn, host, port);
	if (config->proxy_endless) {
		(void)tls_server_wire_print(&conn->wire, "HTTP/1.1 200 OK\r\n");
		tls_server_wire_endless(&conn->wire, "X-More: more\r\n");
	} else if (config->proxy_auth != NULL &&
	    !basic_matches(header, config->proxy_auth))
		http_fail(conn, 407,
		    "Proxy-Authenticate: Basic realm=\"test\"\r\n");
	else if (config->proxy_refuse >= 0)
		http_fail(conn, config->proxy_refuse, "");
	else if ((fd = loopback_connect(host, port)) == -1)
		http_fail(conn, 502, "");
	else if (tls_server_wire_print(&conn->wire, config->proxy_inject ?
	    "HTTP/1.1 200 OK\r\n\r\ninjected\r\n" :
	    "HTTP/1.1 200 OK\r\n\r\n") == 0)
		relay(conn, fd);
	else
		close(fd);
}

/* Length-prefixed text; out has 256 octets. */
static int
short_text(struct wire *wire, char *out)
{
	unsigned char	 len;

	if (tls_server_wire_exact(wire, &len, 1) == -1 ||
	    tls_server_wire_exact(wire, out, len) == -1)
		return -1;
	out[len] = '\0';
	return 0;
}

static int
socks_login(struct conn *conn)
{
	char		 user[256], pass[256], both[520];
	unsigned char	 version, answer[2] = { 1, 0 };

	if (tls_server_wire_exact(&conn->wire, &version, 1) == -1 ||
	    short_text(&conn->wire, user) == -1 ||
	    short_text(&conn->wire, pass) == -1)
		return -1;
	snprintf(both, sizeof(both), "%s:%s", user, pass);
	if (strcmp(both, conn->config->proxy_auth) != 0)
		answer[1] = 1;
	if (tls_server_wire_write(&conn->wire, answer, 2) == -1)
		return -1;
	return answer[1] == 0 ? 0 : -1;
}

static int
socks_method(struct conn *conn)
{
	unsigned char	 head[2], methods[255], answer[2] = { 5, 0xff };
	unsigned char	 want = conn->config->proxy_auth != NULL ? 2 : 0;

	if (tls_server_wire_exact(&conn->wire, head, 2) == -1 ||
	    head[0] != 5 ||
	    tls_server_wire_exact(&conn->wire, methods, head[1]) == -1)
		return -1;
	if (memchr(methods, want, head[1]) != NULL)
		answer[1] = want;
	if (tls_server_wire_write(&conn->wire, answer, 2) == -1 ||
	    answer[1] == 0xff)
		return -1;
	return want == 2 ? socks_login(conn) : 0;
}

/* host has 256 octets. */
static int
socks_request(struct conn *conn, char *host, int *port)
{
	unsigned char	 head[4], octets[16], number[2];

	if (tls_server_wire_exact(&conn->wire, head, 4) == -1 ||
	    head[0] != 5 || head[1] != 1)
		return -1;
	if (head[3] == 3) {
		if (short_text(&conn->wire, host) == -1)
			return -1;
	} else if (head[3] == 1 || head[3] == 4) {
		if (tls_server_wire_exact(&conn->wire, octets,
		    head[3] == 1 ? 4 : 16) == -1)
			return -1;
		(void)inet_ntop(head[3] == 1 ? AF_INET : AF_INET6, octets,
		    host, 256);
	} else
		return -1;
	if (tls_server_wire_exact(&conn->wire, number, 2) == -1)
		return -1;
	*port = number[0] * 256 + number[1];
	return 0;
}

static void
socks_run(struct conn *conn)
{
	const struct config	*config = conn->config;
	unsigned char		 answer[18] = { 5, 0, 0, 1, 127, 0, 0, 1,
				    0, 9, 'i', 'n', 'j', 'e', 'c', 't' };
	char			 host[256];
	int			 port, fd = -1;

	conn->end = "proxy-refused";
	if (socks_method(conn) == -1 ||
	    socks_request(conn, host, &port) == -1) {
		tls_server_wire_drain(&conn->wire);
		return;
	}
	target_note(conn, host, port);
	if (config->proxy_refuse >= 0)
		answer[1] = (unsigned char)config->proxy_refuse;
	else if ((fd = loopback_connect(host, port)) == -1)
		answer[1] = 5;
	if (tls_server_wire_write(&conn->wire, answer,
	    config->proxy_inject ? 16 : 10) == 0 && fd != -1)
		relay(conn, fd);
	else if (fd != -1)
		close(fd);
	else
		tls_server_wire_drain(&conn->wire);
}

void
tls_server_proxy_run(struct conn *conn)
{
	if (conn->config->http_proxy)
		http_run(conn);
	else
		socks_run(conn);
}
