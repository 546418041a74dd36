/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine that answers from memory, for comparison: the plugin of bench_terraform's stub program
 * is linked with this file in place of plugin/engine/engine.c, and is the same in all else. It
 * answers plans, on a thread of its own as engine.h says: as if every instance were in the state
 * that BENCH_STUB_STATUS names, "stopped" or "running". What no plan of Terraform asks for ends the
 * process.
 */
#include "engine/engine.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "core/uuid.h"

struct job {
    struct job *next;
    struct ens_arena *arena;
    struct ens_target *targets;
    size_t count;
    bool no_dry_run;
    struct ens_job_events events;
};

struct ens_engine {
    const struct ens_registry *registry;
    const struct ens_entropy *entropy;
    bool running; /* every instance; else it is stopped */
    struct ens_diags warnings;
    pthread_t thread;

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t posted;
    struct job *first;
    struct job **end;
    ens_job_id last_id;
    bool stopping;
};

__attribute__((noreturn)) static void no_answer(const char *to)
{
    (void)fprintf(stderr, "the stub engine has no answer to %s\n", to);
    exit(1);
}

/* ---- answers -------------------------------------------------------------------------------- */

static struct ens_result answer(const struct ens_engine *engine, const struct job *job,
                                const struct ens_target *target)
{
    struct ens_result result = {
        .target = *target,
        .status = engine->running ? ENS_STATUS_RUNNING : ENS_STATUS_STOPPED,
        .provider_status = engine->running ? ENS_STR("RUNNING") : ENS_STR("STOPPED"),
        .http_status = 200,
        .request_id = ENS_STR("00000001-E000-4000-8000-000000000000"),
    };

    if (engine->running) {
        result.action = ENS_ACTION_NONE;
        result.reason = ENS_REASON_ALREADY_RUNNING;
        result.message = ENS_STR("The instance is running.");
    } else {
        result.action = ENS_ACTION_START;
        result.confidence = job->no_dry_run ? ENS_CONFIDENCE_UNVERIFIED : ENS_CONFIDENCE_VALIDATED;
        result.message = ENS_STR("The instance is stopped.");
        result.client_token = ens_uuid_random(job->arena, engine->entropy);
    }
    return result;
}

static void run(const struct ens_engine *engine, struct job *job)
{
    struct ens_job_end end = {0};

    for (size_t i = 0; i < job->count; i++) {
        const struct ens_result result = answer(engine, job, &job->targets[i]);
        ens_summary_add(&end.summary, &result, false);
        job->events.result(job->events.ud, i, &result);
    }
    job->events.done(job->events.ud, &end);
    ens_arena_free(job->arena);
}

/* ---- the thread ----------------------------------------------------------------------------- */

/* NULL: the engine is freed, and there is no job left. */
static struct job *take(struct ens_engine *engine)
{
    (void)pthread_mutex_lock(&engine->lock);
    while (engine->first == NULL && !engine->stopping) {
        (void)pthread_cond_wait(&engine->posted, &engine->lock);
    }
    struct job *job = engine->first;
    if (job != NULL) {
        engine->first = job->next;
        engine->end = engine->first == NULL ? &engine->first : engine->end;
    }
    (void)pthread_mutex_unlock(&engine->lock);
    return job;
}

static void *run_thread(void *ud)
{
    struct job *job;

    while ((job = take(ud)) != NULL) {
        run(ud, job);
    }
    return NULL;
}

/* As the engine does, it leaves signals to other threads. */
static void start_thread(struct ens_engine *engine)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    ENS_ASSERT(pthread_create(&engine->thread, NULL, run_thread, engine) == 0);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

ens_rc ens_engine_new(const struct ens_engine_options *options, struct ens_engine **ret,
                      struct ens_diags *diags)
{
    const char *status = options->environment->get(options->environment->ud, "BENCH_STUB_STATUS");
    const ens_str name = ens_str_of(status);

