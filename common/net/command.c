/* SPDX-License-Identifier: ISC */
/*
 * Local programs as tasks of the loop.  The end of the program is the end of
 * the command, not that of its pipes, which a grandchild may hold: while the
 * pipes are open waitid is asked now and then, and often once they are
 * closed, which happens at the exit.  The group is killed while the child is
 * still a zombie, so that its number cannot be somebody else's.
 */
#include "net/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"

#define SIZE_DEFAULT ((size_t)16 << 20)	/* that of struct buf */
#define CHUNK 16384
#define CHUNKS_PER_TURN 64	/* then others get a turn */
#define ASK_OPEN_MS 50		/* pipes open: has it ended all the same? */
#define ASK_CLOSED_MS 1		/* pipes closed: at first, then twice that */
#define KILL_WAIT_MS 1000	/* for a killed one to vanish */
#define CHILD_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:" \
    "/sbin:/bin"

struct command {
	struct task task;
	struct loop *loop;
	pid_t pid;			/* 0: reaped */
	int out, err;			/* ours of the pipes; -1: closed */
	int64_t started_ms, ask_ms;
	size_t max_size;
	const char *name;		/* the last part of argv[0] */
	char *path;
	void (*done)(void *ctx, struct command_result *result);
	void *ctx;
	struct command_result result;
};

/* ---- starting ---- */

/* A pipe, the writing end of which only the child is to have: both are
 * close-on-exec and above stderr, so that dup2 finds room. */
static int
command_pipe(int ends[2], struct err *err)
{
	int i, high;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		ends[0] = ends[1] = -1;
		return err_sys(err, ERR_INTERNAL, errno,
		    "cannot open a pipe");
	}
	for (i = 0; i < 2; i++) {
		if (ends[i] > STDERR_FILENO)
			continue;
		high = fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (high < 0)
			return err_sys(err, ERR_INTERNAL, errno,
			    "cannot open a pipe");
		close(ends[i]);
		ends[i] = high;
	}
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		return err_sys(err, ERR_INTERNAL, errno,
		    "cannot open a pipe");
	return 0;
}

static void
command_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Ours are close-on-exec already; those that we were started with are not
 * for our children either. */
static void
command_fence_descriptors(void)
{
	int fd;

#ifdef CLOSE_RANGE_CLOEXEC
	if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
#endif
	for (fd = STDERR_FILENO + 1; fd < 1024; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* A group of its own; no signal is blocked, ignored or handled. */
static int
command_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int error, i;

	sigemptyset(&none);
	sigemptyset(&all);
	for (i = 1; i < 32; i++)
		if (i != SIGKILL && i != SIGSTOP)
			sigaddset(&all, i);
	error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (error == 0)
		error = posix_spawnattr_setpgroup(attributes, 0);
	if (error == 0)
		error = posix_spawnattr_setsigmask(attributes, &none);
	return error != 0 ? error :
	    posix_spawnattr_setsigdefault(attributes, &all);
}

static int
command_actions(posix_spawn_file_actions_t *actions, int out, int err)
{
	int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
	    "/dev/null", O_RDONLY, 0);

	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, out,
		    STDOUT_FILENO);
	return error != 0 ? error : posix_spawn_file_actions_adddup2(actions,
	    err, STDERR_FILENO);
}

/* posix_spawn wants `char *const[]`, and changes none of them. */
static char *const *
command_words(const char *const *words)
{
	char *const *out;

	memcpy(&out, &words, sizeof(out));
	return out;
}

/* An errno, or 0. */
static int
command_spawn(struct command *command, const char *const *argv, int out,
    int err)
{
	const char *home = getenv("HOME"), *environment[4] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	struct buf line = BUF_INIT;
	int error;

	if (home == NULL || *home == '\0')
		home = "/";
	buf_printf(&line, "HOME=%s", home);
	if (buf_failed(&line)) {
		buf_release(&line);
		return ENOMEM;
	}
	environment[0] = "PATH=" CHILD_PATH;
	environment[1] = "LANG=C.UTF-8";
	environment[2] = buf_text(&line);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	error = command_actions(&actions, out, err);
	if (error == 0)
		error = command_attributes(&attributes);
	command_fence_descriptors();
	if (error == 0)
		error = posix_spawn(&command->pid, argv[0], &actions,
		    &attributes, command_words(argv),
		    command_words(environment));
	if (error != 0)
		command->pid = 0;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	buf_release(&line);
	return error;
}

