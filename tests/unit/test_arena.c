/* SPDX-License-Identifier: ISC */
/* base/arena and base/list: alignment, growth, failures. */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/list.h"
#include "tap.h"

static void
test_alignment(void)
{
	struct arena *arena = arena_new();
	static const size_t sizes[] = { 0, 1, 3, 7, 8, 15, 16, 17, 1000,
		4095, 4096, 4097, 70000, 1 };
	unsigned char *p, *last = NULL;
	size_t i, k, bad;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		p = arena_alloc(arena, sizes[i]);
		for (bad = k = 0; k < sizes[i]; k++) {
			bad += p[k] != 0;
			p[k] = 0xff;
		}
		ok(p != NULL && p != last && bad == 0 &&
		    (uintptr_t)p % _Alignof(max_align_t) == 0,
		    "%zu bytes: zeroed, aligned, of their own", sizes[i]);
		last = p;
	}
	arena_free(arena);
}

static void
test_strings(void)
{
	struct arena *arena = arena_new();
	struct bytes b = arena_bytes(arena, bytes_of("a\0b", 3));

	is_str(arena_strdup(arena, ""), "", "arena_strdup of nothing");
	is_str(arena_strndup(arena, "abcdef", 3), "abc", "arena_strndup");
	is_str(arena_printf(arena, "%s-%d", "x", 7), "x-7", "arena_printf");
	is_uint(b.len, 3, "arena_bytes keeps the length");
	is_mem(b.data, "a\0b", 4, "arena_bytes adds a NUL");
	b = arena_bytes(arena, bytes_of(NULL, 0));
	ok(b.len == 0 && b.data != NULL && *b.data == 0,
	    "arena_bytes of nothing");
	ok(arena_array(arena, SIZE_MAX / 4, 8) == NULL, "array overflow");
	ok(arena_alloc(arena, SIZE_MAX) == NULL, "SIZE_MAX bytes");
	ok(arena_strndup(arena, "", SIZE_MAX) == NULL, "SIZE_MAX characters");
	arena_free(arena);
	arena_free(NULL);
}

/* Many allocations are held and all of them come back intact. */
static void
test_many(void)
{
	struct arena *arena = arena_new();
	enum { N = 20000 };
	uint32_t **all = mem_array(N, sizeof(*all));
	size_t i, bad = 0;

	for (i = 0; i < N; i++) {
		all[i] = arena_alloc(arena, i % 100 == 0 ? 3000 : 12);
		*all[i] = (uint32_t)i;
	}
	for (i = 0; i < N; i++)
		bad += *all[i] != i;
	is_uint(bad, 0, "%d allocations do not overlap", N);
	ok(arena_size(arena) < 4u * 1024 * 1024, "held: %zu bytes",
	    arena_size(arena));
	mem_free(all);
	arena_free(arena);
}

static void
test_failures(void)
{
	struct arena *arena;
	struct bytes b;

	mem_fail_at(1, 0);
	ok(arena_new() == NULL, "arena_new without memory");
	arena = arena_new();
	mem_fail_at(1, 1);
	ok(arena_alloc(arena, 10) == NULL, "arena_alloc without memory");
	ok(arena_printf(arena, "%d", 1) == NULL, "arena_printf");
	b = arena_bytes(arena, bytes_str("abc"));
	ok(b.data == NULL && b.len == 0, "arena_bytes");
	mem_fail_at(0, 0);
	is_str(arena_strdup(arena, "again"), "again", "it goes on after");
	arena_free(arena);
}

static void
test_list(void)
{
	struct { int *items; size_t n, cap; } list = { NULL, 0, 0 };
	int *item, i, bad = 0;

	for (i = 0; i < 100; i++) {
		item = list_push(&list.items, &list.n, &list.cap,
		    sizeof(*item), 100);
		bad += item == NULL || *item != 0;
		if (item != NULL)
			*item = i;
	}
	for (i = 0; i < 100; i++)
		bad += list.items[i] != i;
	is_int(bad, 0, "100 items, zeroed and kept");
	ok(list_push(&list.items, &list.n, &list.cap, sizeof(*item), 100) ==
	    NULL, "not more than max");
	is_uint(list.n, 100, "the list survives");
	list.cap = 100;
	mem_fail_at(1, 0);
	ok(list_push(&list.items, &list.n, &list.cap, sizeof(*item), 200) ==
	    NULL, "no memory");
	mem_fail_at(0, 0);
	ok(list.n == 100 && list.items[99] == 99, "the list survives that");
	list_trim(&list.items, 10, &list.cap, sizeof(*item));
	ok(list.cap == 10 && list.items[9] == 9, "trimmed");
	mem_fail_at(1, 0);
	list_trim(&list.items, 5, &list.cap, sizeof(*item));
	mem_fail_at(0, 0);
	ok(list.cap == 10 && list.items[9] == 9, "no memory: as it was");
	list_trim(&list.items, 0, &list.cap, sizeof(*item));
	list.n = 0;
	item = list_push(&list.items, &list.n, &list.cap, sizeof(*item), 8);
	ok(item == list.items && list.n == 1, "grows again from nothing");
	mem_free(list.items);
}

int
main(void)
{
	test_alignment();
	test_strings();
	test_many();
	test_failures();
	test_list();
	return tap_done();
}
