/* SPDX-License-Identifier: ISC */
/*
 * mkcert: the command line and the lines of the specification.
 * See README.md for what can be said in a line.
 */

#include "mkcert.h"

#include <sys/stat.h>

#include <openssl/err.h>

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define USAGE "usage: mkcert [--at=EPOCH] [-d DIR] [SPECFILE|-]\n"

/* The line at work, for the message of mkcert_die(). */
static unsigned int	 line_number;

void
mkcert_die(const char *format, ...)
{
	va_list		 ap;
	unsigned long	 code;
	const char	*why;

	fprintf(stderr, "mkcert: line %u: ", line_number);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	code = ERR_peek_last_error();
	why = code != 0 ? ERR_reason_error_string(code) : NULL;
	if (why != NULL)
		fprintf(stderr, ": %s", why);
	fputc('\n', stderr);
	_exit(1);
}

/* Splits text in place into its name and its words; 0 for an empty line. */
static int
line_split(char *text, struct line *line)
{
	char	*save = NULL;
	char	*token, *equals;

	line->name = strtok_r(text, " \t\r\n", &save);
	line->count = 0;
	if (line->name == NULL || line->name[0] == '#')
		return 0;
	line->words = calloc(strlen(save) + 1, sizeof(*line->words));
	if (line->words == NULL)
		mkcert_die("out of memory");
	while ((token = strtok_r(NULL, " \t\r\n", &save)) != NULL) {
		equals = strchr(token, '=');
		if (equals == NULL)
			mkcert_die("%s: not key=value", token);
		*equals = '\0';
		line->words[line->count].key = token;
		line->words[line->count].value = equals + 1;
		line->count++;
	}
	return 1;
}

static void
spec_run(struct pki *pki, FILE *file)
{
	struct line	 line;
	char		*text = NULL;
	size_t		 size = 0;

	while (getline(&text, &size, file) != -1) {
		line_number++;
		if (!line_split(text, &line))
			continue;
		if (line.name[0] == '@') {
			mkcert_store_directive(pki, &line);
		} else {
			mkcert_cert_make(pki, &line);
			mkcert_store_write(pki, &line);
		}
		free(line.words);
	}
	free(text);
}

static const char *
option_value(int argc, char **argv, int *index)
{
	if (*index + 1 >= argc) {
		fputs(USAGE, stderr);
		exit(1);
	}
	return argv[++*index];
}

int
main(int argc, char **argv)
{
	struct pki	 pki = { ".", (int64_t)time(NULL), NULL };
	const char	*path = "-";
	FILE		*file = stdin;
	int		 i;

	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--at=", 5) == 0)
			pki.now = strtoll(argv[i] + 5, NULL, 10);
		else if (strcmp(argv[i], "--at") == 0)
			pki.now = strtoll(option_value(argc, argv, &i),
			    NULL, 10);
		else if (strcmp(argv[i], "-d") == 0)
			pki.dir = option_value(argc, argv, &i);
		else if (argv[i][0] != '-' || strcmp(argv[i], "-") == 0)
			path = argv[i];
		else
			option_value(0, argv, &i);
	}
	if (mkdir(pki.dir, 0777) == -1 && errno != EEXIST)
		mkcert_die("%s: %s", pki.dir, strerror(errno));
	if (strcmp(path, "-") != 0 && (file = fopen(path, "r")) == NULL)
		mkcert_die("%s: %s", path, strerror(errno));
	spec_run(&pki, file);
	/* Nothing is given back, and no leak checker is to count it. */
	_exit(0);
}
