/* SPDX-License-Identifier: ISC */
/* Lines of a targets file, and networks. */
#include "tap.h"

#include "model/target.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct arena *arena;
static const struct target_defaults none;

/* Parses a line that may be changed; the text lives until the next. */
static int
parse_line(const char *text, struct target *out, struct err *err)
{
	static char line[1024];

	snprintf(line, sizeof(line), "%s", text);
	err_clear(err);
	return target_parse_line(arena, line, &none, out, err);
}

static void
test_line(void)
{
	struct target t;
	struct err err;
	char wipe[1024];

	is_int(parse_line("", &t, &err), 1, "empty");
	is_int(parse_line(" \t\r", &t, &err), 1, "blank");
	is_int(parse_line("# x", &t, &err), 1, "comment");
	is_int(parse_line("  #", &t, &err), 1, "comment behind blanks");
	is_int(parse_line("\xef\xbb\xbf", &t, &err), 1, "only a BOM");
	is_int(parse_line("\xef\xbb\xbf" "a.example\r", &t, &err), 0, "BOM");
	is_str(t.text, "a.example", "the target");
	is_int(parse_line(" mail.example starttls=smtp\tport=2525 sni=x.test "
	    "address=::1 name=a.example name=\"B.example\" warning=20 "
	    "critical=10%% label=\"my \\\"label\\\\\" ca-file=/a/b "
	    "compare=\"/c d\" key=\"\"/e no-trust # rest", &t, &err), -1,
	    "a percentage with two signs");
	is_int(parse_line(" mail.example starttls=smtp\tport=2525 sni=x.test "
	    "address=::1 name=a.example name=\"B.example\" warning=20 "
	    "critical=10% label=\"my \\\"label\\\\\" ca-file=/a/b "
	    "compare=\"/c d\" key=\"\"/e no-trust # rest=1", &t, &err), 0,
	    "every key");
	memset(wipe, 'x', sizeof(wipe) - 1);
	wipe[sizeof(wipe) - 1] = '\0';
	parse_line(wipe, &(struct target){ 0 }, &err);
	is_str(target_display(arena, &t), "smtp://mail.example:2525",
	    "host, protocol, port");
	is_str(t.sni, "x.test", "sni");
	is_str(t.address, "::1", "address");
	is_uint(t.names.n, 2, "two names");
	is_str(t.names.items[1], "b.example", "the second, lower case");
	ok(t.warning.n == 1 && t.critical.n == 1 &&
	    t.warning.terms[0].kind == BOUND_TIME &&
	    t.warning.terms[0].range.start == 20 * 86400 &&
	    t.critical.terms[0].kind == BOUND_PERCENT, "thresholds");
	is_str(t.label, "my \"label\\", "label");
	is_str(target_label(arena, &t), "my__label_", "as a metric's label");
	is_str(t.ca_file, "/a/b", "ca-file");
	is_str(t.compare, "/c d", "compare");
	is_str(t.key, "/e", "key");
	ok(t.no_trust, "no-trust");
	is_int(parse_line("\"/a b#c/d.pem\" no-trust=no label=", &t, &err), 0,
	    "a quoted path, an empty value");
	is_str(t.path, "/a b#c/d.pem", "the path");
	ok(!t.no_trust && t.label == NULL && t.warning.n == 0, "unset");
}

struct bad {
	const char *text, *error;
};

static const struct bad bad_lines[] = {
	{ "a b", "'b' is not of the form key=value" },
	{ "a port", "'port' is not of the form key=value" },
	{ "a prot=1", "unknown key 'prot', the nearest is 'port'" },
	{ "a qqqqqqqq=1", "unknown key 'qqqqqqqq'" },
	{ "a =1", "unknown key ''" },
	{ "a port=1 port=1", "'port' is given twice" },
	{ "a label=\"x", "a quote is not closed" },
	{ "\"a", "a quote is not closed" },
	{ "a no-trust=maybe", "no-trust is yes or no, not 'maybe'" },
	{ "a name=*.b", "name '*.b': '*' in a host name" },
	{ "a port=0", "'a': port '0' is not a number from 1 to 65535" },
	{ "a:0 port=1", "'a:0': port '0' is not a number from 1 to 65535" },
	{ "a starttls=http", NULL },
	{ "a warning=x", NULL },
	{ "a critical=10:5", NULL },
	{ "\"\"", "an empty target" },
};

