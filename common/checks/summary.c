/* SPDX-License-Identifier: ISC */
/* Copies what renderers show from the observation into the result. */
#include "checks/summary.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "model/hostname.h"

#define SHOWN_NAMES 100
#define SERIAL_MAX 64		/* octets; RFC 5280 allows 20 */

static const char *
hex(struct arena *arena, const uint8_t *data, size_t len)
{
	struct buf buf = BUF_INIT;
	char *out;

	text_hex(&buf, bytes_of(data, len), 0);
	out = arena_strdup(arena, buf_text(&buf));
	buf_release(&buf);
	return out;
}

/* Upper case, without the zeros that only keep the sign. */
static const char *
serial_text(struct arena *arena, struct bytes serial)
{
	struct buf buf = BUF_INIT;
	char *out, *c;

	while (serial.len > 1 && serial.data[0] == 0)
		serial = bytes_of(serial.data + 1, serial.len - 1);
	if (serial.len > SERIAL_MAX)
		serial.len = SERIAL_MAX;
	text_hex(&buf, serial, 0);
	out = arena_strdup(arena, buf_text(&buf));
	for (c = out; c != NULL && *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'f')
			*c = (char)(*c - 'a' + 'A');
	buf_release(&buf);
	return out;
}

static const char *
key_text(struct arena *arena, const struct cert_facts *cert)
{
	switch (cert->key_type) {
	case KEY_RSA:
		return arena_printf(arena, "RSA %u", cert->key_bits);
	case KEY_RSA_PSS:
		return arena_printf(arena, "RSA-PSS %u", cert->key_bits);
	case KEY_EC:
		return arena_printf(arena, "ECDSA %s",
		    cert->curve == NULL ? "(unknown curve)" : cert->curve);
	case KEY_ED25519:
		return "Ed25519";
	case KEY_ED448:
		return "Ed448";
	case KEY_DSA:
		return arena_printf(arena, "DSA %u", cert->key_bits);
	default:
		return "unknown";
	}
}

static void
copy_names(struct arena *arena, const struct cert_facts *cert,
    struct cert_summary *out)
{
	struct buf buf = BUF_INIT;
	size_t i, n = cert->n_sans < SHOWN_NAMES ? cert->n_sans : SHOWN_NAMES;

	out->n_names_all = cert->n_sans;
	out->names = arena_array(arena, n == 0 ? 1 : n, sizeof(*out->names));
	if (out->names == NULL)
		return;
	for (i = 0; i < n; i++) {
		buf_reset(&buf);
		san_format(&buf, &cert->sans[i]);
		out->names[out->n_names++] = arena_bytes(arena,
		    buf_bytes(&buf));
	}
	buf_release(&buf);
}

static void
copy_cert(const struct check_input *in, struct result *result, size_t i,
    struct cert_summary *out)
{
	const struct cert_facts *cert = &in->obs->certs[i];
	struct arena *arena = result->arena;

	out->subject_label = check_label(in, result, i);
	out->subject = arena_bytes(arena, cert->subject);
	out->issuer = arena_bytes(arena, cert->issuer);
	out->common_name = arena_bytes(arena, cert->common_name);
	out->issuer_name = arena_bytes(arena, cert->issuer_name);
	copy_names(arena, cert, out);
	out->serial = serial_text(arena, cert->serial);
	out->sha256 = hex(arena, cert->sha256, sizeof(cert->sha256));
	out->sha1 = hex(arena, cert->sha1, sizeof(cert->sha1));
	out->spki_sha256 = hex(arena, cert->spki_sha256,
	    sizeof(cert->spki_sha256));
	out->key = key_text(arena, cert);
	out->signature = arena_strdup(arena,
	    cert->sig_name == NULL ? "unknown" : cert->sig_name);
	out->has_dates = cert->has_not_before && cert->has_not_after;
	out->not_before = cert->not_before;
	out->not_after = cert->not_after;
	out->is_ca = cert->is_ca;
}

static const char *
trust_word(const struct path_facts *path)
{
	switch (path->status) {
	case PATH_OK:
		return "trusted";
	case PATH_NOT_CHECKED:
		return "not checked";
	case PATH_ERROR:
		return "unknown";
	default:
		return "untrusted";
	}
}

static const char *
copy(struct arena *arena, const char *s)
{
	return s == NULL ? NULL : arena_strdup(arena, s);
}

static void
copy_connection(const struct observation *obs, struct result *result)
{
	struct result_facts *facts = &result->facts;
	const struct target *target = obs->target;
	struct arena *arena = result->arena;

	facts->kind = obs->from_file ? "file" : "tls";
	facts->path = obs->from_file ? copy(arena, target->path) : NULL;
	facts->time_ms = obs->total_ms;
	facts->trust = trust_word(&obs->path);
	facts->anchor = arena_bytes(arena, obs->path.anchor_name);
	if (obs->from_file)
		return;
	facts->host = copy(arena, target->host);
	facts->host_unicode = copy(arena, target->host_unicode);
	facts->address = copy(arena, obs->address);
	facts->protocol = target->scheme->name;
	facts->port = target->port;
	facts->tls_version = copy(arena, obs->tls.version);
	facts->cipher = copy(arena, obs->tls.cipher);
	facts->group = copy(arena, obs->tls.group);
	facts->alpn = arena_bytes(arena, obs->tls.alpn);
	facts->client_cert_asked = obs->tls.client_cert_asked;
}

void
summary_fill(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	struct result_facts *facts = &result->facts;
	unsigned long failures = mem_failures();
	size_t i;

	if (result->quiet)
		return;
	copy_connection(obs, result);
	if (obs->n_certs == 0)
		return;
	facts->certs = arena_array(result->arena, obs->n_certs,
	    sizeof(*facts->certs));
	if (facts->certs == NULL) {
		result->nomem = true;
		return;
	}
	for (i = 0; i < obs->n_certs; i++)
		copy_cert(in, result, i, &facts->certs[i]);
	/* Half of a certificate is shown to nobody. */
	if (mem_failures() != failures)
		result->nomem = true;
	else
		facts->n_certs = obs->n_certs;
}
