/* SPDX-License-Identifier: ISC */
/* The public half of key files, whatever form they have. */
#include <openssl/pkcs12.h>

#include "der_text.h"
#include "pki/load.h"
#include "pki/load_private.h"
#include "pki_make.h"
#include "tap.h"

static struct arena *arena;

static void
gives(const char *name, struct bytes in, const char *password,
    struct bytes want)
{
	struct err err = ERR_INIT;
	struct bytes spki;

	is_int(load_key_spki(arena, in, password, &spki, &err), 0, "%s",
	    name);
	is_str(err.text, "", "%s: no error", name);
	ok(bytes_eq(spki, want), "%s: the key", name);
}

static void
fails(const char *name, struct bytes in, enum err_kind kind,
    const char *text)
{
	struct err err = ERR_INIT;
	struct bytes spki;

	is_int(load_key_spki(arena, in, NULL, &spki, &err), -1, "%s", name);
	is_int(err.kind, kind, "%s: kind", name);
	if (text != NULL)
		is_str(err.text, text, "%s: text", name);
}

static void
fails_password(const char *name, struct bytes in)
{
	struct err err = ERR_INIT;
	struct bytes spki;

	fails(name, in, ERR_PASSWORD, "the private key needs a password");
	is_int(load_key_spki(arena, in, "wrong", &spki, &err), -1,
	    "%s: wrong password", name);
	is_int(err.kind, ERR_PASSWORD, "kind");
	is_str(err.text, "wrong password for the private key", "text");
}

static BIO *
mem(void)
{
	return BIO_new(BIO_s_mem());
}

static struct bytes
spki_of(EVP_PKEY *key)
{
	BIO *out = mem();

	i2d_PUBKEY_bio(out, key);
	return make_bytes(arena, out);
}

#define SECRET ((const unsigned char *)"secret")

static void
test_forms(const char *name, EVP_PKEY *key)
{
	struct bytes want = spki_of(key), pem;
	char s[6] = "secret";
	BIO *out;

	diag("%s", name);
	gives("public, DER", want, NULL, want);
	out = mem();
	PEM_write_bio_PUBKEY(out, key);
	gives("public, PEM", make_bytes(arena, out), NULL, want);
	out = mem();
	PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	pem = make_bytes(arena, out);
	gives("PKCS#8", pem, NULL, want);
	gives("PKCS#8 with a needless password", pem, "x", want);
	gives("behind other text", make_join(arena, bytes_str("x\n"), pem),
	    NULL, want);
	out = mem();
	i2d_PKCS8PrivateKey_bio(out, key, NULL, NULL, 0, NULL, NULL);
	gives("PKCS#8, DER", make_bytes(arena, out), NULL, want);
	out = mem();
	PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(), s, 6,
	    NULL, NULL);
	pem = make_bytes(arena, out);
	gives("encrypted", pem, "secret", want);
	fails_password("encrypted", pem);
	out = mem();
	i2d_PKCS8PrivateKey_bio(out, key, EVP_aes_256_cbc(), s, 6, NULL,
	    NULL);
	pem = make_bytes(arena, out);
	gives("encrypted, DER", pem, "secret", want);
	fails_password("encrypted, DER", pem);
}

static void
test_traditional(EVP_PKEY *key)
{
	struct bytes want = spki_of(key), pem;
	BIO *out = mem();

	PEM_write_bio_PrivateKey_traditional(out, key, NULL, NULL, 0, NULL,
	    NULL);
	gives("traditional", make_bytes(arena, out), NULL, want);
	out = mem();
	PEM_write_bio_PrivateKey_traditional(out, key, EVP_aes_128_cbc(),
	    SECRET, 6, NULL, NULL);
	pem = make_bytes(arena, out);
	gives("traditional, encrypted", pem, "secret", want);
	fails_password("traditional, encrypted", pem);
}

static void
test_request(EVP_PKEY *key)
{
	X509_REQ *req = X509_REQ_new();
	BIO *pem = mem(), *der = mem();

	X509_REQ_set_pubkey(req, key);
	X509_REQ_sign(req, key, EVP_sha256());
	PEM_write_bio_X509_REQ(pem, req);
	i2d_X509_REQ_bio(der, req);
	gives("request", make_bytes(arena, pem), NULL, spki_of(key));
	gives("request, DER", make_bytes(arena, der), NULL, spki_of(key));
	X509_REQ_free(req);
}

/* PKCS#1: the contents of the BIT STRING alone. */
static void
test_rsa_public(EVP_PKEY *key)
{
	struct bytes want = spki_of(key);
	unsigned char *der = NULL;
	int len = i2d_PublicKey(key, &der);

	gives("RSAPublicKey", bytes_of(der, (size_t)len), NULL, want);
	OPENSSL_free(der);
}

