/* SPDX-License-Identifier: ISC */
/* Many targets at once, in one loop. */
#include "probe/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "net/loop.h"
#include "net/resolve.h"
#include "net/session.h"
#include "net/tls.h"
#include "probe/environment.h"
#include "probe/gather.h"
#include "probe/places.h"
#include "probe/sources.h"

/* How long an endpoint of a network may take to answer at all. */
#define NETWORK_CONNECT_MS 3000
#define MS_PER_S 1000

struct visit;

/* The addresses of one name, under --all-addresses: judged when all have
 * answered, in the resolver's order, against the first that did. */
struct group {
	struct visit *visits[RESOLVE_MAX];
	size_t n, pending;
};

/* One target (or one address of it) on its way. */
struct visit {
	struct run *run;
	struct arena *arena;
	struct target target;
	struct result *result;		/* NULL: added only when it answers */
	int64_t start_ms;		/* monotonic */
	struct session *session;
	struct group *group;
	struct address fixed;
	bool has_fixed;
	/* --all-addresses: the lookup that comes first */
	struct task lookup;
	struct resolve_job *job;
	struct err lookup_error;
	struct place place;
	struct observation obs;
};

struct run {
	const struct schedule_params *params;
	const struct options *options;
	struct environment env;
	struct sources sources;
	struct arena *arena;		/* of the whole run */
	int64_t deadline_ms;
	struct places places;
	bool filling, stopped;
	size_t network_answers, networks;
	struct err fatal;
};

static void fill(void *ctx);
static int start_session(struct visit *visit, struct err *err);

static bool
out_of_time(struct run *run)
{
	if (*cancel_flag() != 0 || clock_mono_ms() >= run->deadline_ms)
		run->stopped = true;
	return run->stopped;
}

static struct result *
add_result(struct run *run, struct visit *visit)
{
	const char *name, *label;
	struct result *result;

	name = target_display(visit->arena, &visit->target);
	label = target_label(visit->arena, &visit->target);
	if (visit->has_fixed && name != NULL) {
		char address[64];

		address_format(&visit->fixed, address, sizeof(address));
		name = arena_printf(visit->arena, "%s [%s]", name, address);
		label = label == NULL ? NULL : arena_printf(visit->arena,
		    "%s_%s", label, address);
	}
	if (name == NULL || label == NULL) {
		run->params->report->nomem = true;
		return NULL;
	}
	result = report_add(run->params->report, name, label);
	if (result != NULL)
		result->quiet = run->params->quiet;
	return result;
}

static struct visit *
visit_new(struct run *run, const struct target *target)
{
	struct visit *visit = mem_alloc(sizeof(*visit));

	if (visit == NULL || (visit->arena = arena_new()) == NULL) {
		mem_free(visit);
		run->params->report->nomem = true;
		return NULL;
	}
	visit->run = run;
	visit->target = *target;
	visit->start_ms = clock_mono_ms();
	return visit;
}

static void
visit_free(struct visit *visit)
{
	session_free(visit->session);
	arena_free(visit->arena);
	mem_free(visit);
}

static struct observation
observation_of(struct visit *visit)
{
	struct observation obs;

	memset(&obs, 0, sizeof(obs));
	obs.target = &visit->target;
	obs.arena = visit->arena;
	obs.from_file = visit->target.kind == TARGET_FILE;
	obs.resolve_ms = obs.connect_ms = obs.tls_ms = obs.total_ms = -1;
	return obs;
}

static void
judge(struct visit *visit, struct observation *obs)
{
	struct run *run = visit->run;
	struct observation blank;

	if (visit->result == NULL)
		visit->result = add_result(run, visit);
	if (visit->result == NULL)
		return;
	if (obs->total_ms < 0)
		obs->total_ms = clock_mono_ms() - visit->start_ms;
	/* What libcrypto had no room for it may have called bad. */
	if (mem_library_failed()) {
		blank = observation_of(visit);
		err_nomem(&blank.error);
		obs = &blank;
	}
	run->params->judge(run->params->ctx, obs, visit->result);
	report_close(run->params->report, visit->result);
}

