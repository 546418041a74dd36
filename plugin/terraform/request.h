/* From Terraform's values to what the engine is asked. */
#ifndef ENSURE_TERRAFORM_REQUEST_H
#define ENSURE_TERRAFORM_REQUEST_H

#include "terraform/schema.h"

/* The instances that a block names. Where something is unknown, known is false and there are no
 * targets. An error: no region, or a part that no target can have. The registry knows the cloud. */
ens_rc ens_tf_request_read(struct ens_arena *arena, const struct ens_value *object,
                           const struct ens_registry *registry, struct ens_tf_request *ret,
                           struct ens_diags *diags) ENS_MUST_USE;

/* The targets out of request that are not running by a prior state: all of them if it is null. */
struct ens_tf_request ens_tf_request_pending(struct ens_arena *arena,
                                             const struct ens_tf_request *request,
                                             const struct ens_value *prior);

/* The time that a block allows, checked before: at is "timeout", "create" or "update". 0: it says
 * nothing. */
int64_t ens_tf_request_timeout(const struct ens_value *object, const char *at);

/* What a prior state says about an instance; empty: nothing. */
ens_str ens_tf_prior_status(const struct ens_value *prior, ens_str id);

#endif
