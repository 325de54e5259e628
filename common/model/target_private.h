/* SPDX-License-Identifier: ISC */
/*
 * What the files behind model/target.h share.  All return 0, or -1 with
 * ERR_USAGE or ERR_NOMEM; the texts do not name the target, target_parse and
 * its like put it in front.
 */
#ifndef MODEL_TARGET_PRIVATE_H
#define MODEL_TARGET_PRIVATE_H

#include "model/target.h"

#define TARGET_ADDRESS_SIZE 64

/* An IPv4 or IPv6 address, the latter with or without zone, in its usual
 * spelling; false when text is none. */
bool target_address(const char *text, char out[TARGET_ADDRESS_SIZE]);
/* The host of out from a name (also an IDN) or an address without brackets:
 * host, host_unicode, is_address, and the sni of a name with a final dot. */
int target_host(struct arena *arena, const char *text, struct target *out,
    struct err *err);
/* A name or an address, as one expects it in a certificate. */
const char *target_name(struct arena *arena, const char *text,
    struct err *err);
int target_port(const char *text, uint16_t *out, struct err *err);
/* The scheme that a default names: the one of starttls, or NULL. */
int target_starttls(const struct target_defaults *defaults,
    const struct scheme **out, struct err *err);
/* The scheme of an endpoint that is known by its port alone. */
const struct scheme *target_scheme(uint16_t port);
/* "unknown scheme 'x', the nearest is 'y'" */
int target_unknown_scheme(const char *what, const char *name,
    struct err *err);
/* --sni; "-" sends none. */
int target_sni(struct arena *arena, const struct target_defaults *defaults,
    struct target *out, struct err *err);

/* Has text the form ADDRESS/BITS...? */
bool target_is_network(const char *text);
int target_parse_network(struct arena *arena, const char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err);

#endif
