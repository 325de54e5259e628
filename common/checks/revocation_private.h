/* SPDX-License-Identifier: ISC */
/* What the files that judge revocation share (revocation*.c only). */
#ifndef CHECKS_REVOCATION_PRIVATE_H
#define CHECKS_REVOCATION_PRIVATE_H

#include "checks/check.h"
#include "model/revocation.h"

/* The answers about one certificate that count, by what they say. */
struct tally {
	const struct rev_answer *revoked, *good, *unknown;
	/* Good, but made when the certificate had expired. */
	const struct rev_answer *late;
	size_t unreachable, unusable, unsupported;
};

struct tally revocation_tally(const struct check_input *in,
    const struct rev_facts *facts);
/* The limits of an answer that is valid for that long: a targets file may
 * have some of its own. */
void revocation_limits(const struct check_input *in, int64_t window,
    struct range *warning, struct range *critical);
/* revocation_metrics.c */
void revocation_add_metrics(const struct check_input *in,
    struct result *result);

#endif
