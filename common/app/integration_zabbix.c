/* SPDX-License-Identifier: ISC */
/*
 * A template for Zabbix 6.0 and later: one external check brings the JSON,
 * everything else depends on it, and targets are discovered from it.  The
 * parameters are macros; an empty one leaves its option unset.  Zabbix
 * ignores the exit code, so the state is read from the JSON.
 */
#include <string.h>

#include "app/pages.h"

#define GROUP_UUID "a571c0d144b14fd4a87a9d9b2aa9fcd6"	/* Zabbix's own */
#define GROUP_NAME "Templates/Applications"
#define TIMEOUT "2.5s"		/* Zabbix waits 3 s unless configured */

struct item {
	const char *name;	/* for people */
	const char *key;	/* behind "cert_expiry." */
	const char *path;	/* JSONPath below the target or the root */
	const char *type;	/* value_type */
	const char *units;	/* or NULL */
	bool state;		/* has the value map */
};

static const struct item run_items[] = {
	{ "state", "state", "state", "UNSIGNED", NULL, true },
	{ "summary", "summary", "summary", "TEXT", NULL, false },
};

static const struct item target_items[] = {
	{ "state", "target.state", "state", "UNSIGNED", NULL, true },
	{ "summary", "target.summary", "summary", "TEXT", NULL, false },
};

static const struct item cert_items[] = {
	{ "valid until", "target.not_after",
	    "facts.certs[0].not_after.timestamp", "UNSIGNED", "unixtime",
	    false },
};

static const struct trigger {
	const char *name, *expression, *priority;
} triggers[] = {
	{ "critical", "=2", "HIGH" },
	{ "warning", "=1", "WARNING" },
	{ "unknown", "=3", "AVERAGE" },
};

#define N_ITEMS(a) (sizeof(a) / sizeof((a)[0]))

struct page {
	const struct app *app;
	struct buf *out;
	struct buf upper;	/* CERT_EXPIRY */
	struct buf key;		/* of the master item, quoted for YAML */
};

static void
put_uuid(struct page *page, const char *kind, const char *name)
{
	const struct uuid_of of = {
		.plugin = page->app->options->plugin, .kind = kind,
		.name = name, .version = 4,
	};

	integration_uuid(page->out, &of);
	buf_char(page->out, '\n');
}

/* A YAML string in single quotes. */
static void
put_quoted(struct buf *out, const char *text)
{
	buf_char(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_char(out, '\'');
		buf_char(out, *text);
	}
	buf_str(out, "'\n");
}

static bool
is_parameter(const struct option_row *row)
{
	static const char *const fixed[] = { "output", "perfdata" };
	size_t i;

	for (i = 0; i < N_ITEMS(fixed); i++)
		if (strcmp(row->name, fixed[i]) == 0)
			return false;
	return integration_exposes(row) && page_takes_value(row) &&
	    !(row->flags & (OPTF_SECRET | OPTF_EXPERT | OPTF_OPTARG));
}

static void
put_macro(struct buf *out, const struct page *page, const char *name)
{
	buf_printf(out, "{$%s.", buf_text(&page->upper));
	for (; *name != '\0'; name++)
		buf_char(out, *name >= 'a' && *name <= 'z' ?
		    (char)(*name - 'a' + 'A') : *name == '-' ? '_' : *name);
	buf_char(out, '}');
}

/* check_cert_expiry["--output=json","--exit-ok","--port={$...}",...] */
static void
make_key(struct page *page)
{
	const struct option_row *row;
	size_t i;

	buf_printf(&page->key, "%s[\"--output=json\",\"--exit-ok\"",
	    page->app->options->plugin);
	for (i = 0; (row = option_row_at(page->app->options, i)) != NULL;
	    i++) {
		if (!is_parameter(row))
			continue;
		buf_printf(&page->key, ",\"--%s=", row->name);
		put_macro(&page->key, page, row->name);
		buf_char(&page->key, '"');
	}
	buf_str(&page->key, ",\"");
	put_macro(&page->key, page, "more");
	buf_str(&page->key, "\"");
	if (page->app->options->positional != NULL) {
		buf_str(&page->key, ",\"");
		put_macro(&page->key, page, "target");
		buf_str(&page->key, "\"");
	}
	buf_str(&page->key, "]");
}

static void
put_master(struct page *page)
{
	const char *name = integration_name(page->app);

	buf_str(page->out, "        - uuid: ");
	put_uuid(page, "item", "raw");
	buf_printf(page->out,
	    "          name: '%s: JSON'\n"
	    "          type: EXTERNAL\n"
	    "          key: '%s'\n"
	    "          delay: 1h\n"
	    "          history: 1d\n"
	    "          trends: '0'\n"
	    "          value_type: TEXT\n", name, buf_text(&page->key));
}

