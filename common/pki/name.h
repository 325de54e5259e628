/* SPDX-License-Identifier: ISC */
/* Distinguished names: one line for people, comparison, directory hash. */
#ifndef PKI_NAME_H
#define PKI_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* "C=US, O=Example, CN=Example CA" (" + " inside an RDN); values converted to
 * UTF-8 where their string type permits, otherwise raw; not escaped.  Empty
 * name: empty.  data is NULL only when memory ran out; so too below. */
struct bytes name_oneline(struct arena *arena, struct bytes name_der);
/* The value of the last CN, else (fallback) of O, else OU, else empty. */
struct bytes name_common(struct arena *arena, struct bytes name_der,
    bool fallback);
/* Well formed, and every string valid for its type?  OpenSSL decodes no
 * certificate whose names are not. */
bool name_valid(struct bytes name_der);
/* RFC 5280 7.1 comparison. */
bool name_equal(struct bytes a_der, struct bytes b_der);
/* The number that names files in a hashed directory (openssl rehash); -1 when
 * the name is malformed (OpenSSL cannot hash it either) or memory ran out. */
int name_hash(struct bytes name_der, uint32_t *out);

#endif
