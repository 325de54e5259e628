/* SPDX-License-Identifier: ISC */
/*
 * What the files of the STARTTLS engine share: starttls.c (the outside and
 * the errors), starttls_text.c (the interpreter of rules), starttls_rules.c
 * (the text protocols), starttls_binary.c.  Nobody else includes it.
 */
#ifndef NET_STARTTLS_PRIVATE_H
#define NET_STARTTLS_PRIVATE_H

#include "net/starttls.h"

/* dialogue.state: the number of the state, and bits above it. */
#define STARTTLS_STATE	0x00ffU
#define STARTTLS_MARK	0x0100U		/* STARTTLS was offered */
#define STARTTLS_EOF	0x0200U		/* no more input will come */

enum starttls_state {
	S_OPEN,			/* nothing was said yet */
	S_GREETING,
	S_GREETING_MORE,	/* inside a reply of several lines */
	S_HELLO,		/* what can the server do? */
	S_COMMAND,		/* STARTTLS was sent */
	S_COMMAND_MORE,
	S_ERROR,		/* the next reply tells what is wrong */
	S_DONE,			/* the go-ahead was given */
	S_COUNT,
	S_ANY
};

/* How the errors of one state speak of it. */
struct starttls_words {
	const char *expected;	/* "an SMTP greeting" */
	const char *refused;	/* "the connection", "STARTTLS" */
};

enum starttls_act {
	SKIP,
	MARK,			/* STARTTLS is offered */
	GOTO,			/* the next state */
	SEND,			/* send, the next state */
	SEND_IF,		/* the same when marked, else not offered */
	PONG,			/* IRC: give the rest of the line back */
	READY,
	REFUSE,
	LACKS,			/* not offered */
	WRONG			/* not this protocol */
};

/*
 * match is a case-blind prefix of the reply: '#' stands for a digit, '@' for
 * a word, ':' in front for the source of an IRC message; where it ends in a
 * letter or digit, no letter, digit or '-' may follow.  word (or NULL) must
 * stand somewhere in the reply; "/" only at its end.
 */
struct starttls_rule {
	enum starttls_state state;
	const char *match;	/* NULL: end of the list */
	const char *word;
	enum starttls_act act;
	enum starttls_state next;
	const char *send;
};

enum starttls_reply {
	REPLY_LINE,
	REPLY_LITERAL,		/* lines that may hold {N} literals */
	REPLY_TAG		/* XML; the opening gets to='HOST'> */
};

struct starttls_text {
	enum starttls_reply reply;
	const char *opening;	/* what the client says first, or NULL */
	enum starttls_state first;
	struct starttls_words words[S_COUNT];
	const struct starttls_rule *rules;	/* the first that matches */
};

/* NULL when it is no text protocol. */
const struct starttls_text *starttls_rules_find(enum starttls protocol);

/* One step with dialogue->in as it is; MORE when that does not suffice. */
enum starttls_next starttls_text_step(struct starttls_dialogue *dialogue,
    const struct starttls_text *protocol, struct err *err);
enum starttls_next starttls_binary_step(struct starttls_dialogue *dialogue,
    struct err *err);
/* NULL when it is no binary protocol. */
const struct starttls_words *starttls_binary_words(enum starttls protocol);
bool starttls_binary_opens(enum starttls protocol);	/* client first */

void starttls_goto(struct starttls_dialogue *dialogue,
    enum starttls_state state);
/* Each sets err and returns STARTTLS_FAIL. */
enum starttls_next starttls_unexpected(const struct starttls_words *words,
    struct bytes got, struct err *err);
enum starttls_next starttls_refused(const struct starttls_words *words,
    struct bytes reason, struct err *err);
enum starttls_next starttls_not_offered(struct err *err);
/* The go-ahead was taken out of dialogue->in: returns next, or fails with
 * ERR_INJECTION when anything is behind it. */
enum starttls_next starttls_go(struct starttls_dialogue *dialogue,
    enum starttls_next next, struct err *err);
/* The first bytes of what a server sent, as one line of clean text. */
#define STARTTLS_SNIPPET 80
void starttls_snippet(struct bytes in, char out[STARTTLS_SNIPPET * 2]);

#endif
