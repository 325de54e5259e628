/* SPDX-License-Identifier: ISC */
/* The cache: what it keeps, what it takes for no entry, who may write. */
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/cache.h"

#define BIG 300000

static char top[] = "/tmp/mpc-cache-XXXXXX";
static char dir[64];
static char big[BIG];

/* Files in the directory; name: the last one seen. */
static unsigned
count_files(char name[400])
{
	DIR *d = opendir(dir);
	const struct dirent *item;
	unsigned n = 0;

	while (d != NULL && (item = readdir(d)) != NULL) {
		if (strcmp(item->d_name, ".") == 0 ||
		    strcmp(item->d_name, "..") == 0)
			continue;
		n++;
		if (name != NULL)
			snprintf(name, 400, "%s/%s", dir, item->d_name);
	}
	if (d != NULL)
		closedir(d);
	return n;
}

static void
clear(void)
{
	char name[400];

	while (count_files(name) > 0 && unlink(name) == 0)
		continue;
}

/* The body of an entry, "" when there is none. */
static const char *
body_of(struct cache *cache, const char *key)
{
	static char text[200];
	struct cache_entry entry;
	long n;

	text[0] = '\0';
	if (cache_get(cache, key, &entry) != 1)
		return text;
	n = cache_read(&entry, text, sizeof(text) - 1, NULL);
	text[n < 0 ? 0 : n] = '\0';
	cache_close_entry(&entry);
	return text;
}

static void
test_entries(void)
{
	struct cache_meta meta = { .fetched_at = 100, .expires_at = 200,
		.etag = "\"v1\"", .last_modified = "yesterday",
		.number_seen = -7 };
	struct err err = ERR_INIT;
	struct cache *cache = cache_open(dir, &err);
	struct cache_entry entry;
	struct stat st;
	char name[400];

	ok(cache_usable(cache), "made and usable: %s", cache_why(cache));
	stat(dir, &st);
	is_uint(st.st_mode & 07777, 0700, "for its owner alone");
	is_int(cache_get(cache, "http://a/", &entry), 0, "nothing yet");
	is_int(cache_put(cache, "http://a/", &meta, bytes_str("body"), &err),
	    0, "put: %s", err.text);
	is_int(cache_get(cache, "http://a/", &entry), 1, "found");
	is_uint(entry.size, 4, "size");
	is_int(entry.meta.fetched_at, 100, "fetched");
	is_int(entry.meta.expires_at, 200, "expires");
	is_int(entry.meta.number_seen, -7, "number");
	is_str(entry.meta.etag, "\"v1\"", "etag");
	is_str(entry.meta.last_modified, "yesterday", "modified");
	cache_close_entry(&entry);
	is_str(body_of(cache, "http://a/"), "body", "body");
	is_str(body_of(cache, "http://b/"), "", "another key");
	is_uint(count_files(name), 1, "one file");
	stat(name, &st);
	is_uint(st.st_mode & 07777, 0600, "private");
	meta.expires_at = 300;
	meta.etag[0] = '\n';
	is_int(cache_touch(cache, "http://a/", &meta, &err), 0, "touch");
	is_int(cache_get(cache, "http://a/", &entry), 1, "still there");
	is_int(entry.meta.expires_at, 300, "with new times");
	is_str(entry.meta.etag, "", "no line end comes in");
	cache_close_entry(&entry);
	is_str(body_of(cache, "http://a/"), "body", "the same body");
	is_int(cache_touch(cache, "http://b/", &meta, &err), -1,
	    "touch of nothing");
	is_int(cache_put(cache, "http://a/", &meta, bytes_str(""), &err), 0,
	    "an empty body");
	is_int(cache_get(cache, "http://a/", &entry), 1, "is an entry");
	is_uint(entry.size, 0, "of no octets");
	cache_close_entry(&entry);
	cache_close(cache);
}

static void
test_parts(void)
{
	struct cache_meta meta = { .fetched_at = 1 };
	struct err err = ERR_INIT;
	struct cache *cache = cache_open(dir, &err);
	struct cache_writer *writer = cache_begin(cache, "p", &err);

	cache_write(writer, bytes_str("one "), &err);
	is_str(body_of(cache, "p"), "", "not before it is committed");
	cache_write(writer, bytes_str("two"), &err);
	is_int(cache_commit(writer, &meta, &err), 0, "commit");
	is_str(body_of(cache, "p"), "one two", "parts");
	writer = cache_begin(cache, "p", &err);
	cache_write(writer, bytes_str("three"), &err);
	cache_abort(writer);
	cache_abort(NULL);
	is_str(body_of(cache, "p"), "one two", "an abort leaves the old one");
	is_uint(count_files(NULL), 2, "and no file");
	cache_close(cache);
}

/* Each makes the file of the entry something else. */
static void
spoil_cut(const char *name)
{
	if (truncate(name, 1025) != 0)
		bail("truncate");
}

