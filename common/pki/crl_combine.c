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
	    a->relative_name != b->relative_name ||
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

/* NULL, or why the delta says nothing about the base. */
static const char *
apart(const struct crl_facts *base, const struct crl_facts *delta)
{
	if (!name_equal(base->issuer, delta->issuer) ||
	    !bytes_eq(base->aki, delta->aki) ||
	    !same_scope(&base->scope, &delta->scope))
		return "the delta list does not belong to the list";
	if (base->number.len == 0 || delta->number.len == 0 ||
	    delta->base_number.len == 0)
		return "list or delta list without a number";
	if (compare_numbers(base->number, delta->base_number) < 0)
		return "the delta list is for a newer list";
	if (compare_numbers(base->number, delta->number) >= 0)
		return "the delta list is no newer than the list";
	return NULL;
}

bool
crl_combinable(const struct rev_answer *base)
{
	return base->outcome == REV_GOOD ||
	    (base->outcome == REV_REVOKED && base->reason == REASON_HOLD);
}

static void
revoke(const struct rev_answer *delta, struct rev_answer *out)
{
	out->outcome = REV_REVOKED;
	out->stale = delta->stale;
	out->reason = delta->reason;
	out->has_revoked_at = delta->has_revoked_at;
	out->revoked_at = delta->revoked_at;
	out->has_invalidity = delta->has_invalidity;
	out->invalidity = delta->invalidity;
	out->note = "listed in the delta list";
}

/* A hold that was lifted; what is stale does not take anything back. */
static void
release(struct rev_answer *out)
{
	if (out->outcome != REV_REVOKED || out->stale)
		return;
	out->outcome = REV_GOOD;
	out->reason = REASON_NONE;
	out->has_revoked_at = out->has_invalidity = false;
	out->note = "on hold, released by the delta list";
}

void
crl_combine(const struct crl_judged *base, const struct crl_judged *delta,
    struct rev_answer *out)
{
	const char *why;

	*out = base->answer;
	if (!crl_combinable(&base->answer))
		return;
	why = delta->answer.outcome != REV_GOOD &&
	    delta->answer.outcome != REV_REVOKED ?
	    "the delta list is unusable" : apart(base->facts, delta->facts);
	if (why != NULL)
		out->note = why;
	else if (delta->answer.outcome == REV_REVOKED)
		revoke(&delta->answer, out);
	else if (delta->query->listed)
		release(out);
	else
		out->note = "together with its delta list";
}
