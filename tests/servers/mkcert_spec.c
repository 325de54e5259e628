/* SPDX-License-Identifier: ISC */
/*
 * The words of a line: looking them up, %xx escapes, lists, durations, times.
 */

#include "mkcert.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The value of the first word with this key, or NULL. */
const char *
mkcert_spec_get(const struct line *line, const char *key)
{
	size_t	 i;

	for (i = 0; i < line->count; i++) {
		if (strcmp(line->words[i].key, key) == 0)
			return line->words[i].value;
	}
	return NULL;
}

int
mkcert_spec_yes(const struct line *line, const char *key)
{
	const char	*value = mkcert_spec_get(line, key);

	if (value == NULL || strcmp(value, "no") == 0)
		return 0;
	if (strcmp(value, "yes") != 0)
		mkcert_die("%s=%s: yes or no", key, value);
	return 1;
}

/* A word whose key is not in the list is a spelling mistake. */
void
mkcert_spec_check(const struct line *line, const char *const *keys)
{
	size_t	 i, k;

	for (i = 0; i < line->count; i++) {
		for (k = 0; keys[k] != NULL; k++) {
			if (strcmp(keys[k], line->words[i].key) == 0)
				break;
		}
		if (keys[k] == NULL)
			mkcert_die("%s: unknown key", line->words[i].key);
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct bytes
bytes_new(size_t size)
{
	struct bytes	 out = { calloc(1, size + 1), 0 };

	if (out.data == NULL)
		mkcert_die("out of memory");
	return out;
}

/* The bytes that the text means: %xx is one byte, all else is itself. */
struct bytes
mkcert_spec_decode(const char *text, size_t len)
{
	struct bytes	 out = bytes_new(len);
	size_t		 i;

	for (i = 0; i < len; i++) {
		if (text[i] != '%') {
			out.data[out.len++] = (unsigned char)text[i];
			continue;
		}
		if (len - i < 3 || hex_digit(text[i + 1]) < 0 ||
		    hex_digit(text[i + 2]) < 0)
			mkcert_die("%s: bad %%xx", text);
		out.data[out.len++] = (unsigned char)
		    (hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
		i += 2;
	}
	return out;
}

/* The same where a C string is needed. */
char *
mkcert_spec_string(const char *text)
{
	return (char *)mkcert_spec_decode(text, strlen(text)).data;
}

struct bytes
mkcert_spec_hex(const char *text)
{
	struct bytes	 out = bytes_new(strlen(text));

	for (; text[0] != '\0'; text += 2) {
		if (hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0)
			mkcert_die("%s: not hexadecimal octets", text);
		out.data[out.len++] = (unsigned char)
		    (hex_digit(text[0]) * 16 + hex_digit(text[1]));
	}
	return out;
}

/*
 * The next item of a comma list: returns its start and sets *end, and moves
 * *cursor behind it; NULL when there is none left.
 */
const char *
mkcert_spec_next(const char **cursor, const char **end)
{
	const char	*start = *cursor;

	if (start == NULL || *start == '\0')
		return NULL;
	*end = start + strcspn(start, ",");
	*cursor = **end == ',' ? *end + 1 : *end;
	return start;
}

static int64_t
unit_seconds(char unit)
{
	switch (unit) {
	case 's':
	case '\0':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	case 'y':
		return (int64_t)365 * 86400;
	default:
		return -1;
	}
}

/* `1d12h`, seconds without a unit. */
int64_t
mkcert_spec_duration(const char *text)
{
	const char	*p = text;
	char		*end;
	int64_t		 sum = 0, number, unit;

	do {
		number = strtoll(p, &end, 10);
		unit = unit_seconds(*end);
		if (end == p || unit < 0)
			mkcert_die("%s: bad duration", text);
		sum += number * unit;
		p = *end == '\0' ? end : end + 1;
	} while (*p != '\0');
	return sum;
}

/* Seconds since the epoch of a TIME that is not raw text. */
int64_t
mkcert_spec_instant(const char *text, int64_t now)
{
	struct tm	 tm;
	const char	*end;

	if (strcmp(text, "now") == 0)
		return now;
	if (text[0] == '+')
		return now + mkcert_spec_duration(text + 1);
	if (text[0] == '-')
		return now - mkcert_spec_duration(text + 1);
	if (text[0] == '@')
		return strtoll(text + 1, NULL, 10);
	memset(&tm, 0, sizeof(tm));
	end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (end == NULL || *end != '\0')
		mkcert_die("%s: bad time", text);
	return (int64_t)timegm(&tm);
}

/* UTCTime up to 2049, else GeneralizedTime; or the raw text as it is. */
ASN1_TIME *
mkcert_spec_time(const char *text, int64_t now)
{
	ASN1_TIME	*time;
	struct bytes	 raw;
	int		 type;

	if (strncmp(text, "utc:", 4) != 0 && strncmp(text, "gen:", 4) != 0) {
		time = ASN1_TIME_set(NULL,
		    (time_t)mkcert_spec_instant(text, now));
		if (time == NULL)
			mkcert_die("%s: no ASN.1 time holds this", text);
		return time;
	}
	type = text[0] == 'u' ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
	raw = mkcert_spec_decode(text + 4, strlen(text + 4));
	time = ASN1_STRING_type_new(type);
	if (time == NULL || !ASN1_STRING_set(time, raw.data, (int)raw.len))
		mkcert_die("out of memory");
	return time;
}
