/* SPDX-License-Identifier: ISC */
/* Distinguished names and OIDs. */
#include <openssl/x509.h>

#include "der_text.h"
#include "pki/name.h"
#include "pki/oid.h"
#include "tap.h"

#define CN "06:550403"
#define O "06:55040a"
#define OU "06:55040b"
#define RDN(oid, value) "31{30{" oid " " value "}}"

static struct der_text texts[2];
static struct arena *arena;

static const char *
line(const char *der)
{
	struct bytes b = name_oneline(arena, der_text(&texts[0], der));

	return arena_strndup(arena, (const char *)b.data, b.len);
}

static const char *
common(const char *der, bool fallback)
{
	struct bytes b = name_common(arena, der_text(&texts[0], der),
	    fallback);

	return arena_strndup(arena, (const char *)b.data, b.len);
}

static void
test_oneline(void)
{
	is_str(line("30{}"), "", "empty");
	is_str(line("30{" RDN("06:550406", "13'DE'") RDN(O, "0c'Ex, Ltd'")
	    RDN(CN, "0c'a=b'") "}"), "C=DE, O=Ex, Ltd, CN=a=b", "plain");
	is_str(line("30{31{30{" CN " 0c'a'} 30{" O " 0c'b'}} " RDN(OU, "0c'c'")
	    "}"), "CN=a + O=b, OU=c", "several in one RDN");
	is_str(line("30{" RDN("06:2a030405", "0c'x'") "}"), "1.2.3.4.5=x",
	    "an OID without a name");
	is_str(line("30{" RDN("06:80", "0c'x'") "}"), "?=x",
	    "a malformed OID");
	is_str(line("30{" RDN("06:0992268993f22c640119", "16'test'")
	    RDN("06:2a864886f70d010901", "16'a@b.test'") "}"),
	    "DC=test, emailAddress=a@b.test", "long OIDs");
	is_str(line("30{" RDN(CN, "14:e978") "}"), "CN=\xc3\xa9x",
	    "T61String is Latin-1");
	is_str(line("30{" RDN(CN, "1e:00fc20ac") "}"),
	    "CN=\xc3\xbc\xe2\x82\xac", "BMPString");
	is_str(line("30{" RDN(CN, "1e:d83dde00") "}"),
	    "CN=\xf0\x9f\x98\x80", "surrogates in BMPString");
	is_str(line("30{" RDN(CN, "1c:000000e90001f600") "}"),
	    "CN=\xc3\xa9\xf0\x9f\x98\x80", "UniversalString");
	is_str(line("30{" RDN(CN, "1e:006100") "}"), "CN=",
	    "half a character: raw (up to its NUL)");
	is_str(line("30{" RDN(CN, "0c:ff7c0a") "}"), "CN=\xff|\n",
	    "broken UTF-8 stays raw");
	is_str(line("04'x'"), "", "not a name");
	is_str(line("30{" RDN(CN, "0c'a'") "30{}}"), "CN=a",
	    "as far as it can be read");
}

static void
test_common(void)
{
	is_str(common("30{" RDN(CN, "0c'a'") RDN(CN, "0c'b'") "}", false),
	    "b", "the last CN");
	is_str(common("30{" RDN(O, "0c'o'") "}", false), "", "no CN");
	is_str(common("30{" RDN(O, "0c'o'") RDN(OU, "0c'u'") "}", true),
	    "o", "then O");
	is_str(common("30{" RDN(OU, "0c'u'") "}", true), "u", "then OU");
	is_str(common("30{}", true), "", "then nothing");
	is_str(common("30{" RDN(CN, "1e:00e4") "}", false), "\xc3\xa4",
	    "as UTF-8");
}

