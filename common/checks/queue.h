/* SPDX-License-Identifier: ISC */
/*
 * The checks of check_autossl_queue: what a cPanel server says about AutoSSL
 * (observation.autossl), judged.  Their order is that of the output; without
 * facts they do nothing but say why.
 */
#ifndef CHECKS_QUEUE_H
#define CHECKS_QUEUE_H

#include "checks/check.h"

/* How the calls went; sets result->checked and result->error. */
extern const struct check check_queue_api;	/* queue_api.c */
/* The websites: one finding for each that needs somebody. */
extern const struct check check_queue_vhosts;	/* queue_vhosts.c */
/* Runs, schedule, services, providers: AutoSSL itself. */
extern const struct check check_queue_runs;	/* queue_runs.c */
extern const struct check check_queue_orders;	/* queue_orders.c */
extern const struct check check_queue_metrics;	/* queue_metrics.c */
/* Copies what renderers show; after all others. */
extern const struct check check_queue_summary;	/* queue_summary.c */

#endif
