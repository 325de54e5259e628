/* SPDX-License-Identifier: ISC */
/* The rows of options that all plugins have. */
#include "app/options.h"

const char *const integration_kinds[] = {
	"man", "bash", "icinga2", "director", "nagios", "nrpe", "zabbix",
	"zabbix-agent", "zabbix-conf", "json", NULL
};

/* In the order of the enums output_format, perfdata_mode, json_detail. */
static const char *const outputs[] = {
	"auto", "nagios", "json", "openmetrics", "text", NULL
};
static const char *const perfdata_modes[] = { "default", "all", "none", NULL };
static const char *const json_details[] = {
	"full", "brief", "problems", "fit", NULL
};

const struct option_row options_general[] = {
	{
		.name = "timeout", .letter = 't', .type = OPT_TIMEOUT,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(timeout, struct timeout),
		.metavar = "DUR[:STATE]", .fallback = "10s",
		.min = 1, .max = 86400000,
		.help = "one deadline for the whole run",
		.detail = "The deadline covers everything: name resolution, "
		    "every address, STARTTLS, the handshake. The plugin "
		    "ends within 0.2 s of it and says in which phase it was. "
		    "STATE is the result then, as with --timeout-result. Set "
		    "it below the time after which the monitoring system "
		    "kills the plugin (Zabbix: 3 s by default).",
		.since = "0.1",
	}, {
		.name = "timeout-result", .type = OPT_STATE,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(timeout_result, struct opt_status),
		.metavar = "STATE", .flags = OPTF_EXPERT,
		.help = "what a passed deadline counts as (unknown)",
		.detail = "A deadline that passes says nothing about the "
		    "certificate, so it is unknown unless you say otherwise.",
		.since = "0.1",
	}, {
		.name = "proxy", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(proxy, const char *),
		.metavar = "URL", .flags = OPTF_SECRET,
		.help = "reach the servers through this proxy",
		.detail = "An http://HOST:PORT proxy is asked to CONNECT, a "
		    "socks5://HOST:PORT or socks5h://HOST:PORT proxy speaks "
		    "SOCKS5. Without the option the usual environment "
		    "variables decide (see ENVIRONMENT). A user name and "
		    "password belong into the environment or into a file "
		    "read with --extra-opts, because the command line of a "
		    "process can be read by everyone on the machine.",
		.since = "0.1",
	}, {
		.name = "no-proxy", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(no_proxy, const char *),
		.metavar = "LIST", .flags = OPTF_EXPERT,
		.help = "hosts to be reached without the proxy",
		.detail = "Host names, domains (.example.com) and addresses, "
		    "separated by commas; * is every host.",
		.since = "0.1",
	}, {
		.name = "ipv4", .letter = '4', .type = OPT_FLAG,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(ipv4, bool),
		.help = "use IPv4 addresses only", .since = "0.1",
	}, {
		.name = "ipv6", .letter = '6', .type = OPT_FLAG,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(ipv6, bool),
		.help = "use IPv6 addresses only", .since = "0.1",
	}, {
		.name = "cache-dir", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(cache_dir, const char *),
		.metavar = "DIR", .flags = OPTF_EXPERT | OPTF_FILE,
		.help = "where fetched bytes are kept",
		.detail = "Only what was fetched is kept there, never a "
		    "verdict. A cache that is missing or cannot be written "
		    "is no failure. check_cert_expiry fetches nothing and "
		    "has no use for it.",
		.since = "0.1",
	}, {
		.name = "no-cache", .type = OPT_FLAG,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(no_cache, bool),
		.flags = OPTF_EXPERT,
		.help = "neither read nor write the cache", .since = "0.1",
	}, {
		.name = "ignore", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(ignore, struct strings),
		.metavar = "ID", .flags = OPTF_REPEAT,
		.help = "leave out what this finding says",
		.detail = "The finding is neither judged nor shown. "
		    "--list-findings prints the names.",
		.since = "0.1",
	}, {
		.name = "severity", .type = OPT_STRINGS,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(severity, struct strings),
		.metavar = "ID:STATE", .flags = OPTF_REPEAT,
		.help = "change what a finding counts as",
		.detail = "For example --severity=net.timeout:critical. "
		    "--list-findings prints the names and what they count "
		    "as by default.",
		.since = "0.1",
	}, {
		.name = "at", .type = OPT_INSTANT,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(at, int64_t),
		.offset_set = OPTION_FIELD(at_set, bool),
		.metavar = "INSTANT", .flags = OPTF_EXPERT,
		.help = "judge as of this instant instead of now",
		.detail = "ISO 8601 in UTC, or seconds since 1970: will it "
		    "still be fine on 2026-12-24T18:00:00Z?",
		.since = "0.1",
	}, {
		.name = "output", .letter = 'o', .type = OPT_CHOICE,
		.group = GROUP_OUTPUT,
		.offset = OPTION_FIELD(output, int),
		.metavar = "FORMAT", .fallback = "auto", .choices = outputs,
		.help = "nagios, json, openmetrics, text or auto",
		.detail = "nagios is what Nagios, Icinga and their relatives "
		    "read; json is one object, for Zabbix and for scripts; "
		    "openmetrics is for a Prometheus textfile collector; "
		    "text starts with the same status line and goes on with "
		    "a table for people. auto is text on a terminal, else "
		    "nagios.",
		.since = "0.1",
	}, {
		.name = "perfdata", .type = OPT_CHOICE,
		.group = GROUP_OUTPUT,
		.offset = OPTION_FIELD(perfdata, int),
		.metavar = "WHICH", .fallback = "default",
		.choices = perfdata_modes,
		.help = "default, all or none",
		.detail = "With several targets, all adds one number of each "
		    "of them; see PERFORMANCE DATA.",
		.since = "0.1",
	}, {
		.name = "json", .type = OPT_CHOICE,
		.group = GROUP_OUTPUT,
		.offset = OPTION_FIELD(json, int),
		.metavar = "WHAT", .fallback = "full",
		.choices = json_details, .flags = OPTF_EXPERT,
		.help = "how much JSON: full, brief, problems or fit",
		.detail = "For programs that take no more than so many "
		    "bytes. brief leaves out the findings that are ok and "
		    "the names in certificates; problems also the targets "
		    "and websites that are ok. fit is brief where that has "
		    "at most 500 kB, else problems, and of these no more "
		    "than have room (Zabbix 6.0 takes 512 kB). The keys, the "
		    "counts and the metrics are always the same.",
		.since = "0.1",
	}, {
		.name = "verbose", .letter = 'v', .type = OPT_COUNT,
		.group = GROUP_OUTPUT,
		.offset = OPTION_FIELD(verbose, int64_t),
		.min = 0, .max = 3,
		.help = "show more; may be given three times",
		.detail = "-v shows what was checked and found good, -vv the "
		    "details of each certificate, -vvv everything. The first "
		    "line and the performance data stay as they are. "
		    "--verbose=2 is the same as -vv.",
		.since = "0.1",
	}, {
		.name = "exit-ok", .type = OPT_FLAG,
		.group = GROUP_OUTPUT,
		.offset = OPTION_FIELD(exit_ok, bool),
		.flags = OPTF_EXPERT,
		.help = "always exit with 0",
		.detail = "For callers that throw the output away when the "
		    "exit code is not 0. The JSON carries the state.",
		.since = "0.1",
	}, {
		.name = "list-findings", .type = OPT_FLAG,
		.group = GROUP_OUTPUT,
		.offset = OPTION_FIELD(list_findings, bool),
		.flags = OPTF_NOINTEGRATION,
		.help = "print the table of findings and exit",
		.since = "0.1",
	}, {
		.name = "extra-opts", .type = OPT_STRINGS,
		.group = GROUP_GENERAL,
		.offset = OPTION_FIELD(extra_opts, struct strings),
		.metavar = "[SECTION][@FILE]",
		.flags = OPTF_REPEAT | OPTF_OPTARG,
		.help = "read options from a file (see FILES)",
		.detail = "SECTION is the plugin's name unless given, FILE "
		    "the first monitoring-plugins.ini that is found. The "
		    "options of the file come before those of the command "
		    "line, which therefore win. The value can only be given "
		    "behind an equals sign.",
		.since = "0.1",
	}, {
		.name = "integration", .type = OPT_STRING,
		.group = GROUP_GENERAL,
		.offset = OPTION_FIELD(integration, const char *),
		.metavar = "KIND", .choices = integration_kinds,
		.flags = OPTF_NOINTEGRATION,
		.help = "print a definition for another program and exit",
		.detail = "KIND is man (OPTIONS and FINDINGS of this page), "
		    "bash (completion), icinga2 (CheckCommand), director "
		    "(Icinga Director basket), nagios (command and service), "
		    "nrpe (commands without arguments), zabbix (template), "
		    "zabbix-agent and zabbix-conf (another one for the "
		    "agent, and its UserParameters) or "
		    "json (the option table). It always fits the plugin that "
		    "printed it.",
		.since = "0.1",
	}, {
		.name = "help", .letter = 'h', .type = OPT_FLAG,
		.group = GROUP_GENERAL,
		.offset = OPTION_FIELD(help, bool),
		.flags = OPTF_NOINTEGRATION,
		.help = "print this text and exit (with 3)", .since = "0.1",
	}, {
		.name = "version", .letter = 'V', .type = OPT_FLAG,
		.group = GROUP_GENERAL,
		.offset = OPTION_FIELD(version, bool),
		.flags = OPTF_NOINTEGRATION,
		.help = "print the version and exit (with 3)", .since = "0.1",
	},
	{ .name = NULL }
};
