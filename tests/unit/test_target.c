/* SPDX-License-Identifier: ISC */
/* Targets: what is accepted, as what; what is refused, with which words. */
#include "tap.h"

#include "base/alloc.h"
#include "base/text.h"
#include "model/target.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct arena *arena;
static const struct target_defaults none;

struct good {
	const char *text;
	const char *display;	/* as it comes back */
	const char *host;	/* NULL: a file, or a network */
	const char *scheme;
};

static const struct good goods[] = {
	{ "www.example.com", "www.example.com:443", "www.example.com",
	    "https" },
	{ "WWW.Example.COM:8443", "www.example.com:8443", "www.example.com",
	    "tls" },
	{ "localhost", "localhost:443", "localhost", "https" },
	{ "_sip._tcp.example.com", "_sip._tcp.example.com:443",
	    "_sip._tcp.example.com", "https" },
	{ "a--b-.example:1", "a--b-.example:1", "a--b-.example", "tls" },
	{ "3com.com:65535", "3com.com:65535", "3com.com", "tls" },
	{ "1.2.3.4.example", "1.2.3.4.example:443", "1.2.3.4.example",
	    "https" },
	{ "example.com.", "example.com.:443", "example.com.", "https" },
	{ "192.0.2.7", "192.0.2.7:443", "192.0.2.7", "https" },
	{ "192.0.2.7:8443", "192.0.2.7:8443", "192.0.2.7", "tls" },
	{ "2001:DB8:0::7", "[2001:db8::7]:443", "2001:db8::7", "https" },
	{ "::1", "[::1]:443", "::1", "https" },
	{ "::1:443", "[::1:443]:443", "::1:443", "https" },
	{ "[::1]", "[::1]:443", "::1", "https" },
	{ "[::1]:8443", "[::1]:8443", "::1", "tls" },
	{ "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:443", "::ffff:192.0.2.1",
	    "https" },
	{ "fe80::1%eth0", "[fe80::1%eth0]:443", "fe80::1%eth0", "https" },
	{ "[fe80::1%2]:25", "[fe80::1%2]:25", "fe80::1%2", "tls" },
	{ "https://www.example.com", "www.example.com:443",
	    "www.example.com", "https" },
	{ "HTTPS://www.example.com:8443/a/b?c#d", "www.example.com:8443",
	    "www.example.com", "https" },
	{ "https://www.example.com?a@b", "www.example.com:443",
	    "www.example.com", "https" },
	{ "https://www.example.com/@user", "www.example.com:443",
	    "www.example.com", "https" },
	{ "https://[fe80::1%25eth0]:8443/", "[fe80::1%eth0]:8443",
	    "fe80::1%eth0", "https" },
	{ "https://192.0.2.1/index", "192.0.2.1:443", "192.0.2.1", "https" },
	{ "https://192.0.2.1/2026/", "192.0.2.1:443", "192.0.2.1", "https" },
	{ "tls://a.example:1234", "a.example:1234", "a.example", "tls" },
	{ "smtp://mail.example", "smtp://mail.example:25", "mail.example",
	    "smtp" },
	{ "submission://mail.example", "submission://mail.example:587",
	    "mail.example", "submission" },
	{ "lmtp://[::1]", "lmtp://[::1]:24", "::1", "lmtp" },
	{ "postgresql://db", "postgres://db:5432", "db", "postgres" },
	{ "xmpp-server://x.example", "xmpp-server://x.example:5269",
	    "x.example", "xmpp-server" },
	{ "imaps://mail.example", "mail.example:993", "mail.example",
	    "imaps" },
	{ "dot://9.9.9.9", "9.9.9.9:853", "9.9.9.9", "dot" },
	{ "file:a.pem", "a.pem", NULL, NULL },
	{ "file:///etc/a.pem", "/etc/a.pem", NULL, NULL },
	{ "file:/etc/a b@c.pem", "/etc/a b@c.pem", NULL, NULL },
	{ "FILE:-", "stdin", NULL, NULL },
	{ "-", "stdin", NULL, NULL },
	{ "./a.pem", "./a.pem", NULL, NULL },
	{ "certs/*.pem", "certs/*.pem", NULL, NULL },
	{ "/etc/ssl://x", "/etc/ssl://x", NULL, NULL },
	{ "10.0.0.1/a.pem", "10.0.0.1/a.pem", NULL, NULL },
	{ "10.0.0.1/24/a.pem", "10.0.0.1/24/a.pem", NULL, NULL },
	{ "a.example/24", "a.example/24", NULL, NULL },
	{ "192.0.2.0/24", "192.0.2.0/24:443", NULL, NULL },
	{ "192.0.2.77/24:443,8443,443", "192.0.2.0/24:443,8443", NULL, NULL },
	{ "192.0.2.77/32", "192.0.2.77/32:443", NULL, NULL },
	{ "2001:db8::ffff/112:25", "2001:db8::/112:25", NULL, NULL },
	{ "[2001:db8::]/120", "2001:db8::/120:443", NULL, NULL },
	{ "10.0.0.0/16", "10.0.0.0/16:443", NULL, NULL },
};

