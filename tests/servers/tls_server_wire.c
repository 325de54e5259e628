/* SPDX-License-Identifier: ISC */
/*
 * Bytes in and out of a connection, slowed down, cut short or wrapped as its
 * configuration says; and the BIO that puts TLS on top of that.
 */

#include "tls_server.h"

#include <sys/socket.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TDS_HEADER	8
#define TDS_PRELOGIN	0x12
#define TDS_PAYLOAD	4000
#define ENDLESS_MAX	((size_t)256 * 1024 * 1024)

static void
pause_ms(int ms)
{
	struct timespec	 left = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		continue;
}

static int
send_all(int fd, const char *data, size_t len)
{
	ssize_t	 sent;

	while (len > 0) {
		sent = send(fd, data, len, MSG_NOSIGNAL);
		if (sent == -1 && errno == EINTR)
			continue;
		if (sent <= 0)
			return -1;
		data += sent;
		len -= (size_t)sent;
	}
	return 0;
}

/* How many of these octets belong to records that may still go. */
static size_t
records_allowed(struct wire *wire, const unsigned char *data, size_t len)
{
	size_t	 i = 0, part;

	while (i < len) {
		if (wire->body_left > 0) {
			part = len - i < wire->body_left ? len - i :
			    wire->body_left;
			wire->body_left -= part;
			i += part;
			continue;
		}
		if (wire->head_len == 0 && wire->records == 0)
			return i;
		wire->head[wire->head_len++] = data[i++];
		if (wire->head_len < sizeof(wire->head))
			continue;
		wire->head_len = 0;
		wire->body_left = (size_t)wire->head[3] * 256 + wire->head[4];
		wire->records--;
	}
	return len;
}

int
tls_server_wire_write(struct wire *wire, const void *data, size_t len)
{
	const char	*p = data;
	size_t		 allowed = len;

	if (wire->records >= 0)
		allowed = records_allowed(wire, data, len);
	if (wire->left >= 0 && (size_t)wire->left < allowed)
		allowed = (size_t)wire->left;
	if (wire->left >= 0)
		wire->left -= (long)allowed;
	if (wire->delay < 0) {
		if (send_all(wire->fd, p, allowed) == -1)
			return -1;
		return allowed == len ? 0 : -1;
	}
	for (; allowed > 0; allowed--, len--) {
		if (send_all(wire->fd, p++, 1) == -1)
			return -1;
		pause_ms(wire->delay);
	}
	return len == 0 ? 0 : -1;
}

int
tls_server_wire_print(struct wire *wire, const char *text)
{
	return tls_server_wire_write(wire, text, strlen(text));
}

ssize_t
tls_server_wire_read(struct wire *wire, void *data, size_t size)
{
	ssize_t	 got;

	do
		got = recv(wire->fd, data, size, 0);
	while (got == -1 && errno == EINTR);
	return got;
}

int
tls_server_wire_exact(struct wire *wire, void *data, size_t size)
{
	char	*p = data;
	ssize_t	 got;

	while (size > 0) {
		got = tls_server_wire_read(wire, p, size);
		if (got <= 0)
			return -1;
		p += got;
		size -= (size_t)got;
	}
	return 0;
}

/*
 * Reads up to and with the mark, byte by byte so that nothing behind it is
 * taken.  Returns the length, NUL-terminated; -1 at the end or when too long.
 */
ssize_t
tls_server_wire_until(struct wire *wire, char *data, size_t size,
    const char *mark)
{
	size_t	 len = 0, tail = strlen(mark);

	while (len + 1 < size) {
		if (tls_server_wire_read(wire, data + len, 1) != 1)
			return -1;
		data[++len] = '\0';
		if (len >= tail && strcmp(data + len - tail, mark) == 0)
			return (ssize_t)len;
	}
	return -1;
}

/* One whole TLS record, thrown away: the ClientHello. */
int
tls_server_wire_record(struct wire *wire)
{
	unsigned char	 head[5], body[1024];
	size_t		 left, part;

	if (tls_server_wire_exact(wire, head, sizeof(head)) == -1)
		return -1;
	left = (size_t)head[3] * 256 + head[4];
	for (; left > 0; left -= part) {
		part = left < sizeof(body) ? left : sizeof(body);
		if (tls_server_wire_exact(wire, body, part) == -1)
			return -1;
	}
	return 0;
}

