/* SPDX-License-Identifier: ISC */
/*
 * The transcripts of test_starttls.c: per protocol whole, refused, not
 * offered, injected, garbage.
 */
#ifndef TESTS_UNIT_STARTTLS_TRANSCRIPTS_H
#define TESTS_UNIT_STARTTLS_TRANSCRIPTS_H

#include "net/starttls.h"

#define TURNS 8
#define T(text) { text, sizeof(text) - 1 }
#define END { NULL, 0 }

struct turn {
	const char *data;
	size_t len;
};

/* Turns alternate: the client's (may be empty), the server's, ... */
struct transcript {
	const char *name;
	enum starttls protocol;
	struct turn turns[TURNS + 1];
	enum starttls_next end;
	enum err_kind kind;
	const char *text;	/* of the error, exactly */
	bool whole_only;	/* a byte at a time it ends otherwise */
};

#define GOOD(name, protocol, ...) \
	{ name, protocol, { __VA_ARGS__, END }, STARTTLS_READY, ERR_NONE, \
	    "", false }
#define BAD(name, protocol, kind, text, ...) \
	{ name, protocol, { __VA_ARGS__, END }, STARTTLS_FAIL, kind, text, \
	    false }
#define INJECTED(name, protocol, text, ...) \
	{ name, protocol, { __VA_ARGS__, END }, STARTTLS_FAIL, \
	    ERR_INJECTION, text, true }
/* Judged by what has arrived: a byte at a time it says less. */
#define GARBAGE(name, protocol, text, ...) \
	{ name, protocol, { __VA_ARGS__, END }, STARTTLS_FAIL, ERR_SYNTAX, \
	    text, true }

#define NONE T("")
#define EHLO T("EHLO [127.0.0.1]\r\n")
#define LHLO T("LHLO [127.0.0.1]\r\n")
#define COMMAND T("STARTTLS\r\n")
#define NOT_OFFERED "the server does not offer STARTTLS"
#define ONE_BYTE "1 byte of plain text behind the STARTTLS go-ahead"
#define TLS_ALERT "\x15\x03\x03\x00\x02\x02\x28"

#define XMPP_OPEN(kind) T("<?xml version='1.0'?><stream:stream xmlns='" kind \
	"' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' " \
	"to='host.test'>")
#define CLIENT XMPP_OPEN("jabber:client")
#define SERVER XMPP_OPEN("jabber:server")
#define XMPP_NS "urn:ietf:params:xml:ns:xmpp-tls"
#define XMPP_COMMAND T("<starttls xmlns='" XMPP_NS "'/>")
#define XMPP_STREAM "<?xml version='1.0'?>\n<stream:stream id=\"a>b\" " \
	"xmlns='jabber:client' version='1.0' from='host.test'>"

#define LDAP_OPEN T("\x30\x1d\x02\x01\x01\x77\x18\x80\x16" \
	"1.3.6.1.4.1.1466.20037")
#define LDAP_OK "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"

#define PG_OPEN T("\x00\x00\x00\x08\x04\xd2\x16\x2f")

#define MYSQL_GREETING(flags) "\x0a" "8.0.36\0" "\x07\x00\x00\x00" \
	"12345678\0" flags "\xff\x02\x00\xff\xdf\x15" "\0\0\0\0\0\0\0\0\0\0" \
	"abcdefghijkl\0" "caching_sha2_password\0"
#define MYSQL_REQUEST T("\x20\x00\x00\x01\x01\x8a\x00\x00\x00\x00\x00\x01" \
	"\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")

#define TDS_OPEN T("\x12\x01\x00\x2f\x00\x00\x00\x00\x00\x00\x1a\x00\x06" \
	"\x01\x00\x20\x00\x01\x02\x00\x21\x00\x01\x03\x00\x22\x00\x04" \
	"\x04\x00\x26\x00\x01\xff\x09\x00\x00\x00\x00\x00\x01\x00" \
	"\x00\x00\x00\x00\x00")
#define TDS_ANSWER(mode) "\x04\x01\x00\x1a\x00\x00\x01\x00" \
	"\x00\x00\x0b\x00\x06" "\x01\x00\x11\x00\x01" "\xff" \
	"\x10\x00\x0f\xa0\x00\x00" mode

#define RDP_OPEN T("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00" \
	"\x01\x00\x08\x00\x03\x00\x00\x00")
#define RDP_ANSWER(negotiation) "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34" \
	"\x00" negotiation

