/* SPDX-License-Identifier: ISC */
/*
 * The sample documents of AutoSSL, each read by the reader it is for, with
 * the values that matter ($MPC_AUTOSSL_SAMPLES).
 */
#include "autossl_samples.h"
#include "autossl_scene.h"

typedef int reader(struct autossl_facts *, const struct json_value *,
    struct err *);

/* Opens the sample and reads it; false after a failed assertion. */
static bool
sample_take(struct autossl_facts *facts, const char *path, reader *read)
{
	struct err err = ERR_INIT;
	struct sample sample;
	int ret = sample_open(&sample, path, strncmp(path, "uapi", 4) == 0 ?
	    "SSL::f" : "f", &err);

	if (ret == 0)
		ret = read(facts, sample.data, &err);
	sample_close(&sample);
	return is_int(ret, 0, "%s: %s", path, err.text);
}

/* Readers with more parameters, as a reader. */
static const char *the_user;

static int
vhosts(struct autossl_facts *facts, const struct json_value *data,
    struct err *err)
{
	int ret = autossl_read_vhosts(facts, data, 0, err);

	return ret == 0 && facts->n_vhosts != json_count(json_get(data,
	    "vhosts")) ? -1 : ret;
}

static int
accounts(struct autossl_facts *facts, const struct json_value *data,
    struct err *err)
{
	return autossl_read_accounts(facts, data, err);
}

static int
problems(struct autossl_facts *facts, const struct json_value *data,
    struct err *err)
{
	return autossl_read_problems(facts, bytes_str(the_user), data, err);
}

static int
excluded(struct autossl_facts *facts, const struct json_value *data,
    struct err *err)
{
	return autossl_read_excluded(facts, bytes_str(the_user), data, err);
}

static int
installed(struct autossl_facts *facts, const struct json_value *data,
    struct err *err)
{
	return autossl_read_installed(facts, bytes_str("me"), data, err);
}

static int
stored(struct autossl_facts *facts, const struct json_value *data,
    struct err *err)
{
	return autossl_read_stored(facts, bytes_str(the_user), data, err);
}

static void
test_providers(void)
{
	static const struct {
		const char *path;
		size_t n, at;		/* which of them */
		const char *name;
		bool enabled, queue, outdated;
	} rows[] = {
		{ "whm/get_autossl_providers.official.json", 2, 0, "cPanel",
		    true, true, false },
		{ "whm/get_autossl_providers.official.json", 2, 1,
		    "LetsEncrypt", false, false, false },
		{ "whm/get_autossl_providers.current-le.inferred.json", 1, 0,
		    "LetsEncrypt", true, false, false },
		{ "whm/get_autossl_providers.tos-outdated.inferred.json", 1,
		    0, "LetsEncrypt", true, false, true },
		{ "whm/get_autossl_providers.disabled.inferred.json", 1, 0,
		    "LetsEncrypt", false, false, false },
		{ "whm/get_autossl_providers.custom-queue.inferred.json", 2,
		    1, "ExampleSSL", true, true, false },
	};
	struct autossl_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scene_init(&facts);
		if (sample_take(&facts, rows[i].path,
		    autossl_read_providers) &&
		    is_uint(facts.n_providers, rows[i].n, "%s: providers",
		    rows[i].path)) {
			const struct autossl_provider *p =
			    &facts.providers[rows[i].at];

			is_text(p->name, rows[i].name, rows[i].path);
			ok(p->title.len > 0, "%s: title", rows[i].path);
			is_int(p->enabled, rows[i].enabled, "%s: enabled",
			    rows[i].path);
			is_int(p->queue, rows[i].queue, "%s: queue",
			    rows[i].path);
			is_int(p->terms_outdated, rows[i].outdated,
			    "%s: terms", rows[i].path);
		}
		scene_release(&facts);
	}
}

static void
test_schedules(void)
{
	static const struct {
		const char *path;
		int64_t interval, next;
	} rows[] = {
		{ "whm/get_autossl_check_schedule.official.json", DAY,
		    1465452000 },
		{ "whm/get_autossl_check_schedule.five-fields.inferred.json",
		    DAY, NOW + 16 * HOUR + 2700 },
		{ "whm/get_autossl_check_schedule.every3h.inferred.json",
		    3 * HOUR, NOW + 1500 },
	};
	struct autossl_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scene_init(&facts);
		sample_take(&facts, rows[i].path, autossl_read_schedule);
		ok(facts.schedule.known, "%s: known", rows[i].path);
		is_int(facts.schedule.interval, rows[i].interval,
		    "%s: interval", rows[i].path);
		is_int(facts.schedule.next, rows[i].next, "%s: next",
		    rows[i].path);
		scene_release(&facts);
	}
}

