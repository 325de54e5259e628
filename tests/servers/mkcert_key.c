/* SPDX-License-Identifier: ISC */
/*
 * Private keys from `rsa:2048`, `ec:P-256`, `ed25519`, `@NAME`, `file:PATH`.
 */

#include "mkcert.h"

#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* EVP_PKEY_Q_keygen knows no sizes of this kind. */
static EVP_PKEY *
pss_make(int bits)
{
	EVP_PKEY_CTX	*ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS",
			    NULL);
	EVP_PKEY	*key = NULL;

	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits) == 1)
		EVP_PKEY_generate(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *
dsa_make(int bits)
{
	EVP_PKEY_CTX	*ctx;
	EVP_PKEY	*params = NULL, *key = NULL;

	ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	if (ctx == NULL || EVP_PKEY_paramgen_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, bits) <= 0 ||
	    EVP_PKEY_paramgen(ctx, &params) <= 0)
		return NULL;
	EVP_PKEY_CTX_free(ctx);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) <= 0 ||
	    EVP_PKEY_keygen(ctx, &key) <= 0)
		return NULL;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(params);
	return key;
}

static EVP_PKEY *
file_load(const char *path)
{
	FILE		*file = fopen(path, "r");
	EVP_PKEY	*key;

	if (file == NULL)
		mkcert_die("%s: cannot be opened", path);
	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	return key;
}

static EVP_PKEY *
key_generate(const char *spec)
{
	const char	*colon = strchr(spec, ':');
	const char	*arg = colon != NULL ? colon + 1 : "";
	size_t		 len = colon != NULL ? (size_t)(colon - spec) :
			    strlen(spec);

	if (strncmp(spec, "rsa", len) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
		    (size_t)strtoul(arg, NULL, 10));
	if (strncmp(spec, "rsa-pss", len) == 0)
		return pss_make(atoi(arg));
	if (strncmp(spec, "dsa", len) == 0)
		return dsa_make(atoi(arg));
	if (strncmp(spec, "ec", len) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", arg);
	if (strcmp(spec, "ed25519") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (strcmp(spec, "ed448") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	if (strncmp(spec, "file", len) == 0)
		return file_load(arg);
	return NULL;
}

EVP_PKEY *
mkcert_key_make(const struct pki *pki, const char *spec)
{
	struct pki	 lookup = *pki;
	struct made	*other;
	EVP_PKEY	*key;

	if (spec[0] == '@') {
		other = mkcert_store_find(&lookup, spec + 1);
		if (other->key == NULL)
			mkcert_die("%s: no key", spec + 1);
		EVP_PKEY_up_ref(other->key);
		return other->key;
	}
	key = key_generate(spec);
	if (key == NULL)
		mkcert_die("key=%s: cannot be made", spec);
	return key;
}
