/* SPDX-License-Identifier: ISC */
/*
 * OCSP answers judged, one fault or freedom per row, at an injected time.
 * Where the plain OpenSSL calls are wrong, a row says what they say, so that
 * the test would fail with them (see plain() below).
 */
#include "pki/ocsp.h"

#include <openssl/ocsp.h>

#include "ocsp_scenes.h"

/* What plain() says; WRONG values are those that a row may show. */
enum plain {
	PLAIN_ANY,		/* not looked at */
	PLAIN_GOOD,
	PLAIN_REVOKED,
	PLAIN_NOT_FOUND,	/* verified, but about nothing of ours */
	PLAIN_REFUSED
};

static const struct row {
	const char *name;
	void (*tweak)(struct scene *);
	enum rev_outcome outcome;
	bool stale;
	const char *text;	/* in the error, or in the note */
	enum plain plain;
} rows[] = {
#define G REV_GOOD
#define R REV_REVOKED
#define N REV_UNKNOWN
#define U REV_UNUSABLE
	{ "good", t_none, G, false, NULL, PLAIN_GOOD },
	{ "revoked", t_revoked, R, false, NULL, PLAIN_REVOKED },
	{ "revoked, no reason", t_revoked_bare, R, false, NULL, PLAIN_ANY },
	{ "unknown", t_unknown, N, false, NULL, PLAIN_ANY },
	{ "no SingleResponse", t_empty, U, false, "another certificate",
	    PLAIN_ANY },
	{ "malformedRequest", t_malformed, U, false, "malformedRequest",
	    PLAIN_REFUSED },
	{ "internalError", t_internal, U, false, "internalError",
	    PLAIN_REFUSED },
	{ "tryLater", t_later, U, false, "tryLater", PLAIN_REFUSED },
	{ "sigRequired", t_sig, U, false, "sigRequired", PLAIN_REFUSED },
	{ "unauthorized", t_unauthorized, U, false, "unauthorized",
	    PLAIN_REFUSED },
	{ "a status that does not exist", t_status7, U, false, "7",
	    PLAIN_REFUSED },
	{ "TRAP: tryLater with a good answer in it", t_later_good, U, false,
	    "tryLater", PLAIN_GOOD },
	{ "successful without an answer", t_no_bytes, U, false, "no answer",
	    PLAIN_REFUSED },
	{ "another response type", t_type, U, false, "unknown type",
	    PLAIN_REFUSED },
	{ "TRAP: good, then revoked", t_good_revoked, R, false, NULL,
	    PLAIN_GOOD },
	{ "revoked, then good", t_revoked_good, R, false, NULL,
	    PLAIN_REVOKED },
	{ "TRAP: good, then unknown", t_good_unknown, N, false, NULL,
	    PLAIN_GOOD },
	{ "unknown, then good", t_unknown_good, N, false, NULL, PLAIN_ANY },
	{ "unknown, then revoked", t_unknown_revoked, R, false, NULL,
	    PLAIN_ANY },
	{ "another one revoked, ours good", t_other_first, G, false, NULL,
	    PLAIN_GOOD },
	{ "ours good, another one revoked", t_good_other, G, false, NULL,
	    PLAIN_GOOD },
	{ "TRAP: good by SHA-256, revoked by SHA-384", t_other_hash, R,
	    false, NULL, PLAIN_GOOD },
	{ "TRAP: good, revoked but stale", t_good_stale_revoked, R, true,
	    NULL, PLAIN_GOOD },
	{ "TRAP: good, revoked from a time to come", t_good_future_revoked,
	    U, false, "not valid before", PLAIN_GOOD },
	{ "stale good, fresh good", t_stale_fresh, G, false, NULL,
	    PLAIN_ANY },
	{ "SHA-1 CertID", t_sha1_id, G, false, NULL, PLAIN_NOT_FOUND },
	{ "SHA-384 CertID", t_sha384_id, G, false, NULL, PLAIN_NOT_FOUND },
	{ "SHA-512 CertID", t_sha512_id, G, false, NULL, PLAIN_NOT_FOUND },
	{ "MD5 CertID", t_md5_id, U, false, "another certificate",
	    PLAIN_ANY },
	{ "hash without parameters", t_absent, G, false, NULL, PLAIN_ANY },
	{ "another serial number", t_other_serial, U, false,
	    "another certificate", PLAIN_NOT_FOUND },
	{ "another issuer's name", t_other_name, U, false,
	    "another certificate", PLAIN_ANY },
	{ "another issuer's key", t_other_key, U, false,
	    "another certificate", PLAIN_ANY },
	{ "a CA that is not the issuer", t_not_issuer, U, false,
	    "not the one of the certificate's issuer", PLAIN_ANY },
	{ "no issuer", t_no_issuer, U, false, "cannot be read", PLAIN_ANY },
	{ "CA by key", t_by_key, G, false, NULL, PLAIN_GOOD },
	{ "RSA CA", t_rsa, G, false, NULL, PLAIN_GOOD },
	{ "Ed25519 CA", t_ed, G, false, NULL, PLAIN_GOOD },
	{ "TRAP: signed with MD5", t_rsa_md5, U, false, "can be forged",
	    PLAIN_GOOD },
	{ "signed with SHA-1", t_rsa_sha1, G, false, "signed with SHA-1",
	    PLAIN_GOOD },
	{ "signature tampered with", t_tamper, U, false, "does not verify",
	    PLAIN_REFUSED },
	{ "forged by another key", t_forged, U, false, "does not verify",
	    PLAIN_REFUSED },
	{ "forged by a CA of the same name", t_forged_cert, U, false,
	    "OCSP signing", PLAIN_REFUSED },
	{ "CA's key, another name", t_other_id, U, false, "neither",
	    PLAIN_REFUSED },
	{ "CA's key, another key hash", t_other_id_key, U, false, "neither",
	    PLAIN_REFUSED },
	{ "delegate", t_delegate, G, false, NULL, PLAIN_GOOD },
	{ "delegate by key", t_delegate_key, G, false, NULL, PLAIN_GOOD },
	{ "delegate behind others of its name", t_delegate_second, G, false,
	    NULL, PLAIN_ANY },
	{ "delegate that did not come along", t_delegate_absent, U, false,
	    "neither", PLAIN_REFUSED },
	{ "delegate at hand", t_hand, G, false, NULL, PLAIN_REFUSED },
	{ "delegate at hand, by key", t_hand_key, G, false, NULL,
	    PLAIN_REFUSED },
	{ "delegate at hand, its namesake came along", t_hand_second, G,
	    false, NULL, PLAIN_ANY },
	{ "delegate at hand, no OCSP signing", t_hand_no_eku, U, false,
	    "OCSP signing", PLAIN_REFUSED },
	{ "delegate at hand, of another key of the CA's name",
	    t_hand_stolen, U, false, "not issued by the CA",
	    PLAIN_REFUSED },
	{ "delegate at hand, of a sub CA", t_hand_indirect, U, false,
	    "somebody else", PLAIN_REFUSED },
	{ "delegate at hand, expired", t_hand_expired, U, false, "expired",
	    PLAIN_REFUSED },
	{ "delegate at hand, signed by another key", t_hand_forged, U, false,
	    "forged or damaged", PLAIN_REFUSED },
	{ "delegate in the name of the CA", t_delegate_id, U, false,
	    "does not verify", PLAIN_REFUSED },
	{ "delegate, signed by another key", t_delegate_forged, U, false,
	    "forged or damaged", PLAIN_REFUSED },
	{ "delegate without nocheck", t_no_nocheck, G, false, "nocheck",
	    PLAIN_GOOD },
	{ "delegate for servers", t_no_eku, U, false, "OCSP signing",
	    PLAIN_REFUSED },
	{ "delegate for anything", t_any_eku, U, false, "OCSP signing",
	    PLAIN_REFUSED },
	{ "signed by the leaf", t_leaf, U, false, "cannot vouch for",
	    PLAIN_REFUSED },
	{ "TRAP: a responder about itself", t_itself, U, false, "itself",
	    PLAIN_GOOD },
	{ "TRAP: a subordinate CA as delegate", t_sub_ca, U, false,
	    "of a CA", PLAIN_GOOD },
	{ "delegate without key usage", t_no_ku, G, false, NULL,
	    PLAIN_GOOD },
	{ "TRAP: delegate whose key is for CRLs", t_crl_ku, U, false,
	    "key usage", PLAIN_GOOD },
	{ "delegate expired a second ago", t_expired, U, false, "expired",
	    PLAIN_REFUSED },
	{ "TRAP: delegate in its last second", t_at_the_end, G, false, NULL,
	    PLAIN_REFUSED },
	{ "delegate not valid yet", t_future, U, false, "not valid yet",
	    PLAIN_REFUSED },
	{ "TRAP: delegate younger than its answer", t_late, U, false,
	    "when the answer was produced", PLAIN_GOOD },
	{ "delegate's certificate signed with SHA-1", t_sha1_cert, G, false,
	    "SHA-1", PLAIN_ANY },
	{ "delegate's certificate signed with MD5", t_md5_cert, U, false,
	    "can be forged", PLAIN_ANY },
	{ "delegate with an unknown critical extension", t_odd, U, false,
	    "critical", PLAIN_REFUSED },
	{ "delegate of a subordinate CA", t_indirect, U, false,
	    "issued by somebody else", PLAIN_REFUSED },
	{ "delegate signed by another key", t_stolen, U, false,
	    "not issued by the CA", PLAIN_REFUSED },
	{ "delegate that names another CA", t_misnamed, U, false,
	    "issued by somebody else", PLAIN_REFUSED },
	{ "thisUpdate now", t_this_now, G, false, NULL, PLAIN_GOOD },
	{ "thisUpdate at the limit", t_this_skew, G, false, NULL,
	    PLAIN_GOOD },
	{ "TRAP: thisUpdate a second too late", t_this_future, U, false,
	    "not valid before 2027-01-15T08:05:01Z", PLAIN_GOOD },
	{ "nextUpdate at the limit", t_next_skew, G, false, NULL,
	    PLAIN_GOOD },
	{ "TRAP: stale by a second", t_next_past, U, true,
	    "nextUpdate was 2027-01-15T07:54:59Z", PLAIN_GOOD },
	{ "revoked, stale", t_stale_revoked, R, true, NULL, PLAIN_REVOKED },
	{ "revoked, stale and forged", t_stale_forged, U, false,
	    "does not verify", PLAIN_REFUSED },
	{ "unknown, stale", t_stale_unknown, U, true, "stale", PLAIN_ANY },
	{ "TRAP: no nextUpdate", t_no_next, U, true, "RFC 9919",
	    PLAIN_GOOD },
	{ "no nextUpdate, young enough", t_no_next_age, G, false,
	    "RFC 9919", PLAIN_GOOD },
	{ "no nextUpdate, a second too old", t_no_next_old, U, true,
	    "maximum age", PLAIN_GOOD },
	{ "no nextUpdate, revoked", t_no_next_revoked, R, true, "RFC 9919",
	    PLAIN_REVOKED },
	{ "as old as may be", t_age, G, false, NULL, PLAIN_GOOD },
	{ "a second too old", t_old, U, true, "maximum age", PLAIN_GOOD },
	{ "too old, revoked", t_old_revoked, R, true, NULL,
	    PLAIN_REVOKED },
	{ "nextUpdate before thisUpdate", t_backwards, U, false,
	    "ends before it begins", PLAIN_ANY },
	{ "valid for one instant", t_instant, G, false, NULL, PLAIN_ANY },
	{ "producedAt at the limit", t_produced_skew, G, false, NULL,
	    PLAIN_GOOD },
	{ "TRAP: producedAt in the future", t_produced_future, U, false,
	    "produced at", PLAIN_GOOD },
	{ "producedAt before thisUpdate", t_produced_before, G, false, NULL,
	    PLAIN_GOOD },
	{ "TRAP: fractions of seconds", t_fraction, U, false, "malformed",
	    PLAIN_GOOD },
	{ "an offset for a Z", t_offset, U, false, "malformed", PLAIN_ANY },
	{ "no Z", t_no_zone, U, false, "malformed", PLAIN_ANY },
	{ "TRAP: critical extension", t_critical, U, false, "critical",
	    PLAIN_GOOD },
	{ "extension", t_not_critical, G, false, NULL, PLAIN_GOOD },
	{ "TRAP: critical extension of ours", t_critical_single, U, false,
	    "critical", PLAIN_GOOD },
	{ "extension of ours", t_not_critical_single, G, false, NULL,
	    PLAIN_GOOD },
	{ "critical extension of another one", t_critical_other, G, false,
	    NULL, PLAIN_GOOD },
	{ "TRAP: critical extension of our second", t_critical_second, U,
	    false, "critical", PLAIN_GOOD },
	{ "TRAP: certificateIssuer of a CRL entry", t_indirect_single, U,
	    false, "critical", PLAIN_GOOD },
	{ "critical archive cutoff", t_cutoff, G, false, NULL, PLAIN_GOOD },
	{ "nonce", t_nonce, G, false, NULL, PLAIN_GOOD },
	{ "nonce without its own header", t_nonce_raw, G, false, NULL,
	    PLAIN_GOOD },
	{ "TRAP: another nonce", t_nonce_wrong, U, false, "nonce",
	    PLAIN_GOOD },
	{ "nonce cut short", t_nonce_short, U, false, "nonce", PLAIN_ANY },
	{ "empty nonce", t_nonce_empty, U, false, "nonce", PLAIN_ANY },
	{ "nonce left out", t_nonce_absent, G, false, "nonce", PLAIN_GOOD },
	{ "nonce that nobody asked for", t_nonce_unsolicited, G, false,
	    NULL, PLAIN_GOOD },
	{ "TRAP: two nonces", t_nonce_twice, U, false, "twice",
	    PLAIN_GOOD },
	{ "never issued", t_extended, R, false, "ever issued",
	    PLAIN_REVOKED },
	{ "reason as an extension", t_reason_ext, R, false, NULL,
	    PLAIN_REVOKED },
	{ "data behind it", t_trailing, U, false, "outline", PLAIN_ANY },
	{ "version written out", t_v1, G, false, NULL, PLAIN_GOOD },
	{ "TRAP: version 2", t_v2, U, false, "malformed", PLAIN_GOOD },
};

