/* SPDX-License-Identifier: ISC */
/*
 * The dialogue with a hostile proxy.  Byte 0 chooses the kind and whether
 * there are credentials, the rest is what the proxy says; then it closes.
 * Nothing behind the proxy's last octet is taken from the descriptor.
 */
#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "net/tunnel.h"
#include "fuzz.h"

#define STEPS_MAX 100000

static char host[] = "proxy.test", user[] = "user", password[] = "secret";

static void
check(enum step step, struct bytes in, const struct err *err)
{
	must(step == STEP_DONE);
	if (err->kind == ERR_NONE)
		return;
	must(err->kind == ERR_PROXY || err->kind == ERR_NOMEM);
	must(text_is_utf8(bytes_str(err->text)) && *err->text != '\0');
	must(strpbrk(err->text, "|\n\r\t\x1b") == NULL);
	/* unless the proxy said it */
	must(strstr(err->text, password) == NULL ||
	    memmem(in.data, in.len, password, strlen(password)) != NULL);
}

static void
run(const struct proxy *proxy, struct bytes in)
{
	struct tunnel tunnel;
	struct err err = ERR_INIT;
	enum step step = STEP_WRITE;
	int pair[2], n;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
		abort();
	if (in.len > 0 && write(pair[1], in.data, in.len) < 0)
		abort();
	shutdown(pair[1], SHUT_WR);
	tunnel_init(&tunnel, proxy, "www.example.com", 443, NULL);
	for (n = 0; step != STEP_DONE; n++) {
		must(n < STEPS_MAX);
		step = tunnel_run(&tunnel, pair[0], &err);
	}
	check(step, in, &err);
	tunnel_release(&tunnel);
	close(pair[0]);
	close(pair[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct proxy proxy = { .host = host, .port = 8080,
		.remote_names = true };

	if (len < 1 || len > 65536)
		return 0;
	proxy.kind = (data[0] & 1) != 0 ? PROXY_SOCKS5 : PROXY_HTTP;
	if ((data[0] & 2) != 0) {
		proxy.user = user;
		proxy.password = password;
	}
	run(&proxy, bytes_of(data + 1, len - 1));
	return 0;
}
