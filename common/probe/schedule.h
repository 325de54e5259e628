/* SPDX-License-Identifier: ISC */
/*
 * Many targets at once: starts as many as --concurrency allows, judges each
 * when it completes, and frees what was seen of it.  A single check is a run
 * with one target.
 */
#ifndef PROBE_SCHEDULE_H
#define PROBE_SCHEDULE_H

#include <stdint.h>

#include "base/err.h"
#include "model/observation.h"
#include "model/options.h"
#include "model/report.h"
#include "probe/revocation.h"

struct schedule_params {
	const struct options *options;
	struct report *report;
	int64_t start_ms;	/* monotonic: when the deadline began to run */
	bool quiet;		/* nobody will look at what is fine */
	/* Asked before a target is judged; NULL: not. */
	const struct revocation_ops *revocation;
	/* Called for each target that completed. */
	void (*judge)(void *ctx, const struct observation *obs,
	    struct result *result);
	void *ctx;
};

/* Adds one result per target to the report.  -1: nothing could be begun
 * (usage, a file that was asked for, memory). */
int schedule_run(const struct schedule_params *params, struct err *err);

#endif
