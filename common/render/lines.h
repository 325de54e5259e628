/* SPDX-License-Identifier: ISC */
/*
 * Lines of output with a limit in bytes.  A line that does not fit is taken
 * back whole and counted; lines_close says how many there were.
 */
#ifndef RENDER_LINES_H
#define RENDER_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "model/status.h"

struct lines {
	struct buf *out;	/* the line is written here */
	size_t start;		/* where the current line begins */
	size_t limit;		/* most bytes in out */
	size_t dropped;
	bool colour;		/* ANSI sequences for the states */
};

/* From here on out grows to limit bytes at most. */
void lines_init(struct lines *lines, struct buf *out, size_t limit,
    bool colour);
void lines_end(struct lines *lines);	/* ends the line */
void lines_close(struct lines *lines);	/* "... N more", if any */
/* "[CRITICAL]", "CRITICAL": the word in its colour. */
void lines_status(struct lines *lines, enum status status);
void lines_word(struct lines *lines, enum status status);

#endif
