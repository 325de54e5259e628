/* SPDX-License-Identifier: ISC */
/*
 * A large CRL: made, and read in several ways, each for a process of its own
 * (tests/bench/crl).
 *
 *	crl make COUNT FILE	a CRL of COUNT entries and FILE.crt, its CA
 *	crl hash FILE		reads and hashes, nothing else
 *	crl ours FILE		reads, looks up, verifies: this project
 *	crl openssl FILE	decodes, verifies, looks up: OpenSSL
 *
 * Prints milliseconds of processor and wall time, and the peak of memory.
 */
#include <sys/resource.h>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "pki/crl_feed.h"

#define BLOCK 262144
#define SERIAL_LEN 18

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
put_serial(uint8_t *out, uint32_t i)
{
	uint64_t x = ((uint64_t)i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	size_t k;

	for (k = 0; k < SERIAL_LEN; k++)
		out[k] = (uint8_t)(x >> (k % 8 * 8));
	out[0] = (uint8_t)(0x40 | (out[0] & 0x3f));
	out[1] = (uint8_t)(i >> 24);
	out[2] = (uint8_t)(i >> 16);
	out[3] = (uint8_t)(i >> 8);
	out[4] = (uint8_t)i;
}

static void
put_entry(struct buf *out, uint32_t i)
{
	static const uint8_t reason[] = { 0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03,
		0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01, 0x01 };
	uint8_t head[] = { 0x30, 0, 0x02, SERIAL_LEN };
	uint8_t serial[SERIAL_LEN];

	put_serial(serial, i);
	head[1] = (uint8_t)(2 + SERIAL_LEN + 15 + (i % 2 ? sizeof(reason) :
	    0));
	buf_add(out, head, sizeof(head));
	buf_add(out, serial, sizeof(serial));
	buf_add(out, "\x17\x0d" "260101000000Z", 15);
	if (i % 2)
		buf_add(out, reason, sizeof(reason));
}

/* Tag and length, in front of what is there. */
static void
wrap(struct buf *body)
{
	uint8_t head[6] = { 0x30, 0x84, (uint8_t)(body->len >> 24),
		(uint8_t)(body->len >> 16), (uint8_t)(body->len >> 8),
		(uint8_t)body->len };
	size_t n = body->len < 0x1000000 ? 1 : 0;
	struct buf out = BUF_INIT;

	buf_init(&out, 1U << 30);
	head[1 + n] = (uint8_t)(0x84 - n);
	head[n] = 0x30;
	buf_add(&out, head + n, sizeof(head) - n);
	buf_add(&out, body->data, body->len);
	buf_release(body);
	*body = out;
}

static void
make_ca(EVP_PKEY *key, const char *path, struct buf *name)
{
	X509 *x = X509_new();
	X509_NAME *dn = X509_get_subject_name(x);
	uint8_t *der = NULL;
	FILE *file = fopen(path, "w");
	int len;

	X509_NAME_add_entry_by_txt(dn, "CN", MBSTRING_UTF8,
	    (const unsigned char *)"Bench CA", -1, -1, 0);
	X509_set_issuer_name(x, dn);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	if (file == NULL || X509_sign(x, key, EVP_sha256()) == 0)
		fail(path);
	i2d_X509_fp(file, x);
	fclose(file);
	len = i2d_X509_NAME(dn, &der);
	buf_add(name, der, (size_t)len);
	OPENSSL_free(der);
	X509_free(x);
}

static void
make(uint32_t count, const char *path)
{
	static const char algorithm[] = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7"
	    "\x0d\x01\x01\x0b\x05\x00";
	EVP_PKEY *key = EVP_RSA_gen(2048);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf list, tbs;
	char cert[4096];
	uint8_t signature[256];
	size_t len = sizeof(signature);
	uint32_t i;
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	buf_init(&list, 1U << 30);
	buf_init(&tbs, 1U << 30);
	snprintf(cert, sizeof(cert), "%s.crt", path);
	buf_add(&tbs, "\x02\x01\x01", 3);
	buf_add(&tbs, algorithm, sizeof(algorithm) - 1);
	make_ca(key, cert, &tbs);
	buf_add(&tbs, "\x17\x0d" "260101000000Z" "\x17\x0d" "360101000000Z",
	    30);
	for (i = 0; i < count; i++)
		put_entry(&list, i);
	wrap(&list);
	buf_add(&tbs, list.data, list.len);
	wrap(&tbs);
	if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(ctx, signature, &len,
	    (const unsigned char *)tbs.data, tbs.len) != 1)
		fail("signing");
	buf_add(&tbs, algorithm, sizeof(algorithm) - 1);
	buf_add(&tbs, "\x03\x82\x01\x01\x00", 5);
	buf_add(&tbs, signature, len);
	wrap(&tbs);
	if (fd < 0 || write(fd, tbs.data, tbs.len) != (ssize_t)tbs.len)
		fail(path);
	close(fd);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	buf_release(&list);
	buf_release(&tbs);
}

