/* SPDX-License-Identifier: ISC */
/*
 * Asking revocation lists (RFC 5280 6.3): the lists that the certificate
 * names or --crl gives, one after the other, until one says enough or several
 * do together; then the delta list, if there is one.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "pki/crl_feed.h"
#include "probe/revocation_private.h"

#define FILE_BLOCK 262144
#define POINTS_MAX 16			/* distribution points that are asked */

/* Distribution points, and where among their URLs we are. */
struct walk {
	struct crl_point points[POINTS_MAX];
	size_t n, point, url;
};

/* A list and what it says. */
struct reading {
	struct crl_feed *feed;
	struct crl_query query;
	struct crl_judged judged;
	const struct crl_point *point;
	unsigned reasons;
};

struct rev_crl {
	struct walk lists, deltas;
	size_t by_hand;			/* next of --crl */
	const char *url;		/* being asked */
	/* Lists that cover some reasons each, until all are covered. */
	unsigned reasons;
	struct rev_answer *parts[REV_ANSWERS_MAX];
	size_t n_parts;
	/* The list whose delta is being asked for: its answer is withheld
	 * from *slot until then. */
	struct rev_answer *slot;
	struct reading base;
};

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

static const struct strings *
by_hand(const struct rev_cert *c)
{
	return &c->job->revocation->options->crl;
}

bool
rev_crl_waiting(const struct rev_cert *c)
{
	return c->stage == STAGE_CRL && c->crl != NULL &&
	    c->crl->by_hand > 0 && c->crl->by_hand < by_hand(c)->n;
}

static void
unsupported(struct rev_cert *c, const char *url, const char *why)
{
	struct rev_answer *answer = rev_answer_add(c, REV_CRL, url);

	if (answer == NULL) {
		c->stage = STAGE_DONE;
		return;
	}
	answer->outcome = REV_UNSUPPORTED;
	err_set(&answer->error, ERR_UNSUPPORTED, "%s", why);
}

static void
walk_read(struct walk *walk, struct bytes extension)
{
	int n = crl_points_read(extension, walk->points, POINTS_MAX);

	walk->n = n > 0 ? (size_t)n : 0;
}

static void
walk_leave_point(struct walk *walk)
{
	walk->point++;
	walk->url = 0;
}

static const char *
walk_next(struct walk *walk, struct arena *arena)
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

/* Points that nothing can be fetched from are told. */
static void
begin(struct rev_cert *c)
{
	struct walk *lists;
	struct bytes points = c->cert->crl_points;
	size_t i;

	c->crl = arena_alloc(c->job->obs->arena, sizeof(*c->crl));
	if (c->crl == NULL) {
		c->stage = STAGE_DONE;
		return;
	}
	lists = &c->crl->lists;
	if (by_hand(c)->n > 0 || points.len == 0)
		return;
	walk_read(lists, points);
	if (lists->n == 0)
		unsupported(c, NULL, "the certificate's distribution points "
		    "are malformed");
	for (i = 0; i < lists->n; i++)
		if (lists->points[i].n_urls == 0)
			unsupported(c, NULL, "a distribution point without "
			    "a URL is not supported");
}

/* What --crl names comes instead of what the certificate names. */
static const char *
next_source(struct rev_cert *c)
{
	struct rev_crl *crl = c->crl;

	if (by_hand(c)->n > 0)
		return crl->by_hand < by_hand(c)->n ?
		    by_hand(c)->items[crl->by_hand++] : NULL;
	return walk_next(&crl->lists, c->job->obs->arena);
}

static const struct crl_point *
current_point(const struct rev_cert *c)
{
	const struct walk *lists = &c->crl->lists;

	return lists->point < lists->n ? &lists->points[lists->point] : NULL;
}

static struct crl_subject
subject_of(const struct rev_cert *c, const struct reading *r)
{
	const struct revocation *rev = c->job->revocation;
	struct crl_subject subject;

	memset(&subject, 0, sizeof(subject));
	subject.cert = c->cert;
	subject.issuer = c->facts->issuer;
	subject.others = rev->issuers;
	subject.n_others = rev->n_issuers;
	subject.point = r->point;
	subject.delta = c->crl->slot != NULL;
	subject.now = rev->now;
	subject.skew = rev->options->skew;
	subject.max_age = rev->options->max_age;
	return subject;
}

static int
reading_begin(struct rev_cert *c, struct reading *r)
{
	memset(r, 0, sizeof(*r));
	r->query.serial = c->cert->serial;
	r->query.issuer = c->cert->issuer_der;
	r->judged.answer.outcome = REV_UNUSABLE;
	r->judged.answer.reason = REASON_NONE;
	r->point = c->crl->slot != NULL ? c->crl->base.point :
	    current_point(c);
	r->feed = crl_feed_new(c->job->obs->arena, &r->query, 1,
	    &r->judged.answer.error);
	return r->feed == NULL ? -1 : 0;
}

/* rc: how the reading went. */
static void
reading_end(struct rev_cert *c, struct reading *r, int rc)
{
	struct crl_subject subject = subject_of(c, r);
	struct rev_answer *answer = &r->judged.answer;
	struct crl_list list;

	if (rc == 0 && crl_feed_end(r->feed, &list, &answer->error) == 0) {
		list.query = &r->query;
		r->judged.facts = list.facts;
		r->judged.query = &r->query;
		crl_judge(c->job->obs->arena, &list, &subject, answer,
		    &r->reasons);
	}
	crl_feed_free(r->feed);
	r->feed = NULL;
}

static int
part(void *ctx, struct bytes data, size_t *used, struct err *err)
{
	return crl_feed_part(ctx, data, used, err);
}

