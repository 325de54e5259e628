/* SPDX-License-Identifier: ISC */
/* What the files that read a certificate share (cert*.c only). */
#ifndef PKI_CERT_PRIVATE_H
#define PKI_CERT_PRIVATE_H

#include "pki/cert.h"
#include "pki/der_scan.h"

#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_NULL 0x05
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_CONTEXT(n) (0x80 | (n))	/* [n] IMPLICIT, primitive */
#define TAG_CONTEXT_CONS(n) (0xa0 | (n))	/* [n] constructed */

struct cert_reader {
	struct arena *arena;
	struct cert_facts *out;
	struct bytes signature;	/* the inner AlgorithmIdentifier */
	bool nomem;		/* sticky */
};

/* Marks the certificate as malformed; the first reason stays.  why is static
 * text. */
void cert_bad(struct cert_reader *reader, const char *why);
/* Takes note that an allocation failed when p is NULL; returns p. */
void *cert_mem(struct cert_reader *reader, void *p);

/* An INTEGER in DER (X.690 8.3.2): not empty, not padded. */
bool cert_integer_valid(struct bytes value);
/* A non-negative INTEGER that fits into 31 bits, or -1. */
int cert_integer_small(struct bytes value);

/* AlgorithmIdentifier: its OID and its parameters as whole TLV (empty when
 * absent).  alg is the contents of the SEQUENCE.  0 or -1. */
int cert_algorithm_read(struct bytes alg, struct bytes *oid,
    struct bytes *parameters);

/* cert_sig.c: sig_name and sig_strength from the contents of the
 * AlgorithmIdentifier. */
void cert_sig_read(struct cert_reader *reader, struct bytes alg);
/* cert_key.c: key_type, key_bits, curve, rsa_exponent from the contents of
 * the SubjectPublicKeyInfo. */
void cert_key_read(struct cert_reader *reader, struct bytes spki);
/* cert_ext.c: everything from the contents of [3]. */
void cert_ext_read(struct cert_reader *reader, struct bytes extensions);
/* cert_names.c: extension values that hold names and addresses. */
void cert_names_san(struct cert_reader *reader, struct bytes value);
void cert_names_aia(struct cert_reader *reader, struct bytes value);
void cert_names_crldp(struct cert_reader *reader, struct bytes value);
/* cert_self.c: self_signed. */

#endif
