/* SPDX-License-Identifier: ISC */
/* A complete CRL and its delta (RFC 5280 5.2.4). */
#include "pki/crl_judge.h"
#include "pki/name.h"

/* Numbers are not negative: without their leading zeros, the longer one is
 * the greater. */
static int
compare_numbers(struct bytes a, struct bytes b)
{
	for (; a.len > 0 && a.data[0] == 0; a.len--)
		a.data++;
	for (; b.len > 0 && b.data[0] == 0; b.len--)
		b.data++;
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}

static bool
same_scope(const struct crl_scope *a, const struct crl_scope *b)
{
	size_t i;

	if (a->present != b->present || a->n_names != b->n_names ||
	    a->user_only != b->user_only || a->ca_only != b->ca_only ||
	    a->attribute_only != b->attribute_only ||
	    a->indirect != b->indirect ||
	    a->some_reasons != b->some_reasons || a->reasons != b->reasons)
		return false;
	for (i = 0; i < a->n_names; i++)
		if (!bytes_eq(a->names[i], b->names[i]))
			return false;
	return true;
}

static bool
is_related(const struct crl_facts *base, const struct crl_facts *delta)
{
	return name_equal(base->issuer, delta->issuer) &&
	    bytes_eq(base->aki, delta->aki) &&
	    same_scope(&base->scope, &delta->scope);
}

static bool
have_numbers(const struct crl_facts *base, const struct crl_facts *delta)
{
	return base->number.len > 0 && delta->number.len > 0;
}

/* NULL, or why the delta says nothing about the base. */
static const char *
apart(const struct crl_facts *base, const struct crl_facts *delta)
{
	if (!is_related(base, delta))
		return "the delta list does not belong to the list";
	if (!have_numbers(base, delta) || delta->base_number.len == 0)
		return "list or delta list without a number";
	if (compare_numbers(base->number, delta->base_number) < 0)
		return "the delta list is for a newer list";
	if (compare_numbers(base->number, delta->number) >= 0)
		return "the delta list is no newer than the list";
	return NULL;
}

/* Made before the base, which may have lifted a hold since. */
static bool
is_outdated(const struct crl_facts *base, const struct crl_facts *delta)
{
	if (!is_related(base, delta))
		return false;
	if (have_numbers(base, delta))
		return compare_numbers(base->number, delta->number) > 0;
	return base->this_update > delta->this_update;
}

bool
crl_combinable(const struct crl_judged *base)
{
	const struct rev_answer *answer = &base->answer;

	return answer->outcome == REV_GOOD ||
	    (answer->outcome == REV_UNUSABLE && base->reasons != 0) ||
	    (answer->outcome == REV_REVOKED && answer->reason == REASON_HOLD);
}

static void
revoke(const struct crl_judged *delta, struct crl_judged *base)
{
	const struct rev_answer *from = &delta->answer;
	struct rev_answer *to = &base->answer;

	to->outcome = REV_REVOKED;
	to->stale = from->stale;
	to->reason = from->reason;
	to->has_revoked_at = from->has_revoked_at;
	to->revoked_at = from->revoked_at;
	to->has_invalidity = from->has_invalidity;
	to->invalidity = from->invalidity;
	to->note = "listed in the delta list";
	err_clear(&to->error);
	base->reasons = 0;
}

/* A hold that was lifted; what is stale does not take anything back. */
static void
release(struct crl_judged *base)
{
	struct rev_answer *answer = &base->answer;

	if (answer->outcome != REV_REVOKED || answer->stale)
		return;
	answer->outcome = REV_GOOD;
	answer->reason = REASON_NONE;
	answer->has_revoked_at = answer->has_invalidity = false;
	answer->note = "on hold, released by the delta list";
	if (base->reasons == CRL_REASONS_ALL)
		return;
	answer->outcome = REV_UNUSABLE;
	err_set(&answer->error, ERR_SYNTAX, "the CRL covers only some "
	    "reasons");
}

const char *
crl_combine(struct crl_judged *base, const struct crl_judged *delta)
{
	enum rev_outcome outcome = delta->answer.outcome;
	const char *why;

	if (!crl_combinable(base))
		return "the list itself is unusable";
	if (outcome == REV_REVOKED && (delta->answer.reason != REASON_HOLD ||
	    !is_outdated(base->facts, delta->facts))) {
		revoke(delta, base);
		return NULL;
	}
	if (outcome != REV_GOOD && outcome != REV_REVOKED)
		return "the delta list is unusable";
	why = apart(base->facts, delta->facts);
	if (why != NULL)
		return why;
	base->answer.note = "together with its delta list";
	if (delta->query->listed)
		release(base);
	return NULL;
}
