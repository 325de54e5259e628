/* SPDX-License-Identifier: ISC */
/*
 * Public keys: type and size from the SubjectPublicKeyInfo (RFC 3279 2.3,
 * RFC 5480, RFC 8410).  Whether the key is a good one is for others.
 */
#include "pki/cert_private.h"
#include "pki/oid.h"

#define POINT_UNCOMPRESSED 0x04

struct curve_row {
	const char *oid;
	size_t len;
	const char *name;
	unsigned bits;
};

#define ROW(oid, name, bits) { oid, sizeof(oid) - 1, name, bits }
#define ANSI_PRIME "\x2a\x86\x48\xce\x3d\x03\x01"
#define SECG "\x2b\x81\x04\x00"
#define BRAINPOOL "\x2b\x24\x03\x03\x02\x08\x01\x01"

static const struct curve_row curve_rows[] = {
	ROW(ANSI_PRIME "\x07", "P-256", 256),
	ROW(SECG "\x22", "P-384", 384),
	ROW(SECG "\x23", "P-521", 521),
	ROW(SECG "\x0a", "secp256k1", 256),
	ROW(ANSI_PRIME "\x01", "P-192", 192),
	ROW(SECG "\x21", "P-224", 224),
	ROW(BRAINPOOL "\x07", "brainpoolP256r1", 256),
	ROW(BRAINPOOL "\x08", "brainpoolP256t1", 256),
	ROW(BRAINPOOL "\x0b", "brainpoolP384r1", 384),
	ROW(BRAINPOOL "\x0c", "brainpoolP384t1", 384),
	ROW(BRAINPOOL "\x0d", "brainpoolP512r1", 512),
	ROW(BRAINPOOL "\x0e", "brainpoolP512t1", 512),
};

#undef ROW

/* Bits of an unsigned big-endian number. */
static unsigned
number_bits(struct bytes n)
{
	unsigned bits;
	uint8_t top;

	while (n.len > 0 && n.data[0] == 0)
		n = bytes_of(n.data + 1, n.len - 1);
	if (n.len == 0 || n.len > UINT32_MAX / 8)
		return 0;
	bits = (unsigned)(n.len - 1) * 8;
	for (top = n.data[0]; top != 0; top >>= 1)
		bits++;
	return bits;
}

/* Its value, UINT64_MAX when it is larger. */
static uint64_t
number_value(struct bytes n)
{
	uint64_t v = 0;
	size_t i;

	if (number_bits(n) > 64)
		return UINT64_MAX;
	for (i = 0; i < n.len; i++)
		v = v << 8 | n.data[i];
	return v;
}

static void
rsa_read(struct cert_reader *reader, struct bytes parameters,
    struct bytes key)
{
	struct der der = der_in(key);
	struct tlv tlv, n, e;

	(void)parameters;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) == 0 && der.rest.len == 0) {
		der = der_in(tlv.value);
		if (der_expect(&der, TAG_INTEGER, &n) == 0 &&
		    der_expect(&der, TAG_INTEGER, &e) == 0 &&
		    der.rest.len == 0) {
			reader->out->key_bits = number_bits(n.value);
			reader->out->rsa_exponent = number_value(e.value);
			if (reader->out->key_bits == 0)
				cert_bad(reader, "the RSA modulus is zero");
			return;
		}
	}
	cert_bad(reader, "the RSA key cannot be read");
}

/* The size of a field as a point on an unknown curve shows it. */
static unsigned
point_bits(struct bytes point)
{
	if (point.len < 2 || point.len > 1024)
		return 0;
	if (point.data[0] == POINT_UNCOMPRESSED)
		return (unsigned)(point.len - 1) / 2 * 8;
	return (unsigned)(point.len - 1) * 8;
}

/* SEC 1 2.3.3: compressed, uncompressed or hybrid. */
static bool
point_fits(struct bytes point, unsigned bits)
{
	size_t field = (bits + 7) / 8;

	if (point.len == 1 + field)
		return point.data[0] == 2 || point.data[0] == 3;
	return point.len == 1 + 2 * field && (point.data[0] == 4 ||
	    point.data[0] == 6 || point.data[0] == 7);
}

