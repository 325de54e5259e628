/* SPDX-License-Identifier: ISC */
/* --extra-opts: ini files, where they are found, and what becomes of them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/ini.h"
#include "app/options.h"
#include "base/text.h"
#include "tap.h"

static char dir[] = "/tmp/test_extra_opts.XXXXXX";

static const char *
path_of(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
put_file(const char *name, const void *data, size_t len)
{
	FILE *file = fopen(path_of(name), "w");

	if (file == NULL || fwrite(data, 1, len, file) != len ||
	    fclose(file) != 0)
		bail("cannot write %s", name);
}

static void
put_text(const char *name, const char *text)
{
	put_file(name, text, strlen(text));
}

struct run {
	struct arena *arena;
	struct err err;
	char joined[2000];	/* "|"-separated; "" on error */
};

/* args: one string, "|"-separated; '%' is the test directory. */
static struct run
expand(const char *args)
{
	struct run run = { .err = ERR_INIT };
	char copy[1000], *argv[20], **out, *at = copy;
	int argc = 0, i;

	run.arena = arena_new();
	for (; *args != '\0'; args++)
		if (*args == '%')
			at += sprintf(at, "%s", dir);
		else
			*at++ = *args;
	*at = '\0';
	argv[argc++] = copy;
	for (at = copy; (at = strchr(at, '|')) != NULL; argv[argc++] = at)
		*at++ = '\0';
	argv[argc] = NULL;
	out = extra_opts_expand(run.arena, "check_cert_expiry", &argc, argv,
	    &run.err);
	if (out == NULL)
		return run;
	for (i = 0; i < argc; i++)
		snprintf(run.joined + strlen(run.joined),
		    sizeof(run.joined) - strlen(run.joined), "%s%s",
		    i == 0 ? "" : "|", out[i]);
	if (out[argc] != NULL)
		fail("no NULL at the end");
	return run;
}

static void
check(const char *args, const char *want, const char *what)
{
	struct run run = expand(args);

	is_str(run.joined, want, "%s", what);
	if (run.err.kind != ERR_NONE)
		diag("%s", run.err.text);
	arena_free(run.arena);
}

static void
check_error(const char *args, const char *want)
{
	struct run run = expand(args);

	is_int(run.err.kind, ERR_USAGE, "%s is refused", args);
	ok(strstr(run.err.text, want) != NULL, "  %s", run.err.text);
	ok(text_starts(run.err.text, "--extra-opts: "), "  names the option");
	ok(strstr(run.err.text, "secret") == NULL, "  and keeps secrets");
	arena_free(run.arena);
}

static void
test_order(void)
{
	put_text("a.ini", "; comment\n# another\n[other]\nport=1\n"
	    "[check_cert_expiry]\nwarning = 30d\n  hostname=a.example \r\n"
	    "hostname = b.example\nno-trust=\n\n[web]\nC = 30,14\nv=\n"
	    "issuer = a = b ; c\n[check_cert_expiry]\nport = 25");
	check("p|-H|x|--", "p|-H|x|--", "nothing to do");
	check("p|-w|9|--extra-opts=@%/a.ini|-c|5",
	    "p|--warning=30d|--hostname=a.example|--hostname=b.example|"
	    "--no-trust=|--port=25|-w|9|-c|5", "the file's options are first");
	check("p|--extra-opts=web@%/a.ini", "p|-C|30,14|-v||--issuer=a = b ; c",
	    "one-letter keys are two arguments");
	check("p|--extra-opts=other@%/a.ini|x|--extra-opts=web@%/a.ini",
	    "p|--port=1|-C|30,14|-v||--issuer=a = b ; c|x", "repeated");
	check("p|--|--extra-opts=@none", "p|--|--extra-opts=@none",
	    "not behind --");
}

static void
test_search(void)
{
	char both[300];

	put_text("plugins.ini", "[check_cert_expiry]\nport=2\n");
	snprintf(both, sizeof(both), "/nonexistent:%s::", dir);
	setenv("NAGIOS_CONFIG_PATH", both, 1);
	check("p|--extra-opts", "p|--port=2", "$NAGIOS_CONFIG_PATH");
	put_text("monitoring-plugins.ini", "[check_cert_expiry]\nport=3\n");
	check("p|--extra-opts=", "p|--port=3", "monitoring-plugins.ini first");
	setenv("MP_CONFIG_FILE", path_of("a.ini"), 1);
	check("p|--extra-opts=other", "p|--port=1", "$MP_CONFIG_FILE first");
	setenv("MP_CONFIG_FILE", path_of("gone.ini"), 1);
	check_error("p|--extra-opts", "gone.ini");
	unsetenv("MP_CONFIG_FILE");
	unsetenv("NAGIOS_CONFIG_PATH");
}

