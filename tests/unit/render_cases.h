/* SPDX-License-Identifier: ISC */
/* Reports to render: what test_render compares with the golden files. */
#ifndef TESTS_UNIT_RENDER_CASES_H
#define TESTS_UNIT_RENDER_CASES_H

#include "model/report.h"

#define CASE_NOW INT64_C(1796083200)	/* 2026-12-01T00:00:00Z */
#define CASE_DAY INT64_C(86400)

#define P(s) { (const uint8_t *)(s), sizeof(s) - 1 }
#define N(a) (sizeof(a) / sizeof(*(a)))

static struct bytes case_names[] = { P("www.example.com"), P("example.com"),
	P("*.example.com"), P("192.0.2.1"), P("a.example"), P("b.example"),
	P("c.example"), P("d.example"), P("e.example"), P("f.example"),
	P("g.example"), P("h.example") };

static struct cert_summary case_chain[] = {
	{ .subject_label = "leaf", .subject = P("CN=www.example.com"),
	    .issuer = P("C=US,O=Example Trust,CN=Example R11"),
	    .common_name = P("www.example.com"),
	    .issuer_name = P("Example R11"), .names = case_names,
	    .n_names = 12, .n_names_all = 112, .serial = "03A1F2",
	    .sha256 = "00112233445566778899aabbccddeeff"
		"00112233445566778899aabbccddeeff",
	    .sha1 = "00112233445566778899aabbccddeeff00112233",
	    .spki_sha256 = "ffeeddccbbaa99887766554433221100"
		"ffeeddccbbaa99887766554433221100",
	    .key = "ECDSA P-256", .signature = "sha256WithRSAEncryption",
	    .not_before = CASE_NOW - 30 * CASE_DAY,
	    .not_after = CASE_NOW + 60 * CASE_DAY - 1, .has_dates = true },
	{ .subject_label = "intermediate 1",
	    .subject = P("C=US,O=Example Trust,CN=Example R11"),
	    .issuer = P("C=US,O=Example Trust,CN=Example Root X1"),
	    .common_name = P("Example R11"),
	    .issuer_name = P("Example Root X1"), .serial = "01",
	    .sha256 = "11", .sha1 = "22", .spki_sha256 = "33",
	    .key = "RSA 2048", .signature = "sha256WithRSAEncryption",
	    .not_before = CASE_NOW - 900 * CASE_DAY,
	    .not_after = CASE_NOW + 900 * CASE_DAY, .has_dates = true,
	    .is_ca = true },
};

/* What a certificate must not be able to do to us. */
#define EVIL "ev|il\n\r\033[31m\0<b>\x9b\xc2\x9b\xe2\x80\xae\xe2\x80\xa8" \
    "\xff\xc3\\\"'`$(x)\xf3\xa0\x81\x81\xf0\x9f\x98\x80"

#define HUGE 16384
static char case_huge[HUGE + 1];	/* filled by report_hostile */
static struct bytes case_evil_names[] = { P(EVIL), P(""), P("|"), P("\0"),
	{ (const uint8_t *)case_huge, HUGE } };

static struct cert_summary case_evil_chain[] = {
	{ .subject_label = "leaf", .subject = P(EVIL),
	    .issuer = { (const uint8_t *)case_huge, HUGE },
	    .common_name = P(EVIL), .issuer_name = P(EVIL),
	    .names = case_evil_names, .n_names = 5, .n_names_all = 5,
	    .serial = "FF", .sha256 = "ff", .sha1 = "ff",
	    .spki_sha256 = "ff", .key = "RSA 2048|", .signature = "1.2\n",
	    /* years 0 and 9999 */
	    .not_before = INT64_C(-62167219200),
	    .not_after = INT64_C(253402300799), .has_dates = true },
	{ .subject_label = "intermediate 1" },
};

static inline void
case_metric(struct result *r, const char *label, const char *unit,
    int64_t milli, bool ranges)
{
	struct metric *m = result_metric(r, label, unit, milli);

	m->has_min = true;
	if (!ranges)
		return;
	m->warning = (struct range){ true, false, true, false, 22500, 0 };
	m->critical = (struct range){ true, false, true, false, 10800, 0 };
	m->has_max = true;
	m->max = 90000;
}

