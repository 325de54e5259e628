/* SPDX-License-Identifier: ISC */
/*
 * The memory between runs is an entry of the cache (net/cache.h), which has
 * all that is wanted of such a file: its own directory, a digest, temporary
 * names, permissions.  Its text is a line "KEY INSTANT" for each entry.
 */
#include "probe/autossl_state.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/list.h"
#include "base/text.h"
#include "net/cache.h"

#define KEY_MAX 200
#define LINE_MAX_SIZE (KEY_MAX + 24)	/* blank, sign, 19 digits, LF */
#define FILE_SIZE_MAX ((size_t)AUTOSSL_STATE_ENTRIES * LINE_MAX_SIZE)

struct state_entry {
	char *key;
	int64_t at;
};

struct autossl_state {
	struct cache *cache;		/* NULL: none is kept */
	char *name;			/* key in the cache */
	int64_t now;
	struct state_entry *entries;
	size_t n, cap;
	bool changed;
};

/* ---- entries ---- */

static bool
state_key_ok(const char *key)
{
	size_t len = strlen(key);

	return len > 0 && len <= KEY_MAX && strspn(key,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "_.:@-") == len;
}

static struct state_entry *
state_find(const struct autossl_state *state, const char *key)
{
	size_t i;

	for (i = 0; i < state->n; i++)
		if (strcmp(state->entries[i].key, key) == 0)
			return &state->entries[i];
	return NULL;
}

static void
state_remove(struct autossl_state *state, struct state_entry *entry)
{
	mem_free(entry->key);
	*entry = state->entries[--state->n];
	state->changed = true;
}

/* The oldest one goes when there is no room. */
static void
state_make_room(struct autossl_state *state)
{
	struct state_entry *oldest = NULL;
	size_t i;

	if (state->n < AUTOSSL_STATE_ENTRIES)
		return;
	for (i = 0; i < state->n; i++)
		if (oldest == NULL || state->entries[i].at < oldest->at)
			oldest = &state->entries[i];
	if (oldest != NULL)
		state_remove(state, oldest);
}

/* Forgotten when memory runs out. */
static void
state_add(struct autossl_state *state, const char *key, int64_t at)
{
	struct state_entry *entry;
	char *copy = mem_strdup(key);

	if (copy == NULL)
		return;
	entry = list_push(&state->entries, &state->n, &state->cap,
	    sizeof(*entry), AUTOSSL_STATE_ENTRIES);
	if (entry == NULL) {
		mem_free(copy);
		return;
	}
	entry->key = copy;
	entry->at = at;
}

int64_t
autossl_state_get(const struct autossl_state *state, const char *key)
{
	const struct state_entry *entry = state_find(state, key);

	return entry == NULL ? 0 : entry->at;
}

void
autossl_state_set(struct autossl_state *state, const char *key, int64_t at)
{
	struct state_entry *entry = state_find(state, key);

	if (!state_key_ok(key) || at <= 0 || (entry != NULL &&
	    entry->at == at))
		return;
	state->changed = true;
	if (entry != NULL) {
		entry->at = at;
		return;
	}
	state_make_room(state);
	state_add(state, key, at);
}

void
autossl_state_drop(struct autossl_state *state, const char *key)
{
	struct state_entry *entry = state_find(state, key);

	if (entry != NULL)
		state_remove(state, entry);
}

/* ---- reading ---- */

/* What is too old or from the future is dropped, and so is a line that is
 * none. */
static void
state_read_line(struct autossl_state *state, char *line)
{
	char *blank = strchr(line, ' ');
	int64_t at;

	state->changed = true;		/* unless it is kept */
	if (blank == NULL)
		return;
	*blank = '\0';
	if (!state_key_ok(line) || text_i64(blank + 1, &at) != 0 || at <= 0 ||
	    at > state->now || state->now - at > AUTOSSL_STATE_AGE ||
	    state_find(state, line) != NULL)
		return;
	state->changed = false;
	state_add(state, line, at);
}

static void
state_parse(struct autossl_state *state, char *text)
{
	bool changed = false;
	char *line, *end;

	for (line = text; (end = strchr(line, '\n')) != NULL &&
	    state->n < AUTOSSL_STATE_ENTRIES; line = end + 1) {
		*end = '\0';
		state_read_line(state, line);
		changed = changed || state->changed;
	}
	state->changed = changed;
}

static void
state_load(struct autossl_state *state)
{
	struct cache_entry entry;
	size_t len = 0;
	long n = 1;
	char *text;

	if (cache_get(state->cache, state->name, &entry) != 1)
		return;
	text = entry.size > FILE_SIZE_MAX ? NULL :
	    mem_alloc((size_t)entry.size + 1);
	while (text != NULL && n > 0 && len < entry.size) {
		n = cache_read(&entry, text + len, (size_t)entry.size - len,
		    NULL);
		len += n > 0 ? (size_t)n : 0;
	}
	cache_close_entry(&entry);
	/* The allocation is zeroed: the text ends where reading did. */
	if (text != NULL)
		state_parse(state, text);
	mem_free(text);
}

/* ---- the file ---- */

/* Of a server and a user; a line each, so that no two share a name. */
static char *
state_name(const char *server, const char *user)
{
	struct buf name = BUF_INIT;
	char *out = NULL;

	buf_printf(&name, "autossl state\n%s\n%s", server, user);
	if (!buf_failed(&name))
		out = mem_strdup(buf_text(&name));
	buf_release(&name);
	return out;
}

struct autossl_state *
autossl_state_open(const char *dir, const char *server, const char *user,
    int64_t now, struct err *err)
{
	struct autossl_state *state = mem_alloc(sizeof(*state));

	if (state == NULL) {
		err_nomem(err);
		return NULL;
	}
	state->now = now;
	if (dir == NULL)
		return state;
	state->name = state_name(server, user == NULL ? "" : user);
	state->cache = state->name == NULL ? NULL :
	    cache_open(*dir == '\0' ? NULL : dir, err);
	if (state->cache == NULL) {
		autossl_state_free(state);
		err_nomem(err);
		return NULL;
	}
	state_load(state);
	return state;
}

static int
state_write(const struct autossl_state *state, struct buf *text,
    struct err *err)
{
	struct cache_meta meta = { .fetched_at = state->now,
		.expires_at = state->now };
	size_t i;

	for (i = 0; i < state->n; i++)
		buf_printf(text, "%s %" PRId64 "\n", state->entries[i].key,
		    state->entries[i].at);
	if (buf_failed(text))
		return err_nomem(err);
	return cache_put(state->cache, state->name, &meta, buf_bytes(text),
	    err);
}

int
autossl_state_save(struct autossl_state *state, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	if (!state->changed || state->cache == NULL)
		return 0;
	rc = state_write(state, &text, err);
	buf_release(&text);
	if (rc == 0)
		state->changed = false;
	return rc;
}

void
autossl_state_free(struct autossl_state *state)
{
	if (state == NULL)
		return;
	while (state->n > 0)
		mem_free(state->entries[--state->n].key);
	mem_free(state->entries);
	mem_free(state->name);
	cache_close(state->cache);
	mem_free(state);
}
