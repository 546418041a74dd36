/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/targets.h"

#include <stdlib.h>

static int by_bytes(const void *a, const void *b)
{
    return ens_str_cmp(*(const ens_str *)a, *(const ens_str *)b);
}

/* Reads the ids of the block, sorted and without duplicates. False: some are unknown. */
static bool read_ids(struct ens_arena *arena, const struct ens_value *object, ens_str **ret,
                     size_t *ret_count)
{
    const struct ens_value *single = ens_value_at(object, "instance_id");
    const struct ens_value *set = ens_value_at(object, "instance_ids");
    size_t count = single != NULL                               ? 1
                   : set != NULL && set->kind == ENS_VALUE_LIST ? set->list.count
                                                                : 0;
    ens_str *ids = ens_arena_array(arena, count, sizeof(*ids));
    size_t distinct = 0;

    if (!ens_value_known(single != NULL ? single : set)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        ids[i] = ens_value_text(single != NULL ? single : &set->list.items[i]);
    }
    qsort(ids, count, sizeof(*ids), by_bytes);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !ens_str_eq(ids[i], ids[i - 1])) {
            ids[distinct++] = ids[i];
        }
    }
    *ret = ids;
    *ret_count = distinct;
    return true;
}

static bool is_unknown(const struct ens_value *value)
{
    return value != NULL && value->kind == ENS_VALUE_UNKNOWN;
}

static ens_rc check_parts(const struct ens_tf_targets *targets, const struct ens_value *object,
                          const struct ens_registry *registry, struct ens_diags *diags)
{
    const char *ids = ens_value_at(object, "instance_id") != NULL ? "instance_id" : "instance_ids";
    ens_rc rc = ens_cloud_check(targets->cloud, "cloud", diags);

    if (rc == ENS_OK) {
        rc = ens_registry_require(registry, targets->cloud, "cloud", diags);
    }
    if (rc == ENS_OK) {
        rc = ens_region_check(targets->region, "region", diags);
    }
    for (size_t i = 0; rc == ENS_OK && i < targets->count; i++) {
        rc = ens_id_check(targets->items[i].id, ids, diags);
    }
    if (rc == ENS_OK && (targets->count == 0 || targets->count > ENS_TF_INSTANCES_MAX)) {
        rc = ens_fail(diags, ENS_LIMIT, ids, "%zu instances; 1 to %d are allowed", targets->count,
                      ENS_TF_INSTANCES_MAX);
    }
    return rc;
}

ens_rc ens_tf_targets_read(struct ens_arena *arena, const struct ens_value *object,
                           const struct ens_registry *registry, struct ens_tf_targets *ret,
                           struct ens_diags *diags)
{
    const struct ens_value *cloud = ens_value_at(object, "cloud");
    const struct ens_value *region = ens_value_at(object, "region");
    struct ens_tf_targets targets = {.cloud = ens_value_text(cloud),
                                     .region = ens_value_text(region)};
    ens_str *ids = NULL;

    if (is_unknown(cloud) || is_unknown(region) || !read_ids(arena, object, &ids, &targets.count)) {
        targets.count = 0;
        *ret = targets;
        return ENS_OK;
    }
    if (ens_value_is_null(region)) {
        return ens_fail(diags, ENS_INVALID, "region",
                        "no region: set it here, or as the region of \"%.*s\" in the provider "
                        "block",
                        ENS_STR_ARG(targets.cloud));
    }
    struct ens_target *items = ens_arena_array(arena, targets.count, sizeof(*items));
    for (size_t i = 0; i < targets.count; i++) {
        items[i] = (struct ens_target){targets.cloud, targets.region, ids[i]};
    }
    targets.items = items;
    targets.known = true;
    ens_rc rc = check_parts(&targets, object, registry, diags);
    if (rc == ENS_OK) {
        *ret = targets;
    }
    return rc;
}
