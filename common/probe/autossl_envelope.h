/* SPDX-License-Identifier: ISC */
/*
 * Opens the envelopes of cPanel's APIs: WHM API 1 ({metadata, data}), UAPI
 * flat (HTTP) and in `result` (command line, WHM), uapi_cpanel's ({data:
 * {uapi}}), and tells their failures apart.
 */
#ifndef PROBE_AUTOSSL_ENVELOPE_H
#define PROBE_AUTOSSL_ENVELOPE_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/json_reader.h"

/* What came back, before anything is known of it. */
struct autossl_reply {
	struct bytes body;
	long status;			/* HTTP; 0: from a command */
	const char *content_type;	/* or "" */
	const char *function;		/* that was called, for texts */
	bool uapi;			/* expect UAPI rather than WHM API 1 */
	/* The server has answered the same credentials before, about
	 * something else. */
	bool accepted;
};

/*
 * 0: *data and *metadata (may be NULL) are borrowed from *doc, which the
 * caller frees.  *data is NULL for an answer that has none or null.
 * -1, doc NULL; one text for each kind, which names what an admin can do:
 *	ERR_AUTH	token or user not accepted (401, 403, "Access denied",
 *			"Token Denied", a login page)
 *	ERR_DENIED	no privilege (ACL), feature off, role disabled;
 *			"Access denied" as JSON to who was accepted before
 *	ERR_MISSING	the server has no such function or module; wrong port
 *	ERR_SYNTAX	not JSON, cut off, HTML, an envelope of neither kind,
 *			a redirect
 *	ERR_SERVER	5xx and other HTTP failures, or the function failed
 *			with a reason of its own
 *	ERR_LIMIT, ERR_NOMEM
 */
int autossl_envelope_open(const struct autossl_reply *reply,
    struct json_doc **doc, const struct json_value **data,
    const struct json_value **metadata, struct err *err);

/* The functions that a check may call, the only ones: read-only, no private
 * keys.  "SSL::x" for UAPI. */
bool autossl_function_allowed(const char *function);

#endif
