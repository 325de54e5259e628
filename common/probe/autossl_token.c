/* SPDX-License-Identifier: ISC */
/* The token: read once, into one place, which is wiped. */
#include "probe/autossl_token.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "probe/file.h"

#define TOKEN_VARIABLE "CPANEL_API_TOKEN"

/* ---- from a file ---- */

/* Whoever is neither the owner nor of the group must not even be able to
 * replace what is in it. */
static int
token_look(int fd, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(err, ERR_IO, errno, "cannot be read");
	if (S_ISFIFO(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_USAGE, "not a file");
	if ((st.st_mode & S_IRWXO) != 0)
		return err_set(err, ERR_USAGE, "others may use it (mode "
		    "%04o): chmod o= it", (unsigned)st.st_mode & 07777);
	return 0;
}

static int
token_slurp(struct autossl_token *token, int fd, int64_t deadline_ms,
    struct err *err)
{
	size_t len = 0;
	ssize_t n;

	for (;;) {
		if (file_wait(fd, deadline_ms, err) != 0)
			return -1;
		n = read(fd, token->line + len, AUTOSSL_TOKEN_MAX + 1 - len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, errno, "cannot be read");
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > AUTOSSL_TOKEN_MAX)
			return err_set(err, ERR_USAGE, "longer than a token "
			    "(%d octets)", AUTOSSL_TOKEN_MAX);
	}
	if (memchr(token->line, '\0', len) != NULL)
		return err_set(err, ERR_USAGE, "not text");
	token->line[len] = '\0';
	return 0;
}

static int
token_from_file(struct autossl_token *token, const char *path,
    int64_t deadline_ms, struct err *err)
{
	bool from_stdin = strcmp(path, "-") == 0;
	int fd = STDIN_FILENO, rc = 0;

	/* Not blocking: opening a FIFO without a writer must not hang. */
	if (!from_stdin)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot be opened");
	if (!from_stdin)
		rc = token_look(fd, err);
	dump_forbid(&token->dump);
	if (rc == 0)
		rc = token_slurp(token, fd, deadline_ms, err);
	if (!from_stdin)
		close(fd);
	return rc;
}

/* A name without a folder that is no file may be the token itself, which is
 * not to be shown. */
static bool
token_is_given(const char *path)
{
	return strcmp(path, "-") != 0 && strchr(path, '/') == NULL &&
	    strchr(path, '.') == NULL && access(path, F_OK) != 0;
}

/* ---- from the environment ---- */

void
autossl_token_forget(void)
{
	char *value = getenv(TOKEN_VARIABLE);

	if (value == NULL)
		return;
	mem_wipe(value, strlen(value));
	unsetenv(TOKEN_VARIABLE);
}

/* Takes it out; its length, of which as much is kept as fits. */
static size_t
token_from_environment(struct autossl_token *token)
{
	char *value = getenv(TOKEN_VARIABLE);
	size_t len, kept;

	if (value == NULL)
		return 0;
	len = strlen(value);
	kept = len > AUTOSSL_TOKEN_MAX ? AUTOSSL_TOKEN_MAX : len;
	memcpy(token->line, value, kept);
	token->line[kept] = '\0';
	/* Or /proc/PID/environ would still show it. */
	autossl_token_forget();
	return len;
}

/* ---- the line ---- */

static int
token_parse(struct autossl_token *token, struct err *err)
{
	char *line = text_trim(token->line), *colon;
	const char *c;

	if (*line == '\0')
		return err_set(err, ERR_USAGE, "holds no token");
	for (c = line; *c != '\0'; c++) {
		if (*c == '\n')
			return err_set(err, ERR_USAGE, "holds more than one "
			    "line");
		if (*c <= ' ' || *c >= 0x7f)
			return err_set(err, ERR_USAGE, "holds something that "
			    "is no token (TOKEN or USER:TOKEN, without "
			    "blanks)");
	}
	colon = strchr(line, ':');
	token->secret = line;
	if (colon != NULL) {
		*colon = '\0';
		token->user = line;
		token->secret = colon + 1;
	}
	if (colon != NULL && (colon == line || colon[1] == '\0'))
		return err_set(err, ERR_USAGE, "holds a colon without user "
		    "or token");
	return 0;
}

int
autossl_token_read(const struct options *options, int64_t deadline_ms,
    struct autossl_token *out, struct err *err)
{
	const char *path = options->token_file;
	size_t len;

	memset(out, 0, sizeof(*out));
	len = token_from_environment(out);
	if (path != NULL) {
		mem_wipe(out->line, sizeof(out->line));
		if (token_is_given(path))
			return err_set(err, ERR_USAGE, "--token-file: there "
			    "is no such file; it takes the name of a file, "
			    "not the token");
		if (token_from_file(out, path, deadline_ms, err) != 0 ||
		    token_parse(out, err) != 0)
			return err_wrap(err, "--token-file: %.120s", path);
		return 0;
	}
	if (len == 0)
		return err_set(err, ERR_USAGE, "no API token: give "
		    "--token-file=FILE, or " TOKEN_VARIABLE
		    " in the environment");
	dump_forbid(&out->dump);
	if (len > AUTOSSL_TOKEN_MAX)
		err_set(err, ERR_USAGE, "longer than a token (%d octets)",
		    AUTOSSL_TOKEN_MAX);
	else if (token_parse(out, err) == 0)
		return 0;
	return err_wrap(err, TOKEN_VARIABLE);
}

void
autossl_token_release(struct autossl_token *token)
{
	mem_wipe(token->line, sizeof(token->line));
	token->user = token->secret = NULL;
	dump_restore(&token->dump);
}
