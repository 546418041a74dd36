/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/target_job.h"

#include "base/alloc.h"
#include "base/container.h"
#include "core/leave.h"
#include "engine/call.h"

struct target_job;

struct ens_job_target {
    struct ens_request request;
    struct ens_task task;
    struct target_job *job;
    struct ens_route *route; /* NULL: there is no account for its calls */
    bool finished;
    bool decided; /* it is known whether it wants to start, as far as the first reads tell */
    bool asking;  /* it waits for leave to start, without a call */
    struct ens_result *kept; /* plan: the result that it gets with leave; in the job's arena */
};

struct target_job {
    struct ens_job base; /* the first member */
    struct ens_job_params params;
    struct ens_job_events events;
    struct ens_policy policy;
    struct ens_leave leave;
    bool part_of_run;
    bool answered; /* those that asked for leave had their answer: it was known */
    struct ens_job_target *targets;
    size_t count;
    size_t left;
    struct ens_summary summary;
    struct ens_timer grace;
};

static struct target_job *self(struct ens_job *job)
{
    return ENS_CONTAINER_OF(job, struct target_job, base);
}

/* ---- taking a job --------------------------------------------------------------------------- */

static void copy_target(struct target_job *job, size_t index, const struct ens_target_request *from)
{
    struct ens_task *task = &job->targets[index].task;
    const struct ens_target *before = index > 0 ? &job->targets[index - 1].task.target : NULL;
    struct ens_arena *arena = job->base.arena;

    /* Adjacent targets mostly have the same cloud and region: their copies are shared. */
    task->target = (struct ens_target){
        .cloud = before != NULL && ens_str_eq(before->cloud, from->target.cloud)
                     ? before->cloud
                     : ens_arena_dup(arena, from->target.cloud),
        .region = before != NULL && ens_str_eq(before->region, from->target.region)
                      ? before->region
                      : ens_arena_dup(arena, from->target.region),
        .id = ens_arena_dup(arena, from->target.id),
    };
    if (from->client_token.len > 0) {
        task->client_token = ens_arena_dup(arena, from->client_token);
        task->planned_token = true;
    }
    task->read_only = from->read_only;
    task->confidence_known = from->confidence_known;
    task->confidence = from->confidence;
    task->dry_run_known = from->dry_run_known;
    task->dry_run_reason = from->dry_run_reason;
    task->params = &job->params;
    job->targets[index].job = job;
}

/* All guards hold: of the files, of the session and of the job. */
static void take_policy(struct target_job *job, const struct ens_job_request *request)
{
    struct ens_arena *arena = job->base.arena;
    struct ens_leave *leave = &job->leave;

    ens_policy_add_all(arena, &job->policy, job->base.jobs->policy);
    ens_policy_add_all(arena, &job->policy, &job->base.config->policy);
    if (request->policy != NULL) {
        ens_policy_add_all(arena, &job->policy, request->policy);
    }
    for (size_t i = 0; i < job->count; i++) {
        job->targets[i].decided = job->targets[i].task.read_only;
        leave->undecided += job->targets[i].decided ? 0 : 1;
    }
    leave->limit = ens_policy_limit(&job->policy);
    job->part_of_run = request->part_of_run;
    job->params.policy = &job->policy;
    job->params.counted =
        leave->limit != NULL && (job->part_of_run || ens_leave_answer(leave) != ENS_LEAVE_GIVEN);
}

static const struct ens_job_kind target_jobs;

struct ens_job *ens_target_job_new(struct ens_jobs *jobs, const struct ens_job_request *request)
{
    struct target_job *job = ens_alloc(sizeof(*job));

