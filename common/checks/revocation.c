/* SPDX-License-Identifier: ISC */
/*
 * What the answers about revocation mean.  Revoked by any verified source is
 * the worst; good needs one verified answer of a source that counts; a staple
 * is judged on its own as well.
 */
#include "checks/revocation_private.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"

#define DAY 86400
#define URL_WIDTH 80
/* BR 7.1.2.11.2: revocation of shorter ones is optional. */
#define SHORT_LIVED (7 * DAY)
#define LONG_SHORT_LIVED (10 * DAY)
#define SHORT_FROM INT64_C(1773532800)	/* 2026-03-15 */

static const char *
source_of(struct result *result, const struct rev_answer *answer)
{
	const char *text = arena_printf(result->arena, "%s%s%s",
	    rev_method_name(answer->method), answer->url == NULL ? "" : " ",
	    answer->url == NULL ? "" : result_clean(result,
	    bytes_str(answer->url), URL_WIDTH));

	return text == NULL ? rev_method_name(answer->method) : text;
}

/* CAs drop expired certificates from their lists and answers, revoked or not
 * (RFC 5280 3.3). */
static bool
is_late(const struct rev_facts *facts, const struct rev_answer *answer)
{
	return facts->has_not_after && answer->has_this_update &&
	    answer->this_update > facts->not_after;
}

static void
count(struct tally *tally, const struct rev_facts *facts,
    const struct rev_answer *answer)
{
	switch (answer->outcome) {
	case REV_REVOKED:
		if (tally->revoked == NULL)
			tally->revoked = answer;
		break;
	case REV_GOOD:
		if (is_late(facts, answer))
			tally->late = answer;
		else
			tally->good = answer;
		break;
	case REV_UNKNOWN:
		tally->unknown = answer;
		break;
	case REV_UNREACHABLE:
		tally->unreachable++;
		break;
	case REV_UNUSABLE:
		tally->unusable++;
		break;
	case REV_UNSUPPORTED:
		tally->unsupported++;
		break;
	}
}

static const struct rev_answer *
staple_of(const struct rev_facts *facts)
{
	size_t i;

	for (i = 0; i < facts->n_answers; i++)
		if (facts->answers[i].method == REV_STAPLE)
			return &facts->answers[i];
	return NULL;
}

/* A good staple is as verified as an answer fetched now, but older: it counts
 * where no other source says anything, unless it is the list that is wanted.
 */
struct tally
revocation_tally(const struct check_input *in, const struct rev_facts *facts)
{
	const struct rev_answer *staple = staple_of(facts);
	struct tally tally = { .revoked = NULL };
	size_t i;

	for (i = 0; i < facts->n_answers; i++)
		if (facts->answers[i].method != REV_STAPLE ||
		    facts->answers[i].outcome == REV_REVOKED ||
		    in->options->method == WANT_STAPLE)
			count(&tally, facts, &facts->answers[i]);
	if (tally.good == NULL && tally.unknown == NULL && staple != NULL &&
	    staple->outcome == REV_GOOD &&
	    in->options->method != WANT_CRL)
		count(&tally, facts, staple);
	return tally;
}

/* RFC 5280 and RFC 6960 know no revocation in advance: who is listed is
 * revoked, whatever the date says. */
static void
add_since(const struct check_input *in, const struct rev_answer *answer,
    struct buf *text)
{
	bool ahead = answer->revoked_at > in->now + in->options->skew;

	if (!answer->has_revoked_at)
		return;
	buf_str(text, ahead ? " as of " : " since ");
	clock_format_date(text, answer->revoked_at);
	if (ahead)
		buf_str(text, ", which is still to come");
}

static void
report_revoked(const struct check_input *in, struct result *result,
    const struct rev_facts *facts, const struct rev_answer *answer)
{
	const char *advice = rev_reason_advice(answer->reason);
	struct buf text = BUF_INIT;

	buf_str(&text, "certificate is revoked");
	add_since(in, answer, &text);
	buf_printf(&text, ": %s", rev_reason_name(answer->reason));
	if (answer->has_invalidity) {
		buf_str(&text, ", invalid since ");
		clock_format_date(&text, answer->invalidity);
	}
	buf_printf(&text, " (%s%s)", source_of(result, answer),
	    answer->stale ? ", which is stale" : "");
	if (advice != NULL)
		buf_printf(&text, "; %s", advice);
	result_bad(result, FINDING_OCSP_REVOKED,
	    check_whose(result, facts), "%s", buf_text(&text));
	buf_release(&text);
}

