/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: the scenario, and what it leaves unsaid.
 */

#include "cpsrvd.h"

#include <stdio.h>
#include <string.h>

#define DAY	86400

json_t *
scene_load(const char *path, int64_t *now)
{
	json_error_t	 error;
	json_t		*scene = json_load_file(path, JSON_REJECT_DUPLICATES,
	    &error);

	if (!json_is_object(scene))
		cpsrvd_die("%s: line %d: %s", path, error.line, error.text);
	*now = cpsrvd_time(json_object_get(scene, "now"), 0, 1795176000);
	return scene;
}

const char *
scene_text(const json_t *object, const char *key, const char *fallback)
{
	const char	*s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : fallback;
}

int
scene_flag(const json_t *object, const char *key, int fallback)
{
	const json_t	*value = json_object_get(object, key);

	if (json_is_integer(value))
		return json_integer_value(value) != 0;
	return json_is_boolean(value) ? json_is_true(value) : fallback;
}

int
scene_drift(const struct call *call, const char *what)
{
	return scene_flag(json_object_get(call->scene, "drift"), what, 0);
}

int
scene_has(const json_t *list, const char *word)
{
	size_t	 i;
	json_t	*item;

	json_array_foreach(list, i, item) {
		if (json_is_string(item) &&
		    strcmp(json_string_value(item), word) == 0)
			return 1;
	}
	return 0;
}

/* A server's functions: those of today, less or more. */
int
scene_offers(const struct call *call, const char *function, int usual)
{
	const json_t	*functions = json_object_get(call->scene, "functions");

	if (scene_has(json_object_get(functions, "add"), function))
		return 1;
	if (scene_has(json_object_get(functions, "remove"), function))
		return 0;
	return usual;
}

/* The account of that name or, generated, one made for the call. */
json_t *
scene_account(const struct call *call, const char *user)
{
	const json_t	*list = json_object_get(call->scene, "accounts");
	size_t		 i;
	json_t		*account;

	if (user == NULL)
		return NULL;
	json_array_foreach(list, i, account) {
		if (strcmp(scene_text(account, "user", ""), user) == 0)
			return account;
	}
	return big_account(call, user);
}

const char *
scene_provider(const struct call *call)
{
	const json_t	*list = json_object_get(call->scene, "providers");
	size_t		 i;
	json_t		*provider;

	if (list == NULL)
		return "LetsEncrypt";
	json_array_foreach(list, i, provider) {
		if (json_is_string(provider))
			return json_string_value(provider);
		if (scene_flag(provider, "enabled", 1))
			return scene_text(provider, "module", "LetsEncrypt");
	}
	return NULL;
}

json_t *
scene_excluded(const json_t *account)
{
	return json_object_get(account, "excluded");
}

/* --- certificates --------------------------------------------------------- */

static const struct issuer {
	const char	*word, *cn, *o, *provider, *title;
	int		 life;		/* days */
	const char	*validation;
} issuers[] = {
	{ "letsencrypt", "R12", "Let's Encrypt", "LetsEncrypt",
	    "Let’s Encrypt™", 90, "dv" },
	{ "cpanel", "cPanel, Inc. Certification Authority", "cPanel, Inc.",
	    "cPanel", "Sectigo", 90, "dv" },
	{ "sectigo", "Sectigo RSA Domain Validation Secure Server CA",
	    "Sectigo Limited", NULL, NULL, 365, "dv" },
	{ "digicert", "DigiCert TLS RSA SHA256 2020 CA1", "DigiCert Inc",
	    NULL, NULL, 365, "ov" },
	{ "self", NULL, NULL, NULL, NULL, 365, NULL },
};

static const struct issuer *
issuer_of(const char *word)
{
	size_t	 i;

	for (i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++) {
		if (strcmp(issuers[i].word, word) == 0)
			return &issuers[i];
	}
	return NULL;
}

