/* SPDX-License-Identifier: ISC */
/*
 * Which virtual host a record, a line of a log, an order or a stored
 * certificate of AutoSSL belongs to, and what is noise.
 */
#include "base/buf.h"
#include "autossl_scene.h"

#define ROW(domain, problem) "{\"domain\":\"" domain "\",\"problem\":\"" \
	problem "\",\"time\":\"2026-11-20T09:25:30Z\"}"
#define LINE(type, contents) "{\"type\":\"" type "\",\"contents\":\"" \
	contents "\\n\",\"timestamp\":\"2026-11-20T09:25:30Z\"}"

static void
problems(struct autossl_facts *facts, const char *user, const char *text)
{
	struct json_doc *doc = scene_json(text);
	struct err err = ERR_INIT;

	is_int(autossl_read_problems(facts, bytes_str(user),
	    json_doc_root(doc), &err), 0, "%.60s", text);
	json_doc_free(doc);
}

static void
excluded(struct autossl_facts *facts, const char *text)
{
	struct json_doc *doc = scene_json(text);
	struct err err = ERR_INIT;

	is_int(autossl_read_excluded(facts, bytes_str("u"),
	    json_doc_root(doc), &err), 0, "%.60s", text);
	json_doc_free(doc);
}

static void
log_lines(struct autossl_facts *facts, const char *text)
{
	struct json_doc *doc = scene_json(text);
	struct err err = ERR_INIT;

	is_int(autossl_read_log(facts, json_doc_root(doc), &err), 0,
	    "%.60s", text);
	json_doc_free(doc);
}

static void
test_problems(void)
{
	struct autossl_facts facts;
	struct autossl_detail *x, *y;

	scene_init(&facts);
	scene_due(&facts, "u", "x.example");
	scene_due(&facts, "v", "x.example");
	x = facts.vhosts[0].detail;
	y = facts.vhosts[1].detail;
	problems(&facts, "u", "[" ROW("WWW.x.example", "a") ","
	    ROW("x.example", "b") "," ROW("x.example", "b") ","
	    ROW("other.example", "c") "," ROW("mail.x.example", "d") ","
	    ROW("x.example", "the current configuration excludes this domain")
	    "]");
	is_uint(facts.n_problems, 6, "records");
	is_uint(facts.n_problem_domains, 4, "domains");
	is_uint(facts.n_noise, 2, "noise");
	is_uint(x->n_problems, 3, "of this one");
	is_text(x->problems[0].domain, "www.x.example", "an alias");
	is_uint(y->n_problems, 0, "not of the other user's");
	scene_release(&facts);
}

/* Stale is what the last run that is over came a day after; without one
 * nothing is. */
static void
test_stale(void)
{
	static const struct {
		int64_t done;
		size_t kept;
	} rows[] = {
		{ 0, 1 },
		{ NOW - 9270, 1 },		/* the run itself */
		{ NOW - 9270 + DAY, 1 },
		{ NOW - 9270 + DAY + 1, 0 },
		{ NOW - 10 * DAY, 1 },		/* newer than the run */
	};
	struct autossl_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scene_init(&facts);
		facts.runs.any = true;
		facts.runs.last = NOW + DAY;
		facts.runs.done = rows[i].done;
		scene_due(&facts, "u", "x.example");
		problems(&facts, "u", "[" ROW("x.example", "a") "]");
		is_uint(facts.vhosts[0].detail->n_problems, rows[i].kept,
		    "case %zu", i);
		is_uint(facts.n_noise, 1 - rows[i].kept, "case %zu: noise",
		    i);
		scene_release(&facts);
	}
}

static void
test_excluded(void)
{
	struct autossl_facts facts;
	struct autossl_detail *x;

	scene_init(&facts);
	scene_due(&facts, "u", "x.example");
	scene_due(&facts, "v", "y.example");
	x = facts.vhosts[0].detail;
	problems(&facts, "u", "[" ROW("www.x.example", "a") "]");
	is_uint(x->n_problems, 1, "a problem of an alias");
	excluded(&facts, "{\"payload\":[{\"excluded_domain\":"
	    "\"www.x.example\"},{\"excluded_domain\":\"y.example\"}]}");
	is_uint(facts.n_excluded, 2, "excluded");
	ok(!x->excluded && x->n_problems == 0 && x->n_names == 1 &&
	    x->n_names_excluded == 1, "the alias is forgotten");
	is_uint(facts.n_noise, 1, "as noise");
	problems(&facts, "u", "[" ROW("www.x.example", "a") "]");
	excluded(&facts, "[{\"excluded_domain\":\"www.x.example\"}]");
	is_uint(facts.n_noise, 2, "and when the answers come the other way");
	ok(x->n_problems == 0 && x->n_names == 1 && x->n_names_excluded == 1,
	    "with the same result");
	ok(!facts.vhosts[1].detail->excluded, "another user's name stays");
	excluded(&facts, "[{\"excluded_domain\":\"X.example\"}]");
	ok(x->excluded, "the main name");
	scene_release(&facts);
}

