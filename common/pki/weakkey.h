/* SPDX-License-Identifier: ISC */
/*
 * Keys that can be broken without a list of leaked ones: exponents that are
 * 1, even or exchanged, small moduli, ROCA (CVE-2017-15361), primes so close
 * that Fermat's method finds them (CVE-2022-26320), moduli with small
 * factors.
 */
#ifndef PKI_WEAKKEY_H
#define PKI_WEAKKEY_H

#include "base/bytes.h"
#include "base/err.h"

/* spki: SubjectPublicKeyInfo DER.  Returns static text that says how the key
 * can be broken, or NULL when none of the ways works.  Bounded in time for
 * any input (keys above 16,384 bits are not tried). */
const char *weakkey_check(struct bytes spki);

#endif
