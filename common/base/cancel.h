/* SPDX-License-Identifier: ISC */
/*
 * SIGTERM and SIGINT: the handler sets a flag and writes one byte to the
 * loop; everything else happens in the loop.  SIGPIPE and
 * SIGXFSZ are ignored: the call that they tell of fails.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

void cancel_install(void);
/* Non-zero once a signal came: for loop_run. */
const volatile int *cancel_flag(void);
/* The descriptor to wake; -1 for none. */
void cancel_wake(int fd);

#endif
