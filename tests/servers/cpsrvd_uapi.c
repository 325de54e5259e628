/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: UAPI, the functions and the envelopes.
 */

#include "cpsrvd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t	*has_feature(struct call *);

/*
 * A function needs a feature of the account.  One without an implementation
 * changes something or tells private keys: no check may call it.
 */
static const struct function {
	const char	*name, *feature;
	json_t		*(*run)(struct call *);
	int		 transformed, usual;
} functions[] = {
	{ "SSL::installed_hosts", "sslinstall", uapi_installed, 1, 1 },
	{ "SSL::list_certs", "sslmanager", uapi_stored, 0, 1 },
	{ "SSL::get_autossl_problems", "autossl", uapi_problems, 0, 1 },
	{ "SSL::get_autossl_excluded_domains", "autossl", uapi_excluded, 0,
	    1 },
	{ "SSL::is_autossl_check_in_progress", "autossl", uapi_progress, 0,
	    1 },
	{ "SSL::get_autossl_renewal_status", "sslinstall", uapi_renewal, 0,
	    1 },
	{ "SSL::get_autossl_pending_queue", "autossl", uapi_queue, 0, 0 },
	{ "Features::has_feature", NULL, has_feature, 0, 1 },
	{ "Market::get_pending_ssl_certificates", NULL, uapi_market, 0, 1 },
	{ "Market::get_certificate_status_details", NULL,
	    uapi_market_status, 0, 1 },
	{ "SSL::start_autossl_check", "autossl", NULL, 0, 1 },
	{ "SSL::set_default_key_type", "sslinstall", NULL, 0, 1 },
	{ "SSL::add_autossl_excluded_domains", "autossl", NULL, 0, 1 },
	{ "SSL::set_autossl_excluded_domains", "autossl", NULL, 0, 1 },
	{ "SSL::remove_autossl_excluded_domains", "autossl", NULL, 0, 1 },
	{ "SSL::install_ssl", "sslinstall", NULL, 0, 1 },
	{ "SSL::delete_ssl", "sslinstall", NULL, 0, 1 },
	{ "SSL::delete_cert", "sslmanager", NULL, 0, 1 },
	{ "SSL::fetch_best_for_domain", "sslinstall", NULL, 0, 1 },
	{ "SSL::fetch_key_and_cabundle_for_certificate", "sslinstall", NULL,
	    0, 1 },
	{ "SSL::show_key", "sslmanager", NULL, 0, 1 },
	{ "SSL::list_keys", "sslmanager", NULL, 0, 1 },
	{ "Market::process_ssl_pending_queue", NULL, NULL, 0, 1 },
	{ "Market::set_status_of_pending_queue_items", NULL, NULL, 0, 1 },
	{ "Market::get_ssl_certificate_if_available", NULL, NULL, 0, 1 },
	{ "DCV::check_domains_via_dns", NULL, NULL, 1, 1 },
	{ "DCV::check_domains_via_http", NULL, NULL, 1, 1 },
	{ "DCV::ensure_domains_can_pass_dcv", NULL, NULL, 1, 1 },
	{ "Tokens::create_full_access", NULL, NULL, 0, 1 },
};

#define N_FUNCTIONS	(sizeof(functions) / sizeof(functions[0]))

json_t *
uapi_fail(struct call *call, const char *format, ...)
{
	va_list	 ap;

	va_start(ap, format);
	vsnprintf(call->reason, sizeof(call->reason), format, ap);
	va_end(ap);
	call->failed = 1;
	return NULL;
}

static const struct function *
function_find(struct call *call)
{
	const char	*colons = strstr(call->function, "::");
	size_t		 i, module;
	int		 known = 0;

	module = colons != NULL ? (size_t)(colons - call->function) + 2 : 0;
	for (i = 0; i < N_FUNCTIONS; i++) {
		if (strncmp(functions[i].name, call->function, module) == 0)
			known = 1;
		if (strcmp(functions[i].name, call->function) == 0 &&
		    scene_offers(call, call->function, functions[i].usual))
			return &functions[i];
	}
	if (colons == NULL)
		(void)uapi_fail(call, "The system could not find the function "
		    "“%s”.", call->function);
	else if (!known)
		(void)uapi_fail(call, "Failed to load module “%.*s”: Can't "
		    "locate Cpanel/API/%.*s.pm in @INC", (int)module - 2,
		    call->function, (int)module - 2, call->function);
	else
		(void)uapi_fail(call, "The system could not find the function "
		    "“%s” in the module “%.*s”.", colons + 2,
		    (int)module - 2, call->function);
	return NULL;
}

