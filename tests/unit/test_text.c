/* SPDX-License-Identifier: ISC */
/* base/text: numbers, UTF-8, escaping, hexadecimal, base64, near words. */
#include "base/text.h"
#include "tap.h"

#define B(s) bytes_of((s), sizeof(s) - 1)
#define N(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *text;
	bool u_ok, i_ok;
	uint64_t u;
	int64_t i;
} numbers[] = {
	{ "0", true, true, 0, 0 }, { "7", true, true, 7, 7 },
	{ "007", true, true, 7, 7 }, { "-7", false, true, 0, -7 },
	{ "+7", false, true, 0, 7 }, { "-0", false, true, 0, 0 },
	{ "9223372036854775807", true, true, INT64_MAX, INT64_MAX },
	{ "9223372036854775808", true, false, UINT64_C(1) << 63, 0 },
	{ "-9223372036854775808", false, true, 0, INT64_MIN },
	{ "-9223372036854775809", false, false, 0, 0 },
	{ "18446744073709551615", true, false, UINT64_MAX, 0 },
	{ "18446744073709551616", false, false, 0, 0 },
	{ "99999999999999999999", false, false, 0, 0 },
	{ "", false, false, 0, 0 }, { "-", false, false, 0, 0 },
	{ " 1", false, false, 0, 0 }, { "1 ", false, false, 0, 0 },
	{ "1a", false, false, 0, 0 }, { "0x1", false, false, 0, 0 },
	{ "1e3", false, false, 0, 0 }, { "--1", false, false, 0, 0 },
	{ "\xd9\xa1", false, false, 0, 0 },
};

static void
test_numbers(void)
{
	uint64_t u;
	int64_t v;
	size_t i;

	for (i = 0; i < N(numbers); i++) {
		u = 0;
		v = 0;
		ok((text_u64(numbers[i].text, &u) == 0) == numbers[i].u_ok &&
		    u == numbers[i].u, "text_u64 '%s'", numbers[i].text);
		ok((text_i64(numbers[i].text, &v) == 0) == numbers[i].i_ok &&
		    v == numbers[i].i, "text_i64 '%s'", numbers[i].text);
	}
}

#define NO INT64_MAX

static const struct {
	const char *text;
	unsigned places;
	int64_t want;
	const char *back;	/* NULL: the text itself */
} fixed[] = {
	{ "2.5", 3, 2500, NULL }, { "2", 3, 2000, NULL }, { "0", 3, 0, NULL },
	{ "0.001", 3, 1, NULL }, { "-0.001", 3, -1, NULL },
	{ "-2.5", 3, -2500, NULL }, { "+2.5", 3, 2500, "2.5" },
	{ "10.010", 3, 10010, "10.01" }, { "00.5", 3, 500, "0.5" },
	{ "100", 0, 100, NULL }, { "1.0", 0, NO, NULL },
	{ "0.0001", 3, NO, NULL }, { ".5", 3, NO, NULL },
	{ "5.", 3, NO, NULL }, { "", 3, NO, NULL }, { ".", 3, NO, NULL },
	{ "1.2.3", 3, NO, NULL }, { "1e3", 3, NO, NULL },
	{ "1,5", 3, NO, NULL }, { "1.-5", 3, NO, NULL },
	{ " 1", 3, NO, NULL }, { "-", 3, NO, NULL },
	{ "9223372036854775.806", 3, INT64_MAX - 1, NULL },
	{ "9223372036854775.808", 3, NO, NULL },
	{ "-9223372036854775.808", 3, INT64_MIN, NULL },
	{ "99999999999999999999", 3, NO, NULL },
	{ "18446744073709551.616", 3, NO, NULL },
};

static void
test_fixed(void)
{
	struct buf buf = BUF_INIT;
	int64_t v;
	size_t i;

	for (i = 0; i < N(fixed); i++) {
		v = NO;
		if (text_fixed(bytes_str(fixed[i].text), fixed[i].places,
		    &v) != 0)
			v = NO;
		is_int(v, fixed[i].want, "text_fixed '%s'", fixed[i].text);
		if (v == NO)
			continue;
		buf_reset(&buf);
		text_put_fixed(&buf, v, fixed[i].places);
		is_str(buf_text(&buf), fixed[i].back == NULL ?
		    fixed[i].text : fixed[i].back, "and back");
	}
	is_int(text_fixed(bytes_of(NULL, 0), 3, &v), -1, "text_fixed NULL");
	buf_release(&buf);
}