    ENS_ASSERT(request->count <= ENS_TARGETS_MAX);
    ens_job_init(&job->base, jobs, &target_jobs, request->timeout_ms,
                 request->mode == ENS_MODE_APPLY ? ENS_APPLY_TIMEOUT_MS : ENS_PLAN_TIMEOUT_MS);
    job->params = (struct ens_job_params){
        .mode = request->mode,
        .no_dry_run = request->no_dry_run,
        .taken_ms = ens_timers_now(jobs->timers),
        .deadline_ms = job->base.deadline_ms,
        .entropy = jobs->timers->entropy,
        .arena = job->base.arena,
    };
    job->events = request->events;
    job->count = request->count;
    job->left = request->count;
    job->targets = ens_alloc_array(request->count, sizeof(*job->targets));
    for (size_t i = 0; i < request->count; i++) {
        copy_target(job, i, &request->targets[i]);
    }
    take_policy(job, request);
    return &job->base;
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* Passes on what was noticed about the keys of the job's accounts. */
static void warn_of_keys(struct target_job *job)
{
    const struct ens_account *before = NULL;

    for (size_t i = 0; i < job->count; i++) {
        const struct ens_route *route = job->targets[i].route;
        if (route != NULL && route->account != before) {
            before = route->account;
            ens_warn_of(&job->base.warnings, &before->keyring.warnings);
        }
    }
}

static void end_if_done(struct target_job *job)
{
    if (job->left == 0) {
        ens_timer_clear(job->base.jobs->timers, &job->grace);
        warn_of_keys(job);
        ens_job_over(&job->base); /* callers may still loop over its targets */
    }
}

static void note_decided(struct ens_job_target *target);

static void finish(struct ens_job_target *target, const struct ens_result *result)
{
    struct target_job *job = target->job;

    target->finished = true;
    ens_summary_add(&job->summary, result, job->params.mode == ENS_MODE_APPLY);
    if (job->events.result != NULL) {
        job->events.result(job->events.ud, (size_t)(target - job->targets), result);
    }
    note_decided(target); /* may finish others; the job goes on until this one is counted */
    job->left--;
    end_if_done(job);
}

/* ---- leave to start ------------------------------------------------------------------------- */

static void step(struct ens_job_target *target, const struct ens_event *what);

/* Whether the start is within max_starts of the run that the job is a part of: an instance counts
 * once, whether it is planned, planned again or started. */
static bool count_in_run(struct ens_job_target *target)
{
    struct ens_target_list *counted = &target->job->base.jobs->counted;
    const size_t most = (size_t)target->job->leave.limit->max_starts;
    size_t index = 0;

    if (ens_target_list_find(counted, &target->task.target, &index)) {
        return true;
    }
    if (counted->arena == NULL) {
        counted->arena = ens_arena_new();
    }
    return counted->count < most &&
           ens_target_list_add(counted, &target->task.target, NULL, NULL) == ENS_OK;
}

static void refuse(struct ens_job_target *target, ens_str clause)
{
    step(target, &(struct ens_event){.kind = ENS_EVENT_REFUSED, .refusal = clause});
}

static void refuse_beyond(struct ens_job_target *target)
{
    ENS_AUTO_ARENA *scratch = ens_arena_new();
    const struct target_job *job = target->job;

    refuse(target,
           ens_guard_refuse_further(job->leave.limit, scratch, job->base.jobs->counted.count));
}

/* Tells a target that asks. */
static void answer(struct ens_job_target *target, enum ens_leave_answer given)
{
    const struct target_job *job = target->job;

    target->asking = false;
    if (given == ENS_LEAVE_REFUSED) {
        ENS_AUTO_ARENA *scratch = ens_arena_new();
        const char *run = job->params.mode == ENS_MODE_PLAN ? "plan" : "apply";
        refuse(target, ens_guard_refuse_starts(job->leave.limit, scratch, run, job->leave.wanted));
    } else if (target->kept != NULL) {
        finish(target, target->kept);
    } else {
        step(target, &(struct ens_event){.kind = ENS_EVENT_LEAVE});
    }
}

/* Answers the targets that ask, as soon as the answer is known. */
static void answer_all(struct target_job *job)
{
    const enum ens_leave_answer given = ens_leave_answer(&job->leave);

    if (job->answered || given == ENS_LEAVE_WAIT) {
        return;
    }
    job->answered = true;
    for (size_t i = 0; i < job->count; i++) {
        if (job->targets[i].asking) {
            answer(&job->targets[i], given);
        }
    }
}

static void note_decided(struct ens_job_target *target)
{
    struct target_job *job = target->job;

    if (!target->decided) {
        target->decided = true;
        job->leave.undecided--;
        if (job->params.counted && !job->part_of_run) {
            answer_all(job);
        }
    }
}

/* The target waits until it is known how many want to start. */
static void ask(struct ens_job_target *target, const struct ens_step *next)
{
    struct target_job *job = target->job;

    target->asking = true;
    job->leave.wanted++;
    if (next->done) {
        target->kept = ens_arena_alloc(job->base.arena, sizeof(*target->kept));
        *target->kept = ens_result_copy(job->base.arena, &next->result);
    }
    note_decided(target);
    if (target->asking && job->answered) {
        answer(target, ens_leave_answer(&job->leave));
    }
}

/* ---- calls ---------------------------------------------------------------------------------- */

/* The queue of the call that the task asked for. */
static struct ens_queue *queue_of(const struct ens_job_target *target)
{
    return &target->route->queues[target->task.awaiting];
}

static void enqueue(struct ens_job_target *target, const struct ens_step *next)
{
    struct ens_request *request = &target->request;

    request->client_token = target->task.client_token;
    request->starts = target->task.starts;
    request->fresh = next->kind == ENS_CALL_START && target->task.lost;
    if (next->alone) {
        ens_queue_split(queue_of(target), &request, 1, ENS_SPLIT_SINGLES);
    } else {
        ens_queue_add(queue_of(target), request, next->at_ms);
    }
}

/* Passes the event to the task, with times and random number, and carries out its step. */
static void step(struct ens_job_target *target, const struct ens_event *what)
{
    struct target_job *job = target->job;
    struct ens_timers *timers = job->base.jobs->timers;
    struct ens_arena_stock *arenas = job->base.jobs->calls->sender.arenas;
    struct ens_arena *scratch = ens_arena_take(arenas);
    struct ens_step next;
    struct ens_event event = *what;

    event.now_ms = ens_timers_now(timers);
    event.unix_s = ens_timers_unix_ms(timers) / 1000;
    event.random = ens_timers_random(timers);
    job->params.audit = ens_record_state(&job->base.jobs->calls->recorder);
    ens_task_step(&target->task, &event, scratch, &next);
    if (next.asks && job->part_of_run && count_in_run(target)) {
        target->task.leave = true;
        ens_task_step(&target->task, &event, scratch, &next);
    }
    if (next.report && job->events.progress != NULL) {
        job->events.progress(job->events.ud, (size_t)(target - job->targets), &next.result);
    }
    if (next.asks && job->part_of_run) {
        refuse_beyond(target);
    } else if (next.asks) {
        ask(target, &next);
    } else if (next.done) {
        finish(target, &next.result);
    } else {
        enqueue(target, &next);
        if (target->task.status == ENS_STATUS_STARTING) {
            note_decided(target); /* it wants no start, unless it falls back */
        }
    }
    ens_arena_give(arenas, scratch);
}

/* Ends a target by deadline or cancellation, whether it is queued or in a call. */
static void stop(struct ens_job_target *target, enum ens_event_kind kind)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const bool in_flight = ens_call_in_flight(&target->request);
    struct ens_pending pending = {0};

