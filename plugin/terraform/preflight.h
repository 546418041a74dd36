/* SPDX-License-Identifier: Apache-2.0 */
/* What a refusal means at plan: the provider's setting "preflight". */
#ifndef ENSURE_TERRAFORM_PREFLIGHT_H
#define ENSURE_TERRAFORM_PREFLIGHT_H

#include "base/diag.h"

enum ens_tf_preflight {
    ENS_TF_PREFLIGHT_ENFORCE = 0, /* a refusal is an error */
    ENS_TF_PREFLIGHT_WARN,
    ENS_TF_PREFLIGHT_OFF, /* nothing is asked */
};

ens_rc ens_tf_preflight_parse(ens_str text, const char *where, enum ens_tf_preflight *ret,
                              struct ens_diags *diags) ENS_MUST_USE;

#endif
