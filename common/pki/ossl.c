/* SPDX-License-Identifier: ISC */
/* OpenSSL's memory, error queue and digests.  One thread uses OpenSSL. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/alloc.h"
#include "pki/ossl.h"

static void *
take(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size == 0 ? NULL : mem_library(NULL, size);
}

static void
give_back(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	mem_free(p);
}

static void *
resize(void *p, size_t size, const char *file, int line)
{
	if (size > 0)
		return mem_library(p, size);
	give_back(p, file, line);
	return NULL;
}

int
ossl_begin(struct err *err)
{
	/* Refused to whoever is late: what is lost is ossl_starved. */
	(void)CRYPTO_set_mem_functions(take, resize, give_back);
	return OSSL_LIB_CTX_get0_global_default() != NULL ? 0 :
	    err_nomem(err);
}

int
ossl_error(struct err *err, enum err_kind kind, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);

	if (code != 0 && ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
		err_nomem(err);
	else if (reason == NULL)
		err_set(err, kind, "%s", what);
	else
		err_set(err, kind, "%s: %s", what, reason);
	ERR_clear_error();
	return -1;
}

int
ossl_starved(struct err *err)
{
	return mem_library_failed() ? err_nomem(err) : 0;
}

void
ossl_clear(void)
{
	ERR_clear_error();
}

/*
 * A fetched digest and a context to compute it in: fetching costs more than
 * hashing a certificate.  Kept until the process ends.
 */
struct digest {
	const char *name;
	size_t size;
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

static int
digest_fetch(struct digest *digest)
{
	if (digest->md == NULL)
		digest->md = EVP_MD_fetch(NULL, digest->name, NULL);
	if (digest->ctx == NULL)
		digest->ctx = EVP_MD_CTX_new();
	return digest->md == NULL || digest->ctx == NULL ? -1 : 0;
}

static int
digest_compute(struct digest *digest, struct bytes in, uint8_t *out)
{
	if (digest_fetch(digest) == 0 &&
	    EVP_DigestInit_ex2(digest->ctx, digest->md, NULL) == 1 &&
	    EVP_DigestUpdate(digest->ctx, in.data, in.len) == 1 &&
	    EVP_DigestFinal_ex(digest->ctx, out, NULL) == 1)
		return 0;
	memset(out, 0, digest->size);
	return -1;
}

int
ossl_sha1(struct bytes in, uint8_t out[20])
{
	static struct digest sha1 = { "SHA1", 20, NULL, NULL };

	return digest_compute(&sha1, in, out);
}

int
ossl_sha256(struct bytes in, uint8_t out[32])
{
	static struct digest sha256 = { "SHA256", 32, NULL, NULL };

	return digest_compute(&sha256, in, out);
}
