/* SPDX-License-Identifier: ISC */
/* The option parser, over the rows of check_cert_expiry. */
#include <string.h>

#include "app/options.h"
#include "base/text.h"
#include "tap.h"

static const struct option_row *const groups[] = {
	options_target, options_cert_expiry, options_general, NULL
};
static const struct option_table table = {
	groups, "check_cert_expiry", "[TARGET...]"
};
static const struct option_table no_positional = {
	groups, "check_autossl_queue", NULL
};

#define ARGS_MAX 12

struct run {
	struct arena *arena;
	struct options options;
	struct err err;
	int result;
};

static struct run
parse_with(const struct option_table *t, const char *const *args)
{
	struct run run;
	static char copies[ARGS_MAX][300];
	char *argv[ARGS_MAX + 1];
	int argc = 0;

	memset(&run, 0, sizeof(run));
	run.arena = arena_new();
	for (; argc < ARGS_MAX && args[argc] != NULL; argc++) {
		snprintf(copies[argc], sizeof(copies[argc]), "%s", args[argc]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	if (option_defaults(run.arena, t, &run.options, &run.err) != 0)
		bail("defaults: %s", run.err.text);
	run.result = option_parse(run.arena, t,
	    &(struct option_args){ argc, argv }, &run.options, &run.err);
	return run;
}

#define PARSE(...) parse_with(&table, \
    (const char *const []){ "plugin", __VA_ARGS__, NULL })

/* Wrong command lines, and what is said of them. */
static const struct {
	const char *args[5];
	const char *text;
} errors[] = {
	{ { "--waring", "30d" },
	    "unknown option '--waring' (did you mean '--warning'?)" },
	{ { "--xyzzyplugh" },
	    "unknown option '--xyzzyplugh' (--help lists them)" },
	{ { "--zz=5" }, "unknown option '--zz' (--help lists them)" },
	{ { "-X" }, "unknown option '-X' (--help lists them)" },
	{ { "-vX" },
	    "unknown option '-X' in '-vX' (--help lists them)" },
	{ { "--ca", "x" },
	    "option '--ca' is ambiguous: '--ca-file' or '--ca-path'" },
	{ { "--timeout" }, "--timeout needs a value: DUR[:STATE]" },
	{ { "-H" }, "-H needs a value: HOST" },
	{ { "-H", "--port", "25" },
	    "-H needs a value (HOST), but '--port' follows" },
	{ { "-H", "-p", "25" },
	    "-H needs a value (HOST), but '-p' follows" },
	{ { "--no-trust=yes" },
	    "--no-trust takes no value (got 'yes')" },
	{ { "--timeout", "abc" },
	    "--timeout: 'abc' is not a duration "
	    "(examples: 10, 2.5s, 1m)" },
	{ { "-t", "10:bad" },
	    "-t: '10:bad' does not end in a state "
	    "(ok, warning, critical, unknown)" },
	{ { "-t", "0" },
	    "-t: '0' is out of range (1 ms to 86400 s)" },
	{ { "-t", "2d" },
	    "-t: '2d' is out of range (1 ms to 86400 s)" },
	{ { "--concurrency=0" },
	    "--concurrency: '0' is out of range (1 to 10000)" },
	{ { "--concurrency=10001" },
	    "--concurrency: '10001' is out of range (1 to 10000)" },
	{ { "--concurrency=0x10" },
	    "--concurrency: '0x10' is not a whole number" },
	{ { "--key-min=2048 " },
	    "--key-min: '2048 ' is not a whole number" },
	{ { "--self-signed=fine" },
	    "--self-signed: 'fine' is not a state "
	    "(ok, warning, critical, unknown)" },
	{ { "--at=yesterday" },
	    "--at: 'yesterday' is not an instant (examples: "
	    "2026-12-01, 2026-12-01T10:00:00Z, 1796119200)" },
	{ { "-o", "jsom" },
	    "-o: 'jsom' is not one of auto, nagios, json, "
	    "openmetrics, text (did you mean 'json'?)" },
	{ { "--tls-min=2.0" },
	    "--tls-min: '2.0' is not one of 1.0, 1.1, 1.2, 1.3 "
	    "(did you mean '1.0'?)" },
	{ { "-w", "/root:10" },
	    "-w: '/root:10' is not a range "
	    "(the shell has replaced a '~': quote it)" },
	{ { "--verbose=4" },
	    "--verbose: '4' is not a number from 0 to 3" },
	{ { "--integration=manual" },
	    "--integration: 'manual' is not one of man, bash, "
	    "icinga2, director, nagios, nrpe, zabbix, "
	    "zabbix-agent, zabbix-conf, json" },
	{ { "--concurrency", "1\n2" },
	    "--concurrency: '1\\x0a2' is not a whole number" },
	/* The first error counts. */
	{ { "--concurrency=0", "--timeout=abc" },
	    "--concurrency: '0' is out of range (1 to 10000)" },
};

static void
test_errors(void)
{
	const char *args[7];
	struct run run;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		args[0] = "plugin";
		memcpy(args + 1, errors[i].args, sizeof(errors[i].args));
		args[6] = NULL;
		run = parse_with(&table, args);
		is_int(run.result, -1, "%s: refused", errors[i].args[0]);
		is_int(run.err.kind, ERR_USAGE, "  as a usage error");
		is_str(run.err.text, errors[i].text, "  in these words");
		arena_free(run.arena);
	}
}

