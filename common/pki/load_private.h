/* SPDX-License-Identifier: ISC */
/* What the files that load certificates and keys share (load*.c, pkcs*.c,
 * keystore.c only). */
#ifndef PKI_LOAD_PRIVATE_H
#define PKI_LOAD_PRIVATE_H

#include <stdint.h>

#include "pki/load.h"

struct loader {
	struct arena *arena;
	const char *password;	/* or NULL */
	struct load_result *out;
	struct err *err;
};

/* Appends a copy of the DER certificate.  0, or -1 with err. */
int load_add(struct loader *loader, struct bytes der);
/* Takes note of something that is no certificate; what is static text. */
void load_note(struct loader *loader, const char *what);

/* What DER (or the outline of BER) is, by its first elements. */
enum load_kind {
	LOAD_KIND_NONE,			/* not even one whole element */
	LOAD_KIND_UNKNOWN,		/* a SEQUENCE of something else */
	LOAD_KIND_CERT,
	LOAD_KIND_PKCS7,
	LOAD_KIND_PKCS12,
	LOAD_KIND_PRIVATE_KEY,
	LOAD_KIND_ENCRYPTED_KEY,
	LOAD_KIND_PUBLIC_KEY,
	LOAD_KIND_REQUEST,
	LOAD_KIND_CRL,
	LOAD_KIND_OCSP
};

enum load_kind load_kind_of(struct bytes in);
/* "a private key", for messages. */
const char *load_kind_name(enum load_kind kind);
/* By the label of a PEM block: a kind, LOAD_KIND_UNKNOWN for others.
 * *trusted: the certificate is followed by OpenSSL's trust settings. */
enum load_kind load_kind_of_label(struct bytes label, bool *trusted);

/*
 * Rounds of key derivation that an AlgorithmIdentifier (DER, whole) asks
 * for: hostile files ask for billions.  UINT64_MAX when it cannot be read.
 */
uint64_t load_kdf_rounds(struct bytes algorithm);
#define LOAD_KDF_ROUNDS_MAX UINT64_C(2000000)	/* in one file */

/* pkcs7.c: the certificates of a PKCS#7 or CMS SignedData. */
int pkcs7_load(struct loader *loader, struct bytes in);
/* pkcs12.c: the certificates of a PKCS#12, or its key. */
int pkcs12_load(struct loader *loader, struct bytes in);
int pkcs12_key_spki(struct loader *loader, struct bytes in,
    struct bytes *spki);

#endif
