/* SPDX-License-Identifier: ISC */
/* Triggers, graphs and the dashboard of a template for Zabbix. */
#include <string.h>

#include "app/integration_zabbix.h"

/* Names of triggers say whose they are, unless a thing of its own does. */
static void
put_trigger_name(struct zabbix_page *page, const struct zabbix_rule *rule,
    const char *name)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s: %s", integration_name(page->app), name);
	zabbix_put(page, "name", buf_text(&text), rule);
	buf_release(&text);
}

/* There the host is not the template. */
static void
put_event(struct zabbix_page *page, const struct zabbix_rule *rule,
    const char *event)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s: ", integration_name(page->app));
	zabbix_expand(&text, page, event, rule, "{HOST.HOST}");
	yaml_str(&page->yaml, "event_name", buf_text(&text));
	buf_release(&text);
}

static void
put_expressions(struct zabbix_page *page, const struct zabbix_rule *rule,
    const struct zabbix_trigger *trigger)
{
	zabbix_put(page, "expression", trigger->expression, rule);
	if (trigger->recovery != NULL)
		zabbix_put(page, "recovery_expression", trigger->recovery,
		    rule);
}

static const struct zabbix_trigger *
find_trigger(const struct zabbix_trigger *list, const char *id)
{
	for (; list != NULL && list->id != NULL; list++)
		if (strcmp(list->id, id) == 0)
			return list;
	return NULL;
}

/* One of the same rule, else of the whole run. */
static void
put_dependency(struct zabbix_page *page, const struct zabbix_rule *rule,
    const char *id)
{
	const struct zabbix_trigger *of = NULL;

	if (rule != NULL)
		of = find_trigger(rule->triggers, id);
	if (of == NULL) {
		of = find_trigger(page->plan->triggers, id);
		rule = NULL;
	}
	if (of == NULL || !zabbix_has(page, of->only))
		return;
	yaml_item(&page->yaml);
	put_trigger_name(page, rule, of->name);
	put_expressions(page, rule, of);
	yaml_item_end(&page->yaml);
}

static void
put_trigger(struct zabbix_page *page, const struct zabbix_trigger *trigger,
    const struct zabbix_rule *rule)
{
	struct yaml *yaml = &page->yaml;
	size_t i;

	yaml_item(yaml);
	zabbix_uuid(page, rule == NULL ? "run trigger" : "trigger",
	    trigger->id);
	put_expressions(page, rule, trigger);
	if (trigger->recovery != NULL)
		yaml_str(yaml, "recovery_mode", "RECOVERY_EXPRESSION");
	put_trigger_name(page, rule, trigger->name);
	if (trigger->event != NULL)
		put_event(page, rule, trigger->event);
	yaml_str(yaml, "priority", trigger->priority);
	if (trigger->description != NULL)
		yaml_str(yaml, "description", trigger->description);
	if (trigger->depends[0] != NULL) {
		yaml_open(yaml, "dependencies");
		for (i = 0; i < 3 && trigger->depends[i] != NULL; i++)
			put_dependency(page, rule, trigger->depends[i]);
		yaml_close(yaml);
	}
	yaml_item_end(yaml);
}

void
zabbix_triggers(struct zabbix_page *page, const struct zabbix_rule *rule)
{
	const struct zabbix_trigger *trigger = rule != NULL ?
	    rule->triggers : page->plan->triggers;

	if (trigger == NULL)
		return;
	yaml_open(&page->yaml, rule != NULL ? "trigger_prototypes" :
	    "triggers");
	for (; trigger->id != NULL; trigger++)
		if (zabbix_has(page, trigger->only))
			put_trigger(page, trigger, rule);
	yaml_close(&page->yaml);
}

/* ---- graphs ----------------------------------------------------------- */

/* Told apart by people who do not see all colours, too. */
static const char *const colours[] = {
	"009E73", "E69F00", "D55E00", "999999", "0072B2", "CC79A7", "56B4E9",
	"F0E442"
};

static void
put_host_key(struct zabbix_page *page, const struct zabbix_rule *rule,
    const char *key)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s.%s%s", buf_text(&page->prefix), key,
	    rule == NULL ? "" : rule->args);
	yaml_str(&page->yaml, "host", buf_text(&page->template));
	yaml_str(&page->yaml, "key", buf_text(&text));
	buf_release(&text);
}

static void
put_line(struct zabbix_page *page, const struct zabbix_rule *rule,
    const struct zabbix_graph *graph, size_t i)
{
	struct yaml *yaml = &page->yaml;
	const char order[2] = { (char)('0' + i), '\0' };

	yaml_item(yaml);
	yaml_str(yaml, "sortorder", order);
	yaml_str(yaml, "drawtype", graph->stacked ? "FILLED_REGION" :
	    "BOLD_LINE");
	yaml_str(yaml, "color", colours[i]);
	/* Two lines are of two units. */
	if (i == 1 && graph->keys[2] == NULL)
		yaml_str(yaml, "yaxisside", "RIGHT");
	yaml_open(yaml, "item");
	put_host_key(page, rule, graph->keys[i]);
	yaml_close(yaml);
	yaml_item_end(yaml);
}

