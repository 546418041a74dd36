/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and texts in few bytes, for what is kept of many targets in this process: a number takes
 * a byte for every seven bits, a UUID 17 bytes, another text its length and one more. Pure.
 */
#ifndef ENSURE_CORE_PACK_H
#define ENSURE_CORE_PACK_H

#include "base/arena.h"
#include "base/buf.h"
#include "core/uuid.h"

void ens_pack_number(struct ens_buf *ret, uint64_t value);
void ens_pack_text(struct ens_buf *ret, ens_str text);

/* Take what was packed from the front of rest, which must hold it. The text is copied, or it stays
 * where it is, but for a UUID, which is written to the room, with a NUL behind it. */
uint64_t ens_unpack_number(ens_str *rest);
ens_str ens_unpack_text(ens_str *rest, struct ens_arena *arena);
ens_str ens_unpack_text_in(ens_str *rest, char room[ENS_UUID_LEN + 1]);

#endif
