/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: a host of many virtual hosts, "generate": {vhosts, accounts, due,
 * overdue, expired}.  Rows are written as text where they are asked for, so
 * that neither memory nor time is a matter of this program.
 */

#include "cpsrvd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY	86400

static const json_t *
wanted(const struct call *call)
{
	return json_object_get(call->scene, "generate");
}

static size_t
number(const struct call *call, const char *key, size_t fallback)
{
	const json_t	*value = json_object_get(wanted(call), key);

	return json_is_integer(value) ? (size_t)json_integer_value(value) :
	    fallback;
}

size_t
big_count(const struct call *call)
{
	return number(call, "vhosts", 0);
}

size_t
big_accounts(const struct call *call)
{
	size_t	 n = big_count(call);

	return n == 0 ? 0 : number(call, "accounts", (n + 9) / 10);
}

static const char *
prefix(const struct call *call)
{
	return scene_text(wanted(call), "prefix", "u");
}

/* The first ones are expired, overdue or due; the rest has time. */
static int64_t
row_end(const struct call *call, size_t i)
{
	size_t	 expired = number(call, "expired", 0);
	size_t	 overdue = number(call, "overdue", 0);
	size_t	 due = number(call, "due", 0);

	if (i < expired)
		return call->now - 3600;
	if (i < expired + overdue)
		return call->now + 10 * DAY;
	if (i < expired + overdue + due)
		return call->now + 26 * DAY;
	return call->now + (int64_t)(35 + i % 50) * DAY;
}

/* --- columns -------------------------------------------------------------- */

enum column {
	COLUMN_CRT, COLUMN_DOCROOT, COLUMN_DOMAINS, COLUMN_IP, COLUMN_IPTYPE,
	COLUMN_IPV6, COLUMN_PRIMARY, COLUMN_MAIL, COLUMN_SNI,
	COLUMN_SERVERNAME, COLUMN_TYPE, COLUMN_USER, COLUMNS
};

static const char	*const column_names[COLUMNS] = { "crt", "docroot",
	"domains", "ip", "iptype", "ipv6", "is_primary_on_ip",
	"mail_sni_status", "needs_sni", "servername", "type", "user" };

static unsigned
columns_wanted(const struct call *call)
{
	const char	*name;
	unsigned	 set = 0;
	size_t		 i, j;

	if (params_number(&call->params, "api.columns.enable", 0) == 0)
		return ~0U;
	for (i = 0; i < call->params.n; i++) {
		name = call->params.items[i].name;
		if (strncmp(name, "api.columns.", 12) != 0)
			continue;
		for (j = 0; j < COLUMNS; j++) {
			if (strcmp(call->params.items[i].value,
			    column_names[j]) == 0)
				set |= 1U << j;
		}
	}
	return set;
}

/* --- rows ----------------------------------------------------------------- */

static void
row_names(struct text *out, size_t i)
{
	text_format(out, "[\"site%zu.example\",\"www.site%zu.example\","
	    "\"mail.site%zu.example\",\"webmail.site%zu.example\","
	    "\"cpanel.site%zu.example\",\"autodiscover.site%zu.example\","
	    "\"webdisk.site%zu.example\",\"cpcalendars.site%zu.example\","
	    "\"cpcontacts.site%zu.example\"]", i, i, i, i, i, i, i, i, i);
}

