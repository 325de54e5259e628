/* SPDX-License-Identifier: ISC */
/* JSON from hostile peers: what is read, what is refused, and how. */
#include "base/json_reader.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "tap.h"

static struct json_doc *
parse(const char *text, struct err *err)
{
	err_clear(err);
	return json_doc_parse(bytes_str(text), 100, err);
}

/* Texts that are JSON, with how many items their root has. */
static const struct {
	const char *text;
	size_t count;
} good[] = {
	{ "{}", 0 },
	{ "[]", 0 },
	{ " \r\n\t[ ]\n\n", 0 },
	{ "\xef\xbb\xbf{\"a\":1}", 1 },		/* a byte order mark */
	{ "{\"a\":1,\"b\":{},\"\":[1,2]}", 3 },
	{ "[1,-0,1.5,1e3,true,false,null,\"\"]", 8 },
	{ "[\"[[[[{{{{,,,,\\\"]]\\\\\"]", 1 },
	{ "[\"\\u0000x\\u20ac\\ud83d\\ude00\"]", 1 },
	{ "[\"\xe2\x80\x9c\xf0\x9f\x98\x80\"]", 1 },
	{ "5", 0 },
	{ "\"text\"", 0 },
	{ "null", 0 },
	/* Integers that an int64_t does not hold spoil nothing else. */
	{ "[99999999999999999999999999, 7]", 2 },
	{ "[9223372036854775807,-9223372036854775808]", 2 },
};

static void
test_good(void)
{
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct json_doc *doc = parse(good[i].text, &err);

		ok(doc != NULL, "%s: %s", good[i].text, err.text);
		is_uint(json_count(json_doc_root(doc)), good[i].count,
		    "%s: items", good[i].text);
		json_doc_free(doc);
	}
}

/* Texts that are not, and what is said about them. */
static const struct {
	const char *text, *words;
} bad[] = {
	{ "", "not JSON: empty" },
	{ "\xef\xbb\xbf", "not JSON: empty" },
	{ " \n ", "not JSON: empty" },
	{ "<!DOCTYPE html>", "not JSON: line 1, column 1" },
	{ "{} x", "not JSON: line 1, column 4" },
	{ "{}{}", "not JSON: line 1, column 3" },
	{ "[1,]", "not JSON: line 1, column 4" },
	{ "{\"a\" 1}", "not JSON: line 1, column 6" },
	{ "{a:1}", "not JSON: line 1, column 2" },
	{ "['a']", "not JSON: line 1, column 2" },
	{ "[01]", "not JSON: line 1, column 2" },
	{ "[+1]", "not JSON: line 1, column 2" },
	{ "[.5]", "not JSON: line 1, column 2" },
	{ "[NaN]", "not JSON: line 1, column 4" },
	{ "[1e999]", "real number overflow" },
	{ "[\"\\ud800\"]", "not JSON: line 1" },
	{ "[\"\\x\"]", "not JSON: line 1" },
	{ "[\"a\nb\"]", "not JSON: line 1" },
	{ "[1] // no", "not JSON: line 1, column 5" },
	{ "{\"a\":1,\n\"a\":2}", "not JSON: line 2" },	/* twice */
	{ "{\"\\u0000\":1}", "not JSON: line 1" },
	{ "[1}", "not JSON: line 1, column 3" },
	{ "]", "not JSON: line 1, column 1" },
	{ "[\"\xff\"]", "JSON with invalid UTF-8 in line 1" },
	{ "[\"\xc3\"]", "JSON with invalid UTF-8 in line 1" },
	{ "[\"\xc0\x80\"]", "JSON with invalid UTF-8 in line 1" },
	{ "[\"\xed\xa0\x80\"]", "JSON with invalid UTF-8 in line 1" },
	{ "\xff\xfe[\0]\0", "JSON with invalid UTF-8 in line 1" },
	{ "[", "JSON cut off after 1 octets" },
	{ "{\"data\":", "JSON cut off after 8 octets" },
	{ "{\"data\":[\n{\"start_ti", "JSON cut off after 20 octets (line 2" },
	{ "[tru", "JSON cut off after 4 octets" },
	{ "[1,", "JSON cut off after 3 octets" },
	{ "{\"a\":\"x\\", "JSON cut off after 8 octets" },
};

