/* SPDX-License-Identifier: ISC */
/*
 * The interpreter of the rules in starttls_rules.c.  A reply is a line, or,
 * in XMPP, a tag; the first rule of the present state that matches it holds.
 */
#include "base/text.h"
#include "net/starttls_private.h"

#define REPLY_MAX 8192		/* longest line, longest tag */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Part of a word for the rules: letter, digit, '-'. */
static bool
is_word(char c)
{
	c = text_lower(c);
	return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct bytes
bytes_from(struct bytes in, size_t n)
{
	return bytes_of(in.data + n, in.len - n);
}

/* Takes what a character of a pattern stands for off the front of reply. */
static bool
match_one(char pattern, struct bytes *reply)
{
	size_t n = 0;
	bool same;

	if (reply->len == 0)
		return false;
	if (pattern == '@') {
		while (n < reply->len && reply->data[n] != ' ')
			n++;
		*reply = bytes_from(*reply, n);
		return n > 0;
	}
	same = pattern == '#' ? is_digit((char)reply->data[0]) :
	    text_lower(pattern) == text_lower((char)reply->data[0]);
	if (same)
		*reply = bytes_from(*reply, 1);
	return same;
}

/* Takes the ":server " off the front of an IRC message. */
static bool
match_source(struct bytes *reply)
{
	return match_one(':', reply) && match_one('@', reply) &&
	    match_one(' ', reply);
}

static bool
match_prefix(const char *pattern, struct bytes reply)
{
	char last = ' ';

	if (*pattern == ':') {
		if (!match_source(&reply))
			return false;
		pattern++;
	}
	for (; *pattern != '\0'; pattern++) {
		if (!match_one(*pattern, &reply))
			return false;
		last = *pattern;
	}
	return last == '-' || !is_word(last) || reply.len == 0 ||
	    !is_word((char)reply.data[0]);
}

static bool
same_text(const char *word, const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text_lower(word[i]) != text_lower((char)data[i]))
			return false;
	return true;
}

/* No letter, digit, '-' or '/' at i, or behind the end. */
static bool
is_border(struct bytes reply, size_t i)
{
	return i >= reply.len ||
	    (!is_word((char)reply.data[i]) && reply.data[i] != '/');
}

/* Does the word stand in the reply, with a border on either side? */
static bool
match_word(const char *word, struct bytes reply)
{
	size_t i, len = strlen(word);

	if (*word == '/')
		return reply.len > 0 && reply.data[reply.len - 1] == '/';
	for (i = 0; i + len <= reply.len; i++)
		if (same_text(word, reply.data + i, len) &&
		    (i == 0 || is_border(reply, i - 1)) &&
		    is_border(reply, i + len))
			return true;
	return false;
}

static const struct starttls_rule *
find_rule(const struct starttls_rule *rule, unsigned state, struct bytes reply)
{
	for (; rule->match != NULL; rule++)
		if (((unsigned)rule->state == state || rule->state == S_ANY) &&
		    match_prefix(rule->match, reply) &&
		    (rule->word == NULL || match_word(rule->word, reply)))
			return rule;
	return NULL;
}

/* {N} or {N+} at the end of a line: N bytes follow the line.  0: none. */
static size_t
literal_size(const char *line, size_t len)
{
	size_t n = 0, unit = 1;

	if (len == 0 || line[--len] != '}')
		return 0;
	if (len > 0 && line[len - 1] == '+')
		len--;
	for (; len > 0 && is_digit(line[len - 1]); len--) {
		if (unit > STARTTLS_INPUT_MAX)
			return 0;
		n += unit * (size_t)(line[len - 1] - '0');
		unit *= 10;
	}
	return len > 0 && line[len - 1] == '{' ? n : 0;
}

/*
 * A line whose end has not come: is it to be read as it is?  At the end of
 * input, and when its first byte is one that no text protocol begins with:
 * waiting for the rest would be waiting for nothing.
 */
