/* SPDX-License-Identifier: ISC */
/* The table of schemes; see model/target.h. */
#include <stddef.h>

#include "base/text.h"
#include "model/target.h"

struct scheme_alias {
	const char *alias, *name;
};

/* ALPN only where the protocol registers a name and a server may insist on
 * it: RFC 7858 3.1 (dot), XEP-0368 (xmpp-client). */
static const struct scheme schemes[] = {
	{ "https", 443, STARTTLS_NONE, NULL },
	{ "tls", 0, STARTTLS_NONE, NULL },
	{ "smtp", 25, STARTTLS_SMTP, NULL },
	{ "submission", 587, STARTTLS_SMTP, NULL },
	{ "lmtp", 24, STARTTLS_LMTP, NULL },
	{ "smtps", 465, STARTTLS_NONE, NULL },
	{ "imap", 143, STARTTLS_IMAP, NULL },
	{ "imaps", 993, STARTTLS_NONE, NULL },
	{ "pop3", 110, STARTTLS_POP3, NULL },
	{ "pop3s", 995, STARTTLS_NONE, NULL },
	{ "ftp", 21, STARTTLS_FTP, NULL },
	{ "ftps", 990, STARTTLS_NONE, NULL },
	{ "ldap", 389, STARTTLS_LDAP, NULL },
	{ "ldaps", 636, STARTTLS_NONE, NULL },
	{ "xmpp", 5222, STARTTLS_XMPP, NULL },
	{ "xmpp-server", 5269, STARTTLS_XMPP_SERVER, NULL },
	{ "xmpps", 5223, STARTTLS_NONE, "xmpp-client" },
	{ "sieve", 4190, STARTTLS_SIEVE, NULL },
	{ "nntp", 119, STARTTLS_NNTP, NULL },
	{ "nntps", 563, STARTTLS_NONE, NULL },
	{ "irc", 6667, STARTTLS_IRC, NULL },
	{ "ircs", 6697, STARTTLS_NONE, NULL },
	{ "postgres", 5432, STARTTLS_POSTGRES, NULL },
	{ "mysql", 3306, STARTTLS_MYSQL, NULL },
	{ "mssql", 1433, STARTTLS_MSSQL, NULL },
	{ "rdp", 3389, STARTTLS_RDP, NULL },
	{ "mqtts", 8883, STARTTLS_NONE, NULL },
	{ "amqps", 5671, STARTTLS_NONE, NULL },
	{ "redis", 6379, STARTTLS_NONE, NULL },
	{ "dot", 853, STARTTLS_NONE, "dot" },
	{ NULL, 0, STARTTLS_NONE, NULL }
};

static const struct scheme_alias aliases[] = {
	{ "wss", "https" },
	{ "ssl", "tls" },
	{ "submissions", "smtps" },
	{ "pop", "pop3" },
	{ "pops", "pop3s" },
	{ "jabber", "xmpp" },
	{ "xmpp-client", "xmpp" },
	{ "managesieve", "sieve" },
	{ "news", "nntp" },
	{ "snews", "nntps" },
	{ "postgresql", "postgres" },
	{ "pgsql", "postgres" },
	{ "mariadb", "mysql" },
	{ "ms-sql", "mssql" },
	{ "sqlserver", "mssql" },
	{ "tds", "mssql" },
	{ "mqtt", "mqtts" },
	{ "amqp", "amqps" },
	{ "rediss", "redis" },
};

const struct scheme *
scheme_table(void)
{
	return schemes;
}

const struct scheme *
scheme_find(const char *name)
{
	const struct scheme *scheme;
	size_t i;

	for (i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (text_ieq(aliases[i].alias, name))
			name = aliases[i].name;
	for (scheme = schemes; scheme->name != NULL; scheme++)
		if (text_ieq(scheme->name, name))
			return scheme;
	return NULL;
}
