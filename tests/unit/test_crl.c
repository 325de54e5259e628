/* SPDX-License-Identifier: ISC */
/*
 * The streaming CRL reader on CRLs that OpenSSL makes here: what is listed,
 * in whatever portions the octets arrive, and what does not verify.
 */
#include "pki/crl.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define NOW 1800000000

struct ca {
	EVP_PKEY *key;
	X509 *cert;
	uint8_t *der;
	struct bytes bytes;
};

static void
ca_init(struct ca *ca, EVP_PKEY *key, const char *cn)
{
	X509_NAME *name = X509_NAME_new();

	ca->key = key;
	ca->cert = X509_new();
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)cn, -1, -1, 0);
	X509_set_version(ca->cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(ca->cert), 1);
	X509_set_subject_name(ca->cert, name);
	X509_set_issuer_name(ca->cert, name);
	ASN1_TIME_set(X509_getm_notBefore(ca->cert), NOW - 1000);
	ASN1_TIME_set(X509_getm_notAfter(ca->cert), NOW + 1000);
	X509_set_pubkey(ca->cert, key);
	X509_sign(ca->cert, key, EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 ?
	    NULL : EVP_sha256());
	ca->der = NULL;
	ca->bytes.len = (size_t)i2d_X509(ca->cert, &ca->der);
	ca->bytes.data = ca->der;
	X509_NAME_free(name);
}

static void
ca_release(struct ca *ca)
{
	EVP_PKEY_free(ca->key);
	X509_free(ca->cert);
	OPENSSL_free(ca->der);
}

static void
revoke(X509_CRL *crl, long serial, int reason)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	ASN1_ENUMERATED *code = ASN1_ENUMERATED_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, NOW - 500);

	ASN1_INTEGER_set(number, serial);
	X509_REVOKED_set_serialNumber(entry, number);
	X509_REVOKED_set_revocationDate(entry, at);
	if (reason >= 0) {
		ASN1_ENUMERATED_set(code, reason);
		X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, code, 0, 0);
	}
	X509_CRL_add0_revoked(crl, entry);
	ASN1_INTEGER_free(number);
	ASN1_ENUMERATED_free(code);
	ASN1_TIME_free(at);
}

/* serials first .. first + count - 1, each with the reason serial % 6 or
 * none. */
static struct bytes
make_crl(const struct ca *ca, long first, long count, uint8_t **der)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, NOW - 100);
	long i;
	int len;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->cert));
	X509_CRL_set1_lastUpdate(crl, at);
	ASN1_TIME_set(at, NOW + 86400);
	X509_CRL_set1_nextUpdate(crl, at);
	for (i = first; i < first + count; i++)
		revoke(crl, i, i % 7 == 0 ? -1 : (int)(i % 6));
	ASN1_INTEGER_set(number, 77);
	X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0);
	X509_CRL_sign(crl, ca->key, EVP_PKEY_get_id(ca->key) ==
	    EVP_PKEY_ED25519 ? NULL : EVP_sha256());
	*der = NULL;
	len = i2d_X509_CRL(crl, der);
	X509_CRL_free(crl);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(at);
	return bytes_of(*der, (size_t)len);
}

struct reading {
	struct arena *arena;
	struct crl_reader *reader;
	const struct crl_facts *facts;
	struct err err;
	int rc;
};

/* Presents the octets in portions of `step` behind what was left over. */
static void
read_crl(struct reading *r, struct bytes der, size_t step,
    struct crl_query *queries, size_t n)
{
	size_t have = 0, from = 0, used;

	memset(r, 0, sizeof(*r));
	r->arena = arena_new();
	r->reader = crl_new(r->arena, queries, n, &r->err);
	while (r->rc == 0 && have < der.len) {
		have = have + step < der.len ? have + step : der.len;
		r->rc = crl_feed(r->reader, bytes_of(der.data + from,
		    have - from), &used, &r->err);
		if (r->rc == 0)
			from += used;
	}
	if (r->rc == 0)
		r->rc = crl_finish(r->reader, &r->facts, &r->err);
}

