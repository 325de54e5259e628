/* SPDX-License-Identifier: ISC */
/*
 * Options as macros of a template for Zabbix, and how the plugin is run with
 * them: an external check takes one parameter for each, an agent nine in all,
 * of which each may hold several words.
 */
#include <string.h>

#include "app/integration_zabbix.h"

#define TIMEOUT "2.5s"		/* Zabbix waits 3 s unless configured */
#define N_ITEMS(a) (sizeof(a) / sizeof((a)[0]))

/* Macros that are no option: what is behind the options, in this order. */
static const struct extra {
	const char *name, *value, *help;
	bool argument;		/* of the plugin */
	bool positional;	/* only where there are targets */
} extras[] = {
	{ "more", "", "one more option: --ipv4, "
	    "--extra-opts=SECTION@/etc/zabbix/FILE.ini", true, false },
	{ "more2", "", "and another one", true, false },
	{ "more3", "", "and another one", true, false },
	{ "target", "", "a target: HOST:PORT, smtp://HOST, ...", true, true },
	{ "interval", "1h", "how often the plugin is run", false, false },
	{ "nodata", "3h", "no data for so long is a problem", false, false },
};

static bool
is_fixed(const char *name)
{
	static const char *const fixed[] = { "output", "perfdata" };
	size_t i;

	for (i = 0; i < N_ITEMS(fixed); i++)
		if (strcmp(name, fixed[i]) == 0)
			return true;
	return false;
}

static bool
has_extra(const struct zabbix_page *page, const struct extra *extra)
{
	return !extra->positional || page->app->options->positional != NULL;
}

bool
zabbix_exposes(const struct zabbix_page *page, const struct option_row *row)
{
	/* What the server says must not be run by the agent. */
	if (is_fixed(row->name) ||
	    (page->agent && strcmp(row->name, "local-bin") == 0))
		return false;
	return integration_exposes(row) && page_takes_value(row) &&
	    !(row->flags & (OPTF_SECRET | OPTF_OPTARG)) &&
	    (!(row->flags & OPTF_EXPERT) || strcmp(row->name, "json") == 0);
}

void
zabbix_macro(struct buf *out, const struct zabbix_page *page,
    const char *name)
{
	buf_printf(out, "{$%s.", buf_text(&page->upper));
	for (; *name != '\0'; name++)
		buf_char(out, *name >= 'a' && *name <= 'z' ?
		    (char)(*name - 'a' + 'A') : *name == '-' ? '_' : *name);
	buf_char(out, '}');
}

/* Between two parameters of a key; an agent's are words of one. */
static void
separate(struct zabbix_page *page)
{
	buf_str(&page->master, page->agent ? " " : "\",\"");
}

/*
 * check_cert_expiry["--output=json","--exit-ok","--port={$...}",...], or
 * cert_expiry["--port={$...} ..."] for an agent.
 */
void
zabbix_master_key(struct zabbix_page *page)
{
	const struct option_row *row;
	struct buf *key = &page->master;
	size_t i;

	if (page->agent)
		buf_printf(key, "%s[\"", integration_name(page->app));
	else
		buf_printf(key, "%s[\"--output=json\",\"--exit-ok",
		    page->app->options->plugin);
	for (i = 0; (row = option_row_at(page->app->options, i)) != NULL;
	    i++) {
		if (!zabbix_exposes(page, row))
			continue;
		if (!page->agent || key->data[key->len - 1] != '"')
			separate(page);
		buf_printf(key, "--%s=", row->name);
		zabbix_macro(key, page, row->name);
	}
	for (i = 0; i < N_ITEMS(extras); i++) {
		if (!extras[i].argument || !has_extra(page, &extras[i]))
			continue;
		separate(page);
		zabbix_macro(key, page, extras[i].name);
	}
	buf_str(key, "\"]");
}

