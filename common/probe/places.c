/* SPDX-License-Identifier: ISC */
/* Places of targets in flight, and who does not need one. */
#include "probe/places.h"

#include <sys/resource.h>

#include "base/clock.h"

#define PLACES_BEGIN_MS	1000	/* a target may be silent at first */
#define PLACES_SILENT_MS 500	/* and so long later */
#define PLACES_LOOK_MS	250
#define PLACES_LATE_MS	500
#define DESCRIPTORS_ELSE 64	/* files, the resolver, the loop */
#define PLACES_LEAST	8

/* The descriptors that there may be, raised to what is wanted if possible. */
static rlim_t
places_descriptors(rlim_t want)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return want;
	if (limit.rlim_cur < want) {
		limit.rlim_cur = want < limit.rlim_max ? want :
		    limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur < want ? limit.rlim_cur : want;
}

/* Has had its time, and nothing has come from its peer for a while. */
static bool
place_is_silent(const struct place *place, int64_t now)
{
	if (place->silent || now - place->since_ms < PLACES_BEGIN_MS)
		return false;
	return place->task == NULL ||
	    now - place->task->ran_ms >= PLACES_SILENT_MS;
}

static void
places_lend(struct places *places, int64_t now)
{
	struct place *place;

	for (place = places->first; place != NULL; place = place->next) {
		if (places->n_silent == places->limit_silent)
			return;
		if (!place_is_silent(place, now))
			continue;
		place->silent = true;
		places->n--;
		places->n_silent++;
	}
}

static enum step
places_look(struct task *task)
{
	struct places *places = task->owner;
	int64_t now = clock_mono_ms();
	/* Late ourselves: then it is not the peers who are slow. */
	bool late = now - places->looked_ms > PLACES_LATE_MS;

	places->looked_ms = now;
	if (!late)
		places_lend(places, now);
	if (places->wanted && places_any(places))
		places->freed(places->ctx);
	if (!places->wanted)
		return STEP_DONE;
	task->wake_ms = now + PLACES_LOOK_MS;
	return STEP_WAIT;
}

static void
places_expire(struct task *task, bool cancelled)
{
	(void)task;
	(void)cancelled;
}

static void
places_done(struct task *task)
{
	struct places *places = task->owner;

	places->watching = false;
}

void
places_init(struct places *places, struct loop *loop, size_t limit,
    void (*freed)(void *ctx), void *ctx)
{
	size_t all = limit * (1 + PLACES_SILENT), max;
	rlim_t n = places_descriptors((rlim_t)all * 2 + DESCRIPTORS_ELSE);

	max = n < DESCRIPTORS_ELSE + 2 * PLACES_LEAST ? PLACES_LEAST :
	    (size_t)(n - DESCRIPTORS_ELSE) / 2;
	if (all > max)
		all = max;
	places->loop = loop;
	places->limit = limit < all ? limit : all;
	places->limit_silent = all - places->limit;
	places->freed = freed;
	places->ctx = ctx;
	places->watch.run = places_look;
	places->watch.expire = places_expire;
	places->watch.done = places_done;
	places->watch.owner = places;
}

bool
places_any(const struct places *places)
{
	return places->n < places->limit;
}

void
places_take(struct places *places, struct place *place,
    const struct task *task)
{
	place->task = task;
	place->since_ms = clock_mono_ms();
	place->silent = false;
	place->prev = NULL;
	place->next = places->first;
	if (places->first != NULL)
		places->first->prev = place;
	places->first = place;
	places->n++;
}

void
places_leave(struct places *places, struct place *place)
{
	if (place->prev == NULL)
		places->first = place->next;
	else
		place->prev->next = place->next;
	if (place->next != NULL)
		place->next->prev = place->prev;
	if (place->silent)
		places->n_silent--;
	else
		places->n--;
}

void
places_want(struct places *places, bool wanted)
{
	struct err err = ERR_INIT;

	places->wanted = wanted;
	if (!wanted && places->watching)
		loop_wake(places->loop, &places->watch);
	if (!wanted || places->watching || places->loop == NULL)
		return;
	places->looked_ms = clock_mono_ms();
	/* Without memory for it nobody is waited for less. */
	places->watching = loop_add(places->loop, &places->watch, &err) == 0;
}
