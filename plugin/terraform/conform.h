/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a value against the schema: that the host sent a value of the schema's type, and that
 * the user's configuration is valid. */
#ifndef ENSURE_TERRAFORM_CONFORM_H
#define ENSURE_TERRAFORM_CONFORM_H

#include "terraform/attributes.h"

/* Checks the type: a map (or null) with exactly the attributes of the rows, each of its type, null
 * or unknown. Fails only if the host violates the protocol; the diagnostic names the attribute. */
ens_rc ens_tf_conform(const struct ens_tf_attribute *attributes, const struct ens_value *value,
                      struct ens_diags *diags) ENS_MUST_USE;

/* Validates a configuration that conforms: runs the checks of the rows on all known values, and
 * adds one diagnostic per error, with the path of the attribute ("timeouts.create"). */
void ens_tf_validate(const struct ens_tf_attribute *attributes, const struct ens_value *value,
                     const struct ens_registry *registry, struct ens_diags *diags);

#endif
