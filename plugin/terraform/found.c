/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/found.h"

#include "terraform/msgpack.h"

struct ens_tf_found ens_tf_found_new(struct ens_arena *arena, const struct ens_tf_schema *schema)
{
    const struct ens_tf_attribute *list =
        ens_tf_attribute_find(schema->attributes, ENS_STR("instances"));

    return (struct ens_tf_found){.arena = arena, .rows = list->nested};
}

void ens_tf_found_add(struct ens_tf_found *found, const struct ens_finding *finding)
{
    struct ens_arena *arena = found->arena;

    found->total++;
    if (found->kept + 1 < found->total) {
        return; /* one before was left out */
    }
    const struct ens_value id = ens_tf_show_instance_id(arena, finding);
    const struct ens_value object = ens_tf_show(arena, found->rows, finding);
    const size_t bytes = ens_msgpack_size(&id) + ens_msgpack_size(&object);
    if (found->bytes + bytes > ENS_TF_FOUND_BYTES_MAX) {
        return;
    }
    found->bytes += bytes;
    found->ids = ens_arena_grow(arena, found->ids, found->kept, sizeof(id));
    found->objects = ens_arena_grow(arena, found->objects, found->kept, sizeof(object));
    found->ids[found->kept] = id;
    found->objects[found->kept++] = object;
}

static struct ens_value list_of(struct ens_value *items, size_t count)
{
    return (struct ens_value){.kind = ENS_VALUE_LIST, .list = {items, count}};
}

void ens_tf_found_fill(const struct ens_tf_found *found, struct ens_value *block,
                       struct ens_tf_diags *diags)
{
    ens_value_set(block, "instance_ids", list_of(found->ids, found->kept));
    ens_value_set(block, "instances", list_of(found->objects, found->kept));
    if (found->kept < found->total) {
        ens_tf_diags_add(
            diags, ENS_ERROR, NULL, ENS_STR("Too many instances were found"),
            ens_arena_printf(diags->arena,
                             "%zu instances were found; together they take more than %zu bytes of "
                             "the state, which is the most that this data source holds. Narrow "
                             "the selector, or set its limit.",
                             found->total, ENS_TF_FOUND_BYTES_MAX));
    }
}
