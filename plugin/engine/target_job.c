/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/target_job_private.h"

#include "base/alloc.h"
#include "base/container.h"
#include "engine/policy_files.h"

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

/* All guards hold: of the files as they are now, of the session and of the job. */
static void take_policy(struct target_job *job, const struct ens_job_request *request)
{
    struct ens_arena *arena = job->base.arena;
    struct ens_leave *leave = &job->leave;

    (void)!ens_policy_files_read(job->base.jobs->environment, arena, &job->policy,
                                 &job->policy_error);
    ens_policy_add_all(arena, &job->policy, &job->base.config->policy);
    if (request->policy != NULL && request->planned) {
        ens_policy_add_others(arena, &job->policy, request->policy);
    } else if (request->policy != NULL) {
        ens_policy_add_all(arena, &job->policy, request->policy);
    }
    for (size_t i = 0; i < job->count; i++) {
        leave->undecided += job->list != NULL || !job->requests[i].read_only ? 1 : 0;
    }
    leave->limit = request->states_only ? NULL : ens_policy_limit(&job->policy);
    job->part_of_run = request->part_of_run;
    job->params.policy = &job->policy;
    job->params.counted =
        leave->limit != NULL && (job->part_of_run || ens_leave_answer(leave) != ENS_LEAVE_GIVEN);
}

/* Then ens_engine_check_count fails, unless a policy file changed since. */
static bool is_too_large(const struct target_job *job)
{
    return ens_target_job_counted(job) && ens_guard_is_exceeded_by(job->leave.limit, job->count);
}

/* How many targets are worked on at a time. */
static size_t window_of(const struct target_job *job)
{
    const bool whole = ens_target_job_counted(job) && !is_too_large(job);
    const size_t window = job->base.jobs->window;

    return whole || job->count < window ? job->count : window;
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
    job->base.cancelled_before = request->cancelled;
    job->params = (struct ens_job_params){
        .mode = request->mode,
        .no_dry_run = request->no_dry_run,
        .taken_ms = ens_timers_now(jobs->timers),
        .deadline_ms = job->base.deadline_ms,
        .entropy = jobs->timers->entropy,
    };
    job->events = request->events;
    job->left = job->count;
    if (!listed) {
        job->requests = ens_alloc_array(job->count, sizeof(*job->requests));
        for (size_t i = 0; i < job->count; i++) {
            copy_request(job, i, &request->targets[i]);
        }
    }
    take_policy(job, request);
    ens_target_job_make_places(job, window_of(job));
    return &job->base;
}

/* ---- stops ---------------------------------------------------------------------------------- */

/* Also what is parked or not begun yet, in this order, as there is room for the results. */
static void stop_rest(struct target_job *job, enum ens_event_kind kind)
{
    if (!job->stopped) {
        job->stopped = true;
        job->stopped_by = kind;
        ens_target_job_sort_parked(job);
        ens_target_job_want_more(job);
    }
}

