/* SPDX-License-Identifier: ISC */
/*
 * How the calls went.  Without the certificates there is nothing to judge;
 * what else is missing is told and left out.
 */
#include "checks/queue_private.h"

#include <string.h>

#include "base/duration.h"
#include "base/text.h"

/* What a failure of the core call means. */
static const struct {
	enum err_kind kind;
	enum finding_id id;
} api_kinds[] = {
	{ ERR_AUTH, FINDING_API_AUTH },
	{ ERR_DENIED, FINDING_API_DENIED },
	{ ERR_MISSING, FINDING_API_ANSWER },
	{ ERR_SYNTAX, FINDING_API_ANSWER },
	{ ERR_LIMIT, FINDING_API_ANSWER },
	{ ERR_UNSUPPORTED, FINDING_API_ANSWER },
	{ ERR_SERVER, FINDING_API_SERVER },
	{ ERR_RESOLVE, FINDING_NET_RESOLVE },
	{ ERR_CONNECT, FINDING_NET_CONNECT },
	{ ERR_PROXY, FINDING_NET_PROXY },
	{ ERR_TIMEOUT, FINDING_NET_TIMEOUT },
	{ ERR_PLAINTEXT, FINDING_TLS_HANDSHAKE },
	{ ERR_TLS, FINDING_TLS_HANDSHAKE },
	{ ERR_IO, FINDING_API_SERVER },
	{ ERR_USAGE, FINDING_USAGE },
};

static enum finding_id
api_finding(enum err_kind kind)
{
	size_t i;

	for (i = 0; i < sizeof(api_kinds) / sizeof(*api_kinds); i++)
		if (api_kinds[i].kind == kind)
			return api_kinds[i].id;
	return FINDING_INTERNAL;
}

/* Without the server, which is named in front of all. */
static const char *
api_words(const struct autossl_facts *facts, const struct err *error)
{
	const char *server = facts == NULL ? NULL : facts->server;
	size_t len = server == NULL ? 0 : strlen(server);

	if (len > 0 && strncmp(error->text, server, len) == 0 &&
	    strncmp(error->text + len, ": ", 2) == 0)
		return error->text + len + 2;
	return error->text;
}

/* Why the core call failed, in words: of a timeout the whole time, not the
 * last call's share of it. */
static void
api_reason(struct buf *out, const struct check_input *in,
    const struct err *error, const char *phase)
{
	int64_t ms = in->options->timeout.ms;

	if (error->kind != ERR_TIMEOUT) {
		buf_str(out, api_words(in->obs->autossl, error));
		return;
	}
	buf_str(out, "timed out after ");
	if (ms % 1000 == 0)
		duration_format(out, ms / 1000);
	else
		buf_printf(out, "%lld ms", (long long)ms);
	if (phase != NULL)
		buf_printf(out, " in %s", phase);
}

/* Nothing is known about certificates then: never more than UNKNOWN, unless
 * the user says so. */
static void
api_failed(const struct check_input *in, struct result *result,
    const struct err *error, const char *phase)
{
	struct buf text = BUF_INIT;

	result->error = result_clean(result, bytes_str(error->text), 0);
	api_reason(&text, in, error, phase);
	result_add(result, api_finding(error->kind), STATUS_UNKNOWN, "", "%s",
	    buf_text(&text));
	buf_release(&text);
}

static void
api_cut(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	const struct err *error = &facts->topics[AUTOSSL_VHOSTS].error;
	struct buf text = BUF_INIT;

	api_reason(&text, in, error, facts->phase);
	result_add(result, api_finding(error->kind), STATUS_UNKNOWN, "",
	    "only %zu website%s could be read: %s", facts->n_vhosts,
	    facts->n_vhosts == 1 ? "" : "s", buf_text(&text));
	buf_release(&text);
}

static bool
api_is_partial(enum err_kind kind)
{
	return kind == ERR_MISSING || kind == ERR_DENIED;
}

/* The topics that failed in that way, with commas; their number. */
static size_t
api_topics(const struct autossl_facts *facts, enum err_kind kind,
    const char *lead, struct buf *out)
{
	size_t i, n = 0;

	for (i = 0; i < AUTOSSL_TOPICS; i++) {
		if (i == AUTOSSL_VHOSTS ||
		    facts->topics[i].error.kind != kind)
			continue;
		buf_printf(out, "%s%s", n++ == 0 ? lead : ", ",
		    autossl_topic_words((enum autossl_topic)i));
	}
	return n;
}

