/* SPDX-License-Identifier: ISC */
/* What the renderers share: the order of results, and the words for them. */
#ifndef RENDER_RENDER_PARTS_H
#define RENDER_RENDER_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/report.h"

/* Several targets, or what is shown like several. */
bool render_is_many(const struct report *report);
/*
 * The results, worst first: by status, then by what is left (a target that
 * could not be seen counts as 0), then in the order of the report.  NULL when
 * memory runs out or there are none; mem_free it.
 */
const struct result **render_ranked(const struct report *report);
size_t render_problems(const struct result *result);	/* not OK findings */
/* Of these, how many the headline does not tell of. */
size_t render_untold(const struct result *result);
/* Does the text begin with the target and a colon? */
bool render_names(const char *text, const char *target);

#endif
