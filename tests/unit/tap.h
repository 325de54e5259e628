/* SPDX-License-Identifier: ISC */
/*
 * The Test Anything Protocol, producer side, for C unit tests.
 *
 *	#include "tap.h"
 *
 *	int
 *	main(void)
 *	{
 *		ok(1 + 1 == 2, "addition");
 *		is_int(thing_count(t), 3, "three things");
 *		is_str(thing_name(t), "x", "name of %s", "t");
 *		return tap_done();
 *	}
 *
 * Every assertion takes a printf format as its name, evaluates each of its
 * arguments once and returns true when it passed.  A failure prints the file
 * and line and both values to standard error.  The plan is printed at the end
 * by tap_done(), whose value is the exit code of main.
 *
 *   ok(COND, FMT, ...)                COND is true
 *   is_int(GOT, WANT, FMT, ...)       equal signed integers
 *   is_uint(GOT, WANT, FMT, ...)      equal unsigned integers
 *   is_str(GOT, WANT, FMT, ...)       equal strings; NULL equals NULL
 *   is_mem(GOT, WANT, LEN, FMT, ...)  LEN equal bytes
 *   pass(FMT, ...), fail(FMT, ...)    for branches
 *   skip(N, FMT, ...)                 N assertions not run, and why
 *   skip_all(FMT, ...)                whole file not run; does not return
 *   diag(FMT, ...)                    a remark on standard error
 *   bail(FMT, ...)                    stop the whole run; does not return
 *
 * State is per process and file-local: assert in one translation unit and one
 * thread.  A child made by fork() leaves by _exit() and asserts nothing.
 */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAP_PRINTF(f, a) __attribute__((format(printf, f, a)))

static struct {
	int	 run;
	int	 failed;
} tap_state;

static inline void TAP_PRINTF(1, 2)
diag(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("# ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* Names are one line, and '#' would start a directive. */
static inline void
tap_put_name(const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == '#')
			fputs("\\#", stdout);
		else if ((unsigned char)*name < ' ' || *name == 0x7f)
			printf("\\x%02x", (unsigned int)(unsigned char)*name);
		else
			fputc(*name, stdout);
	}
}

static inline bool TAP_PRINTF(4, 0)
tap_vresult(bool passed, const char *file, int line, const char *fmt,
    va_list ap)
{
	char	 name[1024];

	tap_state.run++;
	vsnprintf(name, sizeof(name), fmt, ap);
	printf("%s %d - ", passed ? "ok" : "not ok", tap_state.run);
	tap_put_name(name);
	fputc('\n', stdout);
	fflush(stdout);
	if (!passed) {
		tap_state.failed++;
		diag("  failed at %s:%d: %s", file, line, name);
	}
	return passed;
}

static inline bool TAP_PRINTF(5, 6)
tap_ok(bool passed, const char *file, int line, const char *expr,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_vresult(passed, file, line, fmt, ap);
	va_end(ap);
	if (!passed)
		diag("  false: %s", expr);
	return passed;
}

static inline bool TAP_PRINTF(5, 6)
tap_is_int(intmax_t got, intmax_t want, const char *file, int line,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_vresult(got == want, file, line, fmt, ap);
	va_end(ap);
	if (got != want)
		diag("  got: %jd\n#  want: %jd", got, want);
	return got == want;
}

static inline bool TAP_PRINTF(5, 6)
tap_is_uint(uintmax_t got, uintmax_t want, const char *file, int line,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_vresult(got == want, file, line, fmt, ap);
	va_end(ap);
	if (got != want)
		diag("  got: %ju\n#  want: %ju", got, want);
	return got == want;
}

static inline void
tap_put_str(const char *label, const char *s)
{
	fprintf(stderr, "#  %s: ", label);
	if (s == NULL) {
		fputs("NULL\n", stderr);
		return;
	}
	fputc('"', stderr);
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			fprintf(stderr, "\\x%02x",
			    (unsigned int)(unsigned char)*s);
		else
			fputc(*s, stderr);
	}
	fputs("\"\n", stderr);
}