static void
test_runs(void)
{
	static const struct {
		const char *path;
		size_t n;
		int64_t last, open;
		const char *last_id;
	} rows[] = {
		{ "whm/get_autossl_logs_catalog.official.json", 1, 0, 0,
		    NULL },
		{ "whm/get_autossl_logs_catalog.fresh.inferred.json", 4,
		    NOW - 2 * HOUR - 2100, 0, "2026-11-20T09:25:00Z" },
		{ "whm/get_autossl_logs_catalog.stale.inferred.json", 3,
		    NOW - 76 * HOUR, 0, "2026-11-17T08:00:00Z" },
		{ "whm/get_autossl_logs_catalog.hung.inferred.json", 2,
		    NOW - 27 * HOUR, NOW - 27 * HOUR,
		    "2026-11-19T09:00:00Z" },
		{ "whm/get_autossl_logs_catalog.queue-kept-open.inferred.json",
		    2, NOW - 3 * HOUR, 0, "2026-11-20T09:00:00Z" },
		{ "whm/get_autossl_logs_catalog.empty.inferred.json", 0, 0, 0,
		    NULL },
	};
	struct autossl_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scene_init(&facts);
		sample_take(&facts, rows[i].path, autossl_read_runs);
		is_uint(facts.runs.n, rows[i].n, "%s: rows", rows[i].path);
		is_int(facts.runs.any, rows[i].last != 0, "%s: any",
		    rows[i].path);
		is_int(facts.runs.last, rows[i].last, "%s: last",
		    rows[i].path);
		is_int(facts.runs.open_since, rows[i].open, "%s: open",
		    rows[i].path);
		if (rows[i].last_id != NULL)
			is_text(facts.runs.last_id, rows[i].last_id,
			    rows[i].path);
		scene_release(&facts);
	}
}

static void
test_vhosts(void)
{
	static const struct {
		const char *name, *user;
		int64_t not_after;
		enum autossl_issuer issuer;
		bool autossl, due;
	} rows[] = {
		{ "good.example", "alice", 1800360000,
		    AUTOSSL_ISSUER_LETSENCRYPT, true, false },
		{ "window.example", "alice", 1797422400,
		    AUTOSSL_ISSUER_LETSENCRYPT, true, true },
		{ "overdue.example", "bob", 1796212800,
		    AUTOSSL_ISSUER_LETSENCRYPT, true, true },
		{ "gone.example", "bob", 1795089600,
		    AUTOSSL_ISSUER_LETSENCRYPT, true, true },
		{ "selfsigned.example", "carol", 1821096000,
		    AUTOSSL_ISSUER_SELF, false, false },
		{ "ec.example", "carol", 1798632000,
		    AUTOSSL_ISSUER_LETSENCRYPT, true, false },
		{ "paid.example", "dave", 1796904000, AUTOSSL_ISSUER_OTHER,
		    false, false },
		{ "oldsectigo.example", "dave", 1796040000,
		    AUTOSSL_ISSUER_CPANEL, true, true },
		{ "short.example", "erin", 1795564800,
		    AUTOSSL_ISSUER_LETSENCRYPT, true, false },
	};
	struct autossl_facts facts;
	size_t i;

	scene_init(&facts);
	sample_take(&facts, "whm/fetch_ssl_vhosts.mixed.inferred.json",
	    vhosts);
	is_uint(facts.n_vhosts, 9, "virtual hosts");
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct autossl_vhost *v =
		    scene_find(&facts, rows[i].name);

		is_text(v->user, rows[i].user, rows[i].name);
		is_int(v->not_after, rows[i].not_after, "%s: not_after",
		    rows[i].name);
		ok(v->has_dates && v->not_before < v->not_after,
		    "%s: dates", rows[i].name);
		is_int(v->issuer, rows[i].issuer, "%s: issuer", rows[i].name);
		is_int(v->autossl, rows[i].autossl, "%s: autossl",
		    rows[i].name);
		is_int(autossl_is_due(&facts.rules, v), rows[i].due,
		    "%s: due", rows[i].name);
		is_int(v->detail != NULL, rows[i].due ||
		    rows[i].issuer == AUTOSSL_ISSUER_SELF, "%s: detail",
		    rows[i].name);
		if (v->detail != NULL)
			is_uint(v->detail->n_names, rows[i].due ? 2 : 0,
			    "%s: names", rows[i].name);
	}
	scene_release(&facts);
	scene_init(&facts);
	sample_take(&facts, "whm/fetch_ssl_vhosts.official.json", vhosts);
	is_uint(facts.n_vhosts, 1, "the official one");
	is_int(facts.vhosts[0].issuer, AUTOSSL_ISSUER_OTHER,
	    "is somebody else's");
	sample_take(&facts, "whm/listaccts.official-subset.json", accounts);
	ok(!facts.vhosts[0].suspended, "nobody is suspended");
	scene_release(&facts);
}

