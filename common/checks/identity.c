/* SPDX-License-Identifier: ISC */
/*
 * Is it the very certificate that is expected: --fingerprint, --spki,
 * --serial, --issuer, --compare?
 */
#include "checks/check.h"

#include <regex.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

static const struct cert_facts *
leaf_of(const struct check_input *in)
{
	return &in->obs->certs[in->obs->leaf];
}

/* Hex of SHA-256 or SHA-1, in any usual notation. */
static bool
is_fingerprint(const struct cert_facts *cert, const char *text)
{
	uint8_t want[32];
	int len = text_unhex(text, want, sizeof(want));

	if (len == (int)sizeof(cert->sha256))
		return memcmp(want, cert->sha256, sizeof(want)) == 0;
	return len == (int)sizeof(cert->sha1) &&
	    memcmp(want, cert->sha1, sizeof(cert->sha1)) == 0;
}

/* SHA-256 of the SubjectPublicKeyInfo, hex or base64 (RFC 7469 pins). */
static bool
is_spki(const struct cert_facts *cert, const char *text)
{
	uint8_t want[48];
	long len;

	if (text_istarts(text, "sha256//"))
		text += 8;
	len = text_unhex(text, want, sizeof(want));
	if (len != (long)sizeof(cert->spki_sha256))
		len = text_unbase64(bytes_str(text), want, sizeof(want));
	return len == (long)sizeof(cert->spki_sha256) &&
	    memcmp(want, cert->spki_sha256, sizeof(cert->spki_sha256)) == 0;
}

/* Hex, leading zeros on either side do not count. */
static bool
is_serial(const struct cert_facts *cert, const char *text)
{
	struct bytes serial = cert->serial, want;
	uint8_t octets[64];
	char even[140];
	bool odd;
	int len;

	if (text_istarts(text, "0x"))
		text += 2;
	if (strlen(text) >= sizeof(even) - 1)
		return false;
	odd = strspn(text, "0123456789abcdefABCDEF") == strlen(text) &&
	    strlen(text) % 2 == 1;
	snprintf(even, sizeof(even), "%s%s", odd ? "0" : "", text);
	len = text_unhex(even, octets, sizeof(octets));
	if (len < 0)
		return false;
	want = bytes_of(octets, (size_t)len);
	while (want.len > 1 && want.data[0] == 0)
		want = bytes_of(want.data + 1, want.len - 1);
	while (serial.len > 1 && serial.data[0] == 0)
		serial = bytes_of(serial.data + 1, serial.len - 1);
	return bytes_eq(serial, want);
}

static void
judge_list(const struct check_input *in, struct result *result,
    const struct strings *wanted, enum finding_id id,
    bool (*matches)(const struct cert_facts *cert, const char *text))
{
	const char *what = id == FINDING_CERT_SERIAL ? "serial number" :
	    id == FINDING_CERT_SPKI ? "public key" : "fingerprint";
	const struct cert_facts *leaf = leaf_of(in);
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < wanted->n; i++)
		if (matches(leaf, wanted->items[i])) {
			result_ok(result, id, "leaf",
			    "%s is as expected", what);
			return;
		}
	if (wanted->n == 0)
		return;
	if (id == FINDING_CERT_SERIAL)
		text_hex(&text, leaf->serial, 0);
	else
		text_hex(&text, id == FINDING_CERT_SPKI ?
		    bytes_of(leaf->spki_sha256, sizeof(leaf->spki_sha256)) :
		    bytes_of(leaf->sha256, sizeof(leaf->sha256)), 0);
	if (text.len > 80)
		buf_cut(&text, 80);
	result_bad(result, id, "leaf", "unexpected %s: %s", what,
	    buf_text(&text));
	buf_release(&text);
}

/* The options' owner has compiled it once to see that it is a regular
 * expression; here it only fails when memory runs out. */
static void
judge_issuer(const struct check_input *in, struct result *result)
{
	struct bytes issuer = leaf_of(in)->issuer;
	const char *shown = result_clean(result, issuer, 80);
	regex_t regex;
	int miss;

	if (regcomp(&regex, in->options->issuer,
	    REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0) {
		result_bad(result, FINDING_INTERNAL, "",
		    "--issuer cannot be evaluated");
		return;
	}
	/* Matched against what is shown, so that no byte of the peer's can
	 * end the string early. */
	miss = regexec(&regex, result_clean(result, issuer, 0), 0, NULL, 0);
	regfree(&regex);
	if (miss == 0)
		result_ok(result, FINDING_CERT_ISSUER, "leaf",
		    "issued by %s", shown);
	else
		result_bad(result, FINDING_CERT_ISSUER, "leaf",
		    "unexpected issuer: %s", shown);
}

static void
describe(struct buf *out, const struct cert_facts *cert)
{
	struct bytes serial = cert->serial;

	buf_str(out, "serial ");
	if (serial.len > 20)
		serial.len = 20;
	text_hex(out, serial, 0);
	buf_str(out, ", expires ");
	if (cert->has_not_after)
		clock_format_date(out, cert->not_after);
	else
		buf_str(out, "never known");
}

static void
judge_compare(const struct check_input *in, struct result *result)
{
	const struct side_file *file = &in->obs->compare;
	const struct cert_facts *leaf = leaf_of(in);
	struct buf text = BUF_INIT;

	if (file->error.kind != ERR_NONE || file->cert == NULL) {
		result_add(result, FINDING_CERT_COMPARE,
		    STATUS_UNKNOWN, "leaf", "%s", file->error.text);
		return;
	}
	if (file->match) {
		result_ok(result, FINDING_CERT_COMPARE, "leaf",
		    "the certificate on disk is the one presented");
		return;
	}
	describe(&text, leaf);
	buf_str(&text, "; on disk: ");
	describe(&text, file->cert);
	result_bad(result, FINDING_CERT_COMPARE, "leaf",
	    "presented is not what is on disk%s: presented: %s",
	    leaf->not_before < file->cert->not_before ?
	    " (renewed but not loaded?)" : "", buf_text(&text));
	buf_release(&text);
}

static void
run(const struct check_input *in, struct result *result)
{
	const struct options *options = in->options;

	judge_list(in, result, &options->fingerprint,
	    FINDING_CERT_FINGERPRINT, is_fingerprint);
	judge_list(in, result, &options->spki, FINDING_CERT_SPKI, is_spki);
	judge_list(in, result, &options->serial, FINDING_CERT_SERIAL,
	    is_serial);
	if (options->issuer != NULL)
		judge_issuer(in, result);
	if (in->obs->compare.wanted)
		judge_compare(in, result);
}

const struct check check_identity = { "identity", true, run };
