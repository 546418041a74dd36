/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/wait.h"

#include <pthread.h>

struct waiter {
    const struct ens_job_events *events; /* the caller's */
    struct ens_arena *arena;             /* used by the engine's thread until done */
    struct ens_collected *collected;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool done;
};

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
    ens_str *warnings = ens_arena_array(waiter->arena, end->warning_count, sizeof(*warnings));

    for (size_t i = 0; i < end->warning_count; i++) {
        warnings[i] = ens_arena_dup(waiter->arena, end->warnings[i]);
    }
    waiter->collected->end = *end;
    waiter->collected->end.warnings = warnings;
    waiter->collected->end.policy = (struct ens_policy){0};
    ens_policy_add_all(waiter->arena, &waiter->collected->end.policy, &end->policy);
    (void)pthread_mutex_lock(&waiter->mutex);
    waiter->done = true;
    (void)pthread_cond_signal(&waiter->cond);
    (void)pthread_mutex_unlock(&waiter->mutex);
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
    (void)pthread_mutex_init(&waiter.mutex, NULL);
    (void)pthread_cond_init(&waiter.cond, NULL);
    ens_job_id id = ens_engine_submit(engine, &waited);
    if (submitted != NULL) {
        submitted(job->events.ud, id);
    }
    (void)pthread_mutex_lock(&waiter.mutex);
    while (!waiter.done) {
        (void)pthread_cond_wait(&waiter.cond, &waiter.mutex);
    }
    (void)pthread_mutex_unlock(&waiter.mutex);
    (void)pthread_cond_destroy(&waiter.cond);
    (void)pthread_mutex_destroy(&waiter.mutex);
}
