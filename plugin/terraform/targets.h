/* SPDX-License-Identifier: Apache-2.0 */
/* The targets of a block, and the engine's results for them. */
#ifndef ENSURE_TERRAFORM_TARGETS_H
#define ENSURE_TERRAFORM_TARGETS_H

#include "core/result.h"
#include "loader/registry.h"
#include "terraform/value.h"

#define ENS_TF_INSTANCES_MAX 1000 /* in one block */

struct ens_tf_targets {
    ens_str cloud;
    ens_str region;
    const struct ens_target *items; /* in byte order of the ids, without duplicates */
    size_t count;
    bool known; /* cloud, region and all ids are known; else there are no items */
};

/* The result of one target after a read or an apply. */
struct ens_tf_instance {
    struct ens_result result;
    ens_str start_request_id; /* of the accepted start; empty: none was needed */
};

/* The results of all targets, in their order. */
struct ens_tf_report {
    const struct ens_tf_instance *instances;
    size_t count;
};

/* Reads the targets of a block. If a value is unknown, known is false and there are no items. Fails
 * if there is no region, a part is malformed, or the registry does not have the cloud. */
ens_rc ens_tf_targets_read(struct ens_arena *arena, const struct ens_value *object,
                           const struct ens_registry *registry, struct ens_tf_targets *ret,
                           struct ens_diags *diags) ENS_MUST_USE;

#endif
