/* SPDX-License-Identifier: ISC */
/*
 * Happy eyeballs over loopback addresses: closed ones, one with a full
 * backlog, one that accepts.
 */
#include "net_peer.h"

#include <sys/resource.h>

#include "base/clock.h"
#include "net/connect.h"

struct race {
	struct task task;
	struct connect connect;
	struct address_list list;
	struct err err;
	int fd;
	size_t index;
	unsigned runs;
	bool expired;
	int64_t took_ms;
};

static enum step
race_run(struct task *task)
{
	struct race *race = task->owner;

	race->runs++;
	return connect_run(&race->connect, task, &race->fd, &race->index,
	    &race->err);
}

static void
race_expire(struct task *task, bool cancelled)
{
	struct race *race = task->owner;

	(void)cancelled;
	race->expired = true;
	connect_release(&race->connect);
}

static void
race_done(struct task *task)
{
	(void)task;
}

/* Connects to the addresses (a list of literals) within ms. */
static void
run_race(struct race *race, const char *const *hosts, uint16_t port,
    int64_t ms)
{
	struct loop *loop = loop_new(NULL);
	int64_t start = clock_mono_ms();

	memset(race, 0, sizeof(*race));
	race->task.run = race_run;
	race->task.expire = race_expire;
	race->task.done = race_done;
	race->task.owner = race;
	for (; *hosts != NULL; hosts++)
		resolve_literal(*hosts, port,
		    &race->list.items[race->list.n++]);
	connect_init(&race->connect, &race->list);
	if (loop == NULL)
		bail("no loop");
	loop_add(loop, &race->task, NULL);
	loop_run(loop, start + ms, NULL, NULL);
	loop_free(loop);
	race->took_ms = clock_mono_ms() - start;
	if (race->fd >= 0 && !race->expired)
		close(race->fd);
}

static int
listen_on(const char *host, uint16_t port, int backlog)
{
	struct address address;
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	resolve_literal(host, port, &address);
	if (bind(fd, (struct sockaddr *)&address.sa, address.len) != 0 ||
	    listen(fd, backlog) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
fill_backlog(const char *host, uint16_t port, int *fds, unsigned n)
{
	struct address address;

	resolve_literal(host, port, &address);
	while (n-- > 0) {
		fds[n] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fds[n], (struct sockaddr *)&address.sa,
		    address.len);
	}
}

static void
test_order(void)
{
	static const char *const hosts[] = { "2001:db8::1", "2001:db8::2",
		"2001:db8::3", "192.0.2.1", "192.0.2.2" };
	static const unsigned char want[] = { 0, 3, 1, 4, 2 };
	struct address_list list = { .n = 5 };
	struct connect connect;
	size_t i;

	for (i = 0; i < 5; i++)
		resolve_literal(hosts[i], 1, &list.items[i]);
	connect_init(&connect, &list);
	is_mem(connect.order, want, sizeof(want), "families take turns");
	list.n = 0;
	connect_init(&connect, &list);
	pass("no address is fine");
}

static void
test_failures(uint16_t port)
{
	static const char *const one[] = { "127.0.0.9", NULL };
	static const char *const two[] = { "127.0.0.9", "127.0.0.8", NULL };
	/* Connecting to the broadcast address is not permitted. */
	static const char *const mixed[] = { "127.0.0.9", "255.255.255.255",
		NULL };
	static const char *const none[] = { NULL };
	struct race race;
	char want[160];

	run_race(&race, one, port, 5000);
	snprintf(want, sizeof(want),
	    "connect to 127.0.0.9 port %u: Connection refused", port);
	is_str(race.err.text, want, "one address refuses");
	is_int(race.err.kind, ERR_CONNECT, "kind");
	is_int(race.err.sys, ECONNREFUSED, "errno");
	run_race(&race, two, port, 5000);
	snprintf(want, sizeof(want), "all 2 addresses failed; last: "
	    "connect to 127.0.0.8 port %u: Connection refused", port);
	is_str(race.err.text, want, "two refuse");
	ok(race.took_ms < 200, "without waiting");
	run_race(&race, mixed, port, 5000);
	ok(strstr(race.err.text, "all 2 addresses failed") != NULL, "%s",
	    race.err.text);
	run_race(&race, none, port, 5000);
	is_str(race.err.text, "no address to connect to", "no address");
}

static void
test_fallback(uint16_t port)
{
	static const char *const closed[] = { "127.0.0.9", "127.0.0.1",
		NULL };
	static const char *const hole[] = { "127.0.0.7", "127.0.0.1", NULL };
	static const char *const dark[] = { "127.0.0.7", "127.0.0.7", NULL };
	int fds[4], listener = listen_on("127.0.0.7", port, 0);
	struct race race;
	unsigned i;

	run_race(&race, closed, port, 5000);
	is_int(race.err.kind, ERR_NONE, "the second accepts");
	is_uint(race.index, 1, "and is named");
	ok(race.took_ms < 200, "at once");
	if (listener < 0) {
		skip(6, "the port is taken on 127.0.0.7");
		return;
	}
	fill_backlog("127.0.0.7", port, fds, 4);
	run_race(&race, hole, port, 5000);
	is_int(race.err.kind, ERR_NONE, "the first is silent");
	is_uint(race.index, 1, "the second wins");
	ok(race.took_ms >= 240 && race.took_ms < 900, "a quarter second "
	    "later");
	is_uint(race.connect.n_tries, 0, "the first is given up");
	run_race(&race, dark, port, 400);
	ok(race.expired, "both are silent");
	ok(race.runs <= 4, "it sleeps in between");
	for (i = 0; i < 4; i++)
		close(fds[i]);
	close(listener);
}

/* No descriptor is left for a socket. */
static void
test_descriptors(uint16_t port)
{
	static const char *const one[] = { "127.0.0.1", NULL };
	struct err err = ERR_INIT;
	struct race race;
	struct rlimit old, low = { 50, 50 };
	int fds[64], n = 0, fd = -1;
	size_t index;

	memset(&race, 0, sizeof(race));
	resolve_literal(one[0], port, &race.list.items[0]);
	race.list.n = 1;
	connect_init(&race.connect, &race.list);
	getrlimit(RLIMIT_NOFILE, &old);
	low.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &low);
	while (n < 64 && (fds[n] = dup(0)) >= 0)
		n++;
	is_int(connect_run(&race.connect, &race.task, &fd, &index, &err),
	    STEP_DONE, "it gives up");
	while (n > 0)
		close(fds[--n]);
	setrlimit(RLIMIT_NOFILE, &old);
	is_int(err.kind, ERR_INTERNAL, "that is not the server's fault");
	is_str(err.text, "cannot open a socket: Too many open files", "text");
}

int
main(void)
{
	uint16_t port;
	int listener = peer_listen(&port);

	test_order();
	test_failures(port);
	test_fallback(port);
	test_descriptors(port);
	close(listener);
	return tap_done();
}
