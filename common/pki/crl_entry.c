/* SPDX-License-Identifier: ISC */
/* Entries of a CRL: is one of the serials that are looked for among them? */
#include <string.h>

#include "pki/crl_private.h"
#include "pki/name.h"
#include "pki/name_read.h"

/* The one extension that nearly all entries have, reasonCode, in its only
 * DER form; the octet that follows is the reason. */
static const uint8_t usual_reason[] = {
	0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03,
	0x0a, 0x01
};

#define OID_CE "\x55\x1d"
#define ISSUER_MAX 8192		/* octets of a certificateIssuer */
/* All that are known are three, and each is compared with all before it. */
#define ENTRY_EXTENSIONS_MAX 16
/* Attributes of one RDN: each is compared with all of another's. */
#define RDN_ATTRS_MAX 8
#define TAG_DIRECTORY_NAME 0xa4	/* of GeneralName */
#define REASON_CODE_HOLD 6
#define REASON_CODE_REMOVE 8

enum match {
	MATCH_OPEN,		/* not compared yet */
	MATCH_YES,
	MATCH_NO
};

/* The queries by a hash of their serial: buckets of chains. */
struct crl_lookup {
	struct crl_query *queries;
	size_t n, mask;
	size_t *first;		/* index + 1 into queries; 0: none */
	size_t *next;
	/* Of an indirect CRL: lasts from one entry to the next.  Names are
	 * compared once per issuer and query: a list may have millions of
	 * entries with one serial. */
	uint8_t issuer[ISSUER_MAX];
	size_t issuer_len;
	enum match *match;
	/* An issuer that is asked about has a name that takes long to
	 * compare; nobody but an attacker has. */
	bool costly;
};

