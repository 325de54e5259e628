/* SPDX-License-Identifier: ISC */
/* One target from text: what kind it is, then its parts. */
#include "model/target.h"

#include <string.h>

#include "base/text.h"
#include "model/target_private.h"

#define SHOWN 100		/* bytes of the text in an error */

/* The target in front of what is wrong with it. */
static int
fail(struct err *err, const char *text)
{
	return err != NULL && err->kind == ERR_NOMEM ? -1 :
	    err_wrap(err, "'%.*s'", SHOWN, text);
}

/* Where "://" is, when only a scheme is in front of it; else NULL. */
static const char *
scheme_end(const char *text)
{
	const char *p = text;
	char c;

	for (;; p++) {
		c = text_lower(*p);
		if ((c < 'a' || c > 'z') && (p == text ||
		    ((c < '0' || c > '9') && c != '+' && c != '-' &&
		    c != '.')))
			break;
	}
	return p != text && text_starts(p, "://") ? p : NULL;
}

/*
 * HOST, HOST:PORT, [IPV6], [IPV6]:PORT, bare IPv6.  Cuts text; *port is NULL
 * when there is none.
 */
static int
split_port(char *text, char **host, char **port, struct err *err)
{
	char *end, *colon;

	*port = NULL;
	*host = text;
	if (*text == '[') {
		end = strchr(text, ']');
		if (end == NULL)
			return err_set(err, ERR_USAGE, "no ']' behind '['");
		if (end[1] != '\0' && end[1] != ':')
			return err_set(err, ERR_USAGE, "neither the end nor "
			    "a port behind ']'");
		*port = end[1] == ':' ? end + 2 : NULL;
		*end = '\0';
		*host = text + 1;
		if (strchr(*host, ':') == NULL)
			return err_set(err, ERR_USAGE, "no IPv6 address in "
			    "the brackets");
		return 0;
	}
	colon = strchr(text, ':');
	if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		*colon = '\0';
		*port = colon + 1;
	}
	return **host != '\0' ? 0 : err_set(err, ERR_USAGE, "no host name");
}

/* The port: of the text, of the defaults, of the scheme. */
static int
choose_port(const char *given, const struct target_defaults *defaults,
    struct target *out, struct err *err)
{
	if (given != NULL)
		return target_port(given, &out->port, err);
	given = defaults->port;
	if (given != NULL && *given != '\0' && strchr(given, ',') != NULL)
		return err_set(err, ERR_USAGE, "several ports (%.40s) are for "
		    "networks only", given);
	if (given != NULL && *given != '\0')
		return target_port(given, &out->port, err);
	out->port = out->scheme == NULL ? 443 : out->scheme->port;
	if (out->port == 0)
		return err_set(err, ERR_USAGE, "scheme '%s' has no port of "
		    "its own, give one", out->scheme->name);
	return 0;
}

static int
choose_address(struct arena *arena, const struct target_defaults *defaults,
    struct target *out, struct err *err)
{
	char *text, *host, *port;

	if (defaults->address == NULL || *defaults->address == '\0')
		return 0;
	text = arena_strdup(arena, defaults->address);
	if (text == NULL)
		return err_nomem(err);
	if (split_port(text, &host, &port, err) == 0 && port != NULL)
		err_set(err, ERR_USAGE, "holds a port");
	else
		out->address = target_name(arena, host, err);
	return out->address != NULL ? 0 :
	    err_wrap(err, "address '%.80s'", defaults->address);
}

/* RFC 6874 2: in a URL the '%' of a zone is written %25. */
static void
decode_zone(char *host)
{
	char *zone = strstr(host, "%25");

	if (zone != NULL && zone[3] != '\0')
		memmove(zone + 1, zone + 3, strlen(zone + 3) + 1);
}

/* What stands behind the scheme, without path.  The text is cut. */
static int
parse_endpoint(struct arena *arena, char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err)
{
	bool url = out->scheme != NULL;
	char *host, *port;

	if (split_port(text, &host, &port, err) != 0)
		return -1;
	if (url)
		decode_zone(host);
	out->kind = TARGET_TLS;
	if (target_host(arena, host, out, err) != 0 ||
	    (!url && target_starttls(defaults, &out->scheme, err) != 0) ||
	    choose_port(port, defaults, out, err) != 0 ||
	    choose_address(arena, defaults, out, err) != 0)
		return -1;
	if (out->scheme == NULL)
		out->scheme = target_scheme(out->port);
	return target_sni(arena, defaults, out, err);
}

