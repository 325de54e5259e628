/* SPDX-License-Identifier: ISC */
/*
 * --extra-opts[=[SECTION][@FILE]], as the Monitoring Plugins have it: the
 * options of an ini file's section are put in front of those of the command
 * line, so that the latter win.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/ini.h"
#include "app/options.h"
#include "probe/file.h"

#define FILE_MAX	((size_t)1 << 20)
#define OPTION		"--extra-opts"

static const char *const file_names[] = {
	"monitoring-plugins.ini", "plugins.ini", "nagios-plugins.ini"
};

/* Behind the directories of $NAGIOS_CONFIG_PATH; the second group is what
 * the Monitoring Plugins keep for old installations. */
static const char *const file_paths[] = {
	"/usr/local/etc/monitoring-plugins/monitoring-plugins.ini",
	"/usr/local/etc/monitoring-plugins.ini",
	"/etc/monitoring-plugins/monitoring-plugins.ini",
	"/etc/monitoring-plugins.ini",

	"/etc/nagios/plugins.ini",
	"/usr/local/nagios/etc/plugins.ini",
	"/usr/local/etc/nagios/plugins.ini",
	"/etc/opt/nagios/plugins.ini",
	"/etc/nagios-plugins.ini",
	"/usr/local/etc/nagios-plugins.ini",
	"/etc/opt/nagios-plugins.ini"
};

#define N_ITEMS(a)	(sizeof(a) / sizeof((a)[0]))

/* The argument vector being made, in the arena. */
struct vector {
	struct arena	*arena;
	char		**items;
	size_t		 n, cap;
};

/* Always leaves room for the NULL behind the last item. */
static int
vector_add(struct vector *v, char *item, struct err *err)
{
	char **grown;
	size_t cap;

	if (item == NULL)
		return err_nomem(err);
	if (v->n + 1 >= v->cap) {
		cap = v->cap == 0 ? 32 : v->cap * 2;
		grown = arena_array(v->arena, cap, sizeof(*grown));
		if (grown == NULL)
			return err_nomem(err);
		if (v->n > 0)
			memcpy(grown, v->items, v->n * sizeof(*grown));
		v->items = grown;
		v->cap = cap;
	}
	v->items[v->n++] = item;
	return 0;
}

static bool
readable(const char *path)
{
	return path != NULL && access(path, R_OK) == 0;
}

/* The first of file_names in one of the directories, or NULL. */
static const char *
search_dirs(struct arena *arena, const char *dirs)
{
	const char *path;
	size_t i, len;

	for (; *dirs != '\0'; dirs += len + (dirs[len] == ':')) {
		len = strcspn(dirs, ":");
		for (i = 0; len > 0 && i < N_ITEMS(file_names); i++) {
			path = arena_printf(arena, "%.*s/%s", (int)len, dirs,
			    file_names[i]);
			if (readable(path))
				return path;
		}
	}
	return NULL;
}

static const char *
find_file(struct arena *arena, struct err *err)
{
	const char *path = getenv("MP_CONFIG_FILE");
	const char *dirs = getenv("NAGIOS_CONFIG_PATH");
	size_t i;

	if (path != NULL && *path != '\0')
		return path;
	if (dirs != NULL && (path = search_dirs(arena, dirs)) != NULL)
		return path;
	for (i = 0; i < N_ITEMS(file_paths); i++)
		if (readable(file_paths[i]))
			return file_paths[i];
	err_set(err, ERR_USAGE, OPTION ": found no monitoring-plugins.ini "
	    "(in $NAGIOS_CONFIG_PATH, /usr/local/etc, /etc); "
	    "name one: " OPTION "=@FILE");
	return NULL;
}

static bool
key_is(const struct ini_entry *entry, const char *key)
{
	return bytes_eq(entry->key, bytes_str(key));
}

/*
 * `port = 25` becomes "--port=25", `p = 25` becomes "-p" "25".  A flag is
 * `no-trust =`, "--no-trust="; `v =` is "-v" "", whose empty second half the
 * parser takes as unset.
 */
