/* SPDX-License-Identifier: ISC */
/*
 * What AutoSSL's own words mean: the texts of recorded problems, of log
 * lines and of ACME errors (RFC 8555 6.7), which are not localized.  Curly
 * and straight quotes are the same.
 */
#ifndef MODEL_AUTOSSL_TEXT_H
#define MODEL_AUTOSSL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum autossl_cause {
	AUTOSSL_CAUSE_OTHER,		/* a text that we do not know */
	AUTOSSL_CAUSE_DNS,		/* does not resolve, or elsewhere */
	AUTOSSL_CAUSE_HTTP,		/* the validation file is not served */
	AUTOSSL_CAUSE_CAA,		/* a CAA record forbids it */
	AUTOSSL_CAUSE_RATE_LIMIT,
	AUTOSSL_CAUSE_TERMS,		/* terms of service not accepted */
	AUTOSSL_CAUSE_EXCLUDED,		/* by the user's own choice */
	AUTOSSL_CAUSE_SUSPENDED,	/* the account */
	AUTOSSL_CAUSE_DISABLED,		/* AutoSSL is off */
	AUTOSSL_CAUSE_FOREIGN,		/* not AutoSSL's certificate */
	AUTOSSL_CAUSE_NAMES,		/* more names than allowed */
	AUTOSSL_CAUSE_DEFERRED,		/* put off while a name fails */
	AUTOSSL_CAUSE_VALIDATION,	/* validation failed, no detail */
	AUTOSSL_CAUSE_COUNT
};

struct autossl_meaning {
	enum autossl_cause cause;
	int64_t retry_at;	/* rate limits: epoch seconds; 0: not said */
	struct bytes name;	/* the domain it is about, borrowed; empty */
};

/* Never fails: what is not understood is AUTOSSL_CAUSE_OTHER. */
struct autossl_meaning autossl_text_read(struct bytes text);
/* What stands in the first pair of quotation marks, of whatever language;
 * borrowed; empty when there is none. */
struct bytes autossl_text_quoted(struct bytes text);
/* In words for line 1, lower case: "DNS points elsewhere or nowhere". */
const char *autossl_cause_words(enum autossl_cause cause);
/* What the operator can do about it, a sentence without a stop; "" when
 * there is nothing to say. */
const char *autossl_cause_advice(enum autossl_cause cause);
/* A service subdomain that cPanel adds by itself (mail., cpanel., webmail.,
 * autodiscover., ...): a problem there is noise. */
bool autossl_is_service_name(struct bytes name);

#endif
