/* SPDX-License-Identifier: ISC */
/*
 * The loop.  Tasks that are to run wait in one queue, whatever woke them.
 * The array for poll is compact and kept between rounds: a task that waits
 * for the same descriptors as before costs nothing.  Timers are due times in
 * the entries with a lower bound of their minimum; only when that bound has
 * passed are the entries looked through.
 */
#include "net/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"

#define NEVER INT64_MAX

struct entry {
	struct task *task;
	int64_t due;			/* deadline or wake time; or NEVER */
	unsigned n_fds;
	size_t watch[TASK_FDS];		/* indices into polls */
};

/* Whose descriptor polls[i] is. */
struct watcher {
	struct task *task;
	unsigned nth;			/* of the task's descriptors */
};

struct hook {
	void (*fn)(void *ctx);
	void *ctx;
};

struct loop {
	struct entry *entries;		/* task->slot is the index */
	size_t n, cap;
	struct pollfd *polls;		/* [0] is the wake pipe */
	struct watcher *watchers;
	size_t n_polls;
	struct task *first, *last;	/* to run */
	int64_t due;			/* no entry is due before */
	int64_t deadline;
	const volatile int *cancel;
	int wake[2];			/* pipe: read end, write end */
	struct hook hooks[LOOP_HOOKS];
};

/* Room for n tasks, and for all that they may ever wait for, so that nothing
 * can fail later. */
static int
loop_reserve(struct loop *loop, size_t n)
{
	size_t cap = loop->cap == 0 ? 4 : loop->cap * 2;
	struct watcher *watchers;
	struct entry *entries;
	struct pollfd *polls;

	if (n <= loop->cap)
		return 0;
	polls = mem_resize(loop->polls, cap * TASK_FDS + 1, sizeof(*polls));
	if (polls != NULL)
		loop->polls = polls;
	watchers = mem_resize(loop->watchers, cap * TASK_FDS + 1,
	    sizeof(*watchers));
	if (watchers != NULL)
		loop->watchers = watchers;
	entries = mem_resize(loop->entries, cap, sizeof(*entries));
	if (entries != NULL)
		loop->entries = entries;
	if (polls == NULL || watchers == NULL || entries == NULL)
		return -1;
	loop->cap = cap;
	return 0;
}

struct loop *
loop_new(struct err *err)
{
	struct loop *loop = mem_alloc(sizeof(*loop));

	if (loop == NULL) {
		err_nomem(err);
		return NULL;
	}
	loop->due = NEVER;
	loop->wake[0] = loop->wake[1] = -1;
	if (loop_reserve(loop, 1) != 0) {
		err_nomem(err);
		loop_free(loop);
		return NULL;
	}
	if (pipe2(loop->wake, O_CLOEXEC | O_NONBLOCK) != 0) {
		err_sys(err, ERR_INTERNAL, errno, "cannot open a pipe");
		loop_free(loop);
		return NULL;
	}
	loop->polls[0] = (struct pollfd){ loop->wake[0], POLLIN, 0 };
	loop->watchers[0] = (struct watcher){ NULL, 0 };
	loop->n_polls = 1;
	return loop;
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	if (loop->wake[0] >= 0)
		close(loop->wake[0]);
	if (loop->wake[1] >= 0)
		close(loop->wake[1]);
	mem_free(loop->entries);
	mem_free(loop->polls);
	mem_free(loop->watchers);
	mem_free(loop);
}

void
loop_wake(struct loop *loop, struct task *task)
{
	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	task->prev = loop->last;
	if (loop->last == NULL)
		loop->first = task;
	else
		loop->last->next = task;
	loop->last = task;
}

static void
loop_unqueue(struct loop *loop, struct task *task)
{
	if (!task->queued)
		return;
	if (task->prev == NULL)
		loop->first = task->next;
	else
		task->prev->next = task->next;
	if (task->next == NULL)
		loop->last = task->prev;
	else
		task->next->prev = task->prev;
	task->next = task->prev = NULL;
	task->queued = false;
}