static void
test_good(void)
{
	const struct good *g;
	struct target target;
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < COUNT(goods); i++) {
		g = &goods[i];
		if (!is_int(target_parse(arena, g->text, &none, &target,
		    &err), 0, "'%s' is a target", g->text)) {
			diag("%s", err.text);
			continue;
		}
		is_str(target_display(arena, &target), g->display,
		    "'%s': display", g->text);
		is_str(target.text, g->text, "'%s': text", g->text);
		is_str(target.host, g->host, "'%s': host", g->text);
		is_str(target.scheme == NULL ? NULL : target.scheme->name,
		    g->scheme, "'%s': scheme", g->text);
		ok(target.kind == TARGET_TLS ? target.port != 0 :
		    target.host == NULL, "'%s': kind", g->text);
	}
}

struct bad {
	const char *text, *error;
};

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaa"

static const struct bad bads[] = {
	{ "", "an empty target" },
	{ " ", "an empty target" },
	{ "file:", "'file:' names no file" },
	{ "a..example", "'a..example': empty label" },
	{ ".example", "'.example': empty label" },
	{ "-rf", "'-rf': a host name does not begin with '-'" },
	{ "a b", "'a b': ' ' in a host name" },
	{ "*.example", "'*.example': '*' in a host name" },
	{ "a.example:", "'a.example:': no port behind the colon" },
	{ "a.example:0", "'a.example:0': port '0' is not a number from 1 to "
	    "65535" },
	{ "a.example:65536", "'a.example:65536': port '65536' is not a "
	    "number from 1 to 65535" },
	{ "a.example:https", "'a.example:https': port 'https' is not a "
	    "number from 1 to 65535" },
	{ "a.example:+1", "'a.example:+1': port '+1' is not a number from 1 "
	    "to 65535" },
	{ "a.example:443,444", "'a.example:443,444': port '443,444' is not a "
	    "number from 1 to 65535" },
	{ ":443", "':443': no host name" },
	{ "192.0.2.300", "'192.0.2.300': neither a host name nor an IPv4 "
	    "address" },
	{ "192.0.2", "'192.0.2': neither a host name nor an IPv4 address" },
	{ "443", "'443': neither a host name nor an IPv4 address" },
	{ "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", NULL },
	{ "1:2:3", "'1:2:3': neither HOST:PORT nor an IPv6 address" },
	{ "a.example:1:2", "'a.example:1:2': neither HOST:PORT nor an IPv6 "
	    "address" },
	{ "[::1", "'[::1': no ']' behind '['" },
	{ "[::1]443", "'[::1]443': neither the end nor a port behind ']'" },
	{ "[192.0.2.1]:443", "'[192.0.2.1]:443': no IPv6 address in the "
	    "brackets" },
	{ "[]", "'[]': no IPv6 address in the brackets" },
	{ "[::g]", "'[::g]': neither HOST:PORT nor an IPv6 address" },
	{ "fe80::1%", "'fe80::1%': neither HOST:PORT nor an IPv6 address" },
	{ "fe80::1%eth0eth0eth0eth0", "'fe80::1%eth0eth0eth0eth0': neither "
	    "HOST:PORT nor an IPv6 address" },
	{ "http://a.example", "'http://a.example': http has no TLS, write "
	    "https" },
	{ "htps://a.example", "'htps://a.example': unknown scheme 'htps', "
	    "the nearest is 'https'" },
	{ "gopher123://a", "'gopher123://a': unknown scheme 'gopher123'" },
	{ "tls://a.example", "'tls://a.example': scheme 'tls' has no port of "
	    "its own, give one" },
	{ "https://", "'https://': no host name" },
	{ "https:///x", "'https:///x': no host name" },
	{ "https://u:p@a.example:1", "'...@a.example:1': user and password "
	    "are no part of a target" },
	{ "https://u:p/w@a.example", "'...@a.example': user and password "
	    "are no part of a target" },
	{ "u:p@a.example", "'...@a.example': user and password are no part "
	    "of a target" },
	{ "https://192.0.2.0/24", "'https://192.0.2.0/24': a network has no "
	    "scheme, write ADDRESS/BITS:PORT and --starttls" },
	{ "192.0.2.0/33", "'192.0.2.0/33': an IPv4 network has 0 to 32 bits, "
	    "not '33'" },
	{ "192.0.2.0/2x", "'192.0.2.0/2x': an IPv4 network has 0 to 32 bits, "
	    "not '2x'" },
	{ "::/129", "'::/129': an IPv6 network has 0 to 128 bits, not "
	    "'129'" },
	{ "fe80::%eth0/120", "'fe80::%eth0/120': a network has no zone" },
	{ "10.0.0.0/15", "'10.0.0.0/15': a network of /15 with 1 port has "
	    "more than 65536 endpoints" },
	{ "10.0.0.0/16:1,2", "'10.0.0.0/16:1,2': a network of /16 with 2 "
	    "ports has more than 65536 endpoints" },
	{ "::/0", "'::/0': a network of /0 with 1 port has more than 65536 "
	    "endpoints" },
	{ "2001:db8::/111", "'2001:db8::/111': a network of /111 with 1 port "
	    "has more than 65536 endpoints" },
	{ "10.0.0.0/24:", "'10.0.0.0/24:': an empty port in ''" },
	{ "10.0.0.0/24:1,,2", "'10.0.0.0/24:1,,2': an empty port in "
	    "'1,,2'" },
	{ "10.0.0.0/24:0", "'10.0.0.0/24:0': port '0' is not a number from 1 "
	    "to 65535" },
	{ "10.0.0.0/24:99999", "'10.0.0.0/24:99999': port '99999' is not a "
	    "number from 1 to 65535" },
	{ LABEL_63 "a.example", NULL },
	{ LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, NULL },
	{ "a\x1b[31m", "'a\\x1b[31m': '\\x1b' in a host name" },
	{ "\xff.example", NULL },
};