static void
cert_issue(const json_t *want, struct cert *cert)
{
	const char		*word = scene_text(want, "issuer",
				    "letsencrypt");
	const struct issuer	*issuer = issuer_of(word);

	if (issuer == NULL) {
		cert->issuer_cn = word;
		cert->issuer_o = scene_text(want, "organization", NULL);
		cert->validation = "dv";
	} else {
		cert->issuer_cn = scene_text(want, "issuer_cn",
		    issuer->cn != NULL ? issuer->cn : cert->cn);
		cert->issuer_o = scene_text(want, "organization", issuer->o);
		cert->validation = issuer->validation;
	}
	cert->self_signed = strcmp(word, "self") == 0;
	cert->autossl = scene_flag(want, "autossl",
	    issuer != NULL && issuer->provider != NULL);
	if (cert->autossl) {
		cert->provider = scene_text(want, "provider",
		    issuer != NULL && issuer->provider != NULL ?
		    issuer->provider : "LetsEncrypt");
		/* Another provider may use the same CA. */
		cert->provider_title = issuer != NULL &&
		    issuer->provider != NULL &&
		    strcmp(issuer->provider, cert->provider) == 0 ?
		    issuer->title : cert->provider;
	}
}

/* A number that is the same for the same certificate. */
static uint64_t
cert_seed(const struct cert *cert)
{
	uint64_t	 hash = 1469598103934665603U;
	const char	*s;

	for (s = cert->cn; *s != '\0'; s++)
		hash = (hash ^ (unsigned char)*s) * 1099511628211U;
	return hash ^ (uint64_t)cert->not_after;
}

static void
cert_identify(struct cert *cert)
{
	char	 name[200];
	size_t	 i;

	snprintf(name, sizeof(name), "%s", cert->cn);
	for (i = 0; name[i] != '\0'; i++) {
		if (name[i] == '.' || name[i] == '*')
			name[i] = '_';
	}
	shape_hex(cert->modulus, cert->ec ? 130 : 512, cert_seed(cert));
	cert->modulus[0] = cert->ec ? '0' : 'c';
	cert->modulus[1] = cert->ec ? '4' : cert->modulus[1];
	shape_hex(cert->hash, 32, ~cert_seed(cert));
	snprintf(cert->id, sizeof(cert->id), "%s_%.5s_%.5s_%lld_%s", name,
	    cert->modulus, cert->modulus + (cert->ec ? 125 : 507),
	    (long long)cert->not_after, cert->hash);
}

/* The names that a virtual host serves. */
json_t *
scene_vhost_domains(const json_t *vhost)
{
	json_t		*domains = json_object_get(vhost, "domains");
	const char	*name = scene_text(vhost, "name", "nameless.example");
	char		 www[512];

	if (domains != NULL)
		return json_incref(domains);
	snprintf(www, sizeof(www), "www.%s", name);
	return json_pack("[s,s]", name, www);
}

/* The caller drops cert->domains; the texts are the scenario's. */
void
scene_cert(const struct call *call, const json_t *vhost, const json_t *want,
    struct cert *cert)
{
	const struct issuer	*issuer;
	int64_t			 life;
	json_t			*domains = json_object_get(want, "domains");

	memset(cert, 0, sizeof(*cert));
	if (domains == NULL)
		domains = scene_vhost_domains(vhost);
	else
		json_incref(domains);
	cert->domains = domains;
	cert->cn = scene_text(want, "cn",
	    json_string_value(json_array_get(domains, 0)));
	if (cert->cn == NULL)
		cert->cn = scene_text(vhost, "name", "nameless.example");
	cert_issue(want, cert);
	issuer = issuer_of(scene_text(want, "issuer", "letsencrypt"));
	life = cpsrvd_span(json_object_get(want, "life"),
	    (int64_t)(issuer != NULL ? issuer->life : 90) * DAY);
	cert->not_after = call->now +
	    cpsrvd_span(json_object_get(want, "left"), life * 2 / 3);
	if (json_object_get(want, "ago") != NULL)
		cert->not_after = call->now -
		    cpsrvd_span(json_object_get(want, "ago"), 0);
	cert->not_after = cpsrvd_time(json_object_get(want, "not_after"),
	    call->now, cert->not_after);
	cert->not_before = cpsrvd_time(json_object_get(want, "not_before"),
	    call->now, cert->not_after - life);
	cert->ec = strcmp(scene_text(want, "key", "rsa"), "ec") == 0;
	cert_identify(cert);
}
