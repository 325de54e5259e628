/* SPDX-License-Identifier: ISC */
/* The rows of options that plugins share, and the pages made from rows. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "app/app.h"
#include "base/buf.h"
#include "model/option.h"

extern const struct option_row options_general[];	/* all plugins */
extern const struct option_row options_target[];	/* servers, files */
extern const struct option_row options_cert_expiry[];
extern const struct option_row options_ocsp[];
extern const struct option_row options_autossl[];

/* Puts the arguments that --extra-opts brings in front of argv's own.  The
 * new vector is in the arena; *argc is updated. */
char **extra_opts_expand(struct arena *arena, const char *plugin, int *argc,
    char **argv, struct err *err);

void options_help(const struct app *app, struct buf *out);	/* --help */
void options_usage(const struct app *app, struct buf *out);	/* short */
void options_findings(const struct app *app, struct buf *out);
/* man, bash, icinga2, director, nagios, nrpe, zabbix, zabbix-agent,
 * zabbix-conf, json; ERR_USAGE names the kinds. */
int integration_print(const struct app *app, const char *kind,
    struct buf *out, struct err *err);
/* Names for the --integration choice, NULL-ended. */
extern const char *const integration_kinds[];

#endif
