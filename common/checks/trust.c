/* SPDX-License-Identifier: ISC */
/* What the path that was built says about trust. */
#include "checks/check.h"

#include "base/buf.h"
#include "base/text.h"

#define NAME_WIDTH 80

static void
report_ok(const struct check_input *in, struct result *result)
{
	const struct path_facts *path = &in->obs->path;

	result_ok(result, FINDING_PATH_UNTRUSTED, "",
	    "trusted: path of %zu to %s", path->n,
	    result_clean(result, path->anchor_name, NAME_WIDTH));
	/* Where issuers are fetched, to ask about revocation, the chain that
	 * lacks them is no obstacle. */
	if (path->n_fetched > 0)
		result_add(result, FINDING_PATH_INCOMPLETE, STATUS_OK, "",
		    "chain is incomplete: %zu of the path's certificates "
		    "%s not %s and had to be fetched (AIA)", path->n_fetched,
		    path->n_fetched == 1 ? "is" : "are",
		    in->obs->from_file ? "in the file" : "sent");
}

static void
report_missing(const struct check_input *in, struct result *result,
    enum finding_id id)
{
	const struct path_facts *path = &in->obs->path;
	const struct cert_facts *leaf = &in->obs->certs[in->obs->leaf];
	const char *issuer = result_clean(result, path->missing_issuer,
	    NAME_WIDTH);

	if (id == FINDING_PATH_INCOMPLETE)
		result_bad(result, id, "",
		    "chain is incomplete: the issuer (%s) is neither sent nor "
		    "trusted%s", issuer, leaf->n_issuer_urls > 0 ?
		    ", browsers may fetch it, most clients do not" : "");
	else
		result_bad(result, id, "",
		    "not trusted: the path ends at %s, which is no trust "
		    "anchor here", issuer);
}

/* Those that expiry.c has told of already need not be told twice. */
static bool
outside_validity(const struct check_input *in)
{
	const struct observation *obs = in->obs;
	size_t i;

	for (i = 0; i < obs->n_certs; i++) {
		if (in->options->leaf_only && i != obs->leaf)
			continue;
		if (check_on_path(obs, i) &&
		    (in->now > obs->certs[i].not_after ||
		    in->now < obs->certs[i].not_before))
			return true;
	}
	return false;
}

/* digitalSignature, keyEncipherment, keyAgreement: one of them every key
 * exchange needs (RFC 5280 4.2.1.3). */
#define KEY_USAGE_TLS (1U << 0 | 1U << 2 | 1U << 4)

/* Told by the certificate alone, so that --no-trust does not hide it. */
static void
judge_purpose(const struct check_input *in, struct result *result)
{
	const struct cert_facts *leaf = &in->obs->certs[in->obs->leaf];
	const char *why = NULL;

	if (in->obs->from_file)
		return;
	if (leaf->has_eku && (leaf->eku & (EKU_SERVER_AUTH | EKU_ANY)) == 0)
		why = "extended key usage without serverAuth";
	else if (leaf->has_key_usage &&
	    (leaf->key_usage & KEY_USAGE_TLS) == 0)
		why = "key usage for neither signatures nor key exchange";
	else if (in->obs->path.purpose_error)
		why = "certificate type";
	if (why != NULL)
		result_bad(result, FINDING_CERT_PURPOSE, "leaf",
		    "certificate is not meant for TLS servers: %s", why);
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct path_facts *path = &in->obs->path;

	judge_purpose(in, result);
	switch (path->status) {
	case PATH_NOT_CHECKED:
		break;
	case PATH_OK:
		report_ok(in, result);
		break;
	case PATH_SELF_SIGNED:
		result_bad(result, FINDING_PATH_SELF_SIGNED, "leaf",
		    "certificate is self-signed and no trust anchor here");
		break;
	case PATH_UNTRUSTED:
		report_missing(in, result, FINDING_PATH_UNTRUSTED);
		break;
	case PATH_INCOMPLETE:
		report_missing(in, result, FINDING_PATH_INCOMPLETE);
		break;
	case PATH_EXPIRED:
		if (!outside_validity(in))
			result_bad(result, FINDING_PATH_EXPIRED, "",
			    "every path has a certificate outside its "
			    "validity: %s", path->why);
		break;
	case PATH_INVALID:
		result_bad(result, FINDING_PATH_INVALID, "",
		    "path is not valid: %s", path->why);
		break;
	case PATH_ERROR:
		result_add(result, FINDING_PATH_UNTRUSTED,
		    STATUS_UNKNOWN, "", "trust could not be judged: %s",
		    path->why);
		break;
	}
}

const struct check check_trust = { "trust", true, run };