static void
api_partial(const struct autossl_facts *facts, struct result *result)
{
	struct buf text = BUF_INIT;

	api_topics(facts, ERR_MISSING, "not offered: ", &text);
	api_topics(facts, ERR_DENIED, text.len > 0 ? "; not permitted: " :
	    "not permitted: ", &text);
	if (facts->n_not_asked > 0)
		buf_printf(&text, "%s%zu account%s not asked for problems",
		    text.len > 0 ? "; " : "", facts->n_not_asked,
		    facts->n_not_asked == 1 ? "" : "s");
	if (facts->n_names_not_asked > 0 &&
	    queue_got(facts, AUTOSSL_RENEWAL))
		buf_printf(&text, "%s%zu website%s not asked for the renewal "
		    "status", text.len > 0 ? "; " : "",
		    facts->n_names_not_asked,
		    facts->n_names_not_asked == 1 ? "" : "s");
	if (text.len > 0)
		result_bad(result, FINDING_API_PARTIAL, "", "left out, %s",
		    buf_text(&text));
	buf_release(&text);
}

/* Is it the first topic of its kind of failure? */
static bool
api_is_first(const struct autossl_facts *facts, size_t topic)
{
	size_t i;

	for (i = 0; i < topic; i++)
		if (i != AUTOSSL_VHOSTS && facts->topics[i].error.kind ==
		    facts->topics[topic].error.kind)
			return false;
	return true;
}

static void
api_unread(const struct autossl_facts *facts, struct result *result)
{
	const struct err *error;
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < AUTOSSL_TOPICS; i++) {
		error = &facts->topics[i].error;
		if (i == AUTOSSL_VHOSTS || error->kind == ERR_NONE ||
		    api_is_partial(error->kind) || !api_is_first(facts, i))
			continue;
		buf_reset(&text);
		api_topics(facts, error->kind, "", &text);
		result_bad(result, FINDING_API_UNREAD, "",
		    "%s could not be read: %s", buf_text(&text),
		    api_words(facts, error));
	}
	buf_release(&text);
}

static size_t
api_flaw(struct buf *out, size_t before, size_t n, const char *words)
{
	if (n > 0)
		buf_printf(out, "%s%zu %s", before == 0 ? "" : ", ", n,
		    words);
	return before + n;
}

/* Websites that may need somebody, for all that is known of them. */
static void
api_flaws(const struct check_input *in, struct result *result)
{
	static const char *const words[AUTOSSL_FLAWS] = {
		[AUTOSSL_FLAW_NAME] = "without a name or an account",
		[AUTOSSL_FLAW_CERTIFICATE] = "without the certificate",
		[AUTOSSL_FLAW_ISSUER] =
		    "with a certificate without an issuer",
	};
	struct buf text = BUF_INIT;
	size_t i, n = 0;

	for (i = 0; i < AUTOSSL_FLAWS; i++)
		n = api_flaw(&text, n, in->obs->autossl->flaws[i], words[i]);
	n = api_flaw(&text, n, queue_count(in).undated,
	    "with a certificate without an end that can be read");
	if (n > 0)
		result_bad(result, FINDING_API_ANSWER, "", "%zu website%s "
		    "cannot be judged: the server lists %s", n,
		    n == 1 ? "" : "s", buf_text(&text));
	buf_release(&text);
}

static bool
api_lists(const struct autossl_facts *facts, struct bytes user)
{
	size_t i;

	for (i = 0; i < facts->n_vhosts; i++)
		if (bytes_eq(facts->vhosts[i].user, user))
			return true;
	return false;
}

