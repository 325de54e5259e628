/* SPDX-License-Identifier: ISC */
/*
 * Asks the sources that say whether a certificate is revoked, for every
 * certificate of the path but the anchor, and collects their answers.  Which
 * sources are asked, and when that is enough, follows --method; what the
 * answers mean is for the checks.
 */
#ifndef PROBE_REVOCATION_H
#define PROBE_REVOCATION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/observation.h"
#include "model/options.h"
#include "net/loop.h"

struct gather_env;
struct revocation;

struct revocation_options {
	const struct options *options;
	struct loop *loop;
	struct arena *arena;			/* the run's */
	const struct gather_env *gather;	/* for paths and issuers */
	int64_t now;				/* judged for: --at */
	int64_t deadline_ms;			/* monotonic */
};

/* As a table of functions, so that a plugin that asks about nothing links
 * none of it. */
struct revocation_ops {
	/* ERR_USAGE and ERR_IO name a file that was asked for and cannot be
	 * used. */
	struct revocation *(*open)(const struct revocation_options *options,
	    struct err *err);
	void (*close)(struct revocation *revocation);	/* NULL-safe */
	/*
	 * Fills obs->revocation, and completes obs->path with what can be
	 * fetched by AIA.  Returns 1 when nothing has to be waited
	 * for, else 0 and done is called from the loop, once, also when the
	 * deadline passes.
	 */
	int (*start)(struct revocation *revocation, struct observation *obs,
	    void (*done)(void *ctx), void *ctx);
};

extern const struct revocation_ops revocation_ops;

#endif
