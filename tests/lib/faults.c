/* SPDX-License-Identifier: ISC */
/*
 * Calls that fail, put in front of the C library's with LD_PRELOAD.
 *
 * MPC_FAULT=KIND:N:HOW[:MORE]: the Nth call of that kind (names below) fails,
 * and MORE calls behind it (-1: all).  HOW is an errno, `short` (half of the
 * octets), `eof` (none), `eaiN` (of getaddrinfo), `sigN` (that signal is
 * raised, the call goes on), or for kind clock `+S` (S seconds later) and
 * `stall`.
 * Kind `own` are allocations of the plugin itself, `crypto` those that
 * libcrypto and libssl make through it, `lib` those of other libraries, `mem`
 * all of them, `any` every call but allocations.  The monotonic clock is never
 * put back.
 *
 * MPC_FAULT_MAP is a file of 64 words of 32 bits: how often each kind was
 * called; word 62 the descriptor that was hit, 63 how many calls failed.
 * Only programs whose names begin with check_ are disturbed.
 *
 * With -DNO_ALLOC allocations are left alone, which a sanitizer needs.
 */

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KINDS(X)							\
	X(any) X(mem) X(own) X(lib) X(read) X(recv) X(send) X(write)	\
	X(pwrite) X(poll) X(open) X(openat) X(fopen) X(close)		\
	X(fstat) X(fstatat) X(stat) X(lseek) X(socket) X(connect) X(getsockopt)		\
	X(setsockopt) X(fcntl) X(mmap) X(renameat) X(unlinkat) X(fsync)	\
	X(thread) X(pipe) X(fdopendir) X(opendir) X(readdir) X(mkdir)	\
	X(random) X(clock) X(spawn) X(waitid) X(waitpid) X(kill)	\
	X(dlopen) X(lookup) X(sigaction) X(crypto)

#define KIND(name) K_##name,
enum kind { KINDS(KIND) N_KINDS };
#define NAME(name) #name,
static const char *const names[] = { KINDS(NAME) };

#define WORD_FD		62
#define WORD_FIRED	63

static uint32_t *map;
static int wanted = -1, how_errno, how_signal, how_short, how_eof, how_stall;
static long first, more, how_jump;
static uintptr_t text_start, text_end;

static int
find_text(struct dl_phdr_info *info, size_t size, void *ctx)
{
	uintptr_t from, to;
	int i;

	(void)size;
	(void)ctx;
	for (i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type != PT_LOAD)
			continue;
		from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		to = from + info->dlpi_phdr[i].p_memsz;
		if (text_start == 0 || from < text_start)
			text_start = from;
		if (to > text_end)
			text_end = to;
	}
	return 1;		/* the program is the first one */
}

static void
read_how(const char *how)
{
	if (strncmp(how, "sig", 3) == 0)
		how_signal = atoi(how + 3);
	else if (strncmp(how, "short", 5) == 0)
		how_short = 1;
	else if (strncmp(how, "eof", 3) == 0)
		how_eof = 1;
	else if (strncmp(how, "stall", 5) == 0)
		how_stall = 1;
	else if (strncmp(how, "eai", 3) == 0)
		how_errno = -atoi(how + 3);
	else if (*how == '+' || *how == '-')
		how_jump = atol(how);
	else
		how_errno = atoi(how);
}

static void
read_fault(const char *fault)
{
	const char *at = strchr(fault, ':'), *how, *count;
	int i;

	if (at == NULL || (how = strchr(at + 1, ':')) == NULL)
		return;
	for (i = 0; i < N_KINDS; i++)
		if (strlen(names[i]) == (size_t)(at - fault) &&
		    strncmp(names[i], fault, strlen(names[i])) == 0)
			wanted = i;
	first = atol(at + 1);
	read_how(how + 1);
	count = strchr(how + 1, ':');
	more = count == NULL ? 0 : atol(count + 1);
}