/* Nothing to complain about is not the same as nothing seen. */
static void
api_empty(const struct autossl_facts *facts, struct result *result)
{
	const struct autossl_rules *rules = &facts->rules;
	bool host = facts->way == AUTOSSL_WHM ||
	    facts->way == AUTOSSL_LOCAL_HOST;
	struct bytes user;
	size_t i;

	for (i = 0; i < rules->n_accounts; i++) {
		user = bytes_str(rules->accounts[i]);
		if (!api_lists(facts, user))
			result_bad(result, FINDING_API_EMPTY, "", "no website "
			    "of account %s is listed", result_clean(result,
			    user, 64));
	}
	if ((facts->n_vhosts == 0 && rules->n_accounts > 0) ||
	    facts->flaws[AUTOSSL_FLAW_CERTIFICATE] > 0)
		return;
	for (i = 0; i < facts->n_vhosts && facts->vhosts[i].issuer ==
	    AUTOSSL_ISSUER_NONE; i++)
		continue;
	if (i == facts->n_vhosts)
		result_bad(result, FINDING_API_EMPTY, "", "no website with a "
		    "certificate is listed%s", !host ? "" : ": none is "
		    "there, or the token may not see it");
}

static bool
api_is_known(const struct autossl_provider *provider)
{
	return text_same(provider->name, bytes_str("LetsEncrypt")) ||
	    text_same(provider->name, bytes_str("cPanel"));
}

/* The enabled provider, when it is none whose certificates are known by their
 * issuer; else NULL. */
static const struct autossl_provider *
api_stranger(const struct autossl_facts *facts)
{
	const struct autossl_provider *provider = NULL;
	size_t i;

	for (i = 0; i < facts->n_providers; i++) {
		if (!facts->providers[i].enabled)
			continue;
		if (api_is_known(&facts->providers[i]))
			return NULL;
		provider = &facts->providers[i];
	}
	return provider;
}

/* Do accounts have certificates, and none of them AutoSSL's?  The host name's
 * own comes from Let's Encrypt whatever the provider is. */
static bool
api_all_others(const struct autossl_facts *facts)
{
	const struct autossl_vhost *vhost;
	size_t i, others = 0;

	for (i = 0; i < facts->n_vhosts; i++) {
		vhost = &facts->vhosts[i];
		if (!autossl_has_account(vhost))
			continue;
		if (vhost->autossl)
			return false;
		others += vhost->issuer == AUTOSSL_ISSUER_OTHER;
	}
	return others > 0;
}

/* Whose certificates are AutoSSL's is told by their issuer: of a provider
 * that is not known they look like anybody's.  A few accounts may well have
 * none where the issuer is given. */
static void
api_strangers(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	const struct autossl_provider *provider = api_stranger(facts);
	bool given = in->options->autossl_issuer != NULL;

	if (provider == NULL || !api_all_others(facts) ||
	    (given && facts->rules.n_accounts > 0))
		return;
	result_bad(result, FINDING_API_EMPTY, "", "no certificate is known to "
	    "be of the provider %s, %s", result_clean(result, provider->name,
	    64), given ? "none has the issuer that --autossl-issuer gives" :
	    "give its issuer with --autossl-issuer");
}

static void
api_read(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;

	if (facts->topics[AUTOSSL_VHOSTS].error.kind != ERR_NONE)
		api_cut(in, result);
	else
		result_ok(result, FINDING_API_ANSWER, "",
		    "%zu website%s read in %u call%s", facts->n_vhosts,
		    facts->n_vhosts == 1 ? "" : "s", facts->n_calls,
		    facts->n_calls == 1 ? "" : "s");
	if (facts->topics[AUTOSSL_VHOSTS].error.kind == ERR_NONE) {
		api_empty(facts, result);
		api_strangers(in, result);
	}
	api_flaws(in, result);
	api_partial(facts, result);
	api_unread(facts, result);
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;

	if (facts == NULL) {
		if (in->obs->error.kind != ERR_NONE)
			api_failed(in, result, &in->obs->error,
			    in->obs->phase);
		return;
	}
	result->checked = queue_got(facts, AUTOSSL_VHOSTS);
	if (result->checked)
		api_read(in, result);
	else if (facts->topics[AUTOSSL_VHOSTS].error.kind != ERR_NONE)
		api_failed(in, result, &facts->topics[AUTOSSL_VHOSTS].error,
		    facts->phase);
	if (facts->insecure)
		result_bad(result, FINDING_API_INSECURE, "",
		    "the server's certificate was not verified "
		    "(--insecure)");
}

const struct check check_queue_api = { "queue_api", false, run };
