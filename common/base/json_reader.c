/* SPDX-License-Identifier: ISC */
/*
 * JSON by jansson, behind a scan that bounds values and depth first: jansson
 * itself takes memory for whatever it is given.
 */
#include <jansson.h>
/* Macros of jansson's with the names of functions of ours. */
#undef json_is_array
#undef json_is_null
#undef json_is_object

#include "base/json_reader.h"

#include <errno.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"

#define JSON_INSTANT_MIN INT64_C(-62167219200)	/* 0000-01-01 */
#define JSON_INSTANT_MAX INT64_C(253402300799)	/* 9999-12-31T23:59:59 */
#define JSON_INSTANT_SIZE 40	/* no instant is written longer */
#define JSON_DIGITS_EXACT 18	/* so many digits fit into an int64_t */
#define JSON_REAL_EXACT 9007199254740992.0	/* 2^53 */

struct json_doc {
	json_t *root;
};

/* What is known of a text without understanding it. */
struct json_scan {
	size_t n_values;	/* as many as jansson could ever build */
	size_t depth, deepest;
	size_t digits;		/* of the number that is being read */
	bool long_number;	/* too long for an integer, perhaps */
	bool in_string, escaped;
	bool just_opened;	/* nothing since the last bracket */
};

/* Strings are keys and values alike; what counts is the text between. */
static void
json_scan_string(struct json_scan *scan, uint8_t c)
{
	if (scan->escaped)
		scan->escaped = false;
	else if (c == '\\')
		scan->escaped = true;
	else if (c == '"')
		scan->in_string = false;
}

static void
json_scan_open(struct json_scan *scan)
{
	/* The first item of it is counted here, the others by commas. */
	scan->n_values++;
	scan->just_opened = true;
	scan->depth++;
	if (scan->depth > scan->deepest)
		scan->deepest = scan->depth;
}

static void
json_scan_close(struct json_scan *scan)
{
	if (scan->just_opened)
		scan->n_values--;
	scan->just_opened = false;
	if (scan->depth > 0)
		scan->depth--;
}

static void
json_scan_octet(struct json_scan *scan, uint8_t c)
{
	if (scan->in_string) {
		json_scan_string(scan, c);
		return;
	}
	scan->digits = c >= '0' && c <= '9' ? scan->digits + 1 : 0;
	if (scan->digits > JSON_DIGITS_EXACT)
		scan->long_number = true;
	if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
		return;
	if (c == '{' || c == '[') {
		json_scan_open(scan);
		return;
	}
	if (c == '}' || c == ']') {
		json_scan_close(scan);
		return;
	}
	scan->just_opened = false;
	if (c == ',')
		scan->n_values++;
	scan->in_string = c == '"';
}

static int
json_scan_text(struct json_scan *scan, struct bytes text, size_t max_values,
    struct err *err)
{
	size_t i;

	*scan = (struct json_scan){ .n_values = 1 };
	for (i = 0; i < text.len; i++) {
		json_scan_octet(scan, text.data[i]);
		if (scan->deepest > JSON_READ_DEPTH_MAX)
			return err_set(err, ERR_LIMIT,
			    "JSON nested deeper than %d levels",
			    JSON_READ_DEPTH_MAX);
		/* One more may still be taken back by an empty container. */
		if (scan->n_values > max_values && !scan->just_opened)
			break;
	}
	if (scan->n_values > max_values)
		return err_set(err, ERR_LIMIT,
		    "JSON of more than %zu values", max_values);
	return 0;
}

static bool
json_is_blank(struct bytes text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (strchr(" \t\r\n", text.data[i]) == NULL ||
		    text.data[i] == '\0')
			return false;
	return true;
}

/* A byte order mark says nothing here; RFC 8259 8.1 lets us pass over it. */
static struct bytes
json_skip_mark(struct bytes text)
{
	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		return bytes_of(text.data + 3, text.len - 3);
	return text;
}

/*
 * jansson goes on when it has no memory for the octets of a token: a text is
 * then another one, or is read beyond its end.  So its allocations never
 * fail, they leave it, and what it had is freed from a list.  Its hooks have
 * no argument: hence the statics.  One thread reads JSON.
 */
struct json_block {
	alignas(max_align_t) struct json_block *next;
	struct json_block **link;	/* what points to this one */
};

static struct json_block *json_blocks;	/* the newest first */
static jmp_buf json_failed;

