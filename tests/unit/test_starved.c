/* SPDX-License-Identifier: ISC */
/*
 * libcrypto without memory: whichever allocation fails, alone or with all
 * behind it, good is not bad and bad is not good.  Each attempt is a process
 * of its own, as once is for good.  Of many allocations some are tried;
 * MPC_FAULTS=all tries each.
 */
#include "pki/ossl.h"

#include <sys/wait.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "ocsp_make.h"
#include "pki/cert.h"
#include "pki/crl_judge.h"
#include "pki/der_scan.h"
#include "pki/load.h"
#include "pki/ocsp.h"
#include "pki/path.h"

#define FOREVER 1000000UL
#define PASSWORD "secret"

enum told { TRUTH, NOTHING, WRONG };

static struct made root, stranger, inter, leaf, past;
static struct bytes p12, p7, key_pem, key_spki;
static struct bytes answer_good, answer_revoked, answer_forged;
static struct bytes list_good, list_revoked, list_forged;

/* ---- what is asked about ---- */

static struct bytes
taken(BIO *bio)
{
	struct bytes out;
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	uint8_t *copy = len <= 0 ? NULL : mem_dup(data, (size_t)len);

	if (copy == NULL)
		bail("nothing was written");
	out = bytes_of(copy, (size_t)len);
	BIO_free(bio);
	return out;
}

static void
make_certs(void)
{
	struct cert_spec ca = { .cn = "root", .bc = "critical,CA:TRUE",
		.ku = "critical,keyCertSign,cRLSign" };
	struct cert_spec ee = { .cn = "leaf", .issuer = &inter,
		.serial = SERIAL };

	ca.key = EVP_RSA_gen(2048);
	root = make_cert(&ca);
	ca.key = EVP_EC_gen("P-256");
	stranger = make_cert(&ca);
	ca.cn = "inter";
	ca.key = EVP_EC_gen("P-256");
	ca.issuer = &root;
	inter = make_cert(&ca);
	ee.key = EVP_EC_gen("P-256");
	leaf = make_cert(&ee);
	ee.not_after = NOW - DAY;
	past = make_cert(&ee);
}

/* PKCS#7 of indefinite length, which libcrypto reads for us. */
static void
make_bag(void)
{
	PKCS7 *bag = PKCS7_new();
	BIO *bio = BIO_new(BIO_s_mem());
	uint8_t *der = NULL;
	struct der walk;
	struct tlv tlv;
	int len;

	PKCS7_set_type(bag, NID_pkcs7_signed);
	PKCS7_content_new(bag, NID_pkcs7_data);
	PKCS7_add_certificate(bag, inter.cert);
	len = i2d_PKCS7(bag, &der);
	walk = der_in(bytes_of(der, len > 0 ? (size_t)len : 0));
	if (der_next(&walk, &tlv) != 1)
		bail("no PKCS#7");
	BIO_write(bio, "\x30\x80", 2);
	BIO_write(bio, tlv.value.data, (int)tlv.value.len);
	BIO_write(bio, "\0\0", 2);
	p7 = taken(bio);
	PKCS7_free(bag);
	OPENSSL_free(der);
}

static void
make_files(void)
{
	STACK_OF(X509) *cas = sk_X509_new_null();
	BIO *bio = BIO_new(BIO_s_mem());
	PKCS12 *store;
	uint8_t *der = NULL;

	sk_X509_push(cas, inter.cert);
	store = PKCS12_create(PASSWORD, NULL, leaf.key, leaf.cert, cas, 0, 0,
	    100, 100, 0);
	i2d_PKCS12_bio(bio, store);
	PKCS12_free(store);
	p12 = taken(bio);
	bio = BIO_new(BIO_s_mem());
	PEM_write_bio_PrivateKey(bio, leaf.key, NULL, NULL, 0, NULL, NULL);
	key_pem = taken(bio);
	key_spki.len = (size_t)i2d_PUBKEY(leaf.key, &der);
	key_spki.data = der;
	sk_X509_free(cas);
	make_bag();
}

static struct bytes
make_answer_of(enum rev_outcome status, bool tamper)
{
	struct entry e = { .hash = EVP_sha256(), .cert = &leaf,
		.issuer = &inter, .status = status, .reason = -1,
		.revoked_at = NOW - 3 * DAY, .this_update = NOW - DAY,
		.next_update = NOW + DAY };
	struct answer a = { .entries = { e }, .n_entries = 1,
		.type = "\x01", .named = &inter, .key = inter.key,
		.md = EVP_sha256(), .produced_at = NOW - DAY,
		.version = -1, .zone = "Z", .trailing = "",
		.tamper = tamper };
	struct buf b = BUF_INIT;

	return make_answer(&b, &a);
}