static size_t
hash(struct bytes serial)
{
	uint64_t h = 0;
	size_t n = serial.len < sizeof(h) ? serial.len : sizeof(h);

	/* The last octets: those of a random serial differ, and so do those
	 * of a counted one.  The product's upper half depends on all. */
	if (n == sizeof(h))
		memcpy(&h, serial.data + serial.len - sizeof(h), sizeof(h));
	else if (n > 0)
		memcpy(&h, serial.data, n);
	return (size_t)((h * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static bool
is_costly(struct bytes name)
{
	struct der rdns = name_read_rdns(name), rdn;
	struct name_attr attrs[NAME_ATTRS_MAX];

	while (name_read_rdn(&rdns, &rdn) == 1)
		if (name_read_attrs(rdn, attrs) > RDN_ATTRS_MAX)
			return true;
	return false;
}

struct crl_lookup *
crl_lookup_new(struct arena *arena, struct crl_query *queries, size_t n)
{
	struct crl_lookup *lookup = arena_alloc(arena, sizeof(*lookup));
	size_t size = 1, i, slot;

	while (size < n * 2)
		size *= 2;
	if (lookup == NULL)
		return NULL;
	lookup->queries = queries;
	lookup->n = n;
	lookup->mask = size - 1;
	lookup->first = arena_array(arena, size, sizeof(*lookup->first));
	lookup->next = arena_array(arena, n + 1, sizeof(*lookup->next));
	lookup->match = arena_array(arena, n + 1, sizeof(*lookup->match));
	if (lookup->first == NULL || lookup->next == NULL ||
	    lookup->match == NULL)
		return NULL;
	for (i = 0; i < n; i++) {
		slot = hash(queries[i].serial) & lookup->mask;
		lookup->next[i] = lookup->first[slot];
		lookup->first[slot] = i + 1;
		lookup->costly |= is_costly(queries[i].issuer);
	}
	return lookup;
}

struct entry {
	struct bytes serial;
	struct tlv date;
	struct bytes extensions;	/* whole TLV, or empty */
};

/* In the shortest form (X.690 8.3.2): another would hide it, since octets are
 * compared. */
bool
crl_serial_valid(struct bytes serial)
{
	const uint8_t *p = serial.data;

	if (serial.len <= 1)
		return serial.len == 1;
	return !(p[0] == 0 && p[1] < 0x80) && !(p[0] == 0xff && p[1] >= 0x80);
}

/* Its value matters, and is looked at, for what is asked about only. */
static int
read_date(struct der *der, struct tlv *out)
{
	const uint8_t *p = der->rest.data;

	/* The usual form: UTCTime with seconds. */
	if (der->rest.len >= 15 && p[0] == TAG_UTC_TIME && p[1] == 13) {
		out->tag = p[0];
		out->whole = bytes_of(p, 15);
		out->value = bytes_of(p + 2, 13);
		der->rest = bytes_of(p + 15, der->rest.len - 15);
		return 0;
	}
	if (der_next(der, out) != 1)
		return -1;
	return out->tag == TAG_UTC_TIME || out->tag == TAG_GENERALIZED_TIME ?
	    0 : -1;
}

static int
outline(struct bytes whole, struct entry *out)
{
	const uint8_t *p = whole.data;
	struct der der;
	struct tlv tlv;

	/* The usual form: everything shorter than 128 octets. */
	if (whole.len >= 4 && p[0] == TAG_SEQUENCE && p[1] < 0x80 &&
	    p[2] == TAG_INTEGER && p[3] < 0x80 && p[3] > 0 &&
	    4U + p[3] <= whole.len) {
		out->serial = bytes_of(p + 4, p[3]);
		der = der_in(bytes_of(p + 4 + p[3], whole.len - 4U - p[3]));
	} else {
		der = der_in(whole);
		if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
			return -1;
		der = der_in(tlv.value);
		if (der_expect(&der, TAG_INTEGER, &tlv) != 0 ||
		    tlv.value.len == 0)
			return -1;
		out->serial = tlv.value;
	}
	if (!crl_serial_valid(out->serial) || read_date(&der, &out->date) != 0)
		return -1;
	out->extensions = der.rest;
	return 0;
}

struct entry_extensions {
	int reason;
	bool has_invalidity;
	int64_t invalidity;
	struct bytes issuer;		/* GeneralNames, or empty */
};

/* certificateIssuer, RFC 5280 5.3.3: GeneralNames with a directoryName. */
static int
read_issuer(struct bytes value, struct bytes *out)
{
	struct der der = der_in(value);
	struct tlv tlv;
	bool named = false;
	int rc;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0 || der.rest.len > 0)
		return -1;
	*out = tlv.value;
	der = der_in(tlv.value);
	while ((rc = der_next(&der, &tlv)) == 1)
		named |= tlv.tag == TAG_DIRECTORY_NAME;
	return named ? rc : -1;
}

/* 1 equal, 0 not, -1 too costly to tell. */
static int
compare(const struct crl_lookup *lookup, struct bytes a, struct bytes b)
{
	if (bytes_eq(a, b))
		return 1;
	return lookup->costly ? -1 : name_equal(a, b);
}

/* Is that issuer among the names of the last certificateIssuer, or, without
 * one, that of the list?  As compare. */
static int
is_issuer(const struct crl_lookup *lookup, struct bytes of_list,
    struct bytes issuer)
{
	struct der der = der_in(bytes_of(lookup->issuer, lookup->issuer_len));
	struct tlv tlv;
	int rc = 0;

	if (lookup->issuer_len == 0)
		return compare(lookup, of_list, issuer);
	while (rc == 0 && der_next(&der, &tlv) == 1)
		if (tlv.tag == TAG_DIRECTORY_NAME)
			rc = compare(lookup, tlv.value, issuer);
	return rc;
}

static int
read_reason(struct bytes value, int *out)
{
	if (value.len != 3 || value.data[0] != TAG_ENUMERATED ||
	    value.data[1] != 1)
		return -1;
	*out = value.data[2];
	return 0;
}

static int
read_one(const struct der_extension *extension, struct entry_extensions *out,
    bool *unknown_critical)
{
	struct der der = der_in(extension->value);
	struct tlv tlv;

	if (bytes_eq(extension->oid, bytes_str(OID_CE "\x15")))
		return read_reason(extension->value, &out->reason);
	if (bytes_eq(extension->oid, bytes_str(OID_CE "\x18"))) {
		if (der_next(&der, &tlv) != 1 ||
		    crl_time(&tlv, &out->invalidity) != 0)
			return -1;
		out->has_invalidity = true;
		return 0;
	}
	if (bytes_eq(extension->oid, bytes_str(OID_CE "\x1d")))
		return read_issuer(extension->value, &out->issuer);
	if (extension->critical)
		*unknown_critical = true;
	return 0;
}

static int
read_extensions(struct bytes whole, struct entry_extensions *out,
    bool *unknown_critical)
{
	struct der der = der_in(whole);
	struct der_extension extension;
	struct tlv list;
	int rc, n = 0;

	if (der_expect(&der, TAG_SEQUENCE, &list) != 0 || der.rest.len > 0)
		return -1;
	der = der_in(list.value);
	while ((rc = der_extension_next(&der, &extension)) == 1)
		if (++n > ENTRY_EXTENSIONS_MAX ||
		    crl_extension_repeats(list.value, &extension) ||
		    read_one(&extension, out, unknown_critical) != 0)
			return -1;
	return rc;
}

/* What a later list may take back is less than what is final. */
static int
gravity(int reason)
{
	return reason == REASON_CODE_REMOVE ? 0 :
	    reason == REASON_CODE_HOLD ? 1 : 2;
}

static void
answer(struct crl_query *query, const struct entry *entry,
    const struct entry_extensions *extensions)
{
	/* A serial listed twice: removeFromCRL never hides a revocation that
	 * is listed too. */
	if (query->listed &&
	    gravity(extensions->reason) <= gravity(query->reason))
		return;
	query->listed = true;
	query->reason = extensions->reason;
	query->has_date = crl_time(&entry->date, &query->date) == 0;
	query->has_invalidity = extensions->has_invalidity;
	query->invalidity = extensions->invalidity;
}

/* Is the entry one of that query's issuer?  As compare. */
static int
is_asked(struct crl_lookup *lookup, size_t i, struct bytes of_list)
{
	struct bytes issuer = lookup->queries[i].issuer;
	enum match *match = &lookup->match[i];
	int rc;

	if (issuer.len == 0)
		return 1;
	if (*match == MATCH_OPEN) {
		rc = is_issuer(lookup, of_list, issuer);
		if (rc < 0)
			return -1;
		*match = rc == 1 ? MATCH_YES : MATCH_NO;
	}
	return *match == MATCH_YES;
}

static int
look_up(struct crl_lookup *lookup, const struct entry *entry,
    const struct entry_extensions *extensions, struct bytes of_list)
{
	struct crl_query *query;
	size_t i = lookup->first[hash(entry->serial) & lookup->mask];
	int rc;

	for (; i != 0; i = lookup->next[i - 1]) {
		query = &lookup->queries[i - 1];
		/* In an indirect CRL the same serial may be another
		 * issuer's. */
		if (!bytes_eq(query->serial, entry->serial))
			continue;
		rc = is_asked(lookup, i - 1, of_list);
		if (rc < 0)
			return -1;
		if (rc == 1)
			answer(query, entry, extensions);
	}
	return 0;
}

static int
keep_issuer(struct crl_lookup *lookup, struct bytes issuer)
{
	size_t i;

	if (issuer.len > sizeof(lookup->issuer))
		return -1;
	for (i = 0; i < lookup->n; i++)
		lookup->match[i] = MATCH_OPEN;
	memcpy(lookup->issuer, issuer.data, issuer.len);
	lookup->issuer_len = issuer.len;
	return 0;
}

int
crl_entry(struct crl_lookup *lookup, struct bytes whole,
    struct crl_facts *facts)
{
	struct entry_extensions extensions = { .reason = CRL_NO_REASON };
	struct entry entry;

	if (outline(whole, &entry) != 0)
		return -1;
	if (entry.extensions.len == sizeof(usual_reason) + 1 &&
	    memcmp(entry.extensions.data, usual_reason,
	    sizeof(usual_reason)) == 0)
		extensions.reason = entry.extensions.data[13];
	else if (entry.extensions.len > 0 && read_extensions(
	    entry.extensions, &extensions,
	    &facts->unknown_entry_critical) != 0)
		return -1;
	if (extensions.issuer.len > 0) {
		facts->entry_issuers = true;
		if (keep_issuer(lookup, extensions.issuer) != 0)
			return -1;
	}
	return look_up(lookup, &entry, &extensions, facts->issuer);
}
