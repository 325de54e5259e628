/* SPDX-License-Identifier: ISC */
/* What AutoSSL's own words mean: cause, domain, when to try again. */
#include "model/autossl_text.h"

#include "base/buf.h"
#include "tap.h"

static const struct {
	const char *text;
	enum autossl_cause cause;
	const char *name;
	int64_t retry_at;
} rows[] = {
	{ "", AUTOSSL_CAUSE_OTHER, "", 0 },
	/* DNS */
	{ "“gone.example” does not resolve to any IPv4 addresses on the "
	    "internet.", AUTOSSL_CAUSE_DNS, "gone.example", 0 },
	{ "\"gone.example\" does not resolve to any IPv4 addresses on the "
	    "internet.", AUTOSSL_CAUSE_DNS, "gone.example", 0 },
	{ "«gone.example» does not resolve to any IPv4 addresses.",
	    AUTOSSL_CAUSE_DNS, "gone.example", 0 },
	{ "„gone.example“ does not resolve to any IPv6 addresses.",
	    AUTOSSL_CAUSE_DNS, "gone.example", 0 },
	{ "doesnotexist.example.com does not resolve to any IPv4 addresses "
	    "on the internet.", AUTOSSL_CAUSE_DNS, "doesnotexist.example.com",
	    0 },
	{ "The domain does not resolve to any IPv4 addresses on the "
	    "internet.", AUTOSSL_CAUSE_DNS, "", 0 },
	{ "The domain “moved.example” resolved to an IP address "
	    "“192.0.2.44” that does not exist on this server.",
	    AUTOSSL_CAUSE_DNS, "moved.example", 0 },
	{ "resolved to “192.0.2.44” that does not exist on this server: "
	    "“moved.example”", AUTOSSL_CAUSE_DNS, "moved.example", 0 },
	{ "“*.wild.example” does not resolve to any IPv4 addresses",
	    AUTOSSL_CAUSE_DNS, "*.wild.example", 0 },
	{ "“bücher.example” does not resolve to any IPv4 addresses",
	    AUTOSSL_CAUSE_DNS, "bücher.example", 0 },
	{ "DNS problem: NXDOMAIN looking up A for x.example.com - check that "
	    "a DNS record exists", AUTOSSL_CAUSE_DNS, "x.example.com", 0 },
	/* HTTP, and HTTP because of DNS */
	{ "The system queried for a temporary file at "
	    "“http://moved.example/.well-known/acme-challenge/AAAA”, but the "
	    "web server responded with the following error: 404 (Not Found). "
	    "A DNS (Domain Name System) or web server misconfiguration may "
	    "exist.", AUTOSSL_CAUSE_HTTP, "moved.example", 0 },
	{ "The system queried for a temporary file at "
	    "“http://moved.example/.well-known/acme-challenge/AAAA”, but the "
	    "web server responded with the following error: 404 (Not Found). "
	    "A DNS (Domain Name System) or web server misconfiguration may "
	    "exist. The domain “moved.example” resolved to an IP address "
	    "“192.0.2.44” that does not exist on this server.",
	    AUTOSSL_CAUSE_DNS, "moved.example", 0 },
	{ "The system queried for a temporary file at "
	    "“https://www.redir.example/”, which was redirected from "
	    "“http://redir.example/.well-known/acme-challenge/BBBB”. The web "
	    "server responded with the following error: 403 (Forbidden). A "
	    "DNS (Domain Name System) or web server misconfiguration may "
	    "exist.", AUTOSSL_CAUSE_HTTP, "redir.example", 0 },
	{ "The system failed to fetch the DCV (Domain Control Validation) "
	    "file at “http://slow.example:80/.well-known/pki-validation/C.txt"
	    "” because of an error: The system failed to send an HTTP “GET” "
	    "request: Timed out while waiting for socket to become ready",
	    AUTOSSL_CAUSE_HTTP, "slow.example", 0 },
	/* rate limits */
	{ "AutoSSL failed to create a new certificate order because the "
	    "server’s Let’s Encrypt account "
	    "(https://acme-v02.api.letsencrypt.org/acme/acct/123456789) has "
	    "reached a rate limit. (429 urn:ietf:params:acme:error:rateLimited"
	    " (The request exceeds a rate limit) (Error creating new order ::"
	    " too many certificates already issued for \"domain.tld\". Retry "
	    "after 2026-11-20T19:00:00Z: see https://letsencrypt.org/docs/))",
	    AUTOSSL_CAUSE_RATE_LIMIT, "domain.tld", 1795201200 },
	{ "too many certificates (50) already issued for \"x.example\" in the "
	    "last 168h0m0s, retry after 2026-11-20 19:00:00 UTC: see https://"
	    "letsencrypt.org/docs/", AUTOSSL_CAUSE_RATE_LIMIT, "x.example",
	    1795201200 },
	{ "too many new orders (300) from this account in the last 3h0m0s, "
	    "retry after 1970-01-01 00:00:20 UTC", AUTOSSL_CAUSE_RATE_LIMIT,
	    "", 20 },
	{ "too many failed authorizations (5) for \"f.example\" in the last "
	    "1h0m0s, retry after soon", AUTOSSL_CAUSE_RATE_LIMIT, "f.example",
	    0 },
	{ "retry after 2026-11-20T19:00: too many certificates (5) already "
	    "issued for this exact set of identifiers",
	    AUTOSSL_CAUSE_RATE_LIMIT, "", 0 },
	{ "too many new orders, retry after 2026-13-20 19:00:00 UTC",
	    AUTOSSL_CAUSE_RATE_LIMIT, "", 0 },
	{ "too many new orders, retry after 2026-11-20",
	    AUTOSSL_CAUSE_RATE_LIMIT, "", 0 },
	{ "Your account is temporarily prevented from requesting "
	    "certificates for paused.example and possibly others.",
	    AUTOSSL_CAUSE_RATE_LIMIT, "paused.example", 0 },
	/* CAA */
	{ "“caa.example” failed DCV: 403 urn:ietf:params:acme:error:caa "
	    "(While processing CAA for caa.example: CAA record for "
	    "caa.example prevents issuance)", AUTOSSL_CAUSE_CAA,
	    "caa.example", 0 },
	{ "While processing CAA for sub.caa.example: CAA record for "
	    "caa.example prevents issuance", AUTOSSL_CAUSE_CAA, "caa.example",
	    0 },
	/* policy */
	{ "AutoSSL will defer the renewal of “v.example”’s certificate "
	    "because 2 domains (a.v.example, b.v.example) that the current "
	    "certificate secures failed DCV. AutoSSL will defer until 3 days "
	    "before expiry.", AUTOSSL_CAUSE_DEFERRED, "v.example", 0 },
	{ "The current certificate secures the domain “d.example”. However, "
	    "this domain failed local domain control validation.",
	    AUTOSSL_CAUSE_VALIDATION, "d.example", 0 },
	{ "AutoSSL will ignore this website because this server’s AutoSSL did "
	    "not provide the certificate for it.", AUTOSSL_CAUSE_FOREIGN, "",
	    0 },
	{ "The new certificate will not contain the domain “e.example” "
	    "because the current configuration excludes this domain.",
	    AUTOSSL_CAUSE_EXCLUDED, "e.example", 0 },
	{ "User-excluded: f.example", AUTOSSL_CAUSE_EXCLUDED, "", 0 },
	{ "“bob” is suspended.", AUTOSSL_CAUSE_SUSPENDED, "", 0 },
	{ "This system has AutoSSL disabled.", AUTOSSL_CAUSE_DISABLED, "", 0 },
	{ "This system has AutoSSL set to use “Let’s Encrypt™”.",
	    AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "example.com contains 400 domains, which exceeds the maximum number "
	    "(200) of domains allowed for the \"Sectigo\" AutoSSL provider. "
	    "the website's most important.", AUTOSSL_CAUSE_NAMES,
	    "example.com", 0 },
	{ "You must accept the provider's terms of service.",
	    AUTOSSL_CAUSE_TERMS, "", 0 },
	{ "403 urn:ietf:params:acme:error:userActionRequired",
	    AUTOSSL_CAUSE_TERMS, "", 0 },
	{ "Impediment: TOTAL_DCV_FAILURE: Every domain failed DCV.",
	    AUTOSSL_CAUSE_VALIDATION, "", 0 },
	{ "IMPEDIMENT: NO_UNSECURED_DOMAIN_PASSED_DCV",
	    AUTOSSL_CAUSE_VALIDATION, "", 0 },
	/* routine */
	{ "TLS Status: Defective", AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "Analyzing “gone.example” (website) …", AUTOSSL_CAUSE_OTHER,
	    "gone.example", 0 },
	{ "Analyzing “bob”’s domains …", AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "the website's “a.example”", AUTOSSL_CAUSE_OTHER, "a.example", 0 },
	/* hostile */
	{ "“", AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "“”", AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "\"\"\"\"\"'''", AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "“a.example", AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "“.example” “example.” “...” “1.2.3.4” “a b.c” “a/b.c”",
	    AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "retry after", AUTOSSL_CAUSE_OTHER, "", 0 },
	{ "\xe2\x80", AUTOSSL_CAUSE_OTHER, "", 0 },
};

