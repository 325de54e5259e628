/* SPDX-License-Identifier: ISC */
/*
 * How many targets are visited at the same time (--concurrency).  A target
 * that is silent lends its place to the next: with all places taken by hosts
 * behind a firewall, those that would answer are not even asked before the
 * deadline.  So a place is for one that is doing something, and beside them
 * there may be PLACES_SILENT times as many that are not.
 */
#ifndef PROBE_PLACES_H
#define PROBE_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/loop.h"

#define PLACES_SILENT 8

/* A visitor's part; zeroed before the first use. */
struct place {
	struct place *next, *prev;
	const struct task *task;	/* what it waits in, or NULL */
	int64_t since_ms;		/* monotonic */
	bool silent;
};

struct places {
	struct loop *loop;		/* borrowed; NULL: nobody waits */
	size_t limit, limit_silent;
	size_t n, n_silent;		/* taken: of these two kinds */
	struct place *first;
	void (*freed)(void *ctx);
	void *ctx;
	struct task watch;		/* looks for silent ones */
	int64_t looked_ms;		/* monotonic */
	bool watching, wanted;
};

/* Zeroed before.  freed is called when a place was lent.  Raises the limit of
 * descriptors as far as that is allowed and has fewer places where it is not
 * enough: a connection needs one descriptor, happy eyeballs a second one. */
void places_init(struct places *places, struct loop *loop, size_t limit,
    void (*freed)(void *ctx), void *ctx);
bool places_any(const struct places *places);	/* is one free? */
/* task: of the visitor in the loop; it must stay until the place is left. */
void places_take(struct places *places, struct place *place,
    const struct task *task);
void places_leave(struct places *places, struct place *place);
/* Does somebody wait for a place?  Asks for `freed`, or no longer does. */
void places_want(struct places *places, bool wanted);

#endif
