/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

uint64_t ens_hash(uint64_t hash, ens_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}
