/* SPDX-License-Identifier: ISC */
/*
 * Every certificate of the corpora, read by us and by OpenSSL: the same
 * facts, and nothing that OpenSSL cannot decode passes as well formed.
 * Skips without the corpora ($MPC_CORPORA).
 */
#include <ftw.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "pki/cert.h"
#include "pki/der_scan.h"
#include "pki/name.h"
#include "pki/pem.h"
#include "tap.h"

#define FILE_SIZE_MAX (1 << 20)
#define ANY "*"

/* The differences that there are, and why; file "*" is any. */
static const struct known {
	const char *field;
	const char *file;
	const char *why;
} knowns[] = {
	{ "critical", ANY, "OpenSSL takes every critical extension that its "
	    "path validation does not process as unknown; AIA, SKI, AKI and "
	    "the TLS feature are known to us" },
	{ "self-signed", "bad_signature_algorithm_oid.pem",
	    "an algorithm nobody can compute: the names and key identifiers "
	    "decide" },
	{ "self-signed", "rsa_pss_cert_no_sig_params.der",
	    "the same: without parameters RSASSA-PSS is not computed" },
	{ "self-signed", "san_empty_hostname.pem",
	    "signed with its own key, but its AKI names another serial "
	    "number, which is all that OpenSSL looks at" },
	{ "self-signed", "cdp_empty_hostname.pem", "the same" },
	{ "sans", "malformed-san.pem",
	    "the extension is malformed: OpenSSL reads none of it" },
	{ "sans", "extSANDuplicated.pem",
	    "two such extensions: we read the first, OpenSSL none" },
	{ "sans", "SANDNSNameNotFQDN.pem", "the same" },
	{ "sans", "san_edipartyname.der",
	    "OpenSSL cannot decode EDIPartyName, which nobody uses" },
	{ "invalid", "san_edipartyname.der", "the same" },
	{ "invalid", "ncOnX400.pem",
	    "OpenSSL cannot decode an X.400 address in nameConstraints, "
	    "which we do not look into: its path validation tells" },
};

struct counts {
	unsigned files, certs, decoded, malformed, differences;
};

static struct counts counts;
static const char *current;	/* base name of the file */
static bool hostile;		/* made by a fuzzer */

static void
differs(const char *field, const char *detail)
{
	size_t i;

	for (i = 0; i < sizeof(knowns) / sizeof(knowns[0]); i++)
		if (strcmp(knowns[i].field, field) == 0 &&
		    (strcmp(knowns[i].file, ANY) == 0 ||
		    strcmp(knowns[i].file, current) == 0))
			return;
	counts.differences++;
	diag("%s: %s: %s", current, field, detail);
}

static bool
time_of(const ASN1_TIME *time, int64_t *out)
{
	struct civil civil;
	struct tm tm;

	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	civil = (struct civil){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec };
	return clock_from_civil(&civil, out) == 0;
}

static void
compare_time(const char *field, const ASN1_TIME *theirs, bool has,
    int64_t ours)
{
	char detail[80];
	int64_t at = 0;
	bool readable = time_of(theirs, &at);

	if (hostile && !has)
		return;
	if (readable == has && (!has || at == ours))
		return;
	snprintf(detail, sizeof(detail), "ours %d %lld, OpenSSL %d %lld", has,
	    (long long)ours, readable, (long long)at);
	differs(field, detail);
}

static void
compare_uint(const char *field, unsigned long ours, unsigned long theirs)
{
	char detail[80];

	if (ours == theirs)
		return;
	snprintf(detail, sizeof(detail), "ours %lu, OpenSSL %lu", ours,
	    theirs);
	differs(field, detail);
}

static void
compare_bytes(const char *field, struct bytes ours,
    const ASN1_OCTET_STRING *theirs)
{
	struct bytes t = bytes_of(NULL, 0);

	if (theirs != NULL)
		t = bytes_of(ASN1_STRING_get0_data(theirs),
		    (size_t)ASN1_STRING_length(theirs));
	if (!bytes_eq(ours, t))
		differs(field, "other octets");
}

/* KeyUsage as X509_get_key_usage has it: the first octet is the low one. */
static uint32_t
key_usage_bits(const struct cert_facts *facts)
{
	uint32_t bits = 0;
	unsigned i;

	if (!facts->has_key_usage)
		return UINT32_MAX;
	for (i = 0; i < 16; i++)
		if ((facts->key_usage & 1U << i) != 0)
			bits |= i < 8 ? 0x80U >> i : 0x8000U >> (i - 8);
	return bits;
}

