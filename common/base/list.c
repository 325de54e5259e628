/* SPDX-License-Identifier: ISC */
/* A growing array of equal items. */
#include "base/list.h"

#include <string.h>

#include "base/alloc.h"

#define LIST_FIRST 8

void *
list_push(void *items, size_t *n, size_t *cap, size_t size, size_t max)
{
	unsigned char *array;	/* copied: items is the address of a T * */
	size_t more;

	memcpy(&array, items, sizeof(array));
	if (*n >= max)
		return NULL;
	if (*n == *cap) {
		more = *cap < LIST_FIRST ? LIST_FIRST : *cap * 2;
		if (more > max)
			more = max;
		array = mem_resize(array, more, size);
		if (array == NULL)
			return NULL;
		memcpy(items, &array, sizeof(array));
		*cap = more;
	}
	array += *n * size;
	memset(array, 0, size);
	*n += 1;
	return array;
}

void
list_trim(void *items, size_t n, size_t *cap, size_t size)
{
	unsigned char *array;

	memcpy(&array, items, sizeof(array));
	if (n == *cap)
		return;
	array = mem_resize(array, n, size);
	if (array == NULL)
		return;		/* what was there still is */
	memcpy(items, &array, sizeof(array));
	*cap = n;
}
