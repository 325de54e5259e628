/* SPDX-License-Identifier: ISC */
/*
 * Whether the renewal that should have happened did (--renewal).  An ACME
 * client renews at a known part of the lifetime; a certificate that is still
 * there later tells of a client that fails, weeks before it expires.
 */
#include "checks/check.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/duration.h"

static void
run(const struct check_input *in, struct result *result)
{
	const struct cert_facts *leaf = &in->obs->certs[in->obs->leaf];
	const struct threshold *renewal = &in->options->renewal;
	struct buf text = BUF_INIT;
	int64_t due, late;

	/* One that has expired needs no word on that. */
	if (renewal->n == 0 || !leaf->has_not_before || !leaf->has_not_after ||
	    in->now > leaf->not_after)
		return;
	due = leaf->not_after - threshold_effective(renewal,
	    leaf->not_after - leaf->not_before).start;
	late = in->now - due;
	duration_format(&text, late > 0 ? late : -late);
	buf_str(&text, late > 0 ? " ago (" : " (");
	clock_format_date(&text, due);
	buf_char(&text, ')');
	if (late > 0)
		result_bad(result, FINDING_CERT_RENEWAL, "leaf",
		    "renewal was due %s and has not happened",
		    buf_text(&text));
	else
		result_ok(result, FINDING_CERT_RENEWAL, "leaf",
		    "renewal is due in %s", buf_text(&text));
	buf_release(&text);
}

const struct check check_renewal = { "renewal", true, run };
