/* SPDX-License-Identifier: ISC */
/* The pages made from the option table: --help, --integration=KIND. */
#include <stdlib.h>
#include <string.h>

#include "app/options.h"
#include "app/pages.h"
#include "base/text.h"
#include "tap.h"

static const struct option_row *const groups[] = {
	options_target, options_cert_expiry, options_general, NULL
};
static const struct option_table table = {
	groups, "check_cert_expiry", "[TARGET...]"
};
static const char *const examples[] = { "check_x -H y", "an example", NULL };
static const struct app app = {
	.options = &table, .service = "CERT_EXPIRY",
	.summary = "Checks what it's for.", .examples = examples
};

/* Another plugin: no targets, few options. */
static const struct option_row *const few_groups[] = {
	options_general, NULL
};
static const struct option_table few_table = {
	few_groups, "check_other_thing", NULL
};
static const enum finding_id few_findings[] = { FINDING_USAGE };
static const struct app few = {
	.options = &few_table, .service = "OTHER", .summary = "Else.",
	.findings = few_findings, .n_findings = 1
};

static const char *
page(const struct app *a, const char *kind)
{
	static struct buf out = BUF_INIT;
	struct err err = ERR_INIT;

	buf_reset(&out);
	if (strcmp(kind, "help") == 0)
		options_help(a, &out);
	else if (strcmp(kind, "usage") == 0)
		options_usage(a, &out);
	else if (strcmp(kind, "findings") == 0)
		options_findings(a, &out);
	else if (integration_print(a, kind, &out, &err) != 0)
		bail("%s: %s", kind, err.text);
	return buf_text(&out);
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static size_t
widest(const char *text)
{
	size_t len, most = 0;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len > most)
			most = len;
	}
	return most;
}

static void
test_help(void)
{
	const struct option_row *row;
	const char *text = page(&app, "help");
	char name[80];
	size_t i;

	ok(widest(text) <= 80, "--help is at most 80 columns wide");
	ok(text_starts(text, "Usage: check_cert_expiry [OPTION...]"),
	    "and starts with the usage");
	for (i = 0; (row = option_row_at(&table, i)) != NULL; i++) {
		snprintf(name, sizeof(name), " --%s", row->name);
		ok(strstr(text, name) != NULL, "it has --%s", row->name);
	}
	ok(strstr(text, "smtp") != NULL && strstr(text, "https") != NULL,
	    "and the schemes");
	ok(strstr(text, "check_x -H y") != NULL, "and examples");
	ok(strstr(text, "3 UNKNOWN") != NULL, "and exit codes");
	text = page(&app, "usage");
	ok(count(text, "\n") <= 23, "the usage fits on a screen");
	ok(widest(text) <= 80, "in width, too");
}

static void
test_findings(void)
{
	const char *text = page(&app, "findings");

	is_uint(count(text, "\n"), FINDING_COUNT, "one line per finding");
	ok(strstr(text, "cert.expiry") != NULL, "cert.expiry");
	text = page(&few, "findings");
	is_uint(count(text, "\n"), 1, "only those that the plugin has");
}

static void
test_kinds(const struct app *a)
{
	char *first;
	size_t i;

	for (i = 0; integration_kinds[i] != NULL; i++) {
		first = strdup(page(a, integration_kinds[i]));
		ok(first != NULL && strlen(first) > 500, "%s for %s",
		    integration_kinds[i], a->options->plugin);
		is_str(page(a, integration_kinds[i]), first,
		    "  is always the same");
		ok(first != NULL && first[strlen(first) - 1] == '\n',
		    "  ends with a newline");
		ok(first != NULL && strstr(first, " \n") == NULL,
		    "  has no blanks at ends of lines");
		free(first);
	}
}

static void
test_every_option(void)
{
	static const struct {
		const char *kind, *format;
		bool flags;		/* without values too */
	} kinds[] = {
		{ "icinga2", "\t\t\"--%s\" = {\n", true },
		{ "director", "\"--%s\": {", true },
		{ "json", "\"name\": \"%s\"", true },
		{ "bash", "--%s", true },
		{ "nagios", "--%s", true },
		{ "nrpe", "--%s", true },
	};
	const struct option_row *row;
	const char *text;
	char name[100];
	size_t i, k;

	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		text = page(&app, kinds[k].kind);
		for (i = 0; (row = option_row_at(&table, i)) != NULL; i++) {
			if (!integration_exposes(row) ||
			    row->flags & OPTF_SECRET)
				continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(name, sizeof(name), kinds[k].format,
			    row->name);
#pragma GCC diagnostic pop
			if (strstr(text, name) == NULL)
				fail("%s lacks --%s", kinds[k].kind,
				    row->name);
		}
		pass("%s has every option", kinds[k].kind);
	}
}

