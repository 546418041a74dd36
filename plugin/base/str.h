/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions on borrowed slices of text (ens_str, defined with the provider ABI), none of which
 * copies. A slice is valid as long as the memory it points into.
 */
#ifndef ENSURE_BASE_STR_H
#define ENSURE_BASE_STR_H

#include <stdbool.h>

#include "ensure/provider.h"

/* A slice of a string literal; usable in static tables. */
#define ENS_STR(literal) ((ens_str){"" literal, sizeof(literal) - 1})
#define ENS_STR_INIT(literal)                                                                      \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

/* printf("%.*s", ENS_STR_ARG(s)) */
#define ENS_STR_ARG(s)                                                                             \
    ((int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len)), ((s).len ? (s).ptr : "")

ens_str ens_str_of(const char *text); /* NULL gives the empty slice */

bool ens_str_eq(ens_str a, ens_str b);
bool ens_str_is(ens_str s, const char *text);
bool ens_str_eq_nocase(ens_str a, ens_str b); /* ASCII */
int ens_str_cmp(ens_str a, ens_str b);        /* byte order, as memcmp */

bool ens_str_starts(ens_str s, ens_str prefix);
bool ens_str_ends(ens_str s, ens_str suffix);

/* Splits at the first separator: returns the part before it, *rest is the part after it. If there
 * is no separator, returns s, and *rest is empty with ptr NULL. */
ens_str ens_str_cut(ens_str s, char separator, ens_str *rest);

ens_str ens_str_trim(ens_str s); /* removes ASCII blanks, tabs and line ends at both ends */

/* Whether all bytes are in the set; true for the empty slice. */
bool ens_str_all_in(ens_str s, const char *set);

/* Glob match: '*' in pattern matches any run of characters. matches ignores the case of ASCII
 * letters. */
bool ens_str_glob(ens_str s, ens_str pattern);
bool ens_str_matches(ens_str s, ens_str pattern);

/* The ending of a noun that is counted: "s", but for 1 "". */
const char *ens_plural(size_t count);

/* Parses a decimal number of 1 to 18 digits; no sign and no blanks. */
bool ens_str_to_i64(ens_str s, int64_t *ret);

#endif
