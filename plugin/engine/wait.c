/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/wait.h"

#include <pthread.h>

/* Blocks one thread until another one calls wake. */
struct alarm {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool rung;
};

struct waiter {
    const struct ens_job_events *events; /* the caller's */
    struct ens_arena *arena;             /* used by the engine's thread until done */
    struct ens_collected *collected;
    struct alarm alarm;
};

static void alarm_begin(struct alarm *alarm)
{
    (void)pthread_mutex_init(&alarm->mutex, NULL);
    (void)pthread_cond_init(&alarm->cond, NULL);
}

static void alarm_ring(struct alarm *alarm)
{
    (void)pthread_mutex_lock(&alarm->mutex);
    alarm->rung = true;
    (void)pthread_cond_signal(&alarm->cond);
    (void)pthread_mutex_unlock(&alarm->mutex);
}

static void alarm_wait(struct alarm *alarm)
{
    (void)pthread_mutex_lock(&alarm->mutex);
    while (!alarm->rung) {
        (void)pthread_cond_wait(&alarm->cond, &alarm->mutex);
    }
    (void)pthread_mutex_unlock(&alarm->mutex);
    (void)pthread_cond_destroy(&alarm->cond);
    (void)pthread_mutex_destroy(&alarm->mutex);
}

static const ens_str *copy_warnings(struct ens_arena *arena, const ens_str *from, size_t count)
{
    ens_str *warnings = ens_arena_array(arena, count, sizeof(*warnings));

    for (size_t i = 0; i < count; i++) {
        warnings[i] = ens_arena_dup(arena, from[i]);
    }
    return warnings;
}

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct waiter *waiter = ud;

    waiter->collected->results[index] = ens_result_copy(waiter->arena, result);
    if (waiter->events->result != NULL) {
        waiter->events->result(waiter->events->ud, index, result);
    }
}

static void on_progress(void *ud, size_t index, const struct ens_result *so_far)
{
    struct waiter *waiter = ud;

    waiter->events->progress(waiter->events->ud, index, so_far);
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct waiter *waiter = ud;

    waiter->collected->end = *end;
    waiter->collected->end.warnings =
        copy_warnings(waiter->arena, end->warnings, end->warning_count);
    waiter->collected->end.policy = (struct ens_policy){0};
    ens_policy_add_all(waiter->arena, &waiter->collected->end.policy, &end->policy);
    alarm_ring(&waiter->alarm);
}

void ens_engine_run(struct ens_engine *engine, const struct ens_job_request *job,
                    void (*submitted)(void *ud, ens_job_id id), struct ens_arena *arena,
                    struct ens_collected *ret)
{
    struct waiter waiter = {.events = &job->events, .arena = arena, .collected = ret};
    struct ens_job_request waited = *job;

    *ret = (struct ens_collected){
        .results = ens_arena_array(arena, job->count, sizeof(*ret->results)),
        .count = job->count,
    };
    waited.events = (struct ens_job_events){
        .result = on_result,
        .progress = job->events.progress != NULL ? on_progress : NULL,
        .done = on_done,
        .ud = &waiter,
    };
    alarm_begin(&waiter.alarm);
    ens_job_id id = ens_engine_submit(engine, &waited);
    if (submitted != NULL) {
        submitted(job->events.ud, id);
    }
    alarm_wait(&waiter.alarm);
}

/* ---- finds ----------------------------------------------------------------------------------- */

struct find_waiter {
    const struct ens_find_events *events; /* the caller's */
    struct ens_arena *arena;
    struct ens_find_end *end;
    struct alarm alarm;
};

static void on_found(void *ud, const struct ens_finding *finding)
{
    const struct find_waiter *waiter = ud;

    waiter->events->found(waiter->events->ud, finding);
}

static void on_failed(void *ud, const struct ens_find_failure *failure)
{
    const struct find_waiter *waiter = ud;

    waiter->events->failed(waiter->events->ud, failure);
}

static void on_find_done(void *ud, const struct ens_find_end *end)
{
    struct find_waiter *waiter = ud;

    *waiter->end = *end;
    waiter->end->warnings = copy_warnings(waiter->arena, end->warnings, end->warning_count);
    alarm_ring(&waiter->alarm);
}

void ens_engine_find_all(struct ens_engine *engine, const struct ens_find_request *find,
                         void (*submitted)(void *ud, ens_job_id id), struct ens_arena *arena,
                         struct ens_find_end *ret)
{
    struct find_waiter waiter = {.events = &find->events, .arena = arena, .end = ret};
    struct ens_find_request waited = *find;

    waited.events = (struct ens_find_events){
        .found = on_found, .failed = on_failed, .done = on_find_done, .ud = &waiter};
    alarm_begin(&waiter.alarm);
    const ens_job_id id = ens_engine_find(engine, &waited);
    if (submitted != NULL) {
        submitted(find->events.ud, id);
    }
    alarm_wait(&waiter.alarm);
}
