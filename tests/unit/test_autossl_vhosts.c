/* SPDX-License-Identifier: ISC */
/*
 * Rows of installed certificates: whose they are, what of them cannot be
 * judged, what UAPI says itself.
 */
#include "autossl_scene.h"

/* One certificate of a virtual host of fetch_ssl_vhosts. */
static const struct {
	const char *crt;
	enum autossl_issuer issuer;
	bool autossl, dates, due;
} certs[] = {
	/* none, however it is said */
	{ "null", AUTOSSL_ISSUER_NONE, false, false, false },
	{ "\"\"", AUTOSSL_ISSUER_NONE, false, false, false },
	{ "[]", AUTOSSL_ISSUER_NONE, false, false, false },
	{ "{}", AUTOSSL_ISSUER_NONE, false, false, false },
	/* one that cannot be read is not none */
	{ "\"x\"", AUTOSSL_ISSUER_OTHER, false, false, false },
	{ "7", AUTOSSL_ISSUER_OTHER, false, false, false },
	{ "0.5", AUTOSSL_ISSUER_OTHER, false, false, false },
	{ "true", AUTOSSL_ISSUER_OTHER, false, false, false },
	{ "{\"a\":1}", AUTOSSL_ISSUER_OTHER, false, false, false },
	{ "{\"not_after\":\"1795089600\",\"not_before\":\"1787313600\","
	    "\"issuer.organizationName\":\"Let’s Encrypt\"}",
	    AUTOSSL_ISSUER_LETSENCRYPT, true, true, true },
	{ "{\"not_after\":\"\",\"not_before\":null,"
	    "\"issuer.organizationName\":\"Let's Encrypt\"}",
	    AUTOSSL_ISSUER_LETSENCRYPT, true, false, false },
	/* no not_before: still judged */
	{ "{\"not_after\":1795089600,\"issuer.organizationName\":"
	    "\"Let's Encrypt\"}", AUTOSSL_ISSUER_LETSENCRYPT, true, true,
	    true },
	/* objects: instead of the key with a dot, and as the subject has it */
	{ "{\"not_after\":1795089600,\"issuer\":{\"organizationName\":"
	    "\"Let's Encrypt\"}}", AUTOSSL_ISSUER_LETSENCRYPT, true, true,
	    true },
	{ "{\"not_after\":1795089600,\"issuer.organizationName\":{"
	    "\"organizationName\":\"Let's Encrypt\"}}",
	    AUTOSSL_ISSUER_LETSENCRYPT, true, true, true },
	/* a beginning that is none: behind the end, or to come */
	{ "{\"not_after\":1795262400,\"not_before\":1795262400,"
	    "\"issuer.organizationName\":\"Let's Encrypt\"}",
	    AUTOSSL_ISSUER_LETSENCRYPT, true, true, true },
	{ "{\"not_after\":1795435200,\"not_before\":1795262401,"
	    "\"issuer.organizationName\":\"Let's Encrypt\"}",
	    AUTOSSL_ISSUER_LETSENCRYPT, true, true, true },
	/* a clock that is a day ahead */
	{ "{\"not_after\":1802952000,\"not_before\":1795262400,"
	    "\"issuer.organizationName\":\"Let's Encrypt\"}",
	    AUTOSSL_ISSUER_LETSENCRYPT, true, true, false },
	/* only the text */
	{ "{\"not_after\":1795089600,\"issuer_text\":"
	    "\"countryName\\nUS\\norganizationName\\nLet's Encrypt\"}",
	    AUTOSSL_ISSUER_LETSENCRYPT, true, true, true },
	{ "{\"not_after\":1795089600,\"is_self_signed\":\"1\","
	    "\"issuer.organizationName\":\"Let's Encrypt\"}",
	    AUTOSSL_ISSUER_SELF, false, true, false },
	{ "{\"not_after\":1795089600,\"issuer_text\":\"x\","
	    "\"subject_text\":\"x\"}", AUTOSSL_ISSUER_SELF, false, true,
	    false },
	{ "{\"not_after\":1795089600,\"is_self_signed\":\"\","
	    "\"issuer.commonName\":\"Private CA\"}", AUTOSSL_ISSUER_OTHER,
	    true, true, true },
	{ "{\"not_after\":1795089600,\"issuer.commonName\":\"Other CA\"}",
	    AUTOSSL_ISSUER_OTHER, false, true, false },
};

static void
test_certs(void)
{
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	char text[600];
	size_t i;

	for (i = 0; i < sizeof(certs) / sizeof(*certs); i++) {
		const struct autossl_vhost *v;
		struct json_doc *doc;

		scene_init(&facts);
		snprintf(text, sizeof(text), "{\"vhosts\":[{\"user\":\"u\","
		    "\"servername\":\"x.example\",\"crt\":%s}]}",
		    certs[i].crt);
		doc = scene_json(text);
		is_int(autossl_read_vhosts(&facts, json_doc_root(doc), 0,
		    &err), 0, "%s", certs[i].crt);
		json_doc_free(doc);
		is_uint(facts.flaws[AUTOSSL_FLAW_ISSUER], certs[i].issuer ==
		    AUTOSSL_ISSUER_OTHER && strstr(certs[i].crt,
		    "issuer") == NULL, "%s: nobody's", certs[i].crt);
		is_uint(facts.n_vhosts, 1, "%s: a row", certs[i].crt);
		v = facts.vhosts;
		is_int(v->issuer, certs[i].issuer, "%s: issuer",
		    certs[i].crt);
		is_int(v->autossl, certs[i].autossl, "%s: autossl",
		    certs[i].crt);
		is_int(v->has_dates, certs[i].dates, "%s: dates",
		    certs[i].crt);
		is_int(v->detail != NULL, certs[i].due || certs[i].issuer ==
		    AUTOSSL_ISSUER_SELF, "%s: due or a fallback",
		    certs[i].crt);
		scene_release(&facts);
	}
}

