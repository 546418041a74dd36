/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/job.h"

#include "base/alloc.h"
#include "base/container.h"
#include "core/leave.h"
#include "core/uuid.h"

struct ens_job_target {
    struct ens_request request;
    struct ens_task task;
    struct ens_job *job;
    struct ens_route *route; /* NULL: there is no account for its calls */
    bool finished;
    bool decided; /* it is known whether it wants to start, as far as the first reads tell */
    bool asking;  /* it waits for leave to start, without a call */
    struct ens_result *kept; /* plan: the result that it gets with leave; in the job's arena */
};

struct ens_job {
    struct ens_jobs *jobs;
    struct ens_job *prev;
    struct ens_job *next;
    ens_job_id id;
    struct ens_arena *arena;
    struct ens_job_params params;
    struct ens_job_events events;
    struct ens_config *config;
    struct ens_policy policy;
    struct ens_leave leave;
    bool part_of_run;
    struct ens_job_target *targets;
    size_t count;
    size_t left;
    struct ens_job_end end;
    ens_str run_id;
    unsigned failures_before; /* of the audit log, when the job began */
    struct ens_warnings warnings;
    struct ens_timer deadline;
    struct ens_timer grace;
    bool cancelled;
};

/* ---- taking a job --------------------------------------------------------------------------- */

static void copy_target(struct ens_job *job, size_t index, const struct ens_target_request *from)
{
    struct ens_task *task = &job->targets[index].task;
    const struct ens_target *before = index > 0 ? &job->targets[index - 1].task.target : NULL;
    struct ens_arena *arena = job->arena;

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
static void take_policy(struct ens_job *job, const struct ens_job_request *request)
{
    struct ens_leave *leave = &job->leave;

    ens_policy_add_all(job->arena, &job->policy, job->jobs->policy);
    ens_policy_add_all(job->arena, &job->policy, &job->config->policy);
    if (request->policy != NULL) {
        ens_policy_add_all(job->arena, &job->policy, request->policy);
    }
    job->end.policy = job->policy;
    job->part_of_run = request->part_of_run;
    for (size_t i = 0; i < job->count; i++) {
        job->targets[i].decided = job->targets[i].task.read_only;
        leave->undecided += job->targets[i].decided ? 0 : 1;
    }
    leave->limit = ens_policy_limit(&job->policy);
    job->params.policy = &job->policy;
    job->params.counted =
        leave->limit != NULL && (job->part_of_run || ens_leave_answer(leave) != ENS_LEAVE_GIVEN);
}

static int64_t timeout_of(const struct ens_job_request *request)
{
    if (request->timeout_ms <= 0) {
        return request->mode == ENS_MODE_PLAN ? ENS_PLAN_TIMEOUT_MS : ENS_APPLY_TIMEOUT_MS;
    }
    return request->timeout_ms < ENS_TIMEOUT_MAX_MS ? request->timeout_ms : ENS_TIMEOUT_MAX_MS;
}

struct ens_job *ens_job_new(struct ens_jobs *jobs, const struct ens_job_request *request)
{
    struct ens_job *job = ens_alloc(sizeof(*job));
    const int64_t now = ens_timers_now(jobs->timers);

    ENS_ASSERT(request->count <= ENS_TARGETS_MAX);
    job->jobs = jobs;
    job->arena = ens_arena_new();
    job->params = (struct ens_job_params){
        .mode = request->mode,
        .no_dry_run = request->no_dry_run,
        .taken_ms = now,
        .deadline_ms = now + timeout_of(request),
        .entropy = jobs->timers->entropy,
        .arena = job->arena,
    };
    job->events = request->events;
    job->count = request->count;
    job->left = request->count;
    job->targets = ens_alloc_array(request->count, sizeof(*job->targets));
    for (size_t i = 0; i < request->count; i++) {
        copy_target(job, i, &request->targets[i]);
    }
    job->config = ens_config_ref(jobs->configs);
    take_policy(job, request);
    return job;
}

void ens_job_set_id(struct ens_job *job, ens_job_id id)
{
    job->id = id;
}

static void note_decided(struct ens_job_target *target);

static void end_if_done(struct ens_job *job)
{
    struct ens_jobs *jobs = job->jobs;

    if (job->left > 0) {
        return;
    }
    ens_timer_clear(jobs->timers, &job->deadline);
    ens_timer_clear(jobs->timers, &job->grace);
    *(job->prev != NULL ? &job->prev->next : &jobs->running) = job->next;
    if (job->next != NULL) {
        job->next->prev = job->prev;
    }
    job->next = jobs->ended; /* freed at the end of the turn, because callers may still loop over
                                its targets */
    jobs->ended = job;
}

static void finish(struct ens_job_target *target, const struct ens_result *result)
{
    struct ens_job *job = target->job;

    target->finished = true;
    ens_summary_add(&job->end.summary, result, job->params.mode == ENS_MODE_APPLY);
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
    struct ens_target_list *counted = &target->job->jobs->counted;
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
    const struct ens_job *job = target->job;

    refuse(target, ens_guard_refuse_further(job->leave.limit, scratch, job->jobs->counted.count));
}

static void give_leave(struct ens_job_target *target)
{
    if (target->kept != NULL) {
        finish(target, target->kept);
    } else {
        step(target, &(struct ens_event){.kind = ENS_EVENT_LEAVE});
    }
}

/* Answers the targets that ask, if it is known by now. */
static void answer_asking(struct ens_job *job)
{
    const enum ens_leave_answer answer = ens_leave_answer(&job->leave);

    if (answer == ENS_LEAVE_WAIT) {
        return;
    }
    ENS_AUTO_ARENA *scratch = ens_arena_new();
    const char *run = job->params.mode == ENS_MODE_PLAN ? "plan" : "apply";
    const ens_str clause =
        ens_guard_refuse_starts(job->leave.limit, scratch, run, job->leave.wanted);
    for (size_t i = 0; i < job->count; i++) {
        struct ens_job_target *target = &job->targets[i];
        if (!target->asking) {
            continue;
        }
        target->asking = false;
        if (answer == ENS_LEAVE_GIVEN) {
            give_leave(target);
        } else {
            refuse(target, clause);
        }
    }
}

static void note_decided(struct ens_job_target *target)
{
    struct ens_job *job = target->job;

    if (!target->decided) {
        target->decided = true;
        job->leave.undecided--;
        if (job->params.counted && !job->part_of_run) {
            answer_asking(job);
        }
    }
}

/* The target waits until the other targets of the job are decided. */
static void ask(struct ens_job_target *target, const struct ens_step *next)
{
    struct ens_job *job = target->job;

    target->asking = true;
    job->leave.wanted++;
    if (next->done) {
        target->kept = ens_arena_alloc(job->arena, sizeof(*target->kept));
        *target->kept = ens_result_copy(job->arena, &next->result);
    }
    if (target->decided) {
        answer_asking(job);
    } else {
        note_decided(target);
    }
}

/* ---- steps ---------------------------------------------------------------------------------- */

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
    ENS_AUTO_ARENA *scratch = ens_arena_new();
    struct ens_job *job = target->job;
    const struct ens_timers *timers = job->jobs->timers;
    struct ens_step next;
    struct ens_event event = *what;

    event.now_ms = ens_timers_now(timers);
    event.unix_s = ens_timers_unix_ms(timers) / 1000;
    event.random = ens_timers_random(timers);
    job->params.audit = ens_record_state(job->jobs->recorder);
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
            note_decided(target);
        }
    }
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
    if (target->job->cancelled && !target->finished) {
        /* Its start was in flight at the cancellation: only the reply was waited for. */
        stop(target, ENS_EVENT_CANCEL);
    }
}

