/* SPDX-License-Identifier: ISC */
/*
 * The facts of one certificate, read out of its DER as the ASN.1 module of
 * RFC 5280 says.  What is wrong is noted and the rest is read on.
 *
 * `malformed` is for what RFC 5280 forbids and a browser or OpenSSL refuses.
 * What is merely sloppy and works everywhere (a negative, zero or long
 * serial number, GeneralizedTime before 2050, an empty subjectAltName, an
 * extension with unusual criticality, a default value written out) is not.
 */
#include "pki/cert_private.h"
#include "pki/name.h"
#include "pki/oid.h"
#include "pki/ossl.h"

void
cert_bad(struct cert_reader *reader, const char *why)
{
	if (!reader->out->malformed)
		reader->out->malformed_why = why;
	reader->out->malformed = true;
}

void *
cert_mem(struct cert_reader *reader, void *p)
{
	if (p == NULL)
		reader->nomem = true;
	return p;
}

bool
cert_integer_valid(struct bytes value)
{
	const uint8_t *p = value.data;

	if (value.len < 2)
		return value.len == 1;
	return !(p[0] == 0 && p[1] < 0x80) && !(p[0] == 0xff && p[1] >= 0x80);
}

int
cert_integer_small(struct bytes value)
{
	int64_t v = 0;
	size_t i;

	if (!cert_integer_valid(value) || value.data[0] >= 0x80 ||
	    value.len > 5)
		return -1;
	for (i = 0; i < value.len; i++)
		v = v << 8 | value.data[i];
	return v > INT32_MAX ? -1 : (int)v;
}

int
cert_algorithm_read(struct bytes alg, struct bytes *oid,
    struct bytes *parameters)
{
	struct der der = der_in(alg);
	struct tlv tlv;

	if (der_expect(&der, TAG_OID, &tlv) == -1 || !oid_valid(tlv.value))
		return -1;
	*oid = tlv.value;
	*parameters = der.rest;
	if (der.rest.len > 0 && der_next(&der, &tlv) != 1)
		return -1;
	return der.rest.len == 0 ? 0 : -1;
}

/* Version ::= INTEGER { v1(0), v2(1), v3(2) }, [0] EXPLICIT DEFAULT v1 */
static void
version_read(struct cert_reader *reader, struct der *tbs)
{
	struct der der;
	struct tlv tlv;
	int v;

	reader->out->version = 1;
	if (der_expect(tbs, TAG_CONTEXT_CONS(0), &tlv) == -1)
		return;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_INTEGER, &tlv) == -1 || der.rest.len > 0) {
		cert_bad(reader, "the version cannot be read");
		return;
	}
	v = cert_integer_small(tlv.value);
	if (v == -1 || v > 2)
		cert_bad(reader, "the version is unknown");
	reader->out->version = v == -1 || v == INT32_MAX ? 0 : v + 1;
}

static void
serial_read(struct cert_reader *reader, const struct tlv *tlv)
{
	reader->out->serial = tlv->value;
	if (!cert_integer_valid(tlv->value))
		cert_bad(reader, "the serial number is no valid INTEGER");
}

static void
signature_read(struct cert_reader *reader, const struct tlv *tlv)
{
	reader->signature = tlv->whole;
	cert_sig_read(reader, tlv->value);
}

static void
issuer_read(struct cert_reader *reader, const struct tlv *tlv)
{
	struct cert_facts *out = reader->out;

	out->issuer_der = tlv->whole;
	if (!name_valid(tlv->whole))
		cert_bad(reader, "the issuer's name cannot be read");
	out->issuer = name_oneline(reader->arena, tlv->whole);
	out->issuer_name = name_common(reader->arena, tlv->whole, true);
	if (out->issuer.data == NULL || out->issuer_name.data == NULL)
		reader->nomem = true;
}

static void
subject_read(struct cert_reader *reader, const struct tlv *tlv)
{
	struct cert_facts *out = reader->out;

	out->subject_der = tlv->whole;
	if (!name_valid(tlv->whole))
		cert_bad(reader, "the subject's name cannot be read");
	out->subject = name_oneline(reader->arena, tlv->whole);
	out->common_name = name_common(reader->arena, tlv->whole, false);
	if (out->subject.data == NULL || out->common_name.data == NULL)
		reader->nomem = true;
}

/*
 * One end of the validity.  A form that RFC 5280 forbids but that can only
 * mean one instant counts as that instant, and as malformed.
 */
static bool
time_read(struct cert_reader *reader, struct der *der, const char *why,
    int64_t *out)
{
	struct tlv tlv;

	if (der_next(der, &tlv) != 1) {
		cert_bad(reader, why);
		return false;
	}
	if (cert_time_parse(tlv.tag, tlv.value, 0, out) == 0)
		return true;
	cert_bad(reader, why);
	return cert_time_parse(tlv.tag, tlv.value, 1, out) == 0;
}

static void
validity_read(struct cert_reader *reader, const struct tlv *tlv)
{
	struct cert_facts *out = reader->out;
	struct der der = der_in(tlv->value);

	out->has_not_before = time_read(reader, &der,
	    "notBefore is not in the form of RFC 5280", &out->not_before);
	out->has_not_after = time_read(reader, &der,
	    "notAfter is not in the form of RFC 5280", &out->not_after);
	if (der.rest.len > 0)
		cert_bad(reader, "data after notAfter");
}

