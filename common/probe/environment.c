/* SPDX-License-Identifier: ISC */
/* What the targets of a run share. */
#include "probe/environment.h"

#include <stdlib.h>
#include <string.h>

#include "net/loop.h"
#include "net/resolve.h"
#include "net/tls.h"
#include "probe/file.h"

#define RESOLVER_THREADS 8
#define PEM_BYTES_MAX (1U << 20)

static int
tls_version(const char *text)
{
	static const struct {
		const char *name;
		int number;
	} versions[] = {
		{ "1.0", 0x0301 }, { "1.1", 0x0302 }, { "1.2", 0x0303 },
		{ "1.3", 0x0304 },
	};
	size_t i;

	for (i = 0; text != NULL &&
	    i < sizeof(versions) / sizeof(versions[0]); i++)
		if (strcmp(text, versions[i].name) == 0)
			return versions[i].number;
	return 0;
}

static int
read_client(struct environment *env, const struct options *options,
    struct tls_options *tls, struct err *err)
{
	const char *key = options->client_key != NULL ? options->client_key :
	    options->client_cert;

	if (options->client_cert == NULL)
		return options->client_key == NULL ? 0 : err_set(err,
		    ERR_USAGE, "--client-key needs --client-cert");
	tls->password = env->gather.password;
	if (file_read(env->gather.arena, options->client_cert, PEM_BYTES_MAX,
	    &tls->client_cert, err) != 0)
		return err_wrap(err, "--client-cert");
	if (file_read(env->gather.arena, key, PEM_BYTES_MAX,
	    &tls->client_key, err) != 0)
		return err_wrap(err, "--client-key");
	return 0;
}

static int
open_tls(struct environment *env, const struct options *options,
    struct err *err)
{
	struct tls_options tls;

	memset(&tls, 0, sizeof(tls));
	tls.want_staple = env->ops != NULL;
	tls.version_min = tls_version(options->tls_min);
	tls.version_max = tls_version(options->tls_max);
	if (tls.version_min != 0 && tls.version_max != 0 &&
	    tls.version_min > tls.version_max)
		return err_set(err, ERR_USAGE, "--tls-min %s is above "
		    "--tls-max %s", options->tls_min, options->tls_max);
	if (read_client(env, options, &tls, err) != 0)
		return -1;
	env->tls = tls_context_new(&tls, err);
	return env->tls == NULL ? -1 : 0;
}

static const char *
from_environment(const char *lower, const char *upper)
{
	const char *value = getenv(lower);

	if (value == NULL || *value == '\0')
		value = getenv(upper);
	return value == NULL || *value == '\0' ? NULL : value;
}

/* --proxy is for every target; of the environment's, https_proxy is for
 * https alone and all_proxy for the rest. */
static int
read_proxies(struct environment *env, const struct options *options,
    struct err *err)
{
	const char *url = options->proxy;
	const char *https = options->proxy;

	env->no_proxy = options->no_proxy != NULL ? options->no_proxy :
	    from_environment("no_proxy", "NO_PROXY");
	if (url == NULL) {
		url = from_environment("all_proxy", "ALL_PROXY");
		https = from_environment("https_proxy", "HTTPS_PROXY");
		if (https == NULL)
			https = url;
	}
	if (url != NULL && proxy_parse(url, &env->proxy, err) != 0)
		return options->proxy != NULL ? err_wrap(err, "--proxy") :
		    err_wrap(err, "all_proxy");
	if (https != NULL && proxy_parse(https, &env->https_proxy, err) != 0)
		return options->proxy != NULL ? err_wrap(err, "--proxy") :
		    err_wrap(err, "https_proxy");
	return 0;
}

static void
fill_sessions(struct environment *env, const struct options *options)
{
	env->direct.loop = env->loop;
	env->direct.resolver = env->resolver;
	env->direct.tls = env->tls;
	env->direct.family = options->ipv4 == options->ipv6 ? AF_UNSPEC :
	    options->ipv4 ? AF_INET : AF_INET6;
	env->by_proxy = env->by_https_proxy = env->direct;
	env->by_proxy.no_proxy = env->by_https_proxy.no_proxy =
	    env->no_proxy;
	if (env->proxy.kind != PROXY_NONE)
		env->by_proxy.proxy = &env->proxy;
	if (env->https_proxy.kind != PROXY_NONE)
		env->by_https_proxy.proxy = &env->https_proxy;
}

