/* SPDX-License-Identifier: ISC */
/* DER, PEM or gzip to a list. */
#include "pki/crl_feed.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/inflate.h"
#include "pki/crl_private.h"
#include "pki/name.h"
#include "pki/pem.h"

#define PEM_BYTES_MAX (64U << 20)
#define WHOLE_MAX (1U << 20)	/* kept for signatures over the message */
#define UNPACKED_MAX (128U << 20)
#define WINDOW (2 * CRL_ELEMENT_MAX)

enum form {
	FORM_OPEN,		/* nothing has come yet */
	FORM_DER,
	FORM_PEM
};

struct unpacking {
	struct inflate *inflate;
	uint64_t total;
	size_t have;			/* octets of plain not yet used */
	uint8_t plain[WINDOW];
};

struct crl_feed {
	struct arena *arena;
	struct crl_reader *reader;
	struct bytes issuer;		/* of the first query, or empty */
	enum form form;
	struct unpacking *packed;	/* NULL: no gzip file */
	struct buf text;		/* PEM: all of it */
	size_t at;			/* in it, behind what was read */
	struct buf whole;		/* DER, while it is short */
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
	if (n > 0)
		feed->issuer = queries[0].issuer;
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
	if (feed->packed != NULL)
		inflate_free(feed->packed->inflate);
	mem_free(feed->packed);
	mem_free(feed);
}