static void
ec_read(struct cert_reader *reader, struct bytes parameters, struct bytes key)
{
	size_t i, n = sizeof(curve_rows) / sizeof(curve_rows[0]);
	const struct curve_row *row = curve_rows;
	struct cert_facts *out = reader->out;
	struct der der = der_in(parameters);
	struct tlv tlv;

	out->key_bits = point_bits(key);
	if (der_next(&der, &tlv) != 1) {
		cert_bad(reader, "the EC key names no curve");
		return;
	}
	if (tlv.tag != TAG_OID) {
		out->curve = "explicit parameters";
		if (tlv.tag != TAG_SEQUENCE)
			cert_bad(reader, "the EC key names no curve");
		return;
	}
	for (i = 0; i < n; i++, row++)
		if (bytes_eq(tlv.value, bytes_of(row->oid, row->len))) {
			out->curve = row->name;
			out->key_bits = row->bits;
			if (!point_fits(key, row->bits))
				cert_bad(reader,
				    "the EC key is no point of its curve");
			return;
		}
	out->curve = oid_text(reader->arena, tlv.value);
	if (out->curve == NULL)
		reader->nomem = true;
}

/* Dss-Parms ::= SEQUENCE { p, q, g }; they may be inherited (absent). */
static void
dsa_read(struct cert_reader *reader, struct bytes parameters,
    struct bytes key)
{
	struct der der = der_in(parameters);
	struct tlv tlv;

	(void)key;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
		return;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_INTEGER, &tlv) == 0)
		reader->out->key_bits = number_bits(tlv.value);
	else
		cert_bad(reader, "the DSA parameters cannot be read");
}

static void
edwards_read(struct cert_reader *reader, struct bytes parameters,
    struct bytes key)
{
	size_t want = reader->out->key_type == KEY_ED25519 ? 32 : 57;

	(void)parameters;
	reader->out->key_bits = (unsigned)want * 8;
	if (key.len != want)
		cert_bad(reader, "the EdDSA key has the wrong length");
}

static const struct key_row {
	const char *oid;
	size_t len;
	enum key_type type;
	void (*read)(struct cert_reader *, struct bytes, struct bytes);
} key_rows[] = {
#define ROW(oid, type, read) { oid, sizeof(oid) - 1, type, read }
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", KEY_RSA, rsa_read),
	ROW("\x2a\x86\x48\xce\x3d\x02\x01", KEY_EC, ec_read),
	ROW("\x2b\x65\x70", KEY_ED25519, edwards_read),
	ROW("\x2b\x65\x71", KEY_ED448, edwards_read),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", KEY_RSA_PSS, rsa_read),
	ROW("\x2a\x86\x48\xce\x38\x04\x01", KEY_DSA, dsa_read),
#undef ROW
};

void
cert_key_read(struct cert_reader *reader, struct bytes spki)
{
	size_t i, n = sizeof(key_rows) / sizeof(key_rows[0]);
	struct der der = der_in(spki);
	struct bytes oid, parameters;
	struct tlv alg, key;

	if (der_expect(&der, TAG_SEQUENCE, &alg) == -1 ||
	    cert_algorithm_read(alg.value, &oid, &parameters) == -1 ||
	    der_expect(&der, TAG_BIT_STRING, &key) == -1 ||
	    der.rest.len > 0 || key.value.len == 0 ||
	    key.value.data[0] != 0) {
		cert_bad(reader, "the public key cannot be read");
		return;
	}
	key.value = bytes_of(key.value.data + 1, key.value.len - 1);
	for (i = 0; i < n; i++)
		if (bytes_eq(oid, bytes_of(key_rows[i].oid,
		    key_rows[i].len))) {
			reader->out->key_type = key_rows[i].type;
			key_rows[i].read(reader, parameters, key.value);
			return;
		}
}