/* One character, or none. */
static const struct {
	const char *name;
	struct bytes in;
	size_t len;
	uint32_t code;
} utf8[] = {
	{ "empty", { NULL, 0 }, 0, 0 },
	{ "NUL", { (const uint8_t *)"\0", 1 }, 1, 0 },
	{ "ASCII", { (const uint8_t *)"a", 1 }, 1, 'a' },
	{ "U+007F", { (const uint8_t *)"\x7f", 1 }, 1, 0x7f },
	{ "U+0080", { (const uint8_t *)"\xc2\x80", 2 }, 2, 0x80 },
	{ "U+07FF", { (const uint8_t *)"\xdf\xbf", 2 }, 2, 0x7ff },
	{ "U+0800", { (const uint8_t *)"\xe0\xa0\x80", 3 }, 3, 0x800 },
	{ "U+D7FF", { (const uint8_t *)"\xed\x9f\xbf", 3 }, 3, 0xd7ff },
	{ "U+D800", { (const uint8_t *)"\xed\xa0\x80", 3 }, 0, 0 },
	{ "U+DFFF", { (const uint8_t *)"\xed\xbf\xbf", 3 }, 0, 0 },
	{ "U+E000", { (const uint8_t *)"\xee\x80\x80", 3 }, 3, 0xe000 },
	{ "U+FFFF", { (const uint8_t *)"\xef\xbf\xbf", 3 }, 3, 0xffff },
	{ "U+10000", { (const uint8_t *)"\xf0\x90\x80\x80", 4 }, 4, 0x10000 },
	{ "U+10FFFF", { (const uint8_t *)"\xf4\x8f\xbf\xbf", 4 }, 4,
	    0x10ffff },
	{ "U+110000", { (const uint8_t *)"\xf4\x90\x80\x80", 4 }, 0, 0 },
	{ "F5", { (const uint8_t *)"\xf5\x80\x80\x80", 4 }, 0, 0 },
	{ "C0 80", { (const uint8_t *)"\xc0\x80", 2 }, 0, 0 },
	{ "C1 BF", { (const uint8_t *)"\xc1\xbf", 2 }, 0, 0 },
	{ "E0 80 80", { (const uint8_t *)"\xe0\x80\x80", 3 }, 0, 0 },
	{ "F0 80 80 80", { (const uint8_t *)"\xf0\x80\x80\x80", 4 }, 0, 0 },
	{ "lone 80", { (const uint8_t *)"\x80", 1 }, 0, 0 },
	{ "lone FF", { (const uint8_t *)"\xff", 1 }, 0, 0 },
	{ "cut at 2", { (const uint8_t *)"\xc3", 1 }, 0, 0 },
	{ "cut at 3", { (const uint8_t *)"\xe2\x82", 2 }, 0, 0 },
	{ "cut at 4", { (const uint8_t *)"\xf0\x9f\x98", 3 }, 0, 0 },
	{ "bad second", { (const uint8_t *)"\xc3(", 2 }, 0, 0 },
};

static void
test_utf8(void)
{
	uint32_t code;
	size_t i;

	for (i = 0; i < N(utf8); i++) {
		code = 0;
		is_uint(text_utf8_next(utf8[i].in, &code), utf8[i].len,
		    "%s: length", utf8[i].name);
		is_uint(code, utf8[i].code, "%s: code", utf8[i].name);
		ok(text_is_utf8(utf8[i].in) ==
		    (utf8[i].len > 0 || utf8[i].in.len == 0),
		    "%s: valid or not", utf8[i].name);
	}
}

