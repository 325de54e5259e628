/* SPDX-License-Identifier: ISC */
/*
 * The cache directory.  A file is a head of HEAD_SIZE octets, text padded
 * with newlines, and the body.  The head is written last, so that bodies can
 * come in parts, and ends in a digest of itself: a half-written one is none.
 * Times are refreshed in place.  Waiting for the disk takes milliseconds: a
 * body that was written in one go has its digest in the head instead.
 */
#include "net/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#define DIRECTORY "monitoring-plugins-cert"
#define HEAD_SIZE 1024
#define HEAD_MAGIC "monitoring-plugins-cert cache 1"
#define DIGEST_HEX 64
#define NAME_SIZE (DIGEST_HEX + 1)
#define BODY_MAX (1 << 20)		/* hashed, not synced */
#define TEMP_PREFIX ".new-"
#define TEMP_TRIES 100
#define TEMP_AGE 3600			/* an hour: its writer is gone */
#define ENTRY_AGE (400 * 86400LL)	/* not used any more */

struct cache {
	int fd;			/* of the directory; -1: not usable */
	bool swept;
	unsigned serial;		/* of temporary names */
	struct err why;
};

struct cache_writer {
	struct cache *cache;
	int fd;
	uint64_t size;
	char name[NAME_SIZE], temp[64];
	char digest[NAME_SIZE];		/* of the body, or "": synced */
};

/* ---- the directory ---- */

/* Makes the directory and those above it as far as they are missing. */
static void
cache_make(const char *path)
{
	char *copy = mem_strdup(path), *slash;

	if (copy == NULL)
		return;
	for (slash = strchr(copy + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(copy, 0700);
		*slash = '/';
	}
	(void)mkdir(copy, 0700);
	mem_free(copy);
}

/* Ours, and nobody else may write there. */
static int
cache_trusted(const struct stat *st, struct err *err)
{
	if (st->st_uid != geteuid())
		return err_set(err, ERR_IO, "belongs to another user");
	if ((st->st_mode & 022) != 0)
		return err_set(err, ERR_IO, "others may write to it");
	return 0;
}

static int
cache_try(struct cache *cache, const char *path)
{
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		cache_make(path);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0)
		return err_sys(&cache->why, ERR_IO, errno, "%s", path);
	if (fstat(fd, &st) != 0)
		err_sys(&cache->why, ERR_IO, errno, "%s", path);
	else if (cache_trusted(&st, &cache->why) != 0)
		err_wrap(&cache->why, "%s", path);
	else
		cache->fd = fd;
	if (cache->fd < 0)
		close(fd);
	return cache->fd < 0 ? -1 : 0;
}

/* An absolute path in the environment, and what comes behind it. */
static int
cache_try_under(struct cache *cache, const char *base, const char *rest)
{
	struct buf path = BUF_INIT;
	int result = -1;

	if (base == NULL || base[0] != '/')
		return -1;
	buf_printf(&path, "%s/%s", base, rest);
	if (!buf_failed(&path))
		result = cache_try(cache, buf_text(&path));
	buf_release(&path);
	return result;
}

struct cache *
cache_open(const char *directory, struct err *err)
{
	struct cache *cache = mem_alloc(sizeof(*cache));

	if (cache == NULL) {
		err_nomem(err);
		return NULL;
	}
	cache->fd = -1;
	if (directory != NULL) {
		(void)cache_try(cache, directory);
		return cache;
	}
	if (cache_try_under(cache, secure_getenv("XDG_CACHE_HOME"),
	    DIRECTORY) != 0 && cache_try_under(cache, secure_getenv("HOME"),
	    ".cache/" DIRECTORY) != 0)
		(void)cache_try_under(cache, "/var/cache", DIRECTORY);
	return cache;
}

void
cache_close(struct cache *cache)
{
	if (cache == NULL)
		return;
	if (cache->fd >= 0)
		close(cache->fd);
	mem_free(cache);
}

bool
cache_usable(const struct cache *cache)
{
	return cache->fd >= 0;
}

