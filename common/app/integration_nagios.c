/* SPDX-License-Identifier: ISC */
/*
 * Commands and a service for Nagios and Naemon, commands for NRPE.  Nagios
 * runs them through a shell, so every macro stands in single quotes; an
 * argument that a service leaves out is an empty string, which leaves the
 * option unset.
 */
#include <string.h>

#include "app/pages.h"

/* A command with one macro for each option named; "" is a target. */
struct command {
	const char *suffix;
	const char *what;
	const char *options[5];		/* as --name='$ARGn$' */
	bool host;			/* checks $HOSTNAME$ */
};

static const struct command commands[] = {
	{ "", "a host under its own name, at its own address",
	    { "port", "warning", "critical" }, true },
	{ "_starttls", "a service that starts in plain text",
	    { "starttls", "port", "warning", "critical" }, true },
	{ "_target", "what the argument names: HOST:PORT, smtp://HOST, ...",
	    { "", "warning", "critical" }, false },
	{ "_file", "a file, a directory or a glob",
	    { "file", "warning", "critical" }, false },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
put_comment_options(struct buf *out, const struct app *app, const char *lead)
{
	const struct option_row *row;
	size_t i;
	int width;

	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++) {
		if (!integration_exposes(row))
			continue;
		width = (int)(24 - strlen(row->name));
		if (!page_takes_value(row))
			buf_printf(out, "%s--%s%*s%s\n", lead, row->name,
			    width, "", row->help);
		else
			buf_printf(out, "%s--%s=%-*s %s\n", lead, row->name,
			    width - 2, row->metavar, row->help);
	}
}

static bool
knows(const struct app *app, const struct command *command)
{
	size_t i;

	for (i = 0; i < 5 && command->options[i] != NULL; i++) {
		const char *name = command->options[i];

		if (*name == '\0' ? app->options->positional == NULL :
		    option_find(app->options, name, strlen(name)) == NULL)
			return false;
	}
	return true;
}

static void
put_command(struct buf *out, const struct app *app,
    const struct command *command)
{
	const char *plugin = app->options->plugin, *name;
	size_t i;

	if (!knows(app, command))
		return;
	buf_printf(out, "\n# %s\n", command->what);
	buf_printf(out, "define command {\n"
	    "\tcommand_name\t%s%s\n"
	    "\tcommand_line\t$USER1$/%s", plugin, command->suffix, plugin);
	if (command->host)
		buf_str(out, " -H '$HOSTNAME$' -I '$HOSTADDRESS$'");
	for (i = 0; i < 5 && (name = command->options[i]) != NULL; i++)
		buf_printf(out, *name == '\0' ? " %s'$ARG%zu$'" :
		    " --%s='$ARG%zu$'", name, i + 1);
	buf_str(out, "\n}\n");
}

static void
put_usage(struct buf *out, const struct app *app)
{
	size_t i, n;

	buf_str(out, "#\n# Arguments, in order; those left out keep their "
	    "defaults:\n");
	for (i = 0; i < N_COMMANDS; i++) {
		if (!knows(app, &commands[i]))
			continue;
		buf_printf(out, "#   %s%s", app->options->plugin,
		    commands[i].suffix);
		for (n = 0; n < 5 && commands[i].options[n] != NULL; n++)
			buf_printf(out, "!%s", *commands[i].options[n] == '\0' ?
			    "target" : commands[i].options[n]);
		buf_char(out, '\n');
	}
	buf_printf(out, "#   %s_options!any options, each quoted by you\n",
	    app->options->plugin);
}

void
integration_nagios(const struct app *app, struct buf *out)
{
	const char *plugin = app->options->plugin;
	size_t i;

	integration_head(out, app, "# ", "nagios");
	put_usage(out, app);
	for (i = 0; i < N_COMMANDS; i++)
		put_command(out, app, &commands[i]);
	buf_printf(out, "\n# Anything else; the argument is not quoted, "
	    "because it is several:\n");
	put_comment_options(out, app, "#   ");
	buf_printf(out, "define command {\n"
	    "\tcommand_name\t%s_options\n"
	    "\tcommand_line\t$USER1$/%s $ARG1$\n"
	    "}\n", plugin, plugin);
	buf_printf(out, "\ndefine service {\n"
	    "\tname\t\t\t%s\n"
	    "\tregister\t\t0\n"
	    "\tservice_description\t%s\n"
	    "\tcheck_command\t\t%s%s\n"
	    "\tcheck_interval\t\t60\n"
	    "\tretry_interval\t\t5\n"
	    "\tmax_check_attempts\t3\n"
	    "\tnotification_interval\t1440\n"
	    "}\n", plugin, integration_name(app), plugin,
	    knows(app, &commands[0]) ? "" : "_options");
}

void
integration_nrpe(const struct app *app, struct buf *out)
{
	const char *plugin = app->options->plugin;

	integration_head(out, app, "# ", "nrpe");
	buf_str(out, "#\n"
	    "# Whole commands without arguments: NRPE as Debian builds it "
	    "takes none over\n"
	    "# the network.  Change the paths to yours (" INTEGRATION_FOLDER
	    " is\n"
	    "# /usr/lib64/nagios/plugins/ in the RHEL family).  check_nrpe "
	    "waits 10 s and\n"
	    "# command_timeout is 60 s: keep --timeout below both.\n");
	buf_printf(out, "#\n# Options:\n");
	put_comment_options(out, app, "#   ");
	if (option_find(app->options, "file", 4) != NULL)
		buf_printf(out, "\n# certificates on disk\n"
		    "command[%s_files]=" INTEGRATION_FOLDER "%s --timeout=8s"
		    " --file=/etc/ssl/local%s\n", plugin, plugin,
		    option_find(app->options, "no-trust", 8) != NULL ?
		    " --no-trust" : "");
	if (app->options->positional != NULL)
		buf_printf(out, "\n# servers that only this machine reaches\n"
		    "command[%s_local]=" INTEGRATION_FOLDER "%s --timeout=8s"
		    " localhost:443 --name=www.example.com\n", plugin, plugin);
	buf_printf(out, "\n# everything from the section [%s] of "
	    "monitoring-plugins.ini\n"
	    "command[%s]=" INTEGRATION_FOLDER "%s --extra-opts\n", plugin,
	    plugin, plugin);
}
