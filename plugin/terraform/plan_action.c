/* SPDX-License-Identifier: Apache-2.0 */
/* PlanAction: checks the starts by dry runs, as for a resource that is to be created. */
#include <tfplugin6.pb-c.h>

#include "terraform/diagnostics_report.h"
#include "terraform/handlers.h"
#include "terraform/job.h"

struct planning {
    struct ens_tf_job job;
    struct ens_tf_targets targets;
    struct ens_value config;
    Tfplugin6__Deferred *deferred; /* NULL: not deferred */
};

static void reply(struct planning *planning)
{
    Tfplugin6__PlanAction__Response response = TFPLUGIN6__PLAN_ACTION__RESPONSE__INIT;
    struct ens_tf_call *call = &planning->job.call;

    response.deferred = planning->deferred;
    response.diagnostics = call->diags.items;
    response.n_diagnostics = call->diags.count;
    ens_rpc_call_reply(call->rpc, &response.base);
}

static void on_planned(struct ens_tf_job *job)
{
    ens_tf_diags_report(&job->call.diags, ENS_TF_AT_ACTION_PLAN, job->preflight, &job->report);
    reply(job->ud);
}

void ens_tf_plan_action(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__PlanAction__Request *in = (const Tfplugin6__PlanAction__Request *)request;
    const struct ens_terraform *tf = ud;
    struct planning *planning = ens_arena_alloc(ens_rpc_call_arena(rpc), sizeof(*planning));
    struct ens_tf_call *call = &planning->job.call;

    *call = ens_tf_call_begin(ud, rpc, ENS_TF_ACTION, in->action_type);
    if (!ens_tf_call_action(call, in->config, &planning->config, &planning->targets)) {
        reply(planning);
        return;
    }
    const bool settings_unknown =
        tf->preflight_unknown || ens_tf_settings_unknown(tf, planning->targets.cloud);
    planning->deferred =
        ens_tf_call_deferred(call, in->client_capabilities, settings_unknown || tf->policy_unknown,
                             !planning->targets.known);
    if (planning->deferred != NULL || !planning->targets.known || settings_unknown ||
        !ens_tf_call_plans(call)) {
        reply(planning);
        return;
    }
    planning->job.targets = &planning->targets;
    planning->job.ud = planning;
    planning->job.mode = ENS_MODE_PLAN;
    planning->job.no_dry_run = tf->preflight == ENS_TF_PREFLIGHT_OFF;
    planning->job.starts = true;
    planning->job.done = on_planned;
    ens_tf_job_run(&planning->job);
}
