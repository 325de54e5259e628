/* SPDX-License-Identifier: ISC */
/*
 * The Prometheus text format, as the textfile collector reads it: HELP and
 * TYPE once for each family, families in one piece, base units, no
 * timestamps, no two series with the same labels.  With its last line it is
 * OpenMetrics too; to the collector that is a comment.
 *
 * The files of several runs are collected together, and one series that comes
 * twice spoils all of them.  So every series says which plugin it is from,
 * and nothing is said about a run as a whole.  No label but those of the
 * _info family changes when a certificate is renewed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "render/openmetrics_private.h"
#include "render/render.h"

/* Our own text, clean already: \\, \", \n are what the format escapes. */
static void
openmetrics_quote(struct buf *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\\' || *c == '"')
			buf_char(out, '\\');
		buf_char(out, *c);
	}
}

static void
openmetrics_text(struct openmetrics *om, const char *name, const char *text)
{
	buf_printf(om->out, ",%s=\"", name);
	openmetrics_quote(om->out, text);
	buf_char(om->out, '"');
}

/* A peer's bytes. */
void
openmetrics_label(struct openmetrics *om, const char *name,
    struct bytes value)
{
	struct buf clean = BUF_INIT;

	/* What may be shown whole is, whatever the escapes add. */
	text_escape(&clean, value, value.len <= OPENMETRICS_VALUE ? 0 :
	    OPENMETRICS_VALUE);
	openmetrics_text(om, name, buf_text(&clean));
	if (buf_failed(&clean))
		om->out->failed = true;
	buf_release(&clean);
}

/* A family begins with its first sample. */
void
openmetrics_family(struct openmetrics *om, const char *name,
    const char *help)
{
	om->name = name;
	om->help = help;
	om->begun = false;
}

/* A sample of the family; the caller adds labels and the value. */
void
openmetrics_open(struct openmetrics *om, size_t i)
{
	const struct result *result = om->report->results[i];

	if (!om->begun)
		buf_printf(om->out, "# HELP %s %s\n# TYPE %s gauge\n",
		    om->name, om->help, om->name);
	om->begun = true;
	buf_printf(om->out, "%s{plugin=\"%s\",target=\"", om->name,
	    om->report->plugin);
	openmetrics_quote(om->out, result->target);
	if (om->twin[i])
		buf_printf(om->out, " (%s)", result->label);
	buf_char(om->out, '"');
}

void
openmetrics_close(struct openmetrics *om, int64_t milli)
{
	buf_str(om->out, "} ");
	milli_format(om->out, milli);
	buf_char(om->out, '\n');
}

/* In thousandths, saturated. */
int64_t
openmetrics_milli(int64_t value)
{
	struct range range = { .start = value };

	return range_scale(&range, 1000, 1).start;
}

/* A number of a target, in thousandths; false: not known. */
static bool
openmetrics_state(const struct openmetrics *om, size_t i, int64_t *milli)
{
	*milli = openmetrics_milli((int)om->report->results[i]->status);
	return true;
}

static bool
openmetrics_success(const struct openmetrics *om, size_t i, int64_t *milli)
{
	*milli = om->report->results[i]->checked ? 1000 : 0;
	return true;
}

static bool
openmetrics_at(const struct openmetrics *om, size_t i, int64_t *milli)
{
	(void)i;
	*milli = openmetrics_milli(om->report->at);
	return true;
}

static bool
openmetrics_duration(const struct openmetrics *om, size_t i, int64_t *milli)
{
	*milli = om->report->results[i]->facts.time_ms;
	return *milli >= 0;
}

static const struct {
	const char *name, *help;
	bool (*value)(const struct openmetrics *, size_t, int64_t *);
} openmetrics_results[] = {
	{ "tlscert_check_state",
	    "State of the target: 0 ok, 1 warning, 2 critical, 3 unknown.",
	    openmetrics_state },
	{ "tlscert_check_success",
	    "Whether there was anything to judge: 1 yes, 0 no.",
	    openmetrics_success },
	{ "tlscert_check_timestamp_seconds",
	    "The instant for which the target was judged.", openmetrics_at },
	{ "tlscert_probe_duration_seconds",
	    "Time that the probe of the target took.",
	    openmetrics_duration },
};

static void
openmetrics_targets(struct openmetrics *om)
{
	size_t i, k;
	int64_t milli;

	for (k = 0; k < sizeof(openmetrics_results) /
	    sizeof(*openmetrics_results); k++) {
		openmetrics_family(om, openmetrics_results[k].name,
		    openmetrics_results[k].help);
		for (i = 0; i < om->report->n_results; i++) {
			if (!openmetrics_results[k].value(om, i, &milli))
				continue;
			openmetrics_open(om, i);
			openmetrics_close(om, milli);
		}
	}
}

