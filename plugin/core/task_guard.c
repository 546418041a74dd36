/* SPDX-License-Identifier: Apache-2.0 */
/* What the policy says of a start, in a plan and in an apply. */
#include "core/task_context.h"

void ens_task_refuse_by_guard(const struct ens_task_context *context, ens_str clause)
{
    struct ens_task *task = context->task;

    task->refusal = ens_arena_dup(task->params->arena, clause);
    ens_task_refuse(context, ENS_REASON_POLICY, ENS_MESSAGE_LEFT);
}

/* An empty clause refuses nothing. */
static bool judge(const struct ens_task_context *context, ens_str clause)
{
    if (clause.len > 0) {
        ens_task_refuse_by_guard(context, clause);
    }
    return clause.len == 0;
}

bool ens_task_guard_target(const struct ens_task_context *context)
{
    const struct ens_job_params *params = context->task->params;

    return params->policy == NULL ||
           judge(context, ens_policy_refuse_target(params->policy, context->scratch,
                                                   &context->task->target, params->audit));
}

bool ens_task_guard_confidence(const struct ens_task_context *context,
                               enum ens_confidence confidence)
{
    const struct ens_job_params *params = context->task->params;

    return params->policy == NULL ||
           judge(context,
                 ens_policy_refuse_confidence(params->policy, context->scratch, confidence));
}

enum ens_confidence ens_task_assumed(const struct ens_task_context *context)
{
    const bool simulated =
        !ens_task_can(context, ENS_CAP_DRY_RUN) && !context->task->params->no_dry_run;

    return simulated ? ENS_CONFIDENCE_SIMULATED : ENS_CONFIDENCE_UNVERIFIED;
}

/* Where a guard wants a confidence that no plan found, the cloud is asked by a dry run first. */
static bool verify(const struct ens_task_context *context)
{
    const struct ens_task *task = context->task;
    const struct ens_job_params *params = task->params;

    if (params->policy == NULL || !ens_policy_needs_confidence(params->policy)) {
        return true;
    }
    if (task->confidence_known) {
        return ens_task_guard_confidence(context, task->confidence);
    }
    if (task->status == ENS_STATUS_STOPPED && !params->no_dry_run &&
        ens_task_can(context, ENS_CAP_DRY_RUN)) {
        ens_task_call(context, ENS_CALL_DRY_RUN, context->event->now_ms);
        return false;
    }
    return ens_task_guard_confidence(context, ens_task_assumed(context));
}

bool ens_task_may_start(const struct ens_task_context *context)
{
    struct ens_task *task = context->task;

    if (task->leave) {
        return true;
    }
    if (!ens_task_guard_target(context) || !verify(context)) {
        return false;
    }
    if (task->params->counted) {
        context->step->asks = true;
        return false;
    }
    task->leave = true;
    return true;
}

void ens_task_plan_start(const struct ens_task_context *context, enum ens_confidence confidence,
                         enum ens_reason reason, enum ens_message message)
{
    if (!ens_task_guard_target(context) || !ens_task_guard_confidence(context, confidence)) {
        return;
    }
    ens_task_need_token(context);
    ens_task_finish(context, ENS_ACTION_START, confidence, reason, message);
    context->step->asks = context->task->params->counted && !context->task->leave;
}
