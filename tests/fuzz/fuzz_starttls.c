/* SPDX-License-Identifier: ISC */
/*
 * A STARTTLS dialogue with a hostile server.  Byte 0 chooses the protocol,
 * byte 1 the size of the pieces (0: one), the rest is what the server says;
 * then it closes.  How it is cut into pieces makes no difference to whether
 * the handshake may begin, and one octet behind the go-ahead ends it.
 * The bytes are unwrapped as TDS packets too.
 */

#include <stdbool.h>

#include "base/text.h"
#include "net/starttls.h"
#include "fuzz.h"

static void
require_error(const struct err *err)
{
	struct bytes text = bytes_str(err->text);
	size_t i;

	must(err->kind != ERR_NONE && err->kind != ERR_INTERNAL);
	must(text.len > 0 && text_is_utf8(text));
	for (i = 0; i < text.len; i++)
		must(text.data[i] >= ' ' && text.data[i] != '|');
}

static enum starttls_next
feed(struct starttls_dialogue *dialogue, struct bytes in, struct err *err)
{
	enum starttls_next next = starttls_feed(dialogue, in, err);
	unsigned n;

	for (n = 0; next == STARTTLS_SEND; n++) {
		must(n < STARTTLS_LINES_MAX + 2 && dialogue->out.len > 0);
		buf_reset(&dialogue->out);
		next = starttls_feed(dialogue, bytes_of(NULL, 0), err);
	}
	return next;
}

static bool
may_begin(enum starttls_next next)
{
	return next == STARTTLS_READY || next == STARTTLS_WRAPPED;
}

/* What comes of it, and how much of the input until then. */
static enum starttls_next
fuzz_dialogue(enum starttls protocol, size_t piece, struct bytes in,
    size_t *used)
{
	struct starttls_dialogue dialogue;
	struct err err = ERR_INIT;
	enum starttls_next next;
	size_t n, len = in.len;

	starttls_init(&dialogue, protocol, "host.test");
	next = feed(&dialogue, bytes_of(NULL, 0), &err);
	while (next == STARTTLS_MORE && in.len > 0) {
		n = in.len < piece ? in.len : piece;
		next = feed(&dialogue, bytes_of(in.data, n), &err);
		in = bytes_of(in.data + n, in.len - n);
	}
	if (next == STARTTLS_MORE)
		starttls_eof(&dialogue, &err);
	if (may_begin(next))
		must(dialogue.in.len == 0);
	else
		require_error(&err);
	starttls_release(&dialogue);
	*used = len - in.len;
	return next;
}

static void
fuzz_pieces(enum starttls protocol, size_t piece, struct bytes in)
{
	enum starttls_next slow, fast;
	size_t used, ignored;

	slow = fuzz_dialogue(protocol, 1, in, &used);
	fast = fuzz_dialogue(protocol, piece, in, &ignored);
	if (!may_begin(slow)) {
		must(!may_begin(fast));
		return;
	}
	must(!may_begin(fast) || fast == slow);
	must(fuzz_dialogue(protocol, SIZE_MAX, bytes_of(in.data, used),
	    &ignored) == slow);
	/* Of what may begin at once nothing is read. */
	if (used == 0 || used == in.len)
		return;
	must(fuzz_dialogue(protocol, SIZE_MAX, in, &ignored) ==
	    STARTTLS_FAIL);
}

static void
fuzz_tds(struct bytes in)
{
	struct err err = ERR_INIT;
	struct bytes payload;
	size_t used;

	while (tds_unwrap(in, &payload, &used, &err) == 1) {
		must(used >= 8 && used <= in.len &&
		    payload.len + 8 == used);
		in = bytes_of(in.data + used, in.len - used);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in;

	if (len < 2)
		return 0;
	in = bytes_of(data + 2, len - 2);
	fuzz_pieces((enum starttls)(data[0] % STARTTLS_COUNT),
	    data[1] == 0 ? SIZE_MAX : data[1], in);
	fuzz_tds(in);
	return 0;
}
