/* SPDX-License-Identifier: ISC */
/*
 * The structure of an OCSP answer (RFC 6960 4.2.1), in DER and nothing else:
 *
 *	OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED,
 *	    responseBytes [0] EXPLICIT SEQUENCE { OID, OCTET STRING }
 *	    OPTIONAL }
 *	BasicOCSPResponse ::= SEQUENCE { tbsResponseData,
 *	    AlgorithmIdentifier, BIT STRING, certs [0] EXPLICIT SEQUENCE OF
 *	    Certificate OPTIONAL }
 *	ResponseData ::= SEQUENCE { version [0] EXPLICIT DEFAULT v1,
 *	    responderID CHOICE { [1] Name, [2] OCTET STRING }, producedAt,
 *	    SEQUENCE OF SingleResponse, [1] EXPLICIT Extensions OPTIONAL }
 *	SingleResponse ::= SEQUENCE { certID, certStatus, thisUpdate,
 *	    nextUpdate [0] EXPLICIT OPTIONAL, [1] EXPLICIT Extensions
 *	    OPTIONAL }
 */
#include "pki/cert.h"
#include "pki/ocsp_private.h"

/* One element of that tag and nothing behind it. */
static int
only(struct bytes in, uint8_t tag, struct bytes *out)
{
	struct der der = der_in(in);
	struct tlv tlv;

	if (der_expect(&der, tag, &tlv) != 0 || der.rest.len > 0)
		return -1;
	*out = tlv.value;
	return 0;
}

/* An optional element: 1 taken, 0 absent, -1 malformed. */
static int
optional(struct der *der, uint8_t tag, struct bytes *out)
{
	struct tlv tlv;

	if (der->rest.len == 0 || der->rest.data[0] != tag)
		return 0;
	if (der_next(der, &tlv) != 1)
		return -1;
	*out = tlv.value;
	return 1;
}

/* YYYYMMDDHHMMSSZ, no fractions (RFC 9919 4.1 by RFC 5280 4.1.2.5.2). */
static int
time_read(struct bytes value, int64_t *out)
{
	return cert_time_parse(TAG_GENERALIZED_TIME, value, 0, out);
}

static int
time_next(struct der *der, int64_t *out)
{
	struct tlv tlv;

	if (der_expect(der, TAG_GENERALIZED_TIME, &tlv) != 0)
		return -1;
	return time_read(tlv.value, out);
}

int
ocsp_parse_response(struct bytes in, unsigned *status, bool *has_bytes,
    struct bytes *response_bytes)
{
	struct bytes outer, explicit_bytes;
	struct der der;
	struct tlv tlv;
	int rc;

	*has_bytes = false;
	if (only(in, TAG_SEQUENCE, &outer) != 0)
		return -1;
	der = der_in(outer);
	if (der_expect(&der, TAG_ENUMERATED, &tlv) != 0 ||
	    tlv.value.len != 1 || tlv.value.data[0] > 0x7f)
		return -1;
	*status = tlv.value.data[0];
	rc = optional(&der, TAG_CONTEXT_CONS(0), &explicit_bytes);
	if (rc < 0 || der.rest.len > 0)
		return -1;
	if (rc == 0)
		return 0;
	*has_bytes = true;
	return only(explicit_bytes, TAG_SEQUENCE, response_bytes);
}

int
ocsp_parse_bytes(struct bytes in, struct bytes *type, struct bytes *response)
{
	struct der der = der_in(in);
	struct tlv tlv;

	if (der_expect(&der, TAG_OID, &tlv) != 0)
		return -1;
	*type = tlv.value;
	return only(der.rest, TAG_OCTET_STRING, response);
}

/* A version other than v1 would mean something that we do not know. */
static int
version_read(struct der *der)
{
	struct bytes inner, value;
	int rc = optional(der, TAG_CONTEXT_CONS(0), &inner);

	if (rc <= 0)
		return rc;
	if (only(inner, TAG_INTEGER, &value) != 0)
		return -1;
	return value.len == 1 && value.data[0] == 0 ? 0 : -1;
}

static int
responder_read(struct der *der, struct ocsp_basic *out)
{
	struct bytes inner, name;
	int rc = optional(der, TAG_CONTEXT_CONS(1), &inner);

	if (rc == 1) {
		out->responder_name = inner;
		return only(inner, TAG_SEQUENCE, &name);
	}
	if (rc == 0)
		rc = optional(der, TAG_CONTEXT_CONS(2), &inner);
	if (rc != 1)
		return -1;
	return only(inner, TAG_OCTET_STRING, &out->responder_key);
}

/* [1] EXPLICIT Extensions at the end of its container. */
static int
extensions_read(struct der *der, struct bytes *out)
{
	struct bytes inner;
	int rc = optional(der, TAG_CONTEXT_CONS(1), &inner);

	if (rc < 0 || der->rest.len > 0)
		return -1;
	return rc == 0 ? 0 : only(inner, TAG_SEQUENCE, out);
}

