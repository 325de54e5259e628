/* SPDX-License-Identifier: ISC */
/* base/err: kinds, wrapping, cleaning, cutting. */
#include <errno.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"
#include "tap.h"

static const struct {
	const char *raw, *want;
} rows[] = {
	{ "", "" },
	{ "plain text: 'x'", "plain text: 'x'" },
	{ "two\nlines\r", "two\\x0alines\\x0d" },
	{ "a | b", "a \\x7c b" },
	{ "\033[31mred", "\\x1b[31mred" },
	{ "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "bad \xff utf", "bad \\xff utf" },
	{ "\xe2\x80\xae" "evil", "\\u{202E}evil" },
	{ "<script>", "\\x3cscript\\x3e" },
	{ "back\\slash", "back\\slash" },
};

static void
test_cleaning(void)
{
	struct err err = ERR_INIT;
	char once[ERR_TEXT_SIZE];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		err_set(&err, ERR_TLS, "%s", rows[i].raw);
		is_str(err.text, rows[i].want, "row %zu", i);
		memcpy(once, err.text, sizeof(once));
		err_set(&err, ERR_TLS, "%s", once);
		is_str(err.text, once, "row %zu again changes nothing", i);
	}
}

static void
test_functions(void)
{
	struct err err = ERR_INIT;

	is_int(err_set(&err, ERR_CONNECT, "port %d", 443), -1, "err_set");
	is_int(err.kind, ERR_CONNECT, "kind");
	is_str(err.text, "port 443", "text");
	is_int(err_wrap(&err, "host %s", "a"), -1, "err_wrap");
	is_str(err.text, "host a: port 443", "wrapped");
	is_int(err.kind, ERR_CONNECT, "the kind stays");
	is_int(err_sys(&err, ERR_IO, ENOENT, "open %s", "f"), -1, "err_sys");
	is_str(err.text, "open f: No such file or directory", "its text");
	is_int(err.sys, ENOENT, "its errno");
	err_wrap(&err, "x");
	is_int(err.sys, ENOENT, "err_wrap keeps errno");
	err_set(&err, ERR_IO, "y");
	is_int(err.sys, 0, "err_set does not");
	is_int(err_nomem(&err), -1, "err_nomem");
	is_int(err.kind, ERR_NOMEM, "its kind");
	is_str(err.text, "out of memory", "its text");
	err_clear(&err);
	ok(err.kind == ERR_NONE && err.text[0] == '\0', "err_clear");
}

static void
test_null(void)
{
	unsigned long before = mem_count();

	is_int(err_set(NULL, ERR_IO, "x"), -1, "err_set(NULL)");
	is_int(err_sys(NULL, ERR_IO, 1, "x"), -1, "err_sys(NULL)");
	is_int(err_wrap(NULL, "x"), -1, "err_wrap(NULL)");
	is_int(err_nomem(NULL), -1, "err_nomem(NULL)");
	err_clear(NULL);
	is_uint(mem_count(), before, "nothing is allocated");
}

/* Every length around the limit, with characters of several bytes. */
static void
test_cutting(void)
{
	static const char *const units[] = { "a", "\xc3\xa9",
		"\xe2\x82\xac", "\xf0\x9f\x98\x80", "\n", "\xff" };
	struct err err = ERR_INIT;
	char raw[600];
	size_t i, pad, len;

	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		len = strlen(units[i]);
		for (pad = 0; pad < 4; pad++) {
			memset(raw, 'x', sizeof(raw));
			for (size_t at = pad; at + len < 599; at += len)
				memcpy(raw + at, units[i], len);
			raw[599] = '\0';
			err_set(&err, ERR_IO, "%s", raw);
			len = strlen(err.text);
			ok(len < ERR_TEXT_SIZE && len > ERR_TEXT_SIZE - 7 &&
			    text_is_utf8(bytes_str(err.text)),
			    "unit %zu, pad %zu: %zu bytes", i, pad, len);
			len = strlen(units[i]);
		}
	}
	memset(raw, 'w', 599);
	err_set(&err, ERR_IO, "tail");
	err_wrap(&err, "%s", raw);
	is_uint(strlen(err.text), ERR_TEXT_SIZE - 1, "a long wrap is cut");
}

int
main(void)
{
	test_cleaning();
	test_functions();
	test_null();
	test_cutting();
	return tap_done();
}
