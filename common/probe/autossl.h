/* SPDX-License-Identifier: ISC */
/*
 * Asks a cPanel server about AutoSSL: which calls, in which order, how many
 * at once.  Only calls that change nothing, none that returns a private key.
 * Collects, never judges.
 */
#ifndef PROBE_AUTOSSL_H
#define PROBE_AUTOSSL_H

#include <stdint.h>

#include "base/err.h"
#include "model/autossl.h"
#include "model/options.h"

struct autossl_params {
	const struct options *options;
	struct arena *arena;		/* for the facts */
	int64_t start_ms;		/* monotonic: the deadline's begin */
};

/* Runs to the end or the deadline.  What could not be had is an error in its
 * topic; a run that timed out has facts->phase.  -1: the options name no
 * server, or a file that cannot be used (ERR_USAGE, ERR_IO), or memory. */
int autossl_gather(const struct autossl_params *params,
    struct autossl_facts *facts, struct err *err);

#endif
