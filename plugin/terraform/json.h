/* SPDX-License-Identifier: Apache-2.0 */
/* Reader for a state or an identity in the JSON format of Terraform's state files. */
#ifndef ENSURE_TERRAFORM_JSON_H
#define ENSURE_TERRAFORM_JSON_H

#include "base/diag.h"
#include "terraform/attributes.h"

enum ens_tf_json_kind {
    ENS_TF_JSON_STATE,
    ENS_TF_JSON_IDENTITY,
    ENS_TF_JSON_FOREIGN, /* a state of another provider: attributes beyond the rows are ignored */
};

/* Missing attributes are set to null, because an older version may not have had them. An attribute
 * that the rows do not have, a wrong type and malformed JSON are ENS_MALFORMED. */
ens_rc ens_tf_json_read(struct ens_arena *arena, enum ens_tf_json_kind kind,
                        const struct ens_tf_attribute *rows, ens_str json, struct ens_value *ret,
                        struct ens_diags *diags) ENS_MUST_USE;

#endif
