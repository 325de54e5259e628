/* SPDX-License-Identifier: ISC */
/*
 * The output of the plugin guidelines: line 1 with the perfdata, then the
 * long output.  One bar at most, and only in line 1.
 */
#include "base/alloc.h"
#include "base/text.h"
#include "render/detail.h"
#include "render/lines.h"
#include "render/perfdata.h"
#include "render/render.h"
#include "render/render_parts.h"

#define HEADLINE_MAX 2000	/* characters; most have fewer than 100 */
#define PERFDATA_MAX 50000	/* bytes */
#define NAGIOS_WIDTH 300	/* characters of one value */

static void
nagios_line(const struct report *report, const struct render_options *options,
    struct buf *out)
{
	struct buf text = BUF_INIT, perfdata = BUF_INIT;

	render_headline(report, &text);
	text_clean(out, buf_bytes(&text), HEADLINE_MAX);
	perfdata_report(report, options, PERFDATA_MAX, &perfdata);
	if (perfdata.len > 0)
		buf_printf(out, " | %s", buf_text(&perfdata));
	buf_char(out, '\n');
	if (buf_failed(&text) || buf_failed(&perfdata))
		out->failed = true;
	buf_release(&text);
	buf_release(&perfdata);
}

/* -vv: what was seen; -vvv: all of it. */
static void
nagios_facts(const struct result *result, int64_t at, int verbose,
    struct lines *lines)
{
	struct detail detail = { at, "", NAGIOS_WIDTH, 10, false };

	if (verbose < 2)
		return;
	if (verbose > 2) {
		detail.names = result->facts.n_certs > 0 ? SIZE_MAX : 0;
		detail.hashes = true;
	}
	detail_facts(lines, result, &detail);
}

static void
nagios_one(const struct report *report, int verbose, struct lines *lines)
{
	const struct result *result = report->results[0];

	/* A single problem is told in line 1 already. */
	if (verbose > 0 || render_problems(result) > 1 ||
	    result->told != NULL)
		detail_findings(lines, result, NULL, verbose > 0);
	nagios_facts(result, report->at, verbose, lines);
}

static void
nagios_many(const struct report *report, int verbose, struct lines *lines)
{
	const struct result **ranked = render_ranked(report);
	size_t i;

	if (ranked == NULL) {
		lines->out->failed = true;
		return;
	}
	for (i = 0; i < report->n_results; i++) {
		detail_findings(lines, ranked[i], ranked[i]->target,
		    verbose > 0);
		nagios_facts(ranked[i], report->at, verbose, lines);
	}
	mem_free(ranked);
}

void
render_nagios(const struct report *report,
    const struct render_options *options, struct buf *out)
{
	struct lines lines;

	nagios_line(report, options, out);
	lines_init(&lines, out, RENDER_MAX, false);
	if (render_is_many(report))
		nagios_many(report, options->verbose, &lines);
	else if (report->n_results == 1)
		nagios_one(report, options->verbose, &lines);
	lines_close(&lines);
}