static void
test_bad(void)
{
	struct target target;
	struct err err;
	size_t i;

	for (i = 0; i < COUNT(bads); i++) {
		err_clear(&err);
		is_int(target_parse(arena, bads[i].text, &none, &target,
		    &err), -1, "'%s' is no target", bads[i].text);
		is_int(err.kind, ERR_USAGE, "'%s': kind", bads[i].text);
		if (bads[i].error != NULL)
			is_str(err.text, bads[i].error, "'%s': words",
			    bads[i].text);
		is_int(target_parse(arena, bads[i].text, &none, &target,
		    NULL), -1, "'%s': nobody asks why", bads[i].text);
	}
}

struct host {
	const char *text, *display, *error;
};

static const struct host hosts[] = {
	{ "www.example.com", "www.example.com:443", NULL },
	{ "::1", "[::1]:443", NULL },
	{ "[::1]", "[::1]:443", NULL },
	{ "smtp://mail.example:2525", "smtp://mail.example:2525", NULL },
	{ "a.example:443", NULL,
	    "'a.example:443': the port is given with --port" },
	{ "[::1]:443", NULL, "'[::1]:443': the port is given with --port" },
	{ "a.example/b", NULL, "'a.example/b': a file is given with --file" },
	{ "file:a", NULL, "'file:a': a file is given with --file" },
	{ "192.0.2.0/24", NULL, "'192.0.2.0/24': a network is given as "
	    "TARGET, without --hostname" },
	{ "-", NULL, "'-': a host name does not begin with '-'" },
	{ "u:p@a.example", NULL, "'...@a.example': user and password are no "
	    "part of a target" },
	{ "", NULL, "an empty target" },
};

static void
test_host(void)
{
	struct target target;
	struct err err;
	size_t i;
	int rc;

	for (i = 0; i < COUNT(hosts); i++) {
		err_clear(&err);
		rc = target_parse_host(arena, hosts[i].text, &none, &target,
		    &err);
		is_int(rc, hosts[i].error == NULL ? 0 : -1, "-H '%s'",
		    hosts[i].text);
		if (hosts[i].error != NULL)
			is_str(err.text, hosts[i].error, "-H '%s': words",
			    hosts[i].text);
		else if (rc == 0)
			is_str(target_display(arena, &target),
			    hosts[i].display, "-H '%s': display",
			    hosts[i].text);
	}
}

