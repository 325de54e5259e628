/* SPDX-License-Identifier: ISC */
/* Writes JSON (RFC 8259): commas, nesting and escapes. */
#include "base/json_writer.h"

#include <string.h>

#include "base/text.h"

void
json_init(struct json_writer *json, struct buf *out, bool pretty)
{
	memset(json, 0, sizeof(*json));
	json->out = out;
	json->pretty = pretty;
}

static void
json_line(struct json_writer *json)
{
	unsigned i;

	if (!json->pretty)
		return;
	buf_char(json->out, '\n');
	for (i = 0; i < json->depth; i++)
		buf_str(json->out, "  ");
}

/* U+XXXX as \uXXXX, or a pair of surrogates (RFC 8259 section 7). */
static void
json_escape(struct json_writer *json, uint32_t code)
{
	if (code <= 0xffff) {
		buf_printf(json->out, "\\u%04x", (unsigned)code);
		return;
	}
	code -= 0x10000;
	buf_printf(json->out, "\\u%04x\\u%04x", 0xd800 + (code >> 10),
	    0xdc00 + (code & 0x3ff));
}

static void
json_char(struct json_writer *json, const uint8_t *at, size_t len,
    uint32_t code)
{
	static const char named[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *found = code == 0 || code > 0x7f ? NULL :
	    strchr(named, (int)code);

	if (found != NULL) {
		buf_char(json->out, '\\');
		buf_char(json->out, letters[found - named]);
	} else if (code == '|' || text_is_unsafe(code))
		json_escape(json, code);
	else
		buf_add(json->out, at, len);
}

static void
json_quote(struct json_writer *json, struct bytes s)
{
	uint32_t code;
	size_t len;

	buf_char(json->out, '"');
	while (s.len > 0) {
		len = text_utf8_next(s, &code);
		if (len == 0) {
			buf_str(json->out, "\xef\xbf\xbd");	/* U+FFFD */
			len = 1;
		} else
			json_char(json, s.data, len, code);
		s.data += len;
		s.len -= len;
	}
	buf_char(json->out, '"');
}

/* Comma, line and key: what stands in front of every value. */
static void
json_lead(struct json_writer *json, const char *key)
{
	if (json->depth > 0) {
		if (json->has_item[json->depth - 1])
			buf_char(json->out, ',');
		json->has_item[json->depth - 1] = true;
		json_line(json);
	}
	if (key == NULL)
		return;
	json_quote(json, bytes_str(key));
	buf_str(json->out, json->pretty ? ": " : ":");
}

static void
json_open(struct json_writer *json, const char *key, char bracket)
{
	json_lead(json, key);
	buf_char(json->out, bracket);
	if (json->depth >= JSON_DEPTH_MAX) {
		json->out->failed = true;
		return;
	}
	json->has_item[json->depth++] = false;
}

static void
json_close(struct json_writer *json, char bracket)
{
	if (json->depth == 0) {
		json->out->failed = true;
		return;
	}
	json->depth--;
	if (json->has_item[json->depth])
		json_line(json);
	buf_char(json->out, bracket);
}

void
json_open_object(struct json_writer *json, const char *key)
{
	json_open(json, key, '{');
}

void
json_open_array(struct json_writer *json, const char *key)
{
	json_open(json, key, '[');
}

void
json_end_object(struct json_writer *json)
{
	json_close(json, '}');
}

void
json_end_array(struct json_writer *json)
{
	json_close(json, ']');
}

void
json_bytes(struct json_writer *json, const char *key, struct bytes s)
{
	json_lead(json, key);
	json_quote(json, s);
}

void
json_str(struct json_writer *json, const char *key, const char *s)
{
	if (s == NULL)
		json_nothing(json, key);
	else
		json_bytes(json, key, bytes_str(s));
}

void
json_int(struct json_writer *json, const char *key, int64_t v)
{
	json_lead(json, key);
	buf_printf(json->out, "%lld", (long long)v);
}

void
json_bool(struct json_writer *json, const char *key, bool v)
{
	json_lead(json, key);
	buf_str(json->out, v ? "true" : "false");
}

void
json_nothing(struct json_writer *json, const char *key)
{
	json_lead(json, key);
	buf_str(json->out, "null");
}

void
json_fixed(struct json_writer *json, const char *key, int64_t v,
    unsigned places)
{
	json_lead(json, key);
	text_put_fixed(json->out, v, places);
}
