/* SPDX-License-Identifier: ISC */
/*
 * Every CRL of the corpora, read by us and by OpenSSL, as it is and with
 * octets changed: whatever OpenSSL finds listed, we find; and the verdicts
 * that come with the corpora.  Skips without them ($MPC_CORPORA).
 */
#include <ftw.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/arena.h"
#include "base/clock.h"
#include "model/revocation.h"
#include "pki/crl_feed.h"
#include "pki/der_scan.h"
#include "pki/pem.h"
#include "tap.h"

#define FILE_SIZE_MAX (4 << 20)
#define MUTATIONS 400		/* of each small list */
#define MUTATED_MAX 2000	/* octets of a small list */

struct reading {
	struct arena *arena;
	struct crl_feed *feed;
	struct crl_list list;
	struct err err;
	bool ok;
};

static void
read_crl(struct reading *r, struct bytes der, struct crl_query *queries,
    size_t n)
{
	size_t from = 0, have = 0, used;

	memset(r, 0, sizeof(*r));
	r->arena = arena_new();
	r->feed = crl_feed_new(r->arena, queries, n, &r->err);
	r->ok = true;
	while (r->ok && have < der.len) {
		have = have + 4096 < der.len ? have + 4096 : der.len;
		r->ok = crl_feed_part(r->feed, bytes_of(der.data + from,
		    have - from), &used, &r->err) == 0;
		from += r->ok ? used : 0;
	}
	if (r->ok)
		r->ok = crl_feed_end(r->feed, &r->list, &r->err) == 0;
}

static void
reading_release(struct reading *r)
{
	crl_feed_free(r->feed);
	arena_free(r->arena);
}

/* Could it ever say that a certificate is good? */
static const char *
unusable(const struct crl_facts *facts)
{
	if (facts->unknown_critical || facts->unknown_entry_critical)
		return "critical";
	if (facts->is_delta)
		return "delta";
	if (facts->scope.some_reasons)
		return "reasons";
	if (facts->scope.attribute_only)
		return "attributes";
	if (facts->entry_issuers && !facts->scope.indirect)
		return "issuers of entries";
	return NULL;
}

/* Against OpenSSL. */

struct counts {
	unsigned lists, both, ours, theirs, neither, serials, differences;
	unsigned mutated, mutated_both, missed;
};

static struct counts counts;
static const char *current;	/* base name of the file */

/* What OpenSSL's decoder takes and we refuse; it finds some of it when it
 * verifies or judges. */
#define INVALID "OpenSSL marks the list as invalid and judges by none such"
static const struct known {
	const char *file, *why;
} knowns[] = {
	{ "crl.idp.unknown.tag.der", INVALID },
	{ "crl.idp.invalid.name.der", INVALID },
	{ "crl_idp_some_reasons.pem", "onlySomeReasons in a wrapping that it "
	    "does not have: the same" },
	{ "crl_idp_no_uris.pem", "a distribution point of no name" },
	{ "crl_idp_no_fullname.pem", "the same" },
	{ "crl_cert_issuer.pem", "a certificateIssuer without a name of an "
	    "issuer" },
	{ "crl.entry.issuer.ext.der", "a certificateIssuer that is none" },
	{ "crl_inval_cert_issuer_entry_ext.pem", "the same" },
	{ "crl_dup_entry_ext.pem", "the same extension twice in an entry" },
	{ "crlWithDuplicatesInCRLEntryExtensions.pem", "the same" },
	{ "crl_with_duplicate_ext.pem", "the same extension twice" },
	{ "crl_number_too_large.pem", "a number of more than 20 octets" },
	{ "crl.too.long.crl.number.der", "the same" },
	{ "crl_inner_outer_mismatch.der", "two signature algorithms: "
	    "X509_CRL_verify refuses it" },
	{ "crl.mismatched.sigalg.der", "the same" },
	{ "crl_invalid_time.der", "a time that is none: OpenSSL keeps the "
	    "text" },
	{ "crl_bad_version.pem", "a version that nobody has defined" },
	{ "crl.wrong.version.der", "the same" },
	{ NULL, NULL },
};

