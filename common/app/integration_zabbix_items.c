/* SPDX-License-Identifier: ISC */
/* Items, lists and discovery rules of a template for Zabbix. */
#include <string.h>

#include "app/integration_zabbix.h"

static void
put_step(struct yaml *yaml, const char *type, const char *parameter)
{
	yaml_item(yaml);
	yaml_str(yaml, "type", type);
	yaml_open(yaml, "parameters");
	yaml_value(yaml, parameter);
	yaml_close(yaml);
}

/* What a path does not find keeps its value, unless it means 0. */
static void
put_missing(struct yaml *yaml, bool zero)
{
	yaml_str(yaml, "error_handler", zero ? "CUSTOM_VALUE" :
	    "DISCARD_VALUE");
	if (zero)
		yaml_str(yaml, "error_handler_params", "0");
	yaml_item_end(yaml);
}

static void
put_key(struct zabbix_page *page, const char *key, const char *args)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s.%s%s", buf_text(&page->prefix), key, args);
	yaml_str(&page->yaml, "key", buf_text(&text));
	buf_release(&text);
}

/* NULL: the item that runs the plugin. */
static void
put_master(struct zabbix_page *page, const char *master)
{
	yaml_open(&page->yaml, "master_item");
	if (master == NULL)
		yaml_str(&page->yaml, "key", buf_text(&page->master));
	else
		put_key(page, master, "");
	yaml_close(&page->yaml);
}

static void
put_name(struct zabbix_page *page, const char *what, const char *name)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s: %s", what, name);
	yaml_str(&page->yaml, "name", buf_text(&text));
	buf_release(&text);
}

static void
put_tag(struct zabbix_page *page, const char *component)
{
	yaml_open(&page->yaml, "tags");
	yaml_item(&page->yaml);
	yaml_str(&page->yaml, "tag", "component");
	yaml_str(&page->yaml, "value", component);
	yaml_item_end(&page->yaml);
	yaml_close(&page->yaml);
}

static bool
is_text(const char *type)
{
	return strcmp(type, "TEXT") == 0 || strcmp(type, "CHAR") == 0;
}

/* Where an item stands: below the run, a list or a discovery rule. */
struct place {
	const struct zabbix_rule *rule;	/* or NULL */
	const char *master;		/* key of a list, or NULL */
	const char *select;		/* in front of the path */
};

static void
put_type(struct zabbix_page *page, const struct zabbix_item *item)
{
	struct yaml *yaml = &page->yaml;

	yaml_str(yaml, "type", "DEPENDENT");
	yaml_str(yaml, "delay", "0");
	if (is_text(item->type))
		yaml_str(yaml, "trends", "0");
	yaml_str(yaml, "value_type", item->type);
	if (item->units != NULL)
		yaml_str(yaml, "units", item->units);
	if (item->map == NULL)
		return;
	yaml_open(yaml, "valuemap");
	yaml_str(yaml, "name", item->map);
	yaml_close(yaml);
}

static void
put_item(struct zabbix_page *page, const struct zabbix_item *item,
    const struct place *place)
{
	const struct zabbix_rule *rule = place->rule;
	struct yaml *yaml = &page->yaml;
	struct buf path = BUF_INIT;

	buf_printf(&path, "%s%s", place->select, item->path);
	yaml_item(yaml);
	zabbix_uuid(page, rule == NULL ? "item" : "prototype", item->key);
	put_name(page, rule == NULL ? integration_name(page->app) :
	    rule->what, item->name);
	put_key(page, item->key, rule == NULL ? "" : rule->args);
	put_type(page, item);
	yaml_open(yaml, "preprocessing");
	put_step(yaml, "JSONPATH", buf_text(&path));
	put_missing(yaml, item->zero);
	if (item->rare) {
		put_step(yaml, "DISCARD_UNCHANGED_HEARTBEAT", "1d");
		yaml_item_end(yaml);
	}
	yaml_close(yaml);
	put_master(page, place->master);
	put_tag(page, rule == NULL ? integration_name(page->app) :
	    rule->name);
	yaml_item_end(yaml);
	buf_release(&path);
}

static void
put_items(struct zabbix_page *page, const struct zabbix_item *items,
    const struct place *place)
{
	for (; items != NULL && items->key != NULL; items++)
		if (zabbix_has(page, items->only))
			put_item(page, items, place);
}

static void
put_metrics(struct zabbix_page *page, const struct place *place)
{
	const struct app_metric *metric = page->app->metrics;
	struct buf key = BUF_INIT, path = BUF_INIT;
	struct zabbix_item item = { .type = "FLOAT", .key = NULL };

	for (; metric != NULL && metric->label != NULL; metric++) {
		buf_reset(&key);
		buf_reset(&path);
		buf_printf(&key, "%s.%s", place->rule == NULL ? "metric" :
		    "target", metric->label);
		buf_printf(&path, "metrics[?(@.label == \"%s\")].value"
		    ".first()", metric->label);
		item.key = buf_text(&key);
		item.path = buf_text(&path);
		item.name = metric->name;
		item.units = metric->units;
		item.map = strcmp(metric->label, "revoked") == 0 ? "Revoked" :
		    NULL;
		put_item(page, &item, place);
	}
	buf_release(&key);
	buf_release(&path);
}

/* The item that runs the plugin; what it prints is not kept, because Zabbix
 * would cut it at 64 kB. */
