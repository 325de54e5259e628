/* SPDX-License-Identifier: ISC */
/*
 * How the chain is served: leaf first, each certificate followed by its
 * issuer (RFC 8446 4.4.2), nothing that belongs to no path, nothing twice.
 * A second certificate of the same issuer (a cross-sign) is in order: it may
 * stand wherever the first might.
 */
#include "checks/check.h"

#include "base/text.h"

static bool
is_repeated(const struct observation *obs, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (bytes_eq(obs->certs[k].der, obs->certs[i].der))
			return true;
	return false;
}

static bool
issued_earlier(const struct observation *obs, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (check_issued(&obs->certs[k], &obs->certs[i]))
			return true;
	return false;
}

static void
judge_member(const struct check_input *in, struct result *result, size_t i,
    bool *misordered)
{
	const struct observation *obs = in->obs;
	const struct cert_facts *cert = &obs->certs[i];
	const char *label = check_label(in, result, i);

	if (is_repeated(obs, i))
		result_bad(result, FINDING_CHAIN_EXTRA, "",
		    "certificate %zu is sent twice", i + 1);
	else if (!check_is_issuer(obs, i))
		result_bad(result, FINDING_CHAIN_EXTRA, "",
		    "certificate %zu (%s) belongs to no path of the leaf",
		    i + 1, result_clean(result, cert->subject, 60));
	else if (cert->self_issued && cert->is_ca)
		result_bad(result, FINDING_CHAIN_ROOT, label,
		    "the root is sent too");
	if (!is_repeated(obs, i) && check_is_issuer(obs, i) &&
	    !issued_earlier(obs, i))
		*misordered = true;
}

static void
judge_addresses(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	const struct cert_facts *leaf = &obs->certs[obs->leaf];

	if (obs->other_leaf == NULL)
		return;
	if (memcmp(obs->other_leaf, leaf->sha256, sizeof(leaf->sha256)) == 0)
		result_ok(result, FINDING_ADDRESSES_DIFFER, "",
		    "same certificate as %s", obs->other_address);
	else
		result_bad(result, FINDING_ADDRESSES_DIFFER, "",
		    "%s presents another certificate than %s", obs->address,
		    obs->other_address);
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	bool misordered = false;
	size_t i;

	if (obs->from_file)
		return;
	judge_addresses(in, result);
	if (in->options->leaf_only)
		return;
	for (i = 1; i < obs->n_certs; i++)
		judge_member(in, result, i, &misordered);
	if (misordered)
		result_bad(result, FINDING_CHAIN_ORDER,
		    "", "the certificates are not sent in order, each "
		    "followed by its issuer");
}

const struct check check_chain = { "chain", true, run };
