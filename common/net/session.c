/* SPDX-License-Identifier: ISC */
/*
 * One connection as a task.  A stage is a function that does what can be done
 * now; STEP_DONE ends it, with session->error set if it failed.  Through a
 * proxy there are more stages than phases: all that is between us and the
 * proxy belongs to PHASE_PROXY.
 */
#include "net/session_private.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"

enum stage {
	STAGE_RESOLVE,			/* the target's name */
	STAGE_RESOLVE_PROXY,
	STAGE_CONNECT,			/* to the target or the proxy */
	STAGE_TUNNEL,
	STAGE_STARTTLS,
	STAGE_HANDSHAKE,
	STAGE_DONE
};

const char *
phase_name(enum phase phase)
{
	static const char *const names[] = {
		[PHASE_RESOLVE] = "name resolution",
		[PHASE_CONNECT] = "connect",
		[PHASE_PROXY] = "proxy",
		[PHASE_STARTTLS] = "STARTTLS",
		[PHASE_HANDSHAKE] = "TLS handshake",
		[PHASE_DONE] = "done",
	};

	return names[phase];
}

enum step
session_await(struct session *session, enum step step)
{
	session->task.fds[0] = session->priv->fd;
	session->task.n_fds = 1;
	return step;
}

/* ---- name resolution ---- */

static enum step
session_take_literal(struct session *session, const char *host, int family)
{
	struct address_list *list = session->priv->addresses;

	list->n = 1;
	if (family != AF_UNSPEC && list->items[0].sa.ss_family != family)
		err_set(&session->error, ERR_RESOLVE,
		    "%s is not an IPv%c address", host,
		    family == AF_INET ? '4' : '6');
	return STEP_DONE;
}

/* Fills priv->addresses. */
static enum step
session_resolve(struct session *session, const char *host, uint16_t port,
    int family)
{
	struct session_private *priv = session->priv;
	struct address_list *list = priv->addresses;
	struct resolve_query query = { host, port, family };
	int r;

	if (priv->job == NULL) {
		if (resolve_literal(host, port, &list->items[0]) == 0)
			return session_take_literal(session, host, family);
		priv->job = resolve_start(session->env->resolver, &query,
		    &session->task, &session->error);
		return priv->job == NULL ? STEP_DONE : STEP_WAIT;
	}
	r = resolve_result(priv->job, list, &session->error);
	if (r > 0)
		return STEP_WAIT;
	resolve_release(priv->job);
	priv->job = NULL;
	return STEP_DONE;
}

static enum step
session_run_resolve(struct session *session)
{
	struct session_private *priv = session->priv;
	const struct session_params *params = &session->params;
	const char *host = params->address != NULL ? params->address :
	    params->host;
	struct address literal;
	bool told = priv->proxy != NULL && priv->proxy->remote_names;
	enum step step = STEP_DONE;

	if (params->fixed != NULL) {
		priv->addresses->items[0] = *params->fixed;
		priv->addresses->n = 1;
	} else if (!told ||
	    resolve_literal(host, params->port, &literal) == 0) {
		step = session_resolve(session, host, params->port,
		    session->env->family);
	}
	if (step != STEP_DONE || priv->addresses->n == 0 ||
	    priv->proxy == NULL)
		return step;
	priv->target = priv->addresses->items[0];
	priv->has_target = true;
	return STEP_DONE;
}

static enum step
session_run_resolve_proxy(struct session *session)
{
	const struct proxy *proxy = session->priv->proxy;

	return session_resolve(session, proxy->host, proxy->port, AF_UNSPEC);
}

/* ---- connection ---- */

static enum step
session_run_connect(struct session *session)
{
	struct session_private *priv = session->priv;
	size_t index;
	enum step step;

	if (priv->race.addresses == NULL)
		connect_init(&priv->race, priv->addresses);
	step = connect_run(&priv->race, &session->task, &priv->fd, &index,
	    &session->error);
	if (step != STEP_DONE)
		return step;
	session->task.wake_ms = 0;
	session->task.deadline_ms = session->params.deadline_ms;
	if (priv->fd >= 0 && priv->proxy == NULL)
		address_format(&priv->addresses->items[index], session->peer,
		    sizeof(session->peer));
	mem_free(priv->addresses);
	priv->addresses = NULL;
	return STEP_DONE;
}

