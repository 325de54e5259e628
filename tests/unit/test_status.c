/* SPDX-License-Identifier: ISC */
/* model/status: order, words, parsing. */
#include "model/status.h"
#include "tap.h"

#define NONE (-1)

static const struct {
	const char *text;
	int want;
} rows[] = {
	{ "ok", STATUS_OK }, { "OK", STATUS_OK }, { "Ok", STATUS_OK },
	{ "o", STATUS_OK }, { "O", STATUS_OK }, { "0", STATUS_OK },
	{ "warning", STATUS_WARNING }, { "WARNING", STATUS_WARNING },
	{ "w", STATUS_WARNING }, { "1", STATUS_WARNING },
	{ "critical", STATUS_CRITICAL }, { "C", STATUS_CRITICAL },
	{ "2", STATUS_CRITICAL }, { "unknown", STATUS_UNKNOWN },
	{ "u", STATUS_UNKNOWN }, { "3", STATUS_UNKNOWN },
	{ "", NONE }, { "4", NONE }, { "-1", NONE }, { "00", NONE },
	{ "warn", NONE }, { "crit", NONE }, { "ok ", NONE }, { " ok", NONE },
	{ "x", NONE }, { "critical!", NONE },
};

/* From best to worst. */
static const enum status order[] = { STATUS_OK, STATUS_UNKNOWN,
	STATUS_WARNING, STATUS_CRITICAL };

int
main(void)
{
	enum status s;
	int a, b, got;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		got = status_parse(rows[i].text, &s) == 0 ? (int)s : NONE;
		is_int(got, rows[i].want, "status_parse '%s'", rows[i].text);
	}
	for (a = 0; a < 4; a++) {
		is_int(status_rank(order[a]), a, "rank of %s",
		    status_name(order[a]));
		ok(status_parse(status_word(order[a]), &s) == 0 &&
		    s == order[a], "%s is read back", status_word(order[a]));
		for (b = 0; b < 4; b++)
			is_int(status_worst(order[a], order[b]),
			    order[a > b ? a : b], "worst of %s and %s",
			    status_name(order[a]), status_name(order[b]));
	}
	is_str(status_word(STATUS_CRITICAL), "CRITICAL", "word");
	is_str(status_name(STATUS_CRITICAL), "critical", "name");
	is_str(status_word((enum status)7), "UNKNOWN", "no state");
	is_str(status_word((enum status)-1), "UNKNOWN", "no state below");
	return tap_done();
}
