/* SPDX-License-Identifier: ISC */
/*
 * The lists that --crl gives: all are read, in whatever order, before a base
 * is judged together with its deltas.
 */
#include <string.h>

#include "probe/revocation_crl_private.h"

static bool
is_delta(const struct crl_kept *kept)
{
	return kept->reading.judged.facts->is_delta;
}

/* There is no room: it revokes, or is of no use. */
static void
keep_none(struct rev_cert *c, const struct crl_reading *r,
    struct rev_answer *slot)
{
	if (slot->outcome == REV_REVOKED)
		rev_crl_place(c, &r->judged, slot);
	else if (slot->outcome == REV_GOOD) {
		slot->outcome = REV_UNUSABLE;
		err_set(&slot->error, ERR_LIMIT, "more than %d lists are "
		    "given", REV_GIVEN_MAX);
	}
}

void
rev_crl_keep(struct rev_cert *c, const struct crl_reading *r,
    struct rev_answer *slot)
{
	struct rev_crl *crl = c->crl;
	struct crl_kept *kept;

	/* What cannot be read has nothing to combine. */
	if (r->judged.facts == NULL)
		return;
	kept = crl->n_kept == REV_GIVEN_MAX ? NULL :
	    arena_alloc(c->job->obs->arena, sizeof(*kept));
	if (kept == NULL) {
		keep_none(c, r, slot);
		return;
	}
	crl->kept[crl->n_kept++] = kept;
	kept->reading = *r;
	kept->reading.judged.query = &kept->reading.query;
	kept->slot = slot;
	if (is_delta(kept) && slot->outcome == REV_GOOD) {
		slot->outcome = REV_UNUSABLE;
		err_set(&slot->error, ERR_SYNTAX, "the CRL is a delta list, "
		    "which proves nothing without its base");
	}
}

/* A delta that was taken says what its base says with it. */
static void
share(struct rev_crl *crl, const struct rev_answer *base,
    struct crl_kept *kept)
{
	struct rev_answer *delta = kept->slot;

	kept->taken = true;
	delta->outcome = base->outcome;
	delta->error = base->error;
	delta->note = base->note;
	delta->reason = base->reason;
	delta->stale = base->stale;
	delta->has_revoked_at = base->has_revoked_at;
	delta->revoked_at = base->revoked_at;
	delta->has_invalidity = base->has_invalidity;
	delta->invalidity = base->invalidity;
	if (base->outcome == REV_UNUSABLE && crl->n_parts < REV_ANSWERS_MAX)
		crl->parts[crl->n_parts++] = delta;
}

/* Not of that base, or made before it: it may be another's. */
static void
decline(struct crl_kept *delta, const char *why)
{
	const struct rev_answer *answer = &delta->reading.judged.answer;

	if (delta->taken || (answer->outcome != REV_GOOD &&
	    answer->outcome != REV_REVOKED))
		return;
	delta->slot->outcome = REV_UNUSABLE;
	err_set(&delta->slot->error, ERR_SYNTAX, "%s", why);
}

/* Takes all deltas of that base: false when there was none. */
static bool
combine(struct rev_crl *crl, struct crl_kept *base)
{
	struct crl_judged *judged = &base->reading.judged;
	struct crl_kept *delta;
	const char *why, *last = NULL;
	bool any = false;
	size_t i;

	for (i = 0; i < crl->n_kept; i++) {
		delta = crl->kept[i];
		delta->fits = false;
		if (!is_delta(delta) || !crl_combinable(judged))
			continue;
		why = crl_combine(judged, &delta->reading.judged);
		delta->fits = why == NULL;
		any |= delta->fits;
		if (why != NULL)
			decline(delta, last = why);
	}
	for (i = 0; i < crl->n_kept; i++)
		if (crl->kept[i]->fits)
			share(crl, &judged->answer, crl->kept[i]);
	if (!any && last != NULL)
		judged->answer.note = last;
	return any;
}

/* n_answers: it is not among those that are seen. */
static size_t
index_of(const struct rev_facts *facts, const struct rev_answer *slot)
{
	size_t i;

	for (i = 0; i < facts->n_answers && &facts->answers[i] != slot; i++)
		;
	return i;
}

/* The answers behind it move up. */
static void
drop(struct rev_cert *c, size_t at)
{
	struct rev_facts *facts = c->facts;
	struct rev_crl *crl = c->crl;
	size_t i, k;

	for (i = 0; i < crl->n_kept; i++) {
		k = index_of(facts, crl->kept[i]->slot);
		if (k > at && k < facts->n_answers)
			crl->kept[i]->slot--;
	}
	facts->n_answers--;
	memmove(&facts->answers[at], &facts->answers[at + 1],
	    (facts->n_answers - at) * sizeof(facts->answers[0]));
}

/* What there was no room for. */
static void
show_hidden(struct rev_cert *c)
{
	struct rev_facts *facts = c->facts;
	const struct crl_kept *kept;
	size_t i;

	for (i = 0; i < c->crl->n_kept; i++) {
		kept = c->crl->kept[i];
		if (!kept->reading.judged.foreign &&
		    !rev_conclusive(kept->slot) &&
		    index_of(facts, kept->slot) == facts->n_answers &&
		    facts->n_answers < REV_ANSWERS_MAX)
			facts->answers[facts->n_answers++] = *kept->slot;
	}
}

void
rev_crl_forget_foreign(struct rev_cert *c)
{
	struct rev_crl *crl = c->crl;
	struct crl_kept *kept;
	size_t i, at, own = 0;

	for (i = 0; i < crl->n_kept; i++)
		own += !crl->kept[i]->reading.judged.foreign;
	for (i = 0; own > 0 && i < crl->n_kept; i++) {
		kept = crl->kept[i];
		at = index_of(c->facts, kept->slot);
		if (kept->reading.judged.foreign && at < c->facts->n_answers &&
		    kept->slot->outcome == REV_UNUSABLE) {
			drop(c, at);
			kept->slot = NULL;
		}
	}
	show_hidden(c);
}

static void
settle_base(struct rev_cert *c, struct crl_kept *base)
{
	if (crl_combinable(&base->reading.judged) &&
	    !combine(c->crl, base) &&
	    rev_crl_wants_delta(c, &base->reading, base->slot))
		return;
	rev_crl_place(c, &base->reading.judged, base->slot);
}

/* First the bases, each with its deltas, then what was no base's. */
bool
rev_crl_settle_next(struct rev_cert *c)
{
	struct rev_crl *crl = c->crl;
	struct crl_kept *kept;
	bool second = crl->settled >= crl->n_kept;

	if (crl->settled == 2 * crl->n_kept) {
		rev_crl_forget_foreign(c);
		return false;
	}
	kept = crl->kept[crl->settled++ % crl->n_kept];
	if (!second && !is_delta(kept))
		settle_base(c, kept);
	else if (second && is_delta(kept) && !kept->taken &&
	    kept->slot->outcome == REV_REVOKED)
		rev_crl_place(c, &kept->reading.judged, kept->slot);
	return true;
}
