/* What PlanResourceChange decides without asking anybody. Pure, so the same inputs give the same
 * plan, as Terraform demands. */
#ifndef ENSURE_TERRAFORM_PLAN_H
#define ENSURE_TERRAFORM_PLAN_H

#include "terraform/schema.h"

struct ens_tf_change {
    struct ens_value planned;
    const char **replaces; /* names of attributes whose change makes a new object */
    size_t replace_count;
    struct ens_tf_request start; /* what would be started: to be asked about. count 0: nothing */
};

/* prior is null for a create; proposed is Terraform's suggestion with its region filled in, and
 * request is what proposed names. */
void ens_tf_plan_change(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                        const struct ens_value *prior, const struct ens_value *proposed,
                        const struct ens_tf_request *request, struct ens_tf_change *ret);

#endif
