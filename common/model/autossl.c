/* SPDX-License-Identifier: ISC */
/* When a certificate is to be renewed, and whose it is. */
#include "model/autossl.h"

#include <string.h>

#include "base/text.h"

#define DAY 86400
/* How long before the end each provider renews (Guide to SSL, v92). */
#define WINDOW_LETSENCRYPT	(29 * DAY)
#define WINDOW_CPANEL		(15 * DAY)

static int64_t
autossl_provider_window(const struct autossl_vhost *vhost)
{
	return vhost->issuer == AUTOSSL_ISSUER_CPANEL ? WINDOW_CPANEL :
	    WINDOW_LETSENCRYPT;
}

int64_t
autossl_window(const struct autossl_rules *rules,
    const struct autossl_vhost *vhost)
{
	int64_t window, third;

	if (!vhost->has_dates || vhost->not_after <= vhost->not_before)
		return 0;
	window = rules->window > 0 ? rules->window :
	    autossl_provider_window(vhost);
	third = (vhost->not_after - vhost->not_before) / 3;
	return window < third ? window : third;
}

bool
autossl_is_due(const struct autossl_rules *rules,
    const struct autossl_vhost *vhost)
{
	if (!vhost->autossl || vhost->suspended || !vhost->has_dates)
		return false;
	return vhost->not_after - rules->now < autossl_window(rules, vhost);
}

bool
autossl_has_account(const struct autossl_vhost *vhost)
{
	return !bytes_eq(vhost->user, bytes_str("nobody")) &&
	    !bytes_eq(vhost->user, bytes_str("root"));
}

bool
autossl_is_fallback(const struct autossl_vhost *vhost)
{
	return vhost->issuer == AUTOSSL_ISSUER_SELF && !vhost->autossl &&
	    !vhost->suspended && autossl_has_account(vhost);
}

/* ASCII case-blind; the apostrophe of Let's Encrypt may be a curly one. */
static bool
autossl_names(struct bytes in, const char *word)
{
	static const char curly[] = "\xe2\x80\x99";
	size_t at, i;

	for (at = 0; at < in.len; at++) {
		const uint8_t *c = in.data + at, *end = in.data + in.len;

		for (i = 0; word[i] != '\0' && c < end; i++) {
			if (word[i] == '\'' && end - c >= 3 &&
			    memcmp(c, curly, 3) == 0)
				c += 3;
			else if (text_lower((char)*c) == text_lower(word[i]))
				c++;
			else
				break;
		}
		if (word[i] == '\0')
			return true;
	}
	return false;
}

enum autossl_issuer
autossl_issuer_of(const struct autossl_rules *rules,
    struct bytes organization, struct bytes common_name, bool *autossl)
{
	*autossl = true;
	if (autossl_names(organization, "Let's Encrypt") ||
	    autossl_names(organization, "Lets Encrypt") ||
	    autossl_names(common_name, "Let's Encrypt"))
		return AUTOSSL_ISSUER_LETSENCRYPT;
	if (autossl_names(organization, "cPanel") ||
	    autossl_names(common_name, "cPanel"))
		return AUTOSSL_ISSUER_CPANEL;
	*autossl = rules->extra != NULL &&
	    ((organization.len > 0 &&
	    rules->extra(rules->extra_ctx, organization)) ||
	    (common_name.len > 0 &&
	    rules->extra(rules->extra_ctx, common_name)));
	return AUTOSSL_ISSUER_OTHER;
}

const char *
autossl_topic_words(enum autossl_topic topic)
{
	static const char *const words[AUTOSSL_TOPICS] = {
		[AUTOSSL_PROVIDERS] = "providers",
		[AUTOSSL_SCHEDULE] = "schedule",
		[AUTOSSL_RUNS] = "past runs",
		[AUTOSSL_VHOSTS] = "installed certificates",
		[AUTOSSL_ACCOUNTS] = "accounts",
		[AUTOSSL_PROBLEMS] = "recorded problems",
		[AUTOSSL_EXCLUDED] = "excluded domains",
		[AUTOSSL_LOG] = "log of the last run",
		[AUTOSSL_QUEUE] = "pending orders",
		[AUTOSSL_PROGRESS] = "running check",
		[AUTOSSL_RENEWAL] = "renewal status",
		[AUTOSSL_STORED] = "stored certificates",
		[AUTOSSL_SERVICES] = "services",
		[AUTOSSL_FEATURE] = "AutoSSL feature",
		[AUTOSSL_MARKET] = "Market orders",
	};

	return words[topic];
}