static void
compare_names(const struct cert_facts *facts, X509 *x)
{
	GENERAL_NAMES *sans = X509_get_ext_d2i(x, NID_subject_alt_name, NULL,
	    NULL);
	STACK_OF(OPENSSL_STRING) *ocsp = X509_get1_ocsp(x);
	uint32_t hash = 0;
	int good;

	compare_uint("hash", name_hash(facts->subject_der, &hash) == -1 ?
	    0 : hash, X509_NAME_hash_ex(X509_get_subject_name(x), NULL, NULL,
	    &good));
	compare_uint("self-issued", facts->self_issued,
	    X509_NAME_cmp(X509_get_subject_name(x),
	    X509_get_issuer_name(x)) == 0);
	compare_uint("sans", facts->n_sans, sans == NULL ? 0 :
	    (unsigned long)sk_GENERAL_NAME_num(sans));
	compare_uint("ocsp", facts->n_ocsp_urls, ocsp == NULL ? 0 :
	    (unsigned long)sk_OPENSSL_STRING_num(ocsp));
	GENERAL_NAMES_free(sans);
	X509_email_free(ocsp);
}

static void
compare_extensions(const struct cert_facts *facts, X509 *x)
{
	uint32_t flags = X509_get_extension_flags(x);

	/* OpenSSL then tells nothing more about the extensions. */
	if ((flags & EXFLAG_INVALID) != 0) {
		compare_uint("invalid", facts->malformed, 1);
		return;
	}
	compare_bytes("ski", facts->ski, X509_get0_subject_key_id(x));
	compare_bytes("aki", facts->aki, X509_get0_authority_key_id(x));
	compare_uint("is-ca", facts->is_ca, (flags & EXFLAG_CA) != 0);
	compare_uint("basic-constraints", facts->has_basic_constraints,
	    (flags & EXFLAG_BCONS) != 0);
	if (facts->is_ca)
		compare_uint("pathlen", (unsigned long)facts->pathlen,
		    (unsigned long)X509_get_pathlen(x));
	compare_uint("key-usage", key_usage_bits(facts),
	    X509_get_key_usage(x));
	compare_uint("eku", facts->has_eku, (flags & EXFLAG_XKUSAGE) != 0);
	if (facts->has_eku)
		compare_uint("eku-server",
		    (facts->eku & EKU_SERVER_AUTH) != 0,
		    (X509_get_extended_key_usage(x) & XKU_SSL_SERVER) != 0);
	if ((flags & EXFLAG_CRITICAL) != 0)
		compare_uint("critical", facts->unknown_critical, 1);
}

static void
compare_key(const struct cert_facts *facts, X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	int nid = X509_get_signature_nid(x);
	const char *name = OBJ_nid2ln(nid);
	int self;

	if (key != NULL && facts->key_type != KEY_UNKNOWN &&
	    facts->key_type != KEY_ED25519 && facts->key_type != KEY_ED448)
		compare_uint("key-bits", facts->key_bits,
		    (unsigned long)EVP_PKEY_get_bits(key));
	if (nid != NID_undef && facts->sig_strength != SIG_UNKNOWN &&
	    strncmp(facts->sig_name, name, strlen(name)) != 0)
		differs("sig-name", facts->sig_name);
	self = X509_self_signed(x, 1);
	if (self != -1)		/* it cannot tell */
		compare_uint("self-signed", cert_self_signed(facts), self == 1);
}

static void
compare_digests(const struct cert_facts *facts, X509 *x)
{
	uint8_t md[EVP_MAX_MD_SIZE];

	if (X509_digest(x, EVP_sha256(), md, NULL) == 1 &&
	    memcmp(md, facts->sha256, 32) != 0)
		differs("sha256", "other digest");
	if (X509_digest(x, EVP_sha1(), md, NULL) == 1 &&
	    memcmp(md, facts->sha1, 20) != 0)
		differs("sha1", "other digest");
}

