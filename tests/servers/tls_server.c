/* SPDX-License-Identifier: ISC */
/*
 * tls_server: listeners, the accept loop, and the ends of the process.
 */

#include "tls_server.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIZE	((size_t)256 * 1024)

struct listener {
	int			 fd;
	int			 port;
	const struct config	*config;
};

struct server {
	struct listener	*listeners;
	size_t		 count;
	int		 epoll;
	time_t		 end;
	int		 watch_stdin;
};

union address {
	struct sockaddr		 any;
	struct sockaddr_in	 in;
	struct sockaddr_in6	 in6;
};

void
tls_server_die(int code, const char *format, ...)
{
	va_list	 ap;

	fprintf(stderr, "tls_server: ");
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	_exit(code);
}

/* Loopback only: nobody else is to find a server with faults. */
static socklen_t
address_parse(const char *text, int port, union address *out)
{
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &out->in.sin_addr) == 1 &&
	    ntohl(out->in.sin_addr.s_addr) >> 24 == 127) {
		out->in.sin_family = AF_INET;
		out->in.sin_port = htons((in_port_t)port);
		return sizeof(out->in);
	}
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET6, text, &out->in6.sin6_addr) == 1 &&
	    IN6_IS_ADDR_LOOPBACK(&out->in6.sin6_addr)) {
		out->in6.sin6_family = AF_INET6;
		out->in6.sin6_port = htons((in_port_t)port);
		return sizeof(out->in6);
	}
	tls_server_die(2, "--listen %s: not a loopback address", text);
}

/* Connects to the listener until a connection stays unanswered. */
static void
backlog_fill(const union address *to, socklen_t len)
{
	struct pollfd	 pfd;
	int		 i;

	for (i = 0; i < 16; i++) {
		pfd.fd = socket(to->any.sa_family, SOCK_STREAM |
		    SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		pfd.events = POLLOUT;
		if (pfd.fd == -1 || (connect(pfd.fd, &to->any, len) == -1 &&
		    errno != EINPROGRESS))
			tls_server_die(1, "--full-backlog: %s",
			    strerror(errno));
		if (poll(&pfd, 1, 100) == 0)
			return;
	}
}

static void
listener_open(struct listener *listener, int port)
{
	const struct config	*config = listener->config;
	union address		 address;
	socklen_t		 len;
	int			 on = 1;

	len = address_parse(config->listen, port, &address);
	listener->fd = socket(address.any.sa_family, SOCK_STREAM |
	    SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->fd == -1)
		tls_server_die(1, "socket: %s", strerror(errno));
	(void)setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on));
	if (address.any.sa_family == AF_INET6)
		(void)setsockopt(listener->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
		    sizeof(on));
	if (bind(listener->fd, &address.any, len) == -1 ||
	    listen(listener->fd, config->full_backlog ? 0 : 4096) == -1 ||
	    getsockname(listener->fd, &address.any, &len) == -1)
		tls_server_die(1, "%s port %d: %s", config->listen, port,
		    strerror(errno));
	listener->port = ntohs(address.any.sa_family == AF_INET6 ?
	    address.in6.sin6_port : address.in.sin_port);
	if (config->full_backlog)
		backlog_fill(&address, len);
}

static void
server_listen(struct server *server, const struct config *config)
{
	struct epoll_event	 event = { .events = EPOLLIN };
	struct listener		*listener;
	size_t			 want, previous;
	int			 i, port = atoi(config->port);

	previous = server->count;
	want = server->count + (size_t)config->ports;
	server->listeners = realloc(server->listeners,
	    want * sizeof(*server->listeners));
	if (server->listeners == NULL)
		tls_server_die(1, "out of memory");
	if (strcmp(config->port, "same") == 0) {
		if (previous == 0)
			tls_server_die(2, "--port same: no listener before");
		port = server->listeners[previous - 1].port;
	}
	for (i = 0; i < config->ports; i++) {
		listener = &server->listeners[server->count];
		listener->config = config;
		listener_open(listener, port == 0 ? 0 : port + i);
		event.data.u64 = server->count++;
		if (!config->full_backlog && epoll_ctl(server->epoll,
		    EPOLL_CTL_ADD, listener->fd, &event) == -1)
			tls_server_die(1, "epoll: %s", strerror(errno));
	}
}

static void
ready_print(const struct server *server, FILE *file)
{
	size_t	 i;

	fputs("ready", file);
	for (i = 0; i < server->count; i++)
		fprintf(file, " %d", server->listeners[i].port);
	fputc('\n', file);
	fflush(file);
}

