/* The two methods that take time: Plan and Apply. Used by service.c. */
#ifndef ENSURE_ENSURE_V1_PLAN_APPLY_H
#define ENSURE_ENSURE_V1_PLAN_APPLY_H

#include "ensure/v1/ensure.pb-c.h"
#include "rpc/server.h"
#include "run/engine.h"

/* What a call goes by that says nothing itself; 0 is the engine's default. */
struct ens_policy {
    int64_t plan_timeout_ms;
    int64_t apply_timeout_ms;
    bool no_dry_run;
};

struct ens_work_context {
    struct ens_engine *engine;
    const struct ens_clock *clock;
    struct ens_policy policy;
};

/* Each ends the call sooner or later. */
void ens_work_plan(const struct ens_work_context *context, struct ens_rpc_call *call,
                   const Ensure__V1__PlanRequest *request);
void ens_work_apply(const struct ens_work_context *context, struct ens_rpc_call *call,
                    const Ensure__V1__ApplyRequest *request);

/* 0..ENS_TIMEOUT_MAX_MS. */
ens_rc ens_timeout_check(int64_t timeout_ms, const char *where,
                         struct ens_diags *diags) ENS_MUST_USE;

/* Ends the call with INVALID_ARGUMENT and the first error's sentence. */
void ens_refuse_call(struct ens_rpc_call *call, const struct ens_diags *diags);

#endif
