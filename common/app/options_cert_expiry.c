/* SPDX-License-Identifier: ISC */
/* The rows of check_cert_expiry alone. */
#include "app/options.h"

#define DAY	86400

const struct option_row options_cert_expiry[] = {
	{
		.name = "name", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(name, struct strings),
		.metavar = "NAME", .flags = OPTF_REPEAT,
		.help = "the certificate must be valid for NAME (HOST)",
		.detail = "Replaces the host name as what is expected; "
		    "repeat it for several names. A file is judged for "
		    "names only if this option gives some. Only the subject "
		    "alternative names count (RFC 9525), never the common "
		    "name.",
		.since = "0.1",
	}, {
		.name = "warning", .letter = 'w', .type = OPT_THRESHOLD,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(warning, struct threshold),
		.metavar = "SPEC", .fallback = "28d,25%", .unit = DAY,
		.help = "warning when less time than this is left",
		.detail = "A duration (12h, 30d, 2w), a percentage of the "
		    "certificate's own lifetime (25%), or several of them "
		    "with commas, of which the smallest holds. A bare number "
		    "is days. N means N: (alert when less is left); "
		    "full ranges of the plugin guidelines are accepted, too, "
		    "such as 14:400. The default suits certificates of 6 "
		    "days, 90 days and a year alike.",
		.since = "0.1",
	}, {
		.name = "critical", .letter = 'c', .type = OPT_THRESHOLD,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(critical, struct threshold),
		.metavar = "SPEC", .fallback = "14d,12%", .unit = DAY,
		.help = "critical when less time than this is left",
		.since = "0.1",
	}, {
		.name = "renewal", .type = OPT_THRESHOLD,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(renewal, struct threshold),
		.metavar = "SPEC", .unit = DAY,
		.help = "warning when the renewal due then did not happen",
		.detail = "Time left at which the leaf is renewed, by whatever "
		    "renews it, and a day or two of patience: 30% where that "
		    "happens with a third of the lifetime left (certbot), 28d "
		    "where it happens with 30 days left; with certificates "
		    "of fewer days among them 28d,30%. Forms as for "
		    "--warning, lower bounds only.",
		.since = "0.1",
	}, {
		.name = "no-trust", .type = OPT_FLAG,
		.group = GROUP_TRUST,
		.offset = OPTION_FIELD(no_trust, bool),
		.help = "do not look for a path to a trust anchor",
		.detail = "Dates, names, keys and the rest are still judged.",
		.since = "0.1",
	}, {
		.name = "self-signed", .type = OPT_STATE,
		.group = GROUP_TRUST,
		.offset = OPTION_FIELD(self_signed, struct opt_status),
		.metavar = "STATE",
		.help = "what a self-signed certificate counts as",
		.detail = "Critical by default. Its dates and names are "
		    "judged in any case.",
		.since = "0.1",
	}, {
		.name = "issuer", .type = OPT_STRING,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(issuer, const char *),
		.metavar = "REGEX",
		.help = "the issuer's name must match",
		.detail = "POSIX extended regular expression, case-blind, "
		    "anywhere in the one-line form of the issuer's name.",
		.since = "0.1",
	}, {
		.name = "fingerprint", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(fingerprint, struct strings),
		.metavar = "HEX", .flags = OPTF_REPEAT,
		.help = "SHA-256 or SHA-1 of the certificate expected",
		.detail = "Colons are ignored. Repeat it to accept any of "
		    "several.",
		.since = "0.1",
	}, {
		.name = "spki", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(spki, struct strings),
		.metavar = "PIN", .flags = OPTF_REPEAT,
		.help = "SHA-256 of the public key expected",
		.detail = "Hexadecimal or base64, of the "
		    "SubjectPublicKeyInfo (as in RFC 7469 pins); it survives "
		    "a renewal that keeps the key. Repeat it to accept any "
		    "of several.",
		.since = "0.1",
	}, {
		.name = "serial", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(serial, struct strings),
		.metavar = "HEX", .flags = OPTF_REPEAT,
		.help = "serial number expected",
		.since = "0.1",
	}, {
		.name = "san", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(san, struct strings),
		.metavar = "NAME", .flags = OPTF_REPEAT,
		.help = "the certificate must cover NAME as well",
		.detail = "A host name or an address; each one that is not "
		    "covered is named.",
		.since = "0.1",
	}, {
		.name = "san-exact", .type = OPT_FLAG,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(san_exact, bool),
		.help = "and it must hold no other names",
		.detail = "Names of the certificate that neither --san nor "
		    "--name nor the target asks for are a finding.",
		.since = "0.1",
	}, {
		.name = "key", .type = OPT_STRING,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(key, const char *),
		.metavar = "FILE", .flags = OPTF_FILE,
		.help = "this private key must belong to it",
		.detail = "The key is only compared, it does not leave the "
		    "process.",
		.since = "0.1",
	}, {
		.name = "key-min", .type = OPT_INT,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(key_min, int64_t),
		.metavar = "BITS", .fallback = "0", .min = 0, .max = 65536,
		.flags = OPTF_EXPERT,
		.help = "smallest RSA key that is good enough",
		.detail = "0 is the built-in rule, 2048. Elliptic curves "
		    "need 224 bits; DSA is never good enough.",
		.since = "0.1",
	}, {
		.name = "compare", .type = OPT_STRING,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(compare, const char *),
		.metavar = "FILE", .flags = OPTF_FILE,
		.help = "the server must present the certificate of FILE",
		.detail = "Catches a renewed certificate that the server "
		    "never loaded.",
		.since = "0.1",
	},
	{ .name = NULL }
};
