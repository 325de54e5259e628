/* SPDX-License-Identifier: ISC */
/* The template of check_autossl_queue: tables alone. */
#include "app/integration_zabbix.h"

static const struct zabbix_item items[] = {
	{ "state", "state", "$.state", "UNSIGNED", NULL, "Plugin state",
	    NULL, false, false },
	{ "summary", "summary", "$.summary", "TEXT", NULL, NULL, NULL, false,
	    false },
	{ "usage", "cannot run", "$.targets[?(@.target == \"\")].state.first()",
	    "UNSIGNED", NULL, "Plugin state", NULL, true, false },
	{ "elapsed", "time of the run", "$.elapsed", "FLOAT", "s", NULL, NULL,
	    false, false },
	{ .key = NULL }
};

static const struct zabbix_item server_items[] = {
	{ "server.state", "state of the server", "$.state", "UNSIGNED", NULL,
	    "Plugin state", NULL, false, false },
	{ "server.summary", "problem of the server", "$.text", "TEXT", NULL,
	    NULL, NULL, false, false },
	{ .key = NULL }
};

/*
 * websites: nothing when the server did not answer in full, because what is
 * missing counts as ok (--json leaves out what is fine).
 * server: the worst of what is not about a website.
 */
static const struct zabbix_list lists[] = {
	{ "websites", "websites (JSON)", NULL,
	    "var t = JSON.parse(value).targets[0], text = {}, "
	    "whole = t.error === null; t.findings.forEach(function (f) { "
	    "if (f.id === 'api.partial' && f.state > 0) { whole = false; } "
	    "if (f.state > 0 && !(f.subject in text)) "
	    "{ text[f.subject] = f.text; } }); "
	    "(t.facts.vhosts || []).forEach(function (v) { "
	    "v.text = text[v.key] || v.condition; }); "
	    "return JSON.stringify({ list: whole ? t.facts.vhosts : "
	    "undefined });", NULL },
	{ "accounts", "accounts (JSON)", "websites",
	    "var rank = [0, 2, 3, 1], all = {}, list = []; "
	    "JSON.parse(value).forEach(function (v) { var a = all[v.user]; "
	    "if (a === undefined) { a = all[v.user] = { user: v.user, "
	    "state: 0, websites: 0, problems: 0, days_left: null }; "
	    "list.push(a); } a.websites++; "
	    "if (v.state > 0) { a.problems++; } "
	    "if (rank[v.state] > rank[a.state]) { a.state = v.state; } "
	    "if (v.autossl && v.days_left !== null && (a.days_left === null "
	    "|| v.days_left < a.days_left)) { a.days_left = v.days_left; } "
	    "}); return JSON.stringify({ list: list });", NULL },
	{ "server", "server (JSON)", NULL,
	    "var rank = [0, 2, 3, 1], worst = { state: 0, text: 'ok' }; "
	    "JSON.parse(value).targets[0].findings.forEach(function (f) { "
	    "if (f.subject.indexOf('/') < 0 && "
	    "rank[f.state] > rank[worst.state]) { worst = f; } }); "
	    "return JSON.stringify({ list: { state: worst.state, "
	    "text: worst.text } });", server_items },
	{ .key = NULL }
};

static const struct zabbix_item website_items[] = {
	{ "website.state", "state", "state.first()", "UNSIGNED", NULL,
	    "Plugin state", NULL, true, false },
	{ "website.days", "days left", "days_left.first()", "FLOAT", "!days",
	    NULL, NULL, false, false },
	{ "website.summary", "summary", "text.first()", "TEXT", NULL, NULL,
	    NULL, false, true },
	{ .key = NULL }
};

static const struct zabbix_item account_items[] = {
	{ "account.state", "state", "state.first()", "UNSIGNED", NULL,
	    "Plugin state", NULL, true, false },
	{ "account.websites", "websites", "websites.first()", "UNSIGNED",
	    NULL, NULL, NULL, false, false },
	{ "account.problems", "websites with a problem", "problems.first()",
	    "UNSIGNED", NULL, NULL, NULL, true, false },
	{ "account.days", "days left, least", "days_left.first()", "FLOAT",
	    "!days", NULL, NULL, false, false },
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
	    "there is no token.", NULL, NULL },
	{ "critical", "AutoSSL of the server is critical",
	    "AutoSSL: {?last(`server.summary`)}", "last(`server.state`)=2",
	    "HIGH", { NULL }, "The server itself, not one of its websites.",
	    NULL, NULL },
	{ "warning", "AutoSSL of the server has a warning",
	    "AutoSSL: {?last(`server.summary`)}", "last(`server.state`)=1",
	    "WARNING", { "critical", NULL },
	    "The server itself, not one of its websites.", NULL, NULL },
	{ "unknown", "AutoSSL of the server is unknown",
	    "AutoSSL: {?last(`server.summary`)}",
	    "last(`server.state`)=3 and min(`server.state`,#2)>=2",
	    "AVERAGE", { "critical", "usage", NULL },
	    "The server does not answer, or not in full, twice in a row.",
	    NULL, NULL },
	{ .id = NULL }
};

