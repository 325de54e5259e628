/* SPDX-License-Identifier: ISC */
/* DER walker and PEM blocks. */
#include "der_text.h"
#include "pki/der_scan.h"
#include "pki/pem.h"
#include "tap.h"

#define B(s) bytes_of((s), sizeof(s) - 1)

static void
test_next(void)
{
	static const struct row {
		const char *name;
		const char *data;
		size_t len;
		int want;
		size_t value_len;
	} rows[] = {
#define ROW(name, s, want, value) { name, s, sizeof(s) - 1, want, value }
		ROW("nothing", "", 0, 0),
		ROW("NULL", "\x05\x00", 1, 0),
		ROW("one octet", "\x02\x01\x05", 1, 1),
		ROW("cut in the value", "\x02\x02\x05", -1, 0),
		ROW("a tag only", "\x02", -1, 0),
		ROW("indefinite", "\x30\x80\x00\x00", -1, 0),
		ROW("long form where short fits", "\x04\x81\x01\x00", -1, 0),
		ROW("padded length", "\x04\x82\x00\x80", -1, 0),
		ROW("five octets of length", "\x04\x85\x01\x00\x00\x00\x00",
		    -1, 0),
		ROW("4 GB", "\x04\x84\xff\xff\xff\xff\x00", -1, 0),
		ROW("length cut off", "\x04\x82\x01", -1, 0),
		ROW("high tag number", "\x1f\x81\x01\x00", -1, 0),
#undef ROW
	};
	struct tlv tlv;
	struct der der;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		der = der_in(bytes_of(rows[i].data, rows[i].len));
		is_int(der_next(&der, &tlv), rows[i].want, "%s",
		    rows[i].name);
		if (rows[i].want == 1)
			is_uint(tlv.value.len, rows[i].value_len,
			    "%s: value", rows[i].name);
	}
}

static void
test_long(void)
{
	static const size_t sizes[] = { 0x7f, 0x80, 0xff, 0x100, 0xffff,
		0x10000 };
	static char text[0x20100];
	static struct der_text out;
	struct tlv tlv;
	struct der der;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		memset(text, 'x', sizeof(text));
		memcpy(text, "04'", 3);
		memcpy(text + 3 + sizes[i], "'05:", 5);
		der = der_in(der_text(&out, text));
		is_int(der_expect(&der, 0x04, &tlv), 0, "%zu octets",
		    sizes[i]);
		is_uint(tlv.value.len, sizes[i], "all of them");
		is_int(der_expect(&der, 0x04, &tlv), -1, "another tag");
		is_int(der_expect(&der, 0x05, &tlv), 0, "the next one");
		is_int(der_next(&der, &tlv), 0, "the end");
	}
}

static void
test_cert_scan(void)
{
	static struct der_text text;
	struct bytes der = der_text(&text, "30{ 30{ a0{02:02} 02:0102"
	    " 30{06:2a} 30{31{}} 30{17'x'} 30{05:} 30{03:00} a3{} } 30{} }");
	struct der_cert cert;

	is_int(der_cert_scan(der, &cert), 0, "outline");
	ok(bytes_eq(cert.serial, B("\x02\x02\x01\x02")), "serial");
	ok(bytes_eq(cert.issuer, B("\x30\x02\x31\x00")), "issuer");
	ok(bytes_eq(cert.validity, B("\x30\x03\x17\x01x")), "validity");
	ok(bytes_eq(cert.subject, B("\x30\x02\x05\x00")), "subject");
	ok(bytes_eq(cert.spki, B("\x30\x03\x03\x01\x00")), "key");
	der = der_text(&text, "30{ 30{ 02:01 30{} 30{} 30{} 30{} 30{} } }");
	is_int(der_cert_scan(der, &cert), 0, "version 1");
	der = der_text(&text, "30{ 30{ 02:01 30{} 30{} 30{} 30{} } }");
	is_int(der_cert_scan(der, &cert), -1, "a field short");
	der = der_text(&text, "30{ 30{ 30{} 30{} 30{} 30{} 30{} 30{} } }");
	is_int(der_cert_scan(der, &cert), -1, "no serial");
	is_int(der_cert_scan(B(""), &cert), -1, "empty");
}

