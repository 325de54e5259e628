/* SPDX-License-Identifier: ISC */
/*
 * Longest validity of a TLS server certificate, by the day it was issued:
 * CA/Browser Forum Baseline Requirements 6.3.2 and their history.
 */
#include "checks/check.h"

#define DAY INT64_C(86400)

static const struct {
	int64_t from;		/* notBefore at or after */
	int64_t days;
} limits[] = {
	{ INT64_C(1868227200), 47 },	/* 2029-03-15 */
	{ INT64_C(1805068800), 100 },	/* 2027-03-15 */
	{ INT64_C(1773532800), 200 },	/* 2026-03-15 */
	{ INT64_C(1598918400), 398 },	/* 2020-09-01 */
	{ INT64_C(1519862400), 825 },	/* 2018-03-01 */
	{ INT64_C(1427846400), 1188 },	/* 2015-04-01: 39 months */
	{ INT64_C(1341100800), 1827 },	/* 2012-07-01: 60 months */
};

static void
run(const struct check_input *in, struct result *result)
{
	const struct cert_facts *leaf = &in->obs->certs[in->obs->leaf];
	int64_t days;
	size_t i;

	if (leaf->is_ca || !leaf->has_not_before || !leaf->has_not_after ||
	    leaf->not_after < leaf->not_before)
		return;
	if (leaf->has_eku && (leaf->eku & (EKU_SERVER_AUTH | EKU_ANY)) == 0)
		return;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (leaf->not_before >= limits[i].from)
			break;
	if (i == sizeof(limits) / sizeof(limits[0]))
		return;
	/* Both ends count (BR 1.6.1), but the one second that this adds to
	 * what most tools make of "398 days" is no reason to alarm. */
	days = (leaf->not_after - leaf->not_before + DAY - 1) / DAY;
	if (days > limits[i].days)
		result_bad(result, FINDING_CERT_LIFETIME, "leaf",
		    "valid for %lld days, at most %lld are allowed for its "
		    "issue date", (long long)days, (long long)limits[i].days);
	else
		result_ok(result, FINDING_CERT_LIFETIME, "leaf",
		    "valid for %lld days of at most %lld", (long long)days,
		    (long long)limits[i].days);
}

const struct check check_lifetime = { "lifetime", true, run };