static void
judge_error(struct visit *visit, const struct err *err, const char *phase)
{
	struct observation obs = observation_of(visit);

	obs.error = *err;
	obs.phase = phase;
	judge(visit, &obs);
}

/* What the other addresses present is compared with the first. */
static void
judge_group(struct group *group)
{
	const struct observation *first = NULL;
	struct observation *obs;
	size_t i;

	for (i = 0; i < group->n; i++) {
		obs = &group->visits[i]->obs;
		if (first != NULL) {
			obs->other_leaf = first->certs[0].sha256;
			obs->other_address = first->address;
		} else if (obs->n_certs > 0) {
			first = obs;
		}
		judge(group->visits[i], obs);
	}
	for (i = 0; i < group->n; i++)
		visit_free(group->visits[i]);
	mem_free(group);
}

/* A port of a network that is closed, filtered or silent is no target. */
static bool
nobody_there(const struct visit *visit, const struct observation *obs)
{
	if (!visit->target.from_network || obs->n_certs > 0)
		return false;
	return obs->error.kind == ERR_CONNECT ||
	    (obs->error.kind == ERR_TIMEOUT && !visit->run->stopped &&
	    visit->session->phase == PHASE_CONNECT);
}

/* Everything has been gathered. */
static void
complete(void *ctx)
{
	struct visit *visit = ctx;
	struct run *run = visit->run;

	out_of_time(run);
	places_leave(&run->places, &visit->place);
	if (visit->group == NULL) {
		judge(visit, &visit->obs);
		visit_free(visit);
	} else if (--visit->group->pending == 0) {
		judge_group(visit->group);
	}
	fill(run);
}

/* Asks about revocation where that is wanted, and completes. */
static void
gather_rest(struct visit *visit)
{
	const struct environment *env = &visit->run->env;

	if (env->ops == NULL || visit->obs.n_certs == 0 || env->ops->start(
	    env->revocation, &visit->obs, complete, visit) == 1)
		complete(visit);
}

static void
finished(struct session *session)
{
	struct visit *visit = session->task.owner;
	struct run *run = visit->run;
	struct observation *obs = &visit->obs;

	out_of_time(run);
	*obs = observation_of(visit);
	gather_session(&run->env.gather, session, obs);
	if (nobody_there(visit, obs)) {
		places_leave(&run->places, &visit->place);
		visit_free(visit);
		fill(run);
		return;
	}
	run->network_answers += visit->target.from_network;
	gather_rest(visit);
}

static int
start_session(struct visit *visit, struct err *err)
{
	struct run *run = visit->run;
	const struct target *target = &visit->target;
	struct session_params params = {
		.host = target->host, .address = target->address,
		.port = target->port, .starttls = target->scheme->starttls,
		.deadline_ms = run->deadline_ms
	};

	params.fixed = visit->has_fixed ? &visit->fixed : NULL;
	params.sni = target->sni != NULL ? target->sni :
	    target->is_address ? NULL : target->host;
	params.alpn = run->options->alpn != NULL ? run->options->alpn :
	    target->scheme->alpn;
	if (target->from_network)
		params.connect_ms = NETWORK_CONNECT_MS;
	visit->session = session_new(environment_session(&run->env, target),
	    &params, finished, visit, err);
	if (visit->session == NULL)
		return -1;
	places_take(&run->places, &visit->place, &visit->session->task);
	return 0;
}

/* One address: on its way, or failed at once. */
static void
visit_address(struct visit *lookup, struct group *group,
    const struct address *address)
{
	struct visit *visit = visit_new(lookup->run, &lookup->target);

	if (visit == NULL)
		return;
	visit->group = group;
	visit->fixed = *address;
	visit->has_fixed = true;
	visit->result = add_result(lookup->run, visit);
	visit->obs = observation_of(visit);
	group->visits[group->n++] = visit;
	group->pending++;
	if (start_session(visit, &visit->obs.error) == 0)
		return;
	visit->obs.phase = "connect";
	group->pending--;
}

