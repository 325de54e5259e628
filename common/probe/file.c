/* SPDX-License-Identifier: ISC */
/* Reading local files whole, with a limit. */
#include "probe/file.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cancel.h"
#include "base/clock.h"

#define CHUNK 65536
#define SECRET_MAX 4096

struct reader {
	const char *path;
	uint8_t *data;
	size_t len, cap, max, size;	/* size: of a file by name */
};

static int
grow(struct reader *r, struct err *err)
{
	size_t cap = r->cap == 0 ? CHUNK : r->cap * 2;
	uint8_t *p;

	if (cap > r->max + 1)
		cap = r->max + 1;
	if (cap <= r->cap)
		return err_set(err, ERR_LIMIT, "%s: larger than %zu MB",
		    r->path, r->max >> 20);
	p = mem_resize(r->data, cap, 1);
	if (p == NULL)
		return err_nomem(err);
	r->data = p;
	r->cap = cap;
	return 0;
}

int
file_wait(int fd, int64_t deadline_ms, struct err *err)
{
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	int64_t left = -1;
	int rc;

	for (;;) {
		if (*cancel_flag() != 0)
			return err_set(err, ERR_CANCELLED, "stopped by a "
			    "signal while reading");
		if (deadline_ms != 0)
			left = deadline_ms - clock_mono_ms();
		if (deadline_ms != 0 && left < 0)
			left = 0;
		rc = poll(&poll_fd, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (rc > 0)
			return 0;
		if (rc == 0)
			return err_set(err, ERR_TIMEOUT,
			    "nothing came in time");
		if (errno != EINTR && errno != EAGAIN)
			return err_sys(err, ERR_IO, errno, "cannot be read");
	}
}

static int
wait_more(const struct reader *r, int fd, struct err *err)
{
	return file_wait(fd, cancel_deadline(), err) == 0 ? 1 :
	    err_wrap(err, "%s", r->path);
}

/* 1 more may come, 0 end, -1 error. */
static int
read_some(struct reader *r, int fd, struct err *err)
{
	ssize_t n;

	if (r->len == r->cap && grow(r, err) != 0)
		return -1;
	/* Only standard input may be one that blocks. */
	if (fd == STDIN_FILENO && wait_more(r, fd, err) != 1)
		return -1;
	n = read(fd, r->data + r->len, r->cap - r->len);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return wait_more(r, fd, err);
	if (n < 0)
		return err_sys(err, ERR_IO, errno, "%s", r->path);
	r->len += (size_t)n;
	if (r->len > r->max)
		return err_set(err, ERR_LIMIT, "%s: larger than %zu MB",
		    r->path, r->max >> 20);
	return n > 0;
}

/* Refuses what is no file, and reserves as much as the file says it has. */
static int
look(struct reader *r, int fd, struct err *err)
{
	struct stat st;
	size_t want;

	if (fstat(fd, &st) != 0)
		return err_sys(err, ERR_IO, errno, "%s", r->path);
	if (S_ISDIR(st.st_mode))
		return err_sys(err, ERR_IO, EISDIR, "%s", r->path);
	if (S_ISBLK(st.st_mode) || S_ISSOCK(st.st_mode))
		return err_set(err, ERR_IO, "%s: not a file", r->path);
	if (!S_ISREG(st.st_mode))
		return 0;
	if (st.st_size < 0 || (uint64_t)st.st_size > r->max)
		return err_set(err, ERR_LIMIT, "%s: larger than %zu MB",
		    r->path, r->max >> 20);
	if (fd != STDIN_FILENO)
		r->size = (size_t)st.st_size;
	want = (size_t)st.st_size + 1;
	r->data = mem_array(want, 1);
	if (r->data == NULL)
		return err_nomem(err);
	r->cap = want;
	return 0;
}

static int
slurp(struct reader *r, int fd, struct err *err)
{
	int more;

	if (look(r, fd, err) != 0)
		return -1;
	do
		more = read_some(r, fd, err);
	while (more > 0);
	/* Of a file that somebody just writes nothing is to be said. */
	if (more == 0 && r->len < r->size)
		return err_set(err, ERR_IO, "%s: ends before its size (is it "
		    "being written?)", r->path);
	return more;
}

int
file_read(struct arena *arena, const char *path, size_t max,
    struct bytes *out, struct err *err)
{
	struct reader r = { .path = path, .max = max };
	bool from_stdin = strcmp(path, "-") == 0;
	int fd, rc;

	if (from_stdin)
		r.path = "standard input";
	/* Not blocking: opening a FIFO without a writer must not hang. */
	fd = from_stdin ? STDIN_FILENO :
	    open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "%s", path);
	rc = slurp(&r, fd, err);
	if (!from_stdin)
		close(fd);
	if (rc == 0) {
		*out = arena_bytes(arena, bytes_of(r.data, r.len));
		if (out->data == NULL && r.len > 0)
			rc = err_nomem(err);
	}
	if (r.data != NULL)
		mem_wipe(r.data, r.cap);
	mem_free(r.data);
	return rc;
}

int
file_read_secret(struct arena *arena, const char *path, const char **out,
    struct err *err)
{
	struct bytes all;
	const uint8_t *end;
	size_t len;

	if (file_read(arena, path, SECRET_MAX, &all, err) != 0)
		return -1;
	len = all.len;
	if (len > 0 && (end = memchr(all.data, '\n', len)) != NULL)
		len = (size_t)(end - all.data);
	if (len > 0 && all.data[len - 1] == '\r')
		len--;
	if (len == 0)
		return err_set(err, ERR_USAGE, "%s: holds no password", path);
	*out = arena_strndup(arena, (const char *)all.data, len);
	return *out == NULL ? err_nomem(err) : 0;
}
