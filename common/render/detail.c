/* SPDX-License-Identifier: ISC */
/* Findings and facts as lines of text. */
#include "render/detail.h"

#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "render/render_parts.h"

/* "[CRITICAL] host:443: ", unless the text begins with the host itself. */
static void
detail_lead(struct lines *lines, enum status status, const char *prefix,
    const char *text)
{
	if (prefix != NULL && *prefix == '\0')
		buf_str(lines->out, "  ");
	lines_status(lines, status);
	buf_char(lines->out, ' ');
	if (prefix != NULL && *prefix != '\0' && !render_names(text, prefix))
		buf_printf(lines->out, "%s: ", prefix);
}

static void
detail_finding(struct lines *lines, const struct finding *f,
    const char *prefix)
{
	detail_lead(lines, f->status, prefix,
	    *f->subject == '\0' ? f->text : "");
	if (*f->subject != '\0')
		buf_printf(lines->out, "%s: ", f->subject);
	buf_printf(lines->out, "%s (%s)", f->text, finding_row(f->id)->id);
	lines_end(lines);
}

void
detail_findings(struct lines *lines, const struct result *result,
    const char *prefix, bool ok)
{
	int rank, lowest = status_rank(STATUS_OK) + (ok ? 0 : 1);
	size_t i;

	for (rank = status_rank(STATUS_CRITICAL); rank >= lowest; rank--)
		for (i = 0; i < result->n_findings; i++)
			if (status_rank(result->findings[i].status) == rank)
				detail_finding(lines, &result->findings[i],
				    prefix);
	if (result->n_findings > 0 || result->headline == NULL ||
	    (result->status == STATUS_OK && !ok))
		return;
	detail_lead(lines, result->status, prefix, result->headline);
	text_clean(lines->out, bytes_str(result->headline), 0);
	lines_end(lines);
}

/* "  label       ", the start of a line. */
static void
detail_label(struct lines *lines, const struct detail *detail,
    const char *label)
{
	buf_printf(lines->out, "%s%-12s ", detail->indent, label);
}

static void
detail_bytes(struct lines *lines, const struct detail *detail,
    const char *label, struct bytes value)
{
	if (value.len == 0)
		return;
	detail_label(lines, detail, label);
	text_escape(lines->out, value, detail->width);
	lines_end(lines);
}

/* Our own text, short and never cut. */
static void
detail_text(struct lines *lines, const struct detail *detail,
    const char *label, const char *value)
{
	struct detail whole = *detail;

	whole.width = 0;
	if (value != NULL)
		detail_bytes(lines, &whole, label, bytes_str(value));
}

/* A word of a list; begins a new line when the old one is full. */
static void
detail_word(struct lines *lines, const struct detail *detail, size_t *column,
    const struct buf *word)
{
	if (*column == 0)
		detail_label(lines, detail, "names");
	else if (detail->width != 0 && *column + word->len + 2 >
	    detail->width) {
		buf_char(lines->out, ',');
		lines_end(lines);
		detail_label(lines, detail, "");
		*column = 0;
	} else {
		buf_str(lines->out, ", ");
		*column += 2;
	}
	buf_str(lines->out, buf_text(word));
	*column += word->len + (word->len == 0);
}

static void
detail_names(struct lines *lines, const struct detail *detail,
    const struct cert_summary *cert)
{
	struct buf word = BUF_INIT;
	size_t i, column = 0;

	for (i = 0; i < cert->n_names && i < detail->names; i++) {
		buf_reset(&word);
		text_escape(&word, cert->names[i], detail->width);
		detail_word(lines, detail, &column, &word);
	}
	if (i > 0 && cert->n_names_all > i) {
		buf_reset(&word);
		buf_printf(&word, "... %zu more", cert->n_names_all - i);
		detail_word(lines, detail, &column, &word);
	}
	if (column > 0)
		lines_end(lines);
	buf_release(&word);
}

static void
detail_validity(struct lines *lines, const struct detail *detail,
    const struct cert_summary *cert)
{
	int64_t left = cert->not_after - detail->at;

	if (!cert->has_dates)
		return;
	detail_label(lines, detail, "valid");
	clock_format_date(lines->out, cert->not_before);
	buf_str(lines->out, " to ");
	clock_format_date(lines->out, cert->not_after);
	if (detail->at < cert->not_before)
		buf_str(lines->out, ", not valid yet");
	else if (left < 0) {
		buf_str(lines->out, ", expired ");
		duration_format(lines->out, left);
		buf_str(lines->out, " ago");
	} else {
		buf_str(lines->out, ", ");
		duration_format(lines->out, left);
		buf_str(lines->out, " left of ");
		/* The last second counts too. */
		duration_format(lines->out,
		    cert->not_after - cert->not_before + 1);
	}
	lines_end(lines);
}

static void
detail_key(struct lines *lines, const struct detail *detail,
    const struct cert_summary *cert)
{
	if (cert->key == NULL)
		return;
	detail_label(lines, detail, "key");
	text_escape(lines->out, bytes_str(cert->key), detail->width);
	if (cert->signature != NULL) {
		buf_str(lines->out, ", signed with ");
		text_escape(lines->out, bytes_str(cert->signature),
		    detail->width);
	}
	lines_end(lines);
}

