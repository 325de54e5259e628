/* SPDX-License-Identifier: ISC */
/*
 * SIGTERM and SIGINT: the handler sets a flag and writes one byte to the
 * loop; everything else happens in the loop.  SIGPIPE and
 * SIGXFSZ are ignored: the call that they tell of fails.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <stdint.h>

void cancel_install(void);
/* Non-zero once a signal came: for loop_run. */
const volatile int *cancel_flag(void);
/* The descriptor to wake; -1 for none. */
void cancel_wake(int fd);
/* When the run has to be over, on the monotonic clock; 0: never.  For what is
 * waited for outside of the loop. */
void cancel_deadline_set(int64_t deadline_ms);
int64_t cancel_deadline(void);

#endif