    if (!ens_str_is(name, "running") && !ens_str_is(name, "stopped")) {
        return ens_fail(diags, ENS_INVALID, NULL,
                        "BENCH_STUB_STATUS must be \"running\" or \"stopped\"");
    }
    struct ens_engine *engine = ens_alloc(sizeof(*engine));
    engine->registry = options->registry;
    engine->entropy = options->entropy;
    engine->running = ens_str_is(name, "running");
    engine->end = &engine->first;
    (void)pthread_mutex_init(&engine->lock, NULL);
    (void)pthread_cond_init(&engine->posted, NULL);
    start_thread(engine);
    *ret = engine;
    return ENS_OK;
}

void ens_engine_free(struct ens_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&engine->lock);
    engine->stopping = true;
    (void)pthread_cond_signal(&engine->posted);
    (void)pthread_mutex_unlock(&engine->lock);
    (void)pthread_join(engine->thread, NULL);
    (void)pthread_cond_destroy(&engine->posted);
    (void)pthread_mutex_destroy(&engine->lock);
    ens_free(engine);
}

ens_job_id ens_engine_submit(struct ens_engine *engine, const struct ens_job_request *request)
{
    if (request->mode != ENS_MODE_PLAN || request->list != NULL) {
        no_answer("anything but a plan");
    }
    struct ens_arena *arena = ens_arena_new();
    struct job *job = ens_arena_alloc(arena, sizeof(*job));
    *job = (struct job){.arena = arena,
                        .targets = ens_arena_array(arena, request->count, sizeof(*job->targets)),
                        .count = request->count,
                        .no_dry_run = request->no_dry_run,
                        .events = request->events};
    for (size_t i = 0; i < request->count; i++) {
        job->targets[i] = ens_target_copy(arena, &request->targets[i].target);
    }
    (void)pthread_mutex_lock(&engine->lock);
    const ens_job_id id = ++engine->last_id;
    *engine->end = job;
    engine->end = &job->next;
    (void)pthread_cond_signal(&engine->posted);
    (void)pthread_mutex_unlock(&engine->lock);
    return id;
}

/* ---- configuration and queries -------------------------------------------------------------- */

ens_rc ens_engine_ready(const struct ens_engine *engine, struct ens_diags *diags)
{
    (void)engine;
    (void)diags;
    return ENS_OK;
}

ens_rc ens_engine_configure(struct ens_engine *engine, const struct ens_cloud_settings *settings,
                            size_t count, const struct ens_policy *policy, struct ens_diags *diags)
{
    (void)settings;
    (void)count;
    (void)policy;
    return ens_engine_ready(engine, diags);
}

ens_rc ens_engine_check_count(struct ens_engine *engine, const struct ens_job_request *job,
                              struct ens_diags *diags)
{
    (void)job;
    return ens_engine_ready(engine, diags); /* it has no guards */
}

struct ens_policy ens_engine_policy(struct ens_engine *engine, struct ens_arena *arena)
{
    (void)engine;
    (void)arena;
    return (struct ens_policy){0};
}

ens_str ens_engine_region(struct ens_engine *engine, struct ens_arena *arena, ens_str cloud)
{
    (void)engine;
    (void)arena;
    (void)cloud;
    return ENS_STR("");
}

const struct ens_diags *ens_engine_warnings(const struct ens_engine *engine)
{
    return &engine->warnings;
}

const struct ens_registry *ens_engine_registry(const struct ens_engine *engine)
{
    return engine->registry;
}

/* ---- what ends by itself at once, and what is not asked ---------------------------------------
 */

void ens_engine_cancel(struct ens_engine *engine, ens_job_id id)
{
    (void)engine;
    (void)id;
}

void ens_engine_cancel_all(struct ens_engine *engine)
{
    (void)engine;
}

void ens_engine_resume(struct ens_engine *engine, ens_job_id id)
{
    (void)engine;
    (void)id;
}

int64_t ens_engine_step(struct ens_engine *engine)
{
    (void)engine;
    no_answer("a step");
}

ens_job_id ens_engine_check(struct ens_engine *engine, const struct ens_checkup_request *checkup)
{
    (void)engine;
    (void)checkup;
    no_answer("a checkup");
}

ens_job_id ens_engine_find(struct ens_engine *engine, const struct ens_find_request *find)
{
    (void)engine;
    (void)find;
    no_answer("a find");
}
