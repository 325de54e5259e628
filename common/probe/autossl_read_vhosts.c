/* SPDX-License-Identifier: ISC */
/*
 * Installed certificates, of a server (fetch_ssl_vhosts) and of an account
 * (SSL::installed_hosts).  Of those that are not due only a few words stay.
 */
#include "probe/autossl_read_private.h"

#include <string.h>

/* A certificate that does not say since when it is valid. */
#define VHOST_LIFETIME (90 * 86400)

struct vhost_reader {
	struct autossl_facts *facts;
	struct bytes user;		/* UAPI: whose they are */
	const struct json_value *row, *cert;
	size_t unreadable;		/* certificates without an end */
	struct err *err;
};

static void
vhost_dates(struct autossl_vhost *vhost, const struct json_value *cert)
{
	if (json_instant_of(cert, "not_after", &vhost->not_after) != 0)
		return;
	if (json_instant_of(cert, "not_before", &vhost->not_before) != 0)
		vhost->not_before = vhost->not_after - VHOST_LIFETIME;
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

/* By the issuer's names; issuer_text has all of them. */
static void
vhost_issuer(const struct vhost_reader *r, struct autossl_vhost *vhost)
{
	struct bytes organization = json_text_of(r->cert,
	    "issuer.organizationName");
	struct bytes name = json_text_of(r->cert, "issuer.commonName");

	if (vhost_is_self_signed(r->cert)) {
		vhost->issuer = AUTOSSL_ISSUER_SELF;
		return;
	}
	if (organization.len == 0 && name.len == 0)
		organization = json_text_of(r->cert, "issuer_text");
	vhost->issuer = (unsigned char)autossl_issuer_of(&r->facts->rules,
	    organization, name, &vhost->autossl);
}

/* UAPI says it itself.  A certificate of somebody else's that counts as
 * AutoSSL's by choice does so here, too. */
static void
vhost_flag(const struct vhost_reader *r, struct autossl_vhost *vhost)
{
	struct bytes provider = json_text_of(r->cert, "auto_ssl_provider");
	int flag = json_flag_of(r->cert, "is_autossl");

	if (flag == 0 && vhost->issuer != AUTOSSL_ISSUER_OTHER)
		vhost->autossl = false;
	if (flag != 1)
		return;
	vhost->autossl = true;
	if (text_same(provider, bytes_str("LetsEncrypt")))
		vhost->issuer = AUTOSSL_ISSUER_LETSENCRYPT;
	else if (text_same(provider, bytes_str("cPanel")))
		vhost->issuer = AUTOSSL_ISSUER_CPANEL;
	else if (vhost->issuer == AUTOSSL_ISSUER_SELF)
		vhost->issuer = AUTOSSL_ISSUER_OTHER;
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

static int
vhost_names(const struct vhost_reader *r, struct autossl_detail *detail,
    struct bytes servername)
{
	const struct json_value *list = json_get(r->row, "domains");
	struct bytes name;
	size_t i, n;

	if (json_count(list) == 0)
		list = json_get(r->cert, "domains");
	n = json_is_array(list) ? json_count(list) : 0;
	if (n > AUTOSSL_NAMES_MAX)
		n = AUTOSSL_NAMES_MAX;
	detail->names = arena_array(r->facts->arena, n + 1,
	    sizeof(*detail->names));
	if (detail->names == NULL)
		return err_nomem(r->err);
	detail->names[detail->n_names++] = servername;
	for (i = 0; i < n; i++) {
		name = json_text(json_at(list, i));
		if (name.len == 0 || name.len > AUTOSSL_NAME_MAX ||
		    bytes_eq(name, servername))
			continue;
		if (autossl_read_keep(r->facts->arena, name,
		    &detail->names[detail->n_names++], r->err) != 0)
			return -1;
	}
	return 0;
}

static int
vhost_detail(const struct vhost_reader *r, struct autossl_vhost *vhost)
{
	if (!autossl_is_due(&r->facts->rules, vhost))
		return 0;
	vhost->detail = arena_alloc(r->facts->arena, sizeof(*vhost->detail));
	if (vhost->detail == NULL)
		return err_nomem(r->err);
	return vhost_names(r, vhost->detail, vhost->servername);
}

/* No certificate: none is said, or null, "", [], {}, 0 or false.  Anything
 * else is one, and what cannot be read of it must not pass for none. */
static bool
vhost_has_none(const struct json_value *cert)
{
	struct bytes text = json_text(cert);

	if (cert == NULL || json_is_null(cert))
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
	if (vhost_has_none(r->cert))
		return 0;
	vhost_dates(vhost, r->cert);
	r->unreadable += !vhost->has_dates;
	vhost_issuer(r, vhost);
	vhost_flag(r, vhost);
	return vhost_detail(r, vhost);
}

static int
vhost_read_row(struct vhost_reader *r, const struct json_value *row,
    const char *certificate)
{
	struct bytes servername = json_text_of(row, "servername");
	struct bytes user = r->user.data != NULL ? r->user :
	    json_text_of(row, "user");

	r->row = row;
	r->cert = json_get(row, certificate);
	if (servername.len == 0 || servername.len > AUTOSSL_NAME_MAX ||
	    user.len > AUTOSSL_NAME_MAX)
		return 0;
	if (r->user.data == NULL &&
	    !autossl_read_wants(&r->facts->rules, user))
		return 0;
	return vhost_read(r, user, servername);
}

/* The other rows count all the same. */
static int
vhost_done(const struct vhost_reader *r)
{
	if (r->unreadable == 0)
		return 0;
	return err_set(r->err, ERR_SYNTAX, "%zu certificate%s without an end "
	    "that can be read", r->unreadable, r->unreadable == 1 ? "" : "s");
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
	return vhost_done(&r);
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
	return vhost_done(&r);
}

static void
stored_note(const struct autossl_index *index, struct bytes name,
    int64_t not_after)
{
	size_t i = autossl_index_find(index, name);

	for (; autossl_index_is(index, i, name); i++) {
		struct autossl_vhost *vhost = index->entries[i].vhost;

		if (not_after > vhost->not_after &&
		    not_after > vhost->detail->stored_not_after)
			vhost->detail->stored_not_after = not_after;
	}
}

static void
stored_read(const struct autossl_index *index, const struct json_value *row,
    int64_t now)
{
	const struct json_value *list = json_get(row, "domains");
	size_t i, n = json_is_array(list) ? json_count(list) : 0;
	int64_t not_after, not_before = 0;

	json_instant_of(row, "not_before", &not_before);
	if (json_instant_of(row, "not_after", &not_after) != 0 ||
	    not_after <= now || not_before > now ||
	    vhost_is_self_signed(row))
		return;
	for (i = 0; i < n; i++)
		stored_note(index, json_text(json_at(list, i)), not_after);
}

int
autossl_read_stored(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err)
{
	struct autossl_index index;
	size_t i, n = json_count(data);

	if (data == NULL)
		return 0;
	if (!json_is_array(data))
		return err_set(err, ERR_SYNTAX,
		    "SSL::list_certs: no list of certificates");
	if (autossl_index_init(&index, facts, user, AUTOSSL_INDEX_COVERS,
	    err) != 0)
		return -1;
	for (i = 0; i < n; i++)
		stored_read(&index, json_at(data, i), facts->rules.now);
	autossl_index_release(&index);
	return 0;
}
