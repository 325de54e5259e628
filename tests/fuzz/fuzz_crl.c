/* SPDX-License-Identifier: ISC */
/* CRLs: any bytes, at once and in pieces, which must make no difference. */

#include "base/arena.h"
#include "pki/crl_feed.h"
#include "fuzz.h"

static const uint8_t serial[] = { 0x03, 0xae, 0x51 };

struct reading {
	struct crl_query queries[2];
	struct crl_feed *feed;
	struct crl_list list;
	struct err err;
	int rc;
};

static void
read_crl(struct reading *r, struct arena *arena, struct bytes in,
    size_t step)
{
	size_t from = 0, have = 0, used;

	memset(r, 0, sizeof(*r));
	r->queries[0].serial = bytes_of(serial, sizeof(serial));
	r->queries[1].serial = bytes_of(serial, 1);
	/* Some octets of the input as the name of an issuer. */
	r->queries[1].issuer = bytes_of(in.data + in.len / 2, in.len / 8);
	r->feed = crl_feed_new(arena, r->queries, 2, &r->err);
	while (r->rc == 0 && have < in.len) {
		have = have + step < in.len ? have + step : in.len;
		r->rc = crl_feed_part(r->feed, bytes_of(in.data + from,
		    have - from), &used, &r->err);
		if (r->rc == 0)
			from += used;
	}
	if (r->rc == 0 && from < in.len)
		r->rc = -1;
	if (r->rc == 0)
		r->rc = crl_feed_end(r->feed, &r->list, &r->err);
}

static void
judge(struct arena *arena, struct reading *r, struct bytes in)
{
	struct crl_point points[4];
	struct cert_facts cert = { .serial = r->queries[0].serial,
	    .issuer_der = r->list.facts->issuer, .crl_points = in };
	struct crl_subject subject = { .cert = &cert, .issuer = in,
	    .now = 1800000000, .max_age = 86400 };
	struct crl_judged judged;

	memset(&judged, 0, sizeof(judged));
	r->list.query = &r->queries[0];
	if (crl_points_read(r->list.facts->freshest, points, 4) > 0)
		subject.point = &points[0];
	subject.presented = &in;
	subject.n_presented = 1;
	crl_judge(arena, &r->list, &subject, &judged);
	/* Nothing has signed it. */
	if (judged.answer.outcome != REV_UNUSABLE)
		abort();
	judged.answer.outcome = REV_GOOD;
	crl_combine(&judged, &judged);
}

/* Distribution points: names of the points against one another. */
static void
compare_points(struct arena *arena, struct bytes in)
{
	static const uint8_t name[] = { 0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09,
		0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 'C', 'A' };
	struct bytes issuer = bytes_of(name, sizeof(name));
	struct crl_point points[4];
	struct crl_scope scope;
	int n = crl_points_read(in, points, 4), i;

	for (i = 0; i < n; i++) {
		memset(&scope, 0, sizeof(scope));
		if (points[i].relative.len > 0) {
			scope.names[0] = crl_point_expand(arena, issuer,
			    points[i].relative);
			scope.n_names = 1;
			/* Relative to the same, it is the same. */
			if (points[i].issuer.len == 0 &&
			    scope.names[0].len > 0 && !crl_point_shares(arena,
			    &points[i], issuer, &scope))
				abort();
		}
		crl_point_shares(arena, &points[n - 1], in, &scope);
		crl_point_issued(&points[i], issuer);
	}
}

/* The other lists of a PEM file: how many, and how many can be read; each step
 * must lead on. */
static size_t
read_others(struct reading *r, size_t len)
{
	size_t steps = 0, n = 0;

	while (crl_feed_more(r->feed)) {
		if (steps++ > len)
			abort();
		memset(r->queries, 0, sizeof(r->queries));
		r->queries[0].serial = bytes_of(serial, sizeof(serial));
		if (crl_feed_again(r->feed, r->queries, 1, &r->err) == 0 &&
		    crl_feed_end(r->feed, &r->list, &r->err) == 0)
			n++;
	}
	return steps << 16 | n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len);
	struct arena *arena = arena_new();
	struct reading whole, pieces;

	if (arena == NULL)
		return 0;
	compare_points(arena, in);
	read_crl(&whole, arena, in, len + 1);
	read_crl(&pieces, arena, in, 7);
	if (whole.rc != pieces.rc)
		abort();
	if (whole.rc == 0) {
		if (whole.queries[0].listed != pieces.queries[0].listed ||
		    whole.list.facts->entries != pieces.list.facts->entries ||
		    whole.list.facts->size != pieces.list.facts->size)
			abort();
		judge(arena, &whole, in);
	}
	if (read_others(&whole, len) != read_others(&pieces, len))
		abort();
	crl_feed_free(whole.feed);
	crl_feed_free(pieces.feed);
	arena_free(arena);
	return 0;
}
