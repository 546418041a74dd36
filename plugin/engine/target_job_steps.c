/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the targets that are worked on, and their leave to start. */
#include "base/container.h"
#include "engine/target_job_private.h"

/* ---- the end -------------------------------------------------------------------------------- */

void ens_target_job_end_if_done(struct target_job *job)
{
    if (job->left > 0) {
        return;
    }
    ens_timer_clear(job->base.jobs->timers, &job->grace);
    ens_timer_clear(job->base.jobs->timers, &job->more);
    for (size_t i = 0; i < job->account_count; i++) {
        ens_job_notice(&job->base, &job->accounts[i]->keyring.warnings);
    }
    ens_job_over(&job->base); /* callers may still loop over its targets */
}

static void note_decided(struct ens_job_target *target);

static void finish(struct ens_job_target *target, const struct ens_result *result)
{
    struct target_job *job = target->job;

    target->finished = true; /* for those that loop over the targets */
    ens_summary_add(&job->summary, result, job->params.mode == ENS_MODE_APPLY);
    if (job->events.result != NULL) {
        job->events.result(job->events.ud, target->index, result);
    }
    note_decided(target); /* may finish others; the job goes on until this one is counted */
    job->left--;
    ens_job_target_leave_place(target);
    ens_target_job_end_if_done(job);
}

/* ---- leave to start ------------------------------------------------------------------------- */

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
    ens_job_target_step(target, &(struct ens_event){.kind = ENS_EVENT_REFUSED, .refusal = clause});
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
        ens_job_target_step(target, &(struct ens_event){.kind = ENS_EVENT_LEAVE});
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
    for (size_t i = 0; i < job->places; i++) {
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
        if (ens_target_job_counted(job)) {
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

static void enqueue(struct ens_job_target *target, const struct ens_step *next)
{
    struct ens_request *request = &target->request;

    request->client_token = target->task.client_token;
    request->starts = target->task.starts;
    request->fresh = next->kind == ENS_CALL_START && target->task.lost;
    if (next->alone) {
        ens_queue_split(ens_job_target_queue(target), &request, 1, ENS_SPLIT_SINGLES);
    } else {
        ens_queue_add(ens_job_target_queue(target), request, next->at_ms);
    }
}

static void go_on(struct ens_job_target *target, const struct ens_step *next)
{
    if (ens_job_target_may_park(target, next)) {
        ens_job_target_park(target, next->at_ms);
    } else {
        enqueue(target, next);
    }
}

/* Whether the owner is told of the step. What waits without a place is read often, and by the
 * thousands: only a change is told of it. */
static bool is_told(const struct ens_job_target *target, const struct ens_step *next,
                    const struct ens_task *before)
{
    const struct ens_task *task = &target->task;
    const bool changed = task->status != before->status || task->starts != before->starts ||
                         task->started != before->started;

    return next->report && target->job->events.progress != NULL && (changed || !target->rereads);
}

void ens_job_target_step(struct ens_job_target *target, const struct ens_event *what)
{
    struct target_job *job = target->job;
    struct ens_timers *timers = job->base.jobs->timers;
    struct ens_arena_stock *arenas = job->base.jobs->calls->sender.arenas;
    struct ens_arena *scratch = ens_arena_take(arenas);
    const struct ens_task before = target->task;
    struct ens_step next;
    struct ens_event event = *what;

    event.now_ms = ens_timers_now(timers);
    event.unix_s = ens_timers_unix_ms(timers) / 1000;
    event.random = ens_timers_random(timers);
    target->cohort->params.audit = ens_record_state(&job->base.jobs->calls->recorder);
    ens_task_step(&target->task, &event, scratch, &next);
    if (next.asks && job->part_of_run && count_in_run(target)) {
        target->task.leave = true;
        ens_task_step(&target->task, &event, scratch, &next);
    }
    if (is_told(target, &next, &before)) {
        job->events.progress(job->events.ud, target->index, &next.result);
    }
    if (next.asks && job->part_of_run) {
        refuse_beyond(target);
    } else if (next.asks) {
        ask(target, &next);
    } else if (next.done) {
        finish(target, &next.result);
    } else {
        if (target->task.status == ENS_STATUS_STARTING) {
            note_decided(target); /* it wants no start, unless it falls back */
        }
        go_on(target, &next);
    }
    ens_arena_give(arenas, scratch);
}

void ens_job_target_stop(struct ens_job_target *target, enum ens_event_kind kind)
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
    } else if (target->route != NULL) {
        ens_queue_remove(ens_job_target_queue(target), &target->request);
    }
    ens_job_target_step(target, &(struct ens_event){
                                    .kind = kind,
                                    .in_flight = in_flight,
                                    .pending = kind == ENS_EVENT_DEADLINE ? &pending : NULL,
                                });
}

void ens_job_target_outcome(struct ens_request *request, const struct ens_outcome *outcome)
{
    struct ens_job_target *target = ENS_CONTAINER_OF(request, struct ens_job_target, request);

    ens_job_target_step(target, &(struct ens_event){.kind = ENS_EVENT_OUTCOME, .outcome = outcome});
    if (target->job->base.cancelled && !target->finished) {
        /* Its start was in flight at the cancellation: only the reply was waited for. */
        ens_job_target_stop(target, ENS_EVENT_CANCEL);
    }
}