static enum plain
plain_status(OCSP_BASICRESP *basic, X509 *cert, X509 *issuer)
{
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha256(), cert, issuer);
	int status = -1, found, reason;

	found = OCSP_resp_find_status(basic, id, &status, &reason, NULL,
	    NULL, NULL);
	OCSP_CERTID_free(id);
	if (found != 1)
		return PLAIN_NOT_FOUND;
	return status == V_OCSP_CERTSTATUS_GOOD ? PLAIN_GOOD :
	    status == V_OCSP_CERTSTATUS_REVOKED ? PLAIN_REVOKED : PLAIN_ANY;
}

/* As programs do it: get1_basic, basic_verify anchored at the CA at the time
 * of the query, find_status. */
static enum plain
plain(struct bytes der, const struct ocsp_query *query)
{
	const unsigned char *p = der.data, *c = query->cert.data,
	    *i = query->issuer.data;
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, (long)der.len);
	X509 *cert = d2i_X509(NULL, &c, (long)query->cert.len);
	X509 *issuer = d2i_X509(NULL, &i, (long)query->issuer.len);
	OCSP_BASICRESP *basic = response == NULL ? NULL :
	    OCSP_response_get1_basic(response);
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *certs = sk_X509_new_null();
	enum plain result = PLAIN_REFUSED;

	if (issuer != NULL) {
		X509_STORE_add_cert(store, issuer);
		sk_X509_push(certs, issuer);
	}
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store),
	    (time_t)query->now);
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	if (basic != NULL && issuer != NULL &&
	    OCSP_basic_verify(basic, certs, store, 0) == 1)
		result = plain_status(basic, cert, issuer);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	sk_X509_free(certs);
	X509_STORE_free(store);
	X509_free(cert);
	X509_free(issuer);
	return result;
}

