/* SPDX-License-Identifier: ISC */
/* The template of the plugins that look at targets: tables alone. */
#include "app/integration_zabbix.h"

#define EXPIRY "check_cert_expiry"
#define OCSP "check_ocsp"

/* Findings that may be gone with the next connection. */
#define WAY "^(net[.]|starttls[.]refused|tls[.]handshake)"

static const struct zabbix_item items[] = {
	{ "state", "state of the run", "$.state", "UNSIGNED", NULL,
	    "Plugin state", NULL, false, false },
	{ "summary", "summary", "$.summary", "TEXT", NULL, NULL, NULL, false,
	    false },
	{ "usage", "cannot run", "$.targets[?(@.target == \"\")].state.first()",
	    "UNSIGNED", NULL, "Plugin state", NULL, true, false },
	{ "targets.total", "targets", "$.counts.targets", "UNSIGNED", NULL,
	    NULL, NULL, false, false },
	{ "targets.ok", "targets that are ok", "$.counts.ok", "UNSIGNED",
	    NULL, NULL, NULL, false, false },
	{ "targets.warning", "targets with a warning", "$.counts.warning",
	    "UNSIGNED", NULL, NULL, NULL, false, false },
	{ "targets.critical", "targets that are critical",
	    "$.counts.critical", "UNSIGNED", NULL, NULL, NULL, false, false },
	{ "targets.unknown", "targets that are unknown", "$.counts.unknown",
	    "UNSIGNED", NULL, NULL, NULL, false, false },
	{ "elapsed", "time of the run", "$.elapsed", "FLOAT", "s", NULL, NULL,
	    false, false },
	{ .key = NULL }
};

/* A run that could not begin says nothing about any target; then there is no
 * list. */
static const struct zabbix_list lists[] = {
	{ "list", "targets (JSON)", NULL,
	    "var d = JSON.parse(value), ran = d.targets.every(function (t) { "
	    "return t.target !== ''; }); "
	    "return JSON.stringify({ list: ran ? d.targets : undefined });",
	    NULL },
	{ .key = NULL }
};

static const struct zabbix_item target_items[] = {
	/* --json=problems leaves out what is ok. */
	{ "target.state", "state", "state.first()", "UNSIGNED", NULL,
	    "Plugin state", NULL, true, false },
	/* What is wrong with it, not with the way to it. */
	{ "target.critical", "critical findings",
	    "findings[?(@.state == 2 && !(@.id =~ \"" WAY "\"))].length()",
	    "UNSIGNED", NULL, NULL, NULL, true, false },
	{ "target.summary", "summary", "summary.first()", "TEXT", NULL, NULL,
	    NULL, false, false },
	{ "target.problems", "problems", "findings[?(@.state > 0)].text",
	    "TEXT", NULL, NULL, NULL, false, true },
	{ "target.not_after", "valid until",
	    "facts.certs[0].not_after.timestamp.first()", "UNSIGNED",
	    "unixtime", NULL, NULL, false, false },
	{ "target.revocations", "revocations found",
	    "findings[?(@.id == \"ocsp.revoked\" && @.state > 0)].length()",
	    "UNSIGNED", NULL, NULL, OCSP, true, false },
	{ "target.tls", "TLS version", "facts.tls_version.first()", "CHAR",
	    NULL, NULL, EXPIRY, false, true },
	{ .key = NULL }
};

static const struct zabbix_item cert_items[] = {
	{ "cert.days", "days left", "days_left.first()", "FLOAT", "!days",
	    NULL, NULL, false, false },
	{ "cert.not_after", "valid until", "not_after.timestamp.first()",
	    "UNSIGNED", "unixtime", NULL, NULL, false, false },
	{ "cert.subject", "subject", "subject.first()", "TEXT", NULL, NULL,
	    NULL, false, true },
	{ "cert.issuer", "issuer", "issuer.first()", "TEXT", NULL, NULL,
	    NULL, false, true },
	{ "cert.serial", "serial number", "serial_number.first()", "CHAR",
	    NULL, NULL, NULL, false, true },
	{ "cert.key", "key", "key.first()", "CHAR", NULL, NULL, NULL, false,
	    true },
	{ .key = NULL }
};

static const struct zabbix_trigger triggers[] = {
	{ "nodata", "no data", NULL, "nodata(`state`,{$^NODATA})=1",
	    "AVERAGE", { NULL },
	    "Zabbix gets nothing from the plugin. The item with the JSON "
	    "says why: no such file, longer than Timeout (3 s unless "
	    "configured), more than 512 kB.", NULL, NULL },
	{ "usage", "cannot run", "{?last(`summary`)}", "last(`usage`)=3",
	    "AVERAGE", { "nodata", NULL },
	    "A macro has a value that the plugin does not understand, or "
	    "nothing says what to check.", NULL, NULL },
	{ .id = NULL }
};

