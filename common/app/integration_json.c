/* SPDX-License-Identifier: ISC */
/* The option table and the table of findings as JSON, for programs that make
 * their own definitions. */
#include "app/pages.h"
#include "base/json_writer.h"

static const char *
type_name(enum option_type type)
{
	static const char *const names[] = {
		[OPT_FLAG] = "flag", [OPT_COUNT] = "count",
		[OPT_STRING] = "string", [OPT_STRINGS] = "string",
		[OPT_INT] = "integer", [OPT_DURATION] = "duration",
		[OPT_INSTANT] = "instant", [OPT_STATE] = "state",
		[OPT_CHOICE] = "choice", [OPT_THRESHOLD] = "threshold",
		[OPT_TIMEOUT] = "timeout",
	};

	return names[type];
}

static void
put_choices(struct json_writer *json, const char *const *choices)
{
	if (choices == NULL) {
		json_nothing(json, "choices");
		return;
	}
	json_open_array(json, "choices");
	for (; *choices != NULL; choices++)
		json_str(json, NULL, *choices);
	json_end_array(json);
}

static void
put_limits(struct json_writer *json, const struct option_row *row)
{
	if (row->type != OPT_INT && row->type != OPT_COUNT)
		return;
	json_int(json, "min", row->min);
	json_int(json, "max", row->max);
}

static void
put_option(struct json_writer *json, const struct option_row *row)
{
	const char letter[2] = { row->letter, '\0' };

	json_open_object(json, NULL);
	json_str(json, "name", row->name);
	json_str(json, "letter", row->letter == 0 ? NULL : letter);
	json_str(json, "type", type_name(row->type));
	json_str(json, "group", page_group(row->group));
	json_str(json, "metavar", row->metavar);
	json_str(json, "default", row->fallback);
	put_choices(json, row->choices);
	put_limits(json, row);
	json_bool(json, "repeat", (row->flags & OPTF_REPEAT) != 0);
	json_bool(json, "secret", (row->flags & OPTF_SECRET) != 0);
	json_bool(json, "expert", (row->flags & OPTF_EXPERT) != 0);
	json_bool(json, "value_optional", (row->flags & OPTF_OPTARG) != 0);
	json_bool(json, "file", (row->flags & OPTF_FILE) != 0);
	json_bool(json, "integration", integration_exposes(row));
	json_str(json, "help", row->help);
	json_str(json, "detail", row->detail);
	json_str(json, "since", row->since);
	json_end_object(json);
}

static void
put_finding(struct json_writer *json, const struct finding_row *row)
{
	json_open_object(json, NULL);
	json_str(json, "id", row->id);
	json_int(json, "state", (int64_t)row->status);
	json_str(json, "status", status_name(row->status));
	json_str(json, "help", row->help);
	json_end_object(json);
}

void
integration_json(const struct app *app, struct buf *out)
{
	const struct option_row *row;
	struct finding_row finding;
	struct json_writer json;
	size_t i;

	json_init(&json, out, true);
	json_open_object(&json, NULL);
	json_str(&json, "plugin", app->options->plugin);
	json_str(&json, "summary", app->summary);
	json_str(&json, "positional", app->options->positional);
	json_open_array(&json, "options");
	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++)
		put_option(&json, row);
	json_end_array(&json);
	json_open_array(&json, "findings");
	for (i = 0; page_finding(app, i, &finding); i++)
		put_finding(&json, &finding);
	json_end_array(&json);
	json_end_object(&json);
	buf_char(out, '\n');
}
