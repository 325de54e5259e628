/* SPDX-License-Identifier: ISC */
/* Which addresses belong to the public Internet. */
#include "net/http_address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct block {
	uint8_t prefix[16];
	unsigned bits;
};

static const struct block v4_blocks[] = {
	{ { 0 }, 8 },			/* this network */
	{ { 10 }, 8 },			/* private, RFC 1918 */
	{ { 100, 64 }, 10 },		/* shared, RFC 6598 */
	{ { 127 }, 8 },			/* loopback */
	{ { 169, 254 }, 16 },		/* link-local */
	{ { 172, 16 }, 12 },		/* private */
	{ { 192, 0, 0 }, 24 },		/* protocol assignments */
	{ { 192, 0, 2 }, 24 },		/* documentation */
	{ { 192, 88, 99 }, 24 },	/* 6to4 relays, RFC 7526 */
	{ { 192, 168 }, 16 },		/* private */
	{ { 198, 18 }, 15 },		/* benchmarks */
	{ { 198, 51, 100 }, 24 },	/* documentation */
	{ { 203, 0, 113 }, 24 },	/* documentation */
	{ { 224 }, 4 },			/* multicast */
	{ { 240 }, 4 },			/* reserved, broadcast */
};

/* All that is global unicast lies in 2000::/3 (RFC 4291, 2.4). */
static const struct block v6_unicast = { { 0x20 }, 3 };

static const struct block v6_blocks[] = {
	{ { 0x20, 0x01, 0 }, 23 },	/* protocol assignments, Teredo */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },	/* documentation */
	{ { 0x3f, 0xff }, 20 },		/* documentation, RFC 9637 */
};

/* IPv6 with an IPv4 address in it. */
static const struct {
	struct block block;
	size_t at;
} v6_carriers[] = {
	{ { { [10] = 0xff, [11] = 0xff }, 96 }, 12 },		/* mapped */
	{ { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 },		/* NAT64 */
	{ { { 0x20, 0x02 }, 16 }, 2 },				/* 6to4 */
};

static bool
address_within(const uint8_t *octets, const struct block *block)
{
	size_t whole = block->bits / 8;
	unsigned rest = block->bits % 8;

	if (memcmp(octets, block->prefix, whole) != 0)
		return false;
	return rest == 0 ||
	    ((octets[whole] ^ block->prefix[whole]) >> (8 - rest)) == 0;
}

static bool
address_global_v4(const uint8_t *octets)
{
	size_t i;

	for (i = 0; i < sizeof(v4_blocks) / sizeof(*v4_blocks); i++)
		if (address_within(octets, &v4_blocks[i]))
			return false;
	return true;
}

static bool
address_global_v6(const uint8_t *octets)
{
	size_t i;

	for (i = 0; i < sizeof(v6_carriers) / sizeof(*v6_carriers); i++)
		if (address_within(octets, &v6_carriers[i].block))
			return address_global_v4(octets + v6_carriers[i].at);
	if (!address_within(octets, &v6_unicast))
		return false;
	for (i = 0; i < sizeof(v6_blocks) / sizeof(*v6_blocks); i++)
		if (address_within(octets, &v6_blocks[i]))
			return false;
	return true;
}

bool
http_address_global(const struct sockaddr *address)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		return address_global_v4((const uint8_t *)&v4.sin_addr);
	}
	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&v6, address, sizeof(v6));
	return address_global_v6(v6.sin6_addr.s6_addr);
}
