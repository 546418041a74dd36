/* SPDX-License-Identifier: Apache-2.0 */
/* The instances that a selector found, as values of a block with instance_ids and instances. */
#ifndef ENSURE_TERRAFORM_FOUND_H
#define ENSURE_TERRAFORM_FOUND_H

#include "terraform/diagnostics.h"

/* Most encoded bytes of the instances of a block. The rest of the block has room beside them. */
#define ENS_TF_FOUND_BYTES_MAX (ENS_VALUE_BYTES_MAX - (size_t)64 * 1024)

struct ens_tf_found {
    struct ens_arena *arena;
    const struct ens_tf_attribute *rows; /* of one instance */
    struct ens_value *ids;
    struct ens_value *objects;
    size_t kept;  /* in both lists */
    size_t bytes; /* of what is kept, encoded */
    size_t total; /* that were found */
};

struct ens_tf_found ens_tf_found_new(struct ens_arena *arena, const struct ens_tf_schema *schema);

/* Keeps the instance if there is room. */
void ens_tf_found_add(struct ens_tf_found *found, const struct ens_finding *finding);

/* Sets the attributes of the block; an error in diags: not all were kept. */
void ens_tf_found_fill(const struct ens_tf_found *found, struct ens_value *block,
                       struct ens_tf_diags *diags);

#endif