static void
put_reference(struct page *page, const char *indent)
{
	buf_printf(page->out, "%smaster_item:\n%s  key: '%s'\n", indent,
	    indent, buf_text(&page->key));
}

/* The lines that items and prototypes share; path is a whole JSONPath. */
static void
put_dependent(struct page *page, const struct item *item, const char *path,
    const char *indent)
{
	struct buf *out = page->out;

	buf_printf(out, "%stype: DEPENDENT\n%sdelay: '0'\n", indent, indent);
	buf_printf(out, "%svalue_type: %s\n", indent, item->type);
	if (strcmp(item->type, "TEXT") == 0)
		buf_printf(out, "%strends: '0'\n", indent);
	if (item->units != NULL)
		buf_printf(out, "%sunits: '%s'\n", indent, item->units);
	if (item->state)
		buf_printf(out, "%svaluemap:\n%s  name: 'Plugin state'\n",
		    indent, indent);
	buf_printf(out, "%spreprocessing:\n"
	    "%s  - type: JSONPATH\n"
	    "%s    parameters:\n"
	    "%s      - '%s'\n"
	    "%s    error_handler: DISCARD_VALUE\n", indent, indent, indent,
	    indent, path, indent);
	put_reference(page, indent);
}

static void
put_item(struct page *page, const struct item *item)
{
	const char *name = integration_name(page->app);
	struct buf path = BUF_INIT;

	buf_printf(&path, "$.%s", item->path);
	buf_str(page->out, "        - uuid: ");
	put_uuid(page, "item", item->key);
	buf_printf(page->out, "          name: '%s: %s'\n"
	    "          key: %s.%s\n", name, item->name, name, item->key);
	put_dependent(page, item, buf_text(&path), "          ");
	buf_release(&path);
}

static void
put_triggers(struct page *page)
{
	const char *name = integration_name(page->app);
	size_t i;

	buf_str(page->out, "              trigger_prototypes:\n");
	for (i = 0; i < N_ITEMS(triggers); i++) {
		buf_str(page->out, "                - uuid: ");
		put_uuid(page, "trigger", triggers[i].name);
		buf_printf(page->out,
		    "                  expression: 'last(/%s by plugin/"
		    "%s.target.state[{#LABEL}])%s'\n", name, name,
		    triggers[i].expression);
		buf_printf(page->out,
		    "                  name: '%s: {#TARGET} is %s'\n"
		    "                  priority: %s\n", name, triggers[i].name,
		    triggers[i].priority);
	}
}

static void
put_prototype(struct page *page, const struct item *item)
{
	const char *name = integration_name(page->app);
	struct buf path = BUF_INIT;

	buf_printf(&path, "$.targets[?(@.label == \"{#LABEL}\")].%s.first()",
	    item->path);
	buf_str(page->out, "            - uuid: ");
	put_uuid(page, "prototype", item->key);
	buf_printf(page->out, "              name: '{#TARGET}: %s'\n"
	    "              key: '%s.%s[{#LABEL}]'\n", item->name, name,
	    item->key);
	put_dependent(page, item, buf_text(&path), "              ");
	if (item->state)
		put_triggers(page);
	buf_release(&path);
}

static void
put_metric(struct page *page, const struct app_metric *metric)
{
	struct buf key = BUF_INIT, path = BUF_INIT;
	struct item item = {
		.name = metric->name, .type = "FLOAT", .units = metric->units,
	};

	buf_printf(&key, "target.%s", metric->label);
	buf_printf(&path, "metrics[?(@.label == \"%s\")].value",
	    metric->label);
	item.key = buf_text(&key);
	item.path = buf_text(&path);
	put_prototype(page, &item);
	buf_release(&key);
	buf_release(&path);
}

static void
put_prototypes(struct page *page)
{
	const struct app_metric *metric = page->app->metrics;
	size_t i;

	for (i = 0; i < N_ITEMS(target_items); i++)
		put_prototype(page, &target_items[i]);
	for (; metric != NULL && metric->label != NULL; metric++)
		put_metric(page, metric);
	/* Whoever takes targets shows their certificates. */
	for (i = 0; page->app->options->positional != NULL &&
	    i < N_ITEMS(cert_items); i++)
		put_prototype(page, &cert_items[i]);
}