static void
put_run(struct zabbix_page *page)
{
	struct yaml *yaml = &page->yaml;

	yaml_item(yaml);
	zabbix_uuid(page, "item", "raw");
	put_name(page, integration_name(page->app), "JSON");
	yaml_str(yaml, "type", page->agent ? "ZABBIX_PASSIVE" : "EXTERNAL");
	yaml_str(yaml, "key", buf_text(&page->master));
	zabbix_put(page, "delay", "{$^INTERVAL}", NULL);
	yaml_str(yaml, "history", "0");
	yaml_str(yaml, "trends", "0");
	yaml_str(yaml, "value_type", "TEXT");
	put_tag(page, integration_name(page->app));
	yaml_item_end(yaml);
}

static void
put_list(struct zabbix_page *page, const struct zabbix_list *list)
{
	struct yaml *yaml = &page->yaml;

	yaml_item(yaml);
	zabbix_uuid(page, "item", list->key);
	put_name(page, integration_name(page->app), list->name);
	yaml_str(yaml, "type", "DEPENDENT");
	put_key(page, list->key, "");
	yaml_str(yaml, "delay", "0");
	yaml_str(yaml, "history", "0");
	yaml_str(yaml, "trends", "0");
	yaml_str(yaml, "value_type", "TEXT");
	yaml_open(yaml, "preprocessing");
	put_step(yaml, "JAVASCRIPT", list->script);
	yaml_item_end(yaml);
	put_step(yaml, "JSONPATH", "$.list");
	put_missing(yaml, false);
	yaml_close(yaml);
	put_master(page, list->master);
	put_tag(page, integration_name(page->app));
	yaml_item_end(yaml);
}

void
zabbix_items(struct zabbix_page *page)
{
	const struct zabbix_plan *plan = page->plan;
	const struct zabbix_list *list;
	struct place place = { NULL, NULL, "" };

	yaml_open(&page->yaml, "items");
	put_run(page);
	put_items(page, plan->items, &place);
	if (plan->metrics != NULL) {
		place.select = plan->metrics;
		put_metrics(page, &place);
	}
	for (list = plan->lists; list->key != NULL; list++) {
		place = (struct place){ NULL, list->key, "" };
		put_list(page, list);
		put_items(page, list->items, &place);
	}
	yaml_close(&page->yaml);
}

/* ---- discovery -------------------------------------------------------- */

static void
put_condition(struct zabbix_page *page, const struct zabbix_rule *rule,
    bool wanted)
{
	struct yaml *yaml = &page->yaml;
	struct buf text = BUF_INIT;

	buf_printf(&text, "{$^%s.%s}", rule->filter_name, wanted ?
	    "MATCHES" : "NOT_MATCHES");
	yaml_item(yaml);
	yaml_str(yaml, "macro", rule->filter);
	zabbix_put(page, "value", buf_text(&text), rule);
	yaml_str(yaml, "operator", wanted ? "MATCHES_REGEX" :
	    "NOT_MATCHES_REGEX");
	yaml_str(yaml, "formulaid", wanted ? "A" : "B");
	yaml_item_end(yaml);
	buf_release(&text);
}

static void
put_filter(struct zabbix_page *page, const struct zabbix_rule *rule)
{
	yaml_open(&page->yaml, "filter");
	yaml_str(&page->yaml, "evaltype", "AND");
	yaml_open(&page->yaml, "conditions");
	put_condition(page, rule, true);
	put_condition(page, rule, false);
	yaml_close(&page->yaml);
	yaml_close(&page->yaml);
}

static void
put_lld_macros(struct yaml *yaml, const struct zabbix_rule *rule)
{
	size_t i;

	yaml_open(yaml, "lld_macro_paths");
	for (i = 0; rule->macros[i][0] != NULL; i++) {
		yaml_item(yaml);
		yaml_str(yaml, "lld_macro", rule->macros[i][0]);
		yaml_str(yaml, "path", rule->macros[i][1]);
		yaml_item_end(yaml);
	}
	yaml_close(yaml);
}

static void
put_rule(struct zabbix_page *page, const struct zabbix_rule *rule)
{
	const struct place place = { rule, rule->master, rule->select };
	struct yaml *yaml = &page->yaml;

	yaml_item(yaml);
	zabbix_uuid(page, "discovery", rule->key);
	put_name(page, integration_name(page->app), rule->name);
	yaml_str(yaml, "type", "DEPENDENT");
	put_key(page, rule->key, "");
	yaml_str(yaml, "delay", "0");
	put_filter(page, rule);
	yaml_str(yaml, "lifetime", "7d");
	yaml_open(yaml, "item_prototypes");
	put_items(page, rule->items, &place);
	if (rule->metrics)
		put_metrics(page, &place);
	yaml_close(yaml);
	zabbix_triggers(page, rule);
	zabbix_graphs(page, rule);
	put_master(page, rule->master);
	put_lld_macros(yaml, rule);
	yaml_open(yaml, "preprocessing");
	put_step(yaml, "JSONPATH", rule->path);
	yaml_item_end(yaml);
	yaml_close(yaml);
	yaml_item_end(yaml);
}

void
zabbix_rules(struct zabbix_page *page)
{
	const struct zabbix_rule *rule;

	yaml_open(&page->yaml, "discovery_rules");
	for (rule = page->plan->rules; rule->key != NULL; rule++)
		put_rule(page, rule);
	yaml_close(&page->yaml);
}
