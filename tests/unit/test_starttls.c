/* SPDX-License-Identifier: ISC */
/*
 * STARTTLS dialogues as transcripts: what the server says, what we must have
 * said by then, how it ends.  Each is played in whole replies and one byte at
 * a time; each good one is also cut off at every byte.
 */
#include "tap.h"

#include "base/alloc.h"
#include "net/starttls.h"
#include "starttls_transcripts.h"

#define TRANSCRIPTS (sizeof(transcripts) / sizeof(*transcripts))

/* Feeds what is there until it is used up: collects what we say. */
static enum starttls_next
feed(struct starttls_dialogue *dialogue, struct bytes in, struct buf *said,
    struct err *err)
{
	enum starttls_next next = starttls_feed(dialogue, in, err);

	while (next == STARTTLS_SEND) {
		buf_add(said, dialogue->out.data, dialogue->out.len);
		buf_reset(&dialogue->out);
		next = starttls_feed(dialogue, bytes_of(NULL, 0), err);
	}
	return next;
}

/* One turn of the server in pieces of at most `piece` bytes. */
static enum starttls_next
feed_turn(struct starttls_dialogue *dialogue, const struct turn *turn,
    size_t piece, struct buf *said, struct err *err)
{
	enum starttls_next next = STARTTLS_MORE;
	size_t at, n;
	char *copy;

	for (at = 0; at < turn->len && next == STARTTLS_MORE; at += n) {
		n = turn->len - at < piece ? turn->len - at : piece;
		/* of exactly its size, for the red zones */
		copy = malloc(n);
		if (copy == NULL)
			bail("out of memory");
		memcpy(copy, turn->data + at, n);
		next = feed(dialogue, bytes_of(copy, n), said, err);
		free(copy);
	}
	return next;
}

static void
play(const struct transcript *script, size_t piece)
{
	struct starttls_dialogue dialogue;
	struct buf said = BUF_INIT;
	struct err err = ERR_INIT;
	enum starttls_next next;
	const struct turn *turn;
	bool same = true;
	size_t i;

	starttls_init(&dialogue, script->protocol, "host.test");
	next = feed(&dialogue, bytes_of(NULL, 0), &said, &err);
	for (i = 0; script->turns[i].data != NULL; i++) {
		turn = &script->turns[i];
		if (i % 2 == 0) {
			same = same && bytes_eq(buf_bytes(&said),
			    bytes_of(turn->data, turn->len));
			buf_reset(&said);
		} else if (next == STARTTLS_MORE || turn->len == 1)
			next = feed_turn(&dialogue, turn, piece, &said, &err);
	}
	ok(same, "%s (%zu): what we say", script->name, piece);
	is_int(next, script->end, "%s (%zu): the end", script->name, piece);
	is_int(err.kind, script->kind, "%s (%zu): kind", script->name, piece);
	is_str(err.text, script->text, "%s (%zu): text", script->name, piece);
	starttls_release(&dialogue);
	buf_release(&said);
}

static void
test_transcripts(void)
{
	size_t i;

	for (i = 0; i < TRANSCRIPTS; i++) {
		play(&transcripts[i], 65536);
		if (transcripts[i].whole_only)
			continue;
		play(&transcripts[i], 1);
		play(&transcripts[i], 7);
	}
}

/* A byte at a time every transcript that fails still fails, or is ready
 * before the injected byte comes. */
static void
test_drip(void)
{
	struct starttls_dialogue dialogue;
	struct err err;
	struct buf said = BUF_INIT;
	enum starttls_next next;
	const struct transcript *script;
	size_t i, k;

	for (i = 0; i < TRANSCRIPTS; i++) {
		script = &transcripts[i];
		if (!script->whole_only)
			continue;
		err_clear(&err);
		starttls_init(&dialogue, script->protocol, "host.test");
		next = feed(&dialogue, bytes_of(NULL, 0), &said, &err);
		for (k = 1; next == STARTTLS_MORE && k <= TURNS &&
		    script->turns[k - 1].data != NULL &&
		    script->turns[k].data != NULL; k += 2)
			next = feed_turn(&dialogue, &script->turns[k], 1,
			    &said, &err);
		if (script->kind == ERR_INJECTION)
			ok(next == STARTTLS_READY || next == STARTTLS_WRAPPED,
			    "%s: ready before it comes", script->name);
		else
			ok(next == STARTTLS_FAIL || (err.kind == ERR_NONE &&
			    script->protocol == STARTTLS_POSTGRES),
			    "%s: fails as early", script->name);
		starttls_release(&dialogue);
	}
	buf_release(&said);
}

