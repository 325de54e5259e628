/* SPDX-License-Identifier: ISC */
/* The parts of a distinguished name in its DER. */
#include "pki/name_read.h"

#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31

struct der
name_read_rdns(struct bytes name_der)
{
	struct der der = der_in(name_der);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
		return der_in(bytes_of(NULL, 0));
	return der_in(tlv.value);
}

int
name_read_rdn(struct der *rdns, struct der *out)
{
	struct tlv tlv;

	do {
		if (rdns->rest.len == 0)
			return 0;
		if (der_expect(rdns, TAG_SET, &tlv) == -1)
			return -1;
	} while (tlv.value.len == 0);
	*out = der_in(tlv.value);
	return 1;
}

int
name_read_attr(struct der *rdn, struct name_attr *out)
{
	struct tlv tlv;
	struct der der;

	if (rdn->rest.len == 0)
		return 0;
	if (der_expect(rdn, TAG_SEQUENCE, &tlv) == -1)
		return -1;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_OID, &tlv) == -1)
		return -1;
	out->oid = tlv.value;
	if (der_next(&der, &tlv) != 1 || der.rest.len > 0)
		return -1;
	out->tag = tlv.tag;
	out->value = tlv.value;
	return 1;
}

int
name_read_attrs(struct der rdn, struct name_attr attrs[NAME_ATTRS_MAX])
{
	int n = 0, r;

	while (n < NAME_ATTRS_MAX &&
	    (r = name_read_attr(&rdn, &attrs[n])) != 0) {
		if (r == -1)
			return -1;
		n++;
	}
	return rdn.rest.len > 0 ? -1 : n;
}