/* Labels of the blocks found, "-" after one that is cut. */
static const char *
labels(const char *text)
{
	static char out[256];
	struct pem_block block;
	size_t pos = 0, len = 0;

	out[0] = '\0';
	while (pem_block_next(bytes_str(text), &pos, &block) == 1)
		len += (size_t)snprintf(out + len, sizeof(out) - len,
		    "%.*s%s ", (int)block.label.len,
		    (const char *)block.label.data,
		    block.truncated ? "-" : "");
	return out;
}

static void
test_blocks(void)
{
	is_str(labels(""), "", "nothing");
	is_str(labels("-----BEGIN A-----\nAA==\n-----END A-----\n"), "A ",
	    "plain");
	is_str(labels("-----BEGIN A-----\nAA==\n-----END A-----"), "A ",
	    "no line end at the end");
	is_str(labels("x\r\n -----BEGIN A B----- \r\nAA==\r\n"
	    "\t-----END A B-----\t\r\ny"), "A B ", "CRLF and blanks");
	is_str(labels("-----BEGIN A-----\rAA==\r-----END A-----\r"), "A ",
	    "CR alone");
	is_str(labels("text -----BEGIN A-----\nAA==\n-----END A-----\n"), "",
	    "not at the start of a line");
	is_str(labels("-----BEGIN A----- x\nAA==\n-----END A-----\n"), "",
	    "text behind the label");
	is_str(labels("-----BEGIN A-----\nAA==\n"), "A- ", "no end");
	is_str(labels("-----BEGIN A-----\nAA==\n-----BEGIN B-----\nAA==\n"
	    "-----END B-----\n"), "A- B ", "the next block in the first");
	is_str(labels("-----BEGIN A-----\nAA==\n-----END B-----\n"
	    "-----BEGIN C-----\n-----END C-----\n"), "A- C ", "other end");
	is_str(labels("-----BEGIN A-----\nAA==\n--x\n-----END A-----\n"),
	    "A ", "dashes inside");
	is_str(labels("-----BEGIN "), "", "a bare marker");
	is_str(labels("-----BEGIN A-----"), "A- ", "a bare line");
}

static void
test_next_block(void)
{
	struct bytes text = bytes_str("-----BEGIN CERTIFICATE-----\ncut\n"
	    "-----BEGIN X-----\nAA==\n-----END X-----\n"
	    "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n");
	struct bytes body;
	size_t pos = 0;

	is_int(pem_next(text, &pos, "CERTIFICATE", &body), 1, "found");
	ok(bytes_eq(body, B("\nAAEC\n")), "its body");
	is_int(pem_next(text, &pos, "CERTIFICATE", &body), 0, "no other");
}

static void
test_decode(void)
{
	static const struct row {
		const char *text;
		long want;
		const char *octets;
	} rows[] = {
		{ "", 0, "" },
		{ "AAEC", 3, "\0\1\2" },
		{ "AAECAw==", 4, "\0\1\2\3" },
		{ "AAECAwQ=", 5, "\0\1\2\3\4" },
		{ "\nAAEC\r\nAwQ=\r\n", 5, "\0\1\2\3\4" },
		{ " A A E C\tA w = = ", 4, "\0\1\2\3" },
		{ "AAEC\nA\nwQFBg==", 7, "\0\1\2\3\4\5\6" },
		{ "/+8A", 3, "\xff\xef\0" },
		{ "AAECAw", -1, NULL },
		{ "AAECA", -1, NULL },
		{ "AAECA===", -1, NULL },
		{ "AAEC=", -1, NULL },
		{ "AAECAw==AAEC", -1, NULL },
		{ "AAEC!", -1, NULL },
		{ "AAE\xff", -1, NULL },
		{ "====", -1, NULL },
		{ "\nProc-Type: 4,X\nDEK-Info: a,b\n\nAAEC\n", 3, "\0\1\2" },
		{ "\r\nA: b\r\n \r\nAAEC\r\n", 3, "\0\1\2" },
		{ "\nA: b\nAAEC\n", -1, NULL },
	};
	uint8_t out[64];
	size_t i;
	long n;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = pem_decode(bytes_str(rows[i].text), out);
		is_int(n, rows[i].want, "base64: %s", rows[i].text);
		if (n > 0)
			is_mem(out, rows[i].octets, (size_t)n, "octets");
	}
}

int
main(void)
{
	test_next();
	test_long();
	test_cert_scan();
	test_blocks();
	test_next_block();
	test_decode();
	return tap_done();
}
