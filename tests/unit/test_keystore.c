/* SPDX-License-Identifier: ISC */
/*
 * Keystores: Java's, written here octet by octet and by keytool; PKCS#12 of
 * OpenSSL in all its moods.  Fixtures: tests/pki.
 */
#include <openssl/pkcs12.h>

#include "pki/load.h"
#include "pki_make.h"
#include "tap.h"

static struct arena *arena;
static EVP_PKEY *key;
static X509 *own, *other;
static struct bytes own_der, other_der;

/* A keystore in the making. */
static uint8_t store[8192];
static size_t store_len;

static void
put(const void *data, size_t len)
{
	memcpy(store + store_len, data, len);
	store_len += len;
}

static void
put_number(uint64_t v, size_t size)
{
	while (size-- > 0)
		store[store_len++] = (uint8_t)(v >> 8 * size);
}

static void
put_string(const char *s)
{
	put_number(strlen(s), 2);
	put(s, strlen(s));
}

static void
put_head(uint32_t magic, uint32_t version, uint32_t entries)
{
	store_len = 0;
	put_number(magic, 4);
	put_number(version, 4);
	put_number(entries, 4);
}

static void
put_entry(uint32_t tag)
{
	put_number(tag, 4);
	put_string("alias");
	put_number(0, 8);
}

static void
put_cert(struct bytes der, uint32_t version)
{
	if (version == 2)
		put_string("X.509");
	put_number(der.len, 4);
	put(der.data, der.len);
}

static void
put_key(uint32_t version)
{
	put_entry(1);
	put_number(3, 4);
	put("key", 3);
	put_number(2, 4);
	put_cert(own_der, version);
	put_cert(other_der, version);
}

static void
put_trusted(uint32_t version)
{
	put_entry(2);
	put_cert(other_der, version);
}

/* password is UTF-16 already. */
static void
put_digest(const char *password, size_t len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	EVP_DigestInit_ex(ctx, EVP_sha1(), NULL);
	EVP_DigestUpdate(ctx, password, len);
	EVP_DigestUpdate(ctx, "Mighty Aphrodite", 16);
	EVP_DigestUpdate(ctx, store, store_len);
	EVP_DigestFinal_ex(ctx, store + store_len, NULL);
	store_len += 20;
	EVP_MD_CTX_free(ctx);
}

#define PUT_DIGEST(password) put_digest(password, sizeof(password) - 1)

static const char *
found(const struct load_result *result)
{
	static char out[64];
	size_t i, len = 0;

	out[0] = '\0';
	for (i = 0; i < result->n_certs && i < 16; i++)
		out[len++] = bytes_eq(result->certs[i], own_der) ? 'k' :
		    bytes_eq(result->certs[i], other_der) ? 'o' : '?';
	out[len] = '\0';
	return out;
}

static struct load_result
loads(const char *name, struct bytes in, const char *password,
    const char *want, int leaf)
{
	struct load_result result;
	struct err err = ERR_INIT;

	is_int(load_certs(arena, in, password, &result, &err), 0, "%s", name);
	is_str(err.text, "", "%s: no error", name);
	is_str(found(&result), want, "%s: certificates", name);
	is_int(result.leaf, leaf, "%s: the key's own", name);
	return result;
}

static void
fails(const char *name, struct bytes in, const char *password,
    enum err_kind kind)
{
	struct load_result result;
	struct err err = ERR_INIT;

	is_int(load_certs(arena, in, password, &result, &err), -1, "%s",
	    name);
	is_int(err.kind, kind, "%s: kind (%s)", name, err.text);
}

static struct bytes
jks(void)
{
	return bytes_of(store, store_len);
}

static void
test_jks(void)
{
	struct load_result r;
	uint32_t version;

	for (version = 1; version <= 2; version++) {
		put_head(0xfeedfeed, version, 2);
		put_trusted(version);
		put_key(version);
		PUT_DIGEST("\0p\0w\x20\xac\xd8\x3d\xde\0");
		r = loads("trusted and key", jks(), NULL, "oko", 1);
		is_str(r.format, "JKS", "format");
		loads("password", jks(), "pw\xe2\x82\xac\xf0\x9f\x98\x80",
		    "oko", 1);
		fails("wrong password", jks(), "x", ERR_PASSWORD);
		fails("empty password", jks(), "", ERR_PASSWORD);
	}
	put_head(0xcececece, 2, 1);
	put_trusted(2);
	PUT_DIGEST("");
	loads("JCEKS", jks(), "", "o", -1);
	put_head(0xfeedfeed, 2, 0);
	PUT_DIGEST("");
	fails("empty store", jks(), NULL, ERR_SYNTAX);
}