static void
test_row(const struct row *row)
{
	struct arena *arena = arena_new();
	struct rev_answer out = { .outcome = REV_GOOD, .stale = true };
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	struct bytes der;
	const char *text;
	struct scene s;
	bool right;

	scene_init(&s);
	row->tweak(&s);
	der = make_answer(&b, &s.answer);
	is_int(ocsp_read(arena, der, &s.query, &out, &err), 0, "%s",
	    row->name);
	text = out.outcome == REV_UNUSABLE ? out.error.text : out.note;
	right = out.outcome == row->outcome && out.stale == row->stale &&
	    (row->text == NULL ? out.note == NULL : text != NULL &&
	    strstr(text, row->text) != NULL);
	if (!ok(right, "%s: verdict", row->name))
		diag("got: %d%s: %s", (int)out.outcome, out.stale ?
		    " stale" : "", text == NULL ? "-" : text);
	if (row->plain != PLAIN_ANY)
		is_int(plain(der, &s.query), row->plain, "%s: OpenSSL",
		    row->name);
	buf_release(&b);
	arena_free(arena);
}


static enum rev_outcome
outcome_of(struct bytes der, const struct ocsp_query *query)
{
	struct arena *arena = arena_new();
	struct rev_answer out = { .outcome = REV_GOOD };
	struct err err = ERR_INIT;

	if (ocsp_read(arena, der, query, &out, &err) != 0)
		bail("out of memory");
	arena_free(arena);
	return out.outcome;
}

