/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "keys.h"
#include "login.h"
#include "network.h"
#include "watch.h"

#define MONO_MS                                                                                    \
    1000000 /* how far the monotonic clock is ahead of nothing, so that the two differ */

#define WINDOWS 1000 /* the stream of the first process's window */

/* ---- what a process sees of its machine ----------------------------------------------------- */

static int64_t mono_ms(void *ud)
{
    const struct sim_process *process = ud;

    return process->sim->now_ms + process->ahead_ms;
}

static int64_t unix_ms(void *ud)
{
    const struct sim_process *process = ud;

    return process->sim->now_ms + process->ahead_ms - SIM_MONO_MS;
}

static void fill(void *ud, void *bytes, size_t size)
{
    struct sim_process *process = ud;

    sim_bytes(&process->chance, bytes, size);
}

static const char *variable(void *ud, const char *name)
{
    return sim_keys_variable(ud, name);
}

/* Counts the line for each instance that it names. */
static void count_line(struct sim_process *process, ens_str line, unsigned *counts)
{
    static const char mark[] = "/i-sim";
    const char *at = line.ptr;

    while ((at = memmem(at, (size_t)(line.ptr + line.len - at), mark, strlen(mark))) != NULL) {
        size_t index = 0;
        for (at += strlen(mark); *at >= '0' && *at <= '9'; at++) {
            index = index * 10 + (size_t)(*at - '0');
        }
        if (index >= process->sim->fleet_count) {
            sim_fail(process->sim, "the audit log names an unknown instance: %.*s",
                     ENS_STR_ARG(line));
        }
        counts[index]++;
    }
}

static bool holds(ens_str line, const char *text)
{
    return memmem(line.ptr, line.len, text, strlen(text)) != NULL;
}

static ens_rc write_line(void *ud, ens_str line, struct ens_diags *diags)
{
    struct sim_process *process = ud;
    const bool sending = holds(line, "\"phase\": \"sending\"");

    sim_keys_check_text(process->sim, "a line of the audit log", line);
    if (process->dead || !holds(line, "\"action\": \"start\"")) {
        return ENS_OK;
    }
    if (sim_per_mille(&process->chance, process->audit_failures)) {
        return ens_fail(diags, ENS_IO, "audit", "no space is left");
    }
    count_line(process, line, sending ? process->sent_lines : process->done_lines);
    return ENS_OK;
}

/* ---- processes ------------------------------------------------------------------------------ */

/* Half of the engines work on few targets at a time: the others wait for a place, or without one
 * for their next read. */
static size_t window_of(const struct sim_process *process)
{
    struct sim_chance chance = sim_chance_new(process->sim->seed, WINDOWS + process->number);

    return sim_one_in(&chance, 2) ? (size_t)sim_scaled(&chance, 1, SIM_FLEET_MAX) : 0;
}

static void start_engine(struct sim_process *process)
{
    ENS_AUTO_DIAGS diags = {0};
    const struct ens_engine_options options = {
        .registry = process->sim->registry,
        .clock = &process->clock,
        .entropy = &process->entropy,
        .environment = &process->environment,
        .user_agent = "simulation",
        .transport = &process->transport,
        .user = "simulation",
        .audit = &process->audit,
        .window = window_of(process),
        .stepped = true,
    };

    if (ens_engine_new(&options, &process->engine, &diags) != ENS_OK) {
        sim_fail(process->sim, "no engine: %s", diags.items[0].summary);
    }
}

static struct sim_process *process_new(struct sim *sim, const struct sim_operator *owner)
{
    struct sim_process *process = ens_arena_alloc(sim->arena, sizeof(*process));

    if (sim->process_count == SIM_PROCESSES_MAX) {
        sim_fail(sim, "too many processes");
    }
    *process = (struct sim_process){
        .sim = sim,
        .number = sim->process_count,
        .chance = sim_chance_new(sim->seed, 100 + sim->process_count),
        .clock = {unix_ms, mono_ms, process},
        .entropy = {fill, process},
        .environment = {variable, process},
        .audit = {write_line, process},
        .next_ms = SIM_NEVER,
        .audit_failures = owner->audit_failures,
        .watches = ens_arena_array(sim->arena, sim->fleet_count, sizeof(struct sim_watch *)),
        .sent_lines = ens_arena_array(sim->arena, sim->fleet_count, sizeof(unsigned)),
        .done_lines = ens_arena_array(sim->arena, sim->fleet_count, sizeof(unsigned)),
        .starts = ens_arena_array(sim->arena, sim->fleet_count, sizeof(unsigned)),
    };
    memcpy(process->account, owner->account, sizeof(process->account));
    sim->processes[sim->process_count++] = process;
    sim_network_attach(process);
    start_engine(process);
    return process;
}