    if (target->kept != NULL) {
        return; /* decided: it gets its result with the last one that is not */
    }
    if (target->asking) {
        target->asking = false;
        target->job->leave.wanted--;
    } else if (target->request.call != NULL) {
        ens_call_pending(&target->request, arena, &pending);
        ens_call_leave(&target->request,
                       kind == ENS_EVENT_CANCEL ? ENS_REASON_CANCELLED : ENS_REASON_TIMED_OUT);
    } else {
        ens_queue_remove(queue_of(target), &target->request);
    }
    step(target, &(struct ens_event){
                     .kind = kind,
                     .in_flight = in_flight,
                     .pending = kind == ENS_EVENT_DEADLINE ? &pending : NULL,
                 });
}

static void on_outcome(struct ens_request *request, const struct ens_outcome *outcome)
{
    struct ens_job_target *target = ENS_CONTAINER_OF(request, struct ens_job_target, request);

    step(target, &(struct ens_event){.kind = ENS_EVENT_OUTCOME, .outcome = outcome});
    if (target->job->base.cancelled && !target->finished) {
        /* Its start was in flight at the cancellation: only the reply was waited for. */
        stop(target, ENS_EVENT_CANCEL);
    }
}

static void stop_all(struct target_job *job, enum ens_event_kind kind)
{
    for (size_t i = 0; i < job->count; i++) {
        if (!job->targets[i].finished) {
            stop(&job->targets[i], kind);
        }
    }
}

static void expire(struct ens_job *base)
{
    stop_all(self(base), ENS_EVENT_DEADLINE);
}

static void on_grace(struct ens_timer *timer)
{
    stop_all(ENS_CONTAINER_OF(timer, struct target_job, grace), ENS_EVENT_CANCEL);
}

static void cancel(struct ens_job *base)
{
    struct target_job *job = self(base);
    struct ens_timers *timers = base->jobs->timers;

    ens_timer_set(timers, &job->grace, ens_timers_now(timers) + ENS_GRACE_MS);
    for (size_t i = 0; i < job->count; i++) {
        struct ens_job_target *target = &job->targets[i];
        const bool starting =
            target->task.awaiting == ENS_CALL_START && ens_call_in_flight(&target->request);
        if (!target->finished && !starting) {
            stop(target, ENS_EVENT_CANCEL);
        }
    }
}

