/* SPDX-License-Identifier: ISC */
/* What session.c and session_starttls.c share.  Nobody else includes it. */
#ifndef NET_SESSION_PRIVATE_H
#define NET_SESSION_PRIVATE_H

#include "base/buf.h"
#include "net/connect.h"
#include "net/session.h"
#include "net/starttls.h"
#include "net/tunnel.h"

/* Handshake records in TDS packets. */
struct session_wrap {
	bool active;
	struct buf in;			/* packets, not yet complete */
	struct buf plain;		/* payload not yet read */
	struct buf out;			/* packets not yet sent */
	struct err error;		/* a malformed packet */
};

struct session_private {
	const struct proxy *proxy;	/* in use, or NULL */
	unsigned stage;
	int fd;				/* -1: none */
	struct resolve_job *job;
	struct address_list *addresses;	/* of who we connect to; until then */
	struct address target;		/* told to the proxy, if has_target */
	bool has_target;
	struct connect race;
	struct tunnel *tunnel;
	struct starttls_dialogue dialogue;
	bool dialogue_open;
	enum starttls_next next;
	struct session_wrap wrap;
};

/* Waits for the session's descriptor. */
enum step session_await(struct session *session, enum step step);
/* A stage: STEP_DONE ends it, with session->error set if it failed. */
enum step session_run_starttls(struct session *session);
struct tls_wrap session_tls_wrap(struct session *session);
/* 0: all packets are sent; 1: the descriptor takes no more now; -1 errno. */
int session_flush_wrap(struct session *session);
void session_release_starttls(struct session *session);

#endif