static void
reading_release(struct reading *r)
{
	crl_free(r->reader);
	arena_free(r->arena);
}

static struct crl_query
query(const uint8_t *serial, size_t len)
{
	return (struct crl_query){ .serial = bytes_of(serial, len) };
}

static void
test_portions(const struct ca *ca)
{
	static const size_t steps[] = { 1, 7, 64, 1000, 1 << 20 };
	static const uint8_t there[] = { 0x03, 0xe8 }, absent[] = { 0x63 },
	    padded[] = { 0x00, 0x03, 0xe8 };
	struct crl_query q[3];
	struct reading r;
	struct bytes der;
	uint8_t *data;
	size_t i;

	der = make_crl(ca, 100, 2000, &data);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		q[0] = query(there, sizeof(there));
		q[1] = query(absent, sizeof(absent));
		q[2] = query(padded, sizeof(padded));
		read_crl(&r, der, steps[i], q, 3);
		is_int(r.rc, 0, "portions of %zu", steps[i]);
		is_uint(r.facts->entries, 2000, "entries");
		is_uint(r.facts->size, der.len, "octets");
		ok(q[0].listed && q[0].reason == 1000 % 6, "1000 is listed");
		is_int(q[0].date, NOW - 500, "since when");
		ok(!q[1].listed, "99 is not");
		ok(!q[2].listed, "a padded serial is another serial");
		is_int(r.facts->this_update, NOW - 100, "thisUpdate");
		is_int(r.facts->next_update, NOW + 86400, "nextUpdate");
		ok(r.facts->number.len == 1 && r.facts->number.data[0] == 77,
		    "number");
		is_int(crl_verify(r.reader, ca->bytes, der, &r.err), 0,
		    "its signature verifies");
		is_int(crl_verify(r.reader, ca->bytes, der, &r.err), 0,
		    "and may be asked for again");
		reading_release(&r);
	}
	OPENSSL_free(data);
}

/* A Name of one RDN with so many attributes. */
static struct bytes
crowded_name(uint8_t *out, size_t attrs)
{
	static const uint8_t attr[] = { 0x30, 0x08, 0x06, 0x03, 0x55, 0x04,
		0x03, 0x0c, 0x01, 'A' };
	size_t i;

	out[0] = 0x30;
	out[1] = (uint8_t)(attrs * sizeof(attr) + 2);
	out[2] = 0x31;
	out[3] = (uint8_t)(attrs * sizeof(attr));
	for (i = 0; i < attrs; i++) {
		memcpy(out + 4 + i * sizeof(attr), attr, sizeof(attr));
		out[4 + i * sizeof(attr) + 9] = (uint8_t)('A' + i);
	}
	return bytes_of(out, 4 + attrs * sizeof(attr));
}

/* Names that take long to compare are not compared; and a list that asks for
 * it says nothing. */
static void
test_costly(const struct ca *ca)
{
	static const uint8_t there[] = { 0x03, 0xe8 }, absent[] = { 0x63 };
	static const struct {
		size_t attrs;
		struct bytes serial;
		int rc;
	} rows[] = {
		{ 8, { there, 2 }, 0 }, { 9, { there, 2 }, -1 },
		{ 9, { absent, 1 }, 0 },
	};
	struct crl_query q;
	struct reading r;
	struct bytes der;
	uint8_t *data, name[128];
	size_t i;

	der = make_crl(ca, 100, 2000, &data);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		q = query(rows[i].serial.data, rows[i].serial.len);
		q.issuer = crowded_name(name, rows[i].attrs);
		read_crl(&r, der, 1000, &q, 1);
		is_int(r.rc, rows[i].rc, "%zu attributes in an RDN",
		    rows[i].attrs);
		ok(!q.listed, "another issuer's");
		reading_release(&r);
	}
	OPENSSL_free(data);
}