static void
put_macro(struct zabbix_page *page, const char *name, const char *value,
    const char *help)
{
	struct yaml *yaml = &page->yaml;
	struct buf text = BUF_INIT;

	zabbix_macro(&text, page, name);
	yaml_item(yaml);
	yaml_str(yaml, "macro", buf_text(&text));
	yaml_str(yaml, "value", value);
	yaml_str(yaml, "description", help);
	yaml_item_end(yaml);
	buf_release(&text);
}

/* Of each discovery, once. */
static void
put_patterns(struct zabbix_page *page)
{
	const struct zabbix_rule *rule = page->plan->rules;
	const char *last = "";
	struct buf name = BUF_INIT;

	for (; rule->key != NULL; rule++) {
		if (strcmp(rule->filter_name, last) == 0)
			continue;
		last = rule->filter_name;
		buf_reset(&name);
		buf_printf(&name, "%s.MATCHES", last);
		put_macro(page, buf_text(&name), ".*",
		    "discovered when this regular expression is found in it");
		buf_reset(&name);
		buf_printf(&name, "%s.NOT_MATCHES", last);
		put_macro(page, buf_text(&name), "CHANGE_IF_NEEDED",
		    "and this one is not");
	}
	buf_release(&name);
}

static const char *
default_of(const struct option_row *row)
{
	if (row->type == OPT_TIMEOUT)
		return TIMEOUT;
	if (strcmp(row->name, "json") == 0)
		return "fit";
	return row->fallback != NULL ? row->fallback : "";
}

void
zabbix_macros(struct zabbix_page *page)
{
	const struct option_row *row;
	size_t i;

	yaml_open(&page->yaml, "macros");
	for (i = 0; (row = option_row_at(page->app->options, i)) != NULL; i++)
		if (zabbix_exposes(page, row))
			put_macro(page, row->name, default_of(row),
			    row->help);
	for (i = 0; i < N_ITEMS(extras); i++)
		if (has_extra(page, &extras[i]))
			put_macro(page, extras[i].name, extras[i].value,
			    extras[i].help);
	put_patterns(page);
	yaml_close(&page->yaml);
}

/* Root's command has no parameter: a server must not choose what root
 * runs. */
static void
put_local(struct buf *out, const char *plugin, const char *name)
{
	static const char command[] = INTEGRATION_FOLDER
	    "check_autossl_queue --local --output json --exit-ok --json fit";

	buf_printf(out, "\n"
	    "# On the cPanel server itself, without a token, as root: this "
	    "line instead of the\n"
	    "# one above. It takes no parameters: the options of %s are\n"
	    "# those of the line, the same in /etc/sudoers.d/zabbix-autossl:\n"
	    "#   zabbix ALL=(root) NOPASSWD: %s\n"
	    "#UserParameter=%s[*],sudo -n %s\n", plugin, command, name,
	    command);
}

void
zabbix_conf(struct zabbix_page *page)
{
	const char *plugin = page->app->options->plugin;
	const char *name = integration_name(page->app);
	struct buf *out = page->yaml.out;

	integration_head(out, page->app, "# ", "zabbix-conf");
	buf_printf(out, "#\n"
	    "# Copy it to /etc/zabbix/zabbix_agentd.conf.d/%s.conf, or where "
	    "Include says,\n"
	    "# import the template of --integration=zabbix-agent, restart "
	    "the agent.\n"
	    "# It waits 3 s for a check (Timeout), the plugin 2.5 s "
	    "({$%s.TIMEOUT}).\n"
	    "# The agent takes no \\ ' \" ` * ? [ ] { } ~ $ ! & ; ( ) < > | "
	    "# @ in parameters, and\n"
	    "# words are separated by blanks: what needs them goes into a "
	    "section of\n"
	    "# /etc/monitoring-plugins.ini, for --extra-opts=SECTION.\n"
	    "UserParameter=%s[*]," INTEGRATION_FOLDER "%s --output=json "
	    "--exit-ok $1\n", name, buf_text(&page->upper), name, plugin);
	if (strcmp(plugin, "check_autossl_queue") == 0)
		put_local(out, plugin, name);
}
