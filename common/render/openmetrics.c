/* SPDX-License-Identifier: ISC */
/*
 * The Prometheus text format, as the textfile collector reads it: HELP and
 * TYPE once for each family, families in one piece, base units, no
 * timestamps, no two series with the same labels.  Nothing is said about the
 * run as a whole, because the files of several runs are collected together.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "render/render.h"

#define OPENMETRICS_VALUE 255	/* characters of a label's value */

struct openmetrics {
	const struct report *report;
	struct buf *out;
	bool *twin;	/* of each result: another one has the same target */
};

/* Escaped for a peer's bytes, then for the format: \\, \", \n. */
static void
openmetrics_value(struct buf *out, struct bytes value)
{
	struct buf clean = BUF_INIT;
	size_t i;

	text_escape(&clean, value, OPENMETRICS_VALUE);
	for (i = 0; i < clean.len; i++) {
		if (clean.data[i] == '\\' || clean.data[i] == '"')
			buf_char(out, '\\');
		buf_char(out, clean.data[i]);
	}
	if (buf_failed(&clean))
		out->failed = true;
	buf_release(&clean);
}

static void
openmetrics_label(struct openmetrics *om, const char *name,
    struct bytes value)
{
	buf_printf(om->out, ",%s=\"", name);
	openmetrics_value(om->out, value);
	buf_char(om->out, '"');
}

/* "NAME{target="..."; the caller adds labels and closes the brace. */
static void
openmetrics_open(struct openmetrics *om, const char *name, size_t i)
{
	const struct result *result = om->report->results[i];

	buf_printf(om->out, "%s{target=\"", name);
	/* Cleaned by the report, but no backslash is escaped yet. */
	for (const char *c = result->target; *c != '\0'; c++) {
		if (*c == '\\' || *c == '"')
			buf_char(om->out, '\\');
		buf_char(om->out, *c);
	}
	if (om->twin[i])
		buf_printf(om->out, " (%s)", result->label);
	buf_char(om->out, '"');
}

static void
openmetrics_family(struct openmetrics *om, const char *name,
    const char *help)
{
	buf_printf(om->out, "# HELP %s %s\n# TYPE %s gauge\n", name, help,
	    name);
}

static void
openmetrics_date(struct openmetrics *om, const char *name, size_t i,
    size_t cert)
{
	const struct result_facts *facts = &om->report->results[i]->facts;
	const struct cert_summary *c = &facts->certs[cert];

	openmetrics_open(om, name, i);
	if (facts->host != NULL)
		openmetrics_label(om, "host", bytes_str(facts->host));
	if (facts->port > 0)
		buf_printf(om->out, ",port=\"%lld\"", (long long)facts->port);
	buf_printf(om->out, ",position=\"%zu\"", cert);
	openmetrics_label(om, "subject", bytes_str(c->subject_label));
	openmetrics_label(om, "cn", c->common_name);
	buf_str(om->out, "} ");
}

/* One family with a sample for each certificate that has dates. */
static void
openmetrics_dates(struct openmetrics *om, bool after)
{
	const char *name = after ? "tlscert_not_after_timestamp_seconds" :
	    "tlscert_not_before_timestamp_seconds";
	const struct report *report = om->report;
	size_t i, k;

	openmetrics_family(om, name, after ?
	    "End of the certificate's validity, last valid second." :
	    "Start of the certificate's validity.");
	for (i = 0; i < report->n_results; i++)
		for (k = 0; k < report->results[i]->facts.n_certs; k++) {
			const struct cert_summary *c =
			    &report->results[i]->facts.certs[k];

			if (!c->has_dates)
				continue;
			openmetrics_date(om, name, i, k);
			buf_printf(om->out, "%lld\n", (long long)(after ?
			    c->not_after : c->not_before));
		}
}

static void
openmetrics_state(struct openmetrics *om)
{
	size_t i;

	openmetrics_family(om, "tlscert_check_state",
	    "State of the target: 0 ok, 1 warning, 2 critical, 3 unknown.");
	for (i = 0; i < om->report->n_results; i++) {
		openmetrics_open(om, "tlscert_check_state", i);
		buf_printf(om->out, "} %d\n",
		    (int)om->report->results[i]->status);
	}
}

static void
openmetrics_success(struct openmetrics *om)
{
	size_t i;

	openmetrics_family(om, "tlscert_check_success",
	    "Whether there was anything to judge: 1 yes, 0 no.");
	for (i = 0; i < om->report->n_results; i++) {
		openmetrics_open(om, "tlscert_check_success", i);
		buf_printf(om->out, "} %d\n",
		    om->report->results[i]->checked ? 1 : 0);
	}
}

