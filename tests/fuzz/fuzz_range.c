/* SPDX-License-Identifier: ISC */
/*
 * Numbers, durations, instants and alert ranges as users write them.  What
 * is accepted is within its bounds, and a duration comes back from its form
 * for machines as it was.
 */
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "model/threshold.h"
#include "fuzz.h"

static void
must_tell(const struct err *err)
{
	must(err->kind != ERR_NONE && *err->text != '\0');
	must(text_is_utf8(bytes_str(err->text)));
	must(strpbrk(err->text, "|\n\r\t\x1b") == NULL);
}

static void
durations(struct bytes in)
{
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;
	int64_t at, again;

	if (duration_parse(in, 86400, &at, &err) == 0) {
		must(at >= 0 && at <= DURATION_MAX);
		duration_compact(&out, at);
		must(duration_parse(buf_bytes(&out), 1, &again, &err) == 0 &&
		    again == at);
		duration_format(&out, at);
	} else
		must_tell(&err);
	err_clear(&err);
	if (duration_parse_ms(in, &at, &err) == 0)
		must(at >= 0 && at <= DURATION_MAX * 1000);
	else
		must_tell(&err);
	if (text_fixed(in, 3, &at) == 0) {
		buf_reset(&out);
		text_put_fixed(&out, at, 3);
		must(text_fixed(buf_bytes(&out), 3, &again) == 0 &&
		    again == at);
	}
	buf_release(&out);
}

static void
instants(const char *text)
{
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;
	int64_t at, again;

	if (clock_parse(text, &at, &err) == 0) {
		clock_format(&out, at);
		must(clock_parse(buf_text(&out), &again, &err) == 0 &&
		    again == at);
	} else
		must_tell(&err);
	buf_release(&out);
}

/* The bounds of what alerts outside of it do not alert themselves. */
static void
edges(const struct range *range)
{
	struct range scaled = range_scale(range, 1000, 86400);
	struct buf out = BUF_INIT;

	must(!range->has_start || !range->has_end ||
	    range->start <= range->end);
	if (range->has_start)
		must(range_alerts(range, range->start) == range->inside);
	if (range->has_end)
		must(range_alerts(range, range->end) == range->inside);
	range_format(&out, &scaled);
	buf_release(&out);
}

static void
ranges(const char *text)
{
	static const int64_t lifetimes[] = { 0, 1, 86400, 7776000,
		INT64_C(253402300799) };
	struct threshold threshold;
	struct err err = ERR_INIT;
	struct range range;
	size_t i;

	if (threshold_parse(text, 86400, &threshold, &err) != 0) {
		must(err.kind == ERR_USAGE);
		must_tell(&err);
		return;
	}
	must(threshold.n > 0 && threshold.n <= THRESHOLD_TERMS);
	for (i = 0; i < sizeof(lifetimes) / sizeof(*lifetimes); i++) {
		range = threshold_effective(&threshold, lifetimes[i]);
		if (range.set)
			edges(&range);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = calloc(1, len + 1);

	must(text != NULL);
	if (len > 0)
		memcpy(text, data, len);
	durations(bytes_of(data, len));
	instants(text);
	ranges(text);
	free(text);
	return 0;
}
