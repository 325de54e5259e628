/* SPDX-License-Identifier: ISC */
/*
 * Installed certificates, of a server (fetch_ssl_vhosts) and of an account
 * (SSL::installed_hosts).  Of those that are not due only a few words stay.
 */
#include "probe/autossl_read_private.h"

#include <string.h>

/* A certificate that does not say since when it is valid. */
#define VHOST_LIFETIME (90 * 86400)
#define VHOST_LONGEST (INT64_C(20) * 365 * 86400)
#define VHOST_WILDCARDS 100	/* names looked through for them */

struct vhost_reader {
	struct autossl_facts *facts;
	struct bytes user;		/* UAPI: whose they are */
	const struct json_value *row, *cert;
	struct err *err;
};

/* An end in decades is none that could be believed.  A beginning that is
 * none, behind the end or yet to come, would keep the certificate from ever
 * being due. */
static void
vhost_dates(const struct vhost_reader *r, struct autossl_vhost *vhost)
{
	int64_t begin;

	if (json_instant_of(r->cert, "not_after", &vhost->not_after) != 0 ||
	    vhost->not_after - r->facts->rules.now > VHOST_LONGEST)
		return;
	if (json_instant_of(r->cert, "not_before", &begin) != 0 ||
	    begin >= vhost->not_after ||
	    begin > r->facts->rules.now + AUTOSSL_FUTURE)
		begin = vhost->not_after - VHOST_LIFETIME;
	vhost->not_before = begin;
	vhost->has_dates = true;
}

static bool
vhost_is_self_signed(const struct json_value *cert)
{
	struct bytes issuer = json_text_of(cert, "issuer_text");
	int flag = json_flag_of(cert, "is_self_signed");

	if (flag >= 0)
		return flag == 1;
	return issuer.len > 0 &&
	    bytes_eq(issuer, json_text_of(cert, "subject_text"));
}

/* "issuer.commonName", or an object instead of the key with a dot; either
 * with the name in an object, as that of the subject is. */
static struct bytes
vhost_issuer_name(const struct json_value *cert, const char *dotted,
    const char *key)
{
	const struct json_value *v = json_get(cert, dotted);

	if (v == NULL)
		v = json_get(json_get(cert, "issuer"), key);
	return json_is_object(v) ? json_text_of(v, key) : json_text(v);
}

/* By the issuer's names; issuer_text has all of them.  False: there is
 * none. */
static bool
vhost_issuer(const struct autossl_rules *rules, const struct json_value *cert,
    enum autossl_issuer *issuer, bool *autossl)
{
	struct bytes organization = vhost_issuer_name(cert,
	    "issuer.organizationName", "organizationName");
	struct bytes name = vhost_issuer_name(cert, "issuer.commonName",
	    "commonName");

	*issuer = AUTOSSL_ISSUER_SELF;
	*autossl = false;
	if (vhost_is_self_signed(cert))
		return true;
	if (organization.len == 0)
		organization = json_text_of(cert, "issuer_text");
	*issuer = autossl_issuer_of(rules, organization, name, autossl);
	return organization.len > 0 || name.len > 0;
}

/* UAPI says it itself.  A certificate of somebody else's that counts as
 * AutoSSL's by choice does so here, too.  False: it does not say. */
static bool
vhost_flag(const struct vhost_reader *r, struct autossl_vhost *vhost)
{
	struct bytes provider = json_text_of(r->cert, "auto_ssl_provider");
	int flag = json_flag_of(r->cert, "is_autossl");

	if (flag == 0 && vhost->issuer != AUTOSSL_ISSUER_OTHER)
		vhost->autossl = false;
	if (flag != 1)
		return flag == 0;
	vhost->autossl = true;
	if (text_same(provider, bytes_str("LetsEncrypt")))
		vhost->issuer = AUTOSSL_ISSUER_LETSENCRYPT;
	else if (text_same(provider, bytes_str("cPanel")))
		vhost->issuer = AUTOSSL_ISSUER_CPANEL;
	else if (vhost->issuer == AUTOSSL_ISSUER_SELF)
		vhost->issuer = AUTOSSL_ISSUER_OTHER;
	return true;
}

static void
vhost_certificate(const struct vhost_reader *r, struct autossl_vhost *vhost)
{
	enum autossl_issuer issuer;
	bool known = vhost_issuer(&r->facts->rules, r->cert, &issuer,
	    &vhost->autossl);

	vhost->issuer = (unsigned char)issuer;
	if (vhost_flag(r, vhost))
		known = true;
	vhost_dates(r, vhost);
	if (!known)
		r->facts->flaws[AUTOSSL_FLAW_ISSUER]++;
}

