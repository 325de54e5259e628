/* SPDX-License-Identifier: ISC */
/*
 * Answers of AutoSSL's functions that drift: other types, missing parts, odd
 * order, clocks that differ, memory that runs out.
 */
#include "base/alloc.h"
#include "autossl_scene.h"

static const struct {
	const char *fields[6];
	int64_t interval;
} crons[] = {
	{ { "54 1 * * *" }, DAY },
	{ { "54", "1", "*", "*", "*" }, DAY },
	{ { "25", "*/3", "*", "*", "*" }, 3 * HOUR },
	{ { " 25\t*/3  * * * " }, 3 * HOUR },
	{ { "0 */5 * * *" }, 5 * HOUR },	/* the widest gap */
	{ { "0 1,13 * * *" }, 12 * HOUR },
	{ { "0 1,2 * * *" }, 23 * HOUR },
	{ { "*/15 * * * *" }, 900 },
	{ { "* * * * *" }, 60 },
	{ { "0-59/20 * * * *" }, 1200 },
	{ { "5/20 * * * *" }, 1200 },
	{ { "0 8-18 * * *" }, 14 * HOUR },
	{ { "0 3 * * 0" }, 7 * DAY },
	{ { "0 3 * * 7" }, 7 * DAY },
	{ { "0 3 * * 1-5" }, 3 * DAY },
	{ { "0 3 */1 */1 *" }, DAY },
	{ { "1 1 * * *", "1 13 * * *" }, DAY },	/* by the first entry */
	{ { "@daily" }, DAY },
	{ { "@weekly" }, 7 * DAY },
	{ { "@reboot" }, 0 },
	{ { "0 3 1 * *" }, 0 },
	{ { "0 3 * 1 *" }, 0 },
	{ { "0 3 * * mon" }, 0 },
	{ { "60 3 * * *" }, 0 },
	{ { "0 24 * * *" }, 0 },
	{ { "0 3 * * 8" }, 0 },
	{ { "-1 3 * * *" }, 0 },
	{ { "5-1 3 * * *" }, 0 },
	{ { "0 */0 * * *" }, 0 },
	{ { "0 */ * * *" }, 0 },
	{ { "0, 3 * * *" }, 0 },
	{ { "0 3 * *" }, 0 },
	{ { "0 003 * * *" }, 0 },
	{ { "" }, 0 },
	{ { "   " }, 0 },
	{ { "", "", "", "", "" }, 0 },
	{ { NULL }, 0 },
};