static int
command_refuse(const char *path, int error, struct err *err)
{
	if (error == ENOMEM)
		return err_nomem(err);
	if (error == ENOENT || error == ENOTDIR)
		return err_set(err, ERR_MISSING, "%s: no such program", path);
	return err_sys(err, error == EACCES || error == EPERM ||
	    error == ENOEXEC || error == EISDIR ? ERR_DENIED : ERR_INTERNAL,
	    error, "%s", path);
}

/* Looked at beforehand as well: not every posix_spawn tells that execve
 * failed. */
static int
command_look(const char *path, struct err *err)
{
	struct stat st;

	if (path[0] != '/')
		return err_set(err, ERR_MISSING, "%s: not an absolute path",
		    path);
	if (stat(path, &st) != 0)
		return command_refuse(path, errno, err);
	if (!S_ISREG(st.st_mode))
		return command_refuse(path, EACCES, err);
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
		return command_refuse(path, errno, err);
	return 0;
}

/* Who started us may have said that nobody waits for children: then nobody
 * could. */
static void
command_want_children(void)
{
	struct sigaction action;

	if (sigaction(SIGCHLD, NULL, &action) != 0 ||
	    (action.sa_handler != SIG_IGN &&
	    (action.sa_flags & SA_NOCLDWAIT) == 0))
		return;
	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &action, NULL);
}

static int
command_launch(struct command *command, const char *const *argv,
    struct err *err)
{
	int out[2] = { -1, -1 }, messages[2] = { -1, -1 }, error = 0, rc;

	rc = command_pipe(out, err);
	if (rc == 0)
		rc = command_pipe(messages, err);
	if (rc == 0) {
		command_want_children();
		error = command_spawn(command, argv, out[1], messages[1]);
	}
	if (error != 0)
		rc = command_refuse(argv[0], error, err);
	command_close(&out[1]);
	command_close(&messages[1]);
	command->out = out[0];
	command->err = messages[0];
	return rc;
}

/* ---- reading ---- */

/* Takes what is there: 1 more may come, 0 nothing now, -1 too much. */
static int
command_take(struct command *command, const char *data, size_t len,
    bool is_out)
{
	struct command_result *result = &command->result;
	size_t room;

	if (is_out) {
		if (len > command->max_size - result->out.len)
			return err_set(&result->error, ERR_LIMIT,
			    "%s: the answer is longer than %zu octets",
			    command->name, command->max_size);
		buf_add(&result->out, data, len);
		return buf_failed(&result->out) ?
		    err_nomem(&result->error) : 1;
	}
	room = COMMAND_STDERR_MAX - result->messages.len;
	buf_add(&result->messages, data, len < room ? len : room);
	return buf_failed(&result->messages) ? err_nomem(&result->error) : 1;
}

/* At most a turn's worth: -1 with result.error set, else 0.  Closes the
 * descriptor at its end. */
static int
command_read(struct command *command, int *fd)
{
	char chunk[CHUNK];
	unsigned turns;
	ssize_t n;

	for (turns = 0; *fd >= 0 && turns < CHUNKS_PER_TURN; turns++) {
		n = read(*fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0)
			command_close(fd);
		else if (command_take(command, chunk, (size_t)n,
		    fd == &command->out) < 0)
			return -1;
	}
	return 0;
}

/* ---- the end ---- */

static void
command_kill(const struct command *command)
{
	if (command->pid <= 0)
		return;
	(void)kill(-command->pid, SIGKILL);
	(void)kill(command->pid, SIGKILL);
}

/* Has it ended?  It stays a zombie. */
static bool
command_ended(const struct command *command)
{
	siginfo_t info;
	int rc;

	memset(&info, 0, sizeof(info));
	do
		rc = waitid(P_PID, (id_t)command->pid, &info,
		    WEXITED | WNOHANG | WNOWAIT);
	while (rc != 0 && errno == EINTR);
	return rc != 0 || info.si_pid == command->pid;
}

/* After command_ended or command_kill.  A process that sleeps in the kernel
 * outlives SIGKILL; that one is left to init. */
static void
command_reap(struct command *command)
{
	int64_t until = clock_mono_ms() + KILL_WAIT_MS;
	struct command_result *result = &command->result;
	int status = 0;
	pid_t got;

	if (command->pid <= 0)
		return;
	while ((got = waitpid(command->pid, &status, WNOHANG)) == 0 ||
	    (got < 0 && errno == EINTR)) {
		if (clock_mono_ms() >= until)
			break;
		(void)poll(NULL, 0, 1);
	}
	command->pid = 0;
	if (got > 0 && WIFEXITED(status))
		result->exit_code = WEXITSTATUS(status);
	else if (got > 0 && WIFSIGNALED(status))
		result->signal = WTERMSIG(status);
	else if (result->error.kind == ERR_NONE)
		err_set(&result->error, ERR_INTERNAL,
		    "%s: its exit code was lost", command->name);
}