static const struct zabbix_trigger target_triggers[] = {
	{ "expired", "{#TARGET}: certificate has expired",
	    "{#TARGET}: {?last(`target.summary`)}",
	    "last(`target.not_after`)<now() and last(`target.state`)=2",
	    "DISASTER", { NULL }, NULL, EXPIRY, NULL },
	{ "revoked", "{#TARGET}: certificate is revoked",
	    "{#TARGET}: {?last(`target.summary`)}",
	    "last(`target.revocations`)>0", "DISASTER", { NULL },
	    "The problem does not end while nothing is known: the server "
	    "or its responder does not answer.", OCSP,
	    "last(`target.revocations`)=0 and (last(`target.state`)=0 or "
	    "last(`target.state`)=1)" },
	{ "critical", "{#TARGET} is critical",
	    "{#TARGET}: {?last(`target.summary`)}",
	    "last(`target.state`)=2 and last(`target.critical`)>0", "HIGH",
	    { "expired", "revoked", NULL }, NULL, NULL, NULL },
	{ "unreachable", "{#TARGET} cannot be reached",
	    "{#TARGET}: {?last(`target.summary`)}",
	    "last(`target.state`)=2 and last(`target.critical`)=0 and "
	    "min(`target.state`,#2)>=2", "HIGH",
	    { "expired", "revoked", NULL },
	    "Twice in a row, because a connection may fail once.", NULL,
	    NULL },
	{ "warning", "{#TARGET} has a warning",
	    "{#TARGET}: {?last(`target.summary`)}",
	    "last(`target.state`)=1", "WARNING", { "critical", NULL }, NULL,
	    NULL, NULL },
	{ "unknown", "{#TARGET} is unknown",
	    "{#TARGET}: {?last(`target.summary`)}",
	    "last(`target.state`)=3 and min(`target.state`,#2)>=2", "AVERAGE",
	    { "revoked", "critical", "usage" },
	    "Twice in a row, because a connection may fail once.", NULL,
	    NULL },
	{ .id = NULL }
};

static const struct zabbix_trigger cert_triggers[] = {
	{ "replaced", "{#TARGET}, {#POSITION}: another certificate",
	    "{#TARGET}, {#POSITION}: another certificate, serial number "
	    "{?last(`cert.serial`)}",
	    "last(`cert.serial`,#1)<>last(`cert.serial`,#2)", "INFO",
	    { NULL }, "Ends by itself after a day.", NULL, NULL },
	{ .id = NULL }
};

static const struct zabbix_graph target_graphs[] = {
	{ "{#TARGET}: time left", { "target.days", "target.lifetime", NULL },
	    EXPIRY, false },
	{ "{#TARGET}: answer", { "target.next_update", "target.age", NULL },
	    OCSP, false },
	{ .name = NULL }
};

static const struct zabbix_graph cert_graphs[] = {
	{ "{#TARGET}, {#POSITION}: days left", { "cert.days", NULL }, NULL,
	    false },
	{ .name = NULL }
};

static const struct zabbix_rule rules[] = {
	{
		.key = "targets", .name = "targets", .master = "list",
		.path = "$[*]",
		.macros = { { "{#LABEL}", "$.label" },
		    { "{#TARGET}", "$.target" }, { NULL, NULL } },
		.args = "[{#LABEL}]",
		.select = "$[?(@.label == \"{#LABEL}\")].",
		.what = "{#TARGET}", .filter = "{#TARGET}",
		.filter_name = "TARGET", .items = target_items,
		.triggers = target_triggers, .graphs = target_graphs,
		.metrics = true
	}, {
		.key = "certs", .name = "certificates", .master = "list",
		.path = "$[*].facts.certs[*]",
		.macros = { { "{#TARGET}", "$.target" },
		    { "{#POSITION}", "$.position" },
		    { "{#CN}", "$.common_name" }, { NULL, NULL } },
		.args = "[\"{#TARGET}\",\"{#POSITION}\"]",
		.select = "$[*].facts.certs[?(@.target == \"{#TARGET}\" && "
		    "@.position == \"{#POSITION}\")].",
		.what = "{#TARGET}, {#POSITION}", .filter = "{#TARGET}",
		.filter_name = "TARGET", .items = cert_items,
		.triggers = cert_triggers, .graphs = cert_graphs,
		.metrics = false
	},
	{ .key = NULL }
};

static const struct zabbix_graph graphs[] = {
	{ "targets by state", { "targets.ok", "targets.warning",
	    "targets.critical", "targets.unknown", NULL }, NULL, true },
	{ .name = NULL }
};

static const struct zabbix_widget widgets[] = {
	{ "ITEM", "State", "state", 0, 0, 4, 3, NULL },
	{ "ITEM", "Targets", "targets.total", 4, 0, 4, 3, NULL },
	{ "ITEM", "Critical", "targets.critical", 8, 0, 4, 3, NULL },
	{ "ITEM", "Warning", "targets.warning", 12, 0, 4, 3, NULL },
	{ "ITEM", "Unknown", "targets.unknown", 16, 0, 4, 3, NULL },
	{ "ITEM", "Time of the run", "elapsed", 20, 0, 4, 3, NULL },
	{ "PLAIN_TEXT", "Summary", "summary", 0, 3, 12, 6, NULL },
	{ "GRAPH_CLASSIC", "Targets by state", "targets by state", 12, 3, 12,
	    6, NULL },
	{ "GRAPH_PROTOTYPE", "Time left", "{#TARGET}: time left", 0, 9, 24,
	    6, EXPIRY },
	{ "GRAPH_PROTOTYPE", "Answers", "{#TARGET}: answer", 0, 9, 24, 6,
	    OCSP },
	{ "GRAPH_PROTOTYPE", "Certificates",
	    "{#TARGET}, {#POSITION}: days left", 0, 15, 24, 6, NULL },
	{ .type = NULL }
};

const struct zabbix_plan zabbix_targets = {
	.items = items, .lists = lists, .triggers = triggers, .rules = rules,
	.graphs = graphs, .widgets = widgets, .metrics = NULL
};
