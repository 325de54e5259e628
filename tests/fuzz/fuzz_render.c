/* SPDX-License-Identifier: ISC */
/*
 * A report of hostile strings, in all formats.  The input is a row of
 * strings, each behind an octet with its length; they go round through the
 * fields that hold a peer's words.  Output is UTF-8 without controls, has one
 * bar at most, and is not too long; JSON is read back.
 */

#include "base/json_reader.h"
#include "base/text.h"
#include "render/render.h"
#include "fuzz.h"

#define NAMES 4

struct source {
	struct bytes in, rest;
	struct arena *arena;
};

static uint8_t
octet(struct source *s)
{
	uint8_t out;

	if (s->rest.len == 0)
		s->rest = s->in;
	out = s->rest.data[0];
	s->rest = bytes_of(s->rest.data + 1, s->rest.len - 1);
	return out;
}

static struct bytes
raw(struct source *s)
{
	struct bytes out;
	size_t len = octet(s);

	out = bytes_of(s->rest.data, len < s->rest.len ? len : s->rest.len);
	s->rest = bytes_of(s->rest.data + out.len, s->rest.len - out.len);
	return out;
}

static const char *
word(struct source *s)
{
	struct bytes in = raw(s);
	const char *out = arena_strndup(s->arena, (const char *)in.data,
	    in.len);

	must(out != NULL);
	return out;
}

static int64_t
number(struct source *s)
{
	uint64_t n = 0;
	unsigned i, octets = octet(s) % 9;

	for (i = 0; i < octets; i++)
		n = n << 8 | octet(s);
	return (int64_t)n;
}

/* Years 0 to 9999, which is what a certificate can have. */
static int64_t
instant(struct source *s)
{
	return number(s) % INT64_C(253402300799);
}

static void
fill_cert(struct source *s, struct cert_summary *cert)
{
	size_t i;

	memset(cert, 0, sizeof(*cert));
	cert->subject_label = (octet(s) & 1) != 0 ? "leaf" : "root";
	cert->subject = raw(s);
	cert->issuer = raw(s);
	cert->common_name = raw(s);
	cert->issuer_name = raw(s);
	cert->names = arena_alloc(s->arena, NAMES * sizeof(*cert->names));
	must(cert->names != NULL);
	for (i = 0; i < NAMES; i++)
		cert->names[i] = raw(s);
	cert->n_names = octet(s) % (NAMES + 1);
	cert->n_names_all = cert->n_names + octet(s);
	cert->serial = cert->sha256 = cert->sha1 = cert->spki_sha256 = "0A";
	cert->key = word(s);
	cert->signature = word(s);
	cert->not_before = instant(s);
	cert->not_after = instant(s);
	cert->has_dates = (octet(s) & 1) != 0;
}

static void
fill_vhost(struct source *s, struct vhost_summary *vhost)
{
	*vhost = (struct vhost_summary){ .user = raw(s),
		.servername = raw(s), .issuer = "other", .word = "fine",
		.status = (enum status)(octet(s) % 4), .has_dates = true,
		.not_before = instant(s), .not_after = instant(s) };
}

static void
fill_facts(struct source *s, struct result_facts *facts)
{
	struct vhost_summary *vhost = arena_alloc(s->arena, sizeof(*vhost));

	facts->kind = (octet(s) & 1) != 0 ? "file" : "tls";
	facts->host = word(s);
	facts->address = word(s);
	facts->protocol = word(s);
	facts->host_unicode = word(s);
	facts->path = word(s);
	facts->port = octet(s);
	facts->tls_version = word(s);
	facts->cipher = word(s);
	facts->group = word(s);
	facts->alpn = raw(s);
	facts->trust = word(s);
	facts->anchor = raw(s);
	facts->time_ms = number(s);
	facts->n_certs = octet(s) % 2;
	facts->certs = arena_alloc(s->arena, sizeof(*facts->certs));
	must(facts->certs != NULL && vhost != NULL);
	fill_cert(s, facts->certs);
	fill_vhost(s, vhost);
	facts->vhosts = vhost;
	facts->n_vhosts = octet(s) % 2;
}

