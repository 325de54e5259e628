/* SPDX-License-Identifier: ISC */
/*
 * From the data of an answer to facts.  Fields that are missing, null, empty
 * or of another type are read as not known; rows that make no sense are
 * skipped; nothing of it fails but memory and data that is not of the
 * function's shape at all (ERR_SYNTAX: "fetch_ssl_vhosts: no list of virtual
 * hosts").  May be called several times for pages and accounts.
 */
#ifndef PROBE_AUTOSSL_READ_H
#define PROBE_AUTOSSL_READ_H

#include "base/err.h"
#include "base/json_reader.h"
#include "model/autossl.h"

/* WHM API 1; `data` as the envelope gives it. */
int autossl_read_providers(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);
int autossl_read_schedule(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);
int autossl_read_runs(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);
/* Appends all rows but the first `skip`.  Names are kept for those that are
 * due. */
int autossl_read_vhosts(struct autossl_facts *facts,
    const struct json_value *data, size_t skip, struct err *err);
/* listaccts: marks the virtual hosts of suspended accounts. */
int autossl_read_accounts(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);
/* Of a user (WHM) or of the account; attaches them to the virtual hosts of
 * this user that are due, counts the others.  Records older by a day than the
 * last run that is over are stale: noise. */
int autossl_read_problems(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err);
int autossl_read_excluded(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err);
/* Lines of a run: rate limits, and the problems of names that are due and
 * have none recorded. */
int autossl_read_log(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);
/* get_autossl_pending_queue, of WHM or UAPI. */
int autossl_read_queue(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);
int autossl_read_services(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);

/* UAPI. */
int autossl_read_installed(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err);
int autossl_read_progress(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);
int autossl_read_renewal(const struct json_value *data,
    struct autossl_renewal *out, struct err *err);
/* list_certs: newer certificates that cover a due virtual host's name. */
int autossl_read_stored(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err);
int autossl_read_market(struct autossl_facts *facts,
    const struct json_value *data, struct err *err);

/* Seconds between the runs of cron entries, by their first one; 0 when it
 * is not understood.  Pure, for tests: "54 1 * * *", or five fields. */
int64_t autossl_cron_interval(const char *const *fields, size_t n);

#endif
