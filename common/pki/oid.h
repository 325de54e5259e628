/* SPDX-License-Identifier: ISC */
/* Object identifiers: the contents octets of X.690 8.19 as dotted text. */
#ifndef PKI_OID_H
#define PKI_OID_H

#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"

#define OID_TEXT_MAX 128

/* Well formed: not empty, every arc complete and not padded? */
bool oid_valid(struct bytes oid);

/* Writes at most size - 1 characters and a NUL; returns the length, or 0
 * (and the empty string) when the OID is malformed or too long. */
size_t oid_format(struct bytes oid, char *out, size_t size);
/* The same in the arena; "malformed OID" when it is.  NULL: out of memory. */
const char *oid_text(struct arena *arena, struct bytes oid);

#endif
