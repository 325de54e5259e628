/* SPDX-License-Identifier: ISC */
/*
 * What the connections of a run share: everything allowed, the client's own
 * certificate, and OpenSSL set up for as little as is needed.
 */
#include "net/tls_private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/alloc.h"

/* A handshake in a group of this size takes a tenth of a second; one of 8192
 * bits would take more than a deadline may be missed by. */
#define DH_BITS_MAX 6144

/* Everything is allowed, and judged later; but no Diffie-Hellman group that
 * keeps us busy beyond the deadline. */
static int
tls_security(const SSL *conn, const SSL_CTX *shared, int op, int bits,
    int nid, void *other, void *arg)
{
	(void)conn;
	(void)shared;
	(void)bits;
	(void)nid;
	(void)arg;
	return op != SSL_SECOP_TMP_DH || other == NULL ||
	    EVP_PKEY_get_bits(other) <= DH_BITS_MAX;
}

struct password {
	const char *text;
	bool wanted;
};

/* Never asks on the terminal. */
static int
tls_password(char *out, int size, int writing, void *arg)
{
	struct password *password = arg;
	size_t len;

	(void)writing;
	password->wanted = true;
	len = password->text == NULL ? 0 : strlen(password->text);
	if (password->text == NULL || len > (size_t)size)
		return -1;
	memcpy(out, password->text, len);
	return (int)len;
}

static int
tls_use_chain(SSL_CTX *shared, struct bytes pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	struct password none = { NULL, false };
	X509 *cert = NULL;
	int ok = 0;

	if (bio != NULL)
		cert = PEM_read_bio_X509(bio, NULL, tls_password, &none);
	if (cert != NULL)
		ok = SSL_CTX_use_certificate(shared, cert);
	X509_free(cert);
	while (ok == 1 && (cert = PEM_read_bio_X509(bio, NULL, tls_password,
	    &none)) != NULL) {
		ok = SSL_CTX_add0_chain_cert(shared, cert) == 1;
		if (ok != 1)
			X509_free(cert);
	}
	BIO_free(bio);
	ERR_clear_error();
	return ok == 1 ? 0 : -1;
}

/* Traditional PEM encryption looks ciphers up in the table that
 * tls_init_library leaves empty. */
static void
tls_add_pem_ciphers(void)
{
	EVP_add_cipher(EVP_aes_128_cbc());
	EVP_add_cipher(EVP_aes_192_cbc());
	EVP_add_cipher(EVP_aes_256_cbc());
	EVP_add_cipher(EVP_des_ede3_cbc());
}

static int
tls_use_key(SSL_CTX *shared, struct bytes pem, const char *text,
    struct err *err)
{
	struct password password = { text, false };
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *key = NULL;
	int ok;

	tls_add_pem_ciphers();
	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, tls_password,
		    &password);
	BIO_free(bio);
	ok = key != NULL && SSL_CTX_use_PrivateKey(shared, key) == 1;
	ERR_clear_error();
	if (ok) {
		EVP_PKEY_free(key);
		return 0;
	}
	if (key != NULL) {
		EVP_PKEY_free(key);
		return err_set(err, ERR_USAGE,
		    "client key does not belong to the client certificate");
	}
	if (password.wanted)
		return err_set(err, ERR_PASSWORD, text == NULL ?
		    "client key needs a password" :
		    "client key: wrong password");
	return err_set(err, ERR_SYNTAX, "client key: no private key in PEM");
}

static int
tls_use_client(SSL_CTX *shared, const struct tls_options *options,
    struct err *err)
{
	struct bytes cert = options->client_cert, key = options->client_key;

	if (cert.len == 0 && key.len == 0)
		return 0;
	if (cert.len == 0)
		return err_set(err, ERR_USAGE,
		    "client key without a client certificate");
	if (key.len == 0)
		key = cert;
	if (cert.len > INT_MAX || key.len > INT_MAX)
		return err_set(err, ERR_LIMIT, "client certificate or key is "
		    "too large");
	if (tls_use_chain(shared, cert) != 0)
		return err_set(err, ERR_SYNTAX,
		    "client certificate: no certificate in PEM");
	return tls_use_key(shared, key, options->password, err);
}