static void
test_bad_line(void)
{
	struct target target;
	struct err err;
	char line[8192] = "a";
	size_t i;

	for (i = 0; i < COUNT(bad_lines); i++) {
		is_int(parse_line(bad_lines[i].text, &target, &err), -1,
		    "line '%s'", bad_lines[i].text);
		is_int(err.kind, ERR_USAGE, "line '%s': kind",
		    bad_lines[i].text);
		if (bad_lines[i].error != NULL)
			is_str(err.text, bad_lines[i].error,
			    "line '%s': words", bad_lines[i].text);
	}
	for (i = 0; i < 257; i++)
		strcat(line, " name=b");
	is_int(target_parse_line(arena, line, &none, &target, &err), -1,
	    "257 names");
	is_str(err.text, "more than 256 names", "are too many");
}

struct net {
	const char *text;
	uint64_t size;
	const char *first, *last;
};

static const struct net nets[] = {
	{ "192.0.2.0/24", 254, "192.0.2.1:443", "192.0.2.254:443" },
	{ "192.0.2.129/25:25,26", 252, "192.0.2.129:25", "192.0.2.254:26" },
	{ "192.0.2.4/30", 2, "192.0.2.5:443", "192.0.2.6:443" },
	{ "192.0.2.5/31", 2, "192.0.2.4:443", "192.0.2.5:443" },
	{ "192.0.2.5/32", 1, "192.0.2.5:443", "192.0.2.5:443" },
	{ "10.1.0.0/16", 65534, "10.1.0.1:443", "10.1.255.254:443" },
	{ "2001:db8::1:0/112", 65536, "[2001:db8::1:0]:443",
	    "[2001:db8::1:ffff]:443" },
	{ "2001:db8::ff/127:1,2", 4, "[2001:db8::fe]:1",
	    "[2001:db8::ff]:2" },
	{ "::/128", 1, "[::]:443", "[::]:443" },
};

static void
test_network(void)
{
	struct target net, one;
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < COUNT(nets); i++) {
		if (target_parse(arena, nets[i].text, &none, &net, &err) != 0)
			bail("%s", err.text);
		is_uint(target_network_size(&net), nets[i].size,
		    "%s: endpoints", nets[i].text);
		target_network_at(arena, &net, 0, &one, &err);
		is_str(target_display(arena, &one), nets[i].first,
		    "%s: the first", nets[i].text);
		is_str(one.text, nets[i].first, "%s: its text",
		    nets[i].text);
		target_network_at(arena, &net, nets[i].size - 1, &one, &err);
		is_str(target_display(arena, &one), nets[i].last,
		    "%s: the last", nets[i].text);
		is_int(target_network_at(arena, &net, nets[i].size, &one,
		    &err), -1, "%s: none behind", nets[i].text);
	}
	net.family = 6;
	net.bits = 0;
	is_uint(target_network_size(&net), UINT64_MAX, "saturates");
	net.bits = 66;
	net.n_ports = 1000;
	is_uint(target_network_size(&net), UINT64_MAX, "with ports, too");
}

static void
test_network_line(void)
{
	struct target net, one;
	struct err err;

	is_int(parse_line("10.0.0.0/30:25 starttls=smtp name=a.example "
	    "label=x no-trust sni=b.example warning=5", &net, &err), 0,
	    "a network in a line");
	is_int(target_network_at(arena, &net, 1, &one, &err), 0, "its second");
	is_str(target_display(arena, &one), "smtp://10.0.0.2:25", "display");
	ok(one.kind == TARGET_TLS && one.is_address && one.from_network &&
	    one.no_trust && one.names.n == 1 && one.warning.n == 1,
	    "overrides go with it");
	is_str(one.sni, "b.example", "sni");
	is_str(target_label(arena, &one), "10.0.0.2_25",
	    "but the label is its own");
}

int
main(void)
{
	arena = arena_new();
	if (arena == NULL)
		bail("out of memory");
	test_line();
	test_bad_line();
	test_network();
	test_network_line();
	arena_free(arena);
	return tap_done();
}
