/* SPDX-License-Identifier: ISC */
/*
 * One JSON object; the schema is contrib/check-output.schema.json.  Every key
 * is always there, null when there is nothing to say, so that a JSON path
 * never misses.  --json shortens the lists, never the keys.
 */
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "render/render.h"

#define JSON_FIT_MAX 500000	/* octets; Zabbix 6.0 refuses 512 KiB */
#define JSON_MOST 500		/* of each list, when it has to fit */

/* What is shown, and the instant that it is judged for. */
struct json_extent {
	bool brief;		/* no names, no findings that are ok */
	bool problems;		/* no targets and websites that are ok */
	size_t most;		/* in each list of problems */
	int64_t at;
};

/* Is one more of this status shown, after n others? */
static bool
json_shows(const struct json_extent *extent, enum status status, size_t n)
{
	return status != STATUS_OK ? n < extent->most : !extent->problems;
}

static void
json_put_instant(struct json_writer *json, const char *key, int64_t at,
    bool known)
{
	struct buf text = BUF_INIT;

	if (!known) {
		json_nothing(json, key);
		return;
	}
	clock_format(&text, at);
	json_open_object(json, key);
	json_str(json, "value", buf_text(&text));
	json_int(json, "timestamp", at);
	json_end_object(json);
	buf_release(&text);
}

static void
json_put_status(struct json_writer *json, enum status status)
{
	json_int(json, "state", (int64_t)status);
	json_str(json, "status", status_word(status));
}

static void
json_put_finding(struct json_writer *json, const struct finding *f)
{
	json_open_object(json, NULL);
	json_str(json, "id", finding_row(f->id)->id);
	json_str(json, "subject", f->subject);
	json_put_status(json, f->status);
	json_str(json, "text", f->text);
	json_end_object(json);
}

static void
json_put_range(struct json_writer *json, const char *key,
    const struct range *range)
{
	struct buf text = BUF_INIT;

	if (!range->set) {
		json_nothing(json, key);
		return;
	}
	range_format(&text, range);
	json_str(json, key, buf_text(&text));
	buf_release(&text);
}

static void
json_put_milli(struct json_writer *json, const char *key, int64_t v,
    bool known)
{
	if (known)
		json_fixed(json, key, v, 3);
	else
		json_nothing(json, key);
}

static void
json_put_metric(struct json_writer *json, const struct metric *metric)
{
	json_open_object(json, NULL);
	json_str(json, "label", metric->label);
	json_fixed(json, "value", metric->value, 3);
	json_str(json, "unit", metric->unit == NULL ? "" : metric->unit);
	json_put_range(json, "warning", &metric->warning);
	json_put_range(json, "critical", &metric->critical);
	json_put_milli(json, "min", metric->min, metric->has_min);
	json_put_milli(json, "max", metric->max, metric->has_max);
	json_str(json, "subject", metric->subject);
	json_end_object(json);
}

static void
json_put_names(struct json_writer *json, const struct cert_summary *cert,
    const struct json_extent *extent)
{
	size_t i;

	json_open_array(json, "names");
	for (i = 0; i < cert->n_names && !extent->brief; i++)
		json_bytes(json, NULL, cert->names[i]);
	json_end_array(json);
	json_int(json, "names_total", (int64_t)cert->n_names_all);
}

/* In thousandths of a day, saturated far outside of the calendar. */
static int64_t
json_days(int64_t seconds)
{
	struct range range = { .start = seconds };

	return range_scale(&range, 1000, 86400).start;
}

