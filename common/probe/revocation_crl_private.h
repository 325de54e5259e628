/* SPDX-License-Identifier: ISC */
/* What the files that ask revocation lists share (revocation_crl*.c only). */
#ifndef PROBE_REVOCATION_CRL_PRIVATE_H
#define PROBE_REVOCATION_CRL_PRIVATE_H

#include "pki/crl_feed.h"
#include "probe/revocation_private.h"

#define CRL_POINTS_MAX 16		/* distribution points that are asked */
#define REV_GIVEN_MAX 256		/* lists of --crl */

/* Distribution points, and where among their URLs we are. */
struct crl_walk {
	struct crl_point points[CRL_POINTS_MAX];
	size_t n, point, url;
};

/* A list and what it says. */
struct crl_reading {
	struct crl_feed *feed;		/* while it is read, and while there is
					 * more in it */
	struct crl_query query;
	struct crl_judged judged;
	const struct crl_point *point;
	bool in_file;
	bool more;			/* another list of the CA behind it in
					 * that file: rev_crl_read_next */
};

/* Of a list of --crl, until all have been read. */
struct crl_kept {
	struct crl_reading reading;
	struct rev_answer *slot;
	bool taken;			/* a delta whose base was there */
	bool fits;			/* ... is the one looked at now */
};

struct rev_crl {
	struct crl_walk lists, deltas;
	const char *url;		/* being asked */
	/* Lists that cover some reasons each, until all are covered. */
	unsigned reasons;
	struct rev_answer *parts[REV_ANSWERS_MAX];
	size_t n_parts;
	/* The list whose delta is being asked for: its answer is withheld
	 * from *slot until then. */
	struct rev_answer *slot;
	struct crl_reading base;
	const char *without;		/* why none of its deltas was taken */
	/* --crl: the next one, and those that have been read. */
	size_t by_hand;
	struct crl_kept **kept;		/* REV_GIVEN_MAX */
	size_t n_kept, settled;
	/* Who may sign, besides the issuer. */
	struct bytes *presented;
	size_t n_presented;
	struct path_source anchors;
};

/* revocation_crl_read.c */
int rev_crl_reading_begin(struct rev_cert *c, struct crl_reading *r);
/* rc: how the reading went.  Judges. */
void rev_crl_reading_end(struct rev_cert *c, struct crl_reading *r, int rc);
void rev_crl_read_file(struct rev_cert *c, const char *path,
    struct crl_reading *r);
/* r->more: the next list of that file, in the same place. */
void rev_crl_read_next(struct rev_cert *c, struct crl_reading *r);
/* Who may have signed a list of this certificate's. */
int rev_crl_find_signers(struct rev_cert *c);

/* revocation_crl.c: what a list says goes where it belongs. */
void rev_crl_place(struct rev_cert *c, const struct crl_judged *judged,
    struct rev_answer *slot);
/* Withholds what the list says until its delta has been read. */
bool rev_crl_wants_delta(struct rev_cert *c, const struct crl_reading *r,
    struct rev_answer *slot);
const struct strings *rev_crl_given(const struct rev_cert *c);

/* revocation_crl_given.c: what --crl gives */
void rev_crl_keep(struct rev_cert *c, const struct crl_reading *r,
    struct rev_answer *slot);
/* At the end: lists about other certificates are no answers about this one,
 * unless there is nothing else. */
void rev_crl_forget_foreign(struct rev_cert *c);
/* After the last one: one list with its deltas.  false: that was all. */
bool rev_crl_settle_next(struct rev_cert *c);

#endif