/*
 * Every octet of an answer is signed, or part of the outline that must be
 * what it is, or of the signature, or of a certificate with a signature of
 * its own.  Only a certificate that is not the responder's (at `unused`) may
 * be anything.
 */
static void
test_mutations(const char *name, void (*tweak)(struct scene *),
    const struct made *unused)
{
	static const uint8_t masks[] = { 0x01, 0x80, 0x22 };
	struct buf b = BUF_INIT;
	const uint8_t *at = NULL;
	enum rev_outcome outcome;
	size_t i, m, wrong = 0, from = 0, to = 0;
	struct bytes der;
	struct scene s;

	scene_init(&s);
	tweak(&s);
	if (unused != NULL)
		s.answer.certs[1] = unused;
	der = make_answer(&b, &s.answer);
	if (unused != NULL)
		at = memmem(der.data, der.len, unused->der.data,
		    unused->der.len);
	if (at != NULL) {
		from = (size_t)(at - der.data);
		to = from + unused->der.len;
	}
	ok(outcome_of(der, &s.query) != REV_UNUSABLE, "%s: as it is", name);
	for (i = 0; i < der.len; i++)
		for (m = 0; m < sizeof(masks); m++) {
			b.data[i] = (char)(b.data[i] ^ masks[m]);
			outcome = outcome_of(der, &s.query);
			b.data[i] = (char)(b.data[i] ^ masks[m]);
			if (outcome != REV_UNUSABLE && (i < from || i >= to)) {
				diag("octet %zu ^ %02x", i, masks[m]);
				wrong++;
			}
		}
	is_uint(wrong, 0, "%s: any octet changed, %zu in all", name, der.len);
	for (i = 0; i < der.len; i++)
		if (outcome_of(bytes_of(der.data, i), &s.query) !=
		    REV_UNUSABLE)
			break;
	is_uint(i, der.len, "%s: cut off anywhere", name);
	buf_release(&b);
}

