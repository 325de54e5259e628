/* SPDX-License-Identifier: ISC */
/*
 * OCSP answers, requests and weak keys.  The input: two octets with the
 * length of the certificate, the certificate, the same for its issuer, one
 * octet of options, the answer.  A verdict has its times, what is unusable
 * has its reason, and a request can be made of whatever can be judged.
 */

#include "pki/der_scan.h"
#include "pki/ocsp.h"
#include "pki/weakkey.h"
#include "fuzz.h"

#define NOW INT64_C(1800000000)
#define WITH_NONCE 1
#define WITH_AGE 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes
take(struct bytes *in)
{
	struct bytes out = bytes_of(NULL, 0);
	size_t len;

	if (in->len < 2)
		return out;
	len = (size_t)in->data[0] << 8 | in->data[1];
	if (len > in->len - 2)
		len = in->len - 2;
	out = bytes_of(in->data + 2, len);
	*in = bytes_of(in->data + 2 + len, in->len - 2 - len);
	return out;
}

static void
check_answer(const struct rev_answer *out, const struct ocsp_query *query)
{
	must(out->outcome == REV_GOOD || out->outcome == REV_REVOKED ||
	    out->outcome == REV_UNKNOWN || out->outcome == REV_UNUSABLE);
	must((out->outcome == REV_UNUSABLE) ==
	    (out->error.kind != ERR_NONE));
	must((out->error.kind == ERR_NONE) == (out->error.text[0] == '\0'));
	must(out->has_revoked_at == (out->outcome == REV_REVOKED));
	if (out->outcome == REV_UNUSABLE)
		return;
	must(out->has_this_update && out->has_produced_at);
	must(out->this_update <= query->now + query->skew);
	must(out->stale ? out->outcome == REV_REVOKED :
	    !out->has_next_update ||
	    out->next_update >= query->now - query->skew);
}

static void
check_request(struct arena *arena, const struct ocsp_query *query,
    bool judged)
{
	struct bytes request = bytes_of(NULL, 0);
	struct err err = ERR_INIT;
	const char *url;
	int rc = ocsp_request(arena, query, OCSP_SHA256, &request, &err);

	must(rc == 0 || err.kind != ERR_NONE);
	must(rc == 0 || !judged || err.kind == ERR_LIMIT);
	if (rc != 0)
		return;
	url = ocsp_get_url(arena, "http://ocsp.example/", request);
	must(url == NULL || strlen(url) <= 255);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nonce[OCSP_NONCE_SIZE] = { 1, 2, 3, 4 };
	struct bytes in = bytes_of(data, size);
	struct ocsp_query query = { .now = NOW, .skew = 300 };
	struct rev_answer out = { .outcome = REV_GOOD };
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct der_cert cert;

	query.cert = take(&in);
	query.issuer = take(&in);
	if (in.len > 0 && (in.data[0] & WITH_NONCE) != 0)
		query.nonce = bytes_of(nonce, sizeof(nonce));
	if (in.len > 0 && (in.data[0] & WITH_AGE) != 0)
		query.max_age = 86400;
	if (in.len > 0)
		in = bytes_of(in.data + 1, in.len - 1);
	must(arena != NULL);
	must(ocsp_read(arena, in, &query, &out, &err) == 0);
	check_answer(&out, &query);
	check_request(arena, &query, out.outcome != REV_UNUSABLE);
	if (der_cert_scan(query.issuer, &cert) == 0)
		weakkey_check(cert.spki);
	arena_free(arena);
	return 0;
}