static void
report_good(const struct check_input *in, struct result *result,
    const struct rev_facts *facts, const struct rev_answer *answer)
{
	struct buf text = BUF_INIT;

	if (answer->has_next_update) {
		buf_str(&text, ", valid for ");
		duration_format(&text, answer->next_update - in->now);
	}
	result_ok(result, FINDING_OCSP_REVOKED,
	    check_whose(result, facts), "certificate is not revoked (%s%s)"
	    "%s%s", source_of(result, answer), buf_text(&text),
	    answer->note == NULL ? "" : "; ",
	    answer->note == NULL ? "" : answer->note);
	buf_release(&text);
}

static bool
is_short_lived(const struct check_input *in, const struct rev_facts *facts)
{
	const struct cert_facts *cert;
	int64_t life;
	size_t i;

	for (i = 0; i < in->obs->n_certs; i++) {
		cert = &in->obs->certs[i];
		if (!bytes_eq(cert->der, facts->cert) ||
		    !cert->has_not_before || !cert->has_not_after)
			continue;
		life = cert->not_after - cert->not_before + 1;
		return life > 0 && life <= (cert->not_before >= SHORT_FROM ?
		    SHORT_LIVED : LONG_SHORT_LIVED);
	}
	return false;
}

/* No OCSP, no CRL: by design, or an oversight. */
static void
report_no_source(const struct check_input *in, struct result *result,
    const struct rev_facts *facts)
{
	const char *subject = check_whose(result, facts);
	bool named = facts->has_ocsp_url || facts->has_crl_url;

	/* RFC 9608 3: not for CAs.  What names a source, although none of
	 * the method, is not without one by design. */
	if (!named && facts->no_rev_avail && !facts->is_ca)
		result_ok(result, FINDING_OCSP_NO_SOURCE, subject,
		    "no revocation by design (noRevAvail, RFC 9608)");
	else if (!named && is_short_lived(in, facts))
		result_ok(result, FINDING_OCSP_NO_SOURCE, subject,
		    "short-lived, names no source of revocation");
	else if (in->options->method == WANT_STAPLE && in->obs->from_file)
		result_bad(result, FINDING_OCSP_UNUSABLE, subject,
		    "a file has no staple, and --method=staple asks nobody");
	else if (in->options->method != WANT_STAPLE)
		result_bad(result, FINDING_OCSP_NO_SOURCE, subject,
		    "certificate names %s", in->options->method == WANT_OCSP ?
		    "no OCSP responder" : in->options->method == WANT_CRL ?
		    "no CRL" : "neither an OCSP responder nor a CRL");
}

/* Errors of a file or a fetch begin with its name or URL, which has been said;
 * the URL may be a long one made from the request. */
static const char *
behind_source(const struct rev_answer *answer, const char *why)
{
	size_t len = answer->url == NULL ? 0 : strlen(answer->url);
	const char *rest = NULL;

	if (len > 0 && text_starts(why, answer->url) &&
	    text_starts(why + len, ": "))
		return why + len + 2;
	if (text_starts(why, "http"))
		rest = strstr(why, ": ");
	return rest == NULL ? why : rest + 2;
}

static void
report_failure(struct result *result, const struct rev_facts *facts,
    const struct rev_answer *answer, enum finding_id id)
{
	const char *why = answer->error.kind == ERR_NONE ?
	    "no usable answer" : answer->error.text;

	result_bad(result, id, check_whose(result, facts), "%s: %s",
	    source_of(result, answer), behind_source(answer, why));
}

/* Nothing revokes it, which proves nothing. */
static void
report_late(struct result *result, const struct rev_facts *facts,
    const struct rev_answer *answer)
{
	struct buf text = BUF_INIT;

	clock_format_date(&text, facts->not_after);
	result_bad(result, FINDING_OCSP_UNUSABLE, check_whose(result, facts),
	    "%s: the certificate has expired (%s), and CAs drop expired ones "
	    "from their answers and lists", source_of(result, answer),
	    buf_text(&text));
	buf_release(&text);
}

