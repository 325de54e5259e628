/* SPDX-License-Identifier: ISC */
/* What check_cert_expiry and check_ocsp do alike: probe every target and
 * judge it by a list of checks. */
#ifndef APP_CERTS_H
#define APP_CERTS_H

#include "checks/check.h"
#include "model/options.h"
#include "model/report.h"
#include "probe/revocation.h"

/* revocation: what is asked before a target is judged, or NULL. */
int certs_run(const struct check *const *checks,
    const struct revocation_ops *revocation, const struct options *options,
    struct report *report, struct err *err);

#endif
