/* SPDX-License-Identifier: ISC */
/*
 * The command line: NUL- or newline-separated arguments.  An accepted line
 * keeps numbers within their limits; a refused one says why.
 */
#include <stdbool.h>
#include <string.h>

#include "app/options.h"
#include "fuzz.h"

#define ARGS_MAX 64

static const struct option_row *const groups[] = {
	options_target, options_cert_expiry, options_general, NULL
};
static const struct option_table table = {
	groups, "check_cert_expiry", "[TARGET...]"
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
split(char *text, size_t size, char **argv)
{
	static char name[] = "check_cert_expiry";
	bool start = true;
	size_t i;
	int argc = 0;

	argv[argc++] = name;
	for (i = 0; i < size; i++) {
		if (start && argc < ARGS_MAX)
			argv[argc++] = text + i;
		start = text[i] == '\n' || text[i] == '\0';
		if (start)
			text[i] = '\0';
	}
	text[size] = '\0';
	argv[argc] = NULL;
	return argc;
}

static void
judge(int result, const struct options *options, const struct err *err)
{
	if (result != 0 && (err->kind == ERR_NONE || *err->text == '\0'))
		abort();
	if (result == 0 && (options->concurrency < 1 ||
	    options->concurrency > 10000 || options->verbose > 3 ||
	    options->timeout.ms < 1))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options;
	struct err err = ERR_INIT;
	struct arena *arena;
	char *argv[ARGS_MAX + 1], *copy;
	int argc;

	if (size > 4096)
		return 0;
	arena = arena_new();
	copy = malloc(size + 1);
	must(arena != NULL && copy != NULL);
	memset(&options, 0, sizeof(options));
	memcpy(copy, data, size);
	argc = split(copy, size, argv);
	if (option_defaults(arena, &table, &options, &err) != 0)
		abort();
	judge(option_parse(arena, &table, &(struct option_args){ argc, argv },
	    &options, &err), &options, &err);
	free(copy);
	arena_free(arena);
	return 0;
}
