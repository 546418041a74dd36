/* Targets from their first read to their result. */
#include "base/alloc.h"
#include "run/engine_private.h"

/* ---- taking a job --------------------------------------------------------------------------- */

static void copy_target(struct ens_work *work, size_t index, const struct ens_job_target *from)
{
    struct ens_task *task = &work->targets[index].task;
    const struct ens_target *before = index > 0 ? &work->targets[index - 1].task.target : NULL;
    struct ens_arena *arena = work->arena;

    /* Neighbours are mostly of one cloud and region. */
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
    }
    task->forbidden = from->forbidden;
    task->mission = &work->mission;
    work->targets[index].work = work;
}

static int64_t timeout_of(const struct ens_job *job)
{
    if (job->timeout_ms <= 0) {
        return job->mode == ENS_MODE_PLAN ? ENS_PLAN_TIMEOUT_MS : ENS_APPLY_TIMEOUT_MS;
    }
    return job->timeout_ms < ENS_TIMEOUT_MAX_MS ? job->timeout_ms : ENS_TIMEOUT_MAX_MS;
}

struct ens_work *ens_work_new(struct ens_engine *engine, const struct ens_job *job)
{
    struct ens_work *work = ens_alloc(sizeof(*work));
    const int64_t now = ens_engine_now(engine);

    ENS_ASSERT(job->count <= ENS_TARGETS_MAX);
    work->arena = ens_arena_new();
    work->mission = (struct ens_mission){
        .mode = job->mode,
        .no_dry_run = job->no_dry_run,
        .taken_ms = now,
        .deadline_ms = now + timeout_of(job),
        .entropy = engine->entropy,
        .arena = work->arena,
    };
    work->events = job->events;
    work->count = job->count;
    work->left = job->count;
    work->targets = ens_alloc_array(job->count, sizeof(*work->targets));
    for (size_t i = 0; i < job->count; i++) {
        copy_target(work, i, &job->targets[i]);
    }
    ens_config_ref(engine, &work->config);
    return work;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void end_if_done(struct ens_engine *engine, struct ens_work *work)
{
    if (work->left > 0) {
        return;
    }
    ens_alarm_clear(engine, &work->deadline);
    ens_alarm_clear(engine, &work->grace);
    *(work->prev != NULL ? &work->prev->next : &engine->works) = work->next;
    if (work->next != NULL) {
        work->next->prev = work->prev;
    }
    work->next = engine->ended; /* told done at the end of the turn: loops over it may go on */
    engine->ended = work;
}

static void finish(struct ens_engine *engine, struct ens_target_work *target,
                   const struct ens_result *result)
{
    struct ens_work *work = target->work;

    target->finished = true;
    work->left--;
    ens_summary_add(&work->summary, result);
    if (work->events.result != NULL) {
        work->events.result(work->events.ud, (size_t)(target - work->targets), result);
    }
    end_if_done(engine, work);
}

static void step(struct ens_engine *engine, struct ens_target_work *target,
                 enum ens_event_kind kind, const struct ens_outcome *outcome, bool in_flight)
{
    ENS_AUTO_ARENA *scratch = ens_arena_new();
    struct ens_work *work = target->work;
    struct ens_step next;
    const struct ens_event event = {
        .kind = kind,
        .outcome = outcome,
        .now_ms = ens_engine_now(engine),
        .unix_s = engine->clock->unix_ms(engine->clock->ud) / 1000,
        .random = ens_engine_random(engine),
        .in_flight = in_flight,
    };

    ens_task_step(&target->task, &event, scratch, &next);
    if (next.report && work->events.progress != NULL) {
        work->events.progress(work->events.ud, (size_t)(target - work->targets), &next.result);
    }
    if (next.done) {
        finish(engine, target, &next.result);
        return;
    }
    struct ens_group *group = &target->lane->groups[next.ask];
    if (next.alone) {
        struct ens_batch_item *item = &target->item;
        ens_batch_split(&group->batch, &item, 1, ENS_SPREAD_SINGLES, event.now_ms);
    } else {
        ens_batch_add(&group->batch, &target->item, event.now_ms, next.at_ms);
    }
    ens_group_mark(engine, group);
}

void ens_target_outcome(struct ens_engine *engine, struct ens_target_work *target,
                        const struct ens_outcome *outcome)
{
    step(engine, target, ENS_EVENT_OUTCOME, outcome, false);
    if (target->work->cancelled && !target->finished) {
        /* A start that was in flight at the cancel: its answer was worth the grace, more is not. */
        ens_batch_remove(&target->lane->groups[target->task.asking].batch, &target->item);
        step(engine, target, ENS_EVENT_CANCEL, NULL, false);
    }
}

/* Ends a target from outside, wherever it is. */
static void stop(struct ens_engine *engine, struct ens_target_work *target,
                 enum ens_event_kind kind)
{
    const bool in_flight = ens_call_in_flight(target);

