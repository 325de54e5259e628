/* SPDX-License-Identifier: ISC */
/* The text protocols: in this state, a reply like this means that. */
#include "net/starttls_private.h"

#define XMPP_TLS "urn:ietf:params:xml:ns:xmpp-tls"
#define XMPP_COMMAND "<starttls xmlns='" XMPP_TLS "'/>"

/* EHLO wants our name.  We send no mail and know no name that is better: an
 * address literal is correct by RFC 5321 4.1.4. */
#define OUR_NAME "[127.0.0.1]"

#define RULE_END { S_COUNT, NULL, NULL, SKIP, S_OPEN, NULL }

/* RFC 3207, RFC 5321 4.2. */
#define SMTP_RULES(hello) { \
	{ S_GREETING, "220-", NULL, SKIP, S_OPEN, NULL }, \
	{ S_GREETING, "220", NULL, SEND, S_HELLO, \
	    hello " " OUR_NAME "\r\n" }, \
	{ S_HELLO, "250-STARTTLS", NULL, MARK, S_OPEN, NULL }, \
	{ S_HELLO, "250 STARTTLS", NULL, SEND, S_COMMAND, "STARTTLS\r\n" }, \
	{ S_HELLO, "250-", NULL, SKIP, S_OPEN, NULL }, \
	{ S_HELLO, "250", NULL, SEND_IF, S_COMMAND, "STARTTLS\r\n" }, \
	{ S_COMMAND, "220-", NULL, SKIP, S_OPEN, NULL }, \
	{ S_COMMAND, "220", NULL, READY, S_OPEN, NULL }, \
	{ S_ANY, "4##", NULL, REFUSE, S_OPEN, NULL }, \
	{ S_ANY, "5##", NULL, REFUSE, S_OPEN, NULL }, \
	RULE_END \
}

static const struct starttls_rule smtp_rules[] =
    SMTP_RULES("EHLO");
static const struct starttls_rule lmtp_rules[] =	/* RFC 2033 */
    SMTP_RULES("LHLO");

/* RFC 9051 (RFC 3501) 6.2.1 and 7.1. */
static const struct starttls_rule imap_rules[] = {
	{ S_ANY, "* BYE", NULL, REFUSE, S_OPEN, NULL },
	{ S_GREETING, "* OK", NULL, SEND, S_HELLO, "a001 CAPABILITY\r\n" },
	{ S_GREETING, "* PREAUTH", NULL, REFUSE, S_OPEN, NULL },
	{ S_HELLO, "* CAPABILITY", "STARTTLS", MARK, S_OPEN, NULL },
	{ S_HELLO, "* ", NULL, SKIP, S_OPEN, NULL },
	{ S_HELLO, "a001 OK", NULL, SEND_IF, S_COMMAND, "a002 STARTTLS\r\n" },
	{ S_HELLO, "a001 NO", NULL, REFUSE, S_OPEN, NULL },
	{ S_HELLO, "a001 BAD", NULL, REFUSE, S_OPEN, NULL },
	{ S_COMMAND, "* ", NULL, SKIP, S_OPEN, NULL },
	{ S_COMMAND, "a002 OK", NULL, READY, S_OPEN, NULL },
	{ S_COMMAND, "a002 NO", NULL, REFUSE, S_OPEN, NULL },
	{ S_COMMAND, "a002 BAD", NULL, REFUSE, S_OPEN, NULL },
	RULE_END
};

/* RFC 2595 4: CAPA is optional, so STLS is just tried. */
static const struct starttls_rule pop3_rules[] = {
	{ S_GREETING, "+OK", NULL, SEND, S_COMMAND, "STLS\r\n" },
	{ S_COMMAND, "+OK", NULL, READY, S_OPEN, NULL },
	{ S_ANY, "-ERR", NULL, REFUSE, S_OPEN, NULL },
	RULE_END
};

/* RFC 4217 4.1; replies of several lines: RFC 959 4.2. */
static const struct starttls_rule ftp_rules[] = {
	{ S_GREETING, "120", NULL, SKIP, S_OPEN, NULL },
	{ S_GREETING, "220-", NULL, GOTO, S_GREETING_MORE, NULL },
	{ S_GREETING, "220", NULL, SEND, S_COMMAND, "AUTH TLS\r\n" },
	{ S_GREETING_MORE, "220", NULL, SEND, S_COMMAND, "AUTH TLS\r\n" },
	{ S_GREETING_MORE, "", NULL, SKIP, S_OPEN, NULL },
	{ S_COMMAND, "234-", NULL, GOTO, S_COMMAND_MORE, NULL },
	{ S_COMMAND, "234", NULL, READY, S_OPEN, NULL },
	{ S_COMMAND_MORE, "234", NULL, READY, S_OPEN, NULL },
	{ S_COMMAND_MORE, "", NULL, SKIP, S_OPEN, NULL },
	{ S_ANY, "4##", NULL, REFUSE, S_OPEN, NULL },
	{ S_ANY, "5##", NULL, REFUSE, S_OPEN, NULL },
	RULE_END
};

