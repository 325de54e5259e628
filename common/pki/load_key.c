/* SPDX-License-Identifier: ISC */
/*
 * The public half of a key file, so that it can be compared with that of a
 * certificate.  What is public already is cut out of its DER; private keys
 * are decoded by OpenSSL, which never asks the terminal for a password.
 */
#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pki/der_scan.h"
#include "pki/load_private.h"
#include "pki/ossl.h"
#include "pki/pem.h"

#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_SEQUENCE 0x30

struct prompt {
	const char *password;	/* or NULL */
	bool asked;
};

/* pem_password_cb: gives what we have, and notes that it was needed. */
static int
prompt_answer(char *to, int size, int encrypting, void *arg)
{
	struct prompt *prompt = arg;
	size_t len;

	(void)encrypting;
	prompt->asked = true;
	len = prompt->password == NULL ? 0 : strlen(prompt->password);
	if (prompt->password == NULL || size < 0 || len > (size_t)size)
		return -1;
	memcpy(to, prompt->password, len);
	return (int)len;
}

static EVP_PKEY *
key_decode(struct bytes in, const char *form, struct prompt *prompt)
{
	const unsigned char *p = in.data;
	OSSL_DECODER_CTX *decoder;
	EVP_PKEY *key = NULL;
	size_t len = in.len;

	decoder = OSSL_DECODER_CTX_new_for_pkey(&key, form, NULL, NULL,
	    EVP_PKEY_KEYPAIR, NULL, NULL);
	if (decoder == NULL)
		return NULL;
	if (OSSL_DECODER_CTX_set_pem_password_cb(decoder, prompt_answer,
	    prompt) != 1 || OSSL_DECODER_from_data(decoder, &p, &len) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	OSSL_DECODER_CTX_free(decoder);
	return key;
}

/* in: DER, or one PEM block with its two lines. */
static int
key_read(struct loader *loader, struct bytes in, const char *form,
    struct bytes *spki)
{
	struct prompt prompt = { loader->password, false };
	EVP_PKEY *key = key_decode(in, form, &prompt);
	unsigned char *der = NULL;
	int len;

	if (key == NULL && prompt.asked) {
		ossl_clear();
		return err_set(loader->err, ERR_PASSWORD, "%s",
		    loader->password == NULL ?
		    "the private key needs a password" :
		    "wrong password for the private key");
	}
	len = key == NULL ? -1 : i2d_PUBKEY(key, &der);
	EVP_PKEY_free(key);
	if (len < 0)
		return ossl_error(loader->err, ERR_SYNTAX,
		    "the key cannot be decoded");
	ossl_clear();
	*spki = arena_bytes(loader->arena, bytes_of(der, (size_t)len));
	OPENSSL_free(der);
	return spki->data == NULL ? err_nomem(loader->err) : 0;
}

/* Steps into the SEQUENCE that comes next. */
static int
enter(struct der *der)
{
	struct tlv tlv;

	if (der_expect(der, TAG_SEQUENCE, &tlv) == -1)
		return -1;
	*der = der_in(tlv.value);
	return 0;
}

/* EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, data } */
static int
rounds_check(struct loader *loader, struct bytes der)
{
	struct der scan = der_in(der);
	struct tlv tlv;

	if (enter(&scan) == -1 || der_expect(&scan, TAG_SEQUENCE, &tlv) == -1)
		return err_set(loader->err, ERR_SYNTAX,
		    "the private key cannot be decoded");
	if (load_kdf_rounds(tlv.whole) > LOAD_KDF_ROUNDS_MAX)
		return err_set(loader->err, ERR_LIMIT,
		    "the private key asks for more than %llu rounds of key "
		    "derivation", (unsigned long long)LOAD_KDF_ROUNDS_MAX);
	return 0;
}

static int
spki_copy(struct loader *loader, const struct tlv *tlv, struct bytes *spki)
{
	*spki = arena_bytes(loader->arena, tlv->whole);
	return spki->data == NULL ? err_nomem(loader->err) : 0;
}

/* CertificationRequest ::= SEQUENCE { SEQUENCE { version, subject, key ... */
static int
request_read(struct loader *loader, struct bytes der, struct bytes *spki)
{
	struct der scan = der_in(der);
	struct tlv tlv;

	if (enter(&scan) == -1 || enter(&scan) == -1 ||
	    der_expect(&scan, TAG_INTEGER, &tlv) == -1 ||
	    der_expect(&scan, TAG_SEQUENCE, &tlv) == -1 ||
	    der_expect(&scan, TAG_SEQUENCE, &tlv) == -1)
		return err_set(loader->err, ERR_SYNTAX,
		    "the certificate request cannot be decoded");
	return spki_copy(loader, &tlv, spki);
}

static void
head_add(struct buf *out, uint8_t tag, size_t len)
{
	unsigned n = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;

	buf_char(out, (char)tag);
	buf_char(out, (char)(n == 0 ? len : 0x80 | n));
	while (n-- > 0)
		buf_char(out, (char)(len >> 8 * n & 0xff));
}

/* The RSAPublicKey of PKCS#1 as SubjectPublicKeyInfo (RFC 3279 2.3.1). */
static int
rsa_wrap(struct loader *loader, struct bytes key, struct bytes *spki)
{
	static const uint8_t algorithm[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a,
		0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
	struct buf inner = BUF_INIT, outer = BUF_INIT;

	head_add(&inner, TAG_BIT_STRING, key.len + 1);
	buf_char(&inner, 0);
	buf_add(&inner, key.data, key.len);
	head_add(&outer, TAG_SEQUENCE, sizeof(algorithm) + inner.len);
	buf_add(&outer, algorithm, sizeof(algorithm));
	buf_add(&outer, inner.data, inner.len);
	if (!buf_failed(&inner) && !buf_failed(&outer))
		*spki = arena_bytes(loader->arena, buf_bytes(&outer));
	buf_release(&inner);
	buf_release(&outer);
	return spki->data == NULL ? err_nomem(loader->err) : 0;
}

/* SubjectPublicKeyInfo as it is; RSAPublicKey starts with an INTEGER. */
static int
public_read(struct loader *loader, struct bytes der, struct bytes *spki)
{
	struct der scan = der_in(der), inner = der_in(der);
	struct tlv whole, first;

	if (der_expect(&scan, TAG_SEQUENCE, &whole) == -1 ||
	    enter(&inner) == -1 || der_next(&inner, &first) != 1)
		return err_set(loader->err, ERR_SYNTAX,
		    "the public key cannot be decoded");
	if (first.tag == TAG_INTEGER)
		return rsa_wrap(loader, whole.whole, spki);
	return spki_copy(loader, &whole, spki);
}

static int
der_read(struct loader *loader, struct bytes der, struct bytes *spki)
{
	switch (load_kind_of(der)) {
	case LOAD_KIND_PKCS12:
		return pkcs12_key_spki(loader, der, spki);
	case LOAD_KIND_REQUEST:
		return request_read(loader, der, spki);
	case LOAD_KIND_PUBLIC_KEY:
		return public_read(loader, der, spki);
	case LOAD_KIND_ENCRYPTED_KEY:
		if (rounds_check(loader, der) == -1)
			return -1;
		break;
	default:
		break;
	}
	return key_read(loader, der, "DER", spki);
}

/* A block that holds a key. */
static int
block_read(struct loader *loader, const struct pem_block *block,
    struct bytes *spki)
{
	size_t size = PEM_DECODED_MAX(block->body.len);
	uint8_t *der;
	long len;
	int r;

	if (block->truncated)
		return err_set(loader->err, ERR_SYNTAX,
		    "holds a key that is cut off (no END line)");
	if (block->body.len > 0 &&
	    memchr(block->body.data, ':', block->body.len) != NULL)
		return key_read(loader, block->whole, "PEM", spki);
	der = mem_alloc(size);
	if (der == NULL)
		return err_nomem(loader->err);
	len = pem_decode(block->body, der);
	if (len <= 0)
		r = err_set(loader->err, ERR_SYNTAX,
		    "holds a key that cannot be decoded");
	else
		r = der_read(loader, bytes_of(der, (size_t)len), spki);
	mem_wipe(der, size);
	mem_free(der);
	return r;
}

static int
pem_read(struct loader *loader, struct bytes in, struct bytes *spki)
{
	const char *found = NULL;
	struct pem_block block;
	enum load_kind kind;
	size_t pos = 0;
	bool trusted;

	while (pem_block_next(in, &pos, &block) == 1) {
		kind = load_kind_of_label(block.label, &trusted);
		if (kind == LOAD_KIND_PRIVATE_KEY ||
		    kind == LOAD_KIND_ENCRYPTED_KEY ||
		    kind == LOAD_KIND_PUBLIC_KEY || kind == LOAD_KIND_REQUEST)
			return block_read(loader, &block, spki);
		if (found == NULL)
			found = load_kind_name(kind);
	}
	if (found == NULL)
		return err_set(loader->err, ERR_SYNTAX,
		    "holds no key (it is neither PEM nor DER)");
	return err_set(loader->err, ERR_SYNTAX, "holds %s, no key", found);
}

static int
any_read(struct loader *loader, struct bytes in, struct bytes *spki)
{
	struct err *err = loader->err;
	enum load_kind kind;

	if (in.len >= 4 && (memcmp(in.data, "\xfe\xed\xfe\xed", 4) == 0 ||
	    memcmp(in.data, "\xce\xce\xce\xce", 4) == 0))
		return err_set(err, ERR_UNSUPPORTED, "is a Java keystore, "
		    "whose private key only Java can read");
	kind = load_kind_of(in);
	if (kind == LOAD_KIND_PKCS12 || kind == LOAD_KIND_PRIVATE_KEY ||
	    kind == LOAD_KIND_ENCRYPTED_KEY || kind == LOAD_KIND_PUBLIC_KEY ||
	    kind == LOAD_KIND_REQUEST)
		return der_read(loader, in, spki);
	if (kind == LOAD_KIND_CERT)
		return err_set(err, ERR_SYNTAX,
		    "holds a certificate, no key");
	return pem_read(loader, in, spki);
}

int
load_key_spki(struct arena *arena, struct bytes in, const char *password,
    struct bytes *spki, struct err *err)
{
	struct load_result nothing = { .leaf = -1 };
	struct loader loader = { arena, password, &nothing, err };
	int rc;

	*spki = bytes_of(NULL, 0);
	if (in.len > LOAD_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "larger than %d MB",
		    LOAD_BYTES_MAX >> 20);
	if (in.len >= 3 && memcmp(in.data, "\xef\xbb\xbf", 3) == 0)
		in = bytes_of(in.data + 3, in.len - 3);
	rc = any_read(&loader, in, spki);
	return ossl_starved(err) != 0 ? -1 : rc;
}
