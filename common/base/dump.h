/* SPDX-License-Identifier: ISC */
/*
 * No core dump, and no look into our memory by other processes of the user,
 * while a secret is in it.
 */
#ifndef BASE_DUMP_H
#define BASE_DUMP_H

#include <stdbool.h>
#include <stdint.h>

struct dump {
	bool forbidden;
	bool has_limit;
	uint64_t limit;			/* RLIMIT_CORE as it was */
	int dumpable;			/* PR_GET_DUMPABLE as it was */
};

/* Forbids; keeps in *before how it was.  While it holds, paths below
 * /proc/self (and so /dev/fd) may not be ours to open.  Best effort. */
void dump_forbid(struct dump *before);
/* As it was.  Of one that has not forbidden anything: nothing. */
void dump_restore(struct dump *before);

#endif
