/* SPDX-License-Identifier: ISC */
/*
 * The server's side of the text STARTTLS dialogues, one row of a table each.
 */

#include "tls_server.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LINES_MAX	100

/* In replies %t is the tag of the command (IMAP), %m the extra lines. */
struct verb {
	const char	*word;
	const char	*reply;
	const char	*without;	/* reply when STARTTLS is absent */
};

struct dialogue {
	const char	*name;
	const char	*greeting;
	const char	*more;		/* one extra line */
	struct verb	 verbs[4];
	const char	*start;		/* the command that starts TLS */
	const char	*go;
	const char	*refuse;
	const char	*unknown;
	const char	*inject;
	int		 tagged;
};

#define SMTP(proto, hello)						\
	{ .name = proto,						\
	  .greeting = "%m220 mail.test ESMTP\r\n", .more = "-more\r\n",	\
	  .verbs = {							\
	    { hello, "250-mail.test\r\n%m250-PIPELINING\r\n"		\
	      "250 STARTTLS\r\n", "250-mail.test\r\n%m"			\
	      "250 PIPELINING\r\n" },					\
	    { "QUIT", "221 bye\r\n", NULL } },				\
	  .start = "STARTTLS", .go = "220 go ahead\r\n",		\
	  .refuse = "454 TLS not available\r\n",			\
	  .unknown = "502 unknown command\r\n",				\
	  .inject = "250 injected\r\n" }

static const struct dialogue dialogues[] = {
	SMTP("smtp", "EHLO"), SMTP("submission", "EHLO"), SMTP("lmtp", "LHLO"),
	{ .name = "imap", .greeting = "* OK ready\r\n", .more = "* X more\r\n",
	  .verbs = {
	    { "CAPABILITY", "%m* CAPABILITY IMAP4rev1 STARTTLS\r\n"
	      "%t OK done\r\n", "%m* CAPABILITY IMAP4rev1\r\n"
	      "%t OK done\r\n" },
	    { "LOGOUT", "* BYE bye\r\n%t OK done\r\n", NULL } },
	  .start = "STARTTLS", .go = "%t OK begin\r\n",
	  .refuse = "%t NO not now\r\n", .unknown = "%t BAD unknown\r\n",
	  .inject = "* OK injected\r\n", .tagged = 1 },
	{ .name = "pop3", .greeting = "+OK ready\r\n", .more = "X-MORE\r\n",
	  .verbs = {
	    { "CAPA", "+OK list\r\n%mUSER\r\nSTLS\r\n.\r\n",
	      "+OK list\r\n%mUSER\r\n.\r\n" },
	    { "QUIT", "+OK bye\r\n", NULL } },
	  .start = "STLS", .go = "+OK begin\r\n",
	  .refuse = "-ERR not now\r\n", .unknown = "-ERR unknown\r\n",
	  .inject = "+OK injected\r\n" },
	{ .name = "ftp", .greeting = "%m220 ready\r\n", .more = "-more\r\n",
	  .verbs = {
	    { "FEAT", "211-Features\r\n AUTH TLS\r\n211 End\r\n",
	      "211-Features\r\n SIZE\r\n211 End\r\n" },
	    { "QUIT", "221 bye\r\n", NULL } },
	  .start = "AUTH TLS", .go = "234 proceed\r\n",
	  .refuse = "431 not now\r\n", .unknown = "500 unknown\r\n",
	  .inject = "220 injected\r\n" },
	{ .name = "sieve", .more = "\"X-MORE\" \"x\"\r\n",
	  .greeting = "\"IMPLEMENTATION\" \"test\"\r\n%m\"STARTTLS\"\r\n"
	    "OK \"ready\"\r\n",
	  .verbs = {
	    { "CAPABILITY", "\"IMPLEMENTATION\" \"test\"\r\n%m\"STARTTLS\"\r\n"
	      "OK \"done\"\r\n", "\"IMPLEMENTATION\" \"test\"\r\n%m"
	      "OK \"done\"\r\n" },
	    { "LOGOUT", "OK \"bye\"\r\n", NULL } },
	  .start = "STARTTLS", .go = "OK \"begin\"\r\n",
	  .refuse = "NO \"not now\"\r\n", .unknown = "NO \"unknown\"\r\n",
	  .inject = "OK \"injected\"\r\n" },
	{ .name = "nntp", .greeting = "200 ready\r\n", .more = "X-MORE\r\n",
	  .verbs = {
	    { "CAPABILITIES", "101 list\r\nVERSION 2\r\n%mSTARTTLS\r\n.\r\n",
	      "101 list\r\nVERSION 2\r\n%m.\r\n" },
	    { "QUIT", "205 bye\r\n", NULL } },
	  .start = "STARTTLS", .go = "382 continue\r\n",
	  .refuse = "580 not now\r\n", .unknown = "500 unknown\r\n",
	  .inject = "200 injected\r\n" },
	{ .name = "irc", .more = ":irc.test NOTICE * :more\r\n",
	  .greeting = ":irc.test NOTICE * :*** Looking up your name\r\n%m",
	  .verbs = {
	    { "CAP LS", ":irc.test CAP * LS :multi-prefix tls\r\n",
	      ":irc.test CAP * LS :multi-prefix\r\n" },
	    { "CAP", "", NULL },
	    { "QUIT", "ERROR :bye\r\n", NULL } },
	  .start = "STARTTLS",
	  .go = ":irc.test 670 * :STARTTLS successful\r\n",
	  .refuse = ":irc.test 691 * :STARTTLS failed\r\n",
	  .unknown = ":irc.test 421 * :Unknown command\r\n",
	  .inject = ":irc.test NOTICE * :injected\r\n" },
};

