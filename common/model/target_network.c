/* SPDX-License-Identifier: ISC */
/* ADDRESS/BITS[:PORT,PORT...]: many endpoints in one target. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/text.h"
#include "model/target_private.h"

#define NETWORK_MAX 65536	/* endpoints */
#define PORTS_MAX 1024

/* The address in front of the slash, without brackets. */
static bool
network_address(const char *text, char out[TARGET_ADDRESS_SIZE])
{
	char copy[TARGET_ADDRESS_SIZE];
	size_t len = strcspn(text, "/");

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return target_address(copy, out);
}

/* A path could look alike (10.0.0.1/a.pem): digits behind the slash, and no
 * other slash, make it a network. */
bool
target_is_network(const char *text)
{
	const char *slash = strchr(text, '/');
	char address[TARGET_ADDRESS_SIZE];

	return slash != NULL && slash[1] >= '0' && slash[1] <= '9' &&
	    strchr(slash + 1, '/') == NULL && network_address(text, address);
}

static int
parse_bits(const char *text, struct target *out, struct err *err)
{
	unsigned most = out->family == 4 ? 32 : 128;
	uint64_t bits;

	if (text_u64(text, &bits) != 0 || bits > most)
		return err_set(err, ERR_USAGE, "an IPv%d network has 0 to %u "
		    "bits, not '%.40s'", out->family, most, text);
	out->bits = (unsigned)bits;
	return 0;
}

/* The network that the address lies in: host bits are cleared. */
static void
mask(struct target *out)
{
	unsigned i, keep, size = out->family == 4 ? 4 : 16;

	for (i = 0; i < size; i++) {
		keep = out->bits > i * 8 ? out->bits - i * 8 : 0;
		if (keep < 8)
			out->net[i] = (uint8_t)(out->net[i] &
			    (0xff00U >> keep));
	}
}

static int
add_port(struct target *out, uint16_t port, struct err *err)
{
	size_t i;

	for (i = 0; i < out->n_ports; i++)
		if (out->ports[i] == port)
			return 0;
	if (out->n_ports == PORTS_MAX)
		return err_set(err, ERR_USAGE, "more than %d ports",
		    PORTS_MAX);
	out->ports[out->n_ports++] = port;
	return 0;
}

static int
parse_ports(struct arena *arena, const char *text, struct target *out,
    struct err *err)
{
	char *copy = arena_strdup(arena, text), *next, *comma;
	uint16_t port;

	out->ports = arena_array(arena, PORTS_MAX, sizeof(*out->ports));
	if (copy == NULL || out->ports == NULL)
		return err_nomem(err);
	for (next = copy; next != NULL;
	    next = comma == NULL ? NULL : comma + 1) {
		comma = strchr(next, ',');
		if (comma != NULL)
			*comma = '\0';
		if (*next == '\0')
			return err_set(err, ERR_USAGE, "an empty port in "
			    "'%.40s'", text);
		if (target_port(next, &port, err) != 0 ||
		    add_port(out, port, err) != 0)
			return -1;
	}
	return 0;
}

static int
default_ports(struct arena *arena, const struct target_defaults *defaults,
    struct target *out, struct err *err)
{
	if (defaults->port != NULL && *defaults->port != '\0')
		return parse_ports(arena, defaults->port, out, err);
	out->ports = arena_array(arena, 1, sizeof(*out->ports));
	if (out->ports == NULL)
		return err_nomem(err);
	out->ports[0] = out->scheme == NULL ? 443 : out->scheme->port;
	out->n_ports = 1;
	return 0;
}

static int
parse_address(const char *text, struct target *out, struct err *err)
{
	if (strchr(text, '%') != NULL)
		return err_set(err, ERR_USAGE, "a network has no zone");
	out->family = strchr(text, ':') == NULL ? 4 : 6;
	if (inet_pton(out->family == 4 ? AF_INET : AF_INET6, text,
	    out->net) != 1)
		return err_set(err, ERR_USAGE, "not an address");
	return 0;
}

static int
check_size(const struct target *net, struct err *err)
{
	if (target_network_size(net) <= NETWORK_MAX)
		return 0;
	return err_set(err, ERR_USAGE, "a network of /%u with %zu port%s has "
	    "more than %d endpoints", net->bits, net->n_ports,
	    net->n_ports == 1 ? "" : "s", NETWORK_MAX);
}

int
target_parse_network(struct arena *arena, const char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err)
{
	char *bits = arena_strdup(arena, strchr(text, '/') + 1), *ports;
	char address[TARGET_ADDRESS_SIZE];
	int rc;

	if (bits == NULL)
		return err_nomem(err);
	ports = strchr(bits, ':');
	if (ports != NULL)
		*ports++ = '\0';
	out->kind = TARGET_NETWORK;
	if (!network_address(text, address) ||
	    parse_address(address, out, err) != 0 ||
	    parse_bits(bits, out, err) != 0 ||
	    target_starttls(defaults, &out->scheme, err) != 0)
		return -1;
	mask(out);
	rc = ports != NULL ? parse_ports(arena, ports, out, err) :
	    default_ports(arena, defaults, out, err);
	if (rc != 0 || check_size(out, err) != 0)
		return -1;
	if (defaults->address != NULL && *defaults->address != '\0')
		return err_set(err, ERR_USAGE, "a network cannot be reached "
		    "at one address ('%.40s')", defaults->address);
	return target_sni(arena, defaults, out, err);
}

/* The first and the last address of an IPv4 network name the network and all
 * of it, but where there are no others (RFC 3021). */
static bool
has_reserved(const struct target *net)
{
	return net->family == 4 && net->bits < 31;
}

uint64_t
target_network_size(const struct target *net)
{
	unsigned host = (net->family == 4 ? 32 : 128) - net->bits;
	uint64_t n;

	if (host > 63)
		return UINT64_MAX;
	n = (UINT64_C(1) << host) - (has_reserved(net) ? 2 : 0);
	return net->n_ports > 0 && n > UINT64_MAX / net->n_ports ?
	    UINT64_MAX : n * net->n_ports;
}

int
target_network_at(struct arena *arena, const struct target *net,
    uint64_t i, struct target *out, struct err *err)
{
	unsigned at = net->family == 4 ? 4 : 16;
	uint8_t addr[16];
	char text[INET6_ADDRSTRLEN];
	uint64_t n;

	if (i >= target_network_size(net))
		return err_set(err, ERR_INTERNAL, "no such endpoint");
	memcpy(addr, net->net, sizeof(addr));
	/* The host bits are zero: the sum carries within them. */
	for (n = i / net->n_ports + has_reserved(net); n > 0; n >>= 8) {
		at--;
		addr[at] = (uint8_t)(addr[at] + (n & 0xff));
	}
	*out = *net;
	out->kind = TARGET_TLS;
	out->from_network = true;
	out->is_address = true;
	out->label = NULL;
	out->port = net->ports[i % net->n_ports];
	if (out->scheme == NULL)
		out->scheme = target_scheme(out->port);
	out->host = inet_ntop(net->family == 4 ? AF_INET : AF_INET6, addr,
	    text, sizeof(text)) == NULL ? NULL : arena_strdup(arena, text);
	out->text = out->host == NULL ? NULL : target_display(arena, out);
	return out->text == NULL ? err_nomem(err) : 0;
}
