/* SPDX-License-Identifier: ISC */
/* The strict DER walker.  Borrows everything, allocates nothing. */
#include "pki/der_scan.h"

#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_VERSION 0xa0	/* [0] EXPLICIT of TBSCertificate */

/*
 * Reads the length octets at in[1..]: the number of octets that they take,
 * or 0 when they are not DER (indefinite, not the shortest form, cut off, or
 * more than four octets, which nothing we are willing to read needs).
 */
static size_t
length_read(struct bytes in, size_t *len)
{
	size_t i, n, value = 0;

	if (in.len < 2)
		return 0;
	if (in.data[1] < 0x80) {
		*len = in.data[1];
		return 1;
	}
	n = in.data[1] & 0x7fU;
	if (n == 0 || n > 4 || in.len < 2 + n || in.data[2] == 0)
		return 0;
	for (i = 0; i < n; i++)
		value = value << 8 | in.data[2 + i];
	if (value < 0x80)
		return 0;
	*len = value;
	return 1 + n;
}

int
der_next(struct der *der, struct tlv *out)
{
	struct bytes in = der->rest;
	size_t head, len;

	if (in.len == 0)
		return 0;
	if ((in.data[0] & 0x1f) == 0x1f)
		return -1;	/* high tag numbers: nothing in PKIX */
	head = length_read(in, &len);
	if (head == 0 || len > in.len - 1 - head)
		return -1;
	out->tag = in.data[0];
	out->whole = bytes_of(in.data, 1 + head + len);
	out->value = bytes_of(in.data + 1 + head, len);
	der->rest = bytes_of(in.data + out->whole.len,
	    in.len - out->whole.len);
	return 1;
}

int
der_expect(struct der *der, uint8_t tag, struct tlv *out)
{
	if (der->rest.len == 0 || der->rest.data[0] != tag)
		return -1;
	return der_next(der, out) == 1 ? 0 : -1;
}

int
der_extension_next(struct der *list, struct der_extension *out)
{
	struct tlv tlv;
	struct der der;
	int rc = der_next(list, &tlv);

	if (rc != 1)
		return rc;
	out->critical = false;
	der = der_in(tlv.value);
	if (tlv.tag != TAG_SEQUENCE || der_expect(&der, TAG_OID, &tlv) != 0)
		return -1;
	out->oid = tlv.value;
	if (der.rest.len > 0 && der.rest.data[0] == TAG_BOOLEAN) {
		if (der_next(&der, &tlv) != 1 || tlv.value.len != 1)
			return -1;
		out->critical = tlv.value.data[0] != 0;
	}
	if (der_expect(&der, TAG_OCTET_STRING, &tlv) != 0 ||
	    der.rest.len > 0)
		return -1;
	out->value = tlv.value;
	return 1;
}

/* Steps over the optional [0] version and the serial number. */
static int
serial_scan(struct der *tbs, struct bytes *serial)
{
	struct tlv tlv;

	if (tbs->rest.len > 0 && tbs->rest.data[0] == TAG_VERSION &&
	    der_next(tbs, &tlv) != 1)
		return -1;
	if (der_expect(tbs, TAG_INTEGER, &tlv) == -1)
		return -1;
	*serial = tlv.whole;
	return 0;
}

int
der_cert_scan(struct bytes cert, struct der_cert *out)
{
	struct bytes *const fields[] = { NULL, &out->issuer, &out->validity,
		&out->subject, &out->spki };
	struct der der = der_in(cert);
	struct tlv tlv;
	size_t i;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
		return -1;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
		return -1;
	out->tbs = tlv.whole;
	der = der_in(tlv.value);
	if (serial_scan(&der, &out->serial) == -1)
		return -1;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
			return -1;
		if (fields[i] != NULL)
			*fields[i] = tlv.whole;
	}
	return 0;
}