static void
is_problem(const struct autossl_vhost *vhost, enum autossl_cause cause,
    bool from_log)
{
	const struct autossl_detail *detail = vhost->detail;

	if (!is_uint(detail->n_problems, 1, "%.*s: a problem",
	    (int)vhost->servername.len,
	    (const char *)vhost->servername.data))
		return;
	is_int(detail->problems[0].meaning.cause, cause, "its cause");
	is_int(detail->problems[0].from_log, from_log, "where it is from");
	ok(detail->problems[0].text.len > 20 && detail->problems[0].time > 0,
	    "its text and time");
}

static void
test_problems(void)
{
	struct autossl_facts facts;

	scene_init(&facts);
	the_user = "bob";
	scene_due(&facts, "bob", "gone.example");
	scene_due(&facts, "bob", "moved.example");
	scene_due(&facts, "bob", "redir.example");
	scene_due(&facts, "bob", "slow.example");
	scene_due(&facts, "bob", "old.example");
	scene_due(&facts, "ann", "gone.example");
	sample_take(&facts, "whm/get_autossl_logs_catalog.fresh.inferred.json",
	    autossl_read_runs);
	sample_take(&facts,
	    "whm/get_autossl_problems_for_user.mixed.inferred.json",
	    problems);
	is_uint(facts.n_problems, 6, "recorded");
	is_uint(facts.n_problem_domains, 6, "domains");
	is_uint(facts.n_noise, 2, "a service name and a stale one are noise");
	is_problem(&facts.vhosts[0], AUTOSSL_CAUSE_DNS, false);
	is_problem(&facts.vhosts[1], AUTOSSL_CAUSE_DNS, false);
	is_problem(&facts.vhosts[2], AUTOSSL_CAUSE_HTTP, false);
	is_problem(&facts.vhosts[3], AUTOSSL_CAUSE_HTTP, false);
	is_uint(facts.vhosts[4].detail->n_problems, 0, "a stale record");
	is_uint(facts.vhosts[5].detail->n_problems, 0, "of another user");
	scene_release(&facts);
}

/* Each of these brings so many records. */
static void
test_problem_shapes(void)
{
	static const struct {
		const char *path;
		size_t n;
		enum autossl_cause cause;
		const char *domain;
	} rows[] = {
		{ "whm/get_autossl_problems_for_user.none.inferred.json", 0,
		    AUTOSSL_CAUSE_OTHER, "x.example" },
		{ "whm/get_autossl_problems_for_user.official.json", 1,
		    AUTOSSL_CAUSE_DNS, "doesnotexist.example.com" },
		{ "whm/get_autossl_problems_for_domain.official.json", 1,
		    AUTOSSL_CAUSE_DNS, "example.tld" },
		{ "uapi/get_autossl_problems.official.json", 1,
		    AUTOSSL_CAUSE_NAMES, "example.com" },
		{ "uapi/http-flat.get_autossl_problems.inferred.json", 1,
		    AUTOSSL_CAUSE_DNS, "gone.example" },
	};
	struct autossl_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scene_init(&facts);
		the_user = "u";
		scene_due(&facts, "u", rows[i].domain);
		sample_take(&facts, rows[i].path, problems);
		is_uint(facts.n_problems, rows[i].n, "%s: records",
		    rows[i].path);
		if (rows[i].n > 0)
			is_problem(&facts.vhosts[0], rows[i].cause, false);
		scene_release(&facts);
	}
}

static void
test_excluded(void)
{
	struct autossl_facts facts;

	scene_init(&facts);
	the_user = "u";
	scene_due(&facts, "u", "example.com");
	sample_take(&facts,
	    "whm/get_autossl_user_excluded_domains.official.json", excluded);
	is_uint(facts.n_excluded, 1, "excluded");
	ok(!facts.vhosts[0].detail->excluded, "not the main name");
	sample_take(&facts, "uapi/get_autossl_excluded_domains.official.json",
	    excluded);
	is_uint(facts.n_excluded, 2, "and by UAPI");
	ok(facts.vhosts[0].detail->excluded, "the main name");
	scene_release(&facts);
}