static void
test_jks_odd(void)
{
	struct load_result r;

	put_head(0xfeedfeed, 3, 0);
	PUT_DIGEST("");
	fails("unknown version", jks(), NULL, ERR_UNSUPPORTED);
	put_head(0xfeedfeed, 2, 0xffffffff);
	put_trusted(2);
	PUT_DIGEST("");
	fails("more entries than there are", jks(), NULL, ERR_SYNTAX);
	put_head(0xfeedfeed, 2, 1);
	put_trusted(2);
	put_trusted(2);
	PUT_DIGEST("");
	fails("fewer entries than there are", jks(), NULL, ERR_SYNTAX);
	put_head(0xfeedfeed, 2, 1);
	put_entry(4);
	PUT_DIGEST("");
	fails("unknown entry", jks(), NULL, ERR_SYNTAX);
	put_head(0xfeedfeed, 2, 1);
	put_entry(2);
	put_string("X.509");
	put_number(0xffffffff, 4);
	PUT_DIGEST("");
	fails("a certificate of 4 GB", jks(), NULL, ERR_SYNTAX);
	put_head(0xcececece, 2, 2);
	put_trusted(2);
	put_entry(3);
	put("\xac\xed\0\5", 4);
	PUT_DIGEST("");
	r = loads("a secret key behind", jks(), NULL, "o", -1);
	is_uint(r.n_broken, 1, "is told");
	put_head(0xfeedfeed, 2, 2);
	put_trusted(2);
	put_entry(2);
	put_cert(bytes_str("garbage"), 2);
	PUT_DIGEST("");
	r = loads("garbage as certificate", jks(), NULL, "o", -1);
	is_uint(r.n_broken, 1, "is told");
	put_head(0xfeedfeed, 2, 2);
	put_trusted(2);
	put_entry(2);
	put_string("PGP");
	put_number(1, 4);
	put("x", 1);
	PUT_DIGEST("");
	r = loads("another type of certificate", jks(), NULL, "o", -1);
	is_uint(r.n_other, 1, "is told");
}

static void
test_jks_prefixes(void)
{
	struct load_result result;
	unsigned bad = 0;
	size_t i;

	put_head(0xfeedfeed, 2, 2);
	put_trusted(2);
	put_key(2);
	PUT_DIGEST("");
	for (i = 0; i < store_len; i++) {
		struct err err = ERR_INIT;
		uint8_t *exact = malloc(i + 1);

		memcpy(exact, store, i);
		if (load_certs(arena, bytes_of(exact, i), NULL, &result,
		    &err) == 0 || err.text[0] == '\0')
			bad++;
		free(exact);
	}
	is_uint(bad, 0, "no prefix passes as a keystore");
}

struct p12 {
	const char *password, *open_with;
	int key_pbe, cert_pbe, iterations, mac_iterations;
};

static struct bytes
make_p12(const struct p12 *how)
{
	STACK_OF(X509) *others = sk_X509_new_null();
	BIO *out = BIO_new(BIO_s_mem());
	PKCS12 *p12;

	sk_X509_push(others, other);
	p12 = PKCS12_create(how->password, "name", key, own, others,
	    how->key_pbe, how->cert_pbe, how->iterations,
	    how->mac_iterations, 0);
	if (p12 == NULL || i2d_PKCS12_bio(out, p12) != 1)
		bail("no PKCS#12");
	PKCS12_free(p12);
	sk_X509_free(others);
	return make_bytes(arena, out);
}

