/* SPDX-License-Identifier: ISC */
/*
 * One certificate from one line.
 */

#include "mkcert.h"

#include <openssl/bn.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <stdlib.h>
#include <string.h>

static const char *const cert_keys[] = {
	"key", "cn", "o", "ou", "c", "email", "subject", "dn-type", "issuer",
	"issuer-cn", "san", "san-count", "san-critical", "nb", "na", "life",
	"ca", "pathlen", "ku", "eku", "nc", "policies", "aia-ocsp",
	"aia-issuer", "crldp", "freshest", "must-staple", "digest", "pss",
	"serial", "ski", "aki", "version", "unknown-critical", "ext",
	"patch", "bad-sig", "chain", "p12", "jks", "p7", NULL
};

static const struct {
	const char	*key;
	const char	*attribute;
} dn_keys[] = {
	{ "cn", "CN" }, { "o", "O" }, { "ou", "OU" }, { "c", "C" },
	{ "email", "emailAddress" },
};

static const struct {
	const char	*name;
	int		 type;
} dn_types[] = {
	{ "utf8", V_ASN1_UTF8STRING },
	{ "printable", V_ASN1_PRINTABLESTRING },
	{ "ia5", V_ASN1_IA5STRING },
	{ "t61", V_ASN1_T61STRING },
	{ "bmp", V_ASN1_BMPSTRING },
	{ "universal", V_ASN1_UNIVERSALSTRING },
};

static int
dn_type(const struct line *line)
{
	const char	*name = mkcert_spec_get(line, "dn-type");
	size_t		 i;

	if (name == NULL)
		return V_ASN1_UTF8STRING;
	for (i = 0; i < sizeof(dn_types) / sizeof(dn_types[0]); i++) {
		if (strcmp(dn_types[i].name, name) == 0)
			return dn_types[i].type;
	}
	mkcert_die("dn-type=%s: unknown", name);
}

/*
 * The type is given as the ASN.1 type and not as MBSTRING_*, so that OpenSSL
 * takes the bytes as they are.
 */
static void
dn_add(X509_NAME *dn, const char *attribute, struct bytes value, int type)
{
	if (!X509_NAME_add_entry_by_txt(dn, attribute, type, value.data,
	    (int)value.len, -1, 0))
		mkcert_die("%s: cannot be set", attribute);
}

static void
subject_set(X509 *cert, const struct line *line)
{
	X509_NAME	*dn = X509_NAME_new();
	struct word	*word;
	struct bytes	 value;
	size_t		 i, k;

	for (i = 0; i < line->count; i++) {
		word = &line->words[i];
		for (k = 0; k < sizeof(dn_keys) / sizeof(dn_keys[0]); k++) {
			if (strcmp(dn_keys[k].key, word->key) != 0)
				continue;
			value = mkcert_spec_decode(word->value,
			    strlen(word->value));
			dn_add(dn, dn_keys[k].attribute, value, dn_type(line));
			free(value.data);
		}
	}
	if (X509_NAME_entry_count(dn) == 0 &&
	    mkcert_spec_get(line, "subject") == NULL) {
		value = mkcert_spec_decode(line->name, strlen(line->name));
		dn_add(dn, "CN", value, V_ASN1_UTF8STRING);
		free(value.data);
	}
	if (!X509_set_subject_name(cert, dn))
		mkcert_die("subject cannot be set");
	X509_NAME_free(dn);
}

static void
issuer_set(X509 *cert, X509 *issuer, const struct line *line)
{
	const char	*text = mkcert_spec_get(line, "issuer-cn");
	X509_NAME	*dn;
	struct bytes	 value;

	if (text == NULL) {
		X509_set_issuer_name(cert, X509_get_subject_name(issuer));
		return;
	}
	dn = X509_NAME_new();
	value = mkcert_spec_decode(text, strlen(text));
	dn_add(dn, "CN", value, dn_type(line));
	X509_set_issuer_name(cert, dn);
	X509_NAME_free(dn);
	free(value.data);
}

static void
serial_random(ASN1_INTEGER *serial)
{
	unsigned char	 octets[16];

	if (RAND_bytes(octets, sizeof(octets)) != 1)
		mkcert_die("no random bytes");
	octets[0] = (octets[0] & 0x7f) | 0x40;
	ASN1_STRING_set(serial, octets, sizeof(octets));
}

static void
serial_set(X509 *cert, const struct line *line)
{
	const char	*text = mkcert_spec_get(line, "serial");
	ASN1_INTEGER	*serial = X509_get_serialNumber(cert);
	BIGNUM		*number = NULL;
	const char	*digits;
	int		 ok, negative;

	if (text == NULL) {
		serial_random(serial);
		return;
	}
	if (strncmp(text, "raw:", 4) == 0) {
		struct bytes raw = mkcert_spec_hex(text + 4);

		ASN1_STRING_set(serial, raw.data, (int)raw.len);
		free(raw.data);
		return;
	}
	negative = text[0] == '-';
	digits = text + negative;
	ok = strncmp(digits, "0x", 2) == 0 ?
	    BN_hex2bn(&number, digits + 2) : BN_dec2bn(&number, digits);
	if (ok == 0)
		mkcert_die("serial=%s: not a number", text);
	BN_set_negative(number, negative);
	if (BN_to_ASN1_INTEGER(number, serial) == NULL)
		mkcert_die("serial=%s: cannot be set", text);
	BN_free(number);
}

