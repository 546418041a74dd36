/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for providers: borrowed slices, and text built in the memory that a call brings along.
 * Nothing here fails: ens_memory never returns NULL, and what the engine hands over is capped.
 */
#ifndef ENSURE_KIT_TEXT_H
#define ENSURE_KIT_TEXT_H

#include <stdbool.h>

#include "ensure/provider.h"

/* A slice of a string literal. */
#define KIT_STR(literal) ((ens_str){"" literal, sizeof(literal) - 1})

ens_str kit_str(const char *text);
bool kit_is(ens_str s, const char *text);
bool kit_starts(ens_str s, const char *prefix);
int kit_compare(ens_str a, ens_str b); /* byte order */
ens_str kit_trim(ens_str s);           /* ASCII blanks, tabs and line ends at both ends */

/* A decimal number of at most 15 digits and nothing else; -1 if it is none. */
int64_t kit_number(ens_str s);

/* Text that grows. The result is not terminated. */
struct kit_text {
    const struct ens_memory *memory;
    char *ptr;
    size_t len;
    size_t room;
};

struct kit_text kit_text_new(const struct ens_memory *memory);
void kit_text_add(struct kit_text *text, ens_str piece);
/* Percent-encoded (RFC 3986, upper-case digits) but for unreserved bytes and those in keep. */
void kit_text_add_encoded(struct kit_text *text, ens_str piece, const char *keep);
ens_str kit_text_done(const struct kit_text *text);

ens_str kit_copy(const struct ens_memory *memory, ens_str text);
ens_str kit_encode(const struct ens_memory *memory, ens_str text, const char *keep);
ens_str kit_hex(const struct ens_memory *memory, const uint8_t *bytes, size_t count);

/* KIT_CONCAT(memory, slice, ...): the slices in a row. */
ens_str kit_concat(const struct ens_memory *memory, const ens_str *pieces, size_t count);
#define KIT_CONCAT(memory, ...)                                                                    \
    kit_concat(memory, (const ens_str[]){__VA_ARGS__},                                             \
               sizeof((const ens_str[]){__VA_ARGS__}) / sizeof(ens_str))

/* The prefix and the number in decimal; printf would take longer than hashing such a name does. */
ens_str kit_numbered(const struct ens_memory *memory, const char *prefix, size_t number);

/* printf into memory; for short texts of our own. */
ens_str kit_format(const struct ens_memory *memory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
