/* SPDX-License-Identifier: ISC */
/* Host names, addresses, ports and scheme names as a user writes them. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/idn.h"
#include "base/text.h"
#include "model/target_private.h"

#define ZONE_MAX 15		/* IFNAMSIZ without its NUL */
#define SCHEMES_MAX 64

/* RFC 4007 11.2: an interface by name or number. */
static bool
is_zone(const char *zone)
{
	size_t n = strlen(zone), i;
	char c;

	for (i = 0; i < n; i++) {
		c = text_lower(zone[i]);
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') &&
		    strchr("-_.", c) == NULL)
			return false;
	}
	return n > 0 && n <= ZONE_MAX;
}

static bool
address6(const char *text, char out[TARGET_ADDRESS_SIZE])
{
	char plain[INET6_ADDRSTRLEN];
	const char *zone = strchr(text, '%');
	size_t len = zone == NULL ? strlen(text) : (size_t)(zone - text);
	struct in6_addr addr;

	if (len >= sizeof(plain) || (zone != NULL && !is_zone(zone + 1)))
		return false;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (inet_pton(AF_INET6, plain, &addr) != 1 ||
	    inet_ntop(AF_INET6, &addr, plain, sizeof(plain)) == NULL)
		return false;
	/* Not ::0.1.4.67 for ::1:443 (RFC 5952 5). */
	if (IN6_IS_ADDR_V4COMPAT(&addr) && strchr(plain, '.') != NULL)
		snprintf(plain, sizeof(plain), "::%x:%x",
		    addr.s6_addr[12] << 8 | addr.s6_addr[13],
		    addr.s6_addr[14] << 8 | addr.s6_addr[15]);
	snprintf(out, TARGET_ADDRESS_SIZE, "%s%s", plain,
	    zone == NULL ? "" : zone);
	return true;
}

bool
target_address(const char *text, char out[TARGET_ADDRESS_SIZE])
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		return address6(text, out);
	return inet_ntop(AF_INET, &addr, out, TARGET_ADDRESS_SIZE) != NULL;
}

/* No top-level domain is a number: 192.0.2.300 is a mistyped address. */
static bool
ends_in_number(const char *name)
{
	const char *last = strrchr(name, '.');

	last = last == NULL ? name : last + 1;
	return *last != '\0' && last[strspn(last, "0123456789")] == '\0';
}

/* The name in A-labels, lower case. */
static const char *
parse_name(struct arena *arena, const char *text, struct err *err)
{
	char *name;

	if (*text == '-') {
		err_set(err, ERR_USAGE, "a host name does not begin with '-'");
		return NULL;
	}
	if (strchr(text, ':') != NULL) {
		err_set(err, ERR_USAGE, "neither HOST:PORT nor an IPv6 "
		    "address");
		return NULL;
	}
	name = idn_to_ascii(arena, text, err);
	if (name == NULL) {
		if (err != NULL && err->kind != ERR_NOMEM)
			err->kind = ERR_USAGE;
		return NULL;
	}
	if (ends_in_number(name)) {
		err_set(err, ERR_USAGE, "neither a host name nor an IPv4 "
		    "address");
		return NULL;
	}
	return name;
}

const char *
target_name(struct arena *arena, const char *text, struct err *err)
{
	char address[TARGET_ADDRESS_SIZE], *out;

	if (!target_address(text, address))
		return parse_name(arena, text, err);
	out = arena_strdup(arena, address);
	if (out == NULL)
		err_nomem(err);
	return out;
}

int
target_host(struct arena *arena, const char *text, struct target *out,
    struct err *err)
{
	char address[TARGET_ADDRESS_SIZE], *sni;
	size_t len;

	out->host = target_name(arena, text, err);
	if (out->host == NULL)
		return -1;
	out->is_address = target_address(out->host, address);
	if (out->is_address)
		return 0;
	out->host_unicode = idn_to_unicode(arena, out->host);
	/* The final dot is for the resolver; RFC 6066 3 sends none. */
	len = strlen(out->host);
	if (out->host[len - 1] != '.')
		return 0;
	sni = arena_strndup(arena, out->host, len - 1);
	if (sni == NULL)
		return err_nomem(err);
	out->sni = sni;
	return 0;
}

int
target_port(const char *text, uint16_t *out, struct err *err)
{
	uint64_t port;

	if (*text == '\0')
		return err_set(err, ERR_USAGE, "no port behind the colon");
	if (text_u64(text, &port) != 0 || port < 1 || port > 65535)
		return err_set(err, ERR_USAGE,
		    "port '%.40s' is not a number from 1 to 65535", text);
	*out = (uint16_t)port;
	return 0;
}

int
target_unknown_scheme(const char *what, const char *name, struct err *err)
{
	const char *words[SCHEMES_MAX];
	const struct scheme *scheme;
	size_t n = 0;
	int i;

	for (scheme = scheme_table(); scheme->name != NULL; scheme++)
		if (n < SCHEMES_MAX)
			words[n++] = scheme->name;
	i = text_nearest(name, words, n);
	if (i < 0)
		return err_set(err, ERR_USAGE, "unknown %s '%.40s'", what,
		    name);
	return err_set(err, ERR_USAGE, "unknown %s '%.40s', the nearest is "
	    "'%s'", what, name, words[i]);
}

int
target_starttls(const struct target_defaults *defaults,
    const struct scheme **out, struct err *err)
{
	const char *name = defaults->starttls;

	*out = NULL;
	if (name == NULL || *name == '\0')
		return 0;
	*out = scheme_find(name);
	if (*out == NULL)
		return target_unknown_scheme("STARTTLS protocol", name, err);
	if ((*out)->starttls == STARTTLS_NONE)
		return err_set(err, ERR_USAGE, "'%.40s' is TLS from the "
		    "start, not a STARTTLS protocol", name);
	return 0;
}

const struct scheme *
target_scheme(uint16_t port)
{
	return scheme_find(port == 443 ? "https" : "tls");
}

int
target_sni(struct arena *arena, const struct target_defaults *defaults,
    struct target *out, struct err *err)
{
	const char *text = defaults->sni;
	struct target name = { .kind = TARGET_TLS };

	if (text == NULL || *text == '\0')
		return 0;
	if (strcmp(text, "-") == 0) {
		out->sni = "";
		return 0;
	}
	if (target_host(arena, text, &name, err) != 0)
		return err_wrap(err, "SNI '%.80s'", text);
	if (name.is_address)
		return err_set(err, ERR_USAGE, "SNI '%.80s': an address, "
		    "where only names are sent", text);
	out->sni = name.sni != NULL ? name.sni : name.host;
	return 0;
}
