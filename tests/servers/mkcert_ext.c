/* SPDX-License-Identifier: ISC */
/*
 * The extensions of a certificate.  The common ones go through OpenSSL's
 * configuration syntax; those that must hold any byte are built by hand.
 */

#include "mkcert.h"

#include <openssl/conf.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An extension in the syntax of openssl.cnf. */
static void
conf_add(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX	 ctx;
	X509_EXTENSION	*ext;
	CONF		*conf = NCONF_new(NULL);

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	/* Policies insist on a configuration, be it an empty one. */
	X509V3_set_nconf(&ctx, conf);
	ext = X509V3_EXT_nconf_nid(conf, &ctx, nid, value);
	if (ext == NULL || !X509_add_ext(cert, ext, -1))
		mkcert_die("%s=%s: not taken", OBJ_nid2sn(nid), value);
	X509_EXTENSION_free(ext);
	NCONF_free(conf);
}

/* An extension with these octets as its value. */
static void
raw_add(X509 *cert, const char *oid, int critical, struct bytes value)
{
	ASN1_OCTET_STRING	*octets = ASN1_OCTET_STRING_new();
	ASN1_OBJECT		*object = OBJ_txt2obj(oid, 0);
	X509_EXTENSION		*ext;

	if (object == NULL || octets == NULL)
		mkcert_die("%s: not an OID", oid);
	ASN1_OCTET_STRING_set(octets, value.data, (int)value.len);
	ext = X509_EXTENSION_create_by_OBJ(NULL, object, critical, octets);
	if (ext == NULL || !X509_add_ext(cert, ext, -1))
		mkcert_die("%s: not taken", oid);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(object);
}

static ASN1_STRING *
string_new(int type, struct bytes value)
{
	ASN1_STRING	*string = ASN1_STRING_type_new(type);

	if (string == NULL ||
	    !ASN1_STRING_set(string, value.data, (int)value.len))
		mkcert_die("out of memory");
	return string;
}

static struct bytes
address_octets(const char *text)
{
	struct bytes	 out = { calloc(1, 17), 0 };

	if (out.data == NULL)
		mkcert_die("out of memory");
	if (text[0] == 'x')
		return mkcert_spec_hex(text + 1);
	if (inet_pton(AF_INET, text, out.data) == 1)
		out.len = 4;
	else if (inet_pton(AF_INET6, text, out.data) == 1)
		out.len = 16;
	else
		mkcert_die("ip:%s: not an address", text);
	return out;
}

static GENERAL_NAME *
dirname_new(struct bytes cn)
{
	X509_NAME	*dn = X509_NAME_new();
	GENERAL_NAME	*name = GENERAL_NAME_new();

	X509_NAME_add_entry_by_txt(dn, "CN", V_ASN1_UTF8STRING, cn.data,
	    (int)cn.len, -1, 0);
	GENERAL_NAME_set0_value(name, GEN_DIRNAME, dn);
	return name;
}

static GENERAL_NAME *
othername_new(struct bytes value)
{
	GENERAL_NAME	*name = GENERAL_NAME_new();
	ASN1_TYPE	*any = ASN1_TYPE_new();

	ASN1_TYPE_set(any, V_ASN1_UTF8STRING,
	    string_new(V_ASN1_UTF8STRING, value));
	if (!GENERAL_NAME_set0_othername(name,
	    OBJ_txt2obj("1.3.6.1.4.1.311.20.2.3", 1), any))
		mkcert_die("other: cannot be set");
	return name;
}

static GENERAL_NAME *
altname_parse(const char *item, size_t len)
{
	static const struct {
		const char	*prefix;
		int		 type;
	} kinds[] = {
		{ "dns:", GEN_DNS }, { "email:", GEN_EMAIL },
		{ "uri:", GEN_URI }, { "ip:", GEN_IPADD },
		{ "dirname:", GEN_DIRNAME }, { "other:", GEN_OTHERNAME },
		{ "rid:", GEN_RID },
	};
	GENERAL_NAME	*name;
	struct bytes	 value;
	size_t		 i = 0, prefix;

	while (strncmp(kinds[i].prefix, item, strlen(kinds[i].prefix)) != 0) {
		if (++i == sizeof(kinds) / sizeof(kinds[0]))
			mkcert_die("san=%s: unknown kind", item);
	}
	prefix = strlen(kinds[i].prefix);
	value = mkcert_spec_decode(item + prefix, len - prefix);
	if (kinds[i].type == GEN_DIRNAME)
		return dirname_new(value);
	if (kinds[i].type == GEN_OTHERNAME)
		return othername_new(value);
	name = GENERAL_NAME_new();
	if (kinds[i].type == GEN_RID)
		GENERAL_NAME_set0_value(name, GEN_RID,
		    OBJ_txt2obj((char *)value.data, 1));
	else if (kinds[i].type == GEN_IPADD)
		GENERAL_NAME_set0_value(name, GEN_IPADD, string_new(
		    V_ASN1_OCTET_STRING, address_octets((char *)value.data)));
	else
		GENERAL_NAME_set0_value(name, kinds[i].type,
		    string_new(V_ASN1_IA5STRING, value));
	free(value.data);
	return name;
}

