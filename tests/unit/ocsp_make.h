/* SPDX-License-Identifier: ISC */
/*
 * Makes CAs, responders and OCSP answers for tests.  Keys, certificates and
 * signatures are libcrypto's; the answer itself is written here octet by
 * octet, so that it can be wrong in any way.
 */
#ifndef TESTS_UNIT_OCSP_MAKE_H
#define TESTS_UNIT_OCSP_MAKE_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "der_make.h"
#include "model/revocation.h"
#include "tap.h"

#define NOW INT64_C(1800000000)
#define DAY INT64_C(86400)
#define SERIAL 0x1234567
#define OID_OCSP "\x2b\x06\x01\x05\x05\x07\x30\x01"

struct made {
	EVP_PKEY *key;
	X509 *cert;
	uint8_t *data;
	struct bytes der;
};

struct cert_spec {
	const char *cn;
	EVP_PKEY *key;
	const struct made *issuer;	/* NULL: itself */
	EVP_PKEY *sign;			/* instead of the issuer's key */
	const char *bc, *ku, *eku, *nocheck, *extra;	/* openssl.cnf values */
	const EVP_MD *md;		/* NULL: SHA-256 */
	long serial;
	int64_t not_before, not_after;	/* 0: a year around NOW */
};

static inline void
make_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext;

	if (value == NULL)
		return;
	ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	if (ext == NULL || X509_add_ext(cert, ext, -1) != 1)
		bail("extension %s", value);
	X509_EXTENSION_free(ext);
}

static inline void
make_extensions(X509 *cert, const struct cert_spec *spec)
{
	make_extension(cert, NID_basic_constraints, spec->bc);
	make_extension(cert, NID_key_usage, spec->ku);
	make_extension(cert, NID_ext_key_usage, spec->eku);
	make_extension(cert, NID_id_pkix_OCSP_noCheck, spec->nocheck);
	make_extension(cert, NID_netscape_comment, spec->extra);
}

static inline struct made
make_cert(const struct cert_spec *spec)
{
	struct made made = { .key = spec->key, .cert = X509_new() };
	X509_NAME *name = X509_NAME_new();
	EVP_PKEY *sign = spec->sign != NULL ? spec->sign :
	    spec->issuer != NULL ? spec->issuer->key : spec->key;

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)spec->cn, -1, -1, 0);
	X509_set_version(made.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(made.cert),
	    spec->serial != 0 ? spec->serial : 1);
	X509_set_subject_name(made.cert, name);
	X509_set_issuer_name(made.cert, spec->issuer == NULL ? name :
	    X509_get_subject_name(spec->issuer->cert));
	ASN1_TIME_set(X509_getm_notBefore(made.cert), spec->not_before != 0 ?
	    spec->not_before : NOW - 180 * DAY);
	ASN1_TIME_set(X509_getm_notAfter(made.cert), spec->not_after != 0 ?
	    spec->not_after : NOW + 180 * DAY);
	X509_set_pubkey(made.cert, spec->key);
	make_extensions(made.cert, spec);
	if (X509_sign(made.cert, sign, EVP_PKEY_get_id(sign) ==
	    EVP_PKEY_ED25519 ? NULL : spec->md != NULL ? spec->md :
	    EVP_sha256()) <= 0)
		bail("%s: cannot be signed", spec->cn);
	made.der.len = (size_t)i2d_X509(made.cert, &made.data);
	made.der.data = made.data;
	X509_NAME_free(name);
	return made;
}

static inline void
made_release(struct made *made)
{
	X509_free(made->cert);
	OPENSSL_free(made->data);
}

/* One SingleResponse. */
struct entry {
	const EVP_MD *hash;
	const struct made *cert, *issuer;	/* what its CertID is of */
	enum rev_outcome status;
	int reason;			/* -1: none */
	int64_t revoked_at, this_update, next_update;	/* 0: absent */
	struct bytes extensions;	/* Extension TLVs */
	bool no_parameters;		/* of the hash */
};

