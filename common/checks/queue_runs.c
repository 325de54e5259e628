/* SPDX-License-Identifier: ISC */
/* AutoSSL itself: does it run, may it, and with what provider? */
#include "checks/queue_private.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"

/* Runs every so often are awaited 26 h by default; those that are rarer
 * than daily for twice and three times their interval. */
#define RARE QUEUE_DAY
#define SKEW 300		/* seconds that clocks may differ unsaid */

/* However it is written. */
static bool
name_is(struct bytes name, const char *word)
{
	return text_same(name, bytes_str(word));
}

static const char *
title_of(struct result *result, const struct autossl_provider *provider)
{
	return result_clean(result, provider->title.len > 0 ?
	    provider->title : provider->name, 64);
}

static void
judge_provider(struct result *result, const struct autossl_provider *provider)
{
	const char *title = title_of(result, provider);

	if (name_is(provider->name, "cPanel"))
		result_bad(result, FINDING_AUTOSSL_RETIRED, "", "the provider "
		    "is %s, which has issued nothing since 2024-12-31; "
		    "switch to Let's Encrypt", title);
	else
		result_ok(result, FINDING_AUTOSSL_NO_PROVIDER, "",
		    "the provider is %s", title);
	if (provider->terms_outdated)
		result_bad(result, FINDING_AUTOSSL_TERMS, "", "%s has new "
		    "terms of service; accept them in WHM, Manage AutoSSL",
		    title);
}

static void
judge_providers(const struct autossl_facts *facts, struct result *result)
{
	size_t i;

	if (!queue_got(facts, AUTOSSL_PROVIDERS)) {
		if (facts->log.disabled)
			result_bad(result, FINDING_AUTOSSL_NO_PROVIDER, "",
			    "AutoSSL is switched off on this server");
		return;
	}
	for (i = 0; i < facts->n_providers; i++)
		if (facts->providers[i].enabled)
			judge_provider(result, &facts->providers[i]);
	if (queue_enabled(facts) == 0)
		result_bad(result, FINDING_AUTOSSL_NO_PROVIDER, "", "no "
		    "AutoSSL provider is enabled, nothing is renewed");
}

/* A module with a queue keeps its log open while the queue works. */
static bool
keeps_open(const struct autossl_facts *facts)
{
	const struct autossl_provider *provider;
	size_t i, n = 0;

	for (i = 0; i < facts->n_providers; i++) {
		provider = &facts->providers[i];
		if (facts->runs.provider.len > 0 &&
		    bytes_eq(provider->name, facts->runs.provider))
			return provider->queue;
		n += provider->enabled && provider->queue;
	}
	return n > 0 && n == queue_enabled(facts);
}

static void
judge_progress(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;
	const struct options *options = in->options;
	struct buf text = BUF_INIT;
	enum status status = STATUS_OK;
	int64_t age;

	if (!queue_in_progress(facts, in->now, &age))
		return;
	buf_str(&text, age > 0 ? "a check has been in progress for " :
	    "a check is in progress");
	if (age > 0)
		duration_format(&text, age);
	if (age >= 0) {
		status = queue_age_status(age, options->check_warning,
		    options->check_critical);
	}
	if (!facts->in_progress && keeps_open(facts)) {
		status = STATUS_OK;
		buf_str(&text, ", kept open by the provider's queue");
	}
	queue_put_limit(&text, status, options->check_warning,
	    options->check_critical);
	result_add(result, FINDING_AUTOSSL_STUCK, status, "", "%s",
	    buf_text(&text));
	buf_release(&text);
}

void
queue_run_limits(const struct check_input *in, int64_t *warning,
    int64_t *critical)
{
	int64_t interval = in->obs->autossl->schedule.interval;

	*warning = in->options->run_warning;
	*critical = in->options->run_critical;
	if (interval <= RARE || interval > INT64_MAX / 3)
		return;
	if (*warning > 0 && *warning < 2 * interval)
		*warning = 2 * interval;
	if (*critical > 0 && *critical < 3 * interval)
		*critical = 3 * interval;
}