/* clean NULL: the same as escaped. */
static const struct {
	const char *name;
	struct bytes in;
	size_t max;
	const char *want, *clean;
} escapes[] = {
	{ "nothing", { NULL, 0 }, 0, "", NULL },
	{ "plain", { (const uint8_t *)"a b", 3 }, 0, "a b", NULL },
	{ "NUL", { (const uint8_t *)"a\0b", 3 }, 0, "a\\x00b", NULL },
	{ "newlines", { (const uint8_t *)"\r\n", 2 }, 0, "\\x0d\\x0a", NULL },
	{ "ESC", { (const uint8_t *)"\033[2J", 4 }, 0, "\\x1b[2J", NULL },
	{ "DEL", { (const uint8_t *)"\x7f", 1 }, 0, "\\x7f", NULL },
	{ "C1 CSI", { (const uint8_t *)"\xc2\x9b", 2 }, 0, "\\u{9B}", NULL },
	{ "raw C1", { (const uint8_t *)"\x9b", 1 }, 0, "\\x9b", NULL },
	{ "bar", { (const uint8_t *)"|", 1 }, 0, "\\x7c", NULL },
	{ "markup", { (const uint8_t *)"<>`", 3 }, 0, "\\x3c\\x3e\\x60",
	    NULL },
	{ "backslash", { (const uint8_t *)"\\x41", 4 }, 0, "\\\\x41",
	    "\\x41" },
	{ "quotes", { (const uint8_t *)"'\"&$;", 5 }, 0, "'\"&$;", NULL },
	{ "umlaut", { (const uint8_t *)"\xc3\xbc", 2 }, 0, "\xc3\xbc", NULL },
	{ "emoji", { (const uint8_t *)"\xf0\x9f\x98\x80", 4 }, 0,
	    "\xf0\x9f\x98\x80", NULL },
	{ "RLO", { (const uint8_t *)"\xe2\x80\xae", 3 }, 0, "\\u{202E}",
	    NULL },
	{ "isolate", { (const uint8_t *)"\xe2\x81\xa6", 3 }, 0, "\\u{2066}",
	    NULL },
	{ "ALM", { (const uint8_t *)"\xd8\x9c", 2 }, 0, "\\u{61C}", NULL },
	{ "ZWSP", { (const uint8_t *)"\xe2\x80\x8b", 3 }, 0, "\\u{200B}",
	    NULL },
	{ "line separator", { (const uint8_t *)"\xe2\x80\xa8", 3 }, 0,
	    "\\u{2028}", NULL },
	{ "soft hyphen", { (const uint8_t *)"\xc2\xad", 2 }, 0, "\\u{AD}",
	    NULL },
	{ "BOM", { (const uint8_t *)"\xef\xbb\xbf", 3 }, 0, "\\u{FEFF}",
	    NULL },
	{ "noncharacter", { (const uint8_t *)"\xef\xbf\xbe", 3 }, 0,
	    "\\u{FFFE}", NULL },
	{ "last of plane 16", { (const uint8_t *)"\xf4\x8f\xbf\xbf", 4 }, 0,
	    "\\u{10FFFF}", NULL },
	{ "tag", { (const uint8_t *)"\xf3\xa0\x81\x81", 4 }, 0,
	    "\\u{E0041}", NULL },
	{ "surrogate", { (const uint8_t *)"\xed\xa0\x80", 3 }, 0,
	    "\\xed\\xa0\\x80", NULL },
	{ "overlong", { (const uint8_t *)"\xc0\xbc", 2 }, 0, "\\xc0\\xbc",
	    NULL },
	{ "exactly max", { (const uint8_t *)"abc", 3 }, 3, "abc", NULL },
	{ "more than max", { (const uint8_t *)"abcd", 4 }, 3, "abc...",
	    NULL },
	{ "an escape is one", { (const uint8_t *)"\n\n\n", 3 }, 2,
	    "\\x0a\\x0a...", NULL },
};

