/* SPDX-License-Identifier: ISC */
/* Between the queue of calls (autossl_call.c) and how one is sent
 * (autossl_send.c). */
#ifndef PROBE_AUTOSSL_CALL_PRIVATE_H
#define PROBE_AUTOSSL_CALL_PRIVATE_H

#include "model/target.h"
#include "net/command.h"
#include "net/http.h"
#include "probe/autossl_call.h"
#include "probe/autossl_envelope.h"
#include "probe/autossl_token.h"

/* A call that waits or runs. */
struct autossl_sent {
	struct autossl_client *client;
	struct autossl_sent *next;
	struct arena *arena;		/* of its own; holds this, too */
	struct autossl_call call;	/* our copies */
	bool uapi;
	void (*done)(void *ctx, const struct autossl_answer *answer);
	void *ctx;
	int64_t started_ms;
	struct command *command;	/* when it runs as one */
};

struct autossl_list {
	struct autossl_sent *first, *last;
};

struct autossl_client {
	const struct options *options;
	enum autossl_way way;
	struct loop *loop;
	int64_t deadline_ms;
	struct http *http;		/* NULL: commands */
	const char *server, *user;	/* in the run's arena */
	const char *host;		/* of the server, for texts */
	char *base;			/* "https://host:port" */
	char *authorization;		/* the header; wiped */
	struct autossl_token token;
	struct autossl_list waiting, running;	/* running: oldest first */
	unsigned n_running, n_sent;
	bool accepted;			/* the credentials have opened once */
	char opened[80];		/* the function that they opened */
	bool pumping;
	struct err stop;		/* not ERR_NONE: nothing is sent */
	char busy[80];			/* what ran longest when time was up */
};

/* ---- autossl_send.c ---- */

/* 0: autossl_call_end follows from the loop. */
int autossl_send(struct autossl_sent *sent, struct err *err);

/* ---- autossl_call.c ---- */

/* Hands over what came of it and takes the next from the queue.  reply is
 * NULL on errors. */
void autossl_call_end(struct autossl_sent *sent,
    const struct autossl_reply *reply, const struct err *error);

#endif
