/* SPDX-License-Identifier: ISC */
/* Handshake messages and records, as far as we read them ourselves. */
#include "net/tls_message.h"

#define STATUS_OCSP 1			/* RFC 6066, clause 8 */
#define EXTENSION_STATUS_REQUEST 5

struct tls_alert {
	uint8_t code;
	const char *name;
};

/* RFC 8446, 6, with the codes that it lists as once used; the registry. */
static const struct tls_alert tls_alerts[] = {
	{ 0, "close_notify" },
	{ 10, "unexpected_message" },
	{ 20, "bad_record_mac" },
	{ 21, "decryption_failed" },
	{ 22, "record_overflow" },
	{ 30, "decompression_failure" },
	{ 40, "handshake_failure" },
	{ 41, "no_certificate" },
	{ 42, "bad_certificate" },
	{ 43, "unsupported_certificate" },
	{ 44, "certificate_revoked" },
	{ 45, "certificate_expired" },
	{ 46, "certificate_unknown" },
	{ 47, "illegal_parameter" },
	{ 48, "unknown_ca" },
	{ 49, "access_denied" },
	{ 50, "decode_error" },
	{ 51, "decrypt_error" },
	{ 60, "export_restriction" },
	{ 70, "protocol_version" },
	{ 71, "insufficient_security" },
	{ 80, "internal_error" },
	{ 86, "inappropriate_fallback" },
	{ 90, "user_canceled" },
	{ 100, "no_renegotiation" },
	{ 109, "missing_extension" },
	{ 110, "unsupported_extension" },
	{ 111, "certificate_unobtainable" },
	{ 112, "unrecognized_name" },
	{ 113, "bad_certificate_status_response" },
	{ 114, "bad_certificate_hash_value" },
	{ 115, "unknown_psk_identity" },
	{ 116, "certificate_required" },
	{ 120, "no_application_protocol" },
	{ 121, "ech_required" },
};

const char *
tls_message_alert(unsigned code)
{
	size_t i;

	for (i = 0; i < sizeof(tls_alerts) / sizeof(*tls_alerts); i++)
		if (tls_alerts[i].code == code)
			return tls_alerts[i].name;
	return NULL;
}

/* Takes a vector with a length of `width` octets off the front of in. */
static int
tls_take(struct bytes *in, unsigned width, struct bytes *out)
{
	size_t len = 0;
	unsigned i;

	if (in->len < width)
		return -1;
	for (i = 0; i < width; i++)
		len = len << 8 | in->data[i];
	if (in->len - width < len)
		return -1;
	*out = bytes_of(in->data + width, len);
	*in = bytes_of(in->data + width + len, in->len - width - len);
	return 0;
}

struct bytes
tls_message_staple(struct bytes body)
{
	struct bytes none = { NULL, 0 }, staple;

	if (body.len == 0 || body.data[0] != STATUS_OCSP)
		return none;
	body = bytes_of(body.data + 1, body.len - 1);
	return tls_take(&body, 3, &staple) == 0 ? staple : none;
}

/* The staple among the extensions of a TLS 1.3 certificate entry. */
static struct bytes
tls_entry_staple(struct bytes extensions)
{
	struct bytes content;
	unsigned type;

	while (extensions.len >= 2) {
		type = (unsigned)extensions.data[0] << 8 | extensions.data[1];
		extensions = bytes_of(extensions.data + 2, extensions.len - 2);
		if (tls_take(&extensions, 2, &content) != 0)
			break;
		if (type == EXTENSION_STATUS_REQUEST)
			return tls_message_staple(content);
	}
	return (struct bytes){ NULL, 0 };
}

int
tls_message_chain(struct bytes body, bool tls13, struct tls_chain *out)
{
	struct bytes context, list, cert, extensions = { NULL, 0 };

	out->n = out->n_all = 0;
	if (tls13 && tls_take(&body, 1, &context) != 0)
		return -1;
	if (tls_take(&body, 3, &list) != 0)
		return -1;
	while (list.len > 0) {
		if (tls_take(&list, 3, &cert) != 0)
			return -1;
		out->n_all++;
		if (out->n < out->max) {
			out->certs[out->n] = cert;
			if (out->staples != NULL)
				out->staples[out->n] = (struct bytes){ 0 };
			out->n++;
		}
		if (!tls13)
			continue;
		if (tls_take(&list, 2, &extensions) != 0)
			return -1;
		if (out->staples != NULL && out->n == out->n_all)
			out->staples[out->n - 1] =
			    tls_entry_staple(extensions);
	}
	return 0;
}

bool
tls_message_is_record(struct bytes in)
{
	/* change_cipher_spec to application_data; version 3.0 to 3.4; at most
	 * 2^14 octets and 2048 of expansion. */
	if (in.len > 0 && (in.data[0] < 20 || in.data[0] > 23))
		return false;
	if (in.len > 1 && in.data[1] != 3)
		return false;
	if (in.len > 2 && in.data[2] > 4)
		return false;
	return in.len < 5 ||
	    ((size_t)in.data[3] << 8 | in.data[4]) <= 16384 + 2048;
}
