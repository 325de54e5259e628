/* SPDX-License-Identifier: ISC */
/*
 * Java's own keystores, JKS and JCEKS, without a JVM.  All numbers are
 * big-endian; a string is its length in two octets and modified UTF-8.
 *
 *	magic FEEDFEED or CECECECE, version 1 or 2, number of entries
 *	entry 1:  alias, date(8), length and sealed key, number of certificates,
 *	          certificates (the key's own first)
 *	entry 2:  alias, date(8), certificate
 *	entry 3:  alias, date(8), a serialised Java object: a secret key
 *	certificate:  type (since version 2), length and DER
 *	digest(20):   SHA-1 over password in UTF-16, "Mighty Aphrodite", all
 *
 * The end of a secret key cannot be told without Java's serialisation: what
 * comes after one is not read.
 */
#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "pki/load_private.h"
#include "pki/ossl.h"

#define MAGIC_JKS 0xfeedfeedU
#define MAGIC_JCEKS 0xcecececeU
#define DIGEST_SIZE 20

enum { ENTRY_KEY = 1, ENTRY_TRUSTED = 2, ENTRY_SECRET = 3 };

struct store {
	struct loader loader;
	struct bytes rest;
	uint32_t version;
};

/* The next n octets; false when they are not there. */
static bool
take(struct bytes *in, size_t n, struct bytes *out)
{
	if (in->len < n)
		return false;
	*out = bytes_of(in->data, n);
	*in = bytes_of(in->data + n, in->len - n);
	return true;
}

static bool
take_u32(struct bytes *in, uint32_t *out)
{
	struct bytes b;

	if (!take(in, 4, &b))
		return false;
	*out = (uint32_t)b.data[0] << 24 | (uint32_t)b.data[1] << 16 |
	    (uint32_t)b.data[2] << 8 | b.data[3];
	return true;
}

static bool
take_string(struct bytes *in, struct bytes *out)
{
	struct bytes b;

	return take(in, 2, &b) &&
	    take(in, (size_t)b.data[0] << 8 | b.data[1], out);
}

static bool
take_blob(struct bytes *in, struct bytes *out)
{
	uint32_t len;

	return take_u32(in, &len) && take(in, len, out);
}

static int
cut_off(struct store *store)
{
	return err_set(store->loader.err, ERR_SYNTAX,
	    "the Java keystore is damaged or cut off");
}

static int
cert_read(struct store *store)
{
	struct bytes type = bytes_str("X.509"), der;

	if ((store->version == 2 && !take_string(&store->rest, &type)) ||
	    !take_blob(&store->rest, &der))
		return cut_off(store);
	if (!bytes_eq(type, bytes_str("X.509")) &&
	    !bytes_eq(type, bytes_str("X509"))) {
		load_note(&store->loader, "a certificate that is not X.509");
		return 0;
	}
	if (load_kind_of(der) == LOAD_KIND_NONE) {
		store->loader.out->n_broken++;
		return 0;
	}
	return load_add(&store->loader, der);
}

static int
key_read(struct store *store)
{
	struct load_result *out = store->loader.out;
	size_t first = out->n_certs;
	struct bytes sealed;
	uint32_t i, n;

	if (!take_blob(&store->rest, &sealed) || !take_u32(&store->rest, &n))
		return cut_off(store);
	load_note(&store->loader, "a private key");
	for (i = 0; i < n; i++)
		if (cert_read(store) == -1)
			return -1;
	if (out->leaf == -1 && out->n_certs > first)
		out->leaf = (int)first;
	return 0;
}

/* 0 read, 1 nothing after it can be read, -1 error. */
static int
entry_read(struct store *store)
{
	struct bytes alias, date;
	uint32_t tag;

	if (!take_u32(&store->rest, &tag) ||
	    !take_string(&store->rest, &alias) ||
	    !take(&store->rest, 8, &date))
		return cut_off(store);
	switch (tag) {
	case ENTRY_KEY:
		return key_read(store);
	case ENTRY_TRUSTED:
		return cert_read(store);
	case ENTRY_SECRET:
		load_note(&store->loader, "a secret key");
		return 1;
	default:
		return cut_off(store);
	}
}

/* The password as Java digests it: UTF-16, big-endian. */
static void
utf16_add(struct buf *out, const char *password)
{
	struct bytes in = bytes_str(password);
	uint32_t code;
	size_t n;

	while (in.len > 0) {
		n = text_utf8_next(in, &code);
		if (n == 0) {	/* not UTF-8: taken as Latin-1 */
			code = in.data[0];
			n = 1;
		}
		in = bytes_of(in.data + n, in.len - n);
		if (code >= 0x10000) {
			code -= 0x10000;
			buf_char(out, (char)(0xd8 | code >> 18));
			buf_char(out, (char)(code >> 10 & 0xff));
			code = 0xdc00 | (code & 0x3ff);
		}
		buf_char(out, (char)(code >> 8));
		buf_char(out, (char)(code & 0xff));
	}
}

static int
digest_check(const struct loader *loader, struct bytes in)
{
	struct buf text;
	uint8_t digest[DIGEST_SIZE];
	int r;

	buf_init(&text, LOAD_BYTES_MAX + 65536);
	utf16_add(&text, loader->password);
	buf_str(&text, "Mighty Aphrodite");
	buf_add(&text, in.data, in.len - DIGEST_SIZE);
	r = buf_failed(&text) ? err_nomem(loader->err) :
	    ossl_sha1(buf_bytes(&text), digest);
	if (text.data != NULL)
		mem_wipe(text.data, text.len);
	buf_release(&text);
	if (r == -1)
		return -1;
	if (memcmp(digest, in.data + in.len - DIGEST_SIZE, DIGEST_SIZE) == 0)
		return 0;
	return err_set(loader->err, ERR_PASSWORD,
	    "wrong password for the Java keystore, or it is damaged");
}

static int
entries_read(struct store *store, uint32_t n)
{
	uint32_t i;
	int r = 0;

	for (i = 0; i < n && r == 0; i++)
		r = entry_read(store);
	if (r == -1)
		return -1;
	if (r == 1 && store->loader.out->n_certs == 0)
		return err_set(store->loader.err, ERR_UNSUPPORTED,
		    "the Java keystore begins with a secret key, which only "
		    "Java can read");
	if (r == 1)
		store->loader.out->n_broken++;
	else if (store->rest.len != DIGEST_SIZE)
		return cut_off(store);
	return 0;
}

int
keystore_load_jks(struct arena *arena, struct bytes in, const char *password,
    struct load_result *out, struct err *err)
{
	struct store store = { .loader = { arena, password, out, err },
		.rest = in };
	uint32_t magic, n;

	if (!take_u32(&store.rest, &magic) ||
	    (magic != MAGIC_JKS && magic != MAGIC_JCEKS))
		return 1;
	out->format = "JKS";
	if (!take_u32(&store.rest, &store.version) ||
	    !take_u32(&store.rest, &n) || in.len < DIGEST_SIZE)
		return cut_off(&store);
	if (store.version != 1 && store.version != 2)
		return err_set(err, ERR_UNSUPPORTED,
		    "Java keystore of unknown version %u", store.version);
	if (password != NULL && digest_check(&store.loader, in) == -1)
		return -1;
	return entries_read(&store, n);
}