static void
put_discovery(struct page *page)
{
	const char *name = integration_name(page->app);

	buf_str(page->out, "      discovery_rules:\n        - uuid: ");
	put_uuid(page, "discovery", "targets");
	buf_printf(page->out,
	    "          name: '%s: targets'\n"
	    "          type: DEPENDENT\n"
	    "          key: %s.targets\n"
	    "          delay: '0'\n"
	    "          lifetime: 7d\n", name, name);
	put_reference(page, "          ");
	buf_str(page->out,
	    "          preprocessing:\n"
	    "            - type: JSONPATH\n"
	    "              parameters:\n"
	    "                - $.targets\n"
	    "          lld_macro_paths:\n"
	    "            - lld_macro: '{#LABEL}'\n"
	    "              path: $.label\n"
	    "            - lld_macro: '{#TARGET}'\n"
	    "              path: $.target\n"
	    "          item_prototypes:\n");
	put_prototypes(page);
}

static void
put_macro_entry(struct page *page, const char *name, const char *value,
    const char *help)
{
	buf_str(page->out, "        - macro: '");
	put_macro(page->out, page, name);
	buf_str(page->out, "'\n          value: ");
	put_quoted(page->out, value);
	buf_str(page->out, "          description: ");
	put_quoted(page->out, help);
}

static void
put_macros(struct page *page)
{
	const struct option_row *row;
	const char *value;
	size_t i;

	buf_str(page->out, "      macros:\n");
	for (i = 0; (row = option_row_at(page->app->options, i)) != NULL;
	    i++) {
		if (!is_parameter(row))
			continue;
		value = row->type == OPT_TIMEOUT ? TIMEOUT :
		    row->fallback != NULL ? row->fallback : "";
		put_macro_entry(page, row->name, value, row->help);
	}
	put_macro_entry(page, "more", "", "one more option, as --ipv4");
	if (page->app->options->positional != NULL)
		put_macro_entry(page, "target", "",
		    "a target: HOST:PORT, smtp://HOST, ...");
}

static void
put_value_map(struct page *page)
{
	int i;

	buf_str(page->out, "      valuemaps:\n        - uuid: ");
	put_uuid(page, "valuemap", "state");
	buf_str(page->out, "          name: 'Plugin state'\n"
	    "          mappings:\n");
	for (i = STATUS_OK; i <= STATUS_UNKNOWN; i++)
		buf_printf(page->out, "            - value: '%d'\n"
		    "              newvalue: %s\n", i,
		    status_word((enum status)i));
}

/* What the machine itself must see (files) is the agent's to run. */
static void
put_head(struct page *page)
{
	const char *plugin = page->app->options->plugin;
	const char *name = integration_name(page->app);

	integration_head(page->out, page->app, "# ", "zabbix");
	buf_printf(page->out, "#\n"
	    "# External check: put %s into ExternalScripts, import this\n"
	    "# template, set the macros at the host.  Zabbix waits 3 s "
	    "(Timeout) unless\n"
	    "# configured otherwise.\n"
	    "#\n"
	    "# For an agent instead (files that only the machine itself "
	    "sees), one line in\n"
	    "# /etc/zabbix/zabbix_agentd.d/%s.conf:\n"
	    "#   UserParameter=%s[*]," INTEGRATION_FOLDER "%s --output=json "
	    "--exit-ok --timeout=" TIMEOUT " \"$1\" \"$2\" \"$3\" \"$4\"\n"
	    "# and an item with a key such as\n"
	    "#   %s[\"--file=/etc/ssl/local\"]\n"
	    "# The agent takes no \\ ' \" ` * ? [ ] { } ~ $ ! & ; ( ) < > | "
	    "# @ in parameters: give\n"
	    "# those to --extra-opts.\n", plugin, plugin, name, plugin, name);
}

static void
put_template(struct page *page)
{
	const char *name = integration_name(page->app);
	size_t i;

	buf_str(page->out, "zabbix_export:\n  version: '6.0'\n"
	    "  groups:\n    - uuid: " GROUP_UUID "\n"
	    "      name: " GROUP_NAME "\n  templates:\n    - uuid: ");
	put_uuid(page, "template", name);
	buf_printf(page->out, "      template: '%s by plugin'\n"
	    "      name: '%s by plugin'\n"
	    "      description: ", name, name);
	put_quoted(page->out, page->app->summary);
	buf_str(page->out, "      groups:\n        - name: " GROUP_NAME "\n"
	    "      items:\n");
	put_master(page);
	for (i = 0; i < N_ITEMS(run_items); i++)
		put_item(page, &run_items[i]);
	put_discovery(page);
	put_macros(page);
	put_value_map(page);
}

void
integration_zabbix(const struct app *app, struct buf *out)
{
	struct page page = {
		.app = app, .out = out, .upper = BUF_INIT, .key = BUF_INIT
	};
	const char *c;

	for (c = integration_name(app); *c != '\0'; c++)
		buf_char(&page.upper, *c >= 'a' && *c <= 'z' ?
		    (char)(*c - 'a' + 'A') : *c);
	make_key(&page);
	put_head(&page);
	put_template(&page);
	buf_release(&page.upper);
	buf_release(&page.key);
}
