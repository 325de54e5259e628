/* SPDX-License-Identifier: ISC */
/* What answers about revocation mean, by a table: no network, no clock. */
#include "checks/check.h"

#include <string.h>

#include "tap.h"

#define NOW INT64_C(1800000000)
#define DAY INT64_C(86400)
#define MAX_ANSWERS 3

struct bench {
	struct options options;
	struct target target;
	struct observation obs;
	struct cert_facts certs[2];
	struct rev_facts facts[2];
	struct report *report;
	struct result *result;
};

static const struct scheme https = { "https", 443, STARTTLS_NONE, NULL };

static void
bench_init(struct bench *b)
{
	size_t i;

	memset(b, 0, sizeof(*b));
	b->options.timeout.ms = 10000;
	b->options.skew = 300;
	b->options.method = WANT_AUTO;
	b->target.kind = TARGET_TLS;
	b->target.scheme = &https;
	b->target.host = "www.a.test";
	b->obs.target = &b->target;
	b->obs.total_ms = 34;
	b->obs.certs = b->certs;
	b->obs.n_certs = 1;
	b->obs.revocation = b->facts;
	b->obs.n_revocation = 1;
	for (i = 0; i < 2; i++) {
		b->certs[i].der = b->facts[i].cert = bytes_str(i == 0 ?
		    "leaf" : "inter");
		b->certs[i].has_not_before = b->certs[i].has_not_after = true;
		b->certs[i].not_before = NOW - 90 * DAY;
		b->certs[i].not_after = b->facts[i].not_after =
		    NOW + 90 * DAY;
		b->certs[i].key_type = KEY_EC;
		b->certs[i].key_bits = 256;
		b->certs[i].curve = "P-256";
		b->facts[i].has_not_after = true;
		b->facts[i].position = i;
	}
	b->report = report_new("check_test", "TEST");
	b->report->policy = &b->options.policy;
	b->result = report_add(b->report, "www.a.test:443", "www");
}

static struct rev_answer *
answer(struct rev_facts *facts, enum rev_method method,
    enum rev_outcome outcome)
{
	struct rev_answer *a = &facts->answers[facts->n_answers++];

	a->method = method;
	a->outcome = outcome;
	a->url = method == REV_STAPLE ? NULL : "http://x.test/";
	a->reason = outcome == REV_REVOKED ? REASON_KEY_COMPROMISE :
	    REASON_NONE;
	a->response_ms = 12;
	a->has_this_update = a->has_next_update = outcome <= REV_UNKNOWN;
	a->this_update = NOW - DAY;
	a->next_update = NOW + 3 * DAY;
	a->has_revoked_at = outcome == REV_REVOKED;
	a->revoked_at = NOW - 5 * DAY;
	if (outcome > REV_UNKNOWN)
		err_set(&a->error, ERR_SYNTAX, "it is wrong");
	return a;
}

/* All texts that are not OK, and the metrics as NAME=VALUE. */
static void
collect(const struct bench *b, struct buf *out)
{
	const struct finding *f;
	const struct metric *m;
	size_t i;

	for (i = 0; i < b->result->n_findings; i++) {
		f = &b->result->findings[i];
		if (f->status != STATUS_OK)
			buf_printf(out, "%s/%s: %s; ", finding_row(f->id)->id,
			    f->subject, f->text);
	}
	for (i = 0; i < b->result->n_metrics; i++) {
		m = &b->result->metrics[i];
		buf_printf(out, "%s=%lld ", m->label,
		    (long long)(m->value / 1000));
	}
}

/* ---- the rows ---- */

#define ROW(name, body) static void name(struct bench *b) { body; }

static void
set_limits(struct threshold *warning, struct threshold *critical, int w,
    int c)
{
	char text[32];

	snprintf(text, sizeof(text), "%dd", w);
	if (threshold_parse(text, DAY, warning, NULL) != 0)
		bail("%s", text);
	snprintf(text, sizeof(text), "%dd", c);
	if (threshold_parse(text, DAY, critical, NULL) != 0)
		bail("%s", text);
}

static void
both(struct bench *b, enum rev_outcome ocsp, enum rev_outcome crl)
{
	answer(b->facts, REV_OCSP, ocsp);
	answer(b->facts, REV_CRL, crl);
}

