/* SPDX-License-Identifier: ISC */
/*
 * patch=FROM:TO: other octets of the same number in the signed part of a
 * finished certificate, which is then signed anew.  So a certificate can hold
 * what OpenSSL would not write, or not even read.
 */

#include "mkcert.h"

#include <stdlib.h>
#include <string.h>

static struct bytes
tbs_encode(X509 *cert)
{
	unsigned char	*der = NULL;
	struct bytes	 out;
	int		 len = i2d_re_X509_tbs(cert, &der);

	if (len <= 0)
		mkcert_die("cannot be encoded");
	out.data = der;
	out.len = (size_t)len;
	return out;
}

/* Replaces every occurrence; at least one must be there. */
static void
octets_replace(struct bytes tbs, const char *value)
{
	const char	*colon = strchr(value, ':');
	char		*from_text;
	struct bytes	 from, to;
	size_t		 i, hits = 0;

	if (colon == NULL)
		mkcert_die("patch=%s: HEX:HEX", value);
	from_text = strndup(value, (size_t)(colon - value));
	from = mkcert_spec_hex(from_text);
	to = mkcert_spec_hex(colon + 1);
	if (from.len != to.len || from.len == 0)
		mkcert_die("patch=%s: not of the same length", value);
	for (i = 0; i + from.len <= tbs.len; i++) {
		if (memcmp(tbs.data + i, from.data, from.len) != 0)
			continue;
		memcpy(tbs.data + i, to.data, to.len);
		hits++;
	}
	if (hits == 0)
		mkcert_die("patch=%s: these octets are not there", value);
	free(from_text);
	free(from.data);
	free(to.data);
}

static struct bytes
signature_octets(struct bytes tbs, EVP_PKEY *key, const EVP_MD *md)
{
	EVP_MD_CTX	*ctx = EVP_MD_CTX_new();
	struct bytes	 out = { NULL, 0 };

	if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, md, NULL, key) != 1 ||
	    EVP_DigestSign(ctx, NULL, &out.len, tbs.data, tbs.len) != 1 ||
	    (out.data = malloc(out.len)) == NULL ||
	    EVP_DigestSign(ctx, out.data, &out.len, tbs.data, tbs.len) != 1)
		mkcert_die("patch: cannot be signed");
	EVP_MD_CTX_free(ctx);
	return out;
}

/* SEQUENCE { tbs, algorithm, BIT STRING } */
static struct bytes
outer_build(struct bytes tbs, const X509_ALGOR *algorithm,
    struct bytes signature)
{
	unsigned char	*p, *alg = NULL;
	int		 alg_len = i2d_X509_ALGOR(algorithm, &alg);
	int		 bits = (int)signature.len + 1;
	int		 inner = (int)tbs.len + alg_len +
			    ASN1_object_size(0, bits, V_ASN1_BIT_STRING);
	struct bytes	 out;

	out.len = (size_t)ASN1_object_size(1, inner, V_ASN1_SEQUENCE);
	out.data = p = malloc(out.len);
	if (p == NULL || alg == NULL)
		mkcert_die("out of memory");
	ASN1_put_object(&p, 1, inner, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	memcpy(p, tbs.data, tbs.len);
	p += tbs.len;
	memcpy(p, alg, (size_t)alg_len);
	p += alg_len;
	ASN1_put_object(&p, 0, bits, V_ASN1_BIT_STRING, V_ASN1_UNIVERSAL);
	*p++ = 0;
	memcpy(p, signature.data, signature.len);
	OPENSSL_free(alg);
	return out;
}

/* The DER of the certificate with all patch= words of the line applied. */
struct bytes
mkcert_patch_apply(X509 *cert, EVP_PKEY *key, const struct line *line)
{
	struct bytes		 tbs = tbs_encode(cert);
	struct bytes		 signature, out;
	const X509_ALGOR	*algorithm;
	const EVP_MD		*md = NULL;
	int			 nid = NID_undef;
	size_t			 i;

	for (i = 0; i < line->count; i++) {
		if (strcmp(line->words[i].key, "patch") == 0)
			octets_replace(tbs, line->words[i].value);
	}
	X509_get0_signature(NULL, &algorithm, cert);
	if (OBJ_find_sigid_algs(X509_get_signature_nid(cert), &nid, NULL) &&
	    nid != NID_undef)
		md = EVP_get_digestbynid(nid);
	signature = signature_octets(tbs, key, md);
	out = outer_build(tbs, algorithm, signature);
	OPENSSL_free(tbs.data);
	free(signature.data);
	return out;
}