static int64_t
openmetrics_after(const struct cert_summary *cert, int64_t at)
{
	(void)at;
	return openmetrics_milli(cert->not_after);
}

static int64_t
openmetrics_before(const struct cert_summary *cert, int64_t at)
{
	(void)at;
	return openmetrics_milli(cert->not_before);
}

static int64_t
openmetrics_left(const struct cert_summary *cert, int64_t at)
{
	return openmetrics_milli(cert->not_after - at);
}

/* Both ends belong to the validity (RFC 5280, 4.1.2.5). */
static int64_t
openmetrics_ratio(const struct cert_summary *cert, int64_t at)
{
	struct range left = { .start = cert->not_after - at };
	int64_t lifetime = cert->not_after - cert->not_before + 1, ratio;

	if (lifetime <= 0)
		return 0;
	ratio = range_scale(&left, 1000, lifetime).start;
	return ratio > 1000 ? 1000 : ratio;
}

static int64_t
openmetrics_one(const struct cert_summary *cert, int64_t at)
{
	(void)cert;
	(void)at;
	return 1000;
}

static const struct openmetrics_cert {
	const char *name, *help;
	int64_t (*value)(const struct cert_summary *, int64_t at);
	bool info;	/* what changes when it is renewed */
} openmetrics_certs[] = {
	{ "tlscert_not_after_timestamp_seconds",
	    "End of the certificate's validity, last valid second.",
	    openmetrics_after, false },
	{ "tlscert_not_before_timestamp_seconds",
	    "Start of the certificate's validity.",
	    openmetrics_before, false },
	{ "tlscert_remaining_seconds",
	    "Time left of the certificate when it was checked.",
	    openmetrics_left, false },
	{ "tlscert_remaining_ratio",
	    "Part of the certificate's lifetime that was left then.",
	    openmetrics_ratio, false },
	{ "tlscert_certificate_info",
	    "What is in the certificate; always 1.", openmetrics_one, true },
};

static void
openmetrics_cert(struct openmetrics *om, const struct openmetrics_cert *row,
    size_t i, size_t k)
{
	const struct result_facts *facts = &om->report->results[i]->facts;
	const struct cert_summary *cert = &facts->certs[k];

	openmetrics_open(om, i);
	if (facts->host != NULL)
		openmetrics_label(om, "host", bytes_str(facts->host));
	if (facts->port > 0)
		buf_printf(om->out, ",port=\"%lld\"", (long long)facts->port);
	buf_printf(om->out, ",position=\"%zu\"", k);
	openmetrics_text(om, "subject", cert->subject_label);
	if (row->info) {
		openmetrics_label(om, "cn", cert->common_name);
		openmetrics_label(om, "issuer", cert->issuer_name);
		openmetrics_text(om, "serial",
		    cert->serial == NULL ? "" : cert->serial);
	}
	openmetrics_close(om, row->value(cert, om->report->at));
}

/* A sample for each certificate that has dates. */
static void
openmetrics_chains(struct openmetrics *om)
{
	const struct result_facts *facts;
	size_t i, k, row;

	for (row = 0; row < sizeof(openmetrics_certs) /
	    sizeof(*openmetrics_certs); row++) {
		openmetrics_family(om, openmetrics_certs[row].name,
		    openmetrics_certs[row].help);
		for (i = 0; i < om->report->n_results; i++) {
			facts = &om->report->results[i]->facts;
			for (k = 0; k < facts->n_certs; k++)
				if (facts->certs[k].has_dates)
					openmetrics_cert(om,
					    &openmetrics_certs[row], i, k);
		}
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
			openmetrics_open(om, i);
			openmetrics_text(om, "id", finding_row(f->id)->id);
			openmetrics_text(om, "subject", f->subject);
			openmetrics_close(om, openmetrics_milli((int)worst));
		}
	}
}

/* Metrics that have a family of their own; the others follow from the dates
 * above. */
enum openmetrics_unit { UNIT_BASE, UNIT_DAYS, UNIT_FROM_NOW };

