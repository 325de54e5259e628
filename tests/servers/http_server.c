/* SPDX-License-Identifier: ISC */
/*
 * http_server: answers HTTP requests as a file of rules says, well or badly;
 * see README.md.  The rules are read again for every request, so that a test
 * changes them by writing the file.  Every connection is a thread and carries
 * one request.
 */

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_MAX	262144
#define WORDS_MAX	64
#define TEXT_MAX	65536

/* Set once, before the first connection. */
static const char	*rules_path;
static int		 log_fd = -1, own_port;

/* What one request gets. */
struct rule {
	char		 text[TEXT_MAX];
	const char	*method, *file, *body, *type, *redirect, *etag;
	const char	*headers[WORDS_MAX];
	int		 n_headers, status;
	long		 repeat, truncate, drip, delay;
	int		 endless, hang, reset, bare;
};

struct request {
	char	 bytes[REQUEST_MAX];
	size_t	 len, body;
	char	 method[16], path[2048];
};

struct conn {
	int		 fd;
	struct request	 request;
	struct rule	 rule;
};

static void	 die(const char *, ...)
		    __attribute__((noreturn, format(printf, 1, 2)));

static void
die(const char *format, ...)
{
	va_list	 ap;

	fprintf(stderr, "http_server: ");
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* --- rules ---------------------------------------------------------------- */

static const struct {
	const char	*key;
	enum { TEXT, NUMBER, FLAG, HEADER } kind;
	size_t		 offset;
} keys[] = {
	{ "method", TEXT, offsetof(struct rule, method) },
	{ "file", TEXT, offsetof(struct rule, file) },
	{ "body", TEXT, offsetof(struct rule, body) },
	{ "type", TEXT, offsetof(struct rule, type) },
	{ "redirect", TEXT, offsetof(struct rule, redirect) },
	{ "etag", TEXT, offsetof(struct rule, etag) },
	{ "header", HEADER, 0 },
	{ "status", NUMBER, offsetof(struct rule, status) },
	{ "repeat", NUMBER, offsetof(struct rule, repeat) },
	{ "truncate", NUMBER, offsetof(struct rule, truncate) },
	{ "drip", NUMBER, offsetof(struct rule, drip) },
	{ "delay", NUMBER, offsetof(struct rule, delay) },
	{ "endless", FLAG, offsetof(struct rule, endless) },
	{ "hang", FLAG, offsetof(struct rule, hang) },
	{ "reset", FLAG, offsetof(struct rule, reset) },
	{ "bare", FLAG, offsetof(struct rule, bare) },
};

static void
rule_set(struct rule *rule, const char *key, const char *value)
{
	size_t	 i;
	char	*field;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].key, key) != 0)
			continue;
		field = (char *)rule + keys[i].offset;
		if (keys[i].kind == TEXT)
			*(const char **)(void *)field = value;
		else if (keys[i].kind == FLAG)
			*(int *)(void *)field = 1;
		else if (keys[i].kind == HEADER && rule->n_headers < WORDS_MAX)
			rule->headers[rule->n_headers++] = value;
		else if (strcmp(key, "status") == 0)
			rule->status = atoi(value);
		else
			*(long *)(void *)field = atol(value);
		return;
	}
	fprintf(stderr, "http_server: %s: unknown key\n", key);
}

/* The next word, its "..." taken away; NULL at the end. */
static char *
word_next(char **cursor)
{
	char	*p = *cursor + strspn(*cursor, " \t\r\n"), *word = p, *out = p;
	int	 quoted = 0;

	if (*p == '\0')
		return NULL;
	for (; *p != '\0' && (quoted || strchr(" \t\r\n", *p) == NULL); p++) {
		if (*p == '"')
			quoted = !quoted;
		else
			*out++ = *p;
	}
	*cursor = *p == '\0' ? p : p + 1;
	*out = '\0';
	return word;
}

