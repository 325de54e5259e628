/* SPDX-License-Identifier: ISC */
/* What a CRL says about a certificate (RFC 5280 6.3.3). */
#include "pki/crl_judge.h"

#include "pki/crl_private.h"
#include "pki/crl_signer.h"
#include "pki/name.h"

#define REASON_CODE_REMOVE 8
#define POINTS_MAX 16

/* NULL, or why the list is not the one of that point. */
static const char *
not_of_point(struct arena *arena, const struct crl_facts *facts,
    const struct cert_facts *cert, const struct crl_point *point)
{
	bool own = name_equal(facts->issuer, cert->issuer_der);

	if (point->issuer.len > 0) {
		if (!crl_point_issued(point, facts->issuer) ||
		    (!own && !facts->scope.indirect))
			return "is of another CA than the certificate names";
	} else if (!own) {
		return "is of another CA";
	}
	if (facts->scope.n_names > 0 && !crl_point_shares(arena, point,
	    cert->issuer_der, &facts->scope))
		return "is another part of the CA's lists than the "
		    "certificate's";
	return NULL;
}

/* The same for a list given by hand: any point of the certificate will do,
 * and one that is named like the CA (RFC 5280 6.3.3, end).  *reasons is what
 * the point's list covers. */
static const char *
not_of_cert(struct arena *arena, const struct crl_facts *facts,
    const struct crl_subject *subject, unsigned *reasons)
{
	const struct cert_facts *cert = subject->cert;
	struct crl_point points[POINTS_MAX], assumed = { .n_urls = 0 };
	const char *why;
	int n, i;

	*reasons = CRL_REASONS_ALL;
	if (subject->point != NULL) {
		*reasons = subject->point->reasons;
		return not_of_point(arena, facts, cert, subject->point);
	}
	assumed.names = crl_point_expand(arena, cert->issuer_der,
	    bytes_of(NULL, 0));
	why = not_of_point(arena, facts, cert, &assumed);
	if (why == NULL)
		return NULL;
	n = crl_points_read(cert->crl_points, points, POINTS_MAX);
	for (i = 0; i < n; i++)
		if (not_of_point(arena, facts, cert, &points[i]) == NULL) {
			*reasons = points[i].reasons;
			return NULL;
		}
	return why;
}

/* Neither the certificate's issuer nor one that it names. */
static bool
is_foreign(const struct crl_facts *facts, const struct cert_facts *cert)
{
	struct crl_point points[POINTS_MAX];
	int n = crl_points_read(cert->crl_points, points, POINTS_MAX), i;

	if (name_equal(facts->issuer, cert->issuer_der))
		return false;
	for (i = 0; i < n; i++)
		if (crl_point_issued(&points[i], facts->issuer))
			return false;
	return true;
}

/* NULL, or why the list does not cover certificates of that kind. */
static const char *
outside_scope(const struct crl_facts *facts,
    const struct crl_subject *subject)
{
	const struct crl_scope *scope = &facts->scope;

	if (!facts->is_delta && subject->delta)
		return "is no delta list";
	if (scope->attribute_only)
		return "covers attribute certificates only";
	if (scope->user_only && subject->cert->is_ca)
		return "covers no CA certificates";
	if (scope->ca_only && !subject->cert->is_ca)
		return "covers CA certificates only";
	return NULL;
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
	if (facts->entry_issuers && !facts->scope.indirect)
		return "has entries of other CAs without being indirect";
	return NULL;
}

/* NULL, or why nothing of the list is to be believed. */
static const char *
useless(const struct crl_list *list, const struct crl_subject *subject)
{
	const char *why = outside_scope(list->facts, subject);

	if (why == NULL)
		why = not_understood(list->facts);
	if (why == NULL && !crl_serial_valid(list->query->serial))
		why = "cannot be searched for a certificate without a valid "
		    "serial number";
	if (why == NULL && list->query->listed && !list->facts->is_delta &&
	    list->query->reason == REASON_CODE_REMOVE)
		why = "lists the certificate as removed, which only a delta "
		    "list may";
	return why;
}

/* NULL, or what a list that does not revoke lacks to be good. */
static const char *
incomplete(const struct crl_list *list, const struct crl_subject *subject,
    unsigned covered)
{
	if (list->facts->is_delta && !subject->delta)
		return "is a delta list, which proves nothing without its "
		    "base";
	/* What a delta covers is its base's to say. */
	if (covered != CRL_REASONS_ALL && !subject->delta)
		return "covers only some reasons";
	return NULL;
}

static void
revoke(const struct crl_list *list, struct crl_judged *out)
{
	out->answer.outcome = REV_REVOKED;
	copy_entry(list->query, &out->answer);
	if (out->answer.reason != REASON_HOLD)
		out->reasons = 0;
}

/* Of a list that is the right one and verified; reasons holds what its point
 * covers. */
static void
decide(const struct crl_list *list, const struct crl_subject *subject,
    struct crl_judged *out)
{
	const struct crl_query *query = list->query;
	struct rev_answer *answer = &out->answer;
	const char *late = out_of_time(list->facts, subject, &answer->stale);
	const char *why = useless(list, subject);

	if (list->facts->scope.some_reasons)
		out->reasons &= list->facts->scope.reasons;
	/* From the future or upside down: not to be believed at all. */
	if (why == NULL && !answer->stale)
		why = late;
	if (why == NULL && query->listed &&
	    query->reason != REASON_CODE_REMOVE) {
		revoke(list, out);
		return;
	}
	if (why == NULL)
		why = late;
	if (why != NULL || (list->facts->is_delta && !subject->delta))
		out->reasons = 0;
	if (why == NULL)
		why = incomplete(list, subject, out->reasons);
	if (why == NULL)
		answer->outcome = REV_GOOD;
	else
		err_set(&answer->error, ERR_SYNTAX, "the CRL %s%s", why,
		    query->listed && query->reason != REASON_CODE_REMOVE ?
		    " (but it lists the certificate)" : "");
}

void
crl_judge(struct arena *arena, const struct crl_list *list,
    const struct crl_subject *subject, struct crl_judged *out)
{
	struct rev_answer *answer = &out->answer;
	const char *why;

	out->facts = list->facts;
	out->query = list->query;
	answer->outcome = REV_UNUSABLE;
	copy_facts(arena, list->facts, answer);
	why = not_of_cert(arena, list->facts, subject, &out->reasons);
	out->foreign = why != NULL && is_foreign(list->facts, subject->cert);
	if (why != NULL)
		err_set(&answer->error, ERR_SYNTAX, "the CRL %s", why);
	else if (crl_signer_verify(arena, list, subject,
	    &answer->error) == 0) {
		decide(list, subject, out);
		return;
	}
	out->reasons = 0;
}
