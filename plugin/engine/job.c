/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/job.h"

#include <string.h>

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

/* Unless it is empty, or the engine has reported it before. */
static void warn_once(struct ens_job *job, ens_str text)
{
    struct ens_diags *reported = job->jobs->reported;

    for (size_t i = 0; i < reported->count; i++) {
        if (ens_str_is(text, reported->items[i].summary)) {
            return;
        }
    }
    if (text.len == 0 || reported->count == ENS_DIAGS_MAX) {
        return;
    }
    ens_diags_add(reported, ENS_WARNING, NULL, NULL, "%.*s", ENS_STR_ARG(text));
    ens_warn(&job->warnings, text);
}

void ens_job_notice(struct ens_job *job, const struct ens_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        warn_once(job, ens_diag_line(job->arena, &diags->items[i]));
    }
}

void ens_job_begin(struct ens_job *job)
{
    struct ens_jobs *jobs = job->jobs;

    job->next = jobs->running;
    if (job->next != NULL) {
        job->next->prev = job;
    }
    jobs->running = job;
    job->run.id = ens_uuid_random(job->arena, jobs->timers->entropy);
    job->run.trace = ens_tracing_begin(jobs->tracing);
    job->begun_ms = ens_timers_now(jobs->timers);
    job->deadline.fire = on_deadline;
    ens_timer_set(jobs->timers, &job->deadline, job->deadline_ms);
    job->failures_before = jobs->calls->recorder.failures;
    job->warnings = (struct ens_warnings){.arena = job->arena};
    ens_job_notice(job, jobs->notices);
    job->kind->begin(job);
    if (job->cancelled_before) {
        ens_job_cancel(job); /* in the same turn: calls are sent at its end */
    }
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

/* Adds the span of a job that has ended. */
static void trace(struct ens_job *job)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_tracing *tracing = job->jobs->tracing;
    struct ens_job_tally tally;

    if (!ens_tracing_wants(tracing, &job->run.trace)) {
        return;
    }
    job->kind->tally(job, &tally);
    const struct ens_attribute attributes[] = {
        {ENS_ATTRIBUTE_TEXT, ENS_STR("ensure.run_id"), job->run.id, 0},
        {ENS_ATTRIBUTE_NUMBER, ENS_STR("ensure.total"), ENS_STR(""), (int64_t)tally.total},
        {ENS_ATTRIBUTE_NUMBER, ENS_STR("ensure.failed"), ENS_STR(""), (int64_t)tally.failed},
        {ENS_ATTRIBUTE_FLAG, ENS_STR("ensure.cancelled"), ENS_STR(""), job->cancelled},
    };
    struct ens_span span = {
        .trace = job->run.trace,
        .remote_parent = true,
        .kind = ENS_SPAN_INTERNAL,
        .name = ens_arena_printf(arena, "ensure %s", tally.name),
        .start_unix_ms = ens_tracing_unix_ms(tracing, job->begun_ms),
        .end_unix_ms = ens_tracing_unix_ms(tracing, ens_timers_now(job->jobs->timers)),
        .attributes = attributes,
        .attribute_count = ENS_COUNT(attributes),
        .failed = tally.failed > 0 || job->cancelled,
    };
    memcpy(span.parent_id, tracing->parent.span_id, sizeof(span.parent_id));
    ens_tracing_add(tracing, &span);
}

/* Warns of what could not be written or sent while the job ran. */
static void warn(struct ens_job *job)
{
    struct ens_jobs *jobs = job->jobs;
    const ens_str lost = ens_tracing_warning(jobs->tracing, job->arena);

    if (jobs->calls->recorder.failures != job->failures_before) {
        warn_once(job, ens_record_warning(&jobs->calls->recorder));
    }
    if (lost.len > 0) {
        ens_warn(&job->warnings, lost);
    }
}

void ens_jobs_end(struct ens_jobs *jobs)
{
    while (jobs->ended != NULL) {
        struct ens_job *job = jobs->ended;
        jobs->ended = job->next;
        trace(job);
        warn(job);
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