static void step(struct sim_process *process)
{
    process->touched = false;
    process->next_ms = ens_engine_step(process->engine);
    process->sim->events++;
}

void sim_processes_step(struct sim *sim)
{
    for (size_t i = 0; i < sim->process_count; i++) {
        struct sim_process *process = sim->processes[i];
        if (process->engine != NULL && (process->touched || process->next_ms <= sim->now_ms)) {
            step(process);
        }
    }
}

int64_t sim_processes_next(const struct sim *sim)
{
    int64_t next = SIM_NEVER;

    for (size_t i = 0; i < sim->process_count; i++) {
        const struct sim_process *process = sim->processes[i];
        if (process->engine != NULL) {
            const int64_t at = process->touched ? sim->now_ms : process->next_ms;
            next = at < next ? at : next;
        }
    }
    return next;
}

void sim_processes_done(struct sim *sim)
{
    for (size_t i = 0; i < sim->process_count; i++) {
        ens_engine_free(sim->processes[i]->engine);
        sim->processes[i]->engine = NULL;
    }
    for (size_t i = 0; i < sim->job_count; i++) {
        ens_arena_free(sim->jobs[i]->arena);
    }
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct sim_job *job = ud;

    if (!job->abandoned) {
        sim_watch_result(job, index, result);
    }
}

static void on_progress(void *ud, size_t index, const struct ens_result *result)
{
    struct sim_job *job = ud;

    if (!job->abandoned) {
        sim_watch_progress(job, index, result);
    }
}

static bool goes_on(const struct sim_operator *owner, const struct sim_job *job)
{
    return job->mode == ENS_MODE_PLAN && owner->applies;
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct sim_job *job = ud;
    struct sim_operator *owner = job->owner;
    struct sim *sim = owner->sim;

    if (job->abandoned) {
        return;
    }
    if (job->done) {
        sim_fail(sim, "a job is done twice");
    }
    job->end = *end;
    sim_watch_done(job);
    sim_login_done(job);
    job->done = true;
    sim_note(sim, "a job of process %zu is done", job->process->number);
    if (goes_on(owner, job)) {
        owner->plan = job;
        owner->applying = true;
        sim_errand_add(sim, (struct sim_errand){
                                .at_ms = sim->now_ms + sim_scaled(&sim->chance, 0, 20000),
                                .kind = SIM_ERRAND_JOB,
                                .owner = owner,
                            });
    }
}

/* Other jobs of the process may be about the same instance. */
static void find_shared(struct sim_job *job, struct sim_watch *watch)
{
    struct sim *sim = job->process->sim;

    for (size_t i = 0; i < sim->job_count; i++) {
        struct sim_job *other = sim->jobs[i];
        if (other == job || other->process != job->process || other->done) {
            continue;
        }
        for (size_t j = 0; j < other->count; j++) {
            if (other->watches[j].instance == watch->instance) {
                other->watches[j].shared = true;
                watch->shared = true;
            }
        }
    }
}

static void set_watch(struct sim_job *job, size_t i)
{
    struct sim_process *process = job->process;
    struct sim_watch *watch = &job->watches[i];

    watch->job = job;
    watch->loss_ms = -1;
    watch->instance = &process->sim->fleet[job->owner->targets[i]];
    process->watches[watch->instance->index] = watch;
    find_shared(job, watch);
}

static void fill_target(struct sim_job *job, size_t i, struct ens_target_request *ret)
{
    struct sim_watch *watch = &job->watches[i];
    const struct sim_job *plan = job->owner->plan;

    ret->target =
        (struct ens_target){ens_str_of(emu_cloud_name(watch->instance->cloud)),
                            ens_str_of(watch->instance->region), ens_str_of(watch->instance->id)};
    if (job->from_plan) {
        ret->client_token = plan->results[i].client_token;
        ret->read_only = plan->results[i].action != ENS_ACTION_START &&
                         plan->results[i].action != ENS_ACTION_WAIT;
        watch->token = ret->client_token;
        watch->read_only = ret->read_only;
    }
}

static void submit(struct sim_job *job)
{
    struct sim *sim = job->process->sim;
    const struct sim_operator *owner = job->owner;
    const bool plan = job->mode == ENS_MODE_PLAN;
    struct ens_target_request *targets = ens_arena_array(job->arena, job->count, sizeof(*targets));

    for (size_t i = 0; i < job->count; i++) {
        set_watch(job, i);
        fill_target(job, i, &targets[i]);
    }
    const struct ens_job_request request = {
        .mode = job->mode,
        .targets = targets,
        .count = job->count,
        .timeout_ms = plan ? owner->plan_timeout_ms : owner->apply_timeout_ms,
        .no_dry_run = plan && owner->no_dry_run,
        .events = {on_result, on_progress, on_done, job},
    };
    const int64_t otherwise = plan ? ENS_PLAN_TIMEOUT_MS : ENS_APPLY_TIMEOUT_MS;
    job->submitted_ms = sim->now_ms;
    job->deadline_ms = sim->now_ms + (request.timeout_ms > 0 ? request.timeout_ms : otherwise);
    job->id = ens_engine_submit(job->process->engine, &request);
    sim_note(sim, "process %zu gets a %s of %zu", job->process->number, plan ? "plan" : "apply",
             job->count);
}

