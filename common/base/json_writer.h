/* SPDX-License-Identifier: ISC */
/*
 * Writes JSON (RFC 8259) into a buf.  Strings are peers' bytes: invalid
 * UTF-8 becomes U+FFFD, C0 and C1 controls, DEL, U+2028/2029 and bidi
 * controls are written as \uXXXX, and `|` as \u007c, so that the output
 * holds no bar.  Commas and nesting are kept by the writer.  Two blanks of
 * indentation when pretty.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

#define JSON_DEPTH_MAX 32

struct json_writer {
	struct buf *out;
	bool pretty;
	unsigned depth;
	bool has_item[JSON_DEPTH_MAX];
};

void json_init(struct json_writer *json, struct buf *out, bool pretty);
/* key is NULL inside an array and at the top. */
void json_open_object(struct json_writer *json, const char *key);
void json_open_array(struct json_writer *json, const char *key);
void json_end_object(struct json_writer *json);
void json_end_array(struct json_writer *json);
/* s may be NULL: null. */
void json_str(struct json_writer *json, const char *key, const char *s);
void json_bytes(struct json_writer *json, const char *key, struct bytes s);
void json_int(struct json_writer *json, const char *key, int64_t v);
void json_bool(struct json_writer *json, const char *key, bool v);
void json_nothing(struct json_writer *json, const char *key);
/* A decimal with `places` digits after the point, trailing zeros cut; v is
 * scaled: json_fixed(j, "x", 2500, 3) writes 2.5. */
void json_fixed(struct json_writer *json, const char *key, int64_t v,
    unsigned places);

#endif
