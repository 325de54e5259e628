/* SPDX-License-Identifier: ISC */
/*
 * Verifies signatures over something that was hashed while it was read
 * (RFC 4055, 5758, 8410): CRLs and OCSP answers.
 */
#ifndef PKI_SIGNATURE_H
#define PKI_SIGNATURE_H

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/err.h"

struct signature_input {
	struct bytes algorithm;	/* AlgorithmIdentifier, whole TLV */
	struct bytes signature;	/* octets */
	const EVP_MD *md;	/* from signature_digest; NULL: message */
	struct bytes digest;	/* of what is signed, by md */
	struct bytes message;	/* Ed25519, Ed448: what is signed */
};

/* The digest of that algorithm; NULL when it signs the whole message, or is
 * not known. */
const EVP_MD *signature_digest(struct bytes algorithm);
/* 0: the key of that certificate made it.  ERR_SYNTAX: it did not;
 * ERR_UNSUPPORTED: the algorithm cannot be had, is broken (MD5 and older), or
 * does not fit the key. */
int signature_verify(const struct signature_input *input, struct bytes cert,
    struct err *err);

#endif
