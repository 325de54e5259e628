/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: tokens, passwords, sessions.
 *
 * "tokens" of the scenario: {kind: whm or cpanel, user, token, password, acl,
 * denied, expired}.  Without one of its own root has ROOT_TOKEN, an account
 * its "token" or ACCOUNT_TOKEN and its name.
 */

#include "cpsrvd.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROOT_TOKEN	"WHMROOTTOKEN0123456789ABCDEFGHIJ"
#define ACCOUNT_TOKEN	"CPANELTOKEN-"
#define SESSION		"/cpsess0123456789"
#define COOKIE		"cpsession=%s%%3aSESSION"

struct secret {
	char	 user[256], word[512];
};

static const char *
kind_of(const struct call *call)
{
	return call->door == DOOR_WHM ? "whm" : "cpanel";
}

/* "user:secret" up to the end of the line. */
static int
secret_parse(struct secret *secret, const char *text)
{
	size_t	 line = strcspn(text, "\r\n"), user = strcspn(text, ":\r\n");

	if (user >= line || user >= sizeof(secret->user) ||
	    line - user - 1 >= sizeof(secret->word))
		return 0;
	memcpy(secret->user, text, user);
	secret->user[user] = '\0';
	memcpy(secret->word, text + user + 1, line - user - 1);
	secret->word[line - user - 1] = '\0';
	return 1;
}

static int
is_root_known(const struct call *call)
{
	json_t	*token;
	size_t	 i;

	json_array_foreach(json_object_get(call->scene, "tokens"), i, token) {
		if (strcmp(scene_text(token, "user", ""), "root") == 0)
			return 1;
	}
	return 0;
}

/* The entry for this secret, of which `key` is "token" or "password". */
static json_t *
token_find(const struct call *call, const struct secret *secret,
    const char *key)
{
	json_t	*token;
	size_t	 i;

	json_array_foreach(json_object_get(call->scene, "tokens"), i, token) {
		if (strcmp(scene_text(token, "kind", "whm"),
		    kind_of(call)) == 0 &&
		    strcmp(scene_text(token, "user", ""),
		    secret->user) == 0 &&
		    strcmp(scene_text(token, key, ""), secret->word) == 0 &&
		    secret->word[0] != '\0' &&
		    !scene_flag(token, "expired", 0))
			return token;
	}
	return NULL;
}

static int
account_opens(const struct call *call, const struct secret *secret,
    const char *key)
{
	const json_t	*account = scene_account(call, secret->user);
	char		 usual[300];

	snprintf(usual, sizeof(usual), "%s%s", ACCOUNT_TOKEN, secret->user);
	return account != NULL && !scene_flag(account, "refused", 0) &&
	    strcmp(secret->word, scene_text(account, key,
	    strcmp(key, "token") == 0 ? usual : "")) == 0 &&
	    secret->word[0] != '\0';
}

static int
secret_accept(struct call *call, const struct secret *secret, const char *key)
{
	call->token = token_find(call, secret, key);
	if (call->door == DOOR_WHM)
		return call->token != NULL || (!is_root_known(call) &&
		    strcmp(key, "token") == 0 &&
		    strcmp(secret->user, "root") == 0 &&
		    strcmp(secret->word, ROOT_TOKEN) == 0);
	if (call->token == NULL && !account_opens(call, secret, key))
		return 0;
	call->token = NULL;
	call->account = scene_account(call, secret->user);
	call->user = scene_text(call->account, "user", "");
	return call->account != NULL;
}

static enum auth
basic_check(struct call *call, const char *text)
{
	struct secret	 secret;
	unsigned char	 plain[1024];
	size_t		 len = strcspn(text, "\r\n");

	if (len == 0 || len % 4 != 0 || len / 4 * 3 >= sizeof(plain) ||
	    EVP_DecodeBlock(plain, (const unsigned char *)text,
	    (int)len) < 0)
		return AUTH_BAD;
	plain[len / 4 * 3] = '\0';
	return secret_parse(&secret, (const char *)plain) &&
	    (secret_accept(call, &secret, "password") ||
	    secret_accept(call, &secret, "token")) ? AUTH_BASIC : AUTH_BAD;
}

/* The cookie that auth_login gave. */
static enum auth
session_check(struct call *call, const char *cookie)
{
	char	 user[256], wanted[512];
	size_t	 len;

	cookie = cookie != NULL ? strstr(cookie, "cpsession=") : NULL;
	if (cookie == NULL)
		return AUTH_NONE;
	len = strcspn(cookie + 10, "%;\r\n");
	if (len >= sizeof(user))
		return AUTH_BAD;
	memcpy(user, cookie + 10, len);
	user[len] = '\0';
	snprintf(wanted, sizeof(wanted), COOKIE, user);
	if (strncmp(cookie, wanted, strlen(wanted)) != 0)
		return AUTH_BAD;
	call->account = scene_account(call, user);
	call->user = scene_text(call->account, "user", "");
	return call->door == DOOR_WHM || call->account != NULL ?
	    AUTH_SESSION : AUTH_BAD;
}

enum auth
auth_check(struct call *call, const char *header, const char *cookie)
{
	struct secret	 secret;
	const char	*kind = kind_of(call);
	size_t		 len = strlen(kind);

	if (header == NULL)
		return session_check(call, cookie);
	if (strncasecmp(header, "Basic ", 6) == 0)
		return basic_check(call, header + 6);
	if (strncasecmp(header, kind, len) != 0 || header[len] != ' ' ||
	    !secret_parse(&secret, header + len + 1))
		return AUTH_BAD;
	return secret_accept(call, &secret, "token") ? AUTH_TOKEN : AUTH_BAD;
}

void
auth_login(struct call *call, struct answer *answer)
{
	const char	*user = params_get(&call->params, "user");
	const char	*pass = params_get(&call->params, "pass");
	struct secret	 secret;

	if (user == NULL || pass == NULL || (size_t)snprintf(secret.user,
	    sizeof(secret.user), "%s", user) >= sizeof(secret.user) ||
	    (size_t)snprintf(secret.word, sizeof(secret.word), "%s", pass) >=
	    sizeof(secret.word) || !secret_accept(call, &secret, "password")) {
		fault_login_page(answer, 401);
		return;
	}
	answer->status = 301;
	answer->phrase = "Moved Permanently";
	snprintf(answer->location, sizeof(answer->location), "%s/",
	    SESSION);
	snprintf(answer->cookie, sizeof(answer->cookie), COOKIE,
	    secret.user);
}
