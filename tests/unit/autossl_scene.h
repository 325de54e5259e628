/* SPDX-License-Identifier: ISC */
/* Facts to be read into, at the instant of the samples. */
#ifndef TESTS_UNIT_AUTOSSL_SCENE_H
#define TESTS_UNIT_AUTOSSL_SCENE_H

#include "base/arena.h"
#include "base/json_reader.h"
#include "probe/autossl_read.h"
#include "tap.h"

#define NOW INT64_C(1795176000)		/* 2026-11-20T12:00:00Z */
#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)

/* "cert-manager" counts as AutoSSL's in scenes with `extra`. */
static inline bool
scene_extra(void *ctx, struct bytes issuer)
{
	(void)ctx;
	return bytes_eq(issuer, bytes_str("Private CA"));
}

static inline void
scene_init(struct autossl_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->arena = arena_new();
	facts->rules.now = NOW;
	facts->rules.extra = scene_extra;
}

static inline void
scene_release(struct autossl_facts *facts)
{
	arena_free(facts->arena);
}

static inline struct json_doc *
scene_json(const char *text)
{
	struct err err = ERR_INIT;
	struct json_doc *doc = json_doc_parse(bytes_str(text), 10000, &err);

	if (doc == NULL)
		bail("%s: %s", text, err.text);
	return doc;
}

/* A virtual host that is due, with two names. */
static inline struct autossl_vhost *
scene_due(struct autossl_facts *facts, const char *user, const char *name)
{
	char text[1024];
	struct err err = ERR_INIT;
	struct json_doc *doc;

	snprintf(text, sizeof(text), "{\"vhosts\":[{\"user\":\"%s\","
	    "\"servername\":\"%s\",\"domains\":[\"%s\",\"www.%s\"],\"crt\":{"
	    "\"not_before\":1787313600,\"not_after\":1795089600,"
	    "\"is_self_signed\":0,\"issuer.organizationName\":"
	    "\"Let's Encrypt\"}}]}", user, name, name, name);
	doc = scene_json(text);
	if (autossl_read_vhosts(facts, json_doc_root(doc), 0, &err) != 0 ||
	    facts->vhosts[facts->n_vhosts - 1].detail == NULL)
		bail("%s is not due: %s", name, err.text);
	json_doc_free(doc);
	return &facts->vhosts[facts->n_vhosts - 1];
}

static inline void
is_text(struct bytes got, const char *want, const char *what)
{
	char text[1100];

	snprintf(text, sizeof(text), "%.*s", (int)got.len,
	    got.data == NULL ? "(NULL)" : (const char *)got.data);
	is_str(text, want, "%s", what);
	ok(got.data != NULL, "%s is never NULL", what);
}

static inline struct autossl_vhost *
scene_find(const struct autossl_facts *facts, const char *name)
{
	size_t i;

	for (i = 0; i < facts->n_vhosts; i++)
		if (bytes_eq(facts->vhosts[i].servername, bytes_str(name)))
			return &facts->vhosts[i];
	bail("no virtual host %s", name);
}

#endif