static struct bytes
make_list(bool revoked, EVP_PKEY *key)
{
	X509_CRL *crl = X509_CRL_new();
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, NOW - DAY);
	uint8_t *der = NULL;
	int len;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(inter.cert));
	X509_CRL_set1_lastUpdate(crl, at);
	X509_REVOKED_set_revocationDate(entry, at);
	X509_REVOKED_set_serialNumber(entry,
	    X509_get_serialNumber(revoked ? leaf.cert : inter.cert));
	X509_CRL_add0_revoked(crl, entry);
	ASN1_TIME_set(at, NOW + DAY);
	X509_CRL_set1_nextUpdate(crl, at);
	X509_CRL_sign(crl, key, EVP_sha256());
	len = i2d_X509_CRL(crl, &der);
	ASN1_TIME_free(at);
	X509_CRL_free(crl);
	return bytes_of(der, (size_t)len);
}

static void
make_all(void)
{
	make_certs();
	make_files();
	answer_good = make_answer_of(REV_GOOD, false);
	answer_revoked = make_answer_of(REV_REVOKED, false);
	answer_forged = make_answer_of(REV_GOOD, true);
	list_good = make_list(false, inter.key);
	list_revoked = make_list(true, inter.key);
	list_forged = make_list(false, stranger.key);
}

/* ---- questions ---- */

/* What is UNKNOWN whatever the peer did. */
static bool
is_our_fault(const struct err *err)
{
	return err->kind == ERR_NOMEM || err->kind == ERR_INTERNAL;
}

static int
find_anchor(void *ctx, struct path_lookup *lookup, struct err *err)
{
	const struct made *anchor = ctx;
	const uint8_t *name;
	size_t len;

	(void)err;
	lookup->n = 0;
	if (X509_NAME_get0_der(X509_get_subject_name(anchor->cert), &name,
	    &len) == 1 && bytes_eq(bytes_of(name, len), lookup->subject))
		lookup->found[lookup->n++] = anchor->der;
	return 0;
}

static enum told
ask_path(const struct made *cert, struct made *anchor,
    enum path_status wanted)
{
	struct path_source source = { find_anchor, anchor };
	struct path_request request = { .leaf = cert->der,
		.others = &inter.der, .n_others = 1, .source = &source,
		.cache = path_cache_new(), .now = NOW,
		.server_purpose = true };
	struct arena *arena = arena_new();
	struct path_facts out;
	struct err err = ERR_INIT;

	if (arena == NULL)
		return NOTHING;
	if (path_check(arena, &request, &out, &err) != 0)
		return is_our_fault(&err) && out.status == PATH_ERROR ?
		    NOTHING : WRONG;
	return out.status == wanted ? TRUTH : WRONG;
}

static enum told
ask_answer(struct bytes der, enum rev_outcome wanted)
{
	struct ocsp_query query = { .cert = leaf.der, .issuer = inter.der,
		.now = NOW, .skew = 300 };
	struct arena *arena = arena_new();
	struct rev_answer out;
	struct err err = ERR_INIT;

	memset(&out, 0, sizeof(out));
	if (arena == NULL)
		return NOTHING;
	if (ocsp_read(arena, der, &query, &out, &err) != 0)
		return is_our_fault(&err) && out.outcome == REV_UNUSABLE ?
		    NOTHING : WRONG;
	return out.outcome == wanted ? TRUTH : WRONG;
}

static enum told
judge_list(struct arena *arena, struct bytes der, struct crl_judged *out,
    struct err *err)
{
	struct crl_query query = { .issuer = bytes_of(NULL, 0) };
	struct cert_facts cert;
	struct crl_subject subject = { .cert = &cert, .issuer = inter.der,
		.now = NOW, .skew = 300 };
	struct crl_list list = { .query = &query, .message = der };
	size_t used;

	if (cert_facts_read(arena, leaf.der, &cert, err) != 0)
		return WRONG;
	query.serial = cert.serial;
	list.reader = crl_new(arena, &query, 1, err);
	if (list.reader == NULL ||
	    crl_feed(list.reader, der, &used, err) != 0 ||
	    crl_finish(list.reader, &list.facts, err) != 0)
		return WRONG;
	memset(out, 0, sizeof(*out));
	crl_judge(arena, &list, &subject, out);
	return TRUTH;
}

static enum told
ask_list(struct bytes der, enum rev_outcome wanted)
{
	struct arena *arena = arena_new();
	struct crl_judged out;
	struct err err = ERR_INIT;

	if (arena == NULL)
		return NOTHING;
	if (judge_list(arena, der, &out, &err) != TRUTH)
		return is_our_fault(&err) ? NOTHING : WRONG;
	if (out.answer.outcome == REV_UNUSABLE &&
	    is_our_fault(&out.answer.error))
		return NOTHING;
	return out.answer.outcome == wanted ? TRUTH : WRONG;
}

static enum told
ask_file(struct bytes in, const char *password, size_t wanted)
{
	struct arena *arena = arena_new();
	struct load_result out = { .leaf = -1 };
	struct err err = ERR_INIT;

	if (arena == NULL)
		return NOTHING;
	if (load_certs(arena, in, password, &out, &err) != 0)
		return is_our_fault(&err) ? NOTHING : WRONG;
	return out.n_certs == wanted ? TRUTH : WRONG;
}

