/* SPDX-License-Identifier: Apache-2.0 */
/* A value against the schema: whether the host sent what the schema promised, and whether what a
 * person wrote can be meant. */
#ifndef ENSURE_TERRAFORM_CONFORM_H
#define ENSURE_TERRAFORM_CONFORM_H

#include "terraform/attributes.h"

/* The shape: a map (or null) with exactly the attributes of the rows, each of its type, null or
 * unknown. A diagnostic names the attribute; only a host that broke the protocol sees it. */
ens_rc ens_tf_conform(const struct ens_tf_attribute *attributes, const struct ens_value *value,
                      struct ens_diags *diags) ENS_MUST_USE;

/* The content: runs the checks of the rows on everything that is known, and adds one diagnostic for
 * each finding, with the path of the attribute ("timeouts.create"). The value conforms. */
void ens_tf_validate(const struct ens_tf_attribute *attributes, const struct ens_value *value,
                     const struct ens_registry *registry, struct ens_diags *diags);

#endif
