/* SPDX-License-Identifier: ISC */
/*
 * The TLS side: contexts that send exactly the certificates given, and the
 * life of a connection from the handshake on.
 */

#include "tls_server.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void
load_die(const char *path)
{
	unsigned long	 code = ERR_peek_last_error();
	const char	*why = ERR_reason_error_string(code);

	tls_server_die(1, "%s: %s", path, why != NULL ? why : strerror(errno));
}

static FILE *
file_open(const char *path)
{
	FILE	*file = fopen(path, "r");

	if (file == NULL)
		tls_server_die(1, "%s: %s", path, strerror(errno));
	return file;
}

/* All certificates of a PEM file; the first one becomes the server's. */
static void
certs_load(SSL_CTX *ctx, const char *path, int first)
{
	FILE	*file = file_open(path);
	X509	*cert;
	int	 count = 0;

	while ((cert = PEM_read_X509(file, NULL, NULL, NULL)) != NULL) {
		if (first && count == 0) {
			if (SSL_CTX_use_certificate(ctx, cert) != 1)
				load_die(path);
			X509_free(cert);
		} else if (SSL_CTX_add0_chain_cert(ctx, cert) != 1)
			load_die(path);
		count++;
	}
	if (count == 0)
		load_die(path);
	ERR_clear_error();
	fclose(file);
}

static void
key_load(SSL_CTX *ctx, const char *path)
{
	FILE		*file = file_open(path);
	EVP_PKEY	*key = PEM_read_PrivateKey(file, NULL, NULL, NULL);

	if (key == NULL || SSL_CTX_use_PrivateKey(ctx, key) != 1)
		load_die(path);
	EVP_PKEY_free(key);
	fclose(file);
}

static int
version_parse(const char *text, int fallback)
{
	static const int versions[] = { TLS1_VERSION, TLS1_1_VERSION,
	    TLS1_2_VERSION, TLS1_3_VERSION };

	if (text == NULL)
		return fallback;
	if (strlen(text) != 3 || strncmp(text, "1.", 2) != 0 ||
	    text[2] < '0' || text[2] > '3')
		tls_server_die(2, "%s: not a TLS version", text);
	return versions[text[2] - '0'];
}

static int
verify_any(int ok, X509_STORE_CTX *store)
{
	(void)ok;
	(void)store;
	return 1;
}