/* Kills what is left of the group, reaps, closes. */
static enum step
command_end(struct command *command)
{
	command_kill(command);
	command_reap(command);
	command_close(&command->out);
	command_close(&command->err);
	command->result.elapsed_ms = clock_mono_ms() - command->started_ms;
	return STEP_DONE;
}

/* What was written before the exit is still in the pipes. */
static enum step
command_finish(struct command *command)
{
	command_kill(command);
	(void)command_read(command, &command->err);
	while (command->out >= 0) {
		size_t before = command->result.out.len;

		if (command_read(command, &command->out) != 0 ||
		    command->result.out.len == before)
			break;
	}
	return command_end(command);
}

/* ---- the task ---- */

static enum step
command_run(struct task *task)
{
	struct command *command = task->owner;

	if (command_read(command, &command->out) != 0 ||
	    command_read(command, &command->err) != 0)
		return command_end(command);
	if (command_ended(command))
		return command_finish(command);
	task->n_fds = 0;
	if (command->out >= 0)
		task->fds[task->n_fds++] = command->out;
	if (command->err >= 0)
		task->fds[task->n_fds++] = command->err;
	if (task->n_fds > 0) {
		task->wake_ms = clock_mono_ms() + ASK_OPEN_MS;
		return STEP_READ;
	}
	command->ask_ms = command->ask_ms == 0 ? ASK_CLOSED_MS :
	    command->ask_ms < ASK_OPEN_MS ? command->ask_ms * 2 : ASK_OPEN_MS;
	task->wake_ms = clock_mono_ms() + command->ask_ms;
	return STEP_WAIT;
}

static void
command_expire(struct task *task, bool cancelled)
{
	struct command *command = task->owner;
	struct err *error = &command->result.error;
	int64_t ms = clock_mono_ms() - command->started_ms;

	if (cancelled)
		err_set(error, ERR_CANCELLED, "%s: cancelled", command->name);
	else
		err_set(error, ERR_TIMEOUT, "%s: timed out after %lld%s",
		    command->name, (long long)(ms < 1000 ? ms : ms / 1000),
		    ms < 1000 ? " ms" : " s");
	(void)command_end(command);
}

static void
command_free(struct command *command)
{
	buf_release(&command->result.out);
	buf_release(&command->result.messages);
	mem_free(command->path);
	mem_free(command);
}

static void
command_done(struct task *task)
{
	struct command *command = task->owner;

	command->done(command->ctx, &command->result);
	command_free(command);
}

static struct command *
command_new(const struct command_request *request, struct err *err)
{
	struct command *command = mem_alloc(sizeof(*command));
	const char *slash;

	if (command == NULL) {
		err_nomem(err);
		return NULL;
	}
	command->path = mem_strdup(request->argv[0]);
	if (command->path == NULL) {
		mem_free(command);
		err_nomem(err);
		return NULL;
	}
	slash = strrchr(command->path, '/');
	command->name = slash == NULL ? command->path : slash + 1;
	command->out = command->err = -1;
	command->max_size = request->max_size == 0 ? SIZE_DEFAULT :
	    request->max_size;
	command->started_ms = clock_mono_ms();
	command->result.exit_code = -1;
	buf_init(&command->result.out, command->max_size);
	buf_init(&command->result.messages, COMMAND_STDERR_MAX);
	command->task = (struct task){ .run = command_run,
		.expire = command_expire, .done = command_done,
		.owner = command, .deadline_ms = request->deadline_ms };
	return command;
}

struct command *
command_start(struct loop *loop, const struct command_request *request,
    void (*done)(void *ctx, struct command_result *result), void *ctx,
    struct err *err)
{
	struct command *command;

	if (command_look(request->argv[0], err) != 0)
		return NULL;
	command = command_new(request, err);
	if (command == NULL)
		return NULL;
	command->loop = loop;
	command->done = done;
	command->ctx = ctx;
	if (command_launch(command, request->argv, err) == 0 &&
	    loop_add(loop, &command->task, err) == 0)
		return command;
	(void)command_end(command);
	command_free(command);
	return NULL;
}

void
command_cancel(struct command *command)
{
	loop_drop(command->loop, &command->task);
	command_expire(&command->task, true);
	command_done(&command->task);
}