static void
ready_tell(const struct server *server, const char *path)
{
	char	 temporary[4096];
	FILE	*file;

	ready_print(server, stdout);
	if (path == NULL)
		return;
	snprintf(temporary, sizeof(temporary), "%s.tmp", path);
	file = fopen(temporary, "w");
	if (file == NULL)
		tls_server_die(1, "%s: %s", temporary, strerror(errno));
	ready_print(server, file);
	fclose(file);
	if (rename(temporary, path) == -1)
		tls_server_die(1, "%s: %s", path, strerror(errno));
}

static struct conn *
conn_new(const struct listener *listener, int fd, const union address *from)
{
	struct conn	*conn = calloc(1, sizeof(*conn));
	const void	*octets;

	if (conn == NULL)
		return NULL;
	conn->config = listener->config;
	conn->port = listener->port;
	conn->end = "-";
	conn->wire.fd = fd;
	conn->wire.delay = conn->config->drip;
	conn->wire.left = conn->config->close_after;
	conn->wire.records = -1;
	octets = from->any.sa_family == AF_INET6 ?
	    (const void *)&from->in6.sin6_addr :
	    (const void *)&from->in.sin_addr;
	(void)inet_ntop(from->any.sa_family, octets, conn->from,
	    sizeof(conn->from));
	return conn;
}

static void
conn_start(const struct listener *listener, int fd, const union address *from)
{
	pthread_attr_t	 attr;
	pthread_t	 thread;
	struct conn	*conn;

	/* Kept open, unread, until the process ends. */
	if (listener->config->blackhole)
		return;
	conn = conn_new(listener, fd, from);
	if (conn == NULL) {
		close(fd);
		return;
	}
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	if (pthread_create(&thread, &attr, tls_server_conn_run, conn) != 0) {
		close(fd);
		free(conn);
	}
	pthread_attr_destroy(&attr);
}

static void
listener_accept(const struct listener *listener)
{
	union address	 from;
	socklen_t	 len = sizeof(from);
	int		 fd;

	while ((fd = accept4(listener->fd, &from.any, &len,
	    SOCK_CLOEXEC)) != -1) {
		conn_start(listener, fd, &from);
		len = sizeof(from);
	}
}

static int
stdin_closed(void)
{
	char	 scratch[256];
	ssize_t	 got = read(STDIN_FILENO, scratch, sizeof(scratch));

	return got == 0 || (got == -1 && errno != EINTR && errno != EAGAIN);
}

/* Standard input may be a plain file, which epoll refuses: poll() both. */
static void
server_run(const struct server *server)
{
	struct epoll_event	 events[64];
	struct pollfd		 fds[2] = {
		{ server->epoll, POLLIN, 0 },
		{ server->watch_stdin ? STDIN_FILENO : -1, POLLIN, 0 },
	};
	struct timespec		 now;
	int			 i, count;

	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= server->end)
			return;
		if (poll(fds, 2, (int)(server->end - now.tv_sec) * 1000) == -1)
			continue;
		if (fds[1].revents != 0 && stdin_closed())
			return;
		count = epoll_wait(server->epoll, events, 64, 0);
		for (i = 0; i < count; i++)
			listener_accept(
			    &server->listeners[events[i].data.u64]);
	}
}

static void
limits_raise(void)
{
	struct rlimit	 limit;

	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int
main(int argc, char **argv)
{
	struct process	  process = { NULL, NULL, NULL, 300, 0 };
	struct server	  server = { NULL, 0, -1, 0, 0 };
	struct config	 *single, **configs;
	struct timespec	  now;
	size_t		  i, count = 1;

	limits_raise();
	single = tls_server_config_args(argc, argv, &process);
	configs = &single;
	if (process.config != NULL)
		configs = tls_server_config_file(process.config, &count);
	if (process.log != NULL)
		tls_server_conn_log_fd = open(process.log, O_WRONLY | O_APPEND |
		    O_CREAT | O_CLOEXEC, 0666);
	server.epoll = epoll_create1(EPOLL_CLOEXEC);
	for (i = 0; i < count; i++) {
		tls_server_tls_load(configs[i]);
		server_listen(&server, configs[i]);
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	server.end = now.tv_sec + process.lifetime;
	server.watch_stdin = !process.ignore_stdin;
	ready_tell(&server, process.ready_file);
	server_run(&server);
	_exit(0);
}