    if (target->call != NULL) {
        ens_call_leave(target);
    } else {
        ens_batch_remove(&target->lane->groups[target->task.asking].batch, &target->item);
    }
    step(engine, target, kind, NULL, in_flight);
}

static void on_deadline(struct ens_engine *engine, struct ens_alarm *alarm)
{
    struct ens_work *work =
        (struct ens_work *)((char *)alarm - offsetof(struct ens_work, deadline));

    for (size_t i = 0; i < work->count; i++) {
        if (!work->targets[i].finished) {
            stop(engine, &work->targets[i], ENS_EVENT_DEADLINE);
        }
    }
}

static void on_grace(struct ens_engine *engine, struct ens_alarm *alarm)
{
    struct ens_work *work = (struct ens_work *)((char *)alarm - offsetof(struct ens_work, grace));

    for (size_t i = 0; i < work->count; i++) {
        if (!work->targets[i].finished) {
            stop(engine, &work->targets[i], ENS_EVENT_CANCEL);
        }
    }
}

void ens_work_cancel(struct ens_engine *engine, struct ens_work *work)
{
    if (work->cancelled || work->left == 0) {
        return;
    }
    work->cancelled = true;
    ens_alarm_set(engine, &work->grace, ens_engine_now(engine) + ENS_GRACE_MS);
    for (size_t i = 0; i < work->count; i++) {
        struct ens_target_work *target = &work->targets[i];
        const bool starting = target->task.asking == ENS_ASK_START && ens_call_in_flight(target);
        if (!target->finished && !starting) {
            stop(engine, target, ENS_EVENT_CANCEL);
        }
    }
}

/* ---- beginning and end ---------------------------------------------------------------------- */

/* A target that no call is made for. */
static void turn_away(struct ens_engine *engine, struct ens_target_work *target,
                      enum ens_reason reason, ens_str detail)
{
    const struct ens_outcome outcome = {
        .ask = ENS_ASK_READ, .reason = reason, .flags = ENS_CODE_FINAL, .detail = detail};

    step(engine, target, ENS_EVENT_OUTCOME, &outcome, false);
}

static bool token_is_good(ens_str token)
{
    if (token.len > ENS_CLIENT_TOKEN_MAX) {
        return false;
    }
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= 0x20 || token.ptr[i] >= 0x7f) {
            return false;
        }
    }
    return true;
}

static void begin(struct ens_engine *engine, struct ens_target_work *target,
                  const struct ens_cloud_login *login, struct ens_lane *near)
{
    ens_task_begin(&target->task);
    if (login->login == NULL) {
        turn_away(engine, target, login->reason, ens_str_of(login->error));
        return;
    }
    if (!token_is_good(target->task.client_token)) {
        turn_away(engine, target, ENS_REASON_INVALID_ARGUMENT,
                  ENS_STR("the plan's client token is not 1 to 64 printable ASCII characters"));
        return;
    }
    const ens_str region = target->task.target.region;
    target->lane = near != NULL && near->login == login->login && ens_str_eq(near->region, region)
                       ? near
                       : ens_lane_get(engine, login->login, region);
    struct ens_group *group = &target->lane->groups[ENS_ASK_READ];
    const int64_t now = ens_engine_now(engine);
    ens_batch_add(&group->batch, &target->item, now, now);
    ens_group_mark(engine, group);
}

void ens_work_begin(struct ens_engine *engine, struct ens_work *work)
{
    struct ens_lane *near = NULL;

    work->next = engine->works;
    if (work->next != NULL) {
        work->next->prev = work;
    }
    engine->works = work;
    work->deadline.fire = on_deadline;
    work->grace.fire = on_grace;
    ens_alarm_set(engine, &work->deadline, work->mission.deadline_ms);
    if (work->count == 0) {
        end_if_done(engine, work);
        return;
    }
    for (size_t i = 0; i < work->count; i++) {
        struct ens_target_work *target = &work->targets[i];
        target->task.provider = ens_registry_find(engine->registry, target->task.target.cloud);
        ENS_ASSERT(target->task.provider != NULL); /* ens_registry_require passed */
        begin(engine, target, ens_config_login(engine, work->config, target->task.provider), near);
        near = target->lane != NULL ? target->lane : near;
    }
}

void ens_work_end(struct ens_engine *engine, struct ens_work *work)
{
    work->events.done(work->events.ud, &work->summary);
    ens_config_unref(engine, work->config);
    ens_free(work->targets);
    ens_arena_free(work->arena);
    ens_free(work);
}