int
cache_descriptor(const struct cache *cache)
{
	return cache->fd;
}

const char *
cache_why(const struct cache *cache)
{
	return cache->fd >= 0 ? "" : cache->why.text;
}

/* ---- heads ---- */

/* SHA-256 in hexadecimal; "" when libcrypto cannot. */
static void
cache_digest(struct bytes in, char out[NAME_SIZE])
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0, i;

	out[0] = '\0';
	if (EVP_Digest(in.data, in.len, digest, &len, EVP_sha256(), NULL) != 1)
		return;
	for (i = 0; i < len && i < DIGEST_HEX / 2; i++)
		snprintf(out + (size_t)2 * i, 3, "%02x", digest[i]);
}

/* A line of the head must stay one. */
static const char *
head_word(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size && text[i] != '\0'; i++)
		if ((unsigned char)text[i] < ' ')
			return "";
	return i < size ? text : "";
}

/* What a head says beside the meta data. */
struct head {
	const char *name;
	uint64_t size;
	char digest[NAME_SIZE];		/* of the body, or "" */
};

static void
head_format(char out[HEAD_SIZE], const struct head *head,
    const struct cache_meta *meta)
{
	char digest[NAME_SIZE];
	int len;

	memset(out, '\n', HEAD_SIZE);
	len = snprintf(out, HEAD_SIZE, HEAD_MAGIC "\n%s\nsize %" PRIu64
	    "\nbody %s\nfetched %" PRId64 "\nexpires %" PRId64
	    "\nnumber %" PRId64 "\netag %s\nmodified %s\n", head->name,
	    head->size, head->digest,
	    meta->fetched_at, meta->expires_at, meta->number_seen,
	    head_word(meta->etag, sizeof(meta->etag)),
	    head_word(meta->last_modified, sizeof(meta->last_modified)));
	out[len] = '\n';
	cache_digest(bytes_of(out, HEAD_SIZE - DIGEST_HEX), digest);
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): no string */
	memcpy(out + HEAD_SIZE - DIGEST_HEX, digest, strlen(digest));
}

/* The rest of the next line if it begins with that word, NUL-terminated in
 * place; else NULL. */
static char *
head_line(char **at, const char *word)
{
	char *line = *at, *end = strchr(line, '\n');

	if (end == NULL || !text_starts(line, word))
		return NULL;
	*end = '\0';
	*at = end + 1;
	return line + strlen(word);
}

static bool
head_number(char **at, const char *word, int64_t *out)
{
	const char *value = head_line(at, word);

	return value != NULL && text_i64(value, out) == 0;
}

static bool
head_text(char **at, const char *word, char *out, size_t size)
{
	const char *value = head_line(at, word);

	if (value == NULL || strlen(value) >= size)
		return false;
	memcpy(out, value, strlen(value) + 1);
	return true;
}

static bool
head_parse(char in[HEAD_SIZE + 1], struct head *head,
    struct cache_entry *out)
{
	struct cache_meta *meta = &out->meta;
	char digest[NAME_SIZE], *at = in;
	const char *line;
	int64_t size;

	in[HEAD_SIZE] = '\0';
	cache_digest(bytes_of(in, HEAD_SIZE - DIGEST_HEX), digest);
	if (strcmp(digest, in + HEAD_SIZE - DIGEST_HEX) != 0)
		return false;
	line = head_line(&at, HEAD_MAGIC);
	if (line == NULL || *line != '\0')
		return false;
	line = head_line(&at, head->name);
	if (line == NULL || *line != '\0' ||
	    !head_number(&at, "size ", &size) || size < 0 ||
	    !head_text(&at, "body ", head->digest, sizeof(head->digest)) ||
	    !head_number(&at, "fetched ", &meta->fetched_at) ||
	    !head_number(&at, "expires ", &meta->expires_at) ||
	    !head_number(&at, "number ", &meta->number_seen) ||
	    !head_text(&at, "etag ", meta->etag, sizeof(meta->etag)) ||
	    !head_text(&at, "modified ", meta->last_modified,
	    sizeof(meta->last_modified)))
		return false;
	out->size = head->size = (uint64_t)size;
	return true;
}

