/* SPDX-License-Identifier: ISC */
/*
 * Keys and signatures that are too weak (BR 6.1.5, NIST SP 800-131A), and
 * whether the private key of --key belongs to the leaf.
 */
#include "checks/check.h"

#define RSA_MIN 2048
#define EC_MIN 224

static bool
is_rsa(const struct cert_facts *cert)
{
	return cert->key_type == KEY_RSA || cert->key_type == KEY_RSA_PSS;
}

static void
judge_key(const struct check_input *in, struct result *result, size_t i)
{
	const struct cert_facts *cert = &in->obs->certs[i];
	const char *label = check_label(in, result, i);
	int64_t rsa_min = in->options->key_min > 0 ?
	    in->options->key_min : RSA_MIN;

	if (is_rsa(cert) && cert->key_bits < rsa_min)
		result_bad(result, FINDING_KEY_WEAK, label,
		    "RSA key of %u bits, at least %lld wanted",
		    cert->key_bits, (long long)rsa_min);
	else if (is_rsa(cert) && (cert->rsa_exponent < 3 ||
	    cert->rsa_exponent % 2 == 0))
		result_bad(result, FINDING_KEY_WEAK, label,
		    "RSA key with the exponent %llu",
		    (unsigned long long)cert->rsa_exponent);
	else if (cert->key_type == KEY_EC && cert->key_bits > 0 &&
	    cert->key_bits < EC_MIN)
		result_bad(result, FINDING_KEY_WEAK, label,
		    "elliptic curve of %u bits, at least %d wanted",
		    cert->key_bits, EC_MIN);
	else if (cert->key_type == KEY_DSA)
		result_bad(result, FINDING_KEY_WEAK, label,
		    "DSA key, which no client accepts any more");
	else
		result_ok(result, FINDING_KEY_WEAK, label,
		    "key is strong enough");
}

/* A root's signature of itself protects nothing. */
static bool
signature_matters(const struct check_input *in, size_t i)
{
	const struct cert_facts *cert = &in->obs->certs[i];

	if (i == in->obs->leaf && !cert->is_ca)
		return true;
	return !cert->self_issued;
}

static void
judge_signature(const struct check_input *in, struct result *result, size_t i)
{
	const struct cert_facts *cert = &in->obs->certs[i];

	if (!signature_matters(in, i))
		return;
	if (cert->sig_strength == SIG_WEAK_SHA1 ||
	    cert->sig_strength == SIG_BROKEN)
		result_bad(result, FINDING_SIG_WEAK,
		    check_label(in, result, i), "signed with %s, which is "
		    "%s", cert->sig_name,
		    cert->sig_strength == SIG_BROKEN ? "broken" : "weak");
}

static void
judge_match(const struct check_input *in, struct result *result)
{
	const struct side_file *key = &in->obs->key;

	if (!key->wanted)
		return;
	if (key->error.kind != ERR_NONE)
		result_add(result, FINDING_KEY_MATCH, STATUS_UNKNOWN,
		    "leaf", "%s", key->error.text);
	else if (key->match)
		result_ok(result, FINDING_KEY_MATCH, "leaf",
		    "the private key belongs to the certificate");
	else
		result_bad(result, FINDING_KEY_MATCH, "leaf",
		    "the private key in %s does not belong to the "
		    "certificate", result_clean(result,
		    bytes_str(key->path), 60));
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	size_t i;

	judge_match(in, result);
	for (i = 0; i < obs->n_certs; i++) {
		if (in->options->leaf_only && i != obs->leaf)
			continue;
		if (!check_on_path(obs, i))
			continue;
		judge_key(in, result, i);
		judge_signature(in, result, i);
	}
}

const struct check check_keys = { "keys", true, run };