static bool
is_known(void)
{
	const struct known *known;

	for (known = knowns; known->file != NULL; known++)
		if (strcmp(known->file, current) == 0)
			return true;
	return false;
}

static void
differs(const char *what)
{
	counts.differences++;
	diag("%s: %s", current, what);
}

static bool
time_is(const ASN1_TIME *time, int64_t ours)
{
	struct civil civil;
	struct tm tm;
	int64_t at;

	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	civil = (struct civil){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec };
	return clock_from_civil(&civil, &at) == 0 && at == ours;
}

/* Contents of the INTEGER. */
static struct bytes
serial_of(const X509_REVOKED *entry, struct arena *arena)
{
	uint8_t *der = NULL;
	int len = i2d_ASN1_INTEGER(X509_REVOKED_get0_serialNumber(entry),
	    &der);
	struct der walk = der_in(bytes_of(der, (size_t)len));
	struct bytes copy;
	struct tlv tlv;

	if (len <= 0 || der_next(&walk, &tlv) != 1)
		bail("serial");
	copy = arena_bytes(arena, tlv.value);
	OPENSSL_free(der);
	return copy;
}

static struct crl_query *
queries_of(X509_CRL *crl, struct arena *arena, size_t *n)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl);
	struct crl_query *queries;
	size_t i;

	*n = entries == NULL ? 0 : (size_t)sk_X509_REVOKED_num(entries);
	queries = arena_array(arena, *n + 1, sizeof(*queries));
	for (i = 0; i < *n; i++)
		queries[i].serial = serial_of(sk_X509_REVOKED_value(entries,
		    (int)i), arena);
	queries[*n].serial = bytes_str("\x5a no such serial");
	(*n)++;
	return queries;
}

static void
compare_facts(X509_CRL *crl, const struct crl_facts *facts)
{
	uint8_t *der = NULL;
	int len = i2d_X509_NAME(X509_CRL_get_issuer(crl), &der);

	if (!bytes_eq(facts->issuer, bytes_of(der, (size_t)len)))
		differs("issuer");
	OPENSSL_free(der);
	if (!time_is(X509_CRL_get0_lastUpdate(crl), facts->this_update))
		differs("thisUpdate");
	if ((X509_CRL_get0_nextUpdate(crl) != NULL) !=
	    facts->has_next_update || (facts->has_next_update &&
	    !time_is(X509_CRL_get0_nextUpdate(crl), facts->next_update)))
		differs("nextUpdate");
}

/* Every serial of OpenSSL's list is listed for us: returns how many are
 * not. */
static unsigned
compare_entries(struct crl_query *queries, size_t n)
{
	unsigned missed = 0;
	size_t i;

	for (i = 0; i + 1 < n; i++)
		missed += !queries[i].listed;
	counts.serials += (unsigned)n;
	return missed + (queries[n - 1].listed ? 1 : 0);
}

static void
mutate(struct bytes der, unsigned long seed)
{
	struct arena *arena = arena_new();
	struct crl_query *queries;
	struct reading r;
	uint8_t *copy = (uint8_t *)(uintptr_t)arena_bytes(arena, der).data;
	const unsigned char *p = copy;
	X509_CRL *crl;
	size_t n;

	/* A fixed sequence, so that a failure comes back. */
	seed = seed * 2862933555777941757UL + 3037000493UL;
	copy[(seed >> 33) % der.len] ^= (uint8_t)(1U << (seed >> 29) % 8);
	if ((seed & 0x100000) != 0)
		copy[(seed >> 13) % der.len] = (uint8_t)(seed >> 40);
	counts.mutated++;
	crl = d2i_X509_CRL(NULL, &p, (long)der.len);
	if (crl != NULL && p == copy + der.len) {
		queries = queries_of(crl, arena, &n);
		read_crl(&r, bytes_of(copy, der.len), queries, n);
		if (r.ok) {
			counts.mutated_both++;
			compare_facts(crl, r.list.facts);
			counts.missed += compare_entries(queries, n);
		}
		reading_release(&r);
	}
	X509_CRL_free(crl);
	ERR_clear_error();
	arena_free(arena);
}

