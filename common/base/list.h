/* SPDX-License-Identifier: ISC */
/*
 * A growing array of equal items, for structs that hold `T *items; size_t n,
 * cap;`.  list_push returns the address of a new zeroed item at the end, or
 * NULL when memory runs out or `max` items are held (the list survives).
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stddef.h>

/* items: address of the T pointer; n, cap: updated; size: sizeof(T). */
void *list_push(void *items, size_t *n, size_t *cap, size_t size, size_t max);
/* Gives back what is not used: nothing more will come. */
void list_trim(void *items, size_t n, size_t *cap, size_t size);

#endif
