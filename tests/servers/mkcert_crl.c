/* SPDX-License-Identifier: ISC */
/*
 * A list of revoked certificates: `@crl file= issuer= revoked= ...`, see
 * README.md.
 */

#include "mkcert.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const crl_keys[] = {
	"file", "issuer", "signer", "revoked", "at", "this", "next", "number",
	"delta", "idp", "aki", "unknown-critical", "entry-critical", "digest",
	"form", "filler", "bad-sig", "freshest", "issuer-cn", "version",
	"empty", NULL
};

static const char *const reason_names[] = {
	"unspecified", "keyCompromise", "CACompromise", "affiliationChanged",
	"superseded", "cessationOfOperation", "certificateHold", "",
	"removeFromCRL", "privilegeWithdrawn", "AACompromise", NULL
};

int
mkcert_crl_reason(const char *name)
{
	int	 i;

	for (i = 0; reason_names[i] != NULL; i++) {
		if (strcmp(reason_names[i], name) == 0)
			return i;
	}
	mkcert_die("%s: no reason for a revocation", name);
}

static ASN1_TIME *
time_get(const struct pki *pki, const struct line *line, const char *key,
    const char *fallback)
{
	const char	*text = mkcert_spec_get(line, key);

	return mkcert_spec_time(text != NULL ? text : fallback, pki->now);
}

static void
entry_extension(X509_REVOKED *entry, int nid, void *value, int critical)
{
	if (!X509_REVOKED_add1_ext_i2d(entry, nid, value, critical, 0))
		mkcert_die("@crl: entry extension cannot be added");
}

static void
unknown_add(X509_REVOKED *entry, X509_CRL *crl)
{
	ASN1_OBJECT		*oid = OBJ_txt2obj("1.3.6.1.4.1.55555.9", 1);
	ASN1_OCTET_STRING	*value = ASN1_OCTET_STRING_new();
	X509_EXTENSION		*ext;

	if (value == NULL || !ASN1_OCTET_STRING_set(value,
	    (const unsigned char *)"\5\0", 2))
		mkcert_die("out of memory");
	ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
	if (ext == NULL || !(entry != NULL ?
	    X509_REVOKED_add_ext(entry, ext, -1) :
	    X509_CRL_add_ext(crl, ext, -1)))
		mkcert_die("@crl: extension cannot be added");
}

/* One entry; reason and of (certificateIssuer) may be NULL. */
struct entry {
	ASN1_INTEGER	*serial;
	ASN1_TIME	*at;
	const char	*reason;
	X509_NAME	*of;
};

static void
issuer_add(X509_REVOKED *entry, X509_NAME *of)
{
	GENERAL_NAMES	*names = GENERAL_NAMES_new();
	GENERAL_NAME	*name = GENERAL_NAME_new();

	if (names == NULL || name == NULL)
		mkcert_die("out of memory");
	GENERAL_NAME_set0_value(name, GEN_DIRNAME, X509_NAME_dup(of));
	sk_GENERAL_NAME_push(names, name);
	entry_extension(entry, NID_certificate_issuer, names, 1);
	GENERAL_NAMES_free(names);
}

static void
entry_add(X509_CRL *crl, const struct line *line, const struct entry *what)
{
	X509_REVOKED	*entry = X509_REVOKED_new();
	ASN1_ENUMERATED	*code = ASN1_ENUMERATED_new();

	if (entry == NULL || code == NULL ||
	    !X509_REVOKED_set_serialNumber(entry, what->serial) ||
	    !X509_REVOKED_set_revocationDate(entry, what->at))
		mkcert_die("out of memory");
	if (what->reason != NULL) {
		ASN1_ENUMERATED_set(code, mkcert_crl_reason(what->reason));
		entry_extension(entry, NID_crl_reason, code, 0);
	}
	if (what->of != NULL)
		issuer_add(entry, what->of);
	if (mkcert_spec_yes(line, "entry-critical"))
		unknown_add(entry, NULL);
	X509_CRL_add0_revoked(crl, entry);
	ASN1_ENUMERATED_free(code);
}

static char *
cut(char *text, char at)
{
	char	*found = strchr(text, at);

	if (found == NULL)
		return NULL;
	*found = '\0';
	return found + 1;
}

/* NAME[@ISSUER][:REASON]; 0xHEX in place of NAME for a serial number alone;
 * ISSUER: a certificateIssuer with that one's subject. */