static void
test_errors(void)
{
	static char large[(1 << 20) + 2];

	put_text("noeq.ini", "[check_cert_expiry]\nport=1\nsecret\n");
	put_text("early.ini", "secret=x\n[check_cert_expiry]\n");
	put_text("open.ini", "[check_cert_expiry\nsecret=1\n");
	put_text("empty.ini", "[]\nport=1\n");
	put_text("key.ini", "[check_cert_expiry]\n= secret\n");
	put_text("dash.ini", "[check_cert_expiry]\n--port=secret\n");
	put_text("loop.ini", "[check_cert_expiry]\nextra-opts=secret@x\n");
	put_file("nul.ini", "[check_cert_expiry]\npo\0rt=secret\n", 33);
	memset(large, '\n', sizeof(large));
	put_file("large.ini", large, sizeof(large));
	check_error("p|--extra-opts=@%/gone.ini", "gone.ini");
	check_error("p|--extra-opts=@%", dir);
	check_error("p|--extra-opts=nosuch@%/a.ini", "no section [nosuch]");
	check_error("p|--extra-opts=@%/noeq.ini", "line 3: no '='");
	check_error("p|--extra-opts=@%/early.ini",
	    "line 1: text before the first");
	check_error("p|--extra-opts=@%/open.ini", "line 1: a section needs");
	check_error("p|--extra-opts=@%/empty.ini", "line 1: a section without");
	check_error("p|--extra-opts=@%/key.ini", "line 2: nothing before");
	check_error("p|--extra-opts=@%/dash.ini", "line 2: options are");
	check_error("p|--extra-opts=@%/loop.ini", "line 2: extra-opts");
	check_error("p|--extra-opts=@%/nul.ini", "line 2: a NUL");
	check_error("p|--extra-opts=@%/large.ini", "large.ini");
}

static void
test_stdin(void)
{
	put_text("stdin.ini", "\xef\xbb\xbf[check_cert_expiry]\nport=7\n");
	if (freopen(path_of("stdin.ini"), "r", stdin) == NULL)
		bail("stdin");
	check("p|--extra-opts=@-", "p|--port=7", "standard input, with a BOM");
}

static void
test_clean_up(void)
{
	static const char *const names[] = {
		"a.ini", "plugins.ini", "monitoring-plugins.ini", "noeq.ini",
		"early.ini", "open.ini", "empty.ini", "key.ini", "dash.ini",
		"loop.ini", "nul.ini", "large.ini", "stdin.ini"
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(path_of(names[i]));
	is_int(rmdir(dir), 0, "nothing is left");
}

static void
test_ini(void)
{
	struct ini ini;
	struct ini_entry entry;
	struct err err = ERR_INIT;

	ini_init(&ini, bytes_str(""));
	is_int(ini_next(&ini, &entry, &err), 0, "an empty file");
	ini_init(&ini, bytes_of(NULL, 0));
	is_int(ini_next(&ini, &entry, &err), 0, "no file");
	ini_init(&ini, bytes_str("\n[ a b ]\nk="));
	is_int(ini_next(&ini, &entry, &err), 1, "a section");
	ok(entry.is_section && bytes_eq(entry.section, bytes_str("a b")),
	    "its name, trimmed");
	is_int(ini_next(&ini, &entry, &err), 1, "a pair");
	ok(!entry.is_section && bytes_eq(entry.key, bytes_str("k")) &&
	    entry.value.len == 0, "without a value");
	is_uint(ini.line, 3, "on line 3");
}

int
main(void)
{
	unsetenv("MP_CONFIG_FILE");
	unsetenv("NAGIOS_CONFIG_PATH");
	if (mkdtemp(dir) == NULL)
		bail("mkdtemp");
	test_ini();
	test_order();
	test_search();
	test_errors();
	test_stdin();
	test_clean_up();
	return tap_done();
}
