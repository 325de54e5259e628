/* SPDX-License-Identifier: ISC */
/* Which proxy, and for whom: its URL, and the list of those it is not for. */
#include <arpa/inet.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "net/session.h"

#define CREDENTIAL_MAX 255	/* RFC 1929, clause 2 */

struct proxy_scheme {
	const char *prefix;
	enum proxy_kind kind;
	uint16_t port;
	bool remote_names;
};

static const struct proxy_scheme proxy_schemes[] = {
	{ "http://", PROXY_HTTP, 8080, true },
	{ "socks5://", PROXY_SOCKS5, 1080, false },
	{ "socks5h://", PROXY_SOCKS5, 1080, true },
};

static const struct proxy_scheme *
proxy_scheme(const char *url)
{
	size_t i;

	for (i = 0; i < sizeof(proxy_schemes) / sizeof(*proxy_schemes); i++)
		if (text_istarts(url, proxy_schemes[i].prefix))
			return &proxy_schemes[i];
	return NULL;
}

/* A copy with %HH decoded; NULL with err set when it is malformed, longer
 * than a proxy can be told, or memory runs out. */
static char *
proxy_decode(struct bytes in, struct err *err)
{
	char *out = mem_alloc(in.len + 1);
	char hex[3] = "";
	uint8_t octet;
	size_t i, n = 0;

	if (out == NULL) {
		err_nomem(err);
		return NULL;
	}
	for (i = 0; i < in.len; i++) {
		octet = in.data[i];
		if (octet == '%') {
			if (i + 2 < in.len)
				memcpy(hex, in.data + i + 1, 2);
			if (text_unhex(hex, &octet, 1) != 1 || octet == 0)
				break;
			memset(hex, 0, sizeof(hex));
			i += 2;
		}
		out[n++] = (char)octet;
	}
	if (i == in.len && n <= CREDENTIAL_MAX)
		return out;
	mem_wipe(out, in.len + 1);
	mem_free(out);
	err_set(err, ERR_USAGE, i < in.len ?
	    "proxy URL: a %% that is not followed by two hex digits" :
	    "proxy URL: user name or password is longer than 255 octets");
	return NULL;
}

static int
proxy_parse_user(struct bytes in, struct proxy *out, struct err *err)
{
	const uint8_t *colon = in.len == 0 ? NULL :
	    memchr(in.data, ':', in.len);
	size_t len = colon == NULL ? in.len : (size_t)(colon - in.data);

	out->user = proxy_decode(bytes_of(in.data, len), err);
	if (out->user == NULL)
		return -1;
	in = colon == NULL ? bytes_str("") :
	    bytes_of(colon + 1, in.len - len - 1);
	out->password = proxy_decode(in, err);
	return out->password == NULL ? -1 : 0;
}

static int
proxy_parse_port(struct bytes in, uint16_t *port, struct err *err)
{
	char text[6] = "";
	uint64_t v;

	if (in.len >= sizeof(text))
		return err_set(err, ERR_USAGE, "proxy URL: bad port");
	memcpy(text, in.data, in.len);
	if (text_u64(text, &v) != 0 || v == 0 || v > UINT16_MAX)
		return err_set(err, ERR_USAGE, "proxy URL: bad port \"%s\"",
		    text);
	*port = (uint16_t)v;
	return 0;
}

/* Blanks, controls and brackets never belong into a host. */
static bool
proxy_host_ok(const char *host, bool bracketed)
{
	struct in6_addr v6;

	if (bracketed)
		return inet_pton(AF_INET6, host, &v6) == 1;
	if (*host == '\0' || strlen(host) > CREDENTIAL_MAX)
		return false;
	for (; *host != '\0'; host++)
		if (*host <= ' ' || *host >= 0x7f ||
		    strchr("[]:/@?#%\"<>\\^`{|}", *host) != NULL)
			return false;
	return true;
}

/* HOST[:PORT] or [IPV6][:PORT]. */
static int
proxy_parse_host(struct bytes in, struct proxy *out, struct err *err)
{
	bool bracketed = in.len > 0 && in.data[0] == '[';
	const uint8_t *end = in.len == 0 ? NULL :
	    memchr(in.data, bracketed ? ']' : ':', in.len);
	size_t len = end == NULL ? in.len : (size_t)(end - in.data);

	if (bracketed && end == NULL)
		return err_set(err, ERR_USAGE, "proxy URL: [ without ]");
	if (bracketed)
		len--;
	out->host = mem_alloc(len + 1);
	if (out->host == NULL)
		return err_nomem(err);
	memcpy(out->host, in.data + bracketed, len);
	if (!proxy_host_ok(out->host, bracketed))
		return err_set(err, ERR_USAGE, "proxy URL: bad host name");
	len += bracketed ? 2 : 0;
	in = bytes_of(in.data + len, in.len - len);
	if (in.len == 0)
		return 0;
	if (in.data[0] != ':')
		return err_set(err, ERR_USAGE,
		    "proxy URL: unexpected text behind ]");
	return proxy_parse_port(bytes_of(in.data + 1, in.len - 1), &out->port,
	    err);
}