static void
test_other_key(const struct ca *ca, const struct ca *other)
{
	struct reading r;
	struct bytes der;
	uint8_t *data;

	der = make_crl(ca, 1, 3, &data);
	read_crl(&r, der, der.len, NULL, 0);
	is_int(crl_verify(r.reader, other->bytes, der, &r.err), -1,
	    "another CA's key does not verify it");
	reading_release(&r);
	OPENSSL_free(data);
}

/* Whatever octet is changed: malformed or not verified, never both fine. */
static void
test_tampering(const struct ca *ca)
{
	struct reading r;
	struct bytes der;
	uint8_t *data;
	size_t i, accepted = 0, parsed = 0;

	der = make_crl(ca, 1, 3, &data);
	for (i = 0; i < der.len; i++) {
		data[i] ^= 0x01;
		read_crl(&r, der, 50, NULL, 0);
		parsed += r.rc == 0;
		accepted += r.rc == 0 &&
		    crl_verify(r.reader, ca->bytes, der, &r.err) == 0;
		reading_release(&r);
		data[i] ^= 0x01;
	}
	is_uint(accepted, 0, "no changed list is accepted, %zu were read",
	    parsed);
	for (i = 0; i < der.len; i++) {
		read_crl(&r, bytes_of(der.data, i), 50, NULL, 0);
		accepted += r.rc == 0;
		reading_release(&r);
	}
	is_uint(accepted, 0, "no list that is cut off is accepted");
	data = OPENSSL_realloc(data, der.len + 1);
	data[der.len] = 0;
	read_crl(&r, bytes_of(data, der.len + 1), 50, NULL, 0);
	is_int(r.rc, -1, "nor one with something behind it");
	reading_release(&r);
	OPENSSL_free(data);
}

static void
test_kinds(void)
{
	struct ca cas[4];
	struct reading r;
	struct bytes der;
	uint8_t *data;
	size_t i;

	ca_init(&cas[0], EVP_RSA_gen(2048), "RSA");
	ca_init(&cas[1], EVP_EC_gen("P-384"), "P-384");
	ca_init(&cas[2], EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "Ed");
	ca_init(&cas[3], EVP_EC_gen("P-256"), "P-256");
	for (i = 0; i < 4; i++) {
		der = make_crl(&cas[i], 1, 5, &data);
		read_crl(&r, der, 100, NULL, 0);
		is_int(crl_verify(r.reader, cas[i].bytes, der, &r.err), 0,
		    "kind of key %zu", i);
		is_int(crl_verify(r.reader, cas[(i + 1) % 4].bytes, der,
		    &r.err), -1, "a key of another kind");
		if (i == 2)
			is_int(crl_verify(r.reader, cas[i].bytes,
			    bytes_of(NULL, 0), &r.err), -1,
			    "Ed25519 without the message");
		reading_release(&r);
		OPENSSL_free(data);
	}
	test_portions(&cas[0]);
	test_portions(&cas[3]);
	test_costly(&cas[3]);
	test_other_key(&cas[0], &cas[3]);
	test_tampering(&cas[3]);
	for (i = 0; i < 4; i++)
		ca_release(&cas[i]);
}

static void
test_empty(void)
{
	struct ca ca;
	struct reading r;
	struct bytes der;
	uint8_t *data;

	ca_init(&ca, EVP_EC_gen("P-256"), "Empty");
	der = make_crl(&ca, 1, 0, &data);
	read_crl(&r, der, 10, NULL, 0);
	is_int(r.rc, 0, "a list without entries");
	is_uint(r.facts->entries, 0, "has none");
	is_int(crl_verify(r.reader, ca.bytes, der, &r.err), 0, "verifies");
	reading_release(&r);
	OPENSSL_free(data);
	ca_release(&ca);
}

int
main(void)
{
	test_kinds();
	test_empty();
	return tap_done();
}