static void
revoked_add(struct pki *pki, const struct line *line, X509_CRL *crl,
    ASN1_TIME *at)
{
	struct entry	 entry = { .at = at };
	const char	*cursor = mkcert_spec_get(line, "revoked");
	const char	*item, *end;
	char		*name, *of;

	while ((item = mkcert_spec_next(&cursor, &end)) != NULL) {
		name = strndup(item, (size_t)(end - item));
		if (name == NULL)
			mkcert_die("out of memory");
		entry.reason = cut(name, ':');
		of = cut(name, '@');
		entry.of = of == NULL ? NULL : X509_get_subject_name(
		    mkcert_store_find(pki, of)->cert);
		entry.serial = strncmp(name, "0x", 2) == 0 ?
		    s2i_ASN1_INTEGER(NULL, name) : ASN1_INTEGER_dup(
		    X509_get0_serialNumber(mkcert_store_find(pki,
		    name)->cert));
		if (entry.serial == NULL)
			mkcert_die("%s: no serial number", name);
		entry_add(crl, line, &entry);
		ASN1_INTEGER_free(entry.serial);
		free(name);
	}
}

/* In the order of serial numbers, unless an entry's issuer holds for those
 * that follow it. */
static void
sort(X509_CRL *crl, const struct line *line)
{
	const char	*revoked = mkcert_spec_get(line, "revoked");

	if (revoked == NULL || strchr(revoked, '@') == NULL)
		X509_CRL_sort(crl);
}

/* A SEQUENCE of no entries, which should not be there at all. */
static void
empty_add(const struct line *line, X509_CRL *crl, ASN1_TIME *at)
{
	struct entry	 entry = { .serial = ASN1_INTEGER_new(), .at = at };

	if (!mkcert_spec_yes(line, "empty"))
		return;
	entry_add(crl, line, &entry);
	X509_REVOKED_free(sk_X509_REVOKED_pop(X509_CRL_get_REVOKED(crl)));
	ASN1_INTEGER_free(entry.serial);
}

/* A version that is 1 is not written. */
static void
version_set(const struct line *line, X509_CRL *crl)
{
	const char	*text = mkcert_spec_get(line, "version");
	long		 version = text != NULL ? atol(text) : 2;

	if (version > 1 && !X509_CRL_set_version(crl, version - 1))
		mkcert_die("version=%s: not taken", text);
}

/* Some kinds of key come with a digest of their own. */
static const EVP_MD *
digest_get(const struct line *line, const EVP_PKEY *key)
{
	const char	*name = mkcert_spec_get(line, "digest");
	int		 kind = EVP_PKEY_get_base_id(key);

	if (kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448)
		return NULL;
	return EVP_get_digestbyname(name != NULL ? name : "sha256");
}

/* Entries of nobody, to make the list long. */
static void
filler_add(const struct line *line, X509_CRL *crl, ASN1_TIME *at)
{
	const char	*text = mkcert_spec_get(line, "filler");
	long		 i, n = text != NULL ? atol(text) : 0;
	struct entry	 entry = { .serial = ASN1_INTEGER_new(), .at = at };

	for (i = 0; i < n; i++) {
		ASN1_INTEGER_set(entry.serial, 1000000000 + i);
		entry_add(crl, line, &entry);
	}
	ASN1_INTEGER_free(entry.serial);
}

static void
conf_add(X509_CRL *crl, X509 *issuer, const char *name, const char *value)
{
	X509V3_CTX	 ctx;
	X509_EXTENSION	*ext;

	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	X509V3_set_ctx_nodb(&ctx);
	ext = X509V3_EXT_conf(NULL, &ctx, name, value);
	if (ext == NULL || !X509_CRL_add_ext(crl, ext, -1))
		mkcert_die("@crl: %s=%s", name, value);
	X509_EXTENSION_free(ext);
}

static void
number_add(X509_CRL *crl, int nid, const char *text, int critical)
{
	ASN1_INTEGER	*number = s2i_ASN1_INTEGER(NULL, text);

	if (number == NULL ||
	    !X509_CRL_add1_ext_i2d(crl, nid, number, critical, 0))
		mkcert_die("@crl: %s: no number", text);
	ASN1_INTEGER_free(number);
}

static void
freshest_add(X509_CRL *crl, const char *list)
{
	CRL_DIST_POINTS	*points = mkcert_point_list(list);

	if (!X509_CRL_add1_ext_i2d(crl, NID_freshest_crl, points, 0, 0))
		mkcert_die("@crl: freshest=%s", list);
	CRL_DIST_POINTS_free(points);
}

static void
idp_word(ISSUING_DIST_POINT *idp, const char *word)
{
	if (strcmp(word, "user") == 0)
		idp->onlyuser = 0xff;
	else if (strcmp(word, "ca") == 0)
		idp->onlyCA = 0xff;
	else if (strcmp(word, "attribute") == 0)
		idp->onlyattr = 0xff;
	else if (strcmp(word, "indirect") == 0)
		idp->indirectCRL = 0xff;
	else if (strncmp(word, "reason:", 7) == 0)
		mkcert_point_flag(&idp->onlysomereasons, word + 7);
	else
		mkcert_point_name(&idp->distpoint, word);
}