/* A pattern is a path; one that ends in `*` fits what begins like it. */
static int
path_fits(const char *pattern, const char *path)
{
	size_t	 len = strlen(pattern);

	if (len > 0 && pattern[len - 1] == '*')
		return strncmp(pattern, path, len - 1) == 0;
	return strcmp(pattern, path) == 0;
}

/* 1 when the line is for this request. */
static int
rule_parse(struct rule *rule, const struct request *request)
{
	char	*cursor = rule->text, *word, *equals;

	word = word_next(&cursor);
	if (word == NULL || word[0] == '#' ||
	    !path_fits(word, request->path))
		return 0;
	while ((word = word_next(&cursor)) != NULL) {
		equals = strchr(word, '=');
		if (equals != NULL)
			*equals = '\0';
		rule_set(rule, word, equals != NULL ? equals + 1 : "");
	}
	return rule->method == NULL ||
	    strcmp(rule->method, request->method) == 0;
}

/* The first rule that fits; else 404. */
static void
rule_find(struct rule *rule, const struct request *request)
{
	FILE	*file = fopen(rules_path, "r");
	int	 found = 0;

	while (file != NULL && !found) {
		memset(rule, 0, sizeof(*rule));
		rule->truncate = -1;
		rule->status = 200;
		if (fgets(rule->text, sizeof(rule->text), file) == NULL)
			break;
		found = rule_parse(rule, request);
	}
	if (file != NULL)
		fclose(file);
	if (found)
		return;
	memset(rule, 0, sizeof(*rule));
	rule->truncate = -1;
	rule->status = 404;
	rule->body = "not found\n";
	rule->type = "text/plain";
}

/* --- one connection ------------------------------------------------------- */

static const char *
header_get(const struct request *request, const char *name)
{
	const char	*line = strchr(request->bytes, '\n');
	size_t		 len = strlen(name);

	while (line != NULL && line + 1 < request->bytes + request->body) {
		line++;
		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, " ");
		line = strchr(line, '\n');
	}
	return NULL;
}

static int
request_read(struct conn *conn)
{
	struct request	*request = &conn->request;
	const char	*end = NULL, *length;
	size_t		 wanted = 0;
	ssize_t		 got;

	while (end == NULL || request->len < wanted) {
		got = recv(conn->fd, request->bytes + request->len,
		    sizeof(request->bytes) - 1 - request->len, 0);
		if (got <= 0)
			return -1;
		request->len += (size_t)got;
		request->bytes[request->len] = '\0';
		if (end != NULL)
			continue;
		end = strstr(request->bytes, "\r\n\r\n");
		if (end == NULL)
			continue;
		request->body = (size_t)(end - request->bytes) + 4;
		length = header_get(request, "Content-Length");
		wanted = request->body +
		    (length != NULL ? strtoul(length, NULL, 10) : 0);
	}
	return sscanf(request->bytes, "%15s %2047s", request->method,
	    request->path) == 2 ? 0 : -1;
}

static void
pause_ms(long ms)
{
	struct timespec	 wait = { ms / 1000, ms % 1000 * 1000000 };

	if (ms > 0)
		nanosleep(&wait, NULL);
}

static int
conn_send(struct conn *conn, const char *data, size_t len)
{
	size_t	 step = conn->rule.drip > 0 ? 1 : len, done = 0;
	ssize_t	 put;

	while (done < len) {
		put = send(conn->fd, data + done, step > len - done ?
		    len - done : step, MSG_NOSIGNAL);
		if (put <= 0)
			return -1;
		done += (size_t)put;
		pause_ms(conn->rule.drip);
	}
	return 0;
}

/* The body in memory; NULL when its file cannot be read. */
static char *
body_load(const struct rule *rule, size_t *len)
{
	char	*data = NULL;
	FILE	*file;
	long	 size = -1;

	if (rule->file == NULL) {
		*len = rule->body != NULL ? strlen(rule->body) : 0;
		if (rule->repeat > 0)
			*len = (size_t)rule->repeat;
		data = calloc(1, *len + 1);
		if (data != NULL && rule->repeat == 0 && rule->body != NULL)
			memcpy(data, rule->body, *len);
		return data;
	}
	file = fopen(rule->file, "rb");
	if (file == NULL)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	rewind(file);
	if (size >= 0)
		data = malloc((size_t)size + 1);
	*len = data != NULL ? fread(data, 1, (size_t)size, file) : 0;
	fclose(file);
	return data;
}

