/* SPDX-License-Identifier: ISC */
/*
 * The two clocks and the calendar.  Instants are int64_t seconds since
 * 1970-01-01T00:00:00Z (no leap seconds), for any year from 0 to 9999.
 * No function looks at the local time zone.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct civil {
	int64_t year;
	int month, day;			/* 1..12, 1..31 */
	int hour, minute, second;	/* 0..23, 0..59, 0..59 */
};

int64_t clock_wall(void);	/* seconds; read once, in app */
int64_t clock_mono_ms(void);	/* milliseconds, monotonic; for deadlines */

/* -1 for a date that does not exist (31 April, second 60). */
int clock_from_civil(const struct civil *civil, int64_t *out);
void clock_to_civil(int64_t at, struct civil *out);
/* ISO 8601 UTC: 2026-12-01, 2026-12-01T10:00, 2026-12-01T10:00:00, a blank
 * for the T, an optional Z; or epoch seconds (all digits, optional @ or -). */
int clock_parse(const char *text, int64_t *out, struct err *err);
void clock_format_date(struct buf *out, int64_t at);	/* 2026-12-01 */
void clock_format(struct buf *out, int64_t at);	/* 2026-12-01T10:00:00Z */

#endif
