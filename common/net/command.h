/* SPDX-License-Identifier: ISC */
/*
 * Runs a local program and collects what it prints, inside our loop: no
 * shell, a minimal environment (PATH, HOME, LANG=C.UTF-8), stdin from
 * /dev/null, no descriptors of ours, a process group of its own that is
 * killed (SIGKILL) when the deadline passes, when it prints more than
 * allowed or when the loop is cancelled.  Nothing of it is left behind: the
 * child is reaped before done is called.
 */
#ifndef NET_COMMAND_H
#define NET_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/loop.h"

#define COMMAND_STDERR_MAX 1024	/* octets kept; the rest is dropped */

struct command;

struct command_request {
	const char *const *argv;	/* argv[0] is an absolute path; NULL-
					 * ended; copied */
	size_t max_size;		/* octets of stdout */
	int64_t deadline_ms;		/* monotonic; 0: the loop's own */
};

struct command_result {
	/* ERR_LIMIT, ERR_TIMEOUT, ERR_CANCELLED, ERR_NOMEM, ERR_INTERNAL.
	 * ERR_NONE also when it failed: see below. */
	struct err error;
	int exit_code;			/* -1: ended by a signal */
	int signal;			/* or 0 */
	struct buf out;			/* stdout */
	struct buf messages;		/* the beginning of stderr */
	int64_t elapsed_ms;
};

/* done is called exactly once, from the loop; the result is its own until it
 * returns.  NULL: nothing was begun, done is not called; ERR_MISSING: there
 * is no such program, ERR_DENIED: it may not be run, ERR_NOMEM,
 * ERR_INTERNAL. */
struct command *command_start(struct loop *loop,
    const struct command_request *request,
    void (*done)(void *ctx, struct command_result *result), void *ctx,
    struct err *err);
/* Kills it and calls done with ERR_CANCELLED.  Not while the loop runs. */
void command_cancel(struct command *command);

#endif