static void
compare(const struct cert_facts *facts, X509 *x)
{
	compare_time("not-before", X509_get0_notBefore(x),
	    facts->has_not_before, facts->not_before);
	compare_time("not-after", X509_get0_notAfter(x), facts->has_not_after,
	    facts->not_after);
	/*
	 * OpenSSL reads BER.  Of a certificate that is no DER we may read
	 * less, but never another date.
	 */
	if (hostile && facts->malformed)
		return;
	compare_uint("version", (unsigned long)facts->version,
	    (unsigned long)X509_get_version(x) + 1);
	compare_names(facts, x);
	compare_extensions(facts, x);
	compare_key(facts, x);
	compare_digests(facts, x);
}

static void
check_der(struct bytes der)
{
	struct arena *arena = arena_new();
	const unsigned char *p = der.data;
	struct err err = ERR_INIT;
	struct cert_facts facts;
	X509 *x;

	counts.certs++;
	if (arena == NULL || cert_facts_read(arena, der, &facts, &err) == -1)
		bail("%s: %s", current, err.text);
	x = d2i_X509(NULL, &p, (long)der.len);
	if (x != NULL) {
		counts.decoded++;
		compare(&facts, x);
	} else if (!facts.malformed)
		differs("undecodable", "OpenSSL cannot decode it");
	counts.malformed += facts.malformed;
	if (getenv("MPC_CORPORA_VERBOSE") != NULL)
		diag("%s: %s%s", current, x == NULL ? "(undecodable) " : "",
		    facts.malformed ? facts.malformed_why : "fine");
	X509_free(x);
	ERR_clear_error();
	arena_free(arena);
}

static void
check_pem(struct bytes text)
{
	struct bytes body;
	size_t pos = 0;
	uint8_t *der, *exact;
	long len;

	while (pem_next(text, &pos, "CERTIFICATE", &body) == 1) {
		der = malloc(PEM_DECODED_MAX(body.len));
		len = der == NULL ? -1 : pem_decode(body, der);
		exact = len > 0 ? malloc((size_t)len) : NULL;
		if (exact != NULL) {
			memcpy(exact, der, (size_t)len);
			check_der(bytes_of(exact, (size_t)len));
		}
		free(exact);
		free(der);
	}
}

static int
visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	static uint8_t data[FILE_SIZE_MAX];
	uint8_t *copy;
	size_t len;
	FILE *file;

	if (type != FTW_F || st->st_size > FILE_SIZE_MAX ||
	    (file = fopen(path, "rb")) == NULL)
		return 0;
	len = fread(data, 1, sizeof(data), file);
	fclose(file);
	current = path + ftw->base;
	counts.files++;
	if (len == 0 || data[0] != 0x30) {
		check_pem(bytes_of(data, len));
		return 0;
	}
	copy = malloc(len);
	if (copy != NULL) {
		memcpy(copy, data, len);
		check_der(bytes_of(copy, len));
	}
	free(copy);
	return 0;
}

static const struct folder {
	const char *path;
	unsigned certs;		/* at least */
	bool hostile;
} folders[] = {
	{ "badkeys-testdata", 1, false },
	{ "badssl-chains", 30, false },
	{ "boringssl-chain", 50, false },
	{ "pyca-vectors", 50, false },
	{ "zlint-testdata", 900, false },
	{ "nist-pkits", 100, false },
	{ "openssl-fuzz/x509", 800, true },
	{ "openssl-ocsp", 1, false },
	{ "rfc-vectors", 1, false },
	{ "webpki-crl", 1, false },
	{ "ccadb-revoked-2026-07", 1, false },
};

int
main(void)
{
	const char *corpora = getenv("MPC_CORPORA");
	char path[4096];
	size_t i;

	if (corpora == NULL)
		skip_all("no corpora ($MPC_CORPORA)");
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", corpora,
		    folders[i].path);
		if (access(path, R_OK) != 0) {
			skip(2, "%s is not there", folders[i].path);
			continue;
		}
		memset(&counts, 0, sizeof(counts));
		hostile = folders[i].hostile;
		nftw(path, visit, 16, FTW_PHYS);
		ok(counts.certs >= folders[i].certs, "%s: %u certificates, "
		    "%u of them decoded by OpenSSL, %u malformed",
		    folders[i].path, counts.certs, counts.decoded,
		    counts.malformed);
		is_uint(counts.differences, 0, "%s: no unknown difference",
		    folders[i].path);
	}
	return tap_done();
}
