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
	const char *fixed;		/* the option that makes it this */
	const char *options[5];		/* as --name='$ARGn$' */
	bool host;			/* checks $HOSTNAME$ */
};

static const struct command commands[] = {
	{ "", "a host under its own name, at its own address",
	    NULL,
	    { "port", "warning", "critical" }, true },
	{ "_starttls", "a service that starts in plain text", NULL,
	    { "starttls", "port", "warning", "critical" }, true },
	{ "_target", "what the argument names: HOST:PORT, smtp://HOST, ...",
	    NULL,
	    { "", "warning", "critical" }, false },
	{ "_file", "a file, a directory or a glob", NULL,
	    { "file", "warning", "critical" }, false },
	{ "_whm", "a whole server, by WHM's API", NULL,
	    { "whm", "token-file", "warning", "critical" }, false },
	{ "_cpanel", "one account, by cPanel's API", NULL,
	    { "cpanel", "user", "token-file", "warning", "critical" }, false },
	{ "_local", "the server that Nagios runs on", "local",
	    { "warning", "critical" }, false },
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
	const char *name = command->fixed;
	size_t i;

	if (name != NULL &&
	    option_find(app->options, name, strlen(name)) == NULL)
		return false;
	for (i = 0; i < 5 && command->options[i] != NULL; i++) {
		name = command->options[i];
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
	if (command->fixed != NULL)
		buf_printf(out, " --%s", command->fixed);
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

static void
put_service(struct buf *out, const struct app *app)
{
	const char *plugin = app->options->plugin;

	buf_printf(out, "\ndefine service {\n"
	    "\tname\t\t\t%s\n"
	    "\tregister\t\t0\n"
	    "\tservice_description\t%s\n", plugin, integration_name(app));
	if (knows(app, &commands[0]))
		buf_printf(out, "\tcheck_command\t\t%s\n", plugin);
	buf_str(out, "\tcheck_interval\t\t60\n"
	    "\tretry_interval\t\t5\n"
	    "\tmax_check_attempts\t3\n"
	    "\tnotification_interval\t1440\n"
	    "}\n");
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
	put_service(out, app);
}

static void
put_nrpe_files(struct buf *out, const struct app *app)
{
	const char *plugin = app->options->plugin;
	bool trust = option_find(app->options, "no-trust", 8) != NULL;

	if (option_find(app->options, "file", 4) == NULL)
		return;
	buf_printf(out, "\n# certificates on disk\n"
	    "command[%s_files]=" INTEGRATION_FOLDER "%s --timeout=8s"
	    " --file=/etc/ssl/local%s\n", plugin, plugin,
	    trust ? " --no-trust" : "");
}

static void
put_nrpe_server(struct buf *out, const struct app *app)
{
	const char *plugin = app->options->plugin;

	if (app->options->positional == NULL)
		return;
	buf_printf(out, "\n# servers that only this machine reaches\n"
	    "command[%s_local]=" INTEGRATION_FOLDER "%s --timeout=8s"
	    " localhost:443 --name=www.example.com\n", plugin, plugin);
}

/* Asking the server itself takes root's rights; an account asks for itself. */
static void
put_nrpe_autossl(struct buf *out, const struct app *app)
{
	const char *plugin = app->options->plugin;

	if (option_find(app->options, "whm", 3) == NULL)
		return;
	buf_printf(out, "\n# a whole server, with a token that NRPE's user "
	    "alone reads\n"
	    "command[%s_whm]=" INTEGRATION_FOLDER "%s --timeout=8s"
	    " --whm=localhost --token-file=/etc/nagios/whm.token\n",
	    plugin, plugin);
	buf_printf(out, "\n# one account\n"
	    "command[%s_account]=" INTEGRATION_FOLDER "%s --timeout=8s"
	    " --cpanel=localhost --user=shop"
	    " --token-file=/etc/nagios/shop.token\n", plugin, plugin);
	buf_printf(out, "\n# the server itself, without a token, as root; in "
	    "/etc/sudoers.d/nrpe:\n"
	    "#   nagios ALL=(root) NOPASSWD: " INTEGRATION_FOLDER "%s "
	    "--local --timeout=8s\n"
	    "command[%s_local]=/usr/bin/sudo -n " INTEGRATION_FOLDER "%s "
	    "--local --timeout=8s\n", plugin, plugin, plugin);
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
	put_nrpe_files(out, app);
	put_nrpe_server(out, app);
	put_nrpe_autossl(out, app);
	buf_printf(out, "\n# everything from the section [%s] of "
	    "monitoring-plugins.ini\n"
	    "command[%s]=" INTEGRATION_FOLDER "%s --extra-opts\n", plugin,
	    plugin, plugin);
}
