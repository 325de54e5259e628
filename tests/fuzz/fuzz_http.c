/* SPDX-License-Identifier: ISC */
/*
 * The head of an HTTP answer line by line, its dates, URLs of proxies and
 * lists of what is not for them.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/http_head.h"
#include "net/session.h"
#include "fuzz.h"

#define MUST_END(field) must(memchr(field, '\0', sizeof(field)) != NULL)

static void
check_head(const struct http_head *head)
{
	MUST_END(head->location);
	MUST_END(head->content_type);
	MUST_END(head->etag);
	MUST_END(head->last_modified);
	must(head->octets <= HTTP_HEAD_MAX);
	must(head->status >= 0 && head->status <= 999);
	must(head->max_age >= -1 && head->age >= -1);
	must(http_head_lifetime(head) >= -1);
	must(*head->location == '\0' || head->has_location);
	http_head_redirects(head);
}

static void
read_head(struct bytes in)
{
	struct http_head head = { .octets = 0 };
	const uint8_t *end;
	size_t len;

	http_head_init(&head);
	while (in.len > 0) {
		end = memchr(in.data, '\n', in.len);
		len = end == NULL ? in.len : (size_t)(end - in.data) + 1;
		if (http_head_line(&head, bytes_of(in.data, len)) != 0)
			return;
		in = bytes_of(in.data + len, in.len - len);
	}
	check_head(&head);
}

static void
read_proxy(const char *text)
{
	struct err err = ERR_INIT;
	struct proxy proxy;

	memset(&proxy, 0, sizeof(proxy));
	if (proxy_parse(text, &proxy, &err) == 0) {
		must(proxy.kind != PROXY_NONE && proxy.port != 0 &&
		    *proxy.host != '\0');
		proxy_release(&proxy);
	} else
		must(err.kind == ERR_USAGE &&
		    text_is_utf8(bytes_str(err.text)) &&
		    strpbrk(err.text, "|\n\r\t\x1b") == NULL);
	proxy_bypassed(text, "www.example.com");
	proxy_bypassed(text, "2001:db8::1");
	proxy_bypassed("example.com,192.0.2.0/24,::/0", text);
}

static void
read_date(const char *text)
{
	int64_t at = http_head_date(text);
	struct civil civil;

	if (at == -1)
		return;
	clock_to_civil(at, &civil);
	must(civil.year >= 0 && civil.year <= 9999);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = calloc(1, len + 1);

	must(text != NULL);
	if (len > 0)
		memcpy(text, data, len);
	read_head(bytes_of(data, len));
	read_date(text);
	read_proxy(text);
	free(text);
	return 0;
}
