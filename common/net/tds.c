/* SPDX-License-Identifier: ISC */
/*
 * TDS packets around the records of a handshake (MS-TDS 2.2.3.1, 2.2.6.5):
 * type, status, length with the header (big-endian), channel, number, window.
 */
#include "net/starttls.h"

#include <stdint.h>

#define TDS_HEADER 8
#define TDS_PACKET_MAX 4096	/* before LOGIN7 agrees on another size */
#define TDS_TABULAR 0x04
#define TDS_PRELOGIN 0x12
#define TDS_EOM 0x01		/* last packet of a message */

int
tds_wrap(struct buf *out, struct bytes data)
{
	const size_t room = TDS_PACKET_MAX - TDS_HEADER;
	uint8_t header[TDS_HEADER] = { TDS_PRELOGIN, 0 };
	size_t n, len;

	while (data.len > 0) {
		n = data.len < room ? data.len : room;
		len = n + TDS_HEADER;
		header[1] = n == data.len ? TDS_EOM : 0;
		header[2] = (uint8_t)(len >> 8);
		header[3] = (uint8_t)(len & 0xff);
		buf_add(out, header, sizeof(header));
		buf_add(out, data.data, n);
		header[6]++;
		data = bytes_of(data.data + n, data.len - n);
	}
	return buf_failed(out) ? -1 : 0;
}

int
tds_unwrap(struct bytes in, struct bytes *payload, size_t *used,
    struct err *err)
{
	size_t len;

	if (in.len > 0 && in.data[0] != TDS_PRELOGIN &&
	    in.data[0] != TDS_TABULAR)
		return err_set(err, ERR_SYNTAX, "expected a TDS packet, got "
		    "type 0x%02x", in.data[0]);
	if (in.len < TDS_HEADER)
		return 0;
	len = (size_t)in.data[2] << 8 | in.data[3];
	if (len < TDS_HEADER)
		return err_set(err, ERR_SYNTAX, "a TDS packet is %zu bytes "
		    "long, shorter than its header", len);
	if (in.len < len)
		return 0;
	*payload = bytes_of(in.data + TDS_HEADER, len - TDS_HEADER);
	*used = len;
	return 1;
}
