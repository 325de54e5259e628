/* SPDX-License-Identifier: ISC */
/* Copies the facts of one certificate out of its DER (RFC 5280 4.1). */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "model/facts.h"

#define CERT_SANS_MAX 20000	/* names kept of one certificate */

/*
 * der is borrowed and must live as long as the arena.  Returns -1 only when
 * memory runs out (ERR_NOMEM): a certificate that cannot be decoded gives
 * facts with malformed set, the hash and whatever could be read.  out->der is
 * der without what follows the certificate (which makes it malformed).
 */
int cert_facts_read(struct arena *arena, struct bytes der,
    struct cert_facts *out, struct err *err);
/* Self-issued, and verified with its own key (or the algorithm is unknown and
 * the key identifiers do not speak against it).  No field of the facts,
 * because it costs a signature and hardly anybody asks. */
bool cert_self_signed(const struct cert_facts *facts);
/* ASN.1 times as RFC 5280 4.1.2.5 defines them, strictly: UTCTime
 * YYMMDDHHMMSSZ (50..99 is 19xx), GeneralizedTime YYYYMMDDHHMMSSZ.  tag is
 * the ASN.1 tag (23 or 24).  Returns -1 when malformed.  Lenient forms seen
 * in the wild (no seconds, +hhmm offsets) are accepted only when `lenient`. */
int cert_time_parse(unsigned tag, struct bytes text, int lenient,
    int64_t *out);

#endif