static void
judge_last(const struct check_input *in, struct result *result)
{
	const struct autossl_runs *runs = &in->obs->autossl->runs;
	int64_t age = queue_age(in->now, runs->last), warning, critical;
	struct buf text = BUF_INIT;
	enum status status;

	queue_run_limits(in, &warning, &critical);
	status = queue_age_status(age, warning, critical);
	buf_str(&text, "the last run for all accounts was ");
	duration_format(&text, age);
	buf_str(&text, " ago");
	if (runs->last - in->now > SKEW) {
		buf_str(&text, ", the server's clock is ahead by ");
		duration_format(&text, runs->last - in->now);
	}
	queue_put_limit(&text, status, warning, critical);
	result_add(result, FINDING_AUTOSSL_RUN, status, "", "%s",
	    buf_text(&text));
	buf_release(&text);
}

static void
judge_runs(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = in->obs->autossl;

	if (!queue_got(facts, AUTOSSL_RUNS))
		return;
	if (facts->runs.any)
		judge_last(in, result);
	else if (in->options->run_warning > 0 ||
	    in->options->run_critical > 0)
		result_bad(result, FINDING_AUTOSSL_RUN, "", "no run for all "
		    "accounts in the server's logs%s", facts->runs.n > 0 ?
		    ", only of single ones" : "");
}

static void
judge_schedule(const struct autossl_facts *facts, struct result *result)
{
	struct buf text = BUF_INIT;

	if (!queue_got(facts, AUTOSSL_SCHEDULE))
		return;
	if (!facts->schedule.known) {
		result_bad(result, FINDING_AUTOSSL_SCHEDULE, "", "AutoSSL "
		    "has no schedule, its cron job is gone");
		return;
	}
	if (facts->schedule.interval > 0) {
		buf_str(&text, ", every ");
		duration_format(&text, facts->schedule.interval);
	}
	if (facts->schedule.next != 0) {
		buf_str(&text, ", next at ");
		clock_format(&text, facts->schedule.next);
	}
	result_ok(result, FINDING_AUTOSSL_SCHEDULE, "", "AutoSSL is "
	    "scheduled%s", buf_text(&text));
	buf_release(&text);
}

static void
judge_services(const struct autossl_facts *facts, struct result *result)
{
	const struct autossl_service *service;
	const char *name;
	size_t i;

	for (i = 0; i < facts->n_services; i++) {
		service = &facts->services[i];
		if (!name_is(service->name, "crond") &&
		    !name_is(service->name, "queueprocd"))
			continue;
		name = result_clean(result, service->name, 64);
		if (service->running == 0)
			result_bad(result, FINDING_AUTOSSL_SERVICE, "",
			    "%s is not running", name);
		/* Only what is monitored says whether it runs. */
		else if (service->running < 0 && service->enabled == 0)
			result_bad(result, FINDING_AUTOSSL_SERVICE, "",
			    "%s is switched off", name);
		else if (service->running > 0)
			result_ok(result, FINDING_AUTOSSL_SERVICE, "",
			    "%s is running", name);
	}
}

static void
judge_limit(const struct check_input *in, struct result *result)
{
	const struct autossl_log *log = &in->obs->autossl->log;
	struct queue_tally tally = queue_count(in);
	size_t urgent = tally.states[QUEUE_EXPIRED] +
	    tally.states[QUEUE_OVERDUE];
	struct buf text = BUF_INIT;

	if (!log->rate_limited)
		return;
	buf_str(&text, "the last run met a rate limit of the certificate "
	    "authority");
	if (log->retry_at != 0) {
		buf_str(&text, ", retry after ");
		clock_format(&text, log->retry_at);
	}
	if (urgent > 0)
		buf_printf(&text, ", and %zu certificate%s overdue or "
		    "expired", urgent, urgent == 1 ? " is" : "s are");
	if (log->rate_text.len > 0)
		buf_printf(&text, "; it says: %s", result_clean(result,
		    log->rate_text, 300));
	result_add(result, FINDING_AUTOSSL_RATE_LIMIT, urgent > 0 ?
	    STATUS_CRITICAL : STATUS_WARNING, "", "%s", buf_text(&text));
	buf_release(&text);
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct autossl_facts *facts = queue_facts(in);

	if (facts == NULL)
		return;
	judge_providers(facts, result);
	/* Nothing runs, and nothing has to. */
	if (queue_is_off(facts))
		return;
	judge_progress(in, result);
	judge_runs(in, result);
	judge_schedule(facts, result);
	judge_services(facts, result);
	judge_limit(in, result);
}

const struct check check_queue_runs = { "queue_runs", false, run };
