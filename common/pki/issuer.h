/* SPDX-License-Identifier: ISC */
/*
 * Who issued a certificate, told by the key: names and key identifiers are
 * what anybody can write, a signature that verifies is not.
 */
#ifndef PKI_ISSUER_H
#define PKI_ISSUER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

#define ISSUER_BYTES_MAX ((size_t)256 << 10)	/* of a file of AIA */
#define ISSUERS_MAX 16			/* certificates of one name in it */

/* 0: the key of `issuer` made the signature of `cert` (both DER).  ERR_SYNTAX
 * or ERR_UNSUPPORTED: it did not, or that cannot be told.  Looks at nothing
 * else: not at names, times, or whether it may. */
int issuer_verify(struct bytes cert, struct bytes issuer, struct err *err);
/* The name fits, too. */
bool issuer_is(struct bytes cert, struct bytes issuer);
/*
 * The certificates in what was fetched from a URL of caIssuers (RFC 5280
 * 4.2.2.1: one in DER, or PKCS#7; PEM is seen as well) that issued `cert`;
 * copies in the arena.  Returns how many; 0: err tells why there is none.
 */
size_t issuer_read(struct arena *arena, struct bytes body, struct bytes cert,
    struct bytes out[ISSUERS_MAX], struct err *err);

#endif
