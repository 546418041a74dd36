/* SPDX-License-Identifier: Apache-2.0 */
#include "core/target.h"

#include <string.h>

#include "base/hash.h"
#include "core/quote.h"

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_of_cloud(char c)
{
    return is_lower_or_digit(c) || c == '_';
}

static bool is_of_region(char c)
{
    return is_lower_or_digit(c) || c == '-';
}

static bool is_of_id(char c)
{
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static inline bool all(ens_str text, bool (*is)(char c))
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is(text.ptr[i])) {
            return false;
        }
    }
    return true;
}

ens_rc ens_cloud_check(ens_str cloud, const char *where, struct ens_diags *diags)
{
    if (cloud.len >= 1 && cloud.len <= ENS_CLOUD_MAX && all(cloud, is_of_cloud)) {
        return ENS_OK;
    }
    return ens_fail(diags, ENS_INVALID, where,
                    "cloud \"%s\" is malformed: expected 1 to %d of a-z, 0-9 and _",
                    ens_quoted(cloud).text, ENS_CLOUD_MAX);
}

ens_rc ens_region_check(ens_str region, const char *where, struct ens_diags *diags)
{
    if (region.len >= 1 && region.len <= ENS_REGION_MAX && all(region, is_of_region)) {
        return ENS_OK;
    }
    return ens_fail(diags, ENS_INVALID, where,
                    "region \"%s\" is malformed: expected 1 to %d of a-z, 0-9 and -",
                    ens_quoted(region).text, ENS_REGION_MAX);
}

