/* SPDX-License-Identifier: ISC */
/*
 * Texts are matched on those parts of them that have stayed the same over the
 * years, without quotation marks and apostrophes in them.
 */
#include "model/autossl_text.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define TEXT_LOOK	8192	/* octets of a text that are looked at */
#define TEXT_NAME	253	/* octets of a domain name */
#define TEXT_INSTANT	19	/* 2024-04-01T19:00:00 */

/* In order: the first that is found counts.  A text about HTTP may well end
 * with the address that DNS should not have. */
static const struct text_row {
	const char *words;	/* lower case */
	enum autossl_cause cause;
} text_rows[] = {
	{ "error:ratelimited", AUTOSSL_CAUSE_RATE_LIMIT },
	{ "reached a rate limit", AUTOSSL_CAUSE_RATE_LIMIT },
	{ "too many certificates", AUTOSSL_CAUSE_RATE_LIMIT },
	{ "too many new orders", AUTOSSL_CAUSE_RATE_LIMIT },
	{ "too many new registrations", AUTOSSL_CAUSE_RATE_LIMIT },
	{ "too many failed authorizations", AUTOSSL_CAUSE_RATE_LIMIT },
	{ "too many currently pending", AUTOSSL_CAUSE_RATE_LIMIT },
	{ "temporarily prevented from requesting", AUTOSSL_CAUSE_RATE_LIMIT },
	{ "error:caa", AUTOSSL_CAUSE_CAA },
	{ "processing caa", AUTOSSL_CAUSE_CAA },
	{ "caa record for", AUTOSSL_CAUSE_CAA },
	{ "caa record prevents", AUTOSSL_CAUSE_CAA },
	{ "caa record forbids", AUTOSSL_CAUSE_CAA },
	{ "caa records forbid", AUTOSSL_CAUSE_CAA },
	{ "error:useractionrequired", AUTOSSL_CAUSE_TERMS },
	{ "terms of service", AUTOSSL_CAUSE_TERMS },
	{ "excludes this domain", AUTOSSL_CAUSE_EXCLUDED },
	{ "user-excluded", AUTOSSL_CAUSE_EXCLUDED },
	{ "has autossl disabled", AUTOSSL_CAUSE_DISABLED },
	{ "did not provide the certificate", AUTOSSL_CAUSE_FOREIGN },
	{ "exceeds the maximum number", AUTOSSL_CAUSE_NAMES },
	{ "will defer the renewal", AUTOSSL_CAUSE_DEFERRED },
	{ "does not resolve to any", AUTOSSL_CAUSE_DNS },
	{ "that does not exist on this server", AUTOSSL_CAUSE_DNS },
	{ "error:dns", AUTOSSL_CAUSE_DNS },
	{ "dns problem:", AUTOSSL_CAUSE_DNS },
	{ "nxdomain", AUTOSSL_CAUSE_DNS },
	{ "no valid ip addresses", AUTOSSL_CAUSE_DNS },
	{ "queried for a temporary file", AUTOSSL_CAUSE_HTTP },
	{ "failed to fetch the dcv", AUTOSSL_CAUSE_HTTP },
	{ "error:connection", AUTOSSL_CAUSE_HTTP },
	{ "error:unauthorized", AUTOSSL_CAUSE_HTTP },
	{ "invalid response from http", AUTOSSL_CAUSE_HTTP },
	{ "total_dcv_failure", AUTOSSL_CAUSE_VALIDATION },
	{ "no_unsecured_domain_passed_dcv", AUTOSSL_CAUSE_VALIDATION },
	{ "failed dcv", AUTOSSL_CAUSE_VALIDATION },
	{ "failed local domain control validation",
	    AUTOSSL_CAUSE_VALIDATION },
	{ "failed domain control validation", AUTOSSL_CAUSE_VALIDATION },
	/* Behind what a web server may say about a website. */
	{ " is suspended", AUTOSSL_CAUSE_SUSPENDED },
};

/* A name without quotation marks is the word behind one of these... */
static const char *const text_before_name[] = {
	"caa record for ", "processing caa for ", "certificates for ",
	"looking up a for ", "looking up aaaa for ",
};
/* ...or the first word, before one of these. */
static const char *const text_after_name[] = {
	" does not resolve", " contains ", " failed ",
};

static struct bytes
text_rest(struct bytes text, size_t from)
{
	return bytes_of(text.data + from, text.len - from);
}

static bool
text_has(struct bytes text, const char *words)
{
	return text_ifind(text, words) < text.len;
}

static bool
text_is_letter(struct bytes text, size_t at)
{
	char c;

	if (at >= text.len)
		return false;
	c = text_lower((char)text.data[at]);
	return c >= 'a' && c <= 'z';
}

/* The length of the quotation mark that is there, 0 for none.  Languages
 * disagree on which of them open; an apostrophe is none. */
static size_t
text_quote_at(struct bytes text, size_t at)
{
	static const char *const quotes[] = { "\"", "'", "“", "”", "„", "‟",
		"«", "»", "‘", "’", "‚", "‹", "›", "「", "」", "『", "』" };
	size_t i, n;

	if (text.data[at] < 0x80 && strchr("\"'", text.data[at]) == NULL)
		return 0;
	for (i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
		n = strlen(quotes[i]);
		if (text.len - at < n ||
		    memcmp(text.data + at, quotes[i], n) != 0)
			continue;
		if (at > 0 && text_is_letter(text, at - 1) &&
		    text_is_letter(text, at + n) &&
		    (i == 1 || strcmp(quotes[i], "’") == 0))
			return 0;
		return n;
	}
	return 0;
}

/* What stands between the next two quotation marks, the second of which
 * stays in *text.  False: there are no two left. */
