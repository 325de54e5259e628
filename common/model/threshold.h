/* SPDX-License-Identifier: ISC */
/*
 * Alert ranges as in the plugin guidelines, for times: `[@][start:][end]`
 * with strict decimal bounds.  A bound is a duration (see duration.h; a bare
 * number counts `unit` seconds) or a percentage of a lifetime.  A lone value
 * N means `N:` (alert when less is left), `@N` means `@0:N`.  A comma joins
 * several lower bounds, of which the smallest holds: `28d,25%`.
 */
#ifndef MODEL_THRESHOLD_H
#define MODEL_THRESHOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* A range with everything resolved, in whatever unit its user says. */
struct range {
	bool set;		/* false: never alerts */
	bool inside;		/* '@': alert inside, bounds included */
	bool has_start;		/* false: minus infinity */
	bool has_end;		/* false: plus infinity */
	int64_t start, end;
};

enum bound_kind {
	BOUND_TIME,		/* seconds */
	BOUND_PERCENT		/* thousandths of a percent */
};

struct threshold_term {
	enum bound_kind kind;
	struct range range;
};

#define THRESHOLD_TERMS 4

struct threshold {
	size_t n;		/* 0: not set */
	struct threshold_term terms[THRESHOLD_TERMS];
};

/* ERR_USAGE: empty, trailing text, start > end, mixed kinds in one range, a
 * list with anything but lower bounds, more than THRESHOLD_TERMS. */
int threshold_parse(const char *text, int64_t unit, struct threshold *out,
    struct err *err);
/* The range in seconds for something that lives `lifetime` seconds; with a
 * lifetime <= 0 percentages are left out. */
struct range threshold_effective(const struct threshold *threshold,
    int64_t lifetime);
bool range_alerts(const struct range *range, int64_t value);
/* Scales both bounds: value * mul / div, rounded to nearest. */
struct range range_scale(const struct range *range, int64_t mul, int64_t div);
/* Perfdata form of a range whose bounds are thousandths: "22.5:", "@1:2",
 * "~:5"; nothing when not set. */
void range_format(struct buf *out, const struct range *range);
/* A thousandth-scaled number without trailing zeros: 60979 -> "60.979". */
void milli_format(struct buf *out, int64_t v);

#endif
