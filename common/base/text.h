/* SPDX-License-Identifier: ISC */
/*
 * Text: strict numbers, ASCII case, hexadecimal, escaping of what peers
 * send, the nearest word for a misspelt one.  Nothing here looks at the
 * locale.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

/*
 * Appends bytes from a peer so that they cannot shape our output: the result
 * is valid UTF-8, has no C0/C1 control, no NUL, no line or paragraph
 * separator, no bidi or zero-width or other invisible format character, no
 * `|`, `<`, `>`, '`'.  What is taken out is shown as \xHH (a byte) or
 * \u{HEX} (a code point); `|` becomes \x7c; a backslash becomes \\.
 * At most max characters (0 = no limit), then "...".
 */
void text_escape(struct buf *out, struct bytes in, size_t max);
/* The same for text that is escaped already or partly: backslashes stay as
 * they are, so that cleaning twice changes nothing. */
void text_clean(struct buf *out, struct bytes in, size_t max);
/* One character of the above, for who has no buffer: takes it from the front
 * of *in (not empty), writes it with a NUL, returns its length in bytes. */
#define TEXT_ESCAPE_SIZE 16
size_t text_clean_next(struct bytes *in, char out[TEXT_ESCAPE_SIZE]);
/* Would the character be taken out of a text because it is a control, a bidi
 * mark, invisible, or no character at all? */
bool text_is_unsafe(uint32_t code);
bool text_is_utf8(struct bytes in);		/* strict RFC 3629 */
/* Decodes one character; returns its length, 0 when invalid or in is empty. */
size_t text_utf8_next(struct bytes in, uint32_t *code);

/* Strict decimal: digits only (a sign only for i64), no leading blanks, no
 * trailing text, no overflow.  Returns 0 or -1 (nothing set). */
int text_u64(const char *s, uint64_t *out);
int text_i64(const char *s, int64_t *out);
/* Strict decimal with at most `places` digits after the point, scaled:
 * text_fixed("2.5", 3, &v) sets 2500.  Optional sign; no exponent. */
int text_fixed(struct bytes in, unsigned places, int64_t *out);
/* The way back, trailing zeros cut: (2500, 3) appends "2.5". */
void text_put_fixed(struct buf *out, int64_t v, unsigned places);

bool text_ieq(const char *a, const char *b);		/* ASCII case-blind */
bool text_starts(const char *s, const char *prefix);
bool text_istarts(const char *s, const char *prefix);
char text_lower(char c);				/* ASCII only */
/* The same for bytes, which may hold anything. */
bool text_same(struct bytes a, struct bytes b);
/* Octets before the words, which are lower case; in.len: not there. */
size_t text_ifind(struct bytes in, const char *words);
/* Without blanks and control octets at both ends. */
struct bytes text_strip(struct bytes in);
bool text_is_blank(const char *s);		/* empty or white space */
/* Cuts white space at both ends, in place; returns the new start. */
char *text_trim(char *s);

/* Lower case; sep 0: none. */
void text_hex(struct buf *out, struct bytes in, char sep);
/* Reads hex digits, ignoring ':' '-' and blanks between pairs.  Returns the
 * number of octets, or -1 when malformed or longer than size. */
int text_unhex(const char *s, uint8_t *out, size_t size);
/* Standard base64 with or without line breaks; returns length or -1. */
long text_unbase64(struct bytes in, uint8_t *out, size_t size);

/* Index of the nearest word (Damerau-Levenshtein distance at most a third of
 * the length, at least 1; prefix matches first), or -1. */
int text_nearest(const char *word, const char *const *words, size_t n);

#endif
