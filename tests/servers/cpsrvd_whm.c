/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: WHM API 1, the functions and the envelope.
 */

#include "cpsrvd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t	*uapi_cpanel(struct call *);

/*
 * What a function needs of its caller: nothing (NULL), a privilege, or "all"
 * (root).  Privileges are those of myprivs, and "autossl" for who was granted
 * its interface.  A function without an implementation changes the server or
 * tells private keys: no check may call it.
 */
static const struct function {
	const char	*name, *privilege, *list;
	json_t		*(*run)(struct call *);
	int		 usual;		/* today's servers have it */
} functions[] = {
	{ "applist", NULL, NULL, whm_applist, 1 },
	{ "myprivs", NULL, NULL, whm_privileges, 1 },
	{ "version", NULL, NULL, whm_version, 1 },
	{ "get_autossl_providers", "autossl", "payload", whm_providers, 1 },
	{ "get_autossl_check_schedule", "autossl", NULL, whm_schedule, 1 },
	{ "get_autossl_logs_catalog", "autossl", "payload", whm_runs, 1 },
	{ "get_autossl_log", "autossl", "payload", whm_log, 1 },
	{ "get_autossl_problems_for_user", "autossl", "problems_by_domain",
	    whm_problems_user, 1 },
	{ "get_autossl_problems_for_domain", "autossl", "problems_by_domain",
	    whm_problems_domain, 1 },
	{ "get_autossl_user_excluded_domains", "autossl", "payload",
	    whm_excluded, 1 },
	{ "get_autossl_metadata", "autossl", NULL, whm_metadata, 1 },
	{ "get_autossl_pending_queue", "autossl", "pending_certificates",
	    whm_queue, 0 },
	{ "get_autossl_pending_queue_for_user", "autossl", "queue_by_domain",
	    whm_queue_user, 0 },
	{ "get_autossl_pending_queue_for_domain", "autossl",
	    "queue_by_domain", whm_queue_domain, 0 },
	{ "fetch_ssl_vhosts", "ssl-info", "vhosts", whm_vhosts, 1 },
	{ "fetch_service_ssl_components", "all", "services",
	    whm_service_certs, 1 },
	{ "listaccts", "list-accts", "acct", whm_accounts, 1 },
	{ "get_users_features_settings", "list-accts",
	    "users_features_settings", whm_features, 1 },
	{ "servicestatus", "status", "service", whm_services, 1 },
	{ "uapi_cpanel", "cpanel-api", NULL, uapi_cpanel, 1 },
	{ "start_autossl_check_for_all_users", "all", NULL, NULL, 1 },
	{ "start_autossl_check_for_one_user", "all", NULL, NULL, 1 },
	{ "set_autossl_provider", "all", NULL, NULL, 1 },
	{ "reset_autossl_provider", "all", NULL, NULL, 1 },
	{ "disable_autossl", "all", NULL, NULL, 1 },
	{ "add_autossl_user_excluded_domains", "all", NULL, NULL, 1 },
	{ "remove_autossl_user_excluded_domains", "all", NULL, NULL, 1 },
	{ "set_autossl_user_excluded_domains", "all", NULL, NULL, 1 },
	{ "set_autossl_metadata", "all", NULL, NULL, 1 },
	{ "set_autossl_metadata_key", "all", NULL, NULL, 1 },
	{ "fetch_vhost_ssl_components", "ssl-info", NULL, NULL, 1 },
	{ "fetchsslinfo", "ssl-info", NULL, NULL, 1 },
	{ "installssl", "ssl", NULL, NULL, 1 },
	{ "install_service_ssl_certificate", "all", NULL, NULL, 1 },
	{ "generatessl", "ssl-gencrt", NULL, NULL, 1 },
	{ "api_token_create", "all", NULL, NULL, 1 },
	{ "suspendacct", "suspend-acct", NULL, NULL, 1 },
	{ "restartservice", "restart", NULL, NULL, 1 },
};

#define N_FUNCTIONS	(sizeof(functions) / sizeof(functions[0]))

json_t *
whm_fail(struct call *call, const char *format, ...)
{
	va_list	 ap;

	va_start(ap, format);
	vsnprintf(call->reason, sizeof(call->reason), format, ap);
	va_end(ap);
	call->failed = 1;
	return NULL;
}

json_t *
whm_names(const struct call *call)
{
	json_t	*names = json_array();
	size_t	 i;

	for (i = 0; i < N_FUNCTIONS; i++) {
		if (scene_offers(call, functions[i].name, functions[i].usual))
			json_array_append_new(names,
			    json_string(functions[i].name));
	}
	return names;
}

int
whm_may(const struct call *call, const char *privilege)
{
	const json_t	*acl = json_object_get(call->token, "acl");

	if (privilege == NULL || acl == NULL || (json_is_string(acl) &&
	    strcmp(json_string_value(acl), "all") == 0))
		return 1;
	return scene_has(acl, "all") || scene_has(acl, privilege);
}

/* Resellers see their own accounts; who has "all" sees every one. */
int
whm_sees(const struct call *call, const json_t *account)
{
	const char	*user = scene_text(call->token, "user", "root");

	return whm_may(call, "all") ||
	    strcmp(scene_text(account, "owner", "root"), user) == 0 ||
	    strcmp(scene_text(account, "user", ""), user) == 0;
}