static bool
is_final(const struct starttls_dialogue *dialogue)
{
	unsigned char c = (unsigned char)dialogue->in.data[0];

	if ((dialogue->state & STARTTLS_EOF) != 0)
		return true;
	return dialogue->lines == 0 &&
	    (c > '~' || (c < ' ' && !is_blank((char)c)));
}

/*
 * The next line: returns how many bytes it takes, 0 when it is not complete.
 * The reply is the line without its end; literals are passed over.
 */
static size_t
take_line(const struct starttls_dialogue *dialogue, bool literals,
    struct bytes *reply)
{
	const struct buf *in = &dialogue->in;
	size_t from = 0, len, more;
	const char *end;

	while (from <= in->len) {
		end = memchr(in->data + from, '\n', in->len - from);
		if (end == NULL)
			break;
		len = (size_t)(end - in->data) - from;
		if (len > 0 && end[-1] == '\r')
			len--;
		if (from == 0)
			*reply = bytes_of(in->data, len);
		more = literals ? literal_size(in->data + from, len) : 0;
		from = (size_t)(end - in->data) + 1 + more;
		if (more == 0)
			return from;
	}
	if (!is_final(dialogue))
		return 0;
	*reply = bytes_of(in->data, in->len);
	return in->len;
}

/* Where the '>' of the tag at `at` is; one in quotes is none.  0: not yet. */
static size_t
tag_end(const struct buf *in, size_t at)
{
	char quote = '\0';

	for (; at < in->len; at++) {
		if (quote != '\0') {
			if (in->data[at] == quote)
				quote = '\0';
		} else if (in->data[at] == '"' || in->data[at] == '\'')
			quote = in->data[at];
		else if (in->data[at] == '>')
			return at;
	}
	return 0;
}

/* Cuts the prefix out of the name of the tag at `at`; returns its start. */
static size_t
tag_start(struct buf *in, size_t at, size_t end)
{
	bool closes = in->data[at] == '/';
	size_t i;

	for (i = at; i < end && !is_blank(in->data[i]); i++)
		if (in->data[i] == ':')
			break;
	if (i == end || in->data[i] != ':')
		return at;
	if (!closes)
		return i + 1;
	in->data[i] = '/';
	return i;
}

/*
 * The next tag, like take_line.  The reply is what is between '<' and '>'.
 * Text between tags is passed over within the features (RFC 6120 4.3.2);
 * elsewhere it is the reply, and wrong.
 */
static size_t
take_tag(struct starttls_dialogue *dialogue, struct bytes *reply)
{
	struct buf *in = &dialogue->in;
	bool text = false;
	size_t at, end;

	for (at = 0; at < in->len && in->data[at] != '<'; at++)
		text = text || !is_blank(in->data[at]);
	if (text && (dialogue->state & STARTTLS_STATE) != S_HELLO) {
		*reply = bytes_of(in->data, in->len);
		return in->len;
	}
	end = tag_end(in, at);
	if (end == 0)
		return 0;
	at = tag_start(in, at + 1, end);
	*reply = bytes_of(in->data + at, end - at);
	return end + 1;
}

/* The next reply: 1 with its size in *used, 0 when more is needed, -1. */
static int
take_reply(struct starttls_dialogue *dialogue, enum starttls_reply kind,
    struct bytes *reply, size_t *used, struct err *err)
{
	if (dialogue->in.len == 0)
		return 0;
	*used = kind == REPLY_TAG ? take_tag(dialogue, reply) :
	    take_line(dialogue, kind == REPLY_LITERAL, reply);
	if ((*used == 0 ? dialogue->in.len : *used) > REPLY_MAX)
		return err_set(err, ERR_LIMIT, "the server sends a line "
		    "longer than %d bytes", REPLY_MAX);
	if (*used == 0)
		return 0;
	if (++dialogue->lines > STARTTLS_LINES_MAX)
		return err_set(err, ERR_LIMIT, "the server sends more than "
		    "%d lines before TLS", STARTTLS_LINES_MAX);
	return 1;
}

static enum starttls_next
send_text(struct starttls_dialogue *dialogue, const struct starttls_rule *rule)
{
	buf_str(&dialogue->out, rule->send);
	starttls_goto(dialogue, rule->next);
	return STARTTLS_SEND;
}

