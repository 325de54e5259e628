/* SPDX-License-Identifier: ISC */
/*
 * A Java keystore (JKS, version 2): magic, version, count, entries, and a
 * SHA-1 over the password in UTF-16BE, the words "Mighty Aphrodite" and all
 * that comes before the digest.  All numbers are big-endian; strings carry a
 * 16-bit length.
 */

#include "mkcert.h"

#include <openssl/sha.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JKS_MAGIC	0xfeedfeedU
#define JKS_KEY		1
#define JKS_TRUSTED	2

static void
number_put(BIO *out, uint64_t value, int octets)
{
	unsigned char	 octet;

	while (octets-- > 0) {
		octet = (unsigned char)(value >> (8 * octets));
		BIO_write(out, &octet, 1);
	}
}

static void
string_put(BIO *out, const char *text)
{
	number_put(out, strlen(text), 2);
	BIO_write(out, text, (int)strlen(text));
}

static void
cert_put(BIO *out, X509 *cert)
{
	int	 len = i2d_X509(cert, NULL);

	string_put(out, "X.509");
	number_put(out, (uint64_t)len, 4);
	if (i2d_X509_bio(out, cert) != 1)
		mkcert_die("certificate cannot be encoded");
}

static void
entry_head(BIO *out, int kind, const char *alias, int64_t now)
{
	number_put(out, (uint64_t)kind, 4);
	string_put(out, alias);
	number_put(out, (uint64_t)now * 1000, 8);
}

/*
 * EncryptedPrivateKeyInfo with Sun's own algorithm 1.3.6.1.4.1.42.2.17.1.1 and
 * 40 octets that decrypt to nothing.
 */
static void
key_put(BIO *out, STACK_OF(X509) *chain, int64_t now)
{
	static const unsigned char head[] = {
		0x30, 0x3a, 0x30, 0x0e, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04,
		0x01, 0x2a, 0x02, 0x11, 0x01, 0x01, 0x05, 0x00, 0x04, 0x28,
	};
	unsigned char	 blob[40];
	int		 i;

	memset(blob, 0xa5, sizeof(blob));
	entry_head(out, JKS_KEY, "key", now);
	number_put(out, sizeof(head) + sizeof(blob), 4);
	BIO_write(out, head, sizeof(head));
	BIO_write(out, blob, sizeof(blob));
	number_put(out, (uint64_t)sk_X509_num(chain), 4);
	for (i = 0; i < sk_X509_num(chain); i++)
		cert_put(out, sk_X509_value(chain, i));
}

static void
digest_put(BIO *out, const char *password)
{
	static const char	 salt[] = "Mighty Aphrodite";
	unsigned char		 digest[SHA_DIGEST_LENGTH], wide[2];
	EVP_MD_CTX		*ctx = EVP_MD_CTX_new();
	char			*data;
	long			 len = BIO_get_mem_data(out, &data);

	EVP_DigestInit(ctx, EVP_sha1());
	for (; *password != '\0'; password++) {
		wide[0] = 0;
		wide[1] = (unsigned char)*password;
		EVP_DigestUpdate(ctx, wide, sizeof(wide));
	}
	EVP_DigestUpdate(ctx, salt, sizeof(salt) - 1);
	EVP_DigestUpdate(ctx, data, (size_t)len);
	EVP_DigestFinal(ctx, digest, NULL);
	EVP_MD_CTX_free(ctx);
	BIO_write(out, digest, sizeof(digest));
}

static void
entries_put(BIO *out, const struct jks *jks)
{
	char	 alias[32];
	int	 i, trusted = jks->trust != NULL ? sk_X509_num(jks->trust) : 0;

	number_put(out, JKS_MAGIC, 4);
	number_put(out, 2, 4);
	number_put(out, (uint64_t)(trusted + (jks->chain != NULL)), 4);
	for (i = 0; i < trusted; i++) {
		snprintf(alias, sizeof(alias), "trusted%d", i + 1);
		entry_head(out, JKS_TRUSTED, alias, jks->now);
		cert_put(out, sk_X509_value(jks->trust, i));
	}
	if (jks->chain != NULL)
		key_put(out, jks->chain, jks->now);
}

void
mkcert_jks_write(const char *path, const struct jks *jks)
{
	BIO	*out = BIO_new(BIO_s_mem());
	FILE	*file = fopen(path, "w");
	char	*data;
	long	 len;

	if (out == NULL || file == NULL)
		mkcert_die("%s: cannot be opened", path);
	entries_put(out, jks);
	digest_put(out, jks->password);
	len = BIO_get_mem_data(out, &data);
	if (fwrite(data, 1, (size_t)len, file) != (size_t)len ||
	    fclose(file) != 0)
		mkcert_die("%s: cannot be written", path);
	BIO_free(out);
}
