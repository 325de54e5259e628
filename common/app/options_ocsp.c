/* SPDX-License-Identifier: ISC */
/* The rows of check_ocsp alone. */
#include "app/options.h"

#define DAY	86400

/* In the order of enum rev_wanted and enum cert_id. */
static const char *const methods[] = {
	"auto", "ocsp", "crl", "staple", "all", NULL
};
static const char *const cert_ids[] = { "auto", "sha1", "sha256", NULL };

const struct option_row options_ocsp[] = {
	{
		.name = "method", .type = OPT_CHOICE,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(method, int),
		.metavar = "METHOD", .fallback = "auto", .choices = methods,
		.help = "ask auto, ocsp, crl, staple or all",
		.detail = "auto asks the OCSP responders that the "
		    "certificate names, then its CRLs when there is no "
		    "responder or no conclusive answer; a staple is judged "
		    "on its own as well. all: every source must answer, and "
		    "all must agree.",
		.since = "0.1",
	}, {
		.name = "issuer", .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(issuer_file, const char *),
		.metavar = "FILE", .flags = OPTF_FILE,
		.help = "certificates of issuers that are not sent",
		.detail = "For a file that holds the certificate alone, or a "
		    "server that sends an incomplete chain; they are trusted "
		    "as anchors are. Without it they are fetched (AIA).",
		.since = "0.1",
	}, {
		.name = "responder", .type = OPT_STRING,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(responder, const char *),
		.metavar = "URL",
		.help = "ask this OCSP responder instead",
		.detail = "Instead of those that the certificates name, for "
		    "each certificate of the path; http or https.",
		.since = "0.1",
	}, {
		.name = "ocsp-response", .type = OPT_STRING,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(ocsp_response, const char *),
		.metavar = "FILE", .flags = OPTF_FILE | OPTF_EXPERT,
		.help = "judge the OCSP response in this file, too",
		.detail = "DER, as a responder sends it or a web server "
		    "staples it. For the first certificate of a target, "
		    "beside what is asked; not with --method=crl or staple.",
		.since = "0.1",
	}, {
		.name = "crl", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(crl, struct strings),
		.metavar = "URL|FILE", .flags = OPTF_REPEAT | OPTF_FILE,
		.help = "use this CRL instead of those it names",
		.detail = "All of them are read, and all lists of the CA in "
		    "a PEM file; one that cannot be had or read makes the "
		    "result unknown unless another revokes. Not with "
		    "--method=ocsp or staple.",
		.since = "0.1",
	}, {
		.name = "offline", .type = OPT_FLAG,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(offline, bool),
		.help = "fetch nothing: cache, files, staples only",
		.detail = "Neither answers nor lists nor issuers.",
		.since = "0.1",
	}, {
		.name = "nonce", .type = OPT_FLAG,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(nonce, bool), .flags = OPTF_EXPERT,
		.help = "send a nonce to OCSP responders (RFC 9654)",
		.since = "0.1",
	}, {
		.name = "cert-id", .type = OPT_CHOICE,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(cert_id, int), .flags = OPTF_EXPERT,
		.metavar = "HASH", .fallback = "auto", .choices = cert_ids,
		.help = "auto (sha256, then sha1), sha1 or sha256",
		.since = "0.1",
	}, {
		.name = "max-age", .type = OPT_DURATION,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(max_age, int64_t),
		.metavar = "DUR", .unit = 1, .flags = OPTF_EXPERT,
		.min = 0, .max = INT64_C(1) << 40,
		.help = "an answer that is older proves nothing",
		.detail = "Counted from its thisUpdate. Without the option "
		    "an answer holds until its nextUpdate.",
		.since = "0.1",
	}, {
		.name = "skew", .type = OPT_DURATION,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(skew, int64_t),
		.metavar = "DUR", .fallback = "5m", .unit = 1,
		.min = 0, .max = INT64_C(86400), .flags = OPTF_EXPERT,
		.help = "how far clocks may differ", .since = "0.1",
	}, {
		.name = "unknown", .type = OPT_STATE,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(unknown, struct opt_status),
		.metavar = "STATE",
		.help = "a responder's \"unknown\" counts as (critical)",
		.since = "0.1",
	}, {
		.name = "unreachable", .type = OPT_STATE,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(unreachable, struct opt_status),
		.metavar = "STATE",
		.help = "no source that answers counts as (unknown)",
		.since = "0.1",
	}, {
		.name = "no-source", .type = OPT_STATE,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(no_source, struct opt_status),
		.metavar = "STATE",
		.help = "neither OCSP nor CRL named counts as (warning)",
		.detail = "Short-lived certificates and those with "
		    "noRevAvail (RFC 9608) are ok in any case.",
		.since = "0.1",
	}, {
		.name = "must-staple", .type = OPT_STATE,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(must_staple, struct opt_status),
		.metavar = "STATE",
		.help = "a missing staple that must be counts as (critical)",
		.since = "0.1",
	}, {
		.name = "compromised-keys", .type = OPT_STRING,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(compromised_keys, const char *),
		.metavar = "FILE", .flags = OPTF_FILE,
		.help = "list of leaked keys: SPKI SHA-256",
		.detail = "Text with one hexadecimal digest per line, in any "
		    "order, or the digests as sorted binary records of 32 "
		    "octets.",
		.since = "0.1",
	}, {
		.name = "revoked-cert", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(revoked_cert, struct strings),
		.metavar = "FILE", .flags = OPTF_REPEAT | OPTF_FILE,
		.help = "its key must not be in use again",
		.detail = "A certificate that was revoked earlier.",
		.since = "0.1",
	}, {
		.name = "deny-private", .type = OPT_FLAG,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(deny_private, bool),
		.help = "never fetch from private addresses",
		.detail = "The URLs come from certificates, which anyone "
		    "may write.",
		.since = "0.1",
	}, {
		.name = "warning", .letter = 'w', .type = OPT_THRESHOLD,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(warning, struct threshold),
		.metavar = "SPEC", .unit = DAY,
		.help = "warning when the answer ends sooner",
		.detail = "Time left until the nextUpdate of the answer in "
		    "use: a duration (12h, 2d) or a percentage of the time "
		    "for which it is valid. A bare number is days.",
		.since = "0.1",
	}, {
		.name = "critical", .letter = 'c', .type = OPT_THRESHOLD,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(critical, struct threshold),
		.metavar = "SPEC", .unit = DAY,
		.help = "critical when the answer ends sooner",
		.since = "0.1",
	},
	{
		.name = "name", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(name, struct strings),
		.metavar = "NAME", .flags = OPTF_REPEAT | OPTF_EXPERT,
		.help = "accepted: names are check_cert_expiry's business",
		.detail = "So that both plugins take the same arguments. What "
		    "the certificate is valid for is not judged here.",
		.since = "0.1",
	},
	{ .name = NULL }
};
