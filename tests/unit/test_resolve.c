/* SPDX-License-Identifier: ISC */
/*
 * Name resolution with a getaddrinfo of our own, which knows a few names and
 * hangs at others until it is let go.
 */
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/resolve.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moved = PTHREAD_COND_INITIALIZER;
static bool gate_open;
static unsigned hanging, calls;

/* ---- the other side ---- */

static struct addrinfo *
answer(const char *text, struct addrinfo *next)
{
	struct addrinfo *ai = calloc(1, sizeof(*ai));
	struct sockaddr_in6 *v6 = calloc(1, sizeof(*v6));
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)v6;

	if (ai == NULL || v6 == NULL)
		abort();
	ai->ai_addr = (struct sockaddr *)v6;
	ai->ai_next = next;
	ai->ai_socktype = SOCK_STREAM;
	if (strchr(text, ':') != NULL) {
		ai->ai_family = AF_INET6;
		ai->ai_addrlen = sizeof(*v6);
		v6->sin6_family = AF_INET6;
		inet_pton(AF_INET6, text, &v6->sin6_addr);
	} else {
		ai->ai_family = AF_INET;
		ai->ai_addrlen = sizeof(*v4);
		v4->sin_family = AF_INET;
		inet_pton(AF_INET, text, &v4->sin_addr);
	}
	return ai;
}

static struct addrinfo *
many_answers(unsigned n)
{
	struct addrinfo *list = NULL;
	char text[32];

	while (n-- > 0) {
		snprintf(text, sizeof(text), "192.0.2.%u", n);
		list = answer(text, list);
	}
	return list;
}

static void
hang(void)
{
	pthread_mutex_lock(&gate);
	hanging++;
	pthread_cond_broadcast(&gate_moved);
	while (!gate_open)
		pthread_cond_wait(&gate_moved, &gate);
	hanging--;
	pthread_cond_broadcast(&gate_moved);
	pthread_mutex_unlock(&gate);
}

static void
wait_hanging(unsigned n)
{
	pthread_mutex_lock(&gate);
	while (hanging != n)
		pthread_cond_wait(&gate_moved, &gate);
	pthread_mutex_unlock(&gate);
}

static void
set_gate(bool open)
{
	pthread_mutex_lock(&gate);
	gate_open = open;
	pthread_cond_broadcast(&gate_moved);
	pthread_mutex_unlock(&gate);
}

int
getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	(void)service;
	__atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
	if (strncmp(host, "hang", 4) == 0) {
		hang();
		*out = answer("192.0.2.9", NULL);
		return 0;
	}
	if (strcmp(host, "broken.test") == 0) {
		errno = EIO;
		return EAI_SYSTEM;
	}
	if (strcmp(host, "memory.test") == 0)
		return EAI_MEMORY;
	if (strcmp(host, "room.test") == 0 ||
	    strcmp(host, "files.test") == 0) {
		errno = *host == 'r' ? ENOMEM : EMFILE;
		return EAI_NONAME;
	}
	if (strcmp(host, "many.test") == 0)
		*out = many_answers(200);
	else if (strcmp(host, "host.test") == 0)
		*out = answer("2001:db8::1", answer("192.0.2.1",
		    answer("2001:db8::1", NULL)));
	else
		return EAI_NONAME;
	(void)hints;
	return 0;
}

void
freeaddrinfo(struct addrinfo *list)
{
	struct addrinfo *next;

	for (; list != NULL; list = next) {
		next = list->ai_next;
		free(list->ai_addr);
		free(list);
	}
}

/* ---- our side ---- */

struct lookup {
	struct task task;
	struct resolve_job *job;
	struct address_list list;
	struct err err;
	int result;
	bool expired;
};

static enum step
lookup_run(struct task *task)
{
	struct lookup *lookup = task->owner;

	lookup->result = resolve_result(lookup->job, &lookup->list,
	    &lookup->err);
	return lookup->result == 1 ? STEP_WAIT : STEP_DONE;
}

static void
lookup_expire(struct task *task, bool cancelled)
{
	struct lookup *lookup = task->owner;

	(void)cancelled;
	lookup->expired = true;
}

static void
lookup_done(struct task *task)
{
	struct lookup *lookup = task->owner;

	resolve_release(lookup->job);
}

static void
lookup_start(struct lookup *lookup, struct loop *loop,
    struct resolver *resolver, const char *host)
{
	struct resolve_query query = { host, 443, AF_UNSPEC };

	memset(lookup, 0, sizeof(*lookup));
	lookup->task.run = lookup_run;
	lookup->task.expire = lookup_expire;
	lookup->task.done = lookup_done;
	lookup->task.owner = lookup;
	lookup->job = resolve_start(resolver, &query, &lookup->task,
	    &lookup->err);
	lookup->result = lookup->job == NULL ? -1 : 1;
	if (lookup->job != NULL)
		loop_add(loop, &lookup->task, NULL);
}

static void
is_address(const struct address *address, const char *want)
{
	char text[INET6_ADDRSTRLEN];

	address_format(address, text, sizeof(text));
	is_str(text, want, "address %s", want);
}

