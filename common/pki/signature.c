/* SPDX-License-Identifier: ISC */
/* Verifies signatures over digests. */
#include "pki/signature.h"

#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "pki/der_scan.h"
#include "pki/ossl.h"

static X509_ALGOR *
decode(struct bytes algorithm)
{
	const unsigned char *p = algorithm.data;
	X509_ALGOR *algor = d2i_X509_ALGOR(NULL, &p, (long)algorithm.len);

	ossl_clear();
	return algor;
}

static int
algorithm_nid(const X509_ALGOR *algor)
{
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, algor);
	return OBJ_obj2nid(oid);
}

static RSA_PSS_PARAMS *
pss_parameters(const X509_ALGOR *algor)
{
	const void *value;
	int type;

	X509_ALGOR_get0(NULL, &type, &value, algor);
	if (type != V_ASN1_SEQUENCE)
		return NULL;
	return ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
}

static int
hash_nid(const X509_ALGOR *algor)
{
	return algor == NULL ? NID_sha1 : algorithm_nid(algor);
}

static const EVP_MD *
digest_of(const X509_ALGOR *algor)
{
	RSA_PSS_PARAMS *pss;
	int nid = algorithm_nid(algor), md = NID_undef;

	if (nid == NID_rsassaPss) {
		pss = pss_parameters(algor);
		if (pss == NULL)
			return NULL;
		md = hash_nid(pss->hashAlgorithm);
		RSA_PSS_PARAMS_free(pss);
	} else if (OBJ_find_sigid_algs(nid, &md, NULL) != 1) {
		return NULL;
	}
	return md == NID_undef ? NULL : EVP_get_digestbynid(md);
}

const EVP_MD *
signature_digest(struct bytes algorithm)
{
	X509_ALGOR *algor = decode(algorithm);
	const EVP_MD *md;

	if (algor == NULL)
		return NULL;
	md = digest_of(algor);
	X509_ALGOR_free(algor);
	ossl_clear();
	return md;
}

/* RSASSA-PSS: the mask's digest and the salt (RFC 4055 3.1); MGF1 with the
 * same digest is all that the profiles allow. */
static int
set_pss(EVP_PKEY_CTX *ctx, const X509_ALGOR *algor, const EVP_MD *md)
{
	RSA_PSS_PARAMS *pss = pss_parameters(algor);
	long salt;
	int ok;

	if (pss == NULL)
		return 0;
	salt = pss->saltLength == NULL ? 20 :
	    ASN1_INTEGER_get(pss->saltLength);
	ok = salt >= 0 && salt <= 512 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)salt) > 0;
	RSA_PSS_PARAMS_free(pss);
	return ok;
}

/* The key must be of the kind that the algorithm names. */
static bool
fits(EVP_PKEY *key, int nid)
{
	int kind = NID_undef, type = EVP_PKEY_get_base_id(key);

	if (nid == NID_ED25519 || nid == NID_ED448)
		return type == nid;
	if (nid == NID_rsassaPss)
		return type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS;
	return OBJ_find_sigid_algs(nid, NULL, &kind) == 1 && kind == type;
}

static int
verify_digest(EVP_PKEY *key, const X509_ALGOR *algor,
    const struct signature_input *input)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	int rc = -1;

	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1)
		goto done;
	if (algorithm_nid(algor) == NID_rsassaPss &&
	    !set_pss(ctx, algor, input->md))
		goto done;
	if (EVP_PKEY_CTX_set_signature_md(ctx, input->md) <= 0)
		goto done;
	rc = EVP_PKEY_verify(ctx, input->signature.data, input->signature.len,
	    input->digest.data, input->digest.len);
done:
	EVP_PKEY_CTX_free(ctx);
	return rc;
}

static int
verify_message(EVP_PKEY *key, const struct signature_input *input)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int rc = -1;

	if (ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL,
	    key) == 1)
		rc = EVP_DigestVerify(ctx, input->signature.data,
		    input->signature.len, input->message.data,
		    input->message.len);
	EVP_MD_CTX_free(ctx);
	return rc;
}

/* Digests with which anyone can make a list that an old signature fits. */
static bool
is_broken(const EVP_MD *md)
{
	int type = md == NULL ? NID_undef : EVP_MD_get_type(md);

	return type == NID_md2 || type == NID_md4 || type == NID_md5 ||
	    type == NID_mdc2;
}

static int
verify(EVP_PKEY *key, const X509_ALGOR *algor,
    const struct signature_input *input, struct err *err)
{
	int nid = algorithm_nid(algor), rc;

	if (key == NULL || !fits(key, nid))
		return err_set(err, ERR_UNSUPPORTED, "the signature "
		    "algorithm does not fit the issuer's key");
	if (input->md == NULL && nid != NID_ED25519 && nid != NID_ED448)
		return err_set(err, ERR_UNSUPPORTED,
		    "unknown signature algorithm");
	if (is_broken(input->md))
		return err_set(err, ERR_UNSUPPORTED, "a signature by %s, "
		    "which proves nothing", EVP_MD_get0_name(input->md));
	if (input->md == NULL && input->message.len == 0)
		return err_set(err, ERR_UNSUPPORTED, "too large for a "
		    "signature by %s", OBJ_nid2sn(nid));
	rc = input->md != NULL ? verify_digest(key, algor, input) :
	    verify_message(key, input);
	ossl_clear();
	return rc == 1 ? 0 : err_set(err, ERR_SYNTAX,
	    "the signature does not verify");
}

/* The key of a certificate with an RSA key, else NULL.  For OpenSSL it is far
 * less work to decode the key alone than all of the certificate, and less
 * than the verification. */
static EVP_PKEY *
rsa_key(struct bytes cert)
{
	static const uint8_t rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
		0x01, 0x01, 0x01 };
	struct der_cert scan;
	struct der der, in;
	struct tlv tlv, oid;
	const unsigned char *p;
	EVP_PKEY *key;

	if (der_cert_scan(cert, &scan) != 0)
		return NULL;
	der = der_in(scan.spki);
	if (der_expect(&der, 0x30, &tlv) != 0)
		return NULL;
	der = der_in(tlv.value);
	if (der_expect(&der, 0x30, &tlv) != 0)
		return NULL;
	in = der_in(tlv.value);
	if (der_expect(&in, 0x06, &oid) != 0 ||
	    !bytes_eq(oid.value, bytes_of(rsa, sizeof(rsa))) ||
	    der_expect(&der, 0x03, &tlv) != 0 || tlv.value.len < 2 ||
	    tlv.value.data[0] != 0)
		return NULL;
	p = tlv.value.data + 1;
	key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)tlv.value.len - 1);
	if (key == NULL || p == tlv.value.data + tlv.value.len)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

int
signature_verify(const struct signature_input *input, struct bytes cert,
    struct err *err)
{
	const unsigned char *p = cert.data;
	EVP_PKEY *key = rsa_key(cert);
	X509 *x = key != NULL ? NULL : d2i_X509(NULL, &p, (long)cert.len);
	X509_ALGOR *algor = decode(input->algorithm);
	int rc;

	if ((key == NULL && x == NULL) || algor == NULL)
		rc = err_set(err, ERR_UNSUPPORTED, algor != NULL ?
		    "the issuer's certificate cannot be decoded" :
		    "unknown signature algorithm");
	else
		rc = verify(key != NULL ? key : X509_get0_pubkey(x), algor,
		    input, err);
	EVP_PKEY_free(key);
	X509_free(x);
	X509_ALGOR_free(algor);
	ossl_clear();
	return rc;
}
