/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: what WHM API 1 says of the host: virtual hosts, accounts, features,
 * services, privileges.
 */

#include "cpsrvd.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

json_t *
whm_vhosts(struct call *call)
{
	json_t	*rows = json_array(), *account, *vhost;
	size_t	 i, j;

	json_array_foreach(json_object_get(call->scene, "accounts"), i,
	    account) {
		if (!whm_sees(call, account))
			continue;
		json_array_foreach(json_object_get(account, "vhosts"), j,
		    vhost) {
			if (json_is_object(json_object_get(vhost, "cert")))
				json_array_append_new(rows,
				    shape_whm_vhost(call, account, vhost));
		}
	}
	if (whm_may(call, "all"))
		big_vhosts(call, NULL, rows);
	return json_pack("{s:o}", "vhosts", rows);
}

/* Certificates of the services; "host": {left, self_signed}. */
json_t *
whm_service_certs(struct call *call)
{
	static const char	*const names[] = { "cpanel", "dovecot",
		"exim", "ftp" };
	const json_t		*host = json_object_get(call->scene, "host");
	int64_t			 left = cpsrvd_span(json_object_get(host,
				    "left"), (int64_t)60 * 86400);
	json_t			*rows = json_array();
	size_t			 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_array_append_new(rows, json_pack(
		    "{s:s,s:s,s:s,s:{s:i,s:I,s:[s]}}",
		    "service", names[i], "cabundle", "", "certificate",
		    "-----BEGIN CERTIFICATE-----\nSHORTENED\n"
		    "-----END CERTIFICATE-----", "certificate_info",
		    "is_self_signed", scene_flag(host, "self_signed", 0),
		    "not_after", (json_int_t)(call->now + left), "domains",
		    scene_text(host, "name", "server.example")));
	return json_pack("{s:o}", "services", rows);
}

/* --- accounts ------------------------------------------------------------- */

static json_t *
account_row(const struct call *call, const json_t *account)
{
	const char	*user = scene_text(account, "user", "");
	int		 suspended = scene_flag(account, "suspended", 0);
	char		 email[512];

	snprintf(email, sizeof(email), "%s@%s", user,
	    scene_text(account, "domain", "example"));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:o,s:i,s:i,s:i,s:s,"
	    "s:i}",
	    "user", user, "domain", scene_text(account, "domain", ""),
	    "owner", scene_text(account, "owner", "root"),
	    "plan", "default", "email", email, "suspended", suspended,
	    "suspendreason", suspended ? "Unknown" : "not suspended",
	    "suspendtime", suspended ?
	    json_integer(call->now - (int64_t)30 * 86400) : json_null(),
	    "is_locked", 0, "temporary", 0, "unix_startdate", 1369256589,
	    "startdate", "13 May 22 16:03", "uid", 1001);
}

