/* SPDX-License-Identifier: ISC */
/*
 * Durations in whole seconds (int64_t).  Grammar: `90`, `90s`, `15m`, `12h`,
 * `30d`, `2w`, combinations in descending order `1d12h`, decimal fractions
 * `1.5d` (six digits, only in the last part; rounded to nearest).  A bare
 * number counts `unit` seconds each.
 */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define DURATION_MAX (INT64_C(1) << 40)	/* seconds; longer is refused */

/* unit: seconds that a bare number counts (1, 86400).  No sign allowed. */
int duration_parse(struct bytes in, int64_t unit, int64_t *out,
    struct err *err);
/* The same in milliseconds, for timeouts such as 2.5s. */
int duration_parse_ms(struct bytes in, int64_t *out_ms, struct err *err);
/* For people, two units at most: "45 s", "1 min 30 s", "12 min",
 * "5 h 20 min", "1 day", "6.2 days", "20 days".  Rounds towards zero; a
 * negative value is formatted as its absolute value. */
void duration_format(struct buf *out, int64_t seconds);
/* For machines, exact and parseable by duration_parse: "1d12h", "90s"; of a
 * negative value the absolute value. */
void duration_compact(struct buf *out, int64_t seconds);

#endif
