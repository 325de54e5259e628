/* SPDX-License-Identifier: ISC */
/*
 * OCSP (RFC 6960, RFC 9919, RFC 9654): requests, and answers judged for one
 * certificate at a given time.
 */
#ifndef PKI_OCSP_H
#define PKI_OCSP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "model/revocation.h"

#define OCSP_NONCE_SIZE 32		/* RFC 9654 2.1 */
#define OCSP_RESPONSE_MAX (1 << 20)

enum ocsp_hash {
	OCSP_SHA256,
	OCSP_SHA1
};

struct ocsp_query {
	struct bytes cert, issuer;	/* DER; issuer: the CA that signed it */
	int64_t now;			/* seconds */
	int64_t skew;			/* allowed clock difference, seconds */
	int64_t max_age;		/* of thisUpdate; 0: no limit */
	struct bytes nonce;		/* what was sent, or empty */
	/* Certificates at hand besides those in the response: one of them may
	 * be the responder's own, which is held to the same rules. */
	const struct bytes *others;
	size_t n_others;
};

/* DER of an OCSPRequest with one unsigned Request and no singleRequest
 * extensions; with the nonce when there is one. */
int ocsp_request(struct arena *arena, const struct ocsp_query *query,
    enum ocsp_hash hash, struct bytes *out, struct err *err);
/* The GET URL of RFC 9919 6 if it is no longer than 255 octets, else NULL
 * (and no error: POST it). */
const char *ocsp_get_url(struct arena *arena, const char *url,
    struct bytes request);
/*
 * Judges a response: fills outcome, error, times, reason of the answer (its
 * other fields stay).  Never GOOD unless every rule holds; see revocation.md
 * 3 for the list.  responseStatus other than successful: UNUSABLE with the
 * status named (error.kind ERR_UNSUPPORTED for unauthorized, ERR_CONNECT for
 * tryLater and internalError).  -1: out of memory only.
 */
int ocsp_read(struct arena *arena, struct bytes response,
    const struct ocsp_query *query, struct rev_answer *out, struct err *err);

#endif
