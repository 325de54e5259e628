/* SPDX-License-Identifier: ISC */
/* What stands below line 1, for the formats that people read. */
#ifndef RENDER_DETAIL_H
#define RENDER_DETAIL_H

#include <stdbool.h>

#include "model/report.h"
#include "render/lines.h"

struct detail {
	int64_t at;		/* for "60 days left" */
	const char *indent;
	size_t width;		/* most characters of one value; 0: any */
	size_t names;		/* most names of a certificate */
	bool hashes;		/* all fingerprints, not one; all websites,
				 * not only those that are not fine */
};

/* "[CRITICAL] host:443: intermediate 1: text (id)", one line each, worst
 * first; prefix may be NULL ("" indents); `ok`: those that passed too.
 * A result without any finding gives its headline. */
void detail_findings(struct lines *lines, const struct result *result,
    const char *prefix, bool ok);
/* The connection, then every certificate, or the websites. */
void detail_facts(struct lines *lines, const struct result *result,
    const struct detail *detail);

#endif
