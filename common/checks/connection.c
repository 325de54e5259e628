/* SPDX-License-Identifier: ISC */
/* Did the probe get to see a certificate, and if not, why? */
#include "checks/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/duration.h"

/* What an error kind means as a finding: the one table of it. */
static enum finding_id
finding_of(const struct observation *obs)
{
	switch (obs->error.kind) {
	case ERR_RESOLVE:
		return FINDING_NET_RESOLVE;
	case ERR_CONNECT:
		return FINDING_NET_CONNECT;
	case ERR_PROXY:
		return FINDING_NET_PROXY;
	case ERR_TIMEOUT:
		return FINDING_NET_TIMEOUT;
	case ERR_STARTTLS:
		return FINDING_STARTTLS_REFUSED;
	case ERR_INJECTION:
		return FINDING_STARTTLS_INJECTION;
	case ERR_PLAINTEXT:
		return FINDING_TLS_PLAINTEXT;
	case ERR_TLS:
		return FINDING_TLS_HANDSHAKE;
	case ERR_USAGE:
		return FINDING_USAGE;
	case ERR_IO:
	case ERR_PASSWORD:
		return obs->from_file ? FINDING_FILE_READ : FINDING_TARGET;
	case ERR_SYNTAX:
	case ERR_LIMIT:
		return obs->from_file ? FINDING_FILE_READ :
		    FINDING_STARTTLS_REFUSED;
	case ERR_UNSUPPORTED:
		return FINDING_TARGET;
	default:
		return FINDING_INTERNAL;
	}
}

static void
report_timeout(const struct check_input *in, struct result *result)
{
	const struct options *options = in->options;
	struct buf limit = BUF_INIT;

	if (options->timeout.ms % 1000 == 0)
		duration_format(&limit, options->timeout.ms / 1000);
	else
		buf_printf(&limit, "%lld ms", (long long)options->timeout.ms);
	result_bad(result, FINDING_NET_TIMEOUT, "",
	    "timed out after %s %s%s", buf_text(&limit),
	    in->obs->phase == NULL ? "before it was begun" : "in ",
	    in->obs->phase == NULL ? "" : in->obs->phase);
	buf_release(&limit);
}

static void
time_run(const struct check_input *in, struct result *result)
{
	struct metric *m;

	if (in->obs->total_ms < 0)
		return;
	m = result_metric(result, "time", "s", in->obs->total_ms);
	if (m == NULL)
		return;
	m->has_min = m->has_max = true;
	m->max = in->options->timeout.ms;
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;

	if (obs->error.kind == ERR_NONE) {
		if (!obs->from_file)
			result_ok(result, FINDING_TLS_HANDSHAKE, "",
			    "handshake done%s", obs->tls.client_cert_asked ?
			    ", the server asks for a client certificate" : "");
		return;
	}
	/* Without a client certificate such a server breaks the handshake
	 * off, but has shown its own by then. */
	if (obs->error.kind == ERR_TLS && obs->n_certs > 0 &&
	    obs->tls.client_cert_asked) {
		result_ok(result, FINDING_TLS_HANDSHAKE, "",
		    "the server demands a client certificate");
		return;
	}
	if (obs->n_certs == 0)
		result->error = result_clean(result,
		    bytes_str(obs->error.text), 0);
	if (obs->error.kind == ERR_TIMEOUT)
		report_timeout(in, result);
	else if (obs->phase == NULL || obs->from_file ||
	    strstr(obs->error.text, obs->phase) != NULL)
		result_bad(result, finding_of(obs), "", "%s",
		    obs->error.text);
	else
		result_bad(result, finding_of(obs), "", "%s: %s", obs->phase,
		    obs->error.text);
}

const struct check check_connection = { "connection", false, run };
const struct check check_time = { "time", false, time_run };