__attribute__((constructor))
static void
begin(void)
{
	const char *path = getenv("MPC_FAULT_MAP"), *fault;
	void *at;
	int fd;

	if (path == NULL ||
	    strncmp(program_invocation_short_name, "check_", 6) != 0)
		return;
	fault = getenv("MPC_FAULT");
	if (fault != NULL)
		read_fault(fault);
	dl_iterate_phdr(find_text, NULL);
	fd = open(path, O_RDWR | O_CLOEXEC);
	at = mmap(NULL, 256, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		__atomic_store_n(&map, at, __ATOMIC_RELEASE);
}

static int
hit(enum kind kind)
{
	long n = __atomic_add_fetch(&map[kind], 1, __ATOMIC_RELAXED);

	if ((int)kind != wanted || n < first ||
	    (more >= 0 && n > first + more))
		return 0;
	__atomic_add_fetch(&map[WORD_FIRED], 1, __ATOMIC_RELAXED);
	return 1;
}

/* Whether this call is to fail, errno set. */
static int
fault(enum kind kind, int fd)
{
	if (map == NULL)
		return 0;
	if (kind != K_own && kind != K_lib && kind != K_crypto &&
	    kind != K_clock && hit(K_any) && how_signal != 0)
		raise(how_signal);
	if (!hit(kind))
		return 0;
	map[WORD_FD] = (uint32_t)fd;
	if (how_signal != 0) {
		raise(how_signal);
		return 0;
	}
	errno = how_errno;
	return 1;
}

#define REAL(name)							\
	static __typeof__(&name) real;					\
	if (real == NULL)						\
		*(void **)&real = dlsym(RTLD_NEXT, #name)

/* What fails with `bad` and errno. */
#define WRAP(type, name, kind, fd, bad, types, values)			\
type									\
name types								\
{									\
	REAL(name);							\
	return fault(K_##kind, fd) ? bad : real values;			\
}

/* Those that move octets: also fewer of them. */
#define MOVE(name, kind, types, values)					\
ssize_t									\
name types								\
{									\
	REAL(name);							\
	if (fault(K_##kind, fd)) {					\
		if (how_eof)						\
			return 0;					\
		if (!how_short)						\
			return -1;					\
		n = n / 2 + n % 2;					\
	}								\
	return real values;						\
}

ssize_t	__recv_chk(int, void *, size_t, size_t, int);
ssize_t	__read_chk(int, void *, size_t, size_t);
int	__open_2(const char *, int);
int	__open64_2(const char *, int);
int	__openat_2(int, const char *, int);
int	__openat64_2(int, const char *, int);

MOVE(read, read, (int fd, void *p, size_t n), (fd, p, n))
MOVE(__read_chk, read, (int fd, void *p, size_t n, size_t s), (fd, p, n, s))
MOVE(recv, recv, (int fd, void *p, size_t n, int f), (fd, p, n, f))
MOVE(__recv_chk, recv, (int fd, void *p, size_t n, size_t s, int f),
    (fd, p, n, s, f))
MOVE(send, send, (int fd, const void *p, size_t n, int f), (fd, p, n, f))
MOVE(write, write, (int fd, const void *p, size_t n), (fd, p, n))
MOVE(pwrite, pwrite, (int fd, const void *p, size_t n, off_t o),
    (fd, p, n, o))
MOVE(pwrite64, pwrite, (int fd, const void *p, size_t n, off64_t o),
    (fd, p, n, o))

WRAP(int, poll, poll, -1, -1, (struct pollfd *p, nfds_t n, int t), (p, n, t))
WRAP(int, __open_2, open, -1, -1, (const char *p, int f), (p, f))
WRAP(int, __open64_2, open, -1, -1, (const char *p, int f), (p, f))
WRAP(int, __openat_2, openat, -1, -1, (int d, const char *p, int f),
    (d, p, f))
WRAP(int, __openat64_2, openat, -1, -1, (int d, const char *p, int f),
    (d, p, f))
WRAP(FILE *, fopen, fopen, -1, NULL, (const char *p, const char *m), (p, m))
WRAP(FILE *, fopen64, fopen, -1, NULL, (const char *p, const char *m),
    (p, m))
WRAP(int, fstat, fstat, fd, -1, (int fd, struct stat *s), (fd, s))
WRAP(int, fstat64, fstat, fd, -1, (int fd, struct stat64 *s), (fd, s))
WRAP(int, fstatat, fstatat, -1, -1,
    (int d, const char *p, struct stat *s, int f), (d, p, s, f))
WRAP(int, fstatat64, fstatat, -1, -1,
    (int d, const char *p, struct stat64 *s, int f), (d, p, s, f))
WRAP(int, stat, stat, -1, -1, (const char *p, struct stat *s), (p, s))
WRAP(int, stat64, stat, -1, -1, (const char *p, struct stat64 *s), (p, s))
WRAP(off_t, lseek, lseek, fd, -1, (int fd, off_t o, int w), (fd, o, w))
WRAP(off64_t, lseek64, lseek, fd, -1, (int fd, off64_t o, int w), (fd, o, w))
WRAP(int, socket, socket, -1, -1, (int d, int t, int p), (d, t, p))
WRAP(int, connect, connect, fd, -1,
    (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
WRAP(int, getsockopt, getsockopt, fd, -1,
    (int fd, int l, int o, void *v, socklen_t *n), (fd, l, o, v, n))
WRAP(int, setsockopt, setsockopt, fd, -1,
    (int fd, int l, int o, const void *v, socklen_t n), (fd, l, o, v, n))
WRAP(void *, mmap, mmap, fd, MAP_FAILED,
    (void *a, size_t n, int p, int f, int fd, off_t o), (a, n, p, f, fd, o))
WRAP(void *, mmap64, mmap, fd, MAP_FAILED,
    (void *a, size_t n, int p, int f, int fd, off64_t o),
    (a, n, p, f, fd, o))
WRAP(int, renameat, renameat, -1, -1,
    (int d, const char *p, int e, const char *q), (d, p, e, q))
WRAP(int, unlinkat, unlinkat, -1, -1, (int d, const char *p, int f),
    (d, p, f))
WRAP(int, fsync, fsync, fd, -1, (int fd), (fd))
WRAP(int, pipe2, pipe, -1, -1, (int p[2], int f), (p, f))
WRAP(DIR *, fdopendir, fdopendir, fd, NULL, (int fd), (fd))
WRAP(DIR *, opendir, opendir, -1, NULL, (const char *p), (p))
WRAP(struct dirent *, readdir, readdir, -1, NULL, (DIR *d), (d))
WRAP(struct dirent64 *, readdir64, readdir, -1, NULL, (DIR *d), (d))
WRAP(int, mkdir, mkdir, -1, -1, (const char *p, mode_t m), (p, m))
WRAP(ssize_t, getrandom, random, -1, -1, (void *p, size_t n, unsigned f),
    (p, n, f))
WRAP(int, waitid, waitid, -1, -1,
    (idtype_t t, id_t i, siginfo_t *s, int o), (t, i, s, o))
WRAP(pid_t, waitpid, waitpid, -1, -1, (pid_t p, int *s, int o), (p, s, o))
WRAP(int, kill, kill, -1, -1, (pid_t p, int s), (p, s))
WRAP(void *, dlopen, dlopen, -1, NULL, (const char *p, int f), (p, f))
WRAP(int, sigaction, sigaction, -1, -1,
    (int n, const struct sigaction *a, struct sigaction *o), (n, a, o))
/* These return the error. */
WRAP(int, pthread_create, thread, -1, how_errno,
    (pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x),
    (t, a, f, x))
WRAP(int, posix_spawn, spawn, -1, how_errno,
    (pid_t *p, const char *n, const posix_spawn_file_actions_t *f,
    const posix_spawnattr_t *a, char *const v[], char *const e[]),
    (p, n, f, a, v, e))
WRAP(int, getaddrinfo, lookup, -1, how_errno,
    (const char *n, const char *s, const struct addrinfo *h,
    struct addrinfo **o), (n, s, h, o))

/* A close that fails has closed all the same. */
int
close(int fd)
{
	REAL(close);
	int failed = fault(K_close, fd), saved = errno;

	if (!failed)
		return real(fd);
	(void)real(fd);
	errno = saved;
	return -1;
}

#define OPEN(name, kind, types, values)					\
int									\
name types								\
{									\
	REAL(name);							\
	mode_t mode = 0;						\
	va_list ap;							\
									\
	va_start(ap, f);						\
	if ((f & (O_CREAT | O_TMPFILE)) != 0)				\
		mode = va_arg(ap, mode_t);				\
	va_end(ap);							\
	return fault(K_##kind, -1) ? -1 : real values;			\
}

OPEN(open, open, (const char *p, int f, ...), (p, f, mode))
OPEN(open64, open, (const char *p, int f, ...), (p, f, mode))
OPEN(openat, openat, (int d, const char *p, int f, ...), (d, p, f, mode))
OPEN(openat64, openat, (int d, const char *p, int f, ...), (d, p, f, mode))

#define FCNTL(name)							\
int									\
name(int fd, int f, ...)						\
{									\
	REAL(name);							\
	va_list ap;							\
	void *arg;							\
									\
	va_start(ap, f);						\
	arg = va_arg(ap, void *);					\
	va_end(ap);							\
	return fault(K_fcntl, fd) ? -1 : real(fd, f, arg);		\
}

FCNTL(fcntl)
FCNTL(fcntl64)

int
clock_gettime(clockid_t clock, struct timespec *out)
{
	static struct timespec still[16];
	REAL(clock_gettime);
	int failed = fault(K_clock, -1), rc = real(clock, out);

	if (!failed || rc != 0)
		return rc;
	if (how_jump != 0 && (how_jump > 0 || clock == CLOCK_REALTIME)) {
		out->tv_sec += how_jump;
	} else if (how_stall && (unsigned)clock < 16) {
		if (still[clock].tv_sec == 0)
			still[clock] = *out;
		*out = still[clock];
	} else if (how_errno != 0) {
		errno = how_errno;
		return -1;
	}
	return 0;
}

#ifndef NO_ALLOC

void	*__libc_malloc(size_t);
void	*__libc_calloc(size_t, size_t);
void	*__libc_realloc(void *, size_t);

/* Set while libcrypto has the plugin allocate. */
static __thread int for_crypto __attribute__((tls_model("initial-exec")));

static enum kind
whose(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;

	if (for_crypto)
		return K_crypto;
	return at >= text_start && at < text_end ? K_own : K_lib;
}

static int
refused(const void *caller)
{
	if (map == NULL)
		return 0;
	if (!hit(K_mem) && !fault(whose(caller), -1))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t n)
{
	return refused(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return refused(__builtin_return_address(0)) ? NULL :
	    __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return refused(__builtin_return_address(0)) ? NULL :
	    __libc_realloc(p, n);
}

typedef void *crypto_malloc_fn(size_t, const char *, int);
typedef void *crypto_realloc_fn(void *, size_t, const char *, int);
typedef void crypto_free_fn(void *, const char *, int);

static crypto_malloc_fn *plugins_malloc;
static crypto_realloc_fn *plugins_realloc;

static void *
crypto_malloc(size_t n, const char *file, int line)
{
	void *p;

	for_crypto = 1;
	p = plugins_malloc(n, file, line);
	for_crypto = 0;
	return p;
}

static void *
crypto_realloc(void *p, size_t n, const char *file, int line)
{
	for_crypto = 1;
	p = plugins_realloc(p, n, file, line);
	for_crypto = 0;
	return p;
}

int
CRYPTO_set_mem_functions(crypto_malloc_fn *take, crypto_realloc_fn *resize,
    crypto_free_fn *give_back)
{
	static int (*real)(crypto_malloc_fn *, crypto_realloc_fn *,
	    crypto_free_fn *);

	*(void **)&real = dlsym(RTLD_NEXT, "CRYPTO_set_mem_functions");
	plugins_malloc = take;
	plugins_realloc = resize;
	return real(crypto_malloc, crypto_realloc, give_back);
}

#endif