static bool
text_next_quoted(struct bytes *text, struct bytes *out)
{
	size_t at, n = 0, start;

	for (at = 0; at < text->len && n == 0; at++)
		n = text_quote_at(*text, at);
	if (n == 0)
		return false;
	start = at - 1 + n;
	for (at = start; at < text->len; at++) {
		if (text_quote_at(*text, at) == 0)
			continue;
		*out = bytes_of(text->data + start, at - start);
		*text = text_rest(*text, at);
		return true;
	}
	return false;
}

struct bytes
autossl_text_quoted(struct bytes text)
{
	struct bytes out = bytes_of(NULL, 0);

	if (text.len > TEXT_LOOK)
		text.len = TEXT_LOOK;
	text_next_quoted(&text, &out);
	return out;
}

static bool
text_is_name_octet(uint8_t c)
{
	return (c >= '0' && c <= '9') || c >= 0x80 ||
	    (text_lower((char)c) >= 'a' && text_lower((char)c) <= 'z') ||
	    c == '-' || c == '_' || c == '.' || c == '*';
}

/* A domain name with a dot in it, and no address. */
static bool
text_is_name(struct bytes s)
{
	bool dot = false, letter = false;
	size_t i;

	if (s.len == 0 || s.len > TEXT_NAME || s.data[0] == '.' ||
	    s.data[s.len - 1] == '.')
		return false;
	for (i = 0; i < s.len; i++) {
		if (!text_is_name_octet(s.data[i]) ||
		    text_quote_at(s, i) != 0)
			return false;
		if (s.data[i] == '.')
			dot = true;
		else if (s.data[i] < '0' || s.data[i] > '9')
			letter = true;
	}
	return dot && letter;
}

/* The host of the validation file's URL; another URL is where a redirection
 * led. */
static struct bytes
text_url_name(struct bytes url)
{
	static const char *const schemes[] = { "http://", "https://" };
	struct bytes none = bytes_of(NULL, 0);
	size_t i, n;

	if (!text_has(url, "/.well-known/"))
		return none;
	for (i = 0; i < 2; i++) {
		n = strlen(schemes[i]);
		if (text_ifind(url, schemes[i]) != 0)
			continue;
		url = text_rest(url, n);
		for (n = 0; n < url.len && url.data[n] != '/' &&
		    url.data[n] != ':'; n++)
			continue;
		url.len = n;
		return text_is_name(url) ? url : none;
	}
	return none;
}

static struct bytes
text_quoted_name(struct bytes text)
{
	struct bytes part, url = bytes_of(NULL, 0);

	while (text_next_quoted(&text, &part)) {
		if (text_is_name(part))
			return part;
		if (url.len == 0)
			url = text_url_name(part);
	}
	return url;
}

/* The first word, without what ends a sentence. */
static struct bytes
text_word(struct bytes text)
{
	size_t n = 0;

	while (n < text.len && text_is_name_octet(text.data[n]))
		n++;
	text.len = n;
	while (text.len > 0 && text.data[text.len - 1] == '.')
		text.len--;
	return text;
}

static struct bytes
text_plain_name(struct bytes text)
{
	size_t i, at, n;
	struct bytes word;

	n = sizeof(text_before_name) / sizeof(*text_before_name);
	for (i = 0; i < n; i++) {
		at = text_ifind(text, text_before_name[i]);
		if (at == text.len)
			continue;
		word = text_word(text_rest(text, at +
		    strlen(text_before_name[i])));
		if (text_is_name(word))
			return word;
	}
	word = text_word(text);
	n = sizeof(text_after_name) / sizeof(*text_after_name);
	for (i = 0; i < n; i++)
		if (text_is_name(word) && word.len < text.len &&
		    text_ifind(text, text_after_name[i]) == word.len)
			return word;
	return bytes_of(NULL, 0);
}

/* "Retry after 2024-04-01T19:00:00Z", "retry after 2024-04-01 19:00:00 UTC" */
static int64_t
text_retry(struct bytes text)
{
	static const char words[] = "retry after ";
	char instant[TEXT_INSTANT + 1];
	size_t at = text_ifind(text, words);
	int64_t out;

	if (at == text.len)
		return 0;
	text = text_rest(text, at + strlen(words));
	if (text.len < TEXT_INSTANT ||
	    memchr(text.data, '\0', TEXT_INSTANT) != NULL)
		return 0;
	memcpy(instant, text.data, TEXT_INSTANT);
	instant[TEXT_INSTANT] = '\0';
	if (strchr(instant, ':') == NULL ||
	    clock_parse(instant, &out, NULL) != 0)
		return 0;
	return out;
}

/* Logs have many lines: lower case is made once for all rows. */
static enum autossl_cause
text_cause(struct bytes text)
{
	char lower[TEXT_LOOK];
	size_t i;

	for (i = 0; i < text.len; i++)
		lower[i] = text_lower((char)text.data[i]);
	for (i = 0; i < sizeof(text_rows) / sizeof(*text_rows); i++)
		if (memmem(lower, text.len, text_rows[i].words,
		    strlen(text_rows[i].words)) != NULL)
			return text_rows[i].cause;
	return AUTOSSL_CAUSE_OTHER;
}

struct autossl_meaning
autossl_text_read(struct bytes text)
{
	struct autossl_meaning meaning = { .retry_at = 0 };

	if (text.len > TEXT_LOOK)
		text.len = TEXT_LOOK;
	meaning.cause = text_cause(text);
	if (meaning.cause == AUTOSSL_CAUSE_RATE_LIMIT)
		meaning.retry_at = text_retry(text);
	meaning.name = text_quoted_name(text);
	if (meaning.name.len == 0)
		meaning.name = text_plain_name(text);
	return meaning;
}
