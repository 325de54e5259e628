/* SPDX-License-Identifier: ISC */
/* What is known about revocation in numbers. */
#include "checks/revocation_private.h"

/* What is no measure of how bad it is. */
static void
add_aside(struct result *result, const char *label, const char *unit,
    int64_t milli)
{
	struct metric *m = result_metric(result, label, unit, milli);

	if (m != NULL)
		m->aside = true;
}

/* Do the answers prove anything?  Not those of a CA that nobody knows. */
static bool
is_vouched_for(const struct observation *obs)
{
	return obs->path.status == PATH_OK ||
	    obs->path.status == PATH_NOT_CHECKED ||
	    obs->path.status == PATH_EXPIRED;
}

/* A number only when every certificate has an answer: "not revoked" must not
 * be drawn for what nobody knows. */
static void
add_revoked(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	size_t i, revoked = 0, good = 0, n = obs->n_revocation;
	struct tally tally;
	struct metric *m;

	if (in->options->method == WANT_STAPLE)
		n = 1;
	for (i = 0; i < n; i++) {
		tally = revocation_tally(in, &obs->revocation[i]);
		revoked += tally.revoked != NULL;
		good += tally.revoked == NULL && tally.good != NULL &&
		    obs->revocation[i].n_unread == 0;
	}
	if (revoked == 0 && (good < n || !is_vouched_for(obs)))
		return;
	m = result_metric(result, "revoked", "", (int64_t)revoked * 1000);
	if (m == NULL)
		return;
	m->critical = (struct range){ .set = true, .has_start = true,
	    .has_end = true };
	m->has_min = m->counts = true;
}

/* The answer that decided, else one that says as much as is known. */
static const struct rev_answer *
answer_used(const struct check_input *in, const struct rev_facts *facts)
{
	struct tally tally = revocation_tally(in, facts);
	const struct rev_answer *used = tally.revoked != NULL ?
	    tally.revoked : tally.good != NULL ? tally.good :
	    tally.unknown != NULL ? tally.unknown : tally.late;
	size_t i;

	for (i = 0; used == NULL && i < facts->n_answers; i++)
		if (facts->answers[i].stale)
			used = &facts->answers[i];
	for (i = 0; used == NULL && i < facts->n_answers; i++)
		if (facts->answers[i].response_ms >= 0)
			used = &facts->answers[i];
	return used;
}

/* With the limits that judge_times goes by. */
static void
add_next_update(const struct check_input *in, struct result *result,
    const struct rev_answer *used)
{
	int64_t window = used->has_this_update ?
	    used->next_update - used->this_update : 0;
	struct range warning, critical;
	struct metric *m = result_metric(result, "next_update", "s",
	    (used->next_update - in->now) * 1000);

	if (m == NULL)
		return;
	revocation_limits(in, window, &warning, &critical);
	m->warning = range_scale(&warning, 1000, 1);
	m->critical = range_scale(&critical, 1000, 1);
}

void
revocation_add_metrics(const struct check_input *in, struct result *result)
{
	const struct rev_answer *used = answer_used(in,
	    &in->obs->revocation[0]);
	bool verified;

	add_revoked(in, result);
	if (used == NULL)
		return;
	verified = used->stale || used->outcome == REV_GOOD ||
	    used->outcome == REV_REVOKED || used->outcome == REV_UNKNOWN;
	if (verified && used->has_next_update)
		add_next_update(in, result, used);
	if (verified && used->has_this_update)
		add_aside(result, "age", "s",
		    (in->now - used->this_update) * 1000);
	if (used->response_ms >= 0)
		add_aside(result, "response_time", "s", used->response_ms);
	if (verified && used->method == REV_CRL) {
		add_aside(result, "crl_entries", "",
		    (int64_t)used->entries * 1000);
		add_aside(result, "crl_bytes", "B",
		    (int64_t)used->size * 1000);
	}
}
