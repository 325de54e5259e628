/* SPDX-License-Identifier: ISC */
/* How a target is shown, and its label in metrics. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/target_private.h"

static const char *
display_network(struct arena *arena, const struct target *net)
{
	char address[INET6_ADDRSTRLEN];
	struct buf text = BUF_INIT;
	const char *out;
	size_t i;

	if (inet_ntop(net->family == 4 ? AF_INET : AF_INET6, net->net,
	    address, sizeof(address)) == NULL)
		return NULL;
	buf_printf(&text, "%s/%u", address, net->bits);
	for (i = 0; i < net->n_ports; i++)
		buf_printf(&text, "%c%u", i == 0 ? ':' : ',',
		    (unsigned)net->ports[i]);
	out = buf_failed(&text) ? NULL : arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return out;
}

const char *
target_display(struct arena *arena, const struct target *target)
{
	bool plain = target->scheme != NULL &&
	    target->scheme->starttls != STARTTLS_NONE;
	bool colons;

	if (target->kind == TARGET_FILE)
		return strcmp(target->path, "-") == 0 ? "stdin" :
		    target->path;
	if (target->kind == TARGET_NETWORK)
		return display_network(arena, target);
	colons = strchr(target->host, ':') != NULL;
	return arena_printf(arena, "%s%s%s%s%s:%u",
	    plain ? target->scheme->name : "", plain ? "://" : "",
	    colons ? "[" : "", target->host, colons ? "]" : "",
	    (unsigned)target->port);
}

static bool
is_label_char(char c)
{
	char lower = text_lower(c);

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
	    c == '.' || c == '-' || c == '_';
}

const char *
target_label(struct arena *arena, const struct target *target)
{
	const char *shown;
	char *out, *c;

	if (target->label != NULL)
		out = arena_strdup(arena, target->label);
	else if (target->kind == TARGET_TLS)
		out = arena_printf(arena, "%s_%u", target->host,
		    (unsigned)target->port);
	else {
		shown = target_display(arena, target);
		out = shown == NULL ? NULL : arena_strdup(arena, shown);
	}
	if (out == NULL)
		return NULL;
	for (c = out; *c != '\0'; c++)
		if (!is_label_char(*c))
			*c = '_';
	return *out == '\0' ? "_" : out;
}
