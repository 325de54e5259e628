/* SPDX-License-Identifier: ISC */
/* Which page comes next, and whether all have come. */
#include "probe/autossl_pages.h"

#include <string.h>

void
autossl_pages_init(struct autossl_pages *pages)
{
	memset(pages, 0, sizeof(*pages));
	pages->next = 1;
	pages->size = AUTOSSL_PAGE;
	pages->records = -1;
}

size_t
autossl_pages_next(struct autossl_pages *pages)
{
	size_t start = pages->next;

	if (pages->ended || start == 0 || (pages->records >= 0 &&
	    start > 1 && (uint64_t)start > (uint64_t)pages->records))
		return 0;
	/* In a chain the answer says where the next page begins. */
	pages->next = pages->chained ? 0 : start + pages->size;
	return start;
}

static void
pages_keep(struct arena *arena, const struct json_value *row,
    struct autossl_row *out)
{
	out->user = arena_bytes(arena, json_text_of(row, "user"));
	out->name = arena_bytes(arena, json_text_of(row, "servername"));
}

static bool
pages_is_row(const struct json_value *row, const struct autossl_row *known)
{
	return row != NULL &&
	    bytes_eq(json_text_of(row, "user"), known->user) &&
	    bytes_eq(json_text_of(row, "servername"), known->name);
}

/* What the server says; -1: nothing that could be relied on.  More rows than
 * there are, and more pages than the one that is said to hold everything, are
 * contradictions. */
static int64_t
pages_records(const struct json_value *metadata, size_t rows)
{
	const struct json_value *chunk = json_get(metadata, "chunk");
	int64_t records, chunks = 0, current = 0;

	if (json_whole_of(chunk, "records", &records) != 0 || records < 0)
		return -1;
	json_whole_of(chunk, "chunks", &chunks);
	json_whole_of(chunk, "current", &current);
	if ((uint64_t)records < rows || ((uint64_t)records == rows &&
	    chunks > current && current > 0))
		return -1;
	return records;
}

/* Where the list goes on behind a first page without a word about it. */
static void
pages_guess(struct autossl_pages *pages, size_t rows)
{
	if (rows == AUTOSSL_PAGE)
		return;
	/* Of one row the next page would be the same. */
	pages->ended = rows < 2 || rows > AUTOSSL_PAGE;
	pages->chained = !pages->ended;
	pages->next = rows;
}

static void
pages_take_first(struct autossl_pages *pages, struct arena *arena,
    const struct json_value *rows, const struct json_value *metadata)
{
	size_t n = json_count(rows);

	pages_keep(arena, json_at(rows, 0), &pages->first);
	pages->records = pages_records(metadata, n);
	pages->rows = n;
	if (pages->records < 0) {
		pages_guess(pages, n);
		if (pages->chained)
			pages_keep(arena, json_at(rows, n - 1),
			    &pages->last);
		return;
	}
	pages->ended = n == 0 || (uint64_t)n >= (uint64_t)pages->records;
	/* The server has a limit of its own. */
	if (!pages->ended && n < AUTOSSL_PAGE) {
		pages->size = n;
		pages->next = n + 1;
	}
}

/* Rows that went while the list was read are not missed. */
static void
pages_note_records(struct autossl_pages *pages,
    const struct json_value *metadata)
{
	int64_t records;

	if (pages->records >= 0 && json_whole_of(json_get(metadata, "chunk"),
	    "records", &records) == 0 && records >= 0 &&
	    records < pages->records)
		pages->records = records;
}

/* A row that came in between is in front of the one that is known. */
static size_t
pages_take_link(struct autossl_pages *pages, struct arena *arena,
    size_t start, const struct json_value *rows)
{
	size_t n = json_count(rows), known;

	known = pages_is_row(json_at(rows, 0), &pages->last);
	if (n > 0)
		pages_keep(arena, json_at(rows, n - 1), &pages->last);
	pages->ended = n < 2;
	pages->next = start + n - 1;
	return known;
}

static void
pages_take_plain(struct autossl_pages *pages, size_t start, size_t n)
{
	if (n > 0 && start > pages->beyond)
		pages->beyond = start;
	if (n >= pages->size)
		return;
	pages->ended = pages->ended || pages->records < 0;
	if (pages->short_at == 0 || start < pages->short_at)
		pages->short_at = start;
}

size_t
autossl_pages_take(struct autossl_pages *pages, struct arena *arena,
    size_t start, const struct json_value *rows,
    const struct json_value *metadata)
{
	size_t n = json_count(rows), known = 0;

	if (start == 1) {
		pages_take_first(pages, arena, rows, metadata);
		return 0;
	}
	if (pages_is_row(json_at(rows, 0), &pages->first)) {
		pages->ended = true;
		return n;
	}
	pages_note_records(pages, metadata);
	if (pages->chained)
		known = pages_take_link(pages, arena, start, rows);
	else
		pages_take_plain(pages, start, n);
	pages->rows += n - known;
	return known;
}

int
autossl_pages_check(const struct autossl_pages *pages, const char *function,
    struct err *err)
{
	if (pages->records >= 0) {
		if (pages->rows >= (uint64_t)pages->records)
			return 0;
		return err_set(err, ERR_SYNTAX, "%s: the server has %lld "
		    "rows, and gave %zu", function,
		    (long long)pages->records, pages->rows);
	}
	if (pages->short_at != 0 && pages->beyond > pages->short_at)
		return err_set(err, ERR_SYNTAX, "%s: rows are missing in "
		    "front of row %zu", function, pages->beyond);
	return 0;
}