static struct rev_answer
answer_of(void (*tweak)(struct scene *))
{
	struct arena *arena = arena_new();
	struct rev_answer out = { .method = REV_STAPLE, .url = "u",
		.response_ms = 7, .cached = true, .has_revoked_at = true };
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	struct bytes der;
	struct scene s;

	scene_init(&s);
	tweak(&s);
	der = make_answer(&b, &s.answer);
	ocsp_read(arena, der, &s.query, &out, &err);
	buf_release(&b);
	arena_free(arena);
	return out;
}

static void
test_fields(void)
{
	struct rev_answer a = answer_of(t_none);

	ok(a.method == REV_STAPLE && strcmp(a.url, "u") == 0 &&
	    a.response_ms == 7 && a.cached, "other fields stay");
	ok(!a.has_revoked_at && a.reason == REASON_NONE && !a.sha1_id,
	    "a good answer has no reason");
	ok(a.has_this_update && a.this_update == NOW - DAY &&
	    a.has_next_update && a.next_update == NOW + DAY &&
	    a.has_produced_at && a.produced_at == NOW - DAY, "times");
	is_int(a.error.kind, ERR_NONE, "no error");
	a = answer_of(t_revoked);
	ok(a.has_revoked_at && a.revoked_at == NOW - 3 * DAY &&
	    a.reason == REASON_KEY_COMPROMISE, "when and why");
	is_int(answer_of(t_revoked_bare).reason, REASON_NONE, "no reason");
	is_int(answer_of(t_reason_ext).reason, REASON_SUPERSEDED,
	    "the reason in an extension");
	is_int(answer_of(t_extended).reason, REASON_HOLD, "never issued");
	ok(answer_of(t_sha1_id).sha1_id, "by SHA-1 only");
	ok(!answer_of(t_no_next).has_next_update, "no nextUpdate");
	a = answer_of(t_stale_forged);
	ok(!a.has_revoked_at && !a.has_this_update,
	    "nothing is taken from a forged answer");
	is_int(answer_of(t_good_future_revoked).reason, REASON_NONE,
	    "nor is a reason from an unusable one");
	is_int(answer_of(t_unauthorized).error.kind, ERR_UNSUPPORTED,
	    "unauthorized");
	is_int(answer_of(t_later).error.kind, ERR_CONNECT, "tryLater");
	is_int(answer_of(t_internal).error.kind, ERR_CONNECT,
	    "internalError");
}

