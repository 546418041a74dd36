/* SPDX-License-Identifier: Apache-2.0 */
/* Splits a command line into the program and its arguments. */
#ifndef ENSURE_KIT_WORDS_H
#define ENSURE_KIT_WORDS_H

#include "ensure/provider.h"

#define KIT_WORDS_MAX 64

/* As a shell splits a simple command: blanks between words, '...' as it is, "..." and \ as escapes;
 * nothing is expanded. Returns the number of words; 0: there is none, there are more than
 * KIT_WORDS_MAX, or a quotation does not end. */
size_t kit_words_split(const struct ens_memory *memory, ens_str line, ens_str words[KIT_WORDS_MAX]);

#endif