static void
detail_cert(struct lines *lines, const struct cert_summary *cert,
    const struct detail *outer)
{
	struct detail detail = *outer;
	const char *label = cert->subject_label == NULL ? "certificate" :
	    cert->subject_label;

	detail_label(lines, outer, label);
	if (strlen(label) > 12)
		buf_char(lines->out, ' ');
	if (cert->subject.len == 0)
		buf_str(lines->out, "(no subject)");
	text_escape(lines->out, cert->subject, detail.width);
	lines_end(lines);
	detail.indent = *outer->indent == '\0' ? "  " : "    ";
	detail_bytes(lines, &detail, "issuer", cert->issuer);
	detail_names(lines, &detail, cert);
	detail_validity(lines, &detail, cert);
	detail_key(lines, &detail, cert);
	detail_text(lines, &detail, "serial", cert->serial);
	detail_text(lines, &detail, "SHA-256", cert->sha256);
	if (!detail.hashes)
		return;
	detail_text(lines, &detail, "SHA-1", cert->sha1);
	detail_text(lines, &detail, "SPKI SHA-256", cert->spki_sha256);
}

static void
detail_trust(struct lines *lines, const struct result_facts *facts,
    const struct detail *detail)
{
	if (facts->trust == NULL)
		return;
	detail_label(lines, detail, "trust");
	text_escape(lines->out, bytes_str(facts->trust), detail->width);
	if (facts->anchor.len > 0) {
		buf_str(lines->out, ", anchor ");
		text_escape(lines->out, facts->anchor, detail->width);
	}
	lines_end(lines);
}

/* Of each condition, how many, with commas; nothing without websites. */
static void
detail_conditions(struct lines *lines, const struct result_facts *facts,
    const struct detail *detail)
{
	static const char *const words[] = { "expired", "overdue",
		"renewing", "self-signed", "fine", "excluded", "suspended",
		"foreign", "none" };
	const char *lead = ": ";
	size_t i, k, n;

	if (facts->n_vhosts == 0)
		return;
	detail_label(lines, detail, "websites");
	buf_printf(lines->out, "%zu", facts->n_vhosts);
	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		for (k = n = 0; k < facts->n_vhosts; k++)
			n += strcmp(facts->vhosts[k].word, words[i]) == 0;
		if (n == 0)
			continue;
		buf_printf(lines->out, "%s%zu %s", lead, n,
		    strcmp(words[i], "none") == 0 ? "without a certificate" :
		    words[i]);
		lead = ", ";
	}
	lines_end(lines);
}

/* "overdue      shop.example (shop), 5 days left, letsencrypt". */
static void
detail_vhost(struct lines *lines, const struct vhost_summary *vhost,
    const struct detail *detail)
{
	int64_t left = vhost->not_after - detail->at;

	detail_label(lines, detail, vhost->word);
	text_escape(lines->out, vhost->servername, detail->width);
	if (vhost->user.len > 0) {
		buf_str(lines->out, " (");
		text_escape(lines->out, vhost->user, detail->width);
		buf_char(lines->out, ')');
	}
	if (vhost->has_dates) {
		buf_str(lines->out, left < 0 ? ", expired " : ", ");
		duration_format(lines->out, left);
		buf_str(lines->out, left < 0 ? " ago" : " left");
	}
	if (strcmp(vhost->issuer, "none") != 0)
		buf_printf(lines->out, ", %s", vhost->issuer);
	lines_end(lines);
}

/* Worst first, the rest in the server's order. */
static void
detail_vhosts(struct lines *lines, const struct result_facts *facts,
    const struct detail *detail)
{
	const struct vhost_summary *vhost;
	int rank;
	size_t i;

	for (rank = status_rank(STATUS_CRITICAL); rank >= 0; rank--)
		for (i = 0; i < facts->n_vhosts; i++) {
			vhost = &facts->vhosts[i];
			if (status_rank(vhost->status) == rank &&
			    (rank > 0 || detail->hashes ||
			    strcmp(vhost->word, "renewing") == 0))
				detail_vhost(lines, vhost, detail);
		}
	detail_conditions(lines, facts, detail);
}

void
detail_facts(struct lines *lines, const struct result *result,
    const struct detail *detail)
{
	const struct result_facts *facts = &result->facts;
	const struct {
		const char *label, *value;
	} rows[] = {
		{ "name", facts->host_unicode }, { "address", facts->address },
		{ "protocol", facts->protocol }, { "path", facts->path },
		{ "TLS version", facts->tls_version },
		{ "cipher", facts->cipher }, { "group", facts->group },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		detail_text(lines, detail, rows[i].label, rows[i].value);
	detail_bytes(lines, detail, "ALPN", facts->alpn);
	if (facts->client_cert_asked)
		detail_text(lines, detail, "client cert", "asked for");
	detail_trust(lines, facts, detail);
	if (facts->time_ms >= 0) {
		detail_label(lines, detail, "time");
		milli_format(lines->out, facts->time_ms);
		buf_str(lines->out, " s");
		lines_end(lines);
	}
	for (i = 0; i < facts->n_certs; i++)
		detail_cert(lines, &facts->certs[i], detail);
	detail_vhosts(lines, facts, detail);
}
