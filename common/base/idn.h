/* SPDX-License-Identifier: ISC */
/*
 * Internationalised host names (RFC 5890, UTS 46 non-transitional) by
 * libidn2, which is loaded at the first name that needs it; plain ASCII names
 * never do.
 */
#ifndef BASE_IDN_H
#define BASE_IDN_H

#include "base/arena.h"
#include "base/err.h"

/* UTF-8 to lower-case A-labels.  ERR_SYNTAX for a bad name, ERR_UNSUPPORTED
 * without libidn2.  An ASCII name is only checked and lower-cased. */
char *idn_to_ascii(struct arena *arena, const char *name, struct err *err);
/* A-labels to UTF-8 for display; NULL when there is nothing to show (no
 * xn-- label, or it does not decode). */
char *idn_to_unicode(struct arena *arena, const char *name);

#endif
