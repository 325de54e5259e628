/* SPDX-License-Identifier: ISC */
/* Certificates that break RFC 5280 or that we were not given whole. */
#include "checks/check.h"

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
