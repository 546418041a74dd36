/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plan keeps for the plan that Terraform makes again in an apply, and for the apply itself
 * (planned_private of the protocol): the client token of each start, and the result of its dry run.
 * Pure; the host stores the bytes and may have changed them.
 *
 *   {"v":1,"at":UNIX_S,"i":{"ID":{"reason":R,"confidence":C,"token":T},...}}
 *
 * at: when the oldest of the dry runs was sent. Tokens are empty for clouds that have none, and for
 * refused starts.
 */
#ifndef ENSURE_TERRAFORM_PLANNED_PRIVATE_H
#define ENSURE_TERRAFORM_PLANNED_PRIVATE_H

#include "engine/engine.h"
#include "terraform/targets.h"

#define ENS_TF_DRY_RUN_HOLDS_S   600                  /* how long its result is used */
#define ENS_TF_PLANNED_BYTES_MAX ((size_t)256 * 1024) /* holds ENS_TF_INSTANCES_MAX instances */

struct ens_tf_planned_start;

struct ens_tf_planned {
    int64_t at_unix_s;
    bool dry_runs_hold; /* their results are young enough to be used */
    const struct ens_tf_planned_start *starts;
    size_t count;
};

/* now_unix_s decides whether the dry runs hold; a time in the future makes them old. Anything but
 * exactly the form above fails as a whole, with one diagnostic: ENS_MALFORMED, ENS_LIMIT. */
ens_rc ens_tf_planned_read(struct ens_arena *arena, ens_str bytes, int64_t now_unix_s,
                           struct ens_tf_planned *ret, struct ens_diags *diags) ENS_MUST_USE;

/* Sets the token that was planned for the target, and the result of its dry run if it holds. An
 * instance that was not planned is left as it is. */
void ens_tf_planned_request(const struct ens_tf_planned *planned,
                            struct ens_target_request *request);

/* The bytes for the results of a plan that began at a time; empty: no start is planned. previous:
 * the plan that was read before, NULL: none. */
ens_str ens_tf_planned_write(struct ens_arena *arena, const struct ens_tf_report *report,
                             int64_t began_unix_s, const struct ens_tf_planned *previous);

#endif
