/* SPDX-License-Identifier: ISC */
/*
 * Extension values that hold names and addresses: subjectAltName, authority
 * information access, CRL distribution points (RFC 5280 4.2.1.6, 4.2.1.13,
 * 4.2.2.1).
 */
#include "pki/cert_private.h"
#include "pki/name.h"
#include "pki/oid.h"

#define NAME_OTHER TAG_CONTEXT_CONS(0)
#define NAME_EMAIL TAG_CONTEXT(1)
#define NAME_DNS TAG_CONTEXT(2)
#define NAME_X400 TAG_CONTEXT_CONS(3)
#define NAME_DIRECTORY TAG_CONTEXT_CONS(4)
#define NAME_EDI TAG_CONTEXT_CONS(5)
#define NAME_URI TAG_CONTEXT(6)
#define NAME_IP TAG_CONTEXT(7)
#define NAME_RID TAG_CONTEXT(8)

#define URLS_MAX 64	/* kept of one kind */
#define URLS_FIRST 4

static bool
is_ia5(struct bytes text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.data[i] >= 0x80)
			return false;
	return true;
}

/* OtherName ::= SEQUENCE { type-id, value [0] EXPLICIT ANY } */
static bool
other_valid(struct bytes value)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_OID, &tlv) == -1 || !oid_valid(tlv.value) ||
	    der_expect(&der, TAG_CONTEXT_CONS(0), &tlv) == -1 ||
	    der.rest.len > 0)
		return false;
	der = der_in(tlv.value);
	return der_next(&der, &tlv) == 1 && der.rest.len == 0;
}

/* One GeneralName; what is wrong with it, or NULL. */
static const char *
san_read(const struct tlv *name, struct san *out)
{
	out->type = SAN_OTHER;
	switch (name->tag) {
	case NAME_EMAIL:
		out->type = SAN_EMAIL;
		break;
	case NAME_DNS:
		out->type = SAN_DNS;
		break;
	case NAME_URI:
		out->type = SAN_URI;
		break;
	case NAME_IP:
		if (name->value.len != 4 && name->value.len != 16)
			return "subjectAltName holds an IP address of wrong "
			    "length";
		out->type = SAN_IP;
		out->value = name->value;
		return NULL;
	case NAME_OTHER:
		return other_valid(name->value) ? NULL :
		    "subjectAltName holds a malformed otherName";
	case NAME_DIRECTORY:
		return name_valid(name->value) ? NULL :
		    "subjectAltName holds a malformed directoryName";
	case NAME_X400:
	case NAME_EDI:
	case NAME_RID:
		return NULL;
	default:
		return "subjectAltName holds a name of unknown kind";
	}
	out->value = name->value;
	return is_ia5(name->value) ? NULL :
	    "subjectAltName holds a name that is not ASCII";
}

/* How many elements can be read, at most CERT_SANS_MAX. */
static size_t
elements_count(struct der der)
{
	struct tlv tlv;
	size_t n = 0;

	while (n < CERT_SANS_MAX && der_next(&der, &tlv) == 1)
		n++;
	return n;
}

void
cert_names_san(struct cert_reader *reader, struct bytes value)
{
	struct cert_facts *out = reader->out;
	struct der der = der_in(value);
	const char *wrong;
	struct tlv tlv;
	size_t i, n;

	out->has_san = true;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1) {
		cert_bad(reader, "subjectAltName cannot be read");
		return;
	}
	if (der.rest.len > 0)
		cert_bad(reader, "data after subjectAltName");
	der = der_in(tlv.value);
	n = elements_count(der);
	out->sans = cert_mem(reader,
	    arena_array(reader->arena, n + 1, sizeof(*out->sans)));
	if (out->sans == NULL)
		return;
	for (i = 0; i < n && der_next(&der, &tlv) == 1; i++) {
		wrong = san_read(&tlv, &out->sans[i]);
		if (wrong != NULL)
			cert_bad(reader, wrong);
	}
	out->n_sans = n;
	if (der.rest.len > 0)
		cert_bad(reader, n == CERT_SANS_MAX ?
		    "subjectAltName holds more names than are read" :
		    "subjectAltName cannot be read to its end");
}

struct urls {
	struct bytes **list;
	size_t *n;
};

static bool
url_held(struct urls urls, struct bytes url)
{
	size_t i;

	for (i = 0; i < *urls.n; i++)
		if (bytes_eq((*urls.list)[i], url))
			return true;
	return false;
}

