/* SPDX-License-Identifier: ISC */
/*
 * check_ocsp: is it revoked?  OCSP, CRL and staple, for every certificate of
 * the path, and whether the key itself is known to be lost.
 */
#include "app/app.h"
#include "app/certs.h"
#include "app/options.h"

static const struct option_row *const option_groups[] = {
	options_target, options_ocsp, options_general, NULL
};

static const struct option_table table = {
	.groups = option_groups,
	.plugin = "check_ocsp",
	.positional = "[TARGET...]",
};

static const struct check *const checks[] = {
	&check_connection, &check_broken, &check_revocation, &check_trust,
	&check_wellformed, &check_time, NULL
};

static const enum finding_id findings[] = {
	FINDING_USAGE, FINDING_INTERNAL, FINDING_TARGET, FINDING_NET_RESOLVE,
	FINDING_NET_CONNECT, FINDING_NET_PROXY, FINDING_NET_TIMEOUT,
	FINDING_STARTTLS_REFUSED, FINDING_STARTTLS_INJECTION,
	FINDING_TLS_PLAINTEXT, FINDING_TLS_HANDSHAKE, FINDING_FILE_READ,
	FINDING_FILE_EMPTY, FINDING_CERT_MALFORMED, FINDING_CERT_PURPOSE,
	FINDING_PATH_UNTRUSTED, FINDING_PATH_INCOMPLETE,
	FINDING_PATH_SELF_SIGNED, FINDING_PATH_EXPIRED, FINDING_PATH_INVALID,
	FINDING_OCSP_REVOKED, FINDING_OCSP_UNKNOWN, FINDING_OCSP_UNREACHABLE,
	FINDING_OCSP_UNUSABLE, FINDING_OCSP_NO_SOURCE,
	FINDING_OCSP_NO_ISSUER, FINDING_OCSP_DISAGREE,
	FINDING_OCSP_NEXT_UPDATE, FINDING_CRL_NUMBER,
	FINDING_STAPLE_MISSING, FINDING_STAPLE_UNUSABLE,
	FINDING_KEY_COMPROMISED, FINDING_KEY_REUSED,
	FINDING_KEY_BROKEN, FINDING_KEY_WEAK,
};

/* An answer that hangs from no trust anchor proves nothing; that it does so
 * is check_cert_expiry's alarm. */
static const struct app_default defaults[] = {
	{ FINDING_PATH_UNTRUSTED, STATUS_UNKNOWN },
	{ FINDING_PATH_INCOMPLETE, STATUS_UNKNOWN },
	{ FINDING_PATH_SELF_SIGNED, STATUS_UNKNOWN },
	{ FINDING_PATH_INVALID, STATUS_UNKNOWN },
	{ FINDING_PATH_EXPIRED, STATUS_OK },
	{ FINDING_CERT_PURPOSE, STATUS_OK },
};

static const struct app_metric metrics[] = {
	{ "revoked", "revoked certificates", NULL },
	{ "next_update", "answer valid for", "s" },
	{ "age", "age of the answer", "s" },
	{ "response_time", "response time", "s" },
	{ NULL, NULL, NULL },
};

static const char *const examples[] = {
	"check_ocsp -H www.example.com",
	"a web server: its OCSP responder, else its CRL; its staple",
	"check_ocsp -H www.example.com --method=all",
	"every source must answer, and all must agree",
	"check_ocsp -f site.pem --issuer ca.pem",
	"a certificate in a file",
	"check_ocsp -f site.pem --issuer ca.pem --crl ca.crl --offline",
	"without any network",
	NULL
};

static int
run(const struct options *options, struct report *report, struct err *err)
{
	return certs_run(checks, &revocation_ops, options, report, err);
}

static const struct app app = {
	.options = &table,
	.service = "OCSP",
	.summary = "Checks whether certificates are revoked, by OCSP, CRL "
	    "and staple.",
	.examples = examples,
	.findings = findings,
	.n_findings = sizeof(findings) / sizeof(findings[0]),
	.defaults = defaults,
	.n_defaults = sizeof(defaults) / sizeof(defaults[0]),
	.metrics = metrics,
	.caches = true,
	.run = run,
};

int
main(int argc, char **argv)
{
	return app_main(&app, argc, argv);
}
