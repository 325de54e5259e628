/* SPDX-License-Identifier: ISC */
/* Copies what renderers show from the observation into the result, so that
 * the observation can be freed. */
#ifndef CHECKS_SUMMARY_H
#define CHECKS_SUMMARY_H

#include "checks/check.h"

void summary_fill(const struct check_input *in, struct result *result);

#endif
