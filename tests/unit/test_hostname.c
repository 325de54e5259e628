/* SPDX-License-Identifier: ISC */
/* model/hostname: RFC 9525 section 6, one row for each rule. */
#include "model/hostname.h"
#include "tap.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define P(s) { (const uint8_t *)(s), sizeof(s) - 1 }

static const struct {
	struct bytes pattern;
	const char *name;
	bool want;
} rows[] = {
	{ P("example.com"), "example.com", true },
	{ P("EXAMPLE.com"), "example.COM", true },
	{ P("example.com"), "example.com.", true },
	{ P("example.com."), "example.com", false },
	{ P("example.com."), "example.com.", false },
	{ P("example.com"), "example.com..", false },
	{ P("example.com"), "www.example.com", false },
	{ P("www.example.com"), "example.com", false },
	{ P("example.com"), "example.co", false },
	{ P("example.co"), "example.com", false },
	{ P("localhost"), "localhost", true },
	{ P("_sip.example.com"), "_sip.example.com", true },
	{ P("a-b.example.com"), "a-b.example.com", true },
	{ P("xn--mnchen-3ya.de"), "xn--mnchen-3ya.de", true },
	{ P("m\xc3\xbcnchen.de"), "xn--mnchen-3ya.de", false },
	{ P("m\xc3\xbcnchen.de"), "m\xc3\xbcnchen.de", false },
	/* wildcards */
	{ P("*.example.com"), "www.example.com", true },
	{ P("*.example.com"), "WWW.EXAMPLE.COM.", true },
	{ P("*.example.com"), "xn--mnchen-3ya.example.com", true },
	{ P("*.example.com"), "_x.example.com", true },
	{ P("*.example.com"), "example.com", false },
	{ P("*.example.com"), "a.b.example.com", false },
	{ P("*.example.com"), ".example.com", false },
	{ P("*.example.com"), "*.example.com", false },
	{ P("*.b.example.com"), "a.b.example.com", true },
	{ P("*.com"), "example.com", false },
	{ P("*"), "localhost", false },
	{ P("*"), "example.com", false },
	{ P("*."), "localhost", false },
	{ P("*.example.com."), "www.example.com", false },
	{ P("w*.example.com"), "www.example.com", false },
	{ P("*w.example.com"), "www.example.com", false },
	{ P("w*w.example.com"), "www.example.com", false },
	{ P("**.example.com"), "www.example.com", false },
	{ P("*.*.com"), "www.example.com", false },
	{ P("www.*.com"), "www.example.com", false },
	{ P("*.*.example.com"), "a.b.example.com", false },
	{ P("xn--*.example.com"), "xn--a.example.com", false },
	/* hostile bytes */
	{ P("example.com\0.evil.org"), "example.com", false },
	{ P("example.com\0"), "example.com", false },
	{ P("\0example.com"), "example.com", false },
	{ P("*.example.com\0"), "www.example.com", false },
	{ P("exam ple.com"), "exam ple.com", false },
	{ P(" example.com"), "example.com", false },
	{ P("example.com\n"), "example.com", false },
	{ P(".example.com"), "www.example.com", false },
	{ P("example..com"), "example..com", false },
	{ P("."), ".", false }, { P("."), "", false },
	{ P(""), "", false }, { P(""), "example.com", false },
	{ P("example.com"), "", false }, { P("*.example.com"), "", false },
	{ P("*.."), "a..", false },
	{ P("https://example.com"), "example.com", false },
	{ P("example.com:443"), "example.com", false },
	/* addresses never match names */
	{ P("192.0.2.1"), "192.0.2.1", false },
	{ P("*.0.2.1"), "192.0.2.1", false },
	{ P("2001:db8::1"), "2001:db8::1", false },
};

static void
test_match(void)
{
	size_t i;

	for (i = 0; i < N(rows); i++)
		ok(hostname_match(rows[i].pattern, rows[i].name) ==
		    rows[i].want, "'%s' %s '%s'",
		    (const char *)rows[i].pattern.data,
		    rows[i].want ? "covers" : "does not cover",
		    rows[i].name);
	ok(!hostname_match(bytes_of(NULL, 0), "a.example"), "no pattern");
}

static const struct {
	const char *text;
	unsigned want;
} addresses[] = {
	{ "192.0.2.1", 4 }, { "0.0.0.0", 4 }, { "255.255.255.255", 4 },
	{ "::1", 16 }, { "2001:DB8::1", 16 }, { "::ffff:192.0.2.1", 16 },
	{ "256.0.0.1", 0 }, { "1.2.3", 0 }, { "1.2.3.4.5", 0 },
	{ "0x7f.0.0.1", 0 }, { "[::1]", 0 }, { "fe80::1%eth0", 16 },
	{ "", 0 }, { "1.2.3.4 ", 0 }, { "localhost", 0 }, { "::1::", 0 },
};

/* A certificate with one SAN of each kind. */
static const struct {
	const char *name;
	bool want;
} covered[] = {
	{ "a.example", true }, { "x.b.example", true },
	{ "192.0.2.1", true }, { "2001:db8::1", true },
	{ "2001:0DB8:0:0::1", true }, { "192.0.2.2", false },
	{ "::ffff:192.0.2.1", false }, { "2001:db8::2", false },
	{ "198.51.100.7", false }, { "m@c.example", false },
	{ "c.example", false }, { "d.example", false },
	{ "common.example", false }, { "", false },
};

static void
test_covered(void)
{
	struct san sans[] = {
		{ SAN_OTHER, P("") },
		{ SAN_EMAIL, P("m@c.example") },
		{ SAN_URI, P("https://d.example/") },
		{ SAN_DNS, P("a.example") },
		{ SAN_DNS, P("*.b.example") },
		{ SAN_DNS, P("198.51.100.7") },
		{ SAN_IP, P("\xc0\x00\x02\x01") },
		{ SAN_IP, P("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01") },
		{ SAN_IP, P("\xc0\x00\x02") },
	};
	static const char *const text[] = { "", "m@c.example",
		"https://d.example/", "a.example", "*.b.example",
		"198.51.100.7", "192.0.2.1", "2001:db8::1", "c0:00:02" };
	struct cert_facts cert = { .sans = sans, .n_sans = N(sans) };
	struct buf buf = BUF_INIT;
	uint8_t out[16];
	size_t i;

	cert.common_name = bytes_str("common.example");
	for (i = 0; i < N(covered); i++)
		ok(hostname_covered(&cert, covered[i].name) ==
		    covered[i].want, "'%s' is %scovered", covered[i].name,
		    covered[i].want ? "" : "not ");
	for (i = 0; i < N(sans); i++) {
		buf_reset(&buf);
		san_format(&buf, &sans[i]);
		is_str(buf_text(&buf), text[i], "san_format");
	}
	buf_release(&buf);
	for (i = 0; i < N(addresses); i++)
		is_uint(hostname_address(addresses[i].text, out),
		    addresses[i].want, "hostname_address '%s'",
		    addresses[i].text);
}

int
main(void)
{
	test_match();
	test_covered();
	return tap_done();
}