static inline bool TAP_PRINTF(5, 6)
tap_is_str(const char *got, const char *want, const char *file, int line,
    const char *fmt, ...)
{
	bool	 same;
	va_list	 ap;

	if (got == NULL || want == NULL)
		same = got == want;
	else
		same = strcmp(got, want) == 0;
	va_start(ap, fmt);
	tap_vresult(same, file, line, fmt, ap);
	va_end(ap);
	if (!same) {
		tap_put_str("got", got);
		tap_put_str("want", want);
	}
	return same;
}

static inline void
tap_put_mem(const char *label, const unsigned char *p, size_t from, size_t to)
{
	fprintf(stderr, "#  %s at %zu:", label, from);
	for (; from < to; from++)
		fprintf(stderr, " %02x", (unsigned int)p[from]);
	fputc('\n', stderr);
}

struct tap_pair {
	const void	*got;
	const void	*want;
	size_t		 len;
};

static inline bool TAP_PRINTF(4, 5)
tap_is_mem(struct tap_pair pair, const char *file, int line, const char *fmt,
    ...)
{
	const unsigned char	*got = pair.got, *want = pair.want;
	size_t			 at = 0, to;
	va_list			 ap;

	if (got != NULL && want != NULL)
		while (at < pair.len && got[at] == want[at])
			at++;
	va_start(ap, fmt);
	tap_vresult(at == pair.len, file, line, fmt, ap);
	va_end(ap);
	if (at == pair.len)
		return true;
	if (got == NULL || want == NULL) {
		diag("  got: %p, want: %p", pair.got, pair.want);
		return false;
	}
	to = pair.len - at < 16 ? pair.len : at + 16;
	tap_put_mem("got", got, at, to);
	tap_put_mem("want", want, at, to);
	return false;
}

static inline void TAP_PRINTF(2, 3)
skip(int n, const char *fmt, ...)
{
	char	 why[512];
	va_list	 ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	while (n-- > 0) {
		printf("ok %d # SKIP ", ++tap_state.run);
		tap_put_name(why);
		fputc('\n', stdout);
	}
	fflush(stdout);
}

static inline void TAP_PRINTF(1, 2) __attribute__((noreturn))
skip_all(const char *fmt, ...)
{
	va_list ap;

	fputs("1..0 # SKIP ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fputc('\n', stdout);
	exit(0);
}

static inline void TAP_PRINTF(1, 2) __attribute__((noreturn))
bail(const char *fmt, ...)
{
	va_list ap;

	fputs("Bail out! ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fputc('\n', stdout);
	exit(255);
}

/* Prints the plan; returns the exit code of the test program. */
static inline int
tap_done(void)
{
	printf("1..%d\n", tap_state.run);
	fflush(stdout);
	if (tap_state.run == 0)
		diag("no assertion was run");
	else if (tap_state.failed > 0)
		diag("%d of %d failed", tap_state.failed, tap_state.run);
	return tap_state.run == 0 || tap_state.failed > 0;
}

#define ok(cond, ...) \
	tap_ok((cond) ? true : false, __FILE__, __LINE__, #cond, __VA_ARGS__)
#define is_int(got, want, ...) \
	tap_is_int((intmax_t)(got), (intmax_t)(want), __FILE__, __LINE__, \
	    __VA_ARGS__)
#define is_uint(got, want, ...) \
	tap_is_uint((uintmax_t)(got), (uintmax_t)(want), __FILE__, __LINE__, \
	    __VA_ARGS__)
#define is_str(got, want, ...) \
	tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_mem(got, want, len, ...) \
	tap_is_mem((struct tap_pair){ (got), (want), (len) }, __FILE__, \
	    __LINE__, __VA_ARGS__)
#define pass(...) \
	tap_ok(true, __FILE__, __LINE__, "pass", __VA_ARGS__)
#define fail(...) \
	tap_ok(false, __FILE__, __LINE__, "fail", __VA_ARGS__)

#endif