static inline struct result *
case_target(struct report *report, const char *host, int64_t port)
{
	char target[300], label[300];
	struct result *r;

	snprintf(target, sizeof(target), "%s:%lld", host, (long long)port);
	snprintf(label, sizeof(label), "%s_%lld", host, (long long)port);
	r = report_add(report, target, label);
	r->checked = true;
	r->facts.kind = "tls";
	r->facts.host = arena_strdup(report->arena, host);
	r->facts.protocol = "https";
	r->facts.port = port;
	r->facts.time_ms = 34;
	return r;
}

static inline void
case_seen(struct result *r)
{
	r->facts.address = "192.0.2.1";
	r->facts.tls_version = "TLSv1.3";
	r->facts.cipher = "TLS_AES_256_GCM_SHA384";
	r->facts.group = "x25519";
	r->facts.alpn = bytes_str("h2");
	r->facts.trust = "trusted";
	r->facts.anchor = bytes_str("C=US,O=Example Trust,CN=Example Root X1");
	r->facts.certs = arena_alloc(r->arena, sizeof(case_chain));
	memcpy(r->facts.certs, case_chain, sizeof(case_chain));
	r->facts.n_certs = N(case_chain);
}

static inline void
report_ok(struct report *report)
{
	struct result *r = case_target(report, "www.example.com", 443);

	case_seen(r);
	result_ok(r, FINDING_CERT_NAME, "leaf",
	    "certificate is valid for www.example.com");
	result_ok(r, FINDING_CERT_EXPIRY, "leaf",
	    "certificate expires in 59 days (2027-01-29)");
	result_ok(r, FINDING_CERT_EXPIRY, "intermediate 1",
	    "certificate expires in 900 days (2029-05-19)");
	case_metric(r, "days", "", 59999, true);
	case_metric(r, "lifetime", "%", 66667, false);
	case_metric(r, "chain_days", "", 900000, false);
	case_metric(r, "time", "s", 34, false);
	case_metric(r, "tls_time", "s", 20, false);
	r->metrics[4].detail = true;
	report_close(report, r);
}

static inline void
report_problems(struct report *report)
{
	struct result *r = case_target(report, "xn--mnchen-3ya.de", 8443);

	case_seen(r);
	r->facts.host_unicode = "m\xc3\xbcnchen.de";
	r->facts.trust = "untrusted";
	r->facts.anchor = bytes_of(NULL, 0);
	r->facts.client_cert_asked = true;
	result_add(r, FINDING_CERT_EXPIRY, STATUS_WARNING, "leaf",
	    "certificate expires in 20 days (2026-12-21), "
	    "warning below 22.5 days");
	result_bad(r, FINDING_CERT_NAME, "leaf",
	    "certificate is not valid for xn--mnchen-3ya.de");
	result_ok(r, FINDING_KEY_WEAK, "leaf", "ECDSA P-256");
	result_bad(r, FINDING_CHAIN_ORDER, "",
	    "certificates are not sent in order");
	result_add(r, FINDING_CERT_EXPIRY, STATUS_CRITICAL,
	    "intermediate 1", "certificate expired 3 days ago (2026-11-28)");
	case_metric(r, "days", "", 20500, true);
	case_metric(r, "time", "s", 1234, false);
	report_close(report, r);
	report->at_given = true;
}

static inline void
case_down(struct report *report, const char *host)
{
	struct result *r = case_target(report, host, 25);

	r->checked = false;
	r->facts.protocol = "smtp";
	r->error = "connect to 192.0.2.9: Connection refused";
	result_bad(r, FINDING_NET_CONNECT, "", "%s", r->error);
	case_metric(r, "time", "s", 3, false);
	report_close(report, r);
}

static inline void
report_down(struct report *report)
{
	case_down(report, "mail.example.com");
}

