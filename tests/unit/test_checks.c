/* SPDX-License-Identifier: ISC */
/*
 * The checks, by tables: one row per boundary, no network, no clock.
 */
#include "checks/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tap.h"

#define NOW INT64_C(1800000000)
#define DAY INT64_C(86400)

struct bench {
	struct options options;
	struct target target;
	struct observation obs;
	struct cert_facts certs[4];
	struct report *report;
	struct result *result;
};

static const struct scheme https = { "https", 443, STARTTLS_NONE, NULL };

static struct san san_www = { SAN_DNS, { (const uint8_t *)"www.a.test", 10 } };

static void
cert_init(struct cert_facts *cert, const char *subject, const char *issuer)
{
	memset(cert, 0, sizeof(*cert));
	cert->der = bytes_str(subject);
	cert->subject = cert->subject_der = bytes_str(subject);
	cert->issuer = cert->issuer_der = bytes_str(issuer);
	cert->has_not_before = cert->has_not_after = true;
	cert->not_before = NOW - 30 * DAY;
	cert->not_after = NOW + 60 * DAY;
	cert->key_type = KEY_EC;
	cert->key_bits = 256;
	cert->curve = "P-256";
	cert->sig_name = "ecdsa-with-SHA256";
	cert->self_issued = strcmp(subject, issuer) == 0;
}

static void
bench_init(struct bench *b)
{
	struct err err = ERR_INIT;

	memset(b, 0, sizeof(*b));
	b->options.timeout.ms = 10000;
	threshold_parse("28d,25%", DAY, &b->options.warning, &err);
	threshold_parse("14d,12%", DAY, &b->options.critical, &err);
	b->target.kind = TARGET_TLS;
	b->target.scheme = &https;
	b->target.host = "www.a.test";
	b->target.port = 443;
	b->obs.target = &b->target;
	b->obs.total_ms = 34;
	b->obs.certs = b->certs;
	b->obs.n_certs = 1;
	b->obs.n_certs_all = 1;
	b->obs.tls.version = "TLSv1.3";
	b->obs.tls.version_number = 0x0304;
	b->obs.tls.cipher = "TLS_AES_256_GCM_SHA384";
	cert_init(&b->certs[0], "leaf", "inter");
	cert_init(&b->certs[1], "inter", "root");
	cert_init(&b->certs[2], "root", "root");
	cert_init(&b->certs[3], "other", "elsewhere");
	b->certs[0].sans = &san_www;
	b->certs[0].n_sans = 1;
	b->certs[0].has_san = true;
	b->certs[1].is_ca = b->certs[2].is_ca = true;
	b->certs[1].not_after = b->certs[2].not_after = NOW + 3650 * DAY;
	b->certs[1].not_before = b->certs[2].not_before = NOW - 3650 * DAY;
	b->report = report_new("check_test", "TEST");
	b->report->policy = &b->options.policy;
	b->result = report_add(b->report, "www.a.test:443", "www");
}

static enum status
judge(struct bench *b, const struct check *check)
{
	const struct check *const checks[] = { check, NULL };
	struct check_input in = { &b->obs, &b->options, NOW };

	checks_run(checks, &in, b->result);
	report_close(b->report, b->result);
	return b->result->status;
}

static const struct finding *
find(const struct bench *b, enum finding_id id)
{
	size_t i;

	for (i = 0; i < b->result->n_findings; i++)
		if (b->result->findings[i].id == id)
			return &b->result->findings[i];
	return NULL;
}

/* The state of a finding, or -1 when there is none. */
static int
state_of(const struct bench *b, enum finding_id id)
{
	const struct finding *f = find(b, id);

	return f == NULL ? -1 : (int)f->status;
}

