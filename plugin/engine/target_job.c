/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/target_job.h"

#include "base/alloc.h"
#include "base/container.h"
#include "engine/call.h"

struct target_job;

/* Targets that were begun together, and what outlives the steps of their tasks. */
struct cohort {
    struct ens_job_params params;
    size_t left;
    struct cohort *next_ended;
};

/* A place for a target that is worked on; when it is finished, for another. */
struct ens_job_target {
    struct ens_request request;
    struct ens_task task;
    struct target_job *job;
    struct cohort *cohort;
    size_t index;            /* of the target in the job */
    struct ens_route *route; /* NULL: there is no account for its calls */
    bool finished;           /* or none was begun here yet */
    struct ens_job_target *next_free;
};

struct target_job {
    struct ens_job base; /* the first member */
    struct ens_job_params params;
    struct ens_job_events events;
    const struct ens_target_list *list; /* of the owner; NULL: requests */
    struct ens_target_request *requests;
    size_t count;
    size_t begun;                   /* of the targets, in their order */
    size_t left;                    /* not finished */
    struct ens_job_target *targets; /* at most ENS_WINDOW */
    size_t places;
    struct ens_job_target *free;
    size_t free_count;
    struct ens_account **accounts; /* that were used, each once */
    size_t account_count;
    struct ens_route *route; /* of the target that was begun last */
    struct cohort *ended;    /* to be freed */
    bool paused;             /* the owner has no room for further results */
    bool stopped;            /* what is not begun yet ends by the event */
    enum ens_event_kind stopped_by;
    struct ens_timer more; /* begins further targets */
    struct ens_summary summary;
    struct ens_timer grace;
};

static struct target_job *self(struct ens_job *job)
{
    return ENS_CONTAINER_OF(job, struct target_job, base);
}

/* ---- taking a job --------------------------------------------------------------------------- */

static void copy_request(struct target_job *job, size_t index,
                         const struct ens_target_request *from)
{
    const struct ens_target *before = index > 0 ? &job->requests[index - 1].target : NULL;
    struct ens_target_request *copy = &job->requests[index];
    struct ens_arena *arena = job->base.arena;

    *copy = *from;
    /* Adjacent targets mostly have the same cloud and region: their copies are shared. */
    copy->target = (struct ens_target){
        .cloud = before != NULL && ens_str_eq(before->cloud, from->target.cloud)
                     ? before->cloud
                     : ens_arena_dup(arena, from->target.cloud),
        .region = before != NULL && ens_str_eq(before->region, from->target.region)
                      ? before->region
                      : ens_arena_dup(arena, from->target.region),
        .id = ens_arena_dup(arena, from->target.id),
    };
    if (from->client_token.len > 0) {
        copy->client_token = ens_arena_dup(arena, from->client_token);
    }
}

static void make_places(struct target_job *job)
{
    job->places = job->count < ENS_WINDOW ? job->count : ENS_WINDOW;
    job->free_count = job->places;
    job->targets = ens_alloc_array(job->places, sizeof(*job->targets));
    for (size_t i = job->places; i > 0; i--) {
        struct ens_job_target *target = &job->targets[i - 1];
        target->job = job;
        target->finished = true;
        target->next_free = job->free;
        job->free = target;
    }
}

static const struct ens_job_kind target_jobs;

struct ens_job *ens_target_job_new(struct ens_jobs *jobs, const struct ens_job_request *request)
{
    struct target_job *job = ens_alloc(sizeof(*job));
    const bool listed = request->list != NULL;

