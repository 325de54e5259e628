/* SPDX-License-Identifier: ISC */
/*
 * A target as a user or a targets file may spell it.  What is accepted is
 * sane, and an endpoint comes back from its display form as it was.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct target_defaults none;

static void
require(bool fact)
{
	if (!fact)
		abort();
}

static void
require_error(const struct err *err)
{
	struct bytes text = bytes_str(err->text);

	require(err->kind == ERR_USAGE);
	require(text.len > 0 && text_is_utf8(text));
	require(strpbrk(err->text, "|\n\r\t\x1b") == NULL);
}

static void
require_label(struct arena *arena, const struct target *target)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_.-";
	const char *label = target_label(arena, target);

	require(label != NULL && *label != '\0');
	require(label[strspn(label, allowed)] == '\0');
}

static void
require_same(struct arena *arena, const struct target *target)
{
	struct target again;
	struct err err = ERR_INIT;
	const char *text = target_display(arena, target);

	require(text != NULL);
	/* A host of this name can only be written with a scheme. */
	if (strcmp(target->host, "file") == 0)
		return;
	require(target_parse(arena, text, &none, &again, &err) == 0);
	require(again.kind == target->kind && again.port == target->port);
	require(strcmp(again.host, target->host) == 0);
	require(again.scheme->starttls == target->scheme->starttls);
	require(again.is_address == target->is_address);
}

static void
check(struct arena *arena, const struct target *target)
{
	struct target one;
	struct err err = ERR_INIT;
	uint64_t size;

	require_label(arena, target);
	if (target->kind == TARGET_FILE) {
		require(*target->path != '\0');
		return;
	}
	if (target->kind == TARGET_NETWORK) {
		size = target_network_size(target);
		require(size > 0 && size <= 65536);
		require(target_network_at(arena, target, size - 1, &one,
		    &err) == 0);
		require_same(arena, &one);
		return;
	}
	require(target->port != 0 && *target->host != '\0');
	require(strlen(target->host) <= 254);
	require_same(arena, target);
}

static void
parse_all(struct arena *arena, char *text)
{
	struct target target;
	struct err err = ERR_INIT;

	if (target_parse(arena, text, &none, &target, &err) == 0)
		check(arena, &target);
	else
		require_error(&err);
	if (target_parse_host(arena, text, &none, &target, &err) == 0) {
		require(target.kind == TARGET_TLS);
		check(arena, &target);
	} else
		require_error(&err);
	/* changes the text */
	switch (target_parse_line(arena, text, &none, &target, &err)) {
	case 0:
		check(arena, &target);
		break;
	case -1:
		require_error(&err);
		break;
	default:
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	char *text = malloc(len + 1);

	if (arena == NULL || text == NULL)
		abort();
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	parse_all(arena, text);
	free(text);
	arena_free(arena);
	return 0;
}
