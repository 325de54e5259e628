/* SPDX-License-Identifier: ISC */
/*
 * Everything that a probe saw of one target.  A fact that could not be had is
 * an error in its slot, never an early exit.  Lives in the target's arena.
 */
#ifndef MODEL_OBSERVATION_H
#define MODEL_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/autossl.h"
#include "model/facts.h"
#include "model/revocation.h"
#include "model/target.h"

struct tls_facts {
	const char *version;		/* "TLSv1.3"; NULL: no handshake */
	int version_number;		/* 0x0304, ... */
	const char *cipher;
	const char *group;		/* key exchange group, or NULL */
	struct bytes alpn;		/* chosen protocol, or empty */
	bool client_cert_asked;
	bool secure_renegotiation;	/* RFC 5746, or TLS 1.3 */
	struct bytes *staples;		/* OCSP response sent with certs[i], or
					 * empty; NULL: none at all */
};

/* A local file given by an option, compared with what the target shows. */
struct side_file {
	bool wanted;
	struct err error;
	const char *path;
	bool match;			/* --key: belongs to the leaf */
	struct cert_facts *cert;	/* --compare: first certificate of it */
	struct bytes key_spki;		/* --key: its public part */
};

struct observation {
	const struct target *target;
	struct arena *arena;
	struct err error;		/* why there is nothing to judge */
	const char *phase;		/* where it stopped, in words */
	const char *address;		/* peer's address, or NULL */
	int64_t resolve_ms, connect_ms, tls_ms, total_ms;	/* -1: n/a */
	struct tls_facts tls;
	/* Presented or held, in their order; certs[0] is the leaf of a TLS
	 * target. */
	struct cert_facts *certs;
	size_t n_certs;
	size_t n_certs_all;		/* more than we keep were sent */
	bool from_file;
	const char *format;		/* files: "PEM", "PKCS#12", ... */
	size_t n_skipped;		/* files: blocks of other kinds */
	struct path_facts path;		/* of certs[leaf] */
	size_t leaf;
	struct side_file key, compare;
	/* check_ocsp: one per certificate of the path but the anchor. */
	struct rev_facts *revocation;
	size_t n_revocation;
	size_t n_revocation_left;	/* leaves of a file, too many to ask */
	/* check_autossl_queue: NULL otherwise. */
	const struct autossl_facts *autossl;
	/* --all-addresses: the leaf that another address of this name
	 * presented first (SHA-256), and that address; else NULL. */
	const uint8_t *other_leaf;
	const char *other_address;
};

#endif