static int
head_send(struct conn *conn, size_t len)
{
	const struct rule	*rule = &conn->rule;
	char			*head = malloc(TEXT_MAX);
	size_t			 n = 0;
	int			 i, rc;

#define ADD(...) do {							\
	if (n < TEXT_MAX)						\
		n += (size_t)snprintf(head + n, TEXT_MAX - n, __VA_ARGS__); \
} while (0)
	if (head == NULL)
		return -1;
	ADD("HTTP/1.1 %d Said\r\nConnection: close\r\n", rule->status);
	if (rule->type != NULL)
		ADD("Content-Type: %s\r\n", rule->type);
	if (rule->redirect != NULL)
		ADD("Location: %s\r\n", rule->redirect);
	if (rule->etag != NULL)
		ADD("ETag: \"%s\"\r\n", rule->etag);
	for (i = 0; i < rule->n_headers; i++)
		ADD("%s\r\n", rule->headers[i]);
	if (!rule->endless && !rule->bare && rule->status != 304)
		ADD("Content-Length: %zu\r\n", len);
	ADD("\r\n");
#undef ADD
	rc = n < TEXT_MAX ? conn_send(conn, head, n) : -1;
	free(head);
	return rc;
}

static void
endless_send(struct conn *conn)
{
	char	 block[4096];

	memset(block, '0', sizeof(block));
	while (conn_send(conn, block, sizeof(block)) == 0)
		continue;
}

static void
answer(struct conn *conn)
{
	struct rule	*rule = &conn->rule;
	const char	*match = header_get(&conn->request, "If-None-Match");
	char		*body;
	size_t		 len = 0;

	pause_ms(rule->delay);
	if (rule->redirect != NULL && rule->status == 200)
		rule->status = 302;
	if (rule->etag != NULL && match != NULL && match[0] == '"' &&
	    strncmp(match + 1, rule->etag, strlen(rule->etag)) == 0)
		rule->status = 304;
	body = body_load(rule, &len);
	if (body == NULL)
		rule->status = 500;
	if (head_send(conn, len) == 0 && rule->status != 304) {
		if (rule->truncate >= 0 && (size_t)rule->truncate < len)
			len = (size_t)rule->truncate;
		if (body != NULL)
			(void)conn_send(conn, body, len);
		if (rule->endless)
			endless_send(conn);
	}
	free(body);
}

/* Before the answer: who counts requests, counts those that hang as well. */
static void
conn_log(const struct conn *conn)
{
	const struct request	*request = &conn->request;
	const char		*cache = header_get(request, "Cache-Control");
	char			 line[4096];
	int			 len;
	ssize_t			 done;

	if (log_fd == -1)
		return;
	len = snprintf(line, sizeof(line), "port=%d method=%s path=%s "
	    "octets=%zu status=%d conditional=%d nocache=%d\n", own_port,
	    request->method, request->path, request->len - request->body,
	    conn->rule.status, header_get(request, "If-None-Match") != NULL ||
	    header_get(request, "If-Modified-Since") != NULL,
	    cache != NULL && strncasecmp(cache, "no-cache", 8) == 0);
	if (len > 0 && (size_t)len < sizeof(line)) {
		done = write(log_fd, line, (size_t)len);
		(void)done;
	}
}

