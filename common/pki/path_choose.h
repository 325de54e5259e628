/* SPDX-License-Identifier: ISC */
/* Which of the certificates at hand a path may be made of. */
#ifndef PKI_PATH_CHOOSE_H
#define PKI_PATH_CHOOSE_H

#include "pki/path.h"

/* All of them when there are at most max, else those whose names lead up from
 * the leaf: a file may hold hundreds of leaves, and their issuers at its end.
 * How many are in out. */
size_t path_choose(const struct path_request *request, struct bytes *out,
    size_t max);

#endif
