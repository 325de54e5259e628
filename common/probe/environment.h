/* SPDX-License-Identifier: ISC */
/* What the targets of a run share: anchors, TLS context, resolver, proxies,
 * client certificate.  Made only as far as the targets need it. */
#ifndef PROBE_ENVIRONMENT_H
#define PROBE_ENVIRONMENT_H

#include "base/arena.h"
#include "base/err.h"
#include "model/options.h"
#include "net/session.h"
#include "probe/gather.h"
#include "probe/revocation.h"
#include "probe/sources.h"
#include "probe/truststore.h"

struct environment {
	struct gather_env gather;
	struct truststore *trust;
	struct path_source anchors;
	struct loop *loop;		/* NULL when there are only files */
	struct resolver *resolver;
	struct tls_context *tls;
	struct proxy proxy, https_proxy;	/* kind PROXY_NONE: none */
	const char *no_proxy;
	const struct revocation_ops *ops;	/* NULL: not asked about */
	struct revocation *revocation;
	struct session_env direct, by_proxy, by_https_proxy;
};

struct environment_params {
	const struct options *options;
	struct arena *arena;		/* the run's */
	const struct sources *sources;
	int64_t deadline_ms;		/* monotonic */
	const struct revocation_ops *revocation;	/* or NULL */
};

int environment_open(struct environment *env,
    const struct environment_params *params, struct err *err);
void environment_close(struct environment *env);
/* The environment that a target's session runs in, by proxy or not. */
const struct session_env *environment_session(const struct environment *env,
    const struct target *target);
bool environment_proxied(const struct environment *env,
    const struct target *target);

#endif
