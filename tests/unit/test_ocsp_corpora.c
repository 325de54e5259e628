/* SPDX-License-Identifier: ISC */
/*
 * OCSP answers of real CAs and of other projects: OpenSSL's 59 verdicts, the
 * worked example of RFC 9919, the odd answers of pyca/cryptography.  Skips
 * without the corpora ($MPC_CORPORA).
 */
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "pki/der_scan.h"
#include "pki/ocsp.h"
#include "ocsp_make.h"

#define FILE_SIZE_MAX (1 << 20)
#define CLOCK_2012 INT64_C(1355875200)	/* 2012-12-19 */

static const char *folder;

static bool
file_read(struct buf *b, const char *path)
{
	char full[4096];
	uint8_t data[4096];
	FILE *file;
	size_t n;

	buf_reset(b);
	snprintf(full, sizeof(full), "%s/%s", folder, path);
	if ((file = fopen(full, "rb")) == NULL)
		return false;
	while (b->len < FILE_SIZE_MAX &&
	    (n = fread(data, 1, sizeof(data), file)) > 0)
		buf_add(b, data, n);
	fclose(file);
	return b->len > 0;
}

static bool
pem_cert_read(struct buf *b, const char *path)
{
	char full[4096];
	unsigned char *der = NULL;
	X509 *cert;
	BIO *in;
	int len;

	buf_reset(b);
	snprintf(full, sizeof(full), "%s/%s", folder, path);
	if ((in = BIO_new_file(full, "r")) == NULL)
		return false;
	cert = PEM_read_bio_X509(in, NULL, NULL, NULL);
	BIO_free(in);
	len = i2d_X509(cert, &der);
	if (len > 0)
		buf_add(b, der, (size_t)len);
	OPENSSL_free(der);
	X509_free(cert);
	return len > 0;
}

static struct rev_answer
judge(struct bytes der, const struct ocsp_query *query)
{
	struct arena *arena = arena_new();
	struct rev_answer out = { .outcome = REV_GOOD };
	struct err err = ERR_INIT;

	if (ocsp_read(arena, der, query, &out, &err) != 0)
		bail("out of memory");
	arena_free(arena);
	return out;
}

/*
 * OpenSSL's table: response, CA file, untrusted certificates, and whether
 * `openssl ocsp` takes it.  We are told which CA it is; that is the one that
 * issued: the untrusted one where there is one.
 */
struct verdict {
	char response[64], ca[64], untrusted[64];
	int exit;
};

/* Where we do not agree, and why. */
static const struct known {
	const char *response, *untrusted, *why;
} knowns[] = {
	{ "ND1.ors", "ISIC_ND1_Issuer_ICA.pem", "the issuer's own signature "
	    "is bad: a matter of the path, which is judged before anybody is "
	    "asked; the answer is signed with the key that signed the "
	    "certificate" },
};

static const char *
known_why(const struct verdict *v)
{
	size_t i;

	for (i = 0; i < sizeof(knowns) / sizeof(knowns[0]); i++)
		if (strcmp(v->response, knowns[i].response) == 0 &&
		    strcmp(v->untrusted, knowns[i].untrusted) == 0)
			return knowns[i].why;
	return NULL;
}

/* The response's name ends in the name of the case: D1, ND3, ... */
static const char *
cert_file(const struct verdict *v)
{
	static const char *const names[][2] = {
		{ "ND1", "ND1_Cert_EE.pem" }, { "ND2", "ND2_Cert_ICA.pem" },
		{ "ND3", "ND3_Cert_EE.pem" }, { "D1", "D1_Cert_EE.pem" },
		{ "D2", "D2_Cert_ICA.pem" }, { "D3", "D3_Cert_EE.pem" }
	};
	size_t i;

	for (i = 0; i < 6; i++)
		if (strstr(v->response, names[i][0]) != NULL)
			return names[i][1];
	bail("%s: which certificate is it about?", v->response);
}

static bool
verdict_parse(char *line, struct verdict *out)
{
	char *field[8], *at = line;
	int n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (n < 8 && at != NULL)
		field[n++] = strsep(&at, "\t");
	if (line[0] == '#' || n < 6 || strstr(field[2], ".ors") == NULL)
		return false;
	snprintf(out->response, sizeof(out->response), "%s", field[2]);
	snprintf(out->ca, sizeof(out->ca), "%s", field[3]);
	snprintf(out->untrusted, sizeof(out->untrusted), "%s", field[4]);
	out->exit = atoi(field[5]);
	return true;
}

/*
 * Upstream looks at the signature and the signer only: the answers were two
 * months old at its clock.  So what it takes is verified and stale to us at
 * that clock, and good with a skew of 90 days; what it refuses is neither.
 */
