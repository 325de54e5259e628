/* SPDX-License-Identifier: ISC */
/* Shared fetches: who asks the network, what comes from the cache. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "http_site.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "probe/fetch.h"

#define NOW 1800000000
#define BIG 3000000

static struct site site;
static char dir[] = "/tmp/mpc-fetch-XXXXXX";
static char big[BIG];
static atomic_int version;
static const char *said;		/* at /say?: that, as HTML at /say?h */
static size_t said_len;

static void
site_answer(struct visit *visit)
{
	char head[256];

	snprintf(head, sizeof(head), "200 OK\r\nETag: \"%d\"\r\n"
	    "Cache-Control: max-age=60", (int)version);
	if (strcmp(visit->path, "/big") == 0)
		visit_reply(visit, "200 OK\r\nETag: \"b\"", big, BIG);
	else if (strcmp(visit->path, "/html") == 0)
		visit_reply(visit, "200 OK\r\nContent-Type: text/html",
		    "<html>", 6);
	else if (strncmp(visit->path, "/say?", 5) == 0)
		visit_reply(visit, visit->path[5] == 'h' ?
		    "200 OK\r\nContent-Type: text/html; charset=x" :
		    "200 OK", said, said_len);
	else if (strcmp(visit->path, "/echo") == 0)
		visit_reply(visit, "200 OK\r\nCache-Control: max-age=60",
		    visit->request, strlen(visit->request));
	else if (strcmp(visit->path, "/short") == 0)
		visit_say(visit, "HTTP/1.1 200 OK\r\n"
		    "Content-Length: 100000\r\n\r\nx");
	else if (strncmp(visit->path, "/v", 2) != 0)
		visit_reply(visit, "404 No", "", 0);
	else if (strstr(visit->request, "If-None-Match: ") != NULL &&
	    atoi(strstr(visit->request, "If-None-Match: ") + 16) == version)
		visit_say(visit, "HTTP/1.1 304 No\r\n"
		    "Cache-Control: max-age=90\r\n\r\n");
	else
		visit_reply(visit, head, &"0123456789"[version], 1);
}

/* ---- a run ---- */

struct run {
	struct loop *loop;
	struct fetcher *fetcher;
	struct fetch *got;
	unsigned done;
	char body[BIG + 1];
};

static struct fetcher_options options;
static struct fetch_request request;

static void
set_defaults(void)
{
	memset(&options, 0, sizeof(options));
	memset(&request, 0, sizeof(request));
	options.http.proxy = "";
	options.cache_dir = dir;
	options.now = NOW;
	request.max_size = BIG;
	request.keep = true;
}

static void
run_open(struct run *run)
{
	struct err err = ERR_INIT;

	memset(run, 0, sizeof(*run));
	run->loop = loop_new(&err);
	run->fetcher = fetcher_new(run->loop, &options, &err);
	if (run->fetcher == NULL)
		bail("no fetcher");
}

static void
run_close(struct run *run)
{
	fetcher_free(run->fetcher);
	loop_free(run->loop);
}

static void
on_done(void *ctx, struct fetch *fetch)
{
	struct run *run = ctx;

	run->done++;
	run->got = fetch;
}

static void
run_ask(struct run *run, const char *path)
{
	struct err err = ERR_INIT;
	char url[128];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u%s",
	    (unsigned)site.port, path);
	request.url = url;
	is_int(fetcher_get(run->fetcher, &request, on_done, run, &err), 0,
	    "ask for %s", path);
}

static void
run_loop(struct run *run)
{
	struct err err = ERR_INIT;

	loop_run(run->loop, clock_mono_ms() + 20000, NULL, &err);
}

/* All of the body, "" on an error. */
static const char *
run_body(struct run *run)
{
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct bytes body;

	run->body[0] = '\0';
	if (run->got != NULL && fetch_bytes(run->got, arena, BIG, &body,
	    &err) == 0 && body.len > 0) {
		memcpy(run->body, body.data, body.len);
		run->body[body.len] = '\0';
	}
	arena_free(arena);
	return run->body;
}

/* A whole run for one path; what it gave, and how often it asked. */
static struct fetch
once(const char *path, const char *body, unsigned network)
{
	static struct run run;
	struct fetch copy;

	run_open(&run);
	run_ask(&run, path);
	run_loop(&run);
	is_uint(run.done, 1, "done once");
	is_str(run_body(&run), body, "%s: %s", path, run.got->error.text);
	is_uint(fetcher_count(run.fetcher), network, "network fetches");
	copy = *run.got;
	run_close(&run);
	return copy;
}

static void
clear(void)
{
	const struct dirent *item;
	DIR *d = opendir(dir);

	while (d != NULL && (item = readdir(d)) != NULL)
		if (item->d_name[0] != '.' || strlen(item->d_name) > 2)
			unlinkat(dirfd(d), item->d_name, 0);
	if (d != NULL)
		closedir(d);
}

