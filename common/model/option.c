/* SPDX-License-Identifier: ISC */
/*
 * The option parser.  It knows types, not options: everything it can set is
 * a row of a table, and each type has one setter.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "model/option.h"

#define SHOWN_MAX	60	/* bytes of a value that an error repeats */
#define ORIGIN_MAX	64	/* "--name" */
#define NAMES_MAX	128	/* rows that a misspelt name is compared with */

/* One value on its way into its field. */
struct assignment {
	struct arena			*arena;
	const struct option_row		*row;
	const char			*value;
	const char			*origin;
	char				*base;		/* struct options */
	void				*field;
	char				 shown[SHOWN_MAX + 8];
	struct err			*err;
};

struct parser {
	struct arena			*arena;
	const struct option_table	*table;
	int				 argc, next;
	char *const			*argv;
	struct options			*out;
	struct err			*err;
	bool				 only_positional;	/* after "--" */
};

const struct option_row *
option_row_at(const struct option_table *table, size_t i)
{
	const struct option_row *const *group;
	const struct option_row *row;

	for (group = table->groups; *group != NULL; group++)
		for (row = *group; row->name != NULL; row++)
			if (i-- == 0)
				return row;
	return NULL;
}

const struct option_row *
option_find(const struct option_table *table, const char *name, size_t len)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; (row = option_row_at(table, i)) != NULL; i++)
		if (strlen(row->name) == len &&
		    memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

const struct option_row *
option_by_letter(const struct option_table *table, char letter)
{
	const struct option_row *row;
	size_t i;

	if (letter == '\0')
		return NULL;
	for (i = 0; (row = option_row_at(table, i)) != NULL; i++)
		if (row->letter == letter)
			return row;
	return NULL;
}

/* ---- setters: each returns 0, or -1 with err set -------------------- */

static int
strings_add(struct arena *arena, struct strings *list, const char *item,
    struct err *err)
{
	const char **grown;
	size_t cap;

	if (list->n == list->cap) {
		cap = list->cap == 0 ? 8 : list->cap * 2;
		grown = arena_array(arena, cap, sizeof(*grown));
		if (grown == NULL)
			return err_nomem(err);
		if (list->n > 0)
			memcpy(grown, list->items, list->n * sizeof(*grown));
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->n++] = item;
	return 0;
}

static int
bad_value(struct assignment *a, const char *what)
{
	return err_set(a->err, ERR_USAGE, "%s: %s %s", a->origin, a->shown,
	    what);
}

static int
bad_choice(struct assignment *a)
{
	struct buf list = BUF_INIT;
	size_t n = 0;
	int near;

	while (a->row->choices[n] != NULL) {
		if (n > 0)
			buf_str(&list, ", ");
		buf_str(&list, a->row->choices[n++]);
	}
	near = text_nearest(a->value, a->row->choices, n);
	if (near >= 0)
		err_set(a->err, ERR_USAGE, "%s: %s is not one of %s "
		    "(did you mean '%s'?)", a->origin, a->shown,
		    buf_text(&list), a->row->choices[near]);
	else
		err_set(a->err, ERR_USAGE, "%s: %s is not one of %s",
		    a->origin, a->shown, buf_text(&list));
	buf_release(&list);
	return -1;
}

static int
choice_index(struct assignment *a)
{
	int i;

	for (i = 0; a->row->choices[i] != NULL; i++)
		if (text_ieq(a->row->choices[i], a->value))
			return i;
	return bad_choice(a);
}

static int
set_flag(struct assignment *a)
{
	if (*a->value != '\0')
		return err_set(a->err, ERR_USAGE, "%s takes no value (got %s)",
		    a->origin, a->shown);
	*(bool *)a->field = true;
	return 0;
}

static int
set_count(struct assignment *a)
{
	int64_t *count = a->field, value;

	if (*a->value == '\0')
		value = *count + 1 > a->row->max ? a->row->max : *count + 1;
	else if (text_i64(a->value, &value) != 0 || value < a->row->min ||
	    value > a->row->max)
		return err_set(a->err, ERR_USAGE,
		    "%s: %s is not a number from %lld to %lld", a->origin,
		    a->shown, (long long)a->row->min, (long long)a->row->max);
	*count = value;
	return 0;
}

static int
set_string(struct assignment *a)
{
	int i;

	if (a->row->choices == NULL) {
		*(const char **)a->field = a->value;
		return 0;
	}
	if ((i = choice_index(a)) < 0)
		return -1;
	*(const char **)a->field = a->row->choices[i];
	return 0;
}

static int
set_strings(struct assignment *a)
{
	return strings_add(a->arena, a->field, a->value, a->err);
}

static int
set_int(struct assignment *a)
{
	int64_t value;

	if (text_i64(a->value, &value) != 0)
		return bad_value(a, "is not a whole number");
	if (value < a->row->min || value > a->row->max)
		return err_set(a->err, ERR_USAGE,
		    "%s: %s is out of range (%lld to %lld)", a->origin,
		    a->shown, (long long)a->row->min, (long long)a->row->max);
	*(int64_t *)a->field = value;
	return 0;
}

static int
set_duration(struct assignment *a)
{
	struct err why = ERR_INIT;
	int64_t seconds;

	if (duration_parse(bytes_str(a->value), a->row->unit, &seconds,
	    &why) != 0)
		return bad_value(a, "is not a duration "
		    "(examples: 90, 15m, 12h, 1d12h)");
	*(int64_t *)a->field = seconds;
	return 0;
}

static int
set_instant(struct assignment *a)
{
	struct err why = ERR_INIT;

	if (clock_parse(a->value, a->field, &why) != 0)
		return bad_value(a, "is not an instant "
		    "(examples: 2026-12-01, 2026-12-01T10:00:00Z, 1796119200)");
	*(bool *)(a->base + a->row->offset_set) = true;
	return 0;
}

static int
set_state(struct assignment *a)
{
	struct opt_status *out = a->field;

	if (status_parse(a->value, &out->status) != 0)
		return bad_value(a, "is not a state "
		    "(ok, warning, critical, unknown)");
	out->set = true;
	return 0;
}

static int
set_choice(struct assignment *a)
{
	int i;

	if ((i = choice_index(a)) < 0)
		return -1;
	*(int *)a->field = i;
	return 0;
}

static int
set_threshold(struct assignment *a)
{
	struct threshold threshold;

	if (*a->value == '/')
		return bad_value(a, "is not a range "
		    "(the shell has replaced a '~': quote it)");
	if (threshold_parse(a->value, a->row->unit, &threshold, a->err) != 0) {
		err_wrap(a->err, "%s", a->origin);
		return -1;
	}
	*(struct threshold *)a->field = threshold;
	return 0;
}

static int
set_timeout(struct assignment *a)
{
	struct timeout timeout = { 0, false, STATUS_UNKNOWN };
	struct err why = ERR_INIT;
	const char *colon = strchr(a->value, ':');
	size_t len = colon == NULL ? strlen(a->value) :
	    (size_t)(colon - a->value);

	if (duration_parse_ms(bytes_of(a->value, len), &timeout.ms,
	    &why) != 0)
		return bad_value(a, "is not a duration "
		    "(examples: 10, 2.5s, 1m)");
	if (timeout.ms < a->row->min || timeout.ms > a->row->max)
		return err_set(a->err, ERR_USAGE,
		    "%s: %s is out of range (%lld ms to %lld s)", a->origin,
		    a->shown, (long long)a->row->min,
		    (long long)(a->row->max / 1000));
	if (colon != NULL) {
		if (status_parse(colon + 1, &timeout.state) != 0)
			return bad_value(a, "does not end in a state "
			    "(ok, warning, critical, unknown)");
		timeout.has_state = true;
	}
	*(struct timeout *)a->field = timeout;
	return 0;
}

static int (*const setters[])(struct assignment *) = {
	[OPT_FLAG] = set_flag,
	[OPT_COUNT] = set_count,
	[OPT_STRING] = set_string,
	[OPT_STRINGS] = set_strings,
	[OPT_INT] = set_int,
	[OPT_DURATION] = set_duration,
	[OPT_INSTANT] = set_instant,
	[OPT_STATE] = set_state,
	[OPT_CHOICE] = set_choice,
	[OPT_THRESHOLD] = set_threshold,
	[OPT_TIMEOUT] = set_timeout,
};

static bool
takes_value(const struct option_row *row)
{
	return row->type != OPT_FLAG && row->type != OPT_COUNT;
}

/* The value as errors show it: quoted, short, and not at all if secret. */
static void
show_value(struct assignment *a)
{
	if (a->row->flags & OPTF_SECRET)
		snprintf(a->shown, sizeof(a->shown), "the value");
	else if (strlen(a->value) > SHOWN_MAX)
		snprintf(a->shown, sizeof(a->shown), "'%.*s...'", SHOWN_MAX,
		    a->value);
	else
		snprintf(a->shown, sizeof(a->shown), "'%s'", a->value);
}

int
option_set(struct arena *arena, const struct option_row *row,
    const struct option_value *value, struct options *out, struct err *err)
{
	struct assignment a = {
		.arena = arena,
		.row = row,
		.value = value->text == NULL ? "" : value->text,
		.origin = value->origin,
		.base = (char *)out,
		.field = (char *)out + row->offset,
		.err = err,
	};

	if (*a.value == '\0' && takes_value(row))
		return 0;
	show_value(&a);
	return setters[row->type](&a);
}

int
option_defaults(struct arena *arena, const struct option_table *table,
    struct options *out, struct err *err)
{
	const struct option_row *row;
	struct option_value value;
	size_t i;

	for (i = 0; (row = option_row_at(table, i)) != NULL; i++) {
		value = (struct option_value){ row->fallback, row->name };
		if (row->fallback != NULL &&
		    option_set(arena, row, &value, out, err) != 0)
			return err_wrap(err, "built-in default");
	}
	return 0;
}

/* ---- the command line ------------------------------------------------ */

/* Is this argument an option by itself, so that it is no value of the one
 * before it?  "-", "-4:" and "--typo" may be values. */
static bool
is_option(const struct option_table *table, const char *arg)
{
	if (arg[0] != '-' || arg[1] == '\0')
		return false;
	if (arg[1] == '-')
		return option_find(table, arg + 2,
		    strcspn(arg + 2, "=")) != NULL;
	return arg[2] == '\0' && (arg[1] < '0' || arg[1] > '9') &&
	    option_by_letter(table, arg[1]) != NULL;
}

static int
set(struct parser *p, const struct option_row *row, const char *text,
    const char *origin)
{
	const struct option_value value = { text, origin };

	return option_set(p->arena, row, &value, p->out, p->err);
}

/* Sets a valued option from the next argument. */
static int
take_next(struct parser *p, const struct option_row *row, const char *origin)
{
	const char *value;

	if (p->next >= p->argc)
		return err_set(p->err, ERR_USAGE, "%s needs a value: %s",
		    origin, row->metavar);
	value = p->argv[p->next];
	if (is_option(p->table, value))
		return err_set(p->err, ERR_USAGE,
		    "%s needs a value (%s), but '%s' follows", origin,
		    row->metavar, value);
	p->next++;
	return set(p, row, value, origin);
}

static int
unknown_long(struct parser *p, const char *name, size_t len)
{
	const struct option_row *row;
	const char *names[NAMES_MAX];
	char word[SHOWN_MAX + 1];
	size_t n;
	int near;

	if (len > SHOWN_MAX)
		len = SHOWN_MAX;
	memcpy(word, name, len);
	word[len] = '\0';
	for (n = 0; n < NAMES_MAX; n++) {
		if ((row = option_row_at(p->table, n)) == NULL)
			break;
		names[n] = row->name;
	}
	near = text_nearest(word, names, n);
	if (near < 0)
		return err_set(p->err, ERR_USAGE,
		    "unknown option '--%s' (--help lists them)", word);
	return err_set(p->err, ERR_USAGE,
	    "unknown option '--%s' (did you mean '--%s'?)", word, names[near]);
}

/* The row that a long name, or an unambiguous beginning of one, means. */
static const struct option_row *
find_long(struct parser *p, const char *name, size_t len)
{
	const struct option_row *row, *found = NULL;
	size_t i;

	if ((row = option_find(p->table, name, len)) != NULL)
		return row;
	for (i = 0; (row = option_row_at(p->table, i)) != NULL; i++) {
		if (len == 0 || strncmp(row->name, name, len) != 0)
			continue;
		if (found != NULL) {
			err_set(p->err, ERR_USAGE,
			    "option '--%.*s' is ambiguous: '--%s' or '--%s'",
			    (int)len, name, found->name, row->name);
			return NULL;
		}
		found = row;
	}
	if (found == NULL)
		unknown_long(p, name, len);
	return found;
}

static int
parse_long(struct parser *p, const char *arg)
{
	const struct option_row *row;
	size_t len = strcspn(arg, "=");
	char origin[ORIGIN_MAX];

	if ((row = find_long(p, arg, len)) == NULL)
		return -1;
	snprintf(origin, sizeof(origin), "--%s", row->name);
	if (arg[len] == '=')
		return set(p, row, arg + len + 1, origin);
	if (!takes_value(row) || row->flags & OPTF_OPTARG)
		return set(p, row, "", origin);
	return take_next(p, row, origin);
}

static int
unknown_letter(struct parser *p, const char *arg, char letter)
{
	const char *name = arg + 1;

	if (option_find(p->table, name, strcspn(name, "=")) != NULL)
		return err_set(p->err, ERR_USAGE,
		    "unknown option '%s' (did you mean '-%s'?)", arg, arg);
	if (arg[2] == '\0')
		return err_set(p->err, ERR_USAGE,
		    "unknown option '%s' (--help lists them)", arg);
	return err_set(p->err, ERR_USAGE,
	    "unknown option '-%c' in '%.60s' (--help lists them)", letter, arg);
}

/* "-vvH", "-Hhost", "-H host". */
static int
parse_letters(struct parser *p, const char *arg)
{
	const struct option_row *row;
	const char *at;
	char origin[3] = "-?";

	for (at = arg + 1; *at != '\0'; at++) {
		if ((row = option_by_letter(p->table, *at)) == NULL)
			return unknown_letter(p, arg, *at);
		origin[1] = *at;
		if (takes_value(row)) {
			if (at[1] == '\0')
				return take_next(p, row, origin);
			return set(p, row, at + 1, origin);
		}
		if (set(p, row, "", origin) != 0)
			return -1;
	}
	return 0;
}

static int
parse_positional(struct parser *p, const char *arg)
{
	if (*arg == '\0')
		return 0;
	if (p->table->positional == NULL)
		return err_set(p->err, ERR_USAGE, "unexpected argument '%.60s'",
		    arg);
	return strings_add(p->arena, &p->out->positional, arg, p->err);
}

static int
parse_next(struct parser *p)
{
	const char *arg = p->argv[p->next++];

	if (p->only_positional || arg[0] != '-' || arg[1] == '\0')
		return parse_positional(p, arg);
	if (arg[1] != '-')
		return parse_letters(p, arg);
	if (arg[2] == '\0') {
		p->only_positional = true;
		return 0;
	}
	return parse_long(p, arg + 2);
}

/* Goes on behind the first error, so that --help is found there too. */
int
option_parse(struct arena *arena, const struct option_table *table,
    const struct option_args *args, struct options *out, struct err *err)
{
	struct err first = ERR_INIT, next = ERR_INIT;
	struct parser p = {
		.arena = arena,
		.table = table,
		.argc = args->argc,
		.next = 1,
		.argv = args->argv,
		.out = out,
		.err = &next,
	};

	while (p.next < p.argc)
		if (parse_next(&p) != 0 && first.kind == ERR_NONE)
			first = next;
	if (first.kind == ERR_NONE || out->help || out->version)
		return 0;
	if (err != NULL)
		*err = first;
	return -1;
}
