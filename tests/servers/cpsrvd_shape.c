/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: the rows that the documents have, made from what the scenario says.
 * A "raw" object in a certificate or virtual host replaces fields as they
 * are.
 */

#include "cpsrvd.h"

#include <stdio.h>
#include <string.h>

void
shape_hex(char *out, size_t len, uint64_t seed)
{
	static const char	 digits[] = "0123456789abcdef";
	size_t			 i;

	for (i = 0; i < len; i++) {
		if (i % 8 == 0)
			seed = seed * 6364136223846793005U +
			    1442695040888963407U;
		out[i] = digits[seed >> (32 + i % 8 * 4) & 15];
	}
	out[len] = '\0';
}

static void
set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		cpsrvd_die("%s: no valid UTF-8", key);
}

static json_t *
text_or_null(const char *s)
{
	return s != NULL ? json_string(s) : json_null();
}

/* Several lines: attribute, value, attribute, value. */
static json_t *
name_text(const char *o, const char *cn)
{
	char	 text[1024];

	if (o != NULL)
		snprintf(text, sizeof(text), "countryName\nUS\n"
		    "organizationName\n%s\ncommonName\n%s", o, cn);
	else
		snprintf(text, sizeof(text), "commonName\n%s", cn);
	return json_string(text);
}

/* What every form of a certificate has. */
static json_t *
cert_common(const struct cert *cert)
{
	json_t	*row = json_object();

	set(row, "domains", json_incref(cert->domains));
	set(row, "ecdsa_curve_name", cert->ec ? json_string("prime256v1") :
	    json_null());
	set(row, "ecdsa_public", text_or_null(cert->ec ? cert->modulus :
	    NULL));
	set(row, "id", json_string(cert->id));
	set(row, "is_self_signed", json_integer(cert->self_signed));
	set(row, "issuer.commonName", json_string(cert->issuer_cn));
	set(row, "issuer.organizationName", text_or_null(cert->issuer_o));
	set(row, "issuer_text", name_text(cert->issuer_o, cert->issuer_cn));
	set(row, "modulus", text_or_null(cert->ec ? NULL : cert->modulus));
	set(row, "modulus_length", cert->ec ? json_null() :
	    json_integer(2048));
	set(row, "not_after", json_integer(cert->not_after));
	set(row, "not_before", json_integer(cert->not_before));
	set(row, "signature_algorithm",
	    json_string("sha256WithRSAEncryption"));
	set(row, "subject.commonName", json_string(cert->cn));
	set(row, "subject_text", name_text(NULL, cert->cn));
	set(row, "validation_type", text_or_null(cert->validation));
	return row;
}

static const char *
algorithm(const struct cert *cert)
{
	return cert->ec ? "id-ecPublicKey" : "rsaEncryption";
}

static void
raw_apply(json_t *row, const json_t *want)
{
	json_t	*raw = json_object_get(want, "raw");

	if (json_is_object(raw) && json_object_update(row, raw) != 0)
		cpsrvd_die("raw cannot be applied");
}

/* subject.commonName is an object here and a string in UAPI; the drift turns
 * it round. */
static json_t *
whm_cert(const struct call *call, const struct cert *cert)
{
	json_t	*row = cert_common(cert);

	set(row, "created", json_integer(cert->not_before));
	set(row, "encryption_algorithm", json_string(algorithm(cert)));
	set(row, "public_exponent", cert->ec ? json_null() :
	    json_string("010001"));
	if (!scene_drift(call, "subject"))
		set(row, "subject.commonName",
		    json_pack("{s:s}", "commonName", cert->cn));
	return row;
}

static json_t *
uapi_cert(const struct call *call, const struct cert *cert)
{
	json_t	*row = cert_common(cert);

	set(row, "key_algorithm", json_string(algorithm(cert)));
	if (scene_drift(call, "subject"))
		set(row, "subject.commonName",
		    json_pack("{s:s}", "commonName", cert->cn));
	return row;
}

static void
vhost_common(json_t *row, const json_t *account, const json_t *vhost)
{
	char	 docroot[512];

	snprintf(docroot, sizeof(docroot), "/home/%s/public_html",
	    scene_text(account, "user", "nobody"));
	set(row, "docroot", json_string(scene_text(vhost, "docroot",
	    docroot)));
	set(row, "domains", scene_vhost_domains(vhost));
	set(row, "ip", json_string(scene_text(account, "ip", "192.0.2.10")));
	set(row, "is_primary_on_ip", json_integer(0));
	set(row, "mail_sni_status", json_integer(1));
	set(row, "needs_sni", json_integer(1));
	set(row, "servername", json_string(scene_text(vhost, "name",
	    "nameless.example")));
}

