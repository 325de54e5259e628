/* SPDX-License-Identifier: ISC */
/* Heads of HTTP answers; which addresses are public. */
#include "tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "net/http_address.h"
#include "net/http_head.h"

static void
test_addresses(void)
{
	static const struct {
		const char *text;
		bool global;
	} rows[] = {
		{ "8.8.8.8", true }, { "0.1.2.3", false },
		{ "9.255.255.255", true }, { "10.0.0.0", false },
		{ "11.0.0.0", true }, { "100.63.255.255", true },
		{ "100.64.0.0", false }, { "100.127.255.255", false },
		{ "100.128.0.0", true }, { "127.0.0.1", false },
		{ "169.254.169.254", false }, { "172.15.255.255", true },
		{ "172.16.0.0", false }, { "172.31.255.255", false },
		{ "172.32.0.0", true }, { "192.0.0.8", false },
		{ "192.0.2.1", false }, { "192.168.1.1", false },
		{ "192.169.0.0", true }, { "198.18.0.1", false },
		{ "198.20.0.0", true }, { "223.255.255.255", true },
		{ "224.0.0.1", false }, { "255.255.255.255", false },
		{ "::", false }, { "::1", false }, { "fe80::1", false },
		{ "fc00::1", false }, { "fdff::1", false },
		{ "ff02::1", false }, { "2001:db8::1", false },
		{ "2001::1", false }, { "2a00:1450::1", true },
		{ "2606:4700::1", true }, { "::ffff:10.0.0.1", false },
		{ "::ffff:8.8.8.8", true }, { "64:ff9b::8.8.8.8", true },
		{ "64:ff9b::7f00:1", false }, { "2002:7f00:1::", false },
		{ "2002:808:808::", true }, { "::8.8.8.8", false },
		{ "3fff::1", false }, { "4000::1", false },
	};
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (inet_pton(AF_INET, rows[i].text, &v4.sin_addr) == 1)
			ok(http_address_global((struct sockaddr *)&v4) ==
			    rows[i].global, "%s", rows[i].text);
		else if (inet_pton(AF_INET6, rows[i].text, &v6.sin6_addr) == 1)
			ok(http_address_global((struct sockaddr *)&v6) ==
			    rows[i].global, "%s", rows[i].text);
		else
			fail("%s", rows[i].text);
	}
}

static void
test_head(void)
{
	static const struct {
		const char *lines[3];
		int64_t lifetime;
	} rows[] = {
		{ { "X: y" }, -1 },
		{ { "cache-control: MAX-AGE=60, max-age=30" }, 30 },
		{ { "Cache-Control: max-age=x" }, 0 },
		{ { "Cache-Control: max-age=-1" }, 0 },
		{ { "Cache-Control: max-age=99999999999999999999" },
		    INT32_MAX },
		{ { "Cache-Control: max-age=60, no-store" }, 0 },
		{ { "Cache-Control: s-maxage=60" }, -1 },
		{ { "Expires: 0" }, 0 },
		{ { "Expires: Sun, 06 Nov 1994 08:50:37 GMT" }, -1 },
		{ { "Expires: Sun, 06 Nov 1994 08:50:37 GMT",
		    "Date: Sunday, 06-Nov-94 08:49:37 GMT" }, 60 },
		{ { "Expires: Sun, 06 Nov 1994 08:50:37 GMT",
		    "Date: Sun Nov  6 08:51:37 1994" }, 0 },
		{ { "Cache-Control: max-age=60", "Age: 61" }, 0 },
	};
	struct http_head head;
	size_t i, k;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memset(&head, 0, sizeof(head));
		http_head_line(&head, bytes_str("HTTP/1.1 200 OK\r\n"));
		for (k = 0; k < 3 && rows[i].lines[k] != NULL; k++)
			http_head_line(&head, bytes_str(rows[i].lines[k]));
		is_int(http_head_lifetime(&head), rows[i].lifetime, "%s",
		    rows[i].lines[0]);
	}
	is_int(http_head_date("Thu, 31 Apr 2026 00:00:00 GMT"), -1, "31 April");
	is_int(http_head_date("Sun, 06 Xxx 1994 08:49:37 GMT"), -1, "month");
	is_int(http_head_date("Sun, 06 Nov 1994 08:49:37 GMTx"), -1, "more");
	is_int(http_head_date(""), -1, "nothing");
}

int
main(void)
{
	test_addresses();
	test_head();
	return tap_done();
}
