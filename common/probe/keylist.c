/* SPDX-License-Identifier: ISC */
/* Lists of leaked keys. */
#include "probe/keylist.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

#define DIGEST 32
#define LINE_MAX_LEN 256
#define KIND_OCTETS 4096

struct keylist {
	const uint8_t *records;		/* sorted */
	size_t n;
	uint8_t *own;			/* records made from text, or NULL */
	void *map;
	size_t map_len;
};

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST);
}

static int
map_file(struct keylist *list, const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), sys = 0;

	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "%s", path);
	if (fstat(fd, &st) != 0)
		sys = errno;
	else if (!S_ISREG(st.st_mode))
		sys = EINVAL;
	else if (st.st_size > 0) {
		list->map_len = (size_t)st.st_size;
		list->map = mmap(NULL, list->map_len, PROT_READ, MAP_PRIVATE,
		    fd, 0);
		if (list->map == MAP_FAILED) {
			list->map = NULL;
			sys = errno;
		}
	}
	close(fd);
	if (sys != 0)
		return err_sys(err, ERR_IO, sys, "%s", path);
	return list->map != NULL ? 0 :
	    err_set(err, ERR_SYNTAX, "%s: is empty", path);
}

/*
 * Text is printable; many octets tell: a digest may begin with '#' or a
 * newline, too, and one that is taken for a comment would not be found.
 */
static bool
is_text(const struct keylist *list)
{
	struct bytes rest = bytes_of(list->map, list->map_len);
	uint32_t code;
	size_t len, done;

	for (done = 0; rest.len > 0 && done < KIND_OCTETS; done += len) {
		len = text_utf8_next(rest, &code);
		if (len == 0 || code == 0x7f || (code < ' ' &&
		    code != '\t' && code != '\r' && code != '\n'))
			return false;
		rest = bytes_of(rest.data + len, rest.len - len);
	}
	return true;
}

/* 1 a digest, 0 nothing on this line, -1 malformed. */
static int
read_line(const char *line, size_t len, uint8_t *out)
{
	char copy[LINE_MAX_LEN], *text;

	if (len >= sizeof(copy))
		return *line == '#' ? 0 : -1;
	memcpy(copy, line, len);
	copy[len] = '\0';
	if (strlen(copy) != len)
		return -1;
	copy[strcspn(copy, "#")] = '\0';
	text = text_trim(copy);
	if (*text == '\0')
		return 0;
	return text_unhex(text, out, DIGEST) == DIGEST ? 1 : -1;
}

static int
read_text(struct keylist *list, const char *path, struct err *err)
{
	const char *p = list->map, *stop = p + list->map_len, *end;
	size_t room = list->map_len / (DIGEST * 2) + 1, line = 0;
	bool sorted = true;
	int rc;

	list->own = mem_array(room, DIGEST);
	if (list->own == NULL)
		return err_nomem(err);
	for (; p < stop; p = end + 1) {
		line++;
		end = memchr(p, '\n', (size_t)(stop - p));
		if (end == NULL)
			end = stop;
		if (list->n == room)
			break;
		rc = read_line(p, (size_t)(end - p),
		    list->own + list->n * DIGEST);
		if (rc < 0)
			return err_set(err, ERR_SYNTAX, "%s: line %zu is not "
			    "a SHA-256 in hexadecimal", path, line);
		if (rc == 0)
			continue;
		if (list->n > 0 && compare(list->own + (list->n - 1) * DIGEST,
		    list->own + list->n * DIGEST) > 0)
			sorted = false;
		list->n++;
	}
	if (list->n == 0)
		return err_set(err, ERR_SYNTAX, "%s: holds no digest", path);
	if (!sorted)
		qsort(list->own, list->n, DIGEST, compare);
	list->records = list->own;
	return 0;
}

static int
read_binary(struct keylist *list, const char *path, struct err *err)
{
	size_t i;

	if (list->map_len % DIGEST != 0)
		return err_set(err, ERR_SYNTAX, "%s: neither text nor "
		    "records of %d octets", path, DIGEST);
	list->records = list->map;
	list->n = list->map_len / DIGEST;
	/* An unsorted list would hide keys from the search. */
	for (i = 1; i < list->n; i++)
		if (compare(list->records + (i - 1) * DIGEST,
		    list->records + i * DIGEST) > 0)
			return err_set(err, ERR_SYNTAX, "%s: record %zu is "
			    "not in order", path, i + 1);
	return 0;
}

struct keylist *
keylist_open(const char *path, struct err *err)
{
	struct keylist *list = mem_alloc(sizeof(*list));
	int rc;

	if (list == NULL) {
		err_nomem(err);
		return NULL;
	}
	rc = map_file(list, path, err);
	if (rc == 0)
		rc = is_text(list) ? read_text(list, path, err) :
		    read_binary(list, path, err);
	if (rc == 0)
		return list;
	keylist_close(list);
	return NULL;
}

void
keylist_close(struct keylist *list)
{
	if (list == NULL)
		return;
	if (list->map != NULL)
		munmap(list->map, list->map_len);
	mem_free(list->own);
	mem_free(list);
}

bool
keylist_has(const struct keylist *list, const uint8_t digest[32])
{
	return list->n > 0 && bsearch(digest, list->records, list->n, DIGEST,
	    compare) != NULL;
}

size_t
keylist_size(const struct keylist *list)
{
	return list->n;
}
