/* SPDX-License-Identifier: ISC */
/*
 * Judges OCSP answers (RFC 6960 3.2, RFC 9919 4 and 5).  The order: is it an
 * answer, is it about our certificate, who signed it, is it of now.
 */
#include <stdio.h>

#include "base/clock.h"
#include "pki/ocsp_private.h"
#include "pki/ossl.h"

/* How much a SingleResponse about our certificate counts: the highest one
 * decides.  A claim of revocation that cannot be used leaves none good. */
enum rank {
	RANK_NONE,
	RANK_UNUSABLE,
	RANK_GOOD,
	RANK_UNKNOWN,
	RANK_REVOKED_UNUSABLE,
	RANK_REVOKED_STALE,
	RANK_REVOKED
};

struct verdict {
	enum rank rank;
	struct ocsp_single single;
	struct ocsp_extensions extensions;
	struct err why;			/* of the unusable */
	bool stale;
	bool no_next_update;
	bool sha1_only;			/* no match by another hash */
};

/* responseStatus (RFC 6960 4.2.1). */
static const struct status_row {
	enum err_kind kind;
	const char *text;
} statuses[] = {
	[1] = { ERR_UNSUPPORTED, "malformedRequest: the responder cannot "
	    "read the question" },
	[2] = { ERR_CONNECT, "internalError: the responder is out of order" },
	[3] = { ERR_CONNECT, "tryLater: the responder is busy" },
	[5] = { ERR_UNSUPPORTED, "sigRequired: the responder wants signed "
	    "requests" },
	[6] = { ERR_UNSUPPORTED, "unauthorized: the responder does not "
	    "answer for this certificate" },
};

#define N_STATUSES (sizeof(statuses) / sizeof(statuses[0]))

static int
status_error(unsigned status, struct err *err)
{
	if (status < N_STATUSES && statuses[status].text != NULL)
		return err_set(err, statuses[status].kind, "%s",
		    statuses[status].text);
	return err_set(err, ERR_SYNTAX, "responseStatus %u does not exist",
	    status);
}

static int
bad(struct err *err, const char *what)
{
	return err_set(err, ERR_SYNTAX, "not a valid OCSP response: %s",
	    what);
}

/* From the outside to the BasicOCSPResponse. */
static int
unwrap(struct bytes response, struct ocsp_basic *basic, struct err *err)
{
	static const uint8_t basic_oid[] = { 0x2b, 6, 1, 5, 5, 7, 0x30, 1,
		1 };
	struct bytes bytes, type, inner;
	unsigned status;
	bool has_bytes;

	if (response.len > OCSP_RESPONSE_MAX)
		return err_set(err, ERR_LIMIT, "the OCSP response is longer "
		    "than %d octets", OCSP_RESPONSE_MAX);
	if (ocsp_parse_response(response, &status, &has_bytes, &bytes) != 0)
		return bad(err, "its outline");
	if (status != 0)
		return status_error(status, err);
	if (!has_bytes)
		return bad(err, "successful, but there is no answer in it");
	if (ocsp_parse_bytes(bytes, &type, &inner) != 0)
		return bad(err, "its outline");
	if (!bytes_eq(type, bytes_of(basic_oid, sizeof(basic_oid))))
		return err_set(err, ERR_UNSUPPORTED,
		    "an OCSP response of an unknown type");
	if (ocsp_parse_basic(inner, basic) != 0)
		return bad(err, "its answer is malformed");
	return 0;
}

/* "thing 2026-12-01T10:00:00Z" */
static int
time_error(struct err *err, const char *what, int64_t at)
{
	struct buf text = BUF_INIT;

	clock_format(&text, at);
	err_set(err, ERR_SYNTAX, "%s %s", what, buf_text(&text));
	buf_release(&text);
	return -1;
}

/* RFC 6960 4.2.2.1, RFC 9919 4.2: 0 of now; 1 was right once (why says);
 * -1 never was. */
