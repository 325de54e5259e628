/* SPDX-License-Identifier: ISC */
/*
 * A web site on 127.0.0.1 for the tests of fetches: a thread that accepts,
 * and one for each connection, which answers one request by a function of
 * the test and closes, unless that function wants to keep it.
 */
#ifndef TESTS_UNIT_HTTP_SITE_H
#define TESTS_UNIT_HTTP_SITE_H

#include <stdatomic.h>

#include "net_peer.h"

#define SITE_REQUEST_MAX 16384

struct site;

/* One request. */
struct visit {
	struct site *site;
	int fd;
	SSL *tls;			/* NULL: plain */
	char request[SITE_REQUEST_MAX];	/* head and body */
	char path[4096];
	bool keep;			/* set by answer: one more request */
};

struct site {
	void (*answer)(struct visit *visit);
	SSL_CTX *context;		/* NULL: plain */
	int listener;			/* -1 or 0: 127.0.0.1, any port */
	uint16_t port;
	int stop[2];
	pthread_t thread;
	atomic_int visits, open, connections;
};

static inline void
visit_send(struct visit *visit, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	while (len > 0) {
		n = visit->tls != NULL ? SSL_write(visit->tls, at, (int)len) :
		    send(visit->fd, at, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		at += n;
		len -= (size_t)n;
	}
}

static inline void
visit_say(struct visit *visit, const char *text)
{
	visit_send(visit, text, strlen(text));
}

/* head: status line and fields, without the empty line. */
static inline void
visit_reply(struct visit *visit, const char *head, const void *body,
    size_t len)
{
	char text[1024];

	snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n", head, len);
	visit_say(visit, text);
	visit_send(visit, body, len);
}

/* Until the client closes, the site stops, or ms have passed (false). */
static inline bool
visit_ended(struct visit *visit, int ms)
{
	struct pollfd polls[2] = { { visit->fd, POLLRDHUP, 0 },
		{ visit->site->stop[0], POLLIN, 0 } };

	return poll(polls, 2, ms) != 0;
}

static inline ssize_t
visit_recv(struct visit *visit, char *data, size_t size)
{
	return visit->tls != NULL ? SSL_read(visit->tls, data, (int)size) :
	    recv(visit->fd, data, size, 0);
}

/* Waits for the next request of a connection that is kept. */
static inline bool
visit_again(struct visit *visit)
{
	struct pollfd polls[2] = { { visit->fd, POLLIN, 0 },
		{ visit->site->stop[0], POLLIN, 0 } };

	if (!visit->keep)
		return false;
	visit->keep = false;
	memset(visit->request, 0, sizeof(visit->request));
	while ((visit->tls == NULL || SSL_pending(visit->tls) == 0) &&
	    polls[0].revents == 0)
		if (poll(polls, 2, -1) > 0 && polls[1].revents != 0)
			return false;
	return true;
}

/* The head, and as much body as it announces. */
static inline bool
visit_receive(struct visit *visit)
{
	size_t n = 0, want = 0, head;
	const char *end, *length;
	ssize_t got;

	while (n < sizeof(visit->request) - 1) {
		got = visit_recv(visit, visit->request + n,
		    sizeof(visit->request) - 1 - n);
		if (got <= 0)
			return false;
		n += (size_t)got;
		end = strstr(visit->request, "\r\n\r\n");
		if (end == NULL)
			continue;
		head = (size_t)(end - visit->request) + 4;
		length = strstr(visit->request, "Content-Length: ");
		if (length != NULL)
			want = (size_t)strtoul(length + 16, NULL, 10);
		if (n >= head + want)
			break;
	}
	return sscanf(visit->request, "%*s %4095s", visit->path) == 1;
}

static inline void *
visit_thread(void *arg)
{
	struct visit *visit = arg;
	bool ready = true;

	if (visit->site->context != NULL) {
		visit->tls = SSL_new(visit->site->context);
		SSL_set_fd(visit->tls, visit->fd);
		ready = SSL_accept(visit->tls) == 1;
	}
	visit->keep = ready;
	while (visit_again(visit) && visit_receive(visit)) {
		visit->site->visits++;
		visit->site->answer(visit);
	}
	SSL_free(visit->tls);
	ERR_clear_error();
	close(visit->fd);
	visit->site->open--;
	free(visit);
	return NULL;
}

static inline void *
site_thread(void *arg)
{
	struct site *site = arg;
	struct pollfd polls[2] = { { site->listener, POLLIN, 0 },
		{ site->stop[0], POLLIN, 0 } };
	struct visit *visit;
	pthread_t thread;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		if (poll(polls, 2, -1) < 0)
			continue;
		if (polls[1].revents != 0)
			return NULL;
		fd = accept(site->listener, NULL, NULL);
		if (fd < 0)
			continue;
		visit = calloc(1, sizeof(*visit));
		visit->site = site;
		visit->fd = fd;
		site->open++;
		site->connections++;
		if (pthread_create(&thread, NULL, visit_thread, visit) != 0)
			bail("no thread");
		pthread_detach(thread);
	}
}

static inline void
site_start(struct site *site)
{
	signal(SIGPIPE, SIG_IGN);
	if (site->listener <= 0)
		site->listener = peer_listen(&site->port);
	if (pipe2(site->stop, O_CLOEXEC) != 0 ||
	    pthread_create(&site->thread, NULL, site_thread, site) != 0)
		bail("no thread");
}

static inline void
site_stop(struct site *site)
{
	close(site->stop[1]);
	pthread_join(site->thread, NULL);
	close(site->listener);
	while (site->open > 0)
		usleep(1000);
	close(site->stop[0]);
	SSL_CTX_free(site->context);
}

#endif
