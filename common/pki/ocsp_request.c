/* SPDX-License-Identifier: ISC */
/*
 * OCSP requests (RFC 6960 4.1, RFC 9919 3.1 and 6, RFC 9654 2.1).  Written
 * from the end to the beginning, so that every length is known when its
 * turn comes.
 */
#include <openssl/evp.h>

#include "pki/ocsp_private.h"
#include "pki/ossl.h"

#define REQUEST_MAX 1024
#define SERIAL_MAX 512		/* octets, with tag and length */
#define NONCE_MAX 128
#define URL_MAX 255		/* RFC 9919 6 */

struct writer {
	uint8_t area[REQUEST_MAX];
	size_t at;		/* what is written begins here */
};

static void
put(struct writer *w, const void *data, size_t len)
{
	w->at -= len;
	memcpy(w->area + w->at, data, len);
}

static void
put_octet(struct writer *w, size_t octet)
{
	w->area[--w->at] = (uint8_t)octet;
}

/* Tag and length of all that was written since `end`. */
static void
wrap(struct writer *w, uint8_t tag, size_t end)
{
	size_t len = end - w->at;

	put_octet(w, len & 0xff);
	if (len > 0xff) {
		put_octet(w, len >> 8);
		put_octet(w, 0x82);
	} else if (len > 0x7f) {
		put_octet(w, 0x81);
	}
	put_octet(w, tag);
}

static void
put_tlv(struct writer *w, uint8_t tag, const void *data, size_t len)
{
	size_t end = w->at;

	put(w, data, len);
	wrap(w, tag, end);
}

/* [2] EXPLICIT Extensions with id-pkix-ocsp-nonce: an OCTET STRING in the
 * extnValue. */
static void
put_nonce(struct writer *w, struct bytes nonce)
{
	size_t end = w->at;

	put_tlv(w, TAG_OCTET_STRING, nonce.data, nonce.len);
	wrap(w, TAG_OCTET_STRING, end);
	put_tlv(w, TAG_OID, "\x2b\x06\x01\x05\x05\x07\x30\x01\x02", 9);
	wrap(w, TAG_SEQUENCE, end);
	wrap(w, TAG_SEQUENCE, end);
	wrap(w, TAG_CONTEXT_CONS(2), end);
}

static void
put_id(struct writer *w, struct bytes serial, const struct ocsp_id_hash *id)
{
	size_t end = w->at, algorithm;

	put(w, serial.data, serial.len);
	put_tlv(w, TAG_OCTET_STRING, id->key, id->len);
	put_tlv(w, TAG_OCTET_STRING, id->name, id->len);
	algorithm = w->at;
	put(w, "\x05\x00", 2);	/* RFC 9919 3.1.1: NULL, not absent */
	put_tlv(w, TAG_OID, id->oid.data, id->oid.len);
	wrap(w, TAG_SEQUENCE, algorithm);
	wrap(w, TAG_SEQUENCE, end);
}

int
ocsp_request(struct arena *arena, const struct ocsp_query *query,
    enum ocsp_hash hash, struct bytes *out, struct err *err)
{
	struct writer w = { .at = REQUEST_MAX };
	struct ocsp_subject subject;
	struct ocsp_id_hash id;
	size_t list;

	if (ocsp_id_subject(query, &subject, err) != 0)
		return -1;
	if (subject.serial.len > SERIAL_MAX || query->nonce.len > NONCE_MAX)
		return err_set(err, ERR_LIMIT, "the %s is too long to ask for",
		    subject.serial.len > SERIAL_MAX ? "serial number" :
		    "nonce");
	if (ocsp_id_hashes(&subject, hash, &id) != 0)
		return ossl_error(err, ERR_INTERNAL, "digest");
	if (query->nonce.len > 0)
		put_nonce(&w, query->nonce);
	list = w.at;
	put_id(&w, subject.serial, &id);
	wrap(&w, TAG_SEQUENCE, list);		/* Request */
	wrap(&w, TAG_SEQUENCE, list);		/* requestList */
	wrap(&w, TAG_SEQUENCE, REQUEST_MAX);	/* tbsRequest */
	wrap(&w, TAG_SEQUENCE, REQUEST_MAX);
	*out = arena_bytes(arena, bytes_of(w.area + w.at,
	    REQUEST_MAX - w.at));
	return out->data == NULL ? err_nomem(err) : 0;
}

/* Percent-encodes what base64 has and a path segment may not have. */
static size_t
escape(const char *in, char *out)
{
	size_t n = 0;

	for (; *in != '\0'; in++) {
		if (*in != '+' && *in != '/' && *in != '=') {
			out[n++] = *in;
			continue;
		}
		memcpy(out + n, *in == '+' ? "%2B" : *in == '/' ? "%2F" :
		    "%3D", 3);
		n += 3;
	}
	out[n] = '\0';
	return n;
}

const char *
ocsp_get_url(struct arena *arena, const char *url, struct bytes request)
{
	char base64[URL_MAX + 5], escaped[3 * URL_MAX + 16];
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	/* Nothing can be appended to a query. */
	if (len >= URL_MAX || strpbrk(url, "?#") != NULL ||
	    request.len == 0 || request.len > URL_MAX / 4 * 3)
		return NULL;
	EVP_EncodeBlock((unsigned char *)base64, request.data,
	    (int)request.len);
	if (len + 1 + escape(base64, escaped) > URL_MAX)
		return NULL;
	return arena_printf(arena, "%.*s/%s", (int)len, url, escaped);
}
