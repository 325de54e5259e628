/* SPDX-License-Identifier: ISC */
/* From a cPanel server to a judged result. */
#ifndef APP_QUEUE_H
#define APP_QUEUE_H

#include "base/err.h"
#include "checks/check.h"
#include "model/options.h"
#include "model/report.h"

/* -1: the options name no server, or a file that cannot be used. */
int queue_run(const struct check *const *checks,
    const struct options *options, struct report *report, struct err *err);

#endif
