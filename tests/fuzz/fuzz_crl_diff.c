/* SPDX-License-Identifier: ISC */
/*
 * CRLs, read by us and by OpenSSL: of a list that both take, issuer and times
 * are the same, and an entry is listed for one as it is for the other.
 */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/arena.h"
#include "base/clock.h"
#include "pki/crl.h"
#include "pki/der_scan.h"
#include "fuzz.h"

#define QUERIES_MAX 64

/* Contents of the INTEGER. */
static struct bytes
serial_of(const X509_REVOKED *entry, struct arena *arena)
{
	uint8_t *der = NULL;
	int len = i2d_ASN1_INTEGER(X509_REVOKED_get0_serialNumber(entry),
	    &der);
	struct der walk = der_in(bytes_of(der, len > 0 ? (size_t)len : 0));
	struct bytes copy = { NULL, 0 };
	struct tlv tlv;

	if (der_next(&walk, &tlv) == 1)
		copy = arena_bytes(arena, tlv.value);
	OPENSSL_free(der);
	return copy;
}

/* Serials that need not be there. */
static struct bytes
other(size_t i)
{
	static const char *const serials[] = { "\x7f no such serial", "\x01",
		"\x00\x80" };

	return i == 2 ? bytes_of(serials[i], 2) : bytes_str(serials[i]);
}

static bool
openssl_lists(const STACK_OF(X509_REVOKED) *entries, struct bytes serial,
    struct arena *arena)
{
	int i;

	for (i = 0; i < sk_X509_REVOKED_num(entries); i++)
		if (bytes_eq(serial_of(sk_X509_REVOKED_value(entries, i),
		    arena), serial))
			return true;
	return false;
}

static bool
time_is(const ASN1_TIME *time, int64_t ours)
{
	struct civil civil;
	struct tm tm;
	int64_t at;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return true;	/* in a form that OpenSSL does not read */
	civil = (struct civil){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec };
	return clock_from_civil(&civil, &at) != 0 || at == ours;
}

static void
compare_head(X509_CRL *crl, const struct crl_facts *facts)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
	const unsigned char *name;
	size_t len;

	if (X509_NAME_get0_der(X509_CRL_get_issuer(crl), &name, &len) == 1 &&
	    !bytes_eq(facts->issuer, bytes_of(name, len)))
		abort();
	if (!time_is(X509_CRL_get0_lastUpdate(crl), facts->this_update))
		abort();
	if ((next != NULL) != facts->has_next_update ||
	    (next != NULL && !time_is(next, facts->next_update)))
		abort();
}

static void
compare(struct bytes in, X509_CRL *crl, struct arena *arena)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl);
	struct crl_query queries[QUERIES_MAX + 3];
	const struct crl_facts *facts;
	struct crl_reader *reader;
	struct err err = ERR_INIT;
	size_t n, i, used;
	int count = entries == NULL ? 0 : sk_X509_REVOKED_num(entries);

	memset(queries, 0, sizeof(queries));
	for (n = 0; n < (size_t)count && n < QUERIES_MAX; n++)
		queries[n].serial = serial_of(sk_X509_REVOKED_value(entries,
		    (int)n), arena);
	for (i = 0; i < 3; i++)
		queries[n + i].serial = other(i);
	reader = crl_new(arena, queries, n + 3, &err);
	if (crl_feed(reader, in, &used, &err) == 0 && used == in.len &&
	    crl_finish(reader, &facts, &err) == 0) {
		compare_head(crl, facts);
		if (facts->entries != (uint64_t)count)
			abort();
		for (i = 0; i < n + 3; i++)
			if (queries[i].listed != (i < n ||
			    openssl_lists(entries, queries[i].serial, arena)))
				abort();
	}
	crl_free(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const unsigned char *p = data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)len);
	struct arena *arena = arena_new();

	if (crl != NULL && p == data + len && arena != NULL)
		compare(bytes_of(data, len), crl, arena);
	X509_CRL_free(crl);
	ERR_clear_error();
	arena_free(arena);
	return 0;
}
