/* SPDX-License-Identifier: ISC */
/* What came instead of what was asked for, in words. */
#include <string.h>

#include "base/text.h"
#include "probe/fetch.h"

#define HEAD 256

struct head {
	uint8_t data[HEAD];
	size_t len;
};

/* Takes the first octets and stops there. */
static int
take_head(void *ctx, struct bytes data, size_t *used, struct err *err)
{
	struct head *head = ctx;

	(void)err;
	head->len = data.len < HEAD ? data.len : HEAD;
	memcpy(head->data, data.data, head->len);
	*used = head->len;
	return -1;
}

/* Without a byte order mark and blanks. */
static struct bytes
beginning(const struct head *head)
{
	struct bytes text = bytes_of(head->data, head->len);

	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		text = bytes_of(text.data + 3, text.len - 3);
	while (text.len > 0 && strchr(" \t\r\n", text.data[0]) != NULL &&
	    text.data[0] != '\0')
		text = bytes_of(text.data + 1, text.len - 1);
	return text;
}

static bool
is_text(struct bytes in)
{
	size_t i;

	for (i = 0; i < in.len; i++)
		if ((in.data[i] < 0x20 || in.data[i] >= 0x7f) &&
		    (in.data[i] == '\0' ||
		    strchr("\t\r\n", in.data[i]) == NULL))
			return false;
	return true;
}

static bool
says_html(const char *type)
{
	return text_istarts(type, "text/html") ||
	    text_istarts(type, "application/xhtml");
}

/* NULL: it may be what was asked for. */
static const char *
kind_of(const struct fetch *fetch, struct bytes text)
{
	if (fetch->size == 0)
		return "nothing (an empty answer)";
	if (text.len == 0)
		return "blanks";
	if (text.data[0] == '<')
		return "a web page";
	if (text.data[0] == 0x30 || (text.len > 5 &&
	    memcmp(text.data, "-----", 5) == 0))
		return NULL;
	if (says_html(fetch->content_type))
		return "a web page";
	if (is_text(text))
		return text.data[0] == '{' || text.data[0] == '[' ? "JSON" :
		    "plain text";
	return NULL;
}

void
fetch_explain(struct fetch *fetch, const char *wanted, struct err *err)
{
	struct head head = { .len = 0 };
	const char *kind;

	if (fetch->error.kind != ERR_NONE || err->kind == ERR_NOMEM)
		return;
	(void)fetch_read(fetch, take_head, &head, NULL);
	kind = kind_of(fetch, beginning(&head));
	if (kind != NULL)
		err_set(err, ERR_SYNTAX, "the server sent %s instead of %s",
		    kind, wanted);
}
