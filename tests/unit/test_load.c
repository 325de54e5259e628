/* SPDX-License-Identifier: ISC */
/* Files of certificates: PEM, DER, PKCS#7. */
#include <openssl/cms.h>

#include "pki/load.h"
#include "pki_make.h"
#include "tap.h"

static struct arena *arena;
static EVP_PKEY *key;
static X509 *certs[2];
static struct bytes ders[2], pems[2], trusted, key_pem, csr_pem, crl_der,
    csr_der, p7_der, p7_pem, p7_ber;

static struct bytes
str(const char *s)
{
	return bytes_str(s);
}

static BIO *
mem(void)
{
	return BIO_new(BIO_s_mem());
}

static struct bytes
make_p7(unsigned flags, bool pem)
{
	BIO *data = BIO_new_mem_buf("data", 4), *out = mem();
	STACK_OF(X509) *others = sk_X509_new_null();
	CMS_ContentInfo *cms;

	sk_X509_push(others, certs[1]);
	cms = CMS_sign(certs[0], key, others, data, flags);
	if (cms == NULL || (pem ?
	    PEM_write_bio_CMS_stream(out, cms, NULL, (int)flags) :
	    i2d_CMS_bio_stream(out, cms, data, (int)flags)) != 1)
		bail("no PKCS#7");
	CMS_ContentInfo_free(cms);
	sk_X509_free(others);
	BIO_free(data);
	return make_bytes(arena, out);
}

static void
make_request(void)
{
	X509_REQ *req = X509_REQ_new();
	BIO *out = mem();

	X509_REQ_set_pubkey(req, key);
	X509_REQ_sign(req, key, EVP_sha256());
	PEM_write_bio_X509_REQ(out, req);
	csr_pem = make_bytes(arena, out);
	out = mem();
	i2d_X509_REQ_bio(out, req);
	csr_der = make_bytes(arena, out);
	X509_REQ_free(req);
}

static void
make_crl(void)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);
	BIO *out = mem();

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(certs[0]));
	X509_CRL_set1_lastUpdate(crl, now);
	X509_CRL_set1_nextUpdate(crl, now);
	X509_CRL_sign(crl, key, EVP_sha256());
	i2d_X509_CRL_bio(out, crl);
	crl_der = make_bytes(arena, out);
	ASN1_TIME_free(now);
	X509_CRL_free(crl);
}

static void
make_all(void)
{
	const char *const names[] = { "one", "two" };
	BIO *out;
	size_t i;

	arena = arena_new();
	key = EVP_EC_gen("P-256");
	for (i = 0; i < 2; i++) {
		certs[i] = make_cert(key, names[i]);
		out = mem();
		i2d_X509_bio(out, certs[i]);
		ders[i] = make_bytes(arena, out);
		out = mem();
		PEM_write_bio_X509(out, certs[i]);
		pems[i] = make_bytes(arena, out);
	}
	out = mem();
	X509_alias_set1(certs[1], (const unsigned char *)"alias", 5);
	PEM_write_bio_X509_AUX(out, certs[1]);
	trusted = make_bytes(arena, out);
	out = mem();
	PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	key_pem = make_bytes(arena, out);
	make_request();
	make_crl();
	p7_der = make_p7(CMS_BINARY, false);
	p7_pem = make_p7(CMS_BINARY, true);
	p7_ber = make_p7(CMS_BINARY | CMS_STREAM, false);
}

/* The certificates as "1 2", in the order that they came. */
static const char *
found(const struct load_result *result)
{
	static char out[64];
	size_t i, len = 0;

	out[0] = '\0';
	for (i = 0; i < result->n_certs && i < 16; i++)
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s",
		    i > 0 ? " " : "",
		    bytes_eq(result->certs[i], ders[0]) ? "1" :
		    bytes_eq(result->certs[i], ders[1]) ? "2" : "?");
	return out;
}

static struct load_result
loads(const char *name, struct bytes in, const char *format,
    const char *want)
{
	struct load_result result;
	struct err err = ERR_INIT;
	uint8_t *exact = malloc(in.len > 0 ? in.len : 1);

	memcpy(exact, in.data, in.len);
	is_int(load_certs(arena, bytes_of(exact, in.len), NULL, &result,
	    &err), 0, "%s", name);
	free(exact);	/* nothing is borrowed */
	is_str(result.format, format, "%s: format", name);
	/* A PKCS#7 holds a set: in DER it is sorted. */
	if (strcmp(want, "both") == 0 && strcmp(found(&result), "2 1") == 0)
		want = "2 1";
	is_str(found(&result), strcmp(want, "both") == 0 ? "1 2" : want,
	    "%s: certificates", name);
	is_str(err.text, "", "%s: no error", name);
	is_int(result.leaf, -1, "%s: no key", name);
	return result;
}

