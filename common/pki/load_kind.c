/* SPDX-License-Identifier: ISC */
/* What some DER or a PEM block is, without decoding it. */
#include "pki/der_scan.h"
#include "pki/load_private.h"

#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_ENUMERATED 0x0a
#define TAG_UTC 0x17
#define TAG_GENERALIZED 0x18
#define TAG_SEQUENCE 0x30
#define TAG_CONTEXT_0 0xa0

#define OUTLINE 5	/* elements looked at */

/*
 * The tags of the first elements; returns the contents of the first one.
 * PKCS#7 and PKCS#12 are often BER: an element of indefinite length (X.690
 * 8.1.3.6) is looked into, but not stepped over.
 */
static struct bytes
outline(struct bytes in, uint8_t tags[OUTLINE])
{
	struct der der = der_in(in);
	struct bytes first = bytes_of(NULL, 0);
	struct tlv tlv;
	size_t i;

	memset(tags, 0, OUTLINE);
	for (i = 0; i < OUTLINE && der_next(&der, &tlv) == 1; i++) {
		tags[i] = tlv.tag;
		if (i == 0)
			first = tlv.value;
	}
	if (i < OUTLINE && der.rest.len >= 2 && der.rest.data[1] == 0x80) {
		tags[i] = der.rest.data[0];
		if (i == 0)
			first = bytes_of(der.rest.data + 2,
			    der.rest.len - 2);
	}
	return first;
}

static bool
is_time(uint8_t tag)
{
	return tag == TAG_UTC || tag == TAG_GENERALIZED;
}

/* SEQUENCE { SEQUENCE { ... }, ... }: `in` is the contents of the inner one,
 * `second` the tag of what follows it. */
static enum load_kind
kind_of_signed(struct bytes in, uint8_t second)
{
	uint8_t t[OUTLINE];

	outline(in, t);
	if (t[0] == TAG_OID && second == TAG_BIT_STRING)
		return LOAD_KIND_PUBLIC_KEY;
	if (t[0] == TAG_OID && second == TAG_OCTET_STRING)
		return LOAD_KIND_ENCRYPTED_KEY;
	if (second != TAG_SEQUENCE)
		return LOAD_KIND_UNKNOWN;
	if (t[0] == TAG_SEQUENCE && t[1] == TAG_SEQUENCE && is_time(t[2]))
		return LOAD_KIND_CRL;		/* version 1 */
	if (t[0] == TAG_INTEGER && t[1] == TAG_SEQUENCE &&
	    t[2] == TAG_SEQUENCE) {
		if (is_time(t[3]))
			return LOAD_KIND_CRL;
		return t[3] == TAG_SEQUENCE ? LOAD_KIND_CERT :
		    LOAD_KIND_REQUEST;
	}
	return t[0] == TAG_CONTEXT_0 || t[0] == TAG_INTEGER ?
	    LOAD_KIND_CERT : LOAD_KIND_UNKNOWN;
}

/* SEQUENCE { INTEGER, ... }: keys, and PFX, whose version is 3. */
static enum load_kind
kind_of_numbered(struct bytes version, const uint8_t t[OUTLINE])
{
	if (t[1] == TAG_SEQUENCE && t[2] == TAG_OCTET_STRING)
		return LOAD_KIND_PRIVATE_KEY;		/* PKCS#8 */
	if (t[1] == TAG_SEQUENCE && bytes_eq(version, bytes_of("\3", 1)))
		return LOAD_KIND_PKCS12;
	if (t[1] == TAG_OCTET_STRING)
		return LOAD_KIND_PRIVATE_KEY;		/* EC */
	if (t[1] == TAG_INTEGER)
		return t[2] == TAG_INTEGER ? LOAD_KIND_PRIVATE_KEY :
		    LOAD_KIND_PUBLIC_KEY;		/* RSA, DSA */
	return LOAD_KIND_UNKNOWN;
}

enum load_kind
load_kind_of(struct bytes in)
{
	struct bytes body, first;
	uint8_t t[OUTLINE];

	body = outline(in, t);
	if (body.data == NULL || t[0] != TAG_SEQUENCE)
		return LOAD_KIND_NONE;
	first = outline(body, t);
	switch (t[0]) {
	case TAG_OID:
		return LOAD_KIND_PKCS7;
	case TAG_INTEGER:
		return kind_of_numbered(first, t);
	case TAG_SEQUENCE:
		return kind_of_signed(first, t[1]);
	case TAG_ENUMERATED:
		return LOAD_KIND_OCSP;
	default:
		return LOAD_KIND_UNKNOWN;
	}
}

const char *
load_kind_name(enum load_kind kind)
{
	static const char *const names[] = {
		[LOAD_KIND_NONE] = "something unreadable",
		[LOAD_KIND_UNKNOWN] = "something else",
		[LOAD_KIND_CERT] = "a certificate",
		[LOAD_KIND_PKCS7] = "a PKCS#7",
		[LOAD_KIND_PKCS12] = "a PKCS#12",
		[LOAD_KIND_PRIVATE_KEY] = "a private key",
		[LOAD_KIND_ENCRYPTED_KEY] = "an encrypted private key",
		[LOAD_KIND_PUBLIC_KEY] = "a public key",
		[LOAD_KIND_REQUEST] = "a certificate request",
		[LOAD_KIND_CRL] = "a CRL",
		[LOAD_KIND_OCSP] = "an OCSP response",
	};

	return names[kind];
}

static const struct label_row {
	const char *label;
	enum load_kind kind;
} label_rows[] = {
	{ "CERTIFICATE", LOAD_KIND_CERT },
	{ "X509 CERTIFICATE", LOAD_KIND_CERT },
	{ "PKCS7", LOAD_KIND_PKCS7 },
	{ "PKCS #7 SIGNED DATA", LOAD_KIND_PKCS7 },
	{ "CMS", LOAD_KIND_PKCS7 },
	{ "PKCS12", LOAD_KIND_PKCS12 },
	{ "ENCRYPTED PRIVATE KEY", LOAD_KIND_ENCRYPTED_KEY },
	{ "PUBLIC KEY", LOAD_KIND_PUBLIC_KEY },
	{ "RSA PUBLIC KEY", LOAD_KIND_PUBLIC_KEY },
	{ "CERTIFICATE REQUEST", LOAD_KIND_REQUEST },
	{ "NEW CERTIFICATE REQUEST", LOAD_KIND_REQUEST },
	{ "X509 CRL", LOAD_KIND_CRL },
	{ "OCSP RESPONSE", LOAD_KIND_OCSP },
};

enum load_kind
load_kind_of_label(struct bytes label, bool *trusted)
{
	static const char key[] = "PRIVATE KEY";
	size_t i, n = sizeof(label_rows) / sizeof(label_rows[0]);

	*trusted = bytes_eq(label, bytes_str("TRUSTED CERTIFICATE"));
	if (*trusted)
		return LOAD_KIND_CERT;
	for (i = 0; i < n; i++)
		if (bytes_eq(label, bytes_str(label_rows[i].label)))
			return label_rows[i].kind;
	if (label.len >= sizeof(key) - 1 && memcmp(label.data + label.len -
	    (sizeof(key) - 1), key, sizeof(key) - 1) == 0)
		return LOAD_KIND_PRIVATE_KEY;
	return LOAD_KIND_UNKNOWN;
}
