/* SPDX-License-Identifier: ISC */
/* The sections OPTIONS and FINDINGS of the man page, in man(7). */
#include <string.h>

#include "app/pages.h"

#define LINE_MAX_BYTES 72

static void
put_char(struct buf *out, char c)
{
	if (c == '-')
		buf_str(out, "\\-");
	else if (c == '\\')
		buf_str(out, "\\e");
	else if (c == '\'')
		buf_str(out, "\\(aq");
	else if (c == '^')
		buf_str(out, "\\(ha");
	else if (c == '~')
		buf_str(out, "\\(ti");
	else
		buf_char(out, c);
}

static void
put_plain(struct buf *out, const char *text, size_t len)
{
	size_t i;

	if (len > 0 && *text == '.')
		buf_str(out, "\\&");
	for (i = 0; i < len; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): strlen */
		put_char(out, text[i]);
}

/* Text with a new line for each sentence; first: is made a capital. */
static void
put_text(struct buf *out, const char *text)
{
	size_t len, width = 0;
	bool ended = false;

	for (; *text != '\0'; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		if (width > 0 && (ended || width + len > LINE_MAX_BYTES)) {
			buf_char(out, '\n');
			width = 0;
		} else if (width > 0) {
			buf_char(out, ' ');
		}
		put_plain(out, text, len);
		width += len + 1;
		ended = len > 0 && strchr(".?", text[len - 1]) != NULL;
	}
	buf_char(out, '\n');
}

/* "warning below" becomes "Warning below.", the form of the page. */
static void
put_help(struct buf *out, const char *help)
{
	struct buf sentence = BUF_INIT;

	buf_str(&sentence, help);
	if (sentence.data != NULL && *sentence.data >= 'a' &&
	    *sentence.data <= 'z')
		*sentence.data = (char)(*sentence.data - 'a' + 'A');
	buf_char(&sentence, '.');
	put_text(out, buf_text(&sentence));
	buf_release(&sentence);
}

static void
put_bold(struct buf *out, const char *prefix, const char *text)
{
	buf_str(out, "\\fB");
	put_plain(out, prefix, strlen(prefix));
	put_plain(out, text, strlen(text));
	buf_str(out, "\\fP");
}

static void
put_option(struct buf *out, const struct option_row *row)
{
	const char letter[2] = { row->letter, '\0' };
	const bool optional = (row->flags & OPTF_OPTARG) != 0;

	buf_str(out, ".TP\n");
	if (row->letter != 0) {
		put_bold(out, "-", letter);
		buf_str(out, ", ");
	}
	put_bold(out, "--", row->name);
	if (page_takes_value(row)) {
		buf_str(out, optional ? "[=\\fI" : "=\\fI");
		put_plain(out, row->metavar, strlen(row->metavar));
		buf_str(out, optional ? "\\fP]" : "\\fP");
	}
	buf_char(out, '\n');
	put_help(out, row->help);
	if (row->detail != NULL)
		put_text(out, row->detail);
	if (row->flags & OPTF_REPEAT)
		put_text(out, "May be repeated.");
	if (row->fallback != NULL) {
		buf_str(out, "Default: ");
		put_bold(out, "", row->fallback);
		buf_str(out, ".\n");
	}
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
			buf_printf(out, ".SS %s\n", page_group(group));
		first = false;
		put_option(out, row);
	}
}

static void
put_findings(struct buf *out, const struct app *app)
{
	struct finding_row row;
	size_t i;

	buf_str(out, ".SH FINDINGS\n");
	put_text(out, "What the plugin can find, with what it counts as by "
	    "default. --ignore and --severity take these names.");
	for (i = 0; page_finding(app, i, &row); i++) {
		buf_str(out, ".TP\n");
		put_bold(out, "", row.id);
		buf_printf(out, " (%s)\n", status_name(row.status));
		put_help(out, row.help);
	}
}

void
integration_man(const struct app *app, struct buf *out)
{
	int group;

	integration_head(out, app, ".\\\" ", "man");
	buf_str(out, ".SH OPTIONS\n");
	put_text(out, "Options may stand in any order and between targets. "
	    "An option whose value is the empty string is unset. "
	    "Durations are written 90, 90s, 15m, 12h, 30d, 2w, or combined: "
	    "1d12h. STATE is ok, warning, critical or unknown.");
	for (group = 0; group < GROUP_COUNT; group++)
		put_group(out, app->options, (enum option_group)group);
	put_findings(out, app);
}