static void
fails(const char *name, struct bytes in, enum err_kind kind,
    const char *text)
{
	struct load_result result;
	struct err err = ERR_INIT;

	is_int(load_certs(arena, in, NULL, &result, &err), -1, "%s", name);
	is_int(err.kind, kind, "%s: kind", name);
	is_str(err.text, text, "%s: text", name);
}

/* LF to CRLF, blanks around each line. */
static struct bytes
mangled(struct bytes in)
{
	uint8_t *out = arena_alloc(arena, in.len * 5 + 1);
	size_t i, n = 0;

	for (i = 0; i < in.len; i++) {
		if (in.data[i] == '\n') {
			memcpy(out + n, " \r\n\t ", 5);
			n += 5;
		} else {
			out[n++] = in.data[i];
		}
	}
	return bytes_of(out, n);
}

static struct bytes
cut(struct bytes in, size_t off)
{
	return bytes_of(in.data, in.len - off);
}

static void
test_pem(void)
{
	struct load_result r;

	loads("one", pems[0], "PEM", "1");
	loads("two", make_join(arena, pems[1], pems[0]), "PEM", "2 1");
	loads("the same twice", make_join(arena, pems[0], pems[0]), "PEM",
	    "1 1");
	loads("text around", make_join(arena, str("subject=one\n"), pems[0],
	    str("\nmore\n"), pems[1], str("end")), "PEM", "1 2");
	loads("no line end", cut(pems[0], 1), "PEM", "1");
	loads("CRLF and blanks", mangled(pems[0]), "PEM", "1");
	loads("UTF-8 mark", make_join(arena, str("\xef\xbb\xbf"), pems[0]),
	    "PEM", "1");
	loads("text that begins like DER", make_join(arena,
	    str("0 s:CN = one\n"), pems[0]), "PEM", "1");
	loads("trust settings", trusted, "PEM", "2");
	r = loads("key, certificate, request", make_join(arena, key_pem,
	    pems[0], csr_pem), "PEM", "1");
	is_uint(r.n_other, 2, "two others");
	is_str(r.other, "a private key", "the first of them");
	is_uint(r.n_broken, 0, "nothing broken");
	r = loads("cut, then whole", make_join(arena, cut(pems[1], 100),
	    str("\n"), pems[0]), "PEM", "1");
	is_uint(r.n_broken, 1, "one cut");
	r = loads("cut at the end", make_join(arena, pems[0],
	    cut(pems[1], 10)), "PEM", "1");
	is_uint(r.n_broken, 1, "one cut");
	r = loads("bad base64", make_join(arena, pems[0],
	    str("-----BEGIN CERTIFICATE-----\n!!!!\n"
	    "-----END CERTIFICATE-----\n")), "PEM", "1");
	is_uint(r.n_broken, 1, "one broken");
	r = loads("no SEQUENCE", make_join(arena, pems[0],
	    str("-----BEGIN X509 CERTIFICATE-----\nBAA=\n"
	    "-----END X509 CERTIFICATE-----\n")), "PEM", "1");
	is_uint(r.n_broken, 1, "one broken");
}

static void
test_der(void)
{
	struct load_result r;

	loads("one", ders[0], "DER", "1");
	loads("two", make_join(arena, ders[1], ders[0]), "DER", "2 1");
	r = loads("a line end behind", make_join(arena, ders[0],
	    str("\r\n")), "DER", "1");
	is_uint(r.n_broken, 0, "is nothing");
	r = loads("something behind", make_join(arena, ders[0], str("xyz")),
	    "DER", "1");
	is_uint(r.n_broken, 1, "is told");
	r = loads("the second cut", make_join(arena, ders[0],
	    cut(ders[1], 5)), "DER", "1");
	is_uint(r.n_broken, 1, "is told");
}

static void
test_pkcs7(void)
{
	loads("DER", p7_der, "PKCS#7", "both");
	loads("PEM", p7_pem, "PEM", "both");
	ok(p7_ber.data[1] == 0x80, "of indefinite length");
	loads("BER", p7_ber, "PKCS#7", "both");
	fails("empty", bytes_of("\x30\x1e\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01"
	    "\x07\x02\xa0\x11\x30\x0f\x02\x01\x01\x31\x00\x30\x06\x06\x04\x2a"
	    "\x03\x04\x05\x31\x00", 32), ERR_SYNTAX,
	    "holds an empty PKCS#7, no certificate");
	fails("other content", bytes_of("\x30\x0b\x06\x09\x2a\x86\x48\x86"
	    "\xf7\x0d\x01\x07\x01", 13), ERR_SYNTAX,
	    "holds a PKCS#7 of another type, no certificate");
	fails("BER cut off", cut(p7_ber, 300), ERR_SYNTAX,
	    "holds a certificate that cannot be decoded");
}

