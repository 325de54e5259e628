/* SPDX-License-Identifier: ISC */
/*
 * A small strict DER walker (X.690 8.1, 10.1): definite lengths in the
 * shortest form, low tag numbers, no copying, no allocation.  Enough to find
 * subject and issuer of a certificate without decoding it, and to walk PEM
 * bundles.
 */
#ifndef PKI_DER_SCAN_H
#define PKI_DER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct der {
	struct bytes rest;	/* not yet read */
};

struct tlv {
	uint8_t tag;		/* identifier octet */
	struct bytes whole;	/* with tag and length */
	struct bytes value;
};

/* Reads the next element: 1 ok, 0 at the end, -1 malformed. */
int der_next(struct der *der, struct tlv *out);
/* Reads the next element and requires the tag: 0 or -1. */
int der_expect(struct der *der, uint8_t tag, struct tlv *out);
static inline struct der
der_in(struct bytes in)
{
	return (struct der){ in };
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }
 * (RFC 5280 4.1) */
struct der_extension {
	struct bytes oid, value;	/* contents of both */
	bool critical;
};

/* The next of a list of them, as der_next. */
int der_extension_next(struct der *list, struct der_extension *out);

struct der_cert {
	struct bytes tbs, serial, issuer, validity, subject, spki;
};

/* The outline of a certificate (RFC 5280 4.1), every part as whole TLV.
 * Looks no further than the key: not at the extensions, not at the signature
 * and not at what follows the certificate.  0 or -1. */
int der_cert_scan(struct bytes cert, struct der_cert *out);

/* Walks PEM: finds the next complete block of that label ("CERTIFICATE") at
 * or after *pos; body is the base64 text between the lines, for pem_decode()
 * of pem.h.  1 found (pos behind it), 0 none. */
int pem_next(struct bytes text, size_t *pos, const char *label,
    struct bytes *body);

#endif
