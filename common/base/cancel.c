/* SPDX-License-Identifier: ISC */
/* SIGTERM and SIGINT.  A signal handler has no argument: hence the statics.
 * The deadline is the process's, too. */
#include "base/cancel.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile int requested;
static volatile sig_atomic_t wake_fd = -1;
static int64_t deadline;

static void
on_signal(int sig)
{
	int saved = errno;
	char byte = (char)sig;

	requested = sig;
	if (wake_fd >= 0 && write((int)wake_fd, &byte, 1) < 0) {
		/* The pipe is full: the loop is awake already. */
	}
	errno = saved;
}

void
cancel_install(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = on_signal;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	/* A cache file beyond a limit is an error like a full disk. */
	sigaction(SIGXFSZ, &action, NULL);
}

const volatile int *
cancel_flag(void)
{
	return &requested;
}

void
cancel_wake(int fd)
{
	wake_fd = fd;
}

void
cancel_deadline_set(int64_t deadline_ms)
{
	deadline = deadline_ms;
}

int64_t
cancel_deadline(void)
{
	return deadline;
}
