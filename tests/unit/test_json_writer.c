/* SPDX-License-Identifier: ISC */
/* base/json_writer: commas, escapes, layout, depth. */
#include "base/json_writer.h"
#include "tap.h"

static const struct {
	const char *name;
	struct bytes in;
	const char *want;
} strings[] = {
	{ "nothing", { NULL, 0 }, "\"\"" },
	{ "plain", { (const uint8_t *)"a/b", 3 }, "\"a/b\"" },
	{ "quotes", { (const uint8_t *)"\"\\", 2 }, "\"\\\"\\\\\"" },
	{ "named", { (const uint8_t *)"\b\f\n\r\t", 5 },
	    "\"\\b\\f\\n\\r\\t\"" },
	{ "NUL", { (const uint8_t *)"a\0b", 3 }, "\"a\\u0000b\"" },
	{ "ESC, DEL", { (const uint8_t *)"\033\x7f", 2 },
	    "\"\\u001b\\u007f\"" },
	{ "bar", { (const uint8_t *)"a|b", 3 }, "\"a\\u007cb\"" },
	{ "C1", { (const uint8_t *)"\xc2\x9b", 2 }, "\"\\u009b\"" },
	{ "umlaut", { (const uint8_t *)"\xc3\xbc", 2 }, "\"\xc3\xbc\"" },
	{ "U+2028", { (const uint8_t *)"\xe2\x80\xa8", 3 }, "\"\\u2028\"" },
	{ "RLO", { (const uint8_t *)"\xe2\x80\xae", 3 }, "\"\\u202e\"" },
	{ "emoji", { (const uint8_t *)"\xf0\x9f\x98\x80", 4 },
	    "\"\xf0\x9f\x98\x80\"" },
	{ "tag", { (const uint8_t *)"\xf3\xa0\x81\x81", 4 },
	    "\"\\udb40\\udc41\"" },
	{ "U+10FFFF", { (const uint8_t *)"\xf4\x8f\xbf\xbf", 4 },
	    "\"\\udbff\\udfff\"" },
	{ "broken", { (const uint8_t *)"a\xff\xc3", 3 },
	    "\"a\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "surrogate", { (const uint8_t *)"\xed\xa0\x80", 3 },
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "markup", { (const uint8_t *)"<b>", 3 }, "\"<b>\"" },
};

static const struct {
	int64_t v;
	unsigned places;
	const char *want;
} numbers[] = {
	{ 0, 3, "0" }, { 2500, 3, "2.5" }, { 60979, 3, "60.979" },
	{ -1, 3, "-0.001" }, { 1000, 3, "1" }, { 10, 3, "0.01" },
	{ 42, 0, "42" }, { INT64_MAX, 3, "9223372036854775.807" },
	{ INT64_MIN, 3, "-9223372036854775.808" },
};

static void
test_values(void)
{
	struct buf buf = BUF_INIT;
	struct json_writer json;
	size_t i;

	for (i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		buf_reset(&buf);
		json_init(&json, &buf, false);
		json_bytes(&json, NULL, strings[i].in);
		is_str(buf_text(&buf), strings[i].want, "%s",
		    strings[i].name);
	}
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		buf_reset(&buf);
		json_init(&json, &buf, false);
		json_fixed(&json, NULL, numbers[i].v, numbers[i].places);
		is_str(buf_text(&buf), numbers[i].want, "json_fixed");
	}
	buf_reset(&buf);
	json_int(&json, NULL, INT64_MIN);
	is_str(buf_text(&buf), "-9223372036854775808", "json_int");
	buf_release(&buf);
}

static void
write_all(struct json_writer *json)
{
	json_open_object(json, NULL);
	json_str(json, "s", "x");
	json_str(json, "none", NULL);
	json_int(json, "i", -5);
	json_bool(json, "t", true);
	json_bool(json, "f", false);
	json_nothing(json, "n");
	json_open_object(json, "empty");
	json_end_object(json);
	json_open_array(json, "list");
	json_int(json, NULL, 1);
	json_open_array(json, NULL);
	json_end_array(json);
	json_open_object(json, NULL);
	json_str(json, "a|b", "c");
	json_end_object(json);
	json_end_array(json);
	json_end_object(json);
}

static void
test_layout(void)
{
	struct buf buf = BUF_INIT;
	struct json_writer json;

	json_init(&json, &buf, false);
	write_all(&json);
	is_str(buf_text(&buf), "{\"s\":\"x\",\"none\":null,\"i\":-5,"
	    "\"t\":true,\"f\":false,\"n\":null,\"empty\":{},"
	    "\"list\":[1,[],{\"a\\u007cb\":\"c\"}]}", "compact");
	buf_reset(&buf);
	json_init(&json, &buf, true);
	write_all(&json);
	is_str(buf_text(&buf), "{\n  \"s\": \"x\",\n  \"none\": null,\n"
	    "  \"i\": -5,\n  \"t\": true,\n  \"f\": false,\n  \"n\": null,\n"
	    "  \"empty\": {},\n  \"list\": [\n    1,\n    [],\n    {\n"
	    "      \"a\\u007cb\": \"c\"\n    }\n  ]\n}", "pretty");
	buf_release(&buf);
}

static void
test_depth(void)
{
	struct buf buf = BUF_INIT;
	struct json_writer json;
	int i;

	json_init(&json, &buf, false);
	for (i = 0; i < JSON_DEPTH_MAX; i++)
		json_open_array(&json, NULL);
	ok(!buf_failed(&buf), "%d levels", JSON_DEPTH_MAX);
	json_open_array(&json, NULL);
	ok(buf_failed(&buf), "one more fails");
	buf_reset(&buf);
	json_init(&json, &buf, false);
	json_end_array(&json);
	ok(buf_failed(&buf), "an end without a start fails");
	buf_release(&buf);
}

int
main(void)
{
	test_values();
	test_layout();
	test_depth();
	return tap_done();
}
