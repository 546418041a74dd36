/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON from outside, made fit for a strict parser: what is wrong with a value never hides the
 * values beside it.
 *
 * - a byte order mark at the start is skipped;
 * - a byte that is not UTF-8, and a surrogate without its other half, become U+FFFD;
 * - a number that fits neither 64 bits nor a double becomes its own text;
 * - with KIT_REPAIR_CONTROLS, a control character inside a text is escaped.
 *
 * Everything else stays as it is, for the parser to judge.
 */
#ifndef ENSURE_KIT_JSON_REPAIR_H
#define ENSURE_KIT_JSON_REPAIR_H

#include <stdbool.h>

#include "ensure/provider.h"

#define KIT_REPAIR_CONTROLS 1u

/* text itself, but for a byte order mark, when nothing had to change; else a copy. */
ens_str kit_json_repair(const struct ens_memory *memory, ens_str text, unsigned flags);

/* Where in text the first count bytes of the repaired text come from. */
size_t kit_json_repair_source(ens_str text, unsigned flags, size_t count);

/* text without a byte order mark. */
ens_str kit_skip_mark(ens_str text);

/* Two bytes for each character, as some editors and shells save files. */
bool kit_is_utf16(ens_str text);

#endif
