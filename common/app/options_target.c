/* SPDX-License-Identifier: ISC */
/* The rows that say what is checked: TLS endpoints and files. */
#include "app/options.h"

/* The schemes of model/target.c that have a STARTTLS dialogue; a test
 * compares. */
static const char *const starttls_names[] = {
	"smtp", "submission", "lmtp", "imap", "pop3", "ftp", "ldap", "xmpp",
	"xmpp-server", "sieve", "nntp", "irc", "postgres", "mysql", "mssql",
	"rdp", NULL
};

static const char *const tls_versions[] = {
	"1.0", "1.1", "1.2", "1.3", NULL
};

const struct option_row options_target[] = {
	{
		.name = "hostname", .letter = 'H', .type = OPT_STRINGS,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(hostname, struct strings),
		.metavar = "HOST", .flags = OPTF_REPEAT,
		.help = "check the server of this name or address",
		.detail = "A host name (also an internationalised one, as "
		    "typed), an IPv4 or IPv6 address, or SCHEME://HOST. For "
		    "check_cert_expiry the name is what the certificate has "
		    "to be valid for.",
		.since = "0.1",
	}, {
		.name = "port", .letter = 'p', .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(port, const char *),
		.metavar = "PORT",
		.help = "port, where the target names none (443)",
		.detail = "The default is the port of the scheme: 443, or 25 "
		    "with --starttls=smtp, and so on. Several ports with "
		    "commas are meant for networks.",
		.since = "0.1",
	}, {
		.name = "starttls", .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(starttls, const char *),
		.metavar = "PROTO", .choices = starttls_names,
		.help = "start in plain text, then upgrade to TLS",
		.detail = "PROTO is smtp, submission, lmtp, imap, pop3, ftp, "
		    "ldap, xmpp, xmpp-server, sieve, nntp, irc, postgres, "
		    "mysql, mssql or rdp. The same can be said in the target "
		    "(smtp://mail.example.com).",
		.since = "0.1",
	}, {
		.name = "sni", .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(sni, const char *),
		.metavar = "NAME",
		.help = "send this name in the handshake (HOST)",
		.detail = "For check_cert_expiry it is what the certificate "
		    "has to be valid for, too, unless --name says otherwise.",
		.since = "0.1",
	}, {
		.name = "address", .letter = 'I', .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(address, const char *),
		.metavar = "ADDR",
		.help = "connect to this address; HOST stays the name",
		.detail = "An address or a host name. For checking one node "
		    "behind a load balancer, or a server before DNS points "
		    "at it.",
		.since = "0.1",
	}, {
		.name = "all-addresses", .type = OPT_FLAG,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(all_addresses, bool),
		.help = "check every address that HOST has",
		.detail = "Each address is judged: this catches the one node "
		    "that still serves the old certificate. That they differ "
		    "is a finding of check_cert_expiry.",
		.since = "0.1",
	}, {
		.name = "file", .letter = 'f', .type = OPT_STRINGS,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(file, struct strings),
		.metavar = "PATH", .flags = OPTF_REPEAT | OPTF_FILE,
		.help = "check a file, a directory, a glob, or - (stdin)",
		.detail = "PEM, DER, PKCS#7, PKCS#12 and JKS are told apart "
		    "by content. A PEM file may hold several certificates "
		    "and any text around them. A directory is read "
		    "recursively. Quote a glob, or the shell expands it to "
		    "arguments, which is fine as well.",
		.since = "0.1",
	}, {
		.name = "password-file", .type = OPT_STRING,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(password_file, const char *),
		.metavar = "FILE", .flags = OPTF_FILE,
		.help = "first line: password of the keystores",
		.detail = "For PKCS#12 and JKS files, and for an encrypted "
		    "private key. There is no option that takes "
		    "the password itself, because the command line of a "
		    "process can be read by everyone on the machine.",
		.since = "0.1",
	}, {
		.name = "targets", .type = OPT_STRINGS,
		.group = GROUP_TARGET,
		.offset = OPTION_FIELD(targets, struct strings),
		.metavar = "FILE", .flags = OPTF_REPEAT | OPTF_FILE,
		.help = "read targets from a file, or - (stdin)",
		.detail = "One target per line, # starts a comment. Behind "
		    "the target its own options may follow as key=value: "
		    "name, sni, address, port, starttls, warning, critical, "
		    "label, ca-file, no-trust, and for check_cert_expiry "
		    "compare and key. A bad line is named by its number and "
		    "makes the result at least unknown; the other targets "
		    "are still checked.",
		.since = "0.1",
	}, {
		.name = "concurrency", .type = OPT_INT,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(concurrency, int64_t),
		.metavar = "N", .fallback = "128", .min = 1, .max = 10000,
		.flags = OPTF_EXPERT,
		.help = "targets in flight at the same time",
		.detail = "A target that stays silent for a second lends its "
		    "place to the next one, to 8 times as many, so that hosts "
		    "behind a firewall do not keep the others waiting.",
		.since = "0.1",
	}, {
		.name = "ca-file", .type = OPT_STRING,
		.group = GROUP_TRUST,
		.offset = OPTION_FIELD(ca_file, const char *),
		.metavar = "FILE", .flags = OPTF_FILE,
		.help = "trust these certificates instead of the system's",
		.detail = "PEM or DER. Without --ca-file and --ca-path the "
		    "anchors of the system are used, or those that "
		    "SSL_CERT_FILE and SSL_CERT_DIR name.",
		.since = "0.1",
	}, {
		.name = "ca-path", .type = OPT_STRING,
		.group = GROUP_TRUST,
		.offset = OPTION_FIELD(ca_path, const char *),
		.metavar = "DIR", .flags = OPTF_FILE,
		.help = "likewise, a directory with hash links",
		.detail = "As made by openssl rehash.",
		.since = "0.1",
	}, {
		.name = "client-cert", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(client_cert, const char *),
		.metavar = "FILE", .flags = OPTF_FILE | OPTF_EXPERT,
		.help = "certificate to show to a server that asks",
		.detail = "PEM, with its chain. The server's own certificate "
		    "is judged even if the server refuses us for want of "
		    "one.",
		.since = "0.1",
	}, {
		.name = "client-key", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(client_key, const char *),
		.metavar = "FILE", .flags = OPTF_FILE | OPTF_EXPERT,
		.help = "its private key, if not in the same file",
		.since = "0.1",
	}, {
		.name = "alpn", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(alpn, const char *),
		.metavar = "LIST", .flags = OPTF_EXPERT,
		.help = "application protocols to offer (h2,http/1.1)",
		.detail = "A server that chooses none of them is a finding "
		    "of check_cert_expiry (tls.alpn).",
		.since = "0.1",
	}, {
		.name = "tls-min", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(tls_min, const char *),
		.metavar = "VERSION", .choices = tls_versions,
		.flags = OPTF_EXPERT,
		.help = "lowest version to offer: 1.0, 1.1, 1.2, 1.3",
		.detail = "Without it old servers are spoken to as well, so "
		    "that their certificate is seen; the old version is "
		    "judged by check_cert_expiry.",
		.since = "0.1",
	}, {
		.name = "tls-max", .type = OPT_STRING,
		.group = GROUP_CONNECTION,
		.offset = OPTION_FIELD(tls_max, const char *),
		.metavar = "VERSION", .choices = tls_versions,
		.flags = OPTF_EXPERT,
		.help = "highest version to offer", .since = "0.1",
	}, {
		.name = "leaf-only", .type = OPT_FLAG,
		.group = GROUP_CHECK,
		.offset = OPTION_FIELD(leaf_only, bool),
		.help = "judge the first certificate only",
		.since = "0.1",
	},
	{ .name = NULL }
};
