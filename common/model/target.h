/* SPDX-License-Identifier: ISC */
/*
 * What is to be checked: a TLS endpoint or certificates in a file.
 *
 * Grammar of one target (cli.md): HOST, HOST:PORT, [IPV6]:PORT, bare IPv6,
 * SCHEME://HOST[:PORT][/...], file:PATH, anything with a '/' or "-" that is
 * no network, ADDRESS/BITS[:PORT,PORT...].
 */
#ifndef MODEL_TARGET_H
#define MODEL_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/threshold.h"

/* The plain-text dialogue before the handshake. */
enum starttls {
	STARTTLS_NONE,
	STARTTLS_SMTP,
	STARTTLS_LMTP,
	STARTTLS_IMAP,
	STARTTLS_POP3,
	STARTTLS_FTP,
	STARTTLS_LDAP,
	STARTTLS_XMPP,
	STARTTLS_XMPP_SERVER,
	STARTTLS_SIEVE,
	STARTTLS_NNTP,
	STARTTLS_IRC,
	STARTTLS_POSTGRES,
	STARTTLS_MYSQL,
	STARTTLS_MSSQL,		/* TDS: the handshake itself is wrapped */
	STARTTLS_RDP,
	STARTTLS_COUNT
};

struct scheme {
	const char *name;	/* "https", "smtp" */
	uint16_t port;		/* 0: must be given */
	enum starttls starttls;
	const char *alpn;	/* offered when the user offers nothing; NULL */
};

enum target_kind {
	TARGET_TLS,
	TARGET_FILE,		/* path; "-" is standard input */
	TARGET_NETWORK		/* expanded by the schedule */
};

/* A list of borrowed strings. */
struct strings {
	const char **items;
	size_t n, cap;
};

struct target {
	enum target_kind kind;
	const char *text;	/* as given, for messages (raw) */
	const char *host;	/* A-labels or an address, no brackets */
	const char *host_unicode;	/* UTF-8 form if it differs, or NULL */
	const char *address;	/* connect there instead (-I), or NULL */
	const char *sni;	/* SNI sent; NULL: the host if it is a name; ""
				 * sends none */
	const struct scheme *scheme;	/* never NULL for TARGET_TLS */
	uint16_t port;
	bool is_address;	/* host is an IP literal */
	const char *path;	/* TARGET_FILE */
	struct strings names;	/* expected names; none: the host */
	/* Per-target overrides from a targets file; n == 0: the option's. */
	struct threshold warning, critical;
	const char *label;	/* label=..., or NULL */
	const char *ca_file;	/* or NULL */
	const char *compare, *key;	/* or NULL */
	bool no_trust;
	bool from_network;	/* a closed port is no finding, and no name is
				 * expected but those asked for */
	bool from_directory;	/* a file that is no certificate is skipped */
	/* TARGET_NETWORK */
	uint8_t net[16];	/* network order */
	int family;		/* 4 or 6 */
	unsigned bits;
	uint16_t *ports;
	size_t n_ports;
};

const struct scheme *scheme_find(const char *name);
/* The table, ended by a row with a NULL name. */
const struct scheme *scheme_table(void);

/* Defaults that -p, --starttls, -I, --sni give to a target. */
struct target_defaults {
	const char *port;	/* text: "443" or "443,8443"; NULL: scheme's */
	const char *starttls;	/* protocol name (a scheme), or NULL */
	const char *address;
	const char *sni;	/* "-": send none */
};

/* Parses one target.  Everything is allocated in the arena.  ERR_USAGE with
 * one clear line that names the text and what is wrong. */
int target_parse(struct arena *arena, const char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err);
/* The same for -H: the text is a host only (name, address, [address], or
 * URL-like scheme://...); never a path. */
int target_parse_host(struct arena *arena, const char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err);
/* A line of a targets file: TARGET [key=value ...], values may be "quoted".
 * Keys: name (repeatable), sni, address, port, starttls, warning, critical,
 * label, ca-file, compare, key, no-trust.  An empty value leaves the key
 * unset.  Returns 1 for a blank or comment line, 0 for a target, -1 on
 * error. */
int target_parse_line(struct arena *arena, char *line,
    const struct target_defaults *defaults, struct target *out,
    struct err *err);
/* Number of endpoints (addresses times ports) of a network, saturating. */
uint64_t target_network_size(const struct target *net);
/* Endpoint number i of a network. */
int target_network_at(struct arena *arena, const struct target *net,
    uint64_t i, struct target *out, struct err *err);
/* Display form "host:port" / "smtp://host:25" / the path; raw bytes. */
const char *target_display(struct arena *arena, const struct target *target);
/* For perfdata labels and discovery: [A-Za-z0-9_.-]+ made from host and port
 * (or the label), ':' and '/' as '_'. */
const char *target_label(struct arena *arena, const struct target *target);

#endif
