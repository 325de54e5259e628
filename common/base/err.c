/* SPDX-License-Identifier: ISC */
/* The error object.  Nothing here allocates: errors tell of no memory. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define ERR_RAW_SIZE 1024	/* formatted, before it is cleaned and cut */

/* Cleans raw into err->text; what does not fit is left out whole. */
static void
err_store(struct err *err, const char *raw)
{
	struct bytes in = bytes_str(raw);
	char one[TEXT_ESCAPE_SIZE];
	size_t len, at = 0;

	while (in.len > 0) {
		len = text_clean_next(&in, one);
		if (at + len >= sizeof(err->text))
			break;
		memcpy(err->text + at, one, len);
		at += len;
	}
	err->text[at] = '\0';
}

int
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	char raw[ERR_RAW_SIZE];
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	err->kind = kind;
	err->sys = 0;
	err_store(err, raw);
	return -1;
}

int
err_sys(struct err *err, enum err_kind kind, int sys, const char *fmt, ...)
{
	char words[ERR_TEXT_SIZE], raw[ERR_RAW_SIZE];
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	snprintf(raw, sizeof(raw), "%s: %s", words, strerror(sys));
	err->kind = kind;
	err->sys = sys;
	err_store(err, raw);
	return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
	char words[ERR_TEXT_SIZE], raw[ERR_RAW_SIZE];
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	snprintf(raw, sizeof(raw), "%s: %s", words, err->text);
	err_store(err, raw);
	return -1;
}

int
err_nomem(struct err *err)
{
	return err_set(err, ERR_NOMEM, "out of memory");
}

void
err_clear(struct err *err)
{
	if (err != NULL)
		*err = (struct err)ERR_INIT;
}
