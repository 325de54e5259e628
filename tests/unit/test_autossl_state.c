/* SPDX-License-Identifier: ISC */
/* What is remembered between runs, and what is done to its file. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "probe/autossl_state.h"
#include "tap.h"

#define NOW 1800000000
#define DAY 86400

static char dir[] = "/tmp/test_state.XXXXXX";

static struct autossl_state *
open_at(int64_t now)
{
	struct err err = ERR_INIT;
	struct autossl_state *state = autossl_state_open(dir,
	    "whm.test:2087", "root", now, &err);

	if (state == NULL)
		bail("no state: %s", err.text);
	return state;
}

/* Saves and frees; -1: it could not be saved. */
static int
keep(struct autossl_state *state)
{
	struct err err = ERR_INIT;
	int rc = autossl_state_save(state, &err);

	if (rc != 0 && err.kind == ERR_NONE)
		diag("no text");
	autossl_state_free(state);
	return rc;
}

static int64_t
get_at(int64_t now, const char *key)
{
	struct autossl_state *state = open_at(now);
	int64_t at = autossl_state_get(state, key);

	autossl_state_free(state);
	return at;
}

/* Path of the only file in the directory; counts them. */
static unsigned
the_file(char *path, size_t size)
{
	DIR *d = opendir(dir);
	struct dirent *item;
	unsigned n = 0;

	path[0] = '\0';
	while (d != NULL && (item = readdir(d)) != NULL) {
		if (strcmp(item->d_name, ".") == 0 ||
		    strcmp(item->d_name, "..") == 0)
			continue;
		n++;
		snprintf(path, size, "%s/%s", dir, item->d_name);
	}
	if (d != NULL)
		closedir(d);
	return n;
}

static void
put_one(const char *key)
{
	struct autossl_state *state = open_at(NOW);

	autossl_state_set(state, key, NOW - 60);
	if (keep(state) != 0)
		bail("not saved");
}

static void
test_plain(void)
{
	struct autossl_state *state = open_at(NOW);
	struct stat st;
	char path[512];

	is_int(autossl_state_get(state, "x"), 0, "nothing yet");
	is_int(keep(state), 0, "nothing to save");
	is_uint(the_file(path, sizeof(path)), 0, "no file");
	state = open_at(NOW);
	autossl_state_set(state, "missing:fn", NOW - 5);
	autossl_state_set(state, "progress@bob", NOW - 10);
	autossl_state_set(state, "progress@bob", NOW - 20);
	autossl_state_set(state, "gone", NOW);
	autossl_state_drop(state, "gone");
	autossl_state_drop(state, "never");
	is_int(autossl_state_get(state, "progress@bob"), NOW - 20, "set");
	is_int(keep(state), 0, "saved");
	is_uint(the_file(path, sizeof(path)), 1, "one file");
	stat(path, &st);
	is_int(st.st_mode & 07777, 0600, "for us alone");
	is_int(get_at(NOW, "missing:fn"), NOW - 5, "kept");
	is_int(get_at(NOW, "progress@bob"), NOW - 20, "kept");
	is_int(get_at(NOW, "gone"), 0, "dropped");
	state = autossl_state_open(dir, "whm.test:2087", "other", NOW, NULL);
	is_int(autossl_state_get(state, "missing:fn"), 0, "another user");
	autossl_state_free(state);
	state = autossl_state_open(dir, "whm.test:2083", "root", NOW, NULL);
	is_int(autossl_state_get(state, "missing:fn"), 0, "another server");
	autossl_state_free(state);
	state = autossl_state_open(NULL, "s", NULL, NOW, NULL);
	autossl_state_set(state, "x", NOW);
	is_int(autossl_state_get(state, "x"), NOW, "without a directory");
	is_int(keep(state), 0, "nothing is kept, and that is no error");
	unlink(path);
}

static void
test_keys(void)
{
	static const char *const bad[] = { "", "a b", "a\n", "a/b", "\xc3\xa4",
		"a\tb" };
	struct autossl_state *state = open_at(NOW);
	char key[202];
	size_t i;

	memset(key, 'k', sizeof(key));
	key[201] = '\0';
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		autossl_state_set(state, bad[i], NOW);
		is_int(autossl_state_get(state, bad[i]), 0, "key %zu", i);
	}
	autossl_state_set(state, key, NOW);
	is_int(autossl_state_get(state, key), 0, "201 octets");
	key[200] = '\0';
	autossl_state_set(state, key, NOW);
	is_int(autossl_state_get(state, key), NOW, "200 octets");
	autossl_state_set(state, "zero", 0);
	is_int(autossl_state_get(state, "zero"), 0, "no instant");
	autossl_state_free(state);
}

static void
test_ages(void)
{
	struct autossl_state *state = open_at(NOW);
	char path[512];

	autossl_state_set(state, "old", NOW - 20 * DAY);
	autossl_state_set(state, "new", NOW);
	keep(state);
	is_int(get_at(NOW + 10 * DAY, "old"), NOW - 20 * DAY, "30 days");
	is_int(get_at(NOW + 10 * DAY + 1, "old"), 0, "a second more");
	is_int(get_at(NOW - 1, "new"), 0, "from the future");
	is_int(get_at(NOW - 1, "old"), NOW - 20 * DAY, "not the other");
	is_int(keep(open_at(NOW + 11 * DAY)), 0, "what is dropped is gone");
	is_int(get_at(NOW, "old"), 0, "from the file, too");
	the_file(path, sizeof(path));
	unlink(path);
}

