/* SPDX-License-Identifier: ISC */
/*
 * libcurl's sockets and its timer as tasks of our loop.  A socket's task
 * outlives the socket for one turn at most: libcurl takes it back in the
 * middle of its own work, the loop lets it go at the next.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_CURL_H
#include "net/http_private.h"

#include "base/alloc.h"
#include "base/clock.h"

struct http_watch {
	struct http *http;
	struct http_watch *next, *prev;
	struct task task;
	enum step step;
	bool changed;			/* step is new: wait for that */
	bool gone;			/* libcurl is done with the socket */
};

/* After each call into libcurl: wakes those whose transfer has ended. */
static void
drive_collect(struct http *http, CURLMcode code)
{
	struct transfer *transfer;
	const CURLMsg *message;
	char *private;
	int left;

	while ((message = http->curl.multi_info_read(http->multi, &left)) !=
	    NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		http->curl.easy_getinfo(message->easy_handle,
		    CURLINFO_PRIVATE, &private);
		transfer = (struct transfer *)(void *)private;
		transfer->result = message->data.result;
		transfer->finished = true;
		loop_wake(http->loop, &transfer->task);
	}
	if (code == CURLM_OK)
		return;
	http->broken = true;
	for (transfer = http->transfers; transfer != NULL;
	    transfer = transfer->next)
		loop_wake(http->loop, &transfer->task);
}

static enum step
watch_run(struct task *task)
{
	struct http_watch *watch = task->owner;
	struct http *http = watch->http;
	int ready = watch->step == STEP_READ ? CURL_CSELECT_IN :
	    watch->step == STEP_WRITE ? CURL_CSELECT_OUT : 0, running;

	if (!watch->gone && !watch->changed)
		drive_collect(http, http->curl.multi_socket_action(
		    http->multi, task->fds[0], ready, &running));
	watch->changed = false;
	return watch->gone ? STEP_DONE : watch->step;
}

static void
watch_expire(struct task *task, bool cancelled)
{
	struct http_watch *watch = task->owner;

	(void)cancelled;
	if (!watch->gone)
		watch->http->curl.multi_assign(watch->http->multi,
		    task->fds[0], NULL);
}

static void
watch_done(struct task *task)
{
	struct http_watch *watch = task->owner;

	if (watch->next != NULL)
		watch->next->prev = watch->prev;
	if (watch->prev != NULL)
		watch->prev->next = watch->next;
	else
		watch->http->watches = watch->next;
	mem_free(watch);
}

static struct http_watch *
watch_new(struct http *http, curl_socket_t fd)
{
	struct http_watch *watch = mem_alloc(sizeof(*watch));

	if (watch == NULL)
		return NULL;
	watch->http = http;
	watch->task = (struct task){ .run = watch_run,
		.expire = watch_expire, .done = watch_done, .owner = watch,
		.fds = { fd }, .n_fds = 1 };
	if (loop_add(http->loop, &watch->task, NULL) != 0) {
		mem_free(watch);
		return NULL;
	}
	watch->next = http->watches;
	if (watch->next != NULL)
		watch->next->prev = watch;
	http->watches = watch;
	http->curl.multi_assign(http->multi, fd, watch);
	return watch;
}

/* CURLMOPT_SOCKETFUNCTION. */
static int
drive_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *slot)
{
	struct http_watch *watch = slot;
	struct http *http = ctx;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch != NULL) {
			watch->gone = true;
			loop_wake(http->loop, &watch->task);
		}
		return 0;
	}
	if (watch == NULL)
		watch = watch_new(http, fd);
	if (watch == NULL)
		return -1;
	watch->step = what == CURL_POLL_IN ? STEP_READ :
	    what == CURL_POLL_OUT ? STEP_WRITE :
	    what == CURL_POLL_INOUT ? STEP_EITHER : STEP_WAIT;
	watch->changed = true;
	loop_wake(http->loop, &watch->task);
	return 0;
}

/* CURLMOPT_TIMERFUNCTION. */
static int
drive_timer(CURLM *multi, long timeout_ms, void *ctx)
{
	struct http *http = ctx;

	(void)multi;
	http->timer_ms = timeout_ms < 0 ? 0 : clock_mono_ms() + timeout_ms;
	if (http->driving)
		loop_wake(http->loop, &http->driver);
	return 0;
}

static enum step
drive_run(struct task *task)
{
	struct http *http = task->owner;
	int running;

	if (http->transfers == NULL)
		return STEP_DONE;
	if (http->timer_ms != 0 && clock_mono_ms() >= http->timer_ms) {
		http->timer_ms = 0;
		drive_collect(http, http->curl.multi_socket_action(
		    http->multi, CURL_SOCKET_TIMEOUT, 0, &running));
	}
	task->wake_ms = http->timer_ms;
	return STEP_WAIT;
}

static void
drive_expire(struct task *task, bool cancelled)
{
	(void)task;
	(void)cancelled;
}

static void
drive_done(struct task *task)
{
	struct http *http = task->owner;

	http->driving = false;
}

int
http_drive_start(struct http *http, struct err *err)
{
	if (http->driving)
		return 0;
	http->driver = (struct task){ .run = drive_run,
		.expire = drive_expire, .done = drive_done, .owner = http };
	if (loop_add(http->loop, &http->driver, err) != 0)
		return -1;
	http->driving = true;
	return 0;
}

int
http_drive_init(struct http *http, struct err *err)
{
	const struct http_library *curl = &http->curl;
	CURLM *multi = curl->multi_init();

	if (multi == NULL)
		return err_nomem(err);
	http->multi = multi;
	if (curl->multi_setopt(multi, CURLMOPT_SOCKETFUNCTION,
	    drive_socket) != CURLM_OK ||
	    curl->multi_setopt(multi, CURLMOPT_SOCKETDATA, http) != CURLM_OK ||
	    curl->multi_setopt(multi, CURLMOPT_TIMERFUNCTION,
	    drive_timer) != CURLM_OK ||
	    curl->multi_setopt(multi, CURLMOPT_TIMERDATA, http) != CURLM_OK ||
	    curl->multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 8L) !=
	    CURLM_OK ||
	    curl->multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 64L) !=
	    CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl: multi interface");
	return 0;
}

void
http_drive_release(struct http *http)
{
	struct http_watch *watch, *next;

	for (watch = http->watches; watch != NULL; watch = next) {
		next = watch->next;
		loop_drop(http->loop, &watch->task);
		watch_expire(&watch->task, true);
		mem_free(watch);
	}
	http->watches = NULL;
	if (http->driving)
		loop_drop(http->loop, &http->driver);
	http->driving = false;
	if (http->multi != NULL)
		http->curl.multi_cleanup(http->multi);
	http->multi = NULL;
}

#endif
