/* SPDX-License-Identifier: ISC */
/*
 * One call of an API function at a time, whatever the way: HTTPS to cpsrvd
 * with a token (net/http), or whmapi1 and uapi on the server (net/command).
 * A few run at once, the others wait their turn.  An answer is opened
 * (autossl_envelope) before it is handed over.
 *
 * A call that the credentials do not open is not repeated, and the calls
 * behind it are not made either: cPHulk locks out who tries too often.  They
 * end with the same ERR_AUTH.  Until the credentials have opened
 * something, one call is made at a time.  Neither is anything sent once the
 * deadline has passed or the run was cancelled.
 */
#ifndef PROBE_AUTOSSL_CALL_H
#define PROBE_AUTOSSL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json_reader.h"
#include "model/autossl.h"
#include "model/options.h"
#include "net/loop.h"

struct autossl_client;

struct autossl_client_options {
	const struct options *options;
	enum autossl_way way;
	struct loop *loop;
	struct arena *arena;
	int64_t deadline_ms;		/* monotonic, of the run */
};

/* Reads the token (file or environment).  NULL: ERR_USAGE or ERR_IO with a
 * line that names the option; the token is in no text. */
struct autossl_client *autossl_client_new(
    const struct autossl_client_options *options, struct err *err);
/* NULL-safe; wipes the token.  Not while the loop runs, before loop_free. */
void autossl_client_free(struct autossl_client *client);
/* "whm.example.com:2087", or "local". */
const char *autossl_client_server(const struct autossl_client *client);
/* The user of the token; in account mode the account. */
const char *autossl_client_user(const struct autossl_client *client);

#define AUTOSSL_PARAMS 12

struct autossl_param {
	const char *name, *value;	/* not encoded yet */
};

struct autossl_call {
	/* "fetch_ssl_vhosts": WHM API 1.  "SSL::installed_hosts": UAPI; with
	 * a WHM token by uapi_cpanel as `user`, who must be given then. */
	const char *function;
	const char *user;
	struct autossl_param params[AUTOSSL_PARAMS];	/* name NULL ends */
	size_t max_size;		/* octets of the answer */
};

struct autossl_answer {
	struct err error;		/* see autossl_envelope.h */
	const struct json_value *data;		/* NULL on errors */
	const struct json_value *metadata;	/* may be NULL */
	int64_t elapsed_ms;
};

/* Strings are copied.  done is called exactly once, from the loop or before
 * this returns; the answer is freed when it returns.  -1, done is not called:
 * out of memory, or ERR_INTERNAL: the function must not be called from a
 * check (autossl_envelope.h), or not by this way, or `user` is missing.
 *
 * Errors of the transport keep their kinds and name the server; a program
 * that is not there, or may not be run, is ERR_IO. */
int autossl_client_call(struct autossl_client *client,
    const struct autossl_call *call,
    void (*done)(void *ctx, const struct autossl_answer *answer), void *ctx,
    struct err *err);
/* The function whose call has run longest, or NULL: for the text of a
 * timeout, after which it stays.  The client's. */
const char *autossl_client_busy(const struct autossl_client *client);
unsigned autossl_client_count(const struct autossl_client *client);

#endif