static void
test_escape(void)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	size_t i;

	for (i = 0; i < N(escapes); i++) {
		buf_reset(&a);
		buf_reset(&b);
		text_escape(&a, escapes[i].in, escapes[i].max);
		is_str(buf_text(&a), escapes[i].want, "escape: %s",
		    escapes[i].name);
		text_clean(&b, escapes[i].in, escapes[i].max);
		is_str(buf_text(&b), escapes[i].clean == NULL ?
		    escapes[i].want : escapes[i].clean, "clean: %s",
		    escapes[i].name);
		buf_reset(&a);
		text_clean(&a, buf_bytes(&b), 0);
		is_str(buf_text(&a), buf_text(&b), "clean twice: %s",
		    escapes[i].name);
	}
	buf_release(&a);
	buf_release(&b);
}

/* Every two bytes: always valid UTF-8 without anything that is unsafe. */
static void
test_escape_all(void)
{
	struct buf buf = BUF_INIT;
	unsigned bad = 0, i;
	size_t at;

	for (i = 0; i < 0x10000; i++) {
		uint8_t two[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		buf_reset(&buf);
		text_escape(&buf, bytes_of(two, 2), 0);
		bad += !text_is_utf8(buf_bytes(&buf));
		for (at = 0; at < buf.len; at++)
			bad += (unsigned char)buf.data[at] < ' ' ||
			    strchr("|<>`\x7f", buf.data[at]) != NULL;
	}
	is_uint(bad, 0, "all pairs of bytes");
	for (bad = 0, i = 0; i < 0x20; i++)
		bad += !text_is_unsafe(i);
	for (i = 0x20; i < 0x7f; i++)
		bad += text_is_unsafe(i);
	for (i = 0x7f; i < 0xa0; i++)
		bad += !text_is_unsafe(i);
	is_uint(bad, 0, "ASCII and C1");
	buf_release(&buf);
}

static void
test_words(void)
{
	char s[] = " \t a b \r\n", blank[] = " \t\n", none[] = "";

	ok(text_ieq("AbC", "aBc"), "text_ieq");
	ok(!text_ieq("abc", "ab") && !text_ieq("ab", "abc"), "lengths");
	ok(text_ieq("", ""), "text_ieq of nothing");
	ok(!text_ieq("\xc3\x84", "\xc3\xa4"), "ASCII only");
	ok(!text_ieq("@", "`") && !text_ieq("[", "{"), "letters only");
	ok(text_starts("abc", "ab") && text_starts("abc", ""), "starts");
	ok(!text_starts("ab", "abc") && !text_starts("Abc", "ab"), "not");
	ok(text_istarts("ABc", "ab") && !text_istarts("a", "ab"), "istarts");
	ok(text_is_blank("") && text_is_blank(" \t\r\n"), "blank");
	ok(!text_is_blank(" a"), "not blank");
	is_str(text_trim(s), "a b", "text_trim");
	is_str(text_trim(blank), "", "text_trim of blanks");
	is_str(text_trim(none), "", "text_trim of nothing");
}

static const struct {
	const char *text;
	int n;			/* size is 4 */
	const char *octets;
} hexes[] = {
	{ "", 0, "" }, { "00ff", 2, "\x00\xff" }, { "aB:Cd", 2, "\xab\xcd" },
	{ "ab-cd ef 01", 4, "\xab\xcd\xef\x01" }, { ":", 0, "" },
	{ "0102030405", -1, "" }, { "a", -1, "" }, { "abc", -1, "" },
	{ "a:bc", -1, "" }, { "0x12", -1, "" }, { "gg", -1, "" },
	{ "12\n34", 2, "\x12\x34" },
};

static const struct {
	const char *text;
	long n;			/* size is 6 */
	const char *octets;
} base64s[] = {
	{ "", 0, "" }, { "YQ==", 1, "a" }, { "YWI=", 2, "ab" },
	{ "YWJj", 3, "abc" }, { "YW\nJj\r\n ZA==", 4, "abcd" },
	{ "+/+/", 3, "\xfb\xff\xbf" }, { "YWJjYWJj", 6, "abcabc" },
	{ "YWJjYWJjYQ==", -1, "" }, { "YQ", -1, "" }, { "YQ=", -1, "" },
	{ "YQ===", -1, "" }, { "Y===", -1, "" }, { "=", -1, "" },
	{ "====", -1, "" }, { "YQ==YQ==", -1, "" }, { "YW-_", -1, "" },
	{ "YWJ", -1, "" }, { "Y", -1, "" }, { "YWJj!", -1, "" },
};

static void
test_codes(void)
{
	struct buf buf = BUF_INIT;
	uint8_t out[6];
	size_t i;

	text_hex(&buf, B("\x00\xab\xff"), '\0');
	buf_char(&buf, ' ');
	text_hex(&buf, B("\x00\xab\xff"), ':');
	text_hex(&buf, bytes_of(NULL, 0), ':');
	is_str(buf_text(&buf), "00abff 00:ab:ff", "text_hex");
	buf_release(&buf);
	for (i = 0; i < N(hexes); i++) {
		int n = text_unhex(hexes[i].text, out, 4);

		is_int(n, hexes[i].n, "text_unhex '%s'", hexes[i].text);
		if (n > 0)
			is_mem(out, hexes[i].octets, (size_t)n, "octets");
	}
	for (i = 0; i < N(base64s); i++) {
		long n = text_unbase64(bytes_str(base64s[i].text), out, 6);

		is_int(n, base64s[i].n, "text_unbase64 '%s'",
		    base64s[i].text);
		if (n > 0)
			is_mem(out, base64s[i].octets, (size_t)n, "octets");
	}
}

static const char *const words[] = { "warning", "critical", "timeout",
	"timeout-result", "sni", "key", "verbose", "cert.expiry" };

static const struct {
	const char *word, *want;
} nears[] = {
	{ "warning", "warning" }, { "warn", "warning" },
	{ "WARN", "warning" }, { "timeout", "timeout" },
	{ "time", "timeout" }, { "timeout-", "timeout-result" },
	{ "wraning", "warning" }, { "waning", "warning" },
	{ "wwarning", "warning" }, { "warnung", "warning" },
	{ "citrical", "critical" }, { "crtcal", "critical" },
	{ "sin", "sni" }, { "kye", "key" }, { "kex", "key" },
	{ "kxx", NULL }, { "zzz", NULL }, { "", NULL },
	{ "cert.expire", "cert.expiry" }, { "expiry", NULL },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    NULL },
};