static void
test_log(void)
{
	struct autossl_facts facts;
	struct autossl_detail *x, *y;

	scene_init(&facts);
	scene_due(&facts, "u", "x.example");
	scene_due(&facts, "v", "y.example");
	x = facts.vhosts[0].detail;
	y = facts.vhosts[1].detail;
	problems(&facts, "v", "[" ROW("y.example", "recorded") "]");
	log_lines(&facts, "{\"payload\":["
	    LINE("out", "Analyzing “x.example”’s DCV results …") ","
	    LINE("failure", "Impediment: TOTAL_DCV_FAILURE: all.") ","
	    LINE("error", "Defect: OPENSSL_VERIFY: (0:10:CERT_HAS_EXPIRED)")
	    "," LINE("warn", "While processing CAA for x.example: CAA record "
	    "for x.example prevents issuance") ","
	    LINE("warn", "“x.example” failed DCV") ","
	    LINE("out", "Analyzing “bob”’s domains …") ","
	    LINE("error", "TOTAL_DCV_FAILURE") ","
	    LINE("error", "“y.example” failed DCV") ","
	    LINE("error", "“mail.x.example” failed DCV") ","
	    LINE("success", "too many new orders") ",null]}");
	is_uint(facts.log.n_lines, 11, "lines");
	is_uint(facts.log.n_errors, 5, "failure and error are the same");
	if (is_uint(x->n_problems, 1, "one problem")) {
		is_int(x->problems[0].meaning.cause, AUTOSSL_CAUSE_CAA,
		    "the reason, not that it failed");
		ok(x->problems[0].from_log, "from the log");
		is_text(x->problems[0].domain, "x.example", "its domain");
	}
	ok(y->n_problems == 1 && !y->problems[0].from_log,
	    "what is recorded counts");
	ok(!facts.log.rate_limited && !facts.log.disabled,
	    "lines of success are not looked at");
	log_lines(&facts, "[" LINE("out", "This system has AutoSSL disabled.")
	    "," LINE("warn", "too many new orders (300) from this account, "
	    "retry after 2026-11-20 19:00:00 UTC") ","
	    LINE("warn", "too many new orders, retry after "
	    "2026-11-20T18:00:00Z") "]");
	ok(facts.log.disabled, "disabled");
	ok(facts.log.rate_limited && facts.log.retry_at == NOW + 7 * HOUR,
	    "the latest retry");
	is_text(facts.log.rate_text, "too many new orders (300) from this "
	    "account, retry after 2026-11-20 19:00:00 UTC", "the first text");
	scene_release(&facts);
}

/* Most that is kept for one virtual host. */
static void
test_limits(void)
{
	struct autossl_facts facts;
	struct buf text = BUF_INIT;
	struct autossl_detail *x;
	int i;

	scene_init(&facts);
	scene_due(&facts, "u", "x.example");
	x = facts.vhosts[0].detail;
	buf_str(&text, "[");
	for (i = 0; i < 1000; i++)
		buf_str(&text, ROW("x.example", "p") ",");
	buf_str(&text, "{\"domain\":\"x.example\",\"problem\":\"");
	for (i = 0; i < 5000; i++)
		buf_str(&text, "ü");
	buf_str(&text, "\"}]");
	problems(&facts, "u", buf_text(&text));
	is_uint(x->n_problems, AUTOSSL_PROBLEMS_MAX, "problems");
	is_uint(facts.n_problems, 1001, "are counted all the same");
	x->n_problems = 0;
	buf_consume(&text, strlen(ROW("x.example", "p") ",") * 1000);
	text.data[0] = '[';
	problems(&facts, "u", buf_text(&text));
	is_uint(x->n_problems, 1, "a long text");
	is_uint(x->problems[0].text.len, 1000, "is cut between characters");
	buf_release(&text);
	scene_release(&facts);
}

static void
test_accounts(void)
{
	static const char *const only[] = { "u", "w" };
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	struct json_doc *doc;

	scene_init(&facts);
	scene_due(&facts, "u", "x.example");
	scene_due(&facts, "v", "y.example");
	scene_due(&facts, "v", "z.example");
	ok(facts.vhosts[1].user.data == facts.vhosts[2].user.data,
	    "rows of a user share its name");
	doc = scene_json("{\"acct\":[{\"user\":\"v\",\"suspended\":\"1\"},"
	    "{\"user\":\"u\",\"suspended\":0},{\"suspended\":1},"
	    "{\"user\":\"nobody\",\"suspended\":1}]}");
	is_int(autossl_read_accounts(&facts, json_doc_root(doc), &err), 0,
	    "accounts");
	json_doc_free(doc);
	ok(!facts.vhosts[0].suspended && facts.vhosts[1].suspended &&
	    facts.vhosts[2].suspended, "those of the suspended one");
	facts.rules.accounts = only;
	facts.rules.n_accounts = 2;
	doc = scene_json("{\"vhosts\":[{\"user\":\"u\",\"servername\":\"a\"},"
	    "{\"user\":\"v\",\"servername\":\"b\"},{\"servername\":\"c\"}]}");
	is_int(autossl_read_vhosts(&facts, json_doc_root(doc), 0, &err), 0,
	    "a page, with --account");
	json_doc_free(doc);
	is_uint(facts.n_vhosts, 4, "one of them is wanted");
	scene_release(&facts);
}