static void
visit_addresses(struct visit *lookup, const struct address_list *list)
{
	struct group *group = mem_alloc(sizeof(*group));
	struct err err = ERR_INIT;
	size_t i;

	if (group == NULL) {
		err_nomem(&err);
		judge_error(lookup, &err, NULL);
		return;
	}
	for (i = 0; i < list->n; i++)
		visit_address(lookup, group, &list->items[i]);
	if (group->pending == 0)
		judge_group(group);
}

static enum step
lookup_run(struct task *task)
{
	struct visit *visit = task->owner;
	struct address_list *list;
	int rc;

	list = arena_alloc(visit->arena, sizeof(*list));
	if (list == NULL) {
		err_nomem(&visit->lookup_error);
		return STEP_DONE;
	}
	rc = resolve_result(visit->job, list, &visit->lookup_error);
	if (rc == 1)
		return STEP_WAIT;
	if (rc == 0)
		visit_addresses(visit, list);
	return STEP_DONE;
}

static void
lookup_expire(struct task *task, bool cancelled)
{
	struct visit *visit = task->owner;

	err_set(&visit->lookup_error, cancelled ? ERR_CANCELLED : ERR_TIMEOUT,
	    "%s in name resolution", cancelled ? "stopped" : "timed out");
}

static void
lookup_done(struct task *task)
{
	struct visit *visit = task->owner;
	struct run *run = visit->run;

	if (visit->lookup_error.kind != ERR_NONE)
		judge_error(visit, &visit->lookup_error, "name resolution");
	resolve_release(visit->job);
	places_leave(&run->places, &visit->place);
	visit_free(visit);
	fill(run);
}

static int
start_lookup(struct visit *visit, struct err *err)
{
	struct run *run = visit->run;
	const struct session_env *env = environment_session(&run->env,
	    &visit->target);
	struct resolve_query query = { visit->target.host, visit->target.port,
		env->family };
	struct task *task = &visit->lookup;

	task->run = lookup_run;
	task->expire = lookup_expire;
	task->done = lookup_done;
	task->owner = visit;
	visit->job = resolve_start(env->resolver, &query, task, err);
	if (visit->job == NULL)
		return -1;
	if (loop_add(env->loop, task, err) != 0) {
		resolve_release(visit->job);
		return -1;
	}
	places_take(&run->places, &visit->place, task);
	return 0;
}

static bool
wants_lookup(const struct run *run, const struct target *target)
{
	return run->options->all_addresses && !target->is_address &&
	    target->address == NULL && !environment_proxied(&run->env, target);
}

static void
start_tls(struct run *run, const struct target *target)
{
	struct visit *visit = visit_new(run, target);
	struct err err = ERR_INIT;
	bool lookup;
	int rc;

	if (visit == NULL)
		return;
	lookup = wants_lookup(run, target);
	if (!target->from_network && !lookup)
		visit->result = add_result(run, visit);
	rc = lookup ? start_lookup(visit, &err) : start_session(visit, &err);
	if (rc == 0)
		return;
	judge_error(visit, &err, NULL);
	visit_free(visit);
}

static void
visit_file(struct run *run, const struct target *target)
{
	struct visit *visit = visit_new(run, target);

	if (visit == NULL)
		return;
	visit->obs = observation_of(visit);
	if (gather_file(&run->env.gather, &visit->obs) != 0) {
		visit_free(visit);
		return;
	}
	visit->result = add_result(run, visit);
	places_take(&run->places, &visit->place, NULL);
	gather_rest(visit);
}

/* Starts what may run now.  Called again whenever something ended; a call
 * from inside a call (a session that failed at once) only notes that. */