/* The server goes away after `left` bytes. */
static void
cut(const struct transcript *script, size_t left)
{
	struct starttls_dialogue dialogue;
	struct err err = ERR_INIT;
	struct buf said = BUF_INIT;
	struct turn turn;
	enum starttls_next next;
	size_t k, cut_at = left;

	starttls_init(&dialogue, script->protocol, "host.test");
	next = feed(&dialogue, bytes_of(NULL, 0), &said, &err);
	for (k = 1; next == STARTTLS_MORE && left > 0; k += 2) {
		turn = script->turns[k];
		turn.len = turn.len < left ? turn.len : left;
		left -= turn.len;
		next = feed_turn(&dialogue, &turn, 65536, &said, &err);
	}
	if (next != STARTTLS_MORE)
		fail("%s: cut at %zu: went on", script->name, cut_at);
	starttls_eof(&dialogue, &err);
	if ((err.kind != ERR_STARTTLS && err.kind != ERR_SYNTAX &&
	    (err.kind != ERR_CONNECT || cut_at > 0)) || *err.text == '\0')
		fail("%s: cut at %zu: %s", script->name, cut_at, err.text);
	starttls_release(&dialogue);
	buf_release(&said);
}

static void
test_cut(void)
{
	const struct transcript *script;
	size_t i, k, at, len;

	for (i = 0; i < TRANSCRIPTS; i++) {
		script = &transcripts[i];
		if (script->end == STARTTLS_FAIL)
			continue;
		for (len = 0, k = 1; k < TURNS &&
		    script->turns[k - 1].data != NULL &&
		    script->turns[k].data != NULL; k += 2)
			len += script->turns[k].len;
		for (at = 0; at < len; at++)
			cut(script, at);
		pass("%s: cut at each of %zu bytes", script->name, len);
	}
}

struct eof_case {
	enum starttls protocol;
	const char *said;
	enum err_kind kind;
	const char *text;
};

static const struct eof_case eof_cases[] = {
	{ STARTTLS_SMTP, "", ERR_CONNECT, "the server closed the connection "
	    "instead of sending an SMTP greeting" },
	{ STARTTLS_SMTP, "220 m", ERR_STARTTLS, "the server closed the "
	    "connection instead of sending an SMTP greeting" },
	{ STARTTLS_SMTP, "220 m\r\n", ERR_STARTTLS, "the server closed the "
	    "connection instead of sending an SMTP answer to EHLO" },
	{ STARTTLS_SMTP, "220 m\r\n250 STARTTLS\r\n", ERR_STARTTLS, "the "
	    "server closed the connection instead of sending an SMTP answer "
	    "to STARTTLS" },
	{ STARTTLS_SMTP, "554 go away", ERR_STARTTLS, "the server refuses "
	    "the connection: \"554 go away\"" },
	{ STARTTLS_SMTP, "SSH-2.0", ERR_SYNTAX, "expected an SMTP greeting, "
	    "got \"SSH-2.0\"" },
	{ STARTTLS_IRC, "", ERR_STARTTLS, "the server closed the connection "
	    "instead of sending an IRC answer to CAP LS" },
	{ STARTTLS_XMPP, "<stream:stream>", ERR_STARTTLS, "the server closed "
	    "the connection instead of sending XMPP stream features" },
	{ STARTTLS_POSTGRES, "", ERR_STARTTLS, "the server closed the "
	    "connection instead of sending a PostgreSQL answer to the "
	    "request for TLS" },
	{ STARTTLS_POSTGRES, "Esorry", ERR_STARTTLS, "the server refuses "
	    "TLS: \"sorry\"" },
	{ STARTTLS_POSTGRES, "E", ERR_STARTTLS, "the server refuses "
	    "TLS: \"E\"" },
	{ STARTTLS_MYSQL, "", ERR_CONNECT, "the server closed the connection "
	    "instead of sending a MySQL greeting" },
	{ STARTTLS_NONE, "", ERR_CONNECT, "the server closed the connection "
	    "instead of sending anything" },
};