/* Rows that cannot be judged are counted, and the others read. */
static void
test_flaws(void)
{
	static const char good[] = "{\"not_after\":1795089600,"
	    "\"issuer.organizationName\":\"Let's Encrypt\"}";
	static const struct {
		const char *row;
		bool with_account;	/* --account=u */
		size_t n, flaws[AUTOSSL_FLAWS];
	} rows[] = {
		{ "null", false, 0, { 1 } },
		{ "7", true, 0, { 1 } },
		{ "{\"user\":\"u\",\"crt\":%s}", false, 0, { 1 } },
		{ "{\"user\":\"v\",\"crt\":%s}", true, 0, { 0 } },
		{ "{\"user\":\"u\",\"server_name\":\"a\",\"crt\":%s}",
		    true, 0, { 1 } },
		/* nobody's: judged, but who could be asked about it? */
		{ "{\"servername\":\"a\",\"crt\":%s}", false, 1, { 1 } },
		{ "{\"servername\":\"a\",\"crt\":%s}", true, 0, { 1 } },
		{ "{\"user\":\"u\",\"servername\":\"a\"}", false, 1,
		    { 0, 1 } },
		{ "{\"user\":\"v\",\"servername\":\"a\"}", true, 0,
		    { 0 } },
		{ "{\"user\":\"u\",\"servername\":\"a\",\"crt\":null}",
		    false, 1, { 0 } },
		{ "{\"user\":\"u\",\"servername\":\"a\",\"crt\":{"
		    "\"not_after\":1795089600}}", false, 1, { 0, 0, 1 } },
		{ "{\"user\":\"u\",\"servername\":\"a\",\"crt\":%s}",
		    true, 1, { 0 } },
	};
	static const char *const only[] = { "u" };
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	char row[400], text[900];
	size_t i, k;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *at = strstr(rows[i].row, "%s");
		struct json_doc *doc;

		snprintf(row, sizeof(row), "%.*s%s%s", at == NULL ? 399 :
		    (int)(at - rows[i].row), rows[i].row, at == NULL ? "" :
		    good, at == NULL ? "" : at + 2);
		snprintf(text, sizeof(text), "{\"vhosts\":[%s,{\"user\":"
		    "\"u\",\"servername\":\"b\",\"crt\":%s}]}", row,
		    good);
		scene_init(&facts);
		facts.rules.accounts = only;
		facts.rules.n_accounts = rows[i].with_account;
		doc = scene_json(text);
		is_int(autossl_read_vhosts(&facts, json_doc_root(doc), 0,
		    &err), 0, "%s", row);
		json_doc_free(doc);
		is_uint(facts.n_vhosts, rows[i].n + 1, "%s: websites", row);
		for (k = 0; k < AUTOSSL_FLAWS; k++)
			is_uint(facts.flaws[k], rows[i].flaws[k],
			    "%s: flaw %zu", row, k);
		scene_release(&facts);
	}
}

/* The flag of UAPI. */
#define END "{\"not_after\":1795089600,"
static const struct {
	const char *certificate;
	enum autossl_issuer issuer;
	bool autossl;
} flags[] = {
	{ END "\"is_autossl\":1,\"auto_ssl_provider\":\"LetsEncrypt\"}",
	    AUTOSSL_ISSUER_LETSENCRYPT, true },
	{ END "\"is_autossl\":\"1\",\"auto_ssl_provider\":\"Own\"}",
	    AUTOSSL_ISSUER_OTHER, true },
	{ END "\"is_autossl\":1,\"auto_ssl_provider\":null,"
	    "\"is_self_signed\":1}", AUTOSSL_ISSUER_OTHER, true },
	/* certbot */
	{ END "\"is_autossl\":0,\"issuer.organizationName\":"
	    "\"Let's Encrypt\"}", AUTOSSL_ISSUER_LETSENCRYPT, false },
	{ END "\"is_autossl\":0,\"issuer.commonName\":\"Private CA\"}",
	    AUTOSSL_ISSUER_OTHER, true },
	{ END "\"is_autossl\":null,\"issuer.organizationName\":"
	    "\"Let's Encrypt\"}", AUTOSSL_ISSUER_LETSENCRYPT, true },
	{ END "\"is_autossl\":0,\"is_self_signed\":1}", AUTOSSL_ISSUER_SELF,
	    false },
	{ "null", AUTOSSL_ISSUER_NONE, false },
};

static void
test_flags(void)
{
	struct autossl_facts facts;
	struct err err = ERR_INIT;
	char text[600];
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		struct json_doc *doc;

		scene_init(&facts);
		snprintf(text, sizeof(text), "[{\"servername\":\"x.example\","
		    "\"certificate\":%s},null]", flags[i].certificate);
		doc = scene_json(text);
		is_int(autossl_read_installed(&facts, bytes_str("u"),
		    json_doc_root(doc), &err), 0, "%s", text);
		json_doc_free(doc);
		is_uint(facts.n_vhosts, 1, "%s: a row", text);
		is_int(facts.vhosts[0].issuer, flags[i].issuer, "%s: issuer",
		    text);
		is_int(facts.vhosts[0].autossl, flags[i].autossl,
		    "%s: autossl", text);
		scene_release(&facts);
	}
}

int
main(void)
{
	test_certs();
	test_flaws();
	test_flags();
	return tap_done();
}
