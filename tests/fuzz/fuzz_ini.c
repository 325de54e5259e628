/* SPDX-License-Identifier: ISC */
/*
 * Ini files.  What the cursor hands out lies within the input, keys are not
 * empty, and it comes to an end.
 */

#include "app/ini.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must_be_inside(struct bytes part, const uint8_t *data, size_t size)
{
	if (part.data < data || part.data + part.len > data + size)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ini ini;
	struct ini_entry entry;
	struct err err = ERR_INIT;
	size_t n = 0;
	int more;

	ini_init(&ini, bytes_of(data, size));
	while ((more = ini_next(&ini, &entry, &err)) > 0) {
		if (++n > size)
			abort();
		must_be_inside(entry.section, data, size);
		if (entry.is_section)
			continue;
		must_be_inside(entry.key, data, size);
		must_be_inside(entry.value, data, size);
		if (entry.key.len == 0)
			abort();
	}
	if (more < 0 && (err.kind != ERR_SYNTAX || *err.text == '\0'))
		abort();
	return 0;
}
