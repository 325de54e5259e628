/* SPDX-License-Identifier: ISC */
/* A line of a targets file: TARGET [key=value ...]. */
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "model/target_private.h"

#define NAMES_MAX 256
#define DAY 86400		/* a bare number in a threshold */

struct line {
	const char *target;
	const char *sni, *address, *port, *starttls, *warning, *critical;
	const char *label, *ca_file, *compare, *key, *no_trust;
	struct strings names;
};

struct line_key {
	const char *name;
	size_t offset;
};

#define KEY(name, field) { name, offsetof(struct line, field) }

/* "name" has no field: it is repeatable. */
static const struct line_key line_keys[] = {
	{ "name", 0 },
	KEY("sni", sni),
	KEY("address", address),
	KEY("port", port),
	KEY("starttls", starttls),
	KEY("warning", warning),
	KEY("critical", critical),
	KEY("label", label),
	KEY("ca-file", ca_file),
	KEY("compare", compare),
	KEY("key", key),
	KEY("no-trust", no_trust),
};

#define KEYS (sizeof(line_keys) / sizeof(*line_keys))

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * The next word, unquoted in place; *out is NULL at the end of the line or
 * before a comment.  In "quotes", \" and \\ stand for the second character.
 */
static int
next_word(char **at, char **out, struct err *err)
{
	char *from = *at, *to;
	bool quoted = false;

	while (is_blank(*from))
		from++;
	*out = *from == '\0' || *from == '#' ? NULL : from;
	if (*out == NULL)
		return 0;
	for (to = from; *from != '\0' && (quoted || !is_blank(*from));
	    from++) {
		if (*from == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && *from == '\\' &&
		    (from[1] == '"' || from[1] == '\\'))
			from++;
		*to++ = *from;
	}
	*at = *from == '\0' ? from : from + 1;
	*to = '\0';
	return quoted ? err_set(err, ERR_USAGE, "a quote is not closed") : 0;
}

static int
add_name(struct arena *arena, struct strings *names, const char *text,
    struct err *err)
{
	if (names->items == NULL) {
		names->items = arena_array(arena, NAMES_MAX,
		    sizeof(*names->items));
		if (names->items == NULL)
			return err_nomem(err);
		names->cap = NAMES_MAX;
	}
	if (names->n == names->cap)
		return err_set(err, ERR_USAGE, "more than %d names",
		    NAMES_MAX);
	names->items[names->n] = target_name(arena, text, err);
	if (names->items[names->n] == NULL)
		return err_wrap(err, "name '%.80s'", text);
	names->n++;
	return 0;
}

static int
unknown_key(const char *name, struct err *err)
{
	const char *words[KEYS];
	size_t i;
	int nearest;

	for (i = 0; i < KEYS; i++)
		words[i] = line_keys[i].name;
	nearest = text_nearest(name, words, KEYS);
	if (nearest < 0)
		return err_set(err, ERR_USAGE, "unknown key '%.40s'", name);
	return err_set(err, ERR_USAGE, "unknown key '%.40s', the nearest is "
	    "'%s'", name, words[nearest]);
}

/* An empty value leaves the key unset, as with options. */
static int
set_key(struct arena *arena, struct line *line, const char *name,
    const char *value, struct err *err)
{
	const char *copy, *old;
	char *field;
	size_t i;

	for (i = 0; i < KEYS && strcmp(line_keys[i].name, name) != 0; i++)
		continue;
	if (i == KEYS)
		return unknown_key(name, err);
	if (*value == '\0')
		return 0;
	if (line_keys[i].offset == 0)
		return add_name(arena, &line->names, value, err);
	field = (char *)line + line_keys[i].offset;
	memcpy(&old, field, sizeof(old));
	if (old != NULL)
		return err_set(err, ERR_USAGE, "'%s' is given twice", name);
	copy = arena_strdup(arena, value);
	if (copy == NULL)
		return err_nomem(err);
	memcpy(field, &copy, sizeof(copy));
	return 0;
}

static int
read_word(struct arena *arena, struct line *line, char *word,
    struct err *err)
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	else if (strcmp(word, "no-trust") != 0)
		return err_set(err, ERR_USAGE, "'%.40s' is not of the form "
		    "key=value", word);
	return set_key(arena, line, word, value == NULL ? "yes" : value, err);
}

static int
read_flag(const char *text, bool *out, struct err *err)
{
	*out = text != NULL && text_ieq(text, "yes");
	if (text == NULL || *out || text_ieq(text, "no"))
		return 0;
	return err_set(err, ERR_USAGE, "no-trust is yes or no, not '%.40s'",
	    text);
}

static int
read_threshold(const char *key, const char *text, struct threshold *out,
    struct err *err)
{
	if (text == NULL || threshold_parse(text, DAY, out, err) == 0)
		return 0;
	return err_wrap(err, "%s", key);
}

static int
fill_target(const struct line *line, struct target *out, struct err *err)
{
	out->names = line->names;
	out->label = line->label;
	out->ca_file = line->ca_file;
	out->compare = line->compare;
	out->key = line->key;
	if (read_flag(line->no_trust, &out->no_trust, err) != 0 ||
	    read_threshold("warning", line->warning, &out->warning,
	    err) != 0 ||
	    read_threshold("critical", line->critical, &out->critical,
	    err) != 0)
		return -1;
	return 0;
}

/* What the line says goes before what the command line says. */
static struct target_defaults
line_defaults(const struct line *line, const struct target_defaults *given)
{
	struct target_defaults defaults = *given;

	if (line->port != NULL)
		defaults.port = line->port;
	if (line->starttls != NULL)
		defaults.starttls = line->starttls;
	if (line->address != NULL)
		defaults.address = line->address;
	if (line->sni != NULL)
		defaults.sni = line->sni;
	return defaults;
}

int
target_parse_line(struct arena *arena, char *line,
    const struct target_defaults *defaults, struct target *out,
    struct err *err)
{
	struct line parsed = { .target = NULL };
	struct target_defaults merged;
	char *word;

	/* A byte order mark, as some editors write it. */
	if (text_starts(line, "\xef\xbb\xbf"))
		line += 3;
	if (next_word(&line, &word, err) != 0)
		return -1;
	if (word == NULL)
		return 1;
	parsed.target = word;
	for (;;) {
		if (next_word(&line, &word, err) != 0)
			return -1;
		if (word == NULL)
			break;
		if (read_word(arena, &parsed, word, err) != 0)
			return -1;
	}
	merged = line_defaults(&parsed, defaults);
	if (target_parse(arena, parsed.target, &merged, out, err) != 0)
		return -1;
	return fill_target(&parsed, out, err);
}