static void
test_logs(void)
{
	static const struct {
		const char *path;
		size_t lines, errors;
		bool limited;
		const char *domain;
		enum autossl_cause cause;	/* OTHER: no problem */
	} rows[] = {
		{ "whm/get_autossl_log.official.json", 1, 0, false,
		    "x.example", AUTOSSL_CAUSE_OTHER },
		{ "whm/get_autossl_log.ok.inferred.json", 7, 0, false,
		    "good.example", AUTOSSL_CAUSE_OTHER },
		{ "whm/get_autossl_log.dcv-failure.inferred.json", 9, 3,
		    false, "gone.example", AUTOSSL_CAUSE_VALIDATION },
		{ "whm/get_autossl_log.rate-limit.inferred.json", 2, 0, true,
		    "domain.tld", AUTOSSL_CAUSE_RATE_LIMIT },
		{ "whm/get_autossl_log.caa.inferred.json", 2, 1, false,
		    "caa.example", AUTOSSL_CAUSE_CAA },
	};
	struct autossl_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scene_init(&facts);
		scene_due(&facts, "u", rows[i].domain);
		sample_take(&facts, rows[i].path, autossl_read_log);
		is_uint(facts.log.n_lines, rows[i].lines, "%s: lines",
		    rows[i].path);
		is_uint(facts.log.n_errors, rows[i].errors, "%s: errors",
		    rows[i].path);
		is_int(facts.log.rate_limited, rows[i].limited, "%s: limited",
		    rows[i].path);
		is_int(facts.log.retry_at, rows[i].limited ? NOW + 7 * HOUR :
		    0, "%s: retry", rows[i].path);
		ok(!facts.log.disabled, "%s: on", rows[i].path);
		if (rows[i].cause != AUTOSSL_CAUSE_OTHER)
			is_problem(&facts.vhosts[0], rows[i].cause, true);
		else
			is_uint(facts.vhosts[0].detail->n_problems, 0,
			    "%s: no problem", rows[i].path);
		scene_release(&facts);
	}
}

static void
test_queues(void)
{
	struct autossl_facts facts;

	scene_init(&facts);
	scene_due(&facts, "carol", "stuck.example");
	scene_due(&facts, "carol", "dying.example");
	sample_take(&facts,
	    "whm/get_autossl_pending_queue.legacy.inferred.json",
	    autossl_read_queue);
	is_uint(facts.n_orders, 4, "seven rows are four orders");
	is_text(facts.orders[2].id, "700000003", "the third");
	is_text(facts.orders[2].user, "carol", "of");
	is_text(facts.orders[2].vhost, "stuck.example", "for");
	is_uint(facts.orders[2].n_domains, 3, "its domains");
	is_int(facts.orders[2].requested, NOW - 50 * HOUR, "since");
	is_int(facts.vhosts[0].detail->ordered, NOW - 50 * HOUR,
	    "and it covers one that is due");
	is_int(facts.vhosts[1].detail->ordered, 0, "not that of another user");
	scene_release(&facts);
	scene_init(&facts);
	sample_take(&facts,
	    "whm/get_autossl_pending_queue.legacy-empty.inferred.json",
	    autossl_read_queue);
	sample_take(&facts, "uapi/get_autossl_pending_queue.guess.json",
	    autossl_read_queue);
	is_uint(facts.n_orders, 0, "empty queues");
	sample_take(&facts,
	    "whm/get_autossl_pending_queue_for_domain.legacy.inferred.json",
	    autossl_read_queue);
	is_uint(facts.n_orders, 1, "of a domain");
	is_text(facts.orders[0].vhost, "stuck.example", "for");
	scene_release(&facts);
}

static void
test_installed(void)
{
	struct autossl_facts facts;
	const struct autossl_vhost *v;

	scene_init(&facts);
	sample_take(&facts, "whm/uapi_cpanel.installed_hosts.inferred.json",
	    installed);
	is_uint(facts.n_vhosts, 0, "none, through WHM");
	sample_take(&facts, "uapi/installed_hosts.official-shape.json",
	    installed);
	sample_take(&facts, "uapi/http-flat.installed_hosts.inferred.json",
	    installed);
	v = scene_find(&facts, "example.com");
	ok(v->autossl && v->issuer == AUTOSSL_ISSUER_CPANEL,
	    "the flag and the provider count");
	v = scene_find(&facts, "stalled.example");
	is_text(v->user, "me", "its user");
	ok(v->autossl && v->issuer == AUTOSSL_ISSUER_LETSENCRYPT &&
	    v->detail != NULL, "one that is due");
	is_int(v->not_after, 1795132800, "its end");
	is_uint(v->detail->n_names, 2, "without service names");
	scene_release(&facts);
}

