/* SPDX-License-Identifier: ISC */
/*
 * Time left, for every certificate that was seen.  notAfter is inclusive
 * (RFC 5280 4.1.2.5): a certificate has expired when now > notAfter.
 */
#include "checks/check.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/duration.h"

#define DAY 86400

struct span {
	int64_t left;		/* seconds to notAfter */
	int64_t lifetime;	/* notAfter - notBefore, seconds */
	struct range warning, critical;
};

static const struct threshold *
chosen(const struct threshold *of_target, const struct threshold *of_option)
{
	return of_target->n > 0 ? of_target : of_option;
}

static struct span
span_of(const struct check_input *in, const struct cert_facts *cert)
{
	const struct target *target = in->obs->target;
	struct span span;

	span.left = cert->not_after - in->now;
	span.lifetime = cert->has_not_before ?
	    cert->not_after - cert->not_before : 0;
	span.warning = threshold_effective(chosen(&target->warning,
	    &in->options->warning), span.lifetime);
	span.critical = threshold_effective(chosen(&target->critical,
	    &in->options->critical), span.lifetime);
	return span;
}

/* ", warning below 28 days": the limit that was crossed, in words. */
static void
describe_limit(struct buf *out, const char *word, const struct range *range)
{
	buf_printf(out, ", %s ", word);
	if (range->inside) {
		buf_str(out, "between ");
		duration_format(out, range->has_start ? range->start : 0);
		buf_str(out, " and ");
		duration_format(out, range->end);
	} else if (range->has_start && range->has_end) {
		buf_str(out, "outside ");
		duration_format(out, range->start);
		buf_str(out, " to ");
		duration_format(out, range->end);
	} else if (range->has_end) {
		buf_str(out, "above ");
		duration_format(out, range->end);
	} else {
		buf_str(out, "below ");
		duration_format(out, range->start);
	}
}

static void
describe(struct buf *out, const struct cert_facts *cert, int64_t left)
{
	buf_str(out, left < 0 ? "certificate expired " :
	    "certificate expires in ");
	duration_format(out, left);
	buf_str(out, left < 0 ? " ago (" : " (");
	clock_format_date(out, cert->not_after);
	buf_char(out, ')');
}

/*
 * A certificate that no path needs harms nobody by its age; its expiry is
 * worth a word only.
 */
static bool
judge_superfluous(const struct check_input *in, struct result *result,
    size_t i, int64_t left)
{
	const struct observation *obs = in->obs;
	struct buf text = BUF_INIT;

	if (check_on_path(obs, i) || obs->path.status != PATH_OK)
		return false;
	describe(&text, &obs->certs[i], left);
	if (left < 0)
		result_add(result, FINDING_CERT_EXPIRY,
		    STATUS_WARNING, check_label(in, result, i),
		    "superfluous %s", buf_text(&text));
	else
		result_ok(result, FINDING_CERT_EXPIRY,
		    check_label(in, result, i), "superfluous %s",
		    buf_text(&text));
	buf_release(&text);
	return true;
}

static void
judge_time_left(const struct check_input *in, struct result *result,
    size_t i)
{
	const struct cert_facts *cert = &in->obs->certs[i];
	struct span span = span_of(in, cert);
	const char *label = check_label(in, result, i);
	struct buf text = BUF_INIT;
	enum status status = STATUS_OK;

	describe(&text, cert, span.left);
	if (span.left < 0) {
		status = STATUS_CRITICAL;
	} else if (range_alerts(&span.critical, span.left)) {
		status = STATUS_CRITICAL;
		describe_limit(&text, "critical", &span.critical);
	} else if (range_alerts(&span.warning, span.left)) {
		status = STATUS_WARNING;
		describe_limit(&text, "warning", &span.warning);
	}
	if (status == STATUS_OK)
		result_ok(result, FINDING_CERT_EXPIRY, label, "%s",
		    buf_text(&text));
	else
		result_add(result, FINDING_CERT_EXPIRY, status, label,
		    "%s", buf_text(&text));
	buf_release(&text);
}

