/* SPDX-License-Identifier: ISC */
/*
 * What the templates for Zabbix are made of (integration_zabbix*.c): tables
 * that say what there is, and a writer of YAML.
 *
 * Texts of the tables may hold `name`, the item of that name in the place
 * where it stands (with the parameters of its discovery rule), `!name`, an
 * item of the whole run, and ^, the plugin in the names of macros:
 * "last(`target.state`)=2", "{$^NODATA}".
 */
#ifndef APP_INTEGRATION_ZABBIX_H
#define APP_INTEGRATION_ZABBIX_H

#include "app/pages.h"

/* ---- YAML: maps and lists, every value a quoted string ---------------- */

struct yaml {
	struct buf *out;
	unsigned depth;
	bool dash;		/* the next line begins an item of a list */
};

void yaml_open(struct yaml *yaml, const char *key);	/* key: */
void yaml_close(struct yaml *yaml);
void yaml_item(struct yaml *yaml);			/* - */
void yaml_item_end(struct yaml *yaml);
void yaml_str(struct yaml *yaml, const char *key, const char *value);
void yaml_value(struct yaml *yaml, const char *value);	/* - value */

/* ---- tables ----------------------------------------------------------- */

struct zabbix_item {
	const char *key;	/* behind "cert_expiry." */
	const char *name;
	const char *path;	/* JSONPath behind that of the rule or "$." */
	const char *type;	/* value_type */
	const char *units;	/* or NULL */
	const char *map;	/* value map, or NULL */
	const char *only;	/* of this plugin alone, or NULL */
	bool zero;		/* 0 when the path finds nothing; else kept */
	bool rare;		/* only changes are kept, and one a day */
};

/* An item that others depend on: JSON made from JSON. */
struct zabbix_list {
	const char *key, *name;
	const char *master;	/* NULL: what the plugin prints */
	const char *script;	/* JavaScript, in one line, that returns
				 * { list: ... }, or {}: keep the last */
	const struct zabbix_item *items;	/* made from it, or NULL */
};

struct zabbix_trigger {
	const char *id;		/* for dependencies */
	const char *name, *event, *expression, *priority;
	const char *depends[3];	/* ids; of the same rule, or of the run */
	const char *description, *only;
	const char *recovery;	/* expression, or NULL: no longer so */
};

struct zabbix_graph {
	const char *name;
	const char *keys[8];
	const char *only;
	bool stacked;
};

struct zabbix_rule {
	const char *key, *name;
	const char *master;	/* key of a list */
	const char *path;	/* from it to the discovered things */
	const char *macros[5][2];	/* {#LABEL}, $.label */
	const char *args;	/* of the keys of its items: [{#LABEL}] */
	const char *select;	/* JSONPath of one of them in the list */
	const char *what;	/* {#TARGET}, how people call it */
	const char *filter;	/* macro that is filtered */
	const char *filter_name;	/* of the macros with the patterns */
	const struct zabbix_item *items;	/* the last has no key */
	const struct zabbix_trigger *triggers;
	const struct zabbix_graph *graphs;
	bool metrics;		/* those of the app are here */
};

/* A part of the dashboard, which has 24 columns. */
struct zabbix_widget {
	const char *type;	/* ITEM, GRAPH_CLASSIC, ... */
	const char *name, *of;	/* of: key of an item, name of a graph */
	unsigned x, y, width, height;
	const char *only;
};

struct zabbix_plan {
	const struct zabbix_item *items;
	const struct zabbix_list *lists;
	const struct zabbix_trigger *triggers;
	const struct zabbix_rule *rules;
	const struct zabbix_graph *graphs;
	const struct zabbix_widget *widgets;
	const char *metrics;	/* JSONPath of the app's, NULL: of a rule */
};

extern const struct zabbix_plan zabbix_targets;	/* with targets */
extern const struct zabbix_plan zabbix_queue;	/* check_autossl_queue */

/* ---- a template being written ----------------------------------------- */

struct zabbix_page {
	const struct app *app;
	const struct zabbix_plan *plan;
	struct yaml yaml;
	bool agent;
	struct buf template;	/* "cert_expiry by plugin" */
	struct buf prefix;	/* "cert_expiry", "cert_expiry_agent" */
	struct buf upper;	/* "CERT_EXPIRY", "CERT_EXPIRY.AGENT" */
	struct buf master;	/* key of the item that runs the plugin */
};

bool zabbix_has(const struct zabbix_page *page, const char *only);
/* Appends text with ` and ^ replaced; host is whose the items are. */
void zabbix_expand(struct buf *out, const struct zabbix_page *page,
    const char *text, const struct zabbix_rule *rule, const char *host);
/* A string, expanded with the template as host. */
void zabbix_put(struct zabbix_page *page, const char *key, const char *text,
    const struct zabbix_rule *rule);
void zabbix_uuid(struct zabbix_page *page, const char *kind,
    const char *name);
/* Is the option a macro of the template? */
bool zabbix_exposes(const struct zabbix_page *page,
    const struct option_row *row);
void zabbix_macro(struct buf *out, const struct zabbix_page *page,
    const char *name);

void zabbix_items(struct zabbix_page *page);	/* integration_zabbix_items.c */
void zabbix_rules(struct zabbix_page *page);
void zabbix_triggers(struct zabbix_page *page,	/* ..._alarms.c */
    const struct zabbix_rule *rule);
void zabbix_graphs(struct zabbix_page *page,
    const struct zabbix_rule *rule);
void zabbix_dashboard(struct zabbix_page *page);
void zabbix_macros(struct zabbix_page *page);	/* ..._macros.c */
void zabbix_master_key(struct zabbix_page *page);

/* The file for the agent: UserParameters. */
void zabbix_conf(struct zabbix_page *page);

#endif
