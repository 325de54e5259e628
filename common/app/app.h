/* SPDX-License-Identifier: ISC */
/*
 * The one entrance and the one exit of every plugin: options, report, run,
 * render, exit code.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>

#include "model/finding.h"
#include "model/option.h"
#include "model/report.h"

struct app {
	const struct option_table *options;
	const char *service;		/* first word of line 1: CERT_EXPIRY */
	const char *summary;		/* what the plugin does, one line */
	const char *const *examples;	/* pairs: command, what it does; NULL */
	const enum finding_id *findings;	/* what it can find */
	size_t n_findings;
	/* Findings that count as something else here than in the table. */
	const struct app_default {
		enum finding_id id;
		enum status status;
	} *defaults;
	size_t n_defaults;
	bool caches;			/* uses the cache */
	/* What a target is measured by, as templates show it; the last one
	 * has no label.  NULL: nothing. */
	const struct app_metric {
		const char *label, *name, *units;
	} *metrics;
	/* Does the work: fills the report.  -1: usage or internal error. */
	int (*run)(const struct options *options, struct report *report,
	    struct err *err);
};

/* Never returns a value but 0..3; always prints. */
int app_main(const struct app *app, int argc, char **argv);

#endif
