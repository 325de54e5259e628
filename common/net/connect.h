/* SPDX-License-Identifier: ISC */
/*
 * A TCP connection to one of several addresses (happy eyeballs, RFC 8305):
 * families interleaved, beginning with the first one; another attempt every
 * 250 ms, or at once when one fails; the first that succeeds wins.
 */
#ifndef NET_CONNECT_H
#define NET_CONNECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/loop.h"
#include "net/resolve.h"

struct connect_try {
	int fd;
	size_t index;			/* into addresses */
};

struct connect {
	const struct address_list *addresses;	/* borrowed */
	unsigned char order[RESOLVE_MAX];
	size_t started, failed;
	struct connect_try tries[TASK_FDS];	/* under way */
	unsigned n_tries;
	int64_t next_ms;		/* when the next attempt is due */
	struct err error;		/* of the most telling failure */
	int error_rank;
};

void connect_init(struct connect *race,
    const struct address_list *addresses);
/* Does what can be done.  STEP_WRITE: the task's fds and wake_ms are set to
 * what it waits for.  STEP_DONE: *fd is the connected descriptor
 * (non-blocking, close-on-exec, TCP_NODELAY), the caller's from now on, and
 * *index its address; or err says why there is none (ERR_CONNECT;
 * ERR_INTERNAL: no descriptors left).  Every attempt is closed then. */
enum step connect_run(struct connect *race, struct task *task, int *fd,
    size_t *index, struct err *err);
void connect_release(struct connect *race);	/* closes what is under way */

#endif
