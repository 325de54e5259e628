/* SPDX-License-Identifier: ISC */
/* Reads revocation lists, and gives those who may have signed them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cancel.h"
#include "pki/der_scan.h"
#include "pki/name.h"
#include "probe/file.h"
#include "probe/gather.h"
#include "probe/revocation_crl_private.h"

#define FILE_BLOCK 262144

/* ---- who signs ---- */

/* The path that the certificate is part of. */
static const struct path_facts *
path_of(const struct rev_cert *c)
{
	const struct rev_job *job = c->job;
	const struct path_facts *path;
	size_t i, k;

	for (i = 0; i < job->n_chains; i++) {
		path = job->chains[i].path;
		for (k = 0; k < path->n; k++)
			if (bytes_eq(path->certs[k], c->facts->cert))
				return path;
	}
	return &job->obs->path;
}

static bool
is_named(struct bytes cert, struct bytes subject)
{
	struct der_cert outline;

	return der_cert_scan(cert, &outline) == 0 &&
	    name_equal(outline.subject, subject);
}

static void
add(struct path_lookup *lookup, struct bytes der)
{
	size_t i;

	for (i = 0; i < lookup->n; i++)
		if (bytes_eq(lookup->found[i], der))
			return;
	if (lookup->n < PATH_FIND_MAX)
		lookup->found[lookup->n++] = der;
}

/* Who vouches for the signer of a list: what --issuer names, and the anchor
 * of the certificate's own path (RFC 5280 6.3.3 (f)) with its other keys:
 * trust anchors of the same name. */
static int
vouch(void *ctx, struct path_lookup *lookup, struct err *err)
{
	const struct rev_cert *c = ctx;
	const struct revocation *rev = c->job->revocation;
	const struct path_source *store = rev->gather->anchors;
	const struct path_facts *path = path_of(c);
	struct path_lookup more = { .subject = lookup->subject,
	    .thorough = lookup->thorough };
	size_t i;

	lookup->n = 0;
	for (i = 0; i < rev->n_issuers; i++)
		if (is_named(rev->issuers[i], lookup->subject))
			add(lookup, rev->issuers[i]);
	if (!path->has_anchor || !is_named(path->certs[path->n - 1],
	    lookup->subject))
		return 0;
	add(lookup, path->certs[path->n - 1]);
	if (store == NULL || store->find(store->ctx, &more, err) != 0)
		return 0;
	for (i = 0; i < more.n; i++)
		add(lookup, more.found[i]);
	return 0;
}

int
rev_crl_find_signers(struct rev_cert *c)
{
	const struct rev_job *job = c->job;
	const struct path_facts *path = path_of(c);
	struct rev_crl *crl = c->crl;
	size_t i;

	crl->anchors = (struct path_source){ vouch, c };
	crl->presented = arena_array(job->obs->arena,
	    job->n_others + path->n + 1, sizeof(*crl->presented));
	if (crl->presented == NULL)
		return -1;
	/* The path first: those are nearest. */
	for (i = 0; i < path->n; i++)
		crl->presented[crl->n_presented++] = path->certs[i];
	for (i = 0; i < job->n_others; i++)
		crl->presented[crl->n_presented++] = job->others[i];
	return 0;
}

/* ---- reading ---- */

static struct crl_subject
subject_of(const struct rev_cert *c, const struct crl_reading *r)
{
	const struct revocation *rev = c->job->revocation;
	const struct rev_crl *crl = c->crl;

	return (struct crl_subject){
		.cert = c->cert,
		.issuer = c->facts->issuer,
		.others = rev->issuers,
		.n_others = rev->n_issuers,
		.presented = crl->presented,
		.n_presented = crl->n_presented,
		.anchors = &crl->anchors,
		.path = path_of(c),
		.point = r->point,
		.delta = crl->slot != NULL,
		.now = rev->now,
		.skew = rev->options->skew,
		.max_age = rev->options->max_age
	};
}