static int
judge_times(const struct ocsp_query *query, const struct ocsp_single *single,
    struct err *why)
{
	if (single->this_update > query->now + query->skew)
		return time_error(why, "the answer is not valid before",
		    single->this_update);
	if (single->has_next_update &&
	    single->next_update < single->this_update)
		return time_error(why, "the answer ends before it begins, at",
		    single->next_update);
	if (single->has_next_update &&
	    single->next_update < query->now - query->skew)
		time_error(why, "stale: nextUpdate was",
		    single->next_update);
	else if (query->max_age > 0 &&
	    query->now - single->this_update > query->max_age)
		time_error(why, "stale: older than the maximum age, of",
		    single->this_update);
	else if (!single->has_next_update && query->max_age <= 0)
		err_set(why, ERR_SYNTAX, "no nextUpdate, which RFC 9919 "
		    "demands, and no maximum age is set to judge it by");
	else
		return 0;
	return 1;
}

static enum rank
rank_of(enum rev_outcome status, int times)
{
	if (status == REV_REVOKED)
		return times == 0 ? RANK_REVOKED : times == 1 ?
		    RANK_REVOKED_STALE : RANK_REVOKED_UNUSABLE;
	if (times != 0)
		return RANK_UNUSABLE;
	return status == REV_GOOD ? RANK_GOOD : RANK_UNKNOWN;
}

/* A SingleResponse about our certificate. */
static int
consider(const struct ocsp_query *query, const struct ocsp_single *single,
    struct verdict *verdict, struct err *err)
{
	struct ocsp_extensions extensions;
	struct err why = ERR_INIT;
	enum rank rank;
	int times;

	if (ocsp_ext_read(single->extensions, true, &extensions, err) != 0)
		return -1;
	times = judge_times(query, single, &why);
	rank = rank_of(single->status, times);
	if (rank <= verdict->rank)
		return 0;
	verdict->rank = rank;
	verdict->single = *single;
	verdict->extensions = extensions;
	verdict->why = why;
	verdict->stale = times == 1;
	return 0;
}

/* All of them: a "good" in front of a "revoked" must not hide it. */
static int
find_verdict(const struct ocsp_reading *reading, struct verdict *verdict,
    struct err *err)
{
	struct der singles = der_in(reading->basic.singles);
	struct ocsp_subject subject;
	struct ocsp_single single;
	bool sha1;
	int rc;

	if (ocsp_id_subject(reading->query, &subject, err) != 0)
		return -1;
	verdict->sha1_only = true;
	while ((rc = ocsp_parse_single(&singles, &single)) == 1) {
		if (!ocsp_id_matches(&subject, &single, &sha1))
			continue;
		if (!sha1)
			verdict->sha1_only = false;
		if (consider(reading->query, &single, verdict, err) != 0)
			return -1;
	}
	if (rc != 0)
		return bad(err, "one of its answers is malformed");
	return verdict->rank != RANK_NONE ? 0 : err_set(err, ERR_SYNTAX,
	    "it answers for another certificate");
}

/* RFC 9654 2.1: an OCTET STRING; old responders leave its header out. */
static bool
nonce_matches(struct bytes sent, struct bytes got)
{
	struct der der = der_in(got);
	struct tlv tlv;

	if (bytes_eq(sent, got))
		return true;
	return der_expect(&der, TAG_OCTET_STRING, &tlv) == 0 &&
	    der.rest.len == 0 && bytes_eq(sent, tlv.value);
}

static int
judge_response(const struct ocsp_reading *reading,
    const struct ocsp_extensions *extensions, struct err *err)
{
	const struct ocsp_query *query = reading->query;

	if (reading->basic.produced_at > query->now + query->skew)
		return time_error(err, "the answer claims to be produced at",
		    reading->basic.produced_at);
	if (query->nonce.len > 0 && extensions->has_nonce &&
	    !nonce_matches(query->nonce, extensions->nonce))
		return err_set(err, ERR_SYNTAX, "the nonce is not the one "
		    "that was sent: perhaps an old answer replayed");
	return 0;
}

