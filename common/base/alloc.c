/* SPDX-License-Identifier: ISC */
/* The only door to malloc, with a hook that lets tests shut it. */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Resolver threads allocate too, hence atomic. */
static atomic_ulong mem_calls;
static atomic_ulong mem_first_failure;	/* value of mem_calls; 0: none */
static atomic_bool mem_failure_lasts;
static atomic_ulong mem_failed;
static atomic_bool mem_library_lacked;

static bool
mem_refused(void)
{
	unsigned long call = atomic_fetch_add(&mem_calls, 1) + 1;
	unsigned long first = atomic_load(&mem_first_failure);

	if (first == 0 || call < first)
		return false;
	return call == first || atomic_load(&mem_failure_lasts);
}

void
mem_fail_at(unsigned long nth, int onwards)
{
	atomic_store(&mem_failure_lasts, onwards != 0);
	atomic_store(&mem_first_failure,
	    nth == 0 ? 0 : atomic_load(&mem_calls) + nth);
}

unsigned long
mem_count(void)
{
	return atomic_load(&mem_calls);
}

unsigned long
mem_failures(void)
{
	return atomic_load(&mem_failed);
}

static void *
mem_counted(void *p)
{
	if (p == NULL)
		atomic_fetch_add(&mem_failed, 1);
	return p;
}

void *
mem_alloc(size_t size)
{
	return mem_counted(mem_refused() ? NULL :
	    calloc(1, size == 0 ? 1 : size));
}

void *
mem_array(size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return mem_counted(NULL);
	return mem_alloc(n * size);
}

void *
mem_resize(void *p, size_t n, size_t size)
{
	size_t total = n * size;

	if (size != 0 && n > SIZE_MAX / size)
		return mem_counted(NULL);
	return mem_counted(mem_refused() ? NULL :
	    realloc(p, total == 0 ? 1 : total));
}

/* A handshake makes ten thousand of these. */
void *
mem_library(void *p, size_t size)
{
	void *out = mem_refused() ? NULL :
	    p == NULL ? malloc(size) : realloc(p, size);

	if (out == NULL) {
		atomic_fetch_add(&mem_failed, 1);
		atomic_store(&mem_library_lacked, true);
	}
	return out;
}

bool
mem_library_failed(void)
{
	return atomic_load(&mem_library_lacked);
}

void *
mem_dup(const void *p, size_t len)
{
	void *copy = mem_alloc(len);

	if (copy != NULL && len != 0)
		memcpy(copy, p, len);
	return copy;
}

char *
mem_strdup(const char *s)
{
	return mem_dup(s, strlen(s) + 1);
}

void
mem_free(void *p)
{
	free(p);
}

void
mem_wipe(void *p, size_t len)
{
	volatile unsigned char *at = p;

	while (len-- > 0)
		*at++ = 0;
}
