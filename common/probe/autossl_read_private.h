/* SPDX-License-Identifier: ISC */
/*
 * Between the readers of AutoSSL's answers: copies into the facts' arena,
 * and the names of the virtual hosts about which more is asked.
 */
#ifndef PROBE_AUTOSSL_READ_PRIVATE_H
#define PROBE_AUTOSSL_READ_PRIVATE_H

#include "base/text.h"
#include "probe/autossl_read.h"

#define AUTOSSL_NAME_MAX	253	/* octets of a domain or an account */
#define AUTOSSL_TEXT_MAX	1000	/* octets of a text that are kept */
#define AUTOSSL_NAMES_MAX	1000	/* names of one virtual host */
#define AUTOSSL_FUTURE		86400	/* clocks differ; not by more */

/* A new zeroed item at the end of an array in the arena (T **items), which
 * grows by doubling.  NULL: out of memory. */
void *autossl_read_push(struct arena *arena, void *items, size_t *n,
    size_t *cap, size_t size);
/* Copies, cut on a character boundary; empty is "".  -1: out of memory. */
int autossl_read_keep(struct arena *arena, struct bytes in, struct bytes *out,
    struct err *err);
/* The same for a member: a string, or a number in decimal. */
int autossl_read_member(struct arena *arena, const struct json_value *object,
    const char *key, struct bytes *out, struct err *err);
/* The rows of an answer: data itself or one of its members.  NULL: there is
 * no such list. */
const struct json_value *autossl_read_rows(const struct json_value *data,
    const char *key);
/* The same, where the list may be null when it is empty.  -1: there is no
 * list (ERR_SYNTAX: "WHAT: no list of ..."). */
int autossl_read_list(const struct json_value *data, const char *key,
    const char *what, const struct json_value **rows, struct err *err);
/* Is it one of --account's? */
bool autossl_read_wants(const struct autossl_rules *rules,
    struct bytes user);

/* Names of the virtual hosts with details, sorted, to be found by name. */
struct autossl_index_entry {
	struct bytes name;
	struct autossl_vhost *vhost;
	bool excluded;		/* by choice: what is said of it is noise */
};

struct autossl_index {
	struct autossl_index_entry *entries;
	size_t n;
};

enum autossl_index_of {
	AUTOSSL_INDEX_NAMES,	/* all names that it serves */
	AUTOSSL_INDEX_COVERS	/* the main name, and the wildcard for it */
};

/* user.data NULL: of all users.  Release it.  -1: out of memory. */
int autossl_index_init(struct autossl_index *index,
    const struct autossl_facts *facts, struct bytes user,
    enum autossl_index_of what, struct err *err);
void autossl_index_release(struct autossl_index *index);
/* The first entry of that name, ASCII case-blind; others of the same name
 * follow it (autossl_index_is).  index->n: there is none. */
size_t autossl_index_find(const struct autossl_index *index,
    struct bytes name);
bool autossl_index_is(const struct autossl_index *index, size_t i,
    struct bytes name);

/* Is it the main name of one? */
bool autossl_index_has_main(const struct autossl_index *index,
    struct bytes name);

/* Appends a problem to the details of every virtual host of that name.  The
 * answers about problems and about excluded names come in any order: of a
 * name that is known to be excluded it is counted as noise.  -1: out of
 * memory. */
int autossl_problem_attach(struct autossl_facts *facts,
    const struct autossl_index *index, const struct autossl_problem *problem,
    struct err *err);

#endif
