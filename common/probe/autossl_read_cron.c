/* SPDX-License-Identifier: ISC */
/*
 * How long at most it is between two runs of a cron entry: its minutes in a
 * week are marked, and the widest gap between marks is measured.
 */
#include "probe/autossl_read.h"

#include <string.h>

#include "base/text.h"

#define CRON_FIELDS	5
#define CRON_SIZE	128	/* an entry, with its NUL */
#define HOURS		24
#define MINUTES		60
#define DAYS		7
#define WEEK		(DAYS * HOURS * MINUTES)

struct cron_entry {
	bool minutes[MINUTES], hours[HOURS], days[DAYS + 1];
};

/* A number of at most two digits; -1: none. */
static int
cron_number(const char **at)
{
	const char *s = *at;
	int n = 0;

	while (*s >= '0' && *s <= '9' && s - *at < 2)
		n = n * 10 + (*s++ - '0');
	if (s == *at || (*s >= '0' && *s <= '9'))
		return -1;
	*at = s;
	return n;
}

/* "*", "5", "1-5", each perhaps with a step; the numbers are 0 to last. */
static int
cron_part(const char **at, bool *set, int last)
{
	int from = 0, to = last, step = 1;
	bool range = true;

	if (**at == '*')
		(*at)++;
	else {
		from = to = cron_number(at);
		range = **at == '-';
		if (range) {
			(*at)++;
			to = cron_number(at);
		}
	}
	if (**at == '/') {
		(*at)++;
		step = cron_number(at);
		if (!range)
			to = last;
	}
	if (from < 0 || to < from || to > last || step < 1)
		return -1;
	for (; from <= to; from += step)
		set[from] = true;
	return 0;
}

static int
cron_field(const char *at, bool *set, int last)
{
	for (;;) {
		if (cron_part(&at, set, last) != 0)
			return -1;
		if (*at == '\0')
			return 0;
		if (*at++ != ',')
			return -1;
	}
}

static bool
cron_is_every(const char *field)
{
	return strcmp(field, "*") == 0 || strcmp(field, "*/1") == 0;
}

/* Seconds of the widest gap, around the end of the week too; 0: never. */
static int64_t
cron_widest(const struct cron_entry *entry)
{
	int i, first = -1, last = -1, widest = 0;

	for (i = 0; i < WEEK; i++) {
		if (!entry->days[i / (HOURS * MINUTES)] ||
		    !entry->hours[i / MINUTES % HOURS] ||
		    !entry->minutes[i % MINUTES])
			continue;
		if (first < 0)
			first = i;
		else if (i - last > widest)
			widest = i - last;
		last = i;
	}
	if (first >= 0 && first + WEEK - last > widest)
		widest = first + WEEK - last;
	return (int64_t)widest * 60;
}

/* Days of the month and months are not understood. */
static int64_t
cron_interval(const char *const fields[CRON_FIELDS])
{
	struct cron_entry entry;

	memset(&entry, 0, sizeof(entry));
	if (!cron_is_every(fields[2]) || !cron_is_every(fields[3]) ||
	    cron_field(fields[0], entry.minutes, MINUTES - 1) != 0 ||
	    cron_field(fields[1], entry.hours, HOURS - 1) != 0 ||
	    cron_field(fields[4], entry.days, DAYS) != 0)
		return 0;
	if (entry.days[DAYS])
		entry.days[0] = true;	/* Sunday has two numbers */
	return cron_widest(&entry);
}

static int64_t
cron_nickname(const char *s)
{
	static const struct {
		const char *name;
		int64_t interval;
	} names[] = { { "@hourly", 3600 }, { "@daily", 86400 },
		{ "@midnight", 86400 }, { "@weekly", 7 * 86400 } };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (text_ieq(s, names[i].name))
			return names[i].interval;
	return 0;
}

/* One string: "54 1 * * *". */
static int64_t
cron_entry(const char *text)
{
	const char *fields[CRON_FIELDS];
	char copy[CRON_SIZE], *at = copy;
	size_t n = 0, len = strlen(text);

	if (len >= sizeof(copy))
		return 0;
	memcpy(copy, text, len + 1);
	while (n < CRON_FIELDS) {
		at += strspn(at, " \t\n");
		if (*at == '\0')
			break;
		fields[n++] = at;
		at += strcspn(at, " \t\n");
		if (*at != '\0')
			*at++ = '\0';
	}
	if (n == 1)
		return cron_nickname(fields[0]);
	return n == CRON_FIELDS ? cron_interval(fields) : 0;
}

int64_t
autossl_cron_interval(const char *const *fields, size_t n)
{
	if (n == 0)
		return 0;
	if (n == CRON_FIELDS && strpbrk(fields[0], " \t") == NULL)
		return cron_interval(fields);
	return cron_entry(fields[0]);
}
