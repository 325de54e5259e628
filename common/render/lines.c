/* SPDX-License-Identifier: ISC */
/* Lines of output with a limit in bytes. */
#include "render/lines.h"

#define LINES_MORE 40		/* room for "... N more" */

void
lines_init(struct lines *lines, struct buf *out, size_t limit, bool colour)
{
	lines->out = out;
	lines->start = out->len;
	lines->limit = limit > LINES_MORE ? limit - LINES_MORE : 0;
	lines->dropped = 0;
	lines->colour = colour;
}

void
lines_end(struct lines *lines)
{
	buf_char(lines->out, '\n');
	/* Once a line is gone, the shorter ones after it would mislead. */
	if (lines->dropped > 0 || lines->out->len > lines->limit) {
		buf_cut(lines->out, lines->start);
		lines->dropped++;
	}
	lines->start = lines->out->len;
}

void
lines_close(struct lines *lines)
{
	if (lines->dropped > 0)
		buf_printf(lines->out, "... %zu more\n", lines->dropped);
}

void
lines_word(struct lines *lines, enum status status)
{
	static const char *const colours[] = { "32", "33", "1;31", "35" };

	if (lines->colour)
		buf_printf(lines->out, "\033[%sm%s\033[0m",
		    colours[status], status_word(status));
	else
		buf_str(lines->out, status_word(status));
}

void
lines_status(struct lines *lines, enum status status)
{
	buf_char(lines->out, '[');
	lines_word(lines, status);
	buf_char(lines->out, ']');
}
