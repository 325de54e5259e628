/* SPDX-License-Identifier: ISC */
/*
 * The one loop: poll(2), deadlines on the monotonic clock, tasks that never
 * wait.  A task's run() is called when it is first added, when one of its
 * descriptors is ready, when its wake time has come, or when loop_wake was
 * called for it; it does what can be done now and says what it waits for.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum step {
	STEP_DONE,		/* finished; done() has nothing to wait for */
	STEP_READ,		/* until fds[] are readable */
	STEP_WRITE,		/* until fds[] are writable */
	STEP_WAIT,		/* until wake_ms or loop_wake */
	STEP_EITHER		/* until fds[] are readable or writable */
};

#define TASK_FDS 8

struct loop;

struct task {
	/* Does what can be done without waiting. */
	enum step (*run)(struct task *task);
	/* The deadline has passed (or the loop is cancelled): release what is
	 * held; run() is not called again. */
	void (*expire)(struct task *task, bool cancelled);
	/* Called once after STEP_DONE or expire, when the task is out of the
	 * loop; may free it and may add others. */
	void (*done)(struct task *task);
	void *owner;
	struct loop *loop;		/* set by loop_add */
	int fds[TASK_FDS];		/* waited for after READ or WRITE */
	unsigned n_fds;
	int64_t wake_ms;		/* 0: none; else also woken then; the
					 * loop sets it to 0 when it fires */
	int64_t deadline_ms;		/* monotonic; 0: the loop's own */
	int64_t ran_ms;			/* monotonic: when run() was called
					 * last; set by the loop */
	/* private to the loop */
	size_t slot;
	struct task *next, *prev;	/* queue of those that are to run */
	bool queued;
};

struct loop *loop_new(struct err *err);
void loop_free(struct loop *loop);		/* NULL-safe */
/* The task is the caller's and must stay until done().  -1: ERR_NOMEM. */
int loop_add(struct loop *loop, struct task *task, struct err *err);
void loop_wake(struct loop *loop, struct task *task);
/* Takes a task out without calling anything of it.  Not while the loop runs. */
void loop_drop(struct loop *loop, struct task *task);
size_t loop_active(const struct loop *loop);
/* Runs until no task is left.  At deadline_ms (monotonic; 0: none) every task
 * that is left expires.  cancel (may be NULL) is looked at after each poll
 * and between tasks: once non-zero, every task expires with cancelled = true.
 * A task that is added by a done() then expires without having run.  -1: poll
 * itself fails (ERR_INTERNAL), every task has expired. */
int loop_run(struct loop *loop, int64_t deadline_ms,
    const volatile int *cancel, struct err *err);
/* A descriptor that other threads (and signal handlers) may write a byte to
 * in order to wake the loop. */
int loop_wake_fd(const struct loop *loop);
/* fn is called in the loop's thread each time the wake descriptor was written
 * to.  fn NULL takes ctx out again.  At most LOOP_HOOKS of them; -1 beyond. */
#define LOOP_HOOKS 4
int loop_on_wake(struct loop *loop, void (*fn)(void *ctx), void *ctx);

#endif
