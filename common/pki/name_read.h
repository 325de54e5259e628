/* SPDX-License-Identifier: ISC */
/* The parts of a distinguished name (RFC 5280 4.1.2.4) in its DER. */
#ifndef PKI_NAME_READ_H
#define PKI_NAME_READ_H

#include <stdint.h>

#include "base/bytes.h"
#include "pki/der_scan.h"

#define NAME_ATTRS_MAX 64	/* attributes in one RDN */

struct name_attr {
	struct bytes oid;	/* contents */
	uint8_t tag;		/* of the value */
	struct bytes value;
};

/* The RDNs of a Name; rest.data is NULL when it is none. */
struct der name_read_rdns(struct bytes name_der);
/* The next RDN that is not empty (empty ones are malformed, but occur, and
 * OpenSSL does not see them): 1, 0 at the end, -1 malformed. */
int name_read_rdn(struct der *rdns, struct der *out);
/* The next attribute of an RDN: 1, 0 at the end, -1 malformed. */
int name_read_attr(struct der *rdn, struct name_attr *out);
/* All attributes of an RDN: their number, -1 when it is malformed or holds
 * too many. */
int name_read_attrs(struct der rdn, struct name_attr attrs[NAME_ATTRS_MAX]);

#endif
