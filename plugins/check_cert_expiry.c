/* SPDX-License-Identifier: ISC */
/*
 * check_cert_expiry: every certificate that a server presents or a file
 * holds: time left, chain, name, trust, keys.
 */
#include "app/app.h"
#include "app/certs.h"
#include "app/options.h"

static const struct option_row *const option_groups[] = {
	options_target, options_cert_expiry, options_general, NULL
};

static const struct option_table table = {
	.groups = option_groups,
	.plugin = "check_cert_expiry",
	.positional = "[TARGET...]",
};

static const struct check *const checks[] = {
	&check_connection, &check_expiry, &check_renewal, &check_names,
	&check_trust, &check_chain, &check_keys, &check_identity, &check_tls,
	&check_wellformed, &check_lifetime, &check_time, NULL
};

static const enum finding_id findings[] = {
	FINDING_USAGE, FINDING_INTERNAL, FINDING_TARGET, FINDING_NET_RESOLVE,
	FINDING_NET_CONNECT, FINDING_NET_PROXY, FINDING_NET_TIMEOUT,
	FINDING_STARTTLS_REFUSED, FINDING_STARTTLS_INJECTION,
	FINDING_TLS_PLAINTEXT, FINDING_TLS_HANDSHAKE, FINDING_TLS_VERSION,
	FINDING_TLS_RENEGOTIATION, FINDING_TLS_ALPN, FINDING_FILE_READ,
	FINDING_FILE_EMPTY, FINDING_CERT_MALFORMED, FINDING_CERT_EXPIRY,
	FINDING_CERT_RENEWAL, FINDING_CERT_NOT_YET_VALID,
	FINDING_CERT_LIFETIME, FINDING_CERT_NAME,
	FINDING_CERT_SAN, FINDING_CERT_SAN_EXTRA, FINDING_CERT_PURPOSE,
	FINDING_CERT_ISSUER, FINDING_CERT_SERIAL, FINDING_CERT_FINGERPRINT,
	FINDING_CERT_SPKI, FINDING_CERT_COMPARE, FINDING_KEY_MATCH,
	FINDING_KEY_WEAK, FINDING_SIG_WEAK, FINDING_PATH_UNTRUSTED,
	FINDING_PATH_INCOMPLETE, FINDING_PATH_SELF_SIGNED,
	FINDING_PATH_EXPIRED, FINDING_PATH_INVALID, FINDING_CHAIN_ORDER,
	FINDING_CHAIN_EXTRA, FINDING_CHAIN_ROOT, FINDING_ADDRESSES_DIFFER,
};

static const struct app_metric metrics[] = {
	{ "days", "days left", "!days" },
	{ "lifetime", "lifetime left", "%" },
	{ NULL, NULL, NULL },
};

static const char *const examples[] = {
	"check_cert_expiry -H www.example.com",
	"a web server: dates, name, chain, trust",
	"check_cert_expiry smtp://mail.example.com imaps://mail.example.com",
	"two mail services in one run, one with STARTTLS",
	"check_cert_expiry -H www.example.com -w 21d -c 7d",
	"limits of one's own",
	"check_cert_expiry -f /etc/ssl/private/site.p12 --password-file pw",
	"a keystore",
	"check_cert_expiry --targets sites.txt -o json",
	"thousands of sites from a list, as JSON",
	"check_cert_expiry -H www.example.com --compare /etc/ssl/site.pem",
	"renewed on disk, but never loaded by the server?",
	NULL
};

static int
run(const struct options *options, struct report *report, struct err *err)
{
	return certs_run(checks, NULL, options, report, err);
}

static const struct app app = {
	.options = &table,
	.service = "CERT_EXPIRY",
	.summary = "Checks every certificate that a server presents or a "
	    "file holds.",
	.examples = examples,
	.findings = findings,
	.n_findings = sizeof(findings) / sizeof(findings[0]),
	.metrics = metrics,
	.run = run,
};

int
main(int argc, char **argv)
{
	return app_main(&app, argc, argv);
}