static const struct transcript transcripts[] = {
	/* SMTP */
	GOOD("smtp", STARTTLS_SMTP, NONE, T("220 mx ESMTP\r\n"), EHLO,
	    T("250-mx\r\n250-SIZE 1\r\n250-STARTTLS\r\n250 HELP\r\n"),
	    COMMAND, T("220 go ahead\r\n")),
	GOOD("smtp, banner of several lines", STARTTLS_SMTP, NONE,
	    T("220-mx\r\n220-no spam\r\n220 ESMTP\r\n"), EHLO,
	    T("250-mx\r\n250 starttls\r\n"), COMMAND,
	    T("220-well\r\n220 go\r\n")),
	GOOD("smtp, bare line feeds and no text", STARTTLS_SMTP, NONE,
	    T("220\n"), EHLO, T("250-STARTTLS\n250\n"), COMMAND, T("220\n")),
	BAD("smtp, refused in the greeting", STARTTLS_SMTP, ERR_STARTTLS,
	    "the server refuses the connection: \"554 5.7.1 no\\x1b[31m\"",
	    NONE, T("554 5.7.1 no\x1b[31m\r\n")),
	BAD("smtp, busy", STARTTLS_SMTP, ERR_STARTTLS,
	    "the server refuses the connection: \"421-too many\"", NONE,
	    T("421-too many\r\n421 connections\r\n")),
	BAD("smtp, EHLO refused", STARTTLS_SMTP, ERR_STARTTLS,
	    "the server refuses EHLO: \"502 what?\"", NONE, T("220 mx\r\n"),
	    EHLO, T("502 what?\r\n")),
	BAD("smtp, not offered", STARTTLS_SMTP, ERR_STARTTLS, NOT_OFFERED,
	    NONE, T("220 mx\r\n"), EHLO,
	    T("250-mx\r\n250-STARTTLSX\r\n250-X-STARTTLS\r\n250 SIZE\r\n")),
	BAD("smtp, not now", STARTTLS_SMTP, ERR_STARTTLS,
	    "the server refuses STARTTLS: \"454 TLS not available\"", NONE,
	    T("220 mx\r\n"), EHLO, T("250 STARTTLS\r\n"), COMMAND,
	    T("454 TLS not available\r\n")),
	INJECTED("smtp, injected", STARTTLS_SMTP,
	    "16 bytes of plain text behind the STARTTLS go-ahead", NONE,
	    T("220 mx\r\n"), EHLO, T("250 STARTTLS\r\n"), COMMAND,
	    T("220 go\r\n250-mx\r\n250 HELP")),
	INJECTED("smtp, one line feed injected", STARTTLS_SMTP, ONE_BYTE,
	    NONE, T("220 mx\r\n"), EHLO, T("250 STARTTLS\r\n"), COMMAND,
	    T("220 go\r\n\n")),
	BAD("smtp, another protocol", STARTTLS_SMTP, ERR_SYNTAX,
	    "expected an SMTP greeting, got \"SSH-2.0-OpenSSH_9.2\"", NONE,
	    T("SSH-2.0-OpenSSH_9.2\r\n")),
	BAD("smtp, hostile words", STARTTLS_SMTP, ERR_SYNTAX,
	    "expected an SMTP greeting, got \"a\\x7cb\\x00c\"", NONE,
	    T("a|b\0c\r\n")),
	BAD("smtp, a number of four digits", STARTTLS_SMTP, ERR_SYNTAX,
	    "expected an SMTP greeting, got \"2200 x\"", NONE,
	    T("2200 x\r\n")),
	BAD("smtp, an empty line", STARTTLS_SMTP, ERR_SYNTAX,
	    "expected an SMTP greeting, got \"\"", NONE, T("\r\n")),
	GARBAGE("smtp, TLS from the start", STARTTLS_SMTP,
	    "expected an SMTP greeting, got a TLS record: the port speaks "
	    "TLS from the start", NONE, T(TLS_ALERT)),
	GARBAGE("smtp, telnet", STARTTLS_SMTP,
	    "expected an SMTP greeting, got \"\\xff\\xfd\\x18\"", NONE,
	    T("\xff\xfd\x18")),
	BAD("smtp, a MySQL server", STARTTLS_SMTP, ERR_SYNTAX,
	    "expected an SMTP greeting, got \"J\\x00\\x00\\x00\"", NONE,
	    T("J\0\0\0\n8.0.36\0")),
	BAD("smtp, garbage after EHLO", STARTTLS_SMTP, ERR_SYNTAX,
	    "expected an SMTP answer to EHLO, got \"220 again\"", NONE,
	    T("220 mx\r\n"), EHLO, T("220 again\r\n")),

	/* LMTP */
	GOOD("lmtp", STARTTLS_LMTP, NONE, T("220 mx LMTP\r\n"), LHLO,
	    T("250-mx\r\n250 STARTTLS\r\n"), COMMAND, T("220 go\r\n")),
	BAD("lmtp, not offered", STARTTLS_LMTP, ERR_STARTTLS, NOT_OFFERED,
	    NONE, T("220 mx LMTP\r\n"), LHLO, T("250 mx\r\n")),
	BAD("lmtp, refused", STARTTLS_LMTP, ERR_STARTTLS,
	    "the server refuses LHLO: \"500 SMTP only\"",
	    NONE, T("220 mx\r\n"), LHLO, T("500 SMTP only\r\n")),
	BAD("lmtp, another protocol", STARTTLS_LMTP, ERR_SYNTAX,
	    "expected an LMTP greeting, got \"+OK\"", NONE, T("+OK\r\n")),

	/* IMAP */
	GOOD("imap", STARTTLS_IMAP, NONE,
	    T("* OK [CAPABILITY IMAP4rev1] ready\r\n"),
	    T("a001 CAPABILITY\r\n"),
	    T("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n"
	    "a001 OK done\r\n"), T("a002 STARTTLS\r\n"),
	    T("* OK a word\r\na002 OK begin\r\n")),
	GOOD("imap, a literal", STARTTLS_IMAP, NONE,
	    T("* OK {12}\r\na001 OK {9}\r and {5+}\r\n* BYE\r\n"),
	    T("a001 CAPABILITY\r\n"),
	    T("* capability starttls\r\na001 ok\r\n"),
	    T("a002 STARTTLS\r\n"), T("A002 OK\r\n")),
	BAD("imap, bye", STARTTLS_IMAP, ERR_STARTTLS,
	    "the server refuses the connection: \"* BYE too many\"", NONE,
	    T("* BYE too many\r\n")),
	BAD("imap, preauth", STARTTLS_IMAP, ERR_STARTTLS,
	    "the server refuses the connection: \"* PREAUTH hello root\"",
	    NONE, T("* PREAUTH hello root\r\n")),
	BAD("imap, not offered", STARTTLS_IMAP, ERR_STARTTLS, NOT_OFFERED,
	    NONE, T("* OK\r\n"), T("a001 CAPABILITY\r\n"),
	    T("* CAPABILITY IMAP4rev1 X-STARTTLS STARTTLS2\r\na001 OK\r\n")),
	BAD("imap, refused", STARTTLS_IMAP, ERR_STARTTLS,
	    "the server refuses STARTTLS: \"a002 BAD no TLS\"", NONE,
	    T("* OK\r\n"), T("a001 CAPABILITY\r\n"),
	    T("* CAPABILITY STARTTLS\r\na001 OK\r\n"),
	    T("a002 STARTTLS\r\n"), T("a002 BAD no TLS\r\n")),
	BAD("imap, bye later", STARTTLS_IMAP, ERR_STARTTLS,
	    "the server refuses STARTTLS: \"* BYE shutdown\"", NONE,
	    T("* OK\r\n"), T("a001 CAPABILITY\r\n"),
	    T("* CAPABILITY STARTTLS\r\na001 OK\r\n"),
	    T("a002 STARTTLS\r\n"), T("* BYE shutdown\r\n")),
	INJECTED("imap, injected", STARTTLS_IMAP,
	    "14 bytes of plain text behind the STARTTLS go-ahead", NONE,
	    T("* OK\r\n"), T("a001 CAPABILITY\r\n"),
	    T("* CAPABILITY STARTTLS\r\na001 OK\r\n"),
	    T("a002 STARTTLS\r\n"), T("a002 OK\r\n* PREAUTH evil")),
	BAD("imap, another protocol", STARTTLS_IMAP, ERR_SYNTAX,
	    "expected an IMAP greeting, got \"220 mx\"", NONE,
	    T("220 mx\r\n")),

	/* POP3 */
	GOOD("pop3", STARTTLS_POP3, NONE, T("+OK hi <1@x>\r\n"),
	    T("STLS\r\n"), T("+OK begin\r\n")),
	BAD("pop3, refused", STARTTLS_POP3, ERR_STARTTLS,
	    "the server refuses STLS: \"-ERR unknown command\"", NONE,
	    T("+OK\r\n"), T("STLS\r\n"), T("-ERR unknown command\r\n")),
	BAD("pop3, refused at once", STARTTLS_POP3, ERR_STARTTLS,
	    "the server refuses the connection: \"-ERR locked\"", NONE,
	    T("-ERR locked\r\n")),
	INJECTED("pop3, injected", STARTTLS_POP3, ONE_BYTE, NONE,
	    T("+OK\r\n"), T("STLS\r\n"), T("+OK\r\n+")),
	BAD("pop3, another protocol", STARTTLS_POP3, ERR_SYNTAX,
	    "expected a POP3 greeting, got \"* OK\"", NONE, T("* OK\r\n")),

	/* FTP */
	GOOD("ftp", STARTTLS_FTP, NONE, T("220 ready\r\n"),
	    T("AUTH TLS\r\n"), T("234 go\r\n")),
	GOOD("ftp, free lines inside", STARTTLS_FTP, NONE,
	    T("120 soon\r\n220-Welcome\r\n  500 users\r\n220-x\r\n"
	    "2201 is no end\r\n\r\n220 end\r\n"),
	    T("AUTH TLS\r\n"), T("234-\r\n544 no matter\r\n234 go\r\n")),
	BAD("ftp, refused", STARTTLS_FTP, ERR_STARTTLS,
	    "the server refuses AUTH TLS: \"530 log in first\"", NONE,
	    T("220 x\r\n"), T("AUTH TLS\r\n"), T("530 log in first\r\n")),
	BAD("ftp, refused in several lines", STARTTLS_FTP, ERR_STARTTLS,
	    "the server refuses the connection: \"421-Sorry\"", NONE,
	    T("421-Sorry\r\n421 full\r\n")),
	INJECTED("ftp, injected", STARTTLS_FTP,
	    "5 bytes of plain text behind the STARTTLS go-ahead", NONE,
	    T("220 x\r\n"), T("AUTH TLS\r\n"), T("234 x\r\n230 x")),
	BAD("ftp, another protocol", STARTTLS_FTP, ERR_SYNTAX,
	    "expected an FTP greeting, got \"HTTP/1.1 400 Bad Request\"",
	    NONE, T("HTTP/1.1 400 Bad Request\r\n")),

	/* ManageSieve */
	GOOD("sieve", STARTTLS_SIEVE, NONE,
	    T("\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK \"hi\"\r\n"),
	    COMMAND, T("OK \"begin\"\r\n")),
	GOOD("sieve, literals", STARTTLS_SIEVE, NONE,
	    T("\"IMPLEMENTATION\" {9}\r\nOK\r\nOK\r\n{\r\n{3}\r\nabc\r\n"
	    "\"starttls\"\r\nOK (TAG {2}\r\nxx) {4+}\r\n\r\n{9\r\n"),
	    COMMAND, T("OK\r\n")),
	BAD("sieve, not offered", STARTTLS_SIEVE, ERR_STARTTLS, NOT_OFFERED,
	    NONE, T("\"SASL\" \"STARTTLS\"\r\nOK\r\n")),
	BAD("sieve, bye", STARTTLS_SIEVE, ERR_STARTTLS,
	    "the server refuses the connection: \"BYE \"no\"\"", NONE,
	    T("BYE \"no\"\r\n")),
	BAD("sieve, refused", STARTTLS_SIEVE, ERR_STARTTLS,
	    "the server refuses STARTTLS: \"NO\"", NONE,
	    T("\"STARTTLS\"\r\nOK\r\n"), COMMAND, T("NO\r\n")),
	INJECTED("sieve, injected", STARTTLS_SIEVE,
	    "4 bytes of plain text behind the STARTTLS go-ahead", NONE,
	    T("\"STARTTLS\"\r\nOK\r\n"), COMMAND, T("OK\r\nOK\r\n")),
	BAD("sieve, another protocol", STARTTLS_SIEVE, ERR_SYNTAX,
	    "expected a ManageSieve greeting, got \"NOTICE x\"", NONE,
	    T("NOTICE x\r\n")),

	/* NNTP */
	GOOD("nntp", STARTTLS_NNTP, NONE, T("201 no posting\r\n"), COMMAND,
	    T("382 go\r\n")),
	BAD("nntp, refused", STARTTLS_NNTP, ERR_STARTTLS,
	    "the server refuses STARTTLS: \"580 can not\"", NONE,
	    T("200 hi\r\n"), COMMAND, T("580 can not\r\n")),
	BAD("nntp, closed", STARTTLS_NNTP, ERR_STARTTLS,
	    "the server refuses the connection: \"400 closed\"", NONE,
	    T("400 closed\r\n")),
	INJECTED("nntp, injected", STARTTLS_NNTP, ONE_BYTE, NONE,
	    T("200 hi\r\n"), COMMAND, T("382 go\r\n2")),
	BAD("nntp, another protocol", STARTTLS_NNTP, ERR_SYNTAX,
	    "expected an NNTP greeting, got \"220 mx\"", NONE,
	    T("220 mx\r\n")),

	/* IRC */
	GOOD("irc", STARTTLS_IRC, T("CAP LS 302\r\n"),
	    T(":irc.test NOTICE * :*** Looking up\r\n"
	    ":irc.test CAP * LS :multi-prefix tls\r\n"), COMMAND,
	    T(":irc.test 670 * :STARTTLS successful\r\n")),
	GOOD("irc, capabilities in several lines", STARTTLS_IRC,
	    T("CAP LS 302\r\n"), T("NOTICE AUTH :*** x\r\n"
	    ":s CAP * LS * :tls a\r\n:s CAP * LS * :b\r\n:s CAP * LS c\r\n"),
	    COMMAND, T(":s 020 * :wait\r\n:s 670 x :go\r\n")),
	GOOD("irc, ping", STARTTLS_IRC, T("CAP LS 302\r\n"),
	    T("PING :abc\r\n"), T("PONG :abc\r\n"),
	    T(":s CAP x LS tls\r\n"), COMMAND, T(":s 670 x :go\r\n")),
	GOOD("irc, no CAP", STARTTLS_IRC, T("CAP LS 302\r\n"),
	    T(":s 439 * :wait\r\n:s 421 * CAP :Unknown command\r\n"),
	    COMMAND, T(":s 670 * :go\r\n")),
	BAD("irc, not offered", STARTTLS_IRC, ERR_STARTTLS, NOT_OFFERED,
	    T("CAP LS 302\r\n"),
	    T(":s CAP * LS :draft/tls sts=tls/1 xtls\r\n")),
	BAD("irc, failed", STARTTLS_IRC, ERR_STARTTLS,
	    "the server refuses STARTTLS: \":s 691 * :failed\"",
	    T("CAP LS 302\r\n"), T(":s CAP * LS :tls\r\n"), COMMAND,
	    T(":s 691 * :failed\r\n")),
	BAD("irc, unknown", STARTTLS_IRC, ERR_STARTTLS,
	    "the server refuses STARTTLS: \":s 421 * STARTTLS :?\"",
	    T("CAP LS 302\r\n"), T(":s 451 * :register\r\n"), COMMAND,
	    T(":s 421 * STARTTLS :?\r\n")),
	BAD("irc, banned", STARTTLS_IRC, ERR_STARTTLS,
	    "the server refuses CAP LS: \"ERROR :banned\"",
	    T("CAP LS 302\r\n"), T("ERROR :banned\r\n")),
	INJECTED("irc, injected", STARTTLS_IRC,
	    "6 bytes of plain text behind the STARTTLS go-ahead",
	    T("CAP LS 302\r\n"), T(":s CAP * LS :tls\r\n"), COMMAND,
	    T(":s 670 * :go\r\nPING 1")),
	BAD("irc, another protocol", STARTTLS_IRC, ERR_SYNTAX,
	    "expected an IRC answer to CAP LS, got \"220 mx\"",
	    T("CAP LS 302\r\n"), T("220 mx\r\n")),
	GARBAGE("irc, TLS from the start", STARTTLS_IRC,
	    "expected an IRC answer to CAP LS, got a TLS record: the port "
	    "speaks TLS from the start", T("CAP LS 302\r\n"), T(TLS_ALERT)),

	/* XMPP */
	GOOD("xmpp", STARTTLS_XMPP, CLIENT, T(XMPP_STREAM
	    "<stream:features><starttls xmlns='" XMPP_NS "'><required/>"
	    "</starttls><mechanisms xmlns='x'><mechanism>PLAIN</mechanism>"
	    "</mechanisms></stream:features>"), XMPP_COMMAND,
	    T("<proceed xmlns='" XMPP_NS "'/>")),
	GOOD("xmpp, other prefixes, quotes and blanks", STARTTLS_XMPP, CLIENT,
	    T(" \n<s:stream\n xmlns:s='http://etherx.jabber.org/streams' "
	    "from=\"a'>b\" >\n <s:features >\n<starttls\txmlns=\"" XMPP_NS
	    "\" /> </s:features\n>"), XMPP_COMMAND,
	    T("\n<t:proceed xmlns:t='" XMPP_NS "'>\n</t:proceed >")),
	GOOD("xmpp-server", STARTTLS_XMPP_SERVER, SERVER,
	    T("<stream:stream xmlns='jabber:server'><stream:features>"
	    "<starttls xmlns='" XMPP_NS "'/></stream:features>"),
	    XMPP_COMMAND, T("<proceed xmlns='" XMPP_NS "'/>")),
	BAD("xmpp, not offered", STARTTLS_XMPP, ERR_STARTTLS, NOT_OFFERED,
	    CLIENT, T(XMPP_STREAM "<stream:features><starttls xmlns='x'/>"
	    "<a/></stream:features>")),
	BAD("xmpp, no features", STARTTLS_XMPP, ERR_STARTTLS, NOT_OFFERED,
	    CLIENT, T(XMPP_STREAM "<stream:features/>")),
	BAD("xmpp, stream error", STARTTLS_XMPP, ERR_STARTTLS,
	    "the server refuses the stream: \"host-unknown\"", CLIENT,
	    T(XMPP_STREAM "<stream:error><host-unknown "
	    "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
	    "</stream:stream>")),
	BAD("xmpp, stream closed", STARTTLS_XMPP, ERR_STARTTLS,
	    "the server refuses the stream: \"/stream\"", CLIENT,
	    T(XMPP_STREAM "</stream:stream>")),
	BAD("xmpp, failure", STARTTLS_XMPP, ERR_STARTTLS,
	    "the server refuses STARTTLS: \"failure\"", CLIENT,
	    T(XMPP_STREAM "<stream:features><starttls xmlns='" XMPP_NS "'/>"
	    "</stream:features>"), XMPP_COMMAND,
	    T("<failure xmlns='" XMPP_NS "'/></stream:stream>")),
	INJECTED("xmpp, injected", STARTTLS_XMPP,
	    "4 bytes of plain text behind the STARTTLS go-ahead", CLIENT,
	    T(XMPP_STREAM "<stream:features><starttls xmlns='" XMPP_NS "'/>"
	    "</stream:features>"), XMPP_COMMAND,
	    T("<proceed xmlns='" XMPP_NS "'/><a/>")),
	BAD("xmpp, a comment", STARTTLS_XMPP, ERR_SYNTAX,
	    "expected XMPP stream features, got \"!-- x --\"", CLIENT,
	    T(XMPP_STREAM "<!-- x -->")),
	BAD("xmpp, a web page", STARTTLS_XMPP, ERR_SYNTAX,
	    "expected an XMPP stream, got \"html\"", CLIENT, T("<html>")),
	GARBAGE("xmpp, another protocol", STARTTLS_XMPP,
	    "expected an XMPP stream, got \"HTTP/1.1 400\\x0d\\x0a\"", CLIENT,
	    T("HTTP/1.1 400\r\n")),
	BAD("xmpp, another answer", STARTTLS_XMPP, ERR_SYNTAX,
	    "expected an XMPP answer to starttls, got \"iq\"", CLIENT,
	    T(XMPP_STREAM "<stream:features><starttls xmlns='" XMPP_NS "'/>"
	    "</stream:features>"), XMPP_COMMAND, T("<iq>")),

	/* LDAP */
	GOOD("ldap", STARTTLS_LDAP, LDAP_OPEN, T(LDAP_OK)),
	GOOD("ldap, long lengths, name of the response", STARTTLS_LDAP,
	    LDAP_OPEN, T("\x30\x84\x00\x00\x00\x28\x02\x01\x01"
	    "\x78\x84\x00\x00\x00\x1f\x0a\x01\x00\x04\x00\x04\x00"
	    "\x8a\x16" "1.3.6.1.4.1.1466.20037")),
	BAD("ldap, unavailable", STARTTLS_LDAP, ERR_STARTTLS,
	    "the server refuses StartTLS: unavailable (52) \"no key\"",
	    LDAP_OPEN, T("\x30\x12\x02\x01\x01\x78\x0d\x0a\x01\x34\x04\x00"
	    "\x04\x06no key")),
	BAD("ldap, not known", STARTTLS_LDAP, ERR_STARTTLS,
	    "the server refuses StartTLS: protocolError (2)", LDAP_OPEN,
	    T("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00")),
	BAD("ldap, referral", STARTTLS_LDAP, ERR_STARTTLS,
	    "the server refuses StartTLS: referral (10)", LDAP_OPEN,
	    T("\x30\x12\x02\x01\x01\x78\x0d\x0a\x01\x0a\x04\x00\x04\x00"
	    "\xa3\x04\x04\x02xx")),
	BAD("ldap, disconnected", STARTTLS_LDAP, ERR_STARTTLS,
	    "the server refuses StartTLS: error (300)", LDAP_OPEN,
	    T("\x30\x0d\x02\x01\x00\x78\x08\x0a\x02\x01\x2c\x04\x00"
	    "\x04\x00")),
	INJECTED("ldap, injected", STARTTLS_LDAP, ONE_BYTE, LDAP_OPEN,
	    T(LDAP_OK "\x30")),
	GARBAGE("ldap, a number that is not ours", STARTTLS_LDAP,
	    "expected an LDAP answer to StartTLS, got \"0\\x0c\\x02\\x01"
	    "\\x02x\\x07\\x0a\\x01\\x00\\x04\\x00\\x04\\x00\"", LDAP_OPEN,
	    T("\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00")),
	GARBAGE("ldap, inner length too long", STARTTLS_LDAP,
	    "expected an LDAP answer to StartTLS, got \"0\\x0c\\x02\\x01"
	    "\\x01x\\x07\\x0a\\x01\\x00\\x04\\x05\\x04\\x00\"", LDAP_OPEN,
	    T("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x05\x04\x00")),
	GARBAGE("ldap, indefinite length", STARTTLS_LDAP,
	    "expected an LDAP answer to StartTLS, got \"0\\x80\"", LDAP_OPEN,
	    T("\x30\x80")),
	GARBAGE("ldap, four gigabytes", STARTTLS_LDAP,
	    "expected an LDAP answer to StartTLS, got "
	    "\"0\\x84\\xff\\xff\\xff\\xff\"", LDAP_OPEN,
	    T("\x30\x84\xff\xff\xff\xff")),
	GARBAGE("ldap, TLS from the start", STARTTLS_LDAP,
	    "expected an LDAP answer to StartTLS, got a TLS record: the port "
	    "speaks TLS from the start", LDAP_OPEN, T(TLS_ALERT)),

	/* PostgreSQL */
	GOOD("postgres", STARTTLS_POSTGRES, PG_OPEN, T("S")),
	BAD("postgres, not offered", STARTTLS_POSTGRES, ERR_STARTTLS,
	    NOT_OFFERED, PG_OPEN, T("N")),
	BAD("postgres, error", STARTTLS_POSTGRES, ERR_STARTTLS,
	    "the server refuses TLS: \"too many clients\"", PG_OPEN,
	    T("E\x00\x00\x00\x23SFATAL\0C53300\0Mtoo many clients\0\0")),
	BAD("postgres, old error", STARTTLS_POSTGRES, ERR_STARTTLS,
	    "the server refuses TLS: \"FATAL: no fork\\x0a\"", PG_OPEN,
	    T("EFATAL: no fork\n\0")),
	INJECTED("postgres, injected (CVE-2021-23222)", STARTTLS_POSTGRES,
	    "9 bytes of plain text behind the STARTTLS go-ahead", PG_OPEN,
	    T("SR\0\0\0\x08\0\0\0\0")),
	GARBAGE("postgres, another protocol", STARTTLS_POSTGRES,
	    "expected a PostgreSQL answer to the request for TLS, got "
	    "\"SSH-2.0-x\"", PG_OPEN, T("SSH-2.0-x")),
	GARBAGE("postgres, news", STARTTLS_POSTGRES,
	    "expected a PostgreSQL answer to the request for TLS, got "
	    "\"NOTICE\"", PG_OPEN, T("NOTICE")),

	/* MySQL */
	GOOD("mysql", STARTTLS_MYSQL, NONE, T("\x4a\x00\x00\x00"
	    MYSQL_GREETING("\xff\xff")), MYSQL_REQUEST),
	BAD("mysql, not offered", STARTTLS_MYSQL, ERR_STARTTLS, NOT_OFFERED,
	    NONE, T("\x4a\x00\x00\x00" MYSQL_GREETING("\xff\xf7"))),
	BAD("mysql, not allowed", STARTTLS_MYSQL, ERR_STARTTLS,
	    "the server refuses the connection: this host is not allowed "
	    "(1130) \"Host 'x' is not allowed\"", NONE,
	    T("\x1a\x00\x00\x00\xff\x6a\x04Host 'x' is not allowed")),
	BAD("mysql, with a state", STARTTLS_MYSQL, ERR_STARTTLS,
	    "the server refuses the connection: too many connections (1040) "
	    "\"full\"", NONE, T("\x0d\x00\x00\x00\xff\x10\x04#08004full")),
	INJECTED("mysql, injected", STARTTLS_MYSQL, ONE_BYTE, NONE,
	    T("\x4a\x00\x00\x00" MYSQL_GREETING("\xff\xff") "x")),
	INJECTED("mysql, an answer that nobody asked for", STARTTLS_MYSQL,
	    ONE_BYTE, NONE, T("\x4a\x00\x00\x00"
	    MYSQL_GREETING("\xff\xff")), MYSQL_REQUEST, T("x")),
	GARBAGE("mysql, protocol 9", STARTTLS_MYSQL,
	    "expected a MySQL greeting, got \"\\x06\\x00\\x00\\x00\\x09"
	    "3.20\\x00\"", NONE, T("\x06\x00\x00\x00\x09" "3.20\0")),
	GARBAGE("mysql, too short", STARTTLS_MYSQL,
	    "expected a MySQL greeting, got \"\\x06\\x00\\x00\\x00\\x0a"
	    "3.20\\x00\"", NONE, T("\x06\x00\x00\x00\x0a" "3.20\0")),
	GARBAGE("mysql, another protocol", STARTTLS_MYSQL,
	    "expected a MySQL greeting, got \"220 mx\\x0d\\x0a\"", NONE,
	    T("220 mx\r\n")),

	/* TDS */
	{ "mssql", STARTTLS_MSSQL, { TDS_OPEN, T(TDS_ANSWER("\x01")), END },
	    STARTTLS_WRAPPED, ERR_NONE, "", false },
	{ "mssql, TLS for the login only", STARTTLS_MSSQL,
	    { TDS_OPEN, T(TDS_ANSWER("\x00")), END },
	    STARTTLS_WRAPPED, ERR_NONE, "", false },
	BAD("mssql, not offered", STARTTLS_MSSQL, ERR_STARTTLS, NOT_OFFERED,
	    TDS_OPEN, T(TDS_ANSWER("\x02"))),
	INJECTED("mssql, injected", STARTTLS_MSSQL, ONE_BYTE, TDS_OPEN,
	    T(TDS_ANSWER("\x01") "\x04")),
	GARBAGE("mssql, offset behind the end", STARTTLS_MSSQL,
	    "expected a TDS answer to PRELOGIN, got \"\\x04\\x01\\x00\\x0e"
	    "\\x00\\x00\\x01\\x00\\x01\\x00\\x06\\x00\\x01\\xff\"", TDS_OPEN,
	    T("\x04\x01\x00\x0e\x00\x00\x01\x00\x01\x00\x06\x00\x01\xff")),
	GARBAGE("mssql, shorter than its header", STARTTLS_MSSQL,
	    "a TDS packet is 7 bytes long, shorter than its header", TDS_OPEN,
	    T("\x04\x01\x00\x07\x00\x00\x01\x00")),
	GARBAGE("mssql, another protocol", STARTTLS_MSSQL,
	    "expected a TDS answer to PRELOGIN, got \"HTTP/1.1\"", TDS_OPEN,
	    T("HTTP/1.1")),

	/* RDP */
	GOOD("rdp", STARTTLS_RDP, RDP_OPEN,
	    T(RDP_ANSWER("\x02\x1f\x08\x00\x01\x00\x00\x00"))),
	GOOD("rdp, network level authentication", STARTTLS_RDP, RDP_OPEN,
	    T(RDP_ANSWER("\x02\x00\x08\x00\x02\x00\x00\x00"))),
	BAD("rdp, not offered", STARTTLS_RDP, ERR_STARTTLS, NOT_OFFERED,
	    RDP_OPEN, T(RDP_ANSWER("\x02\x00\x08\x00\x00\x00\x00\x00"))),
	BAD("rdp, an old server", STARTTLS_RDP, ERR_STARTTLS, NOT_OFFERED,
	    RDP_OPEN, T("\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00")),
	BAD("rdp, no certificate", STARTTLS_RDP, ERR_STARTTLS,
	    "the server refuses the connection: it has no certificate (3)",
	    RDP_OPEN, T(RDP_ANSWER("\x03\x00\x08\x00\x03\x00\x00\x00"))),
	BAD("rdp, disconnected", STARTTLS_RDP, ERR_STARTTLS,
	    "the server refuses the connection: \"disconnect request\"",
	    RDP_OPEN, T("\x03\x00\x00\x0b\x06\x80\x00\x00\x12\x34\x00")),
	INJECTED("rdp, injected", STARTTLS_RDP, ONE_BYTE, RDP_OPEN,
	    T(RDP_ANSWER("\x02\x1f\x08\x00\x01\x00\x00\x00") "\x03")),
	GARBAGE("rdp, lengths that differ", STARTTLS_RDP,
	    "expected an RDP connection confirm, got \"\\x03\\x00\\x00\\x0b"
	    "\\x0e\\xd0\\x00\\x00\\x124\\x00\"", RDP_OPEN,
	    T("\x03\x00\x00\x0b\x0e\xd0\x00\x00\x12\x34\x00")),
	GARBAGE("rdp, a protocol that was not asked for", STARTTLS_RDP,
	    "expected an RDP connection confirm, got \"\\x03\\x00\\x00\\x13"
	    "\\x0e\\xd0\\x00\\x00\\x124\\x00\\x02\\x00\\x08\\x00\\x10"
	    "\\x00\\x00\\x00\"", RDP_OPEN,
	    T(RDP_ANSWER("\x02\x00\x08\x00\x10\x00\x00\x00"))),
	GARBAGE("rdp, another protocol", STARTTLS_RDP,
	    "expected an RDP connection confirm, got \"SSH-2.0-x\"", RDP_OPEN,
	    T("SSH-2.0-x")),
};

#endif