static void *
json_alloc(size_t size)
{
	struct json_block *block = size > SIZE_MAX - sizeof(*block) ? NULL :
	    mem_alloc(sizeof(*block) + size);

	if (block == NULL)
		longjmp(json_failed, 1);
	block->next = json_blocks;
	block->link = &json_blocks;
	if (json_blocks != NULL)
		json_blocks->link = &block->next;
	json_blocks = block;
	return block + 1;
}

static void
json_release(void *p)
{
	struct json_block *block = p;

	if (p == NULL)
		return;
	block--;
	*block->link = block->next;
	if (block->next != NULL)
		block->next->link = block->link;
	mem_free(block);
}

/* NULL with ENOMEM, or as jansson says. */
static json_t *
json_load_or_leave(struct bytes text, size_t flags, json_error_t *why)
{
	const struct json_block *before = json_blocks;

	if (setjmp(json_failed) == 0)
		return json_loadb((const char *)text.data, text.len, flags,
		    why);
	while (json_blocks != before)
		json_release(json_blocks + 1);
	errno = ENOMEM;
	return NULL;
}

static int
json_explain(const struct json_scan *scan, struct bytes text,
    const json_error_t *why, struct err *err)
{
	bool open = scan->in_string || scan->depth > 0;

	if (errno == ENOMEM)
		return err_nomem(err);
	if (!text_is_utf8(text))
		return err_set(err, ERR_SYNTAX,
		    "JSON with invalid UTF-8 in line %d, column %d",
		    why->line, why->column);
	if (open && why->position >= 0 && (size_t)why->position >= text.len)
		return err_set(err, ERR_SYNTAX,
		    "JSON cut off after %zu octets (line %d, column %d)",
		    text.len, why->line, why->column);
	return err_set(err, ERR_SYNTAX,
	    "not JSON: line %d, column %d: %s", why->line, why->column,
	    why->text);
}

static json_t *
json_load(struct bytes text, size_t max_values, struct err *err)
{
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
	    JSON_ALLOW_NUL;
	struct json_scan scan;
	json_error_t why;
	json_t *root;

	text = json_skip_mark(text);
	if (json_is_blank(text)) {
		err_set(err, ERR_SYNTAX, "not JSON: empty");
		return NULL;
	}
	if (json_scan_text(&scan, text, max_values, err) != 0)
		return NULL;
	/* jansson refuses the whole text for one integer that is too large. */
	if (scan.long_number)
		flags |= JSON_DECODE_INT_AS_REAL;
	/* The same values every time: what is set stays as it is. */
	json_set_alloc_funcs(json_alloc, json_release);
	memset(&why, 0, sizeof(why));
	errno = 0;
	root = json_load_or_leave(text, flags, &why);
	if (root == NULL)
		json_explain(&scan, text, &why, err);
	return root;
}

struct json_doc *
json_doc_parse(struct bytes text, size_t max_values, struct err *err)
{
	struct json_doc *doc = mem_alloc(sizeof(*doc));

	if (doc == NULL) {
		err_nomem(err);
		return NULL;
	}
	doc->root = json_load(text, max_values, err);
	if (doc->root == NULL) {
		mem_free(doc);
		return NULL;
	}
	return doc;
}

void
json_doc_free(struct json_doc *doc)
{
	if (doc == NULL)
		return;
	json_decref(doc->root);
	mem_free(doc);
}

/* A json_value is a json_t under another name. */
static const struct json_value *
json_public(const json_t *v)
{
	return (const struct json_value *)v;
}

static const json_t *
json_private(const struct json_value *v)
{
	return (const json_t *)v;
}

static bool
json_has_type(const struct json_value *v, json_type type)
{
	return v != NULL && json_typeof(json_private(v)) == type;
}

const struct json_value *
json_doc_root(const struct json_doc *doc)
{
	return doc == NULL ? NULL : json_public(doc->root);
}

bool
json_is_object(const struct json_value *v)
{
	return json_has_type(v, JSON_OBJECT);
}

bool
json_is_array(const struct json_value *v)
{
	return json_has_type(v, JSON_ARRAY);
}

bool
json_is_null(const struct json_value *v)
{
	return json_has_type(v, JSON_NULL);
}

const struct json_value *
json_get(const struct json_value *object, const char *key)
{
	return json_public(json_object_get(json_private(object), key));
}

const struct json_value *
json_at(const struct json_value *array, size_t i)
{
	return json_public(json_array_get(json_private(array), i));
}

size_t
json_count(const struct json_value *v)
{
	if (json_is_array(v))
		return json_array_size(json_private(v));
	return json_object_size(json_private(v));
}