static void
test_expiry(void)
{
	static const struct {
		int64_t lifetime, left;
		enum status want;
		const char *what;
	} rows[] = {
		{ 90 * DAY, 60 * DAY, STATUS_OK, "90 days, 60 left" },
		/* 25% of 90 days is 22.5, 12% is 10.8 */
		{ 90 * DAY, 1944000, STATUS_OK, "at the warning limit" },
		{ 90 * DAY, 1943999, STATUS_WARNING, "one second below" },
		{ 90 * DAY, 933120, STATUS_WARNING, "at the critical limit" },
		{ 90 * DAY, 933119, STATUS_CRITICAL, "one second below" },
		{ 90 * DAY, 0, STATUS_CRITICAL, "in its last second" },
		{ 90 * DAY, -1, STATUS_CRITICAL, "expired a second ago" },
		{ 90 * DAY, -3650 * DAY, STATUS_CRITICAL, "ten years ago" },
		/* 25% of 6 days is 1.5, 12% is 0.72 */
		{ 6 * DAY, 129600, STATUS_OK, "6 days at its limit" },
		{ 6 * DAY, 129599, STATUS_WARNING, "6 days below it" },
		{ 6 * DAY, 62207, STATUS_CRITICAL, "6 days, critical" },
		{ 45 * DAY, 972000, STATUS_OK, "45 days at its limit" },
		{ 45 * DAY, 971999, STATUS_WARNING, "45 days below it" },
		/* from 112 days on the fixed limits are the smaller ones */
		{ 200 * DAY, 28 * DAY, STATUS_OK, "200 days at 28" },
		{ 200 * DAY, 28 * DAY - 1, STATUS_WARNING, "200 days" },
		{ 398 * DAY, 28 * DAY - 1, STATUS_WARNING, "398 days" },
		{ 398 * DAY, 14 * DAY - 1, STATUS_CRITICAL, "398 days" },
		{ 3650 * DAY, 28 * DAY, STATUS_OK, "ten years at 28" },
		{ 3650 * DAY, 14 * DAY - 1, STATUS_CRITICAL, "ten years" },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_init(&b);
		b.certs[0].not_after = NOW + rows[i].left;
		b.certs[0].not_before = b.certs[0].not_after -
		    rows[i].lifetime;
		is_int(judge(&b, &check_expiry), rows[i].want, "%s",
		    rows[i].what);
		report_free(b.report);
	}
}

static void
test_begin(void)
{
	struct bench b;

	bench_init(&b);
	b.certs[0].not_before = NOW;
	judge(&b, &check_expiry);
	is_int(state_of(&b, FINDING_CERT_NOT_YET_VALID), -1,
	    "begins this second: valid");
	report_free(b.report);
	bench_init(&b);
	b.certs[0].not_before = NOW + 1;
	is_int(judge(&b, &check_expiry), STATUS_CRITICAL, "begins in a second");
	is_int(state_of(&b, FINDING_CERT_NOT_YET_VALID), STATUS_CRITICAL,
	    "not yet valid");
	report_free(b.report);
	bench_init(&b);
	b.certs[0].has_not_after = false;
	is_int(judge(&b, &check_expiry), STATUS_CRITICAL,
	    "a date that cannot be read is never fine");
	report_free(b.report);
	bench_init(&b);
	b.certs[0].not_before = NOW + 10 * DAY;
	b.certs[0].not_after = NOW + 5 * DAY;
	is_int(judge(&b, &check_expiry), STATUS_CRITICAL,
	    "ends before it begins");
	report_free(b.report);
}