/* ---- tests ---- */

static void
test_shared(void)
{
	static struct run run;
	unsigned i;
	int before = site.visits;

	run_open(&run);
	for (i = 0; i < 20; i++)
		run_ask(&run, "/v");
	request.body = bytes_str("a body");
	run_ask(&run, "/echo");
	run_ask(&run, "/echo");
	request.body = bytes_str("another");
	run_ask(&run, "/echo");
	is_uint(run.done, 0, "nothing is there yet");
	run_loop(&run);
	is_uint(run.done, 23, "all are done");
	is_uint(fetcher_count(run.fetcher), 3, "three were fetched");
	is_int(site.visits - before, 3, "the site says so too");
	run_ask(&run, "/echo");
	is_uint(run.done, 24, "what is there is given at once");
	ok(strstr(run_body(&run), "another") != NULL, "the right one");
	run_close(&run);
	set_defaults();
}

static void
test_cache(void)
{
	struct fetch f;

	clear();
	f = once("/v", "0", 1);
	is_int(f.expires_at, NOW + 60, "expiry");
	ok(!f.cached && f.elapsed_ms >= 0, "from the network");
	f = once("/v", "0", 0);
	ok(f.cached && f.elapsed_ms < 0, "from the cache");
	options.now = NOW + 60;
	f = once("/v", "0", 1);
	ok(f.revalidated && !f.cached, "expired: not modified");
	is_int(f.expires_at, NOW + 150, "good for 90 seconds more");
	options.now = NOW + 149;
	f = once("/v", "0", 0);
	ok(f.cached, "which the cache knows");
	options.now = NOW - 1;
	once("/v", "0", 1);
	options.now = NOW + 500;
	version = 1;
	f = once("/v", "1", 1);
	ok(!f.revalidated, "modified");
	request.no_cache = true;
	version = 2;
	once("/v", "2", 1);
	request.no_cache = false;
	version = 3;
	once("/v", "2", 0);
	options.no_cache = true;
	once("/v", "3", 1);
	set_defaults();
	request.keep = false;
	once("/v?x", "3", 1);
	once("/v?x", "3", 1);
	version = 0;
	set_defaults();
}

static void
test_offline(void)
{
	struct fetch f;

	clear();
	once("/v", "0", 1);
	options.offline = true;
	options.now = NOW + 86400;
	f = once("/v", "0", 0);
	ok(f.cached, "offline: an old copy will do");
	f = once("/v?other", "", 0);
	is_int(f.error.kind, ERR_UNSUPPORTED, "none: an error");
	ok(strstr(f.error.text, ": offline, and not in the cache") != NULL,
	    "%s", f.error.text);
	set_defaults();
}

static void
test_expiry(void)
{
	static struct run run;

	clear();
	run_open(&run);
	run_ask(&run, "/v");
	run_loop(&run);
	fetch_set_expiry(run.got, NOW + 1000);
	run_close(&run);
	options.now = NOW + 999;
	once("/v", "0", 0);
	options.now = NOW + 1000;
	once("/v", "0", 1);
	set_defaults();
}

static void
test_errors(void)
{
	struct fetch f;

	clear();
	f = once("/no", "", 1);
	is_int(f.error.kind, ERR_CONNECT, "404 is an error");
	is_int(f.status, 404, "status");
	ok(strstr(f.error.text, "/no: HTTP 404") != NULL, "%s", f.error.text);
	f = once("/short", "", 1);
	is_int(f.error.kind, ERR_CONNECT, "cut off: %s", f.error.text);
	once("/short", "", 1);
	request.max_size = 1000;
	f = once("/big", "", 1);
	is_int(f.error.kind, ERR_LIMIT, "too long: %s", f.error.text);
	set_defaults();
	f = once("/html", "<html>", 1);
	is_str(f.content_type, "text/html", "the type can be had");
	options.deadline_ms = clock_mono_ms() - 1;
	f = once("/v", "", 1);
	is_int(f.error.kind, ERR_TIMEOUT, "no time: %s", f.error.text);
	set_defaults();
}

struct taking {
	size_t n;
	unsigned calls;
	bool same;
};

/* Takes whole thousands only, as a parser takes whole elements. */
static int
on_part(void *ctx, struct bytes data, size_t *used, struct err *err)
{
	struct taking *taking = ctx;

	(void)err;
	*used = data.len / 1000 * 1000;
	taking->calls++;
	taking->same = taking->same && taking->n + data.len <= BIG &&
	    memcmp(data.data, big + taking->n, data.len) == 0;
	taking->n += *used;
	return 0;
}

static int
on_none(void *ctx, struct bytes data, size_t *used, struct err *err)
{
	(void)ctx;
	(void)data;
	(void)used;
	(void)err;
	return 0;
}

static int
on_stop(void *ctx, struct bytes data, size_t *used, struct err *err)
{
	(void)ctx;
	(void)data;
	(void)used;
	return err_set(err, ERR_SYNTAX, "stop");
}