static void
fill(void *ctx)
{
	struct run *run = ctx;
	struct target target;
	bool more = true;

	if (run->filling)
		return;
	run->filling = true;
	while (!out_of_time(run) && places_any(&run->places)) {
		more = sources_next(&run->sources, &target, &run->fatal) == 1;
		if (!more)
			break;
		if (target.kind == TARGET_FILE)
			visit_file(run, &target);
		else
			start_tls(run, &target);
	}
	places_want(&run->places, more && !run->stopped);
	run->filling = false;
}

/* What the deadline left over is told target by target, a network as one. */
static void
report_left_over(struct run *run)
{
	struct err err = ERR_INIT;
	struct visit *visit;
	struct target target;

	if (!run->stopped)
		return;
	if (*cancel_flag() != 0)
		err_set(&err, ERR_CANCELLED, "stopped by a signal before it "
		    "was begun");
	else
		err_set(&err, ERR_TIMEOUT, "timed out");
	while (sources_next(&run->sources, &target, &run->fatal) == 1) {
		if (target.from_network) {
			target = run->sources.targets[run->sources.next];
			run->sources.next++;
			run->sources.next_in_network = 0;
			run->network_answers++;
		}
		visit = visit_new(run, &target);
		if (visit == NULL)
			return;
		judge_error(visit, &err, NULL);
		visit_free(visit);
	}
}

/* Networks in which nothing answers would otherwise leave no trace. */
static void
report_silence(struct run *run)
{
	struct err err = ERR_INIT;
	struct visit *visit;
	size_t i;

	if (run->network_answers > 0)
		return;
	err_set(&err, ERR_UNSUPPORTED, "no endpoint of the network answers");
	for (i = 0; i < run->sources.n; i++) {
		if (run->sources.targets[i].kind != TARGET_NETWORK)
			continue;
		visit = visit_new(run, &run->sources.targets[i]);
		if (visit == NULL)
			return;
		judge_error(visit, &err, NULL);
		visit_free(visit);
	}
}

/* Directories in which no file held a certificate. */
static void
report_nothing(struct run *run)
{
	struct result *result;

	if (run->params->report->n_results > 0)
		return;
	result = report_add(run->params->report,
	    run->sources.targets[0].path, "files");
	if (result == NULL)
		return;
	result_bad(result, FINDING_FILE_EMPTY, "",
	    "no certificate in %zu files", run->sources.n);
	report_close(run->params->report, result);
}

static int
run_all(struct run *run, struct err *err)
{
	int rc = 0;
	struct environment_params params = {
		.options = run->options, .arena = run->arena,
		.sources = &run->sources, .deadline_ms = run->deadline_ms,
		.revocation = run->params->revocation
	};

	if (environment_open(&run->env, &params, err) != 0)
		return -1;
	places_init(&run->places, run->env.loop,
	    (size_t)run->options->concurrency, fill, run);
	if (run->env.loop != NULL)
		cancel_wake(loop_wake_fd(run->env.loop));
	fill(run);
	if (run->env.loop != NULL)
		rc = loop_run(run->env.loop, run->deadline_ms, cancel_flag(),
		    err);
	cancel_wake(-1);
	if (rc != 0)
		return -1;
	out_of_time(run);
	report_left_over(run);
	if (run->fatal.kind != ERR_NONE) {
		*err = run->fatal;
		return -1;
	}
	report_silence(run);
	report_nothing(run);
	return 0;
}

int
schedule_run(const struct schedule_params *params, struct err *err)
{
	struct run run;
	int rc;

	memset(&run, 0, sizeof(run));
	run.params = params;
	run.options = params->options;
	run.deadline_ms = params->start_ms + params->options->timeout.ms;
	run.arena = arena_new();
	if (run.arena == NULL)
		return err_nomem(err);
	rc = sources_read(&run.sources, run.arena, params->options,
	    params->report, err);
	if (rc == 0)
		rc = run_all(&run, err);
	environment_close(&run.env);
	sources_release(&run.sources);
	arena_free(run.arena);
	return rc;
}
