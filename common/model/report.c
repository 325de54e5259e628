/* SPDX-License-Identifier: ISC */
/* The report: results, their findings and metrics, the worst of them. */
#include "model/report.h"

#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/list.h"
#include "base/text.h"

#define RESULTS_MAX ((size_t)1 << 24)
#define FINDINGS_MAX ((size_t)4096)
#define METRICS_MAX ((size_t)4096)
#define TEXT_MAX 1000		/* characters of one finding's text */
/* Characters of a target: with some words it is the name of an item in Zabbix,
 * which has 255, or is left out. */
#define TARGET_MAX 200
#define SUBJECT_MAX 300		/* characters */

/* The labels in use: open addressing, a power of two of slots. */
struct report_labels {
	const char **slots;
	size_t n, cap;
};

struct report *
report_new(const char *plugin, const char *service)
{
	struct arena *arena = arena_new();
	struct report *report;

	if (arena == NULL)
		return NULL;
	report = arena_alloc(arena, sizeof(*report));
	if (report != NULL)
		report->labels = arena_alloc(arena, sizeof(*report->labels));
	if (report == NULL || report->labels == NULL) {
		arena_free(arena);
		return NULL;
	}
	report->arena = arena;
	report->plugin = plugin;
	report->service = service;
	return report;
}

void
report_free(struct report *report)
{
	size_t i;

	if (report == NULL)
		return;
	for (i = 0; i < report->n_results; i++) {
		mem_free(report->results[i]->findings);
		mem_free(report->results[i]->metrics);
	}
	mem_free(report->results);
	mem_free(report->labels->slots);
	arena_free(report->arena);
}