/* TRAP: OCSP_check_validity takes the time from the wall clock, and takes an
 * answer without an end for ever. */
static void
test_clock(void)
{
	static const int64_t then = 1000000000;
	ASN1_GENERALIZEDTIME *from = ASN1_GENERALIZEDTIME_set(NULL, then),
	    *to = ASN1_GENERALIZEDTIME_set(NULL, then + 2 * DAY);
	struct buf b = BUF_INIT;
	struct scene s;

	scene_init(&s);
	s.e->this_update = s.answer.produced_at = then;
	s.e->next_update = then + 2 * DAY;
	s.query.now = then + DAY;
	is_int(outcome_of(make_answer(&b, &s.answer), &s.query), REV_GOOD,
	    "good in 2001, asked in 2001");
	is_int(OCSP_check_validity(from, to, 300, -1), 0,
	    "TRAP: OpenSSL cannot be asked about 2001");
	s.e->next_update = 0;
	s.query.now = NOW;
	is_int(outcome_of(make_answer(&b, &s.answer), &s.query),
	    REV_UNUSABLE, "decades old, without an end");
	is_int(OCSP_check_validity(from, NULL, 300, -1), 1,
	    "TRAP: OpenSSL takes it");
	ASN1_GENERALIZEDTIME_free(from);
	ASN1_GENERALIZEDTIME_free(to);
	buf_release(&b);
}

static void
test_limits(void)
{
	static uint8_t big[OCSP_RESPONSE_MAX + 1];
	struct scene s;

	scene_init(&s);
	is_int(outcome_of(bytes_of(big, sizeof(big)), &s.query),
	    REV_UNUSABLE, "too long");
	is_int(outcome_of(bytes_of(NULL, 0), &s.query), REV_UNUSABLE,
	    "empty");
	is_int(outcome_of(bytes_str("<html><body>Please log in"), &s.query),
	    REV_UNUSABLE, "a captive portal");
}