/* Appends what is not there yet; the list is made longer whenever it holds a
 * power of two. */
static void
url_add(struct cert_reader *reader, struct urls to, struct bytes url)
{
	size_t n = *to.n;
	struct bytes *list;

	if (n == URLS_MAX || url.len == 0 || url_held(to, url))
		return;
	if (n == 0 || (n >= URLS_FIRST && (n & (n - 1)) == 0)) {
		list = cert_mem(reader, arena_array(reader->arena,
		    n == 0 ? URLS_FIRST : 2 * n, sizeof(*list)));
		if (list == NULL)
			return;
		if (n > 0)
			memcpy(list, *to.list, n * sizeof(*list));
		*to.list = list;
	}
	(*to.list)[(*to.n)++] = url;
}

/* AccessDescription ::= SEQUENCE { accessMethod, accessLocation } */
static int
access_read(struct cert_reader *reader, struct bytes access)
{
	static const uint8_t ad[] = { 0x2b, 6, 1, 5, 5, 7, 0x30 };
	struct cert_facts *out = reader->out;
	const struct urls ocsp = { &out->ocsp_urls, &out->n_ocsp_urls };
	const struct urls issuer = { &out->issuer_urls, &out->n_issuer_urls };
	struct der der = der_in(access);
	struct tlv method, where;

	if (der_expect(&der, TAG_OID, &method) == -1 ||
	    der_next(&der, &where) != 1 || der.rest.len > 0)
		return -1;
	if (where.tag != NAME_URI || method.value.len != sizeof(ad) + 1 ||
	    memcmp(method.value.data, ad, sizeof(ad)) != 0)
		return 0;
	if (method.value.data[sizeof(ad)] == 1)
		url_add(reader, ocsp, where.value);
	else if (method.value.data[sizeof(ad)] == 2)
		url_add(reader, issuer, where.value);
	return 0;
}

/* DistributionPointName ::= CHOICE { fullName [0], relativeName [1] } */
static int
point_name_read(struct cert_reader *reader, struct bytes name)
{
	const struct urls crl = { &reader->out->crl_urls,
		&reader->out->n_crl_urls };
	struct der der = der_in(name);
	struct tlv tlv;
	int r;

	if (der_next(&der, &tlv) != 1 || der.rest.len > 0)
		return -1;
	if (tlv.tag != TAG_CONTEXT_CONS(0))
		return tlv.tag == TAG_CONTEXT_CONS(1) ? 0 : -1;
	der = der_in(tlv.value);
	while ((r = der_next(&der, &tlv)) == 1)
		if (tlv.tag == NAME_URI)
			url_add(reader, crl, tlv.value);
	return r;
}

/* DistributionPoint ::= SEQUENCE { name [0], reasons [1], cRLIssuer [2] },
 * all optional, but not reasons alone. */
static int
point_read(struct cert_reader *reader, struct bytes point)
{
	struct der der = der_in(point);
	bool useful = false;
	struct tlv tlv;

	if (der_expect(&der, TAG_CONTEXT_CONS(0), &tlv) == 0) {
		if (point_name_read(reader, tlv.value) == -1)
			return -1;
		useful = true;
	}
	der_expect(&der, TAG_CONTEXT(1), &tlv);
	if (der_expect(&der, TAG_CONTEXT_CONS(2), &tlv) == 0)
		useful = true;
	return useful && der.rest.len == 0 ? 0 : -1;
}

/* SEQUENCE OF SEQUENCE; each inner one is read by `read`. */
static int
sequences_read(struct cert_reader *reader, struct bytes value,
    int (*read)(struct cert_reader *, struct bytes))
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1 || der.rest.len > 0)
		return -1;
	der = der_in(tlv.value);
	while (der.rest.len > 0)
		if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1 ||
		    read(reader, tlv.value) == -1)
			return -1;
	return 0;
}

void
cert_names_aia(struct cert_reader *reader, struct bytes value)
{
	if (sequences_read(reader, value, access_read) == -1)
		cert_bad(reader, "authorityInfoAccess cannot be read");
}

void
cert_names_crldp(struct cert_reader *reader, struct bytes value)
{
	if (sequences_read(reader, value, point_read) == -1)
		cert_bad(reader, "cRLDistributionPoints cannot be read");
}
