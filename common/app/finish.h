/* SPDX-License-Identifier: ISC */
/* The last step of reading options: what several of them make together. */
#ifndef APP_FINISH_H
#define APP_FINISH_H

#include "base/arena.h"
#include "base/err.h"
#include "model/options.h"

/* Makes the policy, brings expected names into A-label form, tries the
 * regular expression.  ERR_USAGE names the option. */
int options_finish(struct options *options, struct arena *arena,
    struct err *err);

#endif
