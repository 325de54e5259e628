/* SPDX-License-Identifier: ISC */
/* Calls by whmapi1 and uapi: which words they get, how they fail. */
#include "autossl_client.h"

static char dir[] = "/tmp/test_autossl.XXXXXX";
static char log_path[256];

static const struct autossl_call vhosts = { .function = "fetch_ssl_vhosts",
	.max_size = 100000 };
static const struct autossl_call hosts = {
	.function = "SSL::installed_hosts", .max_size = 100000 };

/* A program of that name that writes its words to the log, and does more. */
static void
put_program(const char *name, const char *more)
{
	char path[256], text[2048];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(text, sizeof(text), "#!/bin/sh\nfor w in \"${0##*/}\" "
	    "\"$@\"; do printf '[%%s]' \"$w\"; done >>%s\necho >>%s\n%s\n",
	    log_path, log_path, more);
	put_file(path, text, 0755);
}

static const char *
the_log(void)
{
	static char text[4096];
	FILE *f = fopen(log_path, "r");
	size_t n = 0;

	if (f != NULL) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	unlink(log_path);
	return text;
}

static void
test_words(void)
{
	struct autossl_call call = vhosts;
	struct run run;
	struct seen s;

	put_program("whmapi1", "echo '" GOOD_WHM "'");
	put_program("uapi", "echo '" GOOD_UAPI "'");
	run = run_begin(AUTOSSL_LOCAL_HOST, 1000);
	is_str(autossl_client_server(run.client), "local", "the server");
	ok(autossl_client_user(run.client) == NULL, "no user");
	run_end(&run);
	call.params[0] = (struct autossl_param){ "api.chunk.start", "1" };
	call.params[1] = (struct autossl_param){ "x", "a b&c=d/\xc3\xa4'\n" };
	s = ask(AUTOSSL_LOCAL_HOST, &call);
	is_int(s.kind, ERR_NONE, "whmapi1: %s", s.text);
	is_int(s.n, 7, "its data");
	is_str(the_log(), "[whmapi1][--output=json][fetch_ssl_vhosts]"
	    "[api.chunk.start=1][x=a%20b%26c%3Dd%2F%C3%A4%27%0A]\n",
	    "its words");
	call = hosts;
	call.user = "bob";
	s = ask(AUTOSSL_LOCAL_HOST, &call);
	is_int(s.n, 8, "uapi as root: %s", s.text);
	is_str(the_log(), "[uapi][--output=json][--user=bob][SSL]"
	    "[installed_hosts]\n", "its words");
	s = ask(AUTOSSL_LOCAL_ACCOUNT, &hosts);
	is_int(s.n, 8, "uapi: %s", s.text);
	is_str(the_log(), "[uapi][--output=json][SSL][installed_hosts]\n",
	    "its words");
	options.user = "alice";
	s = ask(AUTOSSL_LOCAL_ACCOUNT, &hosts);
	is_str(the_log(), "[uapi][--output=json][--user=alice][SSL]"
	    "[installed_hosts]\n", "--user");
	options.user = NULL;
}

static void
test_refused(void)
{
	struct autossl_call call = vhosts;
	struct seen s = ask(AUTOSSL_LOCAL_ACCOUNT, &vhosts);

	is_int(s.kind, ERR_INTERNAL, "no WHM call for an account: %s",
	    s.text);
	s = ask(AUTOSSL_LOCAL_HOST, &hosts);
	is_int(s.kind, ERR_INTERNAL, "no UAPI call without a user: %s",
	    s.text);
	call.function = "start_autossl_check_for_all_users";
	s = ask(AUTOSSL_LOCAL_HOST, &call);
	is_int(s.kind, ERR_INTERNAL, "nothing that changes something: %s",
	    s.text);
	is_uint(s.done, 0, "done is not called");
	is_str(the_log(), "", "nothing was run");
}

