/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Computes the planned state of a change, and the new state after a read or an apply. Pure, so that
 * equal inputs give equal plans, which Terraform requires.
 */
#ifndef ENSURE_TERRAFORM_CHANGE_H
#define ENSURE_TERRAFORM_CHANGE_H

#include "terraform/attributes.h"

/* The part of PlanResourceChange that needs no request to a cloud. */
struct ens_tf_change {
    struct ens_value planned;
    const char **replaces; /* names of attributes whose change replaces the resource */
    size_t replace_count;
    struct ens_tf_targets
        start; /* instances that an apply would start, to be checked by dry runs */
};

/* prior is null for a create; proposed is Terraform's proposed state with its region filled in, and
 * targets are those of proposed. */
void ens_tf_plan_change(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                        const struct ens_value *prior, const struct ens_value *proposed,
                        const struct ens_tf_targets *targets, struct ens_tf_change *ret);

/* The targets whose status in the prior state is not "running"; all of them if prior is null. */
struct ens_tf_targets ens_tf_targets_pending(struct ens_arena *arena,
                                             const struct ens_tf_targets *targets,
                                             const struct ens_value *prior);

/* Whether the status could not be read, so that the previous one has to be kept. */
bool ens_tf_unread(const struct ens_result *result);

/* The state of a resource after a read. Only what an apply would change is drift, so an instance
 * that is starting by itself has the status "running". One that could not be read keeps its
 * previous status. */
struct ens_tf_report ens_tf_refreshed_report(struct ens_arena *arena, const struct ens_value *prior,
                                             const struct ens_tf_report *report);

/* The state of a resource after an apply: the results of the pending targets, and the prior state
 * of all others. pending has a subset of the targets, in the same order. */
struct ens_tf_report ens_tf_applied_report(struct ens_arena *arena,
                                           const struct ens_tf_targets *targets,
                                           const struct ens_value *prior,
                                           const struct ens_tf_report *pending);

#endif