static void
test_valid(void)
{
	static const struct row {
		const char *der;
		bool want;
	} rows[] = {
		{ "30{}", true },
		{ "30{" RDN(CN, "0c'a'") "}", true },
		{ "30{" RDN(CN, "13:e9") "}", true },
		{ "30{" RDN(CN, "0c:ff") "}", false },
		{ "30{" RDN(CN, "0c:eda080") "}", false },
		{ "30{" RDN(CN, "1e:00") "}", false },
		{ "30{" RDN(CN, "1c:00110000") "}", false },
		{ "30{" RDN(CN, "02:01") "}", false },
		{ "30{" RDN(CN, "2c{}") "}", false },
		{ "30{" RDN("06:80", "0c'a'") "}", false },
		{ "30{31{30{" CN "}}}", false },
		{ "30{31{30{" CN " 0c'a' 05:}}}", false },
		{ "30{30{}}", false },
		{ "31{}", false },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(name_valid(der_text(&texts[0], rows[i].der)),
		    rows[i].want, "valid: %s", rows[i].der);
}

static void
test_equal(void)
{
	static const struct row {
		const char *a, *b;
		bool want;
	} rows[] = {
		{ "30{}", "30{}", true },
		{ "30{" RDN(CN, "0c'Ab  C '") "}",
		    "30{" RDN(CN, "13' aB c'") "}", true },
		{ "30{" RDN(CN, "0c:c3a9") "}", "30{" RDN(CN, "14:e9") "}",
		    true },
		{ "30{" RDN(CN, "0c:c3a9") "}", "30{" RDN(CN, "0c:c389") "}",
		    false },	/* OpenSSL folds ASCII only */
		{ "30{" RDN(CN, "0c'ab'") "}", "30{" RDN(CN, "0c'a b'") "}",
		    false },
		{ "30{" RDN(CN, "0c'a'") "}", "30{" RDN(O, "0c'a'") "}",
		    false },
		{ "30{" RDN(CN, "0c'a'") RDN(O, "0c'b'") "}",
		    "30{" RDN(O, "0c'b'") RDN(CN, "0c'a'") "}", false },
		{ "30{31{30{" CN " 0c'a'}30{" O " 0c'b'}}}",
		    "30{31{30{" O " 13'B'}30{" CN " 0c'a'}}}", true },
		{ "30{31{30{" CN " 0c'a'}30{" CN " 0c'a'}}}",
		    "30{31{30{" CN " 0c'a'}30{" CN " 0c'b'}}}", false },
		{ "30{" RDN(CN, "0c'a'") "}", "30{" RDN(CN, "0c'a'")
		    RDN(CN, "0c'a'") "}", false },
		{ "30{" RDN(CN, "0c:ff") "}", "30{" RDN(CN, "0c:ff") "}",
		    true },
		{ "30{" RDN(CN, "0c:ff") "}", "30{" RDN(CN, "13:ff") "}",
		    false },
		{ "30{" RDN(CN, "03:00") "}", "30{" RDN(CN, "03:01") "}",
		    false },
		{ "04'a'", "04'b'", false },
	};
	struct bytes a, b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = der_text(&texts[0], rows[i].a);
		b = der_text(&texts[1], rows[i].b);
		is_int(name_equal(a, b), rows[i].want, "%s and %s",
		    rows[i].a, rows[i].b);
		is_int(name_equal(b, a), rows[i].want, "the other way round");
	}
	ok(!name_equal(bytes_of(NULL, 0), der_text(&texts[0], "30{}")),
	    "nothing is not the empty name");
}

static void
test_hash(void)
{
	static const char *const ders[] = {
		"30{}",
		"30{" RDN("06:550406", "13'DE'") RDN(CN, "0c' Ab  C '") "}",
		"30{" RDN(CN, "1e:00fc20ac") RDN(O, "14:e978") "}",
		"30{31{30{" O " 13'B'}30{" CN " 0c'a'}}}",
		"30{31{30{" CN " 0c'a'}30{" O " 13'B'}}}",
		"30{" RDN(CN, "03:00aa") RDN(OU, "12'1 2'") "}",
		"30{" RDN(CN, "1c:000000e9") "31{}}",
	};
	const unsigned char *p;
	X509_NAME *name;
	struct bytes der;
	uint32_t hash;
	size_t i;

	for (i = 0; i < sizeof(ders) / sizeof(ders[0]); i++) {
		der = der_text(&texts[0], ders[i]);
		p = der.data;
		name = d2i_X509_NAME(NULL, &p, (long)der.len);
		if (name == NULL)
			bail("OpenSSL cannot read %s", ders[i]);
		is_int(name_hash(der, &hash), 0, "%s", ders[i]);
		is_uint(hash, X509_NAME_hash_ex(name, NULL, NULL, NULL),
		    "OpenSSL's hash");
		X509_NAME_free(name);
	}
	is_int(name_hash(der_text(&texts[0], "30{" RDN(CN, "0c:ff") "}"),
	    &hash), -1, "broken characters have no hash");
	is_int(name_hash(der_text(&texts[0], "30{30{}}"), &hash), -1,
	    "a malformed name has none");
	is_int(name_hash(bytes_of(NULL, 0), &hash), -1, "nothing has none");
}

static void
test_oid(void)
{
	static const struct row {
		const char *der;
		const char *want;
	} rows[] = {
		{ "06:2a864886f70d", "1.2.840.113549" },
		{ "06:550403", "2.5.4.3" },
		{ "06:883703", "2.999.3" },
		{ "06:00", "0.0" },
		{ "06:4f", "1.39" },
		{ "06:50", "2.0" },
		{ "06:", "" },
		{ "06:2a80", "" },
		{ "06:2a8001", "" },
		{ "06:2affffffffffffffff7f", "" },
	};
	char text[OID_TEXT_MAX], tiny[8];
	struct bytes oid;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		oid = der_text(&texts[0], rows[i].der);
		oid = bytes_of(oid.data + 2, oid.len - 2);
		is_uint(oid_format(oid, text, sizeof(text)),
		    strlen(rows[i].want), "%s", rows[i].der);
		is_str(text, rows[i].want, "its text");
	}
	is_uint(oid_format(bytes_of("\x2a\x86\x48\x86\xf7\x0d", 6), tiny,
	    sizeof(tiny)), 0, "too long for the buffer");
}

int
main(void)
{
	arena = arena_new();
	if (arena == NULL)
		bail("out of memory");
	test_oneline();
	test_common();
	test_valid();
	test_equal();
	test_hash();
	test_oid();
	arena_free(arena);
	return tap_done();
}
