/* SPDX-License-Identifier: ISC */
/*
 * Who asks: a user's name and API token, from --token-file or the
 * environment (CPANEL_API_TOKEN, which is taken out of it, so that no child
 * sees it).  One line, TOKEN or USER:TOKEN.  Never from the command line.
 */
#ifndef PROBE_AUTOSSL_TOKEN_H
#define PROBE_AUTOSSL_TOKEN_H

#include <stdint.h>

#include "base/dump.h"
#include "base/err.h"
#include "model/options.h"

#define AUTOSSL_TOKEN_MAX 1024		/* octets of the line */

struct autossl_token {
	char line[AUTOSSL_TOKEN_MAX + 1];
	const char *user;		/* in line; NULL: not said */
	const char *secret;		/* in line */
	struct dump dump;
};

/*
 * 0, or -1: ERR_USAGE (none given, readable by others, not one line), ERR_IO,
 * ERR_CANCELLED; the text names the option, never what was read.  Waits for a
 * FIFO or standard input ("-") until deadline_ms (monotonic; 0: for ever).
 * *out needs a release either way; until then no core is dumped.
 */
int autossl_token_read(const struct options *options, int64_t deadline_ms,
    struct autossl_token *out, struct err *err);
/* Wipes what is in the environment: nobody needs it there. */
void autossl_token_forget(void);
/* Wipes it. */
void autossl_token_release(struct autossl_token *token);

#endif
