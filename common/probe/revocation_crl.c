/* SPDX-License-Identifier: ISC */
/*
 * Asking revocation lists (RFC 5280 6.3): the lists that the certificate
 * names or --crl gives, one after the other, until one says enough or several
 * do together; then the delta list, if there is one.
 */
#include <string.h>

#include "base/text.h"
#include "pki/der_scan.h"
#include "probe/revocation_crl_private.h"

#define TAG_DIRECTORY_NAME 0xa4	/* of GeneralName */

static bool
is_url(const char *text)
{
	return strstr(text, "://") != NULL;
}

static bool
is_http(const char *url)
{
	return text_istarts(url, "http://") || text_istarts(url, "https://");
}

const struct strings *
rev_crl_given(const struct rev_cert *c)
{
	return &c->job->revocation->options->crl;
}

bool
rev_crl_waiting(const struct rev_cert *c)
{
	return c->stage == STAGE_CRL && c->crl != NULL &&
	    c->crl->by_hand > 0 && (c->crl->by_hand < rev_crl_given(c)->n ||
	    c->crl->settled < 2 * c->crl->n_kept);
}

/*
 * Where an answer goes.  Of --crl there may be more lists than there is room
 * for answers: what they say still counts.
 */
static struct rev_answer *
slot_new(struct rev_cert *c, const char *url)
{
	struct rev_answer *slot = rev_answer_add(c, REV_CRL, url);

	if (slot == NULL && rev_crl_given(c)->n > 0)
		slot = arena_alloc(c->job->obs->arena, sizeof(*slot));
	if (slot == NULL) {
		if (rev_crl_given(c)->n > 0)
			err_nomem(&c->facts->issuer_error);
		c->stage = STAGE_DONE;
		return NULL;
	}
	slot->method = REV_CRL;
	slot->url = url;
	slot->response_ms = -1;
	return slot;
}

/* A list that --crl gives and that could not be had or read: it may be the
 * one that revokes, whatever the others say. */
static void
note_unread(struct rev_cert *c, struct rev_answer *slot)
{
	if (rev_crl_given(c)->n == 0)
		return;
	slot->unread = true;
	c->facts->n_unread++;
}

static void
unsupported(struct rev_cert *c, const char *url, const char *why)
{
	struct rev_answer *slot = slot_new(c, url);

	if (slot == NULL)
		return;
	slot->outcome = REV_UNSUPPORTED;
	err_set(&slot->error, ERR_UNSUPPORTED, "%s", why);
	note_unread(c, slot);
}

static void
walk_read(struct crl_walk *walk, struct bytes extension)
{
	int n = crl_points_read(extension, walk->points, CRL_POINTS_MAX);

	walk->n = n > 0 ? (size_t)n : 0;
}

static void
walk_leave_point(struct crl_walk *walk)
{
	walk->point++;
	walk->url = 0;
}

static const char *
walk_next(struct crl_walk *walk, struct arena *arena)
{
	const struct crl_point *point;
	struct bytes url;

	for (; walk->point < walk->n; walk_leave_point(walk)) {
		point = &walk->points[walk->point];
		if (walk->url == point->n_urls)
			continue;
		url = point->urls[walk->url++];
		return arena_strndup(arena, (const char *)url.data, url.len);
	}
	return NULL;
}

/* Why nothing can be fetched from a point. */
static const char *
no_url(const struct crl_point *point)
{
	struct der der = der_in(point->names);
	struct tlv tlv;

	if (point->relative.len > 0)
		return "a distribution point whose name is relative to the "
		    "CRL's issuer has no URL: --crl can give its list";
	if (point->names.len == 0)
		return "a distribution point that names its CRL issuer only "
		    "has no URL: --crl can give its list";
	if (der_next(&der, &tlv) == 1 && tlv.tag == TAG_DIRECTORY_NAME)
		return "a distribution point that is a name in a directory "
		    "has no URL: --crl can give its list";
	return "a distribution point without a URL: --crl can give its list";
}

/* Points that nothing can be fetched from are told, one of each kind. */
static void
tell_points(struct rev_cert *c, const struct crl_walk *lists)
{
	const char *told[CRL_POINTS_MAX], *why;
	size_t i, k, n = 0;

	for (i = 0; i < lists->n; i++) {
		if (lists->points[i].n_urls > 0)
			continue;
		why = no_url(&lists->points[i]);
		for (k = 0; k < n && told[k] != why; k++)
			;
		if (k < n)
			continue;
		told[n++] = why;
		unsupported(c, NULL, why);
	}
}

static int
prepare_given(struct rev_cert *c)
{
	c->crl->kept = arena_array(c->job->obs->arena, REV_GIVEN_MAX,
	    sizeof(struct crl_kept *));
	return c->crl->kept == NULL ? -1 : 0;
}

