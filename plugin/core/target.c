/* SPDX-License-Identifier: Apache-2.0 */
#include "core/target.h"

#include <string.h>

#include "base/hash.h"
#include "core/quote.h"

#define DIGITS "0123456789"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

ens_rc ens_cloud_check(ens_str cloud, const char *where, struct ens_diags *diags)
{
    if (cloud.len >= 1 && cloud.len <= ENS_CLOUD_MAX && ens_str_all_in(cloud, LOWER DIGITS "_")) {
        return ENS_OK;
    }
    return ens_fail(diags, ENS_INVALID, where,
                    "cloud \"%s\" is malformed: expected 1 to %d of a-z, 0-9 and _",
                    ens_quoted(cloud).text, ENS_CLOUD_MAX);
}

ens_rc ens_region_check(ens_str region, const char *where, struct ens_diags *diags)
{
    if (region.len >= 1 && region.len <= ENS_REGION_MAX &&
        ens_str_all_in(region, LOWER DIGITS "-")) {
        return ENS_OK;
    }
    return ens_fail(diags, ENS_INVALID, where,
                    "region \"%s\" is malformed: expected 1 to %d of a-z, 0-9 and -",
                    ens_quoted(region).text, ENS_REGION_MAX);
}

ens_rc ens_id_check(ens_str id, const char *where, struct ens_diags *diags)
{
    if (id.len >= 3 && id.len <= ENS_ID_MAX && ens_str_starts(id, ENS_STR("i-")) &&
        ens_str_all_in(id, LOWER UPPER DIGITS "_-")) {
        return ENS_OK;
    }
    return ens_fail(diags, ENS_INVALID, where,
                    "instance id \"%s\" is malformed: expected i- and 1 to %d of A-Z, a-z, 0-9, _ "
                    "and -",
                    ens_quoted(id).text, ENS_ID_MAX - 2);
}

ens_rc ens_target_check(const struct ens_target *target, const char *where, struct ens_diags *diags)
{
    ens_rc rc = ens_cloud_check(target->cloud, where, diags);

    if (rc == ENS_OK) {
        rc = ens_region_check(target->region, where, diags);
    }
    if (rc == ENS_OK) {
        rc = ens_id_check(target->id, where, diags);
    }
    return rc;
}

ens_rc ens_target_parse(ens_str text, const char *where, struct ens_target *ret,
                        struct ens_diags *diags)
{
    struct ens_target target = {0};
    ens_str rest = {0};

    target.cloud = ens_str_cut(text, '/', &rest);
    target.region = ens_str_cut(rest, '/', &target.id);
    if (target.id.ptr == NULL) {
        return ens_fail(diags, ENS_INVALID, where,
                        "\"%s\" is not a target: expected cloud/region/instance-id, such as "
                        "alibaba/cn-hangzhou/i-bp67acfmxazb4p0001",
                        ens_quoted(text).text);
    }

    struct ens_diags own = {0};
    ens_rc rc = ens_target_check(&target, where, diags == NULL ? NULL : &own);
    if (rc == ENS_OK) {
        *ret = target;
    } else if (diags != NULL) {
        ens_diags_add(diags, ENS_ERROR, where, NULL, "\"%s\" is not a target: %s",
                      ens_quoted(text).text, own.items[0].summary);
    }
    ens_diags_done(&own);
    return rc;
}

ens_str ens_target_text(struct ens_arena *arena, const struct ens_target *target)
{
    return ens_arena_printf(arena, "%.*s/%.*s/%.*s", ENS_STR_ARG(target->cloud),
                            ENS_STR_ARG(target->region), ENS_STR_ARG(target->id));
}

struct ens_target ens_target_copy(struct ens_arena *arena, const struct ens_target *target)
{
    ens_str text = ens_target_text(arena, target);
    struct ens_target copy = {
        .cloud = {text.ptr, target->cloud.len},
        .region = {text.ptr + target->cloud.len + 1, target->region.len},
    };

    copy.id = (ens_str){copy.region.ptr + copy.region.len + 1, target->id.len};
    return copy;
}

bool ens_target_eq(const struct ens_target *a, const struct ens_target *b)
{
    return ens_str_eq(a->id, b->id) && ens_str_eq(a->region, b->region) &&
           ens_str_eq(a->cloud, b->cloud);
}

/* Appends a separator that occurs in no part, so that "ab" "c" and "a" "bc" differ. */
static uint64_t hash_part(uint64_t hash, ens_str part)
{
    return ens_hash(ens_hash(hash, part), ENS_STR("/"));
}

/* The slot of the target, or the free slot for it. A slot holds an index + 1, or 0 if free. */
static size_t *find_slot(const struct ens_target_list *list, const struct ens_target *target)
{
    uint64_t hash = hash_part(ENS_HASH_START, target->cloud);

    hash = hash_part(hash_part(hash, target->region), target->id);
    hash ^= hash >> 32;
    for (size_t at = (size_t)hash & (list->index_size - 1);;
         at = (at + 1) & (list->index_size - 1)) {
        size_t *slot = &list->index[at];
        if (*slot == 0 || ens_target_eq(&list->items[*slot - 1], target)) {
            return slot;
        }
    }
}

/* Doubles both arrays; the index stays at most half full. */
static void grow(struct ens_target_list *list)
{
    size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
    struct ens_target *items = ens_arena_array(list->arena, capacity, sizeof(*items));

    if (list->count > 0) {
        memcpy(items, list->items, list->count * sizeof(*items));
    }
    list->items = items;
    list->capacity = capacity;
    list->index_size = capacity * 2;
    list->index = ens_arena_array(list->arena, list->index_size, sizeof(*list->index));
    for (size_t i = 0; i < list->count; i++) {
        *find_slot(list, &items[i]) = i + 1;
    }
}

ens_rc ens_target_list_add(struct ens_target_list *list, const struct ens_target *target,
                           size_t *ret_index, struct ens_diags *diags)
{
    if (list->count == list->capacity) {
        grow(list);
    }
    size_t *slot = find_slot(list, target);
    if (*slot == 0) {
        if (list->count == ENS_TARGETS_MAX) {
            return ens_fail(diags, ENS_LIMIT, NULL, "more than %d targets in one request",
                            ENS_TARGETS_MAX);
        }
        list->items[list->count++] = ens_target_copy(list->arena, target);
        *slot = list->count;
    }
    if (ret_index != NULL) {
        *ret_index = *slot - 1;
    }
    return ENS_OK;
}

bool ens_target_list_find(const struct ens_target_list *list, const struct ens_target *target,
                          size_t *ret_index)
{
    size_t slot = list->count == 0 ? 0 : *find_slot(list, target);

    if (slot == 0) {
        return false;
    }
    *ret_index = slot - 1;
    return true;
}