static void
fill_metric(struct source *s, struct result *result)
{
	struct metric *m = result_metric(result, word(s), "s", number(s));

	must(m != NULL);
	m->warning = (struct range){ true, (octet(s) & 1) != 0,
		(octet(s) & 1) != 0, (octet(s) & 1) != 0, number(s),
		number(s) };
	m->has_max = (octet(s) & 1) != 0;
	m->max = number(s);
}

static void
fill_result(struct source *s, struct report *report)
{
	struct result *result = report_add(report, word(s), word(s));
	unsigned n = octet(s) % 4;

	must(result != NULL);
	result->checked = (octet(s) & 1) != 0;
	fill_facts(s, &result->facts);
	if ((octet(s) & 1) != 0)
		result->error = word(s);
	while (n-- > 0) {
		result_add(result, (enum finding_id)(octet(s) %
		    FINDING_COUNT), (enum status)(octet(s) % 4), word(s),
		    "%s", word(s));
		fill_metric(s, result);
	}
	if ((octet(s) & 1) != 0)
		result_digest(result, 0, "%s", word(s));
	report_close(report, result);
}

static void
check_text(const struct buf *out, bool nagios)
{
	const char *text = buf_text(out), *bar = strchr(text, '|');

	must(out->len <= RENDER_MAX);
	must(bar == NULL || (nagios && bar < strchr(text, '\n') &&
	    strchr(bar + 1, '|') == NULL));
}

static void
check(enum output_format format, const struct buf *out, bool colour)
{
	struct bytes in = buf_bytes(out);
	struct err err = ERR_INIT;
	struct json_doc *doc;
	uint32_t code;
	size_t len;

	must(!buf_failed(out) && in.len > 0 && in.data[in.len - 1] == '\n');
	if (format == OUTPUT_NAGIOS || format == OUTPUT_TEXT)
		check_text(out, format == OUTPUT_NAGIOS);
	for (; in.len > 0; in = bytes_of(in.data + len, in.len - len)) {
		len = text_utf8_next(in, &code);
		must(len > 0);
		must(code == '\n' || !text_is_unsafe(code) ||
		    (colour && code == 0x1b && in.data[1] == '['));
	}
	if (format != OUTPUT_JSON)
		return;
	doc = json_doc_parse(buf_bytes(out), SIZE_MAX / 2, &err);
	must(doc != NULL && json_is_object(json_doc_root(doc)));
	json_doc_free(doc);
}

static void
render_all(const struct report *report, unsigned how)
{
	struct render_options options = { .verbose = (int)(how & 3),
		.perfdata = (enum perfdata_mode)((how >> 2 & 3) % 3),
		.colour = (how & 16) != 0, .width = (how & 32) != 0 ? 40 : 0,
		.json = (enum json_detail)(how >> 6 & 3) };
	struct buf out = BUF_INIT;
	int format;

	for (format = OUTPUT_NAGIOS; format <= OUTPUT_TEXT; format++) {
		buf_reset(&out);
		render((enum output_format)format, report, &options, &out);
		check((enum output_format)format, &out,
		    options.colour && format == OUTPUT_TEXT);
	}
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct source s = { .in = bytes_of(data, len) };
	struct report *report;
	unsigned n, how;

	if (len == 0)
		return 0;
	report = report_new("check_cert_expiry", "CERT_EXPIRY");
	must(report != NULL);
	s.arena = report->arena;
	how = octet(&s);
	n = octet(&s) % 4;
	report->version = "0";
	report->at = instant(&s);
	report->many = (octet(&s) & 1) != 0;
	if ((octet(&s) & 1) != 0)
		report->note = word(&s);
	while (n-- > 0)
		fill_result(&s, report);
	render_all(report, how);
	report_free(report);
	return 0;
}
