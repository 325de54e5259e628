/* SPDX-License-Identifier: ISC */
/*
 * The server's side of the binary STARTTLS dialogues: postgres, mysql, ldap,
 * mssql (TDS), rdp.
 */

#include "tls_server.h"

#include <string.h>

#define PG_SSL_REQUEST		80877103U
#define PG_GSSENC_REQUEST	80877104U

static int
give(struct conn *conn, const void *data, size_t len)
{
	return tls_server_wire_write(&conn->wire, data, len);
}

/* An ErrorResponse as a server of old gives to what it does not know. */
static const unsigned char pg_error[] =
	"E\0\0\0\x29SFATAL\0C0A000\0Munsupported frontend\0\0";

static int
postgres_run(struct conn *conn)
{
	const struct config	*config = conn->config;
	unsigned char		 in[8];
	unsigned int		 code = PG_GSSENC_REQUEST;

	while (code == PG_GSSENC_REQUEST) {
		if (tls_server_wire_exact(&conn->wire, in, sizeof(in)) == -1)
			return -1;
		code = (unsigned int)in[4] << 24 | (unsigned int)in[5] << 16 |
		    (unsigned int)in[6] << 8 | in[7];
		if (code == PG_GSSENC_REQUEST && give(conn, "N", 1) == -1)
			return -1;
	}
	if (code != PG_SSL_REQUEST || config->starttls_absent) {
		(void)give(conn, pg_error, sizeof(pg_error) - 1);
		return -1;
	}
	if (config->starttls_refuse) {
		(void)give(conn, "N", 1);
		return -1;
	}
	return config->starttls_inject ?
	    give(conn, "SE\0\0\0\x09Mhi\0\0", 11) : give(conn, "S", 1);
}

/*
 * An error packet in place of the greeting is how this server refuses; once
 * it has offered TLS, there is no word for it.  Else protocol 10; the flags say
 * CLIENT_SSL (0x0800) or not.
 */
static int
mysql_run(struct conn *conn)
{
	static const char	 denied[] =
		"\x13\0\0\0\xff\x6a\x04#HY000not allowed";
	const struct config	*config = conn->config;
	unsigned char		 greeting[] =
		"\x4e\0\0\0" "\x0a" "8.0.0-test\0" "\x07\0\0\0" "abcdefgh\0"
		"\xff\xff" "\x21" "\x02\0" "\xff\xc1" "\x15"
		"\0\0\0\0\0\0\0\0\0\0" "ijklmnopqrst\0"
		"mysql_native_password\0" "\x0b\0\0\0" "\xff\x15\x04injected";
	size_t			 len = 4 + 0x4e;
	unsigned char		 head[4], body[32];

	if (config->starttls_refuse) {
		(void)give(conn, denied, sizeof(denied) - 1);
		return -1;
	}
	if (config->starttls_absent)
		greeting[4 + 26] = 0xf7;
	if (config->starttls_inject)
		len = sizeof(greeting) - 1;
	if (give(conn, greeting, len) == -1 ||
	    tls_server_wire_exact(&conn->wire, head, sizeof(head)) == -1)
		return -1;
	if (head[0] != sizeof(body) || head[1] != 0 || head[2] != 0 ||
	    tls_server_wire_exact(&conn->wire, body, sizeof(body)) == -1)
		return -1;
	return config->starttls_absent ? -1 : 0;
}

/* One BER message of up to 64 kB; returns the messageID or -1. */
static int
ldap_request(struct conn *conn)
{
	unsigned char	 head[2], more[2] = { 0, 0 }, body[512];
	size_t		 len, extra;

	if (tls_server_wire_exact(&conn->wire, head, 2) == -1 ||
	    head[0] != 0x30)
		return -1;
	len = head[1];
	if (head[1] & 0x80) {
		extra = head[1] & 0x7fU;
		if (extra < 1 || extra > 2 || tls_server_wire_exact(
		    &conn->wire, more + 2 - extra, extra) == -1)
			return -1;
		len = (size_t)more[0] * 256 + more[1];
	}
	if (len < 3 || len > sizeof(body) ||
	    tls_server_wire_exact(&conn->wire, body, len) == -1 ||
	    body[0] != 0x02 || body[1] != 1)
		return -1;
	return body[2];
}