static void
row_cert(struct text *out, size_t i, int64_t end)
{
	char	 modulus[1025], hash[33];

	shape_hex(modulus, 1024, i + 1);
	modulus[0] = 'c';
	shape_hex(hash, 32, ~(uint64_t)i);
	text_format(out, "{\"created\":%lld,\"domains\":",
	    (long long)end - 90 * DAY);
	row_names(out, i);
	text_format(out, ",\"ecdsa_curve_name\":null,\"ecdsa_public\":null,"
	    "\"encryption_algorithm\":\"rsaEncryption\","
	    "\"id\":\"site%zu_example_%.5s_%.5s_%lld_%s\","
	    "\"is_self_signed\":0,\"issuer.commonName\":\"R12\","
	    "\"issuer.organizationName\":\"Let's Encrypt\","
	    "\"issuer_text\":\"countryName\\nUS\\norganizationName\\n"
	    "Let's Encrypt\\ncommonName\\nR12\",\"modulus\":\"",
	    i, modulus, modulus + 1019, (long long)end, hash);
	text_add(out, modulus, 1024);
	text_format(out, "\",\"modulus_length\":4096,\"not_after\":%lld,"
	    "\"not_before\":%lld,\"public_exponent\":\"010001\","
	    "\"signature_algorithm\":\"sha256WithRSAEncryption\","
	    "\"subject.commonName\":{\"commonName\":\"site%zu.example\"},"
	    "\"subject_text\":\"commonName\\nsite%zu.example\","
	    "\"validation_type\":\"dv\"}", (long long)end,
	    (long long)end - 90 * DAY, i, i);
}

static void
row_key(struct text *out, enum column column, size_t *begun)
{
	if (*begun != out->len)
		text_put(out, ",");
	text_format(out, "\"%s\":", column_names[column]);
	*begun = 0;
}

static void
row_column(const struct call *call, struct text *out, size_t i,
    enum column column)
{
	char	 user[64];

	snprintf(user, sizeof(user), "%s%05zu", prefix(call),
	    i % big_accounts(call));
	if (column == COLUMN_CRT)
		row_cert(out, i, row_end(call, i));
	else if (column == COLUMN_DOCROOT)
		text_format(out, "\"/home/%s/public_html/site%zu.example\"",
		    user, i);
	else if (column == COLUMN_DOMAINS)
		row_names(out, i);
	else if (column == COLUMN_IP)
		text_put(out, "\"192.0.2.10\"");
	else if (column == COLUMN_IPTYPE)
		text_put(out, "\"shared\"");
	else if (column == COLUMN_IPV6)
		text_put(out, "null");
	else if (column == COLUMN_PRIMARY)
		text_put(out, "0");
	else if (column == COLUMN_MAIL || column == COLUMN_SNI)
		text_put(out, "1");
	else if (column == COLUMN_SERVERNAME)
		text_format(out, "\"site%zu.example\"", i);
	else if (column == COLUMN_TYPE)
		text_put(out, i < big_accounts(call) ? "\"main\"" :
		    "\"addon\"");
	else
		text_format(out, "\"%s\"", user);
}

static void
row_write(const struct call *call, struct text *out, size_t i,
    unsigned columns)
{
	size_t		 begun;
	unsigned	 column;

	text_put(out, "{");
	begun = out->len;
	for (column = 0; column < COLUMNS; column++) {
		if ((columns & 1U << column) == 0)
			continue;
		row_key(out, (enum column)column, &begun);
		row_column(call, out, i, (enum column)column);
	}
	text_put(out, "}");
}

/* --- answers -------------------------------------------------------------- */

static void
metadata_write(const struct call *call, struct text *out, size_t size,
    size_t start)
{
	size_t	 n = big_count(call);

	text_put(out, "]},\"metadata\":{");
	if (size > 0 && params_number(&call->params, "api.chunk.verbose", 0))
		text_format(out, "\"chunk\":{\"records\":%zu,\"size\":%zu,"
		    "\"chunks\":%zu,\"current\":%zu},", n, size,
		    (n + size - 1) / size, (start - 1) / size + 1);
	text_put(out, "\"command\":\"fetch_ssl_vhosts\",\"reason\":\"OK\","
	    "\"result\":1,\"version\":1}}");
}

/* Sorted by the one thing that this can sort by. */
static int
by_name(const struct call *call)
{
	const char	*field = params_get(&call->params,
			    "api.sort.a.field");

	return params_number(&call->params, "api.sort.enable", 0) != 0 &&
	    field != NULL && strcmp(field, "servername") == 0 &&
	    params_get(&call->params, "api.sort.b.field") == NULL &&
	    params_get(&call->params, "api.sort.a.method") == NULL &&
	    params_get(&call->params, "api.sort.a.reverse") == NULL;
}

