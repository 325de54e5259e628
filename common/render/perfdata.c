/* SPDX-License-Identifier: ISC */
/* Performance data as in the plugin guidelines. */
#include "render/perfdata.h"

#include <string.h>

#include "base/text.h"

static void
perfdata_label(struct buf *out, const char *label)
{
	for (; *label != '\0'; label++) {
		char c = text_lower(*label);
		bool plain = (c >= 'a' && c <= 'z') ||
		    (c >= '0' && c <= '9') || strchr("_.-", c) != NULL;

		buf_char(out, plain ? *label : '_');
	}
}

void
perfdata_metric(struct buf *out, const char *prefix,
    const struct metric *metric)
{
	size_t end;

	if (*prefix != '\0') {
		perfdata_label(out, prefix);
		buf_char(out, '_');
	}
	perfdata_label(out, metric->label);
	buf_char(out, '=');
	milli_format(out, metric->value);
	buf_str(out, metric->unit == NULL ? "" : metric->unit);
	end = out->len;
	buf_char(out, ';');
	range_format(out, &metric->warning);
	buf_char(out, ';');
	range_format(out, &metric->critical);
	buf_char(out, ';');
	if (metric->has_min)
		milli_format(out, metric->min);
	buf_char(out, ';');
	if (metric->has_max)
		milli_format(out, metric->max);
	/* Semicolons with nothing behind them are left out. */
	while (out->len > end && out->data[out->len - 1] == ';')
		buf_cut(out, out->len - 1);
}

/* A blank and the metric, unless that makes the text longer than max. */
static void
perfdata_add(struct buf *out, size_t max, const char *prefix,
    const struct metric *metric)
{
	size_t before = out->len;

	if (before > 0)
		buf_char(out, ' ');
	perfdata_metric(out, prefix, metric);
	if (out->len > max)
		buf_cut(out, before);
}

static bool
perfdata_is_level(const struct metric *metric)
{
	return !metric->detail && !metric->aside &&
	    strcmp(metric->label, "time") != 0;
}

const struct metric *
perfdata_main(const struct result *result)
{
	size_t i;

	for (i = 0; i < result->n_metrics; i++)
		if (perfdata_is_level(&result->metrics[i]))
			return &result->metrics[i];
	return NULL;
}

static void
perfdata_one(const struct result *result, bool detail, size_t max,
    struct buf *out)
{
	size_t i;

	for (i = 0; i < result->n_metrics; i++)
		if (detail || !result->metrics[i].detail)
			perfdata_add(out, max, "", &result->metrics[i]);
}

static void
perfdata_count(struct buf *out, size_t max, const char *label, size_t n,
    size_t of)
{
	struct metric metric = { .label = label, .unit = "" };

	metric.value = (int64_t)n * 1000;
	metric.has_min = true;
	metric.has_max = of > 0;
	metric.max = (int64_t)of * 1000;
	perfdata_add(out, max, "", &metric);
}

/* The first metric of which the lowest is the worst. */
static const struct metric *
perfdata_level(const struct result *result)
{
	size_t i;

	for (i = 0; i < result->n_metrics; i++)
		if (perfdata_is_level(&result->metrics[i]) &&
		    !result->metrics[i].counts)
			return &result->metrics[i];
	return NULL;
}

/* The lowest such metric of all, with the range of the target that has it. */
static const struct metric *
perfdata_lowest(const struct report *report)
{
	const struct metric *metric, *lowest = NULL;
	size_t i;

	for (i = 0; i < report->n_results; i++) {
		metric = perfdata_level(report->results[i]);
		if (metric == NULL)
			continue;
		if (lowest == NULL || (metric->value < lowest->value &&
		    strcmp(metric->label, lowest->label) == 0))
			lowest = metric;
	}
	return lowest;
}

static void
perfdata_lowest_add(struct buf *out, size_t max, const struct metric *lowest)
{
	struct metric metric = *lowest;
	struct buf label = BUF_INIT;

	buf_printf(&label, "%s_min", lowest->label);
	metric.label = buf_text(&label);
	perfdata_add(out, max, "", &metric);
	buf_release(&label);
}

/* What is counted, over all targets; a sum of nothing only when each target
 * has a number. */
static void
perfdata_sum(const struct report *report, size_t max, struct buf *out)
{
	const struct metric *metric;
	struct metric sum = { .label = NULL };
	size_t i, n = 0;

	for (i = 0; i < report->n_results; i++) {
		metric = perfdata_main(report->results[i]);
		if (metric == NULL || !metric->counts)
			continue;
		if (n++ == 0)
			sum = *metric;
		else if (strcmp(metric->label, sum.label) == 0)
			sum.value += metric->value;
	}
	if (sum.value > 0 || (n > 0 && n == report->n_results))
		perfdata_add(out, max, "", &sum);
}

static void
perfdata_totals(const struct report *report, size_t max, struct buf *out)
{
	static const enum status order[] = { STATUS_OK, STATUS_WARNING,
		STATUS_CRITICAL, STATUS_UNKNOWN };
	const struct metric *lowest = perfdata_lowest(report);
	struct metric time = { .label = "time", .unit = "s" };
	size_t i;

	perfdata_count(out, max, "targets", report->n_results, 0);
	for (i = 0; i < 4; i++)
		perfdata_count(out, max, status_name(order[i]),
		    report->counts[order[i]], report->n_results);
	perfdata_sum(report, max, out);
	if (lowest != NULL)
		perfdata_lowest_add(out, max, lowest);
	time.value = report->elapsed_ms;
	time.has_min = true;
	perfdata_add(out, max, "", &time);
}

/* One metric of each target: what is counted, or else the one that the
 * minimum is taken of. */
static void
perfdata_each(const struct report *report, size_t max, struct buf *out)
{
	const struct metric *first = NULL, *metric;
	size_t i;

	for (i = 0; i < report->n_results; i++) {
		metric = perfdata_main(report->results[i]);
		if (metric != NULL && (first == NULL ||
		    (metric->counts && !first->counts)))
			first = metric;
	}
	for (i = 0; first != NULL && i < report->n_results; i++) {
		metric = perfdata_main(report->results[i]);
		if (metric != NULL &&
		    strcmp(metric->label, first->label) == 0)
			perfdata_add(out, max, report->results[i]->label,
			    metric);
	}
}

void
perfdata_report(const struct report *report,
    const struct render_options *options, size_t max, struct buf *out)
{
	bool all = options->perfdata == PERFDATA_ALL;
	struct buf text = BUF_INIT;

	if (options->perfdata == PERFDATA_NONE || report->n_results == 0)
		return;
	if (report->n_results == 1 && !report->many)
		perfdata_one(report->results[0], all, max, &text);
	else
		perfdata_totals(report, max, &text);
	if (all && (report->n_results > 1 || report->many))
		perfdata_each(report, max, &text);
	buf_add(out, buf_text(&text), text.len);
	if (buf_failed(&text))
		out->failed = true;
	buf_release(&text);
}