static void
test_pkcs12(void)
{
	static const struct p12 rows[] = {
		{ "secret", "secret", 0, 0, 0, 0 },
		{ "", NULL, 0, 0, 0, 0 },
		{ "", "", 0, 0, 0, 0 },
		{ NULL, NULL, 0, 0, 0, 0 },
		{ NULL, "", 0, 0, 0, 0 },
		{ "secret", "secret", 0, 0, 0, -1 },	/* no MAC */
		{ "secret", "secret", 0, -1, 0, 0 },	/* certs in clear */
		{ NULL, NULL, -1, -1, 0, -1 },	/* nothing protected */
		{ NULL, "x", -1, -1, 0, -1 },
		{ "secret", "secret", NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
		    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 0, 0 },
		{ "\xc3\xa4", "\xc3\xa4", 0, 0, 0, 0 },
		{ "secret", "secret", 0, 0, 100000, 100000 },
	};
	struct load_result r;
	struct bytes in;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		in = make_p12(&rows[i]);
		r = loads(arena_printf(arena, "PKCS#12 %zu", i), in,
		    rows[i].open_with, "ko", 0);
		is_str(r.format, "PKCS#12", "format");
		is_str(r.other, "a private key", "and a key");
	}
}

static void
test_pkcs12_errors(void)
{
	static const struct p12 plain = { "secret", NULL, 0, 0, 0, 0 };
	static const struct p12 no_mac = { "secret", NULL, 0, 0, 0, -1 };
	static const struct p12 slow = { "secret", NULL, 0, 0, 1, 1 };
	struct load_result result;
	struct bytes in;
	unsigned bad = 0;
	size_t i;

	in = make_p12(&plain);
	fails("no password", in, NULL, ERR_PASSWORD);
	fails("empty password", in, "", ERR_PASSWORD);
	fails("wrong password", in, "x", ERR_PASSWORD);
	in = make_p12(&no_mac);
	fails("no MAC, no password", in, NULL, ERR_PASSWORD);
	fails("no MAC, wrong password", in, "x", ERR_PASSWORD);
	in = make_p12(&slow);
	for (i = 0; i < in.len; i += 3) {
		struct err err = ERR_INIT;
		uint8_t *exact = malloc(i + 1);

		memcpy(exact, in.data, i);
		if (load_certs(arena, bytes_of(exact, i), "secret", &result,
		    &err) == 0 || err.text[0] == '\0')
			bad++;
		free(exact);
	}
	is_uint(bad, 0, "no prefix passes as a PKCS#12");
}

static struct bytes
fixture(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	static uint8_t data[65536];
	char path[4096];
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/pki/%s",
	    top == NULL ? "." : top, name);
	file = fopen(path, "rb");
	if (file == NULL)
		bail("%s is missing", path);
	len = fread(data, 1, sizeof(data), file);
	fclose(file);
	return arena_bytes(arena, bytes_of(data, len));
}

static void
test_fixtures(void)
{
	struct load_result result;
	struct err err = ERR_INIT;

	loads("keytool's JKS", fixture("keytool.jks"), "changeit", "??", 1);
	loads("without password", fixture("keytool.jks"), NULL, "??", 1);
	fails("wrong password", fixture("keytool.jks"), "x", ERR_PASSWORD);
	fails("keytool's JCEKS begins with a secret key",
	    fixture("keytool.jceks"), "changeit", ERR_UNSUPPORTED);
	loads("keytool's PKCS#12", fixture("keytool.pkcs12"), "changeit", "?",
	    0);
	loads("OpenSSL's", fixture("modern.p12"), "secret", "?", 0);
	loads("with 3DES", fixture("3des.p12"), "secret", "?", 0);
	fails("2,000,001 rounds", fixture("rounds.p12"), "secret", ERR_LIMIT);
	if (load_certs(arena, fixture("rc2.p12"), "secret", &result,
	    &err) == 0)
		is_int(result.leaf, 0, "with RC2, by the legacy provider");
	else
		is_int(err.kind, ERR_UNSUPPORTED, "with RC2: %s", err.text);
}

int
main(void)
{
	BIO *out;

	arena = arena_new();
	key = EVP_EC_gen("P-256");
	own = make_cert(key, "own");
	other = make_cert(key, "other");
	out = BIO_new(BIO_s_mem());
	i2d_X509_bio(out, own);
	own_der = make_bytes(arena, out);
	out = BIO_new(BIO_s_mem());
	i2d_X509_bio(out, other);
	other_der = make_bytes(arena, out);
	test_jks();
	test_jks_odd();
	test_jks_prefixes();
	test_pkcs12();
	test_pkcs12_errors();
	test_fixtures();
	X509_free(own);
	X509_free(other);
	EVP_PKEY_free(key);
	arena_free(arena);
	return tap_done();
}
