/* SPDX-License-Identifier: ISC */
/* The pages of the sites that test_http.c fetches from. */
#ifndef TESTS_UNIT_HTTP_PAGES_H
#define TESTS_UNIT_HTTP_PAGES_H

#include "http_site.h"

static struct site site, other, secure;

static const unsigned char gzip_hello[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00"
    "\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\x48\xaf\xca\x2c\xe0\x02\x00\x86"
    "\x1f\x82\xa4\x0c\x00\x00\x00";

/* 100,000 zeros: a table would be longer. */
static inline void
answer_bomb(struct visit *visit)
{
	unsigned char bomb[132] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"
	    "\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d\x0d\x0f\xa0";
	static const unsigned char end[] =
	    "\x80\x57\x03\x7d\x95\x11\xd4\xa0\x86\x01\x00";

	memcpy(bomb + sizeof(bomb) - 11, end, 11);
	visit_reply(visit, "200 OK\r\nContent-Encoding: gzip", bomb,
	    sizeof(bomb));
}

static inline void
answer_endless(struct visit *visit)
{
	char block[8192];

	memset(block, 'x', sizeof(block));
	visit_say(visit, "HTTP/1.1 200 OK\r\n\r\n");
	while (!visit_ended(visit, 0))
		visit_send(visit, block, sizeof(block));
}

static inline void
answer_slow(struct visit *visit)
{
	visit_say(visit, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
	do
		visit_say(visit, "x");
	while (!visit_ended(visit, 1000));
}

static inline void
answer_heads(struct visit *visit)
{
	visit_say(visit, "HTTP/1.1 200 OK\r\n");
	while (!visit_ended(visit, 0))
		visit_say(visit, "X-More: and more\r\n");
}

static inline void
answer_long_field(struct visit *visit)
{
	visit_say(visit, "HTTP/1.1 200 OK\r\nX-Long: ");
	while (!visit_ended(visit, 0))
		visit_say(visit, "and more and more and more and more ");
}

static inline void
answer_hang(struct visit *visit)
{
	(void)visit_ended(visit, -1);
}

static inline void
answer_reset(struct visit *visit)
{
	struct linger linger = { 1, 0 };

	setsockopt(visit->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static inline void
answer_etag(struct visit *visit)
{
	if (strstr(visit->request, "If-None-Match: \"v1\"\r\n") != NULL &&
	    strstr(visit->request, "If-Modified-Since: yesterday\r\n") != NULL)
		visit_say(visit, "HTTP/1.1 304 Not Modified\r\n"
		    "Cache-Control: max-age=60\r\n\r\n");
	else
		visit_reply(visit, "200 OK\r\nETag: \"v1\"\r\n"
		    "Last-Modified: yesterday", "new", 3);
}

static inline void
answer_echo(struct visit *visit)
{
	visit_reply(visit, "200 OK\r\nContent-Type: text/x-echo",
	    visit->request, strlen(visit->request));
}

static inline void
answer_redirect_body(struct visit *visit)
{
	char block[8192];

	memset(block, 'x', sizeof(block));
	visit_say(visit, "HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n");
	while (!visit_ended(visit, 0))
		visit_send(visit, block, sizeof(block));
}

static inline void
answer_other(struct visit *visit)
{
	char head[128];

	snprintf(head, sizeof(head), "307 There\r\n"
	    "Location: http://a.test:%u/echo", (unsigned)other.port);
	visit_reply(visit, head, "", 0);
}

static const struct page {
	const char *path;
	const char *head, *body;	/* or: */
	void (*answer)(struct visit *visit);
} pages[] = {
	{ "/ok", "200 OK\r\nContent-Type: application/pkix-crl\r\n"
	    "Cache-Control: public, max-age=\"600\"\r\nAge: 100\r\n"
	    "Date: Sun, 06 Nov 1994 08:49:37 GMT", "hello", NULL },
	{ "/gone", "404 Not Found", "<html>", NULL },
	{ "/broken", "500 Oops", "", NULL },
	{ "/empty", "200 OK", "", NULL },
	{ "/loop", "302 Found\r\nLocation: /loop", "x", NULL },
	{ "/three", "302 Found\r\nLocation: two", "x", NULL },
	{ "/two", "301 Moved\r\nLocation: //a.test/", "x", NULL },
	{ "/rel", "302 Found\r\nLocation: sub/../ok?x#y", "x", NULL },
	{ "/ok?x", "200 OK", "relative", NULL },
	{ "/tofile", "302 Found\r\nLocation: file:///etc/passwd", "", NULL },
	{ "/toftp", "302 Found\r\nLocation: ftp://127.0.0.1/x", "", NULL },
	{ "/tomail", "302 Found\r\nLocation: mailto:x@y", "", NULL },
	{ "/touser", "302 Found\r\nLocation: http://u:p@127.0.0.1/", "",
	    NULL },
	{ "/toprivate", "302 Found\r\nLocation: http://10.0.0.1/", "", NULL },
	{ "/see", "303 See\r\nLocation: /echo", "", NULL },
	{ "/again", "307 Again\r\nLocation: /echo", "", NULL },
	{ "/badgzip", "200 OK\r\nContent-Encoding: gzip", "not gzip", NULL },
	{ "/other", NULL, NULL, answer_other },
	{ "/redirectbody", NULL, NULL, answer_redirect_body },
	{ "/bomb", NULL, NULL, answer_bomb },
	{ "/endless", NULL, NULL, answer_endless },
	{ "/slow", NULL, NULL, answer_slow },
	{ "/heads", NULL, NULL, answer_heads },
	{ "/longfield", NULL, NULL, answer_long_field },
	{ "/hang", NULL, NULL, answer_hang },
	{ "/reset", NULL, NULL, answer_reset },
	{ "/etag", NULL, NULL, answer_etag },
	{ "/echo", NULL, NULL, answer_echo },
};

static inline void
site_answer(struct visit *visit)
{
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		if (strcmp(visit->path, pages[i].path) != 0)
			continue;
		if (pages[i].answer != NULL)
			pages[i].answer(visit);
		else
			visit_reply(visit, pages[i].head, pages[i].body,
			    strlen(pages[i].body));
		return;
	}
	if (strcmp(visit->path, "/gzip") == 0)
		visit_reply(visit, "200 OK\r\nContent-Encoding: gzip",
		    gzip_hello, sizeof(gzip_hello) - 1);
	else if (strcmp(visit->path, "/short") == 0)
		visit_say(visit, "HTTP/1.1 200 OK\r\n"
		    "Content-Length: 100\r\n\r\n0123456789");
	else if (strcmp(visit->path, "/nothttp") == 0)
		visit_say(visit, "220 smtp.example ready\r\n");
	else if (strncmp(visit->path, "http://", 7) == 0)
		visit_reply(visit, "200 OK", visit->path,
		    strlen(visit->path));
	else if (strcmp(visit->path, "/silent") != 0)
		visit_reply(visit, "404 No", "", 0);
}

#endif