static void
spoil_short(const char *name)
{
	if (truncate(name, 10) != 0)
		bail("truncate");
}

static void
spoil_longer(const char *name)
{
	int fd = open(name, O_WRONLY | O_APPEND);

	if (write(fd, "x", 1) != 1)
		bail("write");
	close(fd);
}

static void
spoil_head(const char *name)
{
	int fd = open(name, O_WRONLY);

	if (pwrite(fd, "9", 1, 110) != 1)
		bail("write");
	close(fd);
}

static void
spoil_body(const char *name)
{
	int fd = open(name, O_WRONLY);

	if (pwrite(fd, "x", 1, 1025) != 1)
		bail("write");
	close(fd);
}

static void
spoil_zero(const char *name)
{
	static const char zeros[1024];
	int fd = open(name, O_WRONLY);

	if (pwrite(fd, zeros, sizeof(zeros), 0) != sizeof(zeros))
		bail("write");
	close(fd);
}

static void
spoil_mode(const char *name)
{
	chmod(name, 0666);
}

static void
spoil_link(const char *name)
{
	char to[500];

	snprintf(to, sizeof(to), "%s.real", name);
	if (rename(name, to) != 0 || symlink(to, name) != 0)
		bail("symlink");
}

static void
spoil_fifo(const char *name)
{
	if (unlink(name) != 0 || mkfifo(name, 0600) != 0)
		bail("mkfifo");
}

static void
spoil_directory(const char *name)
{
	if (unlink(name) != 0 || mkdir(name, 0700) != 0)
		bail("mkdir");
}

static void
test_spoilt(void)
{
	static const struct {
		const char *what;
		void (*spoil)(const char *name);
	} rows[] = {
		{ "cut off", spoil_cut },
		{ "shorter than a head", spoil_short },
		{ "longer", spoil_longer },
		{ "a digit of the head", spoil_head },
		{ "an octet of the body", spoil_body },
		{ "a head of zeros", spoil_zero },
		{ "others may write", spoil_mode },
		{ "a symbolic link", spoil_link }, { "a FIFO", spoil_fifo },
		{ "a directory", spoil_directory },
	};
	struct cache_meta meta = { .fetched_at = 1000000 };
	struct err err = ERR_INIT;
	struct cache *cache = cache_open(dir, &err);
	char name[400];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		clear();
		cache_put(cache, "k", &meta, bytes_str("body"), &err);
		count_files(name);
		rows[i].spoil(name);
		is_str(body_of(cache, "k"), "", "%s: no entry", rows[i].what);
	}
	rmdir(name);
	clear();
	cache_put(cache, "k", &meta, bytes_str("body"), &err);
	count_files(name);
	cache_put(cache, "other", &meta, bytes_str("body 2"), &err);
	unlink(name);
	is_str(body_of(cache, "k"), "", "gone");
	cache_close(cache);
}

static void
test_directories(void)
{
	struct err err = ERR_INIT;
	struct cache_meta meta = { .fetched_at = 1 };
	struct cache *cache;
	char path[128];

	snprintf(path, sizeof(path), "%s/open", top);
	mkdir(path, 0700);
	chmod(path, 0770);
	cache = cache_open(path, &err);
	ok(!cache_usable(cache), "a group may write: %s", cache_why(cache));
	is_int(cache_put(cache, "k", &meta, bytes_str("x"), &err), -1,
	    "nothing is kept: %s", err.text);
	cache_close(cache);
	rmdir(path);
	cache = cache_open("/dev/null/x", &err);
	ok(!cache_usable(cache), "no directory: %s", cache_why(cache));
	cache_close(cache);
	if (geteuid() == 0) {
		snprintf(path, sizeof(path), "%s/foreign", top);
		mkdir(path, 0755);
		if (chown(path, 12345, 12345) == 0) {
			cache = cache_open(path, &err);
			ok(!cache_usable(cache), "another's: %s",
			    cache_why(cache));
			cache_close(cache);
		}
		rmdir(path);
	}
	snprintf(path, sizeof(path), "%s/xdg", top);
	setenv("XDG_CACHE_HOME", path, 1);
	cache = cache_open(NULL, &err);
	ok(cache_usable(cache), "$XDG_CACHE_HOME: %s", cache_why(cache));
	cache_close(cache);
	snprintf(path, sizeof(path), "%s/xdg/monitoring-plugins-cert", top);
	is_int(rmdir(path), 0, "made there");
	snprintf(path, sizeof(path), "%s/xdg", top);
	rmdir(path);
}

