/* SPDX-License-Identifier: ISC */
/*
 * A cPanel server for test_autossl_call.c, which misbehaves as the value of
 * the parameter says; its certificates; the names it has.
 */
#ifndef TESTS_UNIT_AUTOSSL_SITE_H
#define TESTS_UNIT_AUTOSSL_SITE_H

#include "http_site.h"

#include <netdb.h>

#include "autossl_client.h"

static struct site site, plain;
static char last[SITE_REQUEST_MAX];	/* the last request */
static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int busy, most, refuse, lookups;

/* ---- names ---- */

/* *.example.test and a.test are 127.0.0.1. */
int
getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	struct addrinfo *ai;
	struct sockaddr_in *sin;

	(void)service;
	(void)hints;
	lookups++;
	if (strstr(host, "example.test") == NULL &&
	    strcmp(host, "a.test") != 0)
		return EAI_NONAME;
	ai = calloc(1, sizeof(*ai));
	sin = calloc(1, sizeof(*sin));
	sin->sin_family = AF_INET;
	inet_pton(AF_INET, "127.0.0.1", &sin->sin_addr);
	ai->ai_addr = (struct sockaddr *)sin;
	ai->ai_addrlen = sizeof(*sin);
	ai->ai_family = AF_INET;
	ai->ai_socktype = SOCK_STREAM;
	*out = ai;
	return 0;
}

void
freeaddrinfo(struct addrinfo *list)
{
	struct addrinfo *next;

	for (; list != NULL; list = next) {
		next = list->ai_next;
		free(list->ai_addr);
		free(list);
	}
}

/* ---- the server ---- */

static inline void
say_json(struct visit *visit, const char *status, const char *body)
{
	char text[1024];

	snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n"
	    "Content-Type: application/json\r\n\r\n%s", status, strlen(body),
	    body);
	visit_say(visit, text);
	visit->keep = true;
}

static inline void
say_huge(struct visit *visit)
{
	char block[8192];

	memset(block, ' ', sizeof(block));
	visit_say(visit, "HTTP/1.1 200 OK\r\n\r\n");
	while (!visit_ended(visit, 0))
		visit_send(visit, block, sizeof(block));
}

/* What the user's name asks for. */
static inline void
answer_as_asked(struct visit *visit)
{
	const char *path = visit->path;

	if (strstr(path, "=slow") != NULL)
		visit_ended(visit, 60);
	if (strstr(path, "=hang") != NULL)
		visit_ended(visit, 10000);
	else if (strstr(path, "=redirect") != NULL)
		visit_say(visit, "HTTP/1.1 302 Moved\r\nLocation: "
		    "https://evil.test/login\r\nContent-Length: 5\r\n\r\n"
		    "12345");
	else if (strstr(path, "=cut") != NULL)
		visit_say(visit, "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n"
		    "\r\n{\"metadata\":{");
	else if (strstr(path, "=half") != NULL)
		say_json(visit, "200 OK", "{\"metadata\":{\"result\":1");
	else if (strstr(path, "=huge") != NULL)
		say_huge(visit);
	else if (strstr(path, "=500") != NULL)
		say_json(visit, "500 Internal Server Error", "oops");
	else if (strstr(path, "=nothing") != NULL)
		return;
	else if (strstr(path, "=drop") != NULL) {
		say_json(visit, "200 OK", GOOD_WHM);
		visit->keep = false;
	} else
		say_json(visit, "200 OK", strstr(path, "/execute/") != NULL ?
		    GOOD_UAPI : GOOD_WHM);
}

static inline void
answer(struct visit *visit)
{
	int now = ++busy;

	if (now > most)
		most = now;
	pthread_mutex_lock(&last_lock);
	memcpy(last, visit->request, sizeof(last));
	pthread_mutex_unlock(&last_lock);
	if (visit->site == &plain)
		visit_reply(visit, "403 Forbidden", "no", 2);
	else if (refuse > 0)
		say_json(visit, "403 Forbidden Access denied",
		    "{\"cpanelresult\":{\"apiversion\":\"2\",\"error\":"
		    "\"Access denied\",\"data\":{\"reason\":\"Access denied"
		    "\",\"result\":\"0\"},\"type\":\"text\"}}");
	else
		answer_as_asked(visit);
	busy--;
}

static inline void
count_afresh(void)
{
	site.visits = site.connections = most = lookups = 0;
}

/* ---- certificates ---- */

static inline void
put_cert(const char *path, X509 *cert)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || PEM_write_X509(f, cert) != 1 || fclose(f) != 0)
		bail("cannot write %s", path);
}

/* The same, but it has expired. */
static inline X509 *
old_cert(void)
{
	X509 *cert = peer_cert(1);

	X509_gmtime_adj(X509_getm_notBefore(cert), -200000);
	X509_gmtime_adj(X509_getm_notAfter(cert), -100000);
	X509_sign(cert, peer_key(), EVP_sha256());
	return cert;
}

/* By an issuer that nobody knows. */
static inline X509 *
foreign_cert(void)
{
	X509 *cert = peer_cert(1);
	X509_NAME *name = X509_NAME_new();

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"Some CA", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_NAME_free(name);
	X509_sign(cert, peer_key(), EVP_sha256());
	return cert;
}

#endif