static void
test_idn(void)
{
	struct target target;
	struct err err = ERR_INIT;

	if (target_parse(arena, "b\xc3\xbc" "cher.example", &none, &target,
	    &err) != 0) {
		skip(6, "%s", err.text);
		return;
	}
	is_str(target.host, "xn--bcher-kva.example", "A-labels");
	is_str(target.host_unicode, "b\xc3\xbc" "cher.example", "both ways");
	is_str(target_display(arena, &target), "xn--bcher-kva.example:443",
	    "the display is ASCII");
	is_int(target_parse(arena, "XN--BCHER-KVA.example", &none, &target,
	    &err), 0, "A-labels as typed");
	is_str(target.host_unicode, "b\xc3\xbc" "cher.example", "both ways");
	target_parse(arena, "www.example", &none, &target, &err);
	is_str(target.host_unicode, NULL, "nothing to show for ASCII");
}

struct with {
	struct target_defaults defaults;
	const char *text, *display, *error;
};

static const struct with withs[] = {
	{ { "8443", NULL, NULL, NULL }, "a.example", "a.example:8443", NULL },
	{ { "8443", NULL, NULL, NULL }, "a.example:1", "a.example:1", NULL },
	{ { "2525", NULL, NULL, NULL }, "smtp://a", "smtp://a:2525", NULL },
	{ { "", "", "", "" }, "a.example", "a.example:443", NULL },
	{ { NULL, "smtp", NULL, NULL }, "a.example", "smtp://a.example:25",
	    NULL },
	{ { "465", "smtp", NULL, NULL }, "a", "smtp://a:465", NULL },
	{ { NULL, "smtp", NULL, NULL }, "imaps://a", "a:993", NULL },
	{ { NULL, "managesieve", NULL, NULL }, "a", "sieve://a:4190", NULL },
	{ { "443,8443", NULL, NULL, NULL }, "10.0.0.0/30",
	    "10.0.0.0/30:443,8443", NULL },
	{ { NULL, "smtp", NULL, NULL }, "10.0.0.0/30", "10.0.0.0/30:25",
	    NULL },
	{ { "x", "smtpp", "y", "z" }, "./a.pem", "./a.pem", NULL },
	{ { "443,8443", NULL, NULL, NULL }, "a", NULL,
	    "'a': several ports (443,8443) are for networks only" },
	{ { "x", NULL, NULL, NULL }, "a", NULL,
	    "'a': port 'x' is not a number from 1 to 65535" },
	{ { NULL, "smtpp", NULL, NULL }, "a", NULL, "'a': unknown STARTTLS "
	    "protocol 'smtpp', the nearest is 'smtp'" },
	{ { NULL, "imaps", NULL, NULL }, "a", NULL, "'a': 'imaps' is TLS "
	    "from the start, not a STARTTLS protocol" },
	{ { NULL, NULL, "192.0.2.1:25", NULL }, "a", NULL,
	    "'a': address '192.0.2.1:25': holds a port" },
	{ { NULL, NULL, "192.0.2", NULL }, "a", NULL, "'a': address "
	    "'192.0.2': neither a host name nor an IPv4 address" },
	{ { NULL, NULL, "192.0.2.1", NULL }, "10.0.0.0/30", NULL,
	    "'10.0.0.0/30': a network cannot be reached at one address "
	    "('192.0.2.1')" },
	{ { NULL, NULL, NULL, "::1" }, "a", NULL, "'a': SNI '::1': an "
	    "address, where only names are sent" },
	{ { NULL, NULL, NULL, "a b" }, "a", NULL,
	    "'a': SNI 'a b': ' ' in a host name" },
};

static void
test_defaults(void)
{
	const struct with *w;
	struct target target;
	struct err err;
	size_t i;
	int rc;

	for (i = 0; i < COUNT(withs); i++) {
		w = &withs[i];
		err_clear(&err);
		rc = target_parse(arena, w->text, &w->defaults, &target,
		    &err);
		is_int(rc, w->error == NULL ? 0 : -1, "defaults %zu", i);
		if (w->error != NULL)
			is_str(err.text, w->error, "defaults %zu: words", i);
		else if (rc == 0)
			is_str(target_display(arena, &target), w->display,
			    "defaults %zu: display", i);
	}
}