static inline void
report_usage(struct report *report)
{
	struct result *r = report_add(report, "", "error");

	r->error = "--prot: no such option, did you mean --port?";
	result_bad(r, FINDING_USAGE, "", "%s", r->error);
	report_close(report, r);
}

static inline void
report_empty(struct report *report)
{
	report->note = "1 bad line in targets.txt";
}

static inline void
case_days(struct report *report, const char *host, int days)
{
	struct result *r = case_target(report, host, 443);
	enum status s = days < 11 ? STATUS_CRITICAL : days < 23 ?
	    STATUS_WARNING : STATUS_OK;

	case_seen(r);
	r->facts.certs[0].not_after = CASE_NOW + days * CASE_DAY;
	if (days < 0)
		result_add(r, FINDING_CERT_EXPIRY, s, "leaf",
		    "certificate expired %d days ago", -days);
	else
		result_add(r, FINDING_CERT_EXPIRY, s, "leaf",
		    "certificate expires in %d days", days);
	case_metric(r, "days", "", days * 1000, true);
	case_metric(r, "time", "s", 12, false);
	report_close(report, r);
}

static inline void
report_many(struct report *report)
{
	struct result *r;

	case_days(report, "a.example", 60);
	case_days(report, "b.example", 20);
	case_days(report, "c.example", -3);
	case_down(report, "d.example");
	case_days(report, "a.example", 5);
	r = report_add(report, "/etc/ssl/x.pem", "_etc_ssl_x.pem");
	r->facts.kind = "file";
	r->facts.path = "/etc/ssl/x.pem";
	result_add(r, FINDING_FILE_READ, STATUS_UNKNOWN, "",
	    "/etc/ssl/x.pem: Permission denied");
	report_close(report, r);
	r = report_add(report, "/etc/ssl/y.pem", "_etc_ssl_y.pem");
	report_close(report, r);
	report->note = "1 bad line in targets.txt";
}

/* A list that happens to have one line. */
static inline void
report_one_of_many(struct report *report)
{
	case_days(report, "a.example", 60);
	report->many = true;
}

static const struct vhost_summary case_vhosts[] = {
	{ P("alice"), P("good.example"), "letsencrypt", "fine", STATUS_OK,
	    true, true, CASE_NOW - 30 * CASE_DAY, CASE_NOW + 60 * CASE_DAY },
	{ P("bob"), P("gone.example"), "letsencrypt", "expired",
	    STATUS_CRITICAL, true, true, CASE_NOW - 90 * CASE_DAY,
	    CASE_NOW - 3 * 3600 },
	{ P("bob"), P("late.example"), "letsencrypt", "overdue",
	    STATUS_WARNING, true, true, CASE_NOW - 70 * CASE_DAY,
	    CASE_NOW + 20 * CASE_DAY },
	{ P("carol"), P("*.soon.example"), "letsencrypt", "renewing",
	    STATUS_OK, true, true, CASE_NOW - 63 * CASE_DAY,
	    CASE_NOW + 27 * CASE_DAY },
	{ P("dave"), P("paid.example"), "other", "foreign", STATUS_OK, false,
	    true, CASE_NOW - 200 * CASE_DAY, CASE_NOW + 165 * CASE_DAY },
	{ P("dave"), P("bare.example"), "none", "none", STATUS_OK, false,
	    false, 0, 0 },
	{ P(EVIL), P(EVIL), "self-signed", "self-signed", STATUS_WARNING,
	    false, true, CASE_NOW - CASE_DAY, CASE_NOW + 365 * CASE_DAY },
	/* The same website twice. */
	{ P("alice"), P("good.example"), "letsencrypt", "fine", STATUS_OK,
	    true, true, CASE_NOW - 30 * CASE_DAY, CASE_NOW + 60 * CASE_DAY },
};

static inline struct result *
case_autossl(struct report *report)
{
	struct result *r = case_target(report, "whm.example.com", 2087);

	report->plugin = "check_autossl_queue";
	report->service = "AUTOSSL_QUEUE";
	r->facts.kind = "autossl";
	r->facts.protocol = "whm";
	r->facts.vhosts = case_vhosts;
	r->facts.n_vhosts = N(case_vhosts);
	case_metric(r, "vhosts", "", 8000, false);
	case_metric(r, "expired", "", 1000, false);
	case_metric(r, "min_days", "", -125, true);
	case_metric(r, "last_run_age", "s", 10800000, false);
	return r;
}

