/* SPDX-License-Identifier: ISC */
/* Completion for bash: names of options, choices, findings, states, files.
 * It needs nothing but bash. */
#include <string.h>

#include "app/pages.h"

#define STATES "ok warning critical unknown"

static void
put_pattern(struct buf *out, const struct option_row *row)
{
	if (row->letter != 0)
		buf_printf(out, "-%c|", row->letter);
	buf_printf(out, "--%s", row->name);
}

static void
put_words_case(struct buf *out, const struct option_row *row,
    const char *words)
{
	buf_char(out, '\t');
	put_pattern(out, row);
	buf_printf(out, ")\n\t\twords='%s' ;;\n", words);
}

static void
put_choices(struct buf *out, const struct option_row *row)
{
	struct buf words = BUF_INIT;
	size_t i;

	for (i = 0; row->choices[i] != NULL; i++)
		buf_printf(&words, "%s%s", i == 0 ? "" : " ", row->choices[i]);
	put_words_case(out, row, buf_text(&words));
	buf_release(&words);
}

/* A state follows: behind a colon. */
static bool
has_state(const struct option_row *row)
{
	return page_takes_value(row) && strstr(row->metavar, ":STATE") != NULL;
}

static void
put_findings(struct buf *out, const struct app *app,
    const struct option_row *row)
{
	struct buf words = BUF_INIT;
	struct finding_row finding;
	size_t i;

	for (i = 0; page_finding(app, i, &finding); i++)
		buf_printf(&words, "%s%s%s", i == 0 ? "" : " ", finding.id,
		    has_state(row) ? ":" : "");
	put_words_case(out, row, buf_text(&words));
	buf_release(&words);
}

static void
put_case(struct buf *out, const struct app *app, const struct option_row *row)
{
	if (!page_takes_value(row) || row->flags & OPTF_OPTARG)
		return;
	if (row->choices != NULL)
		put_choices(out, row);
	else if (row->type == OPT_STATE)
		put_words_case(out, row, STATES);
	else if (strncmp(row->metavar, "ID", 2) == 0)
		put_findings(out, app, row);
	else if (row->flags & OPTF_FILE) {
		buf_char(out, '\t');
		put_pattern(out, row);
		buf_str(out, ")\n\t\tkind=files ;;\n");
	} else {
		buf_char(out, '\t');
		put_pattern(out, row);
		buf_str(out, ")\n\t\treturn ;;\n");
	}
}

static void
put_names(struct buf *out, const struct option_table *table)
{
	const struct option_row *row;
	const char *equals;
	size_t i;

	buf_str(out, "\t\twords='");
	for (i = 0; (row = option_row_at(table, i)) != NULL; i++) {
		equals = page_takes_value(row) &&
		    !(row->flags & OPTF_OPTARG) ? "=" : "";
		buf_printf(out, "%s--%s%s", i == 0 ? "" : "\n\t\t    ",
		    row->name, equals);
	}
	buf_str(out, "'\n");
}

/* What is behind a colon: a state, of an option that has one; else nothing is
 * known of it. */
static void
put_behind_colon(struct buf *out, const struct option_table *table)
{
	const struct option_row *row;
	const char *bar = "";
	size_t i;

	buf_str(out, "\tif [[ $cur == ':' || $prev == ':' ]]; then\n"
	    "\t\toption='(");
	for (i = 0; (row = option_row_at(table, i)) != NULL; i++) {
		if (!has_state(row))
			continue;
		buf_str(out, bar);
		put_pattern(out, row);
		bar = "|";
	}
	buf_str(out, ")[= ]+[^ ]*$'\n"
	    "\t\t[[ ${COMP_LINE:0:COMP_POINT} =~ [[:space:]]$option ]] || "
	    "return\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W '" STATES "' "
	    "-- \"${cur#:}\")\n"
	    "\t\treturn\n"
	    "\tfi\n");
}

void
integration_bash(const struct app *app, struct buf *out)
{
	const char *plugin = app->options->plugin;
	const struct option_row *row;
	size_t i;

	integration_head(out, app, "# ", "bash");
	buf_printf(out, "_%s()\n{\n", plugin);
	buf_str(out, "\tlocal cur=${COMP_WORDS[COMP_CWORD]} option words='' "
	    "kind=words\n"
	    "\tlocal prev=${COMP_WORDS[COMP_CWORD - 1]}\n\n"
	    "\t# '=' and ':' are words of their own where they break words.\n");
	put_behind_colon(out, app->options);
	buf_str(out, "\toption=$prev\n"
	    "\tif [[ $cur == '=' ]]; then\n"
	    "\t\tcur=\n"
	    "\telif [[ $prev == '=' ]]; then\n"
	    "\t\toption=${COMP_WORDS[COMP_CWORD - 2]}\n"
	    "\telif [[ $cur == --*=* ]]; then\n"
	    "\t\toption=${cur%%=*} cur=${cur#*=}\n"
	    "\tfi\n"
	    "\tcase $option in\n");
	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++)
		put_case(out, app, row);
	buf_str(out, "\t*)\n\t\tkind=files\n\tesac\n"
	    "\tif [[ $kind == files && $cur == -* ]]; then\n"
	    "\t\tkind=words\n");
	put_names(out, app->options);
	buf_str(out, "\tfi\n"
	    "\tif [[ $kind == files ]]; then\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	    "\t\tcompopt -o filenames 2>/dev/null\n"
	    "\t\treturn\n"
	    "\tfi\n"
	    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	    "\tif [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=:] ]]; "
	    "then\n"
	    "\t\tcompopt -o nospace 2>/dev/null\n"
	    "\tfi\n"
	    "}\n");
	buf_printf(out, "complete -F _%s %s\n", plugin, plugin);
}
