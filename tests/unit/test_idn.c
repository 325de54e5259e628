/* SPDX-License-Identifier: ISC */
/* base/idn: names to A-labels and back. */
#include "base/alloc.h"
#include "base/idn.h"
#include "tap.h"

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* want NULL: refused. */
static const struct {
	const char *name, *want;
} ascii[] = {
	{ "www.example.com", "www.example.com" },
	{ "WWW.Example.COM", "www.example.com" },
	{ "example.com.", "example.com." },
	{ "_dmarc.a-b.example", "_dmarc.a-b.example" },
	{ "localhost", "localhost" }, { "1.2.3.4", "1.2.3.4" },
	{ "XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de" },
	{ L63 ".example", L63 ".example" },
	{ L63 "a.example", NULL },
	{ L63 "." L63 "." L63 "." "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaa", L63 "." L63 "." L63 "."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	{ L63 "." L63 "." L63 "." L63, NULL },
	{ "", NULL }, { ".", NULL }, { "a..b", NULL }, { ".a", NULL },
	{ "a b", NULL }, { "a/b", NULL }, { "a:b", NULL }, { "*.a.b", NULL },
	{ "a\n", NULL }, { "a|b", NULL },
};

static const struct {
	const char *name, *want;
} international[] = {
	{ "m\xc3\xbcnchen.de", "xn--mnchen-3ya.de" },
	{ "M\xc3\x9cNCHEN.DE", "xn--mnchen-3ya.de" },
	{ "www.m\xc3\xbcnchen.de.", "www.xn--mnchen-3ya.de." },
	{ "fa\xc3\x9f.de", "xn--fa-hia.de" },	/* not transitional */
	{ "mu\xcc\x88nchen.de", "xn--mnchen-3ya.de" },	/* not composed */
	{ "\xe4\xbe\x8b\xe3\x81\x88.jp", "xn--r8jz45g.jp" },
	{ "a\xe3\x80\x82m\xc3\xbc.de", "a.xn--m-eha.de" }, /* U+3002 dot */
	{ "\xff.de", NULL }, { "m\xc3.de", NULL },
	{ "\xe2\x80\xae" "evil.de", NULL }, { "\xcc\x88.de", NULL },
};

static void
test_ascii(struct arena *arena)
{
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(ascii) / sizeof(*ascii); i++) {
		err_clear(&err);
		is_str(idn_to_ascii(arena, ascii[i].name, &err),
		    ascii[i].want, "'%s'", ascii[i].name);
		is_int(err.kind, ascii[i].want == NULL ? ERR_SYNTAX :
		    ERR_NONE, "error: %s", err.text);
	}
	ok(idn_to_unicode(arena, "www.example.com") == NULL,
	    "nothing to show for an ASCII name");
	ok(idn_to_unicode(arena, "axn--b.example") == NULL,
	    "xn-- within a label is none");
	mem_fail_at(1, 1);
	ok(idn_to_ascii(arena, L63 "." L63, &err) != NULL ||
	    err.kind == ERR_NOMEM, "memory runs out, or the arena has some");
	mem_fail_at(0, 0);
}

static void
test_international(struct arena *arena)
{
	char long_name[2001];
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(international) / sizeof(*international); i++) {
		err_clear(&err);
		is_str(idn_to_ascii(arena, international[i].name, &err),
		    international[i].want, "'%s'", international[i].name);
		is_int(err.kind, international[i].want == NULL ? ERR_SYNTAX :
		    ERR_NONE, "error: %s", err.text);
	}
	for (i = 0; i < 2000; i += 2)
		memcpy(long_name + i, "\xc3\xbc", 2);
	long_name[2000] = '\0';
	ok(idn_to_ascii(arena, long_name, &err) == NULL &&
	    err.kind == ERR_SYNTAX, "1000 umlauts: %s", err.text);
	long_name[200] = '\0';
	ok(idn_to_ascii(arena, long_name, &err) == NULL &&
	    err.kind == ERR_SYNTAX, "100 umlauts: %s", err.text);
	is_str(idn_to_unicode(arena, "www.xn--mnchen-3ya.de"),
	    "www.m\xc3\xbcnchen.de", "to Unicode");
	is_str(idn_to_unicode(arena, "XN--MNCHEN-3YA.de"),
	    "m\xc3\xbcnchen.de", "to Unicode from capitals");
	ok(idn_to_unicode(arena, "xn--99999999999.de") == NULL,
	    "no A-label at all");
	ok(idn_to_unicode(arena, "xn--.de") == NULL, "an empty A-label");
}

int
main(void)
{
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;

	test_ascii(arena);
	if (idn_to_ascii(arena, "\xc3\xbc", &err) == NULL &&
	    err.kind == ERR_UNSUPPORTED)
		skip(1, "%s", err.text);
	else
		test_international(arena);
	arena_free(arena);
	return tap_done();
}
