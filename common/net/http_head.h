/* SPDX-License-Identifier: ISC */
/* The head of an HTTP answer: the few fields that matter to us. */
#ifndef NET_HTTP_HEAD_H
#define NET_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "net/http.h"

#define HTTP_HEAD_MAX 65536	/* octets of all heads of an answer */

struct http_head {
	size_t octets;		/* of interim answers and trailers as well */
	long status;		/* of the last status line */
	char location[2048];	/* "" when absent or longer */
	bool has_location;
	char content_type[128], etag[256], last_modified[64];
	bool no_store;		/* or no-cache: must be asked for again */
	int64_t max_age, age;	/* -1: not said */
	bool has_expires;
	int64_t expires;	/* epoch; -1: no date, which means expired */
	int64_t date;		/* epoch; -1 */
};

void http_head_init(struct http_head *head);
/* One line with or without its line end.  -1: more than HTTP_HEAD_MAX. */
int http_head_line(struct http_head *head, struct bytes line);
bool http_head_redirects(const struct http_head *head);
/* RFC 9111 4.2.1: seconds that the answer stays fresh; -1: not said. */
int64_t http_head_lifetime(const struct http_head *head);
/* The three forms of RFC 9110 5.6.7; -1: no date. */
int64_t http_head_date(const char *text);

#endif
