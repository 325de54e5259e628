/* SPDX-License-Identifier: ISC */
/*
 * The ini files of the Monitoring Plugins: `[section]` lines, `key = value`
 * lines (the equals sign is mandatory), comments that start a line with ';'
 * or '#'.  No quotes, no continuation lines; keys and sections may repeat.
 * A cursor over bytes in memory: no I/O, no allocation.  Errors (ERR_SYNTAX)
 * name the line by its number and never repeat what it holds, which may be a
 * secret.
 */
#ifndef APP_INI_H
#define APP_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

struct ini {
	struct bytes in;
	size_t at;
	unsigned line;			/* of the last entry, from 1 */
	struct bytes section;		/* data is NULL before the first one */
};

/* Ranges of the input, white space cut off at both ends. */
struct ini_entry {
	struct bytes section, key, value;
	bool is_section;		/* a section begins; no key, no value */
};

void ini_init(struct ini *ini, struct bytes in);
/* 1: entry is set; 0: the end; -1: error. */
int ini_next(struct ini *ini, struct ini_entry *entry, struct err *err);

#endif