static void
test_names(struct loop *loop, struct resolver *resolver)
{
	struct lookup good, none, broken, many;

	lookup_start(&good, loop, resolver, "host.test");
	lookup_start(&none, loop, resolver, "nobody.test");
	lookup_start(&broken, loop, resolver, "broken.test");
	lookup_start(&many, loop, resolver, "many.test");
	loop_run(loop, clock_mono_ms() + 10000, NULL, NULL);
	is_int(good.result, 0, "a name");
	is_uint(good.list.n, 2, "two addresses, the duplicate is dropped");
	is_address(&good.list.items[0], "2001:db8::1");
	is_address(&good.list.items[1], "192.0.2.1");
	is_uint(ntohs(((struct sockaddr_in *)(void *)
	    &good.list.items[1].sa)->sin_port), 443, "with the port");
	is_int(none.result, -1, "no such name");
	is_int(none.err.kind, ERR_RESOLVE, "is a resolver error");
	is_str(none.err.text, "nobody.test: Name or service not known",
	    "and says so");
	is_str(broken.err.text, "broken.test: Input/output error",
	    "a system error");
	is_uint(many.list.n, RESOLVE_MAX, "the number is limited");
}

static void
test_shortage(struct loop *loop, struct resolver *resolver)
{
	static const struct {
		const char *host;
		enum err_kind kind;
	} rows[] = {
		{ "memory.test", ERR_NOMEM }, { "room.test", ERR_NOMEM },
		{ "files.test", ERR_INTERNAL },
	};
	struct lookup lookup;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		errno = EMFILE;
		lookup_start(&lookup, loop, resolver, rows[i].host);
		loop_run(loop, clock_mono_ms() + 10000, NULL, NULL);
		is_int(lookup.result, -1, "%s", rows[i].host);
		is_int(lookup.err.kind, rows[i].kind,
		    "what is lacking here is not the name's fault");
	}
}

static void
is_refused(struct resolver *resolver, const char *host, const char *text)
{
	struct resolve_query query = { host, 1, AF_UNSPEC };
	struct err err = ERR_INIT;
	struct task task;
	unsigned before = __atomic_load_n(&calls, __ATOMIC_SEQ_CST);

	ok(resolve_start(resolver, &query, &task, &err) == NULL,
	    "%.20s is refused", host);
	is_int(err.kind, ERR_RESOLVE, "as a name");
	is_str(err.text, text, "and says why");
	is_uint(__atomic_load_n(&calls, __ATOMIC_SEQ_CST), before,
	    "without asking");
}

static void
test_refused(struct resolver *resolver)
{
	char name[300];

	memset(name, 'a', sizeof(name));
	name[254] = '\0';
	is_refused(resolver, name,
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...: the host name is "
	    "longer than 253 octets");
	is_refused(resolver, "", "the host name is empty");
	is_refused(resolver, "a b", "a b: not a host name");
	is_refused(resolver, "a;b", "a;b: not a host name");
	is_refused(resolver, "caf\xc3\xa9", "caf\xc3\xa9: not a host name");
}

/* One thread hangs; the deadline does not, and the next name is served. */
static void
test_hang(struct loop *loop)
{
	struct resolver *resolver = resolver_new(loop, 1, NULL);
	struct lookup hung, queued, next;
	int64_t start = clock_mono_ms();

	set_gate(false);
	lookup_start(&hung, loop, resolver, "hang.test");
	wait_hanging(1);
	lookup_start(&queued, loop, resolver, "host.test");
	loop_run(loop, start + 50, NULL, NULL);
	ok(hung.expired && queued.expired, "nothing comes from a resolver "
	    "that hangs");
	ok(clock_mono_ms() - start < 1000, "and the deadline is met");
	lookup_start(&next, loop, resolver, "host.test");
	loop_run(loop, clock_mono_ms() + 10000, NULL, NULL);
	is_int(next.result, 0, "another thread takes over");
	lookup_start(&hung, loop, resolver, "hang2.test");
	wait_hanging(2);
	loop_run(loop, clock_mono_ms() + 10, NULL, NULL);
	resolver_free(resolver);
	set_gate(true);
	wait_hanging(0);
	pass("late answers find nobody");
}

static void
test_literals(void)
{
	static const struct {
		const char *text;
		const char *out;	/* NULL: is none */
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "2001:DB8:0:0::1", "2001:db8::1" },
		{ "::1", "::1" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
		{ "fe80::1%1", "fe80::1" },
		{ "fe80::1%lo", "fe80::1" },
		{ "fe80::1%nosuchif", NULL },
		{ "192.0.2.1%lo", NULL },
		{ "192.0.2", NULL },
		{ "0300.0.2.1", NULL },
		{ "192.0.2.256", NULL },
		{ "[::1]", NULL },
		{ "host.test", NULL },
		{ "", NULL },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111",
		    NULL },
	};
	struct address address;
	char text[INET6_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text[0] = '\0';
		if (resolve_literal(rows[i].text, 80, &address) == 0)
			address_format(&address, text, sizeof(text));
		is_str(text, rows[i].out == NULL ? "" : rows[i].out,
		    "literal \"%s\"", rows[i].text);
	}
	address_format(&address, text, 0);
	resolve_literal("192.0.2.100", 80, &address);
	address_format(&address, text, 4);
	is_str(text, "", "no room, no text");
}

int
main(void)
{
	struct loop *loop = loop_new(NULL);
	struct resolver *resolver = loop == NULL ? NULL :
	    resolver_new(loop, 2, NULL);

	if (resolver == NULL)
		bail("no loop, no resolver");
	test_literals();
	is_uint(calls, 0, "literals need no resolver");
	test_refused(resolver);
	test_names(loop, resolver);
	test_shortage(loop, resolver);
	resolver_free(resolver);
	resolver_free(NULL);
	resolve_release(NULL);
	test_hang(loop);
	loop_free(loop);
	/* Let detached threads end, so that a leak checker sees none. */
	usleep(20000);
	return tap_done();
}