static void
test_eof(void)
{
	struct starttls_dialogue dialogue;
	struct buf said = BUF_INIT;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(eof_cases) / sizeof(*eof_cases); i++) {
		err_clear(&err);
		starttls_init(&dialogue, eof_cases[i].protocol, NULL);
		feed(&dialogue, bytes_str(eof_cases[i].said), &said, &err);
		/* a client that opens hears nothing in its first step */
		starttls_eof(&dialogue, &err);
		is_int(err.kind, eof_cases[i].kind, "end of input %zu", i);
		is_str(err.text, eof_cases[i].text, "end of input %zu", i);
		starttls_release(&dialogue);
	}
	buf_release(&said);
}

/* Says the same for ever; returns the kind it ends with. */
static enum err_kind
endless(enum starttls protocol, const char *first, const char *again)
{
	struct starttls_dialogue dialogue;
	struct buf said = BUF_INIT;
	struct err err = ERR_INIT;
	enum starttls_next next;
	size_t n;

	starttls_init(&dialogue, protocol, "host.test");
	feed(&dialogue, bytes_of(NULL, 0), &said, &err);
	next = feed(&dialogue, bytes_str(first), &said, &err);
	for (n = 0; next == STARTTLS_MORE && n < 100000; n++) {
		next = feed(&dialogue, bytes_str(again), &said, &err);
		buf_reset(&said);
	}
	starttls_release(&dialogue);
	buf_release(&said);
	return next == STARTTLS_FAIL ? err.kind : ERR_NONE;
}

static void
test_endless(void)
{
	is_int(endless(STARTTLS_SMTP, "", "220-wait\r\n"), ERR_LIMIT,
	    "endless banner");
	is_int(endless(STARTTLS_SMTP, "", "220-wait"), ERR_LIMIT,
	    "endless line");
	is_int(endless(STARTTLS_FTP, "220-\r\n", "\n"), ERR_LIMIT,
	    "endless empty lines");
	is_int(endless(STARTTLS_IMAP, "* OK\r\n", "* 1 EXISTS\r\n"),
	    ERR_LIMIT, "endless untagged responses");
	is_int(endless(STARTTLS_IMAP, "* OK {60000}\r\n", "x"), ERR_LIMIT,
	    "a long literal");
	is_int(endless(STARTTLS_IRC, "", "PING 1\r\n"), ERR_LIMIT,
	    "endless pings");
	is_int(endless(STARTTLS_IRC, "", ":s NOTICE * :x\r\n"), ERR_LIMIT,
	    "endless notices");
	is_int(endless(STARTTLS_XMPP, "<stream>", "<a/>"), ERR_LIMIT,
	    "endless tags");
	is_int(endless(STARTTLS_XMPP, "<stream>", "text "), ERR_LIMIT,
	    "endless text");
	is_int(endless(STARTTLS_XMPP, "<stream a='", ">"), ERR_LIMIT,
	    "an endless attribute");
	is_int(endless(STARTTLS_SIEVE, "", "\"A\" \"b\"\r\n"), ERR_LIMIT,
	    "endless capabilities");
	is_int(endless(STARTTLS_POSTGRES, "EFATAL: ", "and "), ERR_LIMIT,
	    "an endless error");
	is_int(endless(STARTTLS_SMTP, "220-", "x"), ERR_LIMIT,
	    "an endless first line");
}