static void
test_threshold_error(void)
{
	static const char *const bad[] = {
		"10abc", "0x10", "1e3", "20:10", "-5", "30 ", "50%:20d", ",",
	};
	struct run run;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		run = PARSE("--warning", bad[i]);
		is_int(run.result, -1, "--warning '%s' is refused", bad[i]);
		is_int(run.err.kind, ERR_USAGE, "  as a usage error");
		ok(text_starts(run.err.text, "--warning: "), "  %s",
		    run.err.text);
		arena_free(run.arena);
	}
}

static void
test_forms(void)
{
	struct run run = PARSE("-vvHa.example", "--port=25", "-p", "26",
	    "--hostn", "b.example", "c.example", "--no-trust", "--",
	    "--port", "-");

	is_int(run.result, 0, "every form at once: %s", run.err.text);
	is_int(run.options.verbose, 2, "-vv");
	is_uint(run.options.hostname.n, 2, "two -H");
	is_str(run.options.hostname.items[0], "a.example", "-Hvalue");
	is_str(run.options.hostname.items[1], "b.example",
	    "an unambiguous prefix");
	is_str(run.options.port, "26", "the last one counts");
	ok(run.options.no_trust, "a flag");
	is_uint(run.options.positional.n, 3, "positional arguments");
	is_str(run.options.positional.items[0], "c.example", "between options");
	is_str(run.options.positional.items[1], "--port", "behind --");
	is_str(run.options.positional.items[2], "-", "a lone dash");
	arena_free(run.arena);
}

static void
test_types(void)
{
	struct run run = PARSE("--timeout=2.5s:critical", "--key-min=3072",
	    "--self-signed=W", "-o", "JSON", "--perfdata=all",
	    "--at=1970-01-02", "--starttls=IMAP", "--tls-max=1.2",
	    "-w", "30");
	const struct threshold *w = &run.options.warning;

	is_int(run.result, 0, "every type: %s", run.err.text);
	is_int(run.options.timeout.ms, 2500, "timeout in ms");
	ok(run.options.timeout.has_state &&
	    run.options.timeout.state == STATUS_CRITICAL, "with its state");
	is_int(run.options.key_min, 3072, "a number");
	ok(run.options.self_signed.set &&
	    run.options.self_signed.status == STATUS_WARNING, "a state");
	is_int(run.options.output, OUTPUT_JSON, "a choice, in any case");
	is_int(run.options.perfdata, PERFDATA_ALL, "another");
	ok(run.options.at_set && run.options.at == 86400, "an instant");
	is_str(run.options.starttls, "imap", "a word, as the table spells it");
	is_str(run.options.tls_max, "1.2", "a version");
	ok(w->n == 1 && w->terms[0].kind == BOUND_TIME &&
	    w->terms[0].range.start == INT64_C(30) * 86400 &&
	    !w->terms[0].range.has_end, "a bare threshold is days, and N:");
	arena_free(run.arena);
}

static void
test_defaults(void)
{
	struct run run = PARSE("-w", "", "-c", "", "-H", "", "--port=",
	    "--concurrency=", "", "--output=", "--self-signed=", "--at=");
	const struct options *o = &run.options;

	is_int(run.result, 0, "empty values: %s", run.err.text);
	is_uint(o->hostname.n, 0, "an empty -H is none");
	is_uint(o->positional.n, 0, "an empty target is none");
	ok(o->port == NULL, "an empty --port is none");
	ok(!o->self_signed.set && !o->at_set, "nor are states and instants");
	is_int(o->timeout.ms, 10000, "--timeout 10s");
	is_int(o->concurrency, 128, "--concurrency 128");
	is_int(o->key_min, 0, "--key-min 0");
	is_int(o->output, OUTPUT_AUTO, "--output auto");
	is_int(o->perfdata, PERFDATA_DEFAULT, "--perfdata default");
	ok(o->warning.n == 2 && o->critical.n == 2, "two terms each");
	is_int(o->warning.terms[0].range.start, INT64_C(28) * 86400, "28d");
	is_int(o->warning.terms[1].range.start, 25000, "25%%");
	is_int(o->critical.terms[0].range.start, INT64_C(14) * 86400, "14d");
	is_int(o->critical.terms[1].range.start, 12000, "12%%");
	arena_free(run.arena);
}

