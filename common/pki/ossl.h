/* SPDX-License-Identifier: ISC */
/* What the OpenSSL users inside pki share. */
#ifndef PKI_OSSL_H
#define PKI_OSSL_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

/* Before anything else of libcrypto's, which crashes when its first use finds
 * no memory: ERR_NOMEM instead. */
int ossl_begin(struct err *err);

/*
 * -1 with ERR_NOMEM when libcrypto has ever lacked memory since ossl_begin.
 * It does not always say so: a certificate that it could not read half of is
 * "invalid", an algorithm that it had no room for "unsupported", and both
 * may last.  Whatever it says then is none of a certificate's fault, nor
 * proves it good.
 */
int ossl_starved(struct err *err);

/* Sets err from OpenSSL's error queue (its newest reason) and clears the
 * queue.  Returns -1. */
int ossl_error(struct err *err, enum err_kind kind, const char *what);
void ossl_clear(void);

/* Digests of in; the algorithm is fetched once per process.  0, or -1 with
 * the reason in OpenSSL's error queue (out is then zeroed). */
int ossl_sha1(struct bytes in, uint8_t out[20]);
int ossl_sha256(struct bytes in, uint8_t out[32]);

#endif
