/* SPDX-License-Identifier: ISC */
/*
 * A basket for the Icinga Director: the command, a data field for each
 * option, a service template, and one for a host checked under its own name.
 * Its commands have no environment, so secrets come from files.  Every object
 * has a UUID that stays the same from version to version (see
 * integration_uuid), so that importing again updates instead of doubling.  It
 * is on a line of its own, never the last: the Director before 1.11 knows of
 * no UUIDs, and gets the file without these lines.
 */
#include <string.h>

#include "app/pages.h"
#include "base/json_writer.h"

#define TYPE "Icinga\\Module\\Director\\DataType\\DataType"

static void
put_uuid(struct json_writer *json, const struct app *app, const char *kind,
    const char *name)
{
	const struct uuid_of of = {
		.plugin = app->options->plugin, .kind = kind, .name = name,
		.version = 8, .dashes = true,
	};
	struct buf text = BUF_INIT;

	integration_uuid(&text, &of);
	json_str(json, "uuid", buf_text(&text));
	buf_release(&text);
}

static void
put_printf(struct json_writer *json, const char *key, const char *prefix,
    const char *name)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s%s", prefix, name);
	json_str(json, key, buf_text(&text));
	buf_release(&text);
}

static void
put_argument(struct json_writer *json, const struct app *app,
    const struct option_row *row)
{
	struct command_argument arg;

	integration_argument(app, row, &arg);
	json_open_object(json, arg.key);
	json_str(json, "description", row->help);
	json_str(json, arg.flag ? "set_if" : "value", arg.value);
	if (arg.skip_key)
		json_bool(json, "skip_key", true);
	if (arg.repeat)
		json_bool(json, "repeat_key", true);
	json_end_object(json);
}

static bool
has_field(const struct option_row *row)
{
	return integration_exposes(row) && !(row->flags & OPTF_SECRET);
}

static void
put_positional_argument(struct json_writer *json, const struct app *app)
{
	struct buf value = BUF_INIT;

	if (app->options->positional == NULL)
		return;
	buf_printf(&value, "$%s_target$", integration_name(app));
	json_open_object(json, "targets");
	json_str(json, "description", "one target or an array of them");
	json_str(json, "value", buf_text(&value));
	json_bool(json, "skip_key", true);
	json_int(json, "order", 99);
	json_end_object(json);
	buf_release(&value);
}

static void
put_arguments(struct json_writer *json, const struct app *app)
{
	const struct option_row *row;
	size_t i;

	json_open_object(json, "arguments");
	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++)
		if (has_field(row))
			put_argument(json, app, row);
	put_positional_argument(json, app);
	json_end_object(json);
}

/* Numbers of the data fields, in the order in which put_fields makes them. */
static void
put_field_numbers(struct json_writer *json, const struct app *app)
{
	const struct option_row *row;
	int64_t number = 0, count = app->options->positional != NULL ? 1 : 0;
	size_t i;

	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++)
		count += has_field(row) ? 1 : 0;
	json_open_array(json, "fields");
	while (number++ < count) {
		json_open_object(json, NULL);
		json_int(json, "datafield_id", number);
		json_str(json, "is_required", "n");
		json_nothing(json, "var_filter");
		json_end_object(json);
	}
	json_end_array(json);
}

static void
put_command(struct json_writer *json, const struct app *app)
{
	const char *plugin = app->options->plugin;

	json_open_object(json, "Command");
	json_open_object(json, integration_name(app));
	put_uuid(json, app, "command", integration_name(app));
	put_arguments(json, app);
	put_printf(json, "command", INTEGRATION_FOLDER, plugin);
	json_bool(json, "disabled", false);
	put_field_numbers(json, app);
	json_open_array(json, "imports");
	json_end_array(json);
	json_nothing(json, "is_string");
	json_str(json, "methods_execute", "PluginCheck");
	json_str(json, "object_name", integration_name(app));
	json_str(json, "object_type", "object");
	json_int(json, "timeout", INTEGRATION_TIMEOUT);
	json_open_object(json, "vars");
	json_end_object(json);
	json_nothing(json, "zone");
	json_end_object(json);
	json_end_object(json);
}

struct field {
	int number;
	const char *name;		/* of the option */
	const char *help;
	const char *type;		/* "String" */
};

