/* SPDX-License-Identifier: ISC */
/* What a CRL says about a certificate (RFC 5280 6.3.3). */
#include "pki/crl_judge.h"

#include "pki/cert.h"
#include "pki/crl_private.h"
#include "pki/name.h"

#define KEY_USAGE_CRL_SIGN 6
#define REASON_CODE_REMOVE 8
#define TAG_POINT_NAME 0xa0	/* DistributionPoint.distributionPoint */
#define TAG_POINT_REASONS 0x81
#define TAG_POINT_ISSUER 0xa2
#define TAG_FULL_NAME 0xa0
#define TAG_URI 0x86

/* Calls fn for the fields of a DistributionPoint: 0, or -1 malformed. */
static int
point_field(struct bytes point, uint8_t tag, struct bytes *out)
{
	struct der der = der_in(point);
	struct tlv tlv;
	int rc;

	*out = bytes_of(NULL, 0);
	while ((rc = der_next(&der, &tlv)) == 1)
		if (tlv.tag == tag) {
			*out = tlv.value;
			return 0;
		}
	return rc;
}

/* The GeneralNames of fullName, or empty. */
static struct bytes
point_full_name(struct bytes point)
{
	struct bytes name;
	struct der der;
	struct tlv tlv;

	if (point_field(point, TAG_POINT_NAME, &name) != 0)
		return bytes_of(NULL, 0);
	der = der_in(name);
	if (der_next(&der, &tlv) != 1 || tlv.tag != TAG_FULL_NAME)
		return bytes_of(NULL, 0);
	return tlv.value;
}

static void
point_read(struct bytes point, struct crl_point *out)
{
	struct bytes field;
	struct der der = der_in(point_full_name(point));
	struct tlv tlv;

	out->point = point;
	out->has_reasons = point_field(point, TAG_POINT_REASONS,
	    &field) == 0 && field.len > 0;
	out->has_issuer = point_field(point, TAG_POINT_ISSUER,
	    &field) == 0 && field.len > 0;
	out->relative = point_field(point, TAG_POINT_NAME, &field) == 0 &&
	    field.len > 0 && der.rest.len == 0;
	while (der_next(&der, &tlv) == 1)
		if (tlv.tag == TAG_URI && tlv.value.len > 0 && out->n_urls <
		    sizeof(out->urls) / sizeof(out->urls[0]))
			out->urls[out->n_urls++] = tlv.value;
}

int
crl_points_read(struct bytes value, struct crl_point *out, size_t max)
{
	struct der der = der_in(value);
	struct tlv tlv;
	size_t n = 0;
	int rc;

	if (value.len == 0)
		return 0;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	der = der_in(tlv.value);
	while ((rc = der_next(&der, &tlv)) == 1 && n < max) {
		if (tlv.tag != TAG_SEQUENCE)
			return -1;
		out[n] = (struct crl_point){ .n_urls = 0 };
		point_read(tlv.value, &out[n++]);
	}
	return rc < 0 ? -1 : (int)n;
}

/* Do scope and distribution point share a name (RFC 5280 6.3.3 (b)(2)(i))? */
static bool
names_shared(const struct crl_scope *scope, struct bytes point)
{
	struct der der = der_in(point_full_name(point));
	struct tlv tlv;
	size_t i;

	/* A point without a name stands for its cRLIssuer's. */
	if (der.rest.len == 0 && point_field(point, TAG_POINT_ISSUER,
	    &der.rest) != 0)
		return false;
	while (der_next(&der, &tlv) == 1)
		for (i = 0; i < scope->n_names; i++)
			if (bytes_eq(scope->names[i], tlv.whole))
				return true;
	return false;
}

static bool
any_name_shared(const struct crl_scope *scope,
    const struct crl_subject *subject)
{
	struct crl_point points[16];
	int n, i;

	if (subject->point.len > 0)
		return names_shared(scope, subject->point);
	/* Given by hand: one of those that the certificate names. */
	n = crl_points_read(subject->cert->crl_points, points, 16);
	for (i = 0; i < n; i++)
		if (names_shared(scope, points[i].point))
			return true;
	return false;
}

/* NULL, or why the list does not cover the certificate. */
static const char *
outside_scope(const struct crl_facts *facts,
    const struct crl_subject *subject)
{
	const struct crl_scope *scope = &facts->scope;

	if (facts->is_delta)
		return "is a delta list, which needs its base";
	if (!scope->present)
		return NULL;
	if (scope->attribute_only)
		return "covers attribute certificates only";
	if (scope->user_only && subject->cert->is_ca)
		return "covers no CA certificates";
	if (scope->ca_only && !subject->cert->is_ca)
		return "covers CA certificates only";
	if (scope->relative_name)
		return "has a scope of a kind that is not supported";
	if (scope->n_names > 0 && !any_name_shared(scope, subject))
		return "is another part of the CA's lists than the "
		    "certificate's";
	return NULL;
}

/* The cRLIssuer of the point, for indirect lists. */
static bool
named_as_issuer(const struct crl_facts *facts, struct bytes point)
{
	struct bytes names;
	struct der der;
	struct tlv tlv;

	if (point_field(point, TAG_POINT_ISSUER, &names) != 0)
		return false;
	der = der_in(names);
	while (der_next(&der, &tlv) == 1)
		if (tlv.tag == 0xa4 && name_equal(tlv.value, facts->issuer))
			return true;
	return false;
}