static void
test_bad(void)
{
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ok(parse(bad[i].text, &err) == NULL, "%s", bad[i].text);
		is_int(err.kind, ERR_SYNTAX, "%s: kind", bad[i].text);
		ok(strstr(err.text, bad[i].words) != NULL, "%s: %s",
		    bad[i].text, err.text);
	}
	ok(json_doc_parse(bytes_of("[1]\0", 4), 9, &err) == NULL &&
	    err.kind == ERR_SYNTAX, "a NUL behind the text: %s", err.text);
	ok(json_doc_parse(bytes_of(NULL, 0), 9, NULL) == NULL,
	    "no text, no error object");
}

/* Values are bounded before anything is built: exactly. */
static const struct {
	const char *text;
	size_t values;
} sizes[] = {
	{ "1", 1 },
	{ "[]", 1 },
	{ "[ ]", 1 },
	{ "[1]", 2 },
	{ "[[],[],{}]", 4 },
	{ "[[[]]]", 3 },
	{ "{\"a\":[1,2],\"b\":{\"c\":\",\"}}", 6 },
	{ "[\",,,,\"]", 2 },
	{ "[\"\\\",\"]", 2 },
};

static void
test_values(void)
{
	struct json_doc *doc;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct bytes text = bytes_str(sizes[i].text);

		err_clear(&err);
		doc = json_doc_parse(text, sizes[i].values, &err);
		ok(doc != NULL, "%s: %zu values", sizes[i].text,
		    sizes[i].values);
		json_doc_free(doc);
		ok(json_doc_parse(text, sizes[i].values - 1, &err) == NULL &&
		    err.kind == ERR_LIMIT, "%s: not one less: %s",
		    sizes[i].text, err.text);
	}
}

static void
test_depth(void)
{
	struct buf text = BUF_INIT;
	struct json_doc *doc;
	struct err err = ERR_INIT;
	int i;

	for (i = 0; i < JSON_READ_DEPTH_MAX; i++)
		buf_char(&text, '[');
	for (i = 0; i < JSON_READ_DEPTH_MAX; i++)
		buf_char(&text, ']');
	doc = json_doc_parse(buf_bytes(&text), 1000, &err);
	ok(doc != NULL, "%d levels: %s", JSON_READ_DEPTH_MAX, err.text);
	json_doc_free(doc);
	buf_reset(&text);
	for (i = 0; i < 100000; i++)
		buf_str(&text, "{\"a\":");
	ok(json_doc_parse(buf_bytes(&text), 1 << 20, &err) == NULL,
	    "100000 levels");
	is_int(err.kind, ERR_LIMIT, "too deep: %s", err.text);
	buf_release(&text);
}