static enum step
session_run_tunnel(struct session *session)
{
	struct session_private *priv = session->priv;
	const struct session_params *params = &session->params;
	enum step step;

	if (priv->tunnel == NULL) {
		priv->tunnel = mem_alloc(sizeof(*priv->tunnel));
		if (priv->tunnel == NULL) {
			err_nomem(&session->error);
			return STEP_DONE;
		}
		tunnel_init(priv->tunnel, priv->proxy,
		    params->address != NULL ? params->address : params->host,
		    params->port, priv->has_target ? &priv->target : NULL);
	}
	step = tunnel_run(priv->tunnel, priv->fd, &session->error);
	if (step != STEP_DONE)
		return session_await(session, step);
	if (priv->has_target)
		address_format(&priv->target, session->peer,
		    sizeof(session->peer));
	return STEP_DONE;
}

/* ---- handshake ---- */

static int
session_open_tls(struct session *session)
{
	struct session_private *priv = session->priv;
	struct tls_params params = {
		.fd = priv->fd, .sni = session->params.sni,
		.alpn = session->params.alpn
	};
	struct tls_wrap wrap;

	if (priv->wrap.active) {
		wrap = session_tls_wrap(session);
		params.wrap = &wrap;
	}
	session->tls = tls_new(session->env->tls, &params, &session->error);
	return session->tls == NULL ? -1 : 0;
}

static enum step
session_run_handshake(struct session *session)
{
	struct session_private *priv = session->priv;
	enum step step;

	if (session->tls == NULL && session_open_tls(session) != 0)
		return STEP_DONE;
	step = tls_handshake(session->tls, &session->error);
	if (priv->wrap.active && step == STEP_READ &&
	    session_flush_wrap(session) > 0)
		step = STEP_WRITE;
	if (step != STEP_DONE)
		return session_await(session, step);
	if (session->error.kind != ERR_NONE &&
	    priv->wrap.error.kind != ERR_NONE) {
		session->error = priv->wrap.error;
		session->error.kind = ERR_TLS;
	}
	return STEP_DONE;
}

/* ---- stages ---- */

static enum step (*const stage_runs[])(struct session *session) = {
	[STAGE_RESOLVE] = session_run_resolve,
	[STAGE_RESOLVE_PROXY] = session_run_resolve_proxy,
	[STAGE_CONNECT] = session_run_connect,
	[STAGE_TUNNEL] = session_run_tunnel,
	[STAGE_STARTTLS] = session_run_starttls,
	[STAGE_HANDSHAKE] = session_run_handshake,
};

static bool
session_has_stage(const struct session *session, unsigned stage)
{
	if (stage == STAGE_RESOLVE_PROXY || stage == STAGE_TUNNEL)
		return session->priv->proxy != NULL;
	if (stage == STAGE_STARTTLS)
		return session->params.starttls != STARTTLS_NONE;
	return true;
}

static enum phase
session_phase_of(const struct session *session)
{
	switch (session->priv->stage) {
	case STAGE_RESOLVE:
		return PHASE_RESOLVE;
	case STAGE_CONNECT:
		return session->priv->proxy != NULL ? PHASE_PROXY :
		    PHASE_CONNECT;
	case STAGE_RESOLVE_PROXY:
	case STAGE_TUNNEL:
		return PHASE_PROXY;
	case STAGE_STARTTLS:
		return PHASE_STARTTLS;
	case STAGE_HANDSHAKE:
		return PHASE_HANDSHAKE;
	default:
		return PHASE_DONE;
	}
}

static void
session_note_time(struct session *session)
{
	int64_t now = clock_mono_ms();

	switch (session->priv->stage) {
	case STAGE_RESOLVE:
		session->resolved_ms = now;
		break;
	case STAGE_CONNECT:
	case STAGE_TUNNEL:
		session->connected_ms = now;
		break;
	case STAGE_HANDSHAKE:
		session->secured_ms = now;
		break;
	default:
		break;
	}
}