static void stop_all(struct target_job *job, enum ens_event_kind kind)
{
    stop_rest(job, kind);
    for (size_t i = 0; i < job->places; i++) {
        if (!job->targets[i].finished) {
            ens_job_target_stop(&job->targets[i], kind);
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
            ens_job_target_stop(target, ENS_EVENT_CANCEL);
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

    ens_job_target_step(target,
                        &(struct ens_event){.kind = ENS_EVENT_OUTCOME, .outcome = &outcome});
}

static struct ens_target_request request_at(const struct target_job *job, size_t index)
{
    return job->list != NULL
               ? (struct ens_target_request){.target = ens_target_list_at(job->list, index)}
               : job->requests[index];
}

/* A free place for the target of that index. */
static struct ens_job_target *place_for(struct target_job *job, size_t index, struct cohort *cohort)
{
    struct ens_job_target *target = ens_target_job_take_place(job);
    const struct ens_target_request from = request_at(job, index);

    *target = (struct ens_job_target){
        .task = {.params = &cohort->params,
                 .provider = ens_registry_find(job->base.jobs->registry, from.target.cloud),
                 .target = from.target,
                 .client_token = from.client_token,
                 .planned_token = from.client_token.len > 0,
                 .read_only = from.read_only,
                 .confidence_known = from.confidence_known,
                 .confidence = from.confidence,
                 .dry_run_known = from.dry_run_known,
                 .dry_run_reason = from.dry_run_reason},
        .job = job,
        .cohort = cohort,
        .index = index,
        .decided = from.read_only,
    };
    ENS_ASSERT(target->task.provider != NULL); /* ens_registry_require passed */
    cohort->left++;
    return target;
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

static const struct ens_cloud_account *account_of(const struct ens_job_target *target)
{
    const struct target_job *job = target->job;

    return ens_cloud_account_get(job->base.jobs->accounts, job->base.config, target->task.provider);
}

/* Queues the target's read. */
static void queue_read(struct ens_job_target *target, int64_t at_ms)
{
    struct target_job *job = target->job;

    target->route = route_to(job, account_of(target)->account, target->task.target.region);
    target->request.id = target->task.target.id;
    target->request.run = job->base.run;
    target->request.deadline_ms = job->params.deadline_ms;
    target->request.done = ens_job_target_outcome;
    ens_queue_add(ens_job_target_queue(target), &target->request, at_ms);
}

static void begin_target(struct ens_job_target *target)
{
    struct target_job *job = target->job;
    const struct ens_cloud_account *cloud = account_of(target);

    ens_task_begin(&target->task);
    if (job->policy_error.count > 0) {
        ENS_AUTO_ARENA *scratch = ens_arena_new();
        fail_unsent(target, ENS_REASON_POLICY, ENS_HINT_NONE,
                    ens_diag_line(scratch, &job->policy_error.items[0]));
        return;
    }
    if (is_too_large(job)) {
        ENS_AUTO_ARENA *scratch = ens_arena_new();
        fail_unsent(target, ENS_REASON_POLICY, ENS_HINT_NONE,
                    ens_guard_refuse_targets(job->leave.limit, scratch, job->count));
        return;
    }
    if (cloud->account == NULL) {
        fail_unsent(target, ENS_REASON_INVALID_ARGUMENT, cloud->hint, cloud->error);
        return;
    }
    if (!ens_client_token_valid(target->task.client_token)) {
        fail_unsent(target, ENS_REASON_INVALID_ARGUMENT, ENS_HINT_CLIENT_TOKEN,
                    ENS_STR("the plan's token is not " ENS_CLIENT_TOKEN_FORM));
        return;
    }
    queue_read(target, ens_timers_now(job->base.jobs->timers));
}

static void begin_next(struct target_job *job, struct cohort *cohort)
{
    struct ens_job_target *target = place_for(job, job->begun++, cohort);

    begin_target(target);
    if (job->stopped && !target->finished) {
        ens_job_target_stop(target, job->stopped_by);
    }
}

static void reread_next(struct target_job *job, struct cohort *cohort)
{
    struct ens_job_target *target = place_for(job, ens_target_job_next_parked(job), cohort);
    const int64_t at_ms = ens_job_target_unpark(target);

    if (job->stopped) {
        ens_job_target_stop(target, job->stopped_by);
    } else {
        queue_read(target, at_ms);
    }
}

/* Fills the places that are free now, unless the owner has no room for results: first with those
 * that are due to be read again. */
static void fill_places(struct target_job *job)
{
    const bool begins = ens_target_job_may_begin(job);
    size_t rereads = ens_target_job_reread_room(job);
    size_t rest = job->free_count;

    ens_target_job_free_ended(job);
    job->paused = (begins || ens_target_job_is_due(job)) && job->events.has_room != NULL &&
                  !job->events.has_room(job->events.ud);
    if (job->paused || rest == 0) {
        return;
    }
    struct cohort *cohort = ens_cohort_new(job);
    for (; rereads > 0 && ens_target_job_is_due(job); rereads--, rest--) {
        reread_next(job, cohort);
    }
    if (begins) {
        job->begin_by_ms = 0;
    }
    for (; begins && rest > 0 && job->begun < job->count; rest--) {
        begin_next(job, cohort);
    }
    ens_cohort_leave(job, cohort);
    ens_target_job_want_more(job);
}

static void on_more(struct ens_timer *timer)
{
    fill_places(ENS_CONTAINER_OF(timer, struct target_job, more));
}

static void begin(struct ens_job *base)
{
    struct target_job *job = self(base);

    job->grace.fire = on_grace;
    job->more.fire = on_more;
    if (job->count == 0) {
        ens_target_job_end_if_done(job);
        return;
    }
    fill_places(job);
}

static void resume(struct ens_job *base)
{
    struct target_job *job = self(base);

    if (job->paused) {
        job->paused = false;
        fill_places(job);
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

    ens_target_job_free_places(job);
    ens_diags_done(&job->policy_error);
    ens_free(job->requests);
    ens_free(job);
}

static const struct ens_job_kind target_jobs = {
    .begin = begin,
    .cancel = cancel,
    .expire = expire,
    .resume = resume,
    .tally = tally,
    .report = report,
    .dispose = dispose,
};
