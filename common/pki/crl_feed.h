/* SPDX-License-Identifier: ISC */
/*
 * From the octets of an answer or a file to a judged CRL, whatever form they
 * came in: DER as it should be, or PEM.
 */
#ifndef PKI_CRL_FEED_H
#define PKI_CRL_FEED_H

#include "pki/crl_judge.h"

struct crl_feed;

struct crl_feed *crl_feed_new(struct arena *arena, struct crl_query *queries,
    size_t n, struct err *err);
void crl_feed_free(struct crl_feed *feed);	/* NULL-safe */
/* As crl_feed: the caller presents again what was not used. */
int crl_feed_part(struct crl_feed *feed, struct bytes in, size_t *used,
    struct err *err);
/* After the last part.  Errors of the list are in the answer. */
int crl_feed_judge(struct crl_feed *feed, const struct crl_query *query,
    const struct crl_subject *subject, struct rev_answer *out,
    struct err *err);

#endif
