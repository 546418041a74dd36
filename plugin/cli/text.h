/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for terminals: escapes text of a cloud and measures it in columns, so that tables are
 * aligned in Chinese too. Measuring needs a UTF-8 LC_CTYPE locale, which main() sets.
 */
#ifndef ENSURE_CLI_TEXT_H
#define ENSURE_CLI_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

/* Returns one line of valid UTF-8: line ends and tabs become blanks; control characters,
 * bidirectional formatting characters and other non-printing characters become U+FFFD. All other
 * functions expect such clean text. */
ens_str ens_text_clean(struct ens_arena *arena, ens_str text);

size_t ens_text_width(ens_str text); /* columns */

/* The longest beginning that is at most this many columns wide, and how wide it is. */
ens_str ens_text_fit(ens_str text, size_t columns, size_t *ret_width);

/* Adds text and then blanks up to this many columns. */
void ens_text_pad(struct ens_buf *out, ens_str text, size_t columns);

/* Adds text, cut with an ellipsis where it is wider than this. */
void ens_text_cut(struct ens_buf *out, ens_str text, size_t columns);

/* Adds text as a paragraph: each line begins with indent blanks and ends with a line feed, none is
 * wider than width (0: one line). Lines break at blanks, and inside of words that are too long or
 * wide, as Chinese is. */
void ens_text_wrap(struct ens_buf *out, ens_str text, size_t indent, size_t width);

#endif
