/* SPDX-License-Identifier: ISC */
/*
 * The order of questions.  A way of asking is a row of stages; each asks
 * what it has to, and the next begins when all of that is answered.
 */
#ifndef PROBE_AUTOSSL_PRIVATE_H
#define PROBE_AUTOSSL_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/autossl.h"
#include "model/options.h"
#include "net/loop.h"
#include "probe/autossl_call.h"
#include "probe/autossl_pages.h"
#include "probe/autossl_state.h"

#define AUTOSSL_ANSWER_MAX	(16U << 20)	/* octets */
#define AUTOSSL_USERS_MAX	200	/* accounts asked about one by one */
#define AUTOSSL_FALLBACKS_MAX	50	/* the same, because of fallbacks */
#define AUTOSSL_RENEWALS_MAX	50	/* names asked about one by one */

struct autossl_probe;

struct autossl_question {
	struct autossl_probe *probe;
	enum autossl_topic topic;
	struct autossl_call call;
	struct bytes user;		/* whom it is about */
	struct autossl_vhost *vhost;	/* or which website */
	size_t start;			/* first row of a page; 0: no pages */
	struct autossl_question *next;	/* among those held back */
	/* From a good answer to facts. */
	int (*read)(struct autossl_question *question,
	    const struct autossl_answer *answer, struct err *err);
};

/* Questions of a topic that wait for what becomes of its first. */
struct autossl_held {
	struct autossl_question *first, *last;
	bool waits;
};

struct autossl_probe {
	const struct options *options;
	struct autossl_facts *facts;
	struct autossl_client *client;
	struct autossl_state *state;
	struct arena *arena;		/* the run's */
	struct loop *loop;
	void (*const *stage)(struct autossl_probe *probe);	/* NULL ends */
	unsigned waiting;		/* answers of this stage to come */
	bool stopped;			/* time, token: nothing more is asked */
	/* Websites that are due, most urgent first, from stage three on; and
	 * behind them those with a fallback. */
	struct autossl_vhost **due;
	size_t n_due, n_fallback;
	struct autossl_pages vhosts, accounts;
	struct autossl_held held[AUTOSSL_TOPICS];
};

extern void (*const autossl_host_stages[])(struct autossl_probe *probe);
extern void (*const autossl_account_stages[])(struct autossl_probe *probe);

/* Asks, unless the server is known not to have the function or the topic has
 * been refused before; later, when another of its topic is not answered yet.
 * The question is copied. */
void autossl_ask(struct autossl_probe *probe,
    const struct autossl_question *question);
/* Fills probe->due from the facts; no fallbacks when nobody wants to hear of
 * them. */
void autossl_find_due(struct autossl_probe *probe);
/* get_autossl_renewal_status for each website that is due. */
void autossl_ask_renewal(struct autossl_probe *probe);
/* Decimal text in the run's arena. */
const char *autossl_number(struct autossl_probe *probe, size_t n);
/* The bytes as a string of the run's arena; NULL when they hold a NUL or
 * memory runs out. */
const char *autossl_string(struct autossl_probe *probe, struct bytes in);

#endif
