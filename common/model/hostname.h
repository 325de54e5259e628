/* SPDX-License-Identifier: ISC */
/*
 * Does a certificate's identifier cover a host name?  RFC 9525: only
 * subjectAltName counts, the comparison is ASCII case-blind on A-labels, a
 * wildcard is the complete left-most label and stands for exactly one label,
 * IP addresses match IP identifiers octet by octet and nothing else.
 */
#ifndef MODEL_HOSTNAME_H
#define MODEL_HOSTNAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "model/facts.h"

/* pattern: dNSName from a certificate (hostile bytes); name: reference
 * identifier, A-labels, one trailing dot is ignored on the name only. */
bool hostname_match(struct bytes pattern, const char *name);
/* 4 or 16 octets of an address literal, 0 when text is none.  IPv4-mapped
 * IPv6 stays 16 octets. */
unsigned hostname_address(const char *text, uint8_t out[16]);
/* Any SAN of the certificate covers the name or address? */
bool hostname_covered(const struct cert_facts *cert, const char *name);
/* A SAN in printable form (raw bytes for names, text for addresses). */
void san_format(struct buf *out, const struct san *san);

#endif