/* Nothing conclusive: every reason is told. */
static void
report_undecided(const struct check_input *in, struct result *result,
    const struct rev_facts *facts, const struct tally *tally)
{
	const struct rev_answer *answer;
	size_t i;

	for (i = 0; i < facts->n_answers; i++) {
		answer = &facts->answers[i];
		if (answer->method == REV_STAPLE &&
		    in->options->method != WANT_STAPLE)
			continue;
		if (answer->outcome == REV_UNREACHABLE)
			report_failure(result, facts, answer,
			    FINDING_OCSP_UNREACHABLE);
		else if (answer->outcome == REV_GOOD)
			report_late(result, facts, answer);
		else if (answer->outcome != REV_UNKNOWN)
			report_failure(result, facts, answer,
			    FINDING_OCSP_UNUSABLE);
	}
	if (tally->late != NULL && tally->late == staple_of(facts) &&
	    in->options->method != WANT_STAPLE)
		report_late(result, facts, tally->late);
	if (tally->unreachable + tally->unusable + tally->unsupported == 0 &&
	    tally->unknown == NULL && tally->late == NULL)
		report_no_source(in, result, facts);
}

/* What is of a kind that cannot be asked, where nothing else of the method
 * answers. */
static const struct rev_answer *
find_unsupported(const struct rev_facts *facts, enum rev_method method)
{
	const struct rev_answer *found = NULL;
	size_t i;

	for (i = 0; i < facts->n_answers; i++) {
		if (facts->answers[i].method != method)
			continue;
		if (facts->answers[i].outcome != REV_UNSUPPORTED)
			return NULL;
		found = &facts->answers[i];
	}
	return found;
}

/* A list that --crl gives and that is not there may be the one that revokes:
 * nothing makes up for it. */
static void
report_unread(const struct check_input *in, struct result *result,
    const struct rev_facts *facts, const struct tally *tally)
{
	bool all = in->options->method == WANT_ALL;
	const struct rev_answer *answer;
	size_t i, left = facts->n_unread;

	for (i = 0; i < facts->n_answers; i++) {
		answer = &facts->answers[i];
		if (!answer->unread)
			continue;
		left--;
		/* Those of report_undecided and report_all are told. */
		if (tally->good != NULL && (!all ||
		    (answer->outcome == REV_UNSUPPORTED &&
		    answer != find_unsupported(facts, REV_CRL))))
			report_failure(result, facts, answer,
			    answer->outcome == REV_UNREACHABLE ?
			    FINDING_OCSP_UNREACHABLE : FINDING_OCSP_UNUSABLE);
	}
	if (left > 0)
		result_bad(result, FINDING_OCSP_UNUSABLE,
		    check_whose(result, facts), "%zu more of the lists that "
		    "--crl gives could not be had or read", left);
}

/* --method=all: each source must answer, and all must agree. */
static void
report_all(const struct check_input *in, struct result *result,
    const struct rev_facts *facts, const struct tally *tally)
{
	const struct rev_answer *unsupported, *answer;
	enum rev_method method;
	size_t i;

	if (in->options->method != WANT_ALL)
		return;
	if (tally->revoked != NULL && tally->good != NULL)
		result_bad(result, FINDING_OCSP_DISAGREE,
		    check_whose(result, facts), "%s says good, %s says revoked",
		    source_of(result, tally->good),
		    source_of(result, tally->revoked));
	for (i = 0; i < facts->n_answers; i++) {
		answer = &facts->answers[i];
		if (answer->method != REV_STAPLE &&
		    answer->outcome == REV_UNREACHABLE)
			report_failure(result, facts, answer,
			    FINDING_OCSP_UNREACHABLE);
		else if (answer->method != REV_STAPLE &&
		    answer->outcome == REV_UNUSABLE)
			report_failure(result, facts, answer,
			    FINDING_OCSP_UNUSABLE);
	}
	for (method = REV_OCSP; method <= REV_CRL; method++) {
		unsupported = find_unsupported(facts, method);
		if (unsupported != NULL)
			report_failure(result, facts, unsupported,
			    FINDING_OCSP_UNUSABLE);
	}
}

static void
judge_staple(const struct check_input *in, struct result *result,
    const struct rev_facts *facts)
{
	const struct rev_answer *staple = staple_of(facts);
	const char *subject = check_whose(result, facts);
	bool wanted = facts->must_staple ||
	    in->options->method == WANT_STAPLE;

	if (in->obs->from_file)
		return;
	/* Above the leaf TLS 1.2 has no room for a staple, and TLS 1.3
	 * servers hardly ever send one. */
	if (staple == NULL && wanted && facts->staple_missing &&
	    facts->position == 0)
		result_bad(result, FINDING_STAPLE_MISSING, "leaf",
		    facts->must_staple ? "the certificate requires a staple "
		    "(must-staple, RFC 7633) and the server sends none" :
		    "the server sends no staple");
	if (staple == NULL)
		return;
	if (staple->outcome == REV_GOOD)
		result_ok(result, FINDING_STAPLE_UNUSABLE, subject,
		    "the staple is good");
	else if (staple->outcome != REV_REVOKED)
		result_add(result, FINDING_STAPLE_UNUSABLE,
		    facts->must_staple ? STATUS_CRITICAL : STATUS_WARNING,
		    subject, "the staple proves nothing: %s",
		    staple->outcome == REV_UNKNOWN ? "the responder does not "
		    "know the certificate" : staple->error.text);
}