/* The most important of what is odd but no reason to refuse. */
static const char *
note_of(const struct ocsp_reading *reading, const struct verdict *verdict,
    const struct ocsp_extensions *extensions)
{
	const struct ocsp_single *single = &verdict->single;

	/* RFC 6960 2.2 */
	if (single->status == REV_REVOKED && extensions->extended_revoke &&
	    single->reason == REASON_HOLD && single->revoked_at == 0)
		return "the responder says that no certificate with this "
		    "serial number was ever issued";
	if (!single->has_next_update)
		return "the answer has no nextUpdate, which RFC 9919 demands";
	if (reading->sha1_signed)
		return "the answer is signed with SHA-1";
	if (reading->query->nonce.len > 0 && !extensions->has_nonce)
		return "the responder left out the nonce";
	if (reading->delegated && !reading->nocheck)
		return "the responder's own certificate has no nocheck and "
		    "was not checked for revocation";
	return NULL;
}

static void
publish(const struct ocsp_reading *reading, const struct verdict *verdict,
    struct rev_answer *out)
{
	const struct ocsp_single *single = &verdict->single;

	out->stale = verdict->stale;
	out->has_this_update = out->has_produced_at = true;
	out->this_update = single->this_update;
	out->produced_at = reading->basic.produced_at;
	out->has_next_update = single->has_next_update;
	out->next_update = single->next_update;
	out->sha1_id = verdict->sha1_only;
	if (verdict->rank < RANK_REVOKED_STALE)
		return;
	out->has_revoked_at = true;
	out->revoked_at = single->revoked_at;
	out->reason = single->reason != REASON_NONE ? single->reason :
	    verdict->extensions.reason;
	out->has_invalidity = verdict->extensions.has_invalidity;
	out->invalidity = verdict->extensions.invalidity;
}

static int
judge(struct ocsp_reading *reading, struct bytes response,
    struct rev_answer *out, struct err *err)
{
	struct verdict verdict = { .rank = RANK_NONE };
	struct ocsp_extensions extensions;

	if (unwrap(response, &reading->basic, err) != 0 ||
	    find_verdict(reading, &verdict, err) != 0 ||
	    ocsp_ext_read(reading->basic.extensions, false, &extensions,
	    err) != 0)
		return -1;
	if (der_cert_scan(reading->query->issuer, &reading->issuer) != 0)
		return bad(err, "no issuer");
	if (ocsp_signer_verify(reading, err) != 0 ||
	    judge_response(reading, &extensions, err) != 0)
		return -1;
	publish(reading, &verdict, out);
	out->note = note_of(reading, &verdict, &extensions);
	if (verdict.rank == RANK_UNUSABLE ||
	    verdict.rank == RANK_REVOKED_UNUSABLE) {
		*err = verdict.why;
		return -1;
	}
	out->outcome = verdict.single.status;
	return 0;
}

static void
answer_reset(struct rev_answer *out)
{
	out->outcome = REV_UNUSABLE;
	err_clear(&out->error);
	out->stale = out->sha1_id = false;
	out->reason = REASON_NONE;
	out->has_revoked_at = out->has_invalidity = false;
	out->has_this_update = out->has_next_update = false;
	out->has_produced_at = false;
	out->note = NULL;
}

int
ocsp_read(struct arena *arena, struct bytes response,
    const struct ocsp_query *query, struct rev_answer *out, struct err *err)
{
	struct ocsp_reading reading = { .arena = arena, .query = query };
	struct err why = ERR_INIT;
	int rc;

	answer_reset(out);
	rc = judge(&reading, response, out, &why);
	if (ossl_starved(&why) != 0)
		rc = -1;
	if (rc == 0)
		return 0;
	out->outcome = REV_UNUSABLE;
	if (why.kind == ERR_NOMEM)
		return err_nomem(err);
	out->error = why;
	return 0;
}
