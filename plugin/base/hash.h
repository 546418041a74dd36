/* SPDX-License-Identifier: Apache-2.0 */
/* FNV-1a, 64 bits: for hash tables and short ids, not against an attacker. */
#ifndef ENSURE_BASE_HASH_H
#define ENSURE_BASE_HASH_H

#include "base/str.h"

#define ENS_HASH_START UINT64_C(0xcbf29ce484222325)

/* The hash of what was hashed before (ENS_HASH_START: nothing) followed by the text. */
uint64_t ens_hash(uint64_t hash, ens_str text);

#endif