#define XMPP_HEAD							\
	"<?xml version='1.0'?><stream:stream from='im.test' id='1' "	\
	"version='1.0' xmlns:stream='http://etherx.jabber.org/streams' " \
	"xmlns='%s'>"
#define XMPP_TLS	"urn:ietf:params:xml:ns:xmpp-tls"

static const struct dialogue *
dialogue_find(const char *name)
{
	size_t	 i;

	for (i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		if (strcmp(dialogues[i].name, name) == 0)
			return &dialogues[i];
	}
	return NULL;
}

int
tls_server_starttls_known(const char *name)
{
	return dialogue_find(name) != NULL || strcmp(name, "xmpp") == 0 ||
	    strcmp(name, "xmpp-server") == 0;
}

/*
 * The extra lines.  One that starts with `-` continues a numbered reply, so it
 * gets the three digits of the line that it precedes.
 */
static size_t
more_put(char *out, size_t room, const struct conn *conn, const char *next)
{
	const char	*more = conn->dialogue->more;
	size_t		 len = 0;
	int		 i;

	for (i = 0; i < conn->config->multiline && len + 64 < room; i++)
		len += (size_t)snprintf(out + len, room - len, "%.*s%s",
		    more[0] == '-' ? 3 : 0, next, more);
	return len;
}

/* Sends a reply with %t and %m filled in, and text behind it in one write. */
static int
reply_send(struct conn *conn, const char *reply, const char *tag,
    const char *behind)
{
	static const size_t	 size = 60000;
	char			 out[60000];
	size_t			 len = 0;

	for (; *reply != '\0' && len + 512 < size; reply++) {
		if (reply[0] == '%' && reply[1] == 't')
			len += (size_t)snprintf(out + len, size - len, "%s",
			    tag);
		else if (reply[0] == '%' && reply[1] == 'm')
			len += more_put(out + len, size - len, conn,
			    reply + 2);
		else {
			out[len++] = *reply;
			continue;
		}
		reply++;
	}
	len += (size_t)snprintf(out + len, size - len, "%s", behind);
	return tls_server_wire_write(&conn->wire, out, len);
}

/* 1: TLS comes next; 0: go on; -1: over. */
static int
command_answer(struct conn *conn, const struct dialogue *row, char *line)
{
	const struct config	*config = conn->config;
	const struct verb	*verb;
	const char		*tag = "*";

	line[strcspn(line, "\r\n")] = '\0';
	if (row->tagged) {
		tag = line;
		line += strcspn(line, " ");
		if (*line != '\0')
			*line++ = '\0';
	}
	if (strcasecmp(line, row->start) == 0 && !config->starttls_absent) {
		if (config->starttls_refuse)
			return reply_send(conn, row->refuse, tag, "");
		return reply_send(conn, row->go, tag, config->starttls_inject ?
		    row->inject : "") == 0 ? 1 : -1;
	}
	for (verb = row->verbs; verb->word != NULL; verb++) {
		if (strncasecmp(line, verb->word, strlen(verb->word)) == 0)
			return reply_send(conn, config->starttls_absent &&
			    verb->without != NULL ? verb->without :
			    verb->reply, tag, "");
	}
	return reply_send(conn, row->unknown, tag, "");
}

