/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repairs JSON of other programs for a strict parser, so that one malformed value does not make the
 * whole document unreadable:
 *
 * - a byte order mark at the start is removed;
 * - a byte that is not UTF-8, and an unpaired surrogate, are replaced by U+FFFD;
 * - a number that fits neither in 64 bits nor in a double is put in quotes;
 * - with KIT_REPAIR_CONTROLS, a control character inside a string is escaped.
 *
 * All other errors are left for the parser to report.
 */
#ifndef ENSURE_KIT_JSON_REPAIR_H
#define ENSURE_KIT_JSON_REPAIR_H

#include <stdbool.h>

#include "ensure/provider.h"

#define KIT_REPAIR_CONTROLS 1u

/* The repaired text: a slice of text if there is nothing to replace, else a copy. *ret_depth is the
 * number of levels of its lists and objects. */
ens_str kit_json_repair(const struct ens_memory *memory, ens_str text, unsigned flags,
                        size_t *ret_depth);

/* Maps a position: the length of the prefix of text that became the first count bytes of the
 * repaired text. */
size_t kit_json_repair_source(ens_str text, unsigned flags, size_t count);

/* text without a leading byte order mark. */
ens_str kit_skip_mark(ens_str text);

/* Whether text looks like UTF-16, which some editors and shells write. */
bool kit_is_utf16(ens_str text);

#endif