/* Takes over when the task is due next. */
static void
loop_set_due(struct loop *loop, struct entry *entry)
{
	const struct task *task = entry->task;

	entry->due = task->deadline_ms == 0 ? NEVER : task->deadline_ms;
	if (task->wake_ms != 0 && task->wake_ms < entry->due)
		entry->due = task->wake_ms;
	if (entry->due < loop->due)
		loop->due = entry->due;
}

int
loop_add(struct loop *loop, struct task *task, struct err *err)
{
	struct entry *entry;

	if (loop_reserve(loop, loop->n + 1) != 0)
		return err_nomem(err);
	task->loop = loop;
	task->slot = loop->n++;
	task->queued = false;
	entry = &loop->entries[task->slot];
	*entry = (struct entry){ .task = task };
	loop_set_due(loop, entry);
	loop_wake(loop, task);
	return 0;
}

/* Takes the entry's last descriptor out of polls; the last of polls moves
 * into the gap. */
static void
loop_unwatch(struct loop *loop, struct entry *entry)
{
	size_t gap = entry->watch[--entry->n_fds];
	size_t end = --loop->n_polls;
	const struct watcher *moved = &loop->watchers[end];

	if (gap == end)
		return;
	loop->polls[gap] = loop->polls[end];
	loop->watchers[gap] = *moved;
	loop->entries[moved->task->slot].watch[moved->nth] = gap;
}

static void
loop_watch(struct loop *loop, struct entry *entry, enum step step)
{
	const struct task *task = entry->task;
	short events = step == STEP_EITHER ? POLLIN | POLLOUT :
	    step == STEP_READ ? POLLIN : POLLOUT;
	unsigned i, n = 0;
	size_t at;

	if (step != STEP_WAIT)
		n = task->n_fds < TASK_FDS ? task->n_fds : TASK_FDS;
	while (entry->n_fds > n)
		loop_unwatch(loop, entry);
	for (i = 0; i < n; i++) {
		if (i == entry->n_fds) {
			entry->watch[i] = loop->n_polls++;
			entry->n_fds++;
		}
		at = entry->watch[i];
		loop->polls[at] = (struct pollfd){ task->fds[i], events, 0 };
		loop->watchers[at] = (struct watcher){ entry->task, i };
	}
}

void
loop_drop(struct loop *loop, struct task *task)
{
	struct entry *entry = &loop->entries[task->slot];
	size_t end;

	loop_unqueue(loop, task);
	while (entry->n_fds > 0)
		loop_unwatch(loop, entry);
	end = --loop->n;
	if (task->slot != end) {
		*entry = loop->entries[end];
		entry->task->slot = task->slot;
	}
}

/* Out of the loop; the task may be gone afterwards. */
static void
loop_finish(struct loop *loop, struct task *task)
{
	loop_drop(loop, task);
	task->done(task);
}

static void
loop_expire(struct loop *loop, struct task *task, bool cancelled)
{
	task->expire(task, cancelled);
	loop_finish(loop, task);
}

static void
loop_run_task(struct loop *loop, struct task *task, int64_t now)
{
	struct entry *entry;
	enum step step;

	loop_unqueue(loop, task);
	if (task->deadline_ms != 0 && now >= task->deadline_ms) {
		loop_expire(loop, task, false);
		return;
	}
	if (task->wake_ms != 0 && now >= task->wake_ms)
		task->wake_ms = 0;
	task->ran_ms = now;
	step = task->run(task);
	if (step == STEP_DONE) {
		loop_finish(loop, task);
		return;
	}
	entry = &loop->entries[task->slot];
	loop_watch(loop, entry, step);
	loop_set_due(loop, entry);
}

/* Queues the tasks whose wake time has come and expires those whose deadline
 * has passed.  Goes backwards: the entry that fills a gap was seen already,
 * or was added by a done() and has set its due time itself. */
static void
loop_run_timers(struct loop *loop, int64_t now)
{
	struct entry *entry;
	struct task *task;
	size_t i;

	loop->due = NEVER;
	for (i = loop->n; i-- > 0;) {
		entry = &loop->entries[i];
		task = entry->task;
		if (entry->due > now) {
			if (entry->due < loop->due)
				loop->due = entry->due;
		} else if (task->deadline_ms != 0 &&
		    now >= task->deadline_ms) {
			loop_expire(loop, task, false);
		} else {
			task->wake_ms = 0;
			loop_set_due(loop, entry);
			loop_wake(loop, task);
		}
	}
}

