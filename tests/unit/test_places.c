/* SPDX-License-Identifier: ISC */
/* Places of targets in flight: who counts, who lends. */
#include <sys/resource.h>

#include "base/clock.h"
#include "probe/places.h"
#include "tap.h"

struct scene {
	struct loop *loop;
	struct places places;
	struct place place[12];
	struct task tasks[12];
	unsigned freed;
};

static void
scene_freed(void *ctx)
{
	struct scene *scene = ctx;

	scene->freed++;
	places_want(&scene->places, false);
}

static void
scene_open(struct scene *scene, size_t limit)
{
	struct err err = ERR_INIT;

	*scene = (struct scene){ .loop = loop_new(&err) };
	places_init(&scene->places, scene->loop, limit, scene_freed, scene);
}

/* Somebody who began and last moved so long ago. */
static void
scene_take(struct scene *scene, size_t i, int64_t began, int64_t moved)
{
	int64_t now = clock_mono_ms();

	scene->tasks[i].ran_ms = now - moved;
	places_take(&scene->places, &scene->place[i], &scene->tasks[i]);
	scene->place[i].since_ms = now - began;
}

static void
scene_run(struct scene *scene, int64_t ms)
{
	struct err err = ERR_INIT;

	places_want(&scene->places, true);
	is_int(loop_run(scene->loop, clock_mono_ms() + ms, NULL, &err), 0,
	    "the loop ran");
}

static void
test_lend(void)
{
	static const struct {
		const char *name;
		int64_t began, moved;
		bool silent;
	} rows[] = {
		{ "begun just now", 100, 100, false },
		{ "begun a while ago, moving", 5000, 10, false },
		{ "begun a while ago, silent", 5000, 3000, true },
		{ "silent since it began", 1500, 1500, true },
	};
	struct scene scene;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scene_open(&scene, 1);
		scene_take(&scene, 0, rows[i].began, rows[i].moved);
		ok(!places_any(&scene.places), "%s: takes a place",
		    rows[i].name);
		scene_run(&scene, 100);
		is_int(places_any(&scene.places), rows[i].silent,
		    "%s: lends it", rows[i].name);
		is_uint(scene.freed, rows[i].silent, "and that is told");
		places_leave(&scene.places, &scene.place[0]);
		ok(places_any(&scene.places) && scene.places.n == 0 &&
		    scene.places.n_silent == 0 && scene.places.first == NULL,
		    "%s: left", rows[i].name);
		loop_free(scene.loop);
	}
}

/* One place, and eight that may be lent: the tenth has to wait. */
static void
test_bound(void)
{
	struct scene scene;
	size_t i;

	scene_open(&scene, 1);
	for (i = 0; i < 1 + PLACES_SILENT; i++) {
		scene_take(&scene, i, 5000, 5000);
		ok(!places_any(&scene.places), "place %zu is taken", i);
		scene_run(&scene, 100);
	}
	is_uint(scene.places.n_silent, PLACES_SILENT, "as many are lent");
	ok(!places_any(&scene.places), "and no more");
	places_leave(&scene.places, &scene.place[4]);
	scene_run(&scene, 600);
	ok(places_any(&scene.places), "until one has left");
	for (i = 0; i < 1 + PLACES_SILENT; i++)
		if (i != 4)
			places_leave(&scene.places, &scene.place[i]);
	ok(scene.places.n == 0 && scene.places.n_silent == 0, "all left");
	loop_free(scene.loop);
}

/* Nobody waits any more: the loop is not kept for that. */
static void
test_unwanted(void)
{
	struct err err = ERR_INIT;
	struct scene scene;

	scene_open(&scene, 1);
	scene_take(&scene, 0, 0, 0);
	places_want(&scene.places, true);
	ok(scene.places.watching, "watching");
	places_want(&scene.places, false);
	is_int(loop_run(scene.loop, 0, NULL, &err), 0, "the loop ends");
	ok(!scene.places.watching, "no longer");
	places_leave(&scene.places, &scene.place[0]);
	loop_free(scene.loop);
}

/* In a process of its own: the limit cannot be raised again. */
static void
test_descriptors(void)
{
	static const struct {
		rlim_t descriptors;
		size_t limit, silent;
	} rows[] = {
		{ 1024, 128, 352 },
		{ 128, 32, 0 },
		{ 20, 8, 0 },
	};
	struct rlimit limit;
	struct scene scene;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		limit.rlim_cur = limit.rlim_max = rows[i].descriptors;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
			bail("setrlimit");
		scene_open(&scene, 128);
		is_uint(scene.places.limit, rows[i].limit, "places");
		is_uint(scene.places.limit_silent, rows[i].silent, "lent");
		loop_free(scene.loop);
	}
}

int
main(void)
{
	test_lend();
	test_bound();
	test_unwanted();
	test_descriptors();
	return tap_done();
}
