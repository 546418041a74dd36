/* SPDX-License-Identifier: Apache-2.0 */
/* Text functions that allocate in the engine's memory. A slice is not NUL-terminated. */
#ifndef TOY_TEXT_H
#define TOY_TEXT_H

#include "ensure/provider.h"

#define TOY_STR(literal) ((ens_str){"" literal, sizeof(literal) - 1})

/* Concatenates the parts; the list ends with a part whose ptr is NULL. */
#define TOY_CONCAT(memory, ...) toy_concat(memory, (const ens_str[]){__VA_ARGS__, {NULL, 0}})
ens_str toy_concat(const struct ens_memory *memory, const ens_str *parts);

/* Joins the items with commas: "a,b,c". */
ens_str toy_join(const struct ens_memory *memory, const ens_str *items, size_t count);

/* Percent-encodes everything but A-Z a-z 0-9 - . _ ~ and comma. */
ens_str toy_encode(const struct ens_memory *memory, ens_str text);

/* Splits at the first separator: returns the part before it, *rest is the part after it. */
ens_str toy_cut(ens_str text, char separator, ens_str *rest);

#endif
