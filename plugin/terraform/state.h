/* From what the engine said to Terraform's values. */
#ifndef ENSURE_TERRAFORM_STATE_H
#define ENSURE_TERRAFORM_STATE_H

#include "terraform/schema.h"

/*
 * What a resource's state says after a read. Drift is what an apply would have something to do
 * about: an instance on its way to running by itself is shown as running. One that could not be
 * read is shown as before.
 */
struct ens_tf_report ens_tf_state_settle(struct ens_arena *arena, const struct ens_value *prior,
                                         const struct ens_tf_report *report);

/* The report of an apply over all of request: where nothing was pending the instance is as the
 * prior state has it. pending holds targets of request, in its order. */
struct ens_tf_report ens_tf_state_merge(struct ens_arena *arena,
                                        const struct ens_tf_request *request,
                                        const struct ens_value *prior,
                                        const struct ens_tf_report *pending);

/* Sets every attribute of object that a report fills. */
void ens_tf_state_fill(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                       const struct ens_tf_report *report, struct ens_value *object);

#endif
