/* SPDX-License-Identifier: ISC */
/*
 * Everything the command line can say, for all plugins: the rows of the
 * option tables (app/options.c) point into this one struct.  Strings are
 * borrowed from argv or the process arena.
 */
#ifndef MODEL_OPTIONS_H
#define MODEL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/finding.h"
#include "model/status.h"
#include "model/target.h"
#include "model/threshold.h"

enum output_format {
	OUTPUT_AUTO,
	OUTPUT_NAGIOS,
	OUTPUT_JSON,
	OUTPUT_OPENMETRICS,
	OUTPUT_TEXT
};

enum perfdata_mode {
	PERFDATA_DEFAULT,
	PERFDATA_ALL,
	PERFDATA_NONE
};

enum json_detail {
	JSON_FULL,
	JSON_BRIEF,		/* no names, no findings that are ok */
	JSON_PROBLEMS,		/* nor targets and websites that are ok */
	JSON_FIT		/* brief, or as much of it as Zabbix takes */
};

enum rev_wanted {
	WANT_AUTO,
	WANT_OCSP,
	WANT_CRL,
	WANT_STAPLE,
	WANT_ALL
};

enum cert_id {
	CERT_ID_AUTO,
	CERT_ID_SHA1,
	CERT_ID_SHA256
};

struct timeout {
	int64_t ms;
	bool has_state;
	enum status state;
};

/* A state that may be left to the table of findings. */
struct opt_status {
	bool set;
	enum status status;
};

struct options {
	/* all plugins */
	bool help, version, list_findings, exit_ok, no_cache;
	int64_t verbose;		/* 0..3 */
	struct timeout timeout;
	struct opt_status timeout_result;
	struct threshold warning, critical;
	int output;			/* enum output_format */
	int perfdata;			/* enum perfdata_mode */
	int json;			/* enum json_detail */
	struct strings extra_opts;	/* handled before the rest */
	struct strings ignore, severity;
	struct policy policy;		/* made from the two above */
	bool at_set;
	int64_t at;
	const char *proxy, *no_proxy;
	bool ipv4, ipv6;
	const char *cache_dir;
	const char *integration;
	/* targets */
	struct strings hostname, file, targets, positional;
	const char *port, *starttls, *sni, *address;
	const char *password_file;
	int64_t concurrency;
	const char *ca_file, *ca_path;
	const char *client_cert, *client_key;
	struct strings name;
	const char *alpn;		/* comma-separated, or NULL */
	const char *tls_min, *tls_max;	/* "1.0" .. "1.3", or NULL */
	bool all_addresses, leaf_only;
	/* check_cert_expiry */
	bool no_trust;
	struct opt_status self_signed;
	struct threshold renewal;	/* lower bounds only; n 0: not asked */
	struct strings fingerprint, spki, serial;
	const char *issuer;		/* POSIX extended regex, case-blind */
	struct strings san;
	bool san_exact;
	const char *key;
	int64_t key_min;		/* bits; 0: the built-in policy */
	const char *compare;
	/* check_ocsp */
	int method;			/* enum rev_wanted */
	const char *issuer_file, *responder, *ocsp_response;
	struct strings crl;		/* URLs and files */
	bool offline, nonce, deny_private;
	int cert_id;			/* enum cert_id */
	int64_t max_age, skew;		/* seconds; max_age 0: no limit */
	struct opt_status unknown, unreachable, no_source, must_staple;
	const char *compromised_keys;
	struct strings revoked_cert;
	/* check_autossl_queue */
	const char *whm, *cpanel;	/* HOST[:PORT] */
	bool local;
	const char *local_bin;		/* where whmapi1 and uapi are */
	const char *user, *token_file;
	struct strings account;
	bool insecure, market;
	const char *autossl_issuer;	/* POSIX extended regex, case-blind */
	int64_t window;			/* seconds; 0: by provider */
	/* Ages in seconds; 0: never. */
	int64_t pending_warning, pending_critical;
	int64_t run_warning, run_critical;
	int64_t check_warning, check_critical;
};

#endif