static void
test_cron(void)
{
	char longest[400];
	const char *one = longest;
	size_t i, n;

	for (i = 0; i < sizeof(crons) / sizeof(*crons); i++) {
		for (n = 0; crons[i].fields[n] != NULL; n++)
			continue;
		is_int(autossl_cron_interval(crons[i].fields, n),
		    crons[i].interval, "cron %zu '%s'", i,
		    n == 0 ? "" : crons[i].fields[0]);
	}
	memset(longest, '1', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	is_int(autossl_cron_interval(&one, 1), 0, "a long entry");
}

static const struct {
	const char *text;
	bool known;
	int64_t interval, next;
} schedules[] = {
	{ "{\"cron\":[45,4,\"*\",\"*\",\"*\"],\"next_time\":1795176000}",
	    true, DAY, NOW },
	{ "{\"cron\":\"54 1 * * *\",\"next_time\":null}", true, DAY, 0 },
	{ "{\"cron\":[\"@x\"],\"next_time\":\"soon\"}", true, 0, 0 },
	{ "{\"cron\":[],\"next_time\":\"2026-11-20T12:00:00.500Z\"}", false,
	    0, NOW },
	{ "{\"cron\":null}", false, 0, 0 },
	{ "{\"cron\":[null]}", false, 0, 0 },
	{ "{\"cron\":[\"\"]}", false, 0, 0 },
	{ "{\"cron\":{}}", false, 0, 0 },
	{ "{}", false, 0, 0 },
	{ "{\"cron\":[1,2,3,4,5,6]}", true, 0, 0 },
	{ "{\"cron\":[\"1 1 * * *\",\"2\",\"3\",\"4\",\"5\",\"6\"]}", true,
	    DAY, 0 },
};

static void
test_schedules(void)
{
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	size_t i;

	scene_init(&facts);
	for (i = 0; i < sizeof(schedules) / sizeof(*schedules); i++) {
		struct json_doc *doc = scene_json(schedules[i].text);

		is_int(autossl_read_schedule(&facts, json_doc_root(doc),
		    &err), 0, "%s", schedules[i].text);
		is_int(facts.schedule.known, schedules[i].known, "%s: known",
		    schedules[i].text);
		is_int(facts.schedule.interval, schedules[i].interval,
		    "%s: interval", schedules[i].text);
		is_int(facts.schedule.next, schedules[i].next, "%s: next",
		    schedules[i].text);
		json_doc_free(doc);
	}
	scene_release(&facts);
}

static const struct {
	const char *rows;
	int64_t last, open;
	bool unread;
} runs[] = {
	{ "", 0, 0, false },
	{ "{},null,7,[],\"x\"", 0, 0, false },
	/* a user's own run is none of all users */
	{ "{\"username\":\"bob\",\"start_time\":1795176000}", 0, 0, false },
	{ "{\"username\":\"bob\",\"start_time\":\"?\"}", 0, 0, false },
	{ "{\"username\":\"*\",\"start_time\":\"1795176000\","
	    "\"in_progress\":\"1\"}", NOW, NOW, false },
	{ "{\"username\":\"*\",\"start_time\":\"2026-11-20T12:00:00.000Z\"}",
	    NOW, 0, false },
	/* unsorted; what is kept open is followed by another */
	{ "{\"username\":\"*\",\"start_time\":1795170000},"
	    "{\"username\":\"*\",\"start_time\":1795176000},"
	    "{\"username\":\"*\",\"start_time\":1795160000,"
	    "\"in_progress\":1}", NOW, 0, false },
	/* a clock that is an hour ahead, and nonsense */
	{ "{\"username\":\"*\",\"start_time\":1795179600}", NOW + HOUR, 0,
	    false },
	{ "{\"username\":\"*\",\"start_time\":1795176000},"
	    "{\"username\":\"*\",\"start_time\":\"2099-01-01T00:00:00Z\","
	    "\"in_progress\":1}", NOW, 0, false },
	{ "{\"username\":\"*\",\"start_time\":\"?\"},"
	    "{\"username\":\"*\",\"start_time\":1795176000}", NOW, 0,
	    false },
	/* there are some, and nobody knows when: not the same as none */
	{ "{\"username\":\"*\",\"start_time\":-5}", 0, 0, true },
	{ "{\"username\":\"*\",\"start_time\":null}", 0, 0, true },
	{ "{\"username\":\"*\",\"start_time\":\"2099-01-01T00:00:00Z\"}", 0,
	    0, true },
};

static void
test_runs(void)
{
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	char text[600];
	size_t i;

	for (i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		struct json_doc *doc;

		scene_init(&facts);
		snprintf(text, sizeof(text), "{\"payload\":[%s]}",
		    runs[i].rows);
		doc = scene_json(text);
		is_int(autossl_read_runs(&facts, json_doc_root(doc), &err),
		    runs[i].unread ? -1 : 0, "%s", text);
		json_doc_free(doc);
		is_int(facts.runs.last, runs[i].last, "%s: last", text);
		is_int(facts.runs.any, runs[i].last != 0, "%s: any", text);
		is_int(facts.runs.open_since, runs[i].open, "%s: open", text);
		if (runs[i].open == 0)
			is_int(facts.runs.done, runs[i].last, "%s: done",
			    text);
		else
			ok(facts.runs.done < runs[i].last, "%s: not done",
			    text);
		scene_release(&facts);
	}
}

/* Reads one document with one of the readers. */
static int
read_by(struct autossl_facts *facts, int which, const struct json_value *v,
    struct err *err)
{
	struct autossl_renewal renewal;
	struct bytes u = bytes_str("u");

	switch (which) {
	case 0:
		return autossl_read_vhosts(facts, v, 0, err);
	case 1:
		return autossl_read_installed(facts, u, v, err);
	case 2:
		return autossl_read_providers(facts, v, err);
	case 3:
		return autossl_read_schedule(facts, v, err);
	case 4:
		return autossl_read_runs(facts, v, err);
	case 5:
		return autossl_read_accounts(facts, v, err);
	case 6:
		return autossl_read_log(facts, v, err);
	case 7:
		return autossl_read_services(facts, v, err);
	case 8:
		return autossl_read_progress(facts, v, err);
	case 9:
		return autossl_read_renewal(v, &renewal, err);
	case 10:
		return autossl_read_problems(facts, u, v, err);
	case 11:
		return autossl_read_excluded(facts, u, v, err);
	case 12:
		return autossl_read_queue(facts, v, err);
	case 13:
		return autossl_read_stored(facts, u, v, err);
	default:
		return autossl_read_market(facts, v, err);
	}
}

#define READERS 15

/* No document has an account's queue; orders are few. */
static bool
needs_data(int which)
{
	return which != 12 && which != 14;
}

static void
test_shapes(void)
{
	static const char *const shapes[] = { "{\"x\":[1]}", "\"text\"", "7",
		"null" };
	struct autossl_facts facts;
	struct err err;
	size_t i;
	int which;

	scene_init(&facts);
	for (which = 0; which < READERS; which++) {
		for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
			struct json_doc *doc = scene_json(shapes[i]);

			err_clear(&err);
			ok(read_by(&facts, which, json_doc_root(doc), &err) ==
			    -1 && err.kind == ERR_SYNTAX,
			    "reader %d of %s: %s", which, shapes[i],
			    err.text);
			json_doc_free(doc);
		}
		err_clear(&err);
		is_int(read_by(&facts, which, NULL, &err),
		    needs_data(which) ? -1 : 0, "reader %d of nothing",
		    which);
	}
	ok(facts.n_vhosts == 0 && facts.n_problems == 0, "nothing was read");
	scene_release(&facts);
}