/* Several websites, one text for them, and something else. */
static inline void
report_autossl(struct report *report)
{
	struct result *r = case_autossl(report);

	result_ok(r, FINDING_API_ANSWER, "", "8 websites read in 9 calls");
	result_bad(r, FINDING_AUTOSSL_EXPIRED, "bob/gone.example",
	    "expired 3 h ago: no pending order, no problem recorded; start "
	    "AutoSSL for the account and read the log of that run");
	result_bad(r, FINDING_AUTOSSL_OVERDUE, "bob/late.example",
	    "expires in 20 days, renewal has been due for 9 days");
	result_bad(r, FINDING_AUTOSSL_SELF_SIGNED, "evil", "has a "
	    "self-signed certificate");
	result_digest(r, 1, "gone.example (bob) expired 3 h ago; 1 overdue, "
	    "1 self-signed, of 5 AutoSSL certificates");
	result_bad(r, FINDING_AUTOSSL_TERMS, "", "new terms of service");
	report_close(report, r);
}

/* A single one: line 1 is shorter than its finding, which is shown. */
static inline void
report_autossl_one(struct report *report)
{
	struct result *r = case_autossl(report);

	result_bad(r, FINDING_AUTOSSL_EXPIRED, "bob/gone.example",
	    "expired 3 h ago: no pending order, no problem recorded; start "
	    "AutoSSL for the account and read the log of that run");
	result_digest(r, 0, "gone.example (account bob) expired 3 h ago: no "
	    "pending order, no problem recorded");
	report_close(report, r);
}

/* check_ocsp: the answer in use is a list. */
static inline void
report_revoked(struct report *report)
{
	struct result *r = case_target(report, "www.example.com", 443);

	report->plugin = "check_ocsp";
	report->service = "OCSP";
	case_seen(r);
	result_bad(r, FINDING_OCSP_REVOKED, "leaf",
	    "certificate is revoked since 2026-11-19: keyCompromise");
	case_metric(r, "revoked", "", 1000, false);
	case_metric(r, "next_update", "s", 4 * CASE_DAY * 1000 + 500, false);
	case_metric(r, "age", "s", 3600000, false);
	case_metric(r, "response_time", "s", 12, false);
	case_metric(r, "crl_entries", "", 1000000, false);
	case_metric(r, "crl_bytes", "B", 38000000, false);
	report_close(report, r);
}

static inline void
report_hostile(struct report *report)
{
	struct result *r;
	size_t i;

	for (i = 0; i < HUGE; i++)
		case_huge[i] = "|\n\xff\033aaa"[i % 64 < 7 ? i % 8 : 6];
	r = report_add(report, EVIL, EVIL);
	r->facts.host = EVIL;
	r->facts.host_unicode = EVIL;
	r->facts.path = EVIL;
	r->facts.cipher = EVIL;
	r->facts.alpn = (struct bytes)P(EVIL);
	r->facts.anchor = (struct bytes)P(EVIL);
	r->facts.trust = EVIL;
	r->facts.certs = case_evil_chain;
	r->facts.n_certs = N(case_evil_chain);
	r->error = EVIL;
	result_bad(r, FINDING_CERT_ISSUER, "leaf", "%s", EVIL);
	result_bad(r, FINDING_CERT_ISSUER, "leaf", "issuer is '%s'",
	    result_clean(r, bytes_of(case_huge, HUGE), 300));
	result_bad(r, FINDING_CERT_SAN, "leaf", "%s", case_huge);
	result_bad(r, FINDING_CERT_SAN, "leaf", "twice");
	case_metric(r, EVIL, "", 1, true);
	case_metric(r, "days", "", INT64_C(-719528000), true);
	case_metric(r, "big", "B", INT64_C(1) << 50, true);
	report_close(report, r);
	report->note = EVIL;
}

#endif