static void
test_verdict(const struct verdict *v, struct bytes der,
    const struct ocsp_query *query)
{
	struct ocsp_query at = *query;
	struct rev_answer strict, lax;
	const char *why = known_why(v);
	bool takes = why == NULL ? v->exit == 0 : true;

	strict = judge(der, &at);
	at.skew = 90 * DAY;
	lax = judge(der, &at);
	/* D2's answer ran until April 2013. */
	ok(strict.outcome == (takes && strstr(v->response, "D2.ors") ==
	    v->response ? REV_GOOD : REV_UNUSABLE),
	    "%s %s: at its clock", v->response, v->ca);
	if (!ok((lax.outcome == REV_GOOD) == takes && (takes ||
	    (!strict.stale && lax.outcome == REV_UNUSABLE)),
	    "%s %s %s: %s%s%s", v->response, v->ca, v->untrusted,
	    takes ? "verifies" : "is refused", why != NULL ? ": " : "",
	    why != NULL ? why : ""))
		diag("got: %d %s", (int)lax.outcome, lax.error.text);
}

static int
openssl_case(const struct verdict *v)
{
	struct buf der = BUF_INIT, cert = BUF_INIT, issuer = BUF_INIT;
	struct ocsp_query query = { .now = CLOCK_2012, .skew = 300 };
	const char *ca = v->untrusted[0] != '\0' ? v->untrusted : v->ca;
	char path[256];
	int rc = -1;

	snprintf(path, sizeof(path), "openssl-ocsp/der/%s", v->response);
	memcpy(path + strlen(path) - 4, ".der", 4);
	if (!file_read(&der, path))
		goto done;
	snprintf(path, sizeof(path), "openssl-ocsp/ocsp-tests/%s",
	    cert_file(v));
	if (!pem_cert_read(&cert, path))
		goto done;
	snprintf(path, sizeof(path), "openssl-ocsp/ocsp-tests/%s", ca);
	if (!pem_cert_read(&issuer, path))
		goto done;
	query.cert = buf_bytes(&cert);
	query.issuer = buf_bytes(&issuer);
	test_verdict(v, buf_bytes(&der), &query);
	rc = 0;
done:
	buf_release(&der);
	buf_release(&cert);
	buf_release(&issuer);
	return rc;
}

static void
test_openssl(void)
{
	char path[4096], line[512];
	struct verdict v;
	unsigned n = 0;
	FILE *table;

	snprintf(path, sizeof(path), "%s/openssl-ocsp/expected.tsv", folder);
	if ((table = fopen(path, "r")) == NULL) {
		skip(1, "no openssl-ocsp in MPC_CORPORA");
		return;
	}
	while (fgets(line, sizeof(line), table) != NULL) {
		if (!verdict_parse(line, &v))
			continue;
		if (openssl_case(&v) != 0)
			fail("%s: cannot be read", v.response);
		n++;
	}
	fclose(table);
	is_uint(n, 59, "verdicts");
}

struct example {
	struct buf root, cert, request, response;
	struct ocsp_query query;
};

/* RFC 9919 Appendix B: thisUpdate 2024-04-03T12:37:47Z, nextUpdate a week
 * later. */
static void
test_rfc_times(struct example *x)
{
	static const int64_t from = 1712147867;
	static const struct {
		int64_t at;
		enum rev_outcome outcome;
	} rows[] = {
		{ -1, REV_UNUSABLE }, { 0, REV_GOOD }, { 7 * 86400, REV_GOOD },
		{ 7 * 86400 + 1, REV_UNUSABLE }
	};
	struct rev_answer out;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		x->query.now = from + rows[i].at;
		out = judge(buf_bytes(&x->response), &x->query);
		if (!is_int(out.outcome, rows[i].outcome,
		    "RFC 9919 B: thisUpdate%+lld", (long long)rows[i].at))
			diag("%s", out.error.text);
		ok(!out.sha1_id && out.note == NULL, "nothing odd");
	}
}

static void
test_rfc(void)
{
	struct example x = { .query = { .skew = 0 } };
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct bytes request;

	if (!file_read(&x.root, "rfc-vectors/rfc9919-root.der") ||
	    !file_read(&x.cert, "rfc-vectors/rfc9919-ee.der") ||
	    !file_read(&x.request, "rfc-vectors/rfc9919-request.der") ||
	    !file_read(&x.response, "rfc-vectors/rfc9919-response.der")) {
		skip(1, "no rfc-vectors in MPC_CORPORA");
	} else {
		x.query.cert = buf_bytes(&x.cert);
		x.query.issuer = buf_bytes(&x.root);
		test_rfc_times(&x);
		is_int(ocsp_request(arena, &x.query, OCSP_SHA256, &request,
		    &err), 0, "RFC 9919 B.1: a request");
		ok(bytes_eq(request, buf_bytes(&x.request)),
		    "RFC 9919 B.1: octet by octet");
	}
	buf_release(&x.root);
	buf_release(&x.cert);
	buf_release(&x.request);
	buf_release(&x.response);
	arena_free(arena);
}