/* Is it the first of its id and subject?  If so, *worst of all these. */
static bool
openmetrics_first(const struct result *result, size_t k, enum status *worst)
{
	const struct finding *f = &result->findings[k], *other;
	size_t i;

	*worst = f->status;
	for (i = 0; i < result->n_findings; i++) {
		other = &result->findings[i];
		if (other->status == STATUS_OK || other->id != f->id ||
		    strcmp(other->subject, f->subject) != 0)
			continue;
		if (i < k)
			return false;
		*worst = status_worst(*worst, other->status);
	}
	return true;
}

static void
openmetrics_findings(struct openmetrics *om)
{
	const struct result *result;
	enum status worst;
	size_t i, k;

	openmetrics_family(om, "tlscert_finding",
	    "A problem and its state: 1 warning, 2 critical, 3 unknown.");
	for (i = 0; i < om->report->n_results; i++) {
		result = om->report->results[i];
		for (k = 0; k < result->n_findings; k++) {
			const struct finding *f = &result->findings[k];

			if (f->status == STATUS_OK ||
			    !openmetrics_first(result, k, &worst))
				continue;
			openmetrics_open(om, "tlscert_finding", i);
			openmetrics_label(om, "id",
			    bytes_str(finding_row(f->id)->id));
			openmetrics_label(om, "subject",
			    bytes_str(f->subject));
			buf_printf(om->out, "} %d\n", (int)worst);
		}
	}
}

static void
openmetrics_sample(struct openmetrics *om, int64_t milli)
{
	milli_format(om->out, milli);
	buf_char(om->out, '\n');
}

static void
openmetrics_duration(struct openmetrics *om)
{
	const struct result *result;
	size_t i;

	openmetrics_family(om, "tlscert_probe_duration_seconds",
	    "Time that the probe of the target took.");
	for (i = 0; i < om->report->n_results; i++) {
		result = om->report->results[i];
		if (result->facts.time_ms < 0)
			continue;
		openmetrics_open(om, "tlscert_probe_duration_seconds", i);
		buf_str(om->out, "} ");
		openmetrics_sample(om, result->facts.time_ms);
	}
}

/* Metrics that have a family of their own here: those of AutoSSL. */
static const struct metric *
openmetrics_find(const struct result *result, const char *label)
{
	size_t i;

	if (result->facts.kind == NULL ||
	    strcmp(result->facts.kind, "autossl") != 0)
		return NULL;
	for (i = 0; i < result->n_metrics; i++)
		if (strcmp(result->metrics[i].label, label) == 0)
			return &result->metrics[i];
	return NULL;
}

/* The value in thousandths of a base unit: days are no such. */
static int64_t
openmetrics_base(const struct metric *metric)
{
	struct range range = { .start = metric->value };

	return strcmp(metric->label, "min_days") != 0 ? metric->value :
	    range_scale(&range, 86400, 1).start;
}

static const struct {
	const char *label, *name, *help;
} openmetrics_rows[] = {
	{ "vhosts", "tlscert_autossl_vhosts", "Websites read." },
	{ "autossl_certs", "tlscert_autossl_certificates",
	    "Websites with a certificate of AutoSSL." },
	{ "expired", "tlscert_autossl_expired",
	    "AutoSSL certificates that have expired." },
	{ "overdue", "tlscert_autossl_overdue",
	    "AutoSSL certificates whose renewal is overdue." },
	{ "in_window", "tlscert_autossl_in_window",
	    "AutoSSL certificates inside their renewal window." },
	{ "min_days", "tlscert_autossl_left_min_seconds",
	    "Time left of the AutoSSL certificate that ends first." },
	{ "problems", "tlscert_autossl_problems",
	    "Problems recorded." },
	{ "problem_domains", "tlscert_autossl_problem_domains",
	    "Domains with a problem recorded." },
	{ "excluded", "tlscert_autossl_excluded_domains",
	    "Domains that are excluded." },
	{ "pending_orders", "tlscert_autossl_pending_orders",
	    "Orders that are pending." },
	{ "pending_domains", "tlscert_autossl_pending_domains",
	    "Domains of the pending orders." },
	{ "oldest_pending", "tlscert_autossl_oldest_pending_seconds",
	    "Age of the oldest pending order." },
	{ "last_run_age", "tlscert_autossl_last_run_age_seconds",
	    "Time since the last run for all accounts began." },
	{ "run_in_progress",
	    "tlscert_autossl_run_in_progress_seconds",
	    "Time since the check in progress began; 0 if none." },
	{ "rate_limited", "tlscert_autossl_rate_limited",
	    "Whether a rate limit was met: 1 yes, 0 no." },
	{ "providers", "tlscert_autossl_providers",
	    "AutoSSL providers that are enabled." },
	{ "api_time", "tlscert_autossl_api_seconds",
	    "Time that the calls of the API took." },
};