/* RFC 5804 1.7 and 2.2. */
static const struct starttls_rule sieve_rules[] = {
	{ S_GREETING, "\"STARTTLS\"", NULL, MARK, S_OPEN, NULL },
	{ S_GREETING, "\"", NULL, SKIP, S_OPEN, NULL },
	{ S_GREETING, "{", NULL, SKIP, S_OPEN, NULL },
	{ S_GREETING, "OK", NULL, SEND_IF, S_COMMAND, "STARTTLS\r\n" },
	{ S_COMMAND, "OK", NULL, READY, S_OPEN, NULL },
	{ S_ANY, "NO", NULL, REFUSE, S_OPEN, NULL },
	{ S_ANY, "BYE", NULL, REFUSE, S_OPEN, NULL },
	RULE_END
};

/* RFC 4642 2.2; greetings: RFC 3977 5.1. */
static const struct starttls_rule nntp_rules[] = {
	{ S_GREETING, "200", NULL, SEND, S_COMMAND, "STARTTLS\r\n" },
	{ S_GREETING, "201", NULL, SEND, S_COMMAND, "STARTTLS\r\n" },
	{ S_COMMAND, "382", NULL, READY, S_OPEN, NULL },
	{ S_ANY, "4##", NULL, REFUSE, S_OPEN, NULL },
	{ S_ANY, "5##", NULL, REFUSE, S_OPEN, NULL },
	RULE_END
};

/*
 * IRCv3 capability negotiation and its STARTTLS extension (tls-3.1): 670 is
 * the go-ahead, 691 a refusal.  A server that does not know CAP (410, 421,
 * 451, 461) may know STARTTLS all the same.  Numerics have a prefix (RFC 1459
 * 2.4); those that only keep us informed are skipped.
 */
static const struct starttls_rule irc_rules[] = {
	{ S_ANY, "PING", NULL, PONG, S_OPEN, NULL },
	{ S_ANY, "ERROR", NULL, REFUSE, S_OPEN, NULL },
	{ S_ANY, "NOTICE", NULL, SKIP, S_OPEN, NULL },
	{ S_ANY, ":NOTICE", NULL, SKIP, S_OPEN, NULL },
	{ S_HELLO, ":CAP @ LS * :", "tls", MARK, S_OPEN, NULL },
	{ S_HELLO, ":CAP @ LS * :", NULL, SKIP, S_OPEN, NULL },
	{ S_HELLO, ":CAP @ LS", "tls", SEND, S_COMMAND, "STARTTLS\r\n" },
	{ S_HELLO, ":CAP @ LS", NULL, SEND_IF, S_COMMAND, "STARTTLS\r\n" },
	{ S_HELLO, ":410", NULL, SEND, S_COMMAND, "STARTTLS\r\n" },
	{ S_HELLO, ":421", NULL, SEND, S_COMMAND, "STARTTLS\r\n" },
	{ S_HELLO, ":451", NULL, SEND, S_COMMAND, "STARTTLS\r\n" },
	{ S_HELLO, ":461", NULL, SEND, S_COMMAND, "STARTTLS\r\n" },
	{ S_COMMAND, ":670", NULL, READY, S_OPEN, NULL },
	{ S_COMMAND, ":691", NULL, REFUSE, S_OPEN, NULL },
	{ S_COMMAND, ":421", NULL, REFUSE, S_OPEN, NULL },
	{ S_COMMAND, ":451", NULL, REFUSE, S_OPEN, NULL },
	{ S_COMMAND, ":462", NULL, REFUSE, S_OPEN, NULL },
	{ S_ANY, ":###", NULL, SKIP, S_OPEN, NULL },
	RULE_END
};

/*
 * RFC 6120 4.2, 4.9 and 5.4.  Names come without prefix; "/" in front is an
 * end tag, "/" as a word an element without content.  Comments and document
 * types are not allowed (11.1) and match nothing.
 */
