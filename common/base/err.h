/* SPDX-License-Identifier: ISC */
/*
 * One error object for everything that can fail.
 *
 * A function that can fail returns 0/-1 or pointer/NULL and takes a
 * `struct err *` last.  The innermost function sets kind and text; each
 * caller may put its own words in front once (err_wrap).  Callers switch on
 * the kind only.  The text is plain UTF-8 without control bytes: whatever a
 * peer sent is escaped by err_set before it is stored.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

enum err_kind {
	ERR_NONE,
	ERR_NOMEM,		/* allocation failed */
	ERR_USAGE,		/* an option, a target, their files */
	ERR_IO,			/* a local file cannot be read */
	ERR_SYNTAX,		/* bytes are not what they should be */
	ERR_LIMIT,		/* more than we are willing to read */
	ERR_PASSWORD,		/* a keystore needs a (different) password */
	ERR_UNSUPPORTED,	/* known, but not handled by this build */
	ERR_TIMEOUT,		/* our own deadline passed */
	ERR_RESOLVE,		/* the host name has no address */
	ERR_CONNECT,		/* refused, unreachable, reset at once */
	ERR_PROXY,		/* the proxy refused or misbehaved */
	ERR_STARTTLS,		/* the server refused STARTTLS */
	ERR_INJECTION,		/* plain text was sent to pass as protected */
	ERR_PLAINTEXT,		/* the peer does not speak TLS at all */
	ERR_TLS,		/* the handshake failed */
	ERR_AUTH,		/* the peer does not accept our credentials */
	ERR_DENIED,		/* known to the peer, but not permitted */
	ERR_MISSING,		/* the peer has no such thing */
	ERR_SERVER,		/* the peer says that it failed */
	ERR_CANCELLED,		/* SIGTERM or SIGINT */
	ERR_INTERNAL		/* a library failed in a way it should not */
};

#define ERR_TEXT_SIZE 256

struct err {
	enum err_kind kind;
	int sys;			/* errno, or 0 */
	char text[ERR_TEXT_SIZE];	/* one line of clean UTF-8 */
};

#define ERR_INIT { ERR_NONE, 0, "" }

/* Both return -1, so that `return err_set(...)` reads well.  err may be
 * NULL.  Long text is cut on a character boundary. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, followed by ": " and strerror(sys). */
int err_sys(struct err *err, enum err_kind kind, int sys, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Puts the formatted words and ": " in front of the text.  Returns -1. */
int err_wrap(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int err_nomem(struct err *err);		/* "out of memory"; returns -1 */
void err_clear(struct err *err);

#endif
