/* SPDX-License-Identifier: ISC */
/*
 * Where trust anchors come from: hashed directories (openssl rehash) first,
 * because a lookup there costs a file instead of a bundle; bundles, which
 * are scanned once and decoded only as far as a path needs, second.
 */
#ifndef PROBE_TRUSTSTORE_H
#define PROBE_TRUSTSTORE_H

#include "base/err.h"
#include "pki/path.h"

struct truststore;

/*
 * ca_file, ca_path (':'-separated): trust these only.  Both NULL: the
 * system's anchors, as OpenSSL finds them: SSL_CERT_DIR and SSL_CERT_FILE,
 * else its built-in directory and file.  ERR_IO and ERR_SYNTAX name a file
 * that was asked for and cannot be used; the system's own are only looked at
 * when a path needs them.
 */
struct truststore *truststore_new(const char *ca_file, const char *ca_path,
    struct err *err);
/* The certificates of one more file, trusted as well. */
int truststore_add(struct truststore *store, const char *file,
    struct err *err);
void truststore_free(struct truststore *store);		/* NULL-safe */
/* For path_check; the store must outlive the source's users. */
struct path_source truststore_source(struct truststore *store);

#endif