static void
put_field(struct json_writer *json, const struct app *app,
    const struct field *field)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%d", field->number);
	json_open_object(json, buf_text(&text));
	put_uuid(json, app, "field", field->name);
	buf_reset(&text);
	buf_printf(&text, "%s_", integration_name(app));
	integration_word(&text, field->name);
	json_str(json, "varname", buf_text(&text));
	buf_reset(&text);
	buf_printf(&text, "%s: %s", integration_name(app), field->name);
	json_str(json, "caption", buf_text(&text));
	json_str(json, "description", field->help);
	put_printf(json, "datatype", TYPE, field->type);
	json_nothing(json, "format");
	json_open_object(json, "settings");
	if (strcmp(field->type, "String") == 0)
		json_str(json, "visibility", "visible");
	json_end_object(json);
	json_end_object(json);
	buf_release(&text);
}

static const char *
field_type(const struct option_row *row)
{
	switch (row->type) {
	case OPT_FLAG:
		return "Boolean";
	case OPT_INT:
	case OPT_COUNT:
		return "Number";
	case OPT_STRINGS:
		return row->flags & OPTF_OPTARG ? "String" : "Array";
	default:
		return "String";
	}
}

static void
put_fields(struct json_writer *json, const struct app *app)
{
	const struct option_row *row;
	struct field field = { .number = 0 };
	size_t i;

	json_open_object(json, "Datafield");
	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++) {
		if (!has_field(row))
			continue;
		field.number++;
		field.name = row->name;
		field.help = row->help;
		field.type = field_type(row);
		put_field(json, app, &field);
	}
	if (app->options->positional != NULL) {
		field.number++;
		field.name = "target";
		field.help = "targets: HOST:PORT, smtp://HOST, a file, ...";
		field.type = "Array";
		put_field(json, app, &field);
	}
	json_end_object(json);
}

/* A template that says how often, and what a host's own service adds. */
struct service {
	const char *suffix;		/* "-host" */
	bool host;			/* checks the host itself */
};

static void
put_host_vars(struct json_writer *json, const struct app *app)
{
	static const char *const vars[][2] = {
		{ "hostname", "$host.name$" }, { "address", "$address$" },
	};
	struct buf name = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(vars) / sizeof(vars[0]); i++) {
		buf_reset(&name);
		buf_printf(&name, "%s_%s", integration_name(app), vars[i][0]);
		json_str(json, buf_text(&name), vars[i][1]);
	}
	buf_release(&name);
}

static void
put_rhythm(struct json_writer *json, const struct app *app)
{
	json_str(json, "check_command", integration_name(app));
	json_int(json, "check_interval", 3600);
	json_int(json, "retry_interval", 300);
	json_int(json, "max_check_attempts", 3);
}

static void
put_service(struct json_writer *json, const struct app *app,
    const struct service *service)
{
	struct buf base = BUF_INIT, name = BUF_INIT;

	buf_printf(&base, "tpl-service-%s", integration_name(app));
	buf_printf(&name, "%s%s", buf_text(&base), service->suffix);
	json_open_object(json, buf_text(&name));
	put_uuid(json, app, "service", buf_text(&name));
	json_str(json, "object_name", buf_text(&name));
	json_str(json, "object_type", "template");
	if (!service->host)
		put_rhythm(json, app);
	json_open_array(json, "imports");
	if (service->host)
		json_str(json, NULL, buf_text(&base));
	json_end_array(json);
	json_open_object(json, "vars");
	if (service->host)
		put_host_vars(json, app);
	json_end_object(json);
	json_end_object(json);
	buf_release(&base);
	buf_release(&name);
}

static void
put_services(struct json_writer *json, const struct app *app)
{
	static const struct service any = { "", false };
	static const struct service host = { "-host", true };

	json_open_object(json, "ServiceTemplate");
	put_service(json, app, &any);
	if (option_find(app->options, "hostname", 8) != NULL)
		put_service(json, app, &host);
	json_end_object(json);
}

void
integration_director(const struct app *app, struct buf *out)
{
	struct json_writer json;

	json_init(&json, out, true);
	json_open_object(&json, NULL);
	put_command(&json, app);
	put_fields(&json, app);
	put_services(&json, app);
	json_end_object(&json);
	buf_char(out, '\n');
}
