/* SPDX-License-Identifier: ISC */
/* Which addresses belong to the public Internet. */
#ifndef NET_HTTP_ADDRESS_H
#define NET_HTTP_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Is it a global unicast address by the registries of RFC 6890 (loopback,
 * private, shared, link-local, documentation, multicast ... are none)?  IPv4
 * inside IPv6 (mapped, NAT64, 6to4) is judged by the IPv4 address. */
bool http_address_global(const struct sockaddr *address);

#endif
