/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/job.h"

#include "base/container.h"
#include "core/uuid.h"

void ens_job_init(struct ens_job *job, struct ens_jobs *jobs, const struct ens_job_kind *kind,
                  int64_t timeout_ms, int64_t default_ms)
{
    const int64_t wanted_ms = timeout_ms > 0 ? timeout_ms : default_ms;

    job->kind = kind;
    job->jobs = jobs;
    job->arena = ens_arena_new();
    job->config = ens_config_ref(jobs->configs);
    job->deadline_ms = ens_timers_now(jobs->timers) +
                       (wanted_ms < ENS_TIMEOUT_MAX_MS ? wanted_ms : ENS_TIMEOUT_MAX_MS);
}

void ens_job_set_id(struct ens_job *job, ens_job_id id)
{
    job->id = id;
}

static void on_deadline(struct ens_timer *timer)
{
    struct ens_job *job = ENS_CONTAINER_OF(timer, struct ens_job, deadline);

    job->kind->expire(job);
}

void ens_job_begin(struct ens_job *job)
{
    struct ens_jobs *jobs = job->jobs;

    job->next = jobs->running;
    if (job->next != NULL) {
        job->next->prev = job;
    }
    jobs->running = job;
    job->run_id = ens_uuid_random(job->arena, jobs->timers->entropy);
    job->deadline.fire = on_deadline;
    ens_timer_set(jobs->timers, &job->deadline, job->deadline_ms);
    job->failures_before = jobs->calls->recorder.failures;
    job->warnings = (struct ens_warnings){.reported = jobs->reported, .arena = job->arena};
    ens_warn_of(&job->warnings, jobs->notices);
    job->kind->begin(job);
}

void ens_job_cancel(struct ens_job *job)
{
    if (!job->cancelled && !job->over) {
        job->cancelled = true;
        job->kind->cancel(job);
    }
}

void ens_jobs_cancel(struct ens_jobs *jobs, ens_job_id id)
{
    struct ens_job *next;

    for (struct ens_job *job = jobs->running; job != NULL; job = next) {
        next = job->next; /* a job that ends moves to another list */
        if (id == 0 || job->id == id) {
            ens_job_cancel(job);
        }
    }
}

void ens_jobs_resume(struct ens_jobs *jobs, ens_job_id id)
{
    for (struct ens_job *job = jobs->running; job != NULL; job = job->next) {
        if (job->id == id && job->kind->resume != NULL) {
            job->kind->resume(job);
            return;
        }
    }
}

void ens_job_over(struct ens_job *job)
{
    struct ens_jobs *jobs = job->jobs;

    job->over = true;
    ens_timer_clear(jobs->timers, &job->deadline);
    *(job->prev != NULL ? &job->prev->next : &jobs->running) = job->next;
    if (job->next != NULL) {
        job->next->prev = job->prev;
    }
    job->next = jobs->ended;
    jobs->ended = job;
}

void ens_jobs_end(struct ens_jobs *jobs)
{
    while (jobs->ended != NULL) {
        struct ens_job *job = jobs->ended;
        jobs->ended = job->next;
        ens_warn_of_audit(&job->warnings, &jobs->calls->recorder, job->failures_before);
        job->kind->report(job);
        ens_config_unref(jobs->configs, job->config);
        struct ens_arena *arena = job->arena; /* the kind may have things in it to free */
        job->kind->dispose(job);
        ens_arena_free(arena);
    }
}

void ens_jobs_done(struct ens_jobs *jobs)
{
    ens_arena_free(jobs->counted.arena);
}