static void
reading_init(struct rev_cert *c, struct crl_reading *r)
{
	const struct crl_walk *lists = &c->crl->lists;

	memset(r, 0, sizeof(*r));
	r->query.serial = c->cert->serial;
	r->query.issuer = c->cert->issuer_der;
	r->judged.answer.outcome = REV_UNUSABLE;
	r->judged.answer.reason = REASON_NONE;
	if (c->crl->slot != NULL)
		r->point = c->crl->base.point;
	else if (lists->point < lists->n)
		r->point = &lists->points[lists->point];
}

int
rev_crl_reading_begin(struct rev_cert *c, struct crl_reading *r)
{
	reading_init(c, r);
	r->feed = crl_feed_new(c->job->obs->arena, &r->query, 1,
	    &r->judged.answer.error);
	return r->feed == NULL ? -1 : 0;
}

void
rev_crl_reading_end(struct rev_cert *c, struct crl_reading *r, int rc)
{
	struct crl_subject subject = subject_of(c, r);
	struct rev_answer *answer = &r->judged.answer;
	struct crl_list list;
	bool whole = rc == 0 && crl_feed_end(r->feed, &list,
	    &answer->error) == 0;

	r->more = rc == 0 && crl_feed_more(r->feed);
	/* Which of them is the one? */
	if (whole && r->more && !r->in_file) {
		err_set(&answer->error, ERR_SYNTAX, "several CRLs of the CA "
		    "in one answer");
		whole = false;
	}
	if (whole) {
		/* What --crl gives may be a base or a delta. */
		if (rev_crl_given(c)->n > 0 && list.facts->is_delta)
			subject.delta = true;
		list.query = &r->query;
		crl_judge(c->job->obs->arena, &list, &subject, &r->judged);
	}
	if (r->more && r->in_file)
		return;
	crl_feed_free(r->feed);
	r->feed = NULL;
}

/* Octets, 0 at the end; whoever writes a pipe is waited for. */
static ssize_t
read_more(int fd, uint8_t *to, size_t room, struct err *err)
{
	ssize_t n;

	while ((n = read(fd, to, room)) < 0) {
		if (errno != EINTR && errno != EAGAIN)
			return err_sys(err, ERR_IO, errno, "read");
		if (file_wait(fd, cancel_deadline(), err) != 0)
			return -1;
	}
	return n;
}

static int
read_blocks(int fd, struct crl_feed *feed, struct err *err)
{
	static const size_t room = FILE_BLOCK;
	uint8_t block[FILE_BLOCK];
	size_t have = 0, used;
	ssize_t n = 1;

	while (n > 0) {
		n = read_more(fd, block + have, room - have, err);
		if (n < 0)
			return -1;
		have += (size_t)n;
		if (crl_feed_part(feed, bytes_of(block, have), &used,
		    err) != 0)
			return -1;
		memmove(block, block + used, have - used);
		have -= used;
	}
	return have == 0 ? 0 : err_set(err, ERR_SYNTAX, "not a valid CRL: it "
	    "is cut off");
}

void
rev_crl_read_file(struct rev_cert *c, const char *path,
    struct crl_reading *r)
{
	struct err *err = &r->judged.answer.error;
	int fd, rc;

	if (rev_crl_reading_begin(c, r) != 0)
		return;
	r->in_file = true;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		rc = err_sys(err, ERR_IO, errno, "%s", path);
	} else {
		rc = read_blocks(fd, r->feed, err);
		close(fd);
	}
	rev_crl_reading_end(c, r, rc);
}

void
rev_crl_read_next(struct rev_cert *c, struct crl_reading *r)
{
	struct crl_feed *feed = r->feed;
	int rc;

	reading_init(c, r);
	r->in_file = true;
	r->feed = feed;
	rc = crl_feed_again(feed, &r->query, 1, &r->judged.answer.error);
	rev_crl_reading_end(c, r, rc);
}