static const char *
wrong_issuer(const struct crl_facts *facts,
    const struct crl_subject *subject)
{
	struct bytes field;
	bool has_issuer = subject->point.len > 0 && point_field(
	    subject->point, TAG_POINT_ISSUER, &field) == 0 && field.len > 0;

	if (has_issuer && facts->scope.indirect)
		return named_as_issuer(facts, subject->point) ? NULL :
		    "is of another CA than the certificate names";
	return name_equal(facts->issuer, subject->cert->issuer_der) ? NULL :
	    "is of another CA";
}

/* May that certificate have signed the list, by what is written in both? */
static bool
may_sign(const struct crl_facts *facts, const struct cert_facts *signer)
{
	if (!name_equal(facts->issuer, signer->subject_der))
		return false;
	if (facts->aki.len > 0 && signer->ski.len > 0 &&
	    !bytes_eq(facts->aki, signer->ski))
		return false;
	return !signer->has_key_usage ||
	    (signer->key_usage & 1U << KEY_USAGE_CRL_SIGN) != 0;
}

static int
signed_by(struct arena *arena, struct crl_reader *reader,
    const struct crl_facts *facts, struct bytes signer, struct bytes message,
    struct err *err)
{
	struct cert_facts cert;

	if (cert_facts_read(arena, signer, &cert, err) != 0)
		return -1;
	if (!may_sign(facts, &cert))
		return err_set(err, ERR_SYNTAX, "the CRL is signed by "
		    "another key than the issuer's");
	return crl_verify(reader, signer, message, err);
}

static int
verify(struct arena *arena, struct crl_reader *reader,
    const struct crl_facts *facts, const struct crl_subject *subject,
    struct bytes message, struct err *err)
{
	struct err other = ERR_INIT;
	size_t i;

	if (signed_by(arena, reader, facts, subject->issuer, message,
	    err) == 0)
		return 0;
	for (i = 0; i < subject->n_others; i++)
		if (signed_by(arena, reader, facts, subject->others[i],
		    message, &other) == 0) {
			err_clear(err);
			return 0;
		}
	return -1;
}

/* NULL, or why the list is not of now. */
static const char *
out_of_time(const struct crl_facts *facts,
    const struct crl_subject *subject, bool *stale)
{
	*stale = false;
	if (facts->this_update > subject->now + subject->skew)
		return "is from the future";
	if (facts->has_next_update &&
	    facts->next_update < facts->this_update)
		return "ends before it begins";
	*stale = true;
	if (facts->has_next_update &&
	    facts->next_update < subject->now - subject->skew)
		return "is past its nextUpdate";
	if (!facts->has_next_update && subject->max_age == 0)
		return "has no nextUpdate (--max-age would limit its age)";
	if (subject->max_age > 0 &&
	    facts->this_update < subject->now - subject->max_age)
		return "is older than --max-age allows";
	*stale = false;
	return NULL;
}

static void
copy_facts(struct arena *arena, const struct crl_facts *facts,
    struct rev_answer *out)
{
	out->has_this_update = true;
	out->this_update = facts->this_update;
	out->has_next_update = facts->has_next_update;
	out->next_update = facts->next_update;
	out->entries = facts->entries;
	out->size = facts->size;
	out->number = arena_bytes(arena, facts->number);
	out->note = facts->sloppy;
}

static void
copy_entry(const struct crl_query *query, struct rev_answer *out)
{
	out->reason = (enum rev_reason)query->reason;
	out->has_revoked_at = query->has_date;
	out->revoked_at = query->date;
	out->has_invalidity = query->has_invalidity;
	out->invalidity = query->invalidity;
}

static const char *
not_understood(const struct crl_facts *facts)
{
	if (facts->unknown_critical)
		return "has a critical extension that is not known";
	if (facts->unknown_entry_critical)
		return "has an entry with a critical extension that is not "
		    "known";
	return NULL;
}

static void
decide(const struct crl_facts *facts, const struct crl_query *query,
    const struct crl_subject *subject, struct rev_answer *out,
    struct err *err)
{
	const char *late = out_of_time(facts, subject, &out->stale);
	const char *why = outside_scope(facts, subject);

	if (why == NULL)
		why = not_understood(facts);
	/* From the future or upside down: not to be believed at all. */
	if (why == NULL && late != NULL && !out->stale)
		why = late;
	if (why == NULL && query->listed &&
	    query->reason == REASON_CODE_REMOVE)
		why = "lists the certificate as removed, which only a delta "
		    "list may";
	if (why == NULL && query->listed) {
		out->outcome = REV_REVOKED;
		copy_entry(query, out);
		return;
	}
	if (why == NULL)
		why = late;
	if (why == NULL && facts->scope.some_reasons)
		why = "covers only some reasons";
	if (why == NULL) {
		out->outcome = REV_GOOD;
		return;
	}
	err_set(err, ERR_SYNTAX, "the CRL %s%s", why, query->listed ?
	    " (but it lists the certificate)" : "");
}

int
crl_judge(struct arena *arena, struct crl_reader *reader,
    const struct crl_facts *facts, const struct crl_query *query,
    const struct crl_subject *subject, struct bytes message,
    struct rev_answer *out, struct err *err)
{
	const char *why = wrong_issuer(facts, subject);

	out->outcome = REV_UNUSABLE;
	copy_facts(arena, facts, out);
	if (why != NULL) {
		err_set(err, ERR_SYNTAX, "the CRL %s", why);
		return 0;
	}
	if (verify(arena, reader, facts, subject, message, err) != 0)
		return err->kind == ERR_NOMEM ? -1 : 0;
	decide(facts, query, subject, out, err);
	return 0;
}
