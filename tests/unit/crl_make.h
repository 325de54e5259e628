/* SPDX-License-Identifier: ISC */
/*
 * CRLs, CAs and certificates for the tests of CRLs, from words: extensions
 * are "name=value;name=value" as in openssl.cnf, whose sections are
 * crl_make_sections.
 */
#ifndef TESTS_UNIT_CRL_MAKE_H
#define TESTS_UNIT_CRL_MAKE_H

#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "pki/cert.h"
#include "tap.h"

#define NOW 1800000000

struct made {
	EVP_PKEY *key;		/* CAs only */
	X509_NAME *name;
	struct bytes der;
};

struct crl_spec {
	const struct made *issuer;	/* its name */
	const struct made *signer;	/* its key; NULL: the issuer's */
	const char *extensions;
	/* "SERIAL;name=value;...", serial in hex */
	const char *entries[4];
	long this_update, next_update;	/* from now; 0 of both: usual */
	bool no_next;
};

static const char crl_make_sections[] =
    "[a1]\nfullname=URI:http://a.test/1.crl\n"
    "[a2]\nfullname=URI:http://a.test/2.crl\n"
    "[key]\nfullname=URI:http://a.test/1.crl\nreasons=keyCompromise\n"
    "[indirect]\nfullname=URI:http://a.test/1.crl\n"
    "CRLissuer=dirName:indirect_name\n"
    "[own]\nCRLissuer=dirName:ca_name\n"
    "[relative]\nrelativename=relative_name\n"
    "[relative_indirect]\nrelativename=relative_name\n"
    "CRLissuer=dirName:indirect_name\n"
    "[full]\nfullname=dirName:part_name\n"
    "[relative_name]\nOU=Part\n"
    "[other_name]\nOU=Other\n"
    "[part_name]\n1.CN=CA\n2.OU=part\n"
    "[ca_name]\nCN=CA\n"
    "[indirect_name]\nCN=Indirect\n";

static X509_EXTENSION *
make_extension(char *text)
{
	BIO *bio = BIO_new_mem_buf(crl_make_sections, -1);
	CONF *conf = NCONF_new(NULL);
	char *value = strchr(text, '=');
	X509_EXTENSION *extension;
	X509V3_CTX ctx;
	long line;

	X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, 0);
	if (value == NULL || NCONF_load_bio(conf, bio, &line) != 1)
		bail("extension %s", text);
	*value++ = '\0';
	X509V3_set_nconf(&ctx, conf);
	extension = X509V3_EXT_nconf(conf, &ctx, text, value);
	if (extension == NULL)
		bail("extension %s=%s", text, value);
	NCONF_free(conf);
	BIO_free(bio);
	return extension;
}

/* Calls add for each of the extensions. */
static void
make_extensions(const char *list, void *of,
    int (*add)(void *of, X509_EXTENSION *extension, int at))
{
	X509_EXTENSION *extension;
	char *copy, *save = NULL, *word;

	if (list == NULL)
		return;
	copy = strdup(list);
	for (word = strtok_r(copy, ";", &save); word != NULL;
	    word = strtok_r(NULL, ";", &save)) {
		extension = make_extension(word);
		add(of, extension, -1);
		X509_EXTENSION_free(extension);
	}
	free(copy);
}

static int
add_to_cert(void *of, X509_EXTENSION *extension, int at)
{
	return X509_add_ext(of, extension, at);
}

static int
add_to_crl(void *of, X509_EXTENSION *extension, int at)
{
	return X509_CRL_add_ext(of, extension, at);
}

static int
add_to_entry(void *of, X509_EXTENSION *extension, int at)
{
	return X509_REVOKED_add_ext(of, extension, at);
}

/* A certificate of that issuer, or self-signed; key NULL: a new one. */
static void
make_cert(struct made *out, const char *cn, const struct made *issuer,
    long serial, const char *extensions)
{
	X509 *x = X509_new();
	uint8_t *der = NULL;
	int len;

	out->key = EVP_EC_gen("P-256");
	out->name = X509_NAME_new();
	X509_NAME_add_entry_by_txt(out->name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)cn, -1, -1, 0);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_set_subject_name(x, out->name);
	X509_set_issuer_name(x, issuer == NULL ? out->name : issuer->name);
	ASN1_TIME_set(X509_getm_notBefore(x), NOW - 1000);
	ASN1_TIME_set(X509_getm_notAfter(x), NOW + 1000);
	X509_set_pubkey(x, out->key);
	make_extensions(extensions, x, add_to_cert);
	X509_sign(x, issuer == NULL ? out->key : issuer->key, EVP_sha256());
	len = i2d_X509(x, &der);
	out->der = bytes_of(der, (size_t)len);
	X509_free(x);
}

static void
made_release(struct made *made)
{
	EVP_PKEY_free(made->key);
	X509_NAME_free(made->name);
	free((void *)(uintptr_t)made->der.data);
}

static void
make_entry(X509_CRL *crl, const char *text)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *number;
	ASN1_TIME *at = ASN1_TIME_set(NULL, NOW - 500);
	BIGNUM *bn = NULL;
	const char *extensions = strchr(text, ';');

	BN_hex2bn(&bn, text);
	number = BN_to_ASN1_INTEGER(bn, NULL);
	X509_REVOKED_set_serialNumber(entry, number);
	X509_REVOKED_set_revocationDate(entry, at);
	make_extensions(extensions == NULL ? NULL : extensions + 1, entry,
	    add_to_entry);
	X509_CRL_add0_revoked(crl, entry);
	BN_free(bn);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(at);
}

/* The caller frees. */
static uint8_t *
make_crl(const struct crl_spec *spec, size_t *len)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, NOW + (spec->this_update == 0 ?
	    -100 : spec->this_update));
	const struct made *signer = spec->signer == NULL ? spec->issuer :
	    spec->signer;
	uint8_t *der = NULL;
	size_t i;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, spec->issuer->name);
	X509_CRL_set1_lastUpdate(crl, at);
	ASN1_TIME_set(at, NOW + (spec->next_update == 0 ? 86400 :
	    spec->next_update));
	if (!spec->no_next)
		X509_CRL_set1_nextUpdate(crl, at);
	for (i = 0; i < 4 && spec->entries[i] != NULL; i++)
		make_entry(crl, spec->entries[i]);
	make_extensions(spec->extensions, crl, add_to_crl);
	X509_CRL_sign(crl, signer->key, EVP_sha256());
	*len = (size_t)i2d_X509_CRL(crl, &der);
	X509_CRL_free(crl);
	ASN1_TIME_free(at);
	return der;
}

#endif
