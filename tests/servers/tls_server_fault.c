/* SPDX-License-Identifier: ISC */
/*
 * Servers that are no good: faults before, and in place of, the handshake.
 */

#include "tls_server.h"

#include <openssl/err.h>

#include <stdlib.h>
#include <string.h>

#define FLOOD_MAX	((size_t)256 * 1024 * 1024)

static void
text_send(struct wire *wire, const char *text)
{
	char	 out[4096];
	size_t	 len = tls_server_config_text(text, out, sizeof(out));

	(void)tls_server_wire_write(wire, out, len);
}

/* The text again and again, until the client goes. */
static void
flood_send(struct wire *wire, const char *flood)
{
	char	 text[4096], *many;
	size_t	 len, room = 64 * 1024, used = 0, sent;

	len = flood == NULL ? 0 :
	    tls_server_config_text(flood, text, sizeof(text));
	many = len > 0 ? malloc(room) : NULL;
	for (; many != NULL && used + len <= room; used += len)
		memcpy(many + used, text, len);
	for (sent = 0; used > 0 && sent < FLOOD_MAX; sent += used)
		if (tls_server_wire_write(wire, many, used) == -1)
			break;
	free(many);
	tls_server_wire_drain(wire);
}

int
tls_server_fault_early(struct conn *conn)
{
	const struct config	*config = conn->config;
	char			 first[4096];

	conn->end = "fault";
	if (config->reset_on_accept) {
		tls_server_wire_reset(&conn->wire);
		return 1;
	}
	if (config->banner != NULL) {
		text_send(&conn->wire, config->banner);
		while (tls_server_wire_read(&conn->wire, first,
		    sizeof(first)) > 0)
			continue;
		return 1;
	}
	if (config->banner_flood != NULL) {
		flood_send(&conn->wire, config->banner_flood);
		return 1;
	}
	if (config->plaintext != NULL) {
		(void)tls_server_wire_read(&conn->wire, first, sizeof(first));
		text_send(&conn->wire, config->plaintext);
		tls_server_wire_drain(&conn->wire);
		return 1;
	}
	return 0;
}

static void
alert_send(struct conn *conn)
{
	unsigned char	 record[] = { 21, 3, 3, 0, 2, 2, 0 };

	record[6] = (unsigned char)conn->config->alert;
	(void)tls_server_wire_write(&conn->wire, record, sizeof(record));
	tls_server_wire_drain(&conn->wire);
}

static void
garbage_send(struct conn *conn)
{
	unsigned char	 octets[2048];
	unsigned int	 seed = 1;
	size_t		 i;

	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (unsigned char)((seed = seed * 1103515245 +
		    12345) >> 16);
	(void)tls_server_wire_write(&conn->wire, octets, sizeof(octets));
	tls_server_wire_drain(&conn->wire);
}

static void
huge_record_send(struct conn *conn)
{
	unsigned char	*octets = calloc(1, 5 + 65535);

	if (octets == NULL)
		return;
	memcpy(octets, "\x16\x03\x03\xff\xff", 5);
	(void)tls_server_wire_write(&conn->wire, octets, 5 + 65535);
	free(octets);
	tls_server_wire_drain(&conn->wire);
}

/*
 * A TLS 1.2 ServerHello (ECDHE-ECDSA-AES128-GCM-SHA256, extended master
 * secret, renegotiation info), then a Certificate message of 0xfffff0 octets,
 * in full records of 16 kB.
 */
static void
oversized_send(struct conn *conn)
{
	static const unsigned char	 tail[] = {
		0x00, 0xc0, 0x2b, 0x00, 0x00, 0x09,
		0x00, 0x17, 0x00, 0x00, 0xff, 0x01, 0x00, 0x01, 0x00,
	};
	static const unsigned char	 head[] = {
		11, 0xff, 0xff, 0xf0, 0xff, 0xff, 0xed, 0xff, 0xff, 0xea,
	};
	unsigned char			 hello[9 + 34 + sizeof(tail)];
	unsigned char			*record = calloc(1, 5 + 16384);
	int				 i;

	if (record == NULL)
		return;
	memset(hello, 0x5a, sizeof(hello));
	memcpy(hello, "\x16\x03\x03\x00\x35\x02\x00\x00\x31\x03\x03", 11);
	memcpy(hello + 11 + 32, tail, sizeof(tail));
	(void)tls_server_wire_write(&conn->wire, hello,
	    11 + 32 + sizeof(tail));
	memcpy(record, "\x16\x03\x03\x40\x00", 5);
	memcpy(record + 5, head, sizeof(head));
	for (i = 0; i < 1024; i++) {
		if (tls_server_wire_write(&conn->wire, record,
		    5 + 16384) == -1)
			break;
		memset(record + 5, 0, sizeof(head));
	}
	free(record);
	tls_server_wire_drain(&conn->wire);
}

/* --raw and --flood, past everything that holds back other octets. */
void
tls_server_fault_raw(struct conn *conn)
{
	const struct config	*config = conn->config;

	conn->end = "fault";
	conn->wire.records = -1;
	if (config->raw != NULL)
		text_send(&conn->wire, config->raw);
	flood_send(&conn->wire, config->flood);
}

/* What nobody asked for, behind a handshake that is done. */
void
tls_server_fault_after(struct conn *conn)
{
	const struct config	*config = conn->config;
	int			 i;

	for (i = 0; i < config->key_updates; i++)
		if (SSL_key_update(conn->ssl,
		    SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
		    SSL_do_handshake(conn->ssl) != 1)
			break;
	for (i = 0; i < config->renegotiate; i++)
		if (SSL_renegotiate(conn->ssl) != 1 ||
		    SSL_do_handshake(conn->ssl) != 1)
			break;
	ERR_clear_error();
}

/* Faults that begin where the client has said its ClientHello. */
int
tls_server_fault_hello(struct conn *conn)
{
	const struct config	*config = conn->config;
	char			 scratch[4096];

	if (!config->reset_in_handshake && !config->close_in_handshake &&
	    !config->hang_in_handshake && config->alert < 0 &&
	    !config->garbage && !config->huge_record &&
	    !config->oversized_certificate && (config->records >= 0 ||
	    (config->raw == NULL && config->flood == NULL)))
		return 0;
	conn->end = "fault";
	if (tls_server_wire_record(&conn->wire) == -1)
		return 1;
	if (config->reset_in_handshake)
		tls_server_wire_reset(&conn->wire);
	else if (config->close_in_handshake)
		tls_server_wire_drain(&conn->wire);
	else if (config->hang_in_handshake)
		while (tls_server_wire_read(&conn->wire, scratch,
		    sizeof(scratch)) > 0)
			continue;
	else if (config->alert >= 0)
		alert_send(conn);
	else if (config->garbage)
		garbage_send(conn);
	else if (config->huge_record)
		huge_record_send(conn);
	else if (config->oversized_certificate)
		oversized_send(conn);
	else
		tls_server_fault_raw(conn);
	return 1;
}