/* What goes wrong between us and the proxy is the proxy's. */
static void
session_blame_proxy(struct session *session)
{
	const struct proxy *proxy = session->priv->proxy;

	err_wrap(&session->error, strchr(proxy->host, ':') != NULL ?
	    "proxy [%s]:%u" : "proxy %s:%u", proxy->host,
	    (unsigned)proxy->port);
	if (session->error.kind == ERR_RESOLVE ||
	    session->error.kind == ERR_CONNECT)
		session->error.kind = ERR_PROXY;
}

static enum step
session_run(struct task *task)
{
	struct session *session = (struct session *)task;
	struct session_private *priv = session->priv;
	enum step step;

	while (priv->stage != STAGE_DONE) {
		step = stage_runs[priv->stage](session);
		if (step != STEP_DONE)
			return step;
		if (session->error.kind != ERR_NONE) {
			if (session->phase == PHASE_PROXY)
				session_blame_proxy(session);
			return STEP_DONE;
		}
		session_note_time(session);
		do
			priv->stage++;
		while (!session_has_stage(session, priv->stage));
		session->phase = session_phase_of(session);
	}
	return STEP_DONE;
}

static void
session_expire(struct task *task, bool cancelled)
{
	struct session *session = (struct session *)task;

	err_set(&session->error, cancelled ? ERR_CANCELLED : ERR_TIMEOUT,
	    "%s in %s", cancelled ? "stopped" : "timed out",
	    phase_name(session->phase));
}

/* Gives back all that only a running session needs. */
static void
session_release(struct session *session)
{
	struct session_private *priv = session->priv;

	resolve_release(priv->job);
	priv->job = NULL;
	connect_release(&priv->race);
	tls_close(session->tls);
	session_release_starttls(session);
	if (priv->tunnel != NULL)
		tunnel_release(priv->tunnel);
	mem_free(priv->tunnel);
	priv->tunnel = NULL;
	mem_free(priv->addresses);
	priv->addresses = NULL;
	if (priv->fd >= 0)
		close(priv->fd);
	priv->fd = -1;
}

static void
session_done(struct task *task)
{
	struct session *session = (struct session *)task;

	session_release(session);
	session->end_ms = clock_mono_ms();
	session->finish(session);
}

static const struct proxy *
session_choose_proxy(const struct session_env *env,
    const struct session_params *params)
{
	if (env->proxy == NULL || env->proxy->kind == PROXY_NONE ||
	    proxy_bypassed(env->no_proxy, params->host) ||
	    proxy_bypassed(env->no_proxy, params->address))
		return NULL;
	return env->proxy;
}

static void
session_init(struct session *session, const struct session_env *env,
    const struct session_params *params)
{
	struct task *task = &session->task;
	int64_t limit;

	session->env = env;
	session->params = *params;
	session->phase = PHASE_RESOLVE;
	session->start_ms = clock_mono_ms();
	session->priv->fd = -1;
	session->priv->proxy = session_choose_proxy(env, params);
	task->run = session_run;
	task->expire = session_expire;
	task->done = session_done;
	task->deadline_ms = params->deadline_ms;
	/* The loop's deadline is for this as well, until connected. */
	limit = session->start_ms + params->connect_ms;
	if (params->connect_ms > 0 &&
	    (task->deadline_ms == 0 || limit < task->deadline_ms))
		task->deadline_ms = limit;
}

struct session *
session_new(const struct session_env *env, const struct session_params *params,
    void (*finish)(struct session *session), void *owner, struct err *err)
{
	struct session *session = mem_alloc(sizeof(*session));

	if (session != NULL)
		session->priv = mem_alloc(sizeof(*session->priv));
	if (session != NULL && session->priv != NULL)
		session->priv->addresses =
		    mem_alloc(sizeof(*session->priv->addresses));
	if (session == NULL || session->priv == NULL ||
	    session->priv->addresses == NULL) {
		err_nomem(err);
		session_free(session);
		return NULL;
	}
	session->finish = finish;
	session->task.owner = owner;
	session_init(session, env, params);
	if (loop_add(env->loop, &session->task, err) != 0) {
		session_free(session);
		return NULL;
	}
	return session;
}

void
session_free(struct session *session)
{
	if (session == NULL)
		return;
	tls_free(session->tls);
	if (session->priv != NULL)
		mem_free(session->priv->addresses);
	mem_free(session->priv);
	mem_free(session);
}
