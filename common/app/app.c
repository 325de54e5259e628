/* SPDX-License-Identifier: ISC */
/*
 * The one entrance and the one exit: whatever happens, something is printed
 * and the exit code is 0 to 3.
 */
#include "app/app.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/confine.h"
#include "app/finish.h"
#include "app/options.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "config.h"
#include "net/cache.h"
#include "pki/ossl.h"
#include "render/render.h"

#define OUTPUT_LIMIT (512U << 20)
#define EXIT_NEEDS 65536		/* more than destructors take */

struct process {
	const struct app *app;
	struct arena *arena;
	struct options options;
	struct report *report;
	struct buf out;
	int64_t start_ms;
};

/* Whoever shares the pipe or the terminal may have made it one that does not
 * wait. */
static void
wait_for_reader(void)
{
	struct pollfd out = { STDOUT_FILENO, POLLOUT, 0 };

	(void)poll(&out, 1, -1);
}

static int
write_all(const char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(STDOUT_FILENO, data, len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
			if (errno == EAGAIN)
				wait_for_reader();
			continue;
		}
		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A socket must never become standard output because it was closed. */
static void
hold_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static bool
is_terminal(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

static unsigned
terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

static enum output_format
resolve_format(const struct options *options)
{
	if (options->output != OUTPUT_AUTO)
		return (enum output_format)options->output;
	return is_terminal() ? OUTPUT_TEXT : OUTPUT_NAGIOS;
}

static void
render_report(struct process *process)
{
	const struct options *options = &process->options;
	const char *no_colour = getenv("NO_COLOR");
	unsigned long failures = mem_failures();
	struct render_options how = {
		.verbose = (int)options->verbose,
		.perfdata = (enum perfdata_mode)options->perfdata,
		.json = (enum json_detail)options->json,
		.width = is_terminal() ? terminal_width() : 0
	};

	how.colour = is_terminal() &&
	    (no_colour == NULL || *no_colour == '\0');
	process->report->elapsed_ms = clock_mono_ms() - process->start_ms;
	if (process->report->elapsed_ms < 0)
		process->report->elapsed_ms = 0;
	render(resolve_format(options), process->report, &how, &process->out);
	/* What a renderer lost is not seen in what it made. */
	if (mem_failures() != failures)
		process->out.failed = true;
}

/* A usage or internal error is a report with one finding. */
static void
report_error(struct process *process, const struct err *err)
{
	struct result *result;
	enum finding_id id = err->kind == ERR_NOMEM ||
	    err->kind == ERR_INTERNAL ? FINDING_INTERNAL : FINDING_USAGE;

	result = report_add(process->report, "", "error");
	if (result == NULL)
		return;
	result->error = result_clean(result, bytes_str(err->text), 0);
	result_add(result, id, STATUS_UNKNOWN, "", "%s", err->text);
	report_close(process->report, result);
}

/* --help and its like: 1 done, 0 go on, -1 error. */
static int
print_page(struct process *process, struct err *err)
{
	const struct options *options = &process->options;
	const struct app *app = process->app;

	if (options->help)
		options_help(app, &process->out);
	else if (options->version)
		buf_printf(&process->out, "%s v%s (%s)\n",
		    app->options->plugin, PACKAGE_VERSION, PACKAGE_NAME);
	else if (options->list_findings)
		options_findings(app, &process->out);
	else if (options->integration != NULL)
		return integration_print(app, options->integration,
		    &process->out, err) == 0 ? 1 : -1;
	else
		return 0;
	return 1;
}

/* What is read outside of the loop has to keep it as well. */
static void
note_deadline(const struct process *process)
{
	cancel_deadline_set(process->start_ms + process->options.timeout.ms);
}

/* The parser goes on behind errors, so that --help counts wherever it stands
 * and JSON consumers get JSON, even when --extra-opts fails. */
static int
read_options(struct process *process, int argc, char **argv,
    struct err *err)
{
	const struct option_table *table = process->app->options;
	struct err ignored = ERR_INIT;
	char **expanded;

	if (option_defaults(process->arena, table, &process->options,
	    err) != 0)
		return -1;
	note_deadline(process);
	expanded = extra_opts_expand(process->arena, table->plugin, &argc,
	    argv, err);
	if (expanded != NULL)
		return option_parse(process->arena, table,
		    &(struct option_args){ argc, expanded },
		    &process->options, err);
	(void)option_parse(process->arena, table,
	    &(struct option_args){ argc, argv }, &process->options, &ignored);
	return -1;
}

/* From here on no byte of a peer is read without.  What --local runs would
 * be confined as well, and does not get along with that. */
static void
give_up_rights(const struct app *app, const struct options *options)
{
	struct cache *cache = NULL;

	if (options->local || secure_getenv("MPC_UNCONFINED") != NULL)
		return;
	if (app->caches && !options->no_cache)
		cache = cache_open(options->cache_dir, NULL);
	confine(cache == NULL ? -1 : cache_descriptor(cache));
	cache_close(cache);
}

static int
work(struct process *process, int argc, char **argv, struct err *err)
{
	struct options *options = &process->options;
	size_t i;
	int rc;

	rc = read_options(process, argc, argv, err);
	if (options->help || options->version || rc == 0)
		rc = print_page(process, err);
	if (rc != 0)
		return rc;
	note_deadline(process);
	process->report->at_given = options->at_set;
	process->report->policy = &options->policy;
	if (!options->at_set)
		options->at = process->report->at;
	process->report->at = options->at;
	options->output = (int)resolve_format(options);
	for (i = 0; i < process->app->n_defaults; i++)
		policy_set(&options->policy, process->app->defaults[i].id,
		    process->app->defaults[i].status);
	if (options_finish(options, process->arena, err) != 0)
		return -1;
	if (ossl_begin(err) != 0)
		return -1;
	give_up_rights(process->app, options);
	return process->app->run(options, process->report, err);
}

static int
finish(struct process *process)
{
	static const char nothing[] = "UNKNOWN - out of memory\n";
	enum status status = STATUS_UNKNOWN;
	bool page = process->out.len > 0;

	if (!page && process->report != NULL) {
		status = report_status(process->report);
		render_report(process);
	}
	if (buf_failed(&process->out) || process->out.len == 0) {
		(void)write_all(nothing, sizeof(nothing) - 1);
		status = STATUS_UNKNOWN;
	} else if (write_all(process->out.data, process->out.len) != 0) {
		status = STATUS_UNKNOWN;
	}
	if (process->options.exit_ok && !page)
		return 0;
	return (int)status;
}

/* The loader ends the process with a code of its own when a destructor of a
 * library needs memory and there is none. */
static void
leave_without_memory(int code)
{
	void *some = mem_alloc(EXIT_NEEDS);

	if (some == NULL)
		_exit(code);
	mem_free(some);
}

int
app_main(const struct app *app, int argc, char **argv)
{
	struct process process;
	struct err err = ERR_INIT;
	int code;

	memset(&process, 0, sizeof(process));
	process.app = app;
	process.start_ms = clock_mono_ms();
	buf_init(&process.out, OUTPUT_LIMIT);
	cancel_install();
	hold_standard_files();
	process.arena = arena_new();
	process.report = report_new(app->options->plugin, app->service);
	if (process.arena == NULL && process.report != NULL)
		process.report->nomem = true;
	else if (process.report != NULL) {
		process.report->version = PACKAGE_VERSION;
		process.report->start_ms = process.start_ms;
		process.report->at = clock_wall();
		if (work(&process, argc, argv, &err) < 0)
			report_error(&process, &err);
	}
	code = finish(&process);
	buf_release(&process.out);
	report_free(process.report);
	arena_free(process.arena);
	leave_without_memory(code);
	return code;
}
