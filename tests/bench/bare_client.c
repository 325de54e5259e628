/* SPDX-License-Identifier: ISC */
/*
 * The floor that the plugins are measured against: what an OpenSSL client
 * needs for connect, handshake, path and name verification, and nothing
 * else.
 *
 *	bare_client PORT NAME [DIR]	DIR: hashed directory; without it
 *						the default verify paths
 *	bare_client -n COUNT PORT NAME DIR	COUNT handshakes, one context
 *	bare_client -p PORT COUNT NAME DIR	one handshake with each of COUNT
 *						ports from PORT on
 */
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
dial(unsigned short port)
{
	struct sockaddr_in sin;
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_port = htons(port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0) {
		perror("connect");
		exit(1);
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static void
handshake(SSL_CTX *ctx, unsigned short port, const char *name)
{
	int fd = dial(port);
	SSL *ssl = SSL_new(ctx);

	SSL_set_fd(ssl, fd);
	SSL_set_tlsext_host_name(ssl, name);
	SSL_set1_host(ssl, name);
	if (SSL_connect(ssl) != 1) {
		fprintf(stderr, "handshake: %ld\n",
		    SSL_get_verify_result(ssl));
		exit(1);
	}
	SSL_free(ssl);
	close(fd);
}

static SSL_CTX *
context(const char *dir)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	int ok = dir != NULL ? SSL_CTX_load_verify_dir(ctx, dir) :
	    SSL_CTX_set_default_verify_paths(ctx);

	if (ok != 1)
		exit(1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	return ctx;
}

int
main(int argc, char **argv)
{
	int count = 1, step = 0, i;
	unsigned short port;
	SSL_CTX *ctx;

	if (argc == 6 && strcmp(argv[1], "-n") == 0) {
		count = atoi(argv[2]);
		argv += 2;
		argc -= 2;
	} else if (argc == 6 && strcmp(argv[1], "-p") == 0) {
		count = atoi(argv[3]);
		step = 1;
		argv[3] = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 3)
		return 2;
	port = (unsigned short)atoi(argv[1]);
	ctx = context(argc > 3 ? argv[3] : NULL);
	for (i = 0; i < count; i++)
		handshake(ctx, (unsigned short)(port + i * step), argv[2]);
	SSL_CTX_free(ctx);
	return 0;
}