static void
is_bytes(struct bytes got, const char *want, const char *what)
{
	char text[300];

	snprintf(text, sizeof(text), "%.*s", (int)got.len,
	    (const char *)got.data);
	is_str(text, want, "%.60s: name", what);
}

static void
test_rows(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct autossl_meaning m =
		    autossl_text_read(bytes_str(rows[i].text));

		is_int(m.cause, rows[i].cause, "%.60s: cause", rows[i].text);
		is_int(m.retry_at, rows[i].retry_at, "%.60s: retry",
		    rows[i].text);
		is_bytes(m.name, rows[i].name, rows[i].text);
	}
}

static void
test_long(void)
{
	struct buf text = BUF_INIT;
	struct autossl_meaning m;
	size_t i;

	for (i = 0; i < 100000; i++)
		buf_str(&text, "“");
	buf_str(&text, "too many certificates");
	m = autossl_text_read(buf_bytes(&text));
	is_int(m.cause, AUTOSSL_CAUSE_OTHER, "a very long text");
	is_uint(m.name.len, 0, "has no name");
	buf_reset(&text);
	buf_char(&text, '"');
	for (i = 0; i < 300; i++)
		buf_str(&text, "a.");
	buf_str(&text, "a\"");
	is_uint(autossl_text_read(buf_bytes(&text)).name.len, 0,
	    "a name that is too long");
	buf_release(&text);
	is_int(autossl_text_read(bytes_of(NULL, 0)).cause,
	    AUTOSSL_CAUSE_OTHER, "no text");
	is_int(autossl_text_read(bytes_of("x\0failed DCV", 12)).cause,
	    AUTOSSL_CAUSE_VALIDATION, "NUL in a text");
}