static int
ldap_run(struct conn *conn)
{
	const struct config	*config = conn->config;
	unsigned char		 answer[28] = {
		0x30, 0x0c, 0x02, 0x01, 0, 0x78, 0x07, 0x0a, 0x01, 0,
		0x04, 0, 0x04, 0,
		0x30, 0x0c, 0x02, 0x01, 2, 0x65, 0x07, 0x0a, 0x01, 0,
		0x04, 0, 0x04, 0,
	};
	int			 id = ldap_request(conn);

	if (id == -1)
		return -1;
	answer[4] = (unsigned char)id;
	if (config->starttls_refuse)
		answer[9] = 52;
	if (config->starttls_absent)
		answer[9] = 2;
	if (give(conn, answer, config->starttls_inject ? 28 : 14) == -1)
		return -1;
	return answer[9] == 0 ? 0 : -1;
}

/* PRELOGIN with VERSION, ENCRYPTION, TERMINATOR ([MS-TDS] 2.2.6.5). */
static int
mssql_run(struct conn *conn)
{
	const struct config	*config = conn->config;
	unsigned char		 head[8], body[4096];
	unsigned char		 answer[] = {
		0x04, 0x01, 0, 26, 0, 0, 1, 0,
		0x00, 0, 11, 0, 6, 0x01, 0, 17, 0, 1, 0xff,
		16, 0, 0, 0, 0, 0, 1,
		'i', 'n', 'j', 'e', 'c', 't', 'e', 'd',
	};
	size_t			 len;

	if (tls_server_wire_exact(&conn->wire, head, sizeof(head)) == -1 ||
	    head[0] != 0x12)
		return -1;
	len = (size_t)head[2] * 256 + head[3];
	if (len < sizeof(head) || len > sizeof(body) ||
	    tls_server_wire_exact(&conn->wire, body, len - sizeof(head)) == -1)
		return -1;
	/* 2: not supported; 0: off, for the login packet only. */
	if (config->starttls_refuse || config->starttls_absent)
		answer[25] = 2;
	if (give(conn, answer, config->starttls_inject ? 34 : 26) == -1)
		return -1;
	conn->wire.tds = 1;
	return answer[25] == 2 ? -1 : 0;
}

/* X.224 Connection Confirm with a negotiation response ([MS-RDPBCGR]). */
static int
rdp_run(struct conn *conn)
{
	const struct config	*config = conn->config;
	unsigned char		 head[4], body[512];
	unsigned char		 answer[] = {
		3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0,
		2, 0, 8, 0, 1, 0, 0, 0,
		3, 0, 0, 7, 2, 0xf0, 0x80,
	};
	size_t			 len;

	if (tls_server_wire_exact(&conn->wire, head, sizeof(head)) == -1 ||
	    head[0] != 3)
		return -1;
	len = (size_t)head[2] * 256 + head[3];
	if (len < sizeof(head) || len > sizeof(body) ||
	    tls_server_wire_exact(&conn->wire, body, len - sizeof(head)) == -1)
		return -1;
	if (config->starttls_absent) {
		(void)give(conn, "\x03\0\0\x0b\x06\xd0\0\0\x12\x34\0", 11);
		return -1;
	}
	if (config->starttls_refuse) {
		answer[11] = 3;
		answer[15] = 2;
	}
	if (give(conn, answer, config->starttls_inject ? 26 : 19) == -1)
		return -1;
	return config->starttls_refuse ? -1 : 0;
}

static const struct {
	const char	*name;
	int		(*run)(struct conn *);
} protocols[] = {
	{ "postgres", postgres_run }, { "mysql", mysql_run },
	{ "ldap", ldap_run }, { "mssql", mssql_run }, { "rdp", rdp_run },
};

int
tls_server_binary_known(const char *name)
{
	size_t	 i;

	for (i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (strcmp(protocols[i].name, name) == 0)
			return 1;
	}
	return 0;
}

int
tls_server_binary_run(struct conn *conn)
{
	size_t	 i;

	for (i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (strcmp(protocols[i].name, conn->config->starttls) == 0)
			return protocols[i].run(conn);
	}
	return -2;
}
