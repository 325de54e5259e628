/* SPDX-License-Identifier: ISC */
/*
 * Files of the cache that somebody else wrote: as they are, with a digest
 * that fits their head, and, as the text of a memory between runs
 * (probe/autossl_state.h), behind a head that is whole.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/text.h"
#include "net/cache.h"
#include "probe/autossl_state.h"
#include "fuzz.h"

#define HEAD_SIZE 1024
#define DIGEST_HEX 64
#define KEY "key"
#define NOW INT64_C(1796083200)
#define BODY_MAX 65536

static char folder[] = "/tmp/fuzz_cache.XXXXXX";
static char path[sizeof(folder) + 1 + DIGEST_HEX];

static void
hex_digest(struct bytes in, char out[DIGEST_HEX + 1])
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned i;

	must(EVP_Digest(in.data, in.len, md, NULL, EVP_sha256(), NULL) == 1);
	for (i = 0; i < DIGEST_HEX / 2; i++)
		snprintf(out + (size_t)2 * i, 3, "%02x", md[i]);
}

/* All files of a cache have names of this form. */
static void
tidy(void)
{
	unlink(path);
	rmdir(folder);
}

static void
prepare(void)
{
	char name[DIGEST_HEX + 1];

	must(mkdtemp(folder) != NULL);
	hex_digest(bytes_str(KEY), name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	atexit(tidy);
}

static void
write_file(struct bytes head, struct bytes body)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, head.data, head.len) == (ssize_t)head.len);
	must(body.len == 0 ||
	    write(fd, body.data, body.len) == (ssize_t)body.len);
	close(fd);
}

static void
check_entry(struct cache_entry *entry)
{
	struct err err = ERR_INIT;
	uint8_t part[4096];
	uint64_t got = 0;
	long n;

	must(memchr(entry->meta.etag, 0, sizeof(entry->meta.etag)) != NULL);
	must(memchr(entry->meta.last_modified, 0,
	    sizeof(entry->meta.last_modified)) != NULL);
	while ((n = cache_read(entry, part, sizeof(part), &err)) > 0)
		got += (uint64_t)n;
	must(n == 0 && got == entry->size);
	cache_close_entry(entry);
}

static void
read_entry(struct cache *cache)
{
	struct cache_meta meta = { .fetched_at = NOW, .expires_at = NOW };
	struct cache_entry entry;
	struct err err = ERR_INIT;

	if (cache_get(cache, KEY, &entry) != 1)
		return;
	check_entry(&entry);
	/* What was good is good with other times. */
	must(cache_touch(cache, KEY, &meta, &err) == 0);
	must(cache_get(cache, KEY, &entry) == 1);
	must(entry.meta.fetched_at == NOW);
	check_entry(&entry);
}

/* The input as a head, padded and with its digest, and a body behind it. */
static void
read_signed(struct cache *cache, struct bytes in)
{
	char head[HEAD_SIZE], digest[DIGEST_HEX + 1];
	size_t len = HEAD_SIZE - DIGEST_HEX;

	memset(head, '\n', sizeof(head));
	if (in.len < len)
		len = in.len;
	if (len > 0)
		memcpy(head, in.data, len);
	hex_digest(bytes_of(head, HEAD_SIZE - DIGEST_HEX), digest);
	memcpy(head + HEAD_SIZE - DIGEST_HEX, digest, DIGEST_HEX);
	write_file(bytes_of(head, HEAD_SIZE),
	    bytes_of(in.data + len, in.len - len));
	read_entry(cache);
}

static void
check_state(struct autossl_state *state)
{
	struct err err = ERR_INIT;
	int64_t at = autossl_state_get(state, "job:bob:www.example.com");

	must(at == 0 || (at > 0 && at <= NOW && NOW - at <=
	    AUTOSSL_STATE_AGE));
	autossl_state_set(state, "seen", NOW);
	must(autossl_state_get(state, "seen") == NOW);
	must(autossl_state_save(state, &err) == 0);
	autossl_state_free(state);
}

/* Its file is the cache's only one: put there under its name. */
static void
read_state(struct cache *cache, struct bytes in)
{
	static const char name[] = "autossl state\nserver\nbob";
	struct cache_meta meta = { .fetched_at = NOW, .expires_at = NOW };
	struct autossl_state *state;
	struct err err = ERR_INIT;
	char digest[DIGEST_HEX + 1], file[sizeof(path)];

	must(cache_put(cache, name, &meta, in, &err) == 0);
	state = autossl_state_open(folder, "server", "bob", NOW, &err);
	must(state != NULL);
	check_state(state);
	state = autossl_state_open(folder, "server", "bob", NOW, &err);
	must(state != NULL && autossl_state_get(state, "seen") == NOW);
	autossl_state_free(state);
	hex_digest(bytes_str(name), digest);
	snprintf(file, sizeof(file), "%s/%s", folder, digest);
	must(unlink(file) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool ready;
	struct bytes in = bytes_of(data, len);
	struct err err = ERR_INIT;
	struct cache *cache;

	if (!ready)
		prepare();
	ready = true;
	if (len > BODY_MAX)
		return 0;
	cache = cache_open(folder, &err);
	must(cache != NULL && cache_usable(cache));
	write_file(in, bytes_of(NULL, 0));
	read_entry(cache);
	read_signed(cache, in);
	read_state(cache, in);
	cache_close(cache);
	return 0;
}