/* Of 90 days a third is left after 60. */
static void
test_renewal(void)
{
	static const struct {
		const char *what, *spec;
		int64_t left, lifetime;
		int want;	/* -1: not a word */
	} rows[] = {
		{ "not asked", NULL, 5 * DAY, 90 * DAY, -1 },
		{ "a second before", "30%", 27 * DAY + 1, 90 * DAY, STATUS_OK },
		{ "due now", "30%", 27 * DAY, 90 * DAY, STATUS_OK },
		{ "a second late", "30%", 27 * DAY - 1, 90 * DAY,
		    STATUS_WARNING },
		{ "days", "28d", 28 * DAY - 1, 90 * DAY, STATUS_WARNING },
		{ "6 days", "28d,30%", 2 * DAY, 6 * DAY, STATUS_OK },
		{ "6 days, of which 28 cannot be left", "28d", 6 * DAY,
		    6 * DAY, STATUS_WARNING },
		{ "6 days, late", "28d,30%", DAY, 6 * DAY, STATUS_WARNING },
		{ "last second", "30%", 0, 90 * DAY, STATUS_WARNING },
		{ "expired", "30%", -1, 90 * DAY, -1 },
	};
	struct err err = ERR_INIT;
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_init(&b);
		if (rows[i].spec != NULL && threshold_parse(rows[i].spec, DAY,
		    &b.options.renewal, &err) != 0)
			bail("%s", err.text);
		b.certs[0].not_after = NOW + rows[i].left;
		b.certs[0].not_before = b.certs[0].not_after -
		    rows[i].lifetime;
		judge(&b, &check_renewal);
		is_int(state_of(&b, FINDING_CERT_RENEWAL), rows[i].want,
		    "renewal: %s", rows[i].what);
		report_free(b.report);
	}
}

static void
test_chain_expiry(void)
{
	struct bench b;

	bench_init(&b);
	b.obs.n_certs = 2;
	b.certs[1].not_after = NOW + 4 * DAY;
	is_int(judge(&b, &check_expiry), STATUS_CRITICAL,
	    "an intermediate that ends in four days");
	is_str(b.result->metrics[2].label, "chain_days", "its metric");
	is_int((int)b.result->metrics[2].value, 4000, "four days");
	report_free(b.report);
	/* A cross-sign that has expired, beside a good path without it. */
	bench_init(&b);
	b.obs.n_certs = 2;
	b.certs[1].not_after = NOW - DAY;
	b.obs.path.status = PATH_OK;
	b.obs.path.n = 1;
	b.obs.path.certs[0] = b.certs[0].der;
	is_int(judge(&b, &check_expiry), STATUS_WARNING,
	    "expired, but no path needs it");
	report_free(b.report);
	bench_init(&b);
	b.obs.n_certs = 2;
	b.certs[1].not_after = NOW - DAY;
	b.options.leaf_only = true;
	is_int(judge(&b, &check_expiry), STATUS_OK, "--leaf-only");
	report_free(b.report);
}

static void
test_metrics(void)
{
	const struct metric *days;
	struct bench b;

	bench_init(&b);
	b.certs[0].not_after = NOW + 5268672;	/* 60.98 days */
	b.certs[0].not_before = b.certs[0].not_after - 90 * DAY;
	judge(&b, &check_expiry);
	days = &b.result->metrics[0];
	is_str(days->label, "days", "first metric");
	is_int((int)days->value, 60980, "days left");
	ok(days->warning.set && days->warning.start == 22500 &&
	    !days->warning.has_end, "effective warning range");
	ok(days->critical.set && days->critical.start == 10800,
	    "effective critical range");
	is_int((int)days->max, 90000, "its lifetime is the maximum");
	report_free(b.report);
	bench_init(&b);
	b.certs[0].not_after = NOW - 1;
	judge(&b, &check_expiry);
	is_int((int)b.result->metrics[0].value, -1,
	    "a second over is not zero days");
	report_free(b.report);
}

