/* SPDX-License-Identifier: ISC */
/* The head of an HTTP answer, by RFC 9110 and 9111. */
#include "net/http_head.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define FIELD_MAX 2048
#define SECONDS_MAX INT32_MAX	/* RFC 9111, 1.2.2: enough for anyone */

void
http_head_init(struct http_head *head)
{
	size_t octets = head->octets;

	memset(head, 0, sizeof(*head));
	head->octets = octets;
	head->max_age = head->age = head->date = head->expires = -1;
}

static int64_t
head_month(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *at = strlen(name) == 3 ? strstr(names, name) : NULL;

	return at == NULL || (at - names) % 3 != 0 ? 0 : (at - names) / 3 + 1;
}

struct date_parts {
	int day, year, hour, minute, second;
	char month[4];
	int end;		/* octets read; 0: not that form */
};

/* Sun, 06 Nov 1994 08:49:37 GMT */
static bool
head_date_fixed(const char *text, struct date_parts *out)
{
	return sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d "
	    "GMT%n", &out->day, out->month, &out->year, &out->hour,
	    &out->minute, &out->second, &out->end) == 6;
}

/* Sunday, 06-Nov-94 08:49:37 GMT */
static bool
head_date_rfc850(const char *text, struct date_parts *out)
{
	return sscanf(text, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d "
	    "GMT%n", &out->day, out->month, &out->year, &out->hour,
	    &out->minute, &out->second, &out->end) == 6;
}

/* Sun Nov  6 08:49:37 1994 */
static bool
head_date_asctime(const char *text, struct date_parts *out)
{
	return sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n",
	    out->month, &out->day, &out->hour, &out->minute, &out->second,
	    &out->year, &out->end) == 6;
}

int64_t
http_head_date(const char *text)
{
	static bool (*const forms[])(const char *, struct date_parts *) = {
		head_date_fixed, head_date_rfc850, head_date_asctime
	};
	struct date_parts parts = { .end = 0 };
	struct civil civil;
	int64_t at;
	size_t i;

	for (i = 0; i < 3; i++) {
		parts.end = 0;
		if (forms[i](text, &parts) && parts.end > 0)
			break;
	}
	if (parts.end <= 0 || text[parts.end] != '\0')
		return -1;
	if (parts.year < 100)
		parts.year += parts.year < 70 ? 2000 : 1900;
	civil = (struct civil){ parts.year, (int)head_month(parts.month),
		parts.day, parts.hour, parts.minute,
		parts.second == 60 ? 59 : parts.second };
	return clock_from_civil(&civil, &at) == 0 && at >= 0 ? at : -1;
}

/* Digits, perhaps quoted; what is too large is large; -1 for anything else. */
static int64_t
head_seconds(const char *text)
{
	size_t quote = *text == '"', n = strspn(text + quote, "0123456789");
	char digits[12];
	uint64_t v;

	if (n == 0 || (text[quote + n] != '\0' && text[quote + n] != '"'))
		return -1;
	if (n >= sizeof(digits))
		return SECONDS_MAX;
	memcpy(digits, text + quote, n);
	digits[n] = '\0';
	if (text_u64(digits, &v) != 0)
		return -1;
	return v > SECONDS_MAX ? SECONDS_MAX : (int64_t)v;
}

static void
head_copy(char *out, size_t size, const char *value)
{
	size_t len = strlen(value);

	memcpy(out, value, len < size ? len + 1 : 0);
	if (len >= size)
		out[0] = '\0';
}

/* RFC 9111 5.2.2.  Of two ages the smaller holds; one that cannot be read
 * means stale. */
static void
head_directive(struct http_head *head, const char *text)
{
	int64_t seconds;

	if (text_ieq(text, "no-store") || text_istarts(text, "no-cache")) {
		head->no_store = true;
	} else if (text_istarts(text, "max-age=")) {
		seconds = head_seconds(text + strlen("max-age="));
		if (seconds < 0)
			seconds = 0;
		if (head->max_age < 0 || seconds < head->max_age)
			head->max_age = seconds;
	}
}

