/* SPDX-License-Identifier: ISC */
/*
 * A getaddrinfo() for tests, put in front of the C library's with LD_PRELOAD.
 *
 * MPC_HOSTS holds `NAME=ADDRESS,ADDRESS;NAME=...`; for an address may stand
 * `hang` (never answers), `nxdomain`, `again` (EAI_AGAIN) or `fail`
 * (EAI_FAIL).  Any other name has no address.  Address literals go to the C
 * library, which needs no network for them.
 *
 * MPC_REACH is an IPv4 address of the public Internet behind which 127.0.0.1
 * is: connections to it go there.  Others but loopback are then refused.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

typedef int real_getaddrinfo(const char *, const char *,
    const struct addrinfo *, struct addrinfo **);
typedef int real_connect(int, const struct sockaddr *, socklen_t);

/* The addresses of name, as text; NULL when it is not in the list. */
static const char *
host_find(const char *list, const char *name)
{
	size_t	 len = strlen(name);

	if (len > 1 && name[len - 1] == '.')
		len--;
	while (list != NULL && *list != '\0') {
		if (strncasecmp(list, name, len) == 0 && list[len] == '=')
			return list + len + 1;
		list = strchr(list, ';');
		if (list != NULL)
			list++;
	}
	return NULL;
}

/* The entries of one address, behind those that are there. */
static int
address_append(real_getaddrinfo *real, const char *address,
    const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	struct addrinfo	 own, **tail = out;
	int		 rc;

	memset(&own, 0, sizeof(own));
	if (hints != NULL)
		own = *hints;
	own.ai_flags |= AI_NUMERICHOST;
	while (*tail != NULL)
		tail = &(*tail)->ai_next;
	rc = real(address, service, &own, tail);
	/* The other family than the one asked for is no failure. */
	if (rc != 0)
		*tail = NULL;
	return 0;
}

static int
word_run(const char *word)
{
	if (strcmp(word, "hang") == 0)
		for (;;)
			pause();
	if (strcmp(word, "again") == 0)
		return EAI_AGAIN;
	if (strcmp(word, "fail") == 0)
		return EAI_FAIL;
	return EAI_NONAME;
}

int
getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	real_getaddrinfo	*real;
	unsigned char		 literal[16];
	const char		*found;
	char			 text[512], *address, *save = NULL;

	/* The C library takes some memory, too, for any name. */
	free(strdup(node == NULL ? "" : node));
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (node == NULL || inet_pton(AF_INET, node, literal) == 1 ||
	    strchr(node, ':') != NULL)
		return real(node, service, hints, out);
	found = host_find(getenv("MPC_HOSTS"), node);
	if (found == NULL)
		return EAI_NONAME;
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(found, ";"), found);
	*out = NULL;
	for (address = strtok_r(text, ",", &save); address != NULL;
	    address = strtok_r(NULL, ",", &save)) {
		if (strchr(address, '.') == NULL && strchr(address, ':') == NULL)
			return word_run(address);
		address_append(real, address, service, hints, out);
	}
	return *out != NULL ? 0 : EAI_NONAME;
}

int
connect(int fd, const struct sockaddr *to, socklen_t len)
{
	real_connect		*real;
	const char		*reach = getenv("MPC_REACH");
	struct sockaddr_in	 in;

	*(void **)&real = dlsym(RTLD_NEXT, "connect");
	if (reach == NULL || to->sa_family != AF_INET || len < sizeof(in))
		return real(fd, to, len);
	memcpy(&in, to, sizeof(in));
	if (in.sin_addr.s_addr == inet_addr(reach))
		in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else if (ntohl(in.sin_addr.s_addr) >> 24 != 127) {
		errno = ENETUNREACH;
		return -1;
	}
	return real(fd, (const struct sockaddr *)(const void *)&in, sizeof(in));
}
