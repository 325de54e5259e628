/* SPDX-License-Identifier: ISC */
/* The four states: their order and their names. */
#include "model/status.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

static const struct status_row {
	const char *word, *name;
	int rank;
} status_rows[] = {
	[STATUS_OK] = { "OK", "ok", 0 },
	[STATUS_WARNING] = { "WARNING", "warning", 2 },
	[STATUS_CRITICAL] = { "CRITICAL", "critical", 3 },
	[STATUS_UNKNOWN] = { "UNKNOWN", "unknown", 1 },
};

/* Anything that is no state counts as UNKNOWN. */
static const struct status_row *
status_row(enum status s)
{
	unsigned i = (unsigned)s;

	return &status_rows[i > STATUS_UNKNOWN ? STATUS_UNKNOWN : i];
}

int
status_rank(enum status s)
{
	return status_row(s)->rank;
}

enum status
status_worst(enum status a, enum status b)
{
	return status_rank(a) >= status_rank(b) ? a : b;
}

const char *
status_word(enum status s)
{
	return status_row(s)->word;
}

const char *
status_name(enum status s)
{
	return status_row(s)->name;
}

int
status_parse(const char *text, enum status *out)
{
	unsigned i;

	for (i = 0; i <= STATUS_UNKNOWN; i++) {
		const char *name = status_rows[i].name;
		bool letter = text[0] != '\0' && text[1] == '\0' &&
		    text_lower(text[0]) == name[0];
		bool digit = text[0] == (char)('0' + i) && text[1] == '\0';

		if (letter || digit || text_ieq(text, name)) {
			*out = (enum status)i;
			return 0;
		}
	}
	return -1;
}