static void
test_access(void)
{
	static const char text[] =
	    "{\"issuer.commonName\":\"R12\",\"issuer\":{\"commonName\":"
	    "\"no\"},\"list\":[1,null,\"x\\u0000y\"],\"null\":null}";
	struct err err;
	struct json_doc *doc = parse(text, &err);
	const struct json_value *root = json_doc_root(doc), *list;

	ok(bytes_eq(json_text_of(root, "issuer.commonName"),
	    bytes_str("R12")), "a dot in a key is a dot");
	ok(bytes_eq(json_text_of(json_get(root, "issuer"), "commonName"),
	    bytes_str("no")), "a member of a member");
	list = json_get(root, "list");
	ok(json_is_array(list) && !json_is_object(list), "an array");
	ok(json_is_null(json_at(list, 1)), "null is there");
	ok(json_is_null(json_get(root, "null")), "null by its key");
	ok(bytes_eq(json_text(json_at(list, 2)), bytes_of("x\0y", 3)),
	    "a string with NUL in it");
	ok(json_at(list, 3) == NULL, "no such item");
	ok(json_get(root, "none") == NULL, "no such member");
	ok(!json_is_null(json_get(root, "none")), "absent is not null");
	ok(json_get(list, "x") == NULL && json_at(root, 0) == NULL,
	    "members of arrays, items of objects");
	ok(json_get(NULL, "x") == NULL && json_at(NULL, 0) == NULL &&
	    json_count(NULL) == 0 && json_text(NULL).len == 0 &&
	    json_flag(NULL) == -1 && !json_is_object(NULL) &&
	    json_doc_root(NULL) == NULL, "nothing of nothing");
	is_uint(json_text(list).len, 0, "an array is no text");
	json_doc_free(doc);
	json_doc_free(NULL);
}

#define NOT INT64_C(-77)	/* not set */

/* One value, read as a number, a flag and an instant. */
static const struct {
	const char *text;
	int64_t whole, instant;
	int flag;
} scalars[] = {
	{ "0", 0, 0, 0 },
	{ "1", 1, 1, 1 },
	{ "2", 2, 2, -1 },
	{ "-1", -1, -1, -1 },
	{ "\"0\"", 0, 0, 0 },
	{ "\"1\"", 1, 1, 1 },
	{ "\"-5\"", -5, -5, -1 },
	{ "\"01\"", 1, 1, 1 },
	{ "\"\"", NOT, NOT, -1 },
	{ "\" 1\"", NOT, NOT, -1 },
	{ "\"1 \"", NOT, NOT, -1 },
	{ "\"1\\u0000\"", NOT, NOT, -1 },
	{ "\"0x1\"", NOT, NOT, -1 },
	{ "\"@1\"", NOT, NOT, -1 },
	{ "null", NOT, NOT, -1 },
	{ "true", NOT, NOT, 1 },
	{ "false", NOT, NOT, 0 },
	{ "[]", NOT, NOT, -1 },
	{ "[1]", NOT, NOT, -1 },
	{ "1.5", NOT, NOT, -1 },
	{ "1.0", 1, 1, 1 },
	{ "1e300", NOT, NOT, -1 },
	{ "1795176000", 1795176000, 1795176000, -1 },
	{ "\"1795176000\"", 1795176000, 1795176000, -1 },
	/* milliseconds are not seconds */
	{ "1795176000000", INT64_C(1795176000000), NOT, -1 },
	{ "9223372036854775807", NOT, NOT, -1 },
	{ "\"9223372036854775807\"", INT64_MAX, NOT, -1 },
	{ "\"9223372036854775808\"", NOT, NOT, -1 },
	{ "99999999999999999999", NOT, NOT, -1 },
	{ "253402300799", INT64_C(253402300799), INT64_C(253402300799), -1 },
	{ "253402300800", INT64_C(253402300800), NOT, -1 },
	{ "\"2026-11-20T12:00:00Z\"", NOT, 1795176000, -1 },
	{ "\"2026-11-20T12:00:00.000Z\"", NOT, 1795176000, -1 },
	{ "\"2026-11-20T12:00:00.999999Z\"", NOT, 1795176000, -1 },
	{ "\"2026-11-20T12:00:00\"", NOT, 1795176000, -1 },
	{ "\"2026-11-20T12:00:00.5\"", NOT, 1795176000, -1 },
	{ "\"2026-11-20 12:00:00\"", NOT, 1795176000, -1 },
	{ "\"2026-11-20\"", NOT, 1795132800, -1 },
	{ "\"2026-11-20T12:00:00.Z\"", NOT, NOT, -1 },
	{ "\"2026-11-20.5\"", NOT, NOT, -1 },
	{ "\"2026-11-31T12:00:00Z\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00+02:00\"", NOT, 1795168800, -1 },
	{ "\"2026-11-20T12:00:00-0530\"", NOT, 1795195800, -1 },
	{ "\"2026-11-20 12:00:00.25+00:00\"", NOT, 1795176000, -1 },
	{ "\"2026-11-20T12:00+01:00\"", NOT, 1795172400, -1 },
	{ "\"2026-11-20T12:00:00Z+01:00\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00+24:00\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00+02:60\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00+02\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00+02:0\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00+2:00\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00+02:000\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00+\"", NOT, NOT, -1 },
	{ "\"2026-11-20+02:00\"", NOT, NOT, -1 },
	{ "\"0000-01-01T00:00:00+02:00\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00ZZ\"", NOT, NOT, -1 },
	{ "\"1.5\"", NOT, NOT, -1 },
	{ "\"never\"", NOT, NOT, -1 },
	{ "\"2026-11-20T12:00:00.00000000000000000000000000000Z\"", NOT,
	    NOT, -1 },
};

