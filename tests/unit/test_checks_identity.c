/* SPDX-License-Identifier: ISC */
/* checks/identity: the very certificate that is expected, or another. */
#include "checks/check.h"
#include "tap.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define DAY INT64_C(86400)
#define NOW INT64_C(1796083200)		/* 2026-12-01 */

#define SHA1 "1111111111111111111111111111111111111111"
#define SHA256 "22222222222222222222222222222222" \
    "22222222222222222222222222222222"
#define SPKI "33333333333333333333333333333333" \
    "33333333333333333333333333333333"

static const uint8_t serial[] = { 0x00, 0x8f, 0x01 };

static void
leaf_init(struct cert_facts *leaf)
{
	memset(leaf, 0, sizeof(*leaf));
	memset(leaf->sha1, 0x11, sizeof(leaf->sha1));
	memset(leaf->sha256, 0x22, sizeof(leaf->sha256));
	memset(leaf->spki_sha256, 0x33, sizeof(leaf->spki_sha256));
	leaf->serial = bytes_of(serial, sizeof(serial));
	leaf->issuer = bytes_str("C=US,O=Let's Encrypt,CN=R|11");
	leaf->has_not_after = true;
	leaf->not_before = NOW - 30 * DAY;
	leaf->not_after = NOW + 60 * DAY;
}

enum what { PRINT, KEY, SERIAL };

static const struct {
	enum what what;
	const char *wanted[2];
	enum status status;
	const char *text;
} lists[] = {
	{ PRINT, { SHA256 }, STATUS_OK, "fingerprint is as expected" },
	{ PRINT, { SHA1 }, STATUS_OK, "fingerprint is as expected" },
	{ PRINT, { SPKI, SHA1 }, STATUS_OK, "fingerprint is as expected" },
	{ PRINT, { "11:11" }, STATUS_CRITICAL,
	    "unexpected fingerprint: " SHA256 },
	{ PRINT, { "xyz" }, STATUS_CRITICAL,
	    "unexpected fingerprint: " SHA256 },
	{ PRINT, { SPKI }, STATUS_CRITICAL,
	    "unexpected fingerprint: " SHA256 },
	{ KEY, { SPKI }, STATUS_OK, "public key is as expected" },
	{ KEY, { SHA256 }, STATUS_CRITICAL,
	    "unexpected public key: " SPKI },
	{ KEY, { SHA1 }, STATUS_CRITICAL, "unexpected public key: " SPKI },
	{ SERIAL, { "8F01" }, STATUS_OK, "serial number is as expected" },
	{ SERIAL, { "0x8f:01" }, STATUS_OK,
	    "serial number is as expected" },
	{ SERIAL, { "00008f01" }, STATUS_OK,
	    "serial number is as expected" },
	{ SERIAL, { "08f01" }, STATUS_OK, "serial number is as expected" },
	{ SERIAL, { "8f02", "8f01" }, STATUS_OK,
	    "serial number is as expected" },
	{ SERIAL, { "8f" }, STATUS_CRITICAL,
	    "unexpected serial number: 008f01" },
	{ SERIAL, { "number" }, STATUS_CRITICAL,
	    "unexpected serial number: 008f01" },
	{ SERIAL, { SHA256 SHA256 SHA256 }, STATUS_CRITICAL,
	    "unexpected serial number: 008f01" },
};

static const struct {
	const char *regex;
	enum status status;
	const char *text;
} issuers[] = {
	{ "let's encrypt", STATUS_OK,
	    "issued by C=US,O=Let's Encrypt,CN=R\\x7c11" },
	{ "^C=US.*CN=R", STATUS_OK,
	    "issued by C=US,O=Let's Encrypt,CN=R\\x7c11" },
	{ "sectigo", STATUS_CRITICAL,
	    "unexpected issuer: C=US,O=Let's Encrypt,CN=R\\x7c11" },
	{ "(", STATUS_UNKNOWN, "--issuer cannot be evaluated" },
};

/* What the check says: one finding, of this status and text. */
static void
judge(const struct observation *obs, const struct options *options,
    enum status status, const char *text)
{
	struct check_input in = { obs, options, NOW };
	struct report *report = report_new("check_x", "X");
	struct result *result = report_add(report, "t", "t");

	result->checked = true;
	check_identity.run(&in, result);
	is_uint(result->n_findings, 1, "%s: one finding", text);
	if (result->n_findings == 1) {
		is_int(result->findings[0].status, status, "%s: status",
		    text);
		is_str(result->findings[0].text, text, "%s: text", text);
	}
	report_free(report);
}

static void
test_lists(const struct observation *obs)
{
	struct strings wanted;
	struct options options;
	const char *items[2];
	size_t i;

	for (i = 0; i < N(lists); i++) {
		items[0] = lists[i].wanted[0];
		items[1] = lists[i].wanted[1];
		wanted = (struct strings){ .items = items,
			.n = items[1] == NULL ? 1 : 2 };
		memset(&options, 0, sizeof(options));
		if (lists[i].what == PRINT)
			options.fingerprint = wanted;
		else if (lists[i].what == KEY)
			options.spki = wanted;
		else
			options.serial = wanted;
		judge(obs, &options, lists[i].status, lists[i].text);
	}
}

static void
test_issuers(const struct observation *obs)
{
	struct options options;
	size_t i;

	memset(&options, 0, sizeof(options));
	for (i = 0; i < N(issuers); i++) {
		options.issuer = issuers[i].regex;
		judge(obs, &options, issuers[i].status, issuers[i].text);
	}
}

static void
test_compare(struct observation *obs)
{
	struct cert_facts file;
	struct options options;

	memset(&options, 0, sizeof(options));
	leaf_init(&file);
	obs->compare.wanted = true;
	err_set(&obs->compare.error, ERR_IO, "x: no such file");
	judge(obs, &options, STATUS_UNKNOWN, "x: no such file");
	err_clear(&obs->compare.error);
	obs->compare.cert = &file;
	obs->compare.match = true;
	judge(obs, &options, STATUS_OK,
	    "the certificate on disk is the one presented");
	obs->compare.match = false;
	file.not_before = NOW;
	file.not_after = NOW + 90 * DAY;
	judge(obs, &options, STATUS_CRITICAL, "presented is not what is on "
	    "disk (renewed but not loaded?): presented: serial 008f01, "
	    "expires 2027-01-30; on disk: serial 008f01, expires 2027-03-01");
	file.not_before = NOW - 60 * DAY;
	file.has_not_after = false;
	judge(obs, &options, STATUS_CRITICAL, "presented is not what is on "
	    "disk: presented: serial 008f01, expires 2027-01-30; on disk: "
	    "serial 008f01, expires never known");
}

int
main(void)
{
	struct observation obs;
	struct cert_facts leaf;

	memset(&obs, 0, sizeof(obs));
	leaf_init(&leaf);
	obs.certs = &leaf;
	obs.n_certs = 1;
	test_lists(&obs);
	test_issuers(&obs);
	test_compare(&obs);
	return tap_done();
}
