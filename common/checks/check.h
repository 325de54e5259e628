/* SPDX-License-Identifier: ISC */
/*
 * Checks: pure functions from what was seen, what was asked for and an
 * instant to findings and metrics.  No I/O, no clock, no OpenSSL.
 */
#ifndef CHECKS_CHECK_H
#define CHECKS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/observation.h"
#include "model/options.h"
#include "model/report.h"

struct check_input {
	const struct observation *obs;
	const struct options *options;
	int64_t now;
};

struct check {
	const char *name;
	/* Needs certificates: left out when none was seen. */
	bool needs_certs;
	void (*run)(const struct check_input *in, struct result *result);
};

extern const struct check check_connection;	/* connection.c */
extern const struct check check_time;		/* connection.c */
extern const struct check check_wellformed;	/* wellformed.c */
extern const struct check check_expiry;		/* expiry.c */
extern const struct check check_renewal;	/* renewal.c */
extern const struct check check_lifetime;	/* lifetime.c */
extern const struct check check_names;		/* names.c */
extern const struct check check_trust;		/* trust.c */
extern const struct check check_chain;		/* chain.c */
extern const struct check check_keys;		/* keys.c */
extern const struct check check_identity;	/* identity.c */
extern const struct check check_tls;		/* tls.c */
extern const struct check check_revocation;	/* revocation.c */
extern const struct check check_broken;		/* broken.c */

/* Runs a NULL-ended list of checks and fills result->facts. */
void checks_run(const struct check *const *checks,
    const struct check_input *in, struct result *result);

/* "leaf", "intermediate 1", "root", "certificate 3", "CA": what finding
 * texts and JSON call certificate i.  In the result's arena; never NULL. */
const char *check_label(const struct check_input *in, struct result *result,
    size_t i);
/* Likewise for what is asked about: "leaf", "intermediate 1". */
const char *check_whose(struct result *result,
    const struct rev_facts *facts);
/* Certificate i is on the path that was built, or no path was. */
bool check_on_path(const struct observation *obs, size_t i);
/* What an RSA modulus and exponent must have (BR 6.1.5). */
#define CHECK_RSA_MIN 2048
#define CHECK_WHY_MAX 80
struct key_limits {
	int64_t bits;
	uint64_t exponent;
};

/* Is a key weak by itself?  `why` then says it.  keys.c */
bool check_key_weak(const struct cert_facts *cert,
    const struct key_limits *limits, char *why, size_t size);
/* Another certificate here was issued by certificate i. */
bool check_is_issuer(const struct observation *obs, size_t i);
/* Certificate b is (by name or key identifier) the issuer of a. */
bool check_issued(const struct cert_facts *a, const struct cert_facts *b);

#endif