static void
read_twice(struct run *run, const char *where)
{
	struct err err = ERR_INIT;
	struct taking taking;
	unsigned i;

	for (i = 0; i < 2; i++) {
		taking = (struct taking){ 0, 0, true };
		is_int(fetch_read(run->got, on_part, &taking, &err), 0,
		    "%s: read: %s", where, err.text);
		is_uint(taking.n, BIG, "all of it");
		ok(taking.same, "in order");
	}
	is_int(fetch_read(run->got, on_stop, NULL, &err), -1, "stopped");
	is_str(err.text, "stop", "by its own words");
}

static void
test_big(void)
{
	static struct run run;
	struct err err = ERR_INIT;
	struct arena *arena = arena_new();
	struct bytes none;

	clear();
	run_open(&run);
	run_ask(&run, "/big");
	run_loop(&run);
	is_uint(run.got->size, BIG, "a large one: %s", run.got->error.text);
	read_twice(&run, "file");
	is_int(fetch_read(run.got, on_none, NULL, &err), -1,
	    "nothing taken of a full block");
	is_int(err.kind, ERR_LIMIT, "%s", err.text);
	is_int(fetch_bytes(run.got, arena, BIG - 1, &none, &err), -1,
	    "more than the caller wants: %s", err.text);
	run_close(&run);
	options.offline = true;
	run_open(&run);
	run_ask(&run, "/big");
	read_twice(&run, "cache");
	run_close(&run);
	set_defaults();
	options.no_cache = true;
	run_open(&run);
	run_ask(&run, "/big");
	run_loop(&run);
	read_twice(&run, "memory");
	run_close(&run);
	arena_free(arena);
	set_defaults();
}

/* A limit on the size of files stands for the full disk. */
static void
test_full(void)
{
	struct rlimit old, limit;
	static struct run run;

	clear();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 500000;
	setrlimit(RLIMIT_FSIZE, &limit);
	run_open(&run);
	run_ask(&run, "/big");
	run_loop(&run);
	is_uint(run.done, 1, "full disk: done once");
	read_twice(&run, "full disk");
	is_uint(fetcher_count(run.fetcher), 2, "fetched again");
	run_close(&run);
	setrlimit(RLIMIT_FSIZE, &old);
	run_open(&run);
	run_ask(&run, "/big");
	is_uint(run.done, 0, "nothing was kept");
	run_close(&run);
	options.cache_dir = "/dev/null/no";
	once("/v", "0", 1);
	once("/v", "0", 1);
	set_defaults();
}

static void
test_explain(void)
{
	static const struct {
		const char *path, *body;
		size_t len;
		const char *text;
	} rows[] = {
#define B(body) body, sizeof(body) - 1
		{ "/say?", B(""), "the server sent nothing (an empty answer) "
		    "instead of a list" },
		{ "/say?", B("<html>"), "the server sent a web page instead "
		    "of a list" },
		{ "/say?", B("\xef\xbb\xbf \r\n<!DOCTYPE html>"),
		    "the server sent a web page instead of a list" },
		{ "/say?h", B("Welcome"), "the server sent a web page "
		    "instead of a list" },
		{ "/say?", B("Not found\n"), "the server sent plain text "
		    "instead of a list" },
		{ "/say?", B("{\"error\":1}"), "the server sent JSON instead "
		    "of a list" },
		{ "/say?", B(" \n"), "the server sent blanks instead of a "
		    "list" },
		{ "/say?h", B("0\003\n\001\006"), "as it was" },
		{ "/say?", B("-----BEGIN X509 CRL-----"), "as it was" },
		{ "/say?", B("\377\330\377\340"), "as it was" },
		{ "/no", B(""), "as it was" },
#undef B
	};
	static struct run run;
	struct err err;
	size_t i;

	options.no_cache = true;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		said = rows[i].body;
		said_len = rows[i].len;
		run_open(&run);
		run_ask(&run, rows[i].path);
		run_loop(&run);
		err_set(&err, ERR_SYNTAX, "as it was");
		fetch_explain(run.got, "a list", &err);
		is_str(err.text, rows[i].text, "instead of a list");
		run_close(&run);
	}
	set_defaults();
}

int
main(void)
{
	size_t i;

#ifndef HAVE_CURL_H
	skip_all("built without libcurl");
#endif
	if (mkdtemp(dir) == NULL)
		bail("no directory");
	for (i = 0; i < BIG; i++)
		big[i] = (char)(i * 7 + i / 251);
	site.answer = site_answer;
	site_start(&site);
	set_defaults();
	test_shared();
	test_cache();
	test_offline();
	test_expiry();
	test_errors();
	test_big();
	test_full();
	test_explain();
	clear();
	is_int(rmdir(dir), 0, "nothing is left");
	site_stop(&site);
	return tap_done();
}
