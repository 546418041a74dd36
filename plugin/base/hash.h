/* SPDX-License-Identifier: Apache-2.0 */
/* FNV-1a, 64 bits: for hash tables and short ids; not collision-resistant against an attacker. */
#ifndef ENSURE_BASE_HASH_H
#define ENSURE_BASE_HASH_H

#include "base/str.h"

#define ENS_HASH_START UINT64_C(0xcbf29ce484222325)

/* Continues a hash with the text; the first call passes ENS_HASH_START. */
uint64_t ens_hash(uint64_t hash, ens_str text);

#endif