static void
test_nearest(void)
{
	size_t i;
	int n;

	for (i = 0; i < N(nears); i++) {
		n = text_nearest(nears[i].word, words, N(words));
		is_str(n < 0 ? NULL : words[n], nears[i].want,
		    "nearest to '%s'", nears[i].word);
	}
	is_int(text_nearest("a", NULL, 0), -1, "no words");
}

static struct bytes
raw(const char *text)
{
	return bytes_str(text);
}

static void
test_bytes(void)
{
	const struct bytes nul = bytes_of("a\0B", 3);

	ok(text_same(raw("Ab-\xc3\x84"), raw("aB-\xc3\x84")), "same");
	ok(text_same(nul, bytes_of("A\0b", 3)), "same, with a NUL");
	ok(!text_same(raw("\xc3\x84"), raw("\xc3\xa4")), "ASCII only");
	ok(!text_same(raw("ab"), raw("abc")), "not as long");
	ok(text_same(raw(""), bytes_of(NULL, 0)), "nothing");
	is_uint(text_ifind(raw("One Two"), "two"), 4, "found");
	is_uint(text_ifind(raw("One Tw"), "two"), 6, "cut off");
	is_uint(text_ifind(nul, "b"), 2, "found behind a NUL");
	is_uint(text_ifind(bytes_of(NULL, 0), "x"), 0, "not in nothing");
	ok(bytes_eq(text_strip(raw(" \t\r\na b\n ")), raw("a b")), "stripped");
	is_uint(text_strip(raw(" \n\t")).len, 0, "nothing but blanks");
	ok(bytes_eq(text_strip(raw("\x80")), raw("\x80")), "no blank");
}

int
main(void)
{
	test_numbers();
	test_fixed();
	test_utf8();
	test_escape();
	test_escape_all();
	test_words();
	test_codes();
	test_nearest();
	test_bytes();
	return tap_done();
}