/* The slot of the label, or the empty one where it belongs. */
static size_t
report_label_slot(const struct report_labels *labels, const char *label)
{
	uint32_t hash = 2166136261u;	/* FNV-1a */
	const char *c;
	size_t i;

	for (c = label; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	for (i = hash & (labels->cap - 1); labels->slots[i] != NULL;
	     i = (i + 1) & (labels->cap - 1))
		if (strcmp(labels->slots[i], label) == 0)
			break;
	return i;
}

/* Keeps at least half of the slots empty. */
static int
report_labels_grow(struct report_labels *labels)
{
	struct report_labels more = { NULL, labels->n, labels->cap * 2 };
	size_t i;

	if (labels->n < labels->cap / 2)
		return 0;
	if (more.cap == 0)
		more.cap = 64;
	more.slots = mem_array(more.cap, sizeof(*more.slots));
	if (more.slots == NULL)
		return -1;
	for (i = 0; i < labels->cap; i++)
		if (labels->slots[i] != NULL)
			more.slots[report_label_slot(&more,
			    labels->slots[i])] = labels->slots[i];
	mem_free(labels->slots);
	*labels = more;
	return 0;
}

/* A copy with every byte outside [A-Za-z0-9_.-] made '_'; never empty. */
static char *
report_label_copy(struct arena *arena, const char *label)
{
	char *copy = arena_strdup(arena, *label == '\0' ? "_" : label), *c;

	for (c = copy; c != NULL && *c != '\0'; c++) {
		char low = text_lower(*c);

		if (!(low >= 'a' && low <= 'z') && !(*c >= '0' && *c <= '9') &&
		    strchr("_.-", *c) == NULL)
			*c = '_';
	}
	return copy;
}

/* Makes the label one that no other result has: name, name_2, name_3. */
static const char *
report_label_claim(struct report *report, const char *wanted)
{
	struct report_labels *labels = report->labels;
	const char *base, *label;
	unsigned long n = 1;
	size_t slot;

	base = label = report_label_copy(report->arena, wanted);
	if (label == NULL || report_labels_grow(labels) != 0)
		return NULL;
	while (labels->slots[slot = report_label_slot(labels, label)] !=
	    NULL) {
		/* Do not try every number for a label given thousandfold. */
		n = n == 8 ? (unsigned long)labels->n + 1 : n + 1;
		label = arena_printf(report->arena, "%s_%lu", base, n);
		if (label == NULL)
			return NULL;
	}
	labels->slots[slot] = label;
	labels->n++;
	return label;
}

/* Clean text in the arena; NULL when memory runs out. */
static const char *
report_text(struct arena *arena, struct bytes in, size_t max, bool foreign)
{
	struct buf buf = BUF_INIT;
	const char *text = NULL;

	if (foreign)
		text_escape(&buf, in, max);
	else
		text_clean(&buf, in, max);
	if (!buf_failed(&buf))
		text = arena_strndup(arena, buf_text(&buf), buf.len);
	buf_release(&buf);
	return text;
}

struct result *
report_add(struct report *report, const char *target, const char *label)
{
	struct result *result, **slot;

	result = arena_alloc(report->arena, sizeof(*result));
	if (result == NULL)
		goto nomem;
	result->arena = report->arena;
	result->policy = report->policy;
	result->status = STATUS_UNKNOWN;
	result->facts.time_ms = -1;
	result->target = report_text(report->arena, bytes_str(target),
	    TARGET_MAX, false);
	result->label = report_label_claim(report, label);
	if (result->target == NULL || result->label == NULL)
		goto nomem;
	slot = list_push(&report->results, &report->n_results,
	    &report->cap_results, sizeof(*slot), RESULTS_MAX);
	if (slot == NULL)
		goto nomem;
	*slot = result;
	return result;
nomem:
	report->nomem = true;
	return NULL;
}

/* What people want to read of a target that is fine. */
static bool
is_headline(enum finding_id id)
{
	return id == FINDING_CERT_EXPIRY || id == FINDING_OCSP_REVOKED ||
	    id == FINDING_OCSP_NO_SOURCE || id == FINDING_AUTOSSL_EXPIRED;
}

/* When all is well, people ask how long it will be; then for what counts as
 * well, and only then for what is. */
static int
interest_of(const struct finding *f)
{
	return is_headline(f->id) ? 2 : f->fine ? 0 : 1;
}

static const struct finding *
result_worst(const struct result *result)
{
	const struct finding *f, *worst = NULL;
	size_t i;

	for (i = 0; i < result->n_findings; i++) {
		f = &result->findings[i];
		if (worst == NULL ||
		    status_rank(f->status) > status_rank(worst->status) ||
		    (f->status == STATUS_OK && worst->status == STATUS_OK &&
		    interest_of(f) > interest_of(worst)))
			worst = f;
	}
	/* What only -v shows must not change the first line. */
	return worst != NULL && worst->status == STATUS_OK &&
	    interest_of(worst) == 0 && result->n_ignored > 0 ? NULL : worst;
}

/* No finding is left: all were ignored, or nothing was looked at. */
static void
result_close_empty(struct result *result)
{
	if (result->checked && result->n_ignored > 0) {
		result->status = STATUS_OK;
		result->headline = "nothing to report but what is ignored";
	} else {
		result->status = STATUS_UNKNOWN;
		result->headline = result->error != NULL ? result->error :
		    "nothing was checked";
	}
}

static const struct digest *
result_digest_of(const struct result *result, const struct finding *f)
{
	size_t at = (size_t)(f - result->findings), i;

	for (i = 0; i < result->n_digests; i++)
		if (at >= result->digests[i].first &&
		    at - result->digests[i].first < result->digests[i].n)
			return &result->digests[i];
	return NULL;
}

static void
result_headline(struct result *result, const struct finding *f)
{
	if (f->status != STATUS_OK)
		result->told = result_digest_of(result, f);
	if (result->told != NULL) {
		result->headline = result->told->text;
		return;
	}
	if (*f->subject == '\0' || strcmp(f->subject, "leaf") == 0)
		result->headline = f->text;
	else
		result->headline = arena_printf(result->arena, "%s: %s",
		    f->subject, f->text);
	if (result->headline == NULL)
		result->headline = f->text;
}

void
report_close(struct report *report, struct result *result)
{
	const struct finding *worst = result_worst(result);

	if (worst != NULL) {
		result->status = worst->status;
		result_headline(result, worst);
	} else
		result_close_empty(result);
	if (result->nomem) {
		result->status = status_worst(result->status, STATUS_UNKNOWN);
		if (result->status == STATUS_UNKNOWN)
			result->headline = "out of memory";
	}
	report->counts[result->status]++;
	list_trim(&result->findings, result->n_findings,
	    &result->cap_findings, sizeof(*result->findings));
	list_trim(&result->metrics, result->n_metrics, &result->cap_metrics,
	    sizeof(*result->metrics));
}

enum status
report_status(const struct report *report)
{
	enum status status = STATUS_OK;
	size_t i;

	if (report->n_results == 0 || report->nomem)
		status = STATUS_UNKNOWN;
	for (i = 0; i < report->n_results; i++)
		status = status_worst(status, report->results[i]->status);
	return status;
}

static void __attribute__((format(printf, 4, 0)))
result_vadd(struct result *result, struct finding finding,
    const char *subject, const char *fmt, va_list ap)
{
	struct buf buf = BUF_INIT;
	struct finding *slot;

	buf_vprintf(&buf, fmt, ap);
	finding.subject = report_text(result->arena,
	    bytes_str(subject == NULL ? "" : subject), SUBJECT_MAX, false);
	if (!buf_failed(&buf))
		finding.text = report_text(result->arena, buf_bytes(&buf),
		    TEXT_MAX, false);
	buf_release(&buf);
	slot = finding.subject == NULL || finding.text == NULL ? NULL :
	    list_push(&result->findings, &result->n_findings,
	    &result->cap_findings, sizeof(*slot), FINDINGS_MAX);
	if (slot == NULL)
		result->nomem = true;
	else
		*slot = finding;
}

void
result_ok(struct result *result, enum finding_id id, const char *subject,
    const char *fmt, ...)
{
	struct finding finding = { id, NULL, STATUS_OK, NULL, true };
	va_list ap;

	/* The leaf is judged first: it is the headline. */
	if (result->quiet && (!is_headline(id) || result->n_findings > 0))
		return;
	va_start(ap, fmt);
	result_vadd(result, finding, subject, fmt, ap);
	va_end(ap);
}

/* What the finding counts as; false when it is ignored. */
static bool
result_apply(struct result *result, struct finding *finding)
{
	const struct policy *policy = result->policy;

	if (policy == NULL)
		return true;
	if (policy->rows[finding->id].ignore) {
		result->n_ignored++;
		return false;
	}
	if (policy->rows[finding->id].set)
		finding->status = policy->rows[finding->id].status;
	return true;
}

void
result_bad(struct result *result, enum finding_id id, const char *subject,
    const char *fmt, ...)
{
	struct finding finding = { id, NULL, finding_row(id)->status, NULL,
	    false };
	va_list ap;

	if (!result_apply(result, &finding))
		return;
	va_start(ap, fmt);
	result_vadd(result, finding, subject, fmt, ap);
	va_end(ap);
}

void
result_add(struct result *result, enum finding_id id, enum status status,
    const char *subject, const char *fmt, ...)
{
	struct finding finding = { id, NULL, status, NULL, false };
	va_list ap;

	if (status != STATUS_OK &&
	    !result_apply(result, &finding))
		return;
	va_start(ap, fmt);
	result_vadd(result, finding, subject, fmt, ap);
	va_end(ap);
}

void
result_digest(struct result *result, size_t first, const char *fmt, ...)
{
	struct digest *digest = &result->digests[result->n_digests];
	struct buf buf = BUF_INIT;
	va_list ap;

	if (result->n_digests == DIGESTS_MAX || first >= result->n_findings)
		return;
	va_start(ap, fmt);
	buf_vprintf(&buf, fmt, ap);
	va_end(ap);
	digest->first = first;
	digest->n = result->n_findings - first;
	digest->text = buf_failed(&buf) ? NULL : report_text(result->arena,
	    buf_bytes(&buf), TEXT_MAX, false);
	buf_release(&buf);
	if (digest->text == NULL)
		result->nomem = true;
	else
		result->n_digests++;
}

const char *
result_clean(struct result *result, struct bytes in, size_t max)
{
	const char *text = report_text(result->arena, in, max, true);

	if (text != NULL)
		return text;
	result->nomem = true;
	return "";
}

struct metric *
result_metric(struct result *result, const char *label, const char *unit,
    int64_t milli)
{
	const char *copy = report_label_copy(result->arena, label);
	struct metric *metric = copy == NULL ? NULL :
	    list_push(&result->metrics, &result->n_metrics,
	    &result->cap_metrics, sizeof(*metric), METRICS_MAX);

	if (metric == NULL) {
		result->nomem = true;
		return NULL;
	}
	metric->label = copy;
	metric->unit = unit;
	metric->value = milli;
	return metric;
}