#define ENTRIES_MAX 4

struct answer {
	struct entry entries[ENTRIES_MAX];
	size_t n_entries;
	uint8_t status;			/* responseStatus */
	bool no_bytes;
	const char *type;		/* last octets of the type OID */
	const struct made *named;	/* by ResponderID */
	bool by_key;
	EVP_PKEY *key;
	const EVP_MD *md;
	const struct made *certs[3];
	int64_t produced_at;
	struct bytes extensions;	/* Extension TLVs */
	int version;			/* -1: absent */
	const char *zone;		/* behind the seconds: "Z" */
	const char *trailing;
	bool tamper;			/* with one octet of the signature */
};

static inline struct bytes
key_bits(const X509 *cert)
{
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(cert);

	return bytes_of(ASN1_STRING_get0_data(bits),
	    (size_t)ASN1_STRING_length(bits));
}

static inline void
add_hash(struct buf *b, const EVP_MD *md, struct bytes in)
{
	uint8_t value[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	EVP_Digest(in.data, in.len, value, &len, md, NULL);
	der_add(b, 0x04, value, len);
}

static inline void
add_time(struct buf *b, int64_t at, const char *zone)
{
	struct civil c;
	char text[40];

	clock_to_civil(at, &c);
	snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02d%s",
	    (int)c.year, c.month, c.day, c.hour, c.minute, c.second, zone);
	der_add(b, 0x18, text, strlen(text));
}

static inline void
add_id(struct buf *b, const struct entry *entry)
{
	const ASN1_OBJECT *oid = OBJ_nid2obj(EVP_MD_get_type(entry->hash));
	size_t from = b->len;
	uint8_t *data = NULL;
	const X509_NAME *name;
	int len;

	der_add(b, 0x06, OBJ_get0_data(oid), OBJ_length(oid));
	if (!entry->no_parameters)
		der_add(b, 0x05, NULL, 0);
	der_wrap(b, from, 0x30);
	name = X509_get_subject_name(entry->issuer->cert);
	len = i2d_X509_NAME(name, &data);
	add_hash(b, entry->hash, bytes_of(data, (size_t)len));
	OPENSSL_free(data);
	add_hash(b, entry->hash, key_bits(entry->issuer->cert));
	data = NULL;
	len = i2d_ASN1_INTEGER(X509_get0_serialNumber(entry->cert->cert),
	    &data);
	buf_add(b, data, (size_t)len);
	OPENSSL_free(data);
	der_wrap(b, from, 0x30);
}

static inline void
add_status(struct buf *b, const struct entry *entry, const char *zone)
{
	size_t from = b->len, reason;
	uint8_t code = (uint8_t)entry->reason;

	if (entry->status != REV_REVOKED) {
		der_add(b, entry->status == REV_GOOD ? 0x80 : 0x82, NULL, 0);
		return;
	}
	add_time(b, entry->revoked_at, zone);
	reason = b->len;
	if (entry->reason >= 0) {
		der_add(b, 0x0a, &code, 1);
		der_wrap(b, reason, 0xa0);
	}
	der_wrap(b, from, 0xa1);
}

static inline void
add_extensions(struct buf *b, struct bytes list)
{
	size_t from = b->len;

	if (list.len == 0)
		return;
	der_add_bytes(b, 0x30, list);
	der_wrap(b, from, 0xa1);
}

static inline void
add_entry(struct buf *b, const struct entry *entry, const char *zone)
{
	size_t from = b->len, next;

	add_id(b, entry);
	add_status(b, entry, zone);
	add_time(b, entry->this_update, zone);
	next = b->len;
	if (entry->next_update != 0) {
		add_time(b, entry->next_update, zone);
		der_wrap(b, next, 0xa0);
	}
	add_extensions(b, entry->extensions);
	der_wrap(b, from, 0x30);
}