static const struct zabbix_trigger website_triggers[] = {
	{ "website critical", "{#KEY} is critical",
	    "{#KEY}: {?last(`website.summary`)}", "last(`website.state`)=2",
	    "HIGH", { "critical", NULL }, NULL, NULL, NULL },
	{ "website warning", "{#KEY} has a warning",
	    "{#KEY}: {?last(`website.summary`)}", "last(`website.state`)=1",
	    "WARNING", { "website critical", "critical", NULL }, NULL, NULL,
	    NULL },
	{ "website unknown", "{#KEY} is unknown",
	    "{#KEY}: {?last(`website.summary`)}", "last(`website.state`)=3",
	    "AVERAGE", { "website critical", "critical", NULL }, NULL, NULL,
	    NULL },
	{ .id = NULL }
};

static const struct zabbix_graph account_graphs[] = {
	{ "{#USER}: days left, least", { "account.days", NULL }, NULL,
	    false },
	{ .name = NULL }
};

static const struct zabbix_rule rules[] = {
	{
		.key = "accounts.list", .name = "accounts",
		.master = "accounts", .path = "$[*]",
		.macros = { { "{#USER}", "$.user" }, { NULL, NULL } },
		.args = "[\"{#USER}\"]",
		.select = "$[?(@.user == \"{#USER}\")].",
		.what = "account {#USER}", .filter = "{#USER}",
		.filter_name = "ACCOUNT", .items = account_items,
		.graphs = account_graphs
	}, {
		.key = "websites.list", .name = "websites",
		.master = "websites", .path = "$[*]",
		.macros = { { "{#KEY}", "$.key" }, { "{#USER}", "$.user" },
		    { "{#SERVERNAME}", "$.servername" }, { NULL, NULL } },
		.args = "[\"{#KEY}\"]",
		.select = "$[?(@.key == \"{#KEY}\")].",
		.what = "{#KEY}", .filter = "{#KEY}",
		.filter_name = "WEBSITE", .items = website_items,
		.triggers = website_triggers
	},
	{ .key = NULL }
};

static const struct zabbix_graph graphs[] = {
	{ "websites with a problem", { "metric.expired", "metric.overdue",
	    "metric.problems", "metric.rate_limited", NULL }, NULL, false },
	{ "certificates", { "metric.vhosts", "metric.autossl_certs",
	    "metric.in_window", NULL }, NULL, false },
	{ "days left, least", { "metric.min_days", NULL }, NULL, false },
	{ .name = NULL }
};

static const struct zabbix_widget widgets[] = {
	{ "ITEM", "State", "state", 0, 0, 4, 3, NULL },
	{ "ITEM", "Websites", "metric.vhosts", 4, 0, 4, 3, NULL },
	{ "ITEM", "Expired", "metric.expired", 8, 0, 4, 3, NULL },
	{ "ITEM", "Overdue", "metric.overdue", 12, 0, 4, 3, NULL },
	{ "ITEM", "Days left, least", "metric.min_days", 16, 0, 4, 3, NULL },
	{ "ITEM", "Last run", "metric.last_run_age", 20, 0, 4, 3, NULL },
	{ "PLAIN_TEXT", "Summary", "summary", 0, 3, 12, 6, NULL },
	{ "GRAPH_CLASSIC", "Problems", "websites with a problem", 12, 3, 12,
	    6, NULL },
	{ "GRAPH_CLASSIC", "Certificates", "certificates", 0, 9, 12, 6,
	    NULL },
	{ "GRAPH_CLASSIC", "Days left, least", "days left, least", 12, 9, 12,
	    6, NULL },
	{ "GRAPH_PROTOTYPE", "Accounts", "{#USER}: days left, least", 0, 15,
	    24, 6, NULL },
	{ .type = NULL }
};

const struct zabbix_plan zabbix_queue = {
	.items = items, .lists = lists, .triggers = triggers, .rules = rules,
	.graphs = graphs, .widgets = widgets,
	.metrics = "$.targets[0]."
};
