/* SPDX-License-Identifier: ISC */
/*
 * From the bytes of a file to certificates in DER, by content and not by
 * name: PEM (CERTIFICATE, X509 CERTIFICATE, TRUSTED CERTIFICATE, PKCS7, CMS;
 * other text and other blocks around them are skipped), DER certificate, DER
 * or PEM PKCS#7, PKCS#12, JKS (no JVM).  CRLs, requests, public and private
 * keys are recognised and named in the error.
 */
#ifndef PKI_LOAD_H
#define PKI_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

#define LOAD_CERTS_MAX 10000
#define LOAD_BYTES_MAX (16 << 20)	/* callers refuse larger files */

struct load_result {
	struct bytes *certs;		/* DER, in file order */
	size_t n_certs, cap_certs;
	const char *format;		/* "PEM", "DER", "PKCS#7", "PKCS#12",
					 * "JKS" */
	size_t n_broken;		/* blocks that claim to be certificates
					 * and are not decodable as one TLV */
	size_t n_other;			/* keys, CRLs, parameters, ... */
	const char *other;		/* what the first other thing is:
					 * "a private key", "a CRL", ... */
	int leaf;			/* PKCS#12, JKS: index of the key's own
					 * certificate; else -1 */
};

/*
 * password may be NULL (then "" and no password are tried for PKCS#12; JKS
 * needs none to read certificates, but with one its digest is checked).
 * ERR_SYNTAX: nothing here is a certificate (the text says what it is),
 * ERR_PASSWORD, ERR_LIMIT, ERR_NOMEM.
 */
int load_certs(struct arena *arena, struct bytes in, const char *password,
    struct load_result *out, struct err *err);
/* JKS alone (pki/keystore.c); 1 if in is no JKS. */
int keystore_load_jks(struct arena *arena, struct bytes in,
    const char *password, struct load_result *out, struct err *err);
/* A private or public key (PEM or DER, PKCS#8, traditional, encrypted;
 * PKCS#12; or the key of a certificate request): its SubjectPublicKeyInfo in
 * DER, so that it can be compared.  The private part is wiped and gone. */
int load_key_spki(struct arena *arena, struct bytes in, const char *password,
    struct bytes *spki, struct err *err);

#endif
