/* SPDX-License-Identifier: ISC */
/* Questions, answers, stages. */
#include "probe/autossl.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "probe/autossl_private.h"
#include "probe/autossl_read.h"

#define MISSING_AGE	86400	/* a function may come with an update */
#define IN_VAIN		3	/* failures of a topic without a success */

static void autossl_next_stage(struct autossl_probe *probe);

const char *
autossl_number(struct autossl_probe *probe, size_t n)
{
	return arena_printf(probe->arena, "%zu", n);
}

const char *
autossl_string(struct autossl_probe *probe, struct bytes in)
{
	if (in.len == 0 || memchr(in.data, '\0', in.len) != NULL)
		return NULL;
	return arena_strndup(probe->arena, (const char *)in.data, in.len);
}

/* What nobody is to blame for, and what would have to be repaired. */
static bool
autossl_is_gap(const struct err *err)
{
	return err->kind == ERR_MISSING || err->kind == ERR_DENIED;
}

/* The first failure stays, but a gap gives way to anything worse. */
static void
autossl_note(struct autossl_topic_state *topic, const struct err *err)
{
	if (topic->error.kind == ERR_NONE ||
	    (autossl_is_gap(&topic->error) && !autossl_is_gap(err)))
		topic->error = *err;
}

static const char *
autossl_missing_key(struct autossl_probe *probe, const char *function)
{
	return arena_printf(probe->arena, "missing:%s", function);
}

static void
autossl_remember(struct autossl_probe *probe, const char *function,
    const struct err *err)
{
	const char *key = autossl_missing_key(probe, function);

	if (key == NULL || probe->state == NULL)
		return;
	if (err->kind == ERR_MISSING)
		autossl_state_set(probe->state, key, probe->facts->rules.now);
	else if (err->kind == ERR_NONE)
		autossl_state_drop(probe->state, key);
}

static bool
autossl_known_missing(struct autossl_probe *probe, const char *function)
{
	const char *key = autossl_missing_key(probe, function);
	int64_t at, now = probe->facts->rules.now;

	if (key == NULL || probe->state == NULL)
		return false;
	at = autossl_state_get(probe->state, key);
	return at != 0 && at <= now && now - at < MISSING_AGE;
}

/* Nothing more will come: the websites share the reason if they are not
 * there yet. */
static void
autossl_stop(struct autossl_probe *probe, const struct err *err)
{
	struct autossl_topic_state *core =
	    &probe->facts->topics[AUTOSSL_VHOSTS];

	probe->stopped = true;
	if (core->got == 0 && core->error.kind == ERR_NONE)
		core->error = *err;
}

static void
autossl_take(struct autossl_question *question,
    const struct autossl_answer *answer)
{
	struct autossl_probe *probe = question->probe;
	struct autossl_topic_state *topic =
	    &probe->facts->topics[question->topic];
	struct err err = answer->error;

	/* Without the websites there is nothing: they are always asked for. */
	if (question->topic != AUTOSSL_VHOSTS &&
	    (err.kind == ERR_NONE || err.kind == ERR_MISSING))
		autossl_remember(probe, question->call.function, &err);
	if (err.kind == ERR_NONE &&
	    question->read(question, answer, &err) == 0) {
		topic->got++;
		return;
	}
	autossl_note(topic, &err);
	if (err.kind == ERR_TIMEOUT || err.kind == ERR_CANCELLED ||
	    err.kind == ERR_AUTH)
		autossl_stop(probe, &err);
	if (err.kind == ERR_TIMEOUT && probe->facts->phase == NULL)
		probe->facts->phase = arena_strdup(probe->facts->arena,
		    question->call.function);
}

static void autossl_on_answer(void *ctx, const struct autossl_answer *answer);

/* Asking on is in vain: for a function that is not there or not permitted,
 * and when nothing came of a few.  An account may lack what others have. */
