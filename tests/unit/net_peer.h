/* SPDX-License-Identifier: ISC */
/*
 * The other side of a connection, for the tests of common/net: a thread that
 * serves a socketpair or a loopback port, with OpenSSL's own server where TLS
 * is wanted.  One certificate per process, made at the first use.
 */
#ifndef TESTS_UNIT_NET_PEER_H
#define TESTS_UNIT_NET_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "tap.h"

struct peer {
	/* Serves one connection, which is closed behind it. */
	void (*serve)(struct peer *peer, int fd);
	void *arg;
	int listener;			/* -1: fd is one end of a pair */
	int fd;
	uint16_t port;
	pthread_t thread;
	int stop[2];			/* pipe: closed when it is to stop */
	SSL_CTX *shared;		/* for peer_serve_tls; owned */
};

static inline EVP_PKEY *
peer_key(void)
{
	static EVP_PKEY *key;

	if (key == NULL)
		key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	if (key == NULL)
		bail("no key");
	return key;
}

/* A self-signed certificate with n names: a.test, n0.test, n1.test, ... */
static inline X509 *
peer_cert(unsigned n)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	GENERAL_NAMES *sans = GENERAL_NAMES_new();
	unsigned i;

	for (i = 0; i < n; i++) {
		GENERAL_NAME *san = GENERAL_NAME_new();
		ASN1_IA5STRING *text = ASN1_IA5STRING_new();
		char label[32];

		snprintf(label, sizeof(label), "n%u.example.test", i);
		ASN1_STRING_set(text, label, -1);
		GENERAL_NAME_set0_value(san, GEN_DNS, text);
		sk_GENERAL_NAME_push(sans, san);
	}
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"a.test", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_set_pubkey(cert, peer_key());
	if (n > 0)
		X509_add1_ext_i2d(cert, NID_subject_alt_name, sans, 0, 0);
	GENERAL_NAMES_free(sans);
	X509_sign(cert, peer_key(), EVP_sha256());
	return cert;
}

/* A server context with that certificate; anything is allowed. */
static inline SSL_CTX *
peer_context(X509 *cert)
{
	SSL_CTX *shared = SSL_CTX_new(TLS_server_method());

	if (shared == NULL)
		bail("no server context");
	SSL_CTX_set_security_level(shared, 0);
	SSL_CTX_set_min_proto_version(shared, TLS1_VERSION);
	SSL_CTX_use_certificate(shared, cert);
	SSL_CTX_use_PrivateKey(shared, peer_key());
	return shared;
}

/* Waits until there is something to read; false when it is to stop. */
static inline bool
peer_wait(struct peer *peer, int fd)
{
	struct pollfd polls[2] = { { fd, POLLIN, 0 },
		{ peer->stop[0], POLLIN, 0 } };

	while (poll(polls, 2, -1) < 0 && errno == EINTR)
		continue;
	return polls[1].revents == 0;
}

/* Waits for ms milliseconds, or until it is to stop (false). */
static inline bool
peer_sleep(struct peer *peer, int ms)
{
	struct pollfd poll_stop = { peer->stop[0], POLLIN, 0 };

	return poll(&poll_stop, 1, ms) == 0;
}

/* A handshake with peer->shared; then waits for the client to close. */
static inline void
peer_serve_tls(struct peer *peer, int fd)
{
	SSL *conn = SSL_new(peer->shared);
	char octet;

	SSL_set_fd(conn, fd);
	if (SSL_accept(conn) == 1)
		(void)SSL_read(conn, &octet, 1);
	SSL_free(conn);
	ERR_clear_error();
}

static inline void *
peer_thread(void *arg)
{
	struct peer *peer = arg;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	if (peer->listener < 0) {
		peer->serve(peer, peer->fd);
		close(peer->fd);
		return NULL;
	}
	while (peer_wait(peer, peer->listener)) {
		fd = accept(peer->listener, NULL, NULL);
		if (fd < 0)
			continue;
		peer->serve(peer, fd);
		close(fd);
	}
	return NULL;
}

static inline void
peer_start_thread(struct peer *peer)
{
	if (pipe2(peer->stop, O_CLOEXEC) != 0 ||
	    pthread_create(&peer->thread, NULL, peer_thread, peer) != 0)
		bail("no thread");
}

/* Serves one end of a socketpair; returns ours, non-blocking. */
static inline int
peer_start_pair(struct peer *peer)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		bail("no socketpair");
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	peer->listener = -1;
	peer->fd = ends[1];
	peer_start_thread(peer);
	return ends[0];
}

/* A listening socket on 127.0.0.1; sets the port. */
static inline int
peer_listen(uint16_t *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0 ||
	    listen(fd, 16) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) != 0)
		bail("cannot listen on 127.0.0.1");
	*port = ntohs(sin.sin_port);
	return fd;
}

static inline void
peer_start(struct peer *peer)
{
	peer->listener = peer_listen(&peer->port);
	peer_start_thread(peer);
}

/* Waits for the thread; close our end of a pair first. */
static inline void
peer_stop(struct peer *peer)
{
	close(peer->stop[1]);
	pthread_join(peer->thread, NULL);
	close(peer->stop[0]);
	if (peer->listener >= 0)
		close(peer->listener);
	SSL_CTX_free(peer->shared);
	peer->shared = NULL;
}

#endif