ROW(r_none, (void)b)
ROW(r_nobody, b->obs.n_revocation = 0)
ROW(r_left, answer(b->facts, REV_OCSP, REV_GOOD);
    b->obs.n_revocation_left = 7)
ROW(r_good, answer(b->facts, REV_OCSP, REV_GOOD))
ROW(r_revoked, answer(b->facts, REV_OCSP, REV_REVOKED))
ROW(r_ahead, answer(b->facts, REV_OCSP, REV_REVOKED)->revoked_at =
    NOW + 301)
ROW(r_in_skew, answer(b->facts, REV_OCSP, REV_REVOKED)->revoked_at =
    NOW + 300)
ROW(r_crl_ahead, answer(b->facts, REV_CRL, REV_REVOKED)->revoked_at =
    NOW + 9 * DAY)
ROW(r_stale_revoked, answer(b->facts, REV_CRL, REV_REVOKED)->stale = true)
ROW(r_expired, b->facts->not_after = NOW - 2 * DAY;
    answer(b->facts, REV_OCSP, REV_GOOD))
ROW(r_expired_crl, b->facts->not_after = NOW - 2 * DAY;
    answer(b->facts, REV_CRL, REV_GOOD))
ROW(r_expired_before, b->facts->not_after = NOW - DAY;
    answer(b->facts, REV_OCSP, REV_GOOD))
ROW(r_expired_revoked, b->facts->not_after = NOW - 2 * DAY;
    answer(b->facts, REV_OCSP, REV_REVOKED))
ROW(r_expired_staple, b->facts->not_after = NOW - 2 * DAY;
    answer(b->facts, REV_STAPLE, REV_GOOD))
ROW(r_unusable, answer(b->facts, REV_OCSP, REV_UNUSABLE))
ROW(r_unreachable, answer(b->facts, REV_OCSP, REV_UNREACHABLE))
ROW(r_unverified, answer(b->facts, REV_CRL, REV_UNUSABLE)->has_this_update =
    true)
ROW(r_stale, answer(b->facts, REV_OCSP, REV_UNUSABLE)->stale = true;
    b->facts->answers[0].has_this_update = true)
ROW(r_unknown, answer(b->facts, REV_OCSP, REV_UNKNOWN))
ROW(r_staple, answer(b->facts, REV_STAPLE, REV_GOOD);
    answer(b->facts, REV_OCSP, REV_UNREACHABLE))
ROW(r_staple_crl, b->options.method = WANT_CRL;
    answer(b->facts, REV_STAPLE, REV_GOOD);
    answer(b->facts, REV_CRL, REV_UNREACHABLE))
ROW(r_staple_crl_revoked, b->options.method = WANT_CRL;
    answer(b->facts, REV_STAPLE, REV_REVOKED);
    answer(b->facts, REV_CRL, REV_GOOD))
ROW(r_staple_file, b->options.method = WANT_STAPLE;
    b->obs.from_file = true)
ROW(r_staple_none, b->options.method = WANT_STAPLE;
    b->facts->staple_missing = true)
ROW(r_all, b->options.method = WANT_ALL; both(b, REV_GOOD, REV_GOOD))
ROW(r_all_down, b->options.method = WANT_ALL;
    answer(b->facts, REV_STAPLE, REV_GOOD);
    err_set(&answer(b->facts, REV_OCSP, REV_UNREACHABLE)->error, ERR_SYNTAX,
    "one"); err_set(&answer(b->facts, REV_CRL, REV_UNREACHABLE)->error,
    ERR_SYNTAX, "two"))
ROW(r_all_ldap, b->options.method = WANT_ALL;
    both(b, REV_GOOD, REV_UNSUPPORTED))
ROW(r_all_ldap_http, b->options.method = WANT_ALL;
    both(b, REV_GOOD, REV_UNSUPPORTED);
    answer(b->facts, REV_CRL, REV_GOOD))
ROW(r_disagree, b->options.method = WANT_ALL; both(b, REV_GOOD, REV_REVOKED))
ROW(r_norev, b->facts->no_rev_avail = true)
ROW(r_norev_ca, answer(b->facts, REV_OCSP, REV_GOOD);
    b->obs.n_revocation = 2;
    b->facts[1].no_rev_avail = b->facts[1].is_ca = true)
