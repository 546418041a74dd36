/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/job.h"

#include <stdatomic.h>

#include "base/alloc.h"

/*
 * Handle with which the server's thread cancels a job that it has submitted; the job itself may be
 * freed by then. One reference is held by the handler until it has stored the id, and one by the
 * job until it is done. Only the reference count is accessed by both threads.
 */
struct ticket {
    atomic_int references;
    struct ens_engine *engine;
    ens_job_id id;
    bool gone; /* the host cancelled the call or disconnected */
};

static void ticket_unref(struct ticket *ticket)
{
    if (atomic_fetch_sub_explicit(&ticket->references, 1, memory_order_acq_rel) == 1) {
        ens_free(ticket);
    }
}

static void on_gone(void *ud)
{
    struct ticket *ticket = ud;

    ticket->gone = true;
    if (ticket->id != 0) {
        ens_engine_cancel(ticket->engine, ticket->id);
    }
}

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct ens_tf_job *job = ud;
    struct ens_tf_instance *instance = &job->instances[index];

    instance->result = ens_result_copy(job->call.arena, result);
    instance->start_request_id = instance->result.start_request_id;
    if (job->progress != NULL) {
        job->progress(job, index, result, true);
    }
}

static void on_progress(void *ud, size_t index, const struct ens_result *so_far)
{
    struct ens_tf_job *job = ud;

    if (job->progress != NULL) {
        job->progress(job, index, so_far, false);
    }
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct ens_tf_job *job = ud;
    struct ticket *ticket = job->ticket;

    for (size_t i = 0; i < end->warning_count; i++) {
        ens_tf_diags_add(&job->call.diags, ENS_WARNING, NULL, ENS_STR("Warning of the engine"),
                         end->warnings[i]);
    }
    job->done(job);
    ticket_unref(ticket);
}

/* Ends a job without submitting it, because StopProvider was called. */
static void end_stopped(struct ens_tf_job *job)
{
    for (size_t i = 0; i < job->targets->count; i++) {
        const struct ens_result result = {
            .target = job->targets->items[i],
            .action = ENS_ACTION_REFUSE,
            .reason = ENS_REASON_CANCELLED,
            .message = ENS_STR("Terraform is being stopped; nothing was asked or started."),
            .advice = ens_str_of(ens_reason_advice(ENS_REASON_CANCELLED)),
        };
        on_result(job, i, &result);
    }
    job->done(job);
}

void ens_tf_job_run(struct ens_tf_job *job)
{
    struct ens_arena *arena = job->call.arena;
    const size_t count = job->targets->count;
    struct ens_engine *engine = job->call.tf->engine;

    job->preflight = job->call.tf->preflight;
    job->instances = ens_arena_array(arena, count, sizeof(*job->instances));
    job->report = (struct ens_tf_report){job->instances, count};
    if (atomic_load(&job->call.tf->stopped)) {
        end_stopped(job);
        return;
    }
    struct ens_target_request *targets = ens_arena_array(arena, count, sizeof(*targets));
    for (size_t i = 0; i < count; i++) {
        targets[i].target = job->targets->items[i];
        if (job->planned != NULL) {
            ens_tf_planned_request(job->planned, &targets[i]);
        }
    }
    struct ticket *ticket = ens_alloc(sizeof(*ticket));
    atomic_init(&ticket->references, 2);
    ticket->engine = engine;
    job->ticket = ticket;
    const struct ens_job_request engine_job = {
        .mode = job->mode,
        .targets = targets,
        .count = count,
        .timeout_ms = job->timeout_ms,
        .no_dry_run = job->no_dry_run,
        .part_of_run = job->starts, /* of that of the process */
        .events = {.result = on_result, .progress = on_progress, .done = on_done, .ud = job},
    };
    ens_rpc_call_on_gone(job->call.rpc, on_gone, ticket);
    ticket->id = ens_engine_submit(engine, &engine_job);
    if (ticket->gone) {
        ens_engine_cancel(engine, ticket->id);
    }
    ticket_unref(ticket);
}
