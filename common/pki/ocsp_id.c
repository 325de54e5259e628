/* SPDX-License-Identifier: ISC */
/*
 * CertID (RFC 6960 4.1.1, RFC 9919 3.1.1): the certificate that an answer is
 * about, by hashes of its issuer's name and key and by its serial number.
 */
#include <openssl/evp.h>

#include "pki/name.h"
#include "pki/ocsp_private.h"
#include "pki/ossl.h"

#define N_HASHES 4
#define NIST_HASH "\x60\x86\x48\x01\x65\x03\x04\x02"

static int
sha1(struct bytes in, uint8_t *out)
{
	return ossl_sha1(in, out);
}

static int
sha256(struct bytes in, uint8_t *out)
{
	return ossl_sha256(in, out);
}

static int
sha384(struct bytes in, uint8_t *out)
{
	return EVP_Digest(in.data, in.len, out, NULL, EVP_sha384(), NULL) ==
	    1 ? 0 : -1;
}

static int
sha512(struct bytes in, uint8_t *out)
{
	return EVP_Digest(in.data, in.len, out, NULL, EVP_sha512(), NULL) ==
	    1 ? 0 : -1;
}

/* The first two in the order of enum ocsp_hash. */
static const struct hash_row {
	const char *oid;
	size_t oid_len, len;
	int (*compute)(struct bytes, uint8_t *);
} hashes[N_HASHES] = {
	[OCSP_SHA256] = { NIST_HASH "\x01", 9, 32, sha256 },
	[OCSP_SHA1] = { "\x2b\x0e\x03\x02\x1a", 5, 20, sha1 },
	{ NIST_HASH "\x02", 9, 48, sha384 },
	{ NIST_HASH "\x03", 9, 64, sha512 },
};

/* SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING } */
struct bytes
ocsp_id_key_bits(struct bytes spki)
{
	struct der der = der_in(spki);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return bytes_of(NULL, 0);
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0 ||
	    der_expect(&der, TAG_BIT_STRING, &tlv) != 0 ||
	    tlv.value.len < 2 || tlv.value.data[0] != 0)
		return bytes_of(NULL, 0);
	return bytes_of(tlv.value.data + 1, tlv.value.len - 1);
}

int
ocsp_id_subject(const struct ocsp_query *query, struct ocsp_subject *out,
    struct err *err)
{
	struct der_cert cert, issuer;

	if (der_cert_scan(query->cert, &cert) != 0)
		return err_set(err, ERR_SYNTAX,
		    "the certificate cannot be read");
	if (der_cert_scan(query->issuer, &issuer) != 0)
		return err_set(err, ERR_SYNTAX,
		    "the issuer's certificate cannot be read");
	if (!name_equal(cert.issuer, issuer.subject))
		return err_set(err, ERR_SYNTAX, "the CA certificate at hand "
		    "is not the one of the certificate's issuer");
	memset(out->hashed, 0, sizeof(out->hashed));
	out->serial = cert.serial;
	out->names[0] = cert.issuer;
	out->names[1] = issuer.subject;
	out->key = ocsp_id_key_bits(issuer.spki);
	return out->key.len > 0 ? 0 : err_set(err, ERR_SYNTAX,
	    "the issuer's key cannot be read");
}

static int
hash_all(struct ocsp_subject *subject, size_t i)
{
	size_t n;

	if (subject->hashed[i])
		return 0;
	for (n = 0; n < 2; n++)
		if (hashes[i].compute(subject->names[n],
		    subject->name_hashes[i][n]) != 0)
			return -1;
	if (hashes[i].compute(subject->key, subject->key_hashes[i]) != 0)
		return -1;
	subject->hashed[i] = true;
	return 0;
}

/* AlgorithmIdentifier with NULL or no parameters: its row, or N_HASHES. */
static size_t
hash_find(struct bytes algorithm)
{
	struct der der = der_in(algorithm);
	struct tlv tlv;
	size_t i;

	if (der_expect(&der, TAG_OID, &tlv) != 0)
		return N_HASHES;
	if (der.rest.len > 0 &&
	    !bytes_eq(der.rest, bytes_of("\x05\x00", 2)))
		return N_HASHES;
	for (i = 0; i < N_HASHES; i++)
		if (bytes_eq(tlv.value, bytes_of(hashes[i].oid,
		    hashes[i].oid_len)))
			break;
	return i;
}

bool
ocsp_id_matches(struct ocsp_subject *subject, const struct ocsp_single *single,
    bool *is_sha1)
{
	size_t i, len;

	/* First what costs nothing: an answer may be about thousands. */
	if (!bytes_eq(subject->serial, single->serial))
		return false;
	i = hash_find(single->hash);
	if (i == N_HASHES || hash_all(subject, i) != 0)
		return false;
	len = hashes[i].len;
	*is_sha1 = i == OCSP_SHA1;
	if (!bytes_eq(single->key_hash, bytes_of(subject->key_hashes[i],
	    len)))
		return false;
	return bytes_eq(single->name_hash,
	    bytes_of(subject->name_hashes[i][0], len)) ||
	    bytes_eq(single->name_hash,
	    bytes_of(subject->name_hashes[i][1], len));
}

int
ocsp_id_hashes(struct ocsp_subject *subject, enum ocsp_hash hash,
    struct ocsp_id_hash *out)
{
	if (hash_all(subject, hash) != 0)
		return -1;
	out->oid = bytes_of(hashes[hash].oid, hashes[hash].oid_len);
	out->len = hashes[hash].len;
	out->name = subject->name_hashes[hash][0];
	out->key = subject->key_hashes[hash];
	return 0;
}
