/* SPDX-License-Identifier: ISC */
/* Who issued a certificate, and what a URL of caIssuers may hold. */
#include "pki/issuer.h"

#include <openssl/pem.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ocsp_make.h"

static struct made root, twin, stranger, leaf, ed_root, ed_leaf, weak;

static void
make_all(void)
{
	struct cert_spec ca = { .cn = "CA", .bc = "critical,CA:TRUE" };
	struct cert_spec ee = { .cn = "leaf", .serial = 7 };

	ca.key = EVP_EC_gen("P-256");
	root = make_cert(&ca);
	ca.key = EVP_EC_gen("P-384");
	twin = make_cert(&ca);
	ca.cn = "stranger";
	stranger = make_cert(&ca);
	ca.cn = "CA";
	ca.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	ed_root = make_cert(&ca);
	ee.key = EVP_EC_gen("P-256");
	ee.issuer = &root;
	leaf = make_cert(&ee);
	ee.issuer = &ed_root;
	ed_leaf = make_cert(&ee);
	ca.key = EVP_RSA_gen(2048);
	ca.md = EVP_md5();
	weak = make_cert(&ca);
}

static void
test_verify(void)
{
	struct err err = ERR_INIT;
	uint8_t *copy;
	size_t i, wrong = 0;

	is_int(issuer_verify(leaf.der, root.der, &err), 0, "its issuer");
	is_int(issuer_verify(ed_leaf.der, ed_root.der, &err), 0, "Ed25519");
	is_int(issuer_verify(leaf.der, twin.der, &err), -1, "a namesake");
	ok(!issuer_is(leaf.der, twin.der), "by name and key");
	ok(issuer_is(leaf.der, root.der), "the issuer, by name and key");
	is_int(issuer_verify(weak.der, weak.der, &err), -1, "MD5");
	ok(strstr(err.text, "MD5") != NULL, "%s", err.text);
	is_int(issuer_verify(bytes_of(NULL, 0), root.der, &err), -1, "none");
	is_int(issuer_verify(leaf.der, bytes_of(NULL, 0), &err), -1,
	    "no issuer");
	copy = malloc(leaf.der.len);
	for (i = 0; i < leaf.der.len; i++) {
		memcpy(copy, leaf.der.data, leaf.der.len);
		copy[i] ^= 0x40;
		wrong += issuer_verify(bytes_of(copy, leaf.der.len),
		    root.der, NULL) == 0;
	}
	is_uint(wrong, 0, "no octet may change");
	for (i = 0, wrong = 0; i < leaf.der.len; i++)
		wrong += issuer_verify(bytes_of(leaf.der.data, i), root.der,
		    NULL) == 0;
	is_uint(wrong, 0, "nor be missing");
	free(copy);
}

static size_t
read_of(struct buf *body, const char *text)
{
	struct arena *arena = arena_new();
	struct bytes out[ISSUERS_MAX];
	struct err err = ERR_INIT;
	size_t n = issuer_read(arena, buf_bytes(body), leaf.der, out, &err);

	if (n > 0)
		ok(bytes_eq(out[0], root.der), "it is the issuer");
	else
		ok(strstr(err.text, text) != NULL, "text: %s", err.text);
	arena_free(arena);
	buf_release(body);
	return n;
}

static void
add_pem(struct buf *b, const struct made *made)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	long len;

	PEM_write_bio_X509(bio, made->cert);
	len = BIO_get_mem_data(bio, &data);
	buf_add(b, data, (size_t)len);
	BIO_free(bio);
}

static void
test_read(void)
{
	static const uint8_t p12[] = { 0x30, 0x80, 0x02, 0x01, 0x03 };
	struct buf b = BUF_INIT;
	unsigned i;

	buf_add(&b, root.der.data, root.der.len);
	is_uint(read_of(&b, ""), 1, "DER");
	add_pem(&b, &stranger);
	add_pem(&b, &twin);
	add_pem(&b, &root);
	is_uint(read_of(&b, ""), 1, "PEM, behind others");
	buf_str(&b, "\xef\xbb\xbf");
	add_pem(&b, &root);
	is_uint(read_of(&b, ""), 1, "with a byte order mark");
	for (i = 0; i < ISSUERS_MAX; i++)
		add_pem(&b, &twin);
	add_pem(&b, &root);
	is_uint(read_of(&b, "whose key did not sign"), 0,
	    "as many namesakes as are tried");
	buf_add(&b, twin.der.data, twin.der.len);
	is_uint(read_of(&b, "whose key did not sign"), 0, "a namesake");
	buf_add(&b, stranger.der.data, stranger.der.len);
	is_uint(read_of(&b, "no certificate of the issuer"), 0, "another");
	buf_add(&b, leaf.der.data, leaf.der.len);
	is_uint(read_of(&b, "no certificate of the issuer"), 0, "itself");
	buf_str(&b, "<html>");
	is_uint(read_of(&b, "no certificate"), 0, "a web page");
	is_uint(read_of(&b, "no certificate"), 0, "nothing");
	buf_add(&b, p12, sizeof(p12));
	is_uint(read_of(&b, "holds no certificate"), 0, "a keystore");
	buf_str(&b, "\xef\xbb\xbf");
	buf_add(&b, p12, sizeof(p12));
	is_uint(read_of(&b, "holds no certificate"), 0,
	    "a keystore behind a byte order mark");
	buf_add(&b, root.der.data, root.der.len - 1);
	is_uint(read_of(&b, "cut off"), 0, "cut off");
	for (i = 0; b.len <= ISSUER_BYTES_MAX; i++)
		add_pem(&b, &root);
	is_uint(read_of(&b, "no certificate"), 0, "too long");
}

int
main(void)
{
	make_all();
	test_verify();
	test_read();
	return tap_done();
}
