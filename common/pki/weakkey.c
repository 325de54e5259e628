/* SPDX-License-Identifier: ISC */
/*
 * RSA keys that can be broken without a list.  Only ways that cost little
 * beside a handshake: a prime modulus, which takes a full exponentiation to
 * see, has never been met in a certificate.
 */
#include "pki/weakkey.h"

#include <openssl/bn.h>

#include <stdbool.h>

#include "pki/der_scan.h"
#include "pki/ossl.h"

#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define PKCS1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01"

#define BITS_MAX 16384
#define BITS_MIN 1024		/* what can be factored today */
#define SMALL_D_BITS_MAX 4096
#define FACTOR_MAX 32768
#define ROCA_PRIME_MAX 167
#define FERMAT_ROUNDS 100
#define SMALL_D_MAX 65537

struct rsa {
	struct bytes n, e;	/* big-endian, no leading zeros */
};

static struct bytes
strip(struct bytes n)
{
	while (n.len > 0 && n.data[0] == 0)
		n = bytes_of(n.data + 1, n.len - 1);
	return n;
}

/* rsaEncryption and RSASSA-PSS: the key is the same. */
static bool
is_rsa(struct bytes algorithm)
{
	struct der der = der_in(algorithm);
	struct tlv oid;

	if (der_expect(&der, TAG_OID, &oid) != 0)
		return false;
	return bytes_eq(oid.value, bytes_of(PKCS1 "\x01", 9)) ||
	    bytes_eq(oid.value, bytes_of(PKCS1 "\x0a", 9));
}

/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent } in the BIT STRING. */
static int
rsa_read(struct bytes spki, struct rsa *out)
{
	struct der der = der_in(spki);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0 || !is_rsa(tlv.value) ||
	    der_expect(&der, TAG_BIT_STRING, &tlv) != 0 ||
	    tlv.value.len < 1 || tlv.value.data[0] != 0)
		return -1;
	der = der_in(bytes_of(tlv.value.data + 1, tlv.value.len - 1));
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_INTEGER, &tlv) != 0)
		return -1;
	out->n = strip(tlv.value);
	if (der_expect(&der, TAG_INTEGER, &tlv) != 0)
		return -1;
	out->e = strip(tlv.value);
	return 0;
}

/* The odd numbers below FACTOR_MAX that are no primes, by index p / 2. */
struct sieve {
	bool composite[FACTOR_MAX / 2];
};

static void
sieve_fill(struct sieve *sieve)
{
	uint32_t p, multiple;

	sieve->composite[0] = true;	/* 1 */
	for (p = 3; p * p < FACTOR_MAX; p += 2)
		for (multiple = p * p; !sieve->composite[p / 2] &&
		    multiple < FACTOR_MAX; multiple += 2 * p)
			sieve->composite[multiple / 2] = true;
}

/* The modulus once more, most significant word first: remainders of so many
 * small numbers are taken that BN_mod_word would be most of the work. */
struct words {
	uint64_t word[BITS_MAX / 64];
	size_t n;
};

static void
words_fill(struct words *words, struct bytes n)
{
	size_t i, left = n.len % 8 == 0 ? 8 : n.len % 8;
	uint64_t word = 0;

	words->n = 0;
	for (i = 0; i < n.len; i++) {
		word = word << 8 | n.data[i];
		if (--left > 0)
			continue;
		words->word[words->n++] = word;
		left = 8;
		word = 0;
	}
}

static uint32_t
words_mod(const struct words *n, uint32_t m)
{
	uint64_t r = 0;
	size_t i;

	for (i = 0; i < n->n; i++) {
		r = (r << 32 | n->word[i] >> 32) % m;
		r = (r << 32 | (uint32_t)n->word[i]) % m;
	}
	return (uint32_t)r;
}

/* Does n have a prime factor from `from` on, of as many as one word holds?
 * *from is then the first that was not tried. */
