/* SPDX-License-Identifier: ISC */
/* The loop: descriptors, timers, wakes, deadlines, tasks that come and go. */
#include "tap.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/loop.h"

struct probe {
	struct task task;
	enum step (*next)(struct probe *probe);
	unsigned runs, expired, cancelled, done;
	int64_t done_ms;
	struct probe *follow;		/* added by done() */
	int pipe[2];
};

static enum step
probe_run(struct task *task)
{
	struct probe *probe = task->owner;

	probe->runs++;
	return probe->next(probe);
}

static void
probe_expire(struct task *task, bool cancelled)
{
	struct probe *probe = task->owner;

	probe->expired++;
	probe->cancelled += cancelled;
}

static void
probe_done(struct task *task)
{
	struct probe *probe = task->owner;

	probe->done++;
	probe->done_ms = clock_mono_ms();
	if (probe->follow != NULL)
		(void)loop_add(task->loop, &probe->follow->task, NULL);
}

static void
probe_init(struct probe *probe, enum step (*next)(struct probe *probe))
{
	memset(probe, 0, sizeof(*probe));
	probe->task.run = probe_run;
	probe->task.expire = probe_expire;
	probe->task.done = probe_done;
	probe->task.owner = probe;
	probe->next = next;
}

static enum step
next_done(struct probe *probe)
{
	(void)probe;
	return STEP_DONE;
}

static enum step
next_forever(struct probe *probe)
{
	(void)probe;
	return STEP_WAIT;
}

/* Reads octets until there is an 'x'. */
static enum step
next_read(struct probe *probe)
{
	char c;

	while (read(probe->pipe[0], &c, 1) == 1)
		if (c == 'x')
			return STEP_DONE;
	probe->task.fds[0] = probe->pipe[0];
	probe->task.n_fds = 1;
	return STEP_READ;
}

static enum step
next_sleep(struct probe *probe)
{
	if (probe->runs == 1)
		probe->task.wake_ms = clock_mono_ms() + 30;
	return probe->runs == 1 ? STEP_WAIT : STEP_DONE;
}

static void
test_order(struct loop *loop)
{
	struct probe a, b;

	probe_init(&a, next_done);
	probe_init(&b, next_done);
	a.follow = &b;
	loop_add(loop, &a.task, NULL);
	is_uint(a.runs, 0, "nothing runs before loop_run");
	is_int(loop_run(loop, 0, NULL, NULL), 0, "a loop without deadline");
	is_uint(a.done + b.done, 2, "done() may add a task");
	is_uint(loop_active(loop), 0, "no task is left");
	is_int(loop_run(loop, 0, NULL, NULL), 0, "an empty loop returns");
}

static void
test_descriptors(struct loop *loop)
{
	enum { N = 40 };
	struct probe probes[N];
	unsigned i, done = 0;
	int64_t start = clock_mono_ms();
	bool fine = true;

	for (i = 0; i < N; i++) {
		probe_init(&probes[i], next_read);
		fine &= pipe2(probes[i].pipe, O_NONBLOCK) == 0;
		fine &= i % 2 == 0 || write(probes[i].pipe[1], "ax", 2) == 2;
		probes[i].task.deadline_ms = start + 100;
		loop_add(loop, &probes[i].task, NULL);
	}
	ok(fine, "pipes");
	loop_run(loop, 0, NULL, NULL);
	for (i = 0; i < N; i++) {
		done += probes[i].done;
		fine &= probes[i].expired == (i % 2 == 0);
		fine &= probes[i].runs == 1;
		close(probes[i].pipe[0]);
		close(probes[i].pipe[1]);
	}
	is_uint(done, N, "each is done once");
	ok(fine, "those that have data end, the others expire, unwoken");
	ok(clock_mono_ms() - start >= 100, "not before their deadline");
	ok(clock_mono_ms() - start < 1100, "and soon after");
}

struct writer {
	struct probe probe;
	struct probe *reader;
};

/* Feeds the reader an octet per run, the 'x' last. */
static enum step
next_write(struct probe *probe)
{
	struct writer *writer = (struct writer *)probe;

	if (write(writer->reader->pipe[1], probe->runs < 5 ? "a" : "x",
	    1) != 1)
		return STEP_DONE;
	probe->task.wake_ms = clock_mono_ms() + 5;
	return probe->runs < 5 ? STEP_WAIT : STEP_DONE;
}

static void
test_trickle(struct loop *loop)
{
	struct writer writer;
	struct probe reader;

	probe_init(&reader, next_read);
	probe_init(&writer.probe, next_write);
	writer.reader = &reader;
	ok(pipe2(reader.pipe, O_NONBLOCK) == 0, "a pipe");
	loop_add(loop, &reader.task, NULL);
	loop_add(loop, &writer.probe.task, NULL);
	loop_run(loop, clock_mono_ms() + 5000, NULL, NULL);
	is_uint(reader.done + reader.expired, 1, "read to the end");
	is_uint(reader.runs, 6, "woken once per octet");
	is_uint(writer.probe.runs, 5, "the timer fired each time");
	close(reader.pipe[0]);
	close(reader.pipe[1]);
}

