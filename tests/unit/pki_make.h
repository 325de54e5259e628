/* SPDX-License-Identifier: ISC */
/* Keys and certificates made on the spot, for tests of pki. */
#ifndef TESTS_UNIT_PKI_MAKE_H
#define TESTS_UNIT_PKI_MAKE_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "tap.h"

/* A self-signed certificate with that CN. */
static inline X509 *
make_cert(EVP_PKEY *key, const char *cn)
{
	X509	*x = X509_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	if (X509_sign(x, key, EVP_sha256()) <= 0)
		bail("a certificate cannot be made");
	return x;
}

/* What was written to a memory BIO, which is freed. */
static inline struct bytes
make_bytes(struct arena *arena, BIO *bio)
{
	struct bytes	 out;
	char		*data;
	long		 len = BIO_get_mem_data(bio, &data);

	if (len <= 0)
		bail("nothing was written");
	out = arena_bytes(arena, bytes_of(data, (size_t)len));
	BIO_free(bio);
	return out;
}

/* Pieces one after the other. */
static inline struct bytes
make_joined(struct arena *arena, const struct bytes *parts, size_t n)
{
	uint8_t	*out;
	size_t	 i, len = 0;

	for (i = 0; i < n; i++)
		len += parts[i].len;
	out = arena_alloc(arena, len + 1);
	for (i = len = 0; i < n; len += parts[i++].len)
		memcpy(out + len, parts[i].data, parts[i].len);
	return bytes_of(out, len);
}

#define make_join(arena, ...) \
	make_joined((arena), (const struct bytes[]){ __VA_ARGS__ }, \
	    sizeof((const struct bytes[]){ __VA_ARGS__ }) / \
	    sizeof(struct bytes))

#endif
