/* SPDX-License-Identifier: ISC */
/* Certificates that break RFC 5280 or that we were not given whole. */
#include "checks/check.h"

/* noRevAvail is a promise of the CA; beside its opposite it is none
 * (RFC 9608 3).  NULL: nothing is wrong. */
static const char *
promise_broken(const struct cert_facts *cert)
{
	if (!cert->no_rev_avail)
		return NULL;
	if (cert->is_ca)
		return "noRevAvail in a CA's certificate (RFC 9608 3)";
	if (cert->n_ocsp_urls > 0 || cert->crl_points.len > 0 ||
	    cert->freshest_points.len > 0)
		return "noRevAvail, and yet it names a source of revocation "
		    "(RFC 9608 3)";
	return NULL;
}

static void
judge_promises(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	const char *why;
	size_t i;

	for (i = 0; i < obs->n_certs; i++) {
		why = promise_broken(&obs->certs[i]);
		if (why != NULL)
			result_bad(result, FINDING_CERT_MALFORMED,
			    check_label(in, result, i), "%s", why);
	}
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	size_t i;

	for (i = 0; i < obs->n_certs; i++)
		if (obs->certs[i].malformed)
			result_bad(result, FINDING_CERT_MALFORMED,
			    check_label(in, result, i), "%s",
			    obs->certs[i].malformed_why == NULL ?
			    "the certificate cannot be decoded" :
			    obs->certs[i].malformed_why);
	judge_promises(in, result);
	if (obs->n_certs_all > obs->n_certs)
		result_bad(result, FINDING_CHAIN_EXTRA, "",
		    "%zu certificates are sent, only %zu were looked at",
		    obs->n_certs_all, obs->n_certs);
	if (obs->n_skipped > 0)
		result_bad(result, FINDING_CERT_MALFORMED, "",
		    "%zu block%s of the file cannot be decoded",
		    obs->n_skipped, obs->n_skipped == 1 ? "" : "s");
}

const struct check check_wellformed = { "wellformed", true, run };
