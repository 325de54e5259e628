/* SPDX-License-Identifier: ISC */
/*
 * A target as a user or a targets file may spell it.  What is accepted is
 * sane, and an endpoint comes back from its display form as it was.
 */
#include <string.h>

#include "base/text.h"
#include "model/target.h"
#include "fuzz.h"

static const struct target_defaults none;

static void
require_error(const struct err *err)
{
	struct bytes text = bytes_str(err->text);

	must(err->kind == ERR_USAGE);
	must(text.len > 0 && text_is_utf8(text));
	must(strpbrk(err->text, "|\n\r\t\x1b") == NULL);
}

static void
require_label(struct arena *arena, const struct target *target)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_.-";
	const char *label = target_label(arena, target);

	must(label != NULL && *label != '\0');
	must(label[strspn(label, allowed)] == '\0');
}

static void
require_same(struct arena *arena, const struct target *target)
{
	struct target again;
	struct err err = ERR_INIT;
	const char *text = target_display(arena, target);

	must(text != NULL);
	/* A host of this name can only be written with a scheme. */
	if (strcmp(target->host, "file") == 0)
		return;
	must(target_parse(arena, text, &none, &again, &err) == 0);
	must(again.kind == target->kind && again.port == target->port);
	must(strcmp(again.host, target->host) == 0);
	must(again.scheme->starttls == target->scheme->starttls);
	must(again.is_address == target->is_address);
}

static void
check(struct arena *arena, const struct target *target)
{
	struct target one;
	struct err err = ERR_INIT;
	uint64_t size;

	require_label(arena, target);
	if (target->kind == TARGET_FILE) {
		must(*target->path != '\0');
		return;
	}
	if (target->kind == TARGET_NETWORK) {
		size = target_network_size(target);
		must(size > 0 && size <= 65536);
		must(target_network_at(arena, target, size - 1, &one,
		    &err) == 0);
		require_same(arena, &one);
		return;
	}
	must(target->port != 0 && *target->host != '\0');
	must(strlen(target->host) <= 254);
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
		must(target.kind == TARGET_TLS);
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

	must(arena != NULL && text != NULL);
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	parse_all(arena, text);
	free(text);
	arena_free(arena);
	return 0;
}
