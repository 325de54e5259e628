/* SPDX-License-Identifier: ISC */
/*
 * Files of certificates and of keys, to facts, and as what a caIssuers URL
 * gives.  A certificate is one element, or what follows it is told; a key is
 * one; every error has its words.
 */
#include "pki/cert.h"
#include "pki/der_scan.h"
#include "pki/issuer.h"
#include "pki/load.h"
#include "fuzz.h"

#define FACTS_MAX 20	/* certificates that are read further */

static bool
is_one_element(struct bytes in)
{
	struct der der = der_in(in);
	struct tlv tlv;

	must(der_next(&der, &tlv) == 1);
	return tlv.whole.len == in.len;
}

static void
check_certs(struct arena *arena, const struct load_result *out)
{
	struct err err = ERR_INIT;
	struct cert_facts facts;
	size_t i;

	must(out->n_certs > 0 && out->n_certs <= LOAD_CERTS_MAX);
	must(out->format != NULL && out->leaf >= -1 &&
	    out->leaf < (int)out->n_certs);
	must((out->n_other > 0) == (out->other != NULL));
	for (i = 0; i < out->n_certs && i < FACTS_MAX; i++) {
		must(cert_facts_read(arena, out->certs[i], &facts,
		    &err) == 0);
		must(facts.der.len <= out->certs[i].len && bytes_eq(facts.der,
		    bytes_of(out->certs[i].data, facts.der.len)));
		must(facts.malformed == (facts.malformed_why != NULL));
		must(facts.malformed || (is_one_element(out->certs[i]) &&
		    facts.der.len == out->certs[i].len));
	}
}

/* The same bytes as a body; what it gives has signed that certificate. */
static void
check_issuers(struct arena *arena, struct bytes in, struct bytes cert)
{
	struct bytes issuers[ISSUERS_MAX];
	struct err err = ERR_INIT;
	size_t i, n = issuer_read(arena, in, cert, issuers, &err);

	must(n <= ISSUERS_MAX && (n > 0 || err.kind != ERR_NONE));
	for (i = 0; i < n; i++)
		must(issuer_is(cert, issuers[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len), spki;
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct load_result out;

	must(arena != NULL);
	if (load_certs(arena, in, "secret", &out, &err) == 0) {
		check_certs(arena, &out);
		check_issuers(arena, in, out.certs[0]);
	} else
		must(err.kind != ERR_NONE && *err.text != '\0');
	err_clear(&err);
	if (load_key_spki(arena, in, "secret", &spki, &err) == 0)
		must(is_one_element(spki));
	else
		must(err.kind != ERR_NONE && *err.text != '\0');
	arena_free(arena);
	return 0;
}
