/* SPDX-License-Identifier: ISC */
/*
 * The options of tls_server: a table, read from argv and from the lines of a
 * configuration file alike.
 */

#include "tls_server.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX	256

enum kind { KIND_FLAG, KIND_NUMBER, KIND_TEXT, KIND_SNI, KIND_DRIP };

struct row {
	const char	*name;
	enum kind	 kind;
	size_t		 offset;
};

#define ROW(name, kind, field) { name, kind, offsetof(struct config, field) }

static const struct row rows[] = {
	ROW("listen", KIND_TEXT, listen),
	ROW("port", KIND_TEXT, port),
	ROW("ports", KIND_NUMBER, ports),
	ROW("cert", KIND_TEXT, cert),
	ROW("chain", KIND_TEXT, chain),
	ROW("key", KIND_TEXT, key),
	ROW("sni", KIND_SNI, sni_text),
	ROW("require-sni", KIND_FLAG, require_sni),
	ROW("tls-min", KIND_TEXT, tls_min),
	ROW("tls-max", KIND_TEXT, tls_max),
	ROW("ciphers", KIND_TEXT, ciphers),
	ROW("verify-client", KIND_FLAG, verify_client),
	ROW("client-ca", KIND_TEXT, client_ca),
	ROW("alpn", KIND_TEXT, alpn),
	ROW("require-alpn", KIND_FLAG, require_alpn),
	ROW("staple", KIND_TEXT, staple),
	ROW("staples", KIND_TEXT, staples),
	ROW("serve-http", KIND_FLAG, serve_http),
	ROW("starttls", KIND_TEXT, starttls),
	ROW("starttls-refuse", KIND_FLAG, starttls_refuse),
	ROW("starttls-absent", KIND_FLAG, starttls_absent),
	ROW("starttls-inject", KIND_FLAG, starttls_inject),
	ROW("greeting", KIND_TEXT, greeting),
	ROW("greeting-endless", KIND_FLAG, greeting_endless),
	ROW("greeting-line-endless", KIND_FLAG, greeting_line_endless),
	ROW("multiline", KIND_NUMBER, multiline),
	ROW("chop", KIND_FLAG, chop),
	ROW("blackhole", KIND_FLAG, blackhole),
	ROW("full-backlog", KIND_FLAG, full_backlog),
	ROW("reset-on-accept", KIND_FLAG, reset_on_accept),
	ROW("reset-in-handshake", KIND_FLAG, reset_in_handshake),
	ROW("close-in-handshake", KIND_FLAG, close_in_handshake),
	ROW("close-after", KIND_NUMBER, close_after),
	ROW("hang-in-handshake", KIND_FLAG, hang_in_handshake),
	ROW("drip", KIND_DRIP, drip),
	ROW("plaintext", KIND_TEXT, plaintext),
	ROW("banner", KIND_TEXT, banner),
	ROW("alert", KIND_NUMBER, alert),
	ROW("garbage", KIND_FLAG, garbage),
	ROW("huge-record", KIND_FLAG, huge_record),
	ROW("oversized-certificate", KIND_FLAG, oversized_certificate),
	ROW("records", KIND_NUMBER, records),
	ROW("raw", KIND_TEXT, raw),
	ROW("flood", KIND_TEXT, flood),
	ROW("banner-flood", KIND_TEXT, banner_flood),
	ROW("tickets", KIND_NUMBER, tickets),
	ROW("key-updates", KIND_NUMBER, key_updates),
	ROW("renegotiate", KIND_NUMBER, renegotiate),
	ROW("http-proxy", KIND_FLAG, http_proxy),
	ROW("socks5", KIND_FLAG, socks5),
	ROW("proxy-auth", KIND_TEXT, proxy_auth),
	ROW("proxy-refuse", KIND_NUMBER, proxy_refuse),
	ROW("proxy-inject", KIND_FLAG, proxy_inject),
	ROW("proxy-endless", KIND_FLAG, proxy_endless),
};

static const struct row process_rows[] = {
	{ "config", KIND_TEXT, offsetof(struct process, config) },
	{ "ready-file", KIND_TEXT, offsetof(struct process, ready_file) },
	{ "log", KIND_TEXT, offsetof(struct process, log) },
	{ "lifetime", KIND_NUMBER, offsetof(struct process, lifetime) },
	{ "ignore-stdin", KIND_FLAG, offsetof(struct process, ignore_stdin) },
};

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

/* Words not read yet. */
struct words {
	char	**item;
	int	  count;
};

static const struct row *
row_find(const struct row *table, size_t count, const char *name, size_t len)
{
	size_t	 i;

	for (i = 0; i < count; i++) {
		if (strlen(table[i].name) == len &&
		    strncmp(table[i].name, name, len) == 0)
			return &table[i];
	}
	return NULL;
}

static int
number_parse(const char *name, const char *text)
{
	char	*end;
	long	 value = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || value < 0 || value > 1000000000)
		tls_server_die(2, "--%s %s: not a number", name, text);
	return (int)value;
}

/* The value behind `=`, else the next word; NULL when there is none. */
static const char *
value_take(struct words *words, const char *equals)
{
	if (*equals == '=')
		return equals + 1;
	if (words->count == 0 || strncmp(words->item[0], "--", 2) == 0)
		return NULL;
	words->count--;
	return *words->item++;
}

static void
sni_store(const char **list, const char *value)
{
	int	 i = 0;

	while (i < SNI_MAX && list[i] != NULL)
		i++;
	if (i == SNI_MAX)
		tls_server_die(2, "--sni: more than %d", SNI_MAX);
	list[i] = value;
}