static void
test_names(void)
{
	static const struct {
		const char *san, *host;
		enum status want;
	} rows[] = {
		{ "www.a.test", "www.a.test", STATUS_OK },
		{ "WWW.A.test", "www.a.test", STATUS_OK },
		{ "*.a.test", "www.a.test", STATUS_OK },
		{ "*.a.test", "a.test", STATUS_CRITICAL },
		{ "*.a.test", "x.www.a.test", STATUS_CRITICAL },
		{ "www.a.test", "wwwxa.test", STATUS_CRITICAL },
		{ ".*", "www.a.test", STATUS_CRITICAL },
		{ "*", "www", STATUS_CRITICAL },
		{ "w*.a.test", "www.a.test", STATUS_CRITICAL },
		{ "other.test", "www.a.test", STATUS_CRITICAL },
	};
	struct bench b;
	struct san san = { SAN_DNS, { NULL, 0 } };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_init(&b);
		san.value = bytes_str(rows[i].san);
		b.certs[0].sans = &san;
		b.target.host = rows[i].host;
		is_int(judge(&b, &check_names), rows[i].want, "%s for %s",
		    rows[i].san, rows[i].host);
		report_free(b.report);
	}
	bench_init(&b);
	b.certs[0].n_sans = 0;
	b.certs[0].common_name = bytes_str("www.a.test");
	is_int(judge(&b, &check_names), STATUS_CRITICAL,
	    "the common name does not count");
	report_free(b.report);
	bench_init(&b);
	b.target.host = "192.0.2.1";
	b.target.sni = "www.a.test";
	is_int(judge(&b, &check_names), STATUS_OK,
	    "the name sent in the handshake is the one expected");
	report_free(b.report);
}

static void
test_san_exact(void)
{
	static const char *wanted[] = { "www.a.test", "b.test" };
	struct san sans[] = { san_www, { SAN_DNS, { NULL, 0 } } };
	struct bench b;

	sans[1].value = bytes_str("b.test");
	bench_init(&b);
	b.certs[0].sans = sans;
	b.certs[0].n_sans = 2;
	b.options.san = (struct strings){ wanted, 2, 2 };
	b.options.san_exact = true;
	is_int(judge(&b, &check_names), STATUS_OK, "exactly those names");
	report_free(b.report);
	bench_init(&b);
	b.certs[0].sans = sans;
	b.certs[0].n_sans = 2;
	b.options.san = (struct strings){ wanted, 1, 1 };
	b.options.san_exact = true;
	is_int(judge(&b, &check_names), STATUS_WARNING, "one too many");
	is_int(state_of(&b, FINDING_CERT_SAN_EXTRA), STATUS_WARNING,
	    "cert.san_extra");
	report_free(b.report);
	bench_init(&b);
	b.options.san = (struct strings){ wanted, 2, 2 };
	is_int(judge(&b, &check_names), STATUS_CRITICAL, "one missing");
	is_int(state_of(&b, FINDING_CERT_SAN), STATUS_CRITICAL, "cert.san");
	report_free(b.report);
}

static void
test_trust(void)
{
	static const struct {
		enum path_status path;
		enum finding_id id;
		enum status want;
	} rows[] = {
		{ PATH_OK, FINDING_PATH_UNTRUSTED, STATUS_OK },
		{ PATH_UNTRUSTED, FINDING_PATH_UNTRUSTED, STATUS_CRITICAL },
		{ PATH_INCOMPLETE, FINDING_PATH_INCOMPLETE, STATUS_CRITICAL },
		{ PATH_SELF_SIGNED, FINDING_PATH_SELF_SIGNED,
		    STATUS_CRITICAL },
		{ PATH_INVALID, FINDING_PATH_INVALID, STATUS_CRITICAL },
		{ PATH_EXPIRED, FINDING_PATH_EXPIRED, STATUS_CRITICAL },
		{ PATH_ERROR, FINDING_PATH_UNTRUSTED, STATUS_UNKNOWN },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_init(&b);
		b.obs.path.status = rows[i].path;
		is_int(judge(&b, &check_trust), rows[i].want, "path status %d",
		    (int)rows[i].path);
		is_int(state_of(&b, rows[i].id), rows[i].want, "its finding");
		report_free(b.report);
	}
	bench_init(&b);
	b.obs.path.status = PATH_SELF_SIGNED;
	policy_set(&b.options.policy, FINDING_PATH_SELF_SIGNED, STATUS_OK);
	is_int(judge(&b, &check_trust), STATUS_OK, "--self-signed=ok");
	report_free(b.report);
	bench_init(&b);
	b.obs.path.status = PATH_UNTRUSTED;
	b.obs.path.purpose_error = true;
	judge(&b, &check_trust);
	is_int(state_of(&b, FINDING_CERT_PURPOSE), STATUS_CRITICAL,
	    "the purpose is a finding of its own");
	is_int(state_of(&b, FINDING_PATH_UNTRUSTED), STATUS_CRITICAL,
	    "beside that of trust");
	report_free(b.report);
	bench_init(&b);
	b.certs[0].has_eku = true;
	b.certs[0].eku = EKU_CLIENT_AUTH;
	is_int(judge(&b, &check_trust), STATUS_CRITICAL,
	    "a client's certificate, also without a path");
	report_free(b.report);
}

