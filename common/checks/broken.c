/* SPDX-License-Identifier: ISC */
/*
 * The keys of the certificates that are asked about: leaked, used again,
 * such that they can be computed, or weak.
 */
#include "checks/check.h"

#include "model/revocation.h"

#define PATH_WIDTH 80

/* NULL: one that the peer did not present. */
static const struct cert_facts *
cert_of(const struct check_input *in, const struct rev_facts *facts)
{
	size_t i;

	for (i = 0; i < in->obs->n_certs; i++)
		if (bytes_eq(in->obs->certs[i].der, facts->cert))
			return &in->obs->certs[i];
	return NULL;
}

/* What can be computed is not told to be weak as well. */
static void
judge_strength(const struct check_input *in, struct result *result,
    const struct rev_facts *facts)
{
	static const struct key_limits limits = { CHECK_RSA_MIN, 65537 };
	const struct cert_facts *cert = cert_of(in, facts);
	const char *subject = check_whose(result, facts);
	char why[CHECK_WHY_MAX];

	if (facts->key_broken != NULL)
		result_bad(result, FINDING_KEY_BROKEN, subject,
		    "the private key can be computed: %s; make a new key",
		    facts->key_broken);
	else if (cert != NULL && check_key_weak(cert, &limits, why,
	    sizeof(why)))
		result_bad(result, FINDING_KEY_WEAK, subject, "%s", why);
	else if (cert != NULL)
		result_ok(result, FINDING_KEY_WEAK, subject,
		    "key is strong enough");
}

/* The key itself, whatever the sources say. */
static void
judge_key(const struct check_input *in, struct result *result,
    const struct rev_facts *facts)
{
	const char *subject = check_whose(result, facts);

	if (facts->key_listed)
		result_bad(result, FINDING_KEY_COMPROMISED, subject,
		    "the key is known to be leaked (--compromised-keys): "
		    "make a new key");
	if (facts->key_of != NULL)
		result_bad(result, FINDING_KEY_REUSED, subject,
		    "the key is that of a revoked certificate (%s): make a "
		    "new key", result_clean(result, bytes_str(facts->key_of),
		    PATH_WIDTH));
	judge_strength(in, result, facts);
}

static void
run(const struct check_input *in, struct result *result)
{
	size_t i;

	for (i = 0; i < in->obs->n_revocation; i++)
		judge_key(in, result, &in->obs->revocation[i]);
}

const struct check check_broken = { "broken", true, run };
