/* SPDX-License-Identifier: ISC */
/* What several options make together. */
#include "app/finish.h"

#include <regex.h>
#include <string.h>

#include "base/idn.h"
#include "base/text.h"
#include "model/hostname.h"

/* The options that set one finding's state. */
static void
set_states(struct options *options)
{
	const struct {
		const struct opt_status *state;
		enum finding_id id;
	} rows[] = {
		{ &options->self_signed, FINDING_PATH_SELF_SIGNED },
		{ &options->timeout_result, FINDING_NET_TIMEOUT },
		{ &options->unknown, FINDING_OCSP_UNKNOWN },
		{ &options->unreachable, FINDING_OCSP_UNREACHABLE },
		{ &options->no_source, FINDING_OCSP_NO_SOURCE },
		{ &options->must_staple, FINDING_STAPLE_MISSING },
	};
	size_t i;

	if (options->timeout.has_state)
		policy_set(&options->policy, FINDING_NET_TIMEOUT,
		    options->timeout.state);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].state->set)
			policy_set(&options->policy, rows[i].id,
			    rows[i].state->status);
}

static int
make_policy(struct options *options, struct err *err)
{
	struct policy *policy = &options->policy;
	enum finding_id id;
	size_t i;

	set_states(options);
	for (i = 0; i < options->severity.n; i++)
		if (policy_parse(policy, options->severity.items[i],
		    err) != 0)
			return err_wrap(err, "--severity");
	for (i = 0; i < options->ignore.n; i++) {
		if (finding_parse(options->ignore.items[i], &id, err) != 0)
			return err_wrap(err, "--ignore");
		policy_ignore(policy, id);
	}
	return 0;
}

static bool
is_ascii(const char *s)
{
	while (*s != '\0')
		if ((unsigned char)*s++ >= 0x80)
			return false;
	return true;
}

/* Names are compared in the form that certificates hold. */
static int
make_names(struct strings *names, struct arena *arena, const char *option,
    struct err *err)
{
	const char *ascii;
	size_t i;

	for (i = 0; i < names->n; i++) {
		if (is_ascii(names->items[i]))
			continue;
		ascii = idn_to_ascii(arena, names->items[i], err);
		if (ascii == NULL)
			return err_wrap(err, "%s", option);
		names->items[i] = ascii;
	}
	return 0;
}

static int
try_regex(const char *pattern, const char *option, struct err *err)
{
	char why[128];
	regex_t regex;
	int rc;

	if (pattern == NULL)
		return 0;
	rc = regcomp(&regex, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (rc == 0) {
		regfree(&regex);
		return 0;
	}
	regerror(rc, NULL, why, sizeof(why));
	return err_set(err, ERR_USAGE, "%s: '%s' is no regular "
	    "expression: %s", option, pattern, why);
}

/* What can be none of the forms a digest is written in would never match and
 * alarm forever. */
static int
try_digests(const struct strings *list, bool base64, const char *option,
    struct err *err)
{
	uint8_t octets[48];
	const char *text;
	size_t i;
	int len;

	for (i = 0; i < list->n; i++) {
		text = list->items[i];
		if (base64 && text_istarts(text, "sha256//"))
			text += 8;
		len = text_unhex(text, octets, sizeof(octets));
		if (len == 32 || (!base64 && len == 20))
			continue;
		if (base64 && text_unbase64(bytes_str(text), octets,
		    sizeof(octets)) == 32)
			continue;
		return err_set(err, ERR_USAGE, "%s: '%s' is not %s", option,
		    list->items[i], base64 ? "a SHA-256 in hex or base64" :
		    "a SHA-256 or SHA-1 in hex");
	}
	return 0;
}

static int
try_serials(const struct strings *list, struct err *err)
{
	const char *text;
	size_t i;

	for (i = 0; i < list->n; i++) {
		text = list->items[i];
		if (text_istarts(text, "0x"))
			text += 2;
		if (*text == '\0' ||
		    text[strspn(text, "0123456789abcdefABCDEF:- ")] != '\0')
			return err_set(err, ERR_USAGE, "--serial: '%s' is no "
			    "serial number in hex", list->items[i]);
	}
	return 0;
}

/* "Too early for a renewal" would make no sense. */
static int
try_renewal(const struct threshold *renewal, struct err *err)
{
	const struct range *range;
	size_t i;

	for (i = 0; i < renewal->n; i++) {
		range = &renewal->terms[i].range;
		if (range->inside || range->has_end || !range->has_start)
			return err_set(err, ERR_USAGE, "--renewal: a time "
			    "left is wanted, such as 30%% or 28d, not a range");
	}
	return 0;
}

/* What is asked for and would not be looked at: a list or an answer given by
 * hand may be the one that revokes. */
static int
try_sources(const struct options *options, struct err *err)
{
	static const char *const methods[] = { "auto", "ocsp", "crl",
		"staple", "all" };
	int method = options->method;
	const char *url = options->responder, *unused = NULL;

	if (url != NULL && !text_istarts(url, "http://") &&
	    !text_istarts(url, "https://"))
		return err_set(err, ERR_USAGE, "--responder: '%s' is no "
		    "http:// or https:// URL", url);
	if (options->crl.n > 0 &&
	    (method == WANT_OCSP || method == WANT_STAPLE))
		unused = "--crl";
	else if (options->ocsp_response != NULL &&
	    (method == WANT_CRL || method == WANT_STAPLE))
		unused = "--ocsp-response";
	return unused == NULL ? 0 : err_set(err, ERR_USAGE,
	    "%s is not looked at with --method=%s", unused, methods[method]);
}

int
options_finish(struct options *options, struct arena *arena, struct err *err)
{
	if (make_policy(options, err) != 0 ||
	    make_names(&options->name, arena, "--name", err) != 0 ||
	    make_names(&options->san, arena, "--san", err) != 0 ||
	    try_regex(options->issuer, "--issuer", err) != 0 ||
	    try_regex(options->autossl_issuer, "--autossl-issuer",
	    err) != 0 ||
	    try_digests(&options->fingerprint, false, "--fingerprint",
	    err) != 0 ||
	    try_digests(&options->spki, true, "--spki", err) != 0 ||
	    try_serials(&options->serial, err) != 0 ||
	    try_renewal(&options->renewal, err) != 0 ||
	    try_sources(options, err) != 0)
		return -1;
	return 0;
}
