/* SPDX-License-Identifier: ISC */
/* The causes in words, and the names that cPanel adds by itself. */
#include "model/autossl_text.h"

#include <string.h>

#include "base/text.h"

static const struct {
	const char *words, *advice;
} text_causes[AUTOSSL_CAUSE_COUNT] = {
	[AUTOSSL_CAUSE_OTHER] = { "another reason", "" },
	[AUTOSSL_CAUSE_DNS] = { "DNS points elsewhere or nowhere",
	    "point the name's A and AAAA records at this server, or exclude "
	    "the name from AutoSSL" },
	[AUTOSSL_CAUSE_HTTP] = { "the validation file is not served",
	    "let http://NAME/.well-known/ through, without redirects, "
	    "passwords or a firewall" },
	[AUTOSSL_CAUSE_CAA] = { "a CAA record forbids it",
	    "allow the CA in the zone's CAA records, or remove them" },
	[AUTOSSL_CAUSE_RATE_LIMIT] = { "a rate limit of the CA",
	    "wait until the CA takes orders again; more attempts only count "
	    "against the limit" },
	[AUTOSSL_CAUSE_TERMS] = { "the CA's terms of service are not accepted",
	    "accept them in WHM, Manage AutoSSL" },
	[AUTOSSL_CAUSE_EXCLUDED] = { "excluded by choice",
	    "include the name again in SSL/TLS Status if it is to have a "
	    "certificate" },
	[AUTOSSL_CAUSE_SUSPENDED] = { "the account is suspended", "" },
	[AUTOSSL_CAUSE_DISABLED] = { "AutoSSL is switched off",
	    "choose a provider in WHM, Manage AutoSSL" },
	[AUTOSSL_CAUSE_FOREIGN] = { "the certificate is not AutoSSL's",
	    "renew it where it was bought, or remove it so that AutoSSL "
	    "takes over" },
	[AUTOSSL_CAUSE_NAMES] = { "more names than the provider allows",
	    "divide the names among several websites" },
	[AUTOSSL_CAUSE_DEFERRED] = { "put off while a name fails validation",
	    "repair the name that fails, or exclude it from AutoSSL" },
	[AUTOSSL_CAUSE_VALIDATION] = { "the validation of a name fails",
	    "see the log of the run in WHM, Manage AutoSSL" },
};

const char *
autossl_cause_words(enum autossl_cause cause)
{
	return text_causes[cause].words;
}

const char *
autossl_cause_advice(enum autossl_cause cause)
{
	return text_causes[cause].advice;
}

bool
autossl_is_service_name(struct bytes name)
{
	static const char *const labels[] = { "autoconfig", "autodiscover",
		"cpanel", "cpcalendars", "cpcontacts", "ipv6", "mail",
		"webdisk", "webmail", "whm" };
	const uint8_t *dot;
	struct bytes label, rest;
	size_t i;

	dot = name.len == 0 ? NULL : memchr(name.data, '.', name.len);
	if (dot == NULL)
		return false;
	label = bytes_of(name.data, (size_t)(dot - name.data));
	rest = bytes_of(dot + 1, name.len - label.len - 1);
	/* mail.example is somebody's domain, mail.shop.example a service. */
	if (rest.len == 0 || memchr(rest.data, '.', rest.len) == NULL)
		return false;
	for (i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (text_same(label, bytes_str(labels[i])))
			return true;
	return false;
}
