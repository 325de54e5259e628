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

/* Whoever issued it has renewed: not the renewal is late, what is asked of it
 * cannot be had. */
static void
report_short(struct result *result, int64_t lifetime, int64_t wanted)
{
	struct buf is = BUF_INIT, want = BUF_INIT;

	duration_format(&is, lifetime);
	duration_format(&want, wanted);
	result_bad(result, FINDING_CERT_RENEWAL, "leaf", "the certificate "
	    "never had the time left of --renewal (%s): its lifetime is %s",
	    buf_text(&want), buf_text(&is));
	buf_release(&is);
	buf_release(&want);
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct cert_facts *leaf = &in->obs->certs[in->obs->leaf];
	const struct threshold *renewal = &in->options->renewal;
	struct buf text = BUF_INIT;
	int64_t lifetime, wanted, due, late;

	/* One that has expired needs no word on that. */
	if (renewal->n == 0 || !leaf->has_not_before || !leaf->has_not_after ||
	    in->now > leaf->not_after)
		return;
	lifetime = leaf->not_after - leaf->not_before;
	wanted = threshold_effective(renewal, lifetime).start;
	if (wanted > lifetime) {
		report_short(result, lifetime, wanted);
		return;
	}
	due = leaf->not_after - wanted;
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
