/* SPDX-License-Identifier: ISC */
/*
 * Who signed an OCSP answer, and may he (RFC 6960 4.2.2.2)?  The CA with the
 * key that signed the certificate, or a responder whose certificate was
 * signed directly with that key for this purpose.  Nobody else: neither
 * another key of the CA's name nor anybody whom a trust store knows.
 */
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "pki/cert.h"
#include "pki/name.h"
#include "pki/ocsp_private.h"
#include "pki/ossl.h"
#include "pki/signature.h"

#define DELEGATES_MAX 8		/* tried: every one costs a verification */
#define DIGITAL_SIGNATURE 1U	/* KeyUsage bit 0 */

struct signer {
	struct ocsp_reading *reading;
	struct signature_input answer;
	uint8_t digest[EVP_MAX_MD_SIZE];
};

/* What may still sign: no MD5, no home-grown. */
static int
judge_digest(const EVP_MD *md, bool *sha1, struct err *err)
{
	static const int fine[] = { NID_sha256, NID_sha384, NID_sha512,
		NID_sha224, NID_sha512_256, NID_sha512_224, NID_sha3_256,
		NID_sha3_384, NID_sha3_512, NID_sha3_224 };
	int nid = md == NULL ? NID_undef : EVP_MD_get_type(md);
	size_t i;

	/* Without a digest it is an algorithm that has its own, or an unknown
	 * one, which signature_verify refuses. */
	if (nid == NID_undef)
		return 0;
	if (nid == NID_sha1) {
		*sha1 = true;
		return 0;
	}
	for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		if (nid == fine[i])
			return 0;
	return err_set(err, ERR_SYNTAX, "the signature uses %s, which can be "
	    "forged", OBJ_nid2sn(nid));
}

/* Everything but the key: what is signed, and its digest into `digest`. */
static int
prepare(struct signature_input *input, struct bytes message,
    uint8_t *digest, bool *sha1, struct err *err)
{
	unsigned len = 0;

	input->md = signature_digest(input->algorithm);
	if (judge_digest(input->md, sha1, err) != 0)
		return -1;
	input->message = message;
	if (input->md == NULL)
		return 0;
	if (EVP_Digest(message.data, message.len, digest, &len, input->md,
	    NULL) != 1)
		return ossl_error(err, ERR_INTERNAL, "digest");
	input->digest = bytes_of(digest, len);
	return 0;
}

/* Is it whom the ResponderID names? */
static bool
is_named(const struct ocsp_basic *basic, const struct der_cert *cert)
{
	struct bytes key;
	uint8_t sha1[20];

	if (basic->responder_name.len > 0)
		return name_equal(basic->responder_name, cert->subject);
	key = ocsp_id_key_bits(cert->spki);
	return key.len > 0 && ossl_sha1(key, sha1) == 0 &&
	    bytes_eq(basic->responder_key, bytes_of(sha1, sizeof(sha1)));
}

/* Was that certificate signed with the issuer's key? */
static int
verify_cert(struct signer *signer, const struct cert_facts *facts,
    struct bytes tbs, struct err *err)
{
	struct ocsp_reading *reading = signer->reading;
	struct signature_input input = { .md = NULL };
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct der der = der_in(facts->der);
	struct tlv tlv;