/* Rows of any type in any list do no harm. */
static void
test_odd_rows(void)
{
	static const char *const places[] = { "vhosts", "", "payload", "cron",
		"payload", "acct", "payload", "service", "", "",
		"problems_by_domain", "payload", "pending_certificates", "",
		"" };
	static const char rows[] = "[null,1,\"x\",[],{},{\"servername\":\"\","
	    "\"domain\":7,\"user\":null,\"module_name\":[],\"name\":{},"
	    "\"excluded_domain\":1}]";
	struct autossl_facts facts;
	char text[400];
	int which;

	scene_init(&facts);
	scene_due(&facts, "u", "x.example");
	for (which = 0; which < READERS; which++) {
		struct json_doc *doc;
		struct err err = ERR_INIT;

		if (which == 8 || which == 9)
			continue;
		if (*places[which] == '\0')
			snprintf(text, sizeof(text), "%s", rows);
		else
			snprintf(text, sizeof(text), "{\"%s\":%s}",
			    places[which], rows);
		doc = scene_json(text);
		/* What names no domain is told. */
		is_int(read_by(&facts, which, json_doc_root(doc), &err),
		    which == 10 || which == 11 ? -1 : 0, "reader %d: %s",
		    which, err.text);
		json_doc_free(doc);
	}
	is_uint(facts.n_vhosts, 1, "no virtual host was made of it");
	ok(facts.n_providers == 0 && facts.n_services == 0 &&
	    facts.n_orders == 0 && facts.n_problems == 0,
	    "nor anything else");
	is_uint(facts.n_excluded, 1, "but a bare name");
	is_uint(facts.n_market, 2, "but orders without an id");
	is_uint(facts.log.n_lines, 6, "lines are lines");
	scene_release(&facts);
}

