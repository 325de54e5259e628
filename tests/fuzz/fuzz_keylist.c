/* SPDX-License-Identifier: ISC */
/*
 * Lists of leaked keys: the input as it is; as digests in text, which are all
 * found; and as sorted records, which are all found too unless they could be
 * read as text.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "probe/keylist.h"
#include "scratch.h"

#define DIGEST 32
#define DIGESTS_MAX 64

static struct keylist *
open_list(struct bytes in)
{
	struct err err = ERR_INIT;
	struct keylist *list = keylist_open(scratch_write(in), &err);

	must(list != NULL || (err.kind == ERR_SYNTAX && *err.text != '\0'));
	must(list == NULL || keylist_size(list) > 0);
	return list;
}

static void
must_hold(const struct keylist *list, const uint8_t *digests, size_t n)
{
	size_t i;

	must(keylist_size(list) == n);
	for (i = 0; i < n; i++)
		must(keylist_has(list, digests + i * DIGEST));
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST);
}

/* With an octet that no text has. */
static bool
is_binary(struct bytes in)
{
	size_t i;

	for (i = 0; i < in.len; i++)
		if (in.data[i] < ' ' && strchr("\t\n\r", in.data[i]) == NULL)
			return true;
	return memchr(in.data, '\0', in.len) != NULL || !text_is_utf8(in);
}

static void
records(const uint8_t *digests, size_t n)
{
	uint8_t sorted[DIGESTS_MAX * DIGEST];
	struct bytes in = bytes_of(sorted, n * DIGEST);
	struct keylist *list;

	memcpy(sorted, digests, in.len);
	qsort(sorted, n, DIGEST, compare);
	list = open_list(in);
	if (is_binary(in)) {
		must(list != NULL);
		must_hold(list, sorted, n);
	}
	keylist_close(list);
}

static void
lines(const uint8_t *digests, size_t n)
{
	struct buf text = BUF_INIT;
	struct keylist *list;
	size_t i;

	for (i = 0; i < n * DIGEST; i++) {
		if (i % DIGEST == 0)
			buf_str(&text, i % 64 == 0 ? "# \xc3\xa4\r\n" : "\n ");
		buf_printf(&text, i % 3 == 0 ? "%02X" : "%02x", digests[i]);
		if (i % DIGEST == DIGEST - 1)
			buf_str(&text, i % 64 == 31 ? "\n" : " # x\n");
	}
	must(!buf_failed(&text));
	list = open_list(buf_bytes(&text));
	must(list != NULL);
	must_hold(list, digests, n);
	keylist_close(list);
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len / DIGEST < DIGESTS_MAX ? len / DIGEST : DIGESTS_MAX;

	keylist_close(open_list(bytes_of(data, len)));
	if (n == 0)
		return 0;
	records(data, n);
	lines(data, n);
	return 0;
}
