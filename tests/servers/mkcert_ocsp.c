/* SPDX-License-Identifier: ISC */
/*
 * An OCSP response: `@ocsp file= of= issuer= status= ...`, see README.md.
 */

#include "mkcert.h"

#include <openssl/ocsp.h>

#include <stdio.h>
#include <string.h>

static const char *const ocsp_keys[] = {
	"file", "of", "issuer", "status", "this", "next", "produced",
	"signer", "reason", "at", "hash", "by", "nocerts", "certs", "error",
	"also", "unknown-critical", "digest", NULL
};

static const char *const error_names[] = {
	"successful", "malformed", "internal", "trylater", "", "sigrequired",
	"unauthorized", NULL
};

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

static const char *
value_or(const struct line *line, const char *key, const char *fallback)
{
	const char	*text = mkcert_spec_get(line, key);

	return text != NULL ? text : fallback;
}

/* NULL for `none`. */
static ASN1_TIME *
time_get(const struct pki *pki, const struct line *line, const char *key,
    const char *fallback)
{
	const char	*text = value_or(line, key, fallback);

	if (strcmp(text, "none") == 0)
		return NULL;
	return ASN1_GENERALIZEDTIME_set(NULL,
	    (time_t)mkcert_spec_instant(text, pki->now));
}

/* A SingleResponse for each certificate of the list. */
static void
singles_add(struct pki *pki, const struct line *line, const char *list,
    const char *status_text, OCSP_BASICRESP *basic)
{
	struct made	*issuer = mkcert_store_find(pki,
			    mkcert_spec_get(line, "issuer"));
	const EVP_MD	*md = EVP_get_digestbyname(value_or(line, "hash",
			    "sha1"));
	STACK_OF(X509)	*certs = mkcert_store_list(pki, list);
	ASN1_TIME	*start = time_get(pki, line, "this", "-1h");
	ASN1_TIME	*end = time_get(pki, line, "next", "+3d");
	int		 status = status_parse(status_text);
	const char	*reason = mkcert_spec_get(line, "reason");
	OCSP_CERTID	*id;
	int		 i;

	for (i = 0; md != NULL && i < sk_X509_num(certs); i++) {
		id = OCSP_cert_to_id(md, sk_X509_value(certs, i),
		    issuer->cert);
		if (OCSP_basic_add1_status(basic, id, status, reason == NULL ?
		    OCSP_REVOKED_STATUS_NOSTATUS : mkcert_crl_reason(reason),
		    status == V_OCSP_CERTSTATUS_REVOKED ?
		    time_get(pki, line, "at", "-1h") : NULL, start, end) ==
		    NULL)
			mkcert_die("@ocsp: status cannot be added");
	}
	if (md == NULL)
		mkcert_die("@ocsp: hash= is unknown");
}

static void
critical_add(OCSP_BASICRESP *basic)
{
	ASN1_OBJECT		*oid = OBJ_txt2obj("1.3.6.1.4.1.55555.9", 1);
	ASN1_OCTET_STRING	*value = ASN1_OCTET_STRING_new();
	X509_EXTENSION		*ext;

	if (value == NULL || !ASN1_OCTET_STRING_set(value,
	    (const unsigned char *)"\5\0", 2))
		mkcert_die("out of memory");
	ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
	if (ext == NULL || !OCSP_BASICRESP_add_ext(basic, ext, -1))
		mkcert_die("@ocsp: extension cannot be added");
}

static OCSP_BASICRESP *
basic_make(struct pki *pki, const struct line *line)
{
	OCSP_BASICRESP	*basic = OCSP_BASICRESP_new();
	const char	*signer = mkcert_spec_get(line, "signer");
	const char	*more = mkcert_spec_get(line, "certs");
	const char	*also = mkcert_spec_get(line, "also");
	struct made	*with = mkcert_store_find(pki, signer != NULL ?
			    signer : mkcert_spec_get(line, "issuer"));
	unsigned long	 flags = OCSP_NOTIME;
	ASN1_TIME	*produced = time_get(pki, line, "produced",
			    value_or(line, "this", "-1h"));

	singles_add(pki, line, mkcert_spec_get(line, "of"),
	    mkcert_spec_get(line, "status"), basic);
	if (also != NULL)
		singles_add(pki, line, mkcert_spec_get(line, "of"), also,
		    basic);
	if (mkcert_spec_yes(line, "unknown-critical"))
		critical_add(basic);
	if (signer == NULL || mkcert_spec_yes(line, "nocerts"))
		flags |= OCSP_NOCERTS;
	if (strcmp(value_or(line, "by", "name"), "key") == 0)
		flags |= OCSP_RESPID_KEY;
	/* OpenSSL's own producedAt is the clock's. */
	ASN1_STRING_copy((ASN1_STRING *)(uintptr_t)
	    OCSP_resp_get0_produced_at(basic), produced);
	if (!OCSP_basic_sign(basic, with->cert, with->key,
	    EVP_get_digestbyname(value_or(line, "digest", "sha256")),
	    more != NULL ? mkcert_store_list(pki, more) : NULL, flags))
		mkcert_die("OCSP response cannot be signed");
	return basic;
}

static OCSP_RESPONSE *
error_make(const char *name)
{
	int	 i;

	for (i = 0; error_names[i] != NULL; i++) {
		if (strcmp(error_names[i], name) == 0)
			return OCSP_response_create(i, NULL);
	}
	mkcert_die("error=%s: unknown", name);
}

void
mkcert_ocsp_write(struct pki *pki, const struct line *line)
{
	const char	*file = mkcert_spec_get(line, "file");
	const char	*error = mkcert_spec_get(line, "error");
	OCSP_RESPONSE	*response;
	unsigned char	*der = NULL;
	BIO		*out;
	int		 len;

	mkcert_spec_check(line, ocsp_keys);
	if (file == NULL || (error == NULL &&
	    (mkcert_spec_get(line, "of") == NULL ||
	    mkcert_spec_get(line, "issuer") == NULL)))
		mkcert_die("@ocsp needs file=, of= and issuer=");
	response = error != NULL ? error_make(error) :
	    OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL,
	    basic_make(pki, line));
	len = i2d_OCSP_RESPONSE(response, &der);
	out = BIO_new_file(mkcert_store_path(pki, file, ""), "w");
	if (len <= 0 || out == NULL || BIO_write(out, der, len) != len)
		mkcert_die("%s: cannot be written", file);
	BIO_free(out);
	OPENSSL_free(der);
}