struct bytes
json_text(const struct json_value *v)
{
	if (!json_has_type(v, JSON_STRING))
		return bytes_of(NULL, 0);
	return bytes_of(json_string_value(json_private(v)),
	    json_string_length(json_private(v)));
}

struct bytes
json_text_of(const struct json_value *object, const char *key)
{
	return json_text(json_get(object, key));
}

/* Strings hold NUL octets; what parses numbers and dates stops at them. */
static int
json_copy_text(const struct json_value *v, char out[JSON_INSTANT_SIZE])
{
	struct bytes s = json_text(v);

	if (s.len == 0 || s.len >= JSON_INSTANT_SIZE ||
	    memchr(s.data, '\0', s.len) != NULL)
		return -1;
	memcpy(out, s.data, s.len);
	out[s.len] = '\0';
	return 0;
}

/* Every integer of a text with a very long one in it is a real. */
static int
json_whole_real(double real, int64_t *out)
{
	if (!(real >= -JSON_REAL_EXACT && real <= JSON_REAL_EXACT) ||
	    (double)(int64_t)real != real)
		return -1;
	*out = (int64_t)real;
	return 0;
}

int
json_whole(const struct json_value *v, int64_t *out)
{
	char digits[JSON_INSTANT_SIZE];

	if (json_has_type(v, JSON_INTEGER)) {
		*out = json_integer_value(json_private(v));
		return 0;
	}
	if (json_has_type(v, JSON_REAL))
		return json_whole_real(json_real_value(json_private(v)), out);
	if (json_copy_text(v, digits) != 0)
		return -1;
	return text_i64(digits, out);
}

int
json_whole_of(const struct json_value *object, const char *key, int64_t *out)
{
	return json_whole(json_get(object, key), out);
}

int
json_flag(const struct json_value *v)
{
	int64_t n;

	if (json_has_type(v, JSON_TRUE))
		return 1;
	if (json_has_type(v, JSON_FALSE))
		return 0;
	if (json_whole(v, &n) != 0 || (n != 0 && n != 1))
		return -1;
	return (int)n;
}

int
json_flag_of(const struct json_value *object, const char *key)
{
	return json_flag(json_get(object, key));
}

/* 2026-11-20T09:25:00.000Z is what the documentation has, servers send it
 * without the fraction: it is cut out. */
static int
json_cut_fraction(char *text)
{
	char *point = strchr(text, '.'), *end = point;

	if (point == NULL)
		return 0;
	while (*++end >= '0' && *end <= '9')
		continue;
	if (end == point + 1 || strchr(text, ':') == NULL)
		return -1;
	memmove(point, end, strlen(end) + 1);
	return 0;
}

/* Two digits below max; -1: not so. */
static int
json_two_digits(const char *s, int max)
{
	int n;

	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return -1;
	n = (s[0] - '0') * 10 + (s[1] - '0');
	return n < max ? n : -1;
}

/* Cuts +01:00 or -0500 out, behind the time: *east in seconds, 0 without. */
static int
json_cut_zone(char *text, int64_t *east)
{
	char *colon = strchr(text, ':'), *sign, *minutes;
	int hour, minute;

	*east = 0;
	sign = colon == NULL ? NULL : strpbrk(colon, "+-");
	if (sign == NULL)
		return 0;
	hour = json_two_digits(sign + 1, 24);
	if (hour < 0)
		return -1;
	minutes = sign[3] == ':' ? sign + 4 : sign + 3;
	minute = json_two_digits(minutes, 60);
	if (minute < 0 || minutes[2] != '\0' || sign[-1] == 'Z')
		return -1;
	*east = (hour * 60 + minute) * (*sign == '-' ? -60 : 60);
	*sign = '\0';
	return 0;
}

int
json_instant(const struct json_value *v, int64_t *out)
{
	char text[JSON_INSTANT_SIZE];
	int64_t at, east = 0;

	if (json_whole(v, &at) != 0) {
		if (json_copy_text(v, text) != 0 || *text == '@' ||
		    json_cut_fraction(text) != 0 ||
		    json_cut_zone(text, &east) != 0 ||
		    clock_parse(text, &at, NULL) != 0)
			return -1;
		at -= east;
	}
	if (at < JSON_INSTANT_MIN || at > JSON_INSTANT_MAX)
		return -1;
	*out = at;
	return 0;
}

int
json_instant_of(const struct json_value *object, const char *key,
    int64_t *out)
{
	return json_instant(json_get(object, key), out);
}
