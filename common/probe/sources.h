/* SPDX-License-Identifier: ISC */
/*
 * The targets of a run, from -H, positional arguments, --file and
 * --targets.  Networks stay one entry and are counted out as they are used.
 */
#ifndef PROBE_SOURCES_H
#define PROBE_SOURCES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/options.h"
#include "model/report.h"
#include "model/target.h"

#define SOURCES_MAX 1000000

struct sources {
	struct arena *arena;		/* borrowed */
	struct target *targets;
	size_t n, cap;
	/* the cursor */
	size_t next;
	uint64_t next_in_network;
};

/*
 * Reads them all.  What is wrong on the command line is an error; a bad line
 * of a targets file becomes a result of its own (finding "usage"), and so
 * does a directory without files, and the others are still checked.
 */
int sources_read(struct sources *sources, struct arena *arena,
    const struct options *options, struct report *report, struct err *err);
void sources_release(struct sources *sources);
/* The next target, networks counted out: 1, or 0 at the end, or -1. */
int sources_next(struct sources *sources, struct target *out,
    struct err *err);

#endif
