/* SPDX-License-Identifier: ISC */
/*
 * One row per option.  From the rows come parsing, --help, the man page's
 * OPTIONS, bash completion and every file that --integration prints.
 */
#ifndef MODEL_OPTION_H
#define MODEL_OPTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/options.h"

enum option_type {
	OPT_FLAG,		/* bool */
	OPT_COUNT,		/* int64_t, each use adds one */
	OPT_STRING,		/* const char * */
	OPT_STRINGS,		/* struct strings, repeatable */
	OPT_INT,		/* int64_t within min..max */
	OPT_DURATION,		/* int64_t seconds; bare number: `unit` each */
	OPT_INSTANT,		/* int64_t; sets the bool `field_set` beside */
	OPT_STATE,		/* struct opt_status */
	OPT_CHOICE,		/* int: index into choices */
	OPT_THRESHOLD,		/* struct threshold; bare number: `unit` */
	OPT_TIMEOUT		/* struct timeout, DUR[:STATE] */
};

enum option_group {
	GROUP_TARGET,
	GROUP_THRESHOLD,
	GROUP_CHECK,
	GROUP_TRUST,
	GROUP_CONNECTION,
	GROUP_OUTPUT,
	GROUP_GENERAL,
	GROUP_COUNT
};

enum option_flags {
	OPTF_REPEAT = 1 << 0,
	OPTF_SECRET = 1 << 1,	/* never echoed; integrations use the env */
	OPTF_EXPERT = 1 << 2,	/* left out of the short help */
	OPTF_OPTARG = 1 << 3,	/* value only in the = form (--extra-opts) */
	OPTF_FILE = 1 << 4,	/* completion: a file name */
	OPTF_NOINTEGRATION = 1 << 5	/* --help and such: not exposed */
};

struct option_row {
	const char *name;	/* long name without dashes */
	char letter;		/* or 0 */
	enum option_type type;
	enum option_group group;
	size_t offset, offset_set;	/* in struct options */
	const char *metavar;
	const char *fallback;	/* default as text, parsed like argv; NULL */
	const char *const *choices;	/* NULL-ended, OPT_CHOICE */
	int64_t min, max, unit;
	unsigned flags;
	const char *help;	/* one line, lower case, no stop */
	const char *detail;	/* man page paragraph, or NULL */
	const char *since;	/* "0.1" */
};

/* offsetof with the field's type checked at compile time. */
#define OPTION_FIELD(field, ctype)					\
	(offsetof(struct options, field) +				\
	    0 * sizeof(*(1 ? &((struct options *)0)->field : (ctype *)0)))

/* A plugin's whole table: pointers to groups of rows, NULL-ended; each group
 * ends with a row whose name is NULL. */
struct option_table {
	const struct option_row *const *groups;
	const char *plugin;		/* "check_cert_expiry" */
	const char *positional;		/* metavar, "[TARGET...]", or NULL */
};

const struct option_row *option_find(const struct option_table *table,
    const char *name, size_t len);
const struct option_row *option_by_letter(const struct option_table *table,
    char letter);
/* Iterates all rows in order; i starts at 0; NULL at the end. */
const struct option_row *option_row_at(const struct option_table *table,
    size_t i);
/* A value, and how the user wrote its option ("--port", "-p"), which is put
 * into the error. */
struct option_value {
	const char *text;		/* NULL is "" */
	const char *origin;
};

/* Sets one option from text. */
int option_set(struct arena *arena, const struct option_row *row,
    const struct option_value *value, struct options *out, struct err *err);
int option_defaults(struct arena *arena, const struct option_table *table,
    struct options *out, struct err *err);
struct option_args {
	int argc;
	char *const *argv;
};

/*
 * Parses argv[1..]: options in any order, --name=value, --name value, -n
 * value, -nvalue, bundled flags, unambiguous prefixes of long names, "--".
 * A value that is the empty string leaves the option unset.  ERR_USAGE with
 * one line that names option, value and the nearest valid name.  --help and
 * --version are honoured wherever they stand, even behind errors.
 */
int option_parse(struct arena *arena, const struct option_table *table,
    const struct option_args *args, struct options *out, struct err *err);

#endif