static void
set_chain(struct bench *b, const char *order)
{
	struct cert_facts all[4];
	size_t i;

	memcpy(all, b->certs, sizeof(all));
	for (i = 0; order[i] != '\0'; i++)
		b->certs[i] = all[order[i] - '0'];
	b->obs.n_certs = i;
}

static void
test_chain(void)
{
	static const struct {
		const char *order;	/* 0 leaf, 1 inter, 2 root, 3 other */
		int misordered, extra, root;
	} rows[] = {
		{ "0", -1, -1, -1 },
		{ "01", -1, -1, -1 },
		{ "012", -1, -1, STATUS_OK },
		{ "021", STATUS_WARNING, -1, STATUS_OK },
		{ "013", -1, STATUS_WARNING, -1 },
		{ "011", -1, STATUS_WARNING, -1 },
		{ "00", -1, STATUS_WARNING, -1 },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_init(&b);
		set_chain(&b, rows[i].order);
		judge(&b, &check_chain);
		is_int(state_of(&b, FINDING_CHAIN_ORDER), rows[i].misordered,
		    "order of %s", rows[i].order);
		is_int(state_of(&b, FINDING_CHAIN_EXTRA), rows[i].extra,
		    "extra in %s", rows[i].order);
		is_int(state_of(&b, FINDING_CHAIN_ROOT), rows[i].root,
		    "root in %s", rows[i].order);
		report_free(b.report);
	}
}

static void
test_keys(void)
{
	static const struct {
		enum key_type type;
		unsigned bits;
		uint64_t exponent;
		enum sig_strength sig;
		int key, signature;
	} rows[] = {
		{ KEY_RSA, 2048, 65537, SIG_OK, STATUS_OK, -1 },
		{ KEY_RSA, 2047, 65537, SIG_OK, STATUS_WARNING, -1 },
		{ KEY_RSA, 1024, 65537, SIG_WEAK_SHA1, STATUS_WARNING,
		    STATUS_WARNING },
		{ KEY_RSA, 4096, 1, SIG_OK, STATUS_WARNING, -1 },
		{ KEY_RSA, 4096, 4, SIG_OK, STATUS_WARNING, -1 },
		{ KEY_RSA, 4096, 3, SIG_OK, STATUS_OK, -1 },
		{ KEY_EC, 256, 0, SIG_BROKEN, STATUS_OK, STATUS_WARNING },
		{ KEY_EC, 192, 0, SIG_OK, STATUS_WARNING, -1 },
		{ KEY_DSA, 2048, 0, SIG_OK, STATUS_WARNING, -1 },
		{ KEY_ED25519, 256, 0, SIG_OK, STATUS_OK, -1 },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_init(&b);
		b.certs[0].key_type = rows[i].type;
		b.certs[0].key_bits = rows[i].bits;
		b.certs[0].rsa_exponent = rows[i].exponent;
		b.certs[0].sig_strength = rows[i].sig;
		judge(&b, &check_keys);
		is_int(state_of(&b, FINDING_KEY_WEAK), rows[i].key,
		    "key of row %zu", i);
		is_int(state_of(&b, FINDING_SIG_WEAK), rows[i].signature,
		    "signature of row %zu", i);
		report_free(b.report);
	}
}

