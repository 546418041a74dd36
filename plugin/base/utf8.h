/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that leaves for protobuf or JSON must be UTF-8, whatever a cloud sent: each byte that is not
 * part of a valid sequence, and each control character but tab and line feed, becomes U+FFFD.
 */
#ifndef ENSURE_BASE_UTF8_H
#define ENSURE_BASE_UTF8_H

#include "base/arena.h"

bool ens_utf8_valid(ens_str text);

/* text without the byte order mark that some editors put before it. */
ens_str ens_utf8_skip_mark(ens_str text);

/* Two bytes for each character, as some editors and shells save files. */
bool ens_utf8_is_utf16(ens_str text);

/* The length of the valid character that text starts with, and which it is; 0: there is none. */
size_t ens_utf8_next(ens_str text, uint32_t *ret);

/* Returns text itself when nothing had to change, else a copy in the arena. */
ens_str ens_utf8_clean(struct ens_arena *arena, ens_str text);

#endif