static void
test_orders(void)
{
	static const char *const only[] = { "u" };
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	struct json_doc *doc;

	scene_init(&facts);
	scene_due(&facts, "u", "x.example");
	facts.rules.accounts = only;
	facts.rules.n_accounts = 1;
	doc = scene_json("[{\"order_item_id\":7,\"user\":\"u\",\"domain\":"
	    "\"www.x.example\",\"vhost_name\":\"a.example\","
	    "\"request_time\":1795170000},{\"order_item_id\":7,\"user\":\"u\","
	    "\"domain\":\"www.x.example\",\"vhost_name\":\"a.example\","
	    "\"request_time\":1795160000},{\"order_item_id\":8,\"user\":\"v\","
	    "\"domain\":\"z.example\"},{\"domain\":\"q.example\"},{},"
	    "{\"domain\":\"r.example\",\"request_time\":\"?\"}]");
	is_int(autossl_read_queue(&facts, json_doc_root(doc), &err), 0,
	    "orders");
	json_doc_free(doc);
	is_uint(facts.n_orders, 3, "of our accounts, or of nobody's");
	is_text(facts.orders[2].id, "7", "an id that is a number");
	is_uint(facts.orders[2].n_domains, 1, "a domain twice is one");
	is_int(facts.orders[2].requested, 1795160000, "the oldest request");
	is_text(facts.orders[0].id, "", "no id");
	is_int(facts.orders[0].requested, 0, "no time");
	is_int(facts.vhosts[0].detail->ordered, 1795170000,
	    "an alias is ordered");
	facts.vhosts[0].detail->ordered = 0;
	doc = scene_json("[{\"domain\":\"x.example\"}]");
	is_int(autossl_read_queue(&facts, json_doc_root(doc), &err), 0,
	    "an order without a time");
	json_doc_free(doc);
	is_int(facts.vhosts[0].detail->ordered, NOW, "counts from now");
	scene_release(&facts);
}

#define OWN "{\"issuer.organizationName\":\"Let's Encrypt\",\"domains\":"
/* A certificate in the account's store for a name that is due. */
static void
test_stored(void)
{
	static const struct {
		const char *row;
		int64_t not_after;
	} rows[] = {
		{ OWN "[\"x.example\"],\"not_after\":1800000000}",
		    1800000000 },
		{ OWN "[\"a\",\"X.Example\"],\"not_after\":"
		    "\"1800000000\"}", 1800000000 },
		{ OWN "[\"*.example\"],\"not_after\":1800000000}",
		    1800000000 },
		{ OWN "[\"*.x.example\"],\"not_after\":1800000000}", 0 },
		{ OWN "[\"www.x.example\"],\"not_after\":"
		    "1800000000}", 0 },
		/* the one that is installed, expired, to come, self-signed */
		{ OWN "[\"x.example\"],\"not_after\":1795089600}",
		    0 },
		{ OWN "[\"x.example\"],\"not_after\":1795170000}",
		    0 },
		{ OWN "[\"x.example\"],\"not_after\":1800000000,"
		    "\"not_before\":1799000000}", 0 },
		{ OWN "[\"x.example\"],\"not_after\":1800000000,"
		    "\"is_self_signed\":1}", 0 },
		{ OWN "\"x.example\",\"not_after\":1800000000}", 0 },
		{ OWN "[\"x.example\"]}", 0 },
		/* of another CA's, or nobody's */
		{ "{\"domains\":[\"x.example\"],\"not_after\":1800000000,"
		    "\"issuer.organizationName\":\"DigiCert Inc\"}", 0 },
		{ "{\"domains\":[\"x.example\"],\"not_after\":1800000000}",
		    0 },
		{ "null", 0 },
	};
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	char text[300];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct json_doc *doc;

		scene_init(&facts);
		scene_due(&facts, "u", "x.example");
		snprintf(text, sizeof(text), "[%s]", rows[i].row);
		doc = scene_json(text);
		is_int(autossl_read_stored(&facts, bytes_str("u"),
		    json_doc_root(doc), &err), 0, "%s", text);
		json_doc_free(doc);
		is_int(facts.vhosts[0].detail->stored_not_after,
		    rows[i].not_after, "%s: stored", text);
		scene_release(&facts);
	}
}

int
main(void)
{
	test_problems();
	test_stale();
	test_excluded();
	test_log();
	test_limits();
	test_accounts();
	test_orders();
	test_stored();
	return tap_done();
}
