/* SPDX-License-Identifier: ISC */
/*
 * From the octets of an answer or a file to a list that can be judged,
 * whatever form they came in: DER as it should be, PEM, either of them as a
 * gzip file.  Of several lists in PEM those count of the CA that the first
 * query names, one after the other; when there are none, the first.
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
/* After the last part: the list, all but its query set, lives as long as the
 * feed, its facts as long as the arena.  -1: it is no whole CRL. */
int crl_feed_end(struct crl_feed *feed, struct crl_list *out,
    struct err *err);
/* After crl_feed_end, whatever it gave: another list of that CA stands behind
 * the one that was read, or something that may have been one. */
bool crl_feed_more(const struct crl_feed *feed);
/* Then crl_feed_end gives that one, with these queries for the others; what
 * the list before it had is gone but for its facts. */
int crl_feed_again(struct crl_feed *feed, struct crl_query *queries,
    size_t n, struct err *err);

#endif
