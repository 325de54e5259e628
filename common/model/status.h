/* SPDX-License-Identifier: ISC */
/*
 * The four states of the plugin guidelines.  The values are exit codes; the
 * order of badness is OK < UNKNOWN < WARNING < CRITICAL and is known only to
 * status_worst.
 */
#ifndef MODEL_STATUS_H
#define MODEL_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_WARNING = 1,
	STATUS_CRITICAL = 2,
	STATUS_UNKNOWN = 3
};

enum status status_worst(enum status a, enum status b);
int status_rank(enum status s);			/* 0 OK .. 3 CRITICAL */
const char *status_word(enum status s);		/* "OK", "WARNING", ... */
const char *status_name(enum status s);		/* "ok", "warning", ... */
/* Accepts the words in any case, the letters o w c u and 0..3; -1 if none. */
int status_parse(const char *text, enum status *out);

#endif