static void
test_escaping(void)
{
	struct starttls_dialogue dialogue;
	struct err err = ERR_INIT;

	starttls_init(&dialogue, STARTTLS_XMPP, "a'b<c>&\"d");
	is_int(starttls_feed(&dialogue, bytes_of(NULL, 0), &err),
	    STARTTLS_SEND, "the client opens the stream");
	ok(strstr(buf_text(&dialogue.out),
	    " to='a&#39;b&#60;c&#62;&#38;&#34;d'>") != NULL,
	    "the name is escaped for XML");
	starttls_release(&dialogue);
	starttls_init(&dialogue, STARTTLS_XMPP, NULL);
	starttls_feed(&dialogue, bytes_of(NULL, 0), &err);
	ok(strstr(buf_text(&dialogue.out), "to=") == NULL &&
	    strstr(buf_text(&dialogue.out), "version='1.0'>") != NULL,
	    "no name, no to=");
	starttls_release(&dialogue);
	starttls_init(&dialogue, STARTTLS_NONE, NULL);
	is_int(starttls_feed(&dialogue, bytes_of(NULL, 0), &err),
	    STARTTLS_READY, "no protocol: ready at once");
	starttls_release(&dialogue);
}

/* Every allocation fails once: FAIL with ERR_NOMEM, never a wrong READY. */
static void
test_nomem(void)
{
	struct starttls_dialogue dialogue;
	struct buf said = BUF_INIT;
	struct err err;
	enum starttls_next next = STARTTLS_FAIL;
	unsigned long nth;

	for (nth = 1; nth < 20 && next == STARTTLS_FAIL; nth++) {
		err_clear(&err);
		mem_fail_at(nth, 0);
		starttls_init(&dialogue, STARTTLS_POP3, NULL);
		next = starttls_feed(&dialogue, bytes_str("+OK\r\n"), &err);
		mem_fail_at(0, 0);
		if (next == STARTTLS_FAIL)
			is_int(err.kind, ERR_NOMEM, "allocation %lu", nth);
		starttls_release(&dialogue);
	}
	is_int(next, STARTTLS_SEND, "with memory it goes on");
	buf_release(&said);
}

static void
test_tds(void)
{
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	struct bytes in, payload;
	uint8_t data[9000];
	size_t i, used, total = 0;
	int r, packets = 0;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	is_int(tds_wrap(&out, bytes_of(NULL, 0)), 0, "nothing to wrap");
	is_uint(out.len, 0, "gives nothing");
	is_int(tds_wrap(&out, bytes_of("abc", 3)), 0, "three bytes");
	is_mem(out.data, "\x12\x01\x00\x0b\x00\x00\x00\x00" "abc", 11,
	    "one packet");
	buf_reset(&out);
	is_int(tds_wrap(&out, bytes_of(data, sizeof(data))), 0, "9000 bytes");
	for (in = buf_bytes(&out); in.len > 0; packets++) {
		r = tds_unwrap(in, &payload, &used, &err);
		if (r != 1 || memcmp(payload.data, data + total,
		    payload.len) != 0)
			break;
		ok(used <= 4096 && in.data[6] == packets &&
		    in.data[1] == (used == in.len), "packet %d", packets);
		total += payload.len;
		in = bytes_of(in.data + used, in.len - used);
	}
	is_int(packets, 3, "three packets");
	is_uint(total, sizeof(data), "all bytes");
	for (i = 0, r = 0; i < 11 && r == 0; i++)
		r = tds_unwrap(bytes_of("\x12\x01\x00\x0b\0\0\0\0abc", i),
		    &payload, &used, &err);
	is_uint(i, 11, "not before it is complete");
	is_int(tds_unwrap(bytes_of("\x12\x01\x00\x08\0\0\0\0x", 9), &payload,
	    &used, &err), 1, "an empty packet");
	is_uint(payload.len, 0, "has no payload");
	is_uint(used, 8, "but a header");
	is_int(tds_unwrap(bytes_of("\x12\x01\x00\x07\0\0\0\0", 8), &payload,
	    &used, &err), -1, "too short a length");
	is_int(err.kind, ERR_SYNTAX, "is malformed");
	is_int(tds_unwrap(bytes_of("\x16\x03\x01", 3), &payload, &used,
	    &err), -1, "a bare TLS record");
	is_str(err.text, "expected a TDS packet, got type 0x16", "says so");
	out.limit = 5;
	buf_reset(&out);
	is_int(tds_wrap(&out, bytes_of("abc", 3)), -1, "no room");
	buf_release(&out);
}

int
main(void)
{
	test_transcripts();
	test_drip();
	test_cut();
	test_eof();
	test_endless();
	test_escaping();
	test_nomem();
	test_tds();
	return tap_done();
}