static inline void
add_responder(struct buf *b, const struct answer *answer)
{
	size_t from = b->len;
	uint8_t *data = NULL;
	int len;

	if (answer->by_key) {
		add_hash(b, EVP_sha1(), key_bits(answer->named->cert));
		der_wrap(b, from, 0xa2);
		return;
	}
	len = i2d_X509_NAME(X509_get_subject_name(answer->named->cert),
	    &data);
	buf_add(b, data, (size_t)len);
	OPENSSL_free(data);
	der_wrap(b, from, 0xa1);
}

static inline void
add_data(struct buf *b, const struct answer *answer)
{
	uint8_t version = (uint8_t)answer->version;
	size_t from = b->len, list, i;

	if (answer->version >= 0) {
		der_add(b, 0x02, &version, 1);
		der_wrap(b, from, 0xa0);
	}
	add_responder(b, answer);
	add_time(b, answer->produced_at, answer->zone);
	list = b->len;
	for (i = 0; i < answer->n_entries; i++)
		add_entry(b, &answer->entries[i], answer->zone);
	der_wrap(b, list, 0x30);
	add_extensions(b, answer->extensions);
	der_wrap(b, from, 0x30);
}

/* algorithm and signature of all since `from` */
static inline void
add_signature(struct buf *b, size_t from, const struct answer *answer)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	X509_ALGOR *algor = X509_ALGOR_new();
	uint8_t sig[1024], *data = NULL;
	size_t len = sizeof(sig), bits;
	int n, nid;

	if (EVP_DigestSignInit(ctx, NULL, answer->md, NULL,
	    answer->key) != 1 || EVP_DigestSign(ctx, sig, &len,
	    (const unsigned char *)b->data + from, b->len - from) != 1)
		bail("the answer cannot be signed");
	if (answer->md == NULL)
		nid = EVP_PKEY_get_id(answer->key);
	else
		OBJ_find_sigid_by_algs(&nid, EVP_MD_get_type(answer->md),
		    EVP_PKEY_get_id(answer->key));
	X509_ALGOR_set0(algor, OBJ_nid2obj(nid), EVP_PKEY_get_id(
	    answer->key) == EVP_PKEY_RSA ? V_ASN1_NULL : V_ASN1_UNDEF, NULL);
	n = i2d_X509_ALGOR(algor, &data);
	buf_add(b, data, (size_t)n);
	if (answer->tamper)
		sig[len - 1] ^= 1;
	bits = b->len;
	buf_char(b, 0);
	buf_add(b, sig, len);
	der_wrap(b, bits, 0x03);
	OPENSSL_free(data);
	X509_ALGOR_free(algor);
	EVP_MD_CTX_free(ctx);
}

static inline void
add_certs(struct buf *b, const struct answer *answer)
{
	size_t from = b->len, i;

	if (answer->certs[0] == NULL)
		return;
	for (i = 0; i < 3 && answer->certs[i] != NULL; i++)
		buf_add(b, answer->certs[i]->der.data,
		    answer->certs[i]->der.len);
	der_wrap(b, from, 0x30);
	der_wrap(b, from, 0xa0);
}

/* OCSPResponse */
static inline struct bytes
make_answer(struct buf *b, const struct answer *answer)
{
	size_t bytes, octets;

	buf_reset(b);
	der_add(b, 0x0a, &answer->status, 1);
	bytes = b->len;
	if (!answer->no_bytes) {
		buf_add(b, "\x06\x09" OID_OCSP, 10);
		buf_str(b, answer->type);
		octets = b->len;
		add_data(b, answer);
		add_signature(b, octets, answer);
		add_certs(b, answer);
		der_wrap(b, octets, 0x30);
		der_wrap(b, octets, 0x04);
		der_wrap(b, bytes, 0x30);
		der_wrap(b, bytes, 0xa0);
	}
	der_wrap(b, 0, 0x30);
	buf_str(b, answer->trailing);
	return buf_bytes(b);
}

#endif