static void
test_many(void)
{
	struct autossl_state *state = open_at(NOW);
	char key[32], path[512];
	unsigned i, n = 0;

	for (i = 0; i < AUTOSSL_STATE_ENTRIES + 10; i++) {
		snprintf(key, sizeof(key), "k%u", i);
		autossl_state_set(state, key, NOW - 5000 + (int64_t)i);
	}
	keep(state);
	state = open_at(NOW);
	for (i = 0; i < AUTOSSL_STATE_ENTRIES + 10; i++) {
		snprintf(key, sizeof(key), "k%u", i);
		n += autossl_state_get(state, key) != 0;
	}
	is_uint(n, AUTOSSL_STATE_ENTRIES, "as many as there may be");
	is_int(autossl_state_get(state, "k9"), 0, "the oldest are gone");
	ok(autossl_state_get(state, "k10") != 0, "the next is there");
	autossl_state_free(state);
	the_file(path, sizeof(path));
	unlink(path);
}

static void
damage(const char *path, long offset, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || pwrite(fd, bytes, len, offset) != (ssize_t)len)
		bail("cannot damage %s", path);
	close(fd);
}

static void
test_garbage(void)
{
	struct autossl_state *state;
	char path[512], other[512];
	struct stat st;
	int fd;

	put_one("x");
	the_file(path, sizeof(path));
	stat(path, &st);
	damage(path, (long)st.st_size - 3, "9", 1);
	is_int(get_at(NOW, "x"), 0, "one octet changed");
	put_one("x");
	is_int(get_at(NOW, "x"), NOW - 60, "written anew");
	if (truncate(path, st.st_size - 1) != 0)
		bail("truncate");
	is_int(get_at(NOW, "x"), 0, "cut");
	if (truncate(path, 0) != 0)
		bail("truncate");
	is_int(get_at(NOW, "x"), 0, "empty");
	if (truncate(path, (off_t)1 << 33) != 0)
		diag("no sparse file of 8 GB here");
	is_int(get_at(NOW, "x"), 0, "8 GB");
	put_one("x");
	is_int(get_at(NOW, "x"), NOW - 60, "replaced");
	/* A symbolic link in its place is not followed. */
	snprintf(other, sizeof(other), "%s.target", dir);
	if (rename(path, other) != 0 || symlink(other, path) != 0)
		bail("symlink");
	is_int(get_at(NOW, "x"), 0, "a link is not read");
	put_one("y");
	ok(lstat(path, &st) == 0 && S_ISREG(st.st_mode), "nor written to");
	unlink(other);
	unlink(path);
	if (mkfifo(path, 0600) != 0)
		bail("mkfifo");
	is_int(get_at(NOW, "x"), 0, "a FIFO is not waited for");
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	close(fd);
	chmod(path, 0666);
	is_int(get_at(NOW, "x"), 0, "one that others may write");
	unlink(path);
	chmod(dir, 0777);
	state = open_at(NOW);
	autossl_state_set(state, "x", NOW);
	is_int(keep(state), -1, "a directory that others may write");
	is_int(get_at(NOW, "x"), 0, "is not used");
	chmod(dir, 0700);
}

static void
test_full(void)
{
	struct rlimit limit, saved;
	struct autossl_state *state;
	char path[512];
	int rc;

	put_one("x");
	state = open_at(NOW);
	autossl_state_set(state, "y", NOW);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &saved);
	limit = saved;
	limit.rlim_cur = 1030;
	setrlimit(RLIMIT_FSIZE, &limit);
	rc = keep(state);
	setrlimit(RLIMIT_FSIZE, &saved);
	is_int(rc, -1, "no room");
	is_int(get_at(NOW, "x"), NOW - 60, "what was there is still there");
	is_uint(the_file(path, sizeof(path)), 1, "and nothing else");
	unlink(path);
}

/* Several at once: the file is one of theirs, whole. */
static void
test_race(void)
{
	struct autossl_state *state;
	char path[512], key[32];
	unsigned writer, i, n = 0;
	int status;

	for (writer = 0; writer < 4; writer++) {
		if (fork() != 0)
			continue;
		for (i = 0; i < 50; i++) {
			snprintf(key, sizeof(key), "w%u.%u", writer, i);
			state = open_at(NOW);
			autossl_state_set(state, key, NOW);
			if (autossl_state_get(state, key) != NOW ||
			    autossl_state_save(state, NULL) != 0)
				_exit(1);
			autossl_state_free(state);
		}
		_exit(0);
	}
	for (writer = 0; writer < 4; writer++)
		n += wait(&status) > 0 && status == 0;
	is_uint(n, 4, "four writers at once");
	state = open_at(NOW);
	for (n = writer = 0; writer < 4; writer++) {
		snprintf(key, sizeof(key), "w%u.49", writer);
		n += autossl_state_get(state, key) == NOW;
	}
	ok(n >= 1, "the last is there");
	autossl_state_free(state);
	is_uint(the_file(path, sizeof(path)), 1, "no temporary file is left");
	unlink(path);
}

static void
test_memory(void)
{
	struct autossl_state *state;
	unsigned long n;
	char path[512];
	int64_t at = 0;

	put_one("x");
	for (n = 1; n < 60; n++) {
		mem_fail_at(n, 0);
		state = autossl_state_open(dir, "whm.test:2087", "root", NOW,
		    NULL);
		if (state != NULL) {
			autossl_state_set(state, "y", NOW);
			(void)autossl_state_save(state, NULL);
		}
		mem_fail_at(0, 0);
		autossl_state_free(state);
	}
	at = get_at(NOW, "y");
	is_int(at, NOW, "memory that runs out does no harm");
	the_file(path, sizeof(path));
	unlink(path);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		bail("no temporary directory");
	test_plain();
	test_keys();
	test_ages();
	test_many();
	test_garbage();
	test_full();
	test_race();
	test_memory();
	rmdir(dir);
	return tap_done();
}
