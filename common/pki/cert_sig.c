/* SPDX-License-Identifier: ISC */
/* Signature algorithms: name and worth (RFC 3279, 4055, 5758, 8410, 9881). */
#include "pki/cert_private.h"
#include "pki/oid.h"

struct sig_row {
	const char *oid;
	size_t len;
	const char *name;
	enum sig_strength strength;
};

#define ROW(oid, name, strength) { oid, sizeof(oid) - 1, name, strength }
#define PKCS1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define ANSI_SIG "\x2a\x86\x48\xce\x3d\x04"
#define NIST_SIG "\x60\x86\x48\x01\x65\x03\x04\x03"
#define NIST_HASH "\x60\x86\x48\x01\x65\x03\x04\x02"
#define OIW "\x2b\x0e\x03\x02"
#define PSS PKCS1 "\x0a"

static const struct sig_row sig_rows[] = {
	ROW(PKCS1 "\x0b", "sha256WithRSAEncryption", SIG_OK),
	ROW(ANSI_SIG "\x03\x03", "ecdsa-with-SHA384", SIG_OK),
	ROW(ANSI_SIG "\x03\x02", "ecdsa-with-SHA256", SIG_OK),
	ROW(ANSI_SIG "\x03\x04", "ecdsa-with-SHA512", SIG_OK),
	ROW(PKCS1 "\x0c", "sha384WithRSAEncryption", SIG_OK),
	ROW(PKCS1 "\x0d", "sha512WithRSAEncryption", SIG_OK),
	ROW("\x2b\x65\x70", "ED25519", SIG_OK),
	ROW("\x2b\x65\x71", "ED448", SIG_OK),
	ROW(PKCS1 "\x05", "sha1WithRSAEncryption", SIG_WEAK_SHA1),
	ROW(ANSI_SIG "\x01", "ecdsa-with-SHA1", SIG_WEAK_SHA1),
	ROW(ANSI_SIG "\x03\x01", "ecdsa-with-SHA224", SIG_OK),
	ROW(PKCS1 "\x0e", "sha224WithRSAEncryption", SIG_OK),
	ROW(PKCS1 "\x0f", "sha512-224WithRSAEncryption", SIG_OK),
	ROW(PKCS1 "\x10", "sha512-256WithRSAEncryption", SIG_OK),
	ROW(PKCS1 "\x02", "md2WithRSAEncryption", SIG_BROKEN),
	ROW(PKCS1 "\x03", "md4WithRSAEncryption", SIG_BROKEN),
	ROW(PKCS1 "\x04", "md5WithRSAEncryption", SIG_BROKEN),
	ROW(OIW "\x03", "md5WithRSA", SIG_BROKEN),
	ROW(OIW "\x0f", "shaWithRSAEncryption", SIG_BROKEN),
	ROW(OIW "\x1b", "dsaWithSHA1-old", SIG_WEAK_SHA1),
	ROW(OIW "\x1d", "sha1WithRSA", SIG_WEAK_SHA1),
	ROW("\x2a\x86\x48\xce\x38\x04\x03", "dsaWithSHA1", SIG_WEAK_SHA1),
	ROW(NIST_SIG "\x01", "dsa_with_SHA224", SIG_OK),
	ROW(NIST_SIG "\x02", "dsa_with_SHA256", SIG_OK),
	ROW(NIST_SIG "\x03", "dsa_with_SHA384", SIG_OK),
	ROW(NIST_SIG "\x04", "dsa_with_SHA512", SIG_OK),
	ROW(NIST_SIG "\x09", "ecdsa_with_SHA3-224", SIG_OK),
	ROW(NIST_SIG "\x0a", "ecdsa_with_SHA3-256", SIG_OK),
	ROW(NIST_SIG "\x0b", "ecdsa_with_SHA3-384", SIG_OK),
	ROW(NIST_SIG "\x0c", "ecdsa_with_SHA3-512", SIG_OK),
	ROW(NIST_SIG "\x0d", "RSA-SHA3-224", SIG_OK),
	ROW(NIST_SIG "\x0e", "RSA-SHA3-256", SIG_OK),
	ROW(NIST_SIG "\x0f", "RSA-SHA3-384", SIG_OK),
	ROW(NIST_SIG "\x10", "RSA-SHA3-512", SIG_OK),
	ROW(NIST_SIG "\x11", "ML-DSA-44", SIG_OK),
	ROW(NIST_SIG "\x12", "ML-DSA-65", SIG_OK),
	ROW(NIST_SIG "\x13", "ML-DSA-87", SIG_OK),
};

/* The digests of RSASSA-PSS. */
static const struct sig_row pss_rows[] = {
	ROW(NIST_HASH "\x01", "rsassaPss with sha256", SIG_OK),
	ROW(NIST_HASH "\x02", "rsassaPss with sha384", SIG_OK),
	ROW(NIST_HASH "\x03", "rsassaPss with sha512", SIG_OK),
	ROW(NIST_HASH "\x04", "rsassaPss with sha224", SIG_OK),
	ROW(OIW "\x1a", "rsassaPss with sha1", SIG_WEAK_SHA1),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x02\x05", "rsassaPss with md5",
	    SIG_BROKEN),
};

static const struct sig_row *
row_find(const struct sig_row *row, size_t n, struct bytes oid)
{
	for (; n > 0; n--, row++)
		if (bytes_eq(oid, bytes_of(row->oid, row->len)))
			return row;
	return NULL;
}

/*
 * The digest of RSASSA-PSS-params (RFC 4055 3.1): [0] in it, SHA-1 when
 * absent.  NULL when it is malformed or unknown.
 */
static const struct sig_row *
pss_find(struct bytes parameters)
{
	static const uint8_t sha1[] = OIW "\x1a";
	struct bytes oid = bytes_of(sha1, sizeof(sha1) - 1), rest;
	struct der der = der_in(parameters);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
		return NULL;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_CONTEXT_CONS(0), &tlv) == 0) {
		der = der_in(tlv.value);
		if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1 ||
		    cert_algorithm_read(tlv.value, &oid, &rest) == -1)
			return NULL;
	}
	return row_find(pss_rows, sizeof(pss_rows) / sizeof(pss_rows[0]),
	    oid);
}

void
cert_sig_read(struct cert_reader *reader, struct bytes alg)
{
	struct cert_facts *out = reader->out;
	const struct sig_row *row;
	struct bytes oid, parameters;

	out->sig_strength = SIG_UNKNOWN;
	if (cert_algorithm_read(alg, &oid, &parameters) == -1) {
		cert_bad(reader, "the signature algorithm cannot be read");
		return;
	}
	row = row_find(sig_rows, sizeof(sig_rows) / sizeof(sig_rows[0]), oid);
	if (row == NULL && bytes_eq(oid, bytes_of(PSS, sizeof(PSS) - 1))) {
		out->sig_name = "rsassaPss";
		row = pss_find(parameters);
		if (row == NULL)
			return;
	}
	if (row != NULL) {
		out->sig_name = row->name;
		out->sig_strength = row->strength;
		return;
	}
	out->sig_name = oid_text(reader->arena, oid);
	if (out->sig_name == NULL)
		reader->nomem = true;
}