/* What stands in front of the dialogue; 1: nothing follows. */
static int
greeting_special(struct conn *conn)
{
	const struct config	*config = conn->config;
	const struct dialogue	*row = conn->dialogue;
	char			 text[4096];
	size_t			 len;

	if (config->greeting_endless)
		tls_server_wire_endless(&conn->wire, row == NULL ? " \n" :
		    row->more[0] == '-' ? "220-more\r\n" : row->more);
	else if (config->greeting_line_endless)
		tls_server_wire_endless(&conn->wire, "220-endless");
	else if (config->greeting != NULL) {
		len = tls_server_config_text(config->greeting, text,
		    sizeof(text));
		(void)tls_server_wire_write(&conn->wire, text, len);
		while (tls_server_wire_read(&conn->wire, text,
		    sizeof(text)) > 0)
			continue;
	} else
		return 0;
	return 1;
}

static int
text_run(struct conn *conn, const struct dialogue *row)
{
	char	 line[1024], greeting[512];
	int	 i, rc;

	snprintf(greeting, sizeof(greeting), "%s", row->greeting);
	if (conn->config->starttls_absent && strcmp(row->name, "sieve") == 0)
		snprintf(greeting, sizeof(greeting),
		    "\"IMPLEMENTATION\" \"test\"\r\n%%mOK \"ready\"\r\n");
	if (reply_send(conn, greeting, "*", "") == -1)
		return -1;
	for (i = 0; i < LINES_MAX; i++) {
		if (tls_server_wire_until(&conn->wire, line, sizeof(line),
		    "\n") == -1)
			return -1;
		rc = command_answer(conn, row, line);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
	}
	return -1;
}

static int
xmpp_features(struct conn *conn)
{
	char	 out[1024];

	snprintf(out, sizeof(out), XMPP_HEAD "<stream:features>%s"
	    "</stream:features>",
	    strcmp(conn->config->starttls, "xmpp") == 0 ? "jabber:client" :
	    "jabber:server", conn->config->starttls_absent ? "" :
	    "<starttls xmlns='" XMPP_TLS "'><required/></starttls>");
	return tls_server_wire_print(&conn->wire, out);
}

static int
xmpp_run(struct conn *conn)
{
	const struct config	*config = conn->config;
	char			 tag[2048];
	int			 i;

	for (i = 0; i < LINES_MAX; i++) {
		if (tls_server_wire_until(&conn->wire, tag, sizeof(tag),
		    ">") == -1 || strstr(tag, "</stream:stream") != NULL)
			return -1;
		if (strstr(tag, "<stream:stream") != NULL &&
		    xmpp_features(conn) == -1)
			return -1;
		if (strstr(tag, "<starttls") == NULL)
			continue;
		if (config->starttls_refuse || config->starttls_absent) {
			(void)tls_server_wire_print(&conn->wire,
			    "<failure xmlns='" XMPP_TLS "'/>"
			    "</stream:stream>");
			return -1;
		}
		return tls_server_wire_print(&conn->wire,
		    config->starttls_inject ? "<proceed xmlns='" XMPP_TLS
		    "'/><message>injected</message>" :
		    "<proceed xmlns='" XMPP_TLS "'/>");
	}
	return -1;
}

int
tls_server_starttls_run(struct conn *conn)
{
	const struct dialogue	*row = dialogue_find(conn->config->starttls);
	int			 delay = conn->wire.delay, rc;

	conn->dialogue = row;
	if (conn->config->chop && delay < 0)
		conn->wire.delay = 1;
	if (greeting_special(conn))
		rc = -1;
	else if (row != NULL)
		rc = text_run(conn, row);
	else if (tls_server_binary_known(conn->config->starttls))
		rc = tls_server_binary_run(conn);
	else
		rc = xmpp_run(conn);
	conn->wire.delay = delay;
	return rc;
}
