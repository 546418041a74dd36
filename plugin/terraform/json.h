/* SPDX-License-Identifier: Apache-2.0 */
/* A state as JSON, the way Terraform's state files hold it, into a value of the schema. */
#ifndef ENSURE_TERRAFORM_JSON_H
#define ENSURE_TERRAFORM_JSON_H

#include "base/diag.h"
#include "terraform/attributes.h"

/* Attributes that are missing are null: an older version did not have them. An attribute that the
 * schema does not have, a wrong type and text that is no JSON are ENS_MALFORMED. */
ens_rc ens_tf_json_read(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                        ens_str json, struct ens_value *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
