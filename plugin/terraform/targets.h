/* SPDX-License-Identifier: Apache-2.0 */
/* The instances that a block names, and what the engine reported of them. */
#ifndef ENSURE_TERRAFORM_TARGETS_H
#define ENSURE_TERRAFORM_TARGETS_H

#include "core/result.h"
#include "loader/registry.h"
#include "terraform/value.h"

#define ENS_TF_INSTANCES_MAX 1000 /* in one block */

/* As far as they are known. */
struct ens_tf_targets {
    ens_str cloud;
    ens_str region;
    const struct ens_target *items; /* each once, in byte order of the ids */
    size_t count;
    bool known; /* cloud, region and every id are known; else there are no items */
};

/* What is known of one of them after a read or an apply. */
struct ens_tf_instance {
    struct ens_result result;
    ens_str start_request_id; /* of the accepted start; empty: none was needed */
};

/* In the order of the targets. */
struct ens_tf_report {
    const struct ens_tf_instance *instances;
    size_t count;
};

/* The targets of a block. Where something is unknown, known is false and there are none. An error:
 * no region, or a part that no target can have. The registry knows the cloud. */
ens_rc ens_tf_targets_read(struct ens_arena *arena, const struct ens_value *object,
                           const struct ens_registry *registry, struct ens_tf_targets *ret,
                           struct ens_diags *diags) ENS_MUST_USE;

#endif