static void
test_lifetime(void)
{
	static const struct {
		int64_t begin, days;
		int want;
	} rows[] = {
		{ 1773532799, 398, STATUS_OK },	/* before 2026-03-15 */
		{ 1773532799, 399, STATUS_WARNING },
		{ 1773532800, 200, STATUS_OK },
		{ 1773532800, 201, STATUS_WARNING },
		{ 1805068800, 100, STATUS_OK },
		{ 1805068800, 101, STATUS_WARNING },
		{ 1868227200, 47, STATUS_OK },
		{ 1868227200, 48, STATUS_WARNING },
		{ 1519862400, 825, STATUS_OK },
		{ 1519862400, 826, STATUS_WARNING },
		{ 0, 3650, -1 },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_init(&b);
		b.certs[0].not_before = rows[i].begin;
		b.certs[0].not_after = rows[i].begin + rows[i].days * DAY;
		judge(&b, &check_lifetime);
		is_int(state_of(&b, FINDING_CERT_LIFETIME), rows[i].want,
		    "%lld days from %lld", (long long)rows[i].days,
		    (long long)rows[i].begin);
		report_free(b.report);
	}
}

static void
test_connection(void)
{
	static const struct {
		enum err_kind kind;
		enum finding_id id;
		enum status want;
	} rows[] = {
		{ ERR_RESOLVE, FINDING_NET_RESOLVE, STATUS_CRITICAL },
		{ ERR_CONNECT, FINDING_NET_CONNECT, STATUS_CRITICAL },
		{ ERR_PROXY, FINDING_NET_PROXY, STATUS_CRITICAL },
		{ ERR_TIMEOUT, FINDING_NET_TIMEOUT, STATUS_UNKNOWN },
		{ ERR_STARTTLS, FINDING_STARTTLS_REFUSED, STATUS_CRITICAL },
		{ ERR_INJECTION, FINDING_STARTTLS_INJECTION,
		    STATUS_CRITICAL },
		{ ERR_PLAINTEXT, FINDING_TLS_PLAINTEXT, STATUS_CRITICAL },
		{ ERR_TLS, FINDING_TLS_HANDSHAKE, STATUS_CRITICAL },
		{ ERR_NOMEM, FINDING_INTERNAL, STATUS_UNKNOWN },
		{ ERR_CANCELLED, FINDING_INTERNAL, STATUS_UNKNOWN },
		{ ERR_INTERNAL, FINDING_INTERNAL, STATUS_UNKNOWN },
	};
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_init(&b);
		b.obs.n_certs = 0;
		err_set(&b.obs.error, rows[i].kind, "what went wrong");
		b.obs.phase = "TLS handshake";
		is_int(judge(&b, &check_connection), rows[i].want,
		    "error kind %d", (int)rows[i].kind);
		is_int(state_of(&b, rows[i].id), rows[i].want, "its finding");
		report_free(b.report);
	}
	bench_init(&b);
	err_set(&b.obs.error, ERR_TLS, "server sent alert");
	b.obs.tls.client_cert_asked = true;
	is_int(judge(&b, &check_connection), STATUS_OK,
	    "a client certificate is demanded, ours was not needed");
	report_free(b.report);
	bench_init(&b);
	err_set(&b.obs.error, ERR_TLS, "server sent alert");
	is_int(judge(&b, &check_connection), STATUS_CRITICAL,
	    "a handshake that fails after the certificate");
	report_free(b.report);
}

int
main(void)
{
	test_expiry();
	test_begin();
	test_renewal();
	test_chain_expiry();
	test_metrics();
	test_names();
	test_san_exact();
	test_trust();
	test_chain();
	test_keys();
	test_lifetime();
	test_connection();
	return tap_done();
}
