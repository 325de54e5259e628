/* SPDX-License-Identifier: ISC */
/*
 * Reads JSON (RFC 8259) from hostile peers: the whole text at once, bounded
 * in values and depth before anything is built.  The only file that knows
 * jansson.  Everything below json_doc_parse is NULL-safe: what is not there,
 * or of another type, reads as "not there", so that a missing key in the
 * middle of a document needs no test of its own.
 *
 * Keys are literal: "issuer.organizationName" is one key with a dot in it.
 * APIs drift between numbers and strings of digits; the readers take both.
 */
#ifndef BASE_JSON_READER_H
#define BASE_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

#define JSON_READ_DEPTH_MAX 64

struct json_doc;
struct json_value;

/*
 * NULL: ERR_SYNTAX (not JSON, cut off, invalid UTF-8, text behind it; the
 * text says which, with line and column), ERR_LIMIT (more than max_values
 * values, too deep), ERR_NOMEM.
 */
struct json_doc *json_doc_parse(struct bytes text, size_t max_values,
    struct err *err);
void json_doc_free(struct json_doc *doc);	/* NULL-safe */
/* Everything read from a document is borrowed from it. */
const struct json_value *json_doc_root(const struct json_doc *doc);

bool json_is_object(const struct json_value *v);
bool json_is_array(const struct json_value *v);
bool json_is_null(const struct json_value *v);	/* there, and null */
/* Member of an object, item of an array; NULL when there is none. */
const struct json_value *json_get(const struct json_value *object,
    const char *key);
const struct json_value *json_at(const struct json_value *array, size_t i);
size_t json_count(const struct json_value *v);	/* items or members; else 0 */

/* A string as it is (it may hold NUL octets); empty when it is none. */
struct bytes json_text(const struct json_value *v);
/* The same for json_get(object, key). */
struct bytes json_text_of(const struct json_value *object, const char *key);
/* A whole number, or a string that is one (strict decimal, sign allowed).
 * 0, or -1 when it is neither (null, "", 1.5, too large): nothing set. */
int json_whole(const struct json_value *v, int64_t *out);
int json_whole_of(const struct json_value *object, const char *key,
    int64_t *out);
/* 0, 1, "0", "1", true, false: 0 or 1.  Anything else: -1. */
int json_flag(const struct json_value *v);
int json_flag_of(const struct json_value *object, const char *key);
/* Epoch seconds as number or digits, or ISO 8601: in UTC, with or without Z,
 * or with a zone (+01:00, -0500); with or without fractions of a second.  0,
 * or -1: nothing set. */
int json_instant(const struct json_value *v, int64_t *out);
int json_instant_of(const struct json_value *object, const char *key,
    int64_t *out);

#endif
