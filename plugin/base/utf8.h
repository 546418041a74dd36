/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 validation and repair. Protobuf and JSON require valid UTF-8, which a cloud may not send:
 * each byte that is not part of a valid sequence, and each control character but tab and line feed,
 * is replaced by U+FFFD.
 */
#ifndef ENSURE_BASE_UTF8_H
#define ENSURE_BASE_UTF8_H

#include "base/arena.h"

bool ens_utf8_valid(ens_str text);

/* text without a leading byte order mark, which some editors write. */
ens_str ens_utf8_skip_mark(ens_str text);

/* Whether text looks like UTF-16, which some editors and shells write: a byte order mark, or an
 * ASCII character with a zero byte. */
bool ens_utf8_is_utf16(ens_str text);

/* Decodes the first character: returns its length in bytes and sets *ret to its code point; 0: text
 * does not start with a valid character. */
size_t ens_utf8_next(ens_str text, uint32_t *ret);

/* The repaired text: text itself if it is valid, else a copy in the arena. */
ens_str ens_utf8_clean(struct ens_arena *arena, ens_str text);

#endif