static void
judge_numbers(struct result *result, const struct rev_facts *facts)
{
	size_t i;

	for (i = 0; i < facts->n_answers; i++)
		if (facts->answers[i].older)
			result_bad(result, FINDING_CRL_NUMBER,
			    check_whose(result, facts), "%s is older than the "
			    "list seen there before", source_of(result,
			    &facts->answers[i]));
}

void
revocation_limits(const struct check_input *in, int64_t window,
    struct range *warning, struct range *critical)
{
	const struct target *target = in->obs->target;

	*warning = threshold_effective(target->warning.n > 0 ?
	    &target->warning : &in->options->warning, window);
	*critical = threshold_effective(target->critical.n > 0 ?
	    &target->critical : &in->options->critical, window);
}

static void
judge_times(const struct check_input *in, struct result *result,
    const struct rev_facts *facts, const struct rev_answer *answer)
{
	struct range warning, critical;
	struct buf text = BUF_INIT;
	enum status status = STATUS_OK;
	int64_t left, window;

	if (answer == NULL || !answer->has_next_update)
		return;
	left = answer->next_update - in->now;
	window = answer->next_update - answer->this_update;
	revocation_limits(in, window, &warning, &critical);
	if (range_alerts(&critical, left))
		status = STATUS_CRITICAL;
	else if (range_alerts(&warning, left))
		status = STATUS_WARNING;
	if (status == STATUS_OK)
		return;
	duration_format(&text, left);
	result_add(result, FINDING_OCSP_NEXT_UPDATE, status,
	    check_whose(result, facts), left < 0 ?
	    "the answer of %s ended %s ago" :
	    "the answer of %s is valid for %s only",
	    source_of(result, answer), buf_text(&text));
	buf_release(&text);
}

static void
judge_cert(const struct check_input *in, struct result *result,
    const struct rev_facts *facts)
{
	struct tally tally = revocation_tally(in, facts);

	/* What is revoked stays so, whatever failed behind it. */
	if (facts->issuer_error.kind != ERR_NONE && tally.revoked == NULL) {
		result_bad(result, FINDING_OCSP_NO_ISSUER,
		    check_whose(result, facts), "%s",
		    facts->issuer_error.text);
		judge_staple(in, result, facts);
		return;
	}
	if (tally.revoked != NULL)
		report_revoked(in, result, facts, tally.revoked);
	else if (tally.unknown != NULL)
		result_bad(result, FINDING_OCSP_UNKNOWN,
		    check_whose(result, facts), "the responder does not know "
		    "the certificate (%s)", source_of(result, tally.unknown));
	if (tally.revoked == NULL && tally.good != NULL)
		report_good(in, result, facts, tally.good);
	if (tally.revoked == NULL && tally.good == NULL)
		report_undecided(in, result, facts, &tally);
	else
		report_all(in, result, facts, &tally);
	if (tally.revoked == NULL)
		report_unread(in, result, facts, &tally);
	judge_staple(in, result, facts);
	judge_numbers(result, facts);
	judge_times(in, result, facts, tally.revoked != NULL ?
	    tally.revoked : tally.good);
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	size_t i;

	/* Fail closed: certificates that nobody asked about are not good. */
	if (obs->n_revocation == 0)
		result_bad(result, FINDING_INTERNAL, "",
		    "revocation was not looked at");
	if (obs->n_revocation_left > 0)
		result_bad(result, FINDING_OCSP_UNUSABLE, "",
		    "%zu more certificates of the file were not asked about",
		    obs->n_revocation_left);
	for (i = 0; i < obs->n_revocation; i++)
		if (i == 0 || in->options->method != WANT_STAPLE)
			judge_cert(in, result, &obs->revocation[i]);
	if (obs->n_revocation > 0)
		revocation_add_metrics(in, result);
}

const struct check check_revocation = { "revocation", true, run };
