/* SPDX-License-Identifier: Apache-2.0 */
/* InvokeAction: starts stopped instances, and streams what happens (action_progress.h) until all
 * run. After StopProvider only the end is sent: Terraform 1.14 and 1.15 crash when an event follows
 * the progress that they get after an interrupt. */
#include <tfplugin6.pb-c.h>

#include "terraform/action_progress.h"
#include "terraform/attributes.h"
#include "terraform/diagnostics_report.h"
#include "terraform/handlers.h"
#include "terraform/job.h"
#include "terraform/wire.h"

#define PROGRESS_QUEUE_MAX ((size_t)64 * 1024) /* bytes that the host has not read */

struct invoking {
    struct ens_tf_job job;
    struct ens_tf_targets targets;
    struct ens_value config;
    struct ens_tf_progress *progress;
};

/* Sends the last event of an invocation, with its diagnostics. */
static void complete(struct invoking *invoking)
{
    Tfplugin6__InvokeAction__Event event = TFPLUGIN6__INVOKE_ACTION__EVENT__INIT;
    Tfplugin6__InvokeAction__Event__Completed completed =
        TFPLUGIN6__INVOKE_ACTION__EVENT__COMPLETED__INIT;
    struct ens_tf_call *call = &invoking->job.call;

    completed.diagnostics = call->diags.items;
    completed.n_diagnostics = call->diags.count;
    event.type_case = TFPLUGIN6__INVOKE_ACTION__EVENT__TYPE_COMPLETED;
    event.completed = &completed;
    ens_rpc_call_reply(call->rpc, &event.base);
}

static void send_progress(struct invoking *invoking, struct ens_arena *arena, ens_str text)
{
    Tfplugin6__InvokeAction__Event event = TFPLUGIN6__INVOKE_ACTION__EVENT__INIT;
    Tfplugin6__InvokeAction__Event__Progress progress =
        TFPLUGIN6__INVOKE_ACTION__EVENT__PROGRESS__INIT;

    if (atomic_load(&invoking->job.call.tf->stopped)) {
        return;
    }
    progress.message = ens_tf_wire_text(arena, text);
    event.type_case = TFPLUGIN6__INVOKE_ACTION__EVENT__TYPE_PROGRESS;
    event.progress = &progress;
    ens_rpc_call_send(invoking->job.call.rpc, &event.base);
}

/* Intermediate results are left out while the host does not read; final ones are always told. */
static void on_progress(struct ens_tf_job *job, size_t index, const struct ens_result *result,
                        bool decided)
{
    struct invoking *invoking = job->ud;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_str text = ens_tf_progress_event(invoking->progress, arena, index, result, decided);

    if (text.len > 0 && (decided || ens_rpc_call_queued(job->call.rpc) <= PROGRESS_QUEUE_MAX)) {
        send_progress(invoking, arena, text);
    }
}

static void on_invoked(struct ens_tf_job *job)
{
    struct invoking *invoking = job->ud;
    const ens_str *texts = NULL;
    const size_t count =
        ens_tf_progress_end(invoking->progress, job->call.arena, &job->report, &texts);

    for (size_t i = 0; i < count; i++) {
        send_progress(invoking, job->call.arena, texts[i]);
    }
    ens_tf_diags_report(&job->call.diags, ENS_TF_AT_INVOKE, job->preflight, &job->report);
    complete(invoking);
}

void ens_tf_invoke_action(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__InvokeAction__Request *in = (const Tfplugin6__InvokeAction__Request *)request;
    struct invoking *invoking = ens_arena_alloc(ens_rpc_call_arena(rpc), sizeof(*invoking));
    struct ens_tf_call *call = &invoking->job.call;

    *call = ens_tf_call_begin(ud, rpc, ENS_TF_ACTION, in->action_type);
    if (!ens_tf_call_action(call, in->config, &invoking->config, &invoking->targets)) {
        complete(invoking);
        return;
    }
    if (!invoking->targets.known) {
        ens_tf_diags_add(&call->diags, ENS_ERROR, NULL, ENS_STR("The action has unknown values"),
                         ENS_STR("Its cloud, region and instance ids must be known by now."));
        complete(invoking);
        return;
    }
    invoking->progress = ens_tf_progress_new(call->arena, invoking->targets.count);
    invoking->job.targets = &invoking->targets;
    invoking->job.ud = invoking;
    invoking->job.mode = ENS_MODE_APPLY;
    invoking->job.no_dry_run = call->tf->preflight == ENS_TF_PREFLIGHT_OFF;
    invoking->job.starts = true;
    invoking->job.timeout_ms = ens_tf_timeout(&invoking->config, "timeout");
    invoking->job.progress = on_progress;
    invoking->job.done = on_invoked;
    ens_tf_job_run(&invoking->job);
}