/* A password must not get into an error text, so text is not shown. */
static int
refuse_user(const char *text, struct err *err)
{
	const char *at = strrchr(text, '@');

	return err_set(err, ERR_USAGE, "'...%.*s': user and password are no "
	    "part of a target", SHOWN, at);
}

/* An address and "/24" behind a scheme: a path, but meant as a network? */
static bool
looks_like_network(const char *rest)
{
	const char *slash = strchr(rest, '/');
	size_t digits;

	if (slash == NULL || !target_is_network(rest))
		return false;
	digits = strspn(slash + 1, "0123456789");
	return digits <= 3 && (slash[1 + digits] == '\0' ||
	    slash[1 + digits] == ':');
}

static int
parse_url(struct arena *arena, const char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err)
{
	const char *end = scheme_end(text);
	char *name = arena_strndup(arena, text, (size_t)(end - text));
	char *rest = arena_strndup(arena, end + 3, strcspn(end + 3, "/?#"));

	if (name == NULL || rest == NULL)
		return err_nomem(err);
	if (strchr(rest, '@') != NULL)
		return refuse_user(rest, err);
	out->scheme = scheme_find(name);
	if (text_ieq(name, "http"))
		err_set(err, ERR_USAGE, "http has no TLS, write https");
	else if (out->scheme == NULL)
		target_unknown_scheme("scheme", name, err);
	else if (looks_like_network(end + 3))
		err_set(err, ERR_USAGE, "a network has no scheme, write "
		    "ADDRESS/BITS:PORT and --starttls");
	else if (parse_endpoint(arena, rest, defaults, out, err) == 0)
		return 0;
	/* A password with a slash in it. */
	if (strchr(text, '@') != NULL)
		return refuse_user(text, err);
	return fail(err, text);
}

static int
parse_plain(struct arena *arena, const char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err)
{
	char *copy;

	if (strchr(text, '@') != NULL)
		return refuse_user(text, err);
	copy = arena_strdup(arena, text);
	if (copy == NULL)
		return err_nomem(err);
	if (parse_endpoint(arena, copy, defaults, out, err) != 0)
		return fail(err, text);
	return 0;
}

static int
parse_file(const char *path, struct target *out, struct err *err)
{
	if (*path == '\0')
		return err_set(err, ERR_USAGE, "'file:' names no file");
	/* file:///etc/x is /etc/x. */
	if (text_starts(path, "///"))
		path += 2;
	out->kind = TARGET_FILE;
	out->path = path;
	return 0;
}

static int
parse_start(struct arena *arena, const char *text, struct target *out,
    struct err *err)
{
	*out = (struct target){ .kind = TARGET_TLS };
	out->text = arena_strdup(arena, text);
	if (out->text == NULL)
		return err_nomem(err);
	if (text_is_blank(text))
		return err_set(err, ERR_USAGE, "an empty target");
	return 0;
}

int
target_parse(struct arena *arena, const char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err)
{
	if (parse_start(arena, text, out, err) != 0)
		return -1;
	if (text_istarts(text, "file:"))
		return parse_file(out->text + strlen("file:"), out, err);
	if (scheme_end(text) != NULL)
		return parse_url(arena, text, defaults, out, err);
	if (target_is_network(text))
		return target_parse_network(arena, text, defaults, out,
		    err) == 0 ? 0 : fail(err, text);
	if (strcmp(text, "-") == 0 || strchr(text, '/') != NULL)
		return parse_file(out->text, out, err);
	return parse_plain(arena, text, defaults, out, err);
}

int
target_parse_host(struct arena *arena, const char *text,
    const struct target_defaults *defaults, struct target *out,
    struct err *err)
{
	const char *colon = strrchr(text, ':');

	if (parse_start(arena, text, out, err) != 0)
		return -1;
	if (scheme_end(text) != NULL && !text_istarts(text, "file:"))
		return parse_url(arena, text, defaults, out, err);
	if (target_is_network(text))
		err_set(err, ERR_USAGE, "a network is given as TARGET, "
		    "without --hostname");
	else if (text_istarts(text, "file:") || strchr(text, '/') != NULL)
		err_set(err, ERR_USAGE, "a file is given with --file");
	else if (colon != NULL && strchr(text, '@') == NULL &&
	    ((colon > text && colon[-1] == ']') ||
	    strchr(text, ':') == colon))
		err_set(err, ERR_USAGE, "the port is given with --port");
	else
		return parse_plain(arena, text, defaults, out, err);
	return fail(err, text);
}