static void
begin(struct rev_cert *c)
{
	struct bytes points = c->cert->crl_points;
	struct crl_walk *lists;

	c->crl = arena_alloc(c->job->obs->arena, sizeof(*c->crl));
	if (c->crl == NULL || rev_crl_find_signers(c) != 0 ||
	    (rev_crl_given(c)->n > 0 && prepare_given(c) != 0)) {
		err_nomem(&c->facts->issuer_error);
		c->stage = STAGE_DONE;
		return;
	}
	lists = &c->crl->lists;
	if (rev_crl_given(c)->n > 0 || points.len == 0)
		return;
	walk_read(lists, points);
	if (lists->n == 0)
		unsupported(c, NULL, "the certificate's distribution points "
		    "are malformed");
	tell_points(c, lists);
}

/* What --crl names comes instead of what the certificate names. */
static const char *
next_source(struct rev_cert *c)
{
	struct rev_crl *crl = c->crl;

	if (rev_crl_given(c)->n > 0)
		return crl->by_hand < rev_crl_given(c)->n ?
		    rev_crl_given(c)->items[crl->by_hand++] : NULL;
	return walk_next(&crl->lists, c->job->obs->arena);
}

/* What is conclusive is seen. */
static void
publish(struct rev_cert *c, const struct rev_answer *slot)
{
	struct rev_facts *facts = c->facts;
	size_t i;

	for (i = 0; i < facts->n_answers; i++)
		if (slot == &facts->answers[i])
			return;
	if (rev_conclusive(slot))
		facts->answers[REV_ANSWERS_MAX - 1] = *slot;
}

/* Lists that cover all reasons between them are as good as one that does
 * (RFC 5280 6.3.3 (e)). */
static void
add_part(struct rev_cert *c, struct rev_answer *slot, unsigned reasons)
{
	struct rev_crl *crl = c->crl;
	size_t i;

	crl->reasons |= reasons;
	if (crl->n_parts < REV_ANSWERS_MAX)
		crl->parts[crl->n_parts++] = slot;
	/* Other URLs of this point give the same list. */
	walk_leave_point(&crl->lists);
	if ((crl->reasons & CRL_REASONS_ALL) != CRL_REASONS_ALL)
		return;
	for (i = 0; i < crl->n_parts; i++) {
		crl->parts[i]->outcome = REV_GOOD;
		crl->parts[i]->note = "all reasons, by several lists";
		err_clear(&crl->parts[i]->error);
		publish(c, crl->parts[i]);
	}
	if (!rev_crl_waiting(c))
		c->stage = STAGE_DONE;
}

void
rev_crl_place(struct rev_cert *c, const struct crl_judged *judged,
    struct rev_answer *slot)
{
	*slot = judged->answer;
	publish(c, slot);
	if (slot->outcome == REV_REVOKED ||
	    (slot->outcome == REV_GOOD && !rev_crl_waiting(c)))
		c->stage = STAGE_DONE;
	else if (slot->outcome == REV_UNUSABLE && judged->reasons != 0)
		add_part(c, slot, judged->reasons);
	if (c->stage == STAGE_DONE)
		rev_crl_forget_foreign(c);
}

bool
rev_crl_wants_delta(struct rev_cert *c, const struct crl_reading *r,
    struct rev_answer *slot)
{
	struct rev_crl *crl = c->crl;
	struct crl_walk *deltas = &crl->deltas;

	if (!crl_combinable(&r->judged))
		return false;
	memset(deltas, 0, sizeof(*deltas));
	walk_read(deltas, c->cert->freshest_points.len > 0 ?
	    c->cert->freshest_points : r->judged.facts->freshest);
	if (deltas->n == 0)
		return false;
	crl->base = *r;
	crl->base.judged.query = &crl->base.query;
	crl->without = "without its delta list, which could not be had or "
	    "used";
	crl->slot = slot;
	*slot = r->judged.answer;
	slot->outcome = REV_UNUSABLE;
	err_set(&slot->error, ERR_TIMEOUT, "its delta list is still to come");
	return true;
}

/* What a list says goes where it belongs; what is in *slot was there before
 * it was read. */
static void
settle(struct rev_cert *c, struct crl_reading *r, struct rev_answer *slot)
{
	struct rev_answer *answer = &r->judged.answer;

	answer->method = slot->method;
	answer->url = slot->url;
	answer->response_ms = slot->response_ms;
	answer->cached = slot->cached;
	*slot = *answer;
	if (r->judged.facts == NULL)
		note_unread(c, slot);
	if (rev_crl_given(c)->n > 0)
		rev_crl_keep(c, r, slot);
	else if (!rev_crl_wants_delta(c, r, slot))
		rev_crl_place(c, &r->judged, slot);
}

/* The base with the delta that came, or with none. */
static void
settle_base(struct rev_cert *c, const char *without)
{
	struct rev_crl *crl = c->crl;
	struct rev_answer *slot = crl->slot;

	crl->slot = NULL;
	if (without != NULL)
		crl->base.judged.answer.note = without;
	rev_crl_place(c, &crl->base.judged, slot);
}

