/* SPDX-License-Identifier: ISC */
/*
 * The characters of an attribute value, whatever string type it is written
 * in, as they are or in the form that names are compared in (RFC 5280 7.1 in
 * OpenSSL's reading: ASCII case folded, white space collapsed and cut at both
 * ends, string types alike).
 */
#ifndef PKI_NAME_CHARS_H
#define PKI_NAME_CHARS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct name_chars {
	uint8_t tag;		/* string type */
	struct bytes rest;
	bool fold;
	bool started, has_held;	/* state of folding */
	uint32_t held;
};

/* A string type whose characters are known? */
bool name_chars_known(uint8_t tag);
void name_chars_init(struct name_chars *chars, uint8_t tag,
    struct bytes value, bool fold);
/* 1 and the next code point, 0 at the end, -1 invalid for its type. */
int name_chars_next(struct name_chars *chars, uint32_t *code);
/* UTF-8 of one code point; returns its length, 1 to 4. */
size_t name_chars_utf8(uint32_t code, uint8_t out[4]);

#endif