static void
test_scalars(void)
{
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(scalars) / sizeof(*scalars); i++) {
		struct json_doc *doc = parse(scalars[i].text, &err);
		const struct json_value *v = json_doc_root(doc);
		int64_t whole = NOT, instant = NOT;

		is_int(json_whole(v, &whole), scalars[i].whole == NOT ? -1 : 0,
		    "%s: whole or not", scalars[i].text);
		is_int(whole, scalars[i].whole, "%s: whole", scalars[i].text);
		is_int(json_instant(v, &instant),
		    scalars[i].instant == NOT ? -1 : 0,
		    "%s: instant or not", scalars[i].text);
		is_int(instant, scalars[i].instant, "%s: instant",
		    scalars[i].text);
		is_int(json_flag(v), scalars[i].flag, "%s: flag",
		    scalars[i].text);
		json_doc_free(doc);
	}
}

/* Small numbers next to a very long one are what they were. */
static void
test_long_number(void)
{
	struct err err;
	struct json_doc *doc = parse("{\"serial\":"
	    "123456789012345678901234567890,\"not_after\":1795176000,"
	    "\"f\":1}", &err);
	int64_t at = 0;

	ok(doc != NULL, "read: %s", err.text);
	is_int(json_instant_of(json_doc_root(doc), "not_after", &at), 0,
	    "an instant beside it");
	is_int(at, 1795176000, "its value");
	is_int(json_flag_of(json_doc_root(doc), "f"), 1, "a flag beside it");
	is_int(json_whole_of(json_doc_root(doc), "serial", &at), -1,
	    "the number itself is none");
	json_doc_free(doc);
}

/* Every allocation fails once, those of jansson's, too. */
static void
test_nomem(void)
{
	static const char text[] = "{\"a\":[1,2,{\"b\":\"c\"}],\"d\":\"a text "
	    "that jansson needs more than one piece of memory for\","
	    "\"f\":null,\"g\":1.5,\"h\":{},\"i\":[],\"j\":1,\"k\":2,\"l\":3}";
	struct json_doc *doc = NULL;
	struct err err = ERR_INIT;
	unsigned long n;

	for (n = 1; doc == NULL && n < 1000; n++) {
		err_clear(&err);
		mem_fail_at(n, 0);
		doc = parse(text, &err);
		mem_fail_at(0, 0);
		if (doc == NULL && err.kind != ERR_NOMEM)
			fail("allocation %lu: %d %s", n, (int)err.kind,
			    err.text);
	}
	ok(n > 10 && n < 1000, "%lu allocations failed in turn", n - 2);
	json_doc_free(doc);
}

int
main(void)
{
	test_good();
	test_bad();
	test_values();
	test_depth();
	test_access();
	test_scalars();
	test_long_number();
	test_nomem();
	return tap_done();
}
