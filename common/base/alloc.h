/* SPDX-License-Identifier: ISC */
/*
 * The only door to malloc in the tree, so that a test can make the Nth
 * allocation fail.  All return NULL on failure; sizes are checked for
 * overflow.  mem_free(NULL) is fine.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

void *mem_alloc(size_t size);			/* zeroed */
void *mem_array(size_t n, size_t size);		/* zeroed, overflow checked */
/* Grows or shrinks to n * size; the new part is NOT zeroed; p survives a
 * failure. */
void *mem_resize(void *p, size_t n, size_t size);
char *mem_strdup(const char *s);
void *mem_dup(const void *p, size_t len);
void mem_free(void *p);
/* Overwrites secrets before they are freed; never optimised away. */
void mem_wipe(void *p, size_t len);
/* Test hook: the nth allocation from now (1 = the next) fails, and all after
 * it too when `onwards`; 0 switches the hook off. */
void mem_fail_at(unsigned long nth, int onwards);
unsigned long mem_count(void);			/* allocations so far */
/* How many failed so far.  Whoever cannot say what else is missing asks
 * before and after. */
unsigned long mem_failures(void);
/*
 * For a library that takes an allocator: like realloc, size not 0.  After one
 * that failed mem_library_failed() is true for good: the library may have
 * said something else than that, and may keep what is half done.
 */
void *mem_library(void *p, size_t size);
bool mem_library_failed(void);

#endif