static void
linger_off(int fd)
{
	struct linger	 linger = { 1, 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static void *
conn_run(void *arg)
{
	struct conn	*conn = arg;
	char		 scratch[512];

	if (request_read(conn) == 0) {
		rule_find(&conn->rule, &conn->request);
		conn_log(conn);
		if (conn->rule.reset)
			linger_off(conn->fd);
		else if (!conn->rule.hang)
			answer(conn);
		/* The client's close, so that no octet is lost to a reset. */
		if (!conn->rule.reset)
			(void)shutdown(conn->fd, conn->rule.hang ? SHUT_RD :
			    SHUT_WR);
		while (conn->rule.hang || (!conn->rule.reset &&
		    recv(conn->fd, scratch, sizeof(scratch), 0) > 0)) {
			if (conn->rule.hang)
				pause_ms(1000);
		}
	}
	close(conn->fd);
	free(conn);
	return NULL;
}

static void
conn_start(int fd)
{
	struct timeval	 wait = { 120, 0 };
	struct conn	*conn = calloc(1, sizeof(*conn));
	pthread_attr_t	 attr;
	pthread_t	 thread;
	int		 on = 1;

	if (conn == NULL) {
		close(fd);
		return;
	}
	conn->fd = fd;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, (size_t)256 * 1024);
	if (pthread_create(&thread, &attr, conn_run, conn) != 0) {
		close(fd);
		free(conn);
	}
	pthread_attr_destroy(&attr);
}

/* --- the process ---------------------------------------------------------- */

static int
listener_open(int port)
{
	struct sockaddr_in	 address;
	socklen_t		 len = sizeof(address);
	int			 on = 1;
	int			 fd = socket(AF_INET, SOCK_STREAM |
				    SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((in_port_t)port);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd == -1 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(fd, 1024) == -1 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) == -1)
		die("port %d: %s", port, strerror(errno));
	own_port = ntohs(address.sin_port);
	return fd;
}

static void
ready_tell(const char *path)
{
	char	 temporary[4096];
	FILE	*file;

	printf("ready %d\n", own_port);
	fflush(stdout);
	if (path == NULL)
		return;
	snprintf(temporary, sizeof(temporary), "%s.tmp", path);
	file = fopen(temporary, "w");
	if (file == NULL)
		die("%s: %s", temporary, strerror(errno));
	fprintf(file, "ready %d\n", own_port);
	fclose(file);
	if (rename(temporary, path) == -1)
		die("%s: %s", path, strerror(errno));
}

static void
serve(int listener, int watch_stdin, int lifetime)
{
	struct pollfd	 fds[2] = {
		{ listener, POLLIN, 0 },
		{ watch_stdin ? STDIN_FILENO : -1, POLLIN, 0 },
	};
	time_t		 end = time(NULL) + lifetime;
	char		 scratch[256];
	int		 fd;

	while (time(NULL) < end) {
		if (poll(fds, 2, (int)(end - time(NULL)) * 1000) == -1)
			continue;
		if (fds[1].revents != 0 &&
		    read(STDIN_FILENO, scratch, sizeof(scratch)) <= 0)
			return;
		while ((fd = accept4(listener, NULL, NULL,
		    SOCK_CLOEXEC)) != -1)
			conn_start(fd);
	}
}

int
main(int argc, char **argv)
{
	const char	*log = NULL, *ready = NULL;
	int		 port = 0, lifetime = 300, watch = 1, i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--ignore-stdin") == 0)
			watch = 0;
		else if (i + 1 == argc)
			die("usage: http_server --rules FILE [--port N] "
			    "[--log FILE] [--ready-file FILE] "
			    "[--lifetime SECONDS] [--ignore-stdin]");
		else if (strcmp(argv[i], "--rules") == 0)
			rules_path = argv[++i];
		else if (strcmp(argv[i], "--log") == 0)
			log = argv[++i];
		else if (strcmp(argv[i], "--ready-file") == 0)
			ready = argv[++i];
		else if (strcmp(argv[i], "--port") == 0)
			port = atoi(argv[++i]);
		else if (strcmp(argv[i], "--lifetime") == 0)
			lifetime = atoi(argv[++i]);
		else
			die("%s: unknown option", argv[i]);
	}
	if (rules_path == NULL)
		die("--rules is missing");
	signal(SIGPIPE, SIG_IGN);
	if (log != NULL)
		log_fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
		    0666);
	port = listener_open(port);
	ready_tell(ready);
	serve(port, watch, lifetime);
	_exit(0);
}