static bool
autossl_is_refused(const struct autossl_question *question)
{
	const struct autossl_topic_state *topic =
	    &question->probe->facts->topics[question->topic];
	bool of_account = question->user.len > 0 &&
	    strstr(question->call.function, "::") != NULL;

	if (topic->got > 0 || topic->error.kind == ERR_NONE)
		return false;
	return topic->error.kind == ERR_MISSING ||
	    (topic->error.kind == ERR_DENIED && !of_account) ||
	    topic->asked >= IN_VAIN;
}

/* -1: it could not be asked, there is no answer to come. */
static int
autossl_begin(struct autossl_question *question)
{
	struct autossl_probe *probe = question->probe;
	struct autossl_topic_state *topic =
	    &probe->facts->topics[question->topic];
	struct err err = ERR_INIT;

	topic->asked++;
	probe->waiting++;
	if (autossl_client_call(probe->client, &question->call,
	    autossl_on_answer, question, &err) == 0)
		return 0;
	probe->waiting--;
	autossl_note(topic, &err);
	return -1;
}

/* One of a topic is asked alone until something came of it: the others may
 * be in vain. */
static void
autossl_release(struct autossl_probe *probe, enum autossl_topic topic)
{
	struct autossl_held *held = &probe->held[topic];
	struct autossl_question *question;
	bool one = probe->facts->topics[topic].got == 0;

	held->waits = one;
	while (held->first != NULL) {
		question = held->first;
		held->first = question->next;
		if (probe->stopped || autossl_is_refused(question))
			continue;
		if (autossl_begin(question) == 0 && one)
			return;
	}
	held->waits = false;
}

static void
autossl_on_answer(void *ctx, const struct autossl_answer *answer)
{
	struct autossl_question *question = ctx;
	struct autossl_probe *probe = question->probe;

	autossl_take(question, answer);
	autossl_release(probe, question->topic);
	if (--probe->waiting == 0)
		autossl_next_stage(probe);
}

static void
autossl_hold(struct autossl_held *held, struct autossl_question *question)
{
	question->next = NULL;
	if (held->first == NULL)
		held->first = question;
	else
		held->last->next = question;
	held->last = question;
}

static struct autossl_question *
autossl_copy(struct autossl_probe *probe,
    const struct autossl_question *question)
{
	struct autossl_question *copy = arena_alloc(probe->arena,
	    sizeof(*copy));

	if (copy == NULL)
		return NULL;
	*copy = *question;
	copy->probe = probe;
	if (copy->call.max_size == 0)
		copy->call.max_size = AUTOSSL_ANSWER_MAX;
	return copy;
}

void
autossl_ask(struct autossl_probe *probe,
    const struct autossl_question *question)
{
	struct autossl_topic_state *topic =
	    &probe->facts->topics[question->topic];
	struct autossl_held *held = &probe->held[question->topic];
	struct autossl_question *copy = autossl_copy(probe, question);
	struct err err = ERR_INIT;

	if (copy == NULL) {
		err_nomem(&topic->error);
		return;
	}
	if (probe->stopped || autossl_is_refused(copy))
		return;
	if (question->topic != AUTOSSL_VHOSTS &&
	    autossl_known_missing(probe, question->call.function)) {
		err_set(&err, ERR_MISSING, "%s: not offered by this server",
		    question->call.function);
		autossl_note(topic, &err);
		return;
	}
	if (held->waits) {
		autossl_hold(held, copy);
		return;
	}
	held->waits = topic->got == 0;
	if (autossl_begin(copy) != 0)
		held->waits = false;
}

/* A stage that has nothing to ask is over at once. */
static void
autossl_next_stage(struct autossl_probe *probe)
{
	void (*begin)(struct autossl_probe *);

	while (!probe->stopped && *probe->stage != NULL) {
		begin = *probe->stage++;
		probe->waiting = 1;
		begin(probe);
		if (--probe->waiting > 0)
			return;
	}
}

static int
autossl_by_urgency(const void *a, const void *b)
{
	const struct autossl_vhost *const *x = a, *const *y = b;
	int order = (*y)->autossl - (*x)->autossl;

	return order != 0 ? order : ((*x)->not_after > (*y)->not_after) -
	    ((*x)->not_after < (*y)->not_after);
}