/* The rows of a user follow each other: they share its name. */
static int
vhost_user(const struct vhost_reader *r, struct bytes user,
    struct bytes *out)
{
	const struct autossl_facts *facts = r->facts;
	size_t before = facts->n_vhosts - 1;

	if (before > 0 && bytes_eq(facts->vhosts[before - 1].user, user)) {
		*out = facts->vhosts[before - 1].user;
		return 0;
	}
	return autossl_read_keep(facts->arena, user, out, r->err);
}

static size_t
vhost_count(const struct json_value *list)
{
	size_t n = json_is_array(list) ? json_count(list) : 0;

	return n > AUTOSSL_NAMES_MAX ? AUTOSSL_NAMES_MAX : n;
}

/* "www.shop.example" by "*.shop.example". */
static bool
vhost_is_covered(const struct json_value *secured, struct bytes name)
{
	const uint8_t *dot = name.len == 0 ? NULL :
	    memchr(name.data, '.', name.len);
	size_t i, n = vhost_count(secured);
	struct bytes rest, wildcard;

	if (dot == NULL)
		return false;
	if (n > VHOST_WILDCARDS)
		n = VHOST_WILDCARDS;
	rest = bytes_of(dot, name.len - (size_t)(dot - name.data));
	for (i = 0; i < n; i++) {
		wildcard = json_text(json_at(secured, i));
		if (wildcard.len == rest.len + 1 && wildcard.data[0] == '*' &&
		    text_same(bytes_of(wildcard.data + 1, rest.len), rest))
			return true;
	}
	return false;
}

static int
vhost_name(const struct vhost_reader *r, struct autossl_detail *detail,
    struct bytes name)
{
	if (name.len == 0 || name.len > AUTOSSL_NAME_MAX ||
	    bytes_eq(name, detail->names[0]))
		return 0;
	return autossl_read_keep(r->facts->arena, name,
	    &detail->names[detail->n_names++], r->err);
}

/* The main name and those that the certificate secures.  Others that are
 * served have none to lose: AutoSSL renews without them. */
static int
vhost_names(const struct vhost_reader *r, struct autossl_detail *detail,
    struct bytes servername)
{
	const struct json_value *served = json_get(r->row, "domains");
	const struct json_value *secured = json_get(r->cert, "domains");
	size_t n_served = vhost_count(served), i;
	size_t n_secured = vhost_count(secured);
	struct bytes name;

	detail->names = arena_array(r->facts->arena,
	    n_served + n_secured + 1, sizeof(*detail->names));
	if (detail->names == NULL)
		return err_nomem(r->err);
	detail->names[detail->n_names++] = servername;
	for (i = 0; i < n_secured; i++)
		if (vhost_name(r, detail, json_text(json_at(secured,
		    i))) != 0)
			return -1;
	for (i = 0; i < n_served; i++) {
		name = json_text(json_at(served, i));
		if ((n_secured == 0 || vhost_is_covered(secured, name)) &&
		    vhost_name(r, detail, name) != 0)
			return -1;
	}
	return 0;
}

static int
vhost_detail(const struct vhost_reader *r, struct autossl_vhost *vhost)
{
	bool due = autossl_is_due(&r->facts->rules, vhost);
	struct autossl_detail *detail;

	if (!due && !autossl_is_fallback(vhost))
		return 0;
	detail = arena_alloc(r->facts->arena, sizeof(*detail));
	if (detail == NULL)
		return err_nomem(r->err);
	vhost->detail = detail;
	/* Of a fallback only the main name matters. */
	return due ? vhost_names(r, detail, vhost->servername) : 0;
}

/* No certificate: null, "", [], {}, 0 or false.  Anything else is one, and
 * what cannot be read of it must not pass for none. */
static bool
vhost_has_none(const struct json_value *cert)
{
	struct bytes text = json_text(cert);

	if (json_is_null(cert))
		return true;
	if (json_is_object(cert) || json_is_array(cert))
		return json_count(cert) == 0;
	return (text.data != NULL && text.len == 0) || json_flag(cert) == 0;
}

static int
vhost_read(struct vhost_reader *r, struct bytes user,
    struct bytes servername)
{
	struct autossl_facts *facts = r->facts;
	struct autossl_vhost *vhost;

