/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/job.h"

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

    ens_tf_diags_warn(&job->call.diags, end->warnings, end->warning_count);
    job->done(job);
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
    const struct ens_job_request engine_job = {
        .mode = job->mode,
        .targets = targets,
        .count = count,
        .timeout_ms = job->timeout_ms,
        .no_dry_run = job->no_dry_run,
        .part_of_run = job->starts, /* of that of the process */
        .events = {.result = on_result, .progress = on_progress, .done = on_done, .ud = job},
    };
    ens_tf_ticket_begin(&job->ticket, &job->call);
    ens_tf_ticket_submitted(&job->ticket, ens_engine_submit(engine, &engine_job));
}