    job->list = request->list;
    job->count = listed ? request->list->count : request->count;
    ENS_ASSERT(job->count <= (listed ? ENS_TARGETS_MAX : ENS_RESULTS_MAX));
    ens_job_init(&job->base, jobs, &target_jobs, request->timeout_ms,
                 request->mode == ENS_MODE_APPLY ? ENS_APPLY_TIMEOUT_MS : ENS_PLAN_TIMEOUT_MS);
    job->params = (struct ens_job_params){
        .mode = request->mode,
        .no_dry_run = request->no_dry_run,
        .taken_ms = ens_timers_now(jobs->timers),
        .deadline_ms = job->base.deadline_ms,
        .entropy = jobs->timers->entropy,
    };
    job->events = request->events;
    job->left = job->count;
    make_places(job);
    if (!listed) {
        job->requests = ens_alloc_array(job->count, sizeof(*job->requests));
        for (size_t i = 0; i < job->count; i++) {
            copy_request(job, i, &request->targets[i]);
        }
    }
    return &job->base;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void end_if_done(struct target_job *job)
{
    if (job->left > 0) {
        return;
    }
    ens_timer_clear(job->base.jobs->timers, &job->grace);
    ens_timer_clear(job->base.jobs->timers, &job->more);
    for (size_t i = 0; i < job->account_count; i++) {
        ens_warn_of(&job->base.warnings, &job->accounts[i]->keyring.warnings);
    }
    ens_job_over(&job->base); /* callers may still loop over its targets */
}

/* Not before timers fire, because callers may loop over the targets. */
static void want_more(struct target_job *job)
{
    struct ens_timers *timers = job->base.jobs->timers;

    if (job->begun == job->count) {
        return;
    }
    if (job->free_count >= ENS_WINDOW_STEP) {
        ens_timer_set(timers, &job->more, ens_timers_now(timers));
    } else if (job->free_count == 1) {
        ens_timer_set(timers, &job->more, ens_timers_now(timers) + ENS_WINDOW_WAIT_MS);
    }
}

/* Callers may still use what it holds. */
static void leave_cohort(struct target_job *job, struct cohort *cohort)
{
    if (--cohort->left == 0) {
        cohort->next_ended = job->ended;
        job->ended = cohort;
    }
}

static void free_ended(struct target_job *job)
{
    while (job->ended != NULL) {
        struct cohort *cohort = job->ended;
        job->ended = cohort->next_ended;
        ens_arena_free(cohort->params.arena); /* which it is in */
    }
}

static void finish(struct ens_job_target *target, const struct ens_result *result)
{
    struct target_job *job = target->job;

    target->finished = true;
    job->left--;
    ens_summary_add(&job->summary, result, job->params.mode == ENS_MODE_APPLY);
    if (job->events.result != NULL) {
        job->events.result(job->events.ud, target->index, result);
    }
    target->next_free = job->free;
    job->free = target;
    job->free_count++;
    leave_cohort(job, target->cohort);
    want_more(job);
    end_if_done(job);
}

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
    struct target_job *job = target->job;
    const struct ens_timers *timers = job->base.jobs->timers;
    struct ens_step next;
    struct ens_event event = *what;

    event.now_ms = ens_timers_now(timers);
    event.unix_s = ens_timers_unix_ms(timers) / 1000;
    event.random = ens_timers_random(timers);
    ens_task_step(&target->task, &event, scratch, &next);
    if (next.report && job->events.progress != NULL) {
        job->events.progress(job->events.ud, target->index, &next.result);
    }
    if (next.done) {
        finish(target, &next.result);
    } else {
        enqueue(target, &next);
    }
}