static bool
autossl_is_asked(const struct autossl_probe *probe,
    const struct autossl_vhost *vhost)
{
	if (autossl_is_due(&probe->facts->rules, vhost))
		return true;
	return autossl_is_fallback(vhost) && probe->options->policy.rows[
	    FINDING_AUTOSSL_SELF_SIGNED].ignore == 0;
}

void
autossl_find_due(struct autossl_probe *probe)
{
	struct autossl_facts *facts = probe->facts;
	size_t i, n = 0;

	probe->n_due = probe->n_fallback = 0;
	for (i = 0; i < facts->n_vhosts; i++)
		n += autossl_is_asked(probe, &facts->vhosts[i]);
	if (n == 0)
		return;
	probe->due = arena_array(probe->arena, n, sizeof(*probe->due));
	if (probe->due == NULL) {
		err_nomem(&facts->topics[AUTOSSL_VHOSTS].error);
		probe->stopped = true;
		return;
	}
	for (i = 0, n = 0; i < facts->n_vhosts; i++) {
		if (!autossl_is_asked(probe, &facts->vhosts[i]))
			continue;
		probe->due[n++] = &facts->vhosts[i];
		probe->n_due += facts->vhosts[i].autossl;
	}
	probe->n_fallback = n - probe->n_due;
	qsort(probe->due, n, sizeof(*probe->due), autossl_by_urgency);
}

static int
autossl_on_renewal(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_renewal(answer->data,
	    &question->vhost->detail->renewal, err);
}

/* The API wants a name that could be looked up: of a wildcard (cPanel calls
 * its website _wildcard_.shop.example) it says nothing but that it failed. */
static bool
autossl_has_name(struct bytes name)
{
	static const char wildcard[] = "_wildcard_.";

	return memchr(name.data, '*', name.len) == NULL &&
	    (name.len < strlen(wildcard) ||
	    memcmp(name.data, wildcard, strlen(wildcard)) != 0);
}

void
autossl_ask_renewal(struct autossl_probe *probe)
{
	struct autossl_question question = {
		.topic = AUTOSSL_RENEWAL, .read = autossl_on_renewal,
		.call = { .function = "SSL::get_autossl_renewal_status" }
	};
	size_t i;

	if (probe->n_due > AUTOSSL_RENEWALS_MAX)
		probe->facts->n_names_not_asked = probe->n_due -
		    AUTOSSL_RENEWALS_MAX;
	for (i = 0; i < probe->n_due && i < AUTOSSL_RENEWALS_MAX; i++) {
		question.vhost = probe->due[i];
		question.user = probe->due[i]->user;
		question.call.user = autossl_string(probe, question.user);
		question.call.params[0].name = "domain";
		question.call.params[0].value = autossl_string(probe,
		    probe->due[i]->servername);
		if (question.vhost->detail != NULL &&
		    autossl_has_account(question.vhost) &&
		    autossl_has_name(question.vhost->servername) &&
		    (question.call.user != NULL || question.user.len == 0) &&
		    question.call.params[0].value != NULL)
			autossl_ask(probe, &question);
	}
}

/* How long a check has been running is only known from having seen it. */
static void
autossl_age_progress(struct autossl_probe *probe)
{
	struct autossl_facts *facts = probe->facts;

	if (probe->state == NULL || facts->topics[AUTOSSL_PROGRESS].got == 0)
		return;
	if (!facts->in_progress) {
		autossl_state_drop(probe->state, "progress");
		return;
	}
	facts->in_progress_since = autossl_state_get(probe->state,
	    "progress");
	if (facts->in_progress_since != 0)
		return;
	facts->in_progress_since = facts->rules.now;
	autossl_state_set(probe->state, "progress", facts->rules.now);
}

static bool
autossl_extra_issuer(void *ctx, struct bytes issuer)
{
	char text[256];
	size_t len = issuer.len < sizeof(text) - 1 ? issuer.len :
	    sizeof(text) - 1;

	memcpy(text, issuer.data, len);
	text[len] = '\0';
	return regexec(ctx, text, 0, NULL, 0) == 0;
}

