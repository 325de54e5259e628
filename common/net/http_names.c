/* SPDX-License-Identifier: ISC */
/*
 * Names that were looked up before in the same run: many calls go to one
 * server.  Kept in the form of CURLOPT_RESOLVE, "host:port:address,address".
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_CURL_H
#include "net/http_private.h"

#include <string.h>

#include "base/alloc.h"

const char *
http_names_find(const struct http *http, const char *host, unsigned port)
{
	const char *found = NULL;
	struct buf prefix = BUF_INIT;
	size_t i;

	buf_printf(&prefix, "%s:%u:", host, port);
	for (i = 0; i < HTTP_NAMES && http->names[i] != NULL; i++)
		if (!buf_failed(&prefix) && strncmp(http->names[i],
		    buf_text(&prefix), prefix.len) == 0)
			found = http->names[i];
	buf_release(&prefix);
	return found;
}

void
http_names_keep(struct http *http, const char *line)
{
	size_t i;

	for (i = 0; i < HTTP_NAMES; i++) {
		if (http->names[i] != NULL)
			continue;
		http->names[i] = mem_strdup(line);
		return;
	}
}

void
http_names_release(struct http *http)
{
	size_t i;

	for (i = 0; i < HTTP_NAMES; i++)
		mem_free(http->names[i]);
}

#endif
