/* SPDX-License-Identifier: ISC */
/* The options of all plugins, and what holds for values of any. */
#ifndef FUZZ_TABLES_H
#define FUZZ_TABLES_H

#include <stdbool.h>
#include <string.h>

#include "app/options.h"
#include "base/duration.h"
#include "base/text.h"
#include "fuzz.h"

#define N_TABLES 3

/* As in plugins/. */
static inline const struct option_table *
table_of(unsigned i)
{
	static const struct option_row *const groups[N_TABLES][4] = {
		{ options_target, options_cert_expiry, options_general },
		{ options_target, options_ocsp, options_general },
		{ options_autossl, options_general },
	};
	static const struct option_table tables[N_TABLES] = {
		{ groups[0], "check_cert_expiry", "[TARGET...]" },
		{ groups[1], "check_ocsp", "[TARGET...]" },
		{ groups[2], "check_autossl_queue", NULL },
	};

	return &tables[i % N_TABLES];
}

static inline void
check_int(const struct option_row *row, int64_t value)
{
	/* Without a default it is 0 until somebody sets it. */
	if (value != 0 || row->fallback != NULL)
		must(value >= row->min && value <= row->max);
}

static inline void
check_strings(const struct strings *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		must(list->items[i] != NULL);
}

static inline void
check_choice(const struct option_row *row, int value)
{
	int i;

	must(value >= 0);
	for (i = 0; i <= value; i++)
		must(row->choices[i] != NULL);
}

/* One option's value, of an accepted command line. */
static inline void
check_value(const struct option_row *row, const struct options *options)
{
	const void *at = (const char *)options + row->offset;
	const struct opt_status *state = at;
	const struct threshold *threshold = at;
	const struct timeout *timeout = at;

	if (row->type == OPT_FLAG)
		must(*(const uint8_t *)at <= 1);
	else if (row->type == OPT_INT || row->type == OPT_COUNT)
		check_int(row, *(const int64_t *)at);
	else if (row->type == OPT_DURATION)
		must(*(const int64_t *)at >= 0 &&
		    *(const int64_t *)at <= DURATION_MAX);
	else if (row->type == OPT_STRINGS)
		check_strings(at);
	else if (row->type == OPT_CHOICE)
		check_choice(row, *(const int *)at);
	else if (row->type == OPT_STATE)
		must(!state->set || state->status <= STATUS_UNKNOWN);
	else if (row->type == OPT_THRESHOLD)
		must(threshold->n <= THRESHOLD_TERMS);
	else if (row->type == OPT_TIMEOUT)
		must(timeout->ms >= row->min && timeout->ms <= row->max &&
		    (!timeout->has_state ||
		    timeout->state <= STATUS_UNKNOWN));
}

static inline void
check_options(const struct option_table *table,
    const struct options *options)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; (row = option_row_at(table, i)) != NULL; i++)
		check_value(row, options);
}

/* One clean line that says whose fault it is. */
static inline void
check_usage(const struct err *err)
{
	must(err->kind == ERR_USAGE && *err->text != '\0');
	must(text_is_utf8(bytes_str(err->text)));
	must(strpbrk(err->text, "|\n\r\t\x1b") == NULL);
}

/* Accepted, or refused in one clean line. */
static inline int
parse_options(struct arena *arena, const struct option_table *table,
    const struct option_args *args, struct options *out)
{
	struct err err = ERR_INIT;
	int rc;

	memset(out, 0, sizeof(*out));
	must(option_defaults(arena, table, out, &err) == 0);
	rc = option_parse(arena, table, args, out, &err);
	if (rc == 0)
		check_options(table, out);
	else
		check_usage(&err);
	return rc;
}

#endif
