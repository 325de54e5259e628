/* SPDX-License-Identifier: ISC */
/* Who asks whom: the token and where it comes from, the server's name. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "autossl_client.h"
#include "probe/autossl_token.h"

static char dir[] = "/tmp/test_token.XXXXXX";
static char path[256];

static void
set_defaults(void)
{
	memset(&options, 0, sizeof(options));
	options.whm = "whm.test";
	options.token_file = path;
	unsetenv("CPANEL_API_TOKEN");
}

/* "user token", or the error. */
static const char *
read_token(void)
{
	static char text[AUTOSSL_TOKEN_MAX + 64];
	struct autossl_token token;

	error = (struct err)ERR_INIT;
	if (autossl_token_read(&options, clock_mono_ms() + 5000, &token,
	    &error) == 0)
		snprintf(text, sizeof(text), "%s %s", token.user == NULL ?
		    "-" : token.user, token.secret);
	else
		snprintf(text, sizeof(text), "%s", error.text);
	autossl_token_release(&token);
	if (error.kind != ERR_NONE && strstr(text, TOKEN) != NULL)
		fail("the token is in the text: %s", text);
	return text;
}

/* The text behind "--token-file: PATH: ". */
static const char *
behind(const char *text)
{
	size_t len = strlen("--token-file: ") + strlen(path) + 2;

	return strncmp(text, "--token-file: ", 14) == 0 &&
	    strlen(text) > len ? text + len : text;
}

static void
test_file(void)
{
	static const char blanks[] = "holds something that is no token "
	    "(TOKEN or USER:TOKEN, without blanks)";
	static const struct {
		const char *in, *out;
		enum err_kind kind;
	} rows[] = {
		{ TOKEN, "- " TOKEN, ERR_NONE },
		{ TOKEN "\n", "- " TOKEN, ERR_NONE },
		{ "  " TOKEN " \r\n\n", "- " TOKEN, ERR_NONE },
		{ "bob:" TOKEN "\n", "bob " TOKEN, ERR_NONE },
		{ "", "holds no token", ERR_USAGE },
		{ " \n\n", "holds no token", ERR_USAGE },
		{ TOKEN "\n" TOKEN "\n", "holds more than one line",
		    ERR_USAGE },
		{ "whm root:" TOKEN, blanks, ERR_USAGE },
		{ TOKEN "\033", blanks, ERR_USAGE },
		{ TOKEN "\rX", blanks, ERR_USAGE },
		{ TOKEN "\xc3\xa4", blanks, ERR_USAGE },
		{ ":" TOKEN, "holds a colon without user or token",
		    ERR_USAGE },
		{ "bob:", "holds a colon without user or token", ERR_USAGE },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_file(path, rows[i].in, 0600);
		is_str(behind(read_token()), rows[i].out, "token %zu", i);
		is_int(error.kind, rows[i].kind, "its kind");
	}
}

static void
test_modes(void)
{
	static const struct {
		mode_t mode;
		bool good;
	} rows[] = {
		{ 0400, true }, { 0600, true }, { 0640, true },
		{ 0660, true }, { 0644, false }, { 0602, false },
		{ 0601, false }, { 0604, false },
	};
	char text[AUTOSSL_TOKEN_MAX + 2];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_file(path, TOKEN, rows[i].mode);
		(void)read_token();
		is_int(error.kind, rows[i].good ? ERR_NONE : ERR_USAGE,
		    "mode %04o: %s", (unsigned)rows[i].mode, error.text);
	}
	put_file(path, TOKEN, 0644);
	is_str(behind(read_token()), "others may use it (mode 0644): chmod "
	    "o= it", "text");
	unlink(path);
	is_str(behind(read_token()), "cannot be opened: No such file or "
	    "directory", "no such file");
	is_int(error.kind, ERR_IO, "its kind");
	options.token_file = dir;
	(void)read_token();
	is_int(error.kind, ERR_USAGE, "a directory: %s", error.text);
	options.token_file = "/dev/zero";
	(void)read_token();
	is_int(error.kind, ERR_USAGE, "a device: %s", error.text);
	options.token_file = path;
	memset(text, 'x', sizeof(text));
	text[AUTOSSL_TOKEN_MAX + 1] = '\0';
	put_file(path, text, 0600);
	is_str(behind(read_token()), "longer than a token (1024 octets)",
	    "too long");
	text[AUTOSSL_TOKEN_MAX] = '\0';
	put_file(path, text, 0600);
	(void)read_token();
	is_int(error.kind, ERR_NONE, "1024 octets: %s", error.text);
	unlink(path);
}