static int
sni_select(SSL *ssl, int *alert, void *arg)
{
	const struct config	*config = arg;
	const char		*name;
	int			 i;

	name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	for (i = 0; name != NULL && i < config->sni_count; i++) {
		if (strcasecmp(config->sni[i].name, name) == 0) {
			SSL_set_SSL_CTX(ssl, config->sni[i].ctx);
			return SSL_TLSEXT_ERR_OK;
		}
	}
	if (!config->require_sni)
		return SSL_TLSEXT_ERR_OK;
	*alert = SSL_AD_UNRECOGNIZED_NAME;
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int
alpn_select(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned int in_len, void *arg)
{
	const struct config	*config = arg;
	unsigned char		*chosen;

	(void)ssl;
	if (SSL_select_next_proto(&chosen, out_len, config->alpn_wire,
	    config->alpn_len, in, in_len) == OPENSSL_NPN_NEGOTIATED) {
		*out = chosen;
		return SSL_TLSEXT_ERR_OK;
	}
	return config->require_alpn ? SSL_TLSEXT_ERR_ALERT_FATAL :
	    SSL_TLSEXT_ERR_NOACK;
}

/* The ALPN callback is not called for a client that offers nothing. */
static int
hello_look(SSL *ssl, int *alert, void *arg)
{
	const struct config	*config = arg;
	const unsigned char	*data;
	size_t			 len;

	if (!config->require_alpn || SSL_client_hello_get0_ext(ssl,
	    TLSEXT_TYPE_application_layer_protocol_negotiation, &data, &len))
		return SSL_CLIENT_HELLO_SUCCESS;
	*alert = SSL_AD_NO_APPLICATION_PROTOCOL;
	return SSL_CLIENT_HELLO_ERROR;
}

static int
staple_send(SSL *ssl, void *arg)
{
	const struct config	*config = arg;
	unsigned char		*copy;

	copy = OPENSSL_memdup(config->staple_der, (size_t)config->staple_len);
	if (copy == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, config->staple_len);
	return SSL_TLSEXT_ERR_OK;
}

static void
client_verify(SSL_CTX *ctx, const struct config *config)
{
	int	 mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;

	if (config->client_ca == NULL) {
		SSL_CTX_set_verify(ctx, mode, verify_any);
		return;
	}
	SSL_CTX_set_verify(ctx, mode, NULL);
	if (SSL_CTX_load_verify_file(ctx, config->client_ca) != 1)
		load_die(config->client_ca);
}

static SSL_CTX *
ctx_new(struct config *config, const char *cert, const char *key,
    const char *chain)
{
	SSL_CTX	*ctx = SSL_CTX_new(TLS_server_method());
	char	 ciphers[512];

	if (ctx == NULL)
		tls_server_die(1, "out of memory");
	snprintf(ciphers, sizeof(ciphers), "%s:@SECLEVEL=0",
	    config->ciphers != NULL ? config->ciphers : "ALL");
	SSL_CTX_set_security_level(ctx, 0);
	if (SSL_CTX_set_cipher_list(ctx, ciphers) != 1)
		load_die(config->ciphers != NULL ? config->ciphers : "ALL");
	SSL_CTX_set_min_proto_version(ctx,
	    version_parse(config->tls_min, TLS1_VERSION));
	SSL_CTX_set_max_proto_version(ctx,
	    version_parse(config->tls_max, TLS1_3_VERSION));
	SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_dh_auto(ctx, 1);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"t", 1);
	certs_load(ctx, cert, 1);
	if (chain != NULL)
		certs_load(ctx, chain, 0);
	key_load(ctx, key);
	SSL_CTX_set_tlsext_servername_callback(ctx, sni_select);
	SSL_CTX_set_tlsext_servername_arg(ctx, config);
	SSL_CTX_set_client_hello_cb(ctx, hello_look, config);
	if (config->alpn_len > 0)
		SSL_CTX_set_alpn_select_cb(ctx, alpn_select, config);
	if (config->staple_der != NULL) {
		SSL_CTX_set_tlsext_status_cb(ctx, staple_send);
		SSL_CTX_set_tlsext_status_arg(ctx, config);
	}
	if (config->verify_client)
		client_verify(ctx, config);
	return ctx;
}

/* NAME:CERT:KEY[:CHAIN] */
static void
sni_load(struct config *config, const char *text)
{
	struct sni	*sni = &config->sni[config->sni_count++];
	char		*copy = strdup(text), *save = NULL;
	const char	*cert, *key, *chain;

	if (copy == NULL)
		tls_server_die(1, "out of memory");
	sni->name = strtok_r(copy, ":", &save);
	cert = strtok_r(NULL, ":", &save);
	key = strtok_r(NULL, ":", &save);
	chain = strtok_r(NULL, ":", &save);
	if (key == NULL)
		tls_server_die(2, "--sni %s: NAME:CERT:KEY[:CHAIN]", text);
	sni->ctx = ctx_new(config, cert, key, chain);
}

static void
alpn_load(struct config *config)
{
	char	*copy, *save = NULL, *name;
	size_t	 len;

	if (config->alpn == NULL)
		return;
	copy = strdup(config->alpn);
	config->alpn_wire = calloc(1, strlen(config->alpn) + 2);
	if (copy == NULL || config->alpn_wire == NULL)
		tls_server_die(1, "out of memory");
	for (name = strtok_r(copy, ",", &save); name != NULL;
	    name = strtok_r(NULL, ",", &save)) {
		len = strlen(name);
		config->alpn_wire[config->alpn_len] = (unsigned char)len;
		memcpy(config->alpn_wire + config->alpn_len + 1, name, len);
		config->alpn_len += (unsigned int)len + 1;
	}
	free(copy);
}