/* ---- beginning and end ---------------------------------------------------------------------- */

/* Fails a target without a call. */
static void fail_unsent(struct ens_job_target *target, enum ens_reason reason, enum ens_hint hint,
                        ens_str detail)
{
    const struct ens_outcome outcome = {.kind = ENS_CALL_READ,
                                        .reason = reason,
                                        .hint = hint,
                                        .flags = ENS_CODE_FINAL,
                                        .detail = detail};

    step(target, &(struct ens_event){.kind = ENS_EVENT_OUTCOME, .outcome = &outcome});
}

static void begin_target(struct ens_job_target *target, const struct ens_cloud_account *cloud,
                         struct ens_route *previous_route)
{
    const struct ens_jobs *jobs = target->job->base.jobs;
    const ens_str region = target->task.target.region;
    const ens_str token = target->task.client_token;

    ens_task_begin(&target->task);
    if (jobs->policy_error->count > 0) {
        ENS_AUTO_ARENA *scratch = ens_arena_new();
        fail_unsent(target, ENS_REASON_POLICY, ENS_HINT_NONE,
                    ens_diag_line(scratch, &jobs->policy_error->items[0]));
        return;
    }
    if (cloud->account == NULL) {
        fail_unsent(target, ENS_REASON_INVALID_ARGUMENT, cloud->hint, cloud->error);
        return;
    }
    if (!ens_client_token_valid(token)) {
        fail_unsent(target, ENS_REASON_INVALID_ARGUMENT, ENS_HINT_CLIENT_TOKEN,
                    ENS_STR("the plan's token is not " ENS_CLIENT_TOKEN_FORM));
        return;
    }
    target->route = previous_route != NULL && previous_route->account == cloud->account &&
                            ens_str_eq(previous_route->region, region)
                        ? previous_route
                        : ens_route_get(jobs->routes, cloud->account, region);
    target->request.id = target->task.target.id;
    target->request.run = target->job->base.run;
    target->request.deadline_ms = target->job->params.deadline_ms;
    target->request.done = on_outcome;
    ens_queue_add(queue_of(target), &target->request, ens_timers_now(jobs->timers));
}

static void begin(struct ens_job *base)
{
    struct target_job *job = self(base);
    struct ens_jobs *jobs = base->jobs;
    struct ens_route *previous_route = NULL;

    job->grace.fire = on_grace;
    if (job->count == 0) {
        end_if_done(job);
        return;
    }
    for (size_t i = 0; i < job->count; i++) {
        struct ens_job_target *target = &job->targets[i];
        target->task.provider = ens_registry_find(jobs->registry, target->task.target.cloud);
        ENS_ASSERT(target->task.provider != NULL); /* ens_registry_require passed */
        const struct ens_cloud_account *cloud =
            ens_cloud_account_get(jobs->accounts, base->config, target->task.provider);
        begin_target(target, cloud, previous_route);
        previous_route = target->route != NULL ? target->route : previous_route;
    }
}

/* Of a wait, what does not run. */
static void tally(struct ens_job *base, struct ens_job_tally *ret)
{
    const struct target_job *job = self(base);
    const struct ens_summary *summary = &job->summary;

    *ret = (struct ens_job_tally){.total = summary->total};
    switch (job->params.mode) {
    case ENS_MODE_PLAN:
        ret->name = job->params.no_dry_run ? "read" : "plan";
        ret->failed = summary->refuse;
        return;
    case ENS_MODE_APPLY:
        ret->name = "apply";
        ret->failed = summary->total - summary->running;
        return;
    case ENS_MODE_WAIT:
        ret->name = "wait";
        ret->failed = summary->total - summary->none;
        return;
    }
}

static void report(struct ens_job *base)
{
    const struct target_job *job = self(base);
    const struct ens_job_end end = {
        .summary = job->summary,
        .warnings = base->warnings.items,
        .warning_count = base->warnings.count,
        .policy = job->policy,
    };

    job->events.done(job->events.ud, &end);
}

static void dispose(struct ens_job *base)
{
    struct target_job *job = self(base);

    ens_free(job->targets);
    ens_free(job);
}

static const struct ens_job_kind target_jobs = {
    .begin = begin,
    .cancel = cancel,
    .expire = expire,
    .tally = tally,
    .report = report,
    .dispose = dispose,
};
