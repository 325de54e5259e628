/* SPDX-License-Identifier: ISC */
/* Certificate extensions (RFC 5280 4.2, RFC 7633, RFC 9608). */
#include "pki/cert_private.h"
#include "pki/oid.h"

#define EXTENSIONS_MAX 256	/* compared for duplicates */

/* BasicConstraints ::= SEQUENCE { cA DEFAULT FALSE, pathLen OPTIONAL } */
static void
basic_read(struct cert_reader *reader, struct bytes value)
{
	struct cert_facts *out = reader->out;
	struct der outer = der_in(value), der;
	struct tlv tlv;

	out->has_basic_constraints = true;
	if (der_expect(&outer, TAG_SEQUENCE, &tlv) == -1) {
		cert_bad(reader, "basicConstraints cannot be read");
		return;
	}
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_BOOLEAN, &tlv) == 0) {
		out->is_ca = tlv.value.len == 1 && tlv.value.data[0] != 0;
		if (tlv.value.len != 1)
			cert_bad(reader, "basicConstraints cannot be read");
	}
	if (der_expect(&der, TAG_INTEGER, &tlv) == 0) {
		out->pathlen = cert_integer_small(tlv.value);
		if (out->pathlen == -1)
			cert_bad(reader, "the path length is out of range");
	}
	if (der.rest.len > 0 || outer.rest.len > 0)
		cert_bad(reader, "basicConstraints cannot be read");
}

static void
key_usage_read(struct cert_reader *reader, struct bytes value)
{
	struct der der = der_in(value);
	unsigned bit, bits = 0;
	struct tlv tlv;
	size_t n;

	reader->out->has_key_usage = true;
	if (der_expect(&der, TAG_BIT_STRING, &tlv) == -1 ||
	    der.rest.len > 0 || tlv.value.len == 0 ||
	    tlv.value.data[0] > (tlv.value.len == 1 ? 0 : 7)) {
		cert_bad(reader, "keyUsage cannot be read");
		return;
	}
	/* Bits behind the last one are no bits, and 0 in DER (X.690 11.2.1). */
	n = (tlv.value.len - 1) * 8 - tlv.value.data[0];
	for (bit = 0; bit < 16 && bit < n; bit++)
		if ((tlv.value.data[1 + bit / 8] & 0x80 >> bit % 8) != 0)
			bits |= 1U << bit;
	if ((tlv.value.data[tlv.value.len - 1] &
	    ((1U << tlv.value.data[0]) - 1)) != 0)
		cert_bad(reader, "keyUsage is not written in DER");
	if (bits == 0)
		cert_bad(reader, "keyUsage permits nothing");
	reader->out->key_usage = bits;
}

static unsigned
eku_bit(struct bytes oid)
{
	static const uint8_t kp[] = { 0x2b, 6, 1, 5, 5, 7, 3 };
	static const uint8_t any[] = { 0x55, 0x1d, 0x25, 0 };

	if (bytes_eq(oid, bytes_of(any, sizeof(any))))
		return EKU_ANY;
	if (oid.len != sizeof(kp) + 1 ||
	    memcmp(oid.data, kp, sizeof(kp)) != 0)
		return EKU_OTHER;
	switch (oid.data[sizeof(kp)]) {
	case 1:
		return EKU_SERVER_AUTH;
	case 2:
		return EKU_CLIENT_AUTH;
	case 9:
		return EKU_OCSP_SIGNING;
	default:
		return EKU_OTHER;
	}
}

static void
eku_read(struct cert_reader *reader, struct bytes value)
{
	struct der outer = der_in(value), der;
	struct tlv tlv;

	reader->out->has_eku = true;
	if (der_expect(&outer, TAG_SEQUENCE, &tlv) == -1) {
		cert_bad(reader, "extKeyUsage cannot be read");
		return;
	}
	der = der_in(tlv.value);
	while (der_expect(&der, TAG_OID, &tlv) == 0)
		reader->out->eku |= eku_bit(tlv.value);
	if (der.rest.len > 0 || outer.rest.len > 0)
		cert_bad(reader, "extKeyUsage cannot be read");
}

static void
ski_read(struct cert_reader *reader, struct bytes value)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_OCTET_STRING, &tlv) == 0 &&
	    der.rest.len == 0)
		reader->out->ski = tlv.value;
	else
		cert_bad(reader, "subjectKeyIdentifier cannot be read");
}

/* AuthorityKeyIdentifier ::= SEQUENCE { [0] key, [1] issuer, [2] serial } */
static void
aki_read(struct cert_reader *reader, struct bytes value)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1 || der.rest.len > 0) {
		cert_bad(reader, "authorityKeyIdentifier cannot be read");
		return;
	}
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_CONTEXT(0), &tlv) == 0)
		reader->out->aki = tlv.value;
	while (der.rest.len > 0)
		if (der_next(&der, &tlv) != 1) {
			cert_bad(reader,
			    "authorityKeyIdentifier cannot be read");
			return;
		}
}

