/* SPDX-License-Identifier: ISC */
/* The limit alone is not enough: the kernel hands dumps to a handler (a pipe
 * in core_pattern) whatever the limit says. */
#include "base/dump.h"

#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

void
dump_forbid(struct dump *before)
{
	struct rlimit limit;

	*before = (struct dump){ .forbidden = true, .dumpable = -1 };
	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		before->limit = (uint64_t)limit.rlim_cur;
		limit.rlim_cur = 0;
		before->has_limit = setrlimit(RLIMIT_CORE, &limit) == 0;
	}
#ifdef __linux__
	before->dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void
dump_restore(struct dump *before)
{
	struct rlimit limit;

	if (!before->forbidden)
		return;
	before->forbidden = false;
#ifdef __linux__
	/* 2 cannot be set, and 0 needs no setting. */
	if (before->dumpable == 1)
		(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#endif
	if (!before->has_limit || getrlimit(RLIMIT_CORE, &limit) != 0)
		return;
	limit.rlim_cur = (rlim_t)before->limit;
	(void)setrlimit(RLIMIT_CORE, &limit);
}
