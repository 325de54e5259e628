/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: what goes wrong, by function.  "faults" of the scenario is a list;
 * all that fit a call are applied in order.
 */

#include "cpsrvd.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FAULTS_MAX	64

/* How often each fault has fitted, for "nth" and "from": by what it is, so
 * that another scenario begins anew. */
static pthread_mutex_t	 lock = PTHREAD_MUTEX_INITIALIZER;
static struct count {
	uint64_t	 fault;
	long		 n;
} counts[FAULTS_MAX];

static const char	 login_page[] = "<!DOCTYPE html>\n"
    "<html lang=\"en\"><head><title>cPanel Login</title></head>\n"
    "<body><form id=\"login_form\" action=\"/login/\" method=\"post\">"
    "<input name=\"user\"><input name=\"pass\" type=\"password\">"
    "</form></body></html>\n";

void
pause_ms(long ms)
{
	struct timespec	 wait = { ms / 1000, ms % 1000 * 1000000 };

	if (ms > 0)
		nanosleep(&wait, NULL);
}

static void
body_set(struct answer *answer, const char *text, const char *type)
{
	answer->body.len = 0;
	text_put(&answer->body, text);
	answer->type = type;
}

void
fault_login_page(struct answer *answer, int status)
{
	answer->status = status;
	answer->phrase = status == 200 ? "OK" : "Access Denied";
	body_set(answer, login_page, "text/html; charset=\"utf-8\"");
}

static long
number(const json_t *fault, const char *key, long fallback)
{
	const json_t	*value = json_object_get(fault, key);

	return json_is_integer(value) ? (long)json_integer_value(value) :
	    fallback;
}

/* "when": parameters and their values. */
static int
when_fits(const struct call *call, const json_t *fault)
{
	const char	*key, *value;
	json_t		*item, *when = json_object_get(fault, "when");

	json_object_foreach(when, key, item) {
		value = params_get(&call->params, key);
		if (value == NULL || !json_is_string(item) ||
		    strcmp(value, json_string_value(item)) != 0)
			return 0;
	}
	return 1;
}

static uint64_t
fault_hash(const json_t *fault)
{
	uint64_t	 hash = 1469598103934665603U;
	char		*text = json_dumps(fault, JSON_SORT_KEYS);
	const char	*s;

	for (s = text; s != NULL && *s != '\0'; s++)
		hash = (hash ^ (unsigned char)*s) * 1099511628211U;
	free(text);
	return hash | 1;
}

static long
fault_count(const json_t *fault)
{
	uint64_t	 hash = fault_hash(fault);
	size_t		 i;
	long		 n = 1;

	pthread_mutex_lock(&lock);
	for (i = 0; i < FAULTS_MAX && counts[i].fault != 0 &&
	    counts[i].fault != hash; )
		i++;
	if (i < FAULTS_MAX) {
		counts[i].fault = hash;
		n = ++counts[i].n;
	}
	pthread_mutex_unlock(&lock);
	return n;
}

static int
fault_fits(const struct call *call, const json_t *fault)
{
	const char	*function = scene_text(fault, "function", "*");
	const char	*user = scene_text(fault, "user", NULL);
	long		 count;

	if ((strcmp(function, "*") != 0 &&
	    strcmp(function, call->function) != 0) ||
	    (user != NULL && (call->user == NULL ||
	    strcmp(user, call->user) != 0)) || !when_fits(call, fault))
		return 0;
	count = fault_count(fault);
	return number(fault, "nth", count) == count &&
	    count >= number(fault, "from", 1) &&
	    count <= number(fault, "until", count);
}

/* --- bodies --------------------------------------------------------------- */

static void
raw_load(struct answer *answer, const char *name)
{
	const char	*dir = getenv("CPSRVD_SAMPLES");
	size_t		 len = strlen(name);
	char		 path[4096];

	snprintf(path, sizeof(path), "%s%s%s", name[0] == '/' ? "" :
	    dir != NULL ? dir : ".", name[0] == '/' ? "" : "/", name);
	answer->body.len = 0;
	text_add(&answer->body, "", 0);
	if (text_load(&answer->body, path) == -1)
		cpsrvd_die("%s: cannot be read", path);
	if (len > 5 && strcmp(name + len - 5, ".html") == 0)
		answer->type = "text/html; charset=\"utf-8\"";
}