/* Features, and the roles of the server's profile. */
static int
function_allowed(struct call *call, const struct function *function)
{
	const json_t	*off = json_object_get(call->account,
			    "missing_features");
	int		 russian = strcmp(scene_text(call->scene, "quotes",
			    "curly"), "guillemets") == 0;

	if (strncmp(function->name, "SSL::", 5) == 0 &&
	    scene_flag(call->scene, "roles_off", 0)) {
		(void)uapi_fail(call, "The “%s” role is disabled on this "
		    "server.", "Web Server");
		return 0;
	}
	if (function->feature == NULL || !scene_has(off, function->feature))
		return 1;
	(void)uapi_fail(call, "You do not have the feature %s%s%s.",
	    russian ? "«" : "“", function->feature, russian ? "»" : "”");
	return 0;
}

static json_t *
function_run(struct call *call)
{
	const struct function	*function = function_find(call);
	json_t			*data;

	if (function == NULL || !function_allowed(call, function))
		return NULL;
	if (function->transformed)
		json_object_set_new(call->metadata, "transformed",
		    json_integer(1));
	if (function->run == NULL) {
		log_forbidden(call->function);
		return json_null();
	}
	data = function->run(call);
	if (json_is_array(data) && list_uapi(call, data) == -1) {
		json_decref(data);
		call->failed = 1;
		return NULL;
	}
	return data;
}

/* An array of texts, or null. */
static json_t *
texts_of(const json_t *list)
{
	return json_array_size(list) > 0 ? json_deep_copy(list) : json_null();
}

json_t *
uapi_run(struct call *call)
{
	json_t	*data, *all, *errors = json_null();

	data = call->account == NULL ? uapi_fail(call, "There is no account "
	    "“%s”.", call->user != NULL ? call->user : "") :
	    function_run(call);
	if (call->failed && call->reason[0] != '\0')
		errors = json_pack("[s]", call->reason);
	if (data != NULL && scene_drift(call, "null_data")) {
		json_decref(data);
		data = NULL;
	}
	if (data != NULL && call->door != DOOR_WHM)
		shape_drift(call, data);
	all = json_pack("{s:o,s:o,s:i,s:O,s:o,s:o}",
	    "messages", texts_of(call->messages), "errors", errors,
	    "status", !call->failed, "metadata", call->metadata,
	    "warnings", json_null(), "data",
	    data != NULL ? data : json_null());
	if (all == NULL)
		cpsrvd_die("%s: no envelope", call->function);
	if (scene_drift(call, "result_string"))
		json_object_set_new(all, "status",
		    json_string(call->failed ? "0" : "1"));
	return all;
}

json_t *
uapi_wrap(const struct call *call, json_t *flat)
{
	const char	*colons = strstr(call->function, "::");
	char		 module[128];

	snprintf(module, sizeof(module), "%.*s",
	    colons != NULL ? (int)(colons - call->function) : 0,
	    call->function);
	return json_pack("{s:i,s:s,s:s,s:o}", "apiversion", 3, "func",
	    colons != NULL ? colons + 2 : call->function, "module", module,
	    "result", flat);
}

void
uapi_call(struct call *call, struct text *body, int wrapped)
{
	json_t	*all = uapi_run(call);
	char	*s;

	if (wrapped || scene_drift(call, "wrapped"))
		all = uapi_wrap(call, all);
	s = json_dumps(all, JSON_COMPACT);
	if (s == NULL)
		cpsrvd_die("an answer cannot be encoded");
	text_put(body, s);
	free(s);
	json_decref(all);
}

/* status 1: has it; 0: lacks it; null: there is no such feature. */
static json_t *
has_feature(struct call *call)
{
	const char	*name = params_get(&call->params, "name");

	if (name == NULL)
		return uapi_fail(call, "Provide the “%s” argument.", "name");
	if (!scene_has(json_object_get(call->account, "missing_features"),
	    name))
		return json_null();
	call->failed = 1;
	call->messages = json_pack("[s]",
	    "The feature is disabled for this account.");
	return NULL;
}