static void
test_secrets(void)
{
	const char *text = page(&app, "icinga2");

	ok(strstr(text, "\"--proxy\"") == NULL,
	    "a secret is no argument for Icinga 2");
	ok(strstr(text, "\t\tall_proxy = \"$cert_expiry_all_proxy$\"\n") !=
	    NULL && strstr(text, "vars.cert_expiry_all_proxy = {{ "
	    "macro(\"$cert_expiry_proxy$\") || ") != NULL,
	    "but in its environment");
	text = page(&app, "zabbix");
	ok(strstr(text, "--proxy=") == NULL, "nor for Zabbix");
	text = page(&app, "zabbix-agent");
	ok(strstr(text, "--proxy=") == NULL, "nor for its agent");
}

/* More in tests/cli/zabbix.t. */
static void
test_zabbix(void)
{
	const char *text = page(&app, "zabbix");

	ok(strstr(text, "\"--warning={$CERT_EXPIRY.WARNING}\"") != NULL,
	    "a threshold is a macro");
	ok(strstr(text, "last(/cert_expiry by plugin/cert_expiry.target."
	    "state[{#LABEL}])=2") != NULL, "a trigger of a target");
	ok(strstr(text, "nodata(/cert_expiry by plugin/cert_expiry.state,"
	    "{$CERT_EXPIRY.NODATA})=1") != NULL, "and one of the run");
	ok(strstr(text, "Checks what it''s for.") != NULL,
	    "a quote is written twice");
	text = page(&app, "zabbix-agent");
	ok(strstr(text, "cert_expiry[\"--hostname={$CERT_EXPIRY.AGENT."
	    "HOSTNAME} --port=") != NULL, "an agent's options are one "
	    "parameter");
	text = page(&few, "zabbix");
	ok(strstr(text, "websites.list") != NULL &&
	    strstr(text, "TARGET") == NULL, "without targets");
}

static void
test_man(void)
{
	const char *text = page(&app, "man");

	is_uint(count(text, "\n.SH "), 2, "two sections");
	ok(strstr(text, "\n.SH OPTIONS\n") != NULL, "OPTIONS");
	ok(strstr(text, "\n.SH FINDINGS\n") != NULL, "FINDINGS");
	ok(strstr(text, "\\fB\\-w\\fP, \\fB\\-\\-warning\\fP=\\fISPEC\\fP\n") !=
	    NULL, "an option's line");
	ok(strstr(text, "Default: \\fB28d,25%\\fP.\n") != NULL, "a default");
	ok(widest(text) <= 80, "short lines");
}

static void
test_uuid(void)
{
	struct uuid_of of = { "check_x", "field", "port", 8, true };
	struct buf a = BUF_INIT, b = BUF_INIT;

	integration_uuid(&a, &of);
	is_uint(a.len, 36, "a UUID");
	is_str(buf_text(&a), "7b6547c3-a929-8bad-aa33-1a1f4af9b994",
	    "never changes");
	of.version = 4;
	of.dashes = false;
	integration_uuid(&b, &of);
	is_str(buf_text(&b), "7b6547c3a9294badaa331a1f4af9b994",
	    "as Zabbix has it");
	buf_reset(&b);
	of = (struct uuid_of){ "check_x", "fieldp", "ort", 8, true };
	integration_uuid(&b, &of);
	ok(strcmp(buf_text(&a), buf_text(&b)) != 0, "words do not run "
	    "together");
	buf_release(&a);
	buf_release(&b);
}

static void
test_unknown(void)
{
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;

	is_int(integration_print(&app, "centreon", &out, &err), -1,
	    "an unknown kind");
	is_int(err.kind, ERR_USAGE, "is a usage error: %s", err.text);
	buf_release(&out);
}

int
main(void)
{
	test_help();
	test_findings();
	test_kinds(&app);
	test_kinds(&few);
	test_every_option();
	test_secrets();
	test_zabbix();
	test_man();
	test_uuid();
	test_unknown();
	return tap_done();
}