static int
open_net(struct environment *env, const struct options *options, size_t n,
    struct err *err)
{
	env->resolver = resolver_new(env->loop, n == 1 ? 1 :
	    RESOLVER_THREADS, err);
	if (env->resolver == NULL || open_tls(env, options, err) != 0 ||
	    read_proxies(env, options, err) != 0)
		return -1;
	fill_sessions(env, options);
	return 0;
}

static int
open_trust(struct environment *env, const struct options *options,
    struct err *err)
{
	if (options->no_trust)
		return 0;
	env->trust = truststore_new(options->ca_file, options->ca_path, err);
	if (env->trust == NULL)
		return err_wrap(err, options->ca_file != NULL ? "--ca-file" :
		    "--ca-path");
	/* An issuer that the user vouches for is as good as an anchor. */
	if (options->issuer_file != NULL && truststore_add(env->trust,
	    options->issuer_file, err) != 0)
		return err_wrap(err, "--issuer");
	env->anchors = truststore_source(env->trust);
	env->gather.anchors = &env->anchors;
	env->gather.cache = path_cache_new();
	return env->gather.cache == NULL ? err_nomem(err) : 0;
}

static int
open_revocation(struct environment *env,
    const struct environment_params *params, struct err *err)
{
	struct revocation_options how = {
		.options = params->options, .loop = env->loop,
		.arena = params->arena, .gather = &env->gather,
		.now = params->options->at,
		.deadline_ms = params->deadline_ms
	};

	env->revocation = env->ops->open(&how, err);
	return env->revocation == NULL ? -1 : 0;
}

static size_t
count_endpoints(const struct sources *sources)
{
	size_t i, n = 0;

	for (i = 0; i < sources->n; i++)
		n += sources->targets[i].kind == TARGET_FILE ? 0 :
		    sources->targets[i].kind == TARGET_NETWORK ? 2 : 1;
	return n;
}

int
environment_open(struct environment *env,
    const struct environment_params *params, struct err *err)
{
	const struct options *options = params->options;
	size_t n = count_endpoints(params->sources);

	memset(env, 0, sizeof(*env));
	env->gather.options = options;
	env->gather.now = options->at;
	env->gather.arena = params->arena;
	env->ops = params->revocation;
	if (options->password_file != NULL && file_read_secret(params->arena,
	    options->password_file, &env->gather.password, err) != 0)
		return err_wrap(err, "--password-file");
	if (open_trust(env, options, err) != 0)
		return -1;
	gather_side_files(&env->gather);
	if (n > 0 || params->revocation != NULL) {
		env->loop = loop_new(err);
		if (env->loop == NULL)
			return -1;
	}
	if (n > 0 && open_net(env, options, n, err) != 0)
		return -1;
	return params->revocation == NULL ? 0 :
	    open_revocation(env, params, err);
}

void
environment_close(struct environment *env)
{
	if (env->ops != NULL)
		env->ops->close(env->revocation);
	resolver_free(env->resolver);
	tls_context_free(env->tls);
	loop_free(env->loop);
	path_cache_free(env->gather.cache);
	truststore_free(env->trust);
	proxy_release(&env->proxy);
	proxy_release(&env->https_proxy);
}

const struct session_env *
environment_session(const struct environment *env,
    const struct target *target)
{
	/* HOST:8443 without a scheme is taken for a web server, too. */
	if (target->scheme != NULL &&
	    (strcmp(target->scheme->name, "https") == 0 ||
	    strcmp(target->scheme->name, "tls") == 0))
		return &env->by_https_proxy;
	return &env->by_proxy;
}

bool
environment_proxied(const struct environment *env,
    const struct target *target)
{
	const struct session_env *session = environment_session(env, target);

	return session->proxy != NULL &&
	    !proxy_bypassed(session->no_proxy, target->host);
}
