/* SPDX-License-Identifier: Apache-2.0 */
/* The selector of a block: its attributes cloud, region, status, tags, name, zone, group and, where
 * the block has it, limit. */
#ifndef ENSURE_TERRAFORM_SELECTOR_H
#define ENSURE_TERRAFORM_SELECTOR_H

#include "core/selector.h"
#include "loader/registry.h"
#include "terraform/value.h"

/* Reads and checks the selector of a block that conforms to its rows; diagnostics name attributes.
 * An unknown attribute counts as unset, and cloud and region are checked only if both are known.
 * Texts are borrowed from the block. */
ens_rc ens_tf_selector_read(struct ens_arena *arena, const struct ens_value *object,
                            const struct ens_registry *registry, struct ens_selector *ret,
                            struct ens_diags *diags) ENS_MUST_USE;

#endif