/* Ends a target by deadline or cancellation, whether it is queued or in a call. */
static void stop(struct ens_job_target *target, enum ens_event_kind kind)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const bool in_flight = ens_call_in_flight(&target->request);
    struct ens_pending pending = {0};

    if (target->request.call != NULL) {
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

/* Also what is not begun yet, as there is room for the results. */
static void stop_rest(struct target_job *job, enum ens_event_kind kind)
{
    if (!job->stopped) {
        job->stopped = true;
        job->stopped_by = kind;
    }
}

static void stop_all(struct target_job *job, enum ens_event_kind kind)
{
    stop_rest(job, kind);
    for (size_t i = 0; i < job->places; i++) {
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
    stop_rest(job, ENS_EVENT_CANCEL);
    for (size_t i = 0; i < job->places; i++) {
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

static struct ens_target_request request_at(const struct target_job *job, size_t index)
{
    return job->list != NULL
               ? (struct ens_target_request){.target = ens_target_list_at(job->list, index)}
               : job->requests[index];
}

/* Takes the place for the next target of the job. */
static void take_place(struct ens_job_target *target, struct cohort *cohort)
{
    struct target_job *job = target->job;
    const struct ens_target_request from = request_at(job, job->begun);

    *target = (struct ens_job_target){
        .task = {.params = &cohort->params,
                 .provider = ens_registry_find(job->base.jobs->registry, from.target.cloud),
                 .target = from.target,
                 .client_token = from.client_token,
                 .planned_token = from.client_token.len > 0,
                 .read_only = from.read_only,
                 .dry_run_known = from.dry_run_known,
                 .dry_run_reason = from.dry_run_reason},
        .job = job,
        .cohort = cohort,
        .index = job->begun++,
    };
    ENS_ASSERT(target->task.provider != NULL); /* ens_registry_require passed */
}

static struct ens_route *route_to(struct target_job *job, struct ens_account *account,
                                  ens_str region)
{
    if (job->route == NULL || job->route->account != account ||
        !ens_str_eq(job->route->region, region)) {
        size_t known = 0;
        while (known < job->account_count && job->accounts[known] != account) {
            known++;
        }
        if (known == job->account_count) {
            job->accounts = ens_arena_grow(job->base.arena, job->accounts, job->account_count,
                                           sizeof(struct ens_account *));
            job->accounts[job->account_count++] = account;
        }
        job->route = ens_route_get(job->base.jobs->routes, account, region);
    }
    return job->route;
}

static void begin_target(struct ens_job_target *target)
{
    struct target_job *job = target->job;
    const struct ens_jobs *jobs = job->base.jobs;
    const struct ens_cloud_account *cloud =
        ens_cloud_account_get(jobs->accounts, job->base.config, target->task.provider);

    ens_task_begin(&target->task);
    if (cloud->account == NULL) {
        fail_unsent(target, ENS_REASON_INVALID_ARGUMENT, cloud->hint, cloud->error);
        return;
    }
    if (!ens_client_token_valid(target->task.client_token)) {
        fail_unsent(target, ENS_REASON_INVALID_ARGUMENT, ENS_HINT_CLIENT_TOKEN,
                    ENS_STR("the plan's token is not " ENS_CLIENT_TOKEN_FORM));
        return;
    }
    target->route = route_to(job, cloud->account, target->task.target.region);
    target->request.id = target->task.target.id;
    target->request.run_id = job->base.run_id;
    target->request.deadline_ms = job->params.deadline_ms;
    target->request.done = on_outcome;
    ens_queue_add(queue_of(target), &target->request, ens_timers_now(jobs->timers));
}

static struct cohort *new_cohort(const struct target_job *job, size_t size)
{
    struct ens_arena *arena = ens_arena_new();
    struct cohort *cohort = ens_arena_alloc(arena, sizeof(*cohort));

    cohort->params = job->params;
    cohort->params.arena = arena;
    cohort->left = size;
    return cohort;
}

/* Begins as many targets as there are places for, unless the owner has no room for results. */
static void begin_more(struct target_job *job)
{
    const size_t rest = job->count - job->begun;
    const size_t size = rest < job->free_count ? rest : job->free_count;

    free_ended(job);
    job->paused = size > 0 && job->events.has_room != NULL && !job->events.has_room(job->events.ud);
    if (size == 0 || job->paused) {
        return;
    }
    struct cohort *cohort = new_cohort(job, size);
    for (size_t i = 0; i < size; i++) {
        struct ens_job_target *target = job->free;
        job->free = target->next_free;
        job->free_count--;
        take_place(target, cohort);
        begin_target(target);
        if (job->stopped && !target->finished) {
            stop(target, job->stopped_by);
        }
    }
}

static void on_more(struct ens_timer *timer)
{
    begin_more(ENS_CONTAINER_OF(timer, struct target_job, more));
}

static void begin(struct ens_job *base)
{
    struct target_job *job = self(base);

    job->grace.fire = on_grace;
    job->more.fire = on_more;
    if (job->count == 0) {
        end_if_done(job);
        return;
    }
    begin_more(job);
}

static void resume(struct ens_job *base)
{
    struct target_job *job = self(base);

    if (job->paused) {
        job->paused = false;
        begin_more(job);
    }
}

static void report(struct ens_job *base)
{
    const struct target_job *job = self(base);
    const struct ens_job_end end = {
        .summary = job->summary,
        .warnings = base->warnings.items,
        .warning_count = base->warnings.count,
    };

    job->events.done(job->events.ud, &end);
}

static void dispose(struct ens_job *base)
{
    struct target_job *job = self(base);

    free_ended(job);
    ens_free(job->requests);
    ens_free(job->targets);
    ens_free(job);
}

static const struct ens_job_kind target_jobs = {
    .begin = begin,
    .cancel = cancel,
    .expire = expire,
    .resume = resume,
    .report = report,
    .dispose = dispose,
};
