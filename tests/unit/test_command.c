/* SPDX-License-Identifier: ISC */
/* Local programs that behave and that do not; what is left of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/command.h"
#include "tap.h"

struct result {
	unsigned done;
	enum err_kind kind;
	char text[ERR_TEXT_SIZE];
	int exit_code, signal;
	char out[4096], messages[COMMAND_STDERR_MAX + 1];
	size_t out_len, messages_len;
	int64_t elapsed_ms;
};

static void
on_done(void *ctx, struct command_result *r)
{
	struct result *result = ctx;

	result->done++;
	result->kind = r->error.kind;
	memcpy(result->text, r->error.text, sizeof(result->text));
	result->exit_code = r->exit_code;
	result->signal = r->signal;
	result->out_len = r->out.len;
	result->messages_len = r->messages.len;
	snprintf(result->out, sizeof(result->out), "%s", buf_text(&r->out));
	snprintf(result->messages, sizeof(result->messages), "%s",
	    buf_text(&r->messages));
	result->elapsed_ms = r->elapsed_ms;
}

static struct command_request request;
static volatile int cancel;

static struct result
run(const char *const *argv)
{
	struct result result = { .done = 0 };
	struct err err = ERR_INIT;
	struct loop *loop = loop_new(&err);

	request.argv = argv;
	if (loop == NULL || command_start(loop, &request, on_done, &result,
	    &err) == NULL) {
		result.kind = err.kind;
		memcpy(result.text, err.text, sizeof(result.text));
	} else
		loop_run(loop, clock_mono_ms() + 30000, &cancel, NULL);
	loop_free(loop);
	return result;
}

static struct result
shell(const char *script)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };

	return run(argv);
}

static unsigned
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	if (dir == NULL)
		bail("no /proc");
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static bool
has_children(void)
{
	return waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD;
}

/* Whether the process whose number a file holds is gone (or a zombie of
 * init's) within two seconds. */
static bool
vanished(const char *path)
{
	char name[64], line[256];
	long pid = 0;
	int tries;
	FILE *f = fopen(path, "r");

	if (f == NULL || fscanf(f, "%ld", &pid) != 1)
		bail("no process number in %s", path);
	fclose(f);
	for (tries = 0; tries < 200; tries++) {
		snprintf(name, sizeof(name), "/proc/%ld/stat", pid);
		f = fopen(name, "r");
		if (f == NULL)
			return true;
		if (fgets(line, sizeof(line), f) == NULL)
			line[0] = '\0';
		fclose(f);
		if (strstr(line, ") Z ") != NULL)
			return true;
		usleep(10000);
	}
	return false;
}

static void
test_plain(void)
{
	static const char *const words[] = { "/bin/echo", "a  b", "$HOME", "",
	    "*", NULL };
	struct result r = shell("echo hello; echo oops >&2; exit 3");

	is_uint(r.done, 1, "done is called once");
	is_int(r.kind, ERR_NONE, "no error: %s", r.text);
	is_str(r.out, "hello\n", "stdout");
	is_str(r.messages, "oops\n", "stderr");
	is_int(r.exit_code, 3, "exit code");
	is_int(r.signal, 0, "no signal");
	r = run(words);
	is_str(r.out, "a  b $HOME  *\n", "words are words: no shell");
	is_int(r.exit_code, 0, "exit code 0");
	r = shell("kill -TERM $$");
	is_int(r.kind, ERR_NONE, "ended by a signal: no error of ours");
	is_int(r.exit_code, -1, "no exit code");
	is_int(r.signal, SIGTERM, "its signal");
	r = shell("exec >&- 2>&-; sleep 0.2; exit 7");
	is_int(r.exit_code, 7, "one that closes its output first");
	r = shell("i=0; while [ $i -lt 300 ]; do echo 12345678901234567890 "
	    ">&2; i=$((i+1)); done; echo end");
	is_uint(r.messages_len, COMMAND_STDERR_MAX, "the beginning of stderr");
	is_str(r.out, "end\n", "the rest is dropped, not waited for");
}

