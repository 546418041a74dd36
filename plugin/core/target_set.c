/* SPDX-License-Identifier: Apache-2.0 */
#include "core/target_set.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

#define BLOCK_SIZE  ((size_t)32 * 1024)
#define FIRST_SLOTS ((size_t)256)
#define HEAD        3 /* bytes of an entry before its id: place, in two, and length */

/* The number of an entry is its place: a block, and an offset in it. */
static const unsigned char *entry_of(const struct ens_target_set *set, uint32_t number)
{
    return set->blocks[(number - 1) / BLOCK_SIZE] + (number - 1) % BLOCK_SIZE;
}

static size_t size_of(const unsigned char *entry)
{
    return HEAD + (size_t)entry[HEAD - 1];
}

/* The slot of an equal entry, or the free one where it belongs. */
static uint32_t *slot_of(const struct ens_target_set *set, const unsigned char *entry)
{
    const size_t size = size_of(entry);
    const uint64_t hash = ens_hash(ENS_HASH_START, (ens_str){(const char *)entry, size});
    size_t at = (size_t)(hash ^ hash >> 32) & (set->slot_count - 1);

    while (set->slots[at] != 0 && memcmp(entry_of(set, set->slots[at]), entry, size) != 0) {
        at = (at + 1) & (set->slot_count - 1);
    }
    return &set->slots[at];
}

static void grow(struct ens_target_set *set)
{
    uint32_t *before = set->slots;
    const size_t count = set->slot_count;

    set->slot_count = count == 0 ? FIRST_SLOTS : 2 * count;
    set->slots = ens_alloc_array(set->slot_count, sizeof(*set->slots));
    for (size_t i = 0; i < count; i++) {
        if (before[i] != 0) {
            *slot_of(set, entry_of(set, before[i])) = before[i];
        }
    }
    ens_free(before);
}

static uint32_t keep(struct ens_target_set *set, const unsigned char *entry)
{
    const size_t size = size_of(entry);

    if (set->block_count == 0 || BLOCK_SIZE - set->used < size) {
        ENS_ASSERT(set->block_count < UINT32_MAX / BLOCK_SIZE);
        set->blocks = ens_realloc_array(set->blocks, set->block_count, set->block_count + 1,
                                        sizeof(unsigned char *));
        set->blocks[set->block_count++] = ens_alloc(BLOCK_SIZE);
        set->used = 0;
    }
    memcpy(set->blocks[set->block_count - 1] + set->used, entry, size);
    const size_t number = (set->block_count - 1) * BLOCK_SIZE + set->used + 1;
    set->used += size;
    return (uint32_t)number;
}

bool ens_target_set_add(struct ens_target_set *set, unsigned place, ens_str id)
{
    unsigned char entry[HEAD + ENS_ID_MAX];

    ENS_ASSERT(place <= UINT16_MAX && id.len > 0 && id.len <= ENS_ID_MAX);
    entry[0] = (unsigned char)(place & 0xff);
    entry[1] = (unsigned char)(place >> 8);
    entry[2] = (unsigned char)id.len;
    memcpy(entry + HEAD, id.ptr, id.len);
    if (4 * set->count >= 3 * set->slot_count) {
        grow(set);
    }
    uint32_t *slot = slot_of(set, entry);
    if (*slot != 0) {
        return false;
    }
    *slot = keep(set, entry);
    set->count++;
    return true;
}

void ens_target_set_done(struct ens_target_set *set)
{
    for (size_t i = 0; i < set->block_count; i++) {
        ens_free(set->blocks[i]);
    }
    ens_free(set->blocks);
    ens_free(set->slots);
    *set = (struct ens_target_set){0};
}