static const struct starttls_rule xmpp_rules[] = {
	{ S_GREETING, "?xml", NULL, SKIP, S_OPEN, NULL },
	{ S_GREETING, "stream", NULL, GOTO, S_HELLO, NULL },
	{ S_ERROR, "", NULL, REFUSE, S_OPEN, NULL },
	{ S_ANY, "!", NULL, WRONG, S_OPEN, NULL },
	{ S_ANY, "error", NULL, GOTO, S_ERROR, NULL },
	{ S_ANY, "/stream", NULL, REFUSE, S_OPEN, NULL },
	{ S_HELLO, "features", "/", LACKS, S_OPEN, NULL },
	{ S_HELLO, "starttls", XMPP_TLS, MARK, S_OPEN, NULL },
	{ S_HELLO, "/features", NULL, SEND_IF, S_COMMAND, XMPP_COMMAND },
	{ S_HELLO, "", NULL, SKIP, S_OPEN, NULL },
	{ S_COMMAND, "proceed", "/", READY, S_OPEN, NULL },
	{ S_COMMAND, "proceed", NULL, GOTO, S_COMMAND_MORE, NULL },
	{ S_COMMAND, "failure", NULL, REFUSE, S_OPEN, NULL },
	{ S_COMMAND_MORE, "/proceed", NULL, READY, S_OPEN, NULL },
	RULE_END
};

#define XMPP_OPENING(kind) "<?xml version='1.0'?><stream:stream xmlns='" \
	kind "' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'"

#define XMPP_WORDS { \
	[S_GREETING] = { "an XMPP stream", "the connection" }, \
	[S_HELLO] = { "XMPP stream features", "the stream" }, \
	[S_COMMAND] = { "an XMPP answer to starttls", "STARTTLS" }, \
	[S_COMMAND_MORE] = { "the end of proceed", "STARTTLS" }, \
	[S_ERROR] = { "an XMPP stream error", "the stream" } \
}

#define WORDS(protocol, hello, command) { \
	[S_GREETING] = { protocol " greeting", "the connection" }, \
	[S_GREETING_MORE] = { protocol " greeting", "the connection" }, \
	[S_HELLO] = { protocol " answer to " hello, hello }, \
	[S_COMMAND] = { protocol " answer to " command, command }, \
	[S_COMMAND_MORE] = { protocol " answer to " command, command } \
}

static const struct starttls_text starttls_rules[STARTTLS_COUNT] = {
	[STARTTLS_SMTP] = { REPLY_LINE, NULL, S_GREETING,
	    WORDS("an SMTP", "EHLO", "STARTTLS"), smtp_rules },
	[STARTTLS_LMTP] = { REPLY_LINE, NULL, S_GREETING,
	    WORDS("an LMTP", "LHLO", "STARTTLS"), lmtp_rules },
	[STARTTLS_IMAP] = { REPLY_LITERAL, NULL, S_GREETING,
	    WORDS("an IMAP", "CAPABILITY", "STARTTLS"), imap_rules },
	[STARTTLS_POP3] = { REPLY_LINE, NULL, S_GREETING,
	    WORDS("a POP3", "CAPA", "STLS"), pop3_rules },
	[STARTTLS_FTP] = { REPLY_LINE, NULL, S_GREETING,
	    WORDS("an FTP", "FEAT", "AUTH TLS"), ftp_rules },
	[STARTTLS_SIEVE] = { REPLY_LITERAL, NULL, S_GREETING,
	    WORDS("a ManageSieve", "CAPABILITY", "STARTTLS"), sieve_rules },
	[STARTTLS_NNTP] = { REPLY_LINE, NULL, S_GREETING,
	    WORDS("an NNTP", "CAPABILITIES", "STARTTLS"), nntp_rules },
	[STARTTLS_IRC] = { REPLY_LINE, "CAP LS 302\r\n", S_HELLO,
	    WORDS("an IRC", "CAP LS", "STARTTLS"), irc_rules },
	[STARTTLS_XMPP] = { REPLY_TAG, XMPP_OPENING("jabber:client"),
	    S_GREETING, XMPP_WORDS, xmpp_rules },
	[STARTTLS_XMPP_SERVER] = { REPLY_TAG, XMPP_OPENING("jabber:server"),
	    S_GREETING, XMPP_WORDS, xmpp_rules },
};

const struct starttls_text *
starttls_rules_find(enum starttls protocol)
{
	if (protocol >= STARTTLS_COUNT ||
	    starttls_rules[protocol].rules == NULL)
		return NULL;
	return &starttls_rules[protocol];
}
