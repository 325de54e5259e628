/* SPDX-License-Identifier: ISC */
/* What the tests of sessions share: an environment, one visit, its end. */
#ifndef TESTS_UNIT_NET_SESSION_H
#define TESTS_UNIT_NET_SESSION_H

#include "net_peer.h"

#include "base/clock.h"
#include "net/session.h"

struct env {
	struct session_env session;
	struct proxy proxy;
};

struct outcome {
	unsigned finished;
	struct err err;
	enum phase phase;
	char peer[64];
	size_t n_chain;
	const char *version;
	bool times_ok;
	int64_t took_ms;
};

static inline void
env_init(struct env *env)
{
	struct tls_options options = { .version_min = 0 };
	struct session_env *session = &env->session;

	memset(env, 0, sizeof(*env));
	session->loop = loop_new(NULL);
	if (session->loop == NULL)
		bail("no loop");
	session->resolver = resolver_new(session->loop, 1, NULL);
	session->tls = tls_context_new(&options, NULL);
	if (session->resolver == NULL || session->tls == NULL)
		bail("no resolver, no context");
}

static inline void
env_release(struct env *env)
{
	resolver_free(env->session.resolver);
	loop_free(env->session.loop);
	tls_context_free(env->session.tls);
}

static inline void
finish(struct session *session)
{
	struct outcome *out = session->task.owner;
	struct tls_result result;

	out->finished++;
	out->err = session->error;
	out->phase = session->phase;
	memcpy(out->peer, session->peer, sizeof(out->peer));
	out->times_ok = session->start_ms <= session->resolved_ms &&
	    session->resolved_ms <= session->connected_ms &&
	    session->connected_ms <= session->secured_ms &&
	    session->secured_ms <= session->end_ms;
	out->took_ms = session->end_ms - session->start_ms;
	if (session->tls != NULL) {
		tls_result(session->tls, &result);
		out->n_chain = result.n_chain;
		out->version = result.version_name;
	}
	session_free(session);
}

/* One session, at most ms long. */
static inline struct outcome
visit(const struct env *env, const struct session_params *params, int64_t ms,
    const volatile int *cancel)
{
	struct outcome out = { .finished = 0 };
	struct err err = ERR_INIT;

	if (session_new(&env->session, params, finish, &out, &err) == NULL)
		bail("no session: %s", err.text);
	loop_run(env->session.loop, clock_mono_ms() + ms, cancel, NULL);
	is_uint(out.finished, 1, "it finishes once");
	return out;
}

static inline void
is_end(const struct outcome *out, enum phase phase, enum err_kind kind,
    const char *text)
{
	is_int(out->phase, phase, "phase %s", phase_name(out->phase));
	is_int(out->err.kind, kind, "kind");
	is_str(out->err.text, text, "text");
}

static inline void
serve_reset(struct peer *peer, int fd)
{
	struct linger linger = { 1, 0 };

	(void)peer_wait(peer, fd);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static inline void
say(int fd, const char *text)
{
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static inline bool
hear(int fd, const char *word)
{
	char in[512];
	ssize_t n = recv(fd, in, sizeof(in) - 1, 0);

	in[n > 0 ? n : 0] = '\0';
	return strstr(in, word) != NULL;
}

#endif
