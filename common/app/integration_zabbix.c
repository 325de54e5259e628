/* SPDX-License-Identifier: ISC */
/*
 * Templates for Zabbix 6.0 and later: one item runs the plugin, as an external
 * check or by the agent, and brings JSON; everything else depends on it.
 * Targets, certificates, accounts and websites are discovered from it.
 * Parameters are macros; an empty one leaves its option unset.  Zabbix
 * ignores the exit code, so the state is read from the JSON.
 */
#include <string.h>

#include "app/integration_zabbix.h"

#define GROUP_UUID "a571c0d144b14fd4a87a9d9b2aa9fcd6"	/* Zabbix's own */
#define GROUP_NAME "Templates/Applications"

bool
zabbix_has(const struct zabbix_page *page, const char *only)
{
	return only == NULL || strcmp(only, page->app->options->plugin) == 0;
}

void
zabbix_expand(struct buf *out, const struct zabbix_page *page,
    const char *text, const struct zabbix_rule *rule, const char *host)
{
	const char *args;
	size_t len;

	for (; *text != '\0'; text++) {
		if (*text == '^')
			buf_printf(out, "%s.", buf_text(&page->upper));
		else if (*text != '`')
			buf_char(out, *text);
		if (*text != '`')
			continue;
		args = *++text == '!' || rule == NULL ? "" : rule->args;
		text += *text == '!';
		len = strcspn(text, "`");
		buf_printf(out, "/%s/%s.%.*s%s", host,
		    buf_text(&page->prefix), (int)len, text, args);
		text += len;
	}
}

void
zabbix_put(struct zabbix_page *page, const char *key, const char *text,
    const struct zabbix_rule *rule)
{
	struct buf value = BUF_INIT;

	zabbix_expand(&value, page, text, rule, buf_text(&page->template));
	yaml_str(&page->yaml, key, buf_text(&value));
	buf_release(&value);
}

/* An agent's template is another, with entities of its own. */
void
zabbix_uuid(struct zabbix_page *page, const char *kind, const char *name)
{
	struct buf text = BUF_INIT, of_kind = BUF_INIT;

	buf_printf(&of_kind, "%s%s", page->agent ? "agent " : "", kind);
	integration_uuid(&text, &(struct uuid_of){
	    .plugin = page->app->options->plugin, .kind = buf_text(&of_kind),
	    .name = name, .version = 4 });
	yaml_str(&page->yaml, "uuid", buf_text(&text));
	buf_release(&text);
	buf_release(&of_kind);
}

static void
put_mapping(struct yaml *yaml, const char *type, const char *value,
    const char *word)
{
	yaml_item(yaml);
	if (type != NULL)
		yaml_str(yaml, "type", type);
	yaml_str(yaml, "value", value);
	yaml_str(yaml, "newvalue", word);
	yaml_item_end(yaml);
}

static void
begin_map(struct zabbix_page *page, const char *id, const char *name)
{
	yaml_item(&page->yaml);
	zabbix_uuid(page, "valuemap", id);
	yaml_str(&page->yaml, "name", name);
	yaml_open(&page->yaml, "mappings");
}

static void
end_map(struct zabbix_page *page)
{
	yaml_close(&page->yaml);
	yaml_item_end(&page->yaml);
}

static void
put_value_maps(struct zabbix_page *page)
{
	struct yaml *yaml = &page->yaml;
	char digit[2] = "0";
	int i;

	yaml_open(yaml, "valuemaps");
	begin_map(page, "state", "Plugin state");
	for (i = STATUS_OK; i <= STATUS_UNKNOWN; i++) {
		digit[0] = (char)('0' + i);
		put_mapping(yaml, NULL, digit, status_word((enum status)i));
	}
	end_map(page);
	if (zabbix_has(page, "check_ocsp")) {
		begin_map(page, "revoked", "Revoked");
		put_mapping(yaml, NULL, "0", "no");
		put_mapping(yaml, "GREATER_OR_EQUAL", "1", "REVOKED");
		end_map(page);
	}
	yaml_close(yaml);
}

