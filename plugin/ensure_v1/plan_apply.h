/* SPDX-License-Identifier: Apache-2.0 */
/* The streaming methods of the service: Plan and Apply. Used by service.c only. */
#ifndef ENSURE_ENSURE_V1_PLAN_APPLY_H
#define ENSURE_ENSURE_V1_PLAN_APPLY_H

#include <stdatomic.h>

#include "engine/engine.h"
#include "ensure/v1/ensure.pb-c.h"
#include "rpc/server.h"

struct ens_v1_context {
    struct ens_engine *engine;
    const struct ens_clock *clock;
    struct ens_defaults defaults;
    atomic_size_t held; /* bytes of events that are held for all clients */
};

/* Handlers. Both finish the call, when the job ends or at once if the request is invalid. */
void ens_v1_plan(struct ens_v1_context *context, struct ens_rpc_call *call,
                 const Ensure__V1__PlanRequest *request);
void ens_v1_apply(struct ens_v1_context *context, struct ens_rpc_call *call,
                  const Ensure__V1__ApplyRequest *request);

/* Fails unless timeout_ms is 0 to ENS_TIMEOUT_MAX_MS. */
ens_rc ens_timeout_check(int64_t timeout_ms, const char *where,
                         struct ens_diags *diags) ENS_MUST_USE;

/* Finishes the call with INVALID_ARGUMENT and the first diagnostic. */
void ens_refuse_call(struct ens_rpc_call *call, const struct ens_diags *diags);

#endif