static int
data_read(struct bytes in, struct ocsp_basic *out)
{
	struct der der = der_in(in);
	struct tlv tlv;

	if (version_read(&der) != 0 || responder_read(&der, out) != 0 ||
	    time_next(&der, &out->produced_at) != 0 ||
	    der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	out->singles = tlv.value;
	return extensions_read(&der, &out->extensions);
}

/* The parameters are not signed, and libcrypto does not look at those of
 * algorithms that have none: absent, NULL, or a SEQUENCE (RSASSA-PSS). */
static int
algorithm_valid(struct bytes value)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_OID, &tlv) != 0)
		return -1;
	if (der.rest.len == 0 || bytes_eq(der.rest, bytes_of("\x05\x00", 2)))
		return 0;
	return der_expect(&der, TAG_SEQUENCE, &tlv) == 0 &&
	    der.rest.len == 0 ? 0 : -1;
}

static int
signature_read(struct der *der, struct ocsp_basic *out)
{
	struct tlv tlv;

	if (der_expect(der, TAG_SEQUENCE, &tlv) != 0 ||
	    algorithm_valid(tlv.value) != 0)
		return -1;
	out->algorithm = tlv.whole;
	if (der_expect(der, TAG_BIT_STRING, &tlv) != 0 ||
	    tlv.value.len < 2 || tlv.value.data[0] != 0)
		return -1;
	out->signature = bytes_of(tlv.value.data + 1, tlv.value.len - 1);
	return 0;
}

int
ocsp_parse_basic(struct bytes in, struct ocsp_basic *out)
{
	struct bytes outer, certs;
	struct der der;
	struct tlv tlv;
	int rc;

	memset(out, 0, sizeof(*out));
	if (only(in, TAG_SEQUENCE, &outer) != 0)
		return -1;
	der = der_in(outer);
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	out->tbs = tlv.whole;
	if (data_read(tlv.value, out) != 0 || signature_read(&der, out) != 0)
		return -1;
	rc = optional(&der, TAG_CONTEXT_CONS(0), &certs);
	if (rc < 0 || der.rest.len > 0)
		return -1;
	return rc == 0 ? 0 : only(certs, TAG_SEQUENCE, &out->certs);
}

/* CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash,
 * serialNumber } */
static int
id_read(struct der *der, struct ocsp_single *out)
{
	struct der id;
	struct tlv tlv;

	if (der_expect(der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	id = der_in(tlv.value);
	if (der_expect(&id, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	out->hash = tlv.value;
	if (der_expect(&id, TAG_OCTET_STRING, &tlv) != 0)
		return -1;
	out->name_hash = tlv.value;
	if (der_expect(&id, TAG_OCTET_STRING, &tlv) != 0)
		return -1;
	out->key_hash = tlv.value;
	if (der_expect(&id, TAG_INTEGER, &tlv) != 0 || id.rest.len > 0)
		return -1;
	out->serial = tlv.whole;
	return 0;
}

/* CRLReason; a value that does not exist is no reason. */
static int
reason_read(struct bytes value, enum rev_reason *out)
{
	if (value.len != 1)
		return -1;
	if (value.data[0] <= REASON_AA_COMPROMISE && value.data[0] != 7)
		*out = (enum rev_reason)value.data[0];
	return 0;
}

/* RevokedInfo: revocationTime, revocationReason [0] EXPLICIT OPTIONAL */
static int
revoked_read(struct bytes value, struct ocsp_single *out)
{
	struct der der = der_in(value);
	struct bytes inner, reason;
	int rc;

	out->status = REV_REVOKED;
	if (time_next(&der, &out->revoked_at) != 0)
		return -1;
	rc = optional(&der, TAG_CONTEXT_CONS(0), &inner);
	if (rc < 0 || der.rest.len > 0)
		return -1;
	if (rc == 0)
		return 0;
	if (only(inner, TAG_ENUMERATED, &reason) != 0)
		return -1;
	return reason_read(reason, &out->reason);
}

/* CHOICE { good [0] NULL, revoked [1] RevokedInfo, unknown [2] NULL }, all
 * IMPLICIT */
static int
status_read(struct der *der, struct ocsp_single *out)
{
	struct tlv tlv;

	if (der_next(der, &tlv) != 1)
		return -1;
	if (tlv.tag == TAG_CONTEXT_CONS(1))
		return revoked_read(tlv.value, out);
	if (tlv.value.len > 0)
		return -1;
	if (tlv.tag == TAG_CONTEXT(0))
		out->status = REV_GOOD;
	else if (tlv.tag == TAG_CONTEXT(2))
		out->status = REV_UNKNOWN;
	else
		return -1;
	return 0;
}

int
ocsp_parse_single(struct der *singles, struct ocsp_single *out)
{
	struct bytes inner, next;
	struct der der;
	struct tlv tlv;
	int rc;

	if (singles->rest.len == 0)
		return 0;
	memset(out, 0, sizeof(*out));
	out->reason = REASON_NONE;
	if (der_expect(singles, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	der = der_in(tlv.value);
	if (id_read(&der, out) != 0 || status_read(&der, out) != 0 ||
	    time_next(&der, &out->this_update) != 0)
		return -1;
	rc = optional(&der, TAG_CONTEXT_CONS(0), &inner);
	if (rc < 0)
		return -1;
	out->has_next_update = rc == 1;
	if (rc == 1 && (only(inner, TAG_GENERALIZED_TIME, &next) != 0 ||
	    time_read(next, &out->next_update) != 0))
		return -1;
	return extensions_read(&der, &out->extensions) != 0 ? -1 : 1;
}
