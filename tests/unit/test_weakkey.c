/* SPDX-License-Identifier: ISC */
/*
 * Keys that break without a list: made here at the boundaries, and those of
 * the badkeys project ($MPC_CORPORA).
 */
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "der_make.h"
#include "pki/der_scan.h"
#include "pki/weakkey.h"
#include "tap.h"

#define FILE_SIZE_MAX 65536

static void
add_number(struct buf *b, const BIGNUM *n)
{
	uint8_t data[4096];
	int len = BN_bn2binpad(n, data, BN_num_bytes(n) + 1);

	/* One zero in front too many does no harm here. */
	der_add(b, 0x02, data, (size_t)len);
}

/* SubjectPublicKeyInfo of a PKCS #1 key. */
static void
wrap_pkcs1(struct buf *b, struct bytes key)
{
	size_t from = b->len, bits;

	der_add(b, 0x30, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
	    "\x05\x00", 13);
	bits = b->len;
	buf_char(b, 0);
	buf_add(b, key.data, key.len);
	der_wrap(b, bits, 0x03);
	der_wrap(b, from, 0x30);
}

static const char *
check(const BIGNUM *n, const BIGNUM *e)
{
	struct buf key = BUF_INIT, spki = BUF_INIT;
	const char *why;

	add_number(&key, n);
	add_number(&key, e);
	der_wrap(&key, 0, 0x30);
	wrap_pkcs1(&spki, buf_bytes(&key));
	why = weakkey_check(buf_bytes(&spki));
	buf_release(&key);
	buf_release(&spki);
	return why;
}

static bool
says(const char *why, const char *word)
{
	if (word == NULL || why == NULL)
		return word == why;
	return strstr(why, word) != NULL;
}

static void
judge(const BIGNUM *n, const BIGNUM *e, const char *word, const char *name)
{
	const char *why = check(n, e);

	if (!ok(says(why, word), "%s", name))
		diag("got: %s", why == NULL ? "nothing" : why);
}

/* The primes of a good key, and small or odd exponents with it. */
static void
test_exponents(const BIGNUM *n, const BIGNUM *phi)
{
	static const struct {
		BN_ULONG e;
		const char *word;
	} rows[] = {
		{ 0, "even" }, { 1, "exponent is 1" }, { 2, "even" },
		{ 3, NULL }, { 4, "even" }, { 5, NULL }, { 65536, "even" },
		{ 65537, NULL }, { 65538, "even" }
	};
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *e = BN_new(), *d = BN_new();
	char name[64];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BN_set_word(e, rows[i].e);
		snprintf(name, sizeof(name), "exponent %lu",
		    (unsigned long)rows[i].e);
		judge(n, e, rows[i].word, name);
	}
	BN_set_word(e, 65537);
	BN_mod_inverse(d, e, phi, ctx);
	judge(n, d, "private exponent", "exponents exchanged");
	BN_add_word(d, 2);
	judge(n, d, NULL, "a large exponent");
	BN_free(e);
	BN_free(d);
	BN_CTX_free(ctx);
}

static void
test_good(void)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *phi = BN_new();

	BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL);
	BN_generate_prime_ex(q, 1024, 0, NULL, NULL, NULL);
	BN_mul(n, p, q, ctx);
	BN_copy(phi, n);
	BN_sub(phi, phi, p);
	BN_sub(phi, phi, q);
	BN_add_word(phi, 1);
	test_exponents(n, phi);
	BN_set_word(q, 65537);
	BN_free(p);
	BN_free(q);
	BN_free(n);
	BN_free(phi);
	BN_CTX_free(ctx);
}

static void
next_prime(BIGNUM *p)
{
	do
		BN_add_word(p, 2);
	while (BN_check_prime(p, NULL, NULL) != 1);
}

/* Primes that follow each other, and primes 2^bits apart.  Fermat needs
 * about (p - q)^2 / (8 sqrt(n)) rounds. */
