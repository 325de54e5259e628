/* SPDX-License-Identifier: ISC */
/* What a CRL says about a certificate (RFC 5280 6.3.3). */
#include "pki/crl_judge.h"

#include "pki/cert.h"
#include "pki/name.h"

#define KEY_USAGE_CRL_SIGN 6
#define REASON_CODE_REMOVE 8
#define POINTS_MAX 16

/* NULL, or why the list is not the one of that point; without a point, not
 * the one that covers all that its issuer has issued. */
static const char *
not_of_point(const struct crl_facts *facts, const struct cert_facts *cert,
    const struct crl_point *point)
{
	bool own = name_equal(facts->issuer, cert->issuer_der);

	if (point != NULL && point->issuer.len > 0) {
		if (!crl_point_issued(point, facts->issuer) ||
		    (!own && !facts->scope.indirect))
			return "is of another CA than the certificate names";
	} else if (!own) {
		return "is of another CA";
	}
	if (facts->scope.n_names > 0 && (point == NULL ||
	    !crl_point_shares(point, &facts->scope)))
		return "is another part of the CA's lists than the "
		    "certificate's";
	return NULL;
}

/* The same for a list given by hand: any point of the certificate will do.
 * *reasons is what the point's list covers. */
static const char *
not_of_cert(const struct crl_facts *facts,
    const struct crl_subject *subject, unsigned *reasons)
{
	struct crl_point points[POINTS_MAX];
	const char *why = not_of_point(facts, subject->cert, subject->point);
	int n, i;

	*reasons = CRL_REASONS_ALL;
	if (subject->point != NULL)
		*reasons = subject->point->reasons;
	if (why == NULL || subject->point != NULL)
		return why;
	n = crl_points_read(subject->cert->crl_points, points, POINTS_MAX);
	for (i = 0; i < n; i++)
		if (not_of_point(facts, subject->cert, &points[i]) == NULL) {
			*reasons = points[i].reasons;
			return NULL;
		}
	return why;
}

/* NULL, or why the list does not cover certificates of that kind. */
static const char *
outside_scope(const struct crl_facts *facts,
    const struct crl_subject *subject)
{
	const struct crl_scope *scope = &facts->scope;

	if (facts->is_delta && !subject->delta)
		return "is a delta list, which needs its base";
	if (!facts->is_delta && subject->delta)
		return "is no delta list";
	if (scope->attribute_only)
		return "covers attribute certificates only";
	if (scope->user_only && subject->cert->is_ca)
		return "covers no CA certificates";
	if (scope->ca_only && !subject->cert->is_ca)
		return "covers CA certificates only";
	if (scope->relative_name)
		return "has a scope of a kind that is not supported";
	return NULL;
}

/* NULL, or why that certificate of the right name may not have signed the
 * list. */
static const char *
may_not_sign(const struct crl_facts *facts, const struct cert_facts *signer)
{
	if (facts->aki.len > 0 && signer->ski.len > 0 &&
	    !bytes_eq(facts->aki, signer->ski))
		return "the CRL is signed by another key than the issuer's";
	if (signer->has_key_usage &&
	    (signer->key_usage & 1U << KEY_USAGE_CRL_SIGN) == 0)
		return "the issuer's certificate may not sign CRLs "
		    "(keyUsage without cRLSign)";
	return NULL;
}

/* 0; -1 with an error, or without one when the signer has another name. */
static int
signed_by(struct arena *arena, const struct crl_list *list,
    struct bytes signer, struct err *err)
{
	struct cert_facts cert;
	const char *why;

	if (cert_facts_read(arena, signer, &cert, err) != 0)
		return -1;
	if (!name_equal(list->facts->issuer, cert.subject_der))
		return -1;
	why = may_not_sign(list->facts, &cert);
	if (why != NULL)
		return err_set(err, ERR_SYNTAX, "%s", why);
	return crl_verify(list->reader, signer, list->message, err);
}

static int
verify(struct arena *arena, const struct crl_list *list,
    const struct crl_subject *subject, struct err *err)
{
	size_t i;

	if (signed_by(arena, list, subject->issuer, err) == 0)
		return 0;
	for (i = 0; i < subject->n_others; i++)
		if (signed_by(arena, list, subject->others[i], err) == 0) {
			err_clear(err);
			return 0;
		}
	return err->kind != ERR_NONE ? -1 : err_set(err, ERR_SYNTAX,
	    "no certificate of the CRL's issuer is at hand");
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
	if (why == NULL && list->query->serial.len == 0)
		why = "cannot be searched for a certificate without a "
		    "serial number";
	if (why == NULL && list->query->listed && !subject->delta &&
	    list->query->reason == REASON_CODE_REMOVE)
		why = "lists the certificate as removed, which only a delta "
		    "list may";
	return why;
}

/* Of a list that is the right one and verified. */
static void
decide(const struct crl_list *list, const struct crl_subject *subject,
    struct rev_answer *out, unsigned *reasons)
{
	const struct crl_query *query = list->query;
	const char *late = out_of_time(list->facts, subject, &out->stale);
	const char *why = useless(list, subject);
	unsigned covered = *reasons;

	*reasons = 0;
	/* From the future or upside down: not to be believed at all. */
	if (why == NULL && !out->stale)
		why = late;
	if (why == NULL && query->listed &&
	    query->reason != REASON_CODE_REMOVE) {
		out->outcome = REV_REVOKED;
		copy_entry(query, out);
		return;
	}
	if (why == NULL)
		why = late;
	if (list->facts->scope.some_reasons)
		covered &= list->facts->scope.reasons;
	if (why == NULL)
		*reasons = covered;
	if (why == NULL && covered != CRL_REASONS_ALL)
		why = "covers only some reasons";
	if (why == NULL)
		out->outcome = REV_GOOD;
	else
		err_set(&out->error, ERR_SYNTAX, "the CRL %s%s", why,
		    query->listed ? " (but it lists the certificate)" : "");
}

void
crl_judge(struct arena *arena, const struct crl_list *list,
    const struct crl_subject *subject, struct rev_answer *out,
    unsigned *reasons)
{
	unsigned covered;
	const char *why = not_of_cert(list->facts, subject, &covered);

	*reasons = 0;
	out->outcome = REV_UNUSABLE;
	copy_facts(arena, list->facts, out);
	if (why != NULL)
		err_set(&out->error, ERR_SYNTAX, "the CRL %s", why);
	else if (verify(arena, list, subject, &out->error) == 0) {
		*reasons = covered;
		decide(list, subject, out, reasons);
	}
}