static void
compare(struct bytes der)
{
	struct arena *arena = arena_new();
	const unsigned char *p = der.data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der.len);
	struct crl_query none, *queries = &none;
	struct reading r;
	size_t n = 0;

	counts.lists++;
	if (crl != NULL)
		queries = queries_of(crl, arena, &n);
	read_crl(&r, der, queries, n);
	counts.both += crl != NULL && r.ok;
	counts.ours += crl == NULL && r.ok;
	counts.theirs += crl != NULL && !r.ok;
	counts.neither += crl == NULL && !r.ok;
	if ((crl != NULL) != r.ok && !is_known())
		differs(r.ok ? "OpenSSL does not read it" : r.err.text);
	if (crl != NULL && r.ok) {
		compare_facts(crl, r.list.facts);
		if (compare_entries(queries, n) > 0)
			differs("entries");
	}
	reading_release(&r);
	X509_CRL_free(crl);
	ERR_clear_error();
	arena_free(arena);
	for (n = 0; n < MUTATIONS && der.len > 0 && der.len < MUTATED_MAX; n++)
		mutate(der, n);
}

static struct bytes
slurp(const char *path, struct arena *arena)
{
	static uint8_t data[FILE_SIZE_MAX];
	FILE *file = fopen(path, "rb");
	size_t len = 0;

	if (file != NULL) {
		len = fread(data, 1, sizeof(data), file);
		fclose(file);
	}
	return arena_bytes(arena, bytes_of(data, len));
}

/* A TBSCertList begins otherwise than a certificate's: behind the version is
 * a SEQUENCE. */
static bool
looks_like_crl(struct bytes in)
{
	struct der der = der_in(in);
	struct tlv tlv;

	if (der_expect(&der, 0x30, &tlv) != 0)
		return false;
	der = der_in(tlv.value);
	if (der_expect(&der, 0x30, &tlv) != 0)
		return false;
	der = der_in(tlv.value);
	if (der.rest.len > 0 && der.rest.data[0] == 0x02)
		der_next(&der, &tlv);
	return der_next(&der, &tlv) == 1 && tlv.tag == 0x30 &&
	    der_next(&der, &tlv) == 1 && tlv.tag == 0x30 &&
	    der_next(&der, &tlv) == 1 && (tlv.tag == 0x17 || tlv.tag == 0x18);
}

static int
visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct arena *arena;
	struct bytes text, body;
	size_t pos = 0;
	uint8_t *der;
	long len;

	if (type != FTW_F || st->st_size > FILE_SIZE_MAX ||
	    strstr(path, "/openssl-fuzz/") != NULL)
		return 0;
	arena = arena_new();
	current = path + ftw->base;
	text = slurp(path, arena);
	if (looks_like_crl(text))
		compare(text);
	while (pem_next(text, &pos, "X509 CRL", &body) == 1) {
		der = arena_alloc(arena, PEM_DECODED_MAX(body.len));
		len = pem_decode(body, der);
		if (len > 0)
			compare(bytes_of(der, (size_t)len));
	}
	arena_free(arena);
	return 0;
}

static void
test_openssl(const char *corpora)
{
	nftw(corpora, visit, 16, FTW_PHYS);
	diag("%u lists: %u read by both, %u by us, %u by OpenSSL, %u by none; "
	    "%u serials; %u changed lists, %u read by both", counts.lists,
	    counts.both, counts.ours, counts.theirs, counts.neither,
	    counts.serials, counts.mutated, counts.mutated_both);
	ok(counts.both > 200, "lists that both read");
	is_uint(counts.differences, 0, "no difference without a reason");
	is_uint(counts.missed, 0, "no entry of a changed list is missed");
}

/* The verdicts of webpki and boulder. */

enum verdict {
	READ, REFUSED
};