static void
test_fermat(void)
{
	static const struct {
		int bits;
		const char *word;
	} rows[] = {
		{ 8, "Fermat" }, { 256, "Fermat" }, { 500, "Fermat" },
		{ 513, "Fermat" }, { 700, NULL }, { 1000, NULL }
	};
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *e = BN_new();
	char name[64];
	size_t i;

	BN_set_word(e, 65537);
	BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL);
	BN_sqr(n, p, ctx);
	judge(n, e, "Fermat", "the square of a prime");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BN_zero(q);
		BN_set_bit(q, rows[i].bits);
		BN_add(q, q, p);
		next_prime(q);
		BN_mul(n, p, q, ctx);
		snprintf(name, sizeof(name), "primes 2^%d apart",
		    rows[i].bits);
		judge(n, e, rows[i].word, name);
	}
	BN_free(p);
	BN_free(q);
	BN_free(n);
	BN_free(e);
	BN_CTX_free(ctx);
}

/* k * M + (65537^a mod M), M the product of the first 126 primes, as the
 * paper describes; a prime. */
static void
roca_prime(BIGNUM *out, BN_CTX *ctx)
{
	BIGNUM *m = BN_new(), *k = BN_new(), *g = BN_new(), *a = BN_new();
	BN_ULONG p, d;
	int primes = 0;

	BN_one(m);
	for (p = 2; primes < 126; p++) {
		for (d = 2; d * d <= p && p % d != 0; d++)
			;
		if (d * d > p) {
			BN_mul_word(m, p);
			primes++;
		}
	}
	do {
		BN_rand(a, 62, 0, 0);
		BN_set_word(g, 65537);
		BN_mod_exp(g, g, a, m, ctx);
		BN_rand(k, 1024 - BN_num_bits(m), 1, 0);
		BN_mul(out, k, m, ctx);
		BN_add(out, out, g);
	} while (BN_check_prime(out, ctx, NULL) != 1);
	BN_free(m);
	BN_free(k);
	BN_free(g);
	BN_free(a);
}

static void
test_roca(void)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *e = BN_new();

	BN_set_word(e, 65537);
	roca_prime(p, ctx);
	roca_prime(q, ctx);
	BN_mul(n, p, q, ctx);
	judge(n, e, "ROCA", "two primes of the faulty library");
	BN_generate_prime_ex(q, 1024, 0, NULL, NULL, NULL);
	BN_mul(n, p, q, ctx);
	judge(n, e, NULL, "one of them only");
	BN_free(p);
	BN_free(q);
	BN_free(n);
	BN_free(e);
	BN_CTX_free(ctx);
}

static void
test_factors(void)
{
	static const struct {
		BN_ULONG p;
		const char *word;
	} rows[] = {
		{ 2, "small factor" }, { 3, "small factor" },
		{ 5, "small factor" }, { 167, "small factor" },
		{ 4999, "small factor" }, { 9967, "small factor" },
		{ 9973, "small factor" },
		{ 32749, "small factor" },	/* the last below 32,768 */
		{ 32771, NULL }, { 65537, NULL }
	};
	BIGNUM *q = BN_new(), *n = BN_new(), *e = BN_new();
	char name[64];
	size_t i;

	BN_set_word(e, 65537);
	BN_generate_prime_ex(q, 2040, 0, NULL, NULL, NULL);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BN_copy(n, q);
		BN_mul_word(n, rows[i].p);
		snprintf(name, sizeof(name), "factor %lu",
		    (unsigned long)rows[i].p);
		judge(n, e, rows[i].word, name);
	}
	BN_free(q);
	BN_free(n);
	BN_free(e);
}

/* A random odd number of that size without small factors would take long to
 * find: a product of two primes is one. */
