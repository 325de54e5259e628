/* SPDX-License-Identifier: ISC */
/*
 * STARTTLS dialogues as transcripts: what the server says, what we must have
 * said by then, how it ends.  Each is played in whole replies and one byte at
 * a time; each good one is also cut off at every byte.
 */
#include "tap.h"

#include "base/alloc.h"
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
	    T("CAP LS 302\r\n"), T(":s CAP * LS :draft/tls sts=tls/1 xtls\r\n")),
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