static bool
loop_stopped(const struct loop *loop, int64_t now)
{
	return now >= loop->deadline ||
	    (loop->cancel != NULL && *loop->cancel != 0);
}

/* Runs those that are queued now.  A step may take a millisecond of CPU and
 * hundreds may be queued: as soon as anything is due, timers go first. */
static void
loop_run_queue(struct loop *loop, int64_t now)
{
	struct task *task, *last = loop->last;

	while ((task = loop->first) != NULL) {
		loop_run_task(loop, task, now);
		if (task == last)
			return;
		now = clock_mono_ms();
		if (now >= loop->due || loop_stopped(loop, now))
			return;
	}
}

static void
loop_expire_all(struct loop *loop)
{
	bool cancelled = loop->cancel != NULL && *loop->cancel != 0;

	while (loop->n > 0)
		loop_expire(loop, loop->entries[loop->n - 1].task, cancelled);
}

static int
loop_timeout(const struct loop *loop, int64_t now)
{
	int64_t due = loop->due < loop->deadline ? loop->due : loop->deadline;

	if (loop->first != NULL || due <= now)
		return 0;
	if (due == NEVER)
		return -1;
	return due - now > INT_MAX ? INT_MAX : (int)(due - now);
}

/* Empties the wake pipe and calls the hooks. */
static void
loop_awake(struct loop *loop)
{
	char drain[256];
	size_t i;

	while (read(loop->wake[0], drain, sizeof(drain)) ==
	    (ssize_t)sizeof(drain))
		continue;
	for (i = 0; i < LOOP_HOOKS; i++)
		if (loop->hooks[i].fn != NULL)
			loop->hooks[i].fn(loop->hooks[i].ctx);
}

static int
loop_poll(struct loop *loop, int timeout, struct err *err)
{
	int ready = poll(loop->polls, (nfds_t)loop->n_polls, timeout);
	size_t i;

	if (ready < 0 && errno != EINTR && errno != EAGAIN)
		return err_sys(err, ERR_INTERNAL, errno, "poll");
	if (ready > 0 && loop->polls[0].revents != 0) {
		ready--;
		loop_awake(loop);
	}
	for (i = 1; ready > 0 && i < loop->n_polls; i++) {
		if (loop->polls[i].revents == 0)
			continue;
		ready--;
		loop_wake(loop, loop->watchers[i].task);
	}
	return 0;
}

int
loop_run(struct loop *loop, int64_t deadline_ms, const volatile int *cancel,
    struct err *err)
{
	int64_t now = clock_mono_ms();

	loop->deadline = deadline_ms == 0 ? NEVER : deadline_ms;
	loop->cancel = cancel;
	while (loop->n > 0 && !loop_stopped(loop, now)) {
		if (now >= loop->due)
			loop_run_timers(loop, now);
		loop_run_queue(loop, now);
		if (loop->n == 0)
			break;
		now = clock_mono_ms();
		if (loop_poll(loop, loop_timeout(loop, now), err) != 0) {
			loop_expire_all(loop);
			return -1;
		}
		now = clock_mono_ms();
	}
	loop_expire_all(loop);
	return 0;
}

size_t
loop_active(const struct loop *loop)
{
	return loop->n;
}

int
loop_wake_fd(const struct loop *loop)
{
	return loop->wake[1];
}

int
loop_on_wake(struct loop *loop, void (*fn)(void *ctx), void *ctx)
{
	size_t i, free_slot = LOOP_HOOKS;

	for (i = LOOP_HOOKS; i-- > 0;) {
		if (loop->hooks[i].fn == NULL)
			free_slot = i;
		else if (fn == NULL && loop->hooks[i].ctx == ctx)
			loop->hooks[i].fn = NULL;
	}
	if (fn == NULL)
		return 0;
	if (free_slot == LOOP_HOOKS)
		return -1;
	loop->hooks[free_slot] = (struct hook){ fn, ctx };
	return 0;
}