ROW(r_norev_lone_ca, b->facts->no_rev_avail = b->facts->is_ca = true)
ROW(r_norev_named, b->facts->no_rev_avail = b->facts->has_crl_url = true;
    b->options.method = WANT_OCSP)
ROW(r_short, b->certs->not_before = b->certs->not_after - 6 * DAY)
ROW(r_short_crl, b->certs->not_before = b->certs->not_after - 6 * DAY;
    b->facts->has_crl_url = true; b->options.method = WANT_OCSP)
ROW(r_short_ocsp, b->certs->not_before = b->certs->not_after - 6 * DAY;
    b->facts->has_ocsp_url = true; b->options.method = WANT_CRL)
ROW(r_limit, answer(b->facts, REV_OCSP, REV_GOOD);
    set_limits(&b->options.warning, &b->options.critical, 5, 4))
ROW(r_limit_target, answer(b->facts, REV_OCSP, REV_GOOD);
    set_limits(&b->target.warning, &b->target.critical, 5, 2))
ROW(r_limit_both, answer(b->facts, REV_OCSP, REV_GOOD);
    set_limits(&b->options.warning, &b->options.critical, 5, 4);
    set_limits(&b->target.warning, &b->target.critical, 2, 1))
ROW(r_no_issuer, err_set(&b->facts->issuer_error, ERR_UNSUPPORTED, "nobody"))
ROW(r_no_issuer_staple, err_set(&b->facts->issuer_error, ERR_UNSUPPORTED,
    "nobody"); b->facts->must_staple = b->facts->staple_missing = true)
ROW(r_no_issuer_revoked, answer(b->facts, REV_OCSP, REV_REVOKED);
    err_set(&b->facts->issuer_error, ERR_NOMEM, "a fetch cannot begin"))
ROW(r_inter, answer(b->facts, REV_OCSP, REV_GOOD); b->obs.n_revocation = 2;
    answer(b->facts + 1, REV_CRL, REV_REVOKED))
ROW(r_second, answer(b->facts, REV_OCSP, REV_GOOD); b->obs.n_revocation = 2;
    answer(b->facts + 1, REV_CRL, REV_REVOKED);
    b->facts[0].number = 1; b->facts[1].number = 4;
    b->facts[1].position = 0)

