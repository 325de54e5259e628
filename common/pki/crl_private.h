/* SPDX-License-Identifier: ISC */
/* What the files that read CRLs share (crl*.c only). */
#ifndef PKI_CRL_PRIVATE_H
#define PKI_CRL_PRIVATE_H

#include "pki/crl.h"
#include "pki/der_scan.h"

#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_ENUMERATED 0x0a
#define TAG_UTC_TIME 0x17
#define TAG_GENERALIZED_TIME 0x18
#define TAG_SEQUENCE 0x30
#define TAG_EXTENSIONS 0xa0

/* How many extensions a list or an entry may have. */
#define CRL_EXTENSIONS_MAX 64

/* Is there one with the same OID before that one?  The second would overrule
 * the first (RFC 5280 4.2 and 5.2: there must not be). */
bool crl_extension_repeats(struct bytes list,
    const struct der_extension *extension);
/* crlExtensions: contents of the SEQUENCE.  0, or -1 malformed. */
int crl_extensions_read(struct bytes list, struct crl_facts *out);
/* ReasonFlags, contents of the BIT STRING: bit i of out = bit i. */
int crl_reasons_read(struct bytes value, unsigned *out);
/* A Time, whole TLV already read. */
int crl_time(const struct tlv *tlv, int64_t *out);

/* Is it a serial number that can be compared octet by octet? */
bool crl_serial_valid(struct bytes serial);

struct crl_lookup;

struct crl_lookup *crl_lookup_new(struct arena *arena,
    struct crl_query *queries, size_t n);
/* One entry of revokedCertificates (whole TLV): looks its serial up.  The
 * certificate issuer of an indirect CRL lasts from one entry to the next
 * (RFC 5280 5.3.3).  0, or -1 malformed. */
int crl_entry(struct crl_lookup *lookup, struct bytes entry,
    struct crl_facts *facts);

#endif