ens_rc ens_id_check(ens_str id, const char *where, struct ens_diags *diags)
{
    if (id.len >= 3 && id.len <= ENS_ID_MAX && ens_str_starts(id, ENS_STR("i-")) &&
        all(id, is_of_id)) {
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
    const ens_str parts[] = {target->cloud, target->region, target->id};
    const size_t len = target->cloud.len + target->region.len + target->id.len + 2;
    char *text = ens_arena_alloc(arena, len + 1);
    char *at = text;

    for (size_t i = 0; i < ENS_COUNT(parts); i++) {
        if (i > 0) {
            *at++ = '/';
        }
        at = parts[i].len > 0 ? mempcpy(at, parts[i].ptr, parts[i].len) : at;
    }
    return (ens_str){text, len};
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

/* ---- lists ----------------------------------------------------------------------------------- */

#define BLOCK_SIZE  ((size_t)32 * 1024)
#define FIRST_SLOTS ((size_t)32)
#define PARTS       3 /* of a target; an entry is their lengths, in a byte each, and their texts */
#define ENTRY_MAX   (PARTS + ENS_CLOUD_MAX + ENS_REGION_MAX + ENS_ID_MAX)

struct entry {
    unsigned char bytes[ENTRY_MAX];
    size_t size;
};

/* false: a part is too long for any target of a list. */
static bool encode(const struct ens_target *target, struct entry *ret)
{
    const ens_str parts[PARTS] = {target->cloud, target->region, target->id};

    if (target->cloud.len > ENS_CLOUD_MAX || target->region.len > ENS_REGION_MAX ||
        target->id.len > ENS_ID_MAX) {
        return false;
    }
    ret->size = PARTS;
    for (size_t i = 0; i < PARTS; i++) {
        ret->bytes[i] = (unsigned char)parts[i].len;
        if (parts[i].len > 0) {
            memcpy(ret->bytes + ret->size, parts[i].ptr, parts[i].len);
        }
        ret->size += parts[i].len;
    }
    return true;
}

static const unsigned char *entry_at(const struct ens_target_list *list, size_t index)
{
    return list->blocks[list->places[index] / BLOCK_SIZE] + list->places[index] % BLOCK_SIZE;
}

static size_t size_of(const unsigned char *entry)
{
    return PARTS + (size_t)entry[0] + entry[1] + entry[2];
}

struct ens_target ens_target_list_at(const struct ens_target_list *list, size_t index)
{
    const unsigned char *entry = entry_at(list, index);
    const char *text = (const char *)entry + PARTS;

    return (struct ens_target){
        .cloud = {text, entry[0]},
        .region = {text + entry[0], entry[1]},
        .id = {text + entry[0] + entry[1], entry[2]},
    };
}

/* Compares the sizes first, since an entry at the end of a block may be shorter than the other. */
static bool are_equal(const unsigned char *a, const unsigned char *b)
{
    return size_of(a) == size_of(b) && memcmp(a, b, size_of(a)) == 0;
}

/* A slot: bits of the hash, by which other entries are passed over unseen, and a number. */
#define NUMBER_BITS 20
#define NUMBER_MASK ((UINT32_C(1) << NUMBER_BITS) - 1)
_Static_assert(ENS_TARGETS_MAX <= NUMBER_MASK, "the number of a target does not fit into a slot");

static uint32_t hash_of(const unsigned char *entry)
{
    const uint64_t hash = ens_hash(ENS_HASH_START, (ens_str){(const char *)entry, size_of(entry)});

    return (uint32_t)(hash ^ hash >> 32);
}

/* The slot of an equal entry, or the free one where it belongs. */
static uint32_t *slot_of(const struct ens_target_list *list, uint32_t hash,
                         const unsigned char *entry)
{
    for (size_t at = hash;; at++) {
        uint32_t *slot = &list->slots[at & (list->slot_count - 1)];
        const bool alike = ((*slot ^ hash) & ~NUMBER_MASK) == 0;
        if (*slot == 0 || (alike && are_equal(entry_at(list, (*slot & NUMBER_MASK) - 1), entry))) {
            return slot;
        }
    }
}

static uint32_t slot_with(uint32_t hash, size_t index)
{
    return (hash & ~NUMBER_MASK) | (uint32_t)(index + 1);
}

static void grow(struct ens_target_list *list)
{
    list->slot_count = list->slot_count == 0 ? FIRST_SLOTS : 2 * list->slot_count;
    list->slots = ens_arena_array(list->arena, list->slot_count, sizeof(*list->slots));
    for (size_t i = 0; i < list->count; i++) {
        const uint32_t hash = hash_of(entry_at(list, i));
        *slot_of(list, hash, entry_at(list, i)) = slot_with(hash, i);
    }
}

static void keep(struct ens_target_list *list, const struct entry *entry)
{
    if (list->block_count == 0 || BLOCK_SIZE - list->used < entry->size) {
        list->blocks =
            ens_arena_grow(list->arena, list->blocks, list->block_count, sizeof(unsigned char *));
        list->blocks[list->block_count++] = ens_arena_alloc(list->arena, BLOCK_SIZE);
        list->used = 0;
    }
    memcpy(list->blocks[list->block_count - 1] + list->used, entry->bytes, entry->size);
    list->places = ens_arena_grow(list->arena, list->places, list->count, sizeof(*list->places));
    list->places[list->count++] = (uint32_t)((list->block_count - 1) * BLOCK_SIZE + list->used);
    list->used += entry->size;
}

ens_rc ens_target_list_add(struct ens_target_list *list, const struct ens_target *target,
                           size_t *ret_index, struct ens_diags *diags)
{
    struct entry entry;
    const bool encoded = encode(target, &entry);

    ENS_ASSERT(encoded); /* targets are checked before they are listed */
    if (4 * list->count >= 3 * list->slot_count) {
        grow(list);
    }
    const uint32_t hash = hash_of(entry.bytes);
    uint32_t *slot = slot_of(list, hash, entry.bytes);
    if (*slot == 0) {
        if (list->count == ENS_TARGETS_MAX) {
            return ens_fail(diags, ENS_LIMIT, NULL, "more than %d targets in one request",
                            ENS_TARGETS_MAX);
        }
        keep(list, &entry);
        *slot = slot_with(hash, list->count - 1);
    }
    if (ret_index != NULL) {
        *ret_index = (*slot & NUMBER_MASK) - 1;
    }
    return ENS_OK;
}

bool ens_target_list_find(const struct ens_target_list *list, const struct ens_target *target,
                          size_t *ret_index)
{
    struct entry entry;
    const uint32_t slot = list->count > 0 && encode(target, &entry)
                              ? *slot_of(list, hash_of(entry.bytes), entry.bytes)
                              : 0;

    if (slot == 0) {
        return false;
    }
    *ret_index = (slot & NUMBER_MASK) - 1;
    return true;
}