static void
idp_add(X509_CRL *crl, const char *list)
{
	ISSUING_DIST_POINT	*idp = ISSUING_DIST_POINT_new();
	const char		*item, *end;

	while ((item = mkcert_spec_next(&list, &end)) != NULL)
		idp_word(idp, mkcert_spec_string(strndup(item,
		    (size_t)(end - item))));
	if (!X509_CRL_add1_ext_i2d(crl, NID_issuing_distribution_point, idp,
	    1, 0))
		mkcert_die("@crl: idp cannot be added");
}

static void
extensions_add(X509_CRL *crl, const struct line *line, X509 *issuer)
{
	const char	*number = mkcert_spec_get(line, "number");
	const char	*delta = mkcert_spec_get(line, "delta");
	const char	*idp = mkcert_spec_get(line, "idp");
	const char	*aki = mkcert_spec_get(line, "aki");
	const char	*freshest = mkcert_spec_get(line, "freshest");

	if (aki == NULL || strcmp(aki, "none") != 0)
		conf_add(crl, issuer, "authorityKeyIdentifier", "keyid");
	if (number == NULL || strcmp(number, "none") != 0)
		number_add(crl, NID_crl_number,
		    number != NULL ? number : "1", 0);
	if (delta != NULL)
		number_add(crl, NID_delta_crl, delta, 1);
	if (idp != NULL)
		idp_add(crl, idp);
	if (freshest != NULL)
		freshest_add(crl, freshest);
	if (mkcert_spec_yes(line, "unknown-critical"))
		unknown_add(NULL, crl);
}

static void
crl_save(struct pki *pki, const struct line *line, X509_CRL *crl,
    const char *file)
{
	const char	*form = mkcert_spec_get(line, "form");
	FILE		*out = fopen(mkcert_store_path(pki, file, ""), "wb");
	unsigned char	*der = NULL;
	int		 len = i2d_X509_CRL(crl, &der), ok = 0;

	if (len > 0 && mkcert_spec_yes(line, "bad-sig"))
		der[len - 1] ^= 1;
	if (len > 0 && out != NULL)
		ok = form != NULL && strcmp(form, "pem") == 0 ?
		    PEM_write_X509_CRL(out, crl) :
		    fwrite(der, 1, (size_t)len, out) == (size_t)len;
	if (!ok || fclose(out) != 0)
		mkcert_die("%s: cannot be written", file);
	OPENSSL_free(der);
}

static X509_NAME *
issuer_name(const struct line *line, const struct made *issuer)
{
	const char	*cn = mkcert_spec_get(line, "issuer-cn");
	X509_NAME	*name = X509_NAME_dup(
			    X509_get_subject_name(issuer->cert));

	if (cn == NULL)
		return name;
	X509_NAME_free(name);
	return mkcert_point_dn(mkcert_spec_string(cn));
}

void
mkcert_crl_write(struct pki *pki, const struct line *line)
{
	const char	*file = mkcert_spec_get(line, "file");
	const char	*by = mkcert_spec_get(line, "issuer");
	const char	*signer = mkcert_spec_get(line, "signer");
	const char	*next = mkcert_spec_get(line, "next");
	ASN1_TIME	*at = time_get(pki, line, "at", "-1h");
	X509_CRL	*crl = X509_CRL_new();
	struct made	*issuer, *with;

	mkcert_spec_check(line, crl_keys);
	if (file == NULL || by == NULL || crl == NULL)
		mkcert_die("@crl needs file= and issuer=");
	issuer = mkcert_store_find(pki, by);
	with = signer != NULL ? mkcert_store_find(pki, signer) : issuer;
	version_set(line, crl);
	X509_CRL_set_issuer_name(crl, issuer_name(line, issuer));
	X509_CRL_set1_lastUpdate(crl, time_get(pki, line, "this", "-1h"));
	if (next == NULL || strcmp(next, "none") != 0)
		X509_CRL_set1_nextUpdate(crl,
		    time_get(pki, line, "next", "+3d"));
	revoked_add(pki, line, crl, at);
	filler_add(line, crl, at);
	empty_add(line, crl, at);
	sort(crl, line);
	extensions_add(crl, line, issuer->cert);
	if (!X509_CRL_sign(crl, with->key, digest_get(line, with->key)))
		mkcert_die("@crl: cannot be signed");
	crl_save(pki, line, crl, file);
}