static void
judge_begin(const struct check_input *in, struct result *result, size_t i)
{
	const struct cert_facts *cert = &in->obs->certs[i];
	const struct observation *obs = in->obs;
	struct buf text = BUF_INIT;
	bool needed = check_on_path(obs, i) || obs->path.status != PATH_OK;

	if (!cert->has_not_before || in->now >= cert->not_before)
		return;
	duration_format(&text, cert->not_before - in->now);
	buf_str(&text, " (");
	clock_format(&text, cert->not_before);
	buf_char(&text, ')');
	result_add(result, FINDING_CERT_NOT_YET_VALID,
	    needed ? STATUS_CRITICAL : STATUS_WARNING,
	    check_label(in, result, i), "certificate is not valid yet, begins "
	    "in %s", buf_text(&text));
	buf_release(&text);
}

static void
judge(const struct check_input *in, struct result *result, size_t i)
{
	const struct cert_facts *cert = &in->obs->certs[i];

	if (!cert->has_not_after || !cert->has_not_before) {
		result_add(result, FINDING_CERT_EXPIRY,
		    STATUS_CRITICAL, check_label(in, result, i),
		    "the certificate's validity cannot be read");
		return;
	}
	if (!judge_superfluous(in, result, i, cert->not_after - in->now))
		judge_time_left(in, result, i);
	judge_begin(in, result, i);
}

static int64_t
milli_days(int64_t seconds)
{
	int64_t scaled = seconds * 1000;

	/* Rounded towards minus infinity: an expired certificate never shows
	 * zero days left. */
	return scaled >= 0 ? scaled / DAY : -((-scaled + DAY - 1) / DAY);
}

static void
add_days(struct result *result, const char *label, const char *subject,
    const struct span *span)
{
	struct metric *m = result_metric(result, label, "",
	    milli_days(span->left));

	if (m == NULL)
		return;
	m->subject = subject;
	m->warning = range_scale(&span->warning, 1000, DAY);
	m->critical = range_scale(&span->critical, 1000, DAY);
	m->has_min = true;
	if (span->lifetime > 0) {
		m->has_max = true;
		m->max = (span->lifetime * 1000 + DAY / 2) / DAY;
	}
}

static void
add_lifetime(struct result *result, const struct span *span)
{
	struct metric *m;
	int64_t part;

	if (span->lifetime <= 0)
		return;
	/* Tenths of a percent are what a graph can show. */
	part = span->left * 1000 / span->lifetime;
	if (part > 1000)	/* not valid yet */
		part = 1000;
	m = result_metric(result, "lifetime", "%", part * 100);
	if (m == NULL)
		return;
	m->has_min = m->has_max = true;
	m->max = 100000;
	m->warning = range_scale(&span->warning, 100000, span->lifetime);
	m->critical = range_scale(&span->critical, 100000, span->lifetime);
}

/* The certificate above the leaf that ends first, or n_certs. */
static size_t
first_to_end(const struct observation *obs)
{
	size_t i, first = obs->n_certs;

	for (i = 0; i < obs->n_certs; i++) {
		if (i == obs->leaf || !obs->certs[i].has_not_after ||
		    !check_on_path(obs, i))
			continue;
		if (first == obs->n_certs ||
		    obs->certs[i].not_after < obs->certs[first].not_after)
			first = i;
	}
	return first;
}

static void
add_metrics(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	const struct cert_facts *leaf = &obs->certs[obs->leaf];
	size_t above = in->options->leaf_only ? obs->n_certs :
	    first_to_end(obs);
	struct span span;

	if (leaf->has_not_after) {
		span = span_of(in, leaf);
		add_days(result, "days", "leaf", &span);
		add_lifetime(result, &span);
	}
	if (above < obs->n_certs) {
		span = span_of(in, &obs->certs[above]);
		add_days(result, "chain_days",
		    check_label(in, result, above), &span);
	}
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct observation *obs = in->obs;
	size_t i;

	/* The leaf first: its finding is the headline. */
	judge(in, result, obs->leaf);
	for (i = 0; i < obs->n_certs && !in->options->leaf_only; i++)
		if (i != obs->leaf)
			judge(in, result, i);
	add_metrics(in, result);
}

const struct check check_expiry = { "expiry", true, run };