static void *
feed(void *arg)
{
	int fd;

	usleep(100000);
	fd = open(path, O_WRONLY);
	usleep(50000);
	if (write(fd, "bob:", 4) != 4)
		bail("FIFO");
	usleep(50000);
	if (write(fd, TOKEN "\n", strlen(TOKEN) + 1) < 0)
		bail("FIFO");
	close(fd);
	return arg;
}

static void
test_fifo(void)
{
	struct autossl_token token;
	pthread_t thread;
	int ends[2], saved;

	if (mkfifo(path, 0622) != 0)
		bail("no FIFO");
	pthread_create(&thread, NULL, feed, NULL);
	is_str(read_token(), "bob " TOKEN, "a FIFO is waited for");
	pthread_join(thread, NULL);
	error = (struct err)ERR_INIT;
	is_int(autossl_token_read(&options, clock_mono_ms() + 100, &token,
	    &error), -1, "but not for ever: %s", error.text);
	is_int(error.kind, ERR_TIMEOUT, "its kind");
	autossl_token_release(&token);
	unlink(path);
	if (pipe(ends) != 0 || write(ends[1], TOKEN "\n", 18) != 18)
		bail("no pipe");
	close(ends[1]);
	saved = dup(0);
	dup2(ends[0], 0);
	options.token_file = "-";
	is_str(read_token(), "- " TOKEN, "standard input");
	dup2(saved, 0);
	close(saved);
	close(ends[0]);
	set_defaults();
}

static void
test_environment(void)
{
	char text[AUTOSSL_TOKEN_MAX + 2];

	options.token_file = NULL;
	is_str(read_token(), "no API token: give --token-file=FILE, or "
	    "CPANEL_API_TOKEN in the environment", "none");
	is_int(error.kind, ERR_USAGE, "its kind");
	setenv("CPANEL_API_TOKEN", "", 1);
	(void)read_token();
	is_int(error.kind, ERR_USAGE, "an empty one is none");
	setenv("CPANEL_API_TOKEN", TOKEN, 1);
	is_str(read_token(), "- " TOKEN, "from the environment");
	ok(getenv("CPANEL_API_TOKEN") == NULL, "which loses it");
	setenv("CPANEL_API_TOKEN", "bob:" TOKEN, 1);
	is_str(read_token(), "bob " TOKEN, "with a user");
	setenv("CPANEL_API_TOKEN", TOKEN " x", 1);
	(void)read_token();
	is_int(error.kind, ERR_USAGE, "no token: %s", error.text);
	memset(text, 'x', sizeof(text));
	text[AUTOSSL_TOKEN_MAX + 1] = '\0';
	setenv("CPANEL_API_TOKEN", text, 1);
	is_str(read_token(), "CPANEL_API_TOKEN: longer than a token (1024 "
	    "octets)", "too long");
	set_defaults();
	put_file(path, "alice:FILE", 0600);
	setenv("CPANEL_API_TOKEN", TOKEN, 1);
	is_str(read_token(), "alice FILE", "the file comes first");
	ok(getenv("CPANEL_API_TOKEN") == NULL, "the other is taken out");
}

static void
test_dump(void)
{
	struct rlimit limit;
	struct run run;
	int before = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	rlim_t soft;

	getrlimit(RLIMIT_CORE, &limit);
	soft = limit.rlim_cur;
	put_file(path, TOKEN, 0600);
	run = run_begin(AUTOSSL_WHM, 1000);
	is_int(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0, "no core is dumped");
	getrlimit(RLIMIT_CORE, &limit);
	is_uint(limit.rlim_cur, 0, "by the limit as well");
	run_end(&run);
	is_int(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), before, "until the end");
	getrlimit(RLIMIT_CORE, &limit);
	is_uint(limit.rlim_cur, soft, "the limit is as it was");
}