/* TLSFeature ::= SEQUENCE OF INTEGER; 5 is status_request. */
static void
feature_read(struct cert_reader *reader, struct bytes value)
{
	struct der outer = der_in(value), der;
	struct tlv tlv;

	if (der_expect(&outer, TAG_SEQUENCE, &tlv) == -1) {
		cert_bad(reader, "the TLS feature extension cannot be read");
		return;
	}
	der = der_in(tlv.value);
	while (der_expect(&der, TAG_INTEGER, &tlv) == 0)
		if (cert_integer_small(tlv.value) == 5)
			reader->out->must_staple = true;
	if (der.rest.len > 0 || outer.rest.len > 0)
		cert_bad(reader, "the TLS feature extension cannot be read");
}

static void
no_rev_avail_read(struct cert_reader *reader, struct bytes value)
{
	(void)value;
	reader->out->no_rev_avail = true;
}

static void
crl_points_read(struct cert_reader *reader, struct bytes value)
{
	reader->out->crl_points = value;
	cert_names_crldp(reader, value);
}

static void
freshest_read(struct cert_reader *reader, struct bytes value)
{
	reader->out->freshest_points = value;
}

/* Extensions that are understood; those without a reader are judged by the
 * path validation. */
static const struct ext_row {
	const char *oid;
	size_t len;
	void (*read)(struct cert_reader *, struct bytes);
} ext_rows[] = {
#define ROW(oid, read) { oid, sizeof(oid) - 1, read }
	ROW("\x55\x1d\x0e", ski_read),
	ROW("\x55\x1d\x0f", key_usage_read),
	ROW("\x55\x1d\x11", cert_names_san),
	ROW("\x55\x1d\x13", basic_read),
	ROW("\x55\x1d\x1e", NULL),	/* nameConstraints */
	ROW("\x55\x1d\x1f", crl_points_read),
	ROW("\x55\x1d\x20", NULL),	/* certificatePolicies */
	ROW("\x55\x1d\x21", NULL),	/* policyMappings */
	ROW("\x55\x1d\x23", aki_read),
	ROW("\x55\x1d\x24", NULL),	/* policyConstraints */
	ROW("\x55\x1d\x25", eku_read),
	ROW("\x55\x1d\x2e", freshest_read),
	ROW("\x55\x1d\x36", NULL),	/* inhibitAnyPolicy */
	ROW("\x55\x1d\x38", no_rev_avail_read),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x01", cert_names_aia),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x18", feature_read),
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x07", NULL),	/* RFC 3779 */
	ROW("\x2b\x06\x01\x05\x05\x07\x01\x08", NULL),
	ROW("\x60\x86\x48\x01\x86\xf8\x42\x01\x01", NULL),	/* Netscape
						 * certificate type */
#undef ROW
};

static const struct ext_row *
row_find(struct bytes oid)
{
	size_t i, n = sizeof(ext_rows) / sizeof(ext_rows[0]);

	for (i = 0; i < n; i++)
		if (bytes_eq(oid, bytes_of(ext_rows[i].oid,
		    ext_rows[i].len)))
			return &ext_rows[i];
	return NULL;
}

struct seen {
	struct bytes oids[EXTENSIONS_MAX];
	size_t n;
};

/* Takes note of an extension: false when it is there for the second time,
 * or one too many. */
static bool
seen_add(struct cert_reader *reader, struct seen *seen, struct bytes oid)
{
	size_t i;

	for (i = 0; i < seen->n; i++)
		if (bytes_eq(oid, seen->oids[i])) {
			cert_bad(reader, "an extension is there twice");
			return false;
		}
	if (seen->n == EXTENSIONS_MAX) {
		cert_bad(reader, "there are more extensions than are read");
		return false;
	}
	seen->oids[seen->n++] = oid;
	return true;
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue } */
static int
extension_read(struct cert_reader *reader, struct seen *seen,
    struct bytes extension)
{
	struct tlv id, critical, value;
	struct der der = der_in(extension);
	const struct bytes yes = bytes_of("\xff", 1);
	const struct ext_row *row;
	bool is_critical = false;

	if (der_expect(&der, TAG_OID, &id) == -1 || !oid_valid(id.value))
		return -1;
	if (der_expect(&der, TAG_BOOLEAN, &critical) == 0) {
		/* FALSE is written out often, also in RFC 8410's example. */
		is_critical = critical.value.len != 1 ||
		    critical.value.data[0] != 0;
		if (is_critical && !bytes_eq(critical.value, yes))
			cert_bad(reader,
			    "an extension writes its criticality not in DER");
	}
	if (der_expect(&der, TAG_OCTET_STRING, &value) == -1 ||
	    der.rest.len > 0)
		return -1;
	row = row_find(id.value);
	if (row == NULL && is_critical)
		reader->out->unknown_critical = true;
	if (seen_add(reader, seen, id.value) && row != NULL &&
	    row->read != NULL)
		row->read(reader, value.value);
	return 0;
}

void
cert_ext_read(struct cert_reader *reader, struct bytes extensions)
{
	struct der der = der_in(extensions);
	struct seen seen;
	struct tlv tlv;

	seen.n = 0;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1 ||
	    der.rest.len > 0) {
		cert_bad(reader, "the extensions cannot be read");
		return;
	}
	der = der_in(tlv.value);
	while (der.rest.len > 0) {
		if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1) {
			cert_bad(reader, "the extensions cannot be read");
			return;
		}
		if (extension_read(reader, &seen, tlv.value) == -1)
			cert_bad(reader, "an extension cannot be read");
	}
}