static void
san_add(const struct line *line, X509 *cert)
{
	GENERAL_NAMES	*names = GENERAL_NAMES_new();
	const char	*cursor = mkcert_spec_get(line, "san");
	const char	*count = mkcert_spec_get(line, "san-count");
	const char	*item, *end;
	char		 text[48];
	long		 i, total = count != NULL ? atol(count) : 0;

	while ((item = mkcert_spec_next(&cursor, &end)) != NULL)
		sk_GENERAL_NAME_push(names,
		    altname_parse(item, (size_t)(end - item)));
	for (i = 1; i <= total; i++) {
		snprintf(text, sizeof(text), "dns:h%ld.many.test", i);
		sk_GENERAL_NAME_push(names,
		    altname_parse(text, strlen(text)));
	}
	if (mkcert_spec_get(line, "san") != NULL || total > 0)
		X509_add1_ext_i2d(cert, NID_subject_alt_name, names,
		    mkcert_spec_yes(line, "san-critical"), 0);
	GENERAL_NAMES_free(names);
}

static void
access_push(AUTHORITY_INFO_ACCESS *list, int method, const char *urls)
{
	const char		*item, *end;
	ACCESS_DESCRIPTION	*entry;
	struct bytes		 url;

	while ((item = mkcert_spec_next(&urls, &end)) != NULL) {
		url = mkcert_spec_decode(item, (size_t)(end - item));
		entry = ACCESS_DESCRIPTION_new();
		ASN1_OBJECT_free(entry->method);
		entry->method = OBJ_nid2obj(method);
		GENERAL_NAME_set0_value(entry->location, GEN_URI,
		    string_new(V_ASN1_IA5STRING, url));
		sk_ACCESS_DESCRIPTION_push(list, entry);
	}
}

static void
aia_add(const struct line *line, X509 *cert)
{
	AUTHORITY_INFO_ACCESS	*list = AUTHORITY_INFO_ACCESS_new();

	access_push(list, NID_ad_OCSP, mkcert_spec_get(line, "aia-ocsp"));
	access_push(list, NID_ad_ca_issuers,
	    mkcert_spec_get(line, "aia-issuer"));
	if (sk_ACCESS_DESCRIPTION_num(list) > 0)
		X509_add1_ext_i2d(cert, NID_info_access, list, 0, 0);
	AUTHORITY_INFO_ACCESS_free(list);
}

static void
crldp_add(const struct line *line, X509 *cert)
{
	static const struct {
		const char	*key;
		int		 nid;
	} rows[] = {
		{ "crldp", NID_crl_distribution_points },
		{ "freshest", NID_freshest_crl },
	};
	CRL_DIST_POINTS	*points;
	const char	*value;
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		value = mkcert_spec_get(line, rows[i].key);
		if (value == NULL)
			continue;
		points = mkcert_point_list(value);
		X509_add1_ext_i2d(cert, rows[i].nid, points, 0, 0);
		CRL_DIST_POINTS_free(points);
	}
}

static void
constraints_add(const struct line *line, X509 *cert, X509 *issuer)
{
	const char	*ca = mkcert_spec_get(line, "ca");
	const char	*pathlen = mkcert_spec_get(line, "pathlen");
	char		 text[64];

	if (ca != NULL && strcmp(ca, "none") == 0)
		return;
	if (!mkcert_spec_yes(line, "ca"))
		snprintf(text, sizeof(text), "critical,CA:FALSE");
	else if (pathlen == NULL)
		snprintf(text, sizeof(text), "critical,CA:TRUE");
	else
		snprintf(text, sizeof(text), "critical,CA:TRUE,pathlen:%s",
		    pathlen);
	conf_add(cert, issuer, NID_basic_constraints, text);
}

