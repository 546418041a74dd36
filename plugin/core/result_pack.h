/* SPDX-License-Identifier: Apache-2.0 */
/* A result in few bytes: of many that are kept, or the progress of a target for the result that it
 * gets if no other comes. Pure. */
#ifndef ENSURE_CORE_RESULT_PACK_H
#define ENSURE_CORE_RESULT_PACK_H

#include "core/pack.h"
#include "core/result.h"

/* Appends the result but its target, reason, message and advice. */
void ens_result_pack(const struct ens_result *result, struct ens_buf *ret);

/* For the texts of an unpacked result that are not packed as they are. */
struct ens_result_room {
    char id[ENS_UUID_LEN + 1]; /* of the target, where that is packed too */
    char texts[5][ENS_UUID_LEN + 1];
};

/* The same members. Texts are valid as long as what is packed and the room. */
struct ens_result ens_result_unpack(ens_str packed, struct ens_result_room *room);

#endif