static void
test_environment(void)
{
	struct result r;
	int fd = open("/dev/null", O_RDONLY), high = fcntl(fd, F_DUPFD, 20);

	setenv("CPANEL_API_TOKEN", "secret", 1);
	setenv("HOME", "/home/x y", 1);
	r = shell("env | sort | grep -v -e ^PWD= -e ^_= -e ^SHLVL= "
	    "-e ^OLDPWD=");
	is_str(r.out, "HOME=/home/x y\nLANG=C.UTF-8\nPATH=/usr/local/sbin:"
	    "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
	    "a minimal environment");
	unsetenv("HOME");
	r = shell("echo $HOME; cat; echo end");
	is_str(r.out, "/\nend\n", "no home: /; stdin is empty");
	r = shell("readlink /proc/$$/fd/0");
	is_str(r.out, "/dev/null\n", "stdin is /dev/null");
	r = shell("exec ls /proc/self/fd");
	is_str(r.out, "0\n1\n2\n3\n", "no further descriptors but ls's own, "
	    "not even inherited ones");
	r = shell("cut -d' ' -f5 /proc/$$/stat; echo $$");
	ok(strchr(r.out, '\n') != NULL && strncmp(r.out,
	    strchr(r.out, '\n') + 1, strcspn(r.out, "\n")) == 0,
	    "a group of its own: %s", r.out);
	close(fd);
	close(high);
}

static void
test_signals(void)
{
	struct result r;

	signal(SIGPIPE, SIG_IGN);
	r = shell("kill -PIPE $$; echo survived");
	is_int(r.signal, SIGPIPE, "SIGPIPE is not ignored in the child");
	signal(SIGCHLD, SIG_IGN);
	r = shell("exit 5");
	is_int(r.exit_code, 5, "SIGCHLD was ignored: %s", r.text);
	signal(SIGCHLD, SIG_DFL);
}

static void
test_missing(void)
{
	static const char *const rows[][2] = {
		{ "/nonexistent/whmapi1", "/nonexistent/whmapi1: no such "
		    "program" },
		{ "/dev/null/x", "/dev/null/x: no such program" },
		{ "sh", "sh: not an absolute path" },
	};
	const char *argv[] = { NULL, NULL };
	char path[] = "/tmp/test_command.XXXXXX";
	int fd = mkstemp(path);
	struct result r;
	size_t i;

	for (i = 0; i < 3; i++) {
		argv[0] = rows[i][0];
		r = run(argv);
		is_int(r.kind, ERR_MISSING, "%s", rows[i][0]);
		is_str(r.text, rows[i][1], "its text");
		is_uint(r.done, 0, "done is not called");
	}
	argv[0] = "/tmp";
	r = run(argv);
	is_int(r.kind, ERR_DENIED, "a directory: %s", r.text);
	argv[0] = path;
	fchmod(fd, 0600);
	r = run(argv);
	is_int(r.kind, ERR_DENIED, "not executable: %s", r.text);
	if (write(fd, "garbage\n", 8) != 8)
		bail("no temporary file");
	fchmod(fd, 0700);
	close(fd);
	r = run(argv);
	ok(r.kind == ERR_DENIED || r.exit_code == 127, "no program: %s",
	    r.text);
	unlink(path);
}

static void
test_limits(void)
{
	struct result r;

	request.max_size = 1000;
	r = shell("yes");
	is_int(r.kind, ERR_LIMIT, "too much");
	is_str(r.text, "sh: the answer is longer than 1000 octets", "text");
	r = shell("printf %01000d 0");
	is_int(r.kind, ERR_NONE, "as much as allowed: %s", r.text);
	is_uint(r.out_len, 1000, "all of it");
	r = shell("printf %01001d 0");
	is_int(r.kind, ERR_LIMIT, "one more: %s", r.text);
	request.max_size = 0;
	r = shell("head -c 3000000 /dev/zero");
	is_uint(r.out_len, 3000000, "3 MB");
}

