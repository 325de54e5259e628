/* SPDX-License-Identifier: ISC */
/* The forms that lists come in: DER, PEM with and without company, gzip. */
#include "crl_make.h"

#include <openssl/pem.h>

#include "base/buf.h"
#include "base/inflate.h"
#include "pki/crl_feed.h"

struct reading {
	struct arena *arena;
	struct crl_query query;
	struct crl_feed *feed;
	struct crl_list list;
	struct err err;
	int rc;
};

static struct bytes
name_of(const struct made *ca, struct arena *arena)
{
	uint8_t *der = NULL;
	int len = i2d_X509_NAME(ca->name, &der);
	struct bytes copy = arena_bytes(arena, bytes_of(der, (size_t)len));

	OPENSSL_free(der);
	return copy;
}

static void
read_in(struct reading *r, const struct made *ca, struct bytes in,
    size_t step)
{
	static const uint8_t serial[] = { 0x12, 0x34 };
	size_t from = 0, have = 0, used;

	memset(r, 0, sizeof(*r));
	r->arena = arena_new();
	r->query.serial = bytes_of(serial, sizeof(serial));
	if (ca != NULL)
		r->query.issuer = name_of(ca, r->arena);
	r->feed = crl_feed_new(r->arena, &r->query, 1, &r->err);
	while (r->rc == 0 && have < in.len) {
		have = have + step < in.len ? have + step : in.len;
		r->rc = crl_feed_part(r->feed, bytes_of(in.data + from,
		    have - from), &used, &r->err);
		from += r->rc == 0 ? used : 0;
	}
	if (r->rc == 0 && from < in.len)
		r->rc = err_set(&r->err, ERR_SYNTAX, "cut off");
	if (r->rc == 0)
		r->rc = crl_feed_end(r->feed, &r->list, &r->err);
}

static void
reading_release(struct reading *r)
{
	crl_feed_free(r->feed);
	arena_free(r->arena);
}

/* Read whole and in pieces: listed, signed by that CA. */
static void
accept(const struct made *ca, struct bytes in, const char *name)
{
	static const size_t steps[] = { 1, 100, 1 << 20 };
	struct reading r;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		read_in(&r, ca, in, steps[i]);
		ok(r.rc == 0 && r.query.listed && crl_verify(r.list.reader,
		    ca->der, r.list.message, &r.err) == 0,
		    "%s, %zu octets at a time: %s", name, steps[i],
		    r.err.text);
		reading_release(&r);
	}
}

static void
refuse(struct bytes in, const char *why)
{
	struct reading r;

	read_in(&r, NULL, in, 50);
	ok(r.rc != 0 && strstr(r.err.text, why) != NULL, "refused: %s",
	    r.err.text);
	reading_release(&r);
}

static void
add_pem(struct buf *out, struct bytes der)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	PEM_write_bio(bio, "X509 CRL", "", der.data, (long)der.len);
	len = BIO_get_mem_data(bio, &text);
	buf_add(out, text, (size_t)len);
	BIO_free(bio);
}

static void
add_le(struct buf *out, uint32_t value, int octets)
{
	for (; octets-- > 0; value >>= 8)
		buf_char(out, (char)(value & 0xff));
}

/* RFC 1952, in one stored block of RFC 1951. */
static void
add_gzip(struct buf *out, struct bytes in)
{
	uint32_t crc = 0xffffffff;
	size_t i;
	int bit;

	for (i = 0; i < in.len; i++) {
		crc ^= in.data[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) ? 0xedb88320 : 0);
	}
	buf_add(out, "\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", 11);
	add_le(out, (uint32_t)in.len, 2);
	add_le(out, ~(uint32_t)in.len & 0xffff, 2);
	buf_add(out, in.data, in.len);
	add_le(out, ~crc, 4);
	add_le(out, (uint32_t)in.len, 4);
}