static void
test_servers(void)
{
	static const struct {
		const char *in, *out;	/* out NULL: an error */
	} rows[] = {
		{ "whm.test", "whm.test:2087" },
		{ "WHM.Test:443", "whm.test:443" },
		{ "192.0.2.1", "192.0.2.1:2087" },
		{ "192.0.2.1:1", "192.0.2.1:1" },
		{ "2001:db8::1", "[2001:db8::1]:2087" },
		{ "[2001:db8::1]", "[2001:db8::1]:2087" },
		{ "[2001:db8::1]:65535", "[2001:db8::1]:65535" },
		{ "https://whm.test:2087/", "whm.test:2087" },
		{ "https://whm.test", "whm.test:2087" },
		{ "b\xc3\xbc" "cher.test", "xn--bcher-kva.test:2087" },
		{ "", NULL }, { " ", NULL }, { "whm.test:", NULL },
		{ "whm.test:0", NULL }, { "whm.test:65536", NULL },
		{ "whm.test/x", NULL }, { "http://whm.test", NULL },
		{ "smtp://whm.test", NULL }, { "file:/etc/passwd", NULL },
		{ "root:pw@whm.test", NULL }, { "192.0.2.0/30", NULL },
		{ "-", NULL }, { "a b", NULL }, { "a\r\nX: y", NULL },
	};
	struct run run;
	size_t i;

	put_file(path, TOKEN, 0600);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		options.whm = rows[i].in;
		run = run_begin(AUTOSSL_WHM, 1000);
		if (rows[i].out != NULL)
			is_str(run.client == NULL ? error.text :
			    autossl_client_server(run.client), rows[i].out,
			    "'%s'", rows[i].in);
		else
			ok(run.client == NULL && error.kind == ERR_USAGE &&
			    strncmp(error.text, "--whm: ", 7) == 0 &&
			    strstr(error.text, "pw") == NULL,
			    "'%s': %s", rows[i].in, error.text);
		run_end(&run);
	}
	options.cpanel = "h.test";
	options.user = "bob";
	run = run_begin(AUTOSSL_CPANEL, 1000);
	is_str(autossl_client_server(run.client), "h.test:2083", "cPanel");
	run_end(&run);
	set_defaults();
}

static void
test_users(void)
{
	static const struct {
		enum autossl_way way;
		const char *option, *file, *user;	/* user NULL: error */
	} rows[] = {
		{ AUTOSSL_WHM, NULL, TOKEN, "root" },
		{ AUTOSSL_WHM, NULL, "reseller:" TOKEN, "reseller" },
		{ AUTOSSL_WHM, "bob", "reseller:" TOKEN, "bob" },
		{ AUTOSSL_CPANEL, NULL, TOKEN, NULL },
		{ AUTOSSL_CPANEL, NULL, "bob:" TOKEN, "bob" },
		{ AUTOSSL_CPANEL, "alice", TOKEN, "alice" },
		{ AUTOSSL_WHM, "a\r\nX-Evil: 1", TOKEN, NULL },
		{ AUTOSSL_WHM, "a b", TOKEN, NULL },
		{ AUTOSSL_WHM, "a:b", TOKEN, NULL },
		{ AUTOSSL_WHM, "\xff", TOKEN, NULL },
	};
	struct run run;
	size_t i;

	options.cpanel = "h.test";
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_file(path, rows[i].file, 0600);
		options.user = rows[i].option;
		run = run_begin(rows[i].way, 1000);
		if (rows[i].user != NULL)
			is_str(autossl_client_user(run.client), rows[i].user,
			    "user %zu", i);
		else
			ok(run.client == NULL && error.kind == ERR_USAGE,
			    "user %zu: %s", i, error.text);
		run_end(&run);
	}
	set_defaults();
	options.ca_file = "/nonexistent.pem";
	run = run_begin(AUTOSSL_WHM, 1000);
	is_int(error.kind, ERR_IO, "%s", error.text);
	run_end(&run);
	set_defaults();
}

static void
test_memory(void)
{
	struct run run;
	unsigned long n;
	unsigned bad = 0;

	put_file(path, TOKEN, 0600);
	for (n = 1; n < 200; n++) {
		mem_fail_at(n, 0);
		run = run_begin(AUTOSSL_WHM, 1000);
		mem_fail_at(0, 0);
		bad += run.client == NULL && error.kind != ERR_NOMEM;
		if (run.client != NULL)
			break;
		run_end(&run);
	}
	run_end(&run);
	is_uint(bad, 0, "each of %lu allocations that fails is told", n);
}

int
main(void)
{
	unsigned before = count_descriptors();

	if (mkdtemp(dir) == NULL)
		bail("no temporary directory");
	snprintf(path, sizeof(path), "%s/token", dir);
	set_defaults();
	test_file();
	test_modes();
	test_fifo();
	test_environment();
	test_dump();
	test_servers();
	test_users();
	test_memory();
	is_uint(count_descriptors(), before, "no descriptor is left");
	unlink(path);
	rmdir(dir);
	return tap_done();
}
