/* SPDX-License-Identifier: ISC */
/* Reading local files whole, with a limit. */
#ifndef PROBE_FILE_H
#define PROBE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* path "-" is standard input.  Devices, sockets and directories are refused
 * (a FIFO is read); more than max bytes: ERR_LIMIT.  Whoever writes the FIFO
 * is waited for until the run's deadline: ERR_TIMEOUT, ERR_CANCELLED.  The
 * text names the path.  ERR_IO keeps errno in sys. */
int file_read(struct arena *arena, const char *path, size_t max,
    struct bytes *out, struct err *err);
/* Waits until there is something to read, or its end: 0, or -1 with
 * ERR_TIMEOUT, ERR_CANCELLED or ERR_IO.  deadline_ms: monotonic, 0 never. */
int file_wait(int fd, int64_t deadline_ms, struct err *err);
/* The first line of a file of secrets, without its line end. */
int file_read_secret(struct arena *arena, const char *path,
    const char **out, struct err *err);

#endif