static void
test_deadlines(const char *dir)
{
	char script[1024], path[256];
	struct result r;
	int64_t begin = clock_mono_ms();

	snprintf(path, sizeof(path), "%s/pid", dir);
	request.deadline_ms = clock_mono_ms() + 300;
	r = shell("sleep 60");
	is_int(r.kind, ERR_TIMEOUT, "%s", r.text);
	request.deadline_ms = clock_mono_ms() + 300;
	r = shell("yes >&2");
	is_int(r.kind, ERR_TIMEOUT, "endless stderr: %s", r.text);
	snprintf(script, sizeof(script), "trap '' TERM INT HUP; sleep 60 & "
	    "echo $! > %s; wait", path);
	request.deadline_ms = clock_mono_ms() + 500;
	r = shell(script);
	is_int(r.kind, ERR_TIMEOUT, "deaf, with a child: %s", r.text);
	ok(vanished(path), "its child is killed, too");
	request.deadline_ms = 0;
	snprintf(script, sizeof(script), "echo out; sleep 60 & echo $! > %s",
	    path);
	r = shell(script);
	is_int(r.kind, ERR_NONE, "a grandchild that keeps the pipe");
	is_str(r.out, "out\n", "is not waited for");
	is_int(r.exit_code, 0, "exit code");
	ok(vanished(path), "it is killed");
	snprintf(script, sizeof(script), "echo out; setsid sh -c 'echo $$ > "
	    "%s; exec sleep 60' & while [ ! -s %s ]; do sleep 0.01; done; "
	    "echo end", path, path);
	unlink(path);
	r = shell(script);
	is_str(r.out, "out\nend\n", "one that left the group: not waited "
	    "for either");
	if (!vanished(path)) {
		snprintf(script, sizeof(script), "kill $(cat %s)", path);
		(void)shell(script);
	}
	cancel = 1;
	r = shell("sleep 60");
	cancel = 0;
	is_int(r.kind, ERR_CANCELLED, "%s", r.text);
	ok(clock_mono_ms() - begin < 20000, "nothing was waited for");
	unlink(path);
}

static void
test_cancel(void)
{
	static const char *const argv[] = { "/bin/sleep", "60", NULL };
	struct result result = { .done = 0 };
	struct loop *loop = loop_new(NULL);
	struct command *command;

	request.argv = argv;
	command = command_start(loop, &request, on_done, &result, NULL);
	command_cancel(command);
	is_uint(result.done, 1, "cancelled before the loop: done");
	is_int(result.kind, ERR_CANCELLED, "%s", result.text);
	is_uint(loop_active(loop), 0, "out of the loop");
	loop_free(loop);
}

static void
test_many(void)
{
	static const char *const argv[] = { "/bin/sh", "-c", "sleep 0.1; echo "
	    "$$", NULL };
	struct result results[8];
	struct loop *loop = loop_new(NULL);
	unsigned i, n = 0;

	memset(results, 0, sizeof(results));
	request.argv = argv;
	for (i = 0; i < 8; i++)
		if (command_start(loop, &request, on_done, &results[i],
		    NULL) == NULL)
			bail("not started");
	loop_run(loop, clock_mono_ms() + 30000, NULL, NULL);
	for (i = 0; i < 8; i++)
		n += results[i].done == 1 && results[i].exit_code == 0 &&
		    results[i].out_len > 1;
	is_uint(n, 8, "eight at once");
	loop_free(loop);
}

static void
test_memory(void)
{
	struct result r;
	unsigned long n;
	unsigned bad = 0;

	for (n = 1; n < 100; n++) {
		mem_fail_at(n, 0);
		r = shell("echo hello; echo oops >&2");
		mem_fail_at(0, 0);
		if (r.kind == ERR_NONE && r.done == 1)
			break;
		bad += r.kind != ERR_NOMEM || r.done > 1;
	}
	ok(n > 4 && n < 100, "%lu allocations", n);
	is_uint(bad, 0, "each that fails is \"out of memory\"");
	is_str(r.out, "hello\n", "and then it works");
}

/* Started without stdin, stdout and stderr: the pipes get their numbers. */
static void
test_closed(void)
{
	int saved[3], i;
	struct result r;

	fflush(NULL);
	for (i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		close(i);
	}
	r = shell("echo out; echo err >&2; readlink /proc/$$/fd/0");
	for (i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	is_str(r.out, "out\n/dev/null\n", "without stdin, stdout, stderr");
	is_str(r.messages, "err\n", "stderr");
}

int
main(void)
{
	char dir[] = "/tmp/test_command.XXXXXX";
	unsigned before = count_descriptors();

	if (mkdtemp(dir) == NULL)
		bail("no temporary directory");
	test_plain();
	test_environment();
	test_signals();
	test_missing();
	test_limits();
	test_deadlines(dir);
	test_cancel();
	test_many();
	test_memory();
	test_closed();
	ok(!has_children(), "no zombie is left");
	is_uint(count_descriptors(), before, "no descriptor is left");
	rmdir(dir);
	return tap_done();
}
