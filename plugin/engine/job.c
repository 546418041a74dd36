/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/job.h"

#include "core/uuid.h"

void ens_job_init(struct ens_job *job, struct ens_jobs *jobs, const struct ens_job_kind *kind)
{
    job->kind = kind;
    job->jobs = jobs;
    job->arena = ens_arena_new();
    job->config = ens_config_ref(jobs->configs);
}

void ens_job_set_id(struct ens_job *job, ens_job_id id)
{
    job->id = id;
}

/* ---- warnings -------------------------------------------------------------------------------- */

void ens_job_warn(struct ens_job *job, ens_str text)
{
    job->warnings =
        ens_arena_grow(job->arena, job->warnings, job->warning_count, sizeof(*job->warnings));
    job->warnings[job->warning_count++] = ens_arena_dup(job->arena, text);
}

void ens_job_warn_once(struct ens_job *job, ens_str text)
{
    struct ens_jobs *jobs = job->jobs;

    for (size_t i = 0; i < jobs->reported.count; i++) {
        if (ens_str_is(text, jobs->reported.items[i].summary)) {
            return;
        }
    }
    if (text.len > 0 && jobs->reported.count < ENS_DIAGS_MAX) {
        ens_diags_add(&jobs->reported, ENS_WARNING, NULL, NULL, "%.*s", ENS_STR_ARG(text));
        ens_job_warn(job, text);
    }
}

static void warn_of_notices(struct ens_job *job)
{
    const struct ens_diags *notices = job->jobs->notices;

    for (size_t i = 0; notices != NULL && i < notices->count; i++) {
        ens_job_warn_once(job, ens_diag_line(job->arena, &notices->items[i]));
    }
}

void ens_job_warn_of_keys(struct ens_job *job, const struct ens_account *account)
{
    const struct ens_diags *warnings = &account->keyring.warnings;

    for (size_t i = 0; i < warnings->count; i++) {
        ens_job_warn_once(job, ens_diag_line(job->arena, &warnings->items[i]));
    }
}

void ens_job_warn_of_audit(struct ens_job *job)
{
    if (job->jobs->recorder->failures != job->failures_before) {
        ens_job_warn_once(job, ens_record_warning(job->jobs->recorder));
    }
}

/* ---- beginning and end ----------------------------------------------------------------------- */

void ens_job_begin(struct ens_job *job)
{
    struct ens_jobs *jobs = job->jobs;

    job->next = jobs->running;
    if (job->next != NULL) {
        job->next->prev = job;
    }
    jobs->running = job;
    job->run_id = ens_uuid_random(job->arena, jobs->timers->entropy);
    job->failures_before = jobs->recorder->failures;
    warn_of_notices(job);
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
        job->kind->report(job);
        ens_config_unref(jobs->configs, job->config);
        ens_arena_free(job->arena);
        job->kind->dispose(job);
    }
}

void ens_jobs_done(struct ens_jobs *jobs)
{
    ens_diags_done(&jobs->reported);
}
