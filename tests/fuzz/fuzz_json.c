/* SPDX-License-Identifier: ISC */
/*
 * JSON: what is refused has a kind and a text; what is read has no more
 * values and no deeper ones than were allowed, counted one by one.
 */

#include "base/json_reader.h"
#include "base/text.h"
#include "fuzz.h"

#define VALUES_MAX 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
walk(const struct json_value *v, size_t depth)
{
	size_t i, n = 1;
	int64_t number = -7;

	if (depth > JSON_READ_DEPTH_MAX)
		abort();
	if (!text_is_utf8(json_text(v)))
		abort();
	if (json_whole(v, &number) != 0 && number != -7)
		abort();
	number = -7;
	if (json_instant(v, &number) != 0 && number != -7)
		abort();
	if (json_flag(v) < -1 || json_flag(v) > 1)
		abort();
	for (i = 0; json_is_array(v) && i < json_count(v); i++)
		n += walk(json_at(v, i), depth + 1);
	/* The members of objects whose keys are known; others count one. */
	if (json_is_object(v))
		n += json_count(v);
	if (json_get(v, "a") != NULL)
		n += walk(json_get(v, "a"), depth + 1) - 1;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = ERR_INIT;
	struct json_doc *doc = json_doc_parse(bytes_of(data, size),
	    VALUES_MAX, &err);

	if (doc == NULL) {
		if ((err.kind != ERR_SYNTAX && err.kind != ERR_LIMIT) ||
		    *err.text == '\0')
			abort();
		return 0;
	}
	if (err.kind != ERR_NONE || walk(json_doc_root(doc), 0) > VALUES_MAX)
		abort();
	json_doc_free(doc);
	return 0;
}