static void
put_template_group(struct zabbix_page *page)
{
	yaml_open(&page->yaml, "groups");
	yaml_item(&page->yaml);
	yaml_str(&page->yaml, "name", GROUP_NAME);
	yaml_item_end(&page->yaml);
	yaml_close(&page->yaml);
}

static void
put_group(struct yaml *yaml)
{
	yaml_open(yaml, "groups");
	yaml_item(yaml);
	yaml_str(yaml, "uuid", GROUP_UUID);
	yaml_str(yaml, "name", GROUP_NAME);
	yaml_item_end(yaml);
	yaml_close(yaml);
}

static void
put_template(struct zabbix_page *page)
{
	struct yaml *yaml = &page->yaml;

	yaml_open(yaml, "templates");
	yaml_item(yaml);
	zabbix_uuid(page, "template", integration_name(page->app));
	yaml_str(yaml, "template", buf_text(&page->template));
	yaml_str(yaml, "name", buf_text(&page->template));
	yaml_str(yaml, "description", page->app->summary);
	put_template_group(page);
	zabbix_items(page);
	zabbix_rules(page);
	zabbix_macros(page);
	zabbix_dashboard(page);
	put_value_maps(page);
	yaml_item_end(yaml);
	yaml_close(yaml);
}

static void
put_head(struct zabbix_page *page)
{
	const char *plugin = page->app->options->plugin;
	struct buf *out = page->yaml.out;

	integration_head(out, page->app, "# ", page->agent ? "zabbix-agent" :
	    "zabbix");
	if (page->agent)
		buf_printf(out, "#\n# For the agent, with what "
		    "--integration=zabbix-conf prints.\n");
	else
		buf_printf(out, "#\n"
		    "# External check: link %s into ExternalScripts, import "
		    "this template,\n"
		    "# set the macros at the host.  Zabbix waits 3 s "
		    "(Timeout) unless configured\n"
		    "# otherwise.\n", plugin);
}

static void
put_export(struct zabbix_page *page)
{
	put_head(page);
	yaml_open(&page->yaml, "zabbix_export");
	yaml_str(&page->yaml, "version", "6.0");
	put_group(&page->yaml);
	put_template(page);
	zabbix_triggers(page, NULL);
	zabbix_graphs(page, NULL);
	yaml_close(&page->yaml);
}

static void
print_page(const struct app *app, struct buf *out, bool agent,
    void (*print)(struct zabbix_page *page))
{
	struct zabbix_page page = {
		.app = app, .plan = app->options->positional != NULL ?
		    &zabbix_targets : &zabbix_queue,
		.yaml = { .out = out }, .agent = agent,
		.template = BUF_INIT, .prefix = BUF_INIT, .upper = BUF_INIT,
		.master = BUF_INIT
	};
	const char *name = integration_name(app), *c;

	buf_printf(&page.template, "%s by %s", name, agent ? "agent" :
	    "plugin");
	buf_printf(&page.prefix, "%s%s", name, agent ? "_agent" : "");
	for (c = name; *c != '\0'; c++)
		buf_char(&page.upper, *c >= 'a' && *c <= 'z' ?
		    (char)(*c - 'a' + 'A') : *c);
	buf_str(&page.upper, agent ? ".AGENT" : "");
	zabbix_master_key(&page);
	print(&page);
	buf_release(&page.template);
	buf_release(&page.prefix);
	buf_release(&page.upper);
	buf_release(&page.master);
}

void
integration_zabbix(const struct app *app, struct buf *out)
{
	print_page(app, out, false, put_export);
}

void
integration_zabbix_agent(const struct app *app, struct buf *out)
{
	print_page(app, out, true, put_export);
}

void
integration_zabbix_conf(const struct app *app, struct buf *out)
{
	print_page(app, out, true, zabbix_conf);
}