static void
json_put_cert(struct json_writer *json, const struct cert_summary *cert,
    const struct result *result, const struct json_extent *extent)
{
	json_open_object(json, NULL);
	json_str(json, "target", result->target);
	json_str(json, "position", cert->subject_label);
	json_bytes(json, "subject", cert->subject);
	json_bytes(json, "issuer", cert->issuer);
	json_bytes(json, "common_name", cert->common_name);
	json_bytes(json, "issuer_name", cert->issuer_name);
	json_put_names(json, cert, extent);
	json_str(json, "serial_number", cert->serial);
	json_put_instant(json, "not_before", cert->not_before,
	    cert->has_dates);
	json_put_instant(json, "not_after", cert->not_after, cert->has_dates);
	json_put_milli(json, "days_left",
	    json_days(cert->not_after - extent->at), cert->has_dates);
	json_str(json, "sha256_fingerprint", cert->sha256);
	json_str(json, "sha1_fingerprint", cert->sha1);
	json_str(json, "spki_sha256", cert->spki_sha256);
	json_str(json, "key", cert->key);
	json_str(json, "signature_algorithm", cert->signature);
	json_bool(json, "is_ca", cert->is_ca);
	json_end_object(json);
}

/* Instants as epoch seconds: a server may have 50,000 websites. */
static void
json_put_vhost(struct json_writer *json, const struct vhost_summary *vhost,
    struct buf *key, int64_t at)
{
	buf_reset(key);
	buf_add(key, vhost->user.data, vhost->user.len);
	buf_char(key, '/');
	buf_add(key, vhost->servername.data, vhost->servername.len);
	json_open_object(json, NULL);
	json_bytes(json, "user", vhost->user);
	json_bytes(json, "servername", vhost->servername);
	json_bytes(json, "key", buf_bytes(key));
	json_str(json, "issuer", vhost->issuer);
	json_str(json, "condition", vhost->word);
	json_put_status(json, vhost->status);
	json_bool(json, "autossl", vhost->autossl);
	if (vhost->has_dates) {
		json_int(json, "not_before", vhost->not_before);
		json_int(json, "not_after", vhost->not_after);
	} else {
		json_nothing(json, "not_before");
		json_nothing(json, "not_after");
	}
	json_put_milli(json, "days_left", json_days(vhost->not_after - at),
	    vhost->has_dates);
	json_end_object(json);
}

/* check_autossl_queue alone has the key. */
static void
json_put_vhosts(struct json_writer *json, const struct result_facts *facts,
    const struct json_extent *extent)
{
	struct buf key = BUF_INIT;
	size_t i, bad = 0;

	if (facts->kind == NULL || strcmp(facts->kind, "autossl") != 0)
		return;
	json_open_array(json, "vhosts");
	for (i = 0; i < facts->n_vhosts; i++) {
		if (!json_shows(extent, facts->vhosts[i].status, bad))
			continue;
		json_put_vhost(json, &facts->vhosts[i], &key, extent->at);
		bad += facts->vhosts[i].status != STATUS_OK;
	}
	json_end_array(json);
	if (buf_failed(&key))
		json->out->failed = true;
	buf_release(&key);
}

static void
json_put_facts(struct json_writer *json, const struct result *result,
    const struct json_extent *extent)
{
	const struct result_facts *facts = &result->facts;
	size_t i;

	json_open_object(json, "facts");
	json_str(json, "kind", facts->kind);
	json_str(json, "protocol", facts->protocol);
	json_str(json, "address", facts->address);
	json_str(json, "host_unicode", facts->host_unicode);
	json_str(json, "path", facts->path);
	json_str(json, "tls_version", facts->tls_version);
	json_str(json, "cipher", facts->cipher);
	json_str(json, "group", facts->group);
	json_bytes(json, "alpn", facts->alpn);
	json_bool(json, "client_cert_asked", facts->client_cert_asked);
	json_str(json, "trust", facts->trust);
	json_bytes(json, "anchor", facts->anchor);
	json_put_milli(json, "time", facts->time_ms, facts->time_ms >= 0);
	json_open_array(json, "certs");
	for (i = 0; i < facts->n_certs; i++)
		json_put_cert(json, &facts->certs[i], result, extent);
	json_end_array(json);
	json_put_vhosts(json, facts, extent);
	json_end_object(json);
}