static void
test_quoted(void)
{
	is_bytes(autossl_text_quoted(bytes_str(
	    "You do not have the feature “sslinstall”.")), "sslinstall",
	    "curly");
	is_bytes(autossl_text_quoted(bytes_str(
	    "You do not have the feature «sslinstall».")), "sslinstall",
	    "guillemets");
	is_bytes(autossl_text_quoted(bytes_str(
	    "You don't have the feature 'sslinstall'.")), "sslinstall",
	    "straight, behind an apostrophe");
	is_bytes(autossl_text_quoted(bytes_str("none")), "", "none");
}

static void
test_words(void)
{
	int i;

	for (i = 0; i < AUTOSSL_CAUSE_COUNT; i++) {
		const char *words = autossl_cause_words((enum autossl_cause)i);
		const char *advice =
		    autossl_cause_advice((enum autossl_cause)i);

		ok(*words != '\0' && strchr(words, '|') == NULL &&
		    strlen(words) < 50, "cause %d: %s", i, words);
		ok(strchr(advice, '|') == NULL &&
		    (*advice == '\0' || advice[strlen(advice) - 1] != '.'),
		    "cause %d: %s", i, advice);
	}
}

static void
test_service_names(void)
{
	static const struct {
		const char *name;
		bool service;
	} names[] = {
		{ "mail.shop.example", true },
		{ "WebMail.shop.example", true },
		{ "cpcontacts.a.b.example", true },
		{ "ipv6.shop.example", true },
		{ "www.shop.example", false },
		{ "mail.example", false },	/* somebody's domain */
		{ "mails.shop.example", false },
		{ "a.mail.shop.example", false },
		{ "mail", false },
		{ "mail.", false },
		{ ".", false },
		{ "", false },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		is_int(autossl_is_service_name(bytes_str(names[i].name)),
		    names[i].service, "'%s'", names[i].name);
}

int
main(void)
{
	test_rows();
	test_long();
	test_quoted();
	test_words();
	test_service_names();
	return tap_done();
}