/* Valid JSON of about that many octets. */
static void
huge_make(struct answer *answer, long size)
{
	char	 block[1025];

	memset(block, 'A', 1024);
	block[1024] = '\0';
	body_set(answer, "{\"metadata\":{\"command\":\"x\",\"reason\":\"OK\","
	    "\"result\":1,\"version\":1},\"status\":1,\"errors\":null,"
	    "\"data\":{\"x\":[\"\"", answer->type);
	while ((long)answer->body.len < size)
		text_format(&answer->body, ",\"%s\"", block);
	text_put(&answer->body, "]}}");
}

static void
deep_make(struct answer *answer, long depth)
{
	long	 i;

	body_set(answer, "{\"data\":", answer->type);
	for (i = 0; i < depth; i++)
		text_put(&answer->body, "[");
	for (i = 0; i < depth; i++)
		text_put(&answer->body, "]");
	text_put(&answer->body, "}");
}

static void
body_fault(const json_t *fault, struct answer *answer)
{
	const char	*s;

	if (scene_flag(fault, "login", 0))
		fault_login_page(answer, 200);
	if (scene_flag(fault, "html", 0))
		body_set(answer, "<html><head><title>Service Unavailable"
		    "</title></head><body><h1>Please try later</h1></body>"
		    "</html>\n", "text/html");
	if (scene_flag(fault, "garbage", 0))
		body_set(answer, "{\"metadata\":{\"result\":1,,}\x01\xff\xfe"
		    "]]", answer->type);
	s = scene_text(fault, "body", NULL);
	if (s != NULL)
		body_set(answer, s, answer->type);
	s = scene_text(fault, "raw", NULL);
	if (s != NULL)
		raw_load(answer, s);
	if (number(fault, "huge", 0) > 0)
		huge_make(answer, number(fault, "huge", 0));
	if (number(fault, "deep", 0) > 0)
		deep_make(answer, number(fault, "deep", 0));
	if (scene_flag(fault, "empty", 0))
		answer->body.len = 0;
}

/* --- the rest ------------------------------------------------------------- */

static void
head_fault(const json_t *fault, struct answer *answer)
{
	const char	*location = scene_text(fault, "redirect", NULL);

	if (location != NULL) {
		answer->status = 302;
		answer->phrase = "Found";
		snprintf(answer->location, sizeof(answer->location), "%s",
		    location);
		answer->body.len = 0;
	}
	if (number(fault, "status", 0) != 0) {
		answer->status = (int)number(fault, "status", 0);
		answer->phrase = "Said";
	}
}

static void
fault_one(const json_t *fault, struct answer *answer)
{
	long	 cut = number(fault, "cut", -1);

	pause_ms(number(fault, "delay", 0));
	body_fault(fault, answer);
	head_fault(fault, answer);
	if (scene_text(fault, "type", NULL) != NULL)
		/* The scenario lives until the answer is sent. */
		answer->type = scene_text(fault, "type", NULL);
	answer->drip = number(fault, "drip", answer->drip);
	answer->reset |= scene_flag(fault, "reset", 0);
	answer->hang |= scene_flag(fault, "hang", 0);
	answer->close |= scene_flag(fault, "close", 0);
	answer->chunked |= scene_flag(fault, "chunked", 0);
	answer->exit_code = (int)number(fault, "exit", answer->exit_code);
	if (cut >= 0 && (size_t)cut < answer->body.len) {
		answer->length = (long)answer->body.len;
		answer->body.len = (size_t)cut;
		answer->close = 1;
	}
}

void
fault_apply(struct call *call, struct answer *answer)
{
	const json_t	*fault;
	size_t		 i;

	json_array_foreach(json_object_get(call->scene, "faults"), i, fault) {
		if (fault_fits(call, fault))
			fault_one(fault, answer);
	}
}