json_t *
shape_whm_vhost(const struct call *call, const json_t *account,
    const json_t *vhost)
{
	const json_t	*want = json_object_get(vhost, "cert");
	const char	*name = scene_text(vhost, "name", "");
	json_t		*row = json_object(), *crt;
	struct cert	 cert;

	scene_cert(call, vhost, want, &cert);
	crt = whm_cert(call, &cert);
	raw_apply(crt, want);
	set(row, "crt", crt);
	vhost_common(row, account, vhost);
	set(row, "iptype", json_string("shared"));
	set(row, "ipv6", json_null());
	set(row, "type", json_string(scene_text(vhost, "type",
	    strcmp(name, scene_text(account, "domain", name)) == 0 ?
	    "main" : "sub")));
	set(row, "user", json_string(scene_text(account, "user", "nobody")));
	raw_apply(row, vhost);
	json_decref(cert.domains);
	return row;
}

/* With the service subdomains that a proxy answers. */
static json_t *
fqdns_of(const json_t *vhost)
{
	json_t	*names = scene_vhost_domains(vhost), *all = json_array();
	char	 mail[512];

	json_array_extend(all, names);
	json_decref(names);
	snprintf(mail, sizeof(mail), "mail.%s",
	    scene_text(vhost, "name", "nameless.example"));
	if (!scene_has(all, mail))
		json_array_append_new(all, json_string(mail));
	return all;
}

json_t *
shape_installed(const struct call *call, const json_t *account,
    const json_t *vhost)
{
	const json_t	*want = json_object_get(vhost, "cert");
	json_t		*row = json_object(), *crt;
	struct cert	 cert;

	scene_cert(call, vhost, want, &cert);
	crt = uapi_cert(call, &cert);
	set(crt, "auto_ssl_provider", text_or_null(cert.provider));
	set(crt, "auto_ssl_provider_display_name",
	    text_or_null(cert.provider_title));
	set(crt, "is_autossl", json_integer(cert.autossl));
	raw_apply(crt, want);
	set(row, "certificate", crt);
	set(row, "certificate_text", json_string(
	    "-----BEGIN CERTIFICATE-----\nSHORTENED\n"
	    "-----END CERTIFICATE-----"));
	vhost_common(row, account, vhost);
	set(row, "fqdns", fqdns_of(vhost));
	raw_apply(row, vhost);
	json_decref(cert.domains);
	return row;
}

/* list_certs; installed or not. */
json_t *
shape_stored(const struct call *call, const json_t *vhost, const json_t *want)
{
	json_t		*row;
	struct cert	 cert;

	scene_cert(call, vhost, want, &cert);
	row = uapi_cert(call, &cert);
	set(row, "created", json_integer(cert.not_before));
	set(row, "friendly_name", json_string(cert.cn));
	cert.hash[16] = '\0';
	set(row, "serial", json_string(cert.hash));
	raw_apply(row, want);
	json_decref(cert.domains);
	return row;
}

/* A recorded problem; WHM names the run as well. */
json_t *
shape_problem(const struct call *call, const json_t *want, int whm)
{
	int64_t	 time = cpsrvd_time(json_object_get(want, "time"), call->now,
		    call->now - 9270);
	int64_t	 log = cpsrvd_time(json_object_get(want, "log"), call->now,
		    time - 30);
	json_t	*row = json_object();

	set(row, "domain", json_string(scene_text(want, "domain", "")));
	if (whm)
		set(row, "log", cpsrvd_iso(call, log));
	set(row, "problem", json_string(scene_text(want, "problem", "")));
	set(row, "time", cpsrvd_iso(call, time));
	return row;
}

/* --- providers ------------------------------------------------------------ */

#define TERMS \
	"https://letsencrypt.org/documents/LE-SA-v1.5-February-24-2025.pdf"

static json_t *
provider_letsencrypt(void)
{
	return json_pack("{s:s,s:i,s:s,s:{s:i,s:[s,s],s:s,s:i,s:i,s:i,s:i,"
	    "s:i,s:i},s:s,s:s,s:s}",
	    "display_name", "Let’s Encrypt™", "enabled", 1,
	    "module_name", "LetsEncrypt", "specs",
	    "AVERAGE_DELIVERY_TIME", 5, "DCV_METHODS", "http", "dns",
	    "DELIVERY_METHOD", "api", "HTTP_DCV_MAX_REDIRECTS", 10,
	    "MAX_DOMAINS_PER_CERTIFICATE", 100,
	    "RATE_LIMIT_CERTIFICATES_PER_REGISTERED_DOMAIN_PER_WEEK", 50,
	    "SUPPORTS_ANCESTOR_DCV", 0, "SUPPORTS_WILDCARD", 1,
	    "VALIDITY_PERIOD", 7776000,
	    "x_account_id",
	    "https://acme-v02.api.letsencrypt.org/acme/acct/123456789",
	    "x_terms_of_service", TERMS,
	    "x_terms_of_service_accepted", TERMS);
}