/* search, searchtype (domain, owner, user, ...), searchmethod. */
static int
account_found(const struct call *call, const json_t *row)
{
	const char	*search = params_get(&call->params, "search");
	const char	*type = params_get(&call->params, "searchtype");
	const char	*method = params_get(&call->params, "searchmethod");
	const char	*value;
	regex_t		 regex;
	int		 found;

	if (search == NULL || search[0] == '\0')
		return 1;
	value = scene_text(row, type == NULL ? "domain" :
	    strcmp(type, "package") == 0 ? "plan" : type, "");
	if (method != NULL && strcmp(method, "exact") == 0)
		return strcmp(value, search) == 0;
	if (regcomp(&regex, search, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
		return 0;
	found = regexec(&regex, value, 0, NULL, 0) == 0;
	regfree(&regex);
	return found;
}

/* want=user,suspended */
static void
account_want(const struct call *call, json_t *row)
{
	const char	*want = params_get(&call->params, "want"), *key;
	json_t		*value;
	void		*next;
	char		 list[1024], word[128];

	if (want == NULL || want[0] == '\0')
		return;
	snprintf(list, sizeof(list), ",%s,", want);
	json_object_foreach_safe(row, next, key, value) {
		snprintf(word, sizeof(word), ",%s,", key);
		if (strstr(list, word) == NULL)
			json_object_del(row, key);
	}
}

json_t *
whm_accounts(struct call *call)
{
	json_t	*all = json_array(), *rows = json_array(), *item, *row;
	size_t	 i;

	json_array_extend(all, json_object_get(call->scene, "accounts"));
	big_listaccts(call, all);
	json_array_foreach(all, i, item) {
		if (!whm_sees(call, item))
			continue;
		row = account_row(call, item);
		if (account_found(call, row)) {
			account_want(call, row);
			json_array_append(rows, row);
		}
		json_decref(row);
	}
	json_decref(all);
	return json_pack("{s:o}", "acct", rows);
}

/* user, user-1, ...; feature. */
json_t *
whm_features(struct call *call)
{
	const char	*feature = params_get(&call->params, "feature");
	const char	*name;
	json_t		*rows = json_array(), *account;
	size_t		 i;
	int		 off;

	if (feature == NULL)
		feature = "autossl";
	for (i = 0; i < call->params.n; i++) {
		name = call->params.items[i].name;
		if (strncmp(name, "user", 4) != 0 ||
		    (name[4] != '\0' && name[4] != '-'))
			continue;
		account = scene_account(call, call->params.items[i].value);
		if (account == NULL || !whm_sees(call, account))
			continue;
		off = scene_has(json_object_get(account, "missing_features"),
		    feature);
		json_array_append_new(rows, json_pack("{s:i,s:s,s:s,s:i,s:s}",
		    "cpuser_setting", !off, "feature", feature,
		    "feature_list", "default", "feature_list_setting", 1,
		    "user", call->params.items[i].value));
	}
	return json_pack("{s:o}", "users_features_settings", rows);
}

/* --- services ------------------------------------------------------------- */

/* "services": {"crond": {"running": 0}, ...}; running is only said of what
 * is monitored. */
json_t *
whm_services(struct call *call)
{
	static const char	*const names[][2] = {
		{ "crond", "Cron Daemon" },
		{ "httpd", "Apache Web Server" },
		{ "queueprocd", "TaskQueue Processor" },
	};
	const char	*only = params_get(&call->params, "service");
	const json_t	*all = json_object_get(call->scene, "services"), *want;
	json_t		*rows = json_array(), *row;
	int		 monitored;
	size_t		 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (only != NULL && strcmp(only, names[i][0]) != 0)
			continue;
		want = json_object_get(all, names[i][0]);
		monitored = scene_flag(want, "monitored", 1);
		row = json_pack("{s:s,s:i,s:i,s:i,s:s}",
		    "display_name", names[i][1],
		    "enabled", scene_flag(want, "enabled", 1),
		    "installed", scene_flag(want, "installed", 1),
		    "monitored", monitored, "name", names[i][0]);
		if (monitored)
			json_object_set_new(row, "running",
			    json_integer(scene_flag(want, "running", 1)));
		json_array_append_new(rows, row);
	}
	return json_pack("{s:o}", "service", rows);
}

json_t *
whm_privileges(struct call *call)
{
	static const char	*const names[] = { "all", "acct-summary",
		"autossl", "cpanel-api", "list-accts", "ssl", "ssl-gencrt",
		"ssl-info", "status" };
	json_t			*row = json_object();
	size_t			 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_set_new(row, names[i],
		    json_integer(whm_may(call, names[i])));
	return json_pack("{s:[o]}", "privileges", row);
}

/* Among many others. */
json_t *
whm_applist(struct call *call)
{
	static const char	*const others[] = { "accountsummary",
		"acctcounts", "addpkg", "changepackage", "createacct",
		"dumpzone", "editquota", "get_available_profiles",
		"get_domain_info", "gethostname", "getdiskusage",
		"listips", "listpkgs", "listresellers", "listsuspended",
		"modifyacct", "passwd", "removeacct", "resolvedomainname",
		"sethostname", "showbw", "systemloadavg", "unsuspendacct" };
	json_t			*names = whm_names(call);
	size_t			 i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		json_array_append_new(names, json_string(others[i]));
	return json_pack("{s:o}", "app", names);
}

json_t *
whm_version(struct call *call)
{
	return json_pack("{s:s}", "version",
	    scene_text(call->scene, "version", "11.136.0.2"));
}
