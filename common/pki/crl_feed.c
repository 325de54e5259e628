/* SPDX-License-Identifier: ISC */
/* DER or PEM to a judged CRL. */
#include "pki/crl_feed.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pki/der_scan.h"
#include "pki/pem.h"

#define PEM_BYTES_MAX (64U << 20)
#define WHOLE_MAX (1U << 20)	/* kept for signatures over the message */

enum form {
	FORM_OPEN,		/* nothing has come yet */
	FORM_DER,
	FORM_PEM
};

struct crl_feed {
	struct arena *arena;
	struct crl_reader *reader;
	enum form form;
	struct buf text;	/* PEM: all of it */
	struct buf whole;	/* DER, while it is short */
};

struct crl_feed *
crl_feed_new(struct arena *arena, struct crl_query *queries, size_t n,
    struct err *err)
{
	struct crl_feed *feed = mem_alloc(sizeof(*feed));

	if (feed == NULL) {
		err_nomem(err);
		return NULL;
	}
	feed->arena = arena;
	buf_init(&feed->text, PEM_BYTES_MAX);
	buf_init(&feed->whole, WHOLE_MAX);
	feed->reader = crl_new(arena, queries, n, err);
	if (feed->reader != NULL)
		return feed;
	crl_feed_free(feed);
	return NULL;
}

void
crl_feed_free(struct crl_feed *feed)
{
	if (feed == NULL)
		return;
	crl_free(feed->reader);
	buf_release(&feed->text);
	buf_release(&feed->whole);
	mem_free(feed);
}

static int
foreign(struct bytes in, struct err *err)
{
	if (in.data[0] == 0x1f && in.len > 1 && in.data[1] == 0x8b)
		return err_set(err, ERR_UNSUPPORTED,
		    "not a CRL but a gzip file");
	if (in.data[0] == '<')
		return err_set(err, ERR_SYNTAX, "not a CRL but a web page");
	return err_set(err, ERR_SYNTAX, "not a CRL");
}

static int
recognise(struct crl_feed *feed, struct bytes in, struct err *err)
{
	if (in.data[0] == 0x30)
		feed->form = FORM_DER;
	else if (in.data[0] == '-' || in.data[0] == '\n' ||
	    in.data[0] == '\r' || in.data[0] == ' ')
		feed->form = FORM_PEM;
	else
		return foreign(in, err);
	return 0;
}

int
crl_feed_part(struct crl_feed *feed, struct bytes in, size_t *used,
    struct err *err)
{
	*used = 0;
	if (in.len == 0)
		return 0;
	if (feed->form == FORM_OPEN && recognise(feed, in, err) != 0)
		return -1;
	if (feed->form == FORM_DER) {
		if (crl_feed(feed->reader, in, used, err) != 0)
			return -1;
		buf_add(&feed->whole, in.data, *used);
		return 0;
	}
	buf_add(&feed->text, in.data, in.len);
	*used = in.len;
	return buf_failed(&feed->text) ? err_set(err, ERR_LIMIT,
	    "the PEM file is larger than %u MB", PEM_BYTES_MAX >> 20) : 0;
}

static int
decode_pem(struct crl_feed *feed, struct err *err)
{
	size_t pos = 0, used;
	struct bytes body;
	uint8_t *der;
	long len;

	if (pem_next(buf_bytes(&feed->text), &pos, "X509 CRL", &body) != 1)
		return err_set(err, ERR_SYNTAX, "not a CRL");
	der = arena_alloc(feed->arena, PEM_DECODED_MAX(body.len));
	if (der == NULL)
		return err_nomem(err);
	len = pem_decode(body, der);
	if (len < 0)
		return err_set(err, ERR_SYNTAX,
		    "not a valid CRL: its base64");
	if (crl_feed(feed->reader, bytes_of(der, (size_t)len), &used,
	    err) != 0)
		return -1;
	buf_add(&feed->whole, der, used);
	return 0;
}

int
crl_feed_judge(struct crl_feed *feed, const struct crl_query *query,
    const struct crl_subject *subject, struct rev_answer *out,
    struct err *err)
{
	const struct crl_facts *facts;
	struct bytes message = buf_bytes(&feed->whole);

	if (feed->form == FORM_OPEN)
		return err_set(err, ERR_SYNTAX, "not a CRL but nothing");
	if (feed->form == FORM_PEM && decode_pem(feed, err) != 0)
		return -1;
	if (crl_finish(feed->reader, &facts, err) != 0)
		return -1;
	if (buf_failed(&feed->whole))
		message = bytes_of(NULL, 0);
	return crl_judge(feed->arena, feed->reader, facts, query, subject,
	    message, out, err);
}
