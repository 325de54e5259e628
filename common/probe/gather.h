/* SPDX-License-Identifier: ISC */
/*
 * From what the network or a file gave to an observation: certificates,
 * path, side files.  Collects, never judges.
 */
#ifndef PROBE_GATHER_H
#define PROBE_GATHER_H

#include "base/err.h"
#include "model/observation.h"
#include "model/options.h"
#include "net/session.h"
#include "pki/path.h"

struct gather_env {
	const struct options *options;
	int64_t now;
	const struct path_source *anchors;	/* NULL: --no-trust */
	struct path_cache *cache;
	struct arena *arena;	/* the run's: for what targets share */
	const char *password;	/* of keystores and keys, or NULL */
	/* --key and --compare, read once for all targets that share them. */
	struct side_file key, compare;
};

/* Reads the files of --key and --compare; errors stay in their slots. */
void gather_side_files(struct gather_env *env);
/* A certificate of the observation, and certificates at hand besides its. */
struct gather_path {
	size_t leaf;
	const struct bytes *more;
	size_t n_more;
};

/* The path of that certificate; PATH_NOT_CHECKED where trust is none of the
 * target's business. */
void gather_path(const struct gather_env *env, struct observation *obs,
    const struct gather_path *wanted, struct path_facts *out);
/*
 * The next certificate of a file, from there, that has a path of its own:
 * each end-entity certificate, or, among CA certificates alone, each that
 * issued no other.  n_certs: there is none.
 */
size_t gather_next_leaf(const struct observation *obs, size_t from);
/* A finished session; obs->target and obs->arena are set by the caller. */
void gather_session(const struct gather_env *env,
    const struct session *session, struct observation *obs);
/* A file target.  Returns 1 when the file came from a directory and is
 * nothing that could hold certificates: there is nothing to report. */
int gather_file(const struct gather_env *env, struct observation *obs);

#endif