static int
add_entry(struct vector *v, const struct ini_entry *entry, unsigned line,
    struct err *err)
{
	int klen = (int)entry->key.len, vlen = (int)entry->value.len;
	const char *key = (const char *)entry->key.data;
	const char *value = (const char *)entry->value.data;

	if (*key == '-')
		return err_set(err, ERR_USAGE,
		    "line %u: options are written without dashes", line);
	if (key_is(entry, "extra-opts"))
		return err_set(err, ERR_USAGE,
		    "line %u: extra-opts is not followed from a file", line);
	if (klen > 1)
		return vector_add(v, arena_printf(v->arena, "--%.*s=%.*s",
		    klen, key, vlen, value), err);
	if (vector_add(v, arena_printf(v->arena, "-%c", *key), err) != 0)
		return -1;
	return vector_add(v, arena_printf(v->arena, "%.*s", vlen, value), err);
}

static int
add_section(struct vector *v, struct bytes file, const char *section,
    struct err *err)
{
	struct ini_entry entry;
	struct ini ini;
	bool found = false;
	int more;

	ini_init(&ini, file);
	while ((more = ini_next(&ini, &entry, err)) > 0) {
		if (!bytes_eq(entry.section, bytes_str(section)))
			continue;
		found = true;
		if (!entry.is_section &&
		    add_entry(v, &entry, ini.line, err) != 0)
			return -1;
	}
	if (more < 0)
		return -1;
	if (!found)
		return err_set(err, ERR_USAGE, "no section [%s]", section);
	return 0;
}

/* Whatever is wrong with the file is wrong with the command line. */
static int
usage(struct err *err, const char *path)
{
	if (err->kind == ERR_NOMEM)
		return -1;
	err->kind = ERR_USAGE;
	if (path != NULL)
		err_wrap(err, "%s", path);
	return err_wrap(err, OPTION);
}

/* spec: "", "SECTION", "@FILE" or "SECTION@FILE". */
static int
add_file(struct vector *v, const char *plugin, const char *spec,
    struct err *err)
{
	struct bytes file;
	const char *at = strchr(spec, '@'), *path = NULL, *section = plugin;

	if (at != NULL && at[1] != '\0')
		path = at + 1;
	else if ((path = find_file(v->arena, err)) == NULL)
		return -1;
	if (*spec != '\0' && at != spec)
		section = arena_strndup(v->arena, spec, strcspn(spec, "@"));
	if (section == NULL)
		return err_nomem(err);
	if (file_read(v->arena, path, FILE_MAX, &file, err) != 0)
		return usage(err, NULL);
	if (add_section(v, file, section, err) != 0)
		return usage(err, path);
	return 0;
}

/* What follows "--extra-opts" or "--extra-opts=", or NULL. */
static const char *
spec_of(const char *arg)
{
	size_t len = strlen(OPTION);

	if (strncmp(arg, OPTION, len) != 0)
		return NULL;
	if (arg[len] == '=')
		return arg + len + 1;
	return arg[len] == '\0' ? "" : NULL;
}

/* Copies what is no --extra-opts. */
static int
add_argv(struct vector *v, int argc, char **argv, struct err *err)
{
	bool options = true;
	int i;

	for (i = 1; i < argc; i++) {
		if (options && spec_of(argv[i]) != NULL)
			continue;
		if (strcmp(argv[i], "--") == 0)
			options = false;
		if (vector_add(v, argv[i], err) != 0)
			return -1;
	}
	return 0;
}

char **
extra_opts_expand(struct arena *arena, const char *plugin, int *argc,
    char **argv, struct err *err)
{
	struct vector v = { .arena = arena };
	const char *spec;
	int i;

	if (*argc < 1)
		return argv;
	if (vector_add(&v, argv[0], err) != 0)
		return NULL;
	for (i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++)
		if ((spec = spec_of(argv[i])) != NULL &&
		    add_file(&v, plugin, spec, err) != 0)
			return NULL;
	if (add_argv(&v, *argc, argv, err) != 0)
		return NULL;
	*argc = (int)v.n;
	return v.items;
}
