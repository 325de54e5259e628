/* SPDX-License-Identifier: ISC */
/*
 * A list that is read in pages.  A server that says how many rows it has
 * (metadata.chunk of WHM API 1) is asked for just those, and believed that
 * there are no more; one that does not say is asked until a page ends the
 * list for sure: a short page may only be the most that it sends at once.
 */
#ifndef PROBE_AUTOSSL_PAGES_H
#define PROBE_AUTOSSL_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/json_reader.h"

#define AUTOSSL_PAGE	500	/* rows that are asked for at once */

/* By what a row is known again. */
struct autossl_row {
	struct bytes user, name;
};

struct autossl_pages {
	size_t next;		/* first row not asked for yet, from 1 */
	size_t size;		/* rows of a page */
	size_t rows;		/* that came, each once */
	int64_t records;	/* rows that the server has; -1: not said */
	bool ended;
	/* Each page begins with the last row of the one before. */
	bool chained;
	/* Row 1: when it comes again there are no pages. */
	struct autossl_row first;
	struct autossl_row last;	/* of the chain so far */
	size_t short_at;	/* first row of a page that ended the list */
	size_t beyond;		/* first row of the last page with rows */
};

void autossl_pages_init(struct autossl_pages *pages);
/* The first row of the next page to ask for; 0: there is none, as far as is
 * known by now. */
size_t autossl_pages_next(struct autossl_pages *pages);
/*
 * An answer to the question for rows from `start` on.  Returns the number of
 * its first rows that are known already; all of them: nothing is new.  What
 * rows are known by is kept in the arena.
 */
size_t autossl_pages_take(struct autossl_pages *pages, struct arena *arena,
    size_t start, const struct json_value *rows,
    const struct json_value *metadata);
/* After the last answer.  -1: rows are missing (ERR_SYNTAX). */
int autossl_pages_check(const struct autossl_pages *pages,
    const char *function, struct err *err);

#endif
