/* SPDX-License-Identifier: ISC */
/*
 * getaddrinfo in threads.  What threads and callers share lives in a pool
 * that goes with its last user: the resolver holds it, and so does each
 * thread.  A job belongs to both sides as well: a caller that no longer wants
 * it leaves it to the thread, which may return from getaddrinfo minutes
 * later, when loop and resolver are long gone.
 */
#include "net/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

#define NAME_SIZE 256
#define THREAD_STACK ((size_t)512 * 1024)
/* Threads beyond the number asked for, in place of those that hang with a job
 * that nobody waits for any more. */
#define THREADS_SPARE 64

enum job_state {
	JOB_QUEUED,
	JOB_RUNNING,
	JOB_FINISHED
};

struct resolve_job {
	struct pool *pool;
	struct resolve_job *next;	/* in the queue or among the finished */
	char host[NAME_SIZE];
	uint16_t port;
	int family;
	/* Under pool->lock: */
	struct task *task;		/* NULL: nobody waits */
	enum job_state state;
	/* Written by the thread before JOB_FINISHED. */
	int status, sys;		/* of getaddrinfo, and errno */
	struct addrinfo *found;
};

struct job_list {
	struct resolve_job *first, *last;
	size_t n;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	unsigned users;			/* resolver, threads */
	unsigned threads, idle, hanging, limit;
	bool closed;			/* no loop to wake any more */
	int wake_fd;
	struct job_list queue, finished;
};

struct resolver {
	struct loop *loop;
	struct pool *pool;
};

static void
job_push(struct job_list *list, struct resolve_job *job)
{
	job->next = NULL;
	if (list->last == NULL)
		list->first = job;
	else
		list->last->next = job;
	list->last = job;
	list->n++;
}

static struct resolve_job *
job_pop(struct job_list *list)
{
	struct resolve_job *job = list->first;

	if (job == NULL)
		return NULL;
	list->first = job->next;
	if (list->first == NULL)
		list->last = NULL;
	list->n--;
	return job;
}

static bool
job_remove(struct job_list *list, struct resolve_job *job)
{
	struct resolve_job **at = &list->first, *before = NULL;

	while (*at != NULL && *at != job) {
		before = *at;
		at = &before->next;
	}
	if (*at == NULL)
		return false;
	*at = job->next;
	if (list->last == job)
		list->last = before;
	list->n--;
	return true;
}

static void
job_free(struct resolve_job *job)
{
	if (job->found != NULL)
		freeaddrinfo(job->found);
	mem_free(job);
}

/* Called with the lock held; gives it back. */
static void
pool_leave(struct pool *pool)
{
	bool last = --pool->users == 0;

	pthread_mutex_unlock(&pool->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->work);
	mem_free(pool);
}

static void
job_resolve(struct resolve_job *job)
{
	/* No AI_ADDRCONFIG: it takes 127.0.0.1 and ::1 from a machine that has
	 * only loopback addresses.  An address of a family without a route
	 * costs one failing connect. */
	struct addrinfo hints = { .ai_family = job->family,
		.ai_socktype = SOCK_STREAM };

	/* glibc calls a name unknown when it lacked something to ask with. */
	errno = 0;
	job->status = getaddrinfo(job->host, NULL, &hints, &job->found);
	job->sys = errno;
	if (job->status != 0)
		job->found = NULL;
}

/* Hands a job back, with the lock held. */
static void
pool_finish(struct pool *pool, struct resolve_job *job)
{
	ssize_t n;

	if (job->task == NULL) {
		pool->hanging--;
		job_free(job);
		return;
	}
	job->state = JOB_FINISHED;
	job_push(&pool->finished, job);
	if (pool->closed)
		return;
	/* A full pipe wakes the loop as well. */
	n = write(pool->wake_fd, "", 1);
	(void)n;
}

static void *
pool_thread(void *arg)
{
	struct pool *pool = arg;
	struct resolve_job *job;

	pthread_mutex_lock(&pool->lock);
	while (!pool->closed && pool->threads <= pool->limit + pool->hanging) {
		job = job_pop(&pool->queue);
		if (job == NULL) {
			pool->idle++;
			pthread_cond_wait(&pool->work, &pool->lock);
			pool->idle--;
			continue;
		}
		job->state = JOB_RUNNING;
		pthread_mutex_unlock(&pool->lock);
		job_resolve(job);
		pthread_mutex_lock(&pool->lock);
		pool_finish(pool, job);
	}
	pool->threads--;
	pool_leave(pool);
	return NULL;
}

/* Starts one more thread, with the lock held; an errno. */
static int
pool_start_thread(struct pool *pool)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t thread;
	int error;

	error = pthread_attr_init(&attr);
	if (error != 0)
		return error;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	/* Signals are for the loop's thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread, &attr, pool_thread, pool);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (error == 0) {
		pool->threads++;
		pool->users++;
	}
	return error;
}

/* With the lock held: someone for a job that was queued, or for those that
 * wait behind a thread that hangs.  An errno when there is no thread at all. */