static const struct openmetrics_row {
	const char *label, *name, *help;
	enum openmetrics_unit unit;
} openmetrics_rows[] = {
	{ "revoked", "tlscert_revoked_certificates",
	    "Certificates of the target that are revoked.", UNIT_BASE },
	{ "next_update", "tlscert_revocation_next_update_timestamp_seconds",
	    "When the answer in use about the revocation ends.",
	    UNIT_FROM_NOW },
	{ "age", "tlscert_revocation_age_seconds",
	    "Age of the answer in use about the revocation.", UNIT_BASE },
	{ "response_time", "tlscert_revocation_response_seconds",
	    "Time that it took to get the answer.", UNIT_BASE },
	{ "crl_entries", "tlscert_crl_entries",
	    "Entries of the revocation list in use.", UNIT_BASE },
	{ "crl_bytes", "tlscert_crl_size_bytes",
	    "Size of the revocation list in use.", UNIT_BASE },
	{ "vhosts", "tlscert_autossl_vhosts", "Websites read.", UNIT_BASE },
	{ "autossl_certs", "tlscert_autossl_certificates",
	    "Websites with a certificate of AutoSSL.", UNIT_BASE },
	{ "expired", "tlscert_autossl_expired",
	    "AutoSSL certificates that have expired.", UNIT_BASE },
	{ "overdue", "tlscert_autossl_overdue",
	    "AutoSSL certificates whose renewal is overdue.", UNIT_BASE },
	{ "in_window", "tlscert_autossl_in_window",
	    "AutoSSL certificates inside their renewal window.", UNIT_BASE },
	{ "min_days", "tlscert_autossl_left_min_seconds",
	    "Time left of the AutoSSL certificate that ends first.",
	    UNIT_DAYS },
	{ "problems", "tlscert_autossl_problems",
	    "Problems recorded.", UNIT_BASE },
	{ "problem_domains", "tlscert_autossl_problem_domains",
	    "Domains with a problem recorded.", UNIT_BASE },
	{ "excluded", "tlscert_autossl_excluded_domains",
	    "Domains that are excluded.", UNIT_BASE },
	{ "pending_orders", "tlscert_autossl_pending_orders",
	    "Orders that are pending.", UNIT_BASE },
	{ "pending_domains", "tlscert_autossl_pending_domains",
	    "Domains of the pending orders.", UNIT_BASE },
	{ "oldest_pending", "tlscert_autossl_oldest_pending_seconds",
	    "Age of the oldest pending order.", UNIT_BASE },
	{ "last_run_age", "tlscert_autossl_last_run_age_seconds",
	    "Time since the last run for all accounts began.", UNIT_BASE },
	{ "run_in_progress",
	    "tlscert_autossl_run_in_progress_seconds",
	    "Time since the check in progress began; 0 if none.", UNIT_BASE },
	{ "rate_limited", "tlscert_autossl_rate_limited",
	    "Whether a rate limit was met: 1 yes, 0 no.", UNIT_BASE },
	{ "providers", "tlscert_autossl_providers",
	    "AutoSSL providers that are enabled.", UNIT_BASE },
	{ "api_time", "tlscert_autossl_api_seconds",
	    "Time that the calls of the API took.", UNIT_BASE },
};

static int64_t
openmetrics_value(const struct report *report,
    const struct openmetrics_row *row, const struct metric *metric)
{
	struct range range = { .start = metric->value };

	if (row->unit == UNIT_DAYS)
		return range_scale(&range, 86400, 1).start;
	if (row->unit == UNIT_FROM_NOW)
		return metric->value + openmetrics_milli(report->at);
	return metric->value;
}

static void
openmetrics_metrics(struct openmetrics *om)
{
	const struct openmetrics_row *row;
	const struct result *result;
	size_t i, k, m;

	for (k = 0; k < sizeof(openmetrics_rows) /
	    sizeof(*openmetrics_rows); k++) {
		row = &openmetrics_rows[k];
		openmetrics_family(om, row->name, row->help);
		for (i = 0; i < om->report->n_results; i++) {
			result = om->report->results[i];
			for (m = 0; m < result->n_metrics; m++)
				if (strcmp(result->metrics[m].label,
				    row->label) == 0)
					break;
			if (m == result->n_metrics)
				continue;
			openmetrics_open(om, i);
			openmetrics_close(om, openmetrics_value(om->report,
			    row, &result->metrics[m]));
		}
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
	struct openmetrics om = { .report = report, .out = out };

	if (openmetrics_twins(&om) != 0) {
		out->failed = true;
		mem_free(om.twin);
		return;
	}
	openmetrics_targets(&om);
	openmetrics_chains(&om);
	openmetrics_findings(&om);
	openmetrics_metrics(&om);
	if (options->perfdata == PERFDATA_ALL)
		openmetrics_sites(&om);
	buf_str(out, "# EOF\n");
	mem_free(om.twin);
}
