/* SPDX-License-Identifier: ISC */
/* base/buf: growth, the limit, the sticky failure. */
#include "base/alloc.h"
#include "base/buf.h"
#include "tap.h"

static void
test_appending(void)
{
	struct buf buf = BUF_INIT;
	int i;

	is_str(buf_text(&buf), "", "empty text is not NULL");
	is_uint(buf_bytes(&buf).len, 0, "empty bytes");
	buf_str(&buf, "a");
	buf_char(&buf, 'b');
	buf_add(&buf, "c\0d", 3);
	buf_printf(&buf, "%d%s", 12, "e");
	is_uint(buf.len, 8, "length");
	is_mem(buf_text(&buf), "abc\0d12e", 9, "contents and a NUL");
	buf_cut(&buf, 2);
	is_str(buf_text(&buf), "ab", "buf_cut");
	buf_cut(&buf, 5);
	is_str(buf_text(&buf), "ab", "buf_cut does not grow");
	buf_str(&buf, "cdef");
	buf_consume(&buf, 2);
	is_str(buf_text(&buf), "cdef", "buf_consume");
	buf_consume(&buf, 100);
	is_str(buf_text(&buf), "", "buf_consume of more than there is");
	for (i = 0; i < 10000; i++)
		buf_printf(&buf, "%04d", i);
	is_uint(buf.len, 40000, "grown");
	is_str(buf_text(&buf) + 39996, "9999", "the end");
	buf_release(&buf);
	buf_str(&buf, "again");
	is_str(buf_text(&buf), "again", "used after release");
	buf_release(&buf);
}

static const struct {
	size_t limit, add;
	bool failed;
} limits[] = {
	{ 10, 9, false }, { 10, 10, false }, { 10, 11, true },
	{ 1, 1, false }, { 1, 2, true }, { 255, 255, false },
	{ 256, 256, false }, { 256, 257, true }, { 1000, 1000, false },
};

static void
test_limit(void)
{
	char fill[2000];
	struct buf buf;
	size_t i;

	memset(fill, 'x', sizeof(fill));
	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		buf_init(&buf, limits[i].limit);
		buf_add(&buf, fill, limits[i].add);
		ok(buf_failed(&buf) == limits[i].failed &&
		    buf.len == (limits[i].failed ? 0 : limits[i].add),
		    "limit %zu, %zu bytes", limits[i].limit, limits[i].add);
		buf_release(&buf);
	}
	buf_init(&buf, 10);
	buf_str(&buf, "12345");
	buf_str(&buf, "678901");
	buf_str(&buf, "z");
	is_str(buf_text(&buf), "12345", "after a failure nothing is added");
	buf_reset(&buf);
	buf_printf(&buf, "%s", "1234567890");
	ok(!buf_failed(&buf), "buf_reset clears the failure");
	buf_printf(&buf, "%s", "1");
	ok(buf_failed(&buf), "buf_printf keeps the limit");
	buf_release(&buf);
	is_uint(buf.limit, 10, "buf_release keeps the limit");
	buf_init(&buf, 0);
	buf_add(&buf, fill, 1);
	buf.len = SIZE_MAX - 1;	/* a caller's bug is no overflow */
	buf_add(&buf, fill, 100);
	ok(buf_failed(&buf), "no overflow of the length");
	buf.len = 0;
	buf_release(&buf);
}

static void
test_nomem(void)
{
	struct buf buf = BUF_INIT;

	mem_fail_at(1, 0);
	buf_str(&buf, "a");
	ok(buf_failed(&buf), "no memory");
	is_str(buf_text(&buf), "", "text after that");
	buf_str(&buf, "b");
	is_uint(buf.len, 0, "it is sticky");
	buf_release(&buf);
	buf_str(&buf, "c");
	is_str(buf_text(&buf), "c", "and over after buf_release");
	buf_release(&buf);
}

int
main(void)
{
	test_appending();
	test_limit();
	test_nomem();
	return tap_done();
}