static void
row_store(const struct row *row, void *base, struct words *words,
    const char *equals)
{
	char		*field = (char *)base + row->offset;
	const char	*value = NULL;

	if (row->kind == KIND_DRIP && *equals != '=' && (words->count == 0 ||
	    !isdigit((unsigned char)words->item[0][0])))
		value = "1000";
	else if (row->kind != KIND_FLAG)
		value = value_take(words, equals);
	if (row->kind == KIND_FLAG) {
		*(int *)(void *)field = 1;
		return;
	}
	if (value == NULL)
		tls_server_die(2, "--%s: needs a value", row->name);
	if (row->kind == KIND_TEXT)
		*(const char **)(void *)field = value;
	else if (row->kind == KIND_SNI)
		sni_store((const char **)(void *)field, value);
	else
		*(int *)(void *)field = number_parse(row->name, value);
}

static void
config_check(const struct config *config)
{
	int	 tls = !config->http_proxy && !config->socks5;

	if (config->starttls != NULL &&
	    !tls_server_starttls_known(config->starttls) &&
	    !tls_server_binary_known(config->starttls))
		tls_server_die(2, "--starttls %s: unknown", config->starttls);
	if (config->ports < 1)
		tls_server_die(2, "--ports: at least 1");
	if (tls && (config->cert == NULL) != (config->key == NULL))
		tls_server_die(2, "--cert and --key go together");
	if (config->staples != NULL && config->cert == NULL)
		tls_server_die(2, "--staples needs --cert");
	if (config->records >= 0 && config->cert == NULL)
		tls_server_die(2, "--records needs --cert");
}

static struct config *
config_parse(struct words words, struct process *process)
{
	struct config	 *config = calloc(1, sizeof(*config));
	const struct row *row;
	const char	 *word;
	size_t		  len;

	if (config == NULL)
		tls_server_die(1, "out of memory");
	config->listen = "127.0.0.1";
	config->port = "0";
	config->ports = 1;
	config->close_after = config->drip = config->alert = -1;
	config->proxy_refuse = config->records = config->tickets = -1;
	while (words.count > 0) {
		word = *words.item++;
		words.count--;
		if (strncmp(word, "--", 2) != 0)
			tls_server_die(2, "%s: not an option", word);
		len = strcspn(word + 2, "=");
		row = row_find(rows, COUNT(rows), word + 2, len);
		if (row != NULL) {
			row_store(row, config, &words, word + 2 + len);
			continue;
		}
		row = process == NULL ? NULL : row_find(process_rows,
		    COUNT(process_rows), word + 2, len);
		if (row == NULL)
			tls_server_die(2, "%s: unknown option", word);
		row_store(row, process, &words, word + 2 + len);
	}
	config_check(config);
	return config;
}

struct config *
tls_server_config_args(int argc, char **argv, struct process *process)
{
	struct words	 words = { argv + 1, argc - 1 };

	return config_parse(words, process);
}

/* Splits in place at blanks outside "..."; the quotes go away. */
static int
line_split(char *line, char **item)
{
	char	*p = line, *out;
	int	 count = 0, quoted;

	for (;;) {
		p += strspn(p, " \t\r\n");
		if (*p == '\0' || (count == 0 && *p == '#'))
			return count;
		if (count == WORDS_MAX)
			tls_server_die(2, "more than %d words", WORDS_MAX);
		item[count++] = out = p;
		for (quoted = 0; *p != '\0'; p++) {
			if (*p == '"')
				quoted = !quoted;
			else if (!quoted && strchr(" \t\r\n", *p) != NULL)
				break;
			else
				*out++ = *p;
		}
		p += *p != '\0';
		*out = '\0';
	}
}

struct config **
tls_server_config_file(const char *path, size_t *count)
{
	FILE		 *file = fopen(path, "r");
	struct config	**list = NULL;
	char		 *line = NULL, *item[WORDS_MAX];
	size_t		  size = 0;
	struct words	  words;

	if (file == NULL)
		tls_server_die(1, "%s: %s", path, strerror(errno));
	*count = 0;
	/* The lines stay: the configurations point into them. */
	while (getline(&line, &size, file) != -1) {
		words.item = item;
		words.count = line_split(line, item);
		if (words.count > 0) {
			list = realloc(list, (*count + 1) * sizeof(*list));
			if (list == NULL)
				tls_server_die(1, "out of memory");
			list[(*count)++] = config_parse(words, NULL);
		}
		line = NULL;
		size = 0;
	}
	fclose(file);
	if (*count == 0)
		tls_server_die(2, "%s: no listener", path);
	return list;
}

/* \r \n \t \\ \xHH; returns the length, out is at least as long as text. */
size_t
tls_server_config_text(const char *text, char *out, size_t size)
{
	size_t		 len = 0;
	unsigned int	 octet;

	for (; *text != '\0' && len + 1 < size; text++) {
		if (text[0] != '\\' || text[1] == '\0') {
			out[len++] = *text;
			continue;
		}
		text++;
		if (*text == 'x' && sscanf(text + 1, "%2x", &octet) == 1) {
			out[len++] = (char)octet;
			text += 2;
		} else
			out[len++] = *text == 'r' ? '\r' : *text == 'n' ?
			    '\n' : *text == 't' ? '\t' : *text;
	}
	out[len] = '\0';
	return len;
}
