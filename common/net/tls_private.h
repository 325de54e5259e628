/* SPDX-License-Identifier: ISC */
/* What tls.c and tls_context.c share.  Nobody else includes it. */
#ifndef NET_TLS_PRIVATE_H
#define NET_TLS_PRIVATE_H

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "net/tls.h"

struct tls_context {
	SSL_CTX *shared;
	BIO_METHOD *transport;
};

/* Passes octets between libssl and a struct tls, which is the BIO's data. */
BIO_METHOD *tls_private_transport(void);
/* Called by libssl for each message, after decryption and before it is looked
 * into; arg is the struct tls. */
void tls_private_message(int sent, int version, int type, const void *data,
    size_t len, SSL *conn, void *arg);

#endif