static void
ask_file(struct rev_cert *c, const char *path)
{
	struct rev_answer *slot = slot_new(c, path);
	struct crl_reading r;

	if (slot == NULL)
		return;
	rev_crl_read_file(c, path, &r);
	settle(c, &r, slot);
	while (r.more && c->stage == STAGE_CRL &&
	    (slot = slot_new(c, path)) != NULL) {
		rev_crl_read_next(c, &r);
		settle(c, &r, slot);
	}
	crl_feed_free(r.feed);
}

static int
part(void *ctx, struct bytes data, size_t *used, struct err *err)
{
	return crl_feed_part(ctx, data, used, err);
}

/* A list that does not come must not use up the time of the next. */
static bool
has_others(const struct rev_cert *c)
{
	const struct crl_walk *lists = &c->crl->lists;

	if (rev_crl_given(c)->n > 0)
		return c->crl->by_hand < rev_crl_given(c)->n;
	return lists->point + 1 < lists->n || (lists->point < lists->n &&
	    lists->url < lists->points[lists->point].n_urls);
}

static void
get(struct rev_cert *c, const char *url)
{
	struct fetch_request request = { .max_size = CRL_BYTES_MAX,
	    .accept = "application/pkix-crl, */*", .keep = true,
	    .url = url, .others = has_others(c) };

	c->crl->url = url;
	rev_get(c, &request);
}

static void
delta_step(struct rev_cert *c)
{
	const char *url = walk_next(&c->crl->deltas, c->job->obs->arena);

	if (url == NULL)
		settle_base(c, c->crl->without);
	else if (is_http(url))
		get(c, url);
}

/* Of what the certificate names: the last answer is to say so. */
static bool
is_last_room(const struct rev_cert *c)
{
	return rev_crl_given(c)->n == 0 &&
	    c->facts->n_answers >= REV_ANSWERS_MAX - 1;
}

static void
leave_rest(struct rev_cert *c)
{
	unsupported(c, NULL, "more lists are named, which were not asked "
	    "for");
	c->stage = STAGE_DONE;
}

void
rev_crl_step(struct rev_cert *c)
{
	const char *source;

	if (c->crl == NULL)
		begin(c);
	if (c->stage == STAGE_DONE)
		return;
	if (c->crl->slot != NULL) {
		delta_step(c);
		return;
	}
	source = next_source(c);
	if (source == NULL && rev_crl_settle_next(c))
		return;
	if (source == NULL)
		c->stage = STAGE_DONE;
	else if (is_last_room(c))
		leave_rest(c);
	else if (is_http(source))
		get(c, source);
	else if (rev_crl_given(c)->n > 0 && !is_url(source))
		ask_file(c, source);
	else
		unsupported(c, source, text_istarts(source, "ldap") ?
		    "ldap is not supported, only http and https are" :
		    "only http and https are supported");
}

/* RFC 5280 5.2.3: numbers only grow.  Those of more than 63 bits are rare and
 * are not compared. */
static void
note_number(struct fetch *fetch, struct rev_answer *answer)
{
	uint64_t number = 0;
	size_t i;

	if (!rev_conclusive(answer) || answer->number.len == 0 ||
	    answer->number.len > 8 || answer->number.data[0] >= 0x80)
		return;
	for (i = 0; i < answer->number.len; i++)
		number = number << 8 | answer->number.data[i];
	if ((int64_t)number < fetch_number(fetch))
		answer->older = true;
	else
		fetch_set_number(fetch, (int64_t)number);
}

static void
read_fetch(struct rev_cert *c, struct fetch *fetch, struct crl_reading *r)
{
	const struct rev_answer *answer = &r->judged.answer;
	int rc;

	if (rev_crl_reading_begin(c, r) != 0)
		return;
	rc = fetch_read(fetch, part, r->feed, &r->judged.answer.error);
	rev_crl_reading_end(c, r, rc);
	if (!answer->has_this_update)
		fetch_explain(fetch, "a CRL", &r->judged.answer.error);
	note_number(fetch, &r->judged.answer);
	rev_keep(c, fetch, answer);
}

/* One that is not had, or of no use, leaves it to the next. */
static void
delta_fetched(struct rev_cert *c, struct fetch *fetch)
{
	struct crl_reading r;
	const char *why;

	if (fetch->error.kind != ERR_NONE)
		return;
	read_fetch(c, fetch, &r);
	if (!rev_conclusive(&r.judged.answer))
		return;
	why = crl_combine(&c->crl->base.judged, &r.judged);
	if (why == NULL)
		settle_base(c, NULL);
	else
		c->crl->without = why;
}

void
rev_crl_fetched(struct rev_cert *c, struct fetch *fetch)
{
	struct rev_answer *slot;
	struct crl_reading r;

	if (c->crl->slot != NULL) {
		delta_fetched(c, fetch);
		return;
	}
	slot = slot_new(c, c->crl->url);
	if (slot == NULL)
		return;
	slot->response_ms = fetch->elapsed_ms;
	slot->cached = fetch->cached;
	if (fetch->error.kind != ERR_NONE) {
		slot->outcome = REV_UNREACHABLE;
		slot->error = fetch->error;
		note_unread(c, slot);
		return;
	}
	read_fetch(c, fetch, &r);
	settle(c, &r, slot);
}