/* Without root, which may write anywhere. */
static void
test_read_only(void)
{
	struct cache_meta meta = { .fetched_at = 1 };
	struct err err = ERR_INIT;
	struct cache *cache = cache_open(dir, &err);
	int status;
	pid_t pid;

	cache_put(cache, "k", &meta, bytes_str("old"), &err);
	cache_close(cache);
	chmod(dir, 0500);
	pid = fork();
	if (pid == 0) {
		/* root may write anywhere: as somebody else then. */
		if (geteuid() == 0 && (chown(top, 12345, 12345) != 0 ||
		    chown(dir, 12345, 12345) != 0 || setuid(12345) != 0))
			_exit(9);
		cache = cache_open(dir, &err);
		if (!cache_usable(cache) || cache_put(cache, "k", &meta,
		    bytes_str("new"), &err) != -1)
			_exit(1);
		cache_close(cache);
		_exit(err.sys == EACCES ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	is_int(WEXITSTATUS(status), 0, "a directory that is read-only");
	if (geteuid() == 0 && (chown(top, 0, 0) != 0 || chown(dir, 0, 0) != 0))
		bail("chown");
	chmod(dir, 0700);
}

/* A limit on the size of files stands for the full disk. */
static void
test_full(void)
{
	struct cache_meta meta = { .fetched_at = 1 };
	struct rlimit limit = { 100000, 100000 };
	struct err err = ERR_INIT;
	struct cache *cache;
	int status;
	pid_t pid;

	clear();
	cache = cache_open(dir, &err);
	cache_put(cache, "k", &meta, bytes_str("old"), &err);
	pid = fork();
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(cache_put(cache, "k", &meta, bytes_of(big, BIG), &err) ==
		    -1 && err.sys == EFBIG ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	is_int(WEXITSTATUS(status), 0, "a full disk is an error");
	is_str(body_of(cache, "k"), "old", "which leaves the old one");
	is_uint(count_files(NULL), 1, "and no file");
	cache_close(cache);
}

static void
test_sweep(void)
{
	struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	struct cache_meta meta = { .fetched_at = 1 };
	struct err err = ERR_INIT;
	char name[3][128];
	struct cache *cache;
	size_t i;

	clear();
	snprintf(name[0], sizeof(name[0]), "%s/.new-1-2-3", dir);
	snprintf(name[1], sizeof(name[1]), "%s/.new-1-2-4", dir);
	snprintf(name[2], sizeof(name[2]), "%s/mine", dir);
	for (i = 0; i < 3; i++)
		close(open(name[i], O_WRONLY | O_CREAT, 0600));
	utimensat(AT_FDCWD, name[0], old, 0);
	utimensat(AT_FDCWD, name[2], old, 0);
	cache = cache_open(dir, &err);
	cache_put(cache, "k", &meta, bytes_str("body"), &err);
	ok(access(name[0], F_OK) != 0, "an old temporary file is taken out");
	ok(access(name[1], F_OK) == 0, "a new one is left to its writer");
	ok(access(name[2], F_OK) == 0, "another's is left alone");
	cache_close(cache);
}

#define WRITERS 6

/* Writes bodies of one letter and reads what is there: all of it must be of
 * one letter. */
static int
race(char letter)
{
	struct cache_meta meta = { .fetched_at = letter };
	struct err err = ERR_INIT;
	struct cache *cache = cache_open(dir, &err);
	struct cache_entry entry;
	static char got[BIG];
	unsigned i;
	size_t n, k;

	memset(big, letter, BIG);
	for (i = 0; i < 20; i++) {
		n = (size_t)(20000 + 1000 * (letter - 'a'));
		if (cache_put(cache, "race", &meta, bytes_of(big, n),
		    &err) != 0)
			return 1;
		/* Not there when another touches it right now. */
		if (cache_touch(cache, "race", &meta, &err) != 0 &&
		    err.sys != 0)
			return 2;
		if (cache_get(cache, "race", &entry) != 1)
			continue;	/* touched just then */
		if (cache_read(&entry, got, BIG, &err) != (long)entry.size)
			return 3;
		for (k = 1; k < entry.size; k++)
			if (got[k] != got[0])
				return 4;
		cache_close_entry(&entry);
	}
	cache_close(cache);
	return 0;
}

static void
test_races(void)
{
	pid_t pids[WRITERS];
	int status, i;

	clear();
	for (i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(race((char)('a' + i)));
	}
	for (i = 0; i < WRITERS; i++) {
		waitpid(pids[i], &status, 0);
		is_int(status, 0, "writer %d", i);
	}
	is_uint(count_files(NULL), 1, "one file is left");
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		bail("no directory");
	snprintf(dir, sizeof(dir), "%s/a/cache", top);
	test_entries();
	test_parts();
	test_spoilt();
	test_directories();
	test_full();
	test_sweep();
	test_races();
	clear();
	rmdir(dir);
	snprintf(dir, sizeof(dir), "%s/b", top);
	test_read_only();
	clear();
	rmdir(dir);
	snprintf(dir, sizeof(dir), "%s/a", top);
	rmdir(dir);
	is_int(rmdir(top), 0, "nothing is left");
	return tap_done();
}
