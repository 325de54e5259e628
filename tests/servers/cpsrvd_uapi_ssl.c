/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: what UAPI says of an account's certificates.
 */

#include "cpsrvd.h"

#include <stdio.h>
#include <string.h>

json_t *
uapi_installed(struct call *call)
{
	json_t	*rows = json_array(), *vhost;
	size_t	 i;

	json_array_foreach(json_object_get(call->account, "vhosts"), i,
	    vhost) {
		if (json_is_object(json_object_get(vhost, "cert")))
			json_array_append_new(rows,
			    shape_installed(call, call->account, vhost));
	}
	return rows;
}

/* What is installed is stored as well; "stored" is what is not. */
json_t *
uapi_stored(struct call *call)
{
	json_t	*rows = json_array(), *vhost, *want, *fake;
	size_t	 i;

	json_array_foreach(json_object_get(call->account, "vhosts"), i,
	    vhost) {
		want = json_object_get(vhost, "cert");
		if (json_is_object(want))
			json_array_append_new(rows,
			    shape_stored(call, vhost, want));
	}
	json_array_foreach(json_object_get(call->account, "stored"), i,
	    want) {
		fake = json_pack("{s:s}", "name",
		    scene_text(want, "name", "nameless.example"));
		json_array_append_new(rows, shape_stored(call, fake, want));
		json_decref(fake);
	}
	return rows;
}

json_t *
uapi_problems(struct call *call)
{
	json_t	*rows = json_array(), *item;
	size_t	 i;

	json_array_foreach(json_object_get(call->account, "problems"), i,
	    item)
		json_array_append_new(rows, shape_problem(call, item, 0));
	return rows;
}

json_t *
uapi_excluded(struct call *call)
{
	json_t	*rows = json_array(), *item;
	size_t	 i;

	json_array_foreach(scene_excluded(call->account), i, item)
		json_array_append_new(rows, json_pack("{s:O}",
		    "excluded_domain", item));
	return rows;
}

json_t *
uapi_progress(struct call *call)
{
	return json_integer(scene_flag(call->account, "in_progress", 0));
}

/* --- will it renew? ------------------------------------------------------- */

static int
domain_has_problem(const struct call *call, const char *domain)
{
	json_t	*item;
	size_t	 i;

	json_array_foreach(json_object_get(call->account, "problems"), i,
	    item) {
		if (strcmp(scene_text(item, "domain", ""), domain) == 0)
			return 1;
	}
	return 0;
}

/* Whether the domain's certificate was issued by the active provider. */
static int
domain_is_provided(const struct call *call, const char *domain)
{
	const char	*active = scene_provider(call);
	json_t		*vhost, *want, *names;
	struct cert	 cert;
	size_t		 i;
	int		 found = 0;

	json_array_foreach(json_object_get(call->account, "vhosts"), i,
	    vhost) {
		want = json_object_get(vhost, "cert");
		names = scene_vhost_domains(vhost);
		if (json_is_object(want) && scene_has(names, domain)) {
			scene_cert(call, vhost, want, &cert);
			found = active != NULL && cert.provider != NULL &&
			    strcmp(cert.provider, active) == 0;
			json_decref(cert.domains);
		}
		json_decref(names);
	}
	return found;
}

/* "renewal": {"domain": {will_renew, ...}} says otherwise. */
json_t *
uapi_renewal(struct call *call)
{
	const char	*domain = params_get(&call->params, "domain");
	json_t		*row, *told;
	int		 active, excluded, problems;

	if (domain == NULL || domain[0] == '\0')
		return uapi_fail(call, "Provide the “%s” argument.",
		    "domain");
	active = scene_provider(call) != NULL;
	excluded = scene_has(scene_excluded(call->account), domain);
	problems = domain_has_problem(call, domain);
	row = json_pack("{s:i,s:i,s:i,s:i}", "has_problems", problems,
	    "is_active", active, "is_excluded", excluded, "will_renew",
	    active && !excluded && !problems &&
	    domain_is_provided(call, domain));
	told = json_object_get(json_object_get(call->account, "renewal"),
	    domain);
	if (told != NULL)
		json_object_update(row, told);
	return row;
}

/* --- paid orders ---------------------------------------------------------- */

static json_t *
market_row(const struct call *call, const json_t *want)
{
	json_int_t	 created = cpsrvd_time(json_object_get(want,
			    "created"), call->now, call->now - 3600);
	json_t		*domains = json_object_get(want, "domains"), *row;

	row = json_pack("{s:I,s:s,s:o,s:i,s:I,s:s,s:I,s:s,s:s,s:s,s:s,s:I,"
	    "s:s,s:s,s:s,s:s,s:o}",
	    "created_time", created, "csr",
	    "-----BEGIN CERTIFICATE REQUEST-----\nSHORTENED\n"
	    "-----END CERTIFICATE REQUEST-----",
	    "domains", json_deep_copy(domains),
	    "expired", scene_flag(want, "expired", 0),
	    "first_poll_time", created + 60, "certificate_id", "12345",
	    "last_poll_time", (json_int_t)call->now - 240,
	    "last_status_code", scene_text(want, "code",
	    "CertificateNotFound"),
	    "order_id", "AAE35B28-E57B-11E5-A5DD-B633DD41FB49",
	    "order_item_id", scene_text(want, "id", "1"),
	    "originating_certificate_id", "12340",
	    "parent_cert_expiry", (json_int_t)call->now + 86400,
	    "product_id", "12345", "provider", "cPStore",
	    "status", scene_text(want, "status", "confirmed"),
	    "support_uri", "http://support.example.com/",
	    "vhost_names", json_pack("[O]", json_array_get(domains, 0)));
	if (row == NULL)
		cpsrvd_die("market: domains are missing");
	return row;
}

json_t *
uapi_market(struct call *call)
{
	json_t	*rows = json_array(), *item;
	size_t	 i;

	json_array_foreach(json_object_get(call->account, "market"), i, item)
		json_array_append_new(rows, market_row(call, item));
	return rows;
}

json_t *
uapi_market_status(struct call *call)
{
	call->messages = json_pack("[s]",
	    "Certificate request is still being processed.");
	return json_pack("{s:{},s:{s:s,s:s},s:{s:s,s:s,s:s,s:s,s:s,s:s,s:s,"
	    "s:s,s:s}}", "actionUrls",
	    "domain_details", "domain", "www.example.com", "status",
	    "AWAITINGBRAND", "status_details",
	    "brandValStatus", "in-progress", "certificateStatus",
	    "in-progress", "csrStatus", "completed", "dcvStatus",
	    "completed", "evClickThroughStatus", "in-progress",
	    "freeDVUPStatus", "not applicable",
	    "organizationValidationStatus", "not applicable",
	    "ovCallbackStatus", "not applicable", "validationStatus",
	    "in-progress");
}