static enum told
ask_key(void)
{
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct bytes spki;

	if (arena == NULL)
		return NOTHING;
	if (load_key_spki(arena, key_pem, NULL, &spki, &err) != 0)
		return is_our_fault(&err) ? NOTHING : WRONG;
	return bytes_eq(spki, key_spki) ? TRUTH : WRONG;
}

static enum told
good_path(void)
{
	return ask_path(&leaf, &root, PATH_OK);
}

static enum told
expired_path(void)
{
	return ask_path(&past, &root, PATH_EXPIRED);
}

static enum told
untrusted_path(void)
{
	return ask_path(&leaf, &stranger, PATH_UNTRUSTED);
}

static enum told
good_answer(void)
{
	return ask_answer(answer_good, REV_GOOD);
}

static enum told
revoked_answer(void)
{
	return ask_answer(answer_revoked, REV_REVOKED);
}

static enum told
forged_answer(void)
{
	return ask_answer(answer_forged, REV_UNUSABLE);
}

static enum told
good_list(void)
{
	return ask_list(list_good, REV_GOOD);
}

static enum told
revoked_list(void)
{
	return ask_list(list_revoked, REV_REVOKED);
}

static enum told
forged_list(void)
{
	return ask_list(list_forged, REV_UNUSABLE);
}

static enum told
keystore(void)
{
	return ask_file(p12, PASSWORD, 2);
}

static enum told
bag(void)
{
	return ask_file(p7, NULL, 1);
}

static const struct {
	const char *name;
	enum told (*ask)(void);
} questions[] = {
	{ "a good path", good_path },
	{ "an expired one", expired_path },
	{ "one to nowhere", untrusted_path },
	{ "a good answer", good_answer },
	{ "that of a revoked one", revoked_answer },
	{ "a forged answer", forged_answer },
	{ "a CRL without it", good_list },
	{ "a CRL with it", revoked_list },
	{ "a forged CRL", forged_list },
	{ "PKCS#12", keystore },
	{ "PKCS#7", bag },
	{ "a key", ask_key },
};

/* ---- attempts ---- */

/* Most allocations are for keys; the last ones are for what is told. */
static const struct sweep {
	const char *name;
	bool onwards;
	unsigned long last;	/* of these; 0: of all */
	unsigned long tried;	/* about so many */
} sweeps[] = {
	{ "alone", false, 0, 80 },
	{ "and all that follow", true, 0, 40 },
	{ "of the last, alone", false, 300, 150 },
};

static enum told
attempt(enum told (*ask)(void), bool onwards, unsigned long nth)
{
	int status;
	pid_t pid = fork();

	if (pid == -1)
		bail("fork");
	if (pid == 0) {
		mem_fail_at(nth, onwards);
		_exit((int)ask());
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return WRONG;
	return (enum told)WEXITSTATUS(status);
}

/* In a child, too: what a process keeps would not be counted again. */
static unsigned long
allocations(enum told (*ask)(void))
{
	unsigned long n = 0, before;
	int ends[2];

	if (pipe(ends) != 0)
		bail("pipe");
	if (fork() == 0) {
		before = mem_count();
		(void)ask();
		n = mem_count() - before;
		_exit(write(ends[1], &n, sizeof(n)) == sizeof(n) ? 0 : 1);
	}
	close(ends[1]);
	if (read(ends[0], &n, sizeof(n)) != sizeof(n))
		bail("no count");
	close(ends[0]);
	wait(NULL);
	return n;
}

static void
test_sweep(const char *name, enum told (*ask)(void),
    const struct sweep *sweep)
{
	const char *faults = getenv("MPC_FAULTS");
	bool all = faults != NULL && strcmp(faults, "all") == 0;
	unsigned long n = allocations(ask), nth, told[3] = { 0 };
	unsigned long first = sweep->last == 0 || n < sweep->last ? 1 :
	    n - sweep->last;
	unsigned long step = all || n - first < 2 * sweep->tried ? 1 :
	    (n - first) / sweep->tried;
	enum told what;

	for (nth = first; nth <= n; nth += step) {
		what = attempt(ask, sweep->onwards, nth);
		told[what < WRONG ? what : WRONG]++;
		if (what >= WRONG && told[WRONG] < 5)
			diag("%s: allocation %lu of %lu", name, nth, n);
	}
	ok(n > 5 && told[WRONG] == 0 && told[NOTHING] > 0,
	    "%s, %lu allocations, 1 of %lu fails %s", name, n, step,
	    sweep->name);
}

static void
test_question(const char *name, enum told (*ask)(void))
{
	size_t i;

	is_int(attempt(ask, false, FOREVER), TRUTH, "%s", name);
	for (i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++)
		test_sweep(name, ask, &sweeps[i]);
}

int
main(void)
{
	unsigned long before = mem_count();
	struct err err = ERR_INIT;
	size_t i;

	is_int(ossl_begin(&err), 0, "libcrypto begins");
	ok(mem_count() > before, "and allocates by our allocator");
	is_int(ossl_starved(&err), 0, "of which it has enough");
	make_all();
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		test_question(questions[i].name, questions[i].ask);
	return tap_done();
}