static int
pool_staff(struct pool *pool)
{
	unsigned spare = pool->hanging < THREADS_SPARE ? pool->hanging :
	    THREADS_SPARE;
	int error;

	if (pool->queue.n == 0)
		return 0;
	pthread_cond_signal(&pool->work);
	if (pool->idle >= pool->queue.n ||
	    pool->threads >= pool->limit + spare)
		return 0;
	error = pool_start_thread(pool);
	return pool->threads > pool->hanging ? 0 : error;
}

/* The loop's thread: wakes those whose job is finished. */
static void
resolver_collect(void *ctx)
{
	struct resolver *resolver = ctx;
	struct resolve_job *job;

	pthread_mutex_lock(&resolver->pool->lock);
	while ((job = job_pop(&resolver->pool->finished)) != NULL)
		loop_wake(resolver->loop, job->task);
	pthread_mutex_unlock(&resolver->pool->lock);
}

/*
 * glibc wants 128 MB of address space for the memory of each thread.  Under a
 * limit (ulimit -v) it does without, but errno says ENOMEM ever after, also
 * of a name that just is not there: threads that only wait may share.
 */
static void
share_memory(void)
{
#if defined(__GLIBC__) && defined(M_ARENA_MAX)
	(void)mallopt(M_ARENA_MAX, 1);
#endif
}

static struct pool *
pool_new(const struct loop *loop, unsigned threads)
{
	struct pool *pool = mem_alloc(sizeof(*pool));

	if (pool == NULL)
		return NULL;
	share_memory();
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	pool->users = 1;
	pool->limit = threads == 0 ? 1 : threads;
	pool->wake_fd = loop_wake_fd(loop);
	return pool;
}

struct resolver *
resolver_new(struct loop *loop, unsigned threads, struct err *err)
{
	struct resolver *resolver = mem_alloc(sizeof(*resolver));

	if (resolver == NULL) {
		err_nomem(err);
		return NULL;
	}
	resolver->loop = loop;
	resolver->pool = pool_new(loop, threads);
	if (resolver->pool == NULL) {
		err_nomem(err);
		mem_free(resolver);
		return NULL;
	}
	if (loop_on_wake(loop, resolver_collect, resolver) != 0) {
		err_set(err, ERR_INTERNAL, "the loop has no hook left");
		pthread_mutex_lock(&resolver->pool->lock);
		pool_leave(resolver->pool);
		mem_free(resolver);
		return NULL;
	}
	return resolver;
}

void
resolver_free(struct resolver *resolver)
{
	struct pool *pool;

	if (resolver == NULL)
		return;
	pool = resolver->pool;
	loop_on_wake(resolver->loop, NULL, resolver);
	pthread_mutex_lock(&pool->lock);
	pool->closed = true;
	pthread_cond_broadcast(&pool->work);
	pool_leave(pool);
	mem_free(resolver);
}

/* Letters of host names and what is seen in the wild; nothing that a resolver
 * module, a search domain or a log could stumble over. */
static int
resolve_check(const char *host, struct err *err)
{
	size_t i, len = strlen(host);

	if (len == 0)
		return err_set(err, ERR_RESOLVE, "the host name is empty");
	if (len - (host[len - 1] == '.') > 253)
		return err_set(err, ERR_RESOLVE, "%.40s...: the host name is "
		    "longer than 253 octets", host);
	for (i = 0; i < len; i++)
		if (host[i] <= ' ' || host[i] >= 0x7f ||
		    strchr("!\"#$&'()+,/;<=>?@[\\]^`{|}~", host[i]) != NULL)
			return err_set(err, ERR_RESOLVE,
			    "%s: not a host name", host);
	return 0;
}

struct resolve_job *
resolve_start(struct resolver *resolver, const struct resolve_query *query,
    struct task *task, struct err *err)
{
	struct pool *pool = resolver->pool;
	struct resolve_job *job;
	int error;

	if (resolve_check(query->host, err) != 0)
		return NULL;
	job = mem_alloc(sizeof(*job));
	if (job == NULL) {
		err_nomem(err);
		return NULL;
	}
	memcpy(job->host, query->host, strlen(query->host) + 1);
	job->pool = pool;
	job->port = query->port;
	job->family = query->family;
	job->task = task;
	pthread_mutex_lock(&pool->lock);
	job_push(&pool->queue, job);
	error = pool_staff(pool);
	if (error != 0)
		job_remove(&pool->queue, job);
	pthread_mutex_unlock(&pool->lock);
	if (error != 0) {
		err_sys(err, ERR_INTERNAL, error,
		    "cannot start a resolver thread");
		mem_free(job);
		return NULL;
	}
	return job;
}

