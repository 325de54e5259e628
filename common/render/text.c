/* SPDX-License-Identifier: ISC */
/* The output for people: the status line, a table, the certificates. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/duration.h"
#include "base/text.h"
#include "render/detail.h"
#include "render/lines.h"
#include "render/render.h"
#include "render/render_parts.h"

#define TEXT_WIDTH_DEFAULT 80
#define TEXT_WIDTH_MIN 60
#define TEXT_INDENT 17		/* columns in front of a certificate's value */
#define TEXT_HEADLINE 300	/* characters of one target's headline */

/* "CERT_EXPIRY OK - ...", the state in its colour. */
static void
text_status(const struct report *report, struct lines *lines)
{
	enum status status = report_status(report);
	size_t skip = strlen(report->service) + 1 +
	    strlen(status_word(status));
	struct buf line = BUF_INIT;

	render_headline(report, &line);
	if (buf_failed(&line) || line.len < skip)
		lines->out->failed = true;
	else {
		buf_printf(lines->out, "%s ", report->service);
		lines_word(lines, status);
		buf_consume(&line, skip);
		text_clean(lines->out, buf_bytes(&line), 0);
		lines_end(lines);
	}
	buf_release(&line);
}

/* "60 days", "-3 days", "-": what is left of the first certificate. */
static void
text_left(const struct report *report, const struct result *result,
    char *out, size_t size)
{
	const struct result_facts *facts = &result->facts;
	struct buf text = BUF_INIT;
	int64_t left;

	if (facts->n_certs == 0 || !facts->certs[0].has_dates)
		buf_char(&text, '-');
	else {
		left = facts->certs[0].not_after - report->at;
		if (left < 0)
			buf_char(&text, '-');
		duration_format(&text, left);
	}
	snprintf(out, size, "%s", buf_text(&text));
	buf_release(&text);
}

/* STATE, time left, target, headline: one line for each target. */
static void
text_row(const struct report *report, const struct result *result,
    struct lines *lines)
{
	const char *headline = result->headline == NULL ? "" :
	    result->headline;
	int pad = 8 - (int)strlen(status_word(result->status));
	char left[32];

	lines_word(lines, result->status);
	text_left(report, result, left, sizeof(left));
	buf_printf(lines->out, "%*s  %12s  ", pad, "", left);
	if (!render_names(headline, result->target))
		buf_printf(lines->out, "%s: ", result->target);
	text_clean(lines->out, bytes_str(headline), TEXT_HEADLINE);
	lines_end(lines);
}

static void
text_target(const struct report *report, const struct result *result,
    const struct render_options *options, struct lines *lines)
{
	unsigned width = options->width == 0 ? TEXT_WIDTH_DEFAULT :
	    options->width;
	struct detail detail = { report->at, "  ", 0, 10, false };

	if (width < TEXT_WIDTH_MIN)
		width = TEXT_WIDTH_MIN;
	detail.width = width - TEXT_INDENT;
	if (options->verbose > 0) {
		detail.width = 0;
		detail.names = SIZE_MAX;
		detail.hashes = true;
	}
	lines_end(lines);
	if (*result->target != '\0') {
		buf_str(lines->out, result->target);
		lines_end(lines);
	}
	detail_findings(lines, result, "", true);
	detail_facts(lines, result, &detail);
}

static void
text_many(const struct report *report, const struct render_options *options,
    struct lines *lines)
{
	const struct result **ranked = render_ranked(report);
	size_t i;

	if (ranked == NULL) {
		lines->out->failed = true;
		return;
	}
	lines_end(lines);
	for (i = 0; i < report->n_results; i++)
		text_row(report, ranked[i], lines);
	for (i = 0; options->verbose > 0 && i < report->n_results; i++)
		text_target(report, ranked[i], options, lines);
	mem_free(ranked);
}

void
render_text(const struct report *report, const struct render_options *options,
    struct buf *out)
{
	struct lines lines;

	lines_init(&lines, out, RENDER_MAX, options->colour);
	text_status(report, &lines);
	if (render_is_many(report))
		text_many(report, options, &lines);
	else if (report->n_results == 1)
		text_target(report, report->results[0], options, &lines);
	lines_close(&lines);
}