/* What comes behind the scheme. */
static int
proxy_parse_authority(const char *text, struct proxy *out, struct err *err)
{
	size_t len = strcspn(text, "/?#");
	size_t user;

	if (text[len] != '\0' && strcmp(text + len, "/") != 0)
		return err_set(err, ERR_USAGE,
		    "proxy URL: a proxy has no path");
	for (user = len; user > 0 && text[user - 1] != '@'; user--)
		continue;
	if (user > 0 && proxy_parse_user(bytes_of(text, user - 1), out,
	    err) != 0)
		return -1;
	return proxy_parse_host(bytes_of(text + user, len - user), out, err);
}

int
proxy_parse(const char *url, struct proxy *out, struct err *err)
{
	const struct proxy_scheme *scheme = proxy_scheme(url);

	memset(out, 0, sizeof(*out));
	if (scheme != NULL)
		url += strlen(scheme->prefix);
	else if (strstr(url, "://") != NULL)
		return err_set(err, ERR_USAGE, "proxy URL: the scheme is not "
		    "http, socks5 or socks5h");
	else
		scheme = &proxy_schemes[0];	/* as the environment's users
						 * write it: HOST:PORT */
	out->kind = scheme->kind;
	out->port = scheme->port;
	out->remote_names = scheme->remote_names;
	if (proxy_parse_authority(url, out, err) == 0)
		return 0;
	proxy_release(out);
	return -1;
}

static void
proxy_wipe(char *secret)
{
	if (secret != NULL)
		mem_wipe(secret, strlen(secret));
	mem_free(secret);
}

void
proxy_release(struct proxy *proxy)
{
	mem_free(proxy->host);
	proxy_wipe(proxy->user);
	proxy_wipe(proxy->password);
	memset(proxy, 0, sizeof(*proxy));
}

/* An address in network order; its length in octets, 0 for a name. */
static size_t
proxy_address(const char *text, uint8_t out[16])
{
	if (inet_pton(AF_INET, text, out) == 1)
		return 4;
	return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

static bool
proxy_same_net(const uint8_t *a, const uint8_t *b, uint64_t bits)
{
	size_t octets = (size_t)bits / 8;
	unsigned rest = (unsigned)bits % 8;

	if (memcmp(a, b, octets) != 0)
		return false;
	return rest == 0 || ((a[octets] ^ b[octets]) >> (8 - rest)) == 0;
}

/* entry: ADDRESS or ADDRESS/BITS; host: an address of len octets. */
static bool
proxy_net_covers(char *entry, const uint8_t *host, size_t len)
{
	char *slash = strchr(entry, '/');
	uint64_t bits = len * 8;
	uint8_t net[16];

	if (slash != NULL) {
		*slash = '\0';
		if (text_u64(slash + 1, &bits) != 0 || bits > len * 8)
			return false;
	}
	return proxy_address(entry, net) == len &&
	    proxy_same_net(host, net, bits);
}

/* The domain itself and all below it. */
static bool
proxy_name_covers(const char *entry, const char *host)
{
	size_t len, host_len = strlen(host);

	if (text_starts(entry, "*."))
		entry++;
	if (*entry == '.')
		entry++;
	len = strlen(entry);
	if (len == 0 || len > host_len)
		return false;
	host += host_len - len;
	return text_ieq(host, entry) && (len == host_len || host[-1] == '.');
}

/* Cuts brackets and a trailing dot off a host, in place. */
static char *
proxy_bare(char *host)
{
	size_t len = strlen(host);

	if (len > 1 && host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		return host + 1;
	}
	if (len > 1 && host[len - 1] == '.')
		host[len - 1] = '\0';
	return host;
}

static bool
proxy_covers(char *entry, const char *host)
{
	uint8_t address[16];
	size_t len = proxy_address(host, address);

	if (strcmp(entry, "*") == 0)
		return true;
	entry = proxy_bare(entry);
	return len > 0 ? proxy_net_covers(entry, address, len) :
	    proxy_name_covers(entry, host);
}

bool
proxy_bypassed(const char *list, const char *host)
{
	char entry[CREDENTIAL_MAX + 1], copy[CREDENTIAL_MAX + 1];
	size_t len;

	if (list == NULL || host == NULL || strlen(host) >= sizeof(copy))
		return false;
	memcpy(copy, host, strlen(host) + 1);
	host = proxy_bare(copy);
	for (; *list != '\0'; list += len) {
		list += strspn(list, ", \t\r\n");
		len = strcspn(list, ", \t\r\n");
		if (len == 0 || len >= sizeof(entry))
			continue;
		memcpy(entry, list, len);
		entry[len] = '\0';
		if (proxy_covers(entry, host))
			return true;
	}
	return false;
}
