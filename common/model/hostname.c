/* SPDX-License-Identifier: ISC */
/* Matching of identifiers, RFC 9525 section 6. */
#include "model/hostname.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

static bool
hostname_is_char(char c)
{
	c = text_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_';
}

/* Labels of host name characters, none empty; the number of labels, or 0. */
static size_t
hostname_labels(struct bytes name)
{
	size_t i, labels = 1, label = 0;

	for (i = 0; i < name.len; i++) {
		if (name.data[i] == '.') {
			if (label == 0)
				return 0;
			label = 0;
			labels++;
		} else if (hostname_is_char((char)name.data[i]))
			label++;
		else
			return 0;
	}
	return label == 0 ? 0 : labels;
}

static struct bytes
hostname_after(struct bytes in, size_t n)
{
	return bytes_of(in.data + n, in.len - n);
}

bool
hostname_match(struct bytes pattern, const char *name)
{
	struct bytes ref = bytes_str(name);
	uint8_t address[16];
	const uint8_t *dot;

	if (hostname_address(name, address) != 0)
		return false;
	if (ref.len > 0 && ref.data[ref.len - 1] == '.')
		ref.len--;
	if (hostname_labels(ref) == 0 || pattern.len == 0)
		return false;
	if (pattern.len < 2 || memcmp(pattern.data, "*.", 2) != 0)
		return hostname_labels(pattern) != 0 &&
		    text_same(pattern, ref);
	/* "*.com" would cover every name under a top-level domain. */
	pattern = hostname_after(pattern, 2);
	if (hostname_labels(pattern) < 2)
		return false;
	dot = memchr(ref.data, '.', ref.len);
	if (dot == NULL)
		return false;
	ref = hostname_after(ref, (size_t)(dot - ref.data) + 1);
	return text_same(pattern, ref);
}

unsigned
hostname_address(const char *text, uint8_t out[16])
{
	char address[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	if (inet_pton(AF_INET, text, out) == 1)
		return 4;
	/* The zone of fe80::1%eth0 (RFC 4007 11) is no part of it. */
	if (len >= sizeof(address))
		return 0;
	memcpy(address, text, len);
	address[len] = '\0';
	return inet_pton(AF_INET6, address, out) == 1 ? 16 : 0;
}

bool
hostname_covered(const struct cert_facts *cert, const char *name)
{
	uint8_t address[16];
	unsigned len = hostname_address(name, address);
	const struct san *san;
	size_t i;

	for (i = 0; i < cert->n_sans; i++) {
		san = &cert->sans[i];
		if (len == 0 && san->type == SAN_DNS &&
		    hostname_match(san->value, name))
			return true;
		if (len != 0 && san->type == SAN_IP &&
		    bytes_eq(san->value, bytes_of(address, len)))
			return true;
	}
	return false;
}

void
san_format(struct buf *out, const struct san *san)
{
	char text[INET6_ADDRSTRLEN];
	int family = san->value.len == 4 ? AF_INET : AF_INET6;

	if (san->type != SAN_IP)
		buf_add(out, san->value.data, san->value.len);
	else if ((san->value.len == 4 || san->value.len == 16) &&
	    inet_ntop(family, san->value.data, text, sizeof(text)) != NULL)
		buf_str(out, text);
	else
		text_hex(out, san->value, ':');
}