static void
test_failures(void)
{
	static const struct {
		const char *script, *text;
		enum err_kind kind;
	} rows[] = {
		{ "echo >&2; echo 'You must be root.' >&2; echo x >&2; "
		    "exit 9", "fetch_ssl_vhosts: whmapi1 failed (exit code "
		    "9): You must be root.", ERR_SERVER },
		{ "echo '---'; exit 1", "fetch_ssl_vhosts: whmapi1 failed "
		    "(exit code 1)", ERR_SERVER },
		{ "echo '" GOOD_WHM "'; exit 1", "fetch_ssl_vhosts: whmapi1 "
		    "failed (exit code 1)", ERR_SERVER },
		{ "kill -SEGV $$", "fetch_ssl_vhosts: whmapi1 failed (signal "
		    "11)", ERR_SERVER },
		{ "yes", "fetch_ssl_vhosts: whmapi1: the answer is longer "
		    "than 100000 octets", ERR_LIMIT },
		{ "printf 'a\\033[31m|b' >&2; exit 1", "fetch_ssl_vhosts: "
		    "whmapi1 failed (exit code 1): a\\x1b[31m\\x7cb",
		    ERR_SERVER },
		{ "echo '{\"metadata\":{\"result\":0,\"reason\":\"Unknown "
		    "app (\\u201cx\\u201d) requested for this version (1) of "
		    "the API.\"}}'; exit 1", NULL, ERR_MISSING },
		{ "exit 0", NULL, ERR_SYNTAX },
		{ "echo 'metadata:'", NULL, ERR_SYNTAX },
	};
	struct seen s;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_program("whmapi1", rows[i].script);
		s = ask(AUTOSSL_LOCAL_HOST, &vhosts);
		is_int(s.kind, rows[i].kind, "failure %zu: %s", i, s.text);
		if (rows[i].text != NULL)
			is_str(s.text, rows[i].text, "text");
		is_uint(s.done, 1, "done once");
	}
	put_program("whmapi1", "exec sleep 0");
	options.local_bin = "/nonexistent";
	s = ask(AUTOSSL_LOCAL_HOST, &vhosts);
	is_int(s.kind, ERR_IO, "no such program is no missing function");
	is_str(s.text, "/nonexistent/whmapi1: no such program; is this a "
	    "cPanel server?", "text");
	options.local_bin = dir;
	put_program("whmapi1", "");
	{
		char path[256];

		snprintf(path, sizeof(path), "%s/whmapi1", dir);
		chmod(path, 0644);
	}
	s = ask(AUTOSSL_LOCAL_HOST, &vhosts);
	is_int(s.kind, ERR_IO, "may not be run: %s", s.text);
	(void)the_log();
}

static void
test_queue(void)
{
	struct seen seen[12];
	struct run run;
	unsigned i, good = 0, late = 0;

	memset(seen, 0, sizeof(seen));
	put_program("whmapi1", "sleep 0.05; echo '" GOOD_WHM "'");
	run = run_begin(AUTOSSL_LOCAL_HOST, 20000);
	for (i = 0; i < 12; i++)
		autossl_client_call(run.client, &vhosts, on_answer, &seen[i],
		    NULL);
	is_uint(autossl_client_count(run.client), 4, "four at once");
	run_loop(&run);
	for (i = 0; i < 12; i++)
		good += seen[i].done == 1 && seen[i].n == 7;
	is_uint(good, 12, "twelve calls");
	is_uint(autossl_client_count(run.client), 12, "are counted");
	run_end(&run);
	put_program("whmapi1", "exec sleep 60");
	memset(seen, 0, sizeof(seen));
	run = run_begin(AUTOSSL_LOCAL_HOST, 300);
	for (i = 0; i < 12; i++)
		autossl_client_call(run.client, &vhosts, on_answer, &seen[i],
		    NULL);
	is_str(autossl_client_busy(run.client), "fetch_ssl_vhosts", "busy");
	run_loop(&run);
	for (i = 0; i < 12; i++)
		late += seen[i].done == 1 && seen[i].kind == ERR_TIMEOUT;
	is_uint(late, 12, "time is up for all: %s", seen[0].text);
	is_uint(autossl_client_count(run.client), 4, "none is begun then");
	is_str(autossl_client_busy(run.client), "fetch_ssl_vhosts",
	    "what was busy");
	run_end(&run);
	memset(seen, 0, sizeof(seen));
	run = run_begin(AUTOSSL_LOCAL_HOST, 20000);
	for (i = 0; i < 12; i++)
		autossl_client_call(run.client, &vhosts, on_answer, &seen[i],
		    NULL);
	run_end(&run);
	for (late = i = 0; i < 12; i++)
		late += seen[i].done == 1 && seen[i].kind == ERR_CANCELLED;
	is_uint(late, 12, "freed before it ran");
	(void)the_log();
}

static void
test_memory(void)
{
	struct seen s;
	unsigned long n;
	unsigned bad = 0;

	put_program("whmapi1", "echo '" GOOD_WHM "'");
	for (n = 1; n < 200; n++) {
		mem_fail_at(n, 0);
		s = ask(AUTOSSL_LOCAL_HOST, &vhosts);
		mem_fail_at(0, 0);
		if (s.kind == ERR_NONE && s.done == 1)
			break;
		bad += s.kind != ERR_NOMEM || s.done > 1;
	}
	is_uint(bad, 0, "each of %lu allocations that fails is told", n);
	ok(n < 200, "then it works");
	(void)the_log();
}

int
main(void)
{
	unsigned before = count_descriptors();
	char path[256];

	if (mkdtemp(dir) == NULL)
		bail("no temporary directory");
	snprintf(log_path, sizeof(log_path), "%s/log", dir);
	options.local_bin = dir;
	test_words();
	test_refused();
	test_failures();
	test_queue();
	test_memory();
	is_uint(count_descriptors(), before, "no descriptor is left");
	snprintf(path, sizeof(path), "%s/whmapi1", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/uapi", dir);
	unlink(path);
	rmdir(dir);
	return tap_done();
}
