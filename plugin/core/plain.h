/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sanitizes untrusted text, above all a cloud's, before it is used in results, diagnostics and
 * logs: it can then neither control a terminal, nor end a line, nor hide or reorder adjacent text.
 * All such text passes this filter.
 *
 * Invalid UTF-8 bytes and invisible characters are replaced by U+FFFD: C0 and C1 controls, line and
 * paragraph separators, bidirectional controls, zero-width, format and tag characters, and
 * noncharacters. Tab and line feed are kept.
 */
#ifndef ENSURE_CORE_PLAIN_H
#define ENSURE_CORE_PLAIN_H

#include "base/arena.h"

/* Whether a code point is visible; false for tab and line feed too. */
bool ens_plain_is_shown(uint32_t code_point);

/* Returns text itself when nothing had to change, else a copy in the arena. */
ens_str ens_plain_text(struct ens_arena *arena, ens_str text);

/* Likewise, but on one line: tab and line feed become blanks, and blanks at both ends are removed.
 * Text longer than max bytes is truncated at a character boundary, with "..." appended. */
ens_str ens_cloud_text(struct ens_arena *arena, ens_str text, size_t max);

#endif