/*
 * pyca's answers.  The CAs of the real ones are not there, so the CA at hand
 * is never the right one: no answer may count.  What we say first tells
 * that the property in the file's name was seen.
 */
static const struct pyca_row {
	const char *file, *text;
} pyca[] = {
	{ "resp-unauthorized.der", "unauthorized" },
	{ "resp-unknown-response-status.der", "responseStatus 7" },
	{ "resp-successful-no-response-bytes.der", "no answer" },
	{ "resp-response-type-unknown-oid.der", "unknown type" },
	{ "resp-invalid-signature-oid.der", "another certificate" },
	{ "resp-delegate-unknown-cert.der", "another certificate" },
	{ "resp-responder-key-hash.der", "another certificate" },
	{ "resp-revoked.der", "another certificate" },
	{ "resp-revoked-reason.der", "another certificate" },
	{ "resp-revoked-no-next-update.der", "another certificate" },
	{ "resp-sct-extension.der", "another certificate" },
	{ "resp-sha256.der", "another certificate" },
	{ "resp-single-extension-reason.der", "another certificate" },
	{ "resp-unknown-extension.der", "another certificate" },
	{ "resp-unknown-hash-alg.der", "another certificate" },
	{ "ocsp-army.deps.mil-resp.der", "another certificate" },
	{ "req-sha1.der", "outline" },
	{ "req-multi-sha1.der", "outline" },
	{ "req-ext-nonce.der", "outline" },
};

static void
test_pyca_row(const struct pyca_row *row, struct ocsp_query *query)
{
	struct buf der = BUF_INIT;
	struct rev_answer out;
	char path[256];

	snprintf(path, sizeof(path), "pyca-vectors/ocsp/%s", row->file);
	if (!file_read(&der, path)) {
		skip(1, "no %s in MPC_CORPORA", path);
		return;
	}
	out = judge(buf_bytes(&der), query);
	if (!ok(out.outcome == REV_UNUSABLE &&
	    strstr(out.error.text, row->text) != NULL, "pyca: %s",
	    row->file))
		diag("got: %d %s", (int)out.outcome, out.error.text);
	buf_release(&der);
}

/* Two answers are about the serial number 3F20 of a CA that is there, but
 * signed by keys of pyca's own: a certificate of that number, made here. */
static void
test_pyca_forged(void)
{
	static const struct {
		const char *file;
		int64_t at;
	} rows[] = {
		{ "resp-revoked-no-next-update.der", 1540340934 },
		{ "resp-single-extension-reason.der", 1573446469 },
	};
	struct buf ca = BUF_INIT, der = BUF_INIT;
	struct ocsp_query query = { .skew = 300 };
	struct made issuer = { .key = NULL }, leaf;
	struct cert_spec spec = { .cn = "leaf", .serial = 0x3f20 };
	const unsigned char *p;
	struct rev_answer out;
	char path[256];
	size_t i;

	if (!pem_cert_read(&ca, "pyca-vectors/rapidssl_sha256_ca_g3.pem")) {
		skip(1, "no pyca-vectors in MPC_CORPORA");
		return;
	}
	p = (const unsigned char *)ca.data;
	issuer.cert = d2i_X509(NULL, &p, (long)ca.len);
	spec.key = spec.sign = EVP_EC_gen("P-256");
	spec.issuer = &issuer;
	leaf = make_cert(&spec);
	query.cert = leaf.der;
	query.issuer = buf_bytes(&ca);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(path, sizeof(path), "pyca-vectors/ocsp/%s",
		    rows[i].file);
		query.now = rows[i].at;
		if (!file_read(&der, path))
			bail("%s: cannot be read", path);
		out = judge(buf_bytes(&der), &query);
		if (!ok(out.outcome == REV_UNUSABLE && !out.stale &&
		    strstr(out.error.text, "neither the CA") != NULL,
		    "pyca: %s is forged", rows[i].file))
			diag("got: %d %s", (int)out.outcome, out.error.text);
	}
	made_release(&leaf);
	EVP_PKEY_free(spec.key);
	X509_free(issuer.cert);
	buf_release(&ca);
	buf_release(&der);
}

static void
test_pyca(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct cert_spec spec = { .cn = "CA", .key = key };
	struct made ca = make_cert(&spec);
	struct ocsp_query query = { .cert = ca.der, .issuer = ca.der,
		.now = 1535803200, .skew = 300 };
	size_t i;

	for (i = 0; i < sizeof(pyca) / sizeof(pyca[0]); i++)
		test_pyca_row(&pyca[i], &query);
	made_release(&ca);
	EVP_PKEY_free(key);
	test_pyca_forged();
}

int
main(void)
{
	folder = getenv("MPC_CORPORA");
	if (folder == NULL)
		skip_all("no corpora: set MPC_CORPORA");
	test_openssl();
	test_rfc();
	test_pyca();
	return tap_done();
}
