/* SPDX-License-Identifier: ISC */
/* The targets of a run. */
#include "probe/sources.h"

#include <string.h>

#include "base/alloc.h"
#include "base/list.h"
#include "probe/file.h"
#include "probe/files.h"

#define TARGETS_BYTES_MAX (64U << 20)

struct reader {
	struct sources *sources;
	const struct options *options;
	struct report *report;
	struct target_defaults defaults;
};

static int
add(struct sources *sources, const struct target *target, struct err *err)
{
	struct target *slot = list_push(&sources->targets, &sources->n,
	    &sources->cap, sizeof(*slot), SOURCES_MAX);

	if (slot == NULL)
		return sources->n >= SOURCES_MAX ?
		    err_set(err, ERR_LIMIT, "more than %d targets",
		    SOURCES_MAX) : err_nomem(err);
	*slot = *target;
	return 0;
}

/* Something that cannot be checked, as a result of its own. */
static int
add_problem(struct reader *r, const char *name, enum finding_id id,
    const char *text, struct err *err)
{
	struct result *result = report_add(r->report, name, "usage");

	if (result == NULL)
		return err_nomem(err);
	result->error = result_clean(result, bytes_str(text), 0);
	result_bad(result, id, "", "%s", text);
	report_close(r->report, result);
	return 0;
}

static int
add_file(struct reader *r, const struct file_item *file,
    const struct target *model, struct err *err)
{
	struct target target = { .kind = TARGET_FILE };

	if (model != NULL)
		target = *model;
	target.text = target.path = file->path;
	target.from_directory = file->from_directory;
	return add(r->sources, &target, err);
}

static int
add_files(struct reader *r, const char *argument, const struct target *model,
    struct err *err)
{
	struct file_list list = { NULL, 0, 0 };
	struct err problem = ERR_INIT;
	size_t i;
	int rc = 0;

	if (files_expand(r->sources->arena, argument, &list, &problem) != 0)
		rc = add_problem(r, argument, FINDING_FILE_READ,
		    problem.text, err);
	else if (list.n == 0)
		rc = add_problem(r, argument, FINDING_FILE_EMPTY,
		    "no file there", err);
	if (list.n != 1 || strcmp(list.items[0].path, argument) != 0)
		r->report->many = true;
	for (i = 0; rc == 0 && i < list.n; i++)
		rc = add_file(r, &list.items[i], model, err);
	files_release(&list);
	return rc;
}

static int
add_parsed(struct reader *r, const struct target *target, struct err *err)
{
	if (target->kind == TARGET_NETWORK)
		r->report->many = true;
	if (target->kind == TARGET_FILE)
		return add_files(r, target->path, target, err);
	return add(r->sources, target, err);
}

static int
parse_line(struct reader *r, char *line, size_t len, struct target *out,
    struct err *err)
{
	if (strlen(line) != len)
		return err_set(err, ERR_USAGE, "holds a NUL byte");
	return target_parse_line(r->sources->arena, line, &r->defaults, out,
	    err);
}

struct line {
	const char *file;
	size_t number, len;
	char *text;
};

static int
read_line(struct reader *r, const struct line *line, struct err *err)
{
	struct target target;
	struct err problem = ERR_INIT;
	char *name;
	int rc;

	rc = parse_line(r, line->text, line->len, &target, &problem);
	if (rc == 1)
		return 0;
	if (rc == 0)
		return add_parsed(r, &target, err);
	if (problem.kind == ERR_NOMEM)
		return err_nomem(err);
	name = arena_printf(r->sources->arena, "%s line %zu", line->file,
	    line->number);
	if (name == NULL)
		return err_nomem(err);
	return add_problem(r, name, FINDING_USAGE, problem.text, err);
}

static int
read_targets(struct reader *r, const char *path, struct err *err)
{
	struct bytes text;
	struct line line = { .file = path };
	char *end, *stop;

	if (file_read(r->sources->arena, path, TARGETS_BYTES_MAX, &text,
	    err) != 0)
		return err_wrap(err, "--targets");
	if (strcmp(path, "-") == 0)
		line.file = "standard input";
	line.text = arena_strndup(r->sources->arena, (const char *)text.data,
	    text.len);
	if (line.text == NULL)
		return err_nomem(err);
	for (stop = line.text + text.len; line.text < stop;
	    line.text = end + 1) {
		line.number++;
		end = memchr(line.text, '\n', (size_t)(stop - line.text));
		if (end == NULL)
			end = stop;
		*end = '\0';
		line.len = (size_t)(end - line.text);
		if (read_line(r, &line, err) != 0)
			return -1;
	}
	return 0;
}

static int
read_arguments(struct reader *r, const struct strings *list,
    int (*parse)(struct arena *, const char *,
    const struct target_defaults *, struct target *, struct err *),
    struct err *err)
{
	struct target target;
	size_t i;

	for (i = 0; i < list->n; i++)
		if (parse(r->sources->arena, list->items[i], &r->defaults,
		    &target, err) != 0 || add_parsed(r, &target, err) != 0)
			return -1;
	return 0;
}

int
sources_read(struct sources *sources, struct arena *arena,
    const struct options *options, struct report *report, struct err *err)
{
	struct reader r = { sources, options, report, { options->port,
	    options->starttls, options->address, options->sni } };
	size_t i;

	memset(sources, 0, sizeof(*sources));
	sources->arena = arena;
	/* A set that happens to have one member is still shown as a set. */
	report->many = options->all_addresses || options->targets.n > 0;
	if (read_arguments(&r, &options->hostname, target_parse_host,
	    err) != 0 || read_arguments(&r, &options->positional,
	    target_parse, err) != 0)
		return -1;
	for (i = 0; i < options->file.n; i++)
		if (add_files(&r, options->file.items[i], NULL, err) != 0)
			return -1;
	for (i = 0; i < options->targets.n; i++)
		if (read_targets(&r, options->targets.items[i], err) != 0)
			return -1;
	if (sources->n == 0 && report->n_results == 0)
		return err_set(err, ERR_USAGE, options->targets.n > 0 ?
		    "--targets names no target" : "no target: give -H HOST, "
		    "--file, --targets or TARGET (--help shows more)");
	return 0;
}

void
sources_release(struct sources *sources)
{
	mem_free(sources->targets);
	sources->targets = NULL;
	sources->n = sources->cap = 0;
}

int
sources_next(struct sources *sources, struct target *out, struct err *err)
{
	const struct target *target;

	while (sources->next < sources->n) {
		target = &sources->targets[sources->next];
		if (target->kind != TARGET_NETWORK) {
			*out = *target;
			sources->next++;
			return 1;
		}
		if (sources->next_in_network < target_network_size(target))
			return target_network_at(sources->arena, target,
			    sources->next_in_network++, out, err) == 0 ?
			    1 : -1;
		sources->next++;
		sources->next_in_network = 0;
	}
	return 0;
}
