/* SPDX-License-Identifier: ISC */
/*
 * One connection, from accept to the line in the log.
 */

#include "tls_server.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <openssl/err.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* No read waits longer, so that no thread stays for ever. */
#define READ_TIMEOUT	120

/* Opened once, before the first connection; -1 without --log. */
int	 tls_server_conn_log_fd = -1;

static void
text_put(char *out, size_t size, const char *text, size_t len)
{
	size_t	 i;

	for (i = 0; i < len && i + 1 < size; i++)
		out[i] = text[i] > ' ' && text[i] < 0x7f ? text[i] : '?';
	out[i] = '\0';
	if (i == 0)
		snprintf(out, size, "-");
}

void
tls_server_conn_log(const struct conn *conn)
{
	const unsigned char	*alpn = NULL;
	const char		*sni = NULL, *version = "-";
	char			 line[1024], name[300], proto[64];
	unsigned int		 alpn_len = 0;
	int			 len;
	ssize_t			 done;

	if (tls_server_conn_log_fd == -1)
		return;
	if (conn->ssl != NULL) {
		sni = SSL_get_servername(conn->ssl, TLSEXT_NAMETYPE_host_name);
		version = SSL_get_version(conn->ssl);
		SSL_get0_alpn_selected(conn->ssl, &alpn, &alpn_len);
	}
	text_put(name, sizeof(name), sni != NULL ? sni : "-",
	    sni != NULL ? strnlen(sni, 256) : 1);
	text_put(proto, sizeof(proto), (const char *)alpn, alpn_len);
	len = snprintf(line, sizeof(line), "port=%d from=%s sni=%s alpn=%s "
	    "version=%s client=%s end=%s target=%s\n", conn->port, conn->from,
	    name, proto, version, conn->client[0] != '\0' ? conn->client : "-",
	    conn->end, conn->target[0] != '\0' ? conn->target : "-");
	if (len > 0 && (size_t)len < sizeof(line)) {
		done = write(tls_server_conn_log_fd, line, (size_t)len);
		(void)done;
	}
}

static void
conn_script(struct conn *conn)
{
	const struct config	*config = conn->config;

	if (tls_server_fault_early(conn))
		return;
	if (config->http_proxy || config->socks5) {
		tls_server_proxy_run(conn);
		return;
	}
	if (config->starttls != NULL && tls_server_starttls_run(conn) == -1) {
		conn->end = "no-starttls";
		tls_server_wire_drain(&conn->wire);
		return;
	}
	if (tls_server_fault_hello(conn))
		return;
	tls_server_tls_run(conn);
}

void *
tls_server_conn_run(void *arg)
{
	struct conn	*conn = arg;
	struct timeval	 wait = { READ_TIMEOUT, 0 };
	int		 on = 1;

	(void)setsockopt(conn->wire.fd, SOL_SOCKET, SO_RCVTIMEO, &wait,
	    sizeof(wait));
	(void)setsockopt(conn->wire.fd, IPPROTO_TCP, TCP_NODELAY, &on,
	    sizeof(on));
	conn_script(conn);
	tls_server_conn_log(conn);
	SSL_free(conn->ssl);
	ERR_clear_error();
	if (conn->wire.fd != -1)
		close(conn->wire.fd);
	free(conn->wire.out);
	free(conn);
	return NULL;
}
