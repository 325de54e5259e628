/* SPDX-License-Identifier: ISC */
/* What the OpenSSL users inside pki share. */
#ifndef PKI_OSSL_H
#define PKI_OSSL_H

#include "base/bytes.h"
#include "base/err.h"

/* Sets err from OpenSSL's error queue (its newest reason) and clears the
 * queue.  Returns -1. */
int ossl_error(struct err *err, enum err_kind kind, const char *what);
void ossl_clear(void);

#endif