/* The requests are OpenSSL's, octet by octet. */
static void
test_request(enum ocsp_hash hash, const EVP_MD *md, struct bytes nonce)
{
	OCSP_REQUEST *theirs = OCSP_REQUEST_new();
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	uint8_t copy[256], *der = NULL;
	struct bytes ours;
	struct scene s;
	int len;

	scene_init(&s);
	s.query.nonce = nonce;
	OCSP_request_add0_id(theirs, OCSP_cert_to_id(md, pki.leaf.cert,
	    pki.ca.cert));
	if (nonce.len > 0) {
		memcpy(copy, nonce.data, nonce.len);
		OCSP_request_add1_nonce(theirs, copy, (int)nonce.len);
	}
	len = i2d_OCSP_REQUEST(theirs, &der);
	is_int(ocsp_request(arena, &s.query, hash, &ours, &err), 0,
	    "a request");
	ok(bytes_eq(ours, bytes_of(der, (size_t)len)),
	    "%s, nonce of %zu: the same as OpenSSL's", EVP_MD_get0_name(md),
	    nonce.len);
	OPENSSL_free(der);
	OCSP_REQUEST_free(theirs);
	arena_free(arena);
}

static void
test_request_limits(void)
{
	static const uint8_t zeros[129];
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct bytes out;
	struct scene s;

	scene_init(&s);
	s.query.nonce = bytes_of(zeros, 129);
	is_int(ocsp_request(arena, &s.query, OCSP_SHA256, &out, &err), -1,
	    "a nonce of 129 octets");
	is_int(err.kind, ERR_LIMIT, "is too long");
	scene_init(&s);
	s.query.issuer = pki.foreign.der;
	is_int(ocsp_request(arena, &s.query, OCSP_SHA256, &out, &err), -1,
	    "another CA is not asked");
	arena_free(arena);
}

static void
test_url(void)
{
	static const uint8_t bits[] = { 0xfb, 0xef, 0xff, 0xff };
	struct arena *arena = arena_new();
	struct bytes request = bytes_of(bits, sizeof(bits));
	char url[300];

	is_str(ocsp_get_url(arena, "http://o.example", request),
	    "http://o.example/%2B%2B%2F%2F%2Fw%3D%3D", "base64, escaped");
	is_str(ocsp_get_url(arena, "http://o.example/x//", request),
	    "http://o.example/x/%2B%2B%2F%2F%2Fw%3D%3D", "one slash");
	ok(ocsp_get_url(arena, "http://o.example/?a=b", request) == NULL,
	    "a query is no place for it");
	memset(url, 'a', sizeof(url));
	memcpy(url, "http://", 7);
	url[255 - 23] = '\0';
	is_uint(strlen(ocsp_get_url(arena, url, request)), 255, "255 octets");
	url[255 - 23] = 'a';
	url[256 - 23] = '\0';
	ok(ocsp_get_url(arena, url, request) == NULL, "256: POST");
	url[256 - 23] = 'a';
	url[299] = '\0';
	ok(ocsp_get_url(arena, url, request) == NULL, "a long URL: POST");
	arena_free(arena);
}

static void
test_requests(void)
{
	test_request(OCSP_SHA256, EVP_sha256(), bytes_of(NULL, 0));
	test_request(OCSP_SHA1, EVP_sha1(), bytes_of(NULL, 0));
	test_request(OCSP_SHA256, EVP_sha256(), nonce32());
	test_request_limits();
	test_url();
}

int
main(void)
{
	size_t i;

	make_pki();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(&rows[i]);
	test_mutations("good", t_none, NULL);
	test_mutations("revoked", t_revoked, NULL);
	test_mutations("good by RSA", t_rsa, NULL);
	test_mutations("good by a delegate", t_delegate, &pki.foreign);
	test_fields();
	test_clock();
	test_limits();
	test_requests();
	return tap_done();
}
