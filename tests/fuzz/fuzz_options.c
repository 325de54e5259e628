/* SPDX-License-Identifier: ISC */
/*
 * The command line: one octet for the plugin ('0' to '2'), then NUL- or
 * newline-separated arguments.  What is accepted is within its limits and
 * has no other meaning behind one more option; what is refused is one clean
 * line.
 */
#include "app/finish.h"
#include "tables.h"

#define ARGS_MAX 64

static int
split(char *text, size_t size, char **argv)
{
	static char name[] = "check_thing";
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

/* With an option in front that the others may override. */
static void
parse_more(struct arena *arena, const struct option_table *table,
    const struct option_args *args, int rc)
{
	static char more[] = "--timeout=7";
	struct options options;
	char *argv[ARGS_MAX + 2];

	argv[0] = args->argv[0];
	argv[1] = more;
	memcpy(argv + 2, args->argv + 1, sizeof(*argv) * (size_t)args->argc);
	must(parse_options(arena, table, &(struct option_args){ args->argc + 1,
	    argv }, &options) == rc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct option_table *table;
	struct option_args args;
	struct options options;
	struct err err = ERR_INIT;
	struct arena *arena;
	char *argv[ARGS_MAX + 1], *copy;
	int rc;

	if (size < 1 || size > 4096)
		return 0;
	table = table_of(data[0]);
	arena = arena_new();
	copy = malloc(size);
	must(arena != NULL && copy != NULL);
	memcpy(copy, data + 1, size - 1);
	args = (struct option_args){ split(copy, size - 1, argv), argv };
	rc = parse_options(arena, table, &args, &options);
	parse_more(arena, table, &args, rc);
	if (rc == 0 && options_finish(&options, arena, &err) != 0)
		check_usage(&err);
	free(copy);
	arena_free(arena);
	return 0;
}
