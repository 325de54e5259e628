/* SPDX-License-Identifier: ISC */
/* What the pages made from the option table (help.c, integration*.c) share. */
#ifndef APP_PAGES_H
#define APP_PAGES_H

#include <stdbool.h>

#include "app/app.h"
#include "base/buf.h"
#include "model/option.h"

/* Heading of a group: "What to check". */
const char *page_group(enum option_group group);
bool page_takes_value(const struct option_row *row);
/* Number i of what the plugin can find (all there is, when it does not say),
 * with what it counts as there; false at the end. */
bool page_finding(const struct app *app, size_t i, struct finding_row *out);
/* Names of the schemes of one kind, separated by blanks. */
void page_schemes(struct buf *out, bool starttls);

/* One function per kind of --integration; all deterministic. */
void integration_man(const struct app *app, struct buf *out);
void integration_bash(const struct app *app, struct buf *out);
void integration_icinga2(const struct app *app, struct buf *out);
void integration_director(const struct app *app, struct buf *out);
void integration_nagios(const struct app *app, struct buf *out);
void integration_nrpe(const struct app *app, struct buf *out);
void integration_zabbix(const struct app *app, struct buf *out);
void integration_zabbix_agent(const struct app *app, struct buf *out);
void integration_zabbix_conf(const struct app *app, struct buf *out);
void integration_json(const struct app *app, struct buf *out);

/* ---- integration.c, for the others ---------------------------------- */

/* The plugin's name without "check_": "cert_expiry". */
const char *integration_name(const struct app *app);
/* A name with the dashes as underscores: "ca_file". */
void integration_word(struct buf *out, const char *name);
/* "cert_expiry_ca_file", the variable that carries an option. */
void integration_var(struct buf *out, const struct app *app,
    const struct option_row *row);
/* Is the option for other programs to set?  Not --help and the like. */
bool integration_exposes(const struct option_row *row);
/*
 * How an option is written as an argument of an Icinga command: key and
 * value with macros.  skip_key: the value is the whole argument.
 */
struct command_argument {
	bool flag;			/* no value; condition is the macro */
	bool skip_key, repeat;
	char key[64], value[128];	/* "--port", "$cert_expiry_port$" */
};
void integration_argument(const struct app *app, const struct option_row *row,
    struct command_argument *out);
/* The environment variables that carry a secret option, or that stand in for
 * the file of one, NULL-ended; NULL when there are none. */
const char *const *integration_env(const struct option_row *row);
/*
 * A UUID that is always the same for the same words: version 8 (RFC 9562,
 * "custom") from two 64-bit FNV-1a hashes over plugin, kind and name, each
 * followed by a NUL, the second with its offset basis inverted.  dashes:
 * the usual form; else 32 digits (with the version nibble that `version`
 * says, because Zabbix insists on 4).
 */
struct uuid_of {
	const char *plugin, *kind, *name;
	unsigned version;
	bool dashes;
};
void integration_uuid(struct buf *out, const struct uuid_of *of);
/* The comment at the top of a generated file: `lead` starts each line. */
void integration_head(struct buf *out, const struct app *app,
    const char *lead, const char *kind);
/* Where distributions put plugins (Debian's folder; the RHEL family has
 * lib64), for programs that want a whole path. */
#define INTEGRATION_FOLDER "/usr/lib/nagios/plugins/"
/* Longest a check may take for the program around it, in seconds. */
#define INTEGRATION_TIMEOUT 30

#endif