static void
test_account(void)
{
	struct autossl_renewal renewal;
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	struct sample s;

	scene_init(&facts);
	sample_take(&facts, "uapi/is_autossl_check_in_progress.official.json",
	    autossl_read_progress);
	ok(facts.in_progress, "in progress");
	sample_take(&facts,
	    "uapi/http-flat.is_autossl_check_in_progress.inferred.json",
	    autossl_read_progress);
	ok(!facts.in_progress, "not in progress");
	the_user = "u";
	scene_due(&facts, "u", "example.com");
	sample_take(&facts, "uapi/list_certs.official-shape.json", stored);
	is_int(facts.vhosts[0].detail->stored_not_after, 1797681600,
	    "a newer certificate is stored");
	sample_take(&facts,
	    "uapi/market_get_pending_ssl_certificates.official.json",
	    autossl_read_market);
	is_uint(facts.n_market, 1, "a paid order");
	is_text(facts.market[0].id, "1", "its id");
	is_text(facts.market[0].code, "CertificateNotFound", "its code");
	is_text(facts.market[0].vhost, "example.com", "its website");
	is_int(facts.market[0].created, 1417475501, "its time");
	sample_take(&facts, "whm/servicestatus.official.json",
	    autossl_read_services);
	is_uint(facts.n_services, 1, "a service");
	is_text(facts.services[0].name, "crond", "its name");
	is_int(facts.services[0].running, 1, "it runs");
	sample_open(&s, "uapi/http-flat.get_autossl_renewal_status."
	    "will-not-renew.inferred.json", "SSL::f", &err);
	is_int(autossl_read_renewal(s.data, &renewal, &err), 0, "renewal");
	ok(renewal.known && !renewal.will_renew && renewal.is_active &&
	    !renewal.is_excluded && renewal.has_problems, "its flags");
	sample_close(&s);
	sample_open(&s, "uapi/get_autossl_renewal_status.official.json",
	    "SSL::f", &err);
	is_int(autossl_read_renewal(s.data, &renewal, &err), 0, "renewal");
	ok(renewal.known && renewal.will_renew && !renewal.has_problems,
	    "it will");
	sample_close(&s);
	sample_open(&s, "uapi/http-flat.get_autossl_renewal_status."
	    "foreign-issuer.inferred.json", "SSL::f", &err);
	is_int(autossl_read_renewal(s.data, &renewal, &err), 0, "renewal");
	ok(renewal.known && !renewal.will_renew && renewal.is_active &&
	    !renewal.is_excluded && !renewal.has_problems,
	    "it will not, and nothing says why");
	sample_close(&s);
	scene_release(&facts);
}

/* The log of a run as it is on disk, an object in each line, says the same
 * as the API's. */
static void
test_files(void)
{
	static const struct {
		const char *path;
		size_t lines, errors;
		bool limited;
	} rows[] = {
		{ "ondisk/run-ok.inferred.ndjson", 7, 0, false },
		{ "ondisk/run-dcv-failure.inferred.ndjson", 9, 3, false },
		{ "ondisk/run-rate-limit.inferred.ndjson", 2, 0, true },
		{ "ondisk/run-caa.inferred.ndjson", 2, 1, false },
	};
	struct autossl_facts facts;
	size_t i, at;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = ERR_INIT;
		struct buf list = BUF_INIT;
		struct json_doc *doc;
		struct sample s;

		scene_init(&facts);
		ok(sample_open(&s, rows[i].path, "f", &err) == -1 &&
		    err.kind == ERR_SYNTAX, "%s is no answer: %s",
		    rows[i].path, err.text);
		for (at = 0; at + 1 < s.text.len; at++)
			if (s.text.data[at] == '\n')
				s.text.data[at] = ',';
		buf_printf(&list, "[%.*s]", (int)at, buf_text(&s.text));
		doc = scene_json(buf_text(&list));
		is_int(autossl_read_log(&facts, json_doc_root(doc), &err), 0,
		    "%s: its lines", rows[i].path);
		is_uint(facts.log.n_lines, rows[i].lines, "lines");
		is_uint(facts.log.n_errors, rows[i].errors, "errors");
		is_int(facts.log.rate_limited, rows[i].limited, "limited");
		json_doc_free(doc);
		buf_release(&list);
		sample_close(&s);
		scene_release(&facts);
	}
}

int
main(void)
{
	if (samples_folder() == NULL)
		skip_all("no samples: set MPC_AUTOSSL_SAMPLES");
	test_providers();
	test_schedules();
	test_runs();
	test_vhosts();
	test_problems();
	test_problem_shapes();
	test_excluded();
	test_logs();
	test_queues();
	test_installed();
	test_account();
	test_files();
	return tap_done();
}
