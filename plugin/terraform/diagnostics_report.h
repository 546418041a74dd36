/* SPDX-License-Identifier: Apache-2.0 */
/* Converts results of the engine to diagnostics: one per finding and reason; and failures of finds.
 */
#ifndef ENSURE_TERRAFORM_DIAGNOSTICS_REPORT_H
#define ENSURE_TERRAFORM_DIAGNOSTICS_REPORT_H

#include "terraform/diagnostics.h"
#include "terraform/preflight.h"

/* The RPC whose results are reported. It decides which results become diagnostics, and the hint. */
enum ens_tf_phase {
    ENS_TF_AT_READ,  /* reports instances that could not be read */
    ENS_TF_AT_QUERY, /* a data source that plans: reports a job that was cancelled or unsafe */
    ENS_TF_AT_PLAN,  /* reports refusals, by the preflight setting, and unverified starts */
    ENS_TF_AT_ACTION_PLAN,
    ENS_TF_AT_CREATE, /* reports instances that are not running in the end */
    ENS_TF_AT_UPDATE,
    ENS_TF_AT_INVOKE,
};

void ens_tf_diags_report(struct ens_tf_diags *diags, enum ens_tf_phase phase,
                         enum ens_tf_preflight preflight, const struct ens_tf_report *report);

/* A selector without an answer, or without a complete one. */
void ens_tf_diags_find_failure(struct ens_tf_diags *diags, const struct ens_find_failure *failure);

#endif