/*
 * Three things that libssl does by itself and a check has no use for; they
 * are a fifth of a handshake's instructions.  What the application or another
 * library has set up before stays.
 * - The configuration file: it may hold a policy for TLS (minimum version,
 *   ciphers, groups), and here every server is to be seen.  Whoever names a
 *   file in OPENSSL_CONF, for another provider say, gets it.
 * - The table of cipher names: only traditional PEM encryption reads it.
 * - The cleanup at exit; a resolver thread may still be running then.
 */
static void
tls_init_library(void)
{
	uint64_t wanted = OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
	    OPENSSL_INIT_NO_ATEXIT;

	if (getenv("OPENSSL_CONF") == NULL)
		wanted |= OPENSSL_INIT_NO_LOAD_CONFIG;
	(void)OPENSSL_init_crypto(wanted, NULL);
}

/* The library's own list in its order, and behind it what old servers may
 * have instead. */
static int
tls_allow_groups(SSL_CTX *shared)
{
#if OPENSSL_VERSION_NUMBER >= 0x30500000L
	return SSL_CTX_set1_groups_list(shared, "DEFAULT:?secp224r1:"
	    "?secp256k1:?brainpoolP256r1:?brainpoolP384r1:?brainpoolP512r1:"
	    "?secp192r1");
#else
	int groups[] = { NID_X25519, NID_X9_62_prime256v1, NID_X448,
		NID_secp521r1, NID_secp384r1, NID_ffdhe2048, NID_ffdhe3072,
		NID_ffdhe4096, NID_ffdhe6144, NID_ffdhe8192, NID_secp224r1,
		NID_secp256k1, NID_brainpoolP256r1, NID_brainpoolP384r1,
		NID_brainpoolP512r1, NID_X9_62_prime192v1 };

	return (int)SSL_CTX_set1_groups(shared, groups,
	    (int)(sizeof(groups) / sizeof(*groups)));
#endif
}

/* No default may stand in the way: distributions build some in. */
static void
tls_allow_all(SSL_CTX *shared, const struct tls_options *options)
{
	uint64_t wanted = SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET |
	    SSL_OP_TLSEXT_PADDING;

#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
	/* The Certificate message is read as it is. */
	wanted |= SSL_OP_NO_RX_CERTIFICATE_COMPRESSION;
#endif
	SSL_CTX_set_options(shared, wanted);
	SSL_CTX_set_verify(shared, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_security_level(shared, 0);
	SSL_CTX_set_security_callback(shared, tls_security);
	SSL_CTX_set_min_proto_version(shared, options->version_min == 0 ?
	    TLS1_VERSION : options->version_min);
	SSL_CTX_set_max_proto_version(shared, options->version_max);
	/* Anonymous suites have no certificate to look at. */
	SSL_CTX_set_cipher_list(shared,
	    "ALL:COMPLEMENTOFDEFAULT:!aNULL:!eNULL");
	SSL_CTX_set_ciphersuites(shared, "TLS_AES_256_GCM_SHA384:"
	    "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
	    "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256");
	tls_allow_groups(shared);
	SSL_CTX_set_session_cache_mode(shared, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(shared, TLS_MESSAGE_MAX);
	SSL_CTX_set_read_ahead(shared, 1);
	SSL_CTX_set_mode(shared, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_msg_callback(shared, tls_private_message);
	if (options->want_staple)
		SSL_CTX_set_tlsext_status_type(shared,
		    TLSEXT_STATUSTYPE_ocsp);
	ERR_clear_error();
}

struct tls_context *
tls_context_new(const struct tls_options *options, struct err *err)
{
	struct tls_context *context = mem_alloc(sizeof(*context));

	if (context == NULL) {
		err_nomem(err);
		return NULL;
	}
	tls_init_library();
	context->shared = SSL_CTX_new(TLS_client_method());
	context->transport = tls_private_transport();
	if (context->shared == NULL || context->transport == NULL) {
		err_set(err, ERR_INTERNAL, "cannot set up TLS");
		ERR_clear_error();
		tls_context_free(context);
		return NULL;
	}
	tls_allow_all(context->shared, options);
	if (tls_use_client(context->shared, options, err) != 0) {
		tls_context_free(context);
		return NULL;
	}
	return context;
}

void
tls_context_free(struct tls_context *context)
{
	if (context == NULL)
		return;
	SSL_CTX_free(context->shared);
	BIO_meth_free(context->transport);
	mem_free(context);
}
