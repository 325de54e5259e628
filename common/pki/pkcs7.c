/* SPDX-License-Identifier: ISC */
/*
 * The certificates of a PKCS#7 or CMS SignedData (RFC 5652 5.1).  DER is
 * walked; only BER, which some tools write, is decoded by OpenSSL.
 */
#include <openssl/cms.h>

#include "pki/der_scan.h"
#include "pki/load_private.h"
#include "pki/ossl.h"

#define TAG_INTEGER 0x02
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
#define TAG_CONTEXT_0 0xa0

/* ContentInfo ::= SEQUENCE { contentType, [0] EXPLICIT SignedData }.
 * 0, 1 when it is of another type, -1 when it is not DER. */
static int
signed_data_find(struct bytes in, struct bytes *out)
{
	static const uint8_t oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1,
		7, 2 };
	struct der der = der_in(in);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
		return -1;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_OID, &tlv) == -1)
		return -1;
	if (!bytes_eq(tlv.value, bytes_of(oid, sizeof(oid))))
		return 1;
	if (der_expect(&der, TAG_CONTEXT_0, &tlv) == -1)
		return -1;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_SEQUENCE, &tlv) == -1)
		return -1;
	*out = tlv.value;
	return 0;
}

/* SignedData ::= SEQUENCE { version, SET, encapContentInfo, certificates [0]
 * IMPLICIT SET OPTIONAL, ... }: the contents of [0].  0 or -1. */
static int
certificates_find(struct bytes signed_data, struct bytes *out)
{
	static const uint8_t tags[] = { TAG_INTEGER, TAG_SET, TAG_SEQUENCE };
	struct der der = der_in(signed_data);
	struct tlv tlv;
	size_t i;

	for (i = 0; i < sizeof(tags); i++)
		if (der_expect(&der, tags[i], &tlv) == -1)
			return -1;
	*out = bytes_of(NULL, 0);
	if (der_expect(&der, TAG_CONTEXT_0, &tlv) == 0)
		*out = tlv.value;
	return 0;
}

/* CertificateSet: the certificates are its SEQUENCEs, the rest is attribute
 * certificates and other old things. */
static int
set_load(struct loader *loader, struct bytes set)
{
	struct der der = der_in(set);
	struct tlv tlv;
	int r;

	while ((r = der_next(&der, &tlv)) == 1)
		if (tlv.tag == TAG_SEQUENCE &&
		    load_add(loader, tlv.whole) == -1)
			return -1;
	if (r == -1)
		loader->out->n_broken++;
	return 0;
}

static int
cert_load(struct loader *loader, X509 *cert)
{
	unsigned char *der = NULL;
	int len, r;

	len = i2d_X509(cert, &der);
	if (len < 0)
		return ossl_error(loader->err, ERR_INTERNAL, "PKCS#7");
	r = load_add(loader, bytes_of(der, (size_t)len));
	OPENSSL_free(der);
	return r;
}

static int
ber_load(struct loader *loader, struct bytes in)
{
	const unsigned char *p = in.data;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)in.len);
	STACK_OF(X509) *certs = cms == NULL ? NULL : CMS_get1_certs(cms);
	int i, r = 0;

	if (cms == NULL)
		loader->out->n_broken++;
	for (i = 0; r == 0 && i < sk_X509_num(certs); i++)
		r = cert_load(loader, sk_X509_value(certs, i));
	sk_X509_pop_free(certs, X509_free);
	CMS_ContentInfo_free(cms);
	ossl_clear();
	return r;
}

int
pkcs7_load(struct loader *loader, struct bytes in)
{
	struct bytes signed_data, set;
	size_t before = loader->out->n_certs + loader->out->n_broken;
	int r;

	r = signed_data_find(in, &signed_data);
	if (r == 1) {
		load_note(loader, "a PKCS#7 of another type");
		return 0;
	}
	if (r == 0 && certificates_find(signed_data, &set) == 0)
		r = set_load(loader, set);
	else
		r = ber_load(loader, in);
	if (r == 0 && loader->out->n_certs + loader->out->n_broken == before)
		load_note(loader, "an empty PKCS#7");
	return r;
}
