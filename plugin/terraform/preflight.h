/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's setting "preflight": how a refused dry run is reported at plan. */
#ifndef ENSURE_TERRAFORM_PREFLIGHT_H
#define ENSURE_TERRAFORM_PREFLIGHT_H

#include "base/diag.h"

enum ens_tf_preflight {
    ENS_TF_PREFLIGHT_ENFORCE = 0, /* as an error */
    ENS_TF_PREFLIGHT_WARN,        /* as a warning */
    ENS_TF_PREFLIGHT_OFF,         /* no dry runs are sent */
};

ens_rc ens_tf_preflight_parse(ens_str text, const char *where, enum ens_tf_preflight *ret,
                              struct ens_diags *diags) ENS_MUST_USE;

#endif
