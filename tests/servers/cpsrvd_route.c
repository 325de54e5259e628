/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: from a request to a call, and its line in the log.
 */

#include "cpsrvd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define JSON_TYPE	"application/json; charset=\"utf-8\""

static const char	 denied[] = "{\"cpanelresult\":{\"apiversion\":\"2\","
    "\"error\":\"Access denied\",\"data\":{\"reason\":\"Access denied\","
    "\"result\":\"0\"},\"type\":\"text\"}}";

static const char	*const auth_words[] = { "none", "bad", "token",
	"basic", "session" };

void
call_init(struct call *call, const char *path, enum door door)
{
	memset(call, 0, sizeof(*call));
	call->scene = scene_load(path, &call->now);
	call->door = door;
	call->metadata = json_object();
}

void
call_release(struct call *call)
{
	params_free(&call->params);
	json_decref(call->metadata);
	json_decref(call->messages);
	json_decref(call->scene);
}

/* --- paths ---------------------------------------------------------------- */

/* What a path asks for. */
struct way {
	char	 path[1024];
	char	 function[256];
	int	 uapi;			/* else WHM API 1 */
	int	 login, session, known;
};

static void
way_parse(struct way *way, const char *target)
{
	size_t	 len = strcspn(target, "?");
	char	*p = way->path, *slash;

	memset(way, 0, sizeof(*way));
	snprintf(way->path, sizeof(way->path), "%.*s", (int)len, target);
	if (strncmp(p, "/cpsess", 7) == 0) {
		way->session = 1;
		slash = strchr(p + 1, '/');
		p = slash != NULL ? slash : p + strlen(p);
	}
	if (strncmp(p, "/login", 6) == 0)
		way->login = 1;
	else if (strncmp(p, "/json-api/", 10) == 0) {
		snprintf(way->function, sizeof(way->function), "%s", p + 10);
		way->known = 1;
	} else if (strncmp(p, "/execute/", 9) == 0) {
		slash = strchr(p + 9, '/');
		if (slash == NULL)
			return;
		snprintf(way->function, sizeof(way->function), "%.*s::%s",
		    (int)(slash - p - 9), p + 9, slash + 1);
		way->uapi = way->known = 1;
	}
}

/* --- answers -------------------------------------------------------------- */

static void
answer_init(struct answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	answer->status = 200;
	answer->phrase = "OK";
	answer->type = JSON_TYPE;
	answer->length = -1;
	text_put(&answer->body, "");
}

static void
answer_denied(struct answer *answer)
{
	answer->status = 403;
	answer->phrase = "Forbidden Access denied";
	text_put(&answer->body, denied);
}

/* Who is not let in: JSON for WHM API 1, the login page elsewhere. */
static void
answer_refuse(const struct call *call, const struct way *way,
    struct answer *answer)
{
	const json_t	*status = json_object_get(call->scene,
			    "login_status");

	if (way->session) {
		text_put(&answer->body, "Token Denied");
		answer->type = "text/plain";
		answer->status = 401;
		answer->phrase = "Token Denied";
	} else if (way->uapi || scene_flag(call->scene, "whm_login_page", 0))
		fault_login_page(answer, json_is_integer(status) ?
		    (int)json_integer_value(status) : 401);
	else
		answer_denied(answer);
}

/* The right call on the wrong port. */
static void
answer_elsewhere(const struct way *way, struct answer *answer)
{
	if (way->uapi)
		text_put(&answer->body, "{\"data\":{\"reason\":\"Function not "
		    "found\",\"result\":\"0\"},\"type\":\"text\",\"error\":"
		    "\"Function not found\"}");
	else
		text_format(&answer->body, "{\"metadata\":{\"command\":\"%s\","
		    "\"reason\":\"Permission denied\",\"result\":0,"
		    "\"version\":1}}", way->function);
}

static void
answer_missing(struct answer *answer)
{
	answer->status = 404;
	answer->phrase = "Not Found";
	answer->type = "text/html";
	text_put(&answer->body, "<html><head><title>HTTP error 404</title>"
	    "</head><body>The server can not find the requested page."
	    "</body></html>\n");
}

static void
answer_make(struct call *call, const struct way *way, enum auth auth,
    struct answer *answer)
{
	if (way->login)
		auth_login(call, answer);
	else if (auth < AUTH_TOKEN || (auth == AUTH_SESSION && !way->session))
		answer_refuse(call, way, answer);
	else if (!way->known)
		answer_missing(answer);
	else if (way->uapi != (call->door == DOOR_CPANEL))
		answer_elsewhere(way, answer);
	else if (way->uapi)
		uapi_call(call, &answer->body, 0);
	else
		whm_call(call, &answer->body);
}

/* --- one request ---------------------------------------------------------- */

/* A cookie opens only what its session's path names. */
static enum auth
auth_of(struct call *call, const struct request *request)
{
	return auth_check(call, http_header(request->head, "Authorization"),
	    http_header(request->head, "Cookie"));
}

/* A UAPI function that WHM calls for an account has the fault of its own
 * name. */
static void
faults_apply(struct call *call, struct answer *answer)
{
	const char	*module = params_get(&call->params, "cpanel.module");
	const char	*function = params_get(&call->params,
			    "cpanel.function");
	char		 name[256];

	fault_apply(call, answer);
	if (module == NULL || function == NULL)
		return;
	snprintf(name, sizeof(name), "%s::%s", module, function);
	call->function = name;
	fault_apply(call, answer);
	call->function = "uapi_cpanel";
}

void
route_request(const struct site *site, const struct request *request,
    struct answer *answer)
{
	const char	*query = strchr(request->target, '?');
	struct call	 call;
	struct way	 way;
	enum auth	 auth;

	call_init(&call, site->scene_path, request->door);
	answer_init(answer);
	way_parse(&way, request->target);
	call.function = way.known ? way.function : way.path;
	params_parse(&call.params, query != NULL ? query + 1 : NULL);
	params_parse(&call.params, request->body);
	auth = auth_of(&call, request);
	answer_make(&call, &way, auth, answer);
	log_line("port=%d door=%s conn=%u method=%s path=%s function=%s "
	    "auth=%s status=%d octets=%zu query=%s%s%s", request->port,
	    call.door == DOOR_WHM ? "whm" : "cpanel", request->conn,
	    request->method, way.path, call.function, auth_words[auth],
	    answer->status, answer->body.len, query != NULL ? query + 1 : "",
	    request->body[0] != '\0' ? "&" : "",
	    way.login ? "" : request->body);
	faults_apply(&call, answer);
	/* The type may be a text of the scenario. */
	snprintf(answer->type_text, sizeof(answer->type_text), "%s",
	    answer->type);
	answer->type = answer->type_text;
	call_release(&call);
}