static const struct row {
	const char *title;
	void (*make)(struct bench *b);
	enum status status;
	const char *like, *unlike;	/* in what collect() gives */
} rows[] = {
#define OK STATUS_OK
#define WARN STATUS_WARNING
#define CRIT STATUS_CRITICAL
#define UNKN STATUS_UNKNOWN
	{ "no answer", r_none, WARN, "ocsp.no_source", "revoked=" },
	{ "nothing was asked", r_nobody, UNKN, "not looked at", NULL },
	{ "some were not asked", r_left, UNKN, "7 more certificates", NULL },
	{ "good", r_good, OK, "revoked=0 next_update=259200 age=86400 "
	    "response_time=0", NULL },
	{ "revoked", r_revoked, CRIT, "since 2027-01-10: keyCompromise",
	    "still to come" },
	{ "revoked as of a day to come", r_ahead, CRIT, "revoked as of "
	    "2027-01-15, which is still to come: keyCompromise", "since" },
	{ "revoked within the skew", r_in_skew, CRIT, "since 2027-01-15",
	    "still to come" },
	{ "listed with a day to come", r_crl_ahead, CRIT,
	    "as of 2027-01-24, which is still to come", "since" },
	{ "revoked by a stale list", r_stale_revoked, CRIT, "which is stale",
	    NULL },
	{ "expired: good proves nothing", r_expired, UNKN,
	    "expired (2027-01-13)", "revoked=" },
	{ "expired: no list proves anything", r_expired_crl, UNKN,
	    "expired (2027-01-13)", "revoked=" },
	{ "expired when the answer was made", r_expired_before, OK, "revoked=0",
	    NULL },
	{ "expired, and revoked", r_expired_revoked, CRIT, "revoked=1",
	    NULL },
	{ "expired, and stapled", r_expired_staple, UNKN, "has expired",
	    "no_source" },
	{ "unusable", r_unusable, UNKN, "it is wrong; response_time=0",
	    "age=" },
	{ "unreachable", r_unreachable, UNKN, "ocsp.unreachable/leaf: OCSP "
	    "http://x.test/: it is wrong; response_time=0", "revoked=" },
	{ "not verified", r_unverified, UNKN, "response_time=0", "age=" },
	{ "stale", r_stale, UNKN, "age=86400", "revoked=" },
	{ "unknown", r_unknown, CRIT, "ocsp.unknown", "revoked=" },
	{ "a staple instead", r_staple, OK, "revoked=0", NULL },
	{ "a staple is no list", r_staple_crl, UNKN, "ocsp.unreachable",
	    "revoked=" },
	{ "a staple that says revoked", r_staple_crl_revoked, CRIT,
	    "(staple)", NULL },
	{ "a file has no staple", r_staple_file, UNKN, "a file has no staple",
	    "revoked=" },
	{ "no staple", r_staple_none, CRIT, "sends no staple", "revoked=" },
	{ "all", r_all, OK, "revoked=0", NULL },
	{ "all, two are down", r_all_down, UNKN, "one; ocsp.unreachable/leaf: "
	    "CRL http://x.test/: two", NULL },
	{ "all, one of them LDAP", r_all_ldap, UNKN, "CRL http://x.test/: it "
	    "is wrong", NULL },
	{ "all, another point of the same", r_all_ldap_http, OK, "revoked=0",
	    NULL },
	{ "all, and they disagree", r_disagree, CRIT, "ocsp.disagree", NULL },
	{ "noRevAvail", r_norev, OK, NULL, "revoked=" },
	{ "noRevAvail is not for CAs", r_norev_ca, WARN,
	    "ocsp.no_source/intermediate 1", "revoked=" },
	{ "nor for one that stands alone", r_norev_lone_ca, WARN,
	    "ocsp.no_source/leaf", "revoked=" },
	{ "nor true where a source is named", r_norev_named, WARN,
	    "names no OCSP responder", "revoked=" },
	{ "short-lived", r_short, OK, NULL, "revoked=" },
	{ "short-lived, a list is named", r_short_crl, WARN,
	    "names no OCSP responder", "revoked=" },
	{ "short-lived, a responder is named", r_short_ocsp, WARN,
	    "names no CRL", "revoked=" },
	{ "ends soon", r_limit, CRIT, "is valid for 3 days only", NULL },
	{ "ends soon for this target", r_limit_target, WARN,
	    "is valid for 3 days only", NULL },
	{ "not for this target", r_limit_both, OK, NULL, "days only" },
	{ "no issuer", r_no_issuer, UNKN, "ocsp.no_issuer/leaf: nobody",
	    "revoked=" },
	{ "no issuer, no staple", r_no_issuer_staple, CRIT, "staple.missing",
	    NULL },
	{ "revoked, then a failure", r_no_issuer_revoked, CRIT,
	    "ocsp.revoked/leaf", "no_issuer" },
	{ "an intermediate", r_inter, CRIT, "ocsp.revoked/intermediate 1",
	    NULL },
	{ "another of the file", r_second, CRIT, "ocsp.revoked/certificate 4",
	    NULL },
};

static void
test_row(const struct row *row)
{
	const struct check *const checks[] = { &check_revocation, NULL };
	static struct bench b;
	struct check_input in = { &b.obs, &b.options, NOW };
	struct buf text = BUF_INIT;

	bench_init(&b);
	row->make(&b);
	checks_run(checks, &in, b.result);
	collect(&b, &text);
	report_close(b.report, b.result);
	is_int(b.result->status, row->status, "%s: state", row->title);
	if (!ok((row->like == NULL || strstr(buf_text(&text),
	    row->like) != NULL) && (row->unlike == NULL || strstr(
	    buf_text(&text), row->unlike) == NULL), "%s: text", row->title))
		diag("%s", buf_text(&text));
	buf_release(&text);
	report_free(b.report);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(&rows[i]);
	return tap_done();
}