static void
staple_load(struct config *config)
{
	FILE	*file;

	if (config->staple == NULL)
		return;
	file = file_open(config->staple);
	config->staple_der = malloc(65536);
	if (config->staple_der == NULL)
		tls_server_die(1, "out of memory");
	config->staple_len = (long)fread(config->staple_der, 1, 65536, file);
	fclose(file);
}

void
tls_server_tls_load(struct config *config)
{
	int	 i;

	if (config->cert == NULL)
		return;
	if (config->staples != NULL) {
		tls_server_gnutls_load(config);
		return;
	}
	alpn_load(config);
	staple_load(config);
	config->ctx = ctx_new(config, config->cert, config->key,
	    config->chain);
	for (i = 0; i < SNI_MAX && config->sni_text[i] != NULL; i++)
		sni_load(config, config->sni_text[i]);
}

static void
http_serve(struct conn *conn)
{
	static const char	 answer[] = "HTTP/1.1 200 OK\r\n"
				    "Content-Type: text/plain\r\n"
				    "Content-Length: 3\r\n"
				    "Connection: close\r\n\r\nok\n";
	char			 request[8192];
	int			 got, len = 0;

	while (len + 1 < (int)sizeof(request)) {
		got = SSL_read(conn->ssl, request + len,
		    (int)sizeof(request) - 1 - len);
		if (got <= 0)
			return;
		len += got;
		request[len] = '\0';
		if (strstr(request, "\r\n\r\n") != NULL)
			break;
	}
	(void)SSL_write(conn->ssl, answer, sizeof(answer) - 1);
	conn->end = "served";
}

static void
client_note(struct conn *conn)
{
	X509	*cert = SSL_get1_peer_certificate(conn->ssl);
	char	*p;

	if (cert == NULL)
		return;
	if (X509_NAME_get_text_by_NID(X509_get_subject_name(cert),
	    NID_commonName, conn->client, sizeof(conn->client)) == -1)
		snprintf(conn->client, sizeof(conn->client), "?");
	for (p = conn->client; *p != '\0'; p++)
		*p = *p <= ' ' || *p == '=' ? '_' : *p;
	X509_free(cert);
}

void
tls_server_tls_run(struct conn *conn)
{
	char	 scratch[4096];
	BIO	*bio;

	if (conn->config->gnutls != NULL) {
		tls_server_gnutls_run(conn);
		return;
	}
	bio = tls_server_wire_bio(&conn->wire);
	conn->end = "handshake-failed";
	if (conn->config->ctx == NULL || bio == NULL)
		return;
	conn->ssl = SSL_new(conn->config->ctx);
	if (conn->ssl == NULL)
		return;
	SSL_set_bio(conn->ssl, bio, bio);
	/* A ticket behind the handshake would still be wrapped in TDS. */
	if (conn->wire.tds)
		SSL_set_num_tickets(conn->ssl, 0);
	if (conn->config->tickets >= 0)
		SSL_set_num_tickets(conn->ssl,
		    (size_t)conn->config->tickets);
	conn->wire.records = conn->config->records;
	if (SSL_accept(conn->ssl) != 1) {
		if (conn->config->records >= 0) {
			tls_server_fault_raw(conn);
			return;
		}
		/* The alert must arrive before the connection goes. */
		tls_server_wire_drain(&conn->wire);
		return;
	}
	conn->wire.tds = 0;
	conn->end = "eof";
	client_note(conn);
	tls_server_fault_after(conn);
	if (conn->config->serve_http)
		http_serve(conn);
	else
		while (SSL_read(conn->ssl, scratch, sizeof(scratch)) > 0)
			continue;
	if (SSL_get_shutdown(conn->ssl) & SSL_RECEIVED_SHUTDOWN)
		conn->end = "closed";
	(void)SSL_shutdown(conn->ssl);
}
