/* SPDX-License-Identifier: ISC */
/* STARTTLS dialogues: what all protocols have in common. */
#include "net/starttls.h"

#include "base/text.h"
#include "net/starttls_private.h"

#define OUT_MAX 16384

void
starttls_init(struct starttls_dialogue *dialogue, enum starttls protocol,
    const char *host)
{
	*dialogue = (struct starttls_dialogue){ 0 };
	dialogue->protocol = protocol;
	dialogue->host = host;
	dialogue->state = S_OPEN;
	buf_init(&dialogue->in, STARTTLS_INPUT_MAX);
	buf_init(&dialogue->out, OUT_MAX);
}

void
starttls_release(struct starttls_dialogue *dialogue)
{
	buf_release(&dialogue->in);
	buf_release(&dialogue->out);
}

void
starttls_goto(struct starttls_dialogue *dialogue, enum starttls_state state)
{
	dialogue->state = (dialogue->state & ~STARTTLS_STATE) |
	    (unsigned)state;
}

void
starttls_snippet(struct bytes in, char out[STARTTLS_SNIPPET * 2])
{
	char one[TEXT_ESCAPE_SIZE];
	size_t len, at = 0;

	while (in.len > 0 && at < STARTTLS_SNIPPET) {
		len = text_clean_next(&in, one);
		memcpy(out + at, one, len);
		at += len;
	}
	memcpy(out + at, in.len > 0 ? "..." : "", in.len > 0 ? 4 : 1);
}

enum starttls_next
starttls_unexpected(const struct starttls_words *words, struct bytes got,
    struct err *err)
{
	char text[STARTTLS_SNIPPET * 2];

	/* An alert or a handshake record (RFC 8446 5.1). */
	if (got.len >= 2 && (got.data[0] == 0x15 || got.data[0] == 0x16) &&
	    got.data[1] == 3) {
		err_set(err, ERR_SYNTAX, "expected %s, got a TLS record: "
		    "the port speaks TLS from the start", words->expected);
		return STARTTLS_FAIL;
	}
	starttls_snippet(got, text);
	err_set(err, ERR_SYNTAX, "expected %s, got \"%s\"", words->expected,
	    text);
	return STARTTLS_FAIL;
}

enum starttls_next
starttls_refused(const struct starttls_words *words, struct bytes reason,
    struct err *err)
{
	char text[STARTTLS_SNIPPET * 2];

	starttls_snippet(reason, text);
	err_set(err, ERR_STARTTLS, "the server refuses %s: \"%s\"",
	    words->refused, text);
	return STARTTLS_FAIL;
}

enum starttls_next
starttls_not_offered(struct err *err)
{
	err_set(err, ERR_STARTTLS, "the server does not offer STARTTLS");
	return STARTTLS_FAIL;
}

enum starttls_next
starttls_go(struct starttls_dialogue *dialogue, enum starttls_next next,
    struct err *err)
{
	size_t n = dialogue->in.len;

	if (n > 0) {
		err_set(err, ERR_INJECTION, "%zu byte%s of plain text behind "
		    "the STARTTLS go-ahead", n, n == 1 ? "" : "s");
		return STARTTLS_FAIL;
	}
	starttls_goto(dialogue, S_DONE);
	return next;
}

static enum starttls_next
starttls_step(struct starttls_dialogue *dialogue, struct err *err)
{
	const struct starttls_text *text =
	    starttls_rules_find(dialogue->protocol);
	enum starttls_next next;

	if (dialogue->protocol == STARTTLS_NONE ||
	    (dialogue->state & STARTTLS_STATE) == S_DONE)
		next = starttls_go(dialogue, STARTTLS_READY, err);
	else if (text != NULL)
		next = starttls_text_step(dialogue, text, err);
	else
		next = starttls_binary_step(dialogue, err);
	if (next == STARTTLS_SEND && buf_failed(&dialogue->out)) {
		err_nomem(err);
		return STARTTLS_FAIL;
	}
	return next;
}

enum starttls_next
starttls_feed(struct starttls_dialogue *dialogue, struct bytes input,
    struct err *err)
{
	if (input.len > STARTTLS_INPUT_MAX - dialogue->seen) {
		err_set(err, ERR_LIMIT, "the server sends more than %d bytes "
		    "before TLS", STARTTLS_INPUT_MAX);
		return STARTTLS_FAIL;
	}
	dialogue->seen += input.len;
	if (input.len > 0)
		buf_add(&dialogue->in, input.data, input.len);
	if (buf_failed(&dialogue->in)) {
		err_nomem(err);
		return STARTTLS_FAIL;
	}
	return starttls_step(dialogue, err);
}

/* What is due in this state. */
static const char *
starttls_expected(const struct starttls_dialogue *dialogue)
{
	const struct starttls_text *text =
	    starttls_rules_find(dialogue->protocol);
	const struct starttls_words *words =
	    starttls_binary_words(dialogue->protocol);
	unsigned state = dialogue->state & STARTTLS_STATE;

	if (text != NULL)
		words = &text->words[state == S_OPEN ? text->first : state];
	return words == NULL || words->expected == NULL ? "anything" :
	    words->expected;
}

void
starttls_eof(struct starttls_dialogue *dialogue, struct err *err)
{
	const struct starttls_text *text =
	    starttls_rules_find(dialogue->protocol);
	const char *expected = starttls_expected(dialogue);
	bool opens = text == NULL ? starttls_binary_opens(dialogue->protocol) :
	    text->opening != NULL;

	/* A reply that was cut short may still say why. */
	dialogue->state |= STARTTLS_EOF;
	if (dialogue->in.len > 0 &&
	    starttls_step(dialogue, err) == STARTTLS_FAIL)
		return;
	/* Closed before either side said anything: ERR_CONNECT. */
	err_set(err, dialogue->seen == 0 && !opens ? ERR_CONNECT :
	    ERR_STARTTLS, "the server closed the connection instead of "
	    "sending %s", expected);
}
