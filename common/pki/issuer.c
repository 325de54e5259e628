/* SPDX-License-Identifier: ISC */
/* Who issued a certificate. */
#include "pki/issuer.h"

#include <openssl/evp.h>

#include <string.h>

#include "pki/der_scan.h"
#include "pki/load.h"
#include "pki/name.h"
#include "pki/ossl.h"
#include "pki/signature.h"

#define TAG_BIT_STRING 0x03
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30

/* What is signed, how, and the signature (RFC 5280 4.1). */
static int
read_signed(struct bytes cert, struct signature_input *out)
{
	struct der der = der_in(cert);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	der = der_in(tlv.value);
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	out->message = tlv.whole;
	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return -1;
	out->algorithm = tlv.whole;
	if (der_expect(&der, TAG_BIT_STRING, &tlv) != 0 ||
	    tlv.value.len < 2 || tlv.value.data[0] != 0)
		return -1;
	out->signature = bytes_of(tlv.value.data + 1, tlv.value.len - 1);
	return 0;
}

int
issuer_verify(struct bytes cert, struct bytes issuer, struct err *err)
{
	struct signature_input input = { .md = NULL };
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (read_signed(cert, &input) != 0)
		return err_set(err, ERR_SYNTAX, "malformed");
	input.md = signature_digest(input.algorithm);
	if (input.md != NULL) {
		if (EVP_Digest(input.message.data, input.message.len, digest,
		    &len, input.md, NULL) != 1)
			return ossl_error(err, ERR_INTERNAL, "digest");
		input.digest = bytes_of(digest, len);
	}
	return signature_verify(&input, issuer, err);
}

static bool
name_fits(struct bytes cert, struct bytes issuer)
{
	struct der_cert below, above;

	return der_cert_scan(cert, &below) == 0 &&
	    der_cert_scan(issuer, &above) == 0 &&
	    name_equal(below.issuer, above.subject);
}

bool
issuer_is(struct bytes cert, struct bytes issuer)
{
	return name_fits(cert, issuer) &&
	    issuer_verify(cert, issuer, NULL) == 0;
}

/* A certificate, PKCS#7 or text with PEM in it: no keystore, which would cost
 * a key derivation before it is known to be none. */
static bool
is_wanted_kind(struct bytes in)
{
	static const char begin[] = "-----BEGIN ";
	size_t head;

	if (in.len < 2 || in.data[0] != TAG_SEQUENCE)
		return in.len > 0 && memmem(in.data, in.len, begin,
		    sizeof(begin) - 1) != NULL;
	head = 2U + (in.data[1] > 0x80 ? in.data[1] & 0x7fU : 0U);
	return head < in.len && (in.data[head] == TAG_SEQUENCE ||
	    in.data[head] == TAG_OID);
}

static struct bytes
without_mark(struct bytes in)
{
	while (in.len >= 3 && memcmp(in.data, "\xef\xbb\xbf", 3) == 0)
		in = bytes_of(in.data + 3, in.len - 3);
	return in;
}

size_t
issuer_read(struct arena *arena, struct bytes body, struct bytes cert,
    struct bytes out[ISSUERS_MAX], struct err *err)
{
	struct load_result loaded = { .leaf = -1 };
	size_t i, named = 0, n = 0;

	body = without_mark(body);
	if (body.len > ISSUER_BYTES_MAX || !is_wanted_kind(body)) {
		err_set(err, ERR_SYNTAX, "holds no certificate");
		return 0;
	}
	if (load_certs(arena, body, NULL, &loaded, err) != 0)
		return 0;
	for (i = 0; i < loaded.n_certs && named < ISSUERS_MAX; i++) {
		if (!name_fits(cert, loaded.certs[i]))
			continue;
		named++;
		if (issuer_verify(cert, loaded.certs[i], NULL) == 0)
			out[n++] = loaded.certs[i];
	}
	if (n == 0)
		err_set(err, ERR_SYNTAX, named > 0 ? "holds a certificate of "
		    "the issuer's name, whose key did not sign this one" :
		    "holds no certificate of the issuer");
	return n;
}
