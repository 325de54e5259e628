/* SPDX-License-Identifier: ISC */
/* What -f means: a path, a pattern, a directory (recursively), or "-". */
#ifndef PROBE_FILES_H
#define PROBE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define FILES_MAX 1000000
#define FILES_DEPTH_MAX 32

struct file_list {
	struct file_item {
		const char *path;
		bool from_directory;
	} *items;		/* mem_array: files_release */
	size_t n, cap;
};

/* Appends what the argument stands for; a file reached twice (by links) is
 * listed once.  ERR_IO: a directory cannot be read (the text names it; what
 * was found stays in the list).  Returns 0 also for an empty directory. */
int files_expand(struct arena *arena, const char *argument,
    struct file_list *out, struct err *err);
void files_release(struct file_list *list);

#endif
