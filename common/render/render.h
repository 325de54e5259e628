/* SPDX-License-Identifier: ISC */
/*
 * From a report to bytes on stdout, in one of four formats.  Renderers are
 * pure functions: no clock, no I/O.  Each escapes for its own format.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/options.h"
#include "model/report.h"

#define RENDER_MAX 60000	/* bytes on stdout, all formats but json and
				 * openmetrics, which are never cut */

struct render_options {
	int verbose;		/* 0..3 */
	enum perfdata_mode perfdata;
	bool colour;		/* text only */
	unsigned width;		/* terminal columns, text only; 0: 80 */
	enum json_detail json;	/* JSON only */
};

/* Appends the whole output, with a newline at the end. */
void render_nagios(const struct report *report,
    const struct render_options *options, struct buf *out);
void render_json(const struct report *report,
    const struct render_options *options, struct buf *out);
void render_openmetrics(const struct report *report,
    const struct render_options *options, struct buf *out);
void render_text(const struct report *report,
    const struct render_options *options, struct buf *out);
/* OUTPUT_AUTO is resolved by the caller. */
void render(enum output_format format, const struct report *report,
    const struct render_options *options, struct buf *out);
/* The text of line 1 without perfdata: "CERT_EXPIRY OK - ...". */
void render_headline(const struct report *report, struct buf *out);

#endif
