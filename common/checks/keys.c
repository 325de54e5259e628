/* SPDX-License-Identifier: ISC */
/*
 * Keys and signatures that are too weak (BR 6.1.5, NIST SP 800-131A), and
 * whether the private key of --key belongs to the leaf.
 */
#include "checks/check.h"

#include <stdio.h>

#define EC_MIN 224

static bool
is_rsa(const struct cert_facts *cert)
{
	return cert->key_type == KEY_RSA || cert->key_type == KEY_RSA_PSS;
}

bool
check_key_weak(const struct cert_facts *cert, const struct key_limits *limits,
    char *why, size_t size)
{
	if (is_rsa(cert) && cert->key_bits < limits->bits)
		snprintf(why, size, "RSA key of %u bits, at least %lld wanted",
		    cert->key_bits, (long long)limits->bits);
	else if (is_rsa(cert) && (cert->rsa_exponent < limits->exponent ||
	    cert->rsa_exponent % 2 == 0))
		snprintf(why, size, "RSA key with the exponent %llu, odd and "
		    "at least %llu wanted",
		    (unsigned long long)cert->rsa_exponent,
		    (unsigned long long)limits->exponent);
	else if (cert->key_type == KEY_EC && cert->key_bits > 0 &&
	    cert->key_bits < EC_MIN)
		snprintf(why, size, "elliptic curve of %u bits, at least %d "
		    "wanted", cert->key_bits, EC_MIN);
	else if (cert->key_type == KEY_DSA)
		snprintf(why, size, "DSA key, which no client accepts any "
		    "more");
	else
		return false;
	return true;
}

static void
judge_key(const struct check_input *in, struct result *result, size_t i)
{
	struct key_limits limits = { CHECK_RSA_MIN, 3 };
	const char *label = check_label(in, result, i);
	char why[CHECK_WHY_MAX];

	if (in->options->key_min > 0)
		limits.bits = in->options->key_min;
	if (check_key_weak(&in->obs->certs[i], &limits, why, sizeof(why)))
		result_bad(result, FINDING_KEY_WEAK, label, "%s", why);
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
