/* SPDX-License-Identifier: ISC */
/*
 * Performance data as in the plugin guidelines:
 * label=value[unit];[warn];[crit];[min];[max], blanks between, labels of
 * [A-Za-z0-9_.-]+ without quotes, decimal point, no U, no exponent.
 */
#ifndef RENDER_PERFDATA_H
#define RENDER_PERFDATA_H

#include "base/buf.h"
#include "model/report.h"
#include "render/render.h"

/* Appends the metrics of the report: those of the only target, or totals;
 * nothing when there are none.  What would make it longer than max bytes is
 * left out. */
void perfdata_report(const struct report *report,
    const struct render_options *options, size_t max, struct buf *out);
void perfdata_metric(struct buf *out, const char *prefix,
    const struct metric *metric);
/* What a target is ranked by: its first metric that is neither a time taken
 * nor beside the point, or NULL. */
const struct metric *perfdata_main(const struct result *result);

#endif
