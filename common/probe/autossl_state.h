/* SPDX-License-Identifier: ISC */
/*
 * What has to be remembered from one run to the next, because the API does
 * not tell: since when a check has been seen in progress, which functions a
 * server lacks.  A small file in the cache directory, one per server and
 * user, replaced atomically.  It holds no verdict and no secret; losing it,
 * or not being able to write it, costs only what it remembers.
 */
#ifndef PROBE_AUTOSSL_STATE_H
#define PROBE_AUTOSSL_STATE_H

#include <stdint.h>

#include "base/err.h"

struct autossl_state;

#define AUTOSSL_STATE_ENTRIES	1000
#define AUTOSSL_STATE_AGE	(30 * 86400)	/* then an entry is dropped */

/* Never fails for what it finds: a file that is missing, unreadable, too
 * large or garbage is an empty state; what is older than AUTOSSL_STATE_AGE or
 * later than now is dropped.  dir NULL: none is kept; "": where cache_open
 * puts it without a directory.  user may be NULL.  NULL: out of memory. */
struct autossl_state *autossl_state_open(const char *dir, const char *server,
    const char *user, int64_t now, struct err *err);
/* The instant kept for a key ([A-Za-z0-9_.:@-], at most 200); 0: none. */
int64_t autossl_state_get(const struct autossl_state *state, const char *key);
/* Of more than AUTOSSL_STATE_ENTRIES the oldest goes.  A key that is none,
 * and an instant before 1970, are not kept. */
void autossl_state_set(struct autossl_state *state, const char *key,
    int64_t at);
void autossl_state_drop(struct autossl_state *state, const char *key);
/* Writes it when something changed.  -1: it could not be written. */
int autossl_state_save(struct autossl_state *state, struct err *err);
void autossl_state_free(struct autossl_state *state);	/* NULL-safe */

#endif
