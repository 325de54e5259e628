/* SPDX-License-Identifier: ISC */
/* One file for code that reads files; in memory, so that it is gone however
 * the fuzzer ends. */
#ifndef FUZZ_SCRATCH_H
#define FUZZ_SCRATCH_H

#include <sys/mman.h>

#include <unistd.h>

#include "base/bytes.h"
#include "fuzz.h"

#define SCRATCH_PATH 32

/* Its name, with this in it. */
static inline const char *
scratch_write(struct bytes in)
{
	static char path[SCRATCH_PATH];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		must(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	must(ftruncate(fd, 0) == 0);
	must(in.len == 0 ||
	    pwrite(fd, in.data, in.len, 0) == (ssize_t)in.len);
	return path;
}

#endif