/* PEM may come with any text before it. */
static int
recognise(struct crl_feed *feed, struct bytes in, struct err *err)
{
	uint8_t c = in.data[0];

	if (c == 0x30)
		feed->form = FORM_DER;
	else if (c == '<')
		return err_set(err, ERR_SYNTAX, "not a CRL but a web page");
	else if ((c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' ||
	    c == '\t')
		feed->form = FORM_PEM;
	else
		return err_set(err, ERR_SYNTAX, "not a CRL");
	return 0;
}

static int
feed_plain(struct crl_feed *feed, struct bytes in, size_t *used,
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
begin_unpacking(struct crl_feed *feed, struct err *err)
{
	feed->packed = mem_alloc(sizeof(*feed->packed));
	if (feed->packed == NULL)
		return err_nomem(err);
	feed->packed->inflate = inflate_new(err);
	if (feed->packed->inflate != NULL)
		return 0;
	mem_free(feed->packed);
	feed->packed = NULL;
	return err_wrap(err, "not a CRL as it is");
}

/* One window full: 1 there may be more, 0 all of *in is used, -1. */
static int
unpack(struct crl_feed *feed, struct bytes *in, struct err *err)
{
	struct unpacking *z = feed->packed;
	size_t used;
	long n = inflate_part(z->inflate, in, z->plain + z->have,
	    WINDOW - z->have, err);

	if (n < 0)
		return -1;
	z->have += (size_t)n;
	z->total += (uint64_t)n;
	if (z->total > UNPACKED_MAX)
		return err_set(err, ERR_LIMIT, "the gzip file unpacks to more "
		    "than %u MB", UNPACKED_MAX >> 20);
	if (feed_plain(feed, bytes_of(z->plain, z->have), &used, err) != 0)
		return -1;
	z->have -= used;
	memmove(z->plain, z->plain + used, z->have);
	return n > 0 && !inflate_ended(z->inflate);
}

static int
feed_packed(struct crl_feed *feed, struct bytes in, size_t *used,
    struct err *err)
{
	const struct inflate *inflate = feed->packed->inflate;
	struct bytes rest = in;
	int rc = !inflate_ended(inflate);

	while (rc == 1)
		rc = unpack(feed, &rest, err);
	*used = in.len - rest.len;
	if (rc == 0 && rest.len > 0 && inflate_ended(inflate))
		return err_set(err, ERR_SYNTAX, "something follows the gzip "
		    "file");
	return rc;
}

static bool
is_gzip(struct bytes in)
{
	return in.len >= 2 && in.data[0] == 0x1f && in.data[1] == 0x8b;
}

int
crl_feed_part(struct crl_feed *feed, struct bytes in, size_t *used,
    struct err *err)
{
	*used = 0;
	if (in.len == 0)
		return 0;
	if (feed->form == FORM_OPEN && feed->packed == NULL) {
		if (in.len == 1 && in.data[0] == 0x1f)
			return 0;
		if (is_gzip(in) && begin_unpacking(feed, err) != 0)
			return -1;
	}
	return feed->packed != NULL ? feed_packed(feed, in, used, err) :
	    feed_plain(feed, in, used, err);
}

/* The issuer's Name of a list, or empty. */
static struct bytes
issuer_of(struct bytes list)
{
	struct bytes none = { NULL, 0 };
	struct der der = der_in(list);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return none;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return none;
	der = der_in(tlv.value);
	if (der.rest.len > 0 && der.rest.data[0] == TAG_INTEGER &&
	    der_next(&der, &tlv) != 1)
		return none;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0 ||
	    der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return none;
	return tlv.whole;
}

/* Decodes the next list at or behind *pos that is one of the CA that is asked
 * about, or may be, since it cannot be told; any: of whatever CA.  1, 0 none,
 * -1 one is cut off or its base64 is none. */
static int
next_block(const struct crl_feed *feed, size_t *pos, bool any, uint8_t *der,
    struct bytes *out)
{
	struct bytes text = buf_bytes(&feed->text), issuer;
	struct pem_block block;
	long len;

	while (pem_block_next(text, pos, &block) == 1) {
		if (!bytes_eq(block.label, bytes_str("X509 CRL")))
			continue;
		len = block.truncated ? -1 : pem_decode(block.body, der);
		if (len < 0)
			return -1;
		*out = bytes_of(der, (size_t)len);
		issuer = issuer_of(*out);
		if (any || issuer.len == 0 ||
		    name_equal(issuer, feed->issuer))
			return 1;
	}
	return 0;
}

/* The next list of that CA; when it has none, the first. */
static int
choose_block(struct crl_feed *feed, uint8_t *der, struct bytes *out)
{
	size_t pos = feed->at;
	int rc = next_block(feed, &pos, false, der, out);

	if (rc == 0 && feed->at == 0) {
		pos = 0;
		rc = next_block(feed, &pos, true, der, out);
		pos = feed->text.len;
	}
	feed->at = pos;
	return rc;
}

bool
crl_feed_more(const struct crl_feed *feed)
{
	size_t pos = feed->at;
	struct bytes list;
	uint8_t *der;
	int rc;

	if (feed->form != FORM_PEM)
		return false;
	der = mem_alloc(PEM_DECODED_MAX(feed->text.len));
	if (der == NULL)
		return true;
	rc = next_block(feed, &pos, false, der, &list);
	mem_free(der);
	return rc != 0;
}

int
crl_feed_again(struct crl_feed *feed, struct crl_query *queries, size_t n,
    struct err *err)
{
	struct crl_reader *reader = crl_new(feed->arena, queries, n, err);

	if (reader == NULL)
		return -1;
	crl_free(feed->reader);
	feed->reader = reader;
	buf_reset(&feed->whole);
	return 0;
}

static int
decode_pem(struct crl_feed *feed, struct err *err)
{
	uint8_t *der = mem_alloc(PEM_DECODED_MAX(feed->text.len));
	struct bytes list;
	size_t used = 0;
	int rc;

	if (der == NULL)
		return err_nomem(err);
	rc = choose_block(feed, der, &list);
	if (rc == 1)
		rc = crl_feed(feed->reader, list, &used, err);
	else
		rc = err_set(err, ERR_SYNTAX, rc == 0 ? "not a CRL" :
		    "not a valid CRL: its base64");
	if (rc == 0)
		buf_add(&feed->whole, der, used);
	mem_free(der);
	return rc;
}

int
crl_feed_end(struct crl_feed *feed, struct crl_list *out, struct err *err)
{
	memset(out, 0, sizeof(*out));
	if (feed->packed != NULL && !inflate_ended(feed->packed->inflate))
		return err_set(err, ERR_SYNTAX, "the gzip file is cut off");
	if (feed->form == FORM_OPEN)
		return err_set(err, ERR_SYNTAX, "not a CRL but nothing");
	if (feed->form == FORM_PEM && decode_pem(feed, err) != 0)
		return -1;
	if (crl_finish(feed->reader, &out->facts, err) != 0)
		return -1;
	out->reader = feed->reader;
	if (!buf_failed(&feed->whole))
		out->message = buf_bytes(&feed->whole);
	return 0;
}
