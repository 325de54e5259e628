/* SPDX-License-Identifier: ISC */
/*
 * Names: is the leaf valid for the host (RFC 9525), does it cover what --san
 * asks for, and, with --san-exact, nothing else?
 */
#include "checks/check.h"

#include "base/buf.h"
#include "base/text.h"
#include "model/hostname.h"

#define NAMES_IN_TEXT 3
#define NAME_WIDTH 60
#define EXTRA_IN_TEXT 5

static const struct cert_facts *
leaf_of(const struct check_input *in)
{
	return &in->obs->certs[in->obs->leaf];
}

static bool
is_name(const struct san *san)
{
	return san->type == SAN_DNS || san->type == SAN_IP;
}

static void
append_name(struct buf *out, const struct san *san)
{
	struct buf raw = BUF_INIT;

	san_format(&raw, san);
	text_escape(out, buf_bytes(&raw), NAME_WIDTH);
	buf_release(&raw);
}

/* "it names a, b, c and 3 more" */
static void
list_names(struct buf *out, const struct cert_facts *cert)
{
	size_t i, shown = 0, more = 0;

	for (i = 0; i < cert->n_sans; i++) {
		if (!is_name(&cert->sans[i]))
			continue;
		if (shown == NAMES_IN_TEXT) {
			more++;
			continue;
		}
		buf_str(out, shown++ == 0 ? "it names " : ", ");
		append_name(out, &cert->sans[i]);
	}
	if (more > 0)
		buf_printf(out, " and %zu more", more);
	if (shown > 0)
		return;
	buf_str(out, "it has no subject alternative name");
	if (cert->common_name.len > 0)
		buf_str(out, " (the common name does not count)");
}

static void
judge_name(const struct check_input *in, struct result *result,
    const char *name)
{
	struct buf text = BUF_INIT;

	text_escape(&text, bytes_str(name), 0);
	if (hostname_covered(leaf_of(in), name)) {
		result_ok(result, FINDING_CERT_NAME, "leaf",
		    "valid for %s", buf_text(&text));
	} else {
		buf_str(&text, ": ");
		list_names(&text, leaf_of(in));
		result_bad(result, FINDING_CERT_NAME, "leaf",
		    "certificate is not valid for %s", buf_text(&text));
	}
	buf_release(&text);
}

/* What the leaf has to be valid for: the names asked for, else the name sent
 * in the handshake, else the host. */
static const char *
default_name(const struct target *target)
{
	if (target->sni != NULL && *target->sni != '\0')
		return target->sni;
	return target->host;
}

static const struct strings *
expected(const struct check_input *in)
{
	return in->obs->target->names.n > 0 ? &in->obs->target->names :
	    &in->options->name;
}

static bool
has_default_name(const struct check_input *in)
{
	return expected(in)->n == 0 && !in->obs->from_file &&
	    !in->obs->target->from_network;
}

static void
judge_names(const struct check_input *in, struct result *result)
{
	const struct strings *names = expected(in);
	size_t i;

	for (i = 0; i < names->n; i++)
		judge_name(in, result, names->items[i]);
	if (has_default_name(in))
		judge_name(in, result, default_name(in->obs->target));
}

/* The same name or address, as text. */
static bool
same_name(const struct san *san, const char *name)
{
	struct buf text = BUF_INIT;
	uint8_t address[16];
	unsigned len;
	bool same;

	if (san->type == SAN_IP) {
		len = hostname_address(name, address);
		return len > 0 &&
		    bytes_eq(san->value, bytes_of(address, len));
	}
	san_format(&text, san);
	same = text.len == strlen(name) && text_ieq(buf_text(&text), name);
	buf_release(&text);
	return same;
}

/* Wildcards can be asked for as they stand in the certificate. */
static bool
is_covered(const struct cert_facts *cert, const char *name)
{
	size_t i;

	if (hostname_covered(cert, name))
		return true;
	for (i = 0; i < cert->n_sans; i++)
		if (cert->sans[i].type == SAN_DNS &&
		    same_name(&cert->sans[i], name))
			return true;
	return false;
}

static void
judge_wanted(const struct check_input *in, struct result *result)
{
	const struct strings *wanted = &in->options->san;
	struct buf missing = BUF_INIT;
	size_t i, n = 0;

	for (i = 0; i < wanted->n; i++) {
		if (is_covered(leaf_of(in), wanted->items[i]))
			continue;
		buf_str(&missing, n++ == 0 ? "" : ", ");
		text_escape(&missing, bytes_str(wanted->items[i]), NAME_WIDTH);
	}
	if (n > 0)
		result_bad(result, FINDING_CERT_SAN, "leaf",
		    "%zu of %zu required names missing: %s", n, wanted->n,
		    buf_text(&missing));
	else
		result_ok(result, FINDING_CERT_SAN, "leaf",
		    "all %zu required names covered", wanted->n);
	buf_release(&missing);
}

static bool
in_list(const struct strings *list, const struct san *san)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (same_name(san, list->items[i]))
			return true;
	return false;
}

static bool
is_wanted(const struct check_input *in, const struct san *san)
{
	if (in_list(&in->options->san, san) || in_list(expected(in), san))
		return true;
	return has_default_name(in) &&
	    same_name(san, default_name(in->obs->target));
}

static void
judge_extra(const struct check_input *in, struct result *result)
{
	const struct cert_facts *leaf = leaf_of(in);
	struct buf extra = BUF_INIT;
	size_t i, n = 0;

	for (i = 0; i < leaf->n_sans; i++) {
		if (is_wanted(in, &leaf->sans[i]))
			continue;
		if (n++ >= EXTRA_IN_TEXT)
			continue;
		buf_str(&extra, n == 1 ? "" : ", ");
		append_name(&extra, &leaf->sans[i]);
	}
	if (n > EXTRA_IN_TEXT)
		buf_printf(&extra, " and %zu more", n - EXTRA_IN_TEXT);
	if (n > 0)
		result_bad(result, FINDING_CERT_SAN_EXTRA, "leaf",
		    "%zu unexpected name%s: %s", n, n == 1 ? "" : "s",
		    buf_text(&extra));
	else
		result_ok(result, FINDING_CERT_SAN_EXTRA, "leaf",
		    "no unexpected names");
	buf_release(&extra);
}

static void
run(const struct check_input *in, struct result *result)
{
	judge_names(in, result);
	if (in->options->san.n > 0)
		judge_wanted(in, result);
	if (in->options->san_exact)
		judge_extra(in, result);
}

const struct check check_names = { "names", true, run };