/* An engine without jobs forgets what it knew of the clouds, as a new process does. */
static void forget_if_idle(struct sim_process *process)
{
    const struct sim *sim = process->sim;

    for (size_t i = 0; i < sim->job_count; i++) {
        if (sim->jobs[i]->process == process && !sim->jobs[i]->done) {
            return;
        }
    }
    memset(process->quiet_until_ms, 0, sizeof(process->quiet_until_ms));
    sim_login_rest(process);
}

static struct sim_job *job_new(struct sim_operator *owner, enum ens_mode mode)
{
    struct sim *sim = owner->sim;
    struct sim_job *job = ens_arena_alloc(sim->arena, sizeof(*job));
    struct ens_arena *arena = ens_arena_new();

    *job = (struct sim_job){
        .process = owner->process,
        .owner = owner,
        .mode = mode,
        .from_plan = mode == ENS_MODE_APPLY && owner->plan != NULL,
        .cancelled_ms = -1,
        .arena = arena,
        .count = owner->count,
        .watches = ens_arena_array(arena, owner->count, sizeof(struct sim_watch)),
        .results = ens_arena_array(arena, owner->count, sizeof(struct ens_result)),
    };
    sim->jobs = ens_arena_grow(sim->arena, sim->jobs, sim->job_count, sizeof(struct sim_job *));
    sim->jobs[sim->job_count++] = job;
    return job;
}

/* ---- operators ------------------------------------------------------------------------------ */

static bool usable(const struct sim_process *process)
{
    return process != NULL && process->engine != NULL && !process->dead;
}

static struct sim_process *process_for(struct sim_operator *owner)
{
    struct sim *sim = owner->sim;
    struct sim_process *shared =
        owner->partner >= 0 ? sim->operators[owner->partner].process : NULL;

    if (usable(shared)) {
        return shared;
    }
    return usable(owner->process) && owner->same_process ? owner->process : process_new(sim, owner);
}

void sim_operator_next(struct sim_operator *owner)
{
    struct sim *sim = owner->sim;
    struct sim_chance *chance = &sim->chance;
    const bool plans = owner->plans && !owner->applying;

    owner->process = process_for(owner);
    forget_if_idle(owner->process);
    struct sim_job *job = job_new(owner, plans ? ENS_MODE_PLAN : ENS_MODE_APPLY);
    submit(job);
    if (sim_per_mille(chance, owner->cancel_rate)) {
        sim_errand_add(sim, (struct sim_errand){.at_ms = sim->now_ms + sim_scaled(chance, 0, 60000),
                                                .kind = SIM_ERRAND_CANCEL,
                                                .owner = owner,
                                                .job = job});
    }
    if (owner->deaths > 0) {
        owner->deaths--;
        sim_errand_add(sim, (struct sim_errand){.at_ms = sim->now_ms + sim_scaled(chance, 0, 40000),
                                                .kind = SIM_ERRAND_DEATH,
                                                .owner = owner,
                                                .job = job});
    }
}

void sim_job_cancel(struct sim_job *job)
{
    struct sim *sim = job->process->sim;

    if (job->done || job->abandoned) {
        return;
    }
    sim_note(sim, "a job of process %zu is cancelled", job->process->number);
    job->cancelled_ms = sim->now_ms;
    ens_engine_cancel(job->process->engine, job->id);
}

void sim_process_die(struct sim_process *process)
{
    struct sim *sim = process->sim;

    sim_note(sim, "process %zu is killed", process->number);
    process->dead = true;
    for (size_t i = 0; i < sim->job_count; i++) {
        struct sim_job *job = sim->jobs[i];
        if (job->process == process && !job->done && !job->abandoned) {
            job->abandoned = true;
            sim_errand_add(sim, (struct sim_errand){
                                    .at_ms = sim->now_ms + sim_scaled(&sim->chance, 0, 10000),
                                    .kind = SIM_ERRAND_JOB,
                                    .owner = job->owner,
                                });
        }
    }
    ens_engine_cancel_all(process->engine);
    (void)ens_engine_step(process->engine);
    ens_engine_free(process->engine);
    process->engine = NULL;
}
