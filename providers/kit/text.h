/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text functions for providers: on borrowed slices, and on text built in the memory of a call. None
 * can fail: ens_memory never returns NULL, and the engine limits the size of arguments.
 */
#ifndef ENSURE_KIT_TEXT_H
#define ENSURE_KIT_TEXT_H

#include <stdbool.h>

#include "ensure/provider.h"

/* A slice of a string literal. */
#define KIT_STR(literal) ((ens_str){"" literal, sizeof(literal) - 1})
/* The same as an initializer in a static table. */
#define KIT_STR_INIT(literal)                                                                      \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

ens_str kit_str(const char *text);
bool kit_is(ens_str s, const char *text);
bool kit_is_nocase(ens_str s, const char *text); /* ASCII */
bool kit_starts(ens_str s, const char *prefix);
int kit_compare(ens_str a, ens_str b); /* byte order */
ens_str kit_trim(ens_str s);           /* removes ASCII blanks, tabs and line ends at both ends */

/* Parses a decimal number of 1 to 15 digits; -1 if s is anything else. */
int64_t kit_number(ens_str s);

/* A growing text. The result is not NUL-terminated. */
struct kit_text {
    const struct ens_memory *memory;
    char *ptr;
    size_t len;
    size_t room;
};

struct kit_text kit_text_new(const struct ens_memory *memory);
/* Makes room for more bytes; the functions below do so as they need it. */
void kit_text_grow(struct kit_text *text, size_t more);
static inline void kit_text_reserve(struct kit_text *text, size_t more)
{
    if (text->room - text->len < more) {
        kit_text_grow(text, more);
    }
}
void kit_text_add(struct kit_text *text, ens_str piece);
static inline void kit_text_add_byte(struct kit_text *text, char byte)
{
    kit_text_reserve(text, 1);
    text->ptr[text->len++] = byte;
}
/* Appends the piece percent-encoded (RFC 3986, upper-case digits), except unreserved bytes, and '/'
 * with keep_slash. */
void kit_text_add_encoded(struct kit_text *text, ens_str piece, bool keep_slash);
/* Appends a number in decimal, with zeros before it up to width digits (at most KIT_NUMBER_MAX). */
void kit_text_add_number(struct kit_text *text, size_t number, size_t width);
#define KIT_NUMBER_MAX ((size_t)20)
ens_str kit_text_done(const struct kit_text *text);

ens_str kit_copy(const struct ens_memory *memory, ens_str text);
ens_str kit_encode(const struct ens_memory *memory, ens_str text, bool keep_slash);
ens_str kit_hex(const struct ens_memory *memory, const uint8_t *bytes, size_t count);

/* KIT_CONCAT(memory, slice, ...): the concatenation of the slices. */
ens_str kit_concat(const struct ens_memory *memory, const ens_str *pieces, size_t count);
#define KIT_CONCAT(memory, ...)                                                                    \
    kit_concat(memory, (const ens_str[]){__VA_ARGS__},                                             \
               sizeof((const ens_str[]){__VA_ARGS__}) / sizeof(ens_str))

/* The prefix followed by the number in decimal. Faster than kit_format, which would take longer
 * than the hashing of such a name. */
ens_str kit_numbered(const struct ens_memory *memory, const char *prefix, size_t number);

/* printf into memory; only for short texts of limited length. */
ens_str kit_format(const struct ens_memory *memory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