static void
test_sni(void)
{
	struct target_defaults d = { NULL, NULL, "[2001:DB8::1]",
	    "Other.Example." };
	struct target target;
	struct err err = ERR_INIT;

	is_int(target_parse(arena, "a.example.", &d, &target, &err), 0,
	    "address and SNI");
	is_str(target.address, "2001:db8::1", "the address, no brackets");
	is_str(target.sni, "other.example", "the SNI, no final dot");
	is_str(target.host, "a.example.", "the host as it is");
	d.address = "node1.example";
	d.sni = "-";
	is_int(target_parse(arena, "a.example.", &d, &target, &err), 0,
	    "a name as address, no SNI");
	is_str(target.address, "node1.example", "the address");
	is_str(target.sni, "", "no SNI");
	is_int(target_parse(arena, "a.example.", &none, &target, &err), 0,
	    "a name with a final dot");
	is_str(target.sni, "a.example", "its SNI has none");
	is_int(target_parse(arena, "a.example", &none, &target, &err), 0,
	    "a name without");
	is_str(target.sni, NULL, "needs no SNI of its own");
	ok(!target.is_address && target.address == NULL, "and is a name");
	is_int(target_parse(arena, "::1", &none, &target, &err), 0, "::1");
	ok(target.is_address, "is an address");
}

static void
test_label(void)
{
	static const char *const labels[][2] = {
		{ "www.example.com", "www.example.com_443" },
		{ "smtp://mail.example", "mail.example_25" },
		{ "[2001:db8::1]:8443", "2001_db8__1_8443" },
		{ "fe80::1%eth0", "fe80__1_eth0_443" },
		{ "/etc/ssl/a b|c.pem", "_etc_ssl_a_b_c.pem" },
		{ "-", "stdin" },
		{ "10.0.0.0/24", "10.0.0.0_24_443" },
	};
	struct target target;
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < COUNT(labels); i++) {
		if (target_parse(arena, labels[i][0], &none, &target,
		    &err) != 0)
			bail("%s", err.text);
		is_str(target_label(arena, &target), labels[i][1],
		    "label of '%s'", labels[i][0]);
	}
}

static void
test_schemes(void)
{
	static const char *const others[][2] = {
		{ "PostgreSQL", "postgres" }, { "pgsql", "postgres" },
		{ "managesieve", "sieve" }, { "ms-sql", "mssql" },
		{ "tds", "mssql" }, { "mariadb", "mysql" },
		{ "jabber", "xmpp" }, { "submissions", "smtps" },
		{ "rediss", "redis" },
	};
	const struct scheme *scheme;
	bool seen[STARTTLS_COUNT] = { true };
	size_t i;

	for (scheme = scheme_table(); scheme->name != NULL; scheme++) {
		ok(scheme_find(scheme->name) == scheme, "%s is found once",
		    scheme->name);
		ok(scheme->port != 0 || strcmp(scheme->name, "tls") == 0,
		    "%s has a port", scheme->name);
		seen[scheme->starttls] = true;
	}
	for (i = 0; i < STARTTLS_COUNT; i++)
		ok(seen[i], "dialogue %zu has a scheme", i);
	for (i = 0; i < COUNT(others); i++) {
		scheme = scheme_find(others[i][0]);
		is_str(scheme == NULL ? NULL : scheme->name, others[i][1],
		    "alias %s", others[i][0]);
	}
	ok(scheme_find("") == NULL && scheme_find("http") == NULL &&
	    scheme_find("file") == NULL, "what is no scheme");
}

/* Each allocation fails once: ERR_NOMEM or a whole target, nothing between. */
static void
test_nomem(void)
{
	static const char *const texts[] = {
		"smtp://mail.example.", "[fe80::1%eth0]:25", "./a.pem",
		"10.0.0.0/24:443,8443",
	};
	struct target_defaults d = { NULL, NULL, NULL, "sni.example" };
	struct target target;
	struct arena *own;
	struct err err;
	unsigned long nth;
	size_t i;
	int rc;

	for (i = 0; i < COUNT(texts); i++) {
		for (rc = -1, nth = 1; rc != 0 && nth < 20; nth++) {
			own = arena_new();
			if (own == NULL)
				bail("out of memory");
			err_clear(&err);
			mem_fail_at(nth, 1);
			rc = target_parse(own, texts[i], &d, &target, &err);
			mem_fail_at(0, 0);
			if (rc != 0)
				is_int(err.kind, ERR_NOMEM, "'%s', %lu",
				    texts[i], nth);
			arena_free(own);
		}
		is_int(rc, 0, "'%s' with memory", texts[i]);
	}
}

int
main(void)
{
	arena = arena_new();
	if (arena == NULL)
		bail("out of memory");
	test_good();
	test_bad();
	test_host();
	test_idn();
	test_defaults();
	test_sni();
	test_label();
	test_schemes();
	test_nomem();
	arena_free(arena);
	return tap_done();
}