json_t *
whm_account(struct call *call, const char *parameter)
{
	const char	*user = params_get(&call->params, parameter);
	json_t		*account;

	if (user == NULL || user[0] == '\0')
		return whm_fail(call, "Provide the “%s” argument.",
		    parameter);
	account = scene_account(call, user);
	if (account == NULL || !whm_sees(call, account))
		return whm_fail(call, "You do not have access to an account "
		    "named “%s”.", user);
	return account;
}

/* --- the envelope --------------------------------------------------------- */

static const struct function *
function_find(const struct call *call)
{
	size_t	 i;

	for (i = 0; i < N_FUNCTIONS; i++) {
		if (strcmp(functions[i].name, call->function) == 0)
			return scene_offers(call, call->function,
			    functions[i].usual) ? &functions[i] : NULL;
	}
	return NULL;
}

static json_t *
function_run(struct call *call)
{
	const struct function	*function = function_find(call);
	const json_t		*denied = json_object_get(call->token,
				    "denied");
	json_t			*data;

	if (function == NULL || (call->door != DOOR_CLI &&
	    params_number(&call->params, "api.version", 0) != 1))
		return whm_fail(call, "Unknown app (“%s”) requested for this "
		    "version (%ld) of the API.", call->function,
		    params_number(&call->params, "api.version",
		    call->door == DOOR_CLI));
	if (!whm_may(call, function->privilege) ||
	    scene_has(denied, call->function))
		return whm_fail(call, "Permission denied");
	if (function->run == NULL) {
		log_forbidden(call->function);
		return json_pack("{s:s}", "pid", "12345");
	}
	data = function->run(call);
	if (data != NULL && function->list != NULL &&
	    list_whm(call, json_object_get(data, function->list)) == -1) {
		json_decref(data);
		call->failed = 1;
		return NULL;
	}
	return data;
}

static void
dump(struct text *body, json_t *value, size_t flags)
{
	char	*s = json_dumps(value, flags);

	if (s == NULL)
		cpsrvd_die("an answer cannot be encoded");
	text_put(body, s);
	free(s);
	json_decref(value);
}

static json_t *
envelope(struct call *call, json_t *data)
{
	int	 result = !call->failed;
	json_t	*metadata = json_pack("{s:s,s:s}", "command", call->function,
		    "reason", call->failed ? call->reason : "OK");
	json_t	*all = json_object();

	json_object_set_new(metadata, "result",
	    scene_drift(call, "result_string") ?
	    json_string(result ? "1" : "0") : json_integer(result));
	json_object_set_new(metadata, "version", json_integer(1));
	json_object_update(metadata, call->metadata);
	if (data != NULL && scene_drift(call, "null_data")) {
		json_decref(data);
		data = json_null();
	}
	if (data != NULL) {
		shape_drift(call, data);
		json_object_set_new(all, "data", data);
	}
	json_object_set_new(all, "metadata", metadata);
	return all;
}

/* The older way to UAPI: /json-api/cpanel. */
static json_t *
legacy(struct call *call)
{
	static const char	 bad[] =
	    "User parameter is invalid or was not supplied";
	const char		*module, *function;
	char			 name[256];

	call->user = params_get(&call->params, "cpanel_jsonapi_user");
	call->account = scene_account(call, call->user);
	if (call->account == NULL || !whm_sees(call, call->account))
		return json_pack("{s:{s:s,s:s},s:s,s:s}", "data", "reason",
		    bad, "result", "0", "type", "text", "error", bad);
	module = params_get(&call->params, "cpanel_jsonapi_module");
	function = params_get(&call->params, "cpanel_jsonapi_func");
	snprintf(name, sizeof(name), "%s::%s", module != NULL ? module : "",
	    function != NULL ? function : "");
	call->function = name;
	module = params_get(&call->params, "cpanel_jsonapi_apiversion");
	if (module == NULL || strcmp(module, "3") != 0)
		return json_pack("{s:{s:s,s:s}}", "cpanelresult",
		    "apiversion", "2", "error", "API 2 is not emulated");
	return uapi_wrap(call, uapi_run(call));
}

void
whm_call(struct call *call, struct text *body)
{
	json_t	*data;

	if (strcmp(call->function, "cpanel") == 0) {
		dump(body, legacy(call), JSON_COMPACT);
		return;
	}
	if (strcmp(call->function, "fetch_ssl_vhosts") == 0 &&
	    whm_may(call, "ssl-info") && big_answer(call, body))
		return;
	data = function_run(call);
	dump(body, envelope(call, data), JSON_COMPACT);
}

/* A UAPI function in the name of an account. */
static json_t *
uapi_cpanel(struct call *call)
{
	const char	*module = params_get(&call->params, "cpanel.module");
	const char	*function = params_get(&call->params,
			    "cpanel.function");
	const char	*own = call->function;
	json_t		*data, *metadata;
	char		 name[256];

	call->account = whm_account(call, "cpanel.user");
	if (call->account == NULL)
		return NULL;
	if (module == NULL || function == NULL)
		return whm_fail(call, "Provide the “%s” argument.",
		    module == NULL ? "cpanel.module" : "cpanel.function");
	call->user = params_get(&call->params, "cpanel.user");
	snprintf(name, sizeof(name), "%s::%s", module, function);
	call->function = name;
	metadata = call->metadata;
	call->metadata = json_object();
	data = json_pack("{s:o}", "uapi", uapi_run(call));
	json_decref(call->metadata);
	call->metadata = metadata;
	call->function = own;
	call->failed = 0;
	return data;
}