static void
test_pkcs12(EVP_PKEY *key)
{
	X509 *cert = make_cert(key, "x");
	PKCS12 *p12 = PKCS12_create("secret", "x", key, cert, NULL, 0, 0, 0,
	    0, 0);
	BIO *out = mem();
	struct bytes in;

	i2d_PKCS12_bio(out, p12);
	in = make_bytes(arena, out);
	gives("PKCS#12", in, "secret", spki_of(key));
	fails("PKCS#12 without password", in, ERR_PASSWORD,
	    "the PKCS#12 needs a password");
	PKCS12_free(p12);
	p12 = PKCS12_create(NULL, NULL, NULL, cert, NULL, 0, 0, 0, 0, 0);
	out = mem();
	i2d_PKCS12_bio(out, p12);
	fails("PKCS#12 without key", make_bytes(arena, out), ERR_SYNTAX,
	    "the PKCS#12 holds no private key");
	PKCS12_free(p12);
	out = mem();
	PEM_write_bio_X509(out, cert);
	fails("certificate", make_bytes(arena, out), ERR_SYNTAX,
	    "holds a certificate, no key");
	out = mem();
	i2d_X509_bio(out, cert);
	fails("certificate, DER", make_bytes(arena, out), ERR_SYNTAX,
	    "holds a certificate, no key");
	X509_free(cert);
}

static void
test_errors(void)
{
	fails("empty", bytes_str(""), ERR_SYNTAX,
	    "holds no key (it is neither PEM nor DER)");
	fails("text", bytes_str("hello"), ERR_SYNTAX,
	    "holds no key (it is neither PEM nor DER)");
	fails("Java", bytes_str("\xfe\xed\xfe\xed\1\1\1\2"), ERR_UNSUPPORTED,
	    "is a Java keystore, whose private key only Java can read");
	fails("no END", bytes_str("-----BEGIN PRIVATE KEY-----\nAAAA\n"),
	    ERR_SYNTAX, "holds a key that is cut off (no END line)");
	fails("no base64", bytes_str("-----BEGIN PRIVATE KEY-----\n!\n"
	    "-----END PRIVATE KEY-----\n"), ERR_SYNTAX,
	    "holds a key that cannot be decoded");
	fails("no key inside", bytes_str("-----BEGIN PRIVATE KEY-----\nMAA=\n"
	    "-----END PRIVATE KEY-----\n"), ERR_SYNTAX, NULL);
	fails("OpenSSH", bytes_str("-----BEGIN OPENSSH PRIVATE KEY-----\n"
	    "b3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"),
	    ERR_SYNTAX, NULL);
}

#define PBES2 "06:2a864886f70d01050d"
#define PBKDF2 "06:2a864886f70d01050c"
#define SCRYPT "06:2b06010401da47040b"
#define AES "30{06:60864801650304012a 04:00}"

static void
test_rounds(void)
{
	static const struct row {
		const char *algorithm;
		uint64_t want;
	} rows[] = {
		{ "30{06:2a864886f70d010c0103 30{04:00 02:0800}}", 2048 },
		{ "30{" PBES2 " 30{30{" PBKDF2 " 30{04:00 02:0f4240}} " AES
		    "}}", 1000000 },
		{ "30{" PBES2 " 30{30{" PBKDF2 " 30{04:00 02:08 02:20}} " AES
		    "}}", 32 },	/* the key length is taken for more */
		{ "30{" PBES2 " 30{30{" SCRYPT " 30{04:00 02:4000 02:08"
		    " 02:02}} " AES "}}", 16384 * 16 },
		{ "30{" PBES2 " 30{30{" SCRYPT " 30{04:00 02:00ffffffffff"
		    " 02:00ffffffff 02:00ffffffff}} " AES "}}", UINT64_MAX },
		{ "30{06:2a03 02:0100000000000000}", UINT64_MAX },
		{ "30{06:2a03 02:ff}", 255 },	/* a negative one */
		{ "30{06:2a03}", 1 },
		{ "30{06:2a03 30{30{30{30{30{30{30{}}}}}}}}", UINT64_MAX },
		{ "30{30{" SCRYPT " 30{04:00 02:01}}}", UINT64_MAX },
		{ "04:00", UINT64_MAX },
	};
	static struct der_text text;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_uint(load_kdf_rounds(der_text(&text, rows[i].algorithm)),
		    rows[i].want, "rounds of %s", rows[i].algorithm);
	fails("too many rounds", der_text(&text, "30{30{" PBES2 " 30{30{"
	    PBKDF2 " 30{04'12345678' 02:7fffffff}} " AES "}} 04:00}"),
	    ERR_LIMIT, "the private key asks for more than 2000000 rounds "
	    "of key derivation");
}

int
main(void)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(1024);
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	arena = arena_new();
	test_forms("EC", ec);
	test_forms("RSA", rsa);
	test_forms("Ed25519", ed);
	test_traditional(ec);
	test_traditional(rsa);
	test_request(ec);
	test_rsa_public(rsa);
	test_pkcs12(ec);
	test_errors();
	test_rounds();
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed);
	arena_free(arena);
	return tap_done();
}