/* A scene whose arena has room for so many pieces of 16 octets, no more. */
static void
scene_full(struct autossl_facts *facts, size_t room)
{
	static size_t slots;
	size_t i;

	if (slots == 0) {
		scene_init(facts);
		scene_due(facts, "u", "x.example");
		mem_fail_at(1, 1);
		while (arena_alloc(facts->arena, 16) != NULL)
			slots++;
		mem_fail_at(0, 0);
		scene_release(facts);
	}
	scene_init(facts);
	scene_due(facts, "u", "x.example");
	for (i = room; i < slots; i++)
		arena_alloc(facts->arena, 16);
}

static const char *const typical[READERS] = {
	"[{\"user\":\"w\",\"servername\":\"w.example\",\"domains\":["
	    "\"a.w.example\"],\"crt\":{\"not_after\":1795089600,"
	    "\"issuer.organizationName\":\"Let's Encrypt\"}}]",
	"[{\"servername\":\"w.example\",\"domains\":[\"a.w.example\"],"
	    "\"certificate\":{\"not_after\":1795089600,\"is_autossl\":1}}]",
	"[{\"module_name\":\"A\",\"display_name\":\"B\"}]",
	"{\"cron\":[\"1 1 * * *\"]}",
	"[{\"username\":\"*\",\"start_time\":1795176000,"
	    "\"provider\":\"A\"}]",
	"[{\"user\":\"u\",\"suspended\":0}]",
	"[{\"type\":\"warn\",\"contents\":\"“x.example” failed DCV\"},"
	    "{\"type\":\"warn\",\"contents\":\"too many new orders\"}]",
	"[{\"name\":\"crond\"}]", "1", "{\"will_renew\":1}",
	"[{\"domain\":\"x.example\",\"problem\":\"p\"}]",
	"[{\"excluded_domain\":\"x.example\"}]",
	"[{\"order_item_id\":7,\"user\":\"u\",\"domain\":"
	    "\"x.example\"}]",
	"[{\"domains\":[\"x.example\"],\"not_after\":1800000000}]",
	"[{\"order_item_id\":\"7\",\"last_status_code\":\"A\","
	    "\"vhost_names\":[\"x.example\"]}]",
};

/* The reader with room for so much, and then the nth allocation failing. */
static int
starve(int which, const struct json_doc *doc, size_t room, unsigned long n)
{
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	int ret;

	scene_full(&facts, room);
	mem_fail_at(n, 1);
	ret = read_by(&facts, which, json_doc_root(doc), &err);
	mem_fail_at(0, 0);
	if (ret != 0 && err.kind != ERR_NOMEM)
		fail("reader %d: %s", which, err.text);
	scene_release(&facts);
	return ret;
}

/* Every reader with every allocation failing, and so all after it. */
static void
test_nomem(void)
{
	/* a schedule, progress and the renewal status need no memory */
	static const bool never[READERS] = { [3] = true, [8] = true,
		[9] = true };
	size_t room;
	int which;

	for (which = 0; which < READERS; which++) {
		struct json_doc *doc = scene_json(typical[which]);
		unsigned long n;
		int failed = 0, worked = 0;

		for (room = 0; room < 120; room++)
			for (n = 1; n < 5; n++) {
				if (starve(which, doc, room, n) != 0)
					failed++;
				else
					worked++;
			}
		ok((failed > 0) == !never[which] && worked > 0,
		    "reader %d: %d failures", which, failed);
		json_doc_free(doc);
	}
}

int
main(void)
{
	test_cron();
	test_schedules();
	test_runs();
	test_shapes();
	test_odd_rows();
	test_nomem();
	return tap_done();
}
