/* SPDX-License-Identifier: ISC */
/*
 * Lists of leaked keys: SHA-256 digests of SubjectPublicKeyInfo, as text
 * (one hexadecimal digest per line, # comments, any order) or as sorted
 * binary records of 32 octets, which are mapped and searched in place.
 */
#ifndef PROBE_KEYLIST_H
#define PROBE_KEYLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct keylist;

/* ERR_IO; ERR_SYNTAX names the file and the bad line, or says that binary
 * records are not sorted. */
struct keylist *keylist_open(const char *path, struct err *err);
void keylist_close(struct keylist *list);	/* NULL-safe */
bool keylist_has(const struct keylist *list, const uint8_t digest[32]);
size_t keylist_size(const struct keylist *list);

#endif
