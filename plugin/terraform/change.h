/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the values of a change mean: the prior state, the proposed one, and what came of a read or
 * an apply. Pure, so that the same inputs give the same plan, as Terraform demands.
 */
#ifndef ENSURE_TERRAFORM_CHANGE_H
#define ENSURE_TERRAFORM_CHANGE_H

#include "terraform/attributes.h"

/* What PlanResourceChange decides without asking anybody. */
struct ens_tf_change {
    struct ens_value planned;
    const char **replaces; /* names of attributes whose change makes a new object */
    size_t replace_count;
    struct ens_tf_targets start; /* what would be started: to be asked about. count 0: nothing */
};

/* prior is null for a create; proposed is Terraform's suggestion with its region filled in, and
 * targets is what proposed names. */
void ens_tf_plan_change(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                        const struct ens_value *prior, const struct ens_value *proposed,
                        const struct ens_tf_targets *targets, struct ens_tf_change *ret);

/* Those of the targets that are not running by a prior state: all of them if it is null. */
struct ens_tf_targets ens_tf_targets_pending(struct ens_arena *arena,
                                             const struct ens_tf_targets *targets,
                                             const struct ens_value *prior);

/* The read gave no answer to go by: whatever was known before still holds. */
bool ens_tf_unread(const struct ens_result *result);

/*
 * What a resource's state says after a read. Drift is what an apply would have something to do
 * about: an instance on its way to running by itself is shown as running. One that could not be
 * read is shown as before.
 */
struct ens_tf_report ens_tf_refreshed_report(struct ens_arena *arena, const struct ens_value *prior,
                                             const struct ens_tf_report *report);

/* The report of an apply over all targets: one that was not pending is as the prior state has it.
 * pending holds some of the targets, in their order. */
struct ens_tf_report ens_tf_applied_report(struct ens_arena *arena,
                                           const struct ens_tf_targets *targets,
                                           const struct ens_value *prior,
                                           const struct ens_tf_report *pending);

#endif
