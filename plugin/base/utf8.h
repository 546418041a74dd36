/*
 * Text that leaves for protobuf or JSON must be UTF-8, whatever a cloud sent: each byte that is not
 * part of a valid sequence, and each control character but tab and line feed, becomes U+FFFD.
 */
#ifndef ENSURE_BASE_UTF8_H
#define ENSURE_BASE_UTF8_H

#include "base/arena.h"

bool ens_utf8_valid(ens_str text);

/* Returns text itself when nothing had to change, else a copy in the arena. */
ens_str ens_utf8_clean(struct ens_arena *arena, ens_str text);

#endif