/* ---- reading ---- */

/* How many octets; fewer only at the end or on an error (errno). */
static size_t
cache_read_full(int fd, char *data, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size) {
		got = read(fd, data + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return n;
}

/* Only bodies that were in memory have a digest. */
static bool
cache_body_ok(const struct head *head, int fd)
{
	char digest[NAME_SIZE], *body;
	bool same;

	if (head->digest[0] == '\0')
		return true;
	if (head->size > BODY_MAX || (body = mem_alloc((size_t)head->size +
	    1)) == NULL)
		return false;
	same = cache_read_full(fd, body, (size_t)head->size) == head->size;
	cache_digest(bytes_of(body, (size_t)head->size), digest);
	mem_free(body);
	return same && strcmp(digest, head->digest) == 0 &&
	    lseek(fd, HEAD_SIZE, SEEK_SET) == HEAD_SIZE;
}

static int
cache_get_named(const struct cache *cache, struct head *head, int flags,
    struct cache_entry *out)
{
	const char *name = head->name;
	char text[HEAD_SIZE + 1];
	struct stat st;

	memset(out, 0, sizeof(*out));
	out->fd = cache->fd < 0 || *name == '\0' ? -1 : openat(cache->fd, name,
	    flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (out->fd < 0)
		return 0;
	if (fstat(out->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    cache_trusted(&st, NULL) == 0 &&
	    cache_read_full(out->fd, text, HEAD_SIZE) == HEAD_SIZE &&
	    head_parse(text, head, out) &&
	    (uint64_t)st.st_size - HEAD_SIZE == out->size &&
	    cache_body_ok(head, out->fd))
		return 1;
	cache_close_entry(out);
	return 0;
}

int
cache_get(struct cache *cache, const char *key, struct cache_entry *out)
{
	char name[NAME_SIZE];
	struct head head = { .name = name };

	cache_digest(bytes_str(key), name);
	return cache_get_named(cache, &head, O_RDONLY, out);
}

void
cache_close_entry(struct cache_entry *entry)
{
	if (entry->fd >= 0)
		close(entry->fd);
	entry->fd = -1;
}

long
cache_read(struct cache_entry *entry, void *data, size_t size,
    struct err *err)
{
	ssize_t n;

	do
		n = read(entry->fd, data, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, ERR_IO, errno, "cache");
	return n;
}

/* ---- writing ---- */

static int
cache_write_full(int fd, struct bytes data, struct err *err)
{
	ssize_t n;

	while (data.len > 0) {
		n = write(fd, data.data, data.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, ERR_IO, n < 0 ? errno : ENOSPC,
			    "cache");
		data.data += n;
		data.len -= (size_t)n;
	}
	return 0;
}

static bool
cache_is_entry(const char *name)
{
	return strlen(name) == DIGEST_HEX &&
	    strspn(name, "0123456789abcdef") == DIGEST_HEX;
}

/* Takes out what writers left that were killed, and what nobody asked for in
 * a year; now is by the clock of the file system. */
static void
cache_sweep(struct cache *cache, int64_t now)
{
	int fd = openat(cache->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *item;
	struct stat st;
	int64_t age;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((item = readdir(dir)) != NULL) {
		if (!text_starts(item->d_name, TEMP_PREFIX) &&
		    !cache_is_entry(item->d_name))
			continue;
		if (fstatat(cache->fd, item->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
			continue;
		age = now - (int64_t)st.st_mtime;
		if (age > (item->d_name[0] == '.' ? TEMP_AGE : ENTRY_AGE))
			(void)unlinkat(cache->fd, item->d_name, 0);
	}
	closedir(dir);
}

/* A new file under a name that nobody else has. */
static int
cache_open_temp(struct cache_writer *writer)
{
	struct cache *cache = writer->cache;
	unsigned i;

	for (i = 0; i < TEMP_TRIES; i++) {
		snprintf(writer->temp, sizeof(writer->temp),
		    TEMP_PREFIX "%ld-%" PRId64 "-%u", (long)getpid(),
		    clock_mono_ms(), cache->serial++);
		writer->fd = openat(cache->fd, writer->temp, O_RDWR | O_CREAT |
		    O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (writer->fd >= 0 || errno != EEXIST)
			break;
	}
	return writer->fd < 0 ? -1 : 0;
}

struct cache_writer *
cache_begin(struct cache *cache, const char *key, struct err *err)
{
	static const char empty[HEAD_SIZE];
	struct cache_writer *writer;
	struct stat st;

	if (cache->fd < 0) {
		err_set(err, ERR_IO, "no cache: %s", cache->why.text);
		return NULL;
	}
	writer = mem_alloc(sizeof(*writer));
	if (writer == NULL) {
		err_nomem(err);
		return NULL;
	}
	writer->cache = cache;
	cache_digest(bytes_str(key), writer->name);
	if (writer->name[0] == '\0' || cache_open_temp(writer) != 0) {
		err_sys(err, ERR_IO, errno, "cache");
		mem_free(writer);
		return NULL;
	}
	if (!cache->swept && fstat(writer->fd, &st) == 0)
		cache_sweep(cache, (int64_t)st.st_mtime);
	cache->swept = true;
	if (cache_write_full(writer->fd, bytes_of(empty, HEAD_SIZE),
	    err) != 0) {
		cache_abort(writer);
		return NULL;
	}
	return writer;
}

int
cache_write(struct cache_writer *writer, struct bytes part, struct err *err)
{
	writer->size += part.len;
	return cache_write_full(writer->fd, part, err);
}

void
cache_abort(struct cache_writer *writer)
{
	if (writer == NULL)
		return;
	close(writer->fd);
	(void)unlinkat(writer->cache->fd, writer->temp, 0);
	mem_free(writer);
}

int
cache_commit(struct cache_writer *writer, const struct cache_meta *meta,
    struct err *err)
{
	struct head head = { .name = writer->name, .size = writer->size };
	char text[HEAD_SIZE];
	int dir = writer->cache->fd;

	memcpy(head.digest, writer->digest, sizeof(head.digest));
	head_format(text, &head, meta);
	if (pwrite(writer->fd, text, HEAD_SIZE, 0) != HEAD_SIZE ||
	    (head.digest[0] == '\0' && fsync(writer->fd) != 0) ||
	    renameat(dir, writer->temp, dir, writer->name) != 0) {
		err_sys(err, ERR_IO, errno, "cache");
		cache_abort(writer);
		return -1;
	}
	close(writer->fd);
	mem_free(writer);
	return 0;
}

int
cache_put(struct cache *cache, const char *key, const struct cache_meta *meta,
    struct bytes body, struct err *err)
{
	struct cache_writer *writer = cache_begin(cache, key, err);

	if (writer == NULL)
		return -1;
	if (cache_write(writer, body, err) != 0) {
		cache_abort(writer);
		return -1;
	}
	if (body.len <= BODY_MAX)
		cache_digest(body, writer->digest);
	return cache_commit(writer, meta, err);
}

int
cache_touch(struct cache *cache, const char *key,
    const struct cache_meta *meta, struct err *err)
{
	char name[NAME_SIZE], text[HEAD_SIZE];
	struct head head = { .name = name };
	struct cache_entry entry;
	int result = 0;

	cache_digest(bytes_str(key), name);
	if (cache_get_named(cache, &head, O_RDWR, &entry) != 1)
		return err_set(err, ERR_IO, "cache: no such entry");
	head_format(text, &head, meta);
	if (pwrite(entry.fd, text, HEAD_SIZE, 0) != HEAD_SIZE)
		result = err_sys(err, ERR_IO, errno, "cache");
	cache_close_entry(&entry);
	return result;
}