static void
test_flags(void)
{
	struct run run = PARSE("-4", "--ipv6=", "-vvvvv", "--extra-opts");

	is_int(run.result, 0, "flags: %s", run.err.text);
	ok(run.options.ipv4 && run.options.ipv6, "short, and --flag=");
	is_int(run.options.verbose, 3, "verbose stops at 3");
	is_uint(run.options.extra_opts.n, 0,
	    "an optional value takes no argument");
	arena_free(run.arena);
	run = PARSE("--verbose=2", "-v");
	is_int(run.options.verbose, 3, "--verbose=2 -v");
	arena_free(run.arena);
}

static void
test_help_wins(void)
{
	struct run run = PARSE("--nonsense", "-t", "x", "--help");

	is_int(run.result, 0, "--help behind errors");
	ok(run.options.help, "is seen");
	arena_free(run.arena);
	run = PARSE("-H", "--version");
	ok(run.result == 0 && run.options.version,
	    "--version is never a value");
	arena_free(run.arena);
	run = PARSE("--", "--help");
	ok(run.result == 0 && !run.options.help, "but a target behind --");
	arena_free(run.arena);
}

static void
test_positional(void)
{
	const char *const args[] = { "plugin", "www", NULL };
	struct run run = parse_with(&no_positional, args);

	is_str(run.err.text, "unexpected argument 'www'",
	    "no positional arguments, no targets");
	arena_free(run.arena);
}

static void
test_secret(void)
{
	static const struct option_row row = {
		.name = "token", .type = OPT_INT,
		.offset = OPTION_FIELD(key_min, int64_t),
		.metavar = "TOKEN", .flags = OPTF_SECRET,
	};
	struct options options = { 0 };
	struct err err = ERR_INIT;
	const struct option_value value = { "hunter2", "--token" };

	is_int(option_set(NULL, &row, &value, &options, &err), -1,
	    "a bad secret");
	is_str(err.text, "--token: the value is not a whole number",
	    "is not repeated");
}

static void
test_long_value(void)
{
	char value[250];
	struct run run;

	memset(value, 'x', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	run = PARSE("--concurrency", value);
	ok(strstr(run.err.text, "xxx...' is not a whole number") != NULL,
	    "a long value is cut: %s", run.err.text);
	arena_free(run.arena);
}

static bool
row_is_complete(const struct option_row *row)
{
	bool valued = row->type != OPT_FLAG && row->type != OPT_COUNT;

	return row->help != NULL && strlen(row->help) <= 50 &&
	    row->since != NULL && valued == (row->metavar != NULL) &&
	    (row->type == OPT_STRINGS) == !!(row->flags & OPTF_REPEAT) &&
	    (row->type != OPT_CHOICE || row->choices != NULL) &&
	    (row->type != OPT_INT || row->max > row->min);
}

static void
test_table(void)
{
	const struct option_row *row, *other;
	size_t i, j;

	for (i = 0; (row = option_row_at(&table, i)) != NULL; i++) {
		ok(row_is_complete(row), "--%s: a complete row", row->name);
		for (j = 0; j < i; j++) {
			other = option_row_at(&table, j);
			if (strcmp(row->name, other->name) == 0 ||
			    (row->letter != 0 && row->letter == other->letter))
				fail("--%s and --%s clash", row->name,
				    other->name);
		}
		ok(option_find(&table, row->name, strlen(row->name)) == row,
		    "--%s is found", row->name);
		if (row->letter != 0)
			ok(option_by_letter(&table, row->letter) == row,
			    "-%c is found", row->letter);
	}
	ok(option_find(&table, "port", 3) == NULL, "a part is no name");
	ok(option_by_letter(&table, '\0') == NULL, "no letter");
	ok(i > 45, "%zu rows", i);
}

static void
test_starttls_choices(void)
{
	const struct option_row *row = option_find(&table, "starttls", 8);
	const struct scheme *scheme;
	size_t n = 0, i;

	for (scheme = scheme_table(); scheme->name != NULL; scheme++) {
		if (scheme->starttls == STARTTLS_NONE)
			continue;
		for (i = 0; row->choices[i] != NULL; i++)
			if (strcmp(row->choices[i], scheme->name) == 0)
				break;
		ok(row->choices[i] != NULL, "--starttls knows %s",
		    scheme->name);
		n++;
	}
	for (i = 0; row->choices[i] != NULL; i++)
		;
	is_uint(i, n, "and nothing else");
}

int
main(void)
{
	test_table();
	test_starttls_choices();
	test_errors();
	test_threshold_error();
	test_forms();
	test_types();
	test_defaults();
	test_flags();
	test_help_wins();
	test_positional();
	test_secret();
	test_long_value();
	return tap_done();
}
