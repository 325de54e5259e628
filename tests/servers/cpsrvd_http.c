/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: one connection, plain or TLS, of any number of requests.
 */

#include "cpsrvd.h"

#include <sys/socket.h>

#include <openssl/ssl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define HEAD_MAX	65536
#define BODY_MAX	1048576

struct conn {
	int		 fd;
	SSL		*tls;		/* or NULL */
	struct text	 in;
};

/* --- bytes ---------------------------------------------------------------- */

static int
conn_read(struct conn *conn)
{
	char	 block[16384];
	ssize_t	 got;

	if (conn->tls != NULL)
		got = SSL_read(conn->tls, block, sizeof(block));
	else
		got = recv(conn->fd, block, sizeof(block), 0);
	if (got <= 0)
		return -1;
	text_add(&conn->in, block, (size_t)got);
	return 0;
}

static int
conn_write(struct conn *conn, const char *data, size_t len, long drip)
{
	size_t	 step = drip > 0 ? 1 : 65536, n;
	ssize_t	 put;

	while (len > 0) {
		n = len < step ? len : step;
		if (conn->tls != NULL)
			put = SSL_write(conn->tls, data, (int)n);
		else
			put = send(conn->fd, data, n, MSG_NOSIGNAL);
		if (put <= 0)
			return -1;
		data += put;
		len -= (size_t)put;
		pause_ms(drip);
	}
	return 0;
}

/* --- a request ------------------------------------------------------------ */

const char *
http_header(const char *head, const char *name)
{
	const char	*line = strchr(head, '\n');
	size_t		 len = strlen(name);

	while (line != NULL) {
		line++;
		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, " ");
		line = strchr(line, '\n');
	}
	return NULL;
}

/* Its head and body as texts; -1: there is no more, or no sense. */
static int
request_read(struct conn *conn, struct text *head, struct text *body)
{
	const char	*end, *length;
	size_t		 wanted = 0, n;

	while (conn->in.len == 0 ||
	    (end = strstr(conn->in.data, "\r\n\r\n")) == NULL) {
		if (conn->in.len > HEAD_MAX || conn_read(conn) == -1)
			return -1;
	}
	n = (size_t)(end - conn->in.data) + 4;
	head->len = body->len = 0;
	text_add(head, conn->in.data, n);
	length = http_header(head->data, "Content-Length");
	if (length != NULL)
		wanted = strtoul(length, NULL, 10);
	while (conn->in.len < n + wanted) {
		if (wanted > BODY_MAX || conn_read(conn) == -1)
			return -1;
	}
	text_add(body, conn->in.data + n, wanted);
	memmove(conn->in.data, conn->in.data + n + wanted,
	    conn->in.len - n - wanted + 1);
	conn->in.len -= n + wanted;
	return 0;
}

/* --- an answer ------------------------------------------------------------ */

static int
head_write(struct conn *conn, const struct answer *answer, int last)
{
	struct text	 head = { NULL, 0, 0 };
	int		 rc;

	text_format(&head, "HTTP/1.1 %d %s\r\n"
	    "Connection: %s\r\nServer: cpsrvd\r\nPersistent-Auth: false\r\n"
	    "Cache-Control: no-cache, no-store, must-revalidate, private\r\n"
	    "Content-Type: %s\r\n", answer->status, answer->phrase,
	    last ? "close" : "Keep-Alive", answer->type);
	if (answer->location[0] != '\0')
		text_format(&head, "Location: %s\r\n", answer->location);
	if (answer->cookie[0] != '\0')
		text_format(&head, "Set-Cookie: %s; path=/; HttpOnly\r\n",
		    answer->cookie);
	if (answer->chunked)
		text_put(&head, "Transfer-Encoding: chunked\r\n");
	else
		text_format(&head, "Content-Length: %ld\r\n",
		    answer->length >= 0 ? answer->length :
		    (long)answer->body.len);
	text_put(&head, "\r\n");
	rc = conn_write(conn, head.data, head.len, 0);
	free(head.data);
	return rc;
}