static void
head_cache_control(struct http_head *head, char *value)
{
	char *save = NULL, *part;

	for (part = strtok_r(value, ",", &save); part != NULL;
	    part = strtok_r(NULL, ",", &save))
		head_directive(head, text_trim(part));
}

static void
head_location(struct http_head *head, char *value)
{
	head->has_location = true;
	head_copy(head->location, sizeof(head->location), value);
}

static void
head_content_type(struct http_head *head, char *value)
{
	head_copy(head->content_type, sizeof(head->content_type), value);
}

static void
head_etag(struct http_head *head, char *value)
{
	head_copy(head->etag, sizeof(head->etag), value);
}

static void
head_last_modified(struct http_head *head, char *value)
{
	head_copy(head->last_modified, sizeof(head->last_modified), value);
}

static void
head_age(struct http_head *head, char *value)
{
	head->age = head_seconds(value);
}

static void
head_expires(struct http_head *head, char *value)
{
	head->has_expires = true;
	head->expires = http_head_date(value);
}

static void
head_date(struct http_head *head, char *value)
{
	head->date = http_head_date(value);
}

static const struct {
	const char *name;
	void (*take)(struct http_head *head, char *value);
} head_fields[] = {
	{ "Age", head_age },
	{ "Cache-Control", head_cache_control },
	{ "Content-Type", head_content_type },
	{ "Date", head_date },
	{ "ETag", head_etag },
	{ "Expires", head_expires },
	{ "Last-Modified", head_last_modified },
	{ "Location", head_location },
};

static bool
head_is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' && *text != '\t')
			return false;
	return true;
}

/* HTTP/1.1 200 OK: begins anew, also behind an interim answer. */
static void
head_status(struct http_head *head, const char *line)
{
	const char *code = strchr(line, ' ');
	uint64_t status;
	char text[4] = "";

	http_head_init(head);
	if (code == NULL)
		return;
	code += strspn(code, " ");
	if (strlen(code) < 3)
		return;
	memcpy(text, code, 3);
	if (text_u64(text, &status) == 0)
		head->status = (long)status;
}

int
http_head_line(struct http_head *head, struct bytes line)
{
	char text[FIELD_MAX + 64];
	char *value;
	size_t i;

	head->octets += line.len;
	if (head->octets > HTTP_HEAD_MAX)
		return -1;
	if (line.len >= sizeof(text))
		return 0;
	if (line.len > 0)
		memcpy(text, line.data, line.len);
	text[line.len] = '\0';
	if (text_starts(text, "HTTP/")) {
		head_status(head, text);
		return 0;
	}
	value = strchr(text, ':');
	if (value == NULL)
		return 0;
	*value++ = '\0';
	value = text_trim(value);
	for (i = 0; i < sizeof(head_fields) / sizeof(*head_fields); i++)
		if (text_ieq(text, head_fields[i].name) &&
		    head_is_printable(value))
			head_fields[i].take(head, value);
	return 0;
}

bool
http_head_redirects(const struct http_head *head)
{
	return head->has_location && (head->status == 301 ||
	    head->status == 302 || head->status == 303 ||
	    head->status == 307 || head->status == 308);
}

int64_t
http_head_lifetime(const struct http_head *head)
{
	int64_t seconds = -1;

	if (head->no_store)
		return 0;
	if (head->max_age >= 0)
		seconds = head->max_age;
	else if (head->has_expires && head->expires < 0)
		return 0;
	else if (head->has_expires && head->date >= 0)
		seconds = head->expires - head->date;
	else
		return -1;
	if (head->age > 0)
		seconds -= head->age;
	if (seconds > SECONDS_MAX)
		seconds = SECONDS_MAX;
	return seconds < 0 ? 0 : seconds;
}