static void
usage_add(const struct line *line, X509 *cert, X509 *issuer)
{
	const char	*ku = mkcert_spec_get(line, "ku");
	const char	*eku = mkcert_spec_get(line, "eku");
	const char	*ca = mkcert_spec_get(line, "ca");
	int		 is_ca = ca != NULL && strcmp(ca, "yes") == 0;

	if (ku == NULL && is_ca)
		ku = "critical,keyCertSign,cRLSign";
	else if (ku == NULL)
		ku = EVP_PKEY_is_a(X509_get0_pubkey(cert), "RSA") ?
		    "critical,digitalSignature,keyEncipherment" :
		    "critical,digitalSignature";
	if (eku == NULL)
		eku = is_ca ? "none" : "serverAuth";
	if (strcmp(ku, "none") != 0)
		conf_add(cert, issuer, NID_key_usage, ku);
	if (strcmp(eku, "none") != 0)
		conf_add(cert, issuer, NID_ext_key_usage, eku);
}

/* A SEQUENCE of the octets, under one tag, for a wrong key identifier. */
static void
keyid_raw(X509 *cert, const char *oid, const unsigned char *head, size_t size,
    const char *hex)
{
	struct bytes	 id = mkcert_spec_hex(hex);
	struct bytes	 value = { calloc(1, id.len + 4), 0 };

	if (id.len > 100 || value.data == NULL)
		mkcert_die("%s: too long", hex);
	memcpy(value.data, head, size);
	value.data[size - 1] = (unsigned char)id.len;
	if (size == 4)
		value.data[1] = (unsigned char)(id.len + 2);
	memcpy(value.data + size, id.data, id.len);
	value.len = size + id.len;
	raw_add(cert, oid, 0, value);
	free(value.data);
	free(id.data);
}

static void
keyids_add(const struct line *line, X509 *cert, X509 *issuer)
{
	static const unsigned char ski_head[] = { 0x04, 0 };
	static const unsigned char aki_head[] = { 0x30, 0, 0x80, 0 };
	const char	*ski = mkcert_spec_get(line, "ski");
	const char	*aki = mkcert_spec_get(line, "aki");

	if (ski == NULL || strcmp(ski, "auto") == 0)
		conf_add(cert, issuer, NID_subject_key_identifier, "hash");
	else if (strcmp(ski, "none") != 0)
		keyid_raw(cert, "2.5.29.14", ski_head, sizeof(ski_head), ski);
	if (aki == NULL || strcmp(aki, "auto") == 0) {
		if (X509_get0_subject_key_id(issuer) != NULL)
			conf_add(cert, issuer, NID_authority_key_identifier,
			    "keyid");
	} else if (strcmp(aki, "none") != 0)
		keyid_raw(cert, "2.5.29.35", aki_head, sizeof(aki_head), aki);
}

static void
text_add(const struct line *line, X509 *cert, X509 *issuer)
{
	static const struct {
		const char	*key;
		int		 nid;
	} rows[] = {
		{ "nc", NID_name_constraints },
		{ "policies", NID_certificate_policies },
	};
	const char	*value;
	char		*text;
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		value = mkcert_spec_get(line, rows[i].key);
		if (value == NULL)
			continue;
		text = mkcert_spec_string(value);
		conf_add(cert, issuer, rows[i].nid, text);
		free(text);
	}
	if (mkcert_spec_yes(line, "must-staple"))
		conf_add(cert, issuer, NID_tlsfeature, "status_request");
}

/* ext=OID:HEX, ext=OID:critical:HEX */
static void
ext_word(X509 *cert, const char *value)
{
	char		*text = mkcert_spec_string(value);
	char		*colon = strchr(text, ':');
	struct bytes	 octets;
	int		 critical;

	if (colon == NULL)
		mkcert_die("ext=%s: OID:HEX", value);
	*colon++ = '\0';
	critical = strncmp(colon, "critical:", 9) == 0;
	octets = mkcert_spec_hex(critical ? colon + 9 : colon);
	raw_add(cert, text, critical, octets);
	free(octets.data);
	free(text);
}

void
mkcert_ext_add(const struct line *line, X509 *cert, X509 *issuer)
{
	unsigned char	 null[] = { 0x05, 0x00 };
	struct bytes	 value = { null, sizeof(null) };
	size_t		 i;

	constraints_add(line, cert, issuer);
	usage_add(line, cert, issuer);
	keyids_add(line, cert, issuer);
	san_add(line, cert);
	aia_add(line, cert);
	crldp_add(line, cert);
	text_add(line, cert, issuer);
	if (mkcert_spec_yes(line, "unknown-critical"))
		raw_add(cert, "1.3.6.1.4.1.32473.1", 1, value);
	for (i = 0; i < line->count; i++) {
		if (strcmp(line->words[i].key, "ext") == 0)
			ext_word(cert, line->words[i].value);
	}
}
