/* SPDX-License-Identifier: Apache-2.0 */
#include "core/text_set.h"

#include "base/hash.h"

#define FIRST_SLOTS ((size_t)32)

/* The slot of an equal text, or the free one where it belongs. */
static uint32_t *slot_of(const struct ens_text_set *set, ens_str text)
{
    const uint64_t hash = ens_hash(ENS_HASH_START, text);

    for (size_t at = (size_t)(hash ^ hash >> 32);; at++) {
        uint32_t *slot = &set->slots[at & (set->slot_count - 1)];
        if (*slot == 0 || ens_str_eq(set->items[*slot - 1], text)) {
            return slot;
        }
    }
}

static void grow(struct ens_text_set *set)
{
    set->slot_count = set->slot_count == 0 ? FIRST_SLOTS : 2 * set->slot_count;
    set->slots = ens_arena_array(set->arena, set->slot_count, sizeof(*set->slots));
    for (size_t i = 0; i < set->count; i++) {
        *slot_of(set, set->items[i]) = (uint32_t)i + 1;
    }
}

size_t ens_text_set_add(struct ens_text_set *set, ens_str text)
{
    if (4 * set->count >= 3 * set->slot_count) {
        ENS_ASSERT(set->count < UINT32_MAX);
        grow(set);
    }
    uint32_t *slot = slot_of(set, text);
    if (*slot == 0) {
        set->items = ens_arena_grow(set->arena, set->items, set->count, sizeof(*set->items));
        set->items[set->count++] = ens_arena_dup(set->arena, text);
        *slot = (uint32_t)set->count;
    }
    return *slot - 1;
}