static void stop_all(struct ens_job *job, enum ens_event_kind kind)
{
    for (size_t i = 0; i < job->count; i++) {
        if (!job->targets[i].finished) {
            stop(&job->targets[i], kind);
        }
    }
}

static void on_deadline(struct ens_timer *timer)
{
    stop_all(ENS_CONTAINER_OF(timer, struct ens_job, deadline), ENS_EVENT_DEADLINE);
}

static void on_grace(struct ens_timer *timer)
{
    stop_all(ENS_CONTAINER_OF(timer, struct ens_job, grace), ENS_EVENT_CANCEL);
}

void ens_job_cancel(struct ens_job *job)
{
    struct ens_timers *timers = job->jobs->timers;

    if (job->cancelled || job->left == 0) {
        return;
    }
    job->cancelled = true;
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

static void begin(struct ens_job_target *target, const struct ens_cloud_account *cloud,
                  struct ens_route *previous_route)
{
    const struct ens_jobs *jobs = target->job->jobs;
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
    target->request.run_id = target->job->run_id;
    target->request.deadline_ms = target->job->params.deadline_ms;
    target->request.done = on_outcome;
    ens_queue_add(queue_of(target), &target->request, ens_timers_now(jobs->timers));
}

void ens_job_begin(struct ens_job *job)
{
    struct ens_jobs *jobs = job->jobs;
    struct ens_route *previous_route = NULL;

    job->next = jobs->running;
    if (job->next != NULL) {
        job->next->prev = job;
    }
    jobs->running = job;
    job->run_id = ens_uuid_random(job->arena, jobs->timers->entropy);
    job->failures_before = jobs->recorder->failures;
    job->deadline.fire = on_deadline;
    job->grace.fire = on_grace;
    ens_timer_set(jobs->timers, &job->deadline, job->params.deadline_ms);
    job->warnings = (struct ens_warnings){.reported = jobs->reported, .arena = job->arena};
    ens_warn_of(&job->warnings, jobs->notices);
    if (job->count == 0) {
        end_if_done(job);
        return;
    }
    for (size_t i = 0; i < job->count; i++) {
        struct ens_job_target *target = &job->targets[i];
        target->task.provider = ens_registry_find(jobs->registry, target->task.target.cloud);
        ENS_ASSERT(target->task.provider != NULL); /* ens_registry_require passed */
        const struct ens_cloud_account *cloud =
            ens_cloud_account_get(jobs->accounts, job->config, target->task.provider);
        begin(target, cloud, previous_route);
        previous_route = target->route != NULL ? target->route : previous_route;
    }
}

/* Passes on what was noticed about the keys of the job's accounts. */
static void warn_of_keys(struct ens_job *job)
{
    const struct ens_account *before = NULL;

    for (size_t i = 0; i < job->count; i++) {
        const struct ens_route *route = job->targets[i].route;
        if (route == NULL || route->account == before) {
            continue;
        }
        before = route->account;
        ens_warn_of(&job->warnings, &before->keyring.warnings);
    }
}

void ens_jobs_end(struct ens_jobs *jobs)
{
    while (jobs->ended != NULL) {
        struct ens_job *job = jobs->ended;
        jobs->ended = job->next;
        warn_of_keys(job);
        ens_warn_of_audit(&job->warnings, jobs->recorder, job->failures_before);
        job->end.warnings = job->warnings.items;
        job->end.warning_count = job->warnings.count;
        job->events.done(job->events.ud, &job->end);
        ens_config_unref(jobs->configs, job->config);
        ens_free(job->targets);
        ens_arena_free(job->arena);
        ens_free(job);
    }
}

void ens_jobs_done(struct ens_jobs *jobs)
{
    ens_arena_free(jobs->counted.arena);
}
