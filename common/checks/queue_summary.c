/* SPDX-License-Identifier: ISC */
/* Copies what renderers show of the websites into the result. */
#include "checks/queue_private.h"

#include <string.h>

#include "base/text.h"

static const char *
issuer_word(enum autossl_issuer issuer)
{
	switch (issuer) {
	case AUTOSSL_ISSUER_NONE:
		return "none";
	case AUTOSSL_ISSUER_SELF:
		return "self-signed";
	case AUTOSSL_ISSUER_LETSENCRYPT:
		return "letsencrypt";
	case AUTOSSL_ISSUER_CPANEL:
		return "cpanel";
	case AUTOSSL_ISSUER_OTHER:
		break;
	}
	return "other";
}

static void
copy_vhost(const struct check_input *in, struct result *result,
    const struct autossl_vhost *vhost, struct vhost_summary *out)
{
	struct queue_verdict verdict = queue_judge(in, vhost);

	out->user = arena_bytes(result->arena, vhost->user);
	out->servername = arena_bytes(result->arena, vhost->servername);
	if ((out->user.data == NULL && vhost->user.len > 0) ||
	    (out->servername.data == NULL && vhost->servername.len > 0))
		result->nomem = true;
	out->issuer = issuer_word((enum autossl_issuer)vhost->issuer);
	out->word = queue_state_word(verdict.state);
	out->status = verdict.status;
	out->autossl = vhost->autossl;
	out->has_dates = vhost->has_dates;
	out->not_before = vhost->not_before;
	out->not_after = vhost->not_after;
}

/* Line 1 and the findings name no website but those with a problem. */
static bool
is_shown(const struct options *options)
{
	return options->output != OUTPUT_NAGIOS || options->verbose > 1;
}

static void
copy_vhosts(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	struct vhost_summary *vhosts;
	size_t i;

	if (facts->n_vhosts == 0 || !is_shown(in->options))
		return;
	vhosts = arena_array(result->arena, facts->n_vhosts,
	    sizeof(*vhosts));
	if (vhosts == NULL) {
		result->nomem = true;
		return;
	}
	for (i = 0; i < facts->n_vhosts; i++)
		copy_vhost(in, result, &facts->vhosts[i], &vhosts[i]);
	result->facts.vhosts = vhosts;
	result->facts.n_vhosts = facts->n_vhosts;
}

/* "whm.example.com:2087", "[2001:db8::1]:2083". */
static void
copy_server(struct result *result, const char *server)
{
	struct result_facts *facts = &result->facts;
	const char *colon = strrchr(server, ':');
	size_t len = strlen(server);
	uint64_t port;

	if (colon != NULL && text_u64(colon + 1, &port) == 0 &&
	    port >= 1 && port <= 65535) {
		facts->port = (int64_t)port;
		len = (size_t)(colon - server);
	}
	if (len > 2 && server[0] == '[' && server[len - 1] == ']') {
		server++;
		len -= 2;
	}
	facts->host = arena_strndup(result->arena, server, len);
}

static void
run(const struct check_input *in, struct result *result)
{
	static const char *const protocols[] = {
		[AUTOSSL_WHM] = "whm",
		[AUTOSSL_CPANEL] = "cpanel",
		[AUTOSSL_LOCAL_HOST] = "whmapi1",
		[AUTOSSL_LOCAL_ACCOUNT] = "uapi",
	};
	const struct autossl_facts *facts = in->obs->autossl;

	result->facts.kind = "autossl";
	if (facts == NULL)
		return;
	result->facts.protocol = protocols[facts->way];
	result->facts.time_ms = in->obs->total_ms;
	if (facts->server != NULL && (facts->way == AUTOSSL_WHM ||
	    facts->way == AUTOSSL_CPANEL))
		copy_server(result, facts->server);
	if (queue_got(facts, AUTOSSL_VHOSTS))
		copy_vhosts(in, result);
}

const struct check check_queue_summary = { "queue_summary", false, run };