	if (facts->n_vhosts >= AUTOSSL_VHOSTS_MAX)
		return err_set(r->err, ERR_LIMIT, "more than %d websites",
		    AUTOSSL_VHOSTS_MAX);
	vhost = autossl_read_push(facts->arena, &facts->vhosts,
	    &facts->n_vhosts, &facts->cap_vhosts, sizeof(*vhost));
	if (vhost == NULL)
		return err_nomem(r->err);
	vhost->user = vhost->servername = bytes_of("", 0);
	if (vhost_user(r, user, &vhost->user) != 0 ||
	    autossl_read_keep(facts->arena, servername, &vhost->servername,
	    r->err) != 0)
		return -1;
	if (r->cert == NULL)
		facts->flaws[AUTOSSL_FLAW_CERTIFICATE]++;
	if (r->cert == NULL || vhost_has_none(r->cert))
		return 0;
	vhost_certificate(r, vhost);
	return vhost_detail(r, vhost);
}

static int
vhost_read_row(struct vhost_reader *r, const struct json_value *row,
    const char *certificate)
{
	struct bytes servername = json_text_of(row, "servername");
	bool of_account = r->user.data != NULL;
	struct bytes user = of_account ? r->user : json_text_of(row, "user");
	bool whose = of_account || user.len > 0;
	bool wanted = of_account ||
	    autossl_read_wants(&r->facts->rules, user);
	bool named = servername.len > 0 &&
	    servername.len <= AUTOSSL_NAME_MAX &&
	    user.len <= AUTOSSL_NAME_MAX;

	if (whose && !wanted)
		return 0;
	if (!named || !whose)
		r->facts->flaws[AUTOSSL_FLAW_NAME]++;
	if (!named || !wanted)
		return 0;
	r->row = row;
	r->cert = json_get(row, certificate);
	return vhost_read(r, user, servername);
}

int
autossl_read_vhosts(struct autossl_facts *facts,
    const struct json_value *data, size_t skip, struct err *err)
{
	const struct json_value *rows = autossl_read_rows(data, "vhosts");
	struct vhost_reader r = { .facts = facts, .err = err };
	size_t i, n = json_count(rows);

	if (rows == NULL)
		return err_set(err, ERR_SYNTAX,
		    "fetch_ssl_vhosts: no list of virtual hosts");
	for (i = skip; i < n; i++)
		if (vhost_read_row(&r, json_at(rows, i), "crt") != 0)
			return -1;
	return 0;
}

int
autossl_read_installed(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err)
{
	struct vhost_reader r = { .facts = facts, .user = user, .err = err };
	size_t i, n = json_count(data);

	if (!json_is_array(data))
		return err_set(err, ERR_SYNTAX,
		    "SSL::installed_hosts: no list of websites");
	if (r.user.data == NULL)
		r.user = bytes_of("", 0);
	for (i = 0; i < n; i++)
		if (vhost_read_row(&r, json_at(data, i), "certificate") != 0)
			return -1;
	return 0;
}

struct stored {
	int64_t not_after;
	bool autossl;
};

/* Another CA's may lie there for reasons of its owner; it is AutoSSL's where
 * AutoSSL's are of such a CA. */
static void
stored_note(const struct autossl_index *index, struct bytes name,
    const struct stored *stored)
{
	size_t i = autossl_index_find(index, name);

	for (; autossl_index_is(index, i, name); i++) {
		struct autossl_vhost *vhost = index->entries[i].vhost;

		if (!vhost->autossl || (!stored->autossl &&
		    vhost->issuer != AUTOSSL_ISSUER_OTHER))
			continue;
		if (stored->not_after > vhost->not_after &&
		    stored->not_after > vhost->detail->stored_not_after)
			vhost->detail->stored_not_after = stored->not_after;
	}
}

static void
stored_read(const struct autossl_index *index, const struct json_value *row,
    const struct autossl_rules *rules)
{
	const struct json_value *list = json_get(row, "domains");
	size_t i, n = json_is_array(list) ? json_count(list) : 0;
	enum autossl_issuer issuer;
	struct stored stored;
	int64_t not_before = 0;

	json_instant_of(row, "not_before", &not_before);
	if (json_instant_of(row, "not_after", &stored.not_after) != 0 ||
	    stored.not_after <= rules->now || not_before > rules->now)
		return;
	vhost_issuer(rules, row, &issuer, &stored.autossl);
	if (issuer == AUTOSSL_ISSUER_SELF)
		return;
	for (i = 0; i < n; i++)
		stored_note(index, json_text(json_at(list, i)), &stored);
}

int
autossl_read_stored(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err)
{
	struct autossl_index index;
	size_t i, n = json_count(data);

	if (!json_is_array(data))
		return err_set(err, ERR_SYNTAX,
		    "SSL::list_certs: no list of certificates");
	if (autossl_index_init(&index, facts, user, AUTOSSL_INDEX_COVERS,
	    err) != 0)
		return -1;
	for (i = 0; i < n; i++)
		stored_read(&index, json_at(data, i), &facts->rules);
	autossl_index_release(&index);
	return 0;
}
