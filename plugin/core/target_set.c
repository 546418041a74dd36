/* SPDX-License-Identifier: Apache-2.0 */
#include "core/target_set.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

#define BLOCK_SIZE  ((size_t)32 * 1024)
#define FIRST_SLOTS ((size_t)256)
#define HEAD        3 /* bytes of an entry before its id: place, in two, and length */

struct ens_target_block {
    struct ens_target_block *next;
    size_t used;
    unsigned char bytes[BLOCK_SIZE];
};

static size_t hash_of(const unsigned char *entry)
{
    const ens_str key = {(const char *)entry, HEAD + (size_t)entry[HEAD - 1]};
    const uint64_t hash = ens_hash(ENS_HASH_START, key);

    return (size_t)(hash ^ hash >> 32);
}

/* The slot of an equal entry, or the free one where it belongs. */
static unsigned char **slot_of(const struct ens_target_set *set, const unsigned char *entry)
{
    size_t at = hash_of(entry) & (set->slot_count - 1);

    while (set->slots[at] != NULL &&
           memcmp(set->slots[at], entry, HEAD + (size_t)entry[HEAD - 1]) != 0) {
        at = (at + 1) & (set->slot_count - 1);
    }
    return &set->slots[at];
}

static void grow(struct ens_target_set *set)
{
    unsigned char **before = set->slots;
    const size_t count = set->slot_count;

    set->slot_count = count == 0 ? FIRST_SLOTS : 2 * count;
    set->slots = ens_alloc_array(set->slot_count, sizeof(unsigned char *));
    for (size_t i = 0; i < count; i++) {
        if (before[i] != NULL) {
            *slot_of(set, before[i]) = before[i];
        }
    }
    ens_free(before);
}

static unsigned char *keep(struct ens_target_set *set, const unsigned char *entry, size_t size)
{
    struct ens_target_block *block = set->blocks;

    if (block == NULL || BLOCK_SIZE - block->used < size) {
        block = ens_alloc(sizeof(*block));
        block->next = set->blocks;
        set->blocks = block;
    }
    unsigned char *kept = block->bytes + block->used;
    memcpy(kept, entry, size);
    block->used += size;
    return kept;
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
    unsigned char **slot = slot_of(set, entry);
    if (*slot != NULL) {
        return false;
    }
    *slot = keep(set, entry, HEAD + id.len);
    set->count++;
    return true;
}

void ens_target_set_done(struct ens_target_set *set)
{
    while (set->blocks != NULL) {
        struct ens_target_block *next = set->blocks->next;
        ens_free(set->blocks);
        set->blocks = next;
    }
    ens_free(set->slots);
    *set = (struct ens_target_set){0};
}
