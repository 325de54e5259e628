/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: YAML, what whmapi1 and uapi print unless they are asked for JSON.
 */

#include "cpsrvd.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void	 node_write(struct text *, const json_t *, int);

static int
is_bare(const char *s)
{
	if (!isalpha((unsigned char)s[0]) || strcmp(s, "null") == 0)
		return 0;
	for (; *s != '\0'; s++) {
		if (!isalnum((unsigned char)*s) && strchr("_-./", *s) == NULL)
			return 0;
	}
	return 1;
}

static void
scalar_write(struct text *out, const json_t *value)
{
	char	*s;

	if (json_is_null(value)) {
		text_put(out, " ~\n");
	} else if (json_is_string(value) &&
	    is_bare(json_string_value(value))) {
		text_format(out, " %s\n", json_string_value(value));
	} else {
		/* JSON's strings and numbers are YAML's. */
		s = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		text_format(out, " %s\n", s != NULL ? s : "~");
		free(s);
	}
}

static void
key_write(struct text *out, const char *key, int depth)
{
	text_format(out, is_bare(key) ? "%*s%s:" : "%*s\"%s\":", depth, "",
	    key);
}

static void
item_write(struct text *out, const json_t *value, int depth)
{
	if (json_array_size(value) > 0 || json_object_size(value) > 0) {
		text_put(out, "\n");
		node_write(out, value, depth + 2);
	} else
		scalar_write(out, value);
}

static void
node_write(struct text *out, const json_t *value, int depth)
{
	const char	*key;
	json_t		*item;
	size_t		 i;

	json_object_foreach((json_t *)(uintptr_t)value, key, item) {
		key_write(out, key, depth);
		item_write(out, item, depth);
	}
	json_array_foreach(value, i, item) {
		text_format(out, "%*s-", depth, "");
		item_write(out, item, depth);
	}
}

void
yaml_dump(struct text *out, const json_t *value)
{
	text_put(out, "---\n");
	node_write(out, value, 0);
}