static void
openmetrics_autossl(struct openmetrics *om)
{
	const struct report *report = om->report;
	const struct metric *metric;
	size_t i, k;
	bool begun;

	for (k = 0; k < sizeof(openmetrics_rows) /
	    sizeof(*openmetrics_rows); k++)
		for (i = 0, begun = false; i < report->n_results; i++) {
			metric = openmetrics_find(report->results[i],
			    openmetrics_rows[k].label);
			if (metric == NULL)
				continue;
			if (!begun)
				openmetrics_family(om, openmetrics_rows[k].name,
				    openmetrics_rows[k].help);
			begun = true;
			openmetrics_open(om, openmetrics_rows[k].name, i);
			buf_str(om->out, "} ");
			openmetrics_sample(om, openmetrics_base(metric));
		}
}

static int
openmetrics_compare_bytes(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n == 0 ? 0 : memcmp(a.data, b.data, n);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
openmetrics_compare_vhosts(const void *a, const void *b)
{
	const struct vhost_summary *const *x = a, *const *y = b;
	int order = openmetrics_compare_bytes((*x)->user, (*y)->user);

	return order != 0 ? order : openmetrics_compare_bytes(
	    (*x)->servername, (*y)->servername);
}

/* The websites of a result, sorted, so that none comes twice. */
static void
openmetrics_vhosts_of(struct openmetrics *om, const char *name, size_t i)
{
	const struct result_facts *facts = &om->report->results[i]->facts;
	const struct vhost_summary **sorted = mem_array(facts->n_vhosts + 1,
	    sizeof(*sorted));
	size_t k, n = 0;

	if (sorted == NULL) {
		om->out->failed = true;
		return;
	}
	for (k = 0; k < facts->n_vhosts; k++)
		if (facts->vhosts[k].autossl && facts->vhosts[k].has_dates)
			sorted[n++] = &facts->vhosts[k];
	qsort(sorted, n, sizeof(*sorted), openmetrics_compare_vhosts);
	for (k = 0; k < n; k++) {
		if (k > 0 && openmetrics_compare_vhosts(&sorted[k - 1],
		    &sorted[k]) == 0)
			continue;
		openmetrics_open(om, name, i);
		openmetrics_label(om, "user", sorted[k]->user);
		openmetrics_label(om, "servername", sorted[k]->servername);
		buf_printf(om->out, "} %lld\n",
		    (long long)sorted[k]->not_after);
	}
	mem_free(sorted);
}

static void
openmetrics_vhosts(struct openmetrics *om)
{
	static const char name[] =
	    "tlscert_autossl_not_after_timestamp_seconds";
	size_t i;
	bool begun = false;

	for (i = 0; i < om->report->n_results; i++) {
		if (om->report->results[i]->facts.n_vhosts == 0)
			continue;
		if (!begun)
			openmetrics_family(om, name, "End of the validity of "
			    "a website's AutoSSL certificate.");
		begun = true;
		openmetrics_vhosts_of(om, name, i);
	}
}

struct openmetrics_slot {
	const char *target;
	size_t index;
};

static int
openmetrics_compare(const void *a, const void *b)
{
	const struct openmetrics_slot *x = a, *y = b;

	return strcmp(x->target, y->target);
}

/* Marks the results whose target is not the only one of its text. */
static int
openmetrics_twins(struct openmetrics *om)
{
	size_t n = om->report->n_results, i;
	struct openmetrics_slot *slots = mem_array(n, sizeof(*slots));

	om->twin = mem_array(n, sizeof(*om->twin));
	if (slots == NULL || om->twin == NULL) {
		mem_free(slots);
		return -1;
	}
	for (i = 0; i < n; i++)
		slots[i] = (struct openmetrics_slot){
		    om->report->results[i]->target, i };
	if (n > 1)
		qsort(slots, n, sizeof(*slots), openmetrics_compare);
	for (i = 1; i < n; i++)
		if (strcmp(slots[i].target, slots[i - 1].target) == 0)
			om->twin[slots[i].index] =
			    om->twin[slots[i - 1].index] = true;
	mem_free(slots);
	return 0;
}

void
render_openmetrics(const struct report *report,
    const struct render_options *options, struct buf *out)
{
	struct openmetrics om = { report, out, NULL };

	if (openmetrics_twins(&om) != 0) {
		out->failed = true;
		mem_free(om.twin);
		return;
	}
	openmetrics_dates(&om, true);
	openmetrics_dates(&om, false);
	openmetrics_state(&om);
	openmetrics_success(&om);
	openmetrics_findings(&om);
	openmetrics_duration(&om);
	openmetrics_autossl(&om);
	if (options->perfdata == PERFDATA_ALL)
		openmetrics_vhosts(&om);
	mem_free(om.twin);
}
