/* SPDX-License-Identifier: ISC */
/* --help, the short usage and --list-findings, made from the tables. */
#include <stdio.h>
#include <string.h>

#include "app/options.h"
#include "app/pages.h"

#define WIDTH	79
#define COLUMN	28		/* where the explanations begin */

const char *
page_group(enum option_group group)
{
	static const char *const names[GROUP_COUNT] = {
		[GROUP_TARGET] = "What to check",
		[GROUP_THRESHOLD] = "Thresholds",
		[GROUP_CHECK] = "What is expected",
		[GROUP_TRUST] = "Trust",
		[GROUP_CONNECTION] = "Connection",
		[GROUP_OUTPUT] = "Output",
		[GROUP_GENERAL] = "General",
	};

	return names[group];
}

bool
page_takes_value(const struct option_row *row)
{
	return row->type != OPT_FLAG && row->type != OPT_COUNT;
}

/* Words from column `at` on, continued at column `indent`. */
static void
put_words(struct buf *out, const char *text, size_t at, size_t indent)
{
	size_t len;

	while (*text != '\0') {
		len = strcspn(text, " ");
		if (at > indent && at + 1 + len > WIDTH) {
			buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			buf_char(out, ' ');
			at++;
		}
		buf_add(out, text, len);
		at += len;
		text += len + strspn(text + len, " ");
	}
}

static void
put_paragraph(struct buf *out, const char *text, size_t indent)
{
	buf_printf(out, "%*s", (int)indent, "");
	put_words(out, text, indent, indent);
	buf_char(out, '\n');
}

/* "  what        explanation", on two lines when `what` is long. */
static void
put_pair(struct buf *out, const char *what, const char *text, size_t column)
{
	size_t len = strlen(what) + 2;

	buf_printf(out, "  %s", what);
	if (len + 2 > column) {
		buf_char(out, '\n');
		len = 0;
	}
	buf_printf(out, "%*s", (int)(column - len), "");
	put_words(out, text, column, column);
	buf_char(out, '\n');
}

static void
put_option(struct buf *out, const struct option_row *row)
{
	char what[80], text[256];
	const char *equals = "=", *metavar = row->metavar;
	int n = 0;

	if (!page_takes_value(row))
		equals = metavar = "";
	if (row->flags & OPTF_OPTARG)
		equals = "[=";
	if (row->letter != 0)
		n = snprintf(what, sizeof(what), "-%c, ", row->letter);
	snprintf(what + n, sizeof(what) - (size_t)n, "%s--%s%s%s%s",
	    n == 0 ? "    " : "", row->name, equals, metavar,
	    row->flags & OPTF_OPTARG ? "]" : "");
	n = snprintf(text, sizeof(text), "%s", row->help);
	if (row->fallback != NULL && n < (int)sizeof(text))
		snprintf(text + n, sizeof(text) - (size_t)n, " [%s]",
		    row->fallback);
	put_pair(out, what, text, COLUMN);
}

static void
put_group(struct buf *out, const struct option_table *table,
    enum option_group group)
{
	const struct option_row *row;
	bool first = true;
	size_t i;

	for (i = 0; (row = option_row_at(table, i)) != NULL; i++) {
		if (row->group != group)
			continue;
		if (first)
			buf_printf(out, "\n%s:\n", page_group(group));
		first = false;
		put_option(out, row);
		/* What a threshold means has to be known at 3 a.m. */
		if (group == GROUP_THRESHOLD && row->detail != NULL)
			put_paragraph(out, row->detail, COLUMN);
	}
}

void
page_schemes(struct buf *out, bool starttls)
{
	const struct scheme *scheme;
	const char *sep = "";

	for (scheme = scheme_table(); scheme->name != NULL; scheme++) {
		if ((scheme->starttls != STARTTLS_NONE) != starttls)
			continue;
		buf_printf(out, "%s%s", sep, scheme->name);
		sep = " ";
	}
}

static void
put_schemes(struct buf *out, const char *what, bool starttls)
{
	struct buf names = BUF_INIT;

	page_schemes(&names, starttls);
	put_pair(out, what, buf_text(&names), COLUMN);
	buf_release(&names);
}

static void
put_targets(struct buf *out)
{
	static const char *const forms[][2] = {
		{ "HOST, HOST:PORT", "www.example.com, mail.example.com:465" },
		{ "ADDRESS, [IPV6]:PORT", "192.0.2.7:8443, [2001:db8::7]:443" },
		{ "SCHEME://HOST[:PORT]", "smtp://mail.example.com" },
		{ "PATH, file:PATH, -", "a file, a directory, a 'glob', "
		    "standard input" },
		{ "ADDRESS/BITS[:PORT,...]",
		    "a network: 192.0.2.0/24:443,8443" },
	};
	size_t i;

	buf_str(out, "\nTargets:\n");
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		put_pair(out, forms[i][0], forms[i][1], COLUMN);
	put_schemes(out, "SCHEME with TLS at once", false);
	put_schemes(out, "SCHEME with STARTTLS", true);
}

static void
put_usage_line(struct buf *out, const struct option_table *table)
{
	buf_printf(out, "Usage: %s [OPTION...]%s%s\n", table->plugin,
	    table->positional != NULL ? " " : "",
	    table->positional != NULL ? table->positional : "");
}

void
options_help(const struct app *app, struct buf *out)
{
	const char *const *example = app->examples;
	int group;

	put_usage_line(out, app->options);
	put_paragraph(out, app->summary, 0);
	if (app->options->positional != NULL)
		put_targets(out);
	for (group = 0; group < GROUP_COUNT; group++)
		put_group(out, app->options, (enum option_group)group);
	buf_str(out, "\nDUR: 90, 90s, 15m, 12h, 30d, 2w, 1d12h. "
	    "STATE: ok, warning, critical, unknown.\n");
	if (example != NULL && *example != NULL)
		buf_str(out, "\nExamples:\n");
	for (; example != NULL && *example != NULL; example += 2) {
		put_paragraph(out, example[1], 2);
		buf_printf(out, "      %s\n", example[0]);
	}
	buf_str(out, "\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN "
	    "(wrong usage as well).\n");
	buf_printf(out, "More: man %s\n", app->options->plugin);
}

/* What has a letter is what people need most. */
void
options_usage(const struct app *app, struct buf *out)
{
	const struct option_row *row;
	size_t i;

	put_usage_line(out, app->options);
	for (i = 0; (row = option_row_at(app->options, i)) != NULL; i++)
		if (row->letter != 0 && !(row->flags & OPTF_EXPERT))
			put_option(out, row);
	buf_printf(out, "All options: %s --help\n", app->options->plugin);
}

bool
page_finding(const struct app *app, size_t i, struct finding_row *out)
{
	enum finding_id id;
	size_t k;

	if (i >= (app->findings == NULL ? (size_t)FINDING_COUNT :
	    app->n_findings))
		return false;
	id = app->findings == NULL ? (enum finding_id)i : app->findings[i];
	*out = *finding_row(id);
	for (k = 0; k < app->n_defaults; k++)
		if (app->defaults[k].id == id)
			out->status = app->defaults[k].status;
	return true;
}

void
options_findings(const struct app *app, struct buf *out)
{
	struct finding_row row;
	size_t i;

	for (i = 0; page_finding(app, i, &row); i++)
		buf_printf(out, "%-19s %-8s %s\n", row.id,
		    status_name(row.status), row.help);
}
