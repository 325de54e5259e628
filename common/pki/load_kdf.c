/* SPDX-License-Identifier: ISC */
/*
 * What a password based algorithm costs, before it is computed: PBES1 and
 * PKCS#12 PBE, PBES2 and PBMAC1 with PBKDF2 (RFC 8018), scrypt (RFC 7914).
 */
#include "pki/der_scan.h"
#include "pki/load_private.h"

#define TAG_INTEGER 0x02
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define DEPTH_MAX 6

/* The value of a non-negative INTEGER, UINT64_MAX when it is larger. */
static uint64_t
integer_value(struct bytes value)
{
	uint64_t v = 0;
	size_t i;

	while (value.len > 0 && value.data[0] == 0)
		value = bytes_of(value.data + 1, value.len - 1);
	if (value.len > 7)
		return UINT64_MAX;
	for (i = 0; i < value.len; i++)
		v = v << 8 | value.data[i];
	return v;
}

static uint64_t
multiply(uint64_t a, uint64_t b)
{
	return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* scrypt-params ::= SEQUENCE { salt, N, r, p, keyLength OPTIONAL }: one
 * round is a block of 128 octets. */
static uint64_t
scrypt_rounds(struct bytes params)
{
	struct der der = der_in(params);
	uint64_t product = 1;
	struct tlv tlv;
	int i;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
		return UINT64_MAX;
	der = der_in(tlv.value);
	if (der_next(&der, &tlv) != 1)
		return UINT64_MAX;
	for (i = 0; i < 3; i++) {
		if (der_expect(&der, TAG_INTEGER, &tlv) == -1)
			return UINT64_MAX;
		product = multiply(product, integer_value(tlv.value));
	}
	return product;
}

struct frame {
	struct der der;
	bool is_scrypt;		/* its OID was just read */
};

/*
 * All other parameters hold one number that matters, next to small ones (key
 * lengths): the largest INTEGER anywhere is the number of rounds.
 */
static uint64_t
largest_integer(struct bytes in)
{
	static const uint8_t scrypt[] = { 0x2b, 6, 1, 4, 1, 0xda, 0x47, 4,
		0x0b };
	struct frame stack[DEPTH_MAX] = { { der_in(in), false } }, *top;
	uint64_t rounds = 1, v;
	size_t depth = 1;
	struct tlv tlv;
	int r;

	while (depth > 0) {
		top = &stack[depth - 1];
		r = der_next(&top->der, &tlv);
		if (r == -1 || (r == 1 && tlv.tag == TAG_SEQUENCE &&
		    depth == DEPTH_MAX))
			return UINT64_MAX;
		v = 0;
		if (r == 0)
			depth--;
		else if (tlv.tag == TAG_INTEGER)
			v = integer_value(tlv.value);
		else if (tlv.tag == TAG_SEQUENCE && top->is_scrypt)
			v = scrypt_rounds(tlv.whole);
		else if (tlv.tag == TAG_SEQUENCE)
			stack[depth++] = (struct frame){ der_in(tlv.value),
				false };
		else if (tlv.tag == TAG_OID)
			top->is_scrypt = bytes_eq(tlv.value,
			    bytes_of(scrypt, sizeof(scrypt)));
		if (v > rounds)
			rounds = v;
	}
	return rounds;
}

uint64_t
load_kdf_rounds(struct bytes algorithm)
{
	struct der der = der_in(algorithm);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1 || der.rest.len > 0)
		return UINT64_MAX;
	return largest_integer(tlv.value);
}
