/* SPDX-License-Identifier: ISC */
/* --integration=KIND: which kinds there are, and what they share. */
#include <stdio.h>
#include <string.h>

#include "app/options.h"
#include "app/pages.h"
#include "base/text.h"

/* In the order of integration_kinds. */
static void (*const printers[])(const struct app *, struct buf *) = {
	integration_man, integration_bash, integration_icinga2,
	integration_director, integration_nagios, integration_nrpe,
	integration_zabbix, integration_zabbix_agent, integration_zabbix_conf,
	integration_json
};

int
integration_print(const struct app *app, const char *kind, struct buf *out,
    struct err *err)
{
	size_t i;

	for (i = 0; i < sizeof(printers) / sizeof(printers[0]); i++) {
		if (strcmp(kind, integration_kinds[i]) != 0)
			continue;
		printers[i](app, out);
		return buf_failed(out) ? err_nomem(err) : 0;
	}
	return err_set(err, ERR_USAGE, "--integration: '%s' is not one of man, "
	    "bash, icinga2, director, nagios, nrpe, zabbix, zabbix-agent, "
	    "zabbix-conf, json", kind);
}

const char *
integration_name(const struct app *app)
{
	const char *plugin = app->options->plugin;

	return text_starts(plugin, "check_") ? plugin + 6 : plugin;
}

void
integration_word(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++)
		buf_char(out, *name == '-' ? '_' : *name);
}

void
integration_var(struct buf *out, const struct app *app,
    const struct option_row *row)
{
	buf_printf(out, "%s_", integration_name(app));
	integration_word(out, row->name);
}

bool
integration_exposes(const struct option_row *row)
{
	return !(row->flags & OPTF_NOINTEGRATION);
}

/*
 * A secret on the command line can be read by everyone on the machine, so
 * the programs around the plugin hand it over in the environment.  A token
 * is no option at all: only its file is.
 */
const char *const *
integration_env(const struct option_row *row)
{
	static const char *const proxy[] = {
		"all_proxy", "http_proxy", "https_proxy", NULL
	};
	static const char *const token[] = { "CPANEL_API_TOKEN", NULL };

	if (strcmp(row->name, "token-file") == 0)
		return token;
	if (!(row->flags & OPTF_SECRET))
		return NULL;
	return strcmp(row->name, "proxy") == 0 ? proxy : proxy + 3;
}

void
integration_argument(const struct app *app, const struct option_row *row,
    struct command_argument *out)
{
	struct buf var = BUF_INIT;

	*out = (struct command_argument){
		.flag = row->type == OPT_FLAG,
		.skip_key = row->type == OPT_COUNT ||
		    (row->flags & OPTF_OPTARG) != 0,
		.repeat = row->type == OPT_STRINGS &&
		    !(row->flags & OPTF_OPTARG),
	};
	integration_var(&var, app, row);
	snprintf(out->key, sizeof(out->key), "--%s", row->name);
	if (out->skip_key)
		snprintf(out->value, sizeof(out->value), "--%s=$%s$",
		    row->name, buf_text(&var));
	else
		snprintf(out->value, sizeof(out->value), "$%s$",
		    buf_text(&var));
	buf_release(&var);
}

void
integration_head(struct buf *out, const struct app *app, const char *lead,
    const char *kind)
{
	const char *plugin = app->options->plugin;

	buf_printf(out, "%s%s, made by: %s --integration=%s\n", lead, plugin,
	    plugin, kind);
	buf_printf(out, "%s%s\n", lead, app->summary);
}

static uint64_t
hash_word(uint64_t hash, const char *word)
{
	do {
		hash ^= (uint8_t)*word;
		hash *= UINT64_C(0x100000001b3);
	} while (*word++ != '\0');
	return hash;
}

static uint64_t
hash_words(uint64_t hash, const struct uuid_of *of)
{
	hash = hash_word(hash, of->plugin);
	hash = hash_word(hash, of->kind);
	return hash_word(hash, of->name);
}

void
integration_uuid(struct buf *out, const struct uuid_of *of)
{
	static const uint64_t basis = UINT64_C(0xcbf29ce484222325);
	uint64_t high = hash_words(basis, of), low = hash_words(~basis, of);
	const char *dash = of->dashes ? "-" : "";

	high = (high & ~UINT64_C(0xf000)) | (uint64_t)of->version << 12;
	low = (low & ~(UINT64_C(3) << 62)) | UINT64_C(2) << 62;
	buf_printf(out, "%08llx%s%04llx%s%04llx%s%04llx%s%012llx",
	    (unsigned long long)(high >> 32), dash,
	    (unsigned long long)(high >> 16 & 0xffff), dash,
	    (unsigned long long)(high & 0xffff), dash,
	    (unsigned long long)(low >> 48), dash,
	    (unsigned long long)(low & UINT64_C(0xffffffffffff)));
}