static int
chunks_write(struct conn *conn, const struct answer *answer)
{
	size_t	 done = 0, n;
	char	 size[32];

	for (; done < answer->body.len; done += n) {
		n = answer->body.len - done;
		if (n > 8192)
			n = 8192;
		snprintf(size, sizeof(size), "%zx\r\n", n);
		if (conn_write(conn, size, strlen(size), 0) == -1 ||
		    conn_write(conn, answer->body.data + done, n,
		    answer->drip) == -1 || conn_write(conn, "\r\n", 2, 0) == -1)
			return -1;
	}
	/* A body that is cut has no end. */
	return answer->length >= 0 ? -1 : conn_write(conn, "0\r\n\r\n", 5, 0);
}

static int
answer_write(struct conn *conn, const struct answer *answer, int last)
{
	struct linger	 linger = { 1, 0 };
	char		 scratch[512];

	if (answer->reset) {
		(void)setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &linger,
		    sizeof(linger));
		return -1;
	}
	/* Until the client gives up. */
	while (answer->hang) {
		if (recv(conn->fd, scratch, sizeof(scratch), 0) <= 0)
			return -1;
	}
	if (head_write(conn, answer, last) == -1)
		return -1;
	return answer->chunked ? chunks_write(conn, answer) :
	    conn_write(conn, answer->body.data, answer->body.len,
	    answer->drip);
}

/* --- a connection --------------------------------------------------------- */

/* 0: another request may follow; -1: none; -2: not even a proper end. */
static int
conn_serve(struct conn *conn, const struct site *site,
    struct request *request)
{
	struct text	 head = { NULL, 0, 0 }, body = { NULL, 0, 0 };
	struct answer	 answer;
	const char	*connection;
	char		 version[16] = "";
	int		 last, rc = -1;

	if (request_read(conn, &head, &body) == 0 && sscanf(head.data,
	    "%15s %16383s %15s", request->method, request->target,
	    version) >= 2) {
		request->head = head.data;
		request->body = body.data;
		route_request(site, request, &answer);
		connection = http_header(head.data, "Connection");
		last = answer.close || strcmp(version, "HTTP/1.1") != 0 ||
		    (connection != NULL &&
		    strncasecmp(connection, "close", 5) == 0);
		rc = answer_write(conn, &answer, last);
		if (answer.reset)
			rc = -2;
		else if (last || answer.hang)
			rc = -1;
		free(answer.body.data);
	}
	free(head.data);
	free(body.data);
	return rc;
}

static int
conn_handshake(struct conn *conn, const struct site *site)
{
	if (site->tls == NULL)
		return 0;
	conn->tls = SSL_new(site->tls);
	return conn->tls != NULL && SSL_set_fd(conn->tls, conn->fd) == 1 &&
	    SSL_accept(conn->tls) == 1 ? 0 : -1;
}

void
http_connection(const struct site *site, int fd, enum door door,
    unsigned number)
{
	struct conn	 conn = { fd, NULL, { NULL, 0, 0 } };
	struct request	*request = cpsrvd_alloc(sizeof(*request));
	char		 scratch[512];
	int		 rc = 0;

	request->door = door;
	request->conn = number;
	request->port = site->port[door];
	if (conn_handshake(&conn, site) == 0) {
		while (rc == 0)
			rc = conn_serve(&conn, site, request);
		if (conn.tls != NULL && rc == -1)
			(void)SSL_shutdown(conn.tls);
		/* The client's close, so that nothing is lost to a reset. */
		if (rc == -1 && shutdown(fd, SHUT_WR) == 0) {
			while (recv(fd, scratch, sizeof(scratch), 0) > 0)
				continue;
		}
	}
	SSL_free(conn.tls);
	free(conn.in.data);
	free(request);
	close(fd);
}