static void
test_pem(const struct made *ca, struct bytes der, struct bytes other)
{
	struct buf text = BUF_INIT;

	add_pem(&text, der);
	accept(ca, buf_bytes(&text), "PEM");
	buf_reset(&text);
	buf_str(&text, "Certificate Revocation List (CRL):\n");
	add_pem(&text, der);
	buf_str(&text, "\nend\n");
	accept(ca, buf_bytes(&text), "PEM in other text");
	buf_reset(&text);
	add_pem(&text, other);
	buf_str(&text, "rubbish\n");
	add_pem(&text, der);
	accept(ca, buf_bytes(&text), "PEM behind another CA's and rubbish");
	buf_release(&text);
	refuse(bytes_str("-----BEGIN X509 CRL-----\n!\n"
	    "-----END X509 CRL-----\n"), "base64");
	refuse(bytes_str("any text"), "not a CRL");
	refuse(bytes_str("<html>"), "web page");
	refuse(bytes_str("\x01\x02"), "not a CRL");
	refuse(bytes_of(NULL, 0), "nothing");
}

/* Every list of the CA in one file, the others left out; what cannot be
 * decoded may be one. */
static void
test_several(const struct made *ca, struct bytes lists, struct bytes other)
{
	static const struct {
		const char *text;	/* o: another CA's, s: its own, x: no
					 * base64, c: cut off */
		const char *want;	/* of each: + read, - not */
	} rows[] = {
		{ "s", "+" }, { "ss", "++" }, { "sos", "++" }, { "oso", "+" },
		{ "o", "+" }, { "oo", "+" }, { "xs", "-+" }, { "sx", "+-" },
		{ "sxs", "+-+" }, { "sc", "+-" }, { "oc", "-" }, { "x", "-" },
	};
	struct buf text = BUF_INIT, got = BUF_INIT;
	struct reading r;
	const char *p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&text);
		buf_reset(&got);
		for (p = rows[i].text; *p != '\0'; p++)
			if (*p == 's' || *p == 'o')
				add_pem(&text, *p == 's' ? lists : other);
			else
				buf_printf(&text, "-----BEGIN X509 CRL-----\n"
				    "%s\n%s", *p == 'x' ? "!!!!" : "MAA=",
				    *p == 'c' ? "" :
				    "-----END X509 CRL-----\n");
		read_in(&r, ca, buf_bytes(&text), text.len);
		buf_char(&got, r.rc == 0 ? '+' : '-');
		while (crl_feed_more(r.feed) && got.len < 9) {
			r.rc = crl_feed_again(r.feed, &r.query, 1, &r.err);
			if (r.rc == 0)
				r.rc = crl_feed_end(r.feed, &r.list, &r.err);
			buf_char(&got, r.rc == 0 ? '+' : '-');
		}
		is_str(buf_text(&got), rows[i].want, "several lists: %s",
		    rows[i].text);
		reading_release(&r);
	}
	buf_release(&text);
	buf_release(&got);
}

static void
test_gzip(const struct made *ca, struct bytes der)
{
	struct buf packed = BUF_INIT, pem = BUF_INIT;
	struct err err = ERR_INIT;
	struct inflate *inflate = inflate_new(&err);
	struct bytes all;

	if (inflate == NULL) {
		skip(1, "%s", err.text);
		return;
	}
	inflate_free(inflate);
	add_gzip(&packed, der);
	all = buf_bytes(&packed);
	accept(ca, all, "gzip");
	refuse(bytes_of(all.data, all.len - 1), "cut off");
	buf_char(&packed, 'x');
	refuse(buf_bytes(&packed), "follows the gzip");
	packed.data[packed.len - 6] ^= 1;
	refuse(bytes_of(packed.data, packed.len - 1), "damaged");
	buf_reset(&packed);
	add_pem(&pem, der);
	add_gzip(&packed, buf_bytes(&pem));
	accept(ca, buf_bytes(&packed), "PEM as gzip");
	buf_release(&packed);
	buf_release(&pem);
}

int
main(void)
{
	struct made ca, other;
	uint8_t *der, *second;
	size_t len, second_len;

	make_cert(&ca, "CA", NULL, 1, NULL);
	make_cert(&other, "Other", NULL, 1, NULL);
	der = make_crl(&(struct crl_spec){ .issuer = &ca, .entries = {
	    "99", "1234" } }, &len);
	second = make_crl(&(struct crl_spec){ .issuer = &other },
	    &second_len);
	accept(&ca, bytes_of(der, len), "DER");
	test_pem(&ca, bytes_of(der, len), bytes_of(second, second_len));
	test_several(&ca, bytes_of(der, len), bytes_of(second, second_len));
	test_gzip(&ca, bytes_of(der, len));
	OPENSSL_free(der);
	OPENSSL_free(second);
	made_release(&ca);
	made_release(&other);
	return tap_done();
}
