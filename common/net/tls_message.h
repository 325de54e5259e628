/* SPDX-License-Identifier: ISC */
/*
 * What is read from the wire without OpenSSL: the Certificate message, byte
 * for byte, whether or not OpenSSL can make sense of what is in it; the
 * staple; the names of alerts; whether the peer speaks TLS at all.
 */
#ifndef NET_TLS_MESSAGE_H
#define NET_TLS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct tls_chain {
	struct bytes *certs;		/* the caller's array of max */
	struct bytes *staples;		/* likewise, one per certificate (TLS
					 * 1.3), or empty; NULL: not wanted */
	size_t max, n, n_all;		/* kept, sent */
};

/* body: of a Certificate message, without the four octets of the handshake
 * header (RFC 8446, 4.4.2; RFC 5246, 7.4.2).  Borrows from it.  -1: it is
 * malformed; what was found up to there is kept. */
int tls_message_chain(struct bytes body, bool tls13, struct tls_chain *out);
/* body: of a CertificateStatus (RFC 6066, 8): the OCSP response, or empty. */
struct bytes tls_message_staple(struct bytes body);
/* "handshake_failure"; NULL: no such alert. */
const char *tls_message_alert(unsigned code);
/* May these, the first octets of a connection, begin a TLS record?  True for
 * none at all. */
bool tls_message_is_record(struct bytes in);

#endif
