/* SPDX-License-Identifier: ISC */
/* The extensions of a CRL (RFC 5280 5.2). */
#include "pki/cert.h"
#include "pki/crl_private.h"

#define OID_CE "\x55\x1d"
#define NUMBER_MAX 21	/* octets of cRLNumber: 20 and a sign */

int
crl_time(const struct tlv *tlv, int64_t *out)
{
	if (tlv->tag != TAG_UTC_TIME && tlv->tag != TAG_GENERALIZED_TIME)
		return -1;
	/* Zones and times without seconds are against RFC 5280 5.1.2.4, and
	 * as clear as any. */
	return cert_time_parse(tlv->tag, tlv->value, 1, out);
}

static int
read_boolean(const struct tlv *tlv, bool *out)
{
	if (tlv->value.len != 1)
		return -1;
	*out = tlv->value.data[0] != 0;
	return 0;
}

/* CRLNumber is INTEGER (0..MAX): a negative one counts as none, for it has
 * no place in a sequence. */
static int
read_number(struct bytes value, struct bytes *out, const char **sloppy)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_INTEGER, &tlv) != 0 || der.rest.len > 0 ||
	    tlv.value.len == 0 || tlv.value.len > NUMBER_MAX)
		return -1;
	if ((tlv.value.data[0] & 0x80) != 0)
		*sloppy = "its CRL number is negative";
	else
		*out = tlv.value;
	return 0;
}

/* AuthorityKeyIdentifier: [0] keyIdentifier is all that we use. */
static int
read_aki(struct bytes value, struct bytes *out)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	der = der_in(tlv.value);
	if (der.rest.len > 0 && der.rest.data[0] == 0x80 &&
	    der_next(&der, &tlv) == 1)
		*out = tlv.value;
	return 0;
}

/* DistributionPointName: [0] fullName GeneralNames, [1] relative. */
static int
read_point_name(struct bytes value, struct crl_scope *scope)
{
	struct der der = der_in(value);
	struct tlv tlv;
	int rc;

	if (der_next(&der, &tlv) != 1 || der.rest.len > 0)
		return -1;
	if (tlv.tag == 0xa1) {
		scope->relative = tlv.value;
		return tlv.value.len > 0 ? 0 : -1;
	}
	if (tlv.tag != 0xa0)
		return -1;
	der = der_in(tlv.value);
	while ((rc = der_next(&der, &tlv)) == 1) {
		if (scope->n_names == CRL_NAMES_MAX)
			return -1;
		scope->names[scope->n_names++] = tlv.whole;
	}
	/* No name at all would match nothing and look like no limit. */
	return scope->n_names == 0 ? -1 : rc;
}

/* ReasonFlags: a BIT STRING of at most nine named bits. */
int
crl_reasons_read(struct bytes value, unsigned *out)
{
	unsigned bit;

	if (value.len < 1 || value.len > 3 || value.data[0] > 7 ||
	    (value.len == 1 && value.data[0] > 0))
		return -1;
	*out = 0;
	for (bit = 0; bit < (value.len - 1) * 8 - value.data[0]; bit++)
		if (value.data[1 + bit / 8] & (0x80 >> bit % 8))
			*out |= 1U << bit;
	return 0;
}

static int
read_scope_field(const struct tlv *tlv, struct crl_scope *scope)
{
	switch (tlv->tag) {
	case 0xa0:
		return read_point_name(tlv->value, scope);
	case 0x81:
		return read_boolean(tlv, &scope->user_only);
	case 0x82:
		return read_boolean(tlv, &scope->ca_only);
	case 0x83:
		scope->some_reasons = true;
		return crl_reasons_read(tlv->value, &scope->reasons);
	case 0x84:
		return read_boolean(tlv, &scope->indirect);
	case 0x85:
		return read_boolean(tlv, &scope->attribute_only);
	default:
		return -1;
	}
}

static int
read_scope(struct bytes value, struct crl_scope *scope)
{
	struct der der = der_in(value);
	struct tlv tlv;
	unsigned next = 0;
	int rc;

	scope->present = true;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0 || der.rest.len > 0)
		return -1;
	der = der_in(tlv.value);
	while ((rc = der_next(&der, &tlv)) == 1) {
		/* In order, so that nothing is said twice. */
		if ((tlv.tag & 0x1fU) < next ||
		    read_scope_field(&tlv, scope) != 0)
			return -1;
		next = (tlv.tag & 0x1fU) + 1;
	}
	return rc;
}

static bool
is_ce(const struct der_extension *extension, uint8_t arc)
{
	return extension->oid.len == 3 && extension->oid.data[0] == 0x55 &&
	    extension->oid.data[1] == 0x1d && extension->oid.data[2] == arc;
}

static int
read_one(const struct der_extension *extension, struct crl_facts *out)
{
	if (is_ce(extension, 20))
		return read_number(extension->value, &out->number,
		    &out->sloppy);
	if (is_ce(extension, 27)) {
		out->is_delta = true;
		return read_number(extension->value, &out->base_number,
		    &out->sloppy);
	}
	if (is_ce(extension, 28))
		return read_scope(extension->value, &out->scope);
	if (is_ce(extension, 35))
		return read_aki(extension->value, &out->aki);
	if (is_ce(extension, 46)) {
		out->has_freshest = true;
		out->freshest = extension->value;
		return 0;
	}
	/* issuerAltName says nothing about status, and may be critical. */
	if (extension->critical && !is_ce(extension, 18))
		out->unknown_critical = true;
	return 0;
}

bool
crl_extension_repeats(struct bytes list,
    const struct der_extension *extension)
{
	struct der der = der_in(list);
	struct der_extension other;

	while (der_extension_next(&der, &other) == 1 &&
	    other.value.data != extension->value.data)
		if (bytes_eq(other.oid, extension->oid))
			return true;
	return false;
}

int
crl_extensions_read(struct bytes list, struct crl_facts *out)
{
	struct der der = der_in(list);
	struct der_extension extension;
	int rc, n = 0;

	while ((rc = der_extension_next(&der, &extension)) == 1)
		if (++n > CRL_EXTENSIONS_MAX ||
		    crl_extension_repeats(list, &extension) ||
		    read_one(&extension, out) != 0)
			return -1;
	return rc;
}