static void
test_sizes(void)
{
	static const struct {
		int p, q;
		const char *word;
	} rows[] = {
		{ 511, 512, "less than 1024" }, { 512, 512, NULL },
		{ 768, 768, NULL }
	};
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *e = BN_new();
	char name[64];
	size_t i;

	BN_set_word(e, 65537);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BN_generate_prime_ex(p, rows[i].p, 0, NULL, NULL, NULL);
		do {
			BN_generate_prime_ex(q, rows[i].q, 0, NULL, NULL,
			    NULL);
			BN_mul(n, p, q, ctx);
		} while (BN_num_bits(n) != rows[i].p + rows[i].q);
		snprintf(name, sizeof(name), "%d bits", BN_num_bits(n));
		judge(n, e, rows[i].word, name);
	}
	BN_zero(n);
	judge(n, e, "less than 1024", "modulus 0");
	judge(n, n, "less than 1024", "modulus and exponent 0");
	BN_set_bit(n, 16384);
	judge(n, e, NULL, "above 16,384 bits nothing is tried");
	BN_set_bit(n, 0);
	BN_rshift1(n, n);
	BN_set_bit(n, 0);
	judge(n, e, "factor", "16,384 bits");
	BN_free(p);
	BN_free(q);
	BN_free(n);
	BN_free(e);
	BN_CTX_free(ctx);
}

/* The longest that is tried: no factor, no square.  It only has to end. */
static void
test_hostile(void)
{
	BIGNUM *n = BN_new(), *e = BN_new();
	BN_ULONG p;

	BN_set_bit(n, 16383);
	BN_set_bit(n, 0);
	for (p = 3; p < 65536; p += 2)
		if (BN_mod_word(n, p) == 0) {
			BN_add_word(n, 2);
			p = 1;
		}
	BN_copy(e, n);
	BN_sub_word(e, 2);
	judge(n, e, NULL, "16,384 bits without small factors, long exponent");
	BN_free(n);
	BN_free(e);
}

static void
test_garbage(void)
{
	static const uint8_t in[] = "\x30\x0d\x30\x06\x06\x01\x2a\x05\x00"
	    "\x00\x03\x01\x00\x00";
	EVP_PKEY *key = EVP_EC_gen("P-256");
	uint8_t *der = NULL;
	size_t i;
	int len = i2d_PUBKEY(key, &der);

	for (i = 0; i < sizeof(in); i++)
		if (weakkey_check(bytes_of(in, i)) != NULL)
			break;
	is_uint(i, sizeof(in), "what is no key is no weak key");
	ok(weakkey_check(bytes_of(der, (size_t)len)) == NULL,
	    "an elliptic curve");
	OPENSSL_free(der);
	EVP_PKEY_free(key);
}

/* The badkeys project's test keys. */
static const struct corpus_row {
	const char *file;
	const char *word;	/* NULL: nothing is found */
	const char *why;	/* when the name promises more */
} corpus[] = {
	{ "rsa-ok.key", NULL, NULL },
	{ "ec-p256-rfc-example.key", NULL, NULL },
	{ "ed25519-rfc-example.key", NULL, NULL },
	{ "x448-ok.key", NULL, NULL },
	{ "dh-ok.key", NULL, NULL },
	{ "ecdsa-explicit-pub.key", NULL, NULL },
	{ "rsa-large-e.key", NULL, NULL },
	{ "rsa-e1.key", "exponent is 1", NULL },
	{ "rsa-e-larger-n.key", "less than 1024", NULL },
	{ "rsa-fermat-pkcs1.key", "Fermat", NULL },
	{ "rsa-fermat-pkcs8.key", "Fermat", NULL },
	{ "rsa-fermat.crt", "Fermat", NULL },
	{ "rsa-fermat.csr", "Fermat", NULL },
	{ "rsa-nprime.key", NULL, "a modulus that is a prime takes a full "
	    "exponentiation to see, as much as the handshake" },
	{ "rsa-roca.key", "ROCA", NULL },
	{ "rsa-small-d.key", "private exponent", NULL },
	{ "rsa-smallfactors-corrupt.key", "factor", NULL },
	{ "rsa-smallfactors-valid.key", "factor", NULL },
	{ "rsanzero.key", "less than 1024", NULL },
	{ "rsazerozero.key", "less than 1024", NULL },
	{ "rsapoly32.key", NULL, "the primes are polynomials in 2^32: takes "
	    "the factoring of polynomials, which is not tried" },
	{ "rsapoly128.key", NULL, "the same with 2^64" },
	{ "rsa-pattern.key", NULL, "a pattern of the octets, not of the "
	    "numbers" },
	{ "rsa-debianweak.key", NULL, "takes the list of all such keys "
	    "(CVE-2008-0166)" },
	{ "rsa-sharedprimes.key", NULL, "takes the other key with the same "
	    "prime" },
	{ "rsa-vanity.key", NULL, "a modulus with a message in it is odd, "
	    "but not known to be broken" },
};

