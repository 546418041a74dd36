/* SPDX-License-Identifier: Apache-2.0 */
#include "core/result_list.h"

#include <string.h>

#define PACKED_MAX ((size_t)UINT32_MAX)

struct ens_kept_result {
    uint32_t size;
    unsigned char packed[];
};

/* The texts that many results share. */
static const size_t shared[ENS_SHARED_TEXTS] = {
    offsetof(struct ens_result, target.cloud),
    offsetof(struct ens_result, target.region),
    offsetof(struct ens_result, message),
    offsetof(struct ens_result, advice),
};

static size_t number_of(struct ens_result_list *list, size_t which, ens_str text)
{
    const struct ens_text_set *texts = &list->texts;
    size_t *last = &list->last[which];

    if (texts->count == 0 || !ens_str_eq(texts->items[*last], text)) {
        *last = ens_text_set_add(&list->texts, text);
    }
    return *last;
}

void ens_result_list_set(struct ens_result_list *list, size_t index,
                         const struct ens_result *result)
{
    struct ens_arena *arena = list->texts.arena;
    ENS_AUTO_BUF packed = ens_buf_new(PACKED_MAX);

    for (size_t i = 0; i < ENS_SHARED_TEXTS; i++) {
        const ens_str *text = (const void *)((const char *)result + shared[i]);
        ens_pack_number(&packed, number_of(list, i, *text));
    }
    ens_pack_number(&packed, result->reason);
    ens_pack_text(&packed, result->target.id);
    ens_result_pack(result, &packed);
    ENS_ASSERT(!ens_buf_failed(&packed));
    struct ens_kept_result *kept = ens_arena_alloc(arena, sizeof(*kept) + packed.len);
    kept->size = (uint32_t)packed.len;
    memcpy(kept->packed, packed.ptr, packed.len);
    while (list->count <= index) {
        list->items =
            ens_arena_grow(arena, list->items, list->count, sizeof(struct ens_kept_result *));
        list->items[list->count++] = NULL;
    }
    ENS_ASSERT(list->items[index] == NULL);
    list->items[index] = kept;
}

struct ens_result ens_result_list_at(const struct ens_result_list *list, size_t index,
                                     struct ens_result_room *room)
{
    ENS_ASSERT(index < list->count && list->items[index] != NULL);
    const struct ens_kept_result *kept = list->items[index];
    ens_str rest = {(const char *)kept->packed, kept->size};
    size_t numbers[ENS_SHARED_TEXTS];

    for (size_t i = 0; i < ENS_SHARED_TEXTS; i++) {
        numbers[i] = (size_t)ens_unpack_number(&rest);
    }
    const enum ens_reason reason = (enum ens_reason)ens_unpack_number(&rest);
    const ens_str id = ens_unpack_text_in(&rest, room->id);
    struct ens_result result = ens_result_unpack(rest, room);
    result.reason = reason;
    result.target.id = id;
    for (size_t i = 0; i < ENS_SHARED_TEXTS; i++) {
        ens_str *text = (void *)((char *)&result + shared[i]);
        *text = list->texts.items[numbers[i]];
    }
    return result;
}