static void
spki_read(struct cert_reader *reader, const struct tlv *tlv)
{
	reader->out->spki_der = tlv->whole;
	cert_key_read(reader, tlv->value);
}

/* The fields of TBSCertificate between version and unique identifiers. */
static const struct field {
	uint8_t tag;
	const char *why;
	void (*read)(struct cert_reader *, const struct tlv *);
} fields[] = {
	{ TAG_INTEGER, "the serial number is no INTEGER", serial_read },
	{ TAG_SEQUENCE, "the signature algorithm cannot be read",
	    signature_read },
	{ TAG_SEQUENCE, "the issuer's name cannot be read", issuer_read },
	{ TAG_SEQUENCE, "the validity cannot be read", validity_read },
	{ TAG_SEQUENCE, "the subject's name cannot be read", subject_read },
	{ TAG_SEQUENCE, "the public key cannot be read", spki_read },
};

/* issuerUniqueID [1], subjectUniqueID [2] and extensions [3], each once at
 * most and in this order. */
static void
tail_read(struct cert_reader *reader, struct der *der)
{
	struct tlv tlv;

	if (der_expect(der, TAG_CONTEXT(1), &tlv) == 0 &&
	    reader->out->version < 2)
		cert_bad(reader, "version 1 has no unique identifiers");
	if (der_expect(der, TAG_CONTEXT(2), &tlv) == 0 &&
	    reader->out->version < 2)
		cert_bad(reader, "version 1 has no unique identifiers");
	if (der_expect(der, TAG_CONTEXT_CONS(3), &tlv) == 0) {
		if (reader->out->version < 3)
			cert_bad(reader, "only version 3 has extensions");
		cert_ext_read(reader, tlv.value);
	}
	if (der->rest.len > 0)
		cert_bad(reader, "unknown data in the signed part");
}

static void
tbs_read(struct cert_reader *reader, struct bytes tbs)
{
	size_t i, n = sizeof(fields) / sizeof(fields[0]);
	struct der der = der_in(tbs);
	struct tlv tlv;

	version_read(reader, &der);
	for (i = 0; i < n; i++) {
		if (der_next(&der, &tlv) != 1) {
			cert_bad(reader, fields[i].why);
			return;
		}
		if (tlv.tag == fields[i].tag)
			fields[i].read(reader, &tlv);
		else
			cert_bad(reader, fields[i].why);
	}
	tail_read(reader, &der);
}

/*
 * signatureAlgorithm and signatureValue.  RFC 5280 4.1.1.2: the algorithm is
 * written twice and must be the same; this one is what verifiers use.
 */
static void
outer_read(struct cert_reader *reader, struct der *der, struct bytes inner)
{
	struct tlv outer, value;

	if (der_expect(der, TAG_SEQUENCE, &outer) == -1) {
		cert_bad(reader, "the signature algorithm cannot be read");
		return;
	}
	if (inner.len > 0 && !bytes_eq(outer.whole, inner))
		cert_bad(reader, "inner and outer signature algorithm differ");
	cert_sig_read(reader, outer.value);
	if (der_expect(der, TAG_BIT_STRING, &value) == -1 ||
	    value.value.len == 0 || value.value.data[0] > 7 ||
	    der->rest.len > 0)
		cert_bad(reader, "the signature cannot be read");
}

static void
certificate_read(struct cert_reader *reader, struct bytes in)
{
	struct der der = der_in(in);
	struct tlv cert, tbs;

	if (der_expect(&der, TAG_SEQUENCE, &cert) == -1) {
		cert_bad(reader, "it is no DER SEQUENCE");
		return;
	}
	reader->out->der = cert.whole;
	if (der.rest.len > 0)
		cert_bad(reader, "data after the certificate");
	der = der_in(cert.value);
	if (der_expect(&der, TAG_SEQUENCE, &tbs) == -1) {
		cert_bad(reader, "the signed part cannot be read");
		return;
	}
	tbs_read(reader, tbs.value);
	outer_read(reader, &der, reader->signature);
}

static int
digests_compute(struct cert_facts *out, struct err *err)
{
	if (ossl_sha256(out->der, out->sha256) == -1 ||
	    ossl_sha1(out->der, out->sha1) == -1 ||
	    (out->spki_der.len > 0 &&
	    ossl_sha256(out->spki_der, out->spki_sha256) == -1))
		return ossl_error(err, ERR_INTERNAL, "digest");
	return 0;
}

int
cert_facts_read(struct arena *arena, struct bytes der,
    struct cert_facts *out, struct err *err)
{
	struct cert_reader reader = { .arena = arena, .out = out };

	memset(out, 0, sizeof(*out));
	out->der = der;
	out->pathlen = PATHLEN_NONE;
	out->sig_strength = SIG_UNKNOWN;
	certificate_read(&reader, der);
	if (reader.nomem)
		return err_nomem(err);
	if (out->sig_name == NULL)
		out->sig_name = "unknown";
	out->self_issued = out->subject_der.len > 0 &&
	    name_equal(out->subject_der, out->issuer_der);
	return digests_compute(out, err);
}