static void
json_put_findings(struct json_writer *json, const struct result *result,
    const struct json_extent *extent)
{
	const struct finding *finding;
	size_t i, bad = 0;

	json_open_array(json, "findings");
	for (i = 0; i < result->n_findings; i++) {
		finding = &result->findings[i];
		if (finding->status == STATUS_OK ? extent->brief :
		    bad >= extent->most)
			continue;
		json_put_finding(json, finding);
		bad += finding->status != STATUS_OK;
	}
	json_end_array(json);
}

static void
json_put_result(struct json_writer *json, const struct result *result,
    const struct json_extent *extent)
{
	size_t i;

	json_open_object(json, NULL);
	json_str(json, "target", result->target);
	json_str(json, "label", result->label);
	json_str(json, "host", result->facts.host);
	if (result->facts.port > 0)
		json_int(json, "port", result->facts.port);
	else
		json_nothing(json, "port");
	json_put_status(json, result->status);
	json_str(json, "summary", result->headline);
	json_put_findings(json, result, extent);
	json_open_array(json, "metrics");
	for (i = 0; i < result->n_metrics; i++)
		json_put_metric(json, &result->metrics[i]);
	json_end_array(json);
	json_put_facts(json, result, extent);
	json_str(json, "error", result->error);
	json_end_object(json);
}

static void
json_put_counts(struct json_writer *json, const struct report *report)
{
	size_t i;

	json_open_object(json, "counts");
	json_int(json, "targets", (int64_t)report->n_results);
	for (i = 0; i < 4; i++)
		json_int(json, status_name((enum status)i),
		    (int64_t)report->counts[i]);
	json_end_object(json);
}

static void
json_put_results(struct json_writer *json, const struct report *report,
    const struct json_extent *extent)
{
	const struct result *result;
	size_t i, bad = 0;

	json_open_array(json, "targets");
	for (i = 0; i < report->n_results; i++) {
		result = report->results[i];
		/* A plugin that looks at one thing always shows it. */
		if (report->n_results > 1 &&
		    !json_shows(extent, result->status, bad))
			continue;
		json_put_result(json, result, extent);
		bad += result->status != STATUS_OK;
	}
	json_end_array(json);
}

static void
json_put_report(struct json_writer *json, const struct report *report,
    const struct json_extent *extent)
{
	struct buf text = BUF_INIT;

	json_open_object(json, NULL);
	json_str(json, "plugin", report->plugin);
	json_str(json, "version", report->version);
	json_int(json, "at", report->at);
	clock_format(&text, report->at);
	json_str(json, "at_iso", buf_text(&text));
	json_put_status(json, report_status(report));
	buf_reset(&text);
	render_headline(report, &text);
	json_bytes(json, "summary", buf_bytes(&text));
	json_str(json, "note", report->note);
	json_fixed(json, "elapsed", report->elapsed_ms, 3);
	json_put_counts(json, report);
	json_put_results(json, report, extent);
	json_end_object(json);
	buf_release(&text);
}

void
render_json(const struct report *report, const struct render_options *options,
    struct buf *out)
{
	struct json_extent extent = {
		.brief = options->json != JSON_FULL,
		.problems = options->json == JSON_PROBLEMS,
		.most = SIZE_MAX, .at = report->at
	};
	struct json_writer json;
	size_t start = out->len;

	for (;;) {
		json_init(&json, out, options->verbose > 0);
		json_put_report(&json, report, &extent);
		if (options->json != JSON_FIT || extent.most == 0 ||
		    buf_failed(out) || out->len - start <= JSON_FIT_MAX)
			break;
		/* First what is fine goes, then one half after the other. */
		extent.most = extent.problems ? extent.most / 2 : JSON_MOST;
		extent.problems = true;
		buf_cut(out, start);
	}
	buf_char(out, '\n');
}