/* "PING :x" is answered "PONG :x" (RFC 2812 3.7.2). */
static enum starttls_next
send_pong(struct starttls_dialogue *dialogue, struct bytes ping)
{
	buf_str(&dialogue->out, "PONG");
	buf_add(&dialogue->out, ping.data + 4, ping.len - 4);
	buf_str(&dialogue->out, "\r\n");
	return STARTTLS_SEND;
}

static enum starttls_next
refuse(const struct starttls_text *protocol,
    const struct starttls_words *words, struct bytes reply, struct err *err)
{
	size_t n = 1;

	/* Of a tag the name says it all: host-unknown. */
	if (protocol->reply == REPLY_TAG) {
		while (n < reply.len && is_word((char)reply.data[n]))
			n++;
		reply.len = n < reply.len ? n : reply.len;
	}
	return starttls_refused(words, reply, err);
}

/* What the rule makes of a reply; the reply is still in dialogue->in. */
static enum starttls_next
apply(struct starttls_dialogue *dialogue, const struct starttls_text *protocol,
    struct bytes reply, struct err *err)
{
	unsigned state = dialogue->state & STARTTLS_STATE;
	const struct starttls_rule *rule =
	    find_rule(protocol->rules, state, reply);

	switch (rule == NULL ? WRONG : rule->act) {
	case SKIP:
		return STARTTLS_MORE;
	case MARK:
		dialogue->state |= STARTTLS_MARK;
		return STARTTLS_MORE;
	case GOTO:
		starttls_goto(dialogue, rule->next);
		return STARTTLS_MORE;
	case SEND_IF:
		if ((dialogue->state & STARTTLS_MARK) == 0)
			return starttls_not_offered(err);
		return send_text(dialogue, rule);
	case SEND:
		return send_text(dialogue, rule);
	case PONG:
		return send_pong(dialogue, reply);
	case READY:
		return STARTTLS_READY;
	case REFUSE:
		return refuse(protocol, &protocol->words[state], reply, err);
	case LACKS:
		return starttls_not_offered(err);
	case WRONG:
		break;
	}
	return starttls_unexpected(&protocol->words[state], reply, err);
}

/* Text from the user as an XML attribute in single quotes. */
static void
add_attribute(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, " %s='", name);
	for (; *value != '\0'; value++) {
		if (strchr("&<>'\"", *value) != NULL)
			buf_printf(out, "&#%d;", *value);
		else
			buf_char(out, *value);
	}
	buf_char(out, '\'');
}

static enum starttls_next
open_dialogue(struct starttls_dialogue *dialogue,
    const struct starttls_text *protocol)
{
	struct buf *out = &dialogue->out;

	starttls_goto(dialogue, protocol->first);
	if (protocol->opening == NULL)
		return STARTTLS_MORE;
	buf_str(out, protocol->opening);
	if (protocol->reply == REPLY_TAG) {
		if (dialogue->host != NULL && *dialogue->host != '\0')
			add_attribute(out, "to", dialogue->host);
		buf_char(out, '>');
	}
	return STARTTLS_SEND;
}

enum starttls_next
starttls_text_step(struct starttls_dialogue *dialogue,
    const struct starttls_text *protocol, struct err *err)
{
	enum starttls_next next = STARTTLS_MORE;
	struct bytes reply = { NULL, 0 };
	size_t used;
	int r;

	if ((dialogue->state & STARTTLS_STATE) == S_OPEN)
		next = open_dialogue(dialogue, protocol);
	while (next == STARTTLS_MORE) {
		r = take_reply(dialogue, protocol->reply, &reply, &used, err);
		if (r != 1)
			return r == 0 ? STARTTLS_MORE : STARTTLS_FAIL;
		next = apply(dialogue, protocol, reply, err);
		buf_consume(&dialogue->in, used);
	}
	if (next == STARTTLS_READY)
		return starttls_go(dialogue, next, err);
	return next;
}
