/* SPDX-License-Identifier: ISC */
/*
 * An OCSP response for one certificate: `@ocsp file= of= issuer= status=`.
 */

#include "mkcert.h"

#include <openssl/ocsp.h>

#include <stdio.h>
#include <string.h>

static int
status_parse(const char *text)
{
	if (text == NULL || strcmp(text, "good") == 0)
		return V_OCSP_CERTSTATUS_GOOD;
	if (strcmp(text, "revoked") == 0)
		return V_OCSP_CERTSTATUS_REVOKED;
	if (strcmp(text, "unknown") == 0)
		return V_OCSP_CERTSTATUS_UNKNOWN;
	mkcert_die("status=%s: unknown", text);
}

static ASN1_TIME *
time_get(const struct pki *pki, const struct line *line, const char *key,
    const char *fallback)
{
	const char	*text = mkcert_spec_get(line, key);
	int64_t		 at;

	at = mkcert_spec_instant(text != NULL ? text : fallback, pki->now);
	return ASN1_GENERALIZEDTIME_set(NULL, (time_t)at);
}

void
mkcert_ocsp_write(struct pki *pki, const struct line *line)
{
	static const char *const keys[] = { "file", "of", "issuer", "status",
	    "this", "next", "signer", NULL };
	const char	*file = mkcert_spec_get(line, "file");
	const char	*of = mkcert_spec_get(line, "of");
	const char	*by = mkcert_spec_get(line, "issuer");
	const char	*signer = mkcert_spec_get(line, "signer");
	struct made	*issuer, *with;
	OCSP_BASICRESP	*basic = OCSP_BASICRESP_new();
	OCSP_CERTID	*id;
	OCSP_RESPONSE	*response;
	ASN1_TIME	*start = time_get(pki, line, "this", "-1h");
	ASN1_TIME	*end = time_get(pki, line, "next", "+3d");
	int		 status = status_parse(mkcert_spec_get(line, "status"));
	unsigned char	*der = NULL;
	BIO		*out;
	int		 len;

	mkcert_spec_check(line, keys);
	if (file == NULL || of == NULL || by == NULL)
		mkcert_die("@ocsp needs file=, of= and issuer=");
	issuer = mkcert_store_find(pki, by);
	with = signer != NULL ? mkcert_store_find(pki, signer) : issuer;
	id = OCSP_cert_to_id(EVP_sha1(), mkcert_store_find(pki, of)->cert,
	    issuer->cert);
	if (OCSP_basic_add1_status(basic, id, status,
	    OCSP_REVOKED_STATUS_NOSTATUS,
	    status == V_OCSP_CERTSTATUS_REVOKED ? start : NULL, start, end) ==
	    NULL || !OCSP_basic_sign(basic, with->cert, with->key, NULL, NULL,
	    signer != NULL ? 0 : OCSP_NOCERTS))
		mkcert_die("OCSP response cannot be made");
	response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	len = i2d_OCSP_RESPONSE(response, &der);
	out = BIO_new_file(mkcert_store_path(pki, file, ""), "w");
	if (len <= 0 || out == NULL || BIO_write(out, der, len) != len)
		mkcert_die("%s: cannot be written", file);
	BIO_free(out);
	OPENSSL_free(der);
}
