/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: texts that grow, parameters, instants.
 */

#include "cpsrvd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void
cpsrvd_die(const char *format, ...)
{
	va_list	 ap;

	fprintf(stderr, "cpsrvd: ");
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	_exit(1);
}

void *
cpsrvd_alloc(size_t size)
{
	void	*memory = calloc(1, size);

	if (memory == NULL)
		cpsrvd_die("out of memory");
	return memory;
}

static void
text_reserve(struct text *text, size_t more)
{
	if (text->cap - text->len > more)
		return;
	text->cap = (text->len + more + 64) * 2;
	text->data = realloc(text->data, text->cap);
	if (text->data == NULL)
		cpsrvd_die("out of memory");
}

void
text_add(struct text *text, const char *data, size_t len)
{
	text_reserve(text, len);
	if (len > 0)
		memcpy(text->data + text->len, data, len);
	text->len += len;
	text->data[text->len] = '\0';
}

void
text_put(struct text *text, const char *data)
{
	text_add(text, data, strlen(data));
}

void
text_format(struct text *text, const char *format, ...)
{
	va_list	 ap;
	int	 len;

	va_start(ap, format);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len < 0)
		cpsrvd_die("format");
	text_reserve(text, (size_t)len);
	va_start(ap, format);
	vsnprintf(text->data + text->len, (size_t)len + 1, format, ap);
	va_end(ap);
	text->len += (size_t)len;
}

int
text_load(struct text *text, const char *path)
{
	char	 block[16384];
	FILE	*file = fopen(path, "rb");
	size_t	 got;

	if (file == NULL)
		return -1;
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		text_add(text, block, got);
	fclose(file);
	return 0;
}

/* --- parameters ----------------------------------------------------------- */

static int
hex_digit(char c)
{
	static const char	 digits[] = "0123456789abcdef";
	const char		*at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

void
text_decode(char *s, int form)
{
	char	*out = s;
	int	 high, low;

	for (; *s != '\0'; s++) {
		high = s[0] == '%' ? hex_digit(s[1]) : -1;
		low = high != -1 ? hex_digit(s[2]) : -1;
		if (low != -1) {
			*out++ = (char)(high * 16 + low);
			s += 2;
		} else
			*out++ = form && *s == '+' ? ' ' : *s;
	}
	*out = '\0';
}

/* One name=value, to be decoded. */
void
params_add(struct params *params, const char *word, size_t len, int form)
{
	struct param	*param = &params->items[params->n];
	const char	*equals = memchr(word, '=', len);
	size_t		 name = equals != NULL ? (size_t)(equals - word) : len;

	if (len == 0 || params->n == PARAMS_MAX)
		return;
	param->name = strndup(word, name);
	param->value = equals != NULL ?
	    strndup(equals + 1, len - name - 1) : strdup("");
	if (param->name == NULL || param->value == NULL)
		cpsrvd_die("out of memory");
	text_decode(param->name, form);
	text_decode(param->value, form);
	params->n++;
}

void
params_parse(struct params *params, const char *query)
{
	size_t	 len;

	while (query != NULL && *query != '\0') {
		len = strcspn(query, "&;");
		params_add(params, query, len, 1);
		query += len + (query[len] != '\0');
	}
}

/* The last one of this name, or NULL. */
const char *
params_get(const struct params *params, const char *name)
{
	size_t	 i;

	for (i = params->n; i-- > 0; ) {
		if (strcmp(params->items[i].name, name) == 0)
			return params->items[i].value;
	}
	return NULL;
}

long
params_number(const struct params *params, const char *name, long fallback)
{
	const char	*value = params_get(params, name);

	return value != NULL && value[0] != '\0' ? strtol(value, NULL, 10) :
	    fallback;
}

void
params_free(struct params *params)
{
	size_t	 i;

	for (i = 0; i < params->n; i++) {
		free(params->items[i].name);
		free(params->items[i].value);
	}
	params->n = 0;
}

/* --- time ----------------------------------------------------------------- */

/* "2d12h"; a number without a unit is seconds. */
static int64_t
span_parse(const char *s)
{
	static const struct { char unit; int64_t seconds; } units[] = {
		{ 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 },
		{ 's', 1 }, { '\0', 1 },
	};
	int64_t	 sum = 0;
	double	 number;
	char	*end;
	size_t	 i;

	while (*s != '\0') {
		number = strtod(s, &end);
		if (end == s)
			cpsrvd_die("%s: not a duration", s);
		for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
			if (units[i].unit == *end)
				break;
		}
		if (i == sizeof(units) / sizeof(units[0]))
			cpsrvd_die("%s: not a duration", s);
		sum += (int64_t)(number * (double)units[i].seconds);
		s = *end != '\0' ? end + 1 : end;
	}
	return sum;
}

int64_t
cpsrvd_span(const json_t *value, int64_t fallback)
{
	if (json_is_integer(value))
		return json_integer_value(value);
	return json_is_string(value) ? span_parse(json_string_value(value)) :
	    fallback;
}

int64_t
cpsrvd_time(const json_t *value, int64_t now, int64_t fallback)
{
	const char	*s = json_string_value(value);
	struct tm	 tm;

	if (json_is_integer(value))
		return json_integer_value(value);
	if (s == NULL)
		return fallback;
	if (s[0] == '-')
		return now - span_parse(s + 1);
	if (s[0] == '+')
		return now + span_parse(s + 1);
	memset(&tm, 0, sizeof(tm));
	if (strptime(s, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		cpsrvd_die("%s: not an instant", s);
	return timegm(&tm);
}

/* As servers print it; with "ms" in the drift as the documents do. */
json_t *
cpsrvd_iso(const struct call *call, int64_t at)
{
	char		 text[64];
	struct tm	 tm;
	time_t		 when = (time_t)at;

	gmtime_r(&when, &tm);
	strftime(text, sizeof(text), scene_drift(call, "ms") ?
	    "%Y-%m-%dT%H:%M:%S.000Z" : "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}
