/* SPDX-License-Identifier: ISC */
/* Patterns and directories of files. */
#include "probe/files.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/list.h"

/* What has been seen, by device and inode: an open hash table. */
struct seen {
	struct seen_key {
		dev_t dev;
		ino_t ino;
		bool used;
	} *slots;
	size_t n, cap;
};

struct walk {
	struct arena *arena;
	struct file_list *out;
	struct seen seen;
	struct err *err;
	struct err first;	/* a directory that could not be read */
};

static size_t
slot_of(const struct seen *seen, dev_t dev, ino_t ino)
{
	size_t i = ((size_t)ino * 2654435761U ^ (size_t)dev) & (seen->cap - 1);

	while (seen->slots[i].used && (seen->slots[i].dev != dev ||
	    seen->slots[i].ino != ino))
		i = (i + 1) & (seen->cap - 1);
	return i;
}

static int
seen_grow(struct seen *seen)
{
	struct seen old = *seen;
	size_t i;

	seen->cap = old.cap == 0 ? 256 : old.cap * 2;
	seen->slots = mem_array(seen->cap, sizeof(*seen->slots));
	if (seen->slots == NULL) {
		*seen = old;
		return -1;
	}
	for (i = 0; i < old.cap; i++)
		if (old.slots[i].used)
			seen->slots[slot_of(seen, old.slots[i].dev,
			    old.slots[i].ino)] = old.slots[i];
	mem_free(old.slots);
	return 0;
}

/* 1 new, 0 seen before, -1 no memory. */
static int
seen_add(struct seen *seen, const struct stat *st)
{
	size_t i;

	if (seen->n * 2 >= seen->cap && seen_grow(seen) != 0)
		return -1;
	i = slot_of(seen, st->st_dev, st->st_ino);
	if (seen->slots[i].used)
		return 0;
	seen->slots[i] = (struct seen_key){ st->st_dev, st->st_ino, true };
	seen->n++;
	return 1;
}

static int
add_file(struct walk *walk, const char *path, bool from_directory)
{
	struct file_item *item = list_push(&walk->out->items, &walk->out->n,
	    &walk->out->cap, sizeof(*item), FILES_MAX);

	if (item == NULL && walk->out->n < FILES_MAX)
		return err_nomem(walk->err);
	if (item == NULL)
		return err_set(walk->err, ERR_LIMIT, "%s: too many files",
		    path);
	item->path = path;
	item->from_directory = from_directory;
	return 0;
}

static int walk_directory(struct walk *walk, const char *path, unsigned depth);

static int
note_unreadable(struct walk *walk, const char *path, int sys)
{
	if (walk->first.kind == ERR_NONE)
		err_sys(&walk->first, ERR_IO, sys, "%s", path);
	return 0;
}

static int
walk_entry(struct walk *walk, const char *path, unsigned depth)
{
	struct stat st;
	int fresh;

	/* A dangling link is nothing that could hold a certificate. */
	if (stat(path, &st) != 0)
		return errno == ENOENT || errno == ELOOP ? 0 :
		    note_unreadable(walk, path, errno);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0;
	fresh = seen_add(&walk->seen, &st);
	if (fresh < 0)
		return err_nomem(walk->err);
	if (fresh == 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return walk_directory(walk, path, depth + 1);
	return add_file(walk, path, true);
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The paths in a directory, sorted, so that runs can be compared. */
static int
list_directory(struct walk *walk, const char *path, const char ***out,
    size_t *n)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	const char **name;
	size_t cap = 0;

	if (dir == NULL)
		return note_unreadable(walk, path, errno);
	for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		name = list_push(out, n, &cap, sizeof(*name), FILES_MAX);
		if (name == NULL || (*name = arena_printf(walk->arena,
		    "%s/%s", path, entry->d_name)) == NULL) {
			closedir(dir);
			return err_nomem(walk->err);
		}
	}
	if (errno != 0)
		(void)note_unreadable(walk, path, errno);
	closedir(dir);
	if (*n > 0)
		qsort(*out, *n, sizeof(**out), by_name);
	return 0;
}

static int
walk_directory(struct walk *walk, const char *path, unsigned depth)
{
	const char **names = NULL;
	size_t n = 0, i;
	int rc;

	if (depth > FILES_DEPTH_MAX)
		return note_unreadable(walk, path, ELOOP);
	rc = list_directory(walk, path, &names, &n);
	for (i = 0; rc == 0 && i < n; i++)
		rc = walk_entry(walk, names[i], depth);
	mem_free(names);
	return rc;
}

static int
expand_directory(struct walk *walk, const char *path)
{
	char *copy = arena_strdup(walk->arena, path);
	size_t len;

	if (copy == NULL)
		return err_nomem(walk->err);
	len = strlen(copy);
	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = '\0';
	return walk_directory(walk, copy, 0);
}

static int
expand_pattern(struct walk *walk, const char *pattern)
{
	struct stat st;
	glob_t found;
	char *path;
	size_t i;
	int rc;

	rc = glob(pattern, 0, NULL, &found);
	if (rc == GLOB_NOMATCH)
		return 0;
	if (rc != 0)
		return err_set(walk->err, rc == GLOB_NOSPACE ? ERR_NOMEM :
		    ERR_IO, "%s: cannot be searched", pattern);
	for (i = 0; rc == 0 && i < found.gl_pathc; i++) {
		path = arena_strdup(walk->arena, found.gl_pathv[i]);
		if (path == NULL)
			rc = err_nomem(walk->err);
		else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			rc = expand_directory(walk, path);
		else
			rc = add_file(walk, path, false);
	}
	globfree(&found);
	return rc;
}

static int
expand(struct walk *walk, const char *argument)
{
	struct stat st;

	if (strcmp(argument, "-") == 0)
		return add_file(walk, "-", false);
	if (stat(argument, &st) == 0)
		return S_ISDIR(st.st_mode) ?
		    expand_directory(walk, argument) :
		    add_file(walk, argument, false);
	if (strpbrk(argument, "*?[") != NULL)
		return expand_pattern(walk, argument);
	/* Reading it will say what is wrong with it. */
	return add_file(walk, argument, false);
}

int
files_expand(struct arena *arena, const char *argument,
    struct file_list *out, struct err *err)
{
	struct walk walk = { .arena = arena, .out = out, .err = err };
	int rc = expand(&walk, argument);

	mem_free(walk.seen.slots);
	if (rc == 0 && walk.first.kind != ERR_NONE) {
		*err = walk.first;
		return -1;
	}
	return rc;
}

void
files_release(struct file_list *list)
{
	mem_free(list->items);
	memset(list, 0, sizeof(*list));
}
