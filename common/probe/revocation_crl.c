/* SPDX-License-Identifier: ISC */
/* Asking revocation lists (RFC 5280 6.3). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "pki/crl_feed.h"
#include "probe/revocation_private.h"

#define FILE_BLOCK 262144

static bool
is_url(const char *text)
{
	return strstr(text, "://") != NULL;
}

static const char *
point_url(struct rev_cert *c)
{
	const struct crl_point *point;
	struct bytes url;

	while (c->point < c->n_points) {
		point = &c->points[c->point];
		if (c->url < point->n_urls) {
			url = point->urls[c->url++];
			return arena_strndup(c->job->obs->arena,
			    (const char *)url.data, url.len);
		}
		c->point++;
		c->url = 0;
	}
	return NULL;
}

/* What --crl names comes instead of what the certificate names. */
static const char *
next_source(struct rev_cert *c)
{
	const struct options *options = c->job->revocation->options;
	int n;

	if (options->crl.n > 0)
		return c->extra < options->crl.n ?
		    options->crl.items[c->extra++] : NULL;
	if (!c->points_read) {
		c->points_read = true;
		c->url = 0;
		n = crl_points_read(c->cert->crl_points, c->points,
		    POINTS_MAX);
		c->n_points = n > 0 ? (size_t)n : 0;
	}
	return point_url(c);
}

static struct bytes
current_point(const struct rev_cert *c)
{
	if (c->job->revocation->options->crl.n > 0 ||
	    c->point >= c->n_points)
		return bytes_of(NULL, 0);
	return c->points[c->point].point;
}

static struct crl_subject
subject_of(const struct rev_cert *c)
{
	const struct revocation *rev = c->job->revocation;
	struct crl_subject subject;

	memset(&subject, 0, sizeof(subject));
	subject.cert = c->cert;
	subject.issuer = c->facts->issuer;
	subject.others = rev->issuers;
	subject.n_others = rev->n_issuers;
	subject.point = current_point(c);
	subject.now = rev->now;
	subject.skew = rev->options->skew;
	subject.max_age = rev->options->max_age;
	return subject;
}

struct reading {
	struct crl_feed *feed;
	struct crl_query query;
};

static int
reading_begin(struct rev_cert *c, struct reading *r, struct err *err)
{
	memset(r, 0, sizeof(*r));
	r->query.serial = c->cert->serial;
	r->query.issuer = c->cert->issuer_der;
	r->feed = crl_feed_new(c->job->obs->arena, &r->query, 1, err);
	return r->feed == NULL ? -1 : 0;
}

static void
reading_end(struct rev_cert *c, struct reading *r, int rc,
    struct rev_answer *answer)
{
	struct crl_subject subject = subject_of(c);

	if (rc == 0)
		crl_feed_judge(r->feed, &r->query, &subject, answer,
		    &answer->error);
	crl_feed_free(r->feed);
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

/* When it says enough, the lists that follow need not be asked. */
static void
after(struct rev_cert *c, const struct rev_answer *answer)
{
	const struct options *options = c->job->revocation->options;

	if (!rev_conclusive(answer))
		return;
	if (options->crl.n > 0 && answer->outcome == REV_GOOD &&
	    c->extra < options->crl.n)
		return;
	c->stage = STAGE_DONE;
}

static void
ask_file(struct rev_cert *c, const char *path)
{
	struct rev_answer *answer = rev_answer_add(c, REV_CRL, path);
	struct reading r;
	int rc;

	if (answer == NULL) {
		c->stage = STAGE_DONE;
		return;
	}
	if (reading_begin(c, &r, &answer->error) != 0)
		return;
	rc = read_file(path, r.feed, &answer->error);
	reading_end(c, &r, rc, answer);
	after(c, answer);
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

void
rev_crl_step(struct rev_cert *c)
{
	struct fetch_request request = { .max_size = CRL_BYTES_MAX,
	    .accept = "application/pkix-crl, */*", .keep = true };
	bool by_hand = c->job->revocation->options->crl.n > 0;

	c->crl_url = next_source(c);
	if (c->crl_url == NULL) {
		c->stage = STAGE_DONE;
	} else if (text_istarts(c->crl_url, "http://") ||
	    text_istarts(c->crl_url, "https://")) {
		request.url = c->crl_url;
		rev_get(c, &request);
	} else if (by_hand && !is_url(c->crl_url)) {
		ask_file(c, c->crl_url);
	} else {
		unsupported(c, c->crl_url,
		    "only http and https are supported");
	}
}

void
rev_crl_fetched(struct rev_cert *c, struct fetch *fetch)
{
	struct rev_answer *answer = rev_answer_add(c, REV_CRL, c->crl_url);
	struct reading r;
	int rc;

	if (answer == NULL) {
		c->stage = STAGE_DONE;
		return;
	}
	answer->response_ms = fetch->elapsed_ms;
	answer->cached = fetch->cached;
	if (fetch->error.kind != ERR_NONE) {
		answer->outcome = REV_UNREACHABLE;
		answer->error = fetch->error;
		return;
	}
	if (reading_begin(c, &r, &answer->error) != 0)
		return;
	rc = fetch_read(fetch, part, r.feed, &answer->error);
	reading_end(c, &r, rc, answer);
	if (rev_conclusive(answer) && answer->has_next_update)
		fetch_set_expiry(fetch, answer->next_update);
	after(c, answer);
}
