/* SPDX-License-Identifier: ISC */
/*
 * What code would do that got hold of a plugin while it reads a peer's bytes,
 * put in front of the C library's getaddrinfo() with LD_PRELOAD.  Says on
 * stderr what it could do, a word each; then no name has an address.
 * MPC_INTRUDER is a folder that it may write to but for the confinement,
 * MPC_CACHE the one of --cache-dir, or unset.
 */

#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
say(const char *what, int done)
{
	dprintf(STDERR_FILENO, "%s:%s ", what, done ? "yes" : "no");
}

static int
makes(const char *folder, const char *name)
{
	char	 path[4096];
	int	 fd;

	if (folder == NULL)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Without a right to write: what it is, and whether it is empty. */
static int
empties(const char *path)
{
	int	 fd = open(path, O_RDONLY | O_TRUNC | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || truncate(path, 0) == 0;
}

static int
changes(const char *path)
{
	return chmod(path, 0666) == 0 ||
	    fchmodat(AT_FDCWD, path, 0666, 0) == 0 ||
	    utimensat(AT_FDCWD, path, NULL, 0) == 0 ||
	    chown(path, getuid(), getgid()) == 0;
}

/* What another process was started with. */
static int
peeks(void)
{
	char	 path[64], c;
	int	 fd;
	ssize_t	 n;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)getppid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, &c, 1);
	if (fd >= 0)
		close(fd);
	return n == 1;
}

static int
signals(void)
{
	return kill(getppid(), 0) == 0 ||
	    syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}

/* There is no terminal, which the kernel says later than the filter. */
static int
types(void)
{
	char	 c = 'x';

	return ioctl(STDIN_FILENO, TIOCSTI, &c) == 0 || errno != EPERM;
}

/* Comes back only when it is refused. */
static int
runs(void)
{
	char	*argv[] = { (char *)"true", NULL }, *envp[] = { NULL };

	(void)execve("/bin/true", argv, envp);
	return errno != EPERM && errno != EACCES;
}

static void
status(void)
{
	FILE	*file = fopen("/proc/thread-self/status", "re");
	char	 line[256];
	int	 value;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "NoNewPrivs: %d", &value) == 1)
			say("bound", value == 1);
		if (sscanf(line, "Seccomp: %d", &value) == 1)
			say("filtered", value == 2);
	}
	if (file != NULL)
		fclose(file);
}

int	getaddrinfo(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);

int
getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	const char	*folder = getenv("MPC_INTRUDER");
	char		 path[4096];
	int		 fd;

	(void)node;
	(void)service;
	(void)hints;
	(void)out;
	snprintf(path, sizeof(path), "%s/there", folder);
	status();
	say("make", makes(folder, "new"));
	say("overwrite", makes(folder, "there"));
	say("cache", makes(getenv("MPC_CACHE"), "new"));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	say("read", fd >= 0);
	say("empty", empties(path));
	say("change", changes(path));
	say("peek", peeks());
	say("signal", signals());
	say("raise", syscall(SYS_tgkill, getpid(), syscall(SYS_gettid),
	    0) == 0);
	say("type", types());
	say("remove", unlink(path) == 0);
	say("trace", ptrace(PTRACE_SEIZE, getppid(), 0, 0) == 0);
	say("run", runs());
	return EAI_NONAME;
}