static void
address_set(struct address *address, const struct sockaddr *sa, socklen_t len,
    uint16_t port)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	memset(address, 0, sizeof(*address));
	address->len = len;
	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		v4.sin_port = htons(port);
		memcpy(&address->sa, &v4, sizeof(v4));
	} else {
		memcpy(&v6, sa, sizeof(v6));
		v6.sin6_port = htons(port);
		memcpy(&address->sa, &v6, sizeof(v6));
	}
}

static bool
address_usable(const struct addrinfo *ai)
{
	return (ai->ai_family == AF_INET &&
	    ai->ai_addrlen == sizeof(struct sockaddr_in)) ||
	    (ai->ai_family == AF_INET6 &&
	    ai->ai_addrlen == sizeof(struct sockaddr_in6));
}

/* Appends an address unless the list has it or is full. */
static void
address_append(struct address_list *list, const struct address *address)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->items[i].len == address->len &&
		    memcmp(&list->items[i].sa, &address->sa,
		    address->len) == 0)
			return;
	if (list->n < RESOLVE_MAX)
		list->items[list->n++] = *address;
}

/* What this machine lacks says nothing of the name. */
static int
explain(const struct resolve_job *job, struct err *err)
{
	int sys = job->sys;

	if (job->status == EAI_MEMORY || sys == ENOMEM)
		return err_nomem(err);
	if (sys == EMFILE || sys == ENFILE)
		return err_sys(err, ERR_INTERNAL, sys, "%s", job->host);
	if (job->status == EAI_SYSTEM && sys != 0)
		return err_sys(err, ERR_RESOLVE, sys, "%s", job->host);
	return err_set(err, ERR_RESOLVE, "%s: %s", job->host,
	    gai_strerror(job->status));
}

int
resolve_result(struct resolve_job *job, struct address_list *out,
    struct err *err)
{
	const struct addrinfo *ai;
	struct address address;
	bool finished;

	out->n = 0;
	pthread_mutex_lock(&job->pool->lock);
	finished = job->state == JOB_FINISHED;
	pthread_mutex_unlock(&job->pool->lock);
	if (!finished)
		return 1;
	if (job->status != 0)
		return explain(job, err);
	for (ai = job->found; ai != NULL; ai = ai->ai_next) {
		if (!address_usable(ai))
			continue;
		address_set(&address, ai->ai_addr, ai->ai_addrlen, job->port);
		address_append(out, &address);
	}
	if (out->n == 0)
		return err_set(err, ERR_RESOLVE, "%s: no address", job->host);
	return 0;
}

void
resolve_release(struct resolve_job *job)
{
	struct pool *pool;

	if (job == NULL)
		return;
	pool = job->pool;
	pthread_mutex_lock(&pool->lock);
	if (job->state == JOB_RUNNING) {
		/* Left to its thread.  Another may do the work that waits
		 * behind it. */
		job->task = NULL;
		pool->hanging++;
		(void)pool_staff(pool);
		pthread_mutex_unlock(&pool->lock);
		return;
	}
	(void)(job_remove(&pool->queue, job) ||
	    job_remove(&pool->finished, job));
	pthread_mutex_unlock(&pool->lock);
	job_free(job);
}

/* The number of an interface, by name or number; 0: there is none. */
static unsigned
resolve_scope(const char *scope)
{
	unsigned index = if_nametoindex(scope);
	uint64_t number;

	if (index == 0 && text_u64(scope, &number) == 0 &&
	    number <= UINT32_MAX)
		index = (unsigned)number;
	return index;
}

int
resolve_literal(const char *text, uint16_t port, struct address *out)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const char *percent = strchr(text, '%');
	size_t len = percent == NULL ? strlen(text) :
	    (size_t)(percent - text);
	char plain[INET6_ADDRSTRLEN];

	if (len >= sizeof(plain))
		return 1;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (percent == NULL && inet_pton(AF_INET, plain, &v4.sin_addr) == 1) {
		address_set(out, (const struct sockaddr *)&v4, sizeof(v4),
		    port);
		return 0;
	}
	if (inet_pton(AF_INET6, plain, &v6.sin6_addr) != 1)
		return 1;
	if (percent != NULL) {
		v6.sin6_scope_id = resolve_scope(percent + 1);
		if (v6.sin6_scope_id == 0)
			return 1;
	}
	address_set(out, (const struct sockaddr *)&v6, sizeof(v6), port);
	return 0;
}

void
address_format(const struct address *address, char *out, size_t size)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;
	const char *text;

	if (size == 0)
		return;
	if (address->sa.ss_family == AF_INET) {
		memcpy(&v4, &address->sa, sizeof(v4));
		text = inet_ntop(AF_INET, &v4.sin_addr, out, (socklen_t)size);
	} else {
		memcpy(&v6, &address->sa, sizeof(v6));
		text = inet_ntop(AF_INET6, &v6.sin6_addr, out,
		    (socklen_t)size);
	}
	if (text == NULL)
		out[0] = '\0';
}
