/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter for text that somebody else wrote, above all a cloud: what goes on into results,
 * diagnostics and logs can neither drive a terminal, nor end a line, nor hide or turn round what
 * stands beside it. There is only this one.
 *
 * Each byte that is not UTF-8, and each character that is not to be seen, becomes U+FFFD: C0 and C1
 * controls, line and paragraph separators, marks for the direction of writing, characters without
 * width, format and tag characters, and code points that are no characters. Tab and line feed stay.
 */
#ifndef ENSURE_CORE_PLAIN_H
#define ENSURE_CORE_PLAIN_H

#include "base/arena.h"

/* Whether a code point may be shown; false for tab and line feed too. */
bool ens_plain_is_shown(uint32_t code_point);

/* Returns text itself when nothing had to change, else a copy in the arena. */
ens_str ens_plain_text(struct ens_arena *arena, ens_str text);

/* Likewise, but on one line: tab and line feed become blanks, blanks at both ends go, and what is
 * longer than max bytes is cut between characters and ends with "...". */
ens_str ens_cloud_text(struct ens_arena *arena, ens_str text, size_t max);

#endif
