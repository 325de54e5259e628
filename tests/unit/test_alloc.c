/* SPDX-License-Identifier: ISC */
/* base/alloc: overflow, the failure hook, wiping. */
#include "base/alloc.h"
#include "tap.h"

static void
test_sizes(void)
{
	void *p = mem_alloc(0);

	ok(p != NULL, "an allocation of nothing");
	mem_free(p);
	p = mem_array(0, 8);
	ok(p != NULL, "an array of nothing");
	mem_free(p);
	ok(mem_array(SIZE_MAX, 2) == NULL, "n * size overflows");
	ok(mem_array(SIZE_MAX / 8 + 1, 8) == NULL, "n * size just overflows");
	p = mem_alloc(4);
	ok(mem_resize(p, SIZE_MAX / 2 + 1, 2) == NULL, "resize overflows");
	mem_free(p);
	mem_free(NULL);
	pass("mem_free(NULL)");
}

static void
test_copies(void)
{
	char *s = mem_strdup("abc");
	unsigned char *z = mem_array(3, 5), zero[15] = { 0 };
	void *d = mem_dup(NULL, 0);

	is_str(s, "abc", "mem_strdup");
	is_mem(z, zero, 15, "mem_array is zeroed");
	ok(d != NULL, "mem_dup of nothing");
	s = mem_resize(s, 100, 1);
	is_str(s, "abc", "mem_resize keeps the contents");
	mem_wipe(s, 3);
	is_mem(s, zero, 4, "mem_wipe");
	mem_free(s);
	mem_free(z);
	mem_free(d);
}

/* Which of five allocations fail? */
static const struct {
	unsigned long nth;
	int onwards;
	const char *want;	/* x: failed */
} rows[] = {
	{ 0, 0, "....." }, { 0, 1, "....." }, { 1, 0, "x...." },
	{ 1, 1, "xxxxx" }, { 3, 0, "..x.." }, { 3, 1, "..xxx" },
	{ 5, 0, "....x" }, { 6, 1, "....." },
};

static void
test_failures(void)
{
	char got[6] = "";
	size_t i, k;
	void *p;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		mem_fail_at(rows[i].nth, rows[i].onwards);
		for (k = 0; k < 5; k++) {
			p = k % 2 ? mem_resize(NULL, 1, 8) : mem_alloc(8);
			got[k] = p == NULL ? 'x' : '.';
			mem_free(p);
		}
		mem_fail_at(0, 0);
		is_str(got, rows[i].want, "mem_fail_at(%lu, %d)",
		    rows[i].nth, rows[i].onwards);
	}
}

static void
test_survives(void)
{
	unsigned long before = mem_count(), failed = mem_failures();
	char *p = mem_strdup("kept");

	mem_fail_at(1, 0);
	ok(mem_resize(p, 1000, 1) == NULL, "a resize is refused");
	is_str(p, "kept", "the old block survives");
	is_uint(mem_count() - before, 2, "mem_count counts refusals too");
	is_uint(mem_failures() - failed, 1, "mem_failures counts them alone");
	mem_free(p);
}

int
main(void)
{
	test_sizes();
	test_copies();
	test_failures();
	test_survives();
	return tap_done();
}
