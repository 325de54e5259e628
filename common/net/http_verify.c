/* SPDX-License-Identifier: ISC */
/*
 * Why a handshake failed, most of all why the server's certificate was
 * refused, in our words.  libcurl has no code for it, and what it says are
 * OpenSSL's words, of whichever version.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_CURL_H
#include "net/http_private.h"

#include <string.h>

#define NOT_TRUSTED "certificate not trusted "

/* The first row that matches counts; `-` stands for a blank as well. */
static const struct {
	const char *part, *words;
	bool untrusted;			/* by its issuer */
} verify_rows[] = {
	{ "self-signed certificate in certificate chain",
	    NOT_TRUSTED "(unknown root)", true },
	{ "self-signed", NOT_TRUSTED "(self-signed)", true },
	{ "unable to get local issuer", NOT_TRUSTED "(unknown issuer)",
	    true },
	{ "unable to get issuer", NOT_TRUSTED "(unknown issuer)", true },
	{ "unable to verify the first", NOT_TRUSTED "(unknown issuer)",
	    true },
	{ "not yet valid", "certificate is not valid yet", false },
	{ "expired", "certificate has expired", false },
	{ "subject name", "certificate is for another name", false },
	{ "does not match", "certificate is for another name", false },
	{ "wrong version number", "the server does not speak TLS on this "
	    "port", false },
};

static bool
verify_match(const char *at, const char *part)
{
	for (; *part != '\0'; at++, part++)
		if (*at != *part && (*part != '-' || *at != ' '))
			return false;
	return true;
}

static bool
verify_contains(const char *text, const char *part)
{
	for (; *text != '\0'; text++)
		if (verify_match(text, part))
			return true;
	return false;
}

const char *
http_verify_words(const char *text, bool *untrusted)
{
	size_t i;

	for (i = 0; i < sizeof(verify_rows) / sizeof(*verify_rows); i++) {
		if (!verify_contains(text, verify_rows[i].part))
			continue;
		*untrusted = verify_rows[i].untrusted;
		return verify_rows[i].words;
	}
	return text;
}

#endif
