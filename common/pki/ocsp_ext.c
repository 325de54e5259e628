/* SPDX-License-Identifier: ISC */
/* Extensions of OCSP answers (RFC 6960 4.4) and of responders (4.2.2.2.1). */
#include "pki/cert.h"
#include "pki/ocsp_private.h"

#define EXTENSIONS_MAX 64	/* compared for duplicates */
#define OID_OCSP "\x2b\x06\x01\x05\x05\x07\x30\x01"
#define OID_CE "\x55\x1d"

enum where {
	IN_RESPONSE = 1 << 0,
	IN_SINGLE = 1 << 1
};

static int
nonce_read(struct bytes value, struct ocsp_extensions *out)
{
	out->has_nonce = true;
	out->nonce = value;
	return 0;
}

static int
extended_read(struct bytes value, struct ocsp_extensions *out)
{
	(void)value;
	out->extended_revoke = true;
	return 0;
}

static int
reason_read(struct bytes value, struct ocsp_extensions *out)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_ENUMERATED, &tlv) != 0 ||
	    der.rest.len > 0 || tlv.value.len != 1)
		return -1;
	if (tlv.value.data[0] <= REASON_AA_COMPROMISE &&
	    tlv.value.data[0] != 7)
		out->reason = (enum rev_reason)tlv.value.data[0];
	return 0;
}

static int
invalidity_read(struct bytes value, struct ocsp_extensions *out)
{
	struct der der = der_in(value);
	struct tlv tlv;

	if (der_expect(&der, TAG_GENERALIZED_TIME, &tlv) != 0 ||
	    der.rest.len > 0)
		return -1;
	out->has_invalidity = cert_time_parse(tlv.tag, tlv.value, 0,
	    &out->invalidity) == 0;
	return 0;
}

/* What is understood, and where; NULL: it says nothing about the status. */
static const struct row {
	const char *oid;
	size_t len;
	unsigned where;
	int (*read)(struct bytes, struct ocsp_extensions *);
} rows[] = {
#define ROW(oid, where, read) { oid, sizeof(oid) - 1, where, read }
	ROW(OID_OCSP "\x02", IN_RESPONSE, nonce_read),
	ROW(OID_OCSP "\x09", IN_RESPONSE, extended_read),
	ROW(OID_OCSP "\x03", IN_SINGLE, NULL),	/* CRL references */
	ROW(OID_OCSP "\x06", IN_SINGLE, NULL),	/* archive cutoff */
	ROW("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x05", IN_SINGLE,
	    NULL),				/* SCTs, RFC 6962 3.3 */
	ROW(OID_CE "\x15", IN_SINGLE, reason_read),
	ROW(OID_CE "\x18", IN_SINGLE, invalidity_read),
#undef ROW
};

static const struct row *
row_find(struct bytes oid, unsigned where)
{
	size_t i, n = sizeof(rows) / sizeof(rows[0]);

	for (i = 0; i < n; i++)
		if ((rows[i].where & where) != 0 &&
		    bytes_eq(oid, bytes_of(rows[i].oid, rows[i].len)))
			return &rows[i];
	return NULL;
}

static bool
listed(const struct bytes *oids, size_t n, struct bytes oid)
{
	while (n-- > 0)
		if (bytes_eq(oids[n], oid))
			return true;
	return false;
}

int
ocsp_ext_read(struct bytes list, bool single, struct ocsp_extensions *out,
    struct err *err)
{
	struct bytes oids[EXTENSIONS_MAX];
	struct der der = der_in(list);
	struct der_extension extension;
	const struct row *row;
	size_t n = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	out->reason = REASON_NONE;
	while ((rc = der_extension_next(&der, &extension)) == 1) {
		/* The second would overrule the first. */
		if (n == EXTENSIONS_MAX || listed(oids, n, extension.oid))
			return err_set(err, ERR_SYNTAX, "an extension of the "
			    "answer is there twice, or there are too many");
		oids[n++] = extension.oid;
		row = row_find(extension.oid, single ? IN_SINGLE :
		    IN_RESPONSE);
		if (row == NULL && extension.critical)
			return err_set(err, ERR_UNSUPPORTED, "the answer has "
			    "a critical extension that is not known");
		if (row != NULL && row->read != NULL &&
		    row->read(extension.value, out) != 0)
			rc = -1;
		if (rc != 1)
			break;
	}
	return rc == 0 ? 0 : err_set(err, ERR_SYNTAX,
	    "an extension of the answer is malformed");
}

/* tbsCertificate's [3]; cert is well formed as a whole. */
static struct bytes
cert_extensions(struct bytes cert)
{
	struct der der = der_in(cert);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return bytes_of(NULL, 0);
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return bytes_of(NULL, 0);
	der = der_in(tlv.value);
	while (der_next(&der, &tlv) == 1)
		if (tlv.tag == TAG_CONTEXT_CONS(3)) {
			der = der_in(tlv.value);
			return der_expect(&der, TAG_SEQUENCE, &tlv) == 0 ?
			    tlv.value : bytes_of(NULL, 0);
		}
	return bytes_of(NULL, 0);
}

bool
ocsp_ext_nocheck(struct bytes cert)
{
	static const uint8_t nocheck[] = OID_OCSP "\x05";
	struct der der = der_in(cert_extensions(cert));
	struct der_extension extension;

	while (der_extension_next(&der, &extension) == 1)
		if (bytes_eq(extension.oid, bytes_of(nocheck,
		    sizeof(nocheck) - 1)))
			return true;
	return false;
}
