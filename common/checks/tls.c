/* SPDX-License-Identifier: ISC */
/* What the handshake itself shows: version, renegotiation, ALPN. */
#include "checks/check.h"

#define TLS1_2 0x0303
#define TLS1_3 0x0304

static void
run(const struct check_input *in, struct result *result)
{
	const struct tls_facts *tls = &in->obs->tls;

	if (in->obs->from_file || tls->version == NULL)
		return;
	if (tls->version_number < TLS1_2)
		result_bad(result, FINDING_TLS_VERSION, "",
		    "the server speaks %s only", tls->version);
	else
		result_ok(result, FINDING_TLS_VERSION, "", "%s, %s",
		    tls->version, tls->cipher);
	if (!tls->secure_renegotiation && tls->version_number < TLS1_3)
		result_bad(result, FINDING_TLS_RENEGOTIATION, "",
		    "the server lacks secure renegotiation (RFC 5746)");
	if (in->options->alpn == NULL)
		return;
	if (tls->alpn.len == 0)
		result_bad(result, FINDING_TLS_ALPN, "",
		    "the server chose no protocol of %s", in->options->alpn);
	else
		result_ok(result, FINDING_TLS_ALPN, "",
		    "the server chose %s", result_clean(result, tls->alpn,
		    32));
}

const struct check check_tls = { "tls", false, run };