/* Values can do what this cannot. */
static int
is_plain(const struct call *call)
{
	return big_count(call) > 0 &&
	    json_array_size(json_object_get(call->scene, "accounts")) == 0 &&
	    json_object_size(json_object_get(call->scene, "drift")) == 0 &&
	    whm_may(call, "all") &&
	    params_number(&call->params, "api.version",
	    call->door == DOOR_CLI) == 1 &&
	    params_number(&call->params, "api.filter.enable", 0) == 0 &&
	    (params_number(&call->params, "api.sort.enable", 0) == 0 ||
	    by_name(call));
}

/* The number of the row behind this one by name: 0, 1, 10, 100, 101... */
static size_t
next_by_name(size_t i, size_t n)
{
	if (i > 0 && i * 10 < n)
		return i * 10;
	while (i % 10 == 9 || i + 1 >= n)
		i /= 10;
	return i + 1;
}

int
big_answer(struct call *call, struct text *out)
{
	const struct params	*params = &call->params;
	size_t			 n = big_count(call), start = 1, size = 0, i;
	size_t			 row = 0;
	unsigned		 columns = columns_wanted(call);

	if (!is_plain(call))
		return 0;
	if (params_number(params, "api.chunk.enable", 0) != 0) {
		size = (size_t)params_number(params, "api.chunk.size", 100);
		start = (size_t)params_number(params, "api.chunk.start", 1);
	}
	if (start < 1)
		start = 1;
	text_put(out, "{\"data\":{\"vhosts\":[");
	for (i = 0; i < n && (size == 0 || i < start - 1 + size); i++) {
		if (i > start - 1)
			text_put(out, ",");
		if (i >= start - 1)
			row_write(call, out, row, columns);
		if (i + 1 < n)
			row = by_name(call) ? next_by_name(row, n) : row + 1;
	}
	metadata_write(call, out, size, start);
	return 1;
}

/* Those of one user, or all. */
void
big_vhosts(const struct call *call, const char *user, json_t *rows)
{
	size_t		 n = big_count(call), i;
	char		 owner[64];
	struct text	 text = { NULL, 0, 0 };

	for (i = 0; i < n; i++) {
		snprintf(owner, sizeof(owner), "%s%05zu", prefix(call),
		    i % big_accounts(call));
		if (user != NULL && strcmp(user, owner) != 0)
			continue;
		text.len = 0;
		row_write(call, &text, i, ~0U);
		json_array_append_new(rows, json_loadb(text.data, text.len, 0,
		    NULL));
	}
	free(text.data);
}

void
big_listaccts(const struct call *call, json_t *list)
{
	size_t	 n = big_accounts(call), i;
	char	 user[64], domain[64];

	for (i = 0; i < n; i++) {
		snprintf(user, sizeof(user), "%s%05zu", prefix(call), i);
		snprintf(domain, sizeof(domain), "site%zu.example", i);
		json_array_append_new(list, json_pack("{s:s,s:s}", "user",
		    user, "domain", domain));
	}
}

/* An account as the scenario would have it, its virtual hosts included; it
 * lives as long as the scenario. */
json_t *
big_account(const struct call *call, const char *user)
{
	size_t	 n = big_count(call), accounts = big_accounts(call), i;
	char	 owner[64], name[64];
	json_t	*account, *vhosts, *made;

	for (i = 0; i < accounts; i++) {
		snprintf(owner, sizeof(owner), "%s%05zu", prefix(call), i);
		if (strcmp(owner, user) == 0)
			break;
	}
	if (i >= accounts)
		return NULL;
	vhosts = json_array();
	snprintf(name, sizeof(name), "site%zu.example", i);
	account = json_pack("{s:s,s:s,s:o}", "user", user, "domain", name,
	    "vhosts", vhosts);
	for (; i < n; i += accounts) {
		snprintf(name, sizeof(name), "site%zu.example", i);
		json_array_append_new(vhosts, json_pack("{s:s,s:{s:I}}",
		    "name", name, "cert", "not_after",
		    (json_int_t)row_end(call, i)));
	}
	made = json_object_get(call->scene, " made");
	if (made == NULL) {
		made = json_array();
		json_object_set_new(call->scene, " made", made);
	}
	json_array_append_new(made, account);
	return account;
}