static void
test_errors(void)
{
	fails("empty", str(""), ERR_SYNTAX, "is empty");
	fails("blank", str(" \r\n\t"), ERR_SYNTAX, "is empty");
	fails("text", str("hello"), ERR_SYNTAX, "holds no certificate (it is "
	    "neither PEM, DER, PKCS#7, PKCS#12 nor JKS)");
	fails("one octet", str("0"), ERR_SYNTAX, "holds no certificate (it "
	    "is neither PEM, DER, PKCS#7, PKCS#12 nor JKS)");
	fails("UTF-16", bytes_of("\xff\xfe-\0-\0", 6), ERR_SYNTAX,
	    "is UTF-16 text; PEM is ASCII or UTF-8");
	fails("private key", key_pem, ERR_SYNTAX,
	    "holds a private key, no certificate");
	fails("request", csr_pem, ERR_SYNTAX,
	    "holds a certificate request, no certificate");
	fails("request in DER", csr_der, ERR_SYNTAX,
	    "holds a certificate request, no certificate");
	fails("CRL in DER", crl_der, ERR_SYNTAX,
	    "holds a CRL, no certificate");
	fails("cut PEM", cut(pems[0], 10), ERR_SYNTAX,
	    "holds a certificate that is cut off (no END line)");
	fails("cut DER", cut(ders[0], 10), ERR_SYNTAX,
	    "is cut off (binary DER, longer than the file)");
	fails("bad base64", str("-----BEGIN CERTIFICATE-----\nA\n"
	    "-----END CERTIFICATE-----\n"), ERR_SYNTAX,
	    "holds a certificate that cannot be decoded");
	fails("parameters", str("-----BEGIN DH PARAMETERS-----\nMAA=\n"
	    "-----END DH PARAMETERS-----\n"), ERR_SYNTAX,
	    "holds something else, no certificate");
}

static void
test_limits(void)
{
	static const char block[] = "-----BEGIN CERTIFICATE-----\nMAA=\n"
	    "-----END CERTIFICATE-----\n";
	size_t i, n = LOAD_CERTS_MAX + 1, len = sizeof(block) - 1;
	char *many = malloc(n * len);
	struct load_result result;
	struct err err = ERR_INIT;

	for (i = 0; i < n; i++)
		memcpy(many + i * len, block, len);
	is_int(load_certs(arena, bytes_of(many, (n - 1) * len), NULL, &result,
	    &err), 0, "as many as we take");
	is_uint(result.n_certs, LOAD_CERTS_MAX, "all of them");
	fails("one more", bytes_of(many, n * len), ERR_LIMIT,
	    "more than 10000 certificates");
	free(many);
	many = calloc(1, LOAD_BYTES_MAX + 1);
	fails("a large file", bytes_of(many, LOAD_BYTES_MAX + 1), ERR_LIMIT,
	    "larger than 16 MB");
	free(many);
}

/* Whatever is cut off: never a crash, and never more than is there. */
static void
test_prefixes(void)
{
	struct bytes all = make_join(arena, pems[0], key_pem, pems[1]);
	const struct bytes inputs[] = { all, p7_der, p7_ber, ders[0] };
	struct load_result result;
	unsigned bad = 0;
	size_t i, j;

	for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
		for (j = 0; j < inputs[i].len; j++) {
			struct err err = ERR_INIT;
			uint8_t *exact = malloc(j + 1);

			memcpy(exact, inputs[i].data, j);
			if (load_certs(arena, bytes_of(exact, j), NULL,
			    &result, &err) == 0 ? result.n_certs == 0 :
			    err.kind == ERR_NONE || err.text[0] == '\0')
				bad++;
			free(exact);
		}
	is_uint(bad, 0, "every prefix gives a certificate or a reason");
}

int
main(void)
{
	make_all();
	test_pem();
	test_der();
	test_pkcs7();
	test_errors();
	test_limits();
	test_prefixes();
	X509_free(certs[0]);
	X509_free(certs[1]);
	EVP_PKEY_free(key);
	arena_free(arena);
	return tap_done();
}
