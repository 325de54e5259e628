/* SPDX-License-Identifier: ISC */
/* What the checks of check_autossl_queue share. */
#ifndef CHECKS_QUEUE_PRIVATE_H
#define CHECKS_QUEUE_PRIVATE_H

#include "base/buf.h"
#include "checks/queue.h"

#define QUEUE_DAY	86400
#define QUEUE_HOUR	3600
/* Age at which orders are given up, and from which that is told. */
#define QUEUE_CANCELED		(7 * QUEUE_DAY)
#define QUEUE_CANCELED_SOON	(6 * QUEUE_DAY)

enum queue_state {
	QUEUE_NONE,		/* no certificate, or one without dates */
	QUEUE_FOREIGN,
	QUEUE_SUSPENDED,
	QUEUE_EXCLUDED,
	QUEUE_SELF_SIGNED,
	QUEUE_FINE,
	QUEUE_RENEWING,		/* inside its window, not overdue yet */
	QUEUE_OVERDUE,
	QUEUE_EXPIRED,
	QUEUE_STATES
};

/* One website. */
struct queue_verdict {
	enum queue_state state;	/* by the facts, whatever the policy is */
	enum finding_id id;	/* what is told; FINDING_COUNT: nothing */
	enum status status;	/* after the policy; OK without an id */
	int64_t left;		/* seconds to the end */
	int64_t window;		/* autossl_window() */
};

struct queue_verdict queue_judge(const struct check_input *in,
    const struct autossl_vhost *vhost);
const char *queue_state_word(enum queue_state state);

/* All websites, counted. */
struct queue_tally {
	size_t states[QUEUE_STATES];
	size_t autossl;		/* AutoSSL's, in whatever state */
	size_t undated;		/* of these, without readable dates */
	size_t in_window;	/* not expired */
	size_t limited;		/* with a rate limit among their problems */
	/* Of those that somebody waits for; NULL: none. */
	const struct autossl_vhost *first;	/* to end */
	int64_t next_due;	/* seconds to the next window; -1: none */
};

struct queue_tally queue_count(const struct check_input *in);

/* A problem that keeps this website from being renewed; false for noise. */
bool queue_problem_counts(const struct check_input *in,
    const struct autossl_vhost *vhost,
    const struct autossl_problem *problem);
bool queue_has_problem(const struct check_input *in,
    const struct autossl_vhost *vhost);
/*
 * "expires in 5 days, renewal has been due for 18 days: no pending order, no
 * problem recorded": what is known of a website that needs somebody.
 */
enum queue_length {
	QUEUE_BRIEF,		/* up to the colon, and a late order */
	QUEUE_LINE,
	QUEUE_LONG		/* and what to do about it */
};

void queue_describe(const struct check_input *in, struct result *result,
    const struct autossl_vhost *vhost, enum queue_length length,
    struct buf *out);
/* "user/servername", clean, in the result's arena. */
const char *queue_subject(struct result *result, struct bytes user,
    struct bytes name);
/* Order of two byte strings, as for qsort. */
int queue_compare_bytes(struct bytes a, struct bytes b);

/* The facts, or NULL when there are none or the core call gave nothing. */
const struct autossl_facts *queue_facts(const struct check_input *in);
/* Seconds to the end of the certificate; negative: expired. */
int64_t queue_left(const struct check_input *in,
    const struct autossl_vhost *vhost);
/* How long ago; 0 for what the server's clock puts into the future. */
int64_t queue_age(int64_t now, int64_t then);
/* Older than a limit?  Limits of 0 never alarm. */
enum status queue_age_status(int64_t age, int64_t warning,
    int64_t critical);
/* " (critical above 2 days)", or nothing for OK. */
void queue_put_limit(struct buf *out, enum status status, int64_t warning,
    int64_t critical);
/* Of an order pending for so long; warned of from which age. */
enum status queue_order_status(const struct check_input *in, int64_t age);
int64_t queue_order_warning(const struct check_input *in);
/* AutoSSL is switched off: on the server, or for the account. */
bool queue_is_off(const struct autossl_facts *facts);
bool queue_got(const struct autossl_facts *facts, enum autossl_topic topic);
size_t queue_enabled(const struct autossl_facts *facts);
/* The ages of the last run that alarm; 0: never. */
void queue_run_limits(const struct check_input *in, int64_t *warning,
    int64_t *critical);
/* A check that runs now: false, or true and its age; -1: not known. */
bool queue_in_progress(const struct autossl_facts *facts, int64_t now,
    int64_t *age);

#endif
