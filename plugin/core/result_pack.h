/* SPDX-License-Identifier: Apache-2.0 */
/* The progress of a target in few bytes, for the result that it gets if no other comes. Pure. */
#ifndef ENSURE_CORE_RESULT_PACK_H
#define ENSURE_CORE_RESULT_PACK_H

#include "base/buf.h"
#include "core/result.h"

/* Appends the result but its target, reason, message and advice. */
void ens_result_pack(const struct ens_result *result, struct ens_buf *ret);

/* The same members; texts are copied into the arena. */
struct ens_result ens_result_unpack(ens_str packed, struct ens_arena *arena);

#endif
