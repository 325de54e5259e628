/* SPDX-License-Identifier: ISC */
/*
 * PEM blocks (RFC 7468, and the headers of RFC 1421 where old tools wrote
 * them) in any text: other text around them, CRLF or CR line ends, blanks at
 * both ends of the lines.  pem_next() of der_scan.h is here too.
 */
#ifndef PKI_PEM_H
#define PKI_PEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct pem_block {
	struct bytes label;	/* "CERTIFICATE" */
	struct bytes body;	/* between the two lines, headers included */
	struct bytes whole;	/* with both lines */
	bool truncated;		/* no END line of that label; body is what is
				 * there up to the next BEGIN or the end */
};

/* The next block of any label at or after *pos; 1 found (*pos is behind it),
 * 0 none. */
int pem_block_next(struct bytes text, size_t *pos, struct pem_block *out);
/*
 * Decodes the base64 of a body; RFC 1421 headers are skipped.  out needs
 * PEM_DECODED_MAX(body.len) octets.  Returns the length, or -1 when it is not
 * base64.
 */
#define PEM_DECODED_MAX(len) ((len) / 4 * 3 + 3)
long pem_decode(struct bytes body, uint8_t *out);

#endif
