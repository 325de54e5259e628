/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: the process, its two listeners, its ends.
 */

#include "cpsrvd.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <openssl/ssl.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct options {
	const char	*scenario, *cert, *key, *chain, *log, *ready;
	int		 port[2], lifetime, watch;
};

struct visit {
	const struct site	*site;
	int			 fd;
	enum door		 door;
	unsigned		 number;
};

static void *
visit_run(void *arg)
{
	struct visit	 visit = *(struct visit *)arg;

	free(arg);
	http_connection(visit.site, visit.fd, visit.door, visit.number);
	return NULL;
}

static void
visit_start(const struct visit *visit)
{
	struct timeval	 wait = { 120, 0 };
	struct visit	*copy = cpsrvd_alloc(sizeof(*copy));
	pthread_attr_t	 attr;
	pthread_t	 thread;
	int		 on = 1;

	*copy = *visit;
	(void)setsockopt(visit->fd, SOL_SOCKET, SO_RCVTIMEO, &wait,
	    sizeof(wait));
	(void)setsockopt(visit->fd, IPPROTO_TCP, TCP_NODELAY, &on,
	    sizeof(on));
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, (size_t)1024 * 1024);
	if (pthread_create(&thread, &attr, visit_run, copy) != 0) {
		close(visit->fd);
		free(copy);
	}
	pthread_attr_destroy(&attr);
}

/* Loopback only: nobody else is to find a server with faults. */
static int
listener_open(int *port)
{
	struct sockaddr_in	 address;
	socklen_t		 len = sizeof(address);
	int			 on = 1;
	int			 fd = socket(AF_INET, SOCK_STREAM |
				    SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((in_port_t)*port);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on)) == -1 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(fd, 256) == -1 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) == -1)
		cpsrvd_die("port %d: %s", *port, strerror(errno));
	*port = ntohs(address.sin_port);
	return fd;
}

static SSL_CTX *
tls_make(const struct options *options)
{
	SSL_CTX	*ctx;

	if (options->cert == NULL)
		return NULL;
	ctx = SSL_CTX_new(TLS_server_method());
	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx,
	    options->chain != NULL ? options->chain : options->cert) != 1 ||
	    options->key == NULL || SSL_CTX_use_PrivateKey_file(ctx,
	    options->key, SSL_FILETYPE_PEM) != 1)
		cpsrvd_die("%s: no certificate and key", options->cert);
	return ctx;
}

static void
ready_tell(const struct site *site, const char *path)
{
	char	 temporary[4096];
	FILE	*file;

	printf("ready %d %d\n", site->port[DOOR_WHM],
	    site->port[DOOR_CPANEL]);
	fflush(stdout);
	if (path == NULL)
		return;
	snprintf(temporary, sizeof(temporary), "%s.tmp", path);
	file = fopen(temporary, "w");
	if (file == NULL)
		cpsrvd_die("%s: %s", temporary, strerror(errno));
	fprintf(file, "ready %d %d\n", site->port[DOOR_WHM],
	    site->port[DOOR_CPANEL]);
	fclose(file);
	if (rename(temporary, path) == -1)
		cpsrvd_die("%s: %s", path, strerror(errno));
}

static void
visitors_take(const struct site *site, int listener, enum door door)
{
	static unsigned	 count;	/* of this thread alone */
	struct visit	 visit = { site, -1, door, 0 };

	while ((visit.fd = accept4(listener, NULL, NULL,
	    SOCK_CLOEXEC)) != -1) {
		visit.number = ++count;
		visit_start(&visit);
	}
}

static void
serve(const struct site *site, const struct options *options,
    const int *listeners)
{
	struct pollfd	 fds[3] = {
		{ listeners[DOOR_WHM], POLLIN, 0 },
		{ listeners[DOOR_CPANEL], POLLIN, 0 },
		{ options->watch ? STDIN_FILENO : -1, POLLIN, 0 },
	};
	time_t		 end = time(NULL) + options->lifetime;
	char		 scratch[256];

	while (time(NULL) < end) {
		if (poll(fds, 3, (int)(end - time(NULL)) * 1000) == -1)
			continue;
		if (fds[2].revents != 0 &&
		    read(STDIN_FILENO, scratch, sizeof(scratch)) <= 0)
			return;
		visitors_take(site, listeners[DOOR_WHM], DOOR_WHM);
		visitors_take(site, listeners[DOOR_CPANEL], DOOR_CPANEL);
	}
}

static void
options_read(struct options *options, int argc, char **argv)
{
	const struct { const char *name; const char **text; int *number; }
	    known[] = {
		{ "--scenario", &options->scenario, NULL },
		{ "--cert", &options->cert, NULL },
		{ "--key", &options->key, NULL },
		{ "--chain", &options->chain, NULL },
		{ "--log", &options->log, NULL },
		{ "--ready-file", &options->ready, NULL },
		{ "--whm-port", NULL, &options->port[DOOR_WHM] },
		{ "--cpanel-port", NULL, &options->port[DOOR_CPANEL] },
		{ "--lifetime", NULL, &options->lifetime },
	};
	size_t	 j, n = sizeof(known) / sizeof(known[0]);
	int	 i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--ignore-stdin") == 0) {
			options->watch = 0;
			continue;
		}
		for (j = 0; j < n && strcmp(known[j].name, argv[i]) != 0; )
			j++;
		if (j == n || i + 1 == argc)
			cpsrvd_die("%s: unknown, or without a value", argv[i]);
		i++;
		if (known[j].text != NULL)
			*known[j].text = argv[i];
		else
			*known[j].number = atoi(argv[i]);
	}
	if (options->scenario == NULL)
		cpsrvd_die("--scenario is missing");
}

/* By its own name, or --cli NAME. */
static int
cli_wanted(int *argc, char ***argv, const char **program)
{
	const char	*slash = strrchr((*argv)[0], '/');

	*program = slash != NULL ? slash + 1 : (*argv)[0];
	if (*argc > 2 && strcmp((*argv)[1], "--cli") == 0) {
		*program = (*argv)[2];
		*argc -= 2;
		*argv += 2;
	}
	return strcmp(*program, "whmapi1") == 0 ||
	    strcmp(*program, "uapi") == 0;
}

int
main(int argc, char **argv)
{
	struct options	 options = { .lifetime = 300, .watch = 1 };
	const char	*program;
	struct site	 site;
	json_t		*scene;
	int64_t		 now;
	int		 listeners[2];

	if (cli_wanted(&argc, &argv, &program))
		return cli_run(program, argc, argv);
	options_read(&options, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	/* What is broken is to be told now. */
	scene = scene_load(options.scenario, &now);
	json_decref(scene);
	log_open(options.log);
	memset(&site, 0, sizeof(site));
	site.scene_path = options.scenario;
	site.tls = tls_make(&options);
	site.port[DOOR_WHM] = options.port[DOOR_WHM];
	site.port[DOOR_CPANEL] = options.port[DOOR_CPANEL];
	listeners[DOOR_WHM] = listener_open(&site.port[DOOR_WHM]);
	listeners[DOOR_CPANEL] = listener_open(&site.port[DOOR_CPANEL]);
	ready_tell(&site, options.ready);
	serve(&site, &options, listeners);
	_exit(0);
}
