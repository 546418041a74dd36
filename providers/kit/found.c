/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/found.h"

#include <string.h>

#include "kit/text.h"

/* A text member; empty where the shape has no name for it, and where it is missing. */
static ens_str text_of(const struct ens_memory *memory, const json_t *item, const char *name)
{
    return name != NULL ? kit_json_text(memory, item, name) : (ens_str){NULL, 0};
}

/* The list at a path; NULL: it is missing or null, or malformed, which the answer then says. */
static const json_t *optional_list(const struct ens_memory *memory, const json_t *item,
                                   const char *path, struct ens_answer *answer)
{
    const json_t *member = path != NULL ? kit_json_at(item, path) : NULL;

    return member == NULL || json_is_null(member) ? NULL
                                                  : kit_reply_list(memory, item, path, answer);
}

static bool read_tags(const struct ens_memory *memory, const json_t *item,
                      const struct kit_found_shape *shape, struct ens_answer *answer,
                      struct ens_found *ret)
{
    const json_t *list = optional_list(memory, item, shape->tags, answer);
    const size_t count = json_array_size(list);
    struct kit_pairs pairs = kit_pairs_new(memory);

    for (size_t i = 0; i < count; i++) {
        const json_t *tag = json_array_get(list, i);
        ens_str key = {NULL, 0};
        if (!kit_item_text(memory, tag, shape->tag_key, answer, &key)) {
            kit_malformed_at(memory, shape->tags, i, answer);
            return false;
        }
        kit_pairs_add_slice(&pairs, key, kit_json_text(memory, tag, shape->tag_value));
    }
    ret->tags = pairs.items;
    ret->tag_count = pairs.count;
    return !answer->malformed;
}

static bool read_groups(const struct ens_memory *memory, const json_t *item,
                        const struct kit_found_shape *shape, struct ens_answer *answer,
                        struct ens_found *ret)
{
    const json_t *list = optional_list(memory, item, shape->groups, answer);
    const size_t count = json_array_size(list);
    ens_str *groups = memory->alloc(memory->ctx, (2 * count + 1) * sizeof(*groups));

    if (shape->group != NULL) {
        groups[ret->group_count++] = kit_json_text(memory, item, shape->group);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *group = json_array_get(list, i);
        groups[ret->group_count++] = kit_json_text(memory, group, shape->group_id);
        groups[ret->group_count++] = kit_json_text(memory, group, shape->group_name);
    }
    ret->groups = groups;
    return !answer->malformed;
}

static bool read_one(const struct ens_memory *memory, const json_t *item,
                     const struct kit_found_shape *shape, struct ens_answer *answer,
                     struct ens_found *ret)
{
    struct ens_observation *seen = memory->alloc(memory->ctx, sizeof(*seen));

    *ret = (struct ens_found){
        .struct_size = sizeof(*ret),
        .seen = seen,
        .region = text_of(memory, item, shape->region),
        .name = text_of(memory, item, shape->name),
        .zone = text_of(memory, item, shape->zone),
        .instance_type = text_of(memory, item, shape->instance_type),
        .charge_type = text_of(memory, item, shape->charge_type),
    };
    return kit_read_instance(memory, item, shape->instance, answer, seen) &&
           read_groups(memory, item, shape, answer, ret) &&
           read_tags(memory, item, shape, answer, ret);
}

void kit_read_found(const struct ens_memory *memory, const json_t *root,
                    const struct kit_found_shape *shape, ens_str region,
                    struct ens_find_result *ret)
{
    const char *path = shape->instance->path;
    const json_t *list = kit_reply_list(memory, root, path, &ret->answer);
    const size_t count = json_array_size(list);
    struct ens_found *rows = memory->alloc(memory->ctx, count * sizeof(*rows));
    const struct ens_found **pointers = memory->alloc(memory->ctx, count * sizeof(pointers[0]));

    for (size_t i = 0; i < count; i++) {
        pointers[i] = &rows[i];
        if (!read_one(memory, json_array_get(list, i), shape, &ret->answer, &rows[i])) {
            kit_malformed_at(memory, path, i, &ret->answer);
            return;
        }
        rows[i].region = shape->region == NULL ? region : rows[i].region;
    }
    ret->found = pointers;
    ret->found_count = count;
}

bool kit_is_pattern(ens_str name)
{
    return name.len > 0 && memchr(name.ptr, '*', name.len) != NULL;
}

ens_str kit_longest_part(ens_str name)
{
    ens_str longest = {NULL, 0};
    size_t start = 0;

    for (size_t i = 0; i <= name.len; i++) {
        if (i < name.len && name.ptr[i] != '*') {
            continue;
        }
        if (i - start > longest.len) {
            longest = (ens_str){name.ptr + start, i - start};
        }
        start = i + 1;
    }
    return longest;
}
