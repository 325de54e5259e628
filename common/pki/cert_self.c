/* SPDX-License-Identifier: ISC */
/*
 * Is a certificate signed with its own key?  The one question about a
 * certificate that needs its signature, asked only when it is self-issued.
 */
#include <openssl/x509.h>

#include "pki/cert_private.h"
#include "pki/ossl.h"

/* RFC 5280 4.2.1.1: the key identifiers name another key. */
static bool
ids_differ(const struct cert_facts *facts)
{
	return facts->aki.len > 0 && facts->ski.len > 0 &&
	    !bytes_eq(facts->aki, facts->ski);
}

/* Can the signature be computed here at all? */
static bool
algorithm_known(X509 *cert, const struct cert_facts *facts)
{
	int digest;

	if (X509_get_signature_info(cert, &digest, NULL, NULL, NULL) != 1)
		return facts->sig_strength != SIG_UNKNOWN;
	return digest == NID_undef || EVP_get_digestbynid(digest) != NULL;
}

bool
cert_self_signed(const struct cert_facts *facts)
{
	const unsigned char *p = facts->der.data;
	EVP_PKEY *key;
	bool own;
	X509 *cert;

	if (!facts->self_issued || ids_differ(facts) ||
	    facts->der.len > INT32_MAX)
		return false;
	cert = d2i_X509(NULL, &p, (long)facts->der.len);
	if (cert == NULL) {
		ossl_clear();
		return false;
	}
	key = X509_get0_pubkey(cert);
	own = key == NULL || X509_verify(cert, key) == 1 ||
	    !algorithm_known(cert, facts);
	X509_free(cert);
	ossl_clear();
	return own;
}
