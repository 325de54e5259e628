/* SPDX-License-Identifier: ISC */
/*
 * The CheckCommand for Icinga 2: every option is an argument with its long
 * name as the key, its help as the description, and a custom variable
 * COMMAND_OPTION.  A variable that is null arrives as an empty string, which
 * leaves the option unset.
 */
#include <string.h>

#include "app/pages.h"

static void
put_string(struct buf *out, const char *text)
{
	buf_char(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_char(out, '\\');
		buf_char(out, *text);
	}
	buf_char(out, '"');
}

static void
put_description(struct buf *out, const struct option_row *row)
{
	struct buf text = BUF_INIT;

	buf_str(&text, row->help);
	if (row->fallback != NULL)
		buf_printf(&text, " [%s]", row->fallback);
	buf_str(out, "\t\t\tdescription = ");
	put_string(out, buf_text(&text));
	buf_char(out, '\n');
	buf_release(&text);
}

static void
put_argument(struct buf *out, const struct app *app,
    const struct option_row *row)
{
	struct command_argument arg;

	integration_argument(app, row, &arg);
	buf_printf(out, "\t\t\"%s\" = {\n\t\t\t%s = \"%s\"\n", arg.key,
	    arg.flag ? "set_if" : "value", arg.value);
	if (arg.skip_key)
		buf_str(out, "\t\t\tskip_key = true\n");
	if (arg.repeat)
		buf_str(out, "\t\t\trepeat_key = true\n");
	put_description(out, row);
	buf_str(out, "\t\t}\n");
}

static void
put_positional(struct buf *out, const struct app *app)
{
	if (app->options->positional == NULL)
		return;
	buf_printf(out, "\t\t\"targets\" = {\n"
	    "\t\t\tvalue = \"$%s_target$\"\n"
	    "\t\t\tskip_key = true\n"
	    "\t\t\trepeat_key = false\n"
	    "\t\t\torder = 99\n"
	    "\t\t\tdescription = \"one target or an array of them: HOST:PORT, "
	    "smtp://HOST, a file, ...\"\n"
	    "\t\t}\n", integration_name(app));
}

static void
put_arguments(struct buf *out, const struct app *app)
{
	const struct option_row *row;
	size_t i;

	buf_str(out, "\targuments = {\n");
	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++)
		if (integration_exposes(row) && !(row->flags & OPTF_SECRET))
			put_argument(out, app, row);
	put_positional(out, app);
	buf_str(out, "\t}\n");
}

/* The variable behind an environment variable: "cert_expiry_https_proxy",
 * "autossl_queue_token". */
static void
put_env_var(struct buf *out, const struct app *app, const char *env)
{
	buf_printf(out, "%s_%s", integration_name(app),
	    strcmp(env, "CPANEL_API_TOKEN") == 0 ? "token" : env);
}

static void
put_env(struct buf *out, const struct app *app)
{
	const struct option_row *row;
	const char *const *env;
	size_t i;

	buf_str(out, "\n\t// Secrets: the command line can be read by "
	    "everyone.\n\tenv = {\n");
	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++)
		for (env = integration_env(row); env != NULL && *env != NULL;
		    env++) {
			buf_printf(out, "\t\t%s = \"$", *env);
			put_env_var(out, app, *env);
			buf_str(out, "$\"\n");
		}
	buf_str(out, "\t}\n");
}

/* A variable that nobody sets leaves the daemon's own environment as it is. */
static void
put_env_defaults(struct buf *out, const struct app *app)
{
	const struct option_row *row;
	const char *const *env;
	size_t i;

	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++)
		for (env = integration_env(row); env != NULL && *env != NULL;
		    env++) {
			buf_str(out, "\tvars.");
			put_env_var(out, app, *env);
			buf_str(out, " = {{ ");
			if (row->flags & OPTF_SECRET)
				buf_printf(out, "macro(\"$%s_%s$\") || ",
				    integration_name(app), row->name);
			buf_printf(out, "getenv(\"%s\") }}\n", *env);
		}
}

static bool
has_option(const struct app *app, const char *name)
{
	return option_find(app->options, name, strlen(name)) != NULL;
}

/*
 * A host is checked under its own name at its own address, unless files or
 * targets say what to check: a variable that is a function is asked at each
 * check, and what a host or service sets goes before it.
 */
static void
put_host_default(struct buf *out, const struct app *app, const char *option,
    const char *value)
{
	const char *name = integration_name(app);

	if (!has_option(app, option))
		return;
	buf_printf(out, "\tvars.%s_%s = {{\n", name, option);
	if (app->options->positional != NULL)
		buf_printf(out, "\t\tif (macro(\"$%s_target$\") || "
		    "macro(\"$%s_targets$\") ||\n"
		    "\t\t    macro(\"$%s_file$\")) {\n"
		    "\t\t\treturn \"\"\n\t\t}\n", name, name, name);
	buf_printf(out, "\t\treturn macro(\"%s\")\n\t}}\n", value);
}

static void
put_vars(struct buf *out, const struct app *app)
{
	const char *name = integration_name(app), *value;
	const struct option_row *row;
	size_t i;

	buf_char(out, '\n');
	put_host_default(out, app, "hostname", "$host.name$");
	put_host_default(out, app, "address", "$check_address$");
	put_env_defaults(out, app);
	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++) {
		if (!integration_exposes(row) || row->type != OPT_FLAG)
			continue;
		value = row->letter == '4' ? "\"$check_ipv4$\"" :
		    row->letter == '6' ? "\"$check_ipv6$\"" : "false";
		buf_printf(out, "\tvars.%s_", name);
		integration_word(out, row->name);
		buf_printf(out, " = %s\n", value);
	}
}

void
integration_icinga2(const struct app *app, struct buf *out)
{
	const char *plugin = app->options->plugin;

	integration_head(out, app, "// ", "icinga2");
	buf_printf(out, "\nobject CheckCommand \"%s\" {\n"
	    "\timport \"ipv4-or-ipv6\"\n\n"
	    "\tcommand = [ PluginContribDir + \"/%s\" ]\n"
	    "\ttimeout = %ds\n\n", integration_name(app), plugin,
	    INTEGRATION_TIMEOUT);
	put_arguments(out, app);
	put_env(out, app);
	put_vars(out, app);
	buf_str(out, "}\n");
}