/* FIN, then wait for the peer's: unread octets would turn FIN into RST. */
void
tls_server_wire_drain(struct wire *wire)
{
	char	 scratch[4096];

	(void)shutdown(wire->fd, SHUT_WR);
	while (tls_server_wire_read(wire, scratch, sizeof(scratch)) > 0)
		continue;
}

void
tls_server_wire_reset(struct wire *wire)
{
	struct linger	 linger = { 1, 0 };

	(void)setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &linger,
	    sizeof(linger));
	close(wire->fd);
	wire->fd = -1;
}

/* The text again and again, as long as the peer reads. */
void
tls_server_wire_endless(struct wire *wire, const char *text)
{
	char	 block[8192];
	size_t	 len = 0, one = strlen(text), total = 0;

	while (len + one <= sizeof(block)) {
		memcpy(block + len, text, one);
		len += one;
	}
	while (total < ENDLESS_MAX &&
	    tls_server_wire_write(wire, block, len) == 0)
		total += len;
}

static int
tds_flush(struct wire *wire)
{
	unsigned char	 packet[TDS_HEADER + TDS_PAYLOAD];
	size_t		 done, part;

	for (done = 0; done < wire->out_len; done += part) {
		part = wire->out_len - done;
		if (part > TDS_PAYLOAD)
			part = TDS_PAYLOAD;
		memset(packet, 0, TDS_HEADER);
		packet[0] = TDS_PRELOGIN;
		packet[1] = done + part == wire->out_len;
		packet[2] = (unsigned char)((part + TDS_HEADER) >> 8);
		packet[3] = (unsigned char)(part + TDS_HEADER);
		memcpy(packet + TDS_HEADER, wire->out + done, part);
		if (tls_server_wire_write(wire, packet,
		    part + TDS_HEADER) == -1)
			return -1;
	}
	wire->out_len = 0;
	return 0;
}

static int
bio_write(BIO *bio, const char *data, int len)
{
	struct wire	*wire = BIO_get_data(bio);

	if (len <= 0)
		return 0;
	if (!wire->tds)
		return tls_server_wire_write(wire, data, (size_t)len) == 0 ?
		    len : -1;
	wire->out = realloc(wire->out, wire->out_len + (size_t)len);
	if (wire->out == NULL)
		return -1;
	memcpy(wire->out + wire->out_len, data, (size_t)len);
	wire->out_len += (size_t)len;
	return len;
}

static int
bio_read(BIO *bio, char *data, int size)
{
	struct wire	*wire = BIO_get_data(bio);
	unsigned char	 head[TDS_HEADER];
	size_t		 want = (size_t)size;
	ssize_t		 got;

	if (size <= 0)
		return 0;
	if (wire->tds && wire->in_left == 0) {
		if (tls_server_wire_exact(wire, head, sizeof(head)) == -1)
			return -1;
		wire->in_left = (size_t)head[2] * 256 + head[3];
		if (head[0] != TDS_PRELOGIN || wire->in_left <= TDS_HEADER)
			return -1;
		wire->in_left -= TDS_HEADER;
	}
	if (wire->tds && want > wire->in_left)
		want = wire->in_left;
	got = tls_server_wire_read(wire, data, want);
	if (wire->tds && got > 0)
		wire->in_left -= (size_t)got;
	return (int)got;
}

static long
bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	struct wire	*wire = BIO_get_data(bio);

	(void)number;
	(void)pointer;
	if (command != BIO_CTRL_FLUSH)
		return 0;
	return tds_flush(wire) == 0 ? 1 : -1;
}

static BIO_METHOD	*bio_method;
static pthread_once_t	 bio_once = PTHREAD_ONCE_INIT;

static void
bio_method_make(void)
{
	bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
	    "wire");
	if (bio_method == NULL)
		tls_server_die(1, "out of memory");
	BIO_meth_set_write(bio_method, bio_write);
	BIO_meth_set_read(bio_method, bio_read);
	BIO_meth_set_ctrl(bio_method, bio_ctrl);
}

BIO *
tls_server_wire_bio(struct wire *wire)
{
	BIO	*bio;

	pthread_once(&bio_once, bio_method_make);
	bio = BIO_new(bio_method);
	if (bio != NULL) {
		BIO_set_data(bio, wire);
		BIO_set_init(bio, 1);
	}
	return bio;
}
