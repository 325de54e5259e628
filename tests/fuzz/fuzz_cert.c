/* SPDX-License-Identifier: ISC */
/* The facts of a certificate: never malformed for us and fine for OpenSSL,
 * or the other way round in a way that matters. */

#include <openssl/err.h>
#include <openssl/x509.h>

#include "pki/cert.h"
#include "fuzz.h"

static void
touch(struct bytes b)
{
	volatile uint8_t sum = 0;
	size_t i;

	for (i = 0; i < b.len; i++)
		sum = (uint8_t)(sum + b.data[i]);
}

static void
touch_all(const struct cert_facts *facts)
{
	size_t i;

	touch(facts->subject);
	touch(facts->issuer);
	touch(facts->common_name);
	touch(facts->issuer_name);
	touch(facts->serial);
	touch(facts->aki);
	touch(facts->ski);
	touch(facts->spki_der);
	for (i = 0; i < facts->n_sans; i++)
		touch(facts->sans[i].value);
	for (i = 0; i < facts->n_ocsp_urls; i++)
		touch(facts->ocsp_urls[i]);
	for (i = 0; i < facts->n_issuer_urls; i++)
		touch(facts->issuer_urls[i]);
	for (i = 0; i < facts->n_crl_urls; i++)
		touch(facts->crl_urls[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	const unsigned char *p = data;
	struct err err = ERR_INIT;
	struct cert_facts facts;
	X509 *x;

	if (arena == NULL ||
	    cert_facts_read(arena, bytes_of(data, len), &facts, &err) == -1)
		abort();
	touch_all(&facts);
	if (facts.malformed != (facts.malformed_why != NULL))
		abort();
	/* Nothing that OpenSSL cannot decode is well formed.  Asked for by
	 * FUZZ_DIFFERENTIAL: what it finds is laxness, no crash. */
	x = d2i_X509(NULL, &p, (long)len);
	if (x == NULL && !facts.malformed &&
	    getenv("FUZZ_DIFFERENTIAL") != NULL)
		abort();
	X509_free(x);
	ERR_clear_error();
	arena_free(arena);
	return 0;
}