static int
read_file(const char *path, struct crl_feed *feed, struct err *err)
{
	static const size_t room = FILE_BLOCK;
	uint8_t block[FILE_BLOCK];
	size_t have = 0, used;
	ssize_t n = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;

	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "%s", path);
	while (rc == 0 && n > 0) {
		n = read(fd, block + have, room - have);
		if (n < 0) {
			rc = err_sys(err, ERR_IO, errno, "%s", path);
			break;
		}
		have += (size_t)n;
		rc = crl_feed_part(feed, bytes_of(block, have), &used, err);
		if (rc == 0) {
			memmove(block, block + used, have - used);
			have -= used;
		}
	}
	close(fd);
	if (rc == 0 && have > 0)
		rc = err_set(err, ERR_SYNTAX, "not a valid CRL: it is cut "
		    "off");
	return rc;
}


static void
finish(struct rev_cert *c, struct rev_answer *slot,
    const struct rev_answer *answer)
{
	*slot = *answer;
	if (slot->outcome == REV_REVOKED ||
	    (slot->outcome == REV_GOOD && !rev_crl_waiting(c)))
		c->stage = STAGE_DONE;
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
	}
	c->stage = STAGE_DONE;
}

/* Withholds what the list says until its delta has been read. */
static bool
wants_delta(struct rev_cert *c, struct reading *r, struct rev_answer *slot)
{
	struct rev_crl *crl = c->crl;

	if (!crl_combinable(&r->judged.answer))
		return false;
	walk_read(&crl->deltas, c->cert->freshest_points.len > 0 ?
	    c->cert->freshest_points : r->judged.facts->freshest);
	if (crl->deltas.n == 0)
		return false;
	crl->base = *r;
	crl->base.judged.query = &crl->base.query;
	crl->slot = slot;
	slot->outcome = REV_UNUSABLE;
	err_set(&slot->error, ERR_TIMEOUT, "its delta list is still to come");
	return true;
}

/* What a list says goes where it belongs; what is in *slot was there before
 * it was read. */
static void
settle(struct rev_cert *c, struct reading *r, struct rev_answer *slot)
{
	struct rev_answer *answer = &r->judged.answer;

	answer->method = slot->method;
	answer->url = slot->url;
	answer->response_ms = slot->response_ms;
	answer->cached = slot->cached;
	*slot = *answer;
	if (wants_delta(c, r, slot))
		return;
	finish(c, slot, answer);
	if (answer->outcome == REV_UNUSABLE && r->reasons != 0)
		add_part(c, slot, r->reasons);
}

static void
settle_delta(struct rev_cert *c, const struct reading *delta)
{
	struct rev_answer *slot = c->crl->slot, answer;

	c->crl->slot = NULL;
	if (delta != NULL) {
		crl_combine(&c->crl->base.judged, &delta->judged, &answer);
	} else {
		answer = c->crl->base.judged.answer;
		answer.note = "without its delta list, which could not be "
		    "had or used";
	}
	finish(c, slot, &answer);
}

static void
ask_file(struct rev_cert *c, const char *path)
{
	struct rev_answer *slot = rev_answer_add(c, REV_CRL, path);
	struct reading r;
	int rc;

	if (slot == NULL) {
		c->stage = STAGE_DONE;
		return;
	}
	if (reading_begin(c, &r) == 0) {
		rc = read_file(path, r.feed, &r.judged.answer.error);
		reading_end(c, &r, rc);
	}
	settle(c, &r, slot);
}

/* A list that does not come must not use up the time of the next. */
static bool
has_others(const struct rev_cert *c)
{
	const struct walk *lists = &c->crl->lists;

	if (by_hand(c)->n > 0)
		return rev_crl_waiting(c);
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
		settle_delta(c, NULL);
	else if (is_http(url))
		get(c, url);
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
	if (source == NULL)
		c->stage = STAGE_DONE;
	else if (is_http(source))
		get(c, source);
	else if (by_hand(c)->n > 0 && !is_url(source))
		ask_file(c, source);
	else
		unsupported(c, source, "only http and https are supported");
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
read_fetch(struct rev_cert *c, struct fetch *fetch, struct reading *r)
{
	const struct rev_answer *answer = &r->judged.answer;
	int rc;

	if (reading_begin(c, r) != 0)
		return;
	rc = fetch_read(fetch, part, r->feed, &r->judged.answer.error);
	reading_end(c, r, rc);
	note_number(fetch, &r->judged.answer);
	rev_keep(c, fetch, answer);
}

static void
delta_fetched(struct rev_cert *c, struct fetch *fetch)
{
	struct reading r;

	/* Not had, or no use: delta_step tries the next. */
	if (fetch->error.kind != ERR_NONE)
		return;
	read_fetch(c, fetch, &r);
	if (rev_conclusive(&r.judged.answer))
		settle_delta(c, &r);
}

void
rev_crl_fetched(struct rev_cert *c, struct fetch *fetch)
{
	struct rev_answer *slot;
	struct reading r;

	if (c->crl->slot != NULL) {
		delta_fetched(c, fetch);
		return;
	}
	slot = rev_answer_add(c, REV_CRL, c->crl->url);
	if (slot == NULL) {
		c->stage = STAGE_DONE;
		return;
	}
	slot->response_ms = fetch->elapsed_ms;
	slot->cached = fetch->cached;
	if (fetch->error.kind != ERR_NONE) {
		slot->outcome = REV_UNREACHABLE;
		slot->error = fetch->error;
		return;
	}
	read_fetch(c, fetch, &r);
	settle(c, &r, slot);
}