	if (der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return err_set(err, ERR_SYNTAX, "malformed");
	der = der_in(tlv.value);
	if (der_next(&der, &tlv) != 1 ||
	    der_expect(&der, TAG_SEQUENCE, &tlv) != 0)
		return err_set(err, ERR_SYNTAX, "malformed");
	input.algorithm = tlv.whole;
	if (der_expect(&der, TAG_BIT_STRING, &tlv) != 0 ||
	    tlv.value.len < 2 || tlv.value.data[0] != 0)
		return err_set(err, ERR_SYNTAX, "malformed");
	input.signature = bytes_of(tlv.value.data + 1, tlv.value.len - 1);
	if (prepare(&input, tbs, digest, &reading->sha1_signed, err) != 0)
		return -1;
	return signature_verify(&input, reading->query->issuer, err);
}

/* Within [notBefore, notAfter], both inclusive (RFC 5280 4.1.2.5)? */
static bool
valid_at(const struct cert_facts *facts, int64_t at, int64_t skew)
{
	return facts->has_not_before && facts->has_not_after &&
	    facts->not_before - skew <= at && at <= facts->not_after + skew;
}

/* What its certificate says about itself; NULL: it may sign answers. */
static const char *
objection(const struct ocsp_reading *reading, const struct cert_facts *facts)
{
	const struct ocsp_query *query = reading->query;

	if (facts->malformed)
		return "it is malformed";
	if (facts->unknown_critical)
		return "it has a critical extension that is not known";
	if (!facts->has_eku || (facts->eku & EKU_OCSP_SIGNING) == 0)
		return "it is not one for OCSP signing";
	if (facts->is_ca)
		return "it is the one of a CA";
	if (facts->has_key_usage &&
	    (facts->key_usage & DIGITAL_SIGNATURE) == 0)
		return "its key usage does not permit signing";
	if (!valid_at(facts, query->now, 0))
		return facts->has_not_after &&
		    facts->not_after < query->now ? "it has expired" :
		    "it is not valid yet";
	if (!valid_at(facts, reading->basic.produced_at, query->skew))
		return "it was not valid when the answer was produced";
	return NULL;
}

/* May that certificate sign answers of the CA?  0, or -1 and why not. */
static int
judge_delegate(struct signer *signer, struct bytes der,
    const struct der_cert *cert, struct err *err)
{
	struct ocsp_reading *reading = signer->reading;
	struct cert_facts facts;
	const char *why;

	if (cert_facts_read(reading->arena, der, &facts, err) != 0)
		return -1;
	why = name_equal(cert->issuer, reading->issuer.subject) ?
	    objection(reading, &facts) : "it was issued by somebody else";
	/* Who is revoked would say of himself that he is not. */
	if (why == NULL && bytes_eq(der, reading->query->cert))
		why = "it vouches for itself";
	if (why != NULL)
		return err_set(err, ERR_SYNTAX, "%s", why);
	if (verify_cert(signer, &facts, cert->tbs, err) != 0)
		return err_wrap(err, "not issued by the CA");
	return 0;
}

/* Has it signed, and might it?  A forged answer and one of somebody who may
 * not sign are different troubles. */
static int
try_delegate(struct signer *signer, struct bytes der,
    const struct der_cert *cert, struct err *err)
{
	struct ocsp_reading *reading = signer->reading;
	struct err why = ERR_INIT;
	int rc = judge_delegate(signer, der, cert, &why);

	if (why.kind == ERR_NOMEM)
		return err_nomem(err);
	if (signature_verify(&signer->answer, der, err) != 0)
		return err->kind != ERR_SYNTAX ? -1 : err_set(err, ERR_SYNTAX,
		    "the signature is not that of the responder who is "
		    "named: the answer is forged or damaged");
	if (rc != 0)
		return err_set(err, why.kind, "signed by a certificate that "
		    "is no authorised responder: %s", why.text);
	reading->delegated = true;
	reading->nocheck = ocsp_ext_nocheck(der);
	return 0;
}

/* Is that the responder?  1 yes, 0 it is not the one that is named or may
 * not sign (err), -1 out of memory or too many were tried. */
static int
try_one(struct signer *signer, struct bytes der, unsigned *tries,
    struct err *err)
{
	struct ocsp_reading *reading = signer->reading;
	struct der_cert cert;

	if (bytes_eq(der, reading->query->issuer) ||
	    der_cert_scan(der, &cert) != 0 ||
	    !is_named(&reading->basic, &cert))
		return 0;
	if ((*tries)++ == DELEGATES_MAX)
		return -1;
	if (try_delegate(signer, der, &cert, err) == 0)
		return 1;
	return err->kind == ERR_NOMEM ? -1 : 0;
}

/* Looks for the responder among the certificates that came with the
 * answer, then among those at hand: 1 found, 0 none is the one that is named,
 * -1 none may sign. */
static int
find_delegate(struct signer *signer, struct err *err)
{
	const struct ocsp_reading *reading = signer->reading;
	const struct ocsp_query *query = reading->query;
	struct der der = der_in(reading->basic.certs);
	struct tlv tlv;
	unsigned tries = 0, more = 0;
	size_t i;
	int rc = 0;

	while (rc == 0 && der_expect(&der, TAG_SEQUENCE, &tlv) == 0)
		rc = try_one(signer, tlv.whole, &tries, err);
	for (i = 0; rc != 1 && err->kind != ERR_NOMEM &&
	    i < query->n_others; i++) {
		rc = try_one(signer, query->others[i], &more, err);
		if (rc == -1)
			break;
	}
	return rc == 1 ? 1 : tries + more == 0 ? 0 : -1;
}

/* Who has signed it?  err is why it does not count. */
static int
find_signer(struct signer *signer, struct err *err)
{
	const struct ocsp_reading *reading = signer->reading;
	bool is_ca = is_named(&reading->basic, &reading->issuer);
	int rc;

	if (is_ca && signature_verify(&signer->answer,
	    reading->query->issuer, err) == 0)
		return 0;
	if (is_ca && err->kind == ERR_SYNTAX)
		err_set(err, ERR_SYNTAX, "the signature does not verify with "
		    "the CA's key: the answer is forged or damaged");
	rc = find_delegate(signer, err);
	if (rc == 0 && !is_ca)
		return err_set(err, ERR_SYNTAX, "the responder that signed is "
		    "neither the CA nor one whose certificate came along or "
		    "is at hand");
	return rc == 1 ? 0 : -1;
}

int
ocsp_signer_verify(struct ocsp_reading *reading, struct err *err)
{
	struct ocsp_basic *basic = &reading->basic;
	struct signer signer = { .reading = reading, .answer = {
		.algorithm = basic->algorithm, .signature = basic->signature
	} };

	if (prepare(&signer.answer, basic->tbs, signer.digest,
	    &reading->sha1_signed, err) != 0)
		return -1;
	if (find_signer(&signer, err) == 0)
		return 0;
	if (err->kind != ERR_NOMEM && signature_verify(&signer.answer,
	    reading->query->cert, NULL) == 0)
		err_set(err, ERR_SYNTAX, "signed with the key of the "
		    "certificate itself, which cannot vouch for itself");
	return -1;
}