static void
validity_set(X509 *cert, const struct line *line, int64_t now)
{
	const char	*nb = mkcert_spec_get(line, "nb");
	const char	*na = mkcert_spec_get(line, "na");
	const char	*life = mkcert_spec_get(line, "life");
	ASN1_TIME	*start, *end;
	int64_t		 last;

	na = na != NULL ? na : "+60d";
	end = mkcert_spec_time(na, now);
	if (life != NULL) {
		last = mkcert_spec_instant(na, now);
		start = ASN1_TIME_set(NULL, (time_t)
		    (last - mkcert_spec_duration(life) + 1));
	} else
		start = mkcert_spec_time(nb != NULL ? nb : "-1d", now);
	if (start == NULL || !X509_set1_notBefore(cert, start) ||
	    !X509_set1_notAfter(cert, end))
		mkcert_die("validity cannot be set");
	ASN1_TIME_free(start);
	ASN1_TIME_free(end);
}

static void
signature_make(X509 *cert, EVP_PKEY *key, const struct line *line)
{
	const char	*digest = mkcert_spec_get(line, "digest");
	const EVP_MD	*md = EVP_get_digestbyname(digest != NULL ? digest :
			    "sha256");
	EVP_MD_CTX	*ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX	*params = NULL;

	if (md == NULL || ctx == NULL)
		mkcert_die("digest=%s: unknown", digest);
	if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448"))
		md = NULL;
	if (EVP_DigestSignInit(ctx, &params, md, NULL, key) != 1)
		mkcert_die("cannot sign with this key");
	if (mkcert_spec_yes(line, "pss") &&
	    EVP_PKEY_CTX_set_rsa_padding(params, RSA_PKCS1_PSS_PADDING) <= 0)
		mkcert_die("pss=yes: not with this key");
	if (X509_sign_ctx(cert, ctx) <= 0)
		mkcert_die("cannot be signed");
	EVP_MD_CTX_free(ctx);
}

/* The last bit is flipped: the DER of an ECDSA signature stays whole. */
static X509 *
signature_spoil(X509 *cert)
{
	unsigned char		*der = NULL;
	const unsigned char	*p;
	X509			*out;
	int			 len = i2d_X509(cert, &der);

	if (len <= 0)
		mkcert_die("cannot be encoded");
	der[len - 1] ^= 1;
	p = der;
	out = d2i_X509(NULL, &p, len);
	if (out == NULL)
		mkcert_die("bad-sig: cannot be decoded again");
	OPENSSL_free(der);
	X509_free(cert);
	return out;
}

/* What can be read again takes the certificate's place; see mkcert_patch.c. */
static struct bytes
octets_patch(X509 **cert, EVP_PKEY *key, const struct line *line)
{
	struct bytes		 der = { NULL, 0 };
	const unsigned char	*p;
	X509			*again;

	if (mkcert_spec_get(line, "patch") == NULL)
		return der;
	der = mkcert_patch_apply(*cert, key, line);
	p = der.data;
	again = d2i_X509(NULL, &p, (long)der.len);
	if (again != NULL) {
		X509_free(*cert);
		*cert = again;
	}
	return der;
}

static X509 *
cert_new(const struct pki *pki, const struct line *line, EVP_PKEY *key)
{
	const char	*version = mkcert_spec_get(line, "version");
	X509		*cert = X509_new();

	if (cert == NULL || !X509_set_pubkey(cert, key))
		mkcert_die("public key cannot be set");
	X509_set_version(cert, version != NULL ? atol(version) - 1 : 2);
	serial_set(cert, line);
	subject_set(cert, line);
	validity_set(cert, line, pki->now);
	return cert;
}

void
mkcert_cert_make(struct pki *pki, const struct line *line)
{
	const char	*spec = mkcert_spec_get(line, "key");
	const char	*signer = mkcert_spec_get(line, "issuer");
	struct made	*issuer = NULL;
	struct bytes	 der;
	EVP_PKEY	*key;
	X509		*cert, *by;

	mkcert_spec_check(line, cert_keys);
	key = mkcert_key_make(pki, spec != NULL ? spec : "ec:P-256");
	cert = cert_new(pki, line, key);
	by = cert;
	if (signer != NULL && strcmp(signer, line->name) != 0) {
		issuer = mkcert_store_find(pki, signer);
		by = issuer->cert;
	}
	issuer_set(cert, by, line);
	if (X509_get_version(cert) == 2)
		mkcert_ext_add(line, cert, by);
	if (issuer != NULL && issuer->key == NULL)
		mkcert_die("issuer=%s: no key", signer);
	signature_make(cert, issuer != NULL ? issuer->key : key, line);
	der = octets_patch(&cert, issuer != NULL ? issuer->key : key, line);
	if (mkcert_spec_yes(line, "bad-sig"))
		cert = signature_spoil(cert);
	mkcert_store_keep(pki, line->name, cert, key);
	pki->made->der = der;
}
