/* SPDX-License-Identifier: ISC */
/* Distribution points. */
#include "pki/crl_point.h"

#include <string.h>

#include "pki/crl_private.h"
#include "pki/name.h"

#define TAG_POINT_NAME 0xa0	/* DistributionPoint.distributionPoint */
#define TAG_POINT_REASONS 0x81
#define TAG_POINT_ISSUER 0xa2
#define TAG_FULL_NAME 0xa0	/* DistributionPointName */
#define TAG_RELATIVE_NAME 0xa1
#define TAG_URI 0x86		/* GeneralName */
#define TAG_DIRECTORY_NAME 0xa4
#define TAG_SET 0x31
#define HEAD_MAX 4		/* octets of tag and length */
#define NAME_MAX_LEN 60000	/* octets of a name: the length fits */

static int
read_urls(struct crl_point *out)
{
	struct der der = der_in(out->names);
	struct tlv tlv;
	int rc;

	while ((rc = der_next(&der, &tlv)) == 1)
		if (tlv.tag == TAG_URI && tlv.value.len > 0 &&
		    out->n_urls < CRL_POINT_URLS)
			out->urls[out->n_urls++] = tlv.value;
	return rc;
}

static int
read_name(struct bytes value, struct crl_point *out)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_next(&der, &tlv) != 1 || der.rest.len > 0)
		return -1;
	if (tlv.tag == TAG_RELATIVE_NAME) {
		out->relative = tlv.value;
		return tlv.value.len > 0 ? 0 : -1;
	}
	out->names = tlv.value;
	return tlv.tag == TAG_FULL_NAME ? read_urls(out) : -1;
}

static int
read_field(const struct tlv *tlv, struct crl_point *out)
{
	switch (tlv->tag) {
	case TAG_POINT_NAME:
		return read_name(tlv->value, out);
	case TAG_POINT_REASONS:
		return crl_reasons_read(tlv->value, &out->reasons);
	case TAG_POINT_ISSUER:
		out->issuer = tlv->value;
		return 0;
	default:
		return -1;
	}
}

static int
read_point(struct bytes value, struct crl_point *out)
{
	struct der der = der_in(value);
	struct tlv tlv;
	int rc;

	*out = (struct crl_point){ .reasons = CRL_REASONS_ALL };
	while ((rc = der_next(&der, &tlv)) == 1)
		if (read_field(&tlv, out) != 0)
			return -1;
	return rc;
}

int
crl_points_read(struct bytes value, struct crl_point *out, size_t max)
{
	struct der der = der_in(value);
	struct tlv tlv;
	size_t n = 0;
	int rc;

	if (value.len == 0)
		return 0;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0 || der.rest.len > 0)
		return -1;
	der = der_in(tlv.value);
	while (n < max && (rc = der_next(&der, &tlv)) != 0)
		if (rc < 0 || tlv.tag != TAG_SEQUENCE ||
		    read_point(tlv.value, &out[n++]) != 0)
			return -1;
	return (int)n;
}

static bool
same_name(const struct tlv *a, struct bytes whole)
{
	struct der der = der_in(whole);
	struct tlv b;

	if (bytes_eq(a->whole, whole))
		return true;
	return a->tag == TAG_DIRECTORY_NAME && der_next(&der, &b) == 1 &&
	    b.tag == TAG_DIRECTORY_NAME && name_equal(a->value, b.value);
}

/* Tag and length in front of what ends at end; returns where it begins. */
static uint8_t *
put_head(uint8_t *begin, const uint8_t *end, uint8_t tag)
{
	size_t len = (size_t)(end - begin);

	if (len > 0xff) {
		*--begin = (uint8_t)len;
		*--begin = (uint8_t)(len >> 8);
		*--begin = 0x82;
	} else {
		*--begin = (uint8_t)len;
		if (len > 0x7f)
			*--begin = 0x81;
	}
	*--begin = tag;
	return begin;
}

struct bytes
crl_point_expand(struct arena *arena, struct bytes name, struct bytes rdn)
{
	struct der der = der_in(name);
	struct tlv tlv;
	uint8_t *room, *p, *end;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0 ||
	    tlv.value.len > NAME_MAX_LEN || rdn.len > CRL_ELEMENT_MAX -
	    3 * HEAD_MAX - tlv.value.len)
		return bytes_of(NULL, 0);
	room = arena_alloc(arena, tlv.value.len + rdn.len + 3 * HEAD_MAX);
	if (room == NULL)
		return bytes_of(NULL, 0);
	/* From the end, since a length stands in front of what it counts. */
	end = room + tlv.value.len + rdn.len + 3 * HEAD_MAX;
	p = end - rdn.len;
	if (rdn.len > 0) {
		memcpy(p, rdn.data, rdn.len);
		p = put_head(p, end, TAG_SET);
	}
	p -= tlv.value.len;
	if (tlv.value.len > 0)
		memcpy(p, tlv.value.data, tlv.value.len);
	p = put_head(p, end, TAG_SEQUENCE);
	p = put_head(p, end, TAG_DIRECTORY_NAME);
	return bytes_of(p, (size_t)(end - p));
}

/* The whole name of a relative one, or empty: it must be clear to what it is
 * relative (RFC 5280 4.2.1.13). */
static struct bytes
absolute(struct arena *arena, const struct crl_point *point,
    struct bytes issuer)
{
	struct der der = der_in(point->issuer);
	struct tlv tlv;

	if (point->issuer.len > 0) {
		if (der_expect(&der, TAG_DIRECTORY_NAME, &tlv) != 0 ||
		    der.rest.len > 0)
			return bytes_of(NULL, 0);
		issuer = tlv.value;
	}
	return crl_point_expand(arena, issuer, point->relative);
}

bool
crl_point_shares(struct arena *arena, const struct crl_point *point,
    struct bytes issuer, const struct crl_scope *scope)
{
	struct bytes names = point->names;
	struct der der;
	struct tlv tlv;
	size_t i;

	if (point->relative.len > 0)
		names = absolute(arena, point, issuer);
	/* A point without a name stands for its cRLIssuer's. */
	else if (names.len == 0)
		names = point->issuer;
	der = der_in(names);
	while (der_next(&der, &tlv) == 1)
		for (i = 0; i < scope->n_names; i++)
			if (same_name(&tlv, scope->names[i]))
				return true;
	return false;
}

bool
crl_point_issued(const struct crl_point *point, struct bytes name)
{
	struct der der = der_in(point->issuer);
	struct tlv tlv;

	while (der_next(&der, &tlv) == 1)
		if (tlv.tag == TAG_DIRECTORY_NAME &&
		    name_equal(tlv.value, name))
			return true;
	return false;
}