/* The expression is the arena's, what is in it is freed by autossl_gather. */
static int
autossl_compile(const struct options *options, struct autossl_facts *facts,
    struct err *err)
{
	regex_t *regex;

	if (options->autossl_issuer == NULL)
		return 0;
	regex = arena_alloc(facts->arena, sizeof(*regex));
	if (regex == NULL || regcomp(regex, options->autossl_issuer,
	    REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
		return err_nomem(err);
	facts->rules.extra = autossl_extra_issuer;
	facts->rules.extra_ctx = regex;
	return 0;
}

static int
autossl_run(struct autossl_probe *probe, int64_t deadline_ms,
    struct err *err)
{
	struct autossl_facts *facts = probe->facts;
	int rc;

	probe->stage = facts->way == AUTOSSL_WHM ||
	    facts->way == AUTOSSL_LOCAL_HOST ? autossl_host_stages :
	    autossl_account_stages;
	autossl_next_stage(probe);
	cancel_wake(loop_wake_fd(probe->loop));
	rc = loop_run(probe->loop, deadline_ms, cancel_flag(), err);
	cancel_wake(-1);
	facts->n_calls = autossl_client_count(probe->client);
	autossl_age_progress(probe);
	/* A cache that cannot be written is no failure. */
	if (probe->state != NULL)
		(void)autossl_state_save(probe->state, NULL);
	return rc;
}

static int
autossl_open(struct autossl_probe *probe, int64_t deadline_ms,
    struct err *err)
{
	struct autossl_facts *facts = probe->facts;
	const struct options *options = probe->options;
	struct autossl_client_options how = {
		.options = options, .way = facts->way, .loop = probe->loop,
		.arena = probe->arena, .deadline_ms = deadline_ms
	};

	probe->client = autossl_client_new(&how, err);
	if (probe->client == NULL)
		return -1;
	facts->server = arena_strdup(facts->arena,
	    autossl_client_server(probe->client));
	facts->user = autossl_client_user(probe->client);
	if (facts->user != NULL)
		facts->user = arena_strdup(facts->arena, facts->user);
	if (facts->server == NULL)
		return err_nomem(err);
	probe->state = autossl_state_open(options->no_cache ? NULL :
	    options->cache_dir == NULL ? "" : options->cache_dir,
	    facts->server,
	    facts->user == NULL ? "" : facts->user, facts->rules.now, err);
	return probe->state == NULL ? -1 : 0;
}

static int
autossl_with_loop(struct autossl_probe *probe, int64_t deadline_ms,
    struct err *err)
{
	int rc = -1;

	probe->loop = loop_new(err);
	if (probe->loop == NULL)
		return -1;
	if (autossl_open(probe, deadline_ms, err) == 0)
		rc = autossl_run(probe, deadline_ms, err);
	autossl_client_free(probe->client);
	autossl_state_free(probe->state);
	loop_free(probe->loop);
	return rc;
}

static void
autossl_set_rules(const struct options *options,
    struct autossl_facts *facts)
{
	facts->rules.now = options->at;
	facts->rules.window = options->window;
	facts->rules.accounts = options->account.items;
	facts->rules.n_accounts = options->account.n;
	facts->insecure = options->insecure;
	facts->feature = -1;
}

int
autossl_gather(const struct autossl_params *params,
    struct autossl_facts *facts, struct err *err)
{
	struct autossl_probe probe;
	int64_t begun = clock_mono_ms();
	int rc;

	memset(&probe, 0, sizeof(probe));
	facts->arena = params->arena;
	autossl_set_rules(params->options, facts);
	probe.options = params->options;
	probe.facts = facts;
	if (autossl_compile(params->options, facts, err) != 0)
		return -1;
	probe.arena = arena_new();
	rc = probe.arena == NULL ? err_nomem(err) :
	    autossl_with_loop(&probe, params->start_ms +
	    params->options->timeout.ms, err);
	arena_free(probe.arena);
	if (facts->rules.extra != NULL) {
		regfree(facts->rules.extra_ctx);
		facts->rules.extra = NULL;
	}
	facts->api_ms = clock_mono_ms() - begun;
	return rc;
}