static void
hash(int fd)
{
	static uint8_t block[BLOCK];
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned len;
	ssize_t n;

	EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	while ((n = read(fd, block, sizeof(block))) > 0)
		EVP_DigestUpdate(ctx, block, (size_t)n);
	EVP_DigestFinal_ex(ctx, digest, &len);
	EVP_MD_CTX_free(ctx);
	printf("%02x ", digest[0]);
}

static struct bytes
read_cert(struct arena *arena, const char *path)
{
	uint8_t block[4096];
	char name[4096];
	ssize_t n;
	int fd;

	snprintf(name, sizeof(name), "%s.crt", path);
	fd = open(name, O_RDONLY);
	n = read(fd, block, sizeof(block));
	if (n <= 0)
		fail(name);
	close(fd);
	return arena_bytes(arena, bytes_of(block, (size_t)n));
}

/* The last entry, which has a reason when their number is even. */
static void
ours(int fd, const char *path, uint32_t count)
{
	static uint8_t block[BLOCK];
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	uint8_t serial[SERIAL_LEN];
	struct crl_query query = { .serial = { serial, SERIAL_LEN } };
	struct crl_feed *feed = crl_feed_new(arena, &query, 1, &err);
	struct crl_list list;
	size_t have = 0, used;
	ssize_t n;

	put_serial(serial, count - 1);
	while ((n = read(fd, block + have, sizeof(block) - have)) > 0) {
		have += (size_t)n;
		if (crl_feed_part(feed, bytes_of(block, have), &used,
		    &err) != 0)
			break;
		memmove(block, block + used, have - used);
		have -= used;
	}
	if (crl_feed_end(feed, &list, &err) != 0 || crl_verify(list.reader,
	    read_cert(arena, path), list.message, &err) != 0 ||
	    !query.listed) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	printf("%llu entries ", (unsigned long long)list.facts->entries);
	crl_feed_free(feed);
	arena_free(arena);
}

static void
openssl(const char *path, uint32_t count)
{
	struct arena *arena = arena_new();
	struct bytes der = read_cert(arena, path);
	const unsigned char *p = der.data;
	X509 *cert = d2i_X509(NULL, &p, (long)der.len);
	BIO *bio = BIO_new_file(path, "rb");
	X509_CRL *crl = d2i_X509_CRL_bio(bio, NULL);
	uint8_t serial[SERIAL_LEN];
	X509_REVOKED *entry;
	ASN1_INTEGER *number;
	BIGNUM *bn;

	put_serial(serial, count - 1);
	bn = BN_bin2bn(serial, SERIAL_LEN, NULL);
	number = BN_to_ASN1_INTEGER(bn, NULL);
	if (crl == NULL || X509_CRL_verify(crl, X509_get0_pubkey(cert)) != 1 ||
	    X509_CRL_get0_by_serial(crl, &entry, number) != 1)
		fail("openssl");
	X509_CRL_free(crl);
	X509_free(cert);
	BIO_free(bio);
	BN_free(bn);
	ASN1_INTEGER_free(number);
	arena_free(arena);
}

static double
since(clockid_t clock, const struct timespec *from)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)(now.tv_sec - from->tv_sec) * 1e3 +
	    (double)(now.tv_nsec - from->tv_nsec) / 1e6;
}

int
main(int argc, char **argv)
{
	struct timespec cpu, wall;
	struct rusage usage;
	uint32_t count = argc > 3 ? (uint32_t)atoi(argv[3]) : 0;
	int fd;

	if (argc == 4 && strcmp(argv[1], "make") == 0) {
		make((uint32_t)atoi(argv[2]), argv[3]);
		return 0;
	}
	if (argc < 4 || (fd = open(argv[2], O_RDONLY)) < 0)
		fail("usage: crl make COUNT FILE | hash|ours|openssl FILE "
		    "COUNT");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	clock_gettime(CLOCK_MONOTONIC, &wall);
	if (strcmp(argv[1], "hash") == 0)
		hash(fd);
	else if (strcmp(argv[1], "ours") == 0)
		ours(fd, argv[2], count);
	else
		openssl(argv[2], count);
	getrusage(RUSAGE_SELF, &usage);
	printf("cpu %.1f ms wall %.1f ms peak %ld kB\n",
	    since(CLOCK_PROCESS_CPUTIME_ID, &cpu),
	    since(CLOCK_MONOTONIC, &wall), usage.ru_maxrss);
	close(fd);
	return 0;
}