static json_t *
provider_cpanel(void)
{
	return json_pack("{s:s,s:i,s:s,s:{s:i,s:[s,s],s:s,s:i,s:i,s:i,s:i,"
	    "s:i,s:i}}",
	    "display_name", "Sectigo", "enabled", 1,
	    "module_name", "cPanel", "specs",
	    "AVERAGE_DELIVERY_TIME", 120, "DCV_METHODS", "http", "dns",
	    "DELIVERY_METHOD", "queue", "HTTP_DCV_MAX_REDIRECTS", 0,
	    "MAX_DOMAINS_PER_CERTIFICATE", 1000,
	    "RATE_LIMIT_CERTIFICATES_PER_REGISTERED_DOMAIN_PER_WEEK", 0,
	    "SUPPORTS_ANCESTOR_DCV", 1, "SUPPORTS_WILDCARD", 0,
	    "VALIDITY_PERIOD", 7776000);
}

/* {module, enabled, terms, accepted, display, delivery}; or a module's name,
 * which is enabled then. */
json_t *
shape_provider(const struct call *call, const json_t *want)
{
	const char	*module = json_is_string(want) ?
			    json_string_value(want) :
			    scene_text(want, "module", "LetsEncrypt");
	json_t		*row, *terms;

	(void)call;
	if (strcmp(module, "LetsEncrypt") == 0)
		row = provider_letsencrypt();
	else if (strcmp(module, "cPanel") == 0)
		row = provider_cpanel();
	else
		row = json_pack("{s:s,s:i,s:s,s:{s:s,s:i}}",
		    "display_name", scene_text(want, "display", module),
		    "enabled", 1, "module_name", module, "specs",
		    "DELIVERY_METHOD", scene_text(want, "delivery", "queue"),
		    "MAX_DOMAINS_PER_CERTIFICATE", 100);
	set(row, "enabled", json_integer(scene_flag(want, "enabled", 1)));
	terms = json_object_get(want, "terms");
	if (terms != NULL)
		set(row, "x_terms_of_service", json_incref(terms));
	terms = json_object_get(want, "accepted");
	if (terms != NULL)
		set(row, "x_terms_of_service_accepted", json_incref(terms));
	raw_apply(row, want);
	return row;
}

/* --- drift ---------------------------------------------------------------- */

/* What a number, a null or a list becomes; NULL: it stays. */
static json_t *
drift_value(const struct call *call, const char *key, const json_t *value)
{
	char	 text[32];

	if (json_is_integer(value) && scene_drift(call, "strings")) {
		snprintf(text, sizeof(text), "%lld",
		    (long long)json_integer_value(value));
		return json_string(text);
	}
	if (scene_drift(call, "empty_strings") && (json_is_null(value) ||
	    (strcmp(key, "is_self_signed") == 0 && json_is_integer(value) &&
	    json_integer_value(value) == 0)))
		return json_string("");
	if (scene_drift(call, "null_lists") && json_is_array(value) &&
	    json_array_size(value) == 0)
		return json_null();
	return NULL;
}

/* issuer.commonName becomes issuer: {commonName}. */
static void
drift_nest(json_t *object)
{
	static const char	*const keys[] = { "issuer.commonName",
		"issuer.organizationName", "subject.commonName" };
	json_t			*inner, *value;
	char			 outer[32];
	size_t			 i, len;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		value = json_object_get(object, keys[i]);
		if (value == NULL)
			continue;
		len = strcspn(keys[i], ".");
		memcpy(outer, keys[i], len);
		outer[len] = '\0';
		inner = json_object_get(object, outer);
		if (inner == NULL) {
			inner = json_object();
			set(object, outer, inner);
		}
		set(inner, keys[i] + len + 1, json_incref(value));
		json_object_del(object, keys[i]);
	}
}

void
shape_drift(const struct call *call, json_t *value)
{
	const char	*key;
	json_t		*item, *changed;
	size_t		 i;
	void		*next;

	if (json_is_object(value) && scene_drift(call, "nested"))
		drift_nest(value);
	json_object_foreach_safe(value, next, key, item) {
		changed = drift_value(call, key, item);
		if (changed != NULL)
			set(value, key, changed);
		else
			shape_drift(call, item);
	}
	json_array_foreach(value, i, item) {
		changed = drift_value(call, "", item);
		if (changed != NULL)
			json_array_set_new(value, i, changed);
		else
			shape_drift(call, item);
	}
}