static void
test_timers(struct loop *loop)
{
	struct probe a, b;
	int64_t start = clock_mono_ms();

	probe_init(&a, next_sleep);
	probe_init(&b, next_forever);
	loop_add(loop, &a.task, NULL);
	loop_add(loop, &b.task, NULL);
	loop_run(loop, start + 80, NULL, NULL);
	is_uint(a.runs, 2, "woken by its timer");
	ok(a.done_ms - start >= 30 && a.done_ms - start < 80, "in time");
	is_uint(a.expired, 0, "and not expired");
	is_uint(b.expired, 1, "the loop's deadline ends the other");
	is_uint(b.cancelled, 0, "which was not cancelled");
	ok(clock_mono_ms() - start >= 80, "not early");
}

static void
test_cancel(struct loop *loop)
{
	volatile int cancel = 1;
	struct probe a, b;

	probe_init(&a, next_forever);
	probe_init(&b, next_forever);
	a.follow = &b;
	loop_add(loop, &a.task, NULL);
	loop_run(loop, 0, &cancel, NULL);
	is_uint(a.cancelled, 1, "cancelled");
	is_uint(b.cancelled, 1, "and so is what its done() added");
	is_uint(a.runs + b.runs, 0, "without having run");
}

struct wake {
	struct loop *loop;
	struct probe *probe;
	unsigned calls;
};

static void
on_wake(void *ctx)
{
	struct wake *wake = ctx;

	wake->calls++;
	loop_wake(wake->loop, &wake->probe->task);
	loop_wake(wake->loop, &wake->probe->task);
}

static enum step
next_second(struct probe *probe)
{
	return probe->runs == 2 ? STEP_DONE : STEP_WAIT;
}

static void
test_wake(struct loop *loop)
{
	struct wake wake = { loop, NULL, 0 };
	struct probe probe;
	unsigned i;

	probe_init(&probe, next_second);
	wake.probe = &probe;
	is_int(loop_on_wake(loop, on_wake, &wake), 0, "a hook");
	loop_add(loop, &probe.task, NULL);
	is_int(write(loop_wake_fd(loop), "ab", 2), 2, "two octets");
	loop_run(loop, clock_mono_ms() + 5000, NULL, NULL);
	is_uint(wake.calls, 1, "are one wake");
	is_uint(probe.runs, 2, "which runs the task once");
	is_uint(probe.expired, 0, "before any deadline");
	loop_on_wake(loop, NULL, &wake);
	for (i = 0; i < LOOP_HOOKS; i++)
		loop_on_wake(loop, on_wake, &wake);
	is_int(loop_on_wake(loop, on_wake, &wake), -1, "hooks are limited");
	loop_on_wake(loop, NULL, &wake);
	is_int(loop_on_wake(loop, on_wake, &wake), 0, "and taken out again");
	loop_on_wake(loop, NULL, &wake);
}

/* Takes 2 ms of CPU, again and again. */
static enum step
next_busy(struct probe *probe)
{
	int64_t end = clock_mono_ms() + 2;

	while (clock_mono_ms() < end)
		continue;
	loop_wake(probe->task.loop, &probe->task);
	return STEP_WAIT;
}

static void
test_busy(struct loop *loop)
{
	enum { N = 100 };
	struct probe *probes = mem_array(N + 1, sizeof(*probes));
	int64_t start = clock_mono_ms();
	unsigned i, expired = 0;

	for (i = 0; i < N; i++) {
		probe_init(&probes[i], next_busy);
		loop_add(loop, &probes[i].task, NULL);
	}
	probe_init(&probes[N], next_forever);
	probes[N].task.deadline_ms = start + 50;
	loop_add(loop, &probes[N].task, NULL);
	loop_run(loop, start + 120, NULL, NULL);
	ok(probes[N].done_ms - start >= 50, "a deadline among busy tasks");
	ok(probes[N].done_ms - start < 100, "is met between two of them");
	for (i = 0; i < N; i++)
		expired += probes[i].expired;
	is_uint(expired, N, "the loop's own ends them all");
	ok(clock_mono_ms() - start < 320, "in the middle of a round");
	mem_free(probes);
}

static void
test_memory(void)
{
	struct err err = ERR_INIT;
	struct loop *loop;
	struct probe probe;
	unsigned long nth;

	for (nth = 1; nth < 20; nth++) {
		mem_fail_at(nth, 1);
		loop = loop_new(&err);
		mem_fail_at(0, 0);
		if (loop != NULL)
			break;
		is_int(err.kind, ERR_NOMEM, "allocation %lu fails", nth);
	}
	ok(nth < 20, "enough memory in the end");
	probe_init(&probe, next_done);
	loop_add(loop, &probe.task, NULL);
	loop_free(loop);
	loop_free(NULL);
}

int
main(void)
{
	struct loop *loop = loop_new(NULL);

	if (loop == NULL)
		bail("no loop");
	test_order(loop);
	test_descriptors(loop);
	test_trickle(loop);
	test_timers(loop);
	test_cancel(loop);
	test_wake(loop);
	test_busy(loop);
	loop_free(loop);
	test_memory();
	return tap_done();
}