/* Where we read what webpki refuses; all that it takes, we take. */
static const struct {
	const char *file;
	const char *why;
} reasons[] = {
	{ "crls/crl.invalid.this.update.time.der",
	    "the year 1 is a date; --max-age minds it" },
	{ "crls/crl.missing.next.update.der",
	    "crl_judge minds it, unless there is --max-age" },
	{ "crls/crl.missing.exts.der",
	    "that AKI and number must be there is a rule for CAs" },
	{ "crls/crl.negative.crl.number.der",
	    "counts as no number: without one there are no deltas" },
	{ "crls/crl.entry.invalid.reason.der",
	    "revoked for an unknown reason is revoked" },
	{ "crls/crl.idp.indirect_crl.der", "indirect lists are read" },
	{ "crls/crl.idp.name_relative_to_issuer.der",
	    "relative names are compared in full" },
	{ "crls/crl.idp.invalid.bool.der",
	    "not 0 is TRUE, and TRUE limits what the list covers" },
	{ "crls/crl.idp.no_distribution_point_name.der",
	    "onlyContainsUserCerts alone is a scope" },
	{ NULL, NULL },
};

static void
test_verdict(const char *folder, const char *file, enum verdict want)
{
	struct arena *arena = arena_new();
	struct reading r;
	const char *why = NULL;
	enum verdict got;
	char path[4096];
	size_t i;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	read_crl(&r, slurp(path, arena), NULL, 0);
	if (r.ok)
		why = unusable(r.list.facts);
	got = r.ok && why == NULL ? READ : REFUSED;
	for (i = 0; reasons[i].file != NULL; i++)
		if (strcmp(reasons[i].file, file) == 0)
			want = READ;
	is_int(got, want, "%s: %s", file, !r.ok ? r.err.text : why != NULL ?
	    why : "usable");
	reading_release(&r);
	arena_free(arena);
}

static void
test_table(const char *corpora, const char *name,
    int (*verdict)(const char *word))
{
	char path[4096], folder[4000], line[1024], *save;
	const char *file, *word;
	FILE *table;
	int want;

	snprintf(folder, sizeof(folder), "%s/%s", corpora, name);
	snprintf(path, sizeof(path), "%s/expected.tsv", folder);
	table = fopen(path, "r");
	if (table == NULL) {
		skip(1, "no %s", name);
		return;
	}
	while (fgets(line, sizeof(line), table) != NULL) {
		save = NULL;
		file = strtok_r(line, "\t\n", &save);
		if (file == NULL || file[0] == '#' ||
		    strtok_r(NULL, "\t\n", &save) == NULL)
			continue;
		word = strtok_r(NULL, "\t\n", &save);
		want = verdict(word == NULL ? "" : word);
		if (want >= 0 && strstr(file, "crl") != NULL &&
		    strncmp(file, "crl_distrib", 11) != 0)
			test_verdict(folder, file, (enum verdict)want);
	}
	fclose(table);
}

/* An error is written with a capital letter. */
static int
webpki(const char *word)
{
	/* The time is for crl_judge. */
	if (strncmp(word, "CrlExpired", 10) == 0)
		return READ;
	return word[0] >= 'A' && word[0] <= 'Z' ? REFUSED : READ;
}

/* Lints are about the rules of a profile: what breaks one may well be read,
 * but what breaks none must be. */
static int
boulder(const char *word)
{
	return strncmp(word, "Pass", 4) == 0 ? READ : -1;
}

/* Deltas that are given for complete lists. */
static void
test_deltas(const char *corpora)
{
	static const char *const files[] = {
		"delta-crl-as-complete-delta.pem",
		"delta-crl-as-complete-delta-reasons.pem"
	};
	char folder[4000];
	size_t i;

	snprintf(folder, sizeof(folder), "%s/openssl-ocsp/certs-crl",
	    corpora);
	if (access(folder, R_OK) != 0) {
		skip(1, "no %s", folder);
		return;
	}
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		test_verdict(folder, files[i], REFUSED);
}

int
main(void)
{
	const char *corpora = getenv("MPC_CORPORA");

	if (corpora == NULL || corpora[0] == '\0')
		skip_all("no corpora (MPC_CORPORA)");
	test_table(corpora, "webpki-crl", webpki);
	test_table(corpora, "boulder-crl-lints", boulder);
	test_deltas(corpora);
	test_openssl(corpora);
	return tap_done();
}
