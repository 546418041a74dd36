/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's results as diagnostics: one per finding and reason. */
#ifndef ENSURE_TERRAFORM_DIAGNOSTICS_REPORT_H
#define ENSURE_TERRAFORM_DIAGNOSTICS_REPORT_H

#include "terraform/diagnostics.h"
#include "terraform/preflight.h"

/* When the engine was asked: what is worth a diagnostic, and what to say in it. */
enum ens_tf_moment {
    ENS_TF_AT_READ,  /* the instances that could not be read */
    ENS_TF_AT_QUERY, /* a data source that plans: what nobody may overlook */
    ENS_TF_AT_PLAN,  /* refusals, by the preflight setting; starts that could not be verified */
    ENS_TF_AT_ACTION_PLAN,
    ENS_TF_AT_CREATE, /* the instances that are not running in the end */
    ENS_TF_AT_UPDATE,
    ENS_TF_AT_INVOKE,
};

void ens_tf_diags_report(struct ens_tf_diags *diags, enum ens_tf_moment moment,
                         enum ens_tf_preflight preflight, const struct ens_tf_report *report);

#endif