static bool
word_divides(const struct words *n, const struct sieve *sieve, uint32_t *from)
{
	uint32_t product = 1, tried[32], p, r;
	size_t count = 0;

	for (p = *from; p < FACTOR_MAX; p += 2) {
		if (sieve->composite[p / 2])
			continue;
		if (product > UINT32_MAX / p)
			break;
		product *= p;
		tried[count++] = p;
	}
	*from = p;
	r = words_mod(n, product);
	while (count-- > 0)
		/* cppcheck-suppress uninitvar ; as many as were tried */
		if (r % tried[count] == 0)
			return true;
	return false;
}

static bool
has_small_factor(const struct words *n, const struct sieve *sieve)
{
	uint32_t p = 3;

	if (n->word[n->n - 1] % 2 == 0)
		return true;
	while (p < FACTOR_MAX)
		if (word_divides(n, sieve, &p))
			return true;
	return false;
}

/* Is r one of the powers of 65537 modulo p? */
static bool
in_subgroup(uint32_t r, uint32_t p)
{
	uint32_t power = 1;

	do {
		if (power == r)
			return true;
		power = power * (65537 % p) % p;
	} while (power != 1);
	return false;
}

/*
 * ROCA (CVE-2017-15361; Nemec et al., "The Return of Coppersmith's Attack",
 * 2017, section 2.4): Infineon's library made primes of the form
 * k * M + (65537^a mod M), M the product of the first primes.  So the modulus
 * is a power of 65537 modulo each of them, which a modulus by chance is with
 * a probability below 2^-27.
 */
static bool
is_roca(const struct words *n, const struct sieve *sieve)
{
	uint32_t p;

	for (p = 3; p <= ROCA_PRIME_MAX; p += 2)
		if (!sieve->composite[p / 2] &&
		    !in_subgroup(words_mod(n, p), p))
			return false;
	return true;
}

/* Could v be a square?  Squares are few modulo 64, 63, 65 and 11. */
static bool
may_be_square(const BIGNUM *v)
{
	static const uint32_t moduli[] = { 64, 63, 65, 11 };
	uint32_t r, x;
	size_t i;

	for (i = 0; i < sizeof(moduli) / sizeof(moduli[0]); i++) {
		r = (uint32_t)BN_mod_word(v, moduli[i]);
		for (x = 0; x < moduli[i]; x++)
			if (x * x % moduli[i] == r)
				break;
		if (x == moduli[i])
			return false;
	}
	return true;
}

/* root = floor(sqrt(v)), by Newton from above.  0 or -1. */
static int
square_root(BIGNUM *root, const BIGNUM *v, BN_CTX *ctx)
{
	BIGNUM *next = BN_CTX_get(ctx);

	if (next == NULL)
		return -1;
	BN_zero(root);
	if (!BN_set_bit(root, (BN_num_bits(v) + 1) / 2))
		return -1;
	for (;;) {
		if (!BN_div(next, NULL, v, root, ctx) ||
		    !BN_add(next, next, root) || !BN_rshift1(next, next))
			return -1;
		if (BN_cmp(next, root) >= 0)
			return 0;
		if (BN_copy(root, next) == NULL)
			return -1;
	}
}

static bool
is_square(const BIGNUM *v, BN_CTX *ctx)
{
	BIGNUM *root, *square;
	bool yes;

	if (!may_be_square(v))
		return false;
	BN_CTX_start(ctx);
	root = BN_CTX_get(ctx);
	square = BN_CTX_get(ctx);
	yes = square != NULL && (BN_is_zero(v) ||
	    (square_root(root, v, ctx) == 0 && BN_sqr(square, root, ctx) &&
	    BN_cmp(square, v) == 0));
	BN_CTX_end(ctx);
	return yes;
}

/*
 * Fermat: n = a^2 - b^2 for an a near the square root of n when the primes
 * are close (CVE-2022-26320).  The next difference, (a+1)^2 - n, is
 * a^2 - n + 2a + 1.
 */
