/* SPDX-License-Identifier: ISC */
/*
 * Certificates, read by our DER walker and by OpenSSL: of one that is well
 * formed for us and that OpenSSL decodes, the facts that verdicts are made
 * of are the same.  tests/unit/test_cert_corpora does it for more facts and
 * for the known differences.
 */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/arena.h"
#include "base/clock.h"
#include "pki/cert.h"
#include "pki/der_scan.h"
#include "fuzz.h"

static void
same_time(const ASN1_TIME *theirs, bool has, int64_t ours)
{
	struct civil civil;
	struct tm tm;
	int64_t at;

	if (!has || ASN1_TIME_to_tm(theirs, &tm) != 1)
		return;		/* one of us has a stricter grammar */
	civil = (struct civil){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec };
	must(clock_from_civil(&civil, &at) != 0 || at == ours);
}

static void
same_name(const X509_NAME *theirs, struct bytes ours)
{
	const unsigned char *der;
	size_t len;

	if (X509_NAME_get0_der(theirs, &der, &len) == 1)
		must(bytes_eq(ours, bytes_of(der, len)));
}

static void
same_serial(X509 *x, struct bytes ours)
{
	uint8_t *der = NULL;
	int len = i2d_ASN1_INTEGER(X509_get_serialNumber(x), &der);
	struct der walk = der_in(bytes_of(der, len > 0 ? (size_t)len : 0));
	struct tlv tlv;

	must(der_next(&walk, &tlv) == 1 && bytes_eq(tlv.value, ours));
	OPENSSL_free(der);
}

/* The key itself: OpenSSL writes parameters that it does not know anew. */
static void
same_key(X509 *x, struct bytes ours)
{
	const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(x);
	size_t len = key == NULL ? 0 : (size_t)ASN1_STRING_length(key);

	if (key == NULL || (key->flags & 7) != 0)
		return;		/* bits that are not used are cleared */
	must(ours.len >= len && bytes_eq(bytes_of(ours.data + ours.len - len,
	    len), bytes_of(ASN1_STRING_get0_data(key), len)));
}

/* Of two extensions of a kind we read one and OpenSSL none. */
static bool
has_twins(X509 *x)
{
	int i, n = X509_get_ext_count(x);

	for (i = 0; i < n; i++)
		if (X509_get_ext_by_OBJ(x, X509_EXTENSION_get_object(
		    X509_get_ext(x, i)), i) >= 0)
			return true;
	return false;
}

/* KeyUsage as X509_get_key_usage has it: the first octet is the low one. */
static uint32_t
key_usage_bits(const struct cert_facts *facts)
{
	uint32_t bits = 0;
	unsigned i;

	if (!facts->has_key_usage)
		return UINT32_MAX;
	for (i = 0; i < 16; i++)
		if ((facts->key_usage & 1U << i) != 0)
			bits |= i < 8 ? 0x80U >> i : 0x8000U >> (i - 8);
	return bits;
}

static void
same_names(X509 *x, const struct cert_facts *facts)
{
	GENERAL_NAMES *sans = X509_get_ext_d2i(x, NID_subject_alt_name, NULL,
	    NULL);
	const GENERAL_NAME *name;
	int i, n = sans == NULL ? 0 : sk_GENERAL_NAME_num(sans);

	must(sans == NULL || (size_t)n == facts->n_sans);
	for (i = 0; i < n; i++) {
		name = sk_GENERAL_NAME_value(sans, i);
		must((name->type == GEN_DNS) ==
		    (facts->sans[i].type == SAN_DNS));
		if (name->type == GEN_DNS)
			must(bytes_eq(facts->sans[i].value, bytes_of(
			    ASN1_STRING_get0_data(name->d.dNSName), (size_t)
			    ASN1_STRING_length(name->d.dNSName))));
	}
	GENERAL_NAMES_free(sans);
}

static void
same_extensions(X509 *x, const struct cert_facts *facts)
{
	uint32_t flags = X509_get_extension_flags(x);

	/* OpenSSL then tells nothing more about them. */
	if ((flags & EXFLAG_INVALID) != 0 || has_twins(x))
		return;
	must(facts->is_ca == ((flags & EXFLAG_CA) != 0));
	must(facts->has_basic_constraints == ((flags & EXFLAG_BCONS) != 0));
	must(key_usage_bits(facts) == X509_get_key_usage(x));
	must(facts->has_eku == ((flags & EXFLAG_XKUSAGE) != 0));
	if (facts->has_eku)
		must(((facts->eku & EKU_SERVER_AUTH) != 0) ==
		    ((X509_get_extended_key_usage(x) & XKU_SSL_SERVER) != 0));
	same_names(x, facts);
}

static void
compare(X509 *x, const struct cert_facts *facts)
{
	/* Another date is wrong even of what is malformed. */
	same_time(X509_get0_notBefore(x), facts->has_not_before,
	    facts->not_before);
	same_time(X509_get0_notAfter(x), facts->has_not_after,
	    facts->not_after);
	if (facts->malformed)
		return;
	must(facts->version == X509_get_version(x) + 1);
	same_name(X509_get_subject_name(x), facts->subject_der);
	same_name(X509_get_issuer_name(x), facts->issuer_der);
	same_serial(x, facts->serial);
	same_key(x, facts->spki_der);
	same_extensions(x, facts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	const unsigned char *p = data;
	struct cert_facts facts;
	struct err err = ERR_INIT;
	X509 *x = d2i_X509(NULL, &p, (long)len);

	must(arena != NULL);
	if (x != NULL && p == data + len) {
		must(cert_facts_read(arena, bytes_of(data, len), &facts,
		    &err) == 0);
		compare(x, &facts);
	}
	X509_free(x);
	ERR_clear_error();
	arena_free(arena);
	return 0;
}
