/* SPDX-License-Identifier: ISC */
/*
 * Ini files.  What the cursor hands out lies within the input, in its order,
 * trimmed and in one line; it comes to an end; and what it read, written
 * anew, reads the same.
 */
#include "app/ini.h"
#include "base/buf.h"
#include "fuzz.h"

#include <string.h>

static void
must_be_inside(struct bytes part, struct bytes in)
{
	must(part.data >= in.data &&
	    part.data + part.len <= in.data + in.len);
	must(part.len == 0 || (memchr(part.data, '\n', part.len) == NULL &&
	    memchr(part.data, '\0', part.len) == NULL &&
	    strchr(" \t\r", part.data[0]) == NULL &&
	    strchr(" \t\r", part.data[part.len - 1]) == NULL));
}

static void
put(struct buf *out, const struct ini_entry *entry)
{
	if (entry->is_section)
		buf_printf(out, "[ %.*s ]\n", (int)entry->section.len,
		    entry->section.data);
	else
		buf_printf(out, "%.*s\t= %.*s\n", (int)entry->key.len,
		    entry->key.data, (int)entry->value.len,
		    entry->value.data);
}

static void
check(const struct ini_entry *entry, struct bytes in)
{
	must_be_inside(entry->section, in);
	must(entry->section.len > 0);
	if (entry->is_section)
		return;
	must_be_inside(entry->key, in);
	must_be_inside(entry->value, in);
	must(entry->key.len > 0 && memchr(entry->key.data, '=',
	    entry->key.len) == NULL);
	must(entry->key.data < entry->value.data);
}

/* 0, or -1 for a file that is wrong; what came before is in out. */
static int
read_all(struct bytes in, struct buf *out)
{
	struct ini_entry entry;
	struct err err = ERR_INIT;
	struct ini ini;
	unsigned line = 0;
	size_t n = 0;
	int more;

	ini_init(&ini, in);
	while ((more = ini_next(&ini, &entry, &err)) > 0) {
		must(++n <= in.len && ini.line > line);
		line = ini.line;
		check(&entry, in);
		put(out, &entry);
	}
	must(more == 0 || (err.kind == ERR_SYNTAX && *err.text != '\0'));
	return more;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first = BUF_INIT, second = BUF_INIT;

	read_all(bytes_of(data, size), &first);
	must(!buf_failed(&first));
	must(read_all(buf_bytes(&first), &second) == 0);
	must(bytes_eq(buf_bytes(&first), buf_bytes(&second)));
	buf_release(&first);
	buf_release(&second);
	return 0;
}
