/* SPDX-License-Identifier: ISC */
/* The rows of check_autossl_queue alone. */
#include "app/options.h"

#define HOUR	3600
#define AGE_MAX	(INT64_C(3650) * 86400)

const struct option_row options_autossl[] = {
	{
		.name = "whm", .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(whm, const char *),
		.metavar = "HOST[:PORT]",
		.help = "a whole server, by WHM's API (port 2087)",
		.detail = "With a WHM token of root: all websites, the "
		    "runs, the provider, the services. With a reseller's: "
		    "the websites of its accounts, and what else its "
		    "privileges allow.",
		.since = "0.1",
	}, {
		.name = "cpanel", .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(cpanel, const char *),
		.metavar = "HOST[:PORT]",
		.help = "one account, by cPanel's API (port 2083)",
		.detail = "With a token of that account, which is all that "
		    "most customers of shared hosting have.",
		.since = "0.1",
	}, {
		.name = "local", .type = OPT_FLAG,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(local, bool),
		.help = "this server, by running whmapi1 or uapi",
		.detail = "As root the whole server; with --user, or as "
		    "another user, one account. No token is needed.",
		.since = "0.1",
	}, {
		.name = "user", .letter = 'u', .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(user, const char *),
		.metavar = "USER",
		.help = "whose token it is (--whm: root)",
		.detail = "With --cpanel it has to be given, unless the "
		    "token file says it (USER:TOKEN). With --local: the "
		    "account.",
		.since = "0.1",
	}, {
		.name = "token-file", .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(token_file, const char *),
		.metavar = "FILE", .flags = OPTF_FILE,
		.help = "the API token, in a file nobody else reads",
		.detail = "One line, TOKEN or USER:TOKEN. A file that others "
		    "may read is refused. Without the option the token is "
		    "taken from the environment, CPANEL_API_TOKEN. It is "
		    "never taken from the command line, which everybody on "
		    "the machine can read.",
		.since = "0.1",
	}, {
		.name = "account", .type = OPT_STRINGS,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(account, struct strings),
		.metavar = "USER", .flags = OPTF_REPEAT,
		.help = "judge the websites of these accounts only",
		.detail = "Of a whole server (--whm, --local as root). Runs, "
		    "provider and services are judged all the same.",
		.since = "0.1",
	}, {
		.name = "warning", .letter = 'w', .type = OPT_THRESHOLD,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(warning, struct threshold),
		.metavar = "SPEC", .fallback = "80%", .unit = 86400,
		.help = "warning when less time is left",
		.detail = "Time left of an AutoSSL certificate: a percentage "
		    "of its renewal window (29 days before the end with "
		    "Let's Encrypt, never more than a third of its "
		    "lifetime), a duration (5d, 36h; a bare number is days), "
		    "or several with commas of which the smallest holds.",
		.since = "0.1",
	}, {
		.name = "critical", .letter = 'c', .type = OPT_THRESHOLD,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(critical, struct threshold),
		.metavar = "SPEC", .fallback = "25%", .unit = 86400,
		.help = "critical when less time is left",
		.since = "0.1",
	}, {
		.name = "window", .type = OPT_DURATION,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(window, int64_t),
		.metavar = "DUR", .unit = 86400, .min = 0, .max = AGE_MAX,
		.flags = OPTF_EXPERT,
		.help = "renewal begins so long before the end",
		.detail = "For providers that renew at another time than "
		    "cPanel's own. A bare number is days.",
		.since = "0.1",
	}, {
		.name = "pending-warning", .type = OPT_DURATION,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(pending_warning, int64_t),
		.metavar = "DUR", .fallback = "24h", .unit = 1,
		.min = 0, .max = AGE_MAX,
		.help = "warning when an order pends longer",
		.detail = "For servers whose provider has a queue of orders. "
		    "0 is never, as in the options below.",
		.since = "0.1",
	}, {
		.name = "pending-critical", .type = OPT_DURATION,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(pending_critical, int64_t),
		.metavar = "DUR", .fallback = "48h", .unit = 1,
		.min = 0, .max = AGE_MAX,
		.help = "critical when an order pends longer",
		.since = "0.1",
	}, {
		.name = "run-warning", .type = OPT_DURATION,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(run_warning, int64_t),
		.metavar = "DUR", .fallback = "26h", .unit = 1,
		.min = 0, .max = AGE_MAX,
		.help = "warning when AutoSSL last ran longer ago",
		.detail = "For all users, from the start of the run.",
		.since = "0.1",
	}, {
		.name = "run-critical", .type = OPT_DURATION,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(run_critical, int64_t),
		.metavar = "DUR", .fallback = "50h", .unit = 1,
		.min = 0, .max = AGE_MAX,
		.help = "critical when AutoSSL last ran longer ago",
		.since = "0.1",
	}, {
		.name = "check-warning", .type = OPT_DURATION,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(check_warning, int64_t),
		.metavar = "DUR", .fallback = "6h", .unit = 1,
		.min = 0, .max = AGE_MAX,
		.help = "warning when a run takes longer",
		.detail = "An account's API does not say when a run began: "
		    "there it counts from when it was first seen.",
		.since = "0.1",
	}, {
		.name = "check-critical", .type = OPT_DURATION,
		.group = GROUP_THRESHOLD,
		.offset = OPTION_FIELD(check_critical, int64_t),
		.metavar = "DUR", .fallback = "24h", .unit = 1,
		.min = 0, .max = AGE_MAX,
		.help = "critical when a run takes longer",
		.since = "0.1",
	}, {
		.name = "autossl-issuer", .type = OPT_STRING,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(autossl_issuer, const char *),
		.metavar = "REGEX", .flags = OPTF_EXPERT,
		.help = "this issuer is AutoSSL's, too",
		.detail = "A whole server's API does not say which "
		    "certificates are AutoSSL's: those of Let's Encrypt and "
		    "of cPanel are. For a provider module with another CA: "
		    "an extended regular expression that is found in the "
		    "issuer's organization or common name.",
		.since = "0.1",
	}, {
		.name = "market", .type = OPT_FLAG,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(market, bool),
		.help = "look at the account's paid orders, too",
		.detail = "Certificates bought in cPanel's Market that are "
		    "not issued yet. For one account.",
		.since = "0.1",
	}, {
		.name = "ca-file", .type = OPT_STRING,
		.group = GROUP_TRUST,
		.offset = OPTION_FIELD(ca_file, const char *),
		.metavar = "FILE", .flags = OPTF_FILE,
		.help = "trust these certificates for the API",
		.detail = "The server's own certificate when it is "
		    "self-signed, or its CA's. Its name is verified all the "
		    "same.",
		.since = "0.1",
	}, {
		.name = "insecure", .type = OPT_FLAG,
		.group = GROUP_TRUST,
		.offset = OPTION_FIELD(insecure, bool),
		.help = "do not verify the server (a last resort)",
		.detail = "Whoever stands between can then read the token, "
		    "and say that all is well. The output says so.",
		.since = "0.1",
	}, {
		.name = "local-bin", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(local_bin, const char *),
		.metavar = "DIR", .fallback = "/usr/local/cpanel/bin",
		.flags = OPTF_EXPERT | OPTF_FILE,
		.help = "where whmapi1 and uapi are",
		.since = "0.1",
	},
	{ .name = NULL }
};
