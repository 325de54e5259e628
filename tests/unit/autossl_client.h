/* SPDX-License-Identifier: ISC */
/* A run of the client that asks cPanel's APIs, for its tests. */
#ifndef TESTS_UNIT_AUTOSSL_CLIENT_H
#define TESTS_UNIT_AUTOSSL_CLIENT_H

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "probe/autossl_call.h"
#include "tap.h"

#define TOKEN "S3CR3TTOKENS3CR3T"
#define GOOD_WHM "{\"metadata\":{\"result\":1,\"reason\":\"OK\"," \
    "\"version\":1,\"command\":\"x\"},\"data\":{\"n\":7}}"
#define GOOD_UAPI "{\"status\":1,\"errors\":null,\"data\":{\"n\":8}}"

struct seen {
	unsigned done;
	enum err_kind kind;
	char text[ERR_TEXT_SIZE];
	int64_t n;			/* member of data; 0: none */
};

static inline void
on_answer(void *ctx, const struct autossl_answer *answer)
{
	struct seen *seen = ctx;

	seen->done++;
	seen->kind = answer->error.kind;
	memcpy(seen->text, answer->error.text, sizeof(seen->text));
	seen->n = 0;
	(void)json_whole_of(answer->data, "n", &seen->n);
	if (strstr(seen->text, TOKEN) != NULL)
		fail("the token is in a text: %s", seen->text);
}

static struct options options;
static struct err error;
static volatile int cancel;

struct run {
	struct loop *loop;
	struct arena *arena;
	struct autossl_client *client;
	int64_t deadline_ms;
};

/* client NULL: `error` says why. */
static inline struct run
run_begin(enum autossl_way way, int64_t ms)
{
	struct run run = { .loop = loop_new(NULL), .arena = arena_new(),
		.deadline_ms = clock_mono_ms() + ms };
	struct autossl_client_options how = { .options = &options,
		.way = way, .loop = run.loop, .arena = run.arena,
		.deadline_ms = run.deadline_ms };

	error = (struct err)ERR_INIT;
	if (run.loop != NULL && run.arena != NULL)
		run.client = autossl_client_new(&how, &error);
	else
		err_nomem(&error);
	return run;
}

static inline void
run_loop(const struct run *run)
{
	loop_run(run->loop, run->deadline_ms, &cancel, NULL);
}

static inline void
run_end(struct run *run)
{
	autossl_client_free(run->client);
	loop_free(run->loop);
	arena_free(run->arena);
}

/* One run with one call. */
static inline struct seen
ask(enum autossl_way way, const struct autossl_call *call)
{
	struct run run = run_begin(way, 20000);
	struct seen seen = { .done = 0 };

	if (run.client == NULL || autossl_client_call(run.client, call,
	    on_answer, &seen, &error) != 0) {
		seen.kind = error.kind;
		memcpy(seen.text, error.text, sizeof(seen.text));
	} else
		run_loop(&run);
	run_end(&run);
	return seen;
}

static inline unsigned
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	if (dir == NULL)
		bail("no /proc");
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static inline void
put_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0 ||
	    chmod(path, mode) != 0)
		bail("cannot write %s", path);
}

#endif
