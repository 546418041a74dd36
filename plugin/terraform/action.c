/* The action: planned like a resource that is to be created, invoked with progress. */
#include <tfplugin6.pb-c.h>

#include "terraform/job.h"
#include "terraform/report.h"
#include "terraform/request.h"
#include "terraform/wire.h"

#define PROGRESS_QUEUE_MAX ((size_t)64 * 1024) /* bytes that a slow host may leave unread */

struct acting {
    struct ens_tf_job job;
    struct ens_tf_request request;
    struct ens_value config;
};

/* False: it can't be done, and call says why. An action without a config block has none. */
static bool read_config(struct acting *acting, const Tfplugin6__DynamicValue *wire)
{
    struct ens_tf_call *call = &acting->job.call;

    if (!ens_tf_call_value(call, wire, &acting->config)) {
        return false;
    }
    if (acting->config.kind != ENS_VALUE_MAP) {
        ens_tf_diags_add(&call->diags, ENS_ERROR, NULL, ENS_STR("No config block"),
                         ENS_STR("The action needs config { cloud, region, instance_ids }."));
        return false;
    }
    if (ens_value_is_null(ens_value_at(&acting->config, "region"))) {
        ens_value_set(
            &acting->config, "region",
            ens_tf_default_region(call->tf, call->arena, ens_value_at(&acting->config, "cloud")));
    }
    return ens_tf_call_request(call, &acting->config, &acting->request);
}

static struct acting *begin(struct ens_terraform *tf, struct ens_rpc_call *rpc,
                            const char *type_name)
{
    struct acting *acting = ens_arena_alloc(ens_rpc_call_arena(rpc), sizeof(*acting));

    acting->job.call = ens_tf_call_begin(tf, rpc, ENS_TF_ACTION, type_name);
    acting->job.request = &acting->request;
    acting->job.ud = acting;
    return acting;
}

/* ---- plan ------------------------------------------------------------------------------------ */

static void reply_plan(struct acting *acting)
{
    Tfplugin6__PlanAction__Response response = TFPLUGIN6__PLAN_ACTION__RESPONSE__INIT;
    struct ens_tf_call *call = &acting->job.call;

    response.diagnostics = call->diags.items;
    response.n_diagnostics = call->diags.count;
    ens_rpc_call_reply(call->rpc, &response.base);
}

static void on_planned(struct ens_tf_job *job)
{
    ens_tf_diags_report(&job->call.diags, ENS_TF_AT_ACTION_PLAN, job->preflight, &job->report);
    reply_plan(job->ud);
}

void ens_tf_plan_action(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__PlanAction__Request *in = (const Tfplugin6__PlanAction__Request *)request;
    const struct ens_terraform *tf = ud;
    struct acting *acting = begin(ud, rpc, in->action_type);

    if (!read_config(acting, in->config) || !acting->request.known ||
        tf->preflight == ENS_TF_PREFLIGHT_OFF || ens_tf_unsettled(tf, acting->request.cloud)) {
        reply_plan(acting);
        return;
    }
    acting->job.mode = ENS_MODE_PLAN;
    acting->job.done = on_planned;
    ens_tf_job_run(&acting->job);
}

/* ---- invoke ---------------------------------------------------------------------------------- */

/* The last event of every invocation. */
static void complete(struct acting *acting)
{
    Tfplugin6__InvokeAction__Event event = TFPLUGIN6__INVOKE_ACTION__EVENT__INIT;
    Tfplugin6__InvokeAction__Event__Completed completed =
        TFPLUGIN6__INVOKE_ACTION__EVENT__COMPLETED__INIT;
    struct ens_tf_call *call = &acting->job.call;

    completed.diagnostics = call->diags.items;
    completed.n_diagnostics = call->diags.count;
    event.type_case = TFPLUGIN6__INVOKE_ACTION__EVENT__TYPE_COMPLETED;
    event.completed = &completed;
    ens_rpc_call_reply(call->rpc, &event.base);
}

static void on_progress(struct ens_tf_job *job, const struct ens_result *so_far)
{
    Tfplugin6__InvokeAction__Event event = TFPLUGIN6__INVOKE_ACTION__EVENT__INIT;
    Tfplugin6__InvokeAction__Event__Progress progress;
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (ens_rpc_call_queued(job->call.rpc) > PROGRESS_QUEUE_MAX) {
        return;
    }
    ens_str text = ens_arena_printf(arena, "%.*s: %s. %.*s", ENS_STR_ARG(so_far->target.id),
                                    ens_status_name(so_far->status), ENS_STR_ARG(so_far->message));
    tfplugin6__invoke_action__event__progress__init(&progress);
    progress.message = ens_tf_wire_text(arena, text);
    event.type_case = TFPLUGIN6__INVOKE_ACTION__EVENT__TYPE_PROGRESS;
    event.progress = &progress;
    ens_rpc_call_send(job->call.rpc, &event.base);
}

static void on_invoked(struct ens_tf_job *job)
{
    ens_tf_diags_report(&job->call.diags, ENS_TF_AT_INVOKE, job->preflight, &job->report);
    complete(job->ud);
}

void ens_tf_invoke_action(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__InvokeAction__Request *in = (const Tfplugin6__InvokeAction__Request *)request;
    struct acting *acting = begin(ud, rpc, in->action_type);
    struct ens_tf_call *call = &acting->job.call;

    if (!read_config(acting, in->config)) {
        complete(acting);
        return;
    }
    if (!acting->request.known) {
        ens_tf_diags_add(&call->diags, ENS_ERROR, NULL, ENS_STR("The action has unknown values"),
                         ENS_STR("Its cloud, region and instance ids must be known by now."));
        complete(acting);
        return;
    }
    acting->job.mode = ENS_MODE_APPLY;
    acting->job.timeout_ms = ens_tf_request_timeout(&acting->config, "timeout");
    acting->job.progress = on_progress;
    acting->job.done = on_invoked;
    ens_tf_job_run(&acting->job);
}
