/* SPDX-License-Identifier: ISC */
/* The choice of a format, and line 1, which all formats share. */
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "render/perfdata.h"
#include "render/render_parts.h"

#define NOTE_MAX 300		/* characters */

void
render(enum output_format format, const struct report *report,
    const struct render_options *options, struct buf *out)
{
	switch (format) {
	case OUTPUT_JSON:
		render_json(report, options, out);
		return;
	case OUTPUT_OPENMETRICS:
		render_openmetrics(report, options, out);
		return;
	case OUTPUT_TEXT:
		render_text(report, options, out);
		return;
	case OUTPUT_AUTO:
	case OUTPUT_NAGIOS:
		break;
	}
	render_nagios(report, options, out);
}

bool
render_is_many(const struct report *report)
{
	return report->n_results > 1 ||
	    (report->many && report->n_results == 1);
}

bool
render_names(const char *text, const char *target)
{
	return text_starts(text, target) && text[strlen(target)] == ':';
}

size_t
render_problems(const struct result *result)
{
	size_t i, n = 0;

	for (i = 0; i < result->n_findings; i++)
		n += result->findings[i].status != STATUS_OK;
	return n;
}

size_t
render_untold(const struct result *result)
{
	const struct digest *told = result->told;
	size_t n = render_problems(result), i;

	if (told == NULL)
		return n > 0 ? n - 1 : 0;
	for (i = told->first; i < told->first + told->n; i++)
		n -= result->findings[i].status != STATUS_OK;
	return n;
}

static int64_t
render_left(const struct result *result)
{
	const struct metric *metric = perfdata_main(result);

	if (metric == NULL)
		return 0;
	return metric->counts ? -metric->value : metric->value;
}

/* Less than 0 when a is worse; 0 for equals. */
static int
render_compare(const struct result *a, const struct result *b)
{
	int rank_a = status_rank(a->status), rank_b = status_rank(b->status);
	int64_t left_a = render_left(a), left_b = render_left(b);

	if (rank_a != rank_b)
		return rank_a > rank_b ? -1 : 1;
	return (left_a > left_b) - (left_a < left_b);
}

static const struct result *
render_worst(const struct report *report)
{
	const struct result *worst = report->results[0];
	size_t i;

	for (i = 1; i < report->n_results; i++)
		if (render_compare(report->results[i], worst) < 0)
			worst = report->results[i];
	return worst;
}

struct render_slot {
	const struct result *result;
	size_t index;
};

static int
render_compare_slots(const void *a, const void *b)
{
	const struct render_slot *x = a, *y = b;
	int order = render_compare(x->result, y->result);

	if (order != 0)
		return order;
	return (x->index > y->index) - (x->index < y->index);
}

const struct result **
render_ranked(const struct report *report)
{
	size_t n = report->n_results, i;
	struct render_slot *slots = mem_array(n, sizeof(*slots));
	const struct result **ranked = mem_array(n, sizeof(*ranked));

	if (n == 0 || slots == NULL || ranked == NULL) {
		mem_free(slots);
		mem_free(ranked);
		return NULL;
	}
	for (i = 0; i < n; i++)
		slots[i] = (struct render_slot){ report->results[i], i };
	qsort(slots, n, sizeof(*slots), render_compare_slots);
	for (i = 0; i < n; i++)
		ranked[i] = slots[i].result;
	mem_free(slots);
	return ranked;
}

/* "host:443: text", the host once only. */
static void
render_target(const struct result *result, struct buf *out)
{
	const char *text = result->headline == NULL ? "" : result->headline;

	if (*result->target != '\0' && !render_names(text, result->target))
		buf_printf(out, "%s: ", result->target);
	buf_str(out, text);
}

static void
render_headline_one(const struct result *result, struct buf *out)
{
	size_t more = render_untold(result);

	render_target(result, out);
	if (more > 0)
		buf_printf(out, ", %zu more problem%s", more,
		    more == 1 ? "" : "s");
}

/* "2 of 500 critical, 3 warning, 1 unknown: host-a:443: ..." */
static void
render_headline_many(const struct report *report, struct buf *out)
{
	static const enum status order[] = { STATUS_CRITICAL, STATUS_WARNING,
		STATUS_UNKNOWN };
	const struct result *worst = render_worst(report);
	size_t i, n, shown = 0;

	for (i = 0; i < 3; i++) {
		n = report->counts[order[i]];
		if (n == 0)
			continue;
		buf_printf(out, "%s%zu ", shown++ == 0 ? "" : ", ", n);
		if (shown == 1)
			buf_printf(out, "of %zu ", report->n_results);
		buf_str(out, status_name(order[i]));
	}
	if (shown == 0)
		buf_printf(out, "%zu target%s ok", report->n_results,
		    report->n_results == 1 ? "" : "s");
	buf_str(out, ": ");
	render_target(worst, out);
}

void
render_headline(const struct report *report, struct buf *out)
{
	enum status status = report_status(report);

	buf_printf(out, "%s %s - ", report->service, status_word(status));
	if (report->nomem && status == STATUS_UNKNOWN)
		buf_str(out, "out of memory");
	else if (report->n_results == 0)
		buf_str(out, "nothing was checked");
	else if (render_is_many(report))
		render_headline_many(report, out);
	else
		render_headline_one(report->results[0], out);
	if (report->at_given) {
		buf_str(out, ", as of ");
		clock_format(out, report->at);
	}
	if (report->note != NULL) {
		buf_str(out, " (");
		text_clean(out, bytes_str(report->note), NOTE_MAX);
		buf_char(out, ')');
	}
}
