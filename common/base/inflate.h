/* SPDX-License-Identifier: ISC */
/* Unpacks gzip (RFC 1952), piece by piece, with zlib, which is loaded when it
 * is needed first. */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

struct inflate;

/* ERR_UNSUPPORTED when zlib is not there. */
struct inflate *inflate_new(struct err *err);
void inflate_free(struct inflate *inflate);	/* NULL-safe */
/* Takes octets from the front of *in and puts at most room octets into out:
 * how many, or -1.  0: more of *in is needed, or inflate_ended. */
long inflate_part(struct inflate *inflate, struct bytes *in, uint8_t *out,
    size_t room, struct err *err);
bool inflate_ended(const struct inflate *inflate);

#endif