static void
put_graph_name(struct zabbix_page *page, const char *key, const char *name)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s: %s", integration_name(page->app), name);
	yaml_str(&page->yaml, key, buf_text(&text));
	buf_release(&text);
}

static void
put_graph(struct zabbix_page *page, const struct zabbix_rule *rule,
    const struct zabbix_graph *graph)
{
	struct yaml *yaml = &page->yaml;
	size_t i;

	yaml_item(yaml);
	zabbix_uuid(page, "graph", graph->name);
	put_graph_name(page, "name", graph->name);
	if (graph->stacked)
		yaml_str(yaml, "type", "STACKED");
	yaml_open(yaml, "graph_items");
	for (i = 0; graph->keys[i] != NULL; i++)
		put_line(page, rule, graph, i);
	yaml_close(yaml);
	yaml_item_end(yaml);
}

void
zabbix_graphs(struct zabbix_page *page, const struct zabbix_rule *rule)
{
	const struct zabbix_graph *graph = rule != NULL ? rule->graphs :
	    page->plan->graphs;

	if (graph == NULL)
		return;
	yaml_open(&page->yaml, rule != NULL ? "graph_prototypes" : "graphs");
	for (; graph->name != NULL; graph++)
		if (zabbix_has(page, graph->only))
			put_graph(page, rule, graph);
	yaml_close(&page->yaml);
}

/* ---- dashboard -------------------------------------------------------- */

static void
put_number(struct yaml *yaml, const char *key, unsigned n)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%u", n);
	yaml_str(yaml, key, buf_text(&text));
	buf_release(&text);
}

static void
put_choice(struct yaml *yaml, const char *name, unsigned n)
{
	yaml_item(yaml);
	yaml_str(yaml, "type", "INTEGER");
	yaml_str(yaml, "name", name);
	put_number(yaml, "value", n);
	yaml_item_end(yaml);
}

/* What the widget shows. */
static void
put_subject(struct zabbix_page *page, const struct zabbix_widget *widget)
{
	struct yaml *yaml = &page->yaml;
	bool graph = strncmp(widget->type, "GRAPH", 5) == 0;
	bool prototype = strcmp(widget->type, "GRAPH_PROTOTYPE") == 0;

	yaml_item(yaml);
	yaml_str(yaml, "type", prototype ? "GRAPH_PROTOTYPE" :
	    graph ? "GRAPH" : "ITEM");
	yaml_str(yaml, "name", graph ? "graphid" :
	    strcmp(widget->type, "ITEM") == 0 ? "itemid" : "itemids");
	yaml_open(yaml, "value");
	if (graph) {
		yaml_str(yaml, "host", buf_text(&page->template));
		put_graph_name(page, "name", widget->of);
	} else {
		put_host_key(page, NULL, widget->of);
	}
	yaml_close(yaml);
	yaml_item_end(yaml);
}

static void
put_widget(struct zabbix_page *page, const struct zabbix_widget *widget)
{
	struct yaml *yaml = &page->yaml;

	yaml_item(yaml);
	yaml_str(yaml, "type", widget->type);
	yaml_str(yaml, "name", widget->name);
	put_number(yaml, "x", widget->x);
	put_number(yaml, "y", widget->y);
	put_number(yaml, "width", widget->width);
	put_number(yaml, "height", widget->height);
	yaml_open(yaml, "fields");
	if (strcmp(widget->type, "GRAPH_PROTOTYPE") == 0) {
		put_choice(yaml, "columns", 3);
		put_choice(yaml, "rows", 1);
	} else if (strcmp(widget->type, "PLAIN_TEXT") == 0) {
		put_choice(yaml, "show_lines", 3);
	} else if (strcmp(widget->type, "ITEM") == 0) {
		put_choice(yaml, "show", 2);	/* the value alone, */
		put_choice(yaml, "adv_conf", 1);	/* not too large */
		put_choice(yaml, "decimal_places", 0);
		put_choice(yaml, "value_size", 24);
		put_choice(yaml, "units_size", 16);
	}
	put_subject(page, widget);
	yaml_close(yaml);
	yaml_item_end(yaml);
}

void
zabbix_dashboard(struct zabbix_page *page)
{
	const struct zabbix_widget *widget = page->plan->widgets;
	struct yaml *yaml = &page->yaml;

	yaml_open(yaml, "dashboards");
	yaml_item(yaml);
	zabbix_uuid(page, "dashboard", "dashboard");
	put_graph_name(page, "name", page->agent ? "overview (agent)" :
	    "overview");
	yaml_open(yaml, "pages");
	yaml_item(yaml);
	yaml_open(yaml, "widgets");
	for (; widget->type != NULL; widget++)
		if (zabbix_has(page, widget->only))
			put_widget(page, widget);
	yaml_close(yaml);
	yaml_item_end(yaml);
	yaml_close(yaml);
	yaml_item_end(yaml);
	yaml_close(yaml);
}