static bool
is_fermat(const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *a = BN_CTX_get(ctx), *rest = BN_CTX_get(ctx);
	unsigned round;

	if (rest == NULL || square_root(a, n, ctx) != 0 ||
	    !BN_sqr(rest, a, ctx))
		return false;
	if (BN_cmp(rest, n) == 0)
		return true;
	if (!BN_sub(rest, rest, n))
		return false;
	for (round = 0; round < FERMAT_ROUNDS; round++) {
		if (!BN_add(rest, rest, a) || !BN_add_word(a, 1) ||
		    !BN_add(rest, rest, a))
			return false;
		if (is_square(rest, ctx))
			return true;
	}
	return false;
}

/* The exponents exchanged: the private one is what is usually the public
 * one, so that whoever tries the usual ones has it.  2^(e*d) = 2 mod n. */
static bool
is_small_d(const BIGNUM *n, const BIGNUM *e, BN_CTX *ctx)
{
	static const BN_ULONG usual[] = { 3, 5, 7, 17, 257, SMALL_D_MAX };
	BIGNUM *c = BN_CTX_get(ctx), *d = BN_CTX_get(ctx),
	    *two = BN_CTX_get(ctx), *r = BN_CTX_get(ctx);
	size_t i;

	if (r == NULL || BN_num_bits(e) <= 64 ||
	    BN_num_bits(e) > SMALL_D_BITS_MAX ||
	    BN_num_bits(n) > SMALL_D_BITS_MAX || !BN_set_word(two, 2) ||
	    !BN_mod_exp(c, two, e, n, ctx))
		return false;
	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (BN_set_word(d, usual[i]) &&
		    BN_mod_exp(r, c, d, n, ctx) && BN_cmp(r, two) == 0)
			return true;
	return false;
}

static const char *
check_numbers(const struct rsa *rsa, BN_CTX *ctx)
{
	BIGNUM *n = BN_bin2bn(rsa->n.data, (int)rsa->n.len, NULL);
	BIGNUM *e = BN_bin2bn(rsa->e.data, (int)rsa->e.len, NULL);
	struct sieve sieve = { { false } };
	struct words words;
	const char *why = NULL;

	sieve_fill(&sieve);
	words_fill(&words, rsa->n);
	BN_CTX_start(ctx);
	if (n == NULL || e == NULL)
		why = NULL;
	else if (is_roca(&words, &sieve))
		why = "it was made by a faulty Infineon library, ROCA "
		    "(CVE-2017-15361)";
	else if (has_small_factor(&words, &sieve))
		why = "its modulus has a small factor";
	else if (is_fermat(n, ctx))
		why = "its primes are so close that Fermat's method finds "
		    "them (CVE-2022-26320)";
	else if (is_small_d(n, e, ctx))
		why = "its private exponent is one of the usual public ones";
	BN_CTX_end(ctx);
	BN_free(n);
	BN_free(e);
	return why;
}

static size_t
bits_of(struct bytes n)
{
	size_t bits = n.len * 8;
	uint8_t top = n.len == 0 ? 0xff : n.data[0];

	for (; top < 0x80; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

const char *
weakkey_check(struct bytes spki)
{
	struct rsa rsa;
	const char *why;
	BN_CTX *ctx;

	if (rsa_read(spki, &rsa) != 0 || bits_of(rsa.n) > BITS_MAX ||
	    bits_of(rsa.e) > BITS_MAX)
		return NULL;
	if (bits_of(rsa.n) < BITS_MIN)
		return "its modulus has less than 1024 bits and can be "
		    "factored";
	if (rsa.e.len == 0 || rsa.e.data[rsa.e.len - 1] % 2 == 0)
		return "its exponent is even";
	if (bits_of(rsa.e) == 1)
		return "its exponent is 1: nothing is encrypted";
	ctx = BN_CTX_new();
	if (ctx == NULL)
		return NULL;
	why = check_numbers(&rsa, ctx);
	BN_CTX_free(ctx);
	ossl_clear();
	return why;
}
