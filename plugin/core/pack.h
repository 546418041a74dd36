/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and texts in few bytes, for what is kept of many targets in this process: a number takes
 * a byte for every seven bits, a UUID 17 bytes, another text its length and one more. Pure.
 */
#ifndef ENSURE_CORE_PACK_H
#define ENSURE_CORE_PACK_H

#include "base/arena.h"
#include "base/buf.h"

void ens_pack_number(struct ens_buf *ret, uint64_t value);
void ens_pack_text(struct ens_buf *ret, ens_str text);

/* Take what was packed from the front of rest, which must hold it. Texts are copied. */
uint64_t ens_unpack_number(ens_str *rest);
ens_str ens_unpack_text(ens_str *rest, struct ens_arena *arena);

/*
 * The numbers and texts of one thing of many, in one piece of the arena; texts are as they are, so
 * that this and its reverse take little time. Who unpacks says the same counts; texts stay where
 * they are.
 */
#define ENS_RECORD_MAX 32 /* numbers and texts together */
unsigned char *ens_pack_record(struct ens_arena *arena, const uint64_t *numbers, size_t count,
                               const ens_str *texts, size_t text_count);
void ens_unpack_record(const unsigned char *record, uint64_t *numbers, size_t count, ens_str *texts,
                       size_t text_count);

#endif