/* The SubjectPublicKeyInfo of the first PEM block that has one. */
static void
spki_read(const char *path, struct buf *out)
{
	BIO *in = BIO_new_file(path, "r");
	char *label = NULL, *header = NULL;
	struct der_cert cert;
	unsigned char *data = NULL, *spki = NULL;
	const unsigned char *p;
	EVP_PKEY *key = NULL;
	X509_REQ *request;
	long len;
	int n;

	if (in == NULL || !PEM_read_bio(in, &label, &header, &data, &len))
		bail("%s: cannot be read", path);
	p = data;
	if (strcmp(label, "PUBLIC KEY") == 0) {
		buf_add(out, data, (size_t)len);
	} else if (strcmp(label, "RSA PUBLIC KEY") == 0) {
		wrap_pkcs1(out, bytes_of(data, (size_t)len));
	} else if (strcmp(label, "CERTIFICATE") == 0) {
		if (der_cert_scan(bytes_of(data, (size_t)len), &cert) == 0)
			buf_add(out, cert.spki.data, cert.spki.len);
	} else if (strcmp(label, "CERTIFICATE REQUEST") == 0) {
		request = d2i_X509_REQ(NULL, &p, len);
		key = X509_REQ_get_pubkey(request);
		X509_REQ_free(request);
	} else {
		key = d2i_AutoPrivateKey(NULL, &p, len);
	}
	n = key == NULL ? 0 : i2d_PUBKEY(key, &spki);
	if (n > 0)
		buf_add(out, spki, (size_t)n);
	EVP_PKEY_free(key);
	OPENSSL_free(spki);
	OPENSSL_free(label);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(in);
}

static void
test_corpus_row(const char *folder, const struct corpus_row *row)
{
	struct buf spki = BUF_INIT;
	const char *got;
	char path[4096];

	snprintf(path, sizeof(path), "%s/badkeys-testdata/%s", folder,
	    row->file);
	spki_read(path, &spki);
	got = weakkey_check(buf_bytes(&spki));
	if (!ok(spki.len > 0 && says(got, row->word), "%s%s%s", row->file,
	    row->why != NULL ? ": " : "", row->why != NULL ? row->why : ""))
		diag("got: %s", got == NULL ? "nothing" : got);
	buf_release(&spki);
}

static void
test_hexmodulus(const char *folder)
{
	char path[4096], text[FILE_SIZE_MAX];
	BIGNUM *n = NULL, *e = BN_new();
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/badkeys-testdata/"
	    "rsa-fermat-hexmodulus.txt", folder);
	if ((file = fopen(path, "r")) == NULL)
		bail("%s: cannot be read", path);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	BN_hex2bn(&n, text);
	BN_set_word(e, 65537);
	judge(n, e, "Fermat", "rsa-fermat-hexmodulus.txt");
	BN_free(n);
	BN_free(e);
}

static void
test_corpus(void)
{
	size_t i, n = sizeof(corpus) / sizeof(corpus[0]);
	const char *folder = getenv("MPC_CORPORA");

	if (folder == NULL) {
		skip((int)n + 1, "no corpora: set MPC_CORPORA");
		return;
	}
	for (i = 0; i < n; i++)
		test_corpus_row(folder, &corpus[i]);
	test_hexmodulus(folder);
}

int
main(void)
{
	test_good();
	test_fermat();
	test_roca();
	test_factors();
	test_sizes();
	test_hostile();
	test_garbage();
	test_corpus();
	return tap_done();
}
