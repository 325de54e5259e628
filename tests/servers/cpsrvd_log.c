/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: the log, a line for each call, and FORBIDDEN for those that no
 * check may make.
 */

#include "cpsrvd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Set once, before the first connection. */
static int	 log_fd = -1;

void
log_open(const char *path)
{
	if (path == NULL)
		return;
	log_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (log_fd == -1)
		cpsrvd_die("%s: %s", path, strerror(errno));
}

/* One write each: lines of several threads do not mix. */
void
log_line(const char *format, ...)
{
	char	 line[20480];
	va_list	 ap;
	int	 len;
	ssize_t	 done;

	if (log_fd == -1)
		return;
	va_start(ap, format);
	len = vsnprintf(line, sizeof(line) - 1, format, ap);
	va_end(ap);
	if (len < 0)
		return;
	if ((size_t)len > sizeof(line) - 2)
		len = (int)sizeof(line) - 2;
	line[len] = '\n';
	done = write(log_fd, line, (size_t)len + 1);
	(void)done;
}

void
log_forbidden(const char *name)
{
	log_line("FORBIDDEN %s", name);
}
