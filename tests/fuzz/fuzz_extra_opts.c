/* SPDX-License-Identifier: ISC */
/*
 * --extra-opts from a file to options: one octet for the plugin ('0' to
 * '2'), then the ini file.  What its section says is what the same words on
 * the command line say, those of the command line come last and win, and an
 * error repeats nothing of the file, where a secret may stand.
 */
#include "app/ini.h"
#include "scratch.h"
#include "tables.h"

#define ARGS_MAX 400
#define SECRET "zq9secret9qz"

/* The section's options as somebody would type them; -1: not so. */
static int
type_out(struct arena *arena, const char *section, struct bytes in,
    char **argv)
{
	struct ini_entry entry;
	struct err err = ERR_INIT;
	struct ini ini;
	int argc = 1;

	ini_init(&ini, in);
	while (ini_next(&ini, &entry, &err) == 1) {
		if (!bytes_eq(entry.section, bytes_str(section)) ||
		    entry.is_section)
			continue;
		if (argc + 4 > ARGS_MAX)
			return -1;
		if (entry.key.len > 1) {
			argv[argc++] = arena_printf(arena, "--%.*s=%.*s",
			    (int)entry.key.len, entry.key.data,
			    (int)entry.value.len, entry.value.data);
			continue;
		}
		argv[argc++] = arena_printf(arena, "-%c", *entry.key.data);
		argv[argc++] = arena_strndup(arena,
		    (const char *)entry.value.data, entry.value.len);
	}
	return err.kind == ERR_NONE ? argc : -1;
}

static void
compare(struct arena *arena, const struct option_table *table,
    struct bytes in, const struct option_args *args)
{
	static char name[] = "check_thing", last[] = "--timeout=7";
	struct options file, typed;
	char *argv[ARGS_MAX];
	int argc = type_out(arena, table->plugin, in, argv);
	int rc = parse_options(arena, table, args, &file);

	must(rc != 0 || file.timeout.ms == 7000);
	must(strcmp(args->argv[args->argc - 1], last) == 0);
	if (argc < 0)
		return;
	argv[0] = name;
	argv[argc++] = last;
	argv[argc] = NULL;
	must(argc == args->argc);
	must(parse_options(arena, table, &(struct option_args){ argc, argv },
	    &typed) == rc);
	must(file.concurrency == typed.concurrency &&
	    file.verbose == typed.verbose && file.output == typed.output &&
	    file.hostname.n == typed.hostname.n &&
	    file.positional.n == typed.positional.n);
}

static void
expand(struct arena *arena, const struct option_table *table,
    struct bytes in)
{
	static char name[] = "check_thing", last[] = "--timeout=7";
	char extra[SCRATCH_PATH + 16], **argv;
	struct err err = ERR_INIT;
	int argc = 3;

	snprintf(extra, sizeof(extra), "--extra-opts=@%s",
	    scratch_write(in));
	argv = extra_opts_expand(arena, table->plugin, &argc,
	    (char *[]){ name, extra, last, NULL }, &err);
	if (argv != NULL) {
		must(argv[argc] == NULL && argc >= 2);
		compare(arena, table, in, &(struct option_args){ argc,
		    argv });
		return;
	}
	check_usage(&err);
	must(strstr(err.text, SECRET) == NULL);
}

/* The same file with a secret in the middle of it. */
static void
expand_secret(struct arena *arena, const struct option_table *table,
    struct bytes in)
{
	static char name[] = "check_thing";
	char extra[SCRATCH_PATH + 16];
	struct err err = ERR_INIT;
	struct buf more = BUF_INIT;
	int argc = 2;

	buf_add(&more, in.data, in.len / 2);
	buf_str(&more, SECRET);
	buf_add(&more, in.data + in.len / 2, in.len - in.len / 2);
	must(!buf_failed(&more));
	snprintf(extra, sizeof(extra), "--extra-opts=@%s",
	    scratch_write(buf_bytes(&more)));
	if (extra_opts_expand(arena, table->plugin, &argc,
	    (char *[]){ name, extra, NULL }, &err) == NULL)
		must(strstr(err.text, SECRET) == NULL);
	buf_release(&more);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct option_table *table;
	struct arena *arena;
	struct bytes in;

	if (size < 1 || size > 8192)
		return 0;
	table = table_of(data[0]);
	in = bytes_of(data + 1, size - 1);
	arena = arena_new();
	must(arena != NULL);
	expand(arena, table, in);
	expand_secret(arena, table, in);
	arena_free(arena);
	return 0;
}
