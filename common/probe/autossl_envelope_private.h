/* SPDX-License-Identifier: ISC */
/* Between the files of autossl_envelope: what failed, told in words. */
#ifndef PROBE_AUTOSSL_ENVELOPE_PRIVATE_H
#define PROBE_AUTOSSL_ENVELOPE_PRIVATE_H

#include "probe/autossl_envelope.h"

/* Before JSON is looked for: HTTP's status, nothing at all, HTML, a word of
 * plain text.  0: it may be JSON; -1: it is not, or of no use. */
int autossl_envelope_refused(const struct autossl_reply *reply,
    struct err *err);
/* The function failed, and gave this reason (may be empty).  Returns -1. */
int autossl_envelope_failed(const struct autossl_reply *reply,
    struct bytes reason, struct err *err);

#endif
